r"""The cost is one number for the whole batch, and its slope at the output starts the way back.

$$
\begin{aligned}
C &= \frac{1}{m} \sum_{i=1}^{m} \tfrac12 \lVert a^{L}_i - y_i \rVert^2 \\
\underbrace{\nabla_a C}_{n_L \times m} &= \frac1m \, (\underbrace{a^{L}}_{n_L \times m} - \underbrace{y}_{n_L \times m})
\end{aligned}
$$

This is the quadratic cost. What a batch costs is the mean over its $m$ examples. So $\frac1m$ stands
here, in $\nabla_a C$, and nowhere else: BP1 and BP2 carry it along, BP3 and BP4 only sum.

# Shapes

| symbol         | in code                 | one example | `m` examples | meaning                           |
| -------------- | ----------------------- | ----------- | ------------ | --------------------------------- |
| $a^{L}$        | `a`                     | `(n,)`      | `(n, m)`     | output of the network             |
| $y$            | `y`                     | `(n,)`      | `(n, m)`     | target, one for every output      |
| $C$            | `quadratic(a, y)`       | `()`        | `()`         | cost                              |
| $\nabla_a C$   | `quadratic_prime(a, y)` | `(n,)`      | `(n, m)`     | slope of the cost in each output  |

# Derivation

Of $C = \frac{1}{2m} \sum_i \sum_j (a_{ji} - y_{ji})^2$ only one term holds $a_{ji}$, and its slope is

$$
\frac{\partial C}{\partial a_{ji}} = \frac{1}{2m} \cdot 2 (a_{ji} - y_{ji}) = \frac1m (a_{ji} - y_{ji}) .
$$

The $\frac12$ is there to cancel that 2. Cross-entropy takes each output for a probability, and adds up
$-y \ln a - (1 - y) \ln (1 - a)$ where the quadratic cost has $\frac12 (a - y)^2$. Its slope is

$$
\frac{\partial C}{\partial a_{ji}}
= \frac1m \Bigl( \frac{1 - y_{ji}}{1 - a_{ji}} - \frac{y_{ji}}{a_{ji}} \Bigr)
= \frac1m \, \frac{a_{ji} - y_{ji}}{a_{ji} (1 - a_{ji})} .
$$

The denominator is the slope of the sigmoid. BP1 multiplies by that slope, and $\delta^{L} = \frac1m (a^{L} - y)$ is left.

# What rounding does

At $z = 40$ a sigmoid rounds to 1. With a target of 0 the cost is about 40, but the cross-entropy of an output of 1 is
infinite. Written as a function of $z$, $-y \ln \sigma(z) - (1 - y) \ln (1 - \sigma(z)) = \ln(1 + e^{z}) - y z$, it keeps every digit.
`sigmoid_cross_entropy` computes it so, and [`softmax_cross_entropy`][backprop.softmax_cross_entropy] does the same for softmax:

```pycon
>>> from backprop import cross_entropy, sigmoid, sigmoid_cross_entropy
>>> float(cross_entropy(sigmoid([40.0]), [0.0])), float(sigmoid_cross_entropy([40.0], [0.0]))
(inf, 40.0)

```

`gradients` with `CROSS_ENTROPY` uses the form in $z$ when the last layer is `SIGMOID` or `SOFTMAX`. With other activation functions, and with
a cost of your own, it multiplies $\nabla_a C$ by the derivative of the activation function. Where an output has rounded to exactly 0 or 1, that may be
$\infty \cdot 0$, which is not a number.

# Why it is so

The sign is part of the definition. $\nabla_a C$ points uphill, it is $a - y$ and not $y - a$, and the
step subtracts it. With $y - a$ and a step that adds, nothing changes; flip one of the two and the cost climbs.

# A 2-3-2 network

Its outputs are $(\frac12, \frac12)$, its targets $(0, 1)$:

```pycon
>>> import numpy as np
>>> from backprop import quadratic, quadratic_prime
>>> a, y = np.array([0.5, 0.5]), np.array([0.0, 1.0])
>>> float(quadratic(a, y)), quadratic_prime(a, y)
(0.25, array([ 0.5, -0.5]))

```

The same example twice costs as much as once, and each copy has half the slope:

```pycon
>>> A, Y = np.stack([a, a], axis=1), np.stack([y, y], axis=1)
>>> float(quadratic(A, Y)), quadratic_prime(A, Y)
(0.25, array([[ 0.25,  0.25],
       [-0.25, -0.25]]))

```

# If your examples are rows

These functions take examples as columns. Both arrays have the same shape in either layout, so no shape can show that they are rows. Two examples of
three outputs, given as rows, are taken for three examples, and the cost is divided by 3 instead of 2. Use the functions of
[`backprop.rows`][backprop.rows.quadratic] instead:

```pycon
>>> from backprop import rows
>>> A, Y = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3))
>>> float(quadratic(A, Y)), float(rows.quadratic(A, Y))
(0.5, 0.75)

```
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np

from ._arrays import Array, count_examples, namespace, over_examples
from ._immutable import Immutable
from .activations import sigmoid
from .rectifiers import softplus
from .shapes import equation, unchecked

__all__ = [
    "CROSS_ENTROPY",
    "QUADRATIC",
    "SIGMOID_CROSS_ENTROPY",
    "Cost",
    "cross_entropy",
    "cross_entropy_prime",
    "quadratic",
    "quadratic_prime",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_prime",
]


@equation("C = 1/m Σ ½ ‖a − y‖²", a="n m?", y="n m?")
def quadratic(a: Array, y: Array) -> Array:
    r"""Return the quadratic cost $\frac12 \lVert a - y \rVert^2$, the mean over the examples.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network.
    y : array of shape (n,) or (n, m)
        Target.

    Returns
    -------
    C : array of shape ()
        Cost. A batch of no examples costs 0.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    Three outputs: half of 9 + 16 + 0. PyTorch's ``MSELoss`` is the mean over all elements instead, 25 / 3.

    >>> float(quadratic([3.0, 4.0, 0.0], [0.0, 0.0, 0.0]))
    12.5
    """
    return over_examples(namespace(a).sum((a - y) ** 2) / 2, count_examples(a))


@equation("∂C/∂a = 1/m (a − y)", a="n m?", y="n m?")
def quadratic_prime(a: Array, y: Array) -> Array:
    r"""Return the slope $\nabla_a C$ of the quadratic cost.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network.
    y : array of shape (n,) or (n, m)
        Target.

    Returns
    -------
    dC_da : array of shape (n,) or (n, m)
        Slope of the cost in each output.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    >>> quadratic_prime([3.0, 4.0], [0.0, 5.0])
    array([ 3., -1.])
    """
    return over_examples(a - y, count_examples(a))


@equation("C = −1/m Σ (y ln a + (1 − y) ln(1 − a))", a="n m?", y="n m?")
@np.errstate(divide="ignore")
def cross_entropy(a: Array, y: Array) -> Array:
    r"""Return the cross-entropy $-y \ln a - (1 - y) \ln(1 - a)$, the mean over the examples.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network, each between 0 and 1.
    y : array of shape (n,) or (n, m)
        Target, each between 0 and 1.

    Returns
    -------
    C : array of shape ()
        Cost, in nats. $0 \ln 0$ is taken as 0. An output of exactly 0 or 1 that is wrong costs infinity; for a sigmoid that
        has rounded to 0 or 1, use `sigmoid_cross_entropy`.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    >>> float(cross_entropy([1.0, 0.0], [1.0, 0.0])), float(cross_entropy([1.0], [0.0]))
    (0.0, inf)
    """
    xp = namespace(a)
    weighed = y * xp.log(unless_zero(a, y)) + (1 - y) * xp.log(unless_zero(1 - a, 1 - y))
    return 0 - over_examples(xp.sum(weighed), count_examples(a))  # not −0


@equation("∂C/∂a = 1/m ((1 − y) / (1 − a) − y / a)", a="n m?", y="n m?")
@np.errstate(divide="ignore")
def cross_entropy_prime(a: Array, y: Array) -> Array:
    r"""Return the slope $\nabla_a C$ of the cross-entropy.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network, each between 0 and 1.
    y : array of shape (n,) or (n, m)
        Target, each between 0 and 1.

    Returns
    -------
    dC_da : array of shape (n,) or (n, m)
        Slope of the cost in each output; infinite for a sure output that is wrong.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    >>> cross_entropy_prime([0.5, 0.25], [0.0, 1.0])
    array([ 2., -4.])
    """
    return over_examples((1 - y) / unless_zero(1 - a, 1 - y) - y / unless_zero(a, y), count_examples(a))


@equation("C = 1/m Σ (ln(1 + e^z) − y z)", z="n m?", y="n m?")
@np.errstate(over="ignore")
def sigmoid_cross_entropy(z: Array, y: Array) -> Array:
    r"""Return the cross-entropy of $a = \sigma(z)$ as a function of $z$, the mean over the examples.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any sigmoid.
    y : array of shape (n,) or (n, m)
        Target, each between 0 and 1.

    Returns
    -------
    C : array of shape ()
        Cost, in nats.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    At $z = 40$ the sigmoid rounds to 1, and the cross-entropy of 1 with a target of 0 is infinite:

    >>> float(sigmoid_cross_entropy([40.0], [0.0])), float(cross_entropy(sigmoid([40.0]), [0.0]))
    (40.0, inf)
    """
    plus = unchecked(softplus)
    return over_examples(namespace(z).sum(y * plus(-z) + (1 - y) * plus(z)), count_examples(z))


@equation("∂C/∂z = 1/m (σ(z) − y)", z="n m?", y="n m?")
@np.errstate(over="ignore")
def sigmoid_cross_entropy_prime(z: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_z C = \frac1m (\sigma(z) - y)$ of a sigmoid with cross-entropy.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any sigmoid.
    y : array of shape (n,) or (n, m)
        Target, each between 0 and 1.

    Returns
    -------
    dC_dz : array of shape (n,) or (n, m)
        Derivative of the cost with respect to each weighted input: already the output error.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    >>> sigmoid_cross_entropy_prime([0.0, 0.0], [1.0, 0.0])
    array([-0.5,  0.5])
    """
    sigma = unchecked(sigmoid)
    return over_examples((1 - y) * sigma(z) - y * sigma(-z), count_examples(z))


def unless_zero(a: Array, y: Array) -> Array:
    """Return `a`, with 1 where both it and its weight `y` are 0: nothing is lost, and 0 ln 0 is 0."""
    xp = namespace(a)
    return xp.where((a == 0) & (y == 0), xp.ones_like(a), a)


class Cost(Immutable):
    r"""A cost $C$ with its derivative, as `gradients` needs them.

    Parameters
    ----------
    name : str
        What it is called.
    value : callable
        $C$ as a function of the output and the target: one number for the whole batch.
    prime : callable
        $\nabla_a C$ as a function of the same two, in the shape of the output.
    over : {"mean", "sum", None}
        How the cost combines the examples of a batch: it is their mean, their sum, or something else. `gradients`
        of Dask arrays computes shard by shard, so it needs to know this, and refuses None.

    Raises
    ------
    TypeError
        If `value` or `prime` is not a function.
    ValueError
        If `over` is something else.

    Examples
    --------
    A cost of your own: the mean over the examples of the sum of the absolute differences.

    >>> import numpy as np
    >>> from backprop import IDENTITY, Layer, gradients
    >>> def absolute(a, y):
    ...     return np.sum(np.abs(a - y)) / a.shape[1]
    >>> def absolute_prime(a, y):
    ...     return np.sign(a - y) / a.shape[1]
    >>> cost = Cost("absolute", absolute, absolute_prime, over="mean")
    >>> C, [gradient] = gradients([Layer([[2.0]], [0.0], IDENTITY)], [[3.0, 1.0]], [[0.0, 4.0]], cost)
    >>> float(C), gradient
    (4.0, Gradient(dC_dW=array([[1.]]), dC_db=array([0.])))
    """

    __slots__ = fields = ("name", "value", "prime", "over")
    layout: ClassVar[str] = "columns"

    name: str
    value: Callable[[Array, Array], Array]
    prime: Callable[[Array, Array], Array]
    over: Literal["mean", "sum"] | None

    def __init__(
        self,
        name: str,
        value: Callable[[Array, Array], Array],
        prime: Callable[[Array, Array], Array],
        over: Literal["mean", "sum"] | None = None,
    ) -> None:
        self._set(name=name, value=value, prime=prime, over=over)
        for field in ("value", "prime"):
            if not callable(getattr(self, field)):
                raise TypeError(f"Cost {self.name}: {field} is {getattr(self, field)!r}, not a function of (a, y)")
        if self.over not in ("mean", "sum", None):
            raise ValueError(f'Cost {self.name}: over is {self.over!r}; write "mean", "sum" or None')


QUADRATIC = Cost("quadratic", quadratic, quadratic_prime, over="mean")
CROSS_ENTROPY = Cost("cross_entropy", cross_entropy, cross_entropy_prime, over="mean")
SIGMOID_CROSS_ENTROPY = Cost("sigmoid_cross_entropy", sigmoid_cross_entropy, sigmoid_cross_entropy_prime, over="mean")
