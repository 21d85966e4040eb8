r"""Cost functions.

> Training needs one number that says how far the outputs are from the targets. How is it computed, and what does backpropagation need from it?

The **cost** $C$ is this number, and training makes it smaller. With only one number we can always say which of two sets of weights is better. Other books call the cost the loss, or the
objective. **Backpropagation needs only the derivatives of the cost with respect to the outputs.** The backward pass begins with them.

![Two costs of one output whose target is 0, and their derivatives with respect to the output. When the output goes to 1, cross-entropy and its derivative go to infinity.](figure:cost_curves)

The two most common costs are in the picture. We begin with the **quadratic cost**. Cross-entropy is derived below.

There are $m$ examples, and the last layer $L$ has $n_L$ units. For one example, $a_j$ is output $j$, and $y_j$ is its target. The arrays $a^{L}$ and $y$ hold all outputs and all targets. The
difference $a - y$ is called the **residual**. The quadratic cost of one example is half the sum of its squared residuals, and $C$ is the mean of these costs:

=== "Columns"

    $$
    \begin{aligned}
    C &= \frac1m \sum_{\text{examples}} \; \sum_{j=1}^{n_L} \tfrac12 (a_j - y_j)^2 \\
    \underbrace{\nabla_a C}_{n_L \times m} &= \frac1m \, (\underbrace{a^{L}}_{n_L \times m} - \underbrace{y}_{n_L \times m})
    \end{aligned}
    $$

=== "Rows"

    $$
    \begin{aligned}
    C &= \frac1m \sum_{\text{examples}} \; \sum_{j=1}^{n_L} \tfrac12 (a_j - y_j)^2 \\
    \underbrace{\nabla_a C}_{m \times n_L} &= \frac1m \, (\underbrace{a^{L}}_{m \times n_L} - \underbrace{y}_{m \times n_L})
    \end{aligned}
    $$

The symbol $\nabla_a C$ is the **gradient** of $C$ with respect to the outputs. It is the array of all derivatives $\partial C / \partial a_j$, one for each output of each example.

# What must a cost satisfy?

The first two properties are necessary. The third is usual.

1. **It is a function of the outputs and the targets.** The targets are fixed, so a weight can change the cost only by changing outputs. That is why the backward pass needs only $\nabla_a C$, and
   [the chain rule][chain-rule] does the rest. Sometimes a cost also has a term that is large when the weights are large. The derivative of this term is added to the gradients afterwards: [weight decay][weight-decay].
2. **It has a derivative with respect to each output, and this derivative is usually not 0.** The number of wrong answers is not a cost that we can use. A tiny change of a weight usually changes no
   answer, so the derivative is 0 and says nothing. We train with a cost, and look at the [accuracy][bad-accuracy], the fraction of right answers, afterwards.
3. **It is a mean over the examples.** Each example has a cost of its own, which depends only on its own outputs. Then the derivatives for one example can be computed without the
   others. A sum instead of a mean works, too. If a cost mixes examples, $\nabla_a C$ can only be computed for the whole batch.

# Derivation

We derive $\nabla_a C$ for the quadratic cost.

**Step 1: one example.** The cost is a sum with one term for each output:

$$
C = \tfrac12 (a_1 - y_1)^2 + \tfrac12 (a_2 - y_2)^2 + \dots
$$

**Step 2: differentiate with respect to $a_j$.** Only term $j$ contains $a_j$. The derivative of the square has a factor 2, and $\frac12$ cancels it:

$$
\frac{\partial C}{\partial a_j} = \tfrac12 \cdot 2 \, (a_j - y_j) = a_j - y_j .
$$

**Step 3: many examples.** The outputs of one example are only in the cost of this example. The mean multiplies this cost by the constant $\frac1m$. So its
derivatives are also multiplied by $\frac1m$:

$$
\frac{\partial C}{\partial a_j} = \frac1m \, (a_j - y_j) .
$$

**Step 4: all at once.** There is one derivative for each output of each example. Together they are an array of the same shape as $a^{L}$ and $y$, and this array is $\nabla_a C$.

# Why ½, and where does 1/m go?

The factor $\frac12$ cancels the 2 from the square. Without it, every derivative would be twice as large, and half the learning rate would give the same training.

The factor $\frac1m$ makes the costs of 10 examples and of 1000 examples comparable. The backward pass multiplies by it only once, in $\nabla_a C$. All errors are computed from $\nabla_a C$, so they
contain the factor already. For a batch, BP3 and BP4 add up the derivatives of all examples, and do not divide again.

Other books and libraries use other factors. PyTorch's `MSELoss` divides by $m$ and by the number of outputs, and has no $\frac12$: [Sum or mean?][sum-or-mean]

# Why a − y, and not y − a?

The derivative of $\frac12 (a - y)^2$ with respect to $a$ is $a - y$. It is positive where the output is too large: increasing the output would increase the cost. So gradient descent
subtracts the gradient. With $y - a$, all derivatives have the opposite sign, and you would have to add them. If you write $y - a$ and still subtract, the cost grows.
[The output error][output-error] has more on this.

# Example

[The 2-3-2 network][2-3-2-pass] has the outputs $(\frac12, \frac12)$, and the targets are $(0, 1)$. A second example has the outputs $(\frac14, 1)$ and the same targets:

=== "Columns"

    Each column is an example. Python counts from 0, so the first example is `a[:, 0]`.

    ```pycon
    >>> import numpy as np
    >>> from backprop import quadratic, quadratic_prime
    >>> from backprop import cross_entropy, cross_entropy_prime  # for later
    >>> a = np.array([[0.5, 0.25], [0.5, 1.0]])
    >>> y = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> float(quadratic(a[:, 0], y[:, 0]))
    0.25
    >>> quadratic_prime(a[:, 0], y[:, 0])
    array([ 0.5, -0.5])
    >>> float(quadratic(a, y))
    0.140625
    >>> quadratic_prime(a, y)
    array([[ 0.25 ,  0.125],
           [-0.25 ,  0.   ]])

    ```

    Without the library, you can write the following. Here `a.shape[1]` is $m$, the number of examples:

    ```pycon
    >>> def cost(a, y):
    ...     return np.sum((a - y) ** 2) / 2 / a.shape[1]
    >>> def dC_da(a, y):
    ...     return (a - y) / a.shape[1]
    >>> float(cost(a, y))
    0.140625
    >>> dC_da(a, y)
    array([[ 0.25 ,  0.125],
           [-0.25 ,  0.   ]])

    ```

=== "Rows"

    Each row is an example. Python counts from 0, so the first example is `a[0]`.

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import quadratic, quadratic_prime
    >>> from backprop.rows import cross_entropy, cross_entropy_prime  # for later
    >>> a = np.array([[0.5, 0.5], [0.25, 1.0]])
    >>> y = np.array([[0.0, 1.0], [0.0, 1.0]])
    >>> float(quadratic(a[0], y[0]))
    0.25
    >>> quadratic_prime(a[0], y[0])
    array([ 0.5, -0.5])
    >>> float(quadratic(a, y))
    0.140625
    >>> quadratic_prime(a, y)
    array([[ 0.25 , -0.25 ],
           [ 0.125,  0.   ]])

    ```

    Without the library, you can write the following. Here `a.shape[0]` is $m$, the number of examples:

    ```pycon
    >>> def cost(a, y):
    ...     return np.sum((a - y) ** 2) / 2 / a.shape[0]
    >>> def dC_da(a, y):
    ...     return (a - y) / a.shape[0]
    >>> float(cost(a, y))
    0.140625
    >>> dC_da(a, y)
    array([[ 0.25 , -0.25 ],
           [ 0.125,  0.   ]])

    ```

Check by hand: the two examples cost $\frac12 (\frac14 + \frac14) = \frac14$ and $\frac12 \cdot \frac1{16} = \frac1{32}$. Their mean is $\frac9{64}$, which is 0.140625.

# Why cross-entropy?

With a sigmoid output, the quadratic cost has a problem. The error of an output unit is $\delta = \partial C / \partial a \cdot \sigma'(z)$
([activation functions][activation-functions]), and here it is $\delta = (a - y) \cdot a (1 - a)$. Suppose that the target is 0 and $a$ is close to 1. Then the output is completely wrong. But the factor $1 - a$
is nearly 0, so the error is tiny, and the weights of this unit hardly change.

![The error of a sigmoid output with target 0. With the quadratic cost the error goes back to 0 where the output is most wrong. With cross-entropy the error is the residual, which is largest there.](figure:error_curves)

Is there a cost that cancels $\sigma'(z)$? Take one output of one example.

**Step 1: say what we want.** The error should be the residual, which is large where the output is wrong. So $\partial C / \partial a \cdot \sigma'(z) = a - y$. Divide by
$\sigma'(z) = a (1 - a)$:

$$
\frac{\partial C}{\partial a} = \frac{a - y}{a (1 - a)} .
$$

**Step 2: split the fraction.** The numerator is also $(1 - y) \, a - y \, (1 - a)$, because $-ya$ and $+ya$ cancel. Divide both terms by $a (1 - a)$:

$$
\frac{\partial C}{\partial a} = \frac{1 - y}{1 - a} - \frac{y}{a} .
$$

**Step 3: find a function with this derivative.** The derivative of $-\ln(1 - a)$ is $1 / (1 - a)$, and the derivative of $-\ln a$ is $-1/a$. Multiply the first function by $1 - y$ and the
second by $y$, and add them:

$$
C = - y \ln a - (1 - y) \ln(1 - a) .
$$

This is the **cross-entropy**, also called log loss or binary cross-entropy. We could add a constant, but that would change no derivative. For several outputs the terms are added.
For $m$ examples we take the mean.

Cross-entropy also has a meaning. Let the target be 0 or 1, and read $a$ as the probability of the answer 1. If $y = 1$, the cost is $-\ln a$. If $y = 0$, it is $-\ln(1 - a)$. Both are
minus the logarithm of the probability that the network gives to the right answer. So a small cost means that the right answers have a high probability.

One example has four sigmoid outputs, and all four targets are 0. Here are the errors $\partial C / \partial a \cdot \sigma'(z)$, first with the quadratic cost, then with cross-entropy:

```pycon
>>> a = np.array([0.5, 0.75, 0.9, 0.99])
>>> y = np.zeros(4)
>>> sigma_prime_z = a * (1 - a)
>>> (quadratic_prime(a, y) * sigma_prime_z).round(4)
array([0.125 , 0.1406, 0.081 , 0.0098])
>>> (cross_entropy_prime(a, y) * sigma_prime_z).round(4)
array([0.5 , 0.75, 0.9 , 0.99])

```

The last output is the most wrong. With the quadratic cost it has the smallest error of the four, and with cross-entropy the largest.

# Which cost belongs to which outputs?

| the outputs are | activation function of the output layer | cost |
| --- | --- | --- |
| any numbers | identity | quadratic |
| yes or no, for each output | sigmoid | cross-entropy |
| one class of several | softmax | [softmax cross-entropy][softmax-layer] |

In all three lines, the error of an output unit is the residual divided by $m$. In the first line $\sigma' = 1$, and in the second the cost cancels $\sigma'$. The third line has
a chapter of its own. There, the targets of an example must add up to 1.

# What happens when a sigmoid rounds to 1?

A computer stores about 16 digits of a number. At $z = 40$ the sigmoid is so close to 1 that it is rounded to 1. With the target 0, cross-entropy is then $-\ln 0$, which is infinite. The exact value is
about 40, as the formula below shows.

The solution is to compute the cost from $z$. Multiply the numerator and the denominator of $1 / (1 + e^{-z})$ by $e^{z}$. You get $\sigma(z) = e^{z} / (1 + e^{z})$, so
$1 - \sigma(z) = 1 / (1 + e^{z})$. Minus the logarithms of both are

$$
\begin{aligned}
-\ln \sigma(z) &= \ln(1 + e^{z}) - z \\
-\ln (1 - \sigma(z)) &= \ln(1 + e^{z}) .
\end{aligned}
$$

Multiply the first line by $y$ and the second by $1 - y$, and add. This is the cost of one output:

$$
C = \ln(1 + e^{z}) - y z .
$$

At $z = 40$ and $y = 0$ it is nearly $\ln e^{40} = 40$. The function `sigmoid_cross_entropy` computes the cost in this way. PyTorch's `BCEWithLogitsLoss` also takes $z$, and calls it the **logits**:

=== "Columns"

    ```pycon
    >>> from backprop import cross_entropy, sigmoid, sigmoid_cross_entropy
    >>> z, y = np.array([40.0]), np.array([0.0])
    >>> float(cross_entropy(sigmoid(z), y))
    inf
    >>> float(sigmoid_cross_entropy(z, y))
    40.0

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import cross_entropy, sigmoid, sigmoid_cross_entropy
    >>> z, y = np.array([40.0]), np.array([0.0])
    >>> float(cross_entropy(sigmoid(z), y))
    inf
    >>> float(sigmoid_cross_entropy(z, y))
    40.0

    ```

In the library, [`gradients`][backprop.gradients] uses such a formula automatically if the cost is `CROSS_ENTROPY` and the last layer is a sigmoid or softmax layer. With other activation functions, and with
a cost of your own, it multiplies $\nabla_a C$ by the derivative of the activation function. If an output has rounded to exactly 0 or 1, this can be $\infty \cdot 0$. The result is then
[not a number][loss-nan].

# What if my examples are in the other layout?

Then these functions give a wrong number and no error message. The outputs and the targets have the same shape as each other in either layout, so no shape can show the mistake.

Here are two examples with three outputs. The residuals are $(1, 0, 0)$ and $(1, 1, 0)$. The examples cost $\frac12$ and 1, and the mean is 0.75:

=== "Columns"

    ```pycon
    >>> from backprop import quadratic, rows
    >>> a, y = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3))
    >>> float(quadratic(a, y)), float(rows.quadratic(a, y))
    (0.5, 0.75)

    ```

    Each row is an example. `quadratic` reads each column as an example, finds three, and divides by 3. Use the functions of [`backprop.rows`][backprop.rows.quadratic], or transpose both arrays.

=== "Rows"

    ```pycon
    >>> import backprop
    >>> from backprop.rows import quadratic
    >>> a, y = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]), np.zeros((3, 2))
    >>> float(quadratic(a, y)), float(backprop.quadratic(a, y))
    (0.5, 0.75)

    ```

    Each column is an example. `rows.quadratic` reads each row as an example, finds three, and divides by 3. Use the functions of [`backprop`][backprop.quadratic], or transpose both arrays.

# Common mistakes

- The division by $m$ is done in $\nabla_a C$ and again in the gradients: [dividing by m twice][mean-taken-twice].
- With the quadratic cost, $\sigma'$ is left out, although nothing cancels it: [σ′ is missing in the output layer][output-derivative-missing].
- With cross-entropy, $a - y$ is multiplied by $\sigma'$, although it is canceled already: [σ′ is taken twice][output-derivative-twice].
- The output is a column, with the shape `(n, 1)`, and the target has the shape `(n,)`. NumPy makes a square array of their difference: [a column beside one example][column-beside-vector].

# Check yourself

??? question "An output is ¾ and its target is 1, for one example. What are ∂C/∂a for the quadratic cost and for cross-entropy? What do the signs say?"

    Quadratic: $\frac34 - 1 = -\frac14$. Cross-entropy: $-1 / \frac34 = -\frac43$. Both are negative: increasing the output decreases the cost.

??? question "A batch holds the same example four times. How do the cost and its derivatives differ from those of one example?"

    The mean of four equal costs is the same cost. Each entry of $\nabla_a C$ is divided by 4. The gradients of the weights are not changed, because BP4 adds four equal
    terms, and each is a quarter of the old one.

**Exercises:** [a perfect output that costs 6][perfect-output] · [the constant of MSELoss][mseloss] · [saturated and wrong][saturated] · [a cost for tanh][cost-for-tanh].
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
    r"""Return the derivative $\nabla_a C$ of the quadratic cost.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network.
    y : array of shape (n,) or (n, m)
        Target.

    Returns
    -------
    dC_da : array of shape (n,) or (n, m)
        Derivative of the cost with respect to each output.

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
        Cost, with natural logarithms. $0 \ln 0$ counts as 0. An output of exactly 0 or 1 that is wrong costs infinity; for a sigmoid that
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
    r"""Return the derivative $\nabla_a C$ of the cross-entropy.

    Parameters
    ----------
    a : array of shape (n,) or (n, m)
        Output $a^L$ of the network, each between 0 and 1.
    y : array of shape (n,) or (n, m)
        Target, each between 0 and 1.

    Returns
    -------
    dC_da : array of shape (n,) or (n, m)
        Derivative of the cost with respect to each output; infinite for an output of exactly 0 or 1 that is wrong.

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
        Cost, with natural logarithms.

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
