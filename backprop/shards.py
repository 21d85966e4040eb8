r"""A gradient over shards is the weighted sum of theirs, so only parameters and gradients travel.

$$
\underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
= \sum_{s} \frac{m_s}{m} \,
\underbrace{\frac{\partial C_s}{\partial W^{l}}}_{n_l \times n_{l-1}}
$$

A shard $s$ is a part of the batch, $m_s$ of its $m$ examples, and the examples stay where they are.
[`gradients`][backprop.gradients] does this by itself when its data are Dask arrays, which are cut into parts and computed
later, on threads, on processes or on many machines. Elsewhere this is called *data parallel* training.

# Shapes

| symbol                          | in code                    | shape          | meaning                                    |
| ------------------------------- | -------------------------- | -------------- | ------------------------------------------ |
| $x$, $y$                        | `x`, `y`, Dask arrays      | `(n, m)`       | data, cut along the examples               |
| $m_s$                           | `x.chunks[1]`              |                | examples in shard $s$; they sum to $m$     |
| $\partial C_s / \partial W^{l}$ | one task of the graph      | `(n, n_prev)`  | gradient of the shard's own mean cost      |
| $\partial C / \partial W^{l}$   | returned, not yet computed | `(n, n_prev)`  | gradient of the whole batch                |

# Derivation

The cost of the batch is the mean over its examples, $c_i$ the cost of one. Put the examples into shards, and it is the mean of the shards' means, each
weighted by its share:

$$
\begin{aligned}
C &= \frac1m \sum_{i=1}^{m} c_i
= \sum_s \frac{m_s}{m} \Bigl( \frac{1}{m_s} \sum_{i \in s} c_i \Bigr) \\
&= \sum_s \frac{m_s}{m} \, C_s .
\end{aligned}
$$

A derivative of a sum is the sum of the derivatives, which gives the equation above. By index, BP4 says the same,
$\sum_i \delta^{l}_{ji} a^{l-1}_{ki}$, and it does not ask in which order the examples are added.

A cost that is the sum over its examples needs no weights: $C = \sum_s C_s$. A cost that is neither cannot be computed shard by
shard. So a [`Cost`][backprop.Cost] says which it is, `over="mean"` or `over="sum"`, and one that does not say is refused.

# Why it is so

No example meets another one anywhere between $x$ and $C$. They meet in three places only, the sums of the cost, of BP3 and of BP4, and a sum may be
cut. What must travel for it is what every shard needs, the parameters, and what every shard gives, one number for each of them.
784-30-10 has 23,860 parameters; ten thousand of its examples are 7,840,000 numbers, and do not travel.

# A 2-3-2 network

Five examples in two shards, of three and of two:

```pycon
>>> import numpy as np
>>> import dask.array as da
>>> from backprop import Layer, gradients
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
>>> x, y = np.tile([[1.0], [2.0]], 5), np.tile([[0.0], [1.0]], 5)
>>> X, Y = da.from_array(x, chunks=(2, 3)), da.from_array(y, chunks=(2, 3))
>>> C, (first, second) = gradients(layers, X, Y)
>>> second.dC_dW
dask.array<reshape, shape=(2, 3), dtype=float64, chunksize=(2, 3), chunktype=numpy.ndarray>
>>> second.dC_dW.compute()
array([[ 0.0625 ,  0.09375,  0.03125],
       [-0.0625 , -0.09375, -0.03125]])

```

The example is the same five times, and so the gradient is that of one.
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
    """Return what `gradients` returns, of Dask arrays: a graph of one task a shard, and the sum of what they give."""
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
    """Raise if the cost does not say how it combines examples, or if two examples show that it is not so."""
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
