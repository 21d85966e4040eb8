r"""The gradient of a batch, computed in parts.

> My examples do not fit into memory, or one machine is too slow. Can each machine compute a part of the gradient?

Yes. Cut the examples of the batch into parts. Each part is called a **shard**. **The gradient of the batch is a weighted sum of the gradients of its shards.** So machines send
each other only parameters and gradients. The examples stay where they are. This is often called *data parallel* training.

![The bias of output unit 1 is used in both examples of a batch. So two paths lead from it to the cost, and what they contribute is added. Two machines could compute one path each.](figure:bias_paths)

For the weights of layer $l$:

$$
\frac{\partial C}{\partial W^{l}} = \sum_{s} \frac{m_s}{m} \, \frac{\partial C_s}{\partial W^{l}}
$$

The batch has $m$ examples, and shard $s$ has $m_s$ of them. $C$ is the mean cost of all examples of the batch, and $C_s$ is the mean cost of the examples of shard $s$. Each gradient has the shape of $W^{l}$,
in both layouts. The formula for the biases is the same, with $b^{l}$ instead of $W^{l}$.

[`gradients`][backprop.gradients] computes this sum if the data are arrays of [Dask](https://docs.dask.org/). Dask cuts arrays into parts. It computes them later, in threads, in processes or on many machines.
The page [Train on more than one machine][distributed] shows how to use it.

# Derivation

Let $c_i$ be the cost of example $i$.

**Step 1: group the examples by shard.** Each example is in exactly one shard, so the order of the sum changes and its value does not:

$$
C = \frac1m \sum_{i=1}^{m} c_i = \frac1m \sum_s \sum_{i \in s} c_i .
$$

**Step 2: write the inner sum with the mean of the shard.** By definition $C_s = \frac{1}{m_s} \sum_{i \in s} c_i$, so the inner sum is $m_s C_s$:

$$
C = \sum_s \frac{m_s}{m} \, C_s .
$$

**Step 3: differentiate.** The factors $m_s / m$ are constants. The derivative of a sum is the sum of the derivatives, and this is the equation above.

Some costs are a sum over the examples and not a mean. Then there are no factors $m_s / m$, and $C = \sum_s C_s$.

A cost that is neither a mean nor a sum cannot be computed in this way. An example is the largest cost in the batch. So a [`Cost`][backprop.Cost] says which one it is, with
`over="mean"` or `over="sum"`. With Dask arrays, a cost that does not say it is refused.

# Why do the examples stay where they are?

In the forward pass and in the backward pass, each example is processed without the others. Examples are combined only in three sums: the cost, [BP3][bp3-bias-gradient] and [BP4][bp4-weight-gradient].
A sum can be computed in parts. Each shard needs the parameters, and it returns its cost and one number for each parameter.

This is little compared with the data. A 784-30-10 network has 23,860 parameters. Ten thousand examples of its input are 7,840,000 numbers.

# Example

Take [the 2-3-2 network][2-3-2-pass] and four examples. All four have the input $(1, 2)$, so the outputs are always $(\frac12, \frac12)$. The first three examples have the target $(0, 1)$. The last one has the
target $(\frac12, \frac12)$, so its cost and its gradient are 0. We make two shards, one of the first three examples and one of the last example. Their factors $m_s / m$ are $\frac34$ and $\frac14$.
Python counts from 0, so `of_shard[1]` is the gradient of layer 2:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import Layer, gradients
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x = np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0]])
    >>> y = np.array([[0.0, 0.0, 0.0, 0.5], [1.0, 1.0, 1.0, 0.5]])
    >>> total = np.zeros_like(W2)
    >>> for start, end in [(0, 3), (3, 4)]:
    ...     _, of_shard = gradients(layers, x[:, start:end], y[:, start:end])
    ...     total += (end - start) / 4 * of_shard[1].dC_dW
    >>> total
    array([[ 0.046875 ,  0.0703125,  0.0234375],
           [-0.046875 , -0.0703125, -0.0234375]])

    ```

    `gradients` does the same if it gets Dask arrays. The argument `chunks` gives the sizes of the parts along the first axis, and then along the second axis:

    ```pycon
    >>> import dask.array as da
    >>> X, Y = (da.from_array(data, chunks=(2, (3, 1))) for data in (x, y))
    >>> C, (first, second) = gradients(layers, X, Y)
    >>> second.dC_dW.compute()
    array([[ 0.046875 ,  0.0703125,  0.0234375],
           [-0.046875 , -0.0703125, -0.0234375]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import Layer, gradients
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    >>> y = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.5, 0.5]])
    >>> total = np.zeros_like(W2)
    >>> for start, end in [(0, 3), (3, 4)]:
    ...     _, of_shard = gradients(layers, x[start:end], y[start:end])
    ...     total += (end - start) / 4 * of_shard[1].dC_dW
    >>> total
    array([[ 0.046875 , -0.046875 ],
           [ 0.0703125, -0.0703125],
           [ 0.0234375, -0.0234375]])

    ```

    `gradients` does the same if it gets Dask arrays. The argument `chunks` gives the sizes of the parts along the first axis, and then along the second axis:

    ```pycon
    >>> import dask.array as da
    >>> X, Y = (da.from_array(data, chunks=((3, 1), 2)) for data in (x, y))
    >>> C, (first, second) = gradients(layers, X, Y)
    >>> second.dC_dW.compute()
    array([[ 0.046875 , -0.046875 ],
           [ 0.0703125, -0.0703125],
           [ 0.0234375, -0.0234375]])

    ```

Check the first number by hand. It belongs to the weight from hidden unit 1 to output unit 1. For one of the first three examples its derivative is $\frac1{16}$, and
$\frac34 \cdot \frac1{16} = \frac3{64}$, which is 0.046875.

The cost is not computed before you ask for it, either. It is $\frac34 \cdot \frac14 + \frac14 \cdot 0 = \frac3{16}$:

```pycon
>>> float(C.compute())
0.1875

```

# Common mistakes

- The gradients of the shards are averaged without the factors $m_s / m$. In the example that gives $\frac12 \cdot \frac1{16}$ instead of $\frac34 \cdot \frac1{16}$. It is right only if all shards have the same size.
- Each shard divides by $m_s$, and the sum is divided by $m$ once more: [dividing by m twice][mean-taken-twice], and [sum or mean?][sum-or-mean].
- One example influences another. Batch normalization, for example, computes a mean over the batch. Then the cost is not a sum of parts that are independent.

# Check yourself

??? question "A batch of 5 examples is cut into shards of 3 and 2. The cost is a mean. A bias has the derivative 10 in the first shard and 0 in the second. What is it for the batch?"

    $\frac35 \cdot 10 + \frac25 \cdot 0 = 6$. The mean of 10 and 0 is 5, and that is wrong.

??? question "A shard of a 784-30-10 network has 100 examples. How many numbers does it return? And with 10,000 examples?"

    23,861 both times: one derivative for each of the 23,860 parameters, and the cost.

**Exercises:** [The whole mini-batch as matrices][mini-batch] · [What averaging throws away][averaging] · [BP3 and BP4, proved][bp3-and-bp4].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ._arrays import Array, namespace
from .costs import Cost
from .feedforward import Layer
from .shapes import ShapeError

__all__: list[str] = []


def is_sharded(x: Array) -> bool:
    """Return whether `x` is a Dask array of many examples."""
    if x.__class__ is np.ndarray:
        return False
    from array_api_compat import is_dask_array

    return bool(is_dask_array(x)) and x.ndim == 2


def gradients_of_shards(
    gradients: Callable[..., Any], layers: Sequence[Layer], x: Array, y: Array, cost: Cost
) -> tuple[Array, list[tuple[Array, Array]]]:
    """Return what `gradients` returns for Dask arrays: a graph with one task for each shard, and the weighted sum of their results."""
    da: Any = import_module("dask.array")

    in_rows = cost.layout == "rows"
    x, y = (x.T, y.T) if in_rows else (x, y)
    m = x.shape[1]
    if m != m:
        raise ShapeError("gradients: the Dask data has an unknown length; x.compute_chunk_sizes() finds it")
    check_over(cost, y.shape[0])
    parameters = [da.asarray(p) for layer in layers for p in (layer.W, layer.b)]
    bounds = list(pairwise(accumulate((p.size for p in parameters), initial=0)))

    def cut(flat: Array) -> Iterator[tuple[Array, Array]]:
        arrays = iter([flat[start:end].reshape(p.shape) for (start, end), p in zip(bounds, parameters)])
        return zip(arrays, arrays)

    def of_shard(x: Array, y: Array, flat: Array) -> Array:
        copies = [type(layer)(W, b, layer.activation) for layer, (W, b) in zip(layers, cut(flat[:, 0]))]
        share = x.shape[1] / max(m, 1) if cost.over == "mean" else 1
        C, pairs = gradients(copies, *((x.T, y.T) if in_rows else (x, y)), cost)
        return (
            share
            * namespace(x).concat(
                [*(part.reshape(-1) for pair in pairs for part in pair), namespace(x).asarray(C).reshape(1)]
            )[:, None]
        )

    x = x.rechunk({0: -1})
    y = y.rechunk((-1, x.chunks[1]))
    flat = da.concatenate([p.reshape(-1) for p in parameters]).rechunk(-1)[:, None]
    shares = da.map_blocks(
        of_shard, x, y, flat, dtype=da.result_type(x, y, flat), chunks=((flat.shape[0] + 1,), (1,) * x.numblocks[1])
    )
    total = shares.sum(axis=1)
    return total[-1], list(cut(total))


def check_over(cost: Cost, n: int) -> None:
    """Raise an error if the cost does not say how it combines the examples, or if two examples show that this is wrong."""
    if cost.over is None:
        raise ValueError(
            f"gradients: the cost {cost.name} does not say how it combines the examples of Dask data, which is computed "
            f'part by part; write Cost(..., over="mean") if it is their mean, over="sum" if it is their sum'
        )
    a = np.stack([np.linspace(0.2, 0.4, n), np.linspace(0.7, 0.5, n)], axis=1)
    y = np.stack([np.linspace(0.6, 0.3, n), np.linspace(0.1, 0.8, n)], axis=1)
    parts = 2 if cost.over == "mean" else 1
    a, y, examples = (a.T, y.T, 0) if cost.layout == "rows" else (a, y, 1)
    with np.errstate(all="ignore"):
        each = [(np.take(a, [i], examples), np.take(y, [i], examples)) for i in (0, 1)]
        both, expected = float(cost.value(a, y)), float(sum(cost.value(*one) for one in each)) / parts
        derivatives = np.concatenate([cost.prime(*one) for one in each], axis=examples) / parts
        is_derivative = np.allclose(cost.prime(a, y), derivatives, equal_nan=True)
    if np.isfinite(expected) and not np.isclose(both, expected):
        told = f"of two examples it is {both:.6g}, and their {cost.over} is {expected:.6g}"
    elif not is_derivative:
        told = f"the derivative for two examples is not {'half of ' * (parts == 2)}that for each of them"
    else:
        return
    raise ValueError(f'gradients: the cost {cost.name} says over="{cost.over}", but {told}')
