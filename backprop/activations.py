r"""Activation functions.

> Why does each unit apply a function to its weighted input, and why does backpropagation need the derivative of this function?

A unit multiplies its inputs by weights, and adds the products and a bias. The sum is its weighted input $z$. The **activation function** $\sigma$ turns $z$
into the activation $a = \sigma(z)$. Without activation functions, one layer can compute everything that many layers compute.

**In the backward pass, the error $\partial C / \partial z$ of a unit has the factor $\sigma'(z)$.** Where this factor is nearly 0, the error is usually tiny. Then
training hardly changes the weights into the unit.

![The sigmoid rises from 0 to 1. Its derivative is largest at z = 0, and nearly 0 on both sides. Each hidden unit of the 2-3-2 network is a dot on both curves. The word saturated is explained below.](figure:sigmoid_and_derivative)

The forward pass computes $a^{l}$, and the backward pass needs $\sigma'(z^{l})$:

=== "Columns"

    $$
    \underbrace{a^{l}}_{n_l \times m} = \sigma(\underbrace{z^{l}}_{n_l \times m}) ,
    \qquad
    \underbrace{\sigma'(z^{l})}_{n_l \times m}
    $$

=== "Rows"

    $$
    \underbrace{a^{l}}_{m \times n_l} = \sigma(\underbrace{z^{l}}_{m \times n_l}) ,
    \qquad
    \underbrace{\sigma'(z^{l})}_{m \times n_l}
    $$

Layer $l$ has $n_l$ units, and there are $m$ examples. Both functions are applied **elementwise**: each entry of the result is computed only from the entry of $z^{l}$ in
the same position. So $z^{l}$, $a^{l}$ and $\sigma'(z^{l})$ have the same shape, and the code is the same in both layouts. In the next two sections, $\sigma$ is any
activation function. From the derivation on, it is the sigmoid.

# Why do we need an activation function?

Without an activation function, a layer multiplies by its weights and adds its biases, and nothing else. Take two such layers without biases. One layer can replace them:

=== "Columns"

    $$
    W^2 (W^1 x) = (W^2 W^1) \, x .
    $$

=== "Rows"

    $$
    (x \, W^1) \, W^2 = x \, (W^1 W^2) .
    $$

The product in parentheses on the right is one matrix. With biases the same is true, as the page on [the forward pass][forward-pass] shows.

One layer is not always enough. Take one input and one output. The inputs −1, 0 and 1 have the targets 1, 0 and 1. Without an activation function, the graph of the
output is a straight line. No straight line goes through the points $(-1, 1)$, $(0, 0)$ and $(1, 1)$. Two hidden units with the activation function $\max(z, 0)$,
called [ReLU][rectifiers], are enough. They compute $\max(x, 0)$ and $\max(-x, 0)$. The output is the sum of both, which is $\lvert x \rvert$. All biases are 0:

=== "Columns"

    Each column of `x` is one example.

    ```pycon
    >>> import numpy as np
    >>> x = np.array([[-1.0, 0.0, 1.0]])
    >>> W1 = np.array([[1.0], [-1.0]])
    >>> W2 = np.array([[1.0, 1.0]])
    >>> W2 @ (W1 @ x)  # without activation function
    array([[0., 0., 0.]])
    >>> W2 @ np.maximum(W1 @ x, 0)  # with ReLU
    array([[1., 0., 1.]])

    ```

=== "Rows"

    Each row of `x` is one example.

    ```pycon
    >>> import numpy as np
    >>> x = np.array([[-1.0], [0.0], [1.0]])
    >>> W1 = np.array([[1.0, -1.0]])
    >>> W2 = np.array([[1.0], [1.0]])
    >>> (x @ W1) @ W2  # without activation function
    array([[0.],
           [0.],
           [0.]])
    >>> np.maximum(x @ W1, 0) @ W2  # with ReLU
    array([[1.],
           [0.],
           [1.]])

    ```

# What does the derivative do in backpropagation?

The weights and the bias of a unit change the cost $C$ in only one way. They change $z$, then $z$ changes $a$, and $a$ changes $C$. The error of the
unit is $\partial C / \partial z$, and the chain rule for one variable gives

$$
\frac{\partial C}{\partial z} = \frac{\partial C}{\partial a} \, \sigma'(z) .
$$

So $\sigma'(z)$ is a factor of the error, and of the derivative for every weight and bias of the unit. A step function, which jumps from 0 to 1, has the derivative 0
on both sides of the jump. With it, all these derivatives would be 0, and gradient descent could not change the weights.

An elementwise function computes the activation of a unit only from the weighted input of this unit. That is why the multiplication is done
[unit by unit][why-hadamard]. Softmax, an activation function for output layers, is different. Each of its outputs depends on all
weighted inputs of the layer, so there are [several paths][chain-rule] to add. It has [a chapter of its own][softmax-layer].

# Derivation

The sigmoid is $\sigma(z) = 1 / (1 + e^{-z})$.

**Step 1: use the chain rule.** Write $u = 1 + e^{-z}$, so $\sigma(z) = 1/u$. The derivative of $1/u$ with respect to $u$ is $-1/u^2$. The derivative of $u$ with respect to $z$ is
$-e^{-z}$. In their product the two minus signs cancel:

$$
\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} .
$$

**Step 2: split the fraction.** The first factor is the sigmoid itself:

$$
\sigma'(z) = \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} .
$$

**Step 3: find the second factor.** Both fractions have the denominator $1 + e^{-z}$, and the sum of their numerators is also $1 + e^{-z}$. So the two fractions add up to 1, and the
second one is $1 - \sigma(z)$:

$$
\sigma'(z) = \sigma(z) \, \bigl( 1 - \sigma(z) \bigr) = a (1 - a) .
$$

The forward pass has already computed $a$. So the derivative costs one subtraction and one multiplication, and no new exponential.

**How large can it be?** We can write $a (1 - a) = \frac14 - (a - \frac12)^2$. A square is never negative, so the derivative is at most $\frac14$. It is exactly $\frac14$ where
$a = \frac12$, at $z = 0$.

**The derivative of tanh.** The hyperbolic tangent is $\tanh z = (e^{z} - e^{-z}) / (e^{z} + e^{-z})$. Multiply the numerator and the denominator by
$e^{-z}$. The new numerator $1 - e^{-2z}$ is $2 - (1 + e^{-2z})$, so we can split the fraction:

$$
\tanh z = \frac{1 - e^{-2z}}{1 + e^{-2z}} = \frac{2}{1 + e^{-2z}} - 1 = 2 \, \sigma(2z) - 1 .
$$

So tanh has the form of the sigmoid, but it goes from −1 to 1. By the chain rule its derivative is $4 \, \sigma'(2z)$, and by step 3 this is
$4 \, \sigma(2z) \, (1 - \sigma(2z))$. Now write $a$ for $\tanh z$. Then $\sigma(2z) = \frac12 (1 + a)$ and $1 - \sigma(2z) = \frac12 (1 - a)$. So the derivative is
$(1 + a)(1 - a) = 1 - a^2$, which is at most 1.

| function   | $a$                | derivative at $z$                     | the same, from $a$      |
| ---------- | ------------------ | ------------------------------------- | ----------------------- |
| `sigmoid`  | $1/(1 + e^{-z})$   | $\sigma(z) \, (1 - \sigma(z))$        | $a (1 - a)$             |
| `tanh`     | $\tanh z$          | $4 \, \sigma'(2z)$                    | $1 - a^2$               |
| `relu`     | $\max(z, 0)$       | 1 if $z > 0$, else 0                  | 1 if $a > 0$, else 0    |
| `identity` | $z$                | 1                                     | 1                       |

![Four activation functions, all drawn at the same scale, each with its derivative. The derivative of the sigmoid is at most ¼. The other three derivatives reach 1.](figure:activation_curves)

The identity is used in output layers whose outputs may be any numbers. In hidden layers, the usual choice today is ReLU. ReLU and similar functions have
[a chapter of their own][rectifiers].

With tanh in the hidden layers, a network usually learns faster than with the sigmoid. One reason is that the derivative of tanh can be four times as large. Another is that its
activations can be negative. The activations of sigmoids are all positive. Take one example, and all weights into one unit of the next layer. The derivative for each
weight is the error of this unit, times a positive activation. So all these derivatives have the same sign. Then one step of gradient descent increases all these weights, or
decreases all of them.

# Where does the sigmoid learn slowly?

Far from $z = 0$ the curve of the sigmoid is almost flat. There a change of $z$ hardly changes $a$, and the unit is called **saturated**. The derivative is tiny, as you see if you [move along the curve][move-along-the-curve]:

```pycon
>>> import numpy as np
>>> from backprop import sigmoid_prime
>>> z = np.array([0.0, 2.0, 4.0, 8.0])
>>> sigmoid_prime(z).round(5)
array([0.25   , 0.10499, 0.01766, 0.00034])

```

A saturated output unit can be completely wrong, and the cost $\frac12 (a - y)^2$ still gives it only a tiny error. [Cross-entropy][cost-functions] is a cost without this problem.

In hidden layers, the derivatives of several layers are multiplied. Each of them is at most $\frac14$, so the product can be very small, and the first layers learn slowly. This is
one cause of [vanishing gradients][vanishing-gradient].

# Example

The hidden units of [the 2-3-2 network][2-3-2-pass] have the weighted inputs $\ln 3 \cdot (0, 1, -1)$. Since $e^{-\ln 3} = \frac13$, the sigmoid of $\ln 3$ is
$1 / (1 + \frac13) = \frac34$. This code computes the sigmoid and its derivative without the library:

```pycon
>>> def sigmoid(z):
...     return 1 / (1 + np.exp(-z))
>>> def sigmoid_prime(z):
...     a = sigmoid(z)
...     return a * (1 - a)
>>> z = np.log(3) * np.array([0.0, 1.0, -1.0])
>>> sigmoid(z)
array([0.5 , 0.75, 0.25])
>>> sigmoid_prime(z)
array([0.25  , 0.1875, 0.1875])

```

Check the second unit by hand: $\frac34 \cdot \frac14 = \frac3{16}$, which is 0.1875. Is this number really the derivative? Increase and decrease each $z$ by $h$, and divide the
difference of the activations by $2h$:

```pycon
>>> h = 0.0001
>>> ((sigmoid(z + h) - sigmoid(z - h)) / (2 * h)).round(6)
array([0.25  , 0.1875, 0.1875])

```

The functions of the library give the same numbers:

```pycon
>>> import backprop
>>> backprop.sigmoid(z), backprop.sigmoid_prime(z)
(array([0.5 , 0.75, 0.25]), array([0.25  , 0.1875, 0.1875]))

```

??? note "Which form is more accurate: σ(z) σ(−z), or a (1 − a)?"

    On paper they are equal. Multiply the numerator and the denominator of the second factor in step 2 by $e^{z}$, and you get $\sigma(-z)$. A computer rounds, and then they differ.

    The form $a (1 - a)$ needs no new exponential, and `gradients` uses it. But where $a$ is close to 1, the subtraction $1 - a$ loses digits. The relative error is the
    error divided by the right value. With 64-bit numbers it is $4 \cdot 10^{-8}$ at $z = 20$ and $10^{-3}$ at $z = 30$, and from $z = 37$ on the result is 0. With 32-bit numbers the result is
    0 from $z = 17$ on. For negative $z$ no digits are lost.

    From $z = 20$ on the derivative itself is below $3 \cdot 10^{-9}$. So the absolute error is tiny, and gradients hardly change. In the code, `SIGMOID.derivative` is the
    form $a (1 - a)$, and the relative errors are rounded to one digit:

    ```pycon
    >>> from backprop import SIGMOID
    >>> z = np.array([20.0, 30.0, 37.0, -37.0])
    >>> in_a = SIGMOID.derivative(z, backprop.sigmoid(z))
    >>> error = abs(in_a / backprop.sigmoid_prime(z) - 1)
    >>> [float(f"{relative:.0e}") for relative in error]
    [4e-08, 0.001, 1.0, 1e-16]
    >>> bool(np.max(abs(in_a - backprop.sigmoid_prime(z))) < 1e-16)
    True

    ```

    The function `sigmoid_prime` of the library computes $\sigma(z) \, \sigma(-z)$. It subtracts nothing from $a$, so it is as accurate for positive $z$ as for negative $z$:

    ```pycon
    >>> backprop.sigmoid_prime(np.array([-40.0, 40.0]))
    array([4.24835426e-18, 4.24835426e-18])

    ```

    For $\tanh$ the form $1 - a^2$ loses digits on both sides. Its relative error is $2 \cdot 10^{-4}$ at $\lvert z \rvert = 15$, and from
    $\lvert z \rvert = 19.1$ on the result is 0:

    ```pycon
    >>> from backprop import TANH, tanh, tanh_prime
    >>> z = np.array([-19.1, -15.0, 15.0, 19.1])
    >>> error = abs(TANH.derivative(z, tanh(z)) / tanh_prime(z) - 1)
    >>> [float(f"{relative:.0e}") for relative in error]
    [1.0, 0.0002, 0.0002, 1.0]

    ```

# Common mistakes

- `sigmoid_prime` gets the activation instead of the weighted input. The product $a (1 - a)$ is $\sigma'(z)$, computed from $a$, and it is not $\sigma'(a)$: [σ′ at a][derivative-at-a].
- The derivative is missing in a hidden layer or in the output layer: [σ′ is missing][hidden-derivative-missing], [in the output layer][output-derivative-missing].
- The derivative is multiplied twice, in [a hidden layer][hidden-derivative-twice] or in [the output layer][output-derivative-twice].
- Softmax is treated as if each output depended only on its own weighted input: [softmax with only the diagonal][softmax-diagonal].

# Check yourself

??? question "A sigmoid unit has the activation ¾. What is σ′(z), and what is z?"

    $\sigma'(z) = \frac34 \cdot \frac14 = \frac3{16}$. For that you do not need $z$, which is $\ln 3$.

??? question "All layers of a network have the identity as activation function. Can it learn more than a network with one layer?"

    No. The product of all its matrices is one matrix, and all biases together give one bias for each output. So one layer can compute the same outputs.

**Exercises:** [how much is left of an error][how-much-is-left] · [linear neurons][linear-neurons] · [the equations without ⊙, the Hadamard product][sigma-prime-matrix].
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
        If `z` is not an array of numbers.

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
    r"""Return the derivative $\sigma'(z) = \sigma(z) \, \sigma(-z)$ of the sigmoid at $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative, at most 1/4.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    The argument is the weighted input. With the activation instead, the result is a different number:

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
        If `z` is not an array of numbers.

    Examples
    --------
    >>> tanh([-1000.0, 0.0, 1000.0])
    array([-1.,  0.,  1.])
    """
    return namespace(z).tanh(z)


@elementwise("tanh′ z = 1 / cosh² z")
@np.errstate(over="ignore")
def tanh_prime(z: Array) -> Array:
    r"""Return the derivative $1 / \cosh^2 z$ of $\tanh$ at $z$.

    Parameters
    ----------
    z : array of any shape
        Weighted input; not the activation.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative, at most 1.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

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
    r"""Return a copy of $z$: the activation function of a linear layer.

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
    >>> identity([-2.0, 0.0, 2.0])
    array([-2.,  0.,  2.])
    """
    return 1 * z


@elementwise("identity′(z) = 1")
def identity_prime(z: Array) -> Array:
    r"""Return the derivative of the identity: 1 everywhere.

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
        If `z` is not an array of numbers.

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
