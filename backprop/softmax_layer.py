r"""Softmax turns the weighted inputs of a layer into probabilities, and its derivative is a whole matrix.

$$
a_j = \frac{e^{z_j}}{\sum_i e^{z_i}} ,
\qquad
\underbrace{J}_{n \times n}
\;\text{with}\;
J_{jk} = \frac{\partial a_j}{\partial z_k} = a_j \, ([j = k] - a_k)
$$

Here $[j = k]$ is 1 if $j = k$, and 0 otherwise. All outputs are positive and their sum is 1. Each output depends on every weighted
input, because all of them share the denominator. So the derivative is not one number for each unit, as it is for a
sigmoid. It is the Jacobian matrix $J$, the derivative of each output with respect to each weighted input.

# Shapes

| symbol         | in code         | one example | `m` examples | meaning                          |
| -------------- | --------------- | ----------- | ------------ | -------------------------------- |
| $z^{L}$        | `z`             | `(n,)`      | `(n, m)`     | weighted input                   |
| $a^{L}$        | `softmax(z)`    | `(n,)`      | `(n, m)`     | outputs; each example's sum is 1 |
| $y$            | `y`             | `(n,)`      | `(n, m)`     | target, one-hot or a distribution |
| $J$            | `softmax_jacobian(z)` | `(n, n)` | `(n, n, m)` | $\partial a_j / \partial z_k$   |

# Derivation

Write $s = \sum_i e^{z_i}$, so that $a_j = e^{z_j} / s$ and $\partial s / \partial z_k = e^{z_k}$. The quotient rule gives

$$
\frac{\partial a_j}{\partial z_k}
= \frac{[j = k] \, e^{z_j} \, s - e^{z_j} \, e^{z_k}}{s^2}
= a_j \, ([j = k] - a_k) .
$$

The cost depends on $z_k$ through all outputs, so the chain rule adds over them:

$$
\delta^{L}_k = \sum_j J_{jk} \, \frac{\partial C}{\partial a_j} ,
\qquad \text{that is,} \qquad
\delta^{L} = J^{\mathsf T} \, \nabla_a C .
$$

With cross-entropy, $C = -\sum_j y_j \ln a_j$, almost everything cancels. Since $\ln a_j = z_j - \ln s$,

$$
\begin{aligned}
C &= \sum_j y_j \Bigl( \ln \sum_i e^{z_i} - z_j \Bigr) \\
\frac{\partial C}{\partial z_k} &= a_k \sum_j y_j - y_k .
\end{aligned}
$$

Targets that sum to 1 leave $a_k - y_k$. With $m$ examples the cost is their mean, and $\delta^{L} = \frac1m (a^{L} - y)$.
`softmax_cross_entropy` computes the cost from $z$. It never takes the logarithm of an output that has been rounded to 0.

# Why it is so

The diagonal of $J$ is $a_j (1 - a_j)$, which looks like the derivative of the sigmoid. The other entries matter too. The outputs always
sum to 1, so a change of one weighted input cannot change their sum: every column of $J$ sums to 0. The diagonal by itself does not.

```pycon
>>> import numpy as np
>>> from backprop import softmax, softmax_jacobian
>>> z = np.log(np.array([1.0, 1.0, 2.0]))
>>> softmax(z)
array([0.25, 0.25, 0.5 ])
>>> J = softmax_jacobian(z)
>>> J
array([[ 0.1875, -0.0625, -0.125 ],
       [-0.0625,  0.1875, -0.125 ],
       [-0.125 , -0.125 ,  0.25  ]])
>>> J.sum(axis=0)
array([0., 0., 0.])

```

# A 2-3-2 network

With softmax at the output of the network of the book, both outputs are $\frac12$, because both weighted inputs are 0. With the target $(0, 1)$ and
cross-entropy the error is the residual $a - y$:

```pycon
>>> from backprop import softmax_cross_entropy, softmax_cross_entropy_prime
>>> z2, y = np.array([0.0, 0.0]), np.array([0.0, 1.0])
>>> softmax_cross_entropy_prime(z2, y)
array([ 0.5, -0.5])
>>> round(float(softmax_cross_entropy(z2, y)), 4) == round(float(np.log(2)), 4)
True

```
"""

from __future__ import annotations

import numpy as np

from ._arrays import Array, count_examples, namespace, over_examples, real
from .activations import Activation
from .costs import Cost, cross_entropy
from .shapes import equation, unchecked

__all__ = [
    "SOFTMAX",
    "SOFTMAX_CROSS_ENTROPY",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_prime",
    "softmax_jacobian",
]


@equation("a_j = e^{z_j} / Σ_k e^{z_k}", z="n m?")
def softmax(z: Array) -> Array:
    r"""Return the softmax $e^{z_j} / \sum_k e^{z_k}$ of each example.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input.

    Returns
    -------
    a : array of shape (n,) or (n, m)
        Activation: each example's sum is 1.

    Raises
    ------
    ShapeError
        If `z` is neither one example nor a batch of columns.

    Examples
    --------
    Each column is an example, and one number added to all of it changes nothing:

    >>> import numpy as np
    >>> softmax(np.array([[0.0, 1000.0], [0.0, 1000.0]]))
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    xp = namespace(z)
    e = xp.exp(z - largest(z))
    return e / xp.sum(e, axis=0)


@equation("J_jk = a_j ([j = k] − a_k)", z="n m?")
def softmax_jacobian(z: Array) -> Array:
    r"""Return the Jacobian $\partial a_j / \partial z_k = a_j ([j = k] - a_k)$ of softmax.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input.

    Returns
    -------
    J : array of shape (n, n) or (n, n, m)
        Entry `[j, k]` is the derivative of $a_j$ with respect to $z_k$; the examples come last.

    Raises
    ------
    ShapeError
        If `z` is neither one example nor a batch of columns.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    xp = namespace(z)
    a = softmax(z)
    same = xp.eye(a.shape[0], dtype=a.dtype)
    return a[:, None, ...] * ((same if a.ndim == 1 else same[:, :, None]) - a[None, ...])


@equation("C = −1/m Σ y ln softmax(z)", z="n m?", y="n m?")
@np.errstate(divide="ignore")
def softmax_cross_entropy(z: Array, y: Array) -> Array:
    r"""Return the cross-entropy $-\sum_j y_j \ln a_j$ with $a = \operatorname{softmax}(z)$, the mean over the examples.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any softmax. PyTorch and Keras call these numbers logits.
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
    return 0 - over_examples(xp.sum(weighed), count_examples(z))  # not −0


@equation("∂C/∂z = 1/m (a Σ y − y), a = softmax(z)", z="n m?", y="n m?")
def softmax_cross_entropy_prime(z: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_z C$ of softmax with cross-entropy: $a - y$ when the targets sum to 1.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any softmax. PyTorch and Keras call these numbers logits.
    y : array of shape (n,) or (n, m)
        Target: a one-hot column, or any distribution, for each example.

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
    >>> softmax_cross_entropy_prime([0.0, 0.0], [1.0, 0.0])
    array([-0.5,  0.5])
    """
    return over_examples(softmax(z) * namespace(z).sum(y, axis=0) - y, count_examples(z))


def largest(z: Array) -> Array:
    """Return each example's largest entry, which softmax may subtract without any change."""
    if z.shape[0] == 0:
        return 0
    return namespace(z).max(real(z), axis=0)


def _without_its_winner(z: Array) -> tuple[Array, Array, Array]:
    """Return softmax, where it is above 1/2 (at most once in an example), and z without that unit.

    Only there can 1 − a round to 0. It is the sum of the other outputs, which nothing rounds away.
    """
    xp = namespace(z)
    a = unchecked(softmax)(z)
    wins = real(a) > 0.5
    return a, wins, xp.where(wins, xp.full_like(z, -float("inf")), z)


def _ln_sum_exp(z: Array) -> Array:
    xp = namespace(z)
    top = largest(z)
    return top + xp.log(xp.sum(xp.exp(z - top), axis=0))


@np.errstate(divide="ignore", invalid="ignore")
def _softmax_then_cross_entropy(z: Array, y: Array) -> Array:
    """Return the cross-entropy of softmax outputs, each a probability of its own, as a function of z."""
    if z.shape[0] == 1:
        return unchecked(cross_entropy)(unchecked(softmax)(z), y)  # its one output is 1 whatever z is
    xp = namespace(z)
    a, wins, others = _without_its_winner(z)
    ln_sum = _ln_sum_exp(z)
    ln_rest = xp.where(wins, (_ln_sum_exp(others) - ln_sum) + 0 * z, xp.log1p(xp.where(wins, 0 * a, -a)))
    never = xp.zeros_like(ln_rest)  # 0 ln 0 is 0
    weighed = xp.where(y == 0, never, y * (z - ln_sum)) + xp.where(y == 1, never, (1 - y) * ln_rest)
    return 0 - over_examples(xp.sum(weighed), count_examples(z))


def _softmax_then_cross_entropy_prime(z: Array, y: Array) -> Array:
    """Return its derivative. For i other than j the derivative of ln(1 − a_j) with respect to z_i is a_i / (1 − a_j) − a_i."""
    if z.shape[0] == 1:
        return 0 * z
    xp = namespace(z)
    a, wins, others = _without_its_winner(z)
    none = xp.zeros_like(a)
    odds = xp.where(wins, none, (1 - y) / (1 - xp.where(wins, none, a)))
    of_winner = xp.sum(xp.where(wins, 1 - y, none), axis=0) * unchecked(softmax)(others)
    shares = a * (xp.sum(odds, axis=0) - odds) + of_winner
    return over_examples(a * z.shape[0] - y - shares, count_examples(z))


SOFTMAX = Activation("softmax", softmax, layout="columns")
SOFTMAX_CROSS_ENTROPY = Cost("softmax_cross_entropy", softmax_cross_entropy, softmax_cross_entropy_prime, over="mean")
# The cross-entropy of each output of softmax by itself, computed from z.
SOFTMAX_THEN_CROSS_ENTROPY = Cost(
    "cross_entropy", _softmax_then_cross_entropy, _softmax_then_cross_entropy_prime, over="mean"
)
