r"""The gradient of the weights is an outer product: the error of the listener times the activation it heard.

$$
\underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
= \underbrace{\delta^{l}}_{n_l \times 1} \,
  \underbrace{(a^{l-1})^{\mathsf T}}_{1 \times n_{l-1}}
\tag{BP4}
$$

It has the shape of $W^{l}$, because each weight has one slope of its own.

# Shapes

| symbol                        | in code  | one example   | `m` examples  | meaning                              |
| ----------------------------- | -------- | ------------- | ------------- | ------------------------------------ |
| $\delta^{l}$                  | `delta`  | `(n,)`        | `(n, m)`      | error of the layer                   |
| $a^{l-1}$                     | `a_prev` | `(n_prev,)`   | `(n_prev, m)` | activation of the layer below        |
| $\partial C / \partial W^{l}$ | returned | `(n, n_prev)` | `(n, n_prev)` | gradient, in the shape of $W^l$      |

# Derivation

The cost feels $W^{l}_{jk}$ only through $z^{l}_j$, in every example $i$:

$$
\frac{\partial C}{\partial W^{l}_{jk}}
= \sum_i \frac{\partial C}{\partial z^{l}_{ji}} \frac{\partial z^{l}_{ji}}{\partial W^{l}_{jk}} .
$$

In $z^{l}_{ji} = \sum_{k'} W^{l}_{jk'} a^{l-1}_{k'i} + b^{l}_j$ only the term $k' = k$ holds that weight, with slope $a^{l-1}_{ki}$:

$$
\frac{\partial C}{\partial W^{l}_{jk}} = \sum_i \delta^{l}_{ji} \, a^{l-1}_{ki} .
$$

For one example there is no sum: every $\delta_j$ meets every $a_k$ once. For many, the sum runs over the
second index of both, which is the product $\delta^{l} (a^{l-1})^{\mathsf T}$.

# Why it is so

Nudge a weight by $\varepsilon$ and $z^{l}_j$ moves by $\varepsilon \, a^{l-1}_k$, and the cost by $\delta^{l}_j$ times that. So a weight
into a unit whose error is 0 has gradient 0, and so has a weight out of a unit whose activation is 0.

To build it by hand, copy and scale: copy the activation into every row, and scale row $j$ by $\delta_j$. The
other way round, $a \, \delta^{\mathsf T}$, is the gradient for weights stored with a column per listener.

# A 2-3-2 network

The second layer: two listeners, three heard.

```pycon
>>> import numpy as np
>>> from backprop import weight_gradient
>>> delta2 = np.array([0.125, -0.125])
>>> a1 = np.array([0.5, 0.75, 0.25])
>>> weight_gradient(delta2, a1)
array([[ 0.0625 ,  0.09375,  0.03125],
       [-0.0625 , -0.09375, -0.03125]])

```

Copy and scale:

```pycon
>>> np.array([delta2[0] * a1, delta2[1] * a1])
array([[ 0.0625 ,  0.09375,  0.03125],
       [-0.0625 , -0.09375, -0.03125]])

```
"""

from __future__ import annotations

from ._arrays import Array
from .shapes import equation

__all__ = ["weight_gradient"]


@equation("BP4: ∂C/∂W^l = δ^l (a^{l−1})ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient(delta: Array, a_prev: Array) -> Array:
    r"""Return the gradient $\partial C / \partial W^l$ of the weights (BP4).

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the layer below: what the weights were multiplied by.

    Returns
    -------
    dC_dW : array of shape (n, n_prev)
        Gradient, in the shape of the weights, summed over the examples.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    Two examples: the sum of two outer products.

    >>> import numpy as np
    >>> weight_gradient(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[ 3.,  5.],
           [ 8., 12.]])
    """
    if delta.ndim == 1:
        return delta[:, None] * a_prev  # @ would need a column and a row, and be slower
    return delta @ a_prev.T
