r"""Softmax and cross-entropy: outputs that are probabilities.

> A network must choose one of several classes. How do its outputs become probabilities, and what is the error of such a layer?

A network that reads digits has ten output units, one for each **class**: 0 to 9. We want its outputs to be **probabilities**: numbers between 0 and 1
whose sum is 1. But a weighted input can be any number, even a negative one. **Softmax turns the weighted inputs of the last layer into probabilities.**
It takes the exponential $e^z$ of each, and divides it by the sum of all exponentials.

The cost is [cross-entropy][cost-functions], in a form for several classes. With softmax and this cost, the [error][bp1-output-error] of an output unit is simple:
for one example, it is output minus target.

![Three classes, counted from 1: their weighted inputs, the outputs of softmax, and the errors with cross-entropy. The right answer is class 2, so its target is 1 and the other targets are 0.](figure:softmax_bars)

For one example and $n$ classes, softmax and its cost are

$$
a_j = \frac{e^{z_j}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}} ,
$$

$$
C = -\sum_{j=1}^{n} y_j \ln a_j .
$$

The target $y_j$ is 1 for the right class and 0 for all others. Such a target is called **one-hot**. So only one term of the cost is not 0: $-\ln$ of the output for the
right class.

For $m$ examples, the cost is the mean of their costs. The error has one entry for each unit and each example:

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

This formula holds if the targets of each example sum to 1, as one-hot targets do. All that follows is about the last layer, so we leave out the raised $L$.

# What does softmax do?

Take three units with the weighted inputs $z = (\ln \frac12, \ln \frac32, \ln 2)$, about $(-0.69, 0.41, 0.69)$. With these logarithms the exponentials are simple:
$\frac12$, $\frac32$ and 2. Their sum is 4. We divide each exponential by 4, and get the outputs $a = (\frac18, \frac38, \frac12)$.

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

- **It gives probabilities.** Every exponential is positive, and all are divided by their sum. So the outputs are positive and sum to 1.
- **It keeps the order.** The exponential grows with $z$, so a larger weighted input gives a larger output. Squares are never negative either, but they do not keep the order: $(-3)^2 > 2^2$.
- **Only differences count.** If we add a number $c$ to all weighted inputs, every exponential is multiplied by $e^c$. This factor cancels, so no output changes.
- **It is a soft choice of the maximum.** A hard choice would give 1 to the largest weighted input and 0 to the others. Softmax comes near to this if the largest is much larger than the others,
  because the ratio of two outputs is $a_j / a_k = e^{z_j - z_k}$.
- **With two units it is a sigmoid.** In $a_1$, divide the numerator and the denominator by $e^{z_1}$: $a_1 = 1 / (1 + e^{-(z_1 - z_2)}) = \sigma(z_1 - z_2)$.

PyTorch and Keras call the weighted inputs before softmax **logits**.

# Derivation

We want the error $\delta_k = \partial C / \partial z_k$ of each unit $k$. Steps 1 to 5 are for one example.

**Step 1: find the derivative of each output.** Write $s = e^{z_1} + \dots + e^{z_n}$, so that $a_j = e^{z_j} / s$. Only one term of $s$ contains $z_k$, so
$\partial s / \partial z_k = e^{z_k}$. The numerator $e^{z_j}$ contains $z_k$ only if $j = k$. So the quotient rule gives two cases:

$$
\begin{aligned}
j = k: \; \frac{\partial a_k}{\partial z_k} &= \frac{e^{z_k} s - e^{z_k} e^{z_k}}{s^2} \\
&= \frac{e^{z_k}}{s} \Bigl( 1 - \frac{e^{z_k}}{s} \Bigr) = a_k (1 - a_k)
\end{aligned}
$$

$$
j \ne k: \; \frac{\partial a_j}{\partial z_k} = \frac{0 - e^{z_j} e^{z_k}}{s^2} = -a_j a_k
$$

**Step 2: write both cases as one.** Let $[j = k]$ be 1 if $j = k$, and 0 otherwise. Then

$$
J_{jk} = \frac{\partial a_j}{\partial z_k} = a_j \, ([j = k] - a_k) .
$$

For $j = k$ the bracket is $1 - a_k$, and otherwise it is $-a_k$. The numbers $J_{jk}$ form the [Jacobian][chain-rule] $J$ of softmax. It has one row for each output and one column for
each weighted input.

**Step 3: add the paths.** A change of $z_k$ changes every output, and every output can change the cost. So the
[chain rule for several paths][chain-rule] adds over the outputs:

$$
\delta_k = \frac{\partial C}{\partial z_k}
= \sum_j \frac{\partial C}{\partial a_j} \, \frac{\partial a_j}{\partial z_k}
= \sum_j \frac{\partial C}{\partial a_j} \, J_{jk} .
$$

This holds for every cost. It replaces [BP1][bp1-output-error], where each weighted input has only one path to the cost.

**Step 4: put in the derivative of the cost.** From $C = -\sum_j y_j \ln a_j$ we get $\partial C / \partial a_j = -y_j / a_j$. The factor $a_j$ of $J_{jk}$ cancels this
denominator:

$$
\begin{aligned}
\delta_k &= -\sum_j \frac{y_j}{a_j} \, a_j \, ([j = k] - a_k) \\
&= -\sum_j y_j \, [j = k] + a_k \sum_j y_j \\
&= -y_k + a_k \sum_j y_j .
\end{aligned}
$$

In the first sum of the second line all terms are 0, except the one with $j = k$. The second sum has a plus sign, because minus times minus is plus.

**Step 5: use the sum of the targets.** If the targets of the example sum to 1, then $\delta_k = a_k - y_k$.

**Step 6: take $m$ examples.** Now the cost is the mean of $m$ costs, and the outputs of one example are in only one of them. So each error is divided by $m$:
$\delta = (a - y) / m$.

# Why is there a matrix instead of ⊙?

With an [elementwise activation function][activation-functions], each output depends on one weighted input only. Then all entries of $J$ outside its diagonal are 0. A product with
$J$ multiplies each entry of a vector by one entry of the diagonal. This is what $\odot$ does.

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

Every column of $J$ sums to 0. The reason is that the sum of the outputs is always 1: if one weighted input changes, some outputs lose what the others gain. The diagonal holds
$a_j (1 - a_j)$ and looks like the derivative of the sigmoid. But it says only how each output changes with its own weighted input.

Let us check that the whole matrix gives $a - y$, for the example in the figure. The array $\nabla_a C$ lists the derivatives $-y_j / a_j$:

```pycon
>>> y = np.array([0.0, 1.0, 0.0])
>>> a = softmax(z)
>>> dC_da = -y / a
>>> a - y
array([ 0.125, -0.625,  0.5  ])

```

The sum of step 3 runs down column $k$ of $J$.

=== "Columns"

    But a matrix times a column sums along the rows of the matrix. So $J$ is transposed, and for one example $\delta = J^{\mathsf T} \, \nabla_a C$:

    ```pycon
    >>> J.T @ dC_da
    array([ 0.125, -0.625,  0.5  ])

    ```

=== "Rows"

    A row times a matrix also sums down the columns of the matrix. So, for one example, $\delta = \nabla_a C \; J$:

    ```pycon
    >>> dC_da @ J
    array([ 0.125, -0.625,  0.5  ])

    ```

For softmax, $J_{jk} = J_{kj}$. So a wrong transpose changes nothing here. With most other Jacobians it gives a wrong result.

There is a shorter way that needs no matrix. Put the formula of step 2 into the sum of step 3. Only one term has $[j = k] = 1$:

$$
\begin{aligned}
\delta_k &= \sum_j \frac{\partial C}{\partial a_j} \, a_j \, ([j = k] - a_k) \\
&= a_k \Bigl( \frac{\partial C}{\partial a_k} - \sum_j a_j \, \frac{\partial C}{\partial a_j} \Bigr) .
\end{aligned}
$$

```pycon
>>> a * (dC_da - np.sum(a * dC_da))
array([ 0.125, -0.625,  0.5  ])

```

The function `gradients` uses this formula if softmax is followed by the quadratic cost, or by a cost of your own.

# Why cross-entropy?

**It depends only on the probability of the right class.** Let $r$ be the right class. Then the cost of the
example is $C = -\ln a_r$. It is 0 if $a_r = 1$, and about 0.69 if $a_r = \frac12$. It grows without bound when $a_r$ comes near 0.

**A small cost means that the right answers are probable.** Suppose that the examples are independent, so that their probabilities are multiplied. Then the product of their $a_r$ is the
probability that the network gives to all right classes together. The logarithm of a product is a sum of logarithms, and $-\ln$ is smaller for a larger number. So the product is largest when the mean of $-\ln a_r$ is smallest.
Statistics calls this the method of **maximum likelihood**.

**A confident mistake has a large error.** Each entry of $J$ is $a_j (1 - a_j)$ or $-a_j a_k$. When one output is nearly 1 and the others are nearly 0, all these entries are nearly 0.
With the quadratic cost the error is a product with $J$. So it is tiny, even if the wrong class has the largest output. With cross-entropy, the small factor $a_j$ has canceled in step 4.

Here class 1 has nearly all of the probability, and the right answer is class 2. The function `softmax_cross_entropy_prime` computes the derivative with respect to $z$, which is the error:

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

NumPy's usual numbers (`float64`) end near $1.8 \cdot 10^{308}$, and $e^{710}$ is larger. NumPy stores infinity instead, and infinity divided by infinity is `nan`, "not a number". But only differences of
weighted inputs count. So we subtract the largest one from all of them. Then the largest exponential is $e^0 = 1$. Others may be rounded to 0, but they are too small to matter in the sum. (In the code,
`errstate` only turns off the warnings.)

```pycon
>>> z = np.array([0.0, 1000.0])
>>> with np.errstate(over="ignore", invalid="ignore"):
...     a = np.exp(z) / np.exp(z).sum()
>>> a
array([ 0., nan])
>>> e = np.exp(z - z.max())
>>> e / e.sum()
array([0., 1.])

```

The cost needs one more change. A tiny output is rounded to 0, and $-\ln 0$ is infinite. So the cost is computed from $z$, not from the outputs. The logarithm of a quotient is a difference of
logarithms, and $\ln e^{z_r} = z_r$. Let $h$ be the largest weighted input. The factor $e^h$ can be taken out of the sum, and $\ln e^h = h$:

$$
\begin{aligned}
-\ln a_r &= \ln \sum_k e^{z_k} - z_r \\
&= \ln \Bigl( e^h \sum_k e^{z_k - h} \Bigr) - z_r \\
&= \ln \sum_k e^{z_k - h} + h - z_r .
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

    Now a batch of two examples with three units. The first column is the example in the figure. In the second, the weighted inputs are $(0, 0, \ln 2)$ and the right answer is class 3.

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

    Now a batch of two examples with three units. The first row is the example in the figure. In the second, the weighted inputs are $(0, 0, \ln 2)$ and the right answer is class 3.

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
- Softmax is taken over the examples instead of the units. There is no error message: [rows instead of columns][rows-and-columns].
- The targets are class numbers instead of one-hot vectors: [class labels][labels].
- Softmax is applied twice, first in the last layer and then in a cost that takes logits: [from PyTorch, Keras and JAX][frameworks].
- The cross-entropy for sigmoids is used after softmax. It also has the terms $-(1 - y_j) \ln(1 - a_j)$, so the error is not $a - y$:
  [the output error in full][output-error].
- The error is divided by $m$, and the gradients are divided by $m$ once more: [dividing by m twice][mean-taken-twice].

# Check yourself

??? question "The outputs are (0.7, 0.2, 0.1), and the right answer is class 3. What are the errors for this one example, and what is their sum?"

    The target is $(0, 0, 1)$, so the errors are $(0.7, 0.2, -0.9)$. Their sum is 0, because the outputs and the targets both sum to 1.

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
