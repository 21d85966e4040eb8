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

Softmax with cross-entropy, $-\sum_j y_j \ln a_j$ with $a = \operatorname{softmax}(z)$, is one function of
$z$ here, so that the exponential and the logarithm meet on paper and not in floating point:

$$
\begin{aligned}
C &= \frac1m \sum_i \sum_j y_{ji} \Bigl( \ln \sum_k e^{z_{ki}} - z_{ji} \Bigr) \\
\frac{\partial C}{\partial z_{ji}} &= \frac1m \Bigl( a_{ji} \sum_k y_{ki} - y_{ji} \Bigr) .
\end{aligned}
$$

Targets that sum to 1 leave $\frac1m (a_{ji} - y_{ji})$.

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
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .activations import SIGMOID, Activation, constant, largest, real, softmax
from .shapes import Array, equation, examples, namespace


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
    PyTorch's ``MSELoss`` is the mean over all elements instead: here (9 + 16) / 2.

    >>> float(quadratic([3.0, 4.0], [0.0, 0.0]))
    12.5
    """
    return namespace(a).sum((a - y) ** 2) / 2 / examples(a)


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
    return (a - y) / examples(a)


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
        Cost, in nats. $0 \ln 0$ is taken as 0; a sure output that is wrong costs infinity.

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
    return 0 - xp.sum(weighed) / examples(a)  # not −0


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
    return ((1 - y) / unless_zero(1 - a, 1 - y) - y / unless_zero(a, y)) / examples(a)


@equation("C = −1/m Σ y ln softmax(z)", z="n m?", y="n m?")
@np.errstate(divide="ignore")
def softmax_cross_entropy(z: Array, y: Array) -> Array:
    r"""Return the cross-entropy $-\sum_j y_j \ln a_j$ with $a = \operatorname{softmax}(z)$, the mean over the examples.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any softmax.
    y : array of shape (n,) or (n, m)
        Target: a one-hot column, or any distribution, for each example.

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
    It works where softmax alone has rounded to 0:

    >>> float(softmax_cross_entropy([0.0, 1000.0], [1.0, 0.0]))
    1000.0
    """
    xp = namespace(z)
    shifted = z - largest(z)
    ln_a = shifted - xp.log(xp.sum(xp.exp(shifted), axis=0))
    weighed = y * xp.where((y == 0) & (real(ln_a) == -float("inf")), xp.zeros_like(ln_a), ln_a)
    return 0 - xp.sum(weighed) / examples(z)  # not −0


@equation("∂C/∂z = 1/m (a Σ y − y), a = softmax(z)", z="n m?", y="n m?")
def softmax_cross_entropy_prime(z: Array, y: Array) -> Array:
    r"""Return the slope $\nabla_z C$ of softmax with cross-entropy: $a - y$ when the targets sum to 1.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any softmax.
    y : array of shape (n,) or (n, m)
        Target: a one-hot column, or any distribution, for each example.

    Returns
    -------
    dC_dz : array of shape (n,) or (n, m)
        Slope of the cost in each weighted input: already the output error.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    >>> softmax_cross_entropy_prime([0.0, 0.0], [1.0, 0.0])
    array([-0.5,  0.5])
    """
    return (softmax(z) * namespace(z).sum(y, axis=0) - y) / examples(z)


def unless_zero(a: Array, y: Array) -> Array:
    """Return `a`, with 1 where both it and its weight `y` are 0: nothing is lost, and 0 ln 0 is 0."""
    xp = namespace(a)
    return xp.where((a == 0) & (y == 0), xp.ones_like(a), a)


class Cost(NamedTuple):
    r"""A cost $C$ with its slope, as `gradients` needs them.

    Parameters
    ----------
    name : str
        What it is called.
    value : callable
        $C$ as a function of the output and the target.
    prime : callable
        $\nabla_a C$ as a function of the same two.
    cancels : Activation or None
        The output activation whose slope cancels, leaving $\delta^L = \frac1m (a^L - y)$.

    Examples
    --------
    A cost of your own:

    >>> import numpy as np
    >>> from backprop import IDENTITY, Layer, gradients
    >>> total = Cost("total", lambda a, y: np.sum(a), lambda a, y: np.ones_like(a))
    >>> C, slopes = gradients([Layer([[2.0]], [0.0], IDENTITY)], [3.0], [0.0], total)
    >>> float(C), slopes
    (6.0, [Gradient(dC_dW=array([[3.]]), dC_db=array([1.]))])
    """

    name: str
    value: Callable[[Array, Array], Array]
    prime: Callable[[Array, Array], Array]
    cancels: Activation | None = None

    def __reduce__(self) -> str | tuple[Any, ...]:
        return constant(self, globals())


QUADRATIC = Cost("quadratic", quadratic, quadratic_prime)
CROSS_ENTROPY = Cost("cross_entropy", cross_entropy, cross_entropy_prime, cancels=SIGMOID)
SOFTMAX_CROSS_ENTROPY = Cost("softmax_cross_entropy", softmax_cross_entropy, softmax_cross_entropy_prime)
