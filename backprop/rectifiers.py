r"""The rectifiers: ReLU passes what is above 0, and its relatives do nearly the same.

$$
\begin{aligned}
\operatorname{relu}(z) &= \max(z, 0) \\
\operatorname{relu}'(z) &= 1\text{ if }z > 0,\text{ else }0
\end{aligned}
$$

Where a unit is on, ReLU has the derivative 1, so it passes the error unchanged. The derivative of a sigmoid is at most $\frac14$ in every layer.

# Shapes

| symbol         | in code         | one example | `m` examples | meaning                              |
| -------------- | --------------- | ----------- | ------------ | ------------------------------------ |
| $z^{l}$        | `z`             | `(n,)`      | `(n, m)`     | weighted input                       |
| $a^{l}$        | `relu(z)`       | `(n,)`      | `(n, m)`     | activation                           |
| $\sigma'(z^l)$ | `relu_prime(z)` | `(n,)`      | `(n, m)`     | derivative at $z$, not at $a$        |

# Derivation

Each function is differentiated for one unit. The sigmoid is $\sigma(z) = 1/(1 + e^{-z})$.

| function               | formula                          | derivative at $z$               | the same, in $a$   |
| ---------------------- | -------------------------------- | ------------------------------- | ------------------ |
| `relu`                 | $\max(z, 0)$                     | 1 if $z > 0$, else 0            | the sign of $a$    |
| `leaky_relu`           | $\max(z, z / 100)$               | 1 if $z > 0$, else $\frac{1}{100}$ | by the sign of $a$ |
| `softplus`             | $\ln(1 + e^z)$                   | $\sigma(z)$                     | $1 - e^{-a}$       |
| `silu`                 | $z \, \sigma(z)$                 | $\sigma(z) \, (1 + z \, \sigma(-z))$ |               |
| `gelu`                 | $z \, \sigma(2u)$                | $\sigma(2u) + 2 z \, u' \, \sigma(2u) \, \sigma(-2u)$ | |

For the GELU, $u = \sqrt{2/\pi} \, (z + 0.044715 \, z^3)$.

# Why it is so

At 0 the two ReLUs have no derivative: the graph has a corner, called a kink. For one unit, every number between the derivatives to
the left and to the right is a *subgradient*. The library uses the derivative to the left, 0 for ReLU, as PyTorch does.

A ReLU unit that is off for every example has the derivative 0 for every example. Then the error of the unit is 0, and its weights do not
change: it is a dead unit. In the first hidden layer it then stays off. In a later layer its inputs may still change and turn it on again. The leaky ReLU keeps a hundredth of the error, and the SiLU and the GELU keep a little.

# A 2-3-2 network

With ReLU, the weighted inputs $\ln 3 \cdot (0, 1, -1)$ of the first layer leave only the second unit on. Its error passes unchanged:

```pycon
>>> import numpy as np
>>> from backprop import hidden_error, relu, relu_prime
>>> z1 = np.array([0.0, 1.0, -1.0])
>>> relu(z1), relu_prime(z1)
(array([0., 1., 0.]), array([0., 1., 0.]))
>>> W2, delta2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]]), np.array([0.125, 0.125])
>>> hidden_error(W2, delta2, relu_prime(z1))
array([0. , 0.5, 0. ])

```
"""

from __future__ import annotations

import numpy as np

from ._arrays import Array, namespace, real
from .activations import Activation, elementwise, sigmoid, sigmoid_prime
from .shapes import unchecked

__all__ = [
    "GELU",
    "LEAKY_RELU",
    "RELU",
    "SILU",
    "SOFTPLUS",
    "gelu",
    "gelu_prime",
    "leaky_relu",
    "leaky_relu_prime",
    "relu",
    "relu_prime",
    "silu",
    "silu_prime",
    "softplus",
    "softplus_prime",
]

LEAK = 0.01
ROOT, CUBIC = (2 / np.pi) ** 0.5, 0.044715  # of the GELU


@elementwise("relu(z) = max(z, 0)")
def relu(z: Array) -> Array:
    r"""Return $\max(z, 0)$.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    a : array of the shape of z
        Activation.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> relu([-2.0, 0.0, 2.0])
    array([0., 0., 2.])
    """
    xp = namespace(z)
    return xp.maximum(z, xp.zeros_like(z))


@elementwise("relu′(z) = 1 if z > 0, else 0")
def relu_prime(z: Array) -> Array:
    r"""Return the derivative of ReLU at $z$: 1 above 0, and 0 below it and at it.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative. At 0 there is no derivative; 0 is the subgradient that PyTorch takes too.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> relu_prime([-2.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    return namespace(z).sign(unchecked(relu)(z))


@elementwise("leaky_relu(z) = max(z, 0.01 z)")
def leaky_relu(z: Array) -> Array:
    r"""Return $\max(z, 0.01 z)$: a ReLU that lets a hundredth through below 0.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    a : array of the shape of z
        Activation.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> leaky_relu([-2.0, 0.0, 2.0])
    array([-0.02,  0.  ,  2.  ])
    """
    return namespace(z).maximum(z, LEAK * z)


@elementwise("leaky_relu′(z) = 1 if z > 0, else 0.01")
def leaky_relu_prime(z: Array) -> Array:
    r"""Return the derivative of the leaky ReLU at $z$: 1 above 0, and 0.01 below it and at it.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> leaky_relu_prime([-2.0, 0.0, 2.0])
    array([0.01, 0.01, 1.  ])
    """
    return LEAK + (1 - LEAK) * unchecked(relu_prime)(z)


@elementwise("softplus(z) = ln(1 + e^z)")
@np.errstate(over="ignore")
def softplus(z: Array) -> Array:
    r"""Return $\ln(1 + e^{z})$, a ReLU without the kink.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    a : array of the shape of z
        Activation.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    Far from 0 it is ReLU, without overflow:

    >>> softplus([-1000.0, 1000.0])
    array([   0., 1000.])
    """
    xp = namespace(z)
    # ln(1 + e^z) = z + ln(1 + e^−z), and of the two the one that does not overflow
    return xp.where(real(z) > 0, z + xp.log1p(xp.exp(-z)), xp.log1p(xp.exp(z)))


@elementwise("softplus′(z) = σ(z)")
@np.errstate(over="ignore")
def softplus_prime(z: Array) -> Array:
    r"""Return the derivative of softplus at $z$, which is the sigmoid.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative, between 0 and 1.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> softplus_prime([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    return unchecked(sigmoid)(z)


@elementwise("silu(z) = z σ(z)")
@np.errstate(over="ignore")
def silu(z: Array) -> Array:
    r"""Return $z \, \sigma(z)$, the SiLU or Swish: a smooth ReLU that is a little below 0 for negative $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    a : array of the shape of z
        Activation.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    >>> silu([-1000.0, 0.0, 1000.0])
    array([  -0.,    0., 1000.])
    """
    return z * unchecked(sigmoid)(z)


@elementwise("silu′(z) = σ(z) (1 + z σ(−z))")
@np.errstate(over="ignore")
def silu_prime(z: Array) -> Array:
    r"""Return the derivative $\sigma(z) \, (1 + z \, \sigma(-z))$ of the SiLU at $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    >>> silu_prime([-1000.0, 0.0, 1000.0])
    array([-0. ,  0.5,  1. ])
    """
    sigma = unchecked(sigmoid)
    return sigma(z) * (1 + z * sigma(-z))


@elementwise("gelu(z) = z σ(2u), u = √(2/π) (z + 0.044715 z³)")
@np.errstate(over="ignore")
def gelu(z: Array) -> Array:
    r"""Return the GELU in its tanh form, $\frac{z}{2} (1 + \tanh u)$ with $u = \sqrt{2 / \pi} \, (z + 0.044715 \, z^3)$.

    It approximates $z \, \Phi(z)$ with the normal distribution function $\Phi$ (Hendrycks and Gimpel, 2016). PyTorch
    calls it `gelu(z, approximate="tanh")`. Since $\frac12 (1 + \tanh u) = \sigma(2u)$, it is computed as $z \, \sigma(2u)$.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    a : array of the shape of z
        Activation.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    >>> gelu([-1000.0, 0.0, 1000.0])
    array([  -0.,    0., 1000.])
    """
    return z * unchecked(sigmoid)(2 * ROOT * (z + CUBIC * z**3))


@elementwise("gelu′(z) = σ(2u) + 2 z u′ σ(2u) σ(−2u), u = √(2/π) (z + 0.044715 z³)")
@np.errstate(over="ignore")
def gelu_prime(z: Array) -> Array:
    r"""Return the derivative $\sigma(2u) + 2 z \, u' \, \sigma(2u) \, \sigma(-2u)$ of the GELU at $z$, with $u$ as in `gelu`.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    >>> gelu_prime([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    u, u_prime = ROOT * (z + CUBIC * z**3), ROOT * (1 + 3 * CUBIC * z**2)
    return unchecked(sigmoid)(2 * u) + 2 * z * u_prime * unchecked(sigmoid_prime)(2 * u)


RELU = Activation("relu", relu, relu_prime, relu_prime)
LEAKY_RELU = Activation("leaky_relu", leaky_relu, leaky_relu_prime, leaky_relu_prime)
SOFTPLUS = Activation("softplus", softplus, softplus_prime, lambda a: -namespace(a).expm1(-a))
SILU = Activation("silu", silu, silu_prime)
GELU = Activation("gelu", gelu, gelu_prime)
