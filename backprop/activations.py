r"""A layer bends each weighted input on its own, and the way back needs only the slope of the bend.

$$
\underbrace{a^{l}}_{n_l} = \sigma(\underbrace{z^{l}}_{n_l}) ,
\qquad
\underbrace{\sigma'(z^{l})}_{n_l}
\;\text{with}\;
\sigma'(z^{l}_j) = \frac{\partial a^{l}_j}{\partial z^{l}_j}
$$

Without a bend, two layers are one: $W^2 (W^1 x) = (W^2 W^1) x$.

# Shapes

| symbol         | in code         | one example | `m` examples | meaning                          |
| -------------- | --------------- | ----------- | ------------ | -------------------------------- |
| $z^{l}$        | `z`             | `(n,)`      | `(n, m)`     | weighted input                   |
| $a^{l}$        | `sigmoid(z)`    | `(n,)`      | `(n, m)`     | activation: as many as go in     |
| $\sigma'(z^l)$ | `sigmoid_prime(z)` | `(n,)`   | `(n, m)`     | slope at $z$, not at $a$         |

# Derivation

Write $\sigma(z) = 1/(1 + e^{-z})$ and differentiate:

$$
\begin{aligned}
\sigma'(z) &= \frac{e^{-z}}{(1 + e^{-z})^2}
= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} \\
&= \sigma(z) \, \sigma(-z) .
\end{aligned}
$$

The second factor is $1 / (e^{z} + 1)$, and the two sum to 1, so the derivative is also $a(1 - a)$: the same
number, written in $a$. It is not $\sigma'(a)$. `gradients` writes every derivative in the activation that the forward pass has kept:

| $\sigma$            | derivative at $z$                | the same, in $a$       |
| ------------------- | -------------------------------- | ---------------------- |
| `sigmoid`           | $\sigma(z) \, \sigma(-z)$        | $a (1 - a)$            |
| `tanh`              | $1 / \cosh^2 z$                  | $1 - a^2$              |
| `identity`          | 1                                | 1                      |

The rectifiers, [ReLU and its relatives][backprop.relu], have a chapter of their own.

# Why it is so

Unit $j$ bends $z_j$ and nothing else, so $\partial a_j / \partial z_k = 0$ for $k \ne j$. The
Jacobian is diagonal, and a diagonal matrix times a vector is the elementwise product $\odot$.

Softmax is different: each of its outputs depends on all weighted inputs of the layer. It has
[a chapter of its own][backprop.softmax].

# A 2-3-2 network

```pycon
>>> import numpy as np
>>> from backprop import sigmoid, sigmoid_prime
>>> z1 = np.log(3) * np.array([0.0, 1.0, -1.0])
>>> a1 = sigmoid(z1)
>>> a1
array([0.5 , 0.75, 0.25])
>>> sigmoid_prime(z1)
array([0.25  , 0.1875, 0.1875])
>>> a1 * (1 - a1)
array([0.25  , 0.1875, 0.1875])

```

The derivative of the sigmoid is at most $\frac14$. BP1 and BP2 multiply by it, so each layer keeps at most a quarter of the error.
Far from 0 the derivative is tiny, but it is not 0, and `sigmoid_prime` is exactly symmetric:

```pycon
>>> float(sigmoid_prime(40.0)) == float(sigmoid_prime(-40.0)) > 0
True

```

The form $a (1 - a)$ saves an exponential, and where $a$ is close to 1 it pays for that: $1 - a$ loses its digits to rounding. In float64 its
relative error is $4 \cdot 10^{-8}$ at $z = 20$ and $10^{-3}$ at $z = 30$, and from $z = 37$ on the result is 0. In float32 it is 0 from $z = 17$ on.
For negative $z$ nothing is lost. From $z = 20$ on the derivative itself is below $3 \cdot 10^{-9}$, so the absolute error is tiny, and
gradients hardly change:

```pycon
>>> from backprop import SIGMOID
>>> z = np.array([20.0, 30.0, 37.0, -37.0])
>>> in_a = SIGMOID.derivative(z, sigmoid(z))
>>> error = abs(in_a / sigmoid_prime(z) - 1)
>>> [float(f"{relative:.0e}") for relative in error]
[4e-08, 0.001, 1.0, 1e-16]
>>> bool(np.max(abs(in_a - sigmoid_prime(z))) < 1e-16)
True

```

For $\tanh$ the form $1 - a^2$ loses its digits on both sides. Its relative error is $2 \cdot 10^{-4}$ at $\lvert z \rvert = 15$, and from
$\lvert z \rvert = 19.1$ on the result is 0:

```pycon
>>> from backprop import TANH, tanh, tanh_prime
>>> z = np.array([-19.1, -15.0, 15.0, 19.1])
>>> error = abs(TANH.derivative(z, tanh(z)) / tanh_prime(z) - 1)
>>> [float(f"{relative:.0e}") for relative in error]
[1.0, 0.0002, 0.0002, 1.0]

```
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

import numpy as np

from ._address import BOOK
from ._arrays import Array, as_floats, namespace, real
from ._axes import same_shape
from ._immutable import Immutable
from .shapes import ShapeError, equation, unchecked

__all__ = [
    "IDENTITY",
    "SIGMOID",
    "TANH",
    "Activation",
    "identity",
    "identity_prime",
    "sigmoid",
    "sigmoid_prime",
    "tanh",
    "tanh_prime",
]

elementwise = functools.partial(equation, z="...")


@elementwise("σ(z) = 1 / (1 + e^{−z})")
@np.errstate(over="ignore")
def sigmoid(z: Array) -> Array:
    r"""Return $\sigma(z) = 1 / (1 + e^{-z})$, between 0 and 1.

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
    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    xp = namespace(z)
    if is_narrow(z):
        e = xp.exp(xp.where(real(z) > 0, -z, z))  # at most 1 in absolute value
        return xp.where(real(z) > 0, 1 / (1 + e), e / (1 + e))
    return 1 / (1 + xp.exp(-z))


@elementwise("σ′(z) = σ(z) σ(−z)")
@np.errstate(over="ignore")
def sigmoid_prime(z: Array) -> Array:
    r"""Return the slope $\sigma'(z) = \sigma(z) \, \sigma(-z)$ of the sigmoid at $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Slope, at most 1/4.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    Given the activation instead, it answers a question that nobody asked:

    >>> float(sigmoid_prime(0.0)), float(sigmoid_prime(sigmoid(0.0))) == 0.25
    (0.25, False)
    """
    sigma = unchecked(sigmoid)
    return sigma(z) * sigma(-z)


@elementwise("tanh z")
def tanh(z: Array) -> Array:
    r"""Return $\tanh z$, between -1 and 1.

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
    >>> tanh([-1000.0, 0.0, 1000.0])
    array([-1.,  0.,  1.])
    """
    return namespace(z).tanh(z)


@elementwise("tanh′ z = 1 / cosh² z")
@np.errstate(over="ignore")
def tanh_prime(z: Array) -> Array:
    r"""Return the slope $1 / \cosh^2 z$ of $\tanh$ at $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Slope, at most 1.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> tanh_prime([-1000.0, 0.0, 1000.0])
    array([0., 1., 0.])
    """
    if is_narrow(z):
        return 4 * unchecked(sigmoid_prime)(2 * z)  # the same, and cosh of a large complex number is not a number
    return (1 / namespace(z).cosh(z)) ** 2


@elementwise("identity(z) = z")
def identity(z: Array) -> Array:
    r"""Return $z$ itself, in an array of its own: the activation of a linear layer.

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
    >>> identity([-2.0, 0.0, 2.0])
    array([-2.,  0.,  2.])
    """
    return 1 * z


@elementwise("identity′(z) = 1")
def identity_prime(z: Array) -> Array:
    r"""Return the slope of a linear layer: 1 everywhere.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Slope.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> identity_prime([-2.0, 0.0, 2.0])
    array([1., 1., 1.])
    """
    return namespace(z).ones_like(z)


def is_narrow(z: Array) -> bool:
    """Return whether the exponential of an ordinary number overflows to something that is not infinity, or soon."""
    # In complex numbers it gives a nan, in half precision it is infinite from 11.1 on.
    if z.__class__ is np.ndarray:
        return z.dtype.char in "eFDG"
    xp = namespace(z)
    return bool(xp.isdtype(z.dtype, "complex floating")) or xp.finfo(z.dtype).bits == 16


class Activation(Immutable):
    r"""An activation function $\sigma$ with its derivative, as a `Layer` needs them.

    Parameters
    ----------
    name : str
        What `repr` shows.
    value : callable
        $\sigma(z)$, elementwise.
    prime : callable or None
        $\sigma'(z)$, elementwise; None for softmax, whose derivative is a Jacobian matrix.
    prime_from_a : callable or None
        The same derivative written in $a = \sigma(z)$, if there is such a form: it needs no new exponential.
    layout : {"columns", "rows", None}
        The layout that the function needs, if it mixes the units of a layer as softmax does. None is for elementwise functions.

    Raises
    ------
    TypeError
        If `value`, or a derivative that is given, is not a function.

    Examples
    --------
    An activation function of your own:

    >>> import numpy as np
    >>> from backprop import Layer, forward
    >>> square = Activation("square", lambda z: z**2, lambda z: 2 * z)
    >>> zs, activations = forward([Layer(np.array([[3.0]]), np.array([0.0]), square)], np.array([1.0]))
    >>> activations[-1], square.derivative(zs[-1], activations[-1])
    (array([9.]), array([6.]))
    """

    __slots__ = fields = ("name", "value", "prime", "prime_from_a", "layout")

    name: str
    value: Callable[[Array], Array]
    prime: Callable[[Array], Array] | None
    prime_from_a: Callable[[Array], Array] | None
    layout: Literal["columns", "rows"] | None

    def __init__(
        self,
        name: str,
        value: Callable[[Array], Array],
        prime: Callable[[Array], Array] | None = None,
        prime_from_a: Callable[[Array], Array] | None = None,
        layout: Literal["columns", "rows"] | None = None,
    ) -> None:
        self._set(name=name, value=value, prime=prime, prime_from_a=prime_from_a, layout=layout)
        for field in ("value", "prime", "prime_from_a"):
            function = getattr(self, field)
            if not callable(function) and (function is not None or field == "value"):
                raise TypeError(f"Activation {self.name}: {field} is {function!r}, not a function of z")

    def __call__(self, z: Array) -> Array:
        """Return the activation of `z`."""
        [z] = as_floats(self.name, ["z"], [z])
        return self._elementwise(self.value(z), z)

    def derivative(self, z: Array, a: Array) -> Array:
        r"""Return $\sigma'(z)$, from $a = \sigma(z)$ where that is cheaper."""
        if self.prime_from_a is not None:
            return self._elementwise(unchecked(self.prime_from_a)(a), z)
        if self.prime is None:
            raise TypeError(f"{self.name} has no elementwise derivative; use its Jacobian")
        return self._elementwise(unchecked(self.prime)(z), z)

    def apply(self, z: Array) -> Array:
        """Return the activation of an array of floats, for a caller that has checked it."""
        return self._elementwise(unchecked(self.value)(z), z)

    def _elementwise(self, result: Array, z: Array) -> Array:
        if result.shape != z.shape and not same_shape(result.shape, z.shape):
            taken, given = tuple(z.shape), tuple(result.shape)
            raise ShapeError(
                f"{self.name} took shape {taken} and gave {given}; it must be elementwise: one number for each number.\n"
                f"  See {BOOK}look-up/why-hadamard/"
            )
        return result


SIGMOID = Activation("sigmoid", sigmoid, sigmoid_prime, lambda a: a * (1 - a))
TANH = Activation("tanh", tanh, tanh_prime, lambda a: 1 - a**2)
IDENTITY = Activation("identity", identity, identity_prime, identity_prime)
