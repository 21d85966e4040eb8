r"""The gradient of the bias is the error itself, summed over the examples.

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \underbrace{\delta^{l}}_{n_l} && \text{one example} \\
&= \sum_{i=1}^{m} \delta^{l}_{\cdot i} && \text{a batch}
\end{aligned}
\tag{BP3}
$$

Column $i$ of $\delta^{l}$ is the error in example $i$. This and BP4 are the goal; the errors were only the way to it.

# Shapes

| symbol                             | in code  | one example | `m` examples         | meaning                          |
| ---------------------------------- | -------- | ----------- | -------------------- | -------------------------------- |
| $\delta^{l}$                       | `delta`  | `(n,)`      | `(n, m)`             | error of the layer               |
| $\partial C / \partial b^{l}$      | returned | `(n,)`      | `(n,)` or `(n, 1)`   | gradient, in the shape of $b^l$  |

# Derivation

The cost feels $b^{l}_j$ only through $z^{l}_j$, in every example $i$:

$$
\frac{\partial C}{\partial b^{l}_j}
= \sum_i \frac{\partial C}{\partial z^{l}_{ji}} \frac{\partial z^{l}_{ji}}{\partial b^{l}_j} .
$$

In $z^{l}_{ji} = \sum_k W^{l}_{jk} a^{l-1}_{ki} + b^{l}_j$ the bias stands alone, with slope 1:

$$
\frac{\partial C}{\partial b^{l}_j} = \sum_i \delta^{l}_{ji} .
$$

# Why it is so

There is one bias per unit, not one per example. The forward pass uses that one copy $m$ times, each use
has its own effect on the cost, and effects add. A sum and not a mean: the $\frac1m$ of the batch is in
$\delta$ already, since $\nabla_a C$ brought it.

The sum runs over the examples, and over nothing else. With no axis named, NumPy sums over the units
too; the one number that results is then subtracted from every bias without complaint.

# A 2-3-2 network

```pycon
>>> import numpy as np
>>> from backprop import bias_gradient
>>> delta2 = np.array([0.125, -0.125])
>>> bias_gradient(delta2)
array([ 0.125, -0.125])

```

The same example twice: each copy has half the error, because the cost is a mean, and the gradient is the same.
`keepdims=True` leaves it a column, for biases that are stored as one.

```pycon
>>> batch = np.stack([delta2 / 2, delta2 / 2], axis=1)
>>> batch
array([[ 0.0625,  0.0625],
       [-0.0625, -0.0625]])
>>> bias_gradient(batch)
array([ 0.125, -0.125])
>>> bias_gradient(batch, keepdims=True)
array([[ 0.125],
       [-0.125]])
>>> float(np.sum(batch))  # no axis: one number for all biases, and here it is no gradient at all
0.0

```
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
        Gradient, in the shape of the bias; an array of its own.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of columns.

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
