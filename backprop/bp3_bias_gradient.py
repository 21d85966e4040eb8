r"""BP3: the gradient of the biases.

> A batch gives one error for each unit in each example. But each unit has only one bias. What is the derivative for this bias?

The weighted input of a unit is a sum, and the bias is one of its terms. If the bias increases by 0.01, the weighted input increases by 0.01. So both change the cost
equally fast: for one example, the derivative with respect to the bias is the error of the unit. In a batch the same bias is used in every example, and the effects in
all examples are added. **BP3 sums the errors over the examples, for each unit separately.**

![The bias of output unit 1 is used in both examples of a batch. So two paths lead to the cost, one through the weighted input of this unit in each example. Each path contributes 1 times the error of the unit in that example. The batch in the section Example has the same numbers.](figure:bias_paths)

Here is the equation for all biases of a layer:

$$
\underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
= \sum_{i=1}^{m} \underbrace{\delta^{l\,(i)}}_{n_l}
\tag{BP3}
$$

Layer $l$ has $n_l$ units and there are $m$ examples. A raised $(i)$ means example $i$. The vector $\delta^{l\,(i)}$ holds the errors of
the layer in example $i$, one for each unit. With one example there is nothing to add, and $\partial C / \partial b^{l} = \delta^{l}$.

=== "Columns"

    In code all errors are in one array `delta` of shape $n_l \times m$, and $\delta^{l\,(i)}$ is its column $i$, counted from 1. The sum is
    `delta.sum(axis=1)`. A section below explains the *axis*.

=== "Rows"

    In code all errors are in one array `delta` of shape $m \times n_l$, and $\delta^{l\,(i)}$ is its row $i$, counted from 1. The sum is
    `delta.sum(axis=0)`. A section below explains the *axis*.

# Derivation

**Step 1: find the paths from the bias to the cost.** Take the bias $b^{l}_j$ of unit $j$. In each example $i$ it is a term of one weighted input,
$z^{l\,(i)}_j$, and it is used nowhere else. So there are $m$ paths, one through each example.

**Step 2: find the derivative of the first part.** The bias is one term of the sum:

$$
z^{l\,(i)}_j = \text{weights times activations} + b^{l}_j .
$$

The other terms do not change with the bias. So

$$
\frac{\partial z^{l\,(i)}_j}{\partial b^{l}_j} = 1 .
$$

**Step 3: find the derivative of the rest.** How fast does the cost change with this weighted input? That is the error, by its definition:
$\partial C / \partial z^{l\,(i)}_j = \delta^{l\,(i)}_j$. Here $C$ is the cost of the whole batch.

**Step 4: multiply along each path and add the paths.** That is [the chain rule for several paths][chain-rule]:

$$
\frac{\partial C}{\partial b^{l}_j}
= \sum_{i=1}^{m} \delta^{l\,(i)}_j \cdot 1
= \sum_{i=1}^{m} \delta^{l\,(i)}_j .
$$

BP3 is this equation for all units $j$ of the layer at once.

# Which axis does the sum run over?

It runs over the examples and over nothing else. The units stay separate, because each unit has its own bias. In NumPy the axis that you name is the axis
that disappears. NumPy counts axes from 0.

=== "Columns"

    Each column is an example, so the sum goes along each row. Axis 1, the second one, disappears: $n_l \times m$ becomes $n_l$.

    Some programs store the biases as a column of shape $n_l \times 1$. Then the gradient must have this shape, too. `keepdims=True` keeps the summed axis,
    with size 1.

=== "Rows"

    Each row is an example, so the sum goes down each column. Axis 0, the first one, disappears: $m \times n_l$ becomes $n_l$.

    Some programs store the biases as a row of shape $1 \times n_l$. Then the gradient must have this shape, too. `keepdims=True` keeps the summed axis,
    with size 1.

Without `axis`, NumPy sums over the units as well. The result is one number. Gradient descent then subtracts a multiple of this number
from every bias. NumPy gives no error message, because it broadcasts the number.

# Where is the 1/m?

The cost of a batch is usually the mean of the costs of its examples. Then the factor $\frac1m$ is a part of $C$, so it is a part of every derivative of $C$.
It appears first in $\nabla_a C$, at the output. [BP1][bp1-output-error] puts it into the output errors, and [BP2][bp2-hidden-error] passes it on. So when BP3 sums the
errors, the factor is already in them. A mean instead of the sum would divide by $m$ a second time.

For one example by itself, the bias gradient is its error. In the batch this error is multiplied by $\frac1m$. So the sum over the batch is the mean of the gradients that
the examples have by themselves. The next section shows this with numbers.

# Example

The first example is that of [the 2-3-2 network][2-3-2-pass]. By itself, it has the output errors $\frac18$ and $-\frac18$, and these are also the derivatives for the output
biases. For a second example we choose the errors $\frac1{16}$ and 0, also by itself. In a batch of two, each error contains the factor $\frac12$. In this library, BP3 is the
function `bias_gradient`:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import bias_gradient
    >>> first, second = np.array([0.125, -0.125]), np.array([0.0625, 0.0])
    >>> bias_gradient(first)
    array([ 0.125, -0.125])
    >>> delta = np.stack([first / 2, second / 2], axis=1)
    >>> delta
    array([[ 0.0625 ,  0.03125],
           [-0.0625 ,  0.     ]])
    >>> bias_gradient(delta)
    array([ 0.09375, -0.0625 ])
    >>> bias_gradient(delta, keepdims=True)
    array([[ 0.09375],
           [-0.0625 ]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import bias_gradient
    >>> first, second = np.array([0.125, -0.125]), np.array([0.0625, 0.0])
    >>> bias_gradient(first)
    array([ 0.125, -0.125])
    >>> delta = np.stack([first / 2, second / 2])
    >>> delta
    array([[ 0.0625 , -0.0625 ],
           [ 0.03125,  0.     ]])
    >>> bias_gradient(delta)
    array([ 0.09375, -0.0625 ])
    >>> bias_gradient(delta, keepdims=True)
    array([[ 0.09375, -0.0625 ]])

    ```

Check the first unit by hand: $\frac1{16} + \frac1{32} = \frac3{32}$, which is 0.09375. It is also the mean of $\frac18$ and $\frac1{16}$, which the two examples
have by themselves. The next lines show the mean of the gradients of both examples, and then the sum without an axis:

```pycon
>>> (first + second) / 2
array([ 0.09375, -0.0625 ])
>>> float(np.sum(delta))
0.03125

```

The sum without an axis is a single number. It is positive, so gradient descent would decrease both biases. But the derivative for the second bias is
negative, so gradient descent must increase this bias.

# Common mistakes

- The sum has no axis, so all biases of the layer get the same number: [np.sum without an axis][sum-without-axis].
- A mean is taken instead of a sum, so there are two factors $\frac1m$: [the mean of the bias errors][mean-of-bias-errors].
- There is no sum, and the biases become a matrix with one bias for each example: [not summed over the examples][bias-not-summed].
- The cost contains the factor $\frac1m$, and the program divides by $m$ once more, at the end or in every layer: [Sum or mean?][sum-or-mean]

# Check yourself

??? question "A layer has 5 units, and there are 10 examples. What is the shape of δ, and which axis does BP3 sum over?"

    In columns δ is $5 \times 10$, and the sum is over axis 1. In rows δ is $10 \times 5$, and the sum is over axis 0. The gradient has 5 entries in both.

??? question "The errors of a unit in a batch of three are ¼, −½ and ¼. What does gradient descent do to its bias, and to its weights?"

    The sum is 0, so this step does not change the bias. The weights can still change. In [BP4][bp4-weight-gradient] each error is first multiplied by an activation of
    its example, and then the products are added.

**Exercises:** [The mean in every layer][mean-in-every-layer] · [What averaging throws away][averaging] · [BP3 and BP4, proved][bp3-and-bp4].
"""

from __future__ import annotations

from ._arrays import Array, namespace
from .shapes import equation

__all__ = ["bias_gradient"]


@equation("BP3: ∂C/∂b^l = δ^l, summed over the examples", delta="n m?")
def bias_gradient(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return the gradient $\partial C / \partial b^l$ of the biases (BP3).

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    keepdims : bool
        Return (n, 1) instead of (n,), for biases that are stored as a column.

    Returns
    -------
    dC_db : array of shape (n,) or (n, 1)
        Gradient $\partial C / \partial b^l$, summed over the examples, in a new array.

    Raises
    ------
    ShapeError
        If `delta` has neither one axis nor two.

    Examples
    --------
    Two units, three examples:

    >>> import numpy as np
    >>> bias_gradient(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    array([ 6., 15.])
    """
    if delta.ndim == 1:
        return 1 * (delta[:, None] if keepdims else delta)  # times 1: an array of its own
    return namespace(delta).sum(delta, axis=1, keepdims=keepdims)
