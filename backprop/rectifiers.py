r"""ReLU and its relatives.

> The derivative of a sigmoid is at most ¼, and in every layer the backward pass multiplies by it. Is there a function that does not make the errors smaller?

The **rectified linear unit**, or ReLU, is an activation function. It returns the weighted input $z$ where $z$ is positive, and 0 elsewhere. **Where $z$ is positive,
its derivative is 1. Where $z$ is negative, its derivative is 0.**

The error of a unit is $\partial C / \partial a$ times this derivative. So for positive $z$ the error is $\partial C / \partial a$ itself, and for negative $z$ it is 0.
This page also has four similar functions. For negative $z$ their derivatives are usually not 0, so a unit can learn there, too.

![ReLU and the four similar functions of this page, all drawn at the same scale, each with its derivative. For negative z the leaky ReLU falls by only 0.01 when z falls by 1, which is hard to see here.](figure:rectifier_curves)

$$
\begin{aligned}
\operatorname{relu}(z) &= \max(z, 0) \\
\operatorname{relu}'(z) &= 1\text{ if }z > 0,\text{ else }0
\end{aligned}
$$

All these functions are elementwise, as on [the previous page][activation-functions]. So the results have the shape of $z$, and the code is the same in both layouts.

# Derivation

**Step 1: where $z$ is positive.** All numbers close to $z$ are positive, too. For all of them $\max(z, 0) = z$, so the derivative is 1.

**Step 2: where $z$ is negative.** All numbers close to $z$ are negative, too. For all of them $\max(z, 0) = 0$, and a constant has the derivative 0.

**Step 3: where $z$ is 0.** To the right of 0 the derivative is 1, and to the left it is 0. So the curve has a corner at 0, called a **kink**, and no derivative there. The backward
pass needs a number, so we choose one. We choose 0.

# What is the derivative at the kink?

There is none, but which numbers can we choose? For every number $c$ from 0 to 1, the straight line $c z$ goes through the kink and is nowhere above the curve. Such a $c$ is
called a **subgradient**, and each of them can be chosen. This library uses 0, as PyTorch does. Some other programs use 1.

The choice matters only where a weighted input is exactly 0. That is rare, but it happens if all inputs of a unit and its bias are 0. A [gradient check][check-your-own] does
not work there. With a small $h$ it computes $(\max(h, 0) - \max(-h, 0)) / (2h)$, which is $\frac12$.
[The derivative of ReLU at zero][relu-at-zero] has the details.

# What is a dead unit?

A unit with ReLU is **on** for an example if its $z$ is positive, and **off** if not. When it is off, the derivative of ReLU is 0, and so is the error of the unit. A unit that is off for every
example is called a **dead unit**. The derivatives for its weights and its bias are all 0, so gradient descent does not change them.

In the first hidden layer a dead unit stays dead. Its inputs are the data, which do not change, and its weights and bias do not change either. In a later layer, training can
change the inputs of the unit, and its $z$ may become positive again.

A common cause of dead units is a step of gradient descent that is too large. For example, a bias may become so negative that $z$ is negative for every example. The **leaky ReLU**, $\max(z, 0.01 \, z)$,
has no dead units, because its derivative is never 0.

# Which functions are similar to ReLU?

In the table, $s$ is the sigmoid of $z$. The row of GELU has two more letters: $u = \sqrt{2/\pi} \, (z + 0.044715 \, z^3)$, and $t$ is the sigmoid of $2u$.

| function     | $a$                 | derivative at $z$                  |
| ------------ | ------------------- | ---------------------------------- |
| `relu`       | $\max(z, 0)$        | 1 if $z > 0$, else 0               |
| `leaky_relu` | $\max(z, 0.01 \, z)$ | 1 if $z > 0$, else 0.01           |
| `softplus`   | $\ln(1 + e^z)$      | $s$                                |
| `silu`       | $z \, s$            | $s \, (1 + z \, (1 - s))$          |
| `gelu`       | $z \, t$            | $t + 2 z \, u' \, t (1 - t)$       |

- Leaky ReLU: where $z$ is negative, $0.01 \, z$ is larger than $z$. So $a = 0.01 \, z$, and the derivative is 0.01. The library uses 0.01 at the kink, too.
- Softplus: the chain rule gives $e^z / (1 + e^z)$. Divide the numerator and the denominator by $e^z$, and you get $s$.
- SiLU: the derivative of $s$ is $s (1 - s)$. The product rule gives $s + z \cdot s (1 - s)$, and $s$ is a common factor.
- GELU: the product rule gives $t + z \, t'$. The chain rule gives $t' = t (1 - t) \cdot 2 u'$, with $u' = \sqrt{2/\pi} \, (1 + 3 \cdot 0.044715 \, z^2)$.

Take a random number from a normal distribution with mean 0 and variance 1. The exact GELU is $z$ times the probability that this number is less than $z$. The formula in the table is a
common approximation, and its constants are chosen to fit.

For three of the functions the derivative can also be computed from $a$. For ReLU and leaky ReLU, the sign of $a$ is the sign of $z$. For softplus, $e^{a} = 1 + e^{z}$, so
$1 - e^{-a} = e^z / (1 + e^z) = s$.

# Which one should I use?

- For hidden layers, start with ReLU. It needs no exponential, and its derivative is 1 for every unit that is on.
- If many units are dead, try a smaller learning rate or the leaky ReLU.
- SiLU and GELU have no kink. They are common in large language models.
- In an output layer, ReLU is rarely right. An output that is off has the error 0, so it is not corrected when it is wrong. The usual choices depend on [the cost][cost-functions].

# Example

Take [the 2-3-2 network][2-3-2-pass] with two changes: ReLU in the hidden layer, and no factor $\ln 3$ in the weights. Then the hidden units have the weighted inputs $(0, 1, -1)$. Only
the second unit is on:

```pycon
>>> import numpy as np
>>> from backprop import leaky_relu_prime, relu, relu_prime
>>> z = np.array([0.0, 1.0, -1.0])
>>> relu(z)
array([0., 1., 0.])
>>> relu_prime(z)
array([0., 1., 0.])

```

Without the library, you can write both in this way:

```pycon
>>> np.maximum(z, 0)
array([0., 1., 0.])
>>> np.where(z > 0, 1.0, 0.0)
array([0., 1., 0.])

```

Now suppose that both output units have the error $\frac18$. What are the errors of the hidden units? For each hidden unit, first add up the two errors, each times the weight to that output. The
second hidden unit has the weights 2 and 2, so its sum is $2 \cdot \frac18 + 2 \cdot \frac18 = \frac12$. These sums are $\partial C / \partial a$. Then each sum is multiplied by the
derivative. The function `hidden_error` does both steps ([BP2][bp2-hidden-error]). Here `W_next` is $W^2$, and `delta_next` holds
the two errors:

=== "Columns"

    ```pycon
    >>> from backprop import hidden_error
    >>> W_next = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> delta_next = np.array([0.125, 0.125])
    >>> W_next.T @ delta_next
    array([0.125, 0.5  , 0.25 ])
    >>> hidden_error(W_next, delta_next, relu_prime(z))
    array([0. , 0.5, 0. ])
    >>> hidden_error(W_next, delta_next, leaky_relu_prime(z))
    array([0.00125, 0.5    , 0.0025 ])

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import hidden_error
    >>> W_next = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> delta_next = np.array([0.125, 0.125])
    >>> delta_next @ W_next.T
    array([0.125, 0.5  , 0.25 ])
    >>> hidden_error(W_next, delta_next, relu_prime(z))
    array([0. , 0.5, 0. ])
    >>> hidden_error(W_next, delta_next, leaky_relu_prime(z))
    array([0.00125, 0.5    , 0.0025 ])

    ```

With ReLU, the error of the second unit is its whole sum, and the other two errors are 0. With the leaky ReLU, the other two errors are a hundredth of their sums. With a sigmoid, the
second error would be at most $\frac14 \cdot \frac12 = \frac18$.

Now take six layers, and look only at the derivatives of one unit in each. If all six are ReLU units that are on, the product of the derivatives is 1. For six sigmoids it is at most
$4^{-6} = \frac1{4096}$.

# Common mistakes

- The derivative of the hidden layer is missing. With ReLU this is easy to overlook, because the derivative is 1 for all units that are on: [σ′ is missing][hidden-derivative-missing].
- The derivative is computed at $a$ instead of $z$. For ReLU the result is the same, because $a$ is positive exactly where $z$ is. For SiLU and GELU it is wrong: [σ′ at a][derivative-at-a].
- A gradient check is done exactly at a kink. It finds $\frac12$ instead of 0, and the right code seems to be wrong: [check your own backward pass][check-your-own].

# Check yourself

??? question "A ReLU unit is off for half of the examples. Is it dead?"

    No. For the other half its derivative is 1, so these examples can change its weights.

??? question "What is the derivative of the SiLU at z = 0?"

    The sigmoid of 0 is $s = \frac12$, and $s \, (1 + 0 \cdot (1 - s)) = \frac12$.

**Exercises:** [a dead unit][dead-unit] · [how much is left of an error][how-much-is-left].
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
        If `z` is not an array of numbers.

    Examples
    --------
    >>> relu([-2.0, 0.0, 2.0])
    array([0., 0., 2.])
    """
    xp = namespace(z)
    return xp.maximum(z, xp.zeros_like(z))


@elementwise("relu′(z) = 1 if z > 0, else 0")
def relu_prime(z: Array) -> Array:
    r"""Return the derivative of ReLU at $z$: 1 where $z > 0$, else 0.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    sigma_prime_z : array of the shape of z
        Derivative. At 0 there is none, and the result is the subgradient 0, as in PyTorch.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    >>> relu_prime([-2.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    return namespace(z).sign(unchecked(relu)(z))


@elementwise("leaky_relu(z) = max(z, 0.01 z)")
def leaky_relu(z: Array) -> Array:
    r"""Return $\max(z, 0.01 z)$: a ReLU that multiplies negative numbers by 0.01.

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
    >>> leaky_relu([-2.0, 0.0, 2.0])
    array([-0.02,  0.  ,  2.  ])
    """
    return namespace(z).maximum(z, LEAK * z)


@elementwise("leaky_relu′(z) = 1 if z > 0, else 0.01")
def leaky_relu_prime(z: Array) -> Array:
    r"""Return the derivative of the leaky ReLU at $z$: 1 where $z > 0$, else 0.01.

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
        If `z` is not an array of numbers.

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
        If `z` is not an array of numbers.

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
