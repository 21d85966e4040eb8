r"""Softmax and cross-entropy: outputs that are probabilities.

> A network must choose one of several classes. How do its outputs become probabilities, and what is the error of such a layer?

A network that reads digits has ten output units, one for each digit. We want its outputs to be **probabilities**: numbers between 0 and 1 whose sum is
1. But a weighted input can be any number, even a negative one. **Softmax turns the weighted inputs of the last layer into probabilities.** It takes the
exponential $e^z$ of each, which is positive, and divides it by the sum of all exponentials. The [cost][cost-functions] that is used with softmax is cross-entropy. With both, the
error of the layer is simple: output minus target.

![Three weighted inputs, the outputs of softmax, and the errors with cross-entropy. Class 2 is right, so its target is 1 and the other targets are 0.](figure:softmax_bars)

$$
a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}
$$

=== "Columns"

    $$
    \underbrace{\delta^{L}}_{n_L \times m}
    = \frac1m \bigl( \underbrace{a^{L}}_{n_L \times m} - \underbrace{y}_{n_L \times m} \bigr)
    $$

=== "Rows"

    $$
    \underbrace{\delta^{L}}_{m \times n_L}
    = \frac1m \bigl( \underbrace{a^{L}}_{m \times n_L} - \underbrace{y}_{m \times n_L} \bigr)
    $$

The first formula is softmax, for one example. The sum is over all units of the layer. The second formula is the error with cross-entropy, for $m$ examples, if the
targets of each example sum to 1. All that follows is about the last layer, $L$, so we leave out the upper letter.

# What does softmax do?

Take three units with the weighted inputs $z = (\ln \frac12, \ln \frac32, \ln 2)$, about $(-0.69, 0.41, 0.69)$. Their exponentials are $\frac12$, $\frac32$ and 2, and the
sum of these is 4. Divide each by 4: the outputs are $a = (\frac18, \frac38, \frac12)$.

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import softmax
    >>> z = np.log(np.array([0.5, 1.5, 2.0]))
    >>> softmax(z)
    array([0.125, 0.375, 0.5  ])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import softmax
    >>> z = np.log(np.array([0.5, 1.5, 2.0]))
    >>> softmax(z)
    array([0.125, 0.375, 0.5  ])

    ```

- **It keeps the order.** A larger weighted input gives a larger output.
- **Only differences count.** The ratio of two outputs is $a_j / a_k = e^{z_j - z_k}$. If we add one number to all weighted inputs, no output changes.
- **It is a soft maximum.** Multiply all weighted inputs by a large number. Then the largest output comes near 1 and the others near 0, unless two are equally large.
- **With two units it is a sigmoid.** Divide numerator and denominator by $e^{z_1}$: $a_1 = 1 / (1 + e^{-(z_1 - z_2)}) = \sigma(z_1 - z_2)$.

PyTorch and Keras call the weighted inputs before softmax **logits**.

# Derivation

**Step 1: find the derivative of each output.** Write $s = \sum_k e^{z_k}$, so that $a_j = e^{z_j} / s$. A change of $z_k$ always changes the denominator:
$\partial s / \partial z_k = e^{z_k}$. It changes the numerator, $e^{z_j}$, only if $j = k$. So the quotient rule gives two cases:

$$
\begin{aligned}
j = k: \; \frac{\partial a_k}{\partial z_k} &= \frac{e^{z_k} s - e^{z_k} e^{z_k}}{s^2} = a_k (1 - a_k) \\
j \ne k: \; \frac{\partial a_j}{\partial z_k} &= \frac{0 - e^{z_j} e^{z_k}}{s^2} = -a_j a_k
\end{aligned}
$$

**Step 2: write both cases as one.** Let $[j = k]$ be 1 if $j = k$, and 0 otherwise. Then

$$
J_{jk} = \frac{\partial a_j}{\partial z_k} = a_j \, ([j = k] - a_k) .
$$

The numbers $J_{jk}$ form a matrix $J$ with one row for each output and one column for each weighted input. A matrix of all derivatives of several outputs with
respect to several inputs is called a **Jacobian matrix**, or Jacobian.

**Step 3: add the paths.** A change of $z_k$ changes every output, and every output can change the cost. So the
[chain rule for several paths][chain-rule] adds over the outputs:

$$
\delta_k = \frac{\partial C}{\partial z_k}
= \sum_j \frac{\partial C}{\partial a_j} \, \frac{\partial a_j}{\partial z_k}
= \sum_j \frac{\partial C}{\partial a_j} \, J_{jk} .
$$

This holds for every cost. It replaces [BP1][bp1-output-error], where each weighted input has only one path to the cost.

**Step 4: put in cross-entropy.** Here it is $C = -\sum_j y_j \ln a_j$ for one example, so $\partial C / \partial a_j = -y_j / a_j$. The factor $a_j$ of $J_{jk}$ cancels this
denominator:

$$
\begin{aligned}
\delta_k &= -\sum_j \frac{y_j}{a_j} \, a_j \, ([j = k] - a_k) \\
&= -\sum_j y_j \, [j = k] + a_k \sum_j y_j \\
&= -y_k + a_k \sum_j y_j .
\end{aligned}
$$

In the first sum of the second line all terms are 0, except the one with $j = k$.

**Step 5: use the sum of the targets.** If the targets of the example sum to 1, then $\delta_k = a_k - y_k$.

**Step 6: take $m$ examples.** The cost is the mean over the examples, and each example has its own outputs. So the error of each example is divided by
$m$: $\delta = (a - y) / m$.

# Why is there a matrix instead of ⊙?

With an [elementwise activation function][activation-functions], each output depends on one weighted input only. Then all entries of $J$ outside its diagonal are 0. Multiplying by
such a matrix multiplies each entry of a vector by its own number, and this is what $\odot$ does.

Softmax is different, because all outputs share one denominator. If $z_2$ grows, $a_2$ grows and all other outputs shrink. So the entries outside the diagonal are
negative:

=== "Columns"

    ```pycon
    >>> from backprop import softmax_jacobian
    >>> J = softmax_jacobian(z)
    >>> J
    array([[ 0.109375, -0.046875, -0.0625  ],
           [-0.046875,  0.234375, -0.1875  ],
           [-0.0625  , -0.1875  ,  0.25    ]])

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import softmax_jacobian
    >>> J = softmax_jacobian(z)
    >>> J
    array([[ 0.109375, -0.046875, -0.0625  ],
           [-0.046875,  0.234375, -0.1875  ],
           [-0.0625  , -0.1875  ,  0.25    ]])

    ```

```pycon
>>> bool(np.allclose(J.sum(axis=0), 0))
True

```

Every column of $J$ sums to 0, because the sum of the outputs is always 1: what some outputs gain, the others lose. The diagonal holds $a_j (1 - a_j)$ and looks like the
derivative of the sigmoid. But the diagonal is not enough, because its columns do not sum to 0.

Let us check that the whole matrix gives $a - y$. The right class is 2, and $\nabla_a C$ lists the derivatives $-y_j / a_j$. Code counts from 0, so class 2 is entry 1.

=== "Columns"

    The sum of step 3 runs down column $k$ of $J$. So, for one example, $\delta = J^{\mathsf T} \, \nabla_a C$:

    ```pycon
    >>> from backprop import softmax, softmax_jacobian
    >>> a, y = softmax(z), np.array([0.0, 1.0, 0.0])
    >>> dC_da = np.array([0.0, -1 / a[1], 0.0])
    >>> J.T @ dC_da
    array([ 0.125, -0.625,  0.5  ])
    >>> a - y
    array([ 0.125, -0.625,  0.5  ])

    ```

    For a batch, there is one matrix for each example: `softmax_jacobian` has the shape $(n, n, m)$, with the examples last. Multiply example by example:

    ```pycon
    >>> Js = softmax_jacobian(np.stack([z, z], axis=1))
    >>> Js.shape
    (3, 3, 2)
    >>> np.einsum("jki,ji->ki", Js, np.stack([dC_da, dC_da], axis=1))
    array([[ 0.125,  0.125],
           [-0.625, -0.625],
           [ 0.5  ,  0.5  ]])

    ```

=== "Rows"

    The sum of step 3 runs down column $k$ of $J$. So, for one example, $\delta = \nabla_a C \; J$:

    ```pycon
    >>> from backprop.rows import softmax, softmax_jacobian
    >>> a, y = softmax(z), np.array([0.0, 1.0, 0.0])
    >>> dC_da = np.array([0.0, -1 / a[1], 0.0])
    >>> dC_da @ J
    array([ 0.125, -0.625,  0.5  ])
    >>> a - y
    array([ 0.125, -0.625,  0.5  ])

    ```

    For a batch, there is one matrix for each example: `softmax_jacobian` has the shape $(m, n, n)$, with the examples first. Multiply example by example:

    ```pycon
    >>> Js = softmax_jacobian(np.stack([z, z]))
    >>> Js.shape
    (2, 3, 3)
    >>> np.einsum("ijk,ij->ik", Js, np.stack([dC_da, dC_da]))
    array([[ 0.125, -0.625,  0.5  ],
           [ 0.125, -0.625,  0.5  ]])

    ```

In `einsum` the letter `i` counts the examples. The letter `j` is missing on the right, so the sum is over `j`, the outputs.

For softmax, $J_{jk} = J_{kj}$. So a forgotten transpose changes nothing here, but it would for a Jacobian in general.

There is a shorter way that needs no matrix. Put the formula of step 2 into the sum of step 3:

$$
\delta_k = a_k \Bigl( \frac{\partial C}{\partial a_k} - \sum_j a_j \, \frac{\partial C}{\partial a_j} \Bigr) .
$$

```pycon
>>> a * (dC_da - np.sum(a * dC_da))
array([ 0.125, -0.625,  0.5  ])

```

The function `gradients` uses this formula when a cost other than the softmax cross-entropy follows softmax.

# Why cross-entropy?

**It looks at the probability of the right class.** A target that is 1 for the right class and 0 for all others is called **one-hot**. Let $r$ be the right class. Then the cost of the
example is $C = -\ln a_r$. It is 0 if $a_r = 1$, and about 0.69 if $a_r = \frac12$. It grows without bound when $a_r$ comes near 0.

**A small cost means that the right answers are probable.** Multiply the probabilities $a_r$ of all examples. The product is the probability that the network gives to all right classes
together, if the examples are independent. The logarithm of a product is a sum of logarithms. So the product is largest when the mean of $-\ln a_r$ is smallest.
Statistics calls this the method of **maximum likelihood**.

**A confident mistake has a large error.** When one output is nearly 1 and the others are nearly 0, all entries of $J$ are nearly 0. With the quadratic cost the error is multiplied by $J$, so it is tiny even if the
wrong class has the largest output. With cross-entropy, $J$ has canceled. Here class 1 has nearly all of the probability, and class 2 is right:

=== "Columns"

    ```pycon
    >>> from backprop import quadratic_prime, softmax, softmax_cross_entropy_prime, softmax_jacobian
    >>> z, y = np.array([8.0, 0.0]), np.array([0.0, 1.0])
    >>> softmax_cross_entropy_prime(z, y).round(4)
    array([ 0.9997, -0.9997])
    >>> dC_da = quadratic_prime(softmax(z), y)
    >>> (softmax_jacobian(z).T @ dC_da).round(4)
    array([ 0.0007, -0.0007])

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import quadratic_prime, softmax, softmax_cross_entropy_prime, softmax_jacobian
    >>> z, y = np.array([8.0, 0.0]), np.array([0.0, 1.0])
    >>> softmax_cross_entropy_prime(z, y).round(4)
    array([ 0.9997, -0.9997])
    >>> dC_da = quadratic_prime(softmax(z), y)
    >>> (dC_da @ softmax_jacobian(z)).round(4)
    array([ 0.0007, -0.0007])

    ```

The first array is the error with cross-entropy, the second the error with the quadratic cost. The page about [cost functions][cost-functions] shows the same for a sigmoid.

# Why does the code subtract the maximum?

Double precision has no number as large as $e^{710}$. The computer stores infinity instead, and infinity divided by infinity is `nan`, "not a number". But only differences of weighted inputs count. So we subtract
the largest one from all of them. Then the largest exponential is $e^0 = 1$. Some of the others may be rounded to 0, and this is harmless. (In the code, `errstate` only turns off the warnings.)

```pycon
>>> z = np.array([0.0, 1000.0])
>>> with np.errstate(over="ignore", invalid="ignore"):
...     np.exp(z) / np.exp(z).sum()
array([ 0., nan])
>>> e = np.exp(z - z.max())
>>> e / e.sum()
array([0., 1.])

```

The cost needs one more change, because the output 0 is rounded and $-\ln 0$ is infinite. So the cost is computed from $z$, not from the outputs. With $M$ for the largest weighted input:

$$
\begin{aligned}
-\ln a_j &= \ln \sum_k e^{z_k} - z_j \\
&= \ln \sum_k e^{z_k - M} - (z_j - M) .
\end{aligned}
$$

For this reason `softmax_cross_entropy` takes $z$ and applies softmax itself. So does `CrossEntropyLoss` in PyTorch.

# Example

In [the 2-3-2 network][2-3-2-pass] both weighted inputs of the last layer are 0. Let us use softmax there, and cross-entropy as the cost. The outputs are $(\frac12, \frac12)$ as before. The targets are $(0, 1)$, so
the error is $(\frac12, -\frac12)$ and the cost is $-\ln \frac12 = \ln 2$.

=== "Columns"

    ```pycon
    >>> from backprop import softmax, softmax_cross_entropy, softmax_cross_entropy_prime
    >>> z, y = np.array([0.0, 0.0]), np.array([0.0, 1.0])
    >>> softmax_cross_entropy_prime(z, y)
    array([ 0.5, -0.5])
    >>> round(float(softmax_cross_entropy(z, y)), 4)
    0.6931

    ```

    Now a batch of two examples with three units. The first column is the example in the figure. In the second, the weighted inputs are $(0, 0, \ln 2)$ and class 3 is right.

    ```pycon
    >>> z = np.log(np.array([[0.5, 1.0], [1.5, 1.0], [2.0, 2.0]]))
    >>> y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> softmax(z)
    array([[0.125, 0.25 ],
           [0.375, 0.25 ],
           [0.5  , 0.5  ]])
    >>> softmax_cross_entropy_prime(z, y)
    array([[ 0.0625,  0.125 ],
           [-0.3125,  0.125 ],
           [ 0.25  , -0.25  ]])

    ```

    Without the library, softmax and the error are three lines. `axis=0` runs over the units:

    ```pycon
    >>> e = np.exp(z - z.max(axis=0))
    >>> a = e / e.sum(axis=0)
    >>> (a - y) / z.shape[1]
    array([[ 0.0625,  0.125 ],
           [-0.3125,  0.125 ],
           [ 0.25  , -0.25  ]])

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import softmax, softmax_cross_entropy, softmax_cross_entropy_prime
    >>> z, y = np.array([0.0, 0.0]), np.array([0.0, 1.0])
    >>> softmax_cross_entropy_prime(z, y)
    array([ 0.5, -0.5])
    >>> round(float(softmax_cross_entropy(z, y)), 4)
    0.6931

    ```

    Now a batch of two examples with three units. The first row is the example in the figure. In the second, the weighted inputs are $(0, 0, \ln 2)$ and class 3 is right.

    ```pycon
    >>> z = np.log(np.array([[0.5, 1.5, 2.0], [1.0, 1.0, 2.0]]))
    >>> y = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> softmax(z)
    array([[0.125, 0.375, 0.5  ],
           [0.25 , 0.25 , 0.5  ]])
    >>> softmax_cross_entropy_prime(z, y)
    array([[ 0.0625, -0.3125,  0.25  ],
           [ 0.125 ,  0.125 , -0.25  ]])

    ```

    Without the library, softmax and the error are three lines. `axis=1` runs over the units, and `keepdims` leaves a column of sums, one for each example:

    ```pycon
    >>> e = np.exp(z - z.max(axis=1, keepdims=True))
    >>> a = e / e.sum(axis=1, keepdims=True)
    >>> (a - y) / z.shape[0]
    array([[ 0.0625, -0.3125,  0.25  ],
           [ 0.125 ,  0.125 , -0.25  ]])

    ```

Each error is $a - y$, divided by $m = 2$.

# Common mistakes

- Only the diagonal of $J$ is used, as if softmax were elementwise: [only the diagonal][softmax-diagonal].
- Softmax is taken over the examples instead of the units. No error is raised: [rows instead of columns][rows-and-columns].
- The targets are class numbers instead of one-hot vectors: [class labels][labels].
- Softmax is applied twice, first in the last layer and then in a cost that takes logits: [from PyTorch, Keras and JAX][frameworks].
- The cross-entropy for sigmoids follows a softmax. It has additional terms $-(1 - y_j) \ln(1 - a_j)$, and its error is not $a - y$:
  [the output error in full][output-error].
- The error is divided by $m$, and the gradients are divided by $m$ once more: [dividing by m twice][mean-taken-twice].

# Check yourself

??? question "The outputs are (0.7, 0.2, 0.1), and class 3 is right. What is the error of this one example, and what is its sum?"

    The target is $(0, 0, 1)$, so the error is $(0.7, 0.2, -0.9)$. Its sum is 0, because the outputs and the targets both sum to 1.

??? question "1000 is added to all weighted inputs of an example. What happens to the outputs, to the cost and to the error?"

    Nothing. The numerator and the denominator of softmax are both multiplied by $e^{1000}$, so the outputs stay the same. The cost and the error depend on $z$ only through the outputs.

**Exercises:** [18, saturated and wrong][saturated] · [24, the errors of a softmax sum to 0][softmax-sum].
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
    Each column is an example. In both columns the two weighted inputs are equal:

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
        Target of each example: a one-hot column (1 for the right class, 0 for the others), or any probabilities.

    Returns
    -------
    C : array of shape ()
        Cost, with the natural logarithm.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    It is exact where the output of softmax has been rounded to 0:

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
    r"""Return the derivative $\nabla_z C$ of softmax with cross-entropy: $(a - y) / m$ when the targets sum to 1.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input $z^L$ of the output layer, before any softmax. PyTorch and Keras call these numbers logits.
    y : array of shape (n,) or (n, m)
        Target of each example: a one-hot column (1 for the right class, 0 for the others), or any probabilities.

    Returns
    -------
    dC_dz : array of shape (n,) or (n, m)
        Derivative of the cost with respect to each weighted input. This is the output error $\delta^L$.

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
