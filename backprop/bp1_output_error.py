r"""The error of the output layer is the slope of the cost, times the slope of the activation.

$$
\underbrace{\delta^{L}}_{n_L}
= \underbrace{\nabla_a C}_{n_L} \odot \underbrace{\sigma'(z^{L})}_{n_L}
\tag{BP1}
$$

The error of a unit is the slope of the cost in its weighted input, $\delta_j = \partial C / \partial z_j$. At the
output both factors are known; every error below is carried back from here.

# Shapes

| symbol         | in code         | one example | `m` examples | meaning                              |
| -------------- | --------------- | ----------- | ------------ | ------------------------------------ |
| $\nabla_a C$   | `dC_da`         | `(n,)`      | `(n, m)`     | slope of the cost in each output     |
| $\sigma'(z^L)$ | `sigma_prime_z` | `(n,)`      | `(n, m)`     | slope of the output activation       |
| $\delta^{L}$   | returned        | `(n,)`      | `(n, m)`     | error of the output layer            |

# Derivation

The cost feels $z^{L}_j$ through the outputs, so the chain rule sums over all of them:

$$
\delta^{L}_j = \frac{\partial C}{\partial z^{L}_j}
= \sum_k \frac{\partial C}{\partial a^{L}_k} \frac{\partial a^{L}_k}{\partial z^{L}_j} .
$$

An elementwise activation has $a^{L}_k = \sigma(z^{L}_k)$, in which $z^{L}_j$ stands only if $k = j$. One term is left:

$$
\delta^{L}_j = \frac{\partial C}{\partial a^{L}_j} \, \sigma'(z^{L}_j) .
$$

# Why it is so

Unit $j$ has one output, and no other unit's weighted input goes into it: one slope times one slope,
unit by unit. That is all that $\odot$ says. It is the product with the Jacobian
$\partial a_k / \partial z_j$, which here is diagonal.

So BP1 as printed holds for elementwise activations, and softmax is not one. There $k \ne j$ stays in
the sum, and what is left is the transposed Jacobian times the slope: $\delta^{L} = J^{\mathsf T} \nabla_a C$.
With outputs $(\frac14, \frac14, \frac12)$ and a target of $(0, 0, 1)$ under the quadratic cost:

```pycon
>>> import numpy as np
>>> from backprop import output_error, softmax, softmax_jacobian
>>> z = np.log(np.array([1.0, 1.0, 2.0]))
>>> dC_da = softmax(z) - np.array([0.0, 0.0, 1.0])
>>> softmax_jacobian(z).T @ dC_da
array([ 0.09375,  0.09375, -0.1875 ])
>>> output_error(dC_da, np.diag(softmax_jacobian(z)))
array([ 0.046875,  0.046875, -0.125   ])

```

The second keeps the diagonal alone. It has the right shape and signs, and is wrong. `gradients` takes the first.

Some costs are made for their activation, and $\sigma'$ cancels. Cross-entropy with a sigmoid, softmax
with cross-entropy, and the quadratic cost with a linear output all leave $a^{L} - y$, over $m$. For the first of
these `gradients` takes that form, because a sigmoid that has rounded to 0 or 1 would give $\infty \cdot 0$.

# A 2-3-2 network

Both outputs are $\frac12$ with slope $\frac14$; the targets are 0 and 1.

```pycon
>>> from backprop import quadratic_prime, sigmoid_prime
>>> a, y, z = np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.array([0.0, 0.0])
>>> output_error(quadratic_prime(a, y), sigmoid_prime(z))
array([ 0.125, -0.125])

```

The first output is too high and its error is positive: raise its $z$ and the cost rises. With a linear output the
slope would be 1 and the error $(\frac12, -\frac12)$, the residual $a - y$ itself. Only there, and where the cost
cancels the slope, are error and residual the same.
"""

from __future__ import annotations

from ._arrays import Array
from .shapes import equation

__all__ = ["output_error"]


@equation("BP1: δ^L = ∇_a C ⊙ σ′(z^L)", dC_da="n m?", sigma_prime_z="n m?")
def output_error(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^L$ of the output layer (BP1).

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Slope $\nabla_a C$ of the cost in each output; for a batch it holds the 1/m.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^L)$ of the output activation at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (n, m)
        Error $\delta^L$: $\partial C / \partial z^L$.

    Raises
    ------
    ShapeError
        If the two differ in shape; nothing is ever broadcast.

    Examples
    --------
    A unit that has saturated has no error, however wrong it is:

    >>> import numpy as np
    >>> output_error(np.array([3.0, 3.0]), np.array([0.25, 0.0]))
    array([0.75, 0.  ])
    """
    return dC_da * sigma_prime_z
