r"""A wrong gradient of the right shape: nothing complains, and the loss can fall.

$$
\underbrace{\frac{\partial C}{\partial W^{l}}}_{n \times n}
= \underbrace{\delta^{l} (a^{l-1})^{\mathsf T}}_{n \times n}
\ne \underbrace{a^{l-1} (\delta^{l})^{\mathsf T}}_{n \times n}
$$

These are the wrong formulas that people write: in books, in answers, in code that was used. Each has the
signature of the right one and its shape, and each is computed here from its own text.

# Shapes

Where all layers have one size, shapes forbid nothing. In a 3-3-3 network with three examples eight products
of an error and an activation are 3×3, each of the two transposed or not, in either order; one is the
gradient. Sizes that are all distinct catch four of these sixteen mistakes. The others have the right shape,
or one that NumPy makes right, in every network:

| mistake                                                                      | its shape passes where              |
| ---------------------------------------------------------------------------- | ----------------------------------- |
| `weight_gradient_transposed`, `hidden_error_without_transpose`, `hidden_error_by_inverse` | $W$ is square          |
| `gradients_with_own_weights`                                                 | $n_{l-1} = n_{l+1}$ for each hidden layer $l$ |
| `bias_gradient_as_one_number`                                                | NumPy broadcasts it                 |
| all others                                                                   | everywhere                          |

# Derivation

Why does the loss fall? A step $-\eta g$ changes the cost by $-\eta \, g \cdot \nabla C$, as
[descent][backprop.step] derives. For that to be negative $g$ need not be the gradient: any $g$ within a
right angle of it will do. With one example, a positive factor for each unit keeps the angle sharp in the layer where
it is wrong: a derivative of the activation function that is missing, or one that is squared. There both errors have
the same sign in every unit, so every product of the sum is positive or 0. With many examples the angle need not be
sharp, but often is. A transpose or an inverse shares some directions with the gradient, and follows those.

In the layers before that one the angle may be blunt, even with one example. The wrong error is carried back by BP2,
where the units are added up, and a sum of numbers with wrong sizes can have the wrong sign. Take a 1-1-2 network with a
linear hidden unit and outputs $(\frac12, \frac18)$. The targets are $(0, 1)$. The output error is
$(\frac12 \cdot \frac14, -\frac78 \cdot \frac7{64})$, whose sum is positive. Without $\sigma'$ it is $(\frac12, -\frac78)$,
whose sum is negative. Both weights of the output layer are 4, so the hidden error is four times that sum:

```pycon
>>> import numpy as np
>>> from backprop import IDENTITY, Layer, gradients
>>> from backprop.mistakes import gradients_with, losses, output_error_without_slope
>>> layers = [Layer([[0.0]], [0.0], IDENTITY), Layer([[4.0], [4.0]], [0.0, -np.log(7)])]
>>> x, y = np.array([1.0]), np.array([0.0, 1.0])
>>> C, right = gradients(layers, x, y)
>>> C, wrong = gradients_with(layers, x, y, output_error=output_error_without_slope)
>>> [round(float(gradient[0].dC_db[0]), 3) for gradient in (right, wrong)]
[0.117, -1.5]

```

The product $g \cdot \nabla C$ is positive in the output layer and negative in the hidden layer. Their sum is negative,
so a step against $g$ raises the cost, however small $\eta$ is. The step against the gradient lowers it:

```pycon
>>> def product(wrong, right):
...     return round(float(np.sum(wrong.dC_dW * right.dC_dW) + np.sum(wrong.dC_db * right.dC_db)), 3)
>>> [product(*layer) for layer in zip(wrong, right)]
[-0.352, 0.146]
>>> for learning_rate in (0.01, 0.0001):
...     before, after = losses(layers, x, y, learning_rate, 1, output_error=output_error_without_slope)
...     before, after_right = losses(layers, x, y, learning_rate, 1)
...     print(after > before, after_right < before)
True True
True True

```

So the loss of a network says little about its gradient. What is lost is the minimum: where the right
gradient is 0 the wrong one is not, or the reverse, and the descent stops in the wrong place, or goes on.

# Why it is so

The rooms below use one specimen: three bits, and three questions about them. Are the first two different?
Are the last two both 1? Is the first or the last 1? The first cannot be answered without hidden units that
have learned something.

```pycon
>>> from backprop.mistakes import examine, hidden_error_by_inverse, specimen
>>> layers, x, y = specimen()
>>> layers
[Layer(3 -> 3, sigmoid), Layer(3 -> 3, sigmoid)]
>>> x.astype(int)
array([[0, 0, 0, 0, 1, 1, 1, 1],
       [0, 0, 1, 1, 0, 0, 1, 1],
       [0, 1, 0, 1, 0, 1, 0, 1]])
>>> y.astype(int)
array([[0, 0, 1, 1, 1, 1, 0, 0],
       [0, 0, 0, 1, 0, 0, 0, 1],
       [0, 1, 0, 1, 1, 1, 1, 1]])

```

The loss at the start, after one step and after 500, first with the right gradient, then with the error sent
back by the inverse:

```pycon
>>> right = losses(layers, x, y, 2.0, 500)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_inverse)
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.12]

```

After one step the two losses are equal to two digits. A gradient check tells at once, and names the
mistake:

```pycon
>>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_by_inverse)
>>> for sentence in examine(layers, x, y, found).diagnosis:
...     print(sentence)
W1: It is what hidden_error_by_inverse gives.
b1: It is what hidden_error_by_inverse gives.

```

# A 2-3-2 network

It has as many inputs as outputs, so $W^1$ and $(W^2)^{\mathsf T}$ have one shape. Take the wrong one of the
two, and every product fits:

```pycon
>>> from backprop.mistakes import gradients_with_own_weights
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
>>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
>>> C, found = gradients_with_own_weights(layers, x, y)
>>> examine(layers, x, y, found).diagnosis[0].endswith("It is what gradients_with_own_weights gives.")
True

```
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ._arrays import Array, count_examples, over_examples
from .activations import (
    IDENTITY,
    LEAKY_RELU,
    RELU,
    SOFTMAX,
    Activation,
    sigmoid,
    sigmoid_prime,
    softmax,
)
from .backward_pass import Gradient, backward, cost_and_output_error
from .bp1_output_error import output_error
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import QUADRATIC, Cost
from .feedforward import Layer, forward
from .gradient_check import GradientReport, check_gradients
from .shapes import ShapeError, equation

__all__ = [
    "bias_gradient_as_one_number",
    "bias_gradient_by_mean",
    "examine",
    "gradients_with",
    "gradients_with_own_weights",
    "gradients_with_updated_weights",
    "hidden_error_by_inverse",
    "hidden_error_by_pseudo_inverse",
    "hidden_error_with_slope_twice",
    "hidden_error_without_slope",
    "hidden_error_without_transpose",
    "losses",
    "output_error_with_slope_twice",
    "output_error_without_slope",
    "sigmoid_prime_at_a",
    "softmax_prime_by_diagonal",
    "specimen",
    "suspects",
    "weight_gradient_by_mean",
    "weight_gradient_of_averages",
    "weight_gradient_transposed",
]

Equation: TypeAlias = Callable[..., Array]
Pass: TypeAlias = tuple[Array, list[Gradient]]
Recipe: TypeAlias = tuple[
    Sequence[Layer], Callable[..., Pass], dict[str, Any]
]  # in these layers, by this pass, with these options

STRAIGHT = (IDENTITY, RELU, LEAKY_RELU, SOFTMAX)  # their slope is the same at z and at a, or is no slope


@equation("WRONG BP4: a^{l−1} (δ^l)ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient_transposed(delta: Array, a_prev: Array) -> Array:
    r"""Return the outer product in the wrong order, $a^{l-1} (\delta^l)^{\mathsf T}$: the gradient, transposed.

    It looks right because $\delta$ meets every $a$, and it is right for weights that are stored with a
    column for each listener. Its shape passes where $W$ is square, as in the third network of chapter 5 of
    Trask's *Grokking Deep Learning*, which prints it. Below are that network's numbers. The sum of the
    squared errors falls, and sticks; the right order reaches 0.0003 at the same step.

    Where it sticks can be computed. With $W \leftarrow W - \eta \, x \delta^{\mathsf T}$ the output $W x$
    moves by $-\eta \, (\delta \cdot x) \, x$, always along $x$. A step multiplies the part of the error along $x$ by
    $1 - \eta \lVert x \rVert^2$. With $0 < \eta \lVert x \rVert^2 < 2$ that part dies out,
    and all the rest of it stays: $\lVert \delta \rVert^2 - (\delta \cdot x)^2 / \lVert x \rVert^2$.
    Here $\eta \lVert x \rVert^2$ is 0.74. With three times the learning rate it is above 2, and the sum of the squared
    errors rises.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the layer below.

    Returns
    -------
    not_dC_dW : array of shape (n_prev, n)
        The gradient, transposed.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> x, y = np.array([8.5, 0.65, 1.2]), np.array([0.1, 1.0, 0.1])
    >>> def squared_errors(product, learning_rate=0.01):
    ...     W = np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])
    ...     for _ in range(4):
    ...         delta = W @ x - y
    ...         yield round(float(delta @ delta), 4)
    ...         W = W - learning_rate * product(delta, x)
    >>> list(squared_errors(weight_gradient_transposed))
    [0.9557, 0.6543, 0.6341, 0.6328]
    >>> list(squared_errors(weight_gradient))
    [0.9557, 0.064, 0.0043, 0.0003]
    >>> delta = np.array([0.555, 0.98, 0.965]) - y
    >>> round(float(delta @ delta - (delta @ x) ** 2 / (x @ x)), 4)
    0.6327
    >>> [round(float(learning_rate * (x @ x)), 2) for learning_rate in (0.01, 0.03)]
    [0.74, 2.22]
    >>> list(squared_errors(weight_gradient_transposed, 0.03))
    [0.9557, 1.1161, 1.3561, 1.7154]

    `check_gradients` needs no help to name it:

    >>> layers, x, y = specimen()
    >>> C, found = gradients_with(layers, x, y, weight_gradient=weight_gradient_transposed)
    >>> print(examine(layers, x, y, found, suspects={}).diagnosis[0])
    W1: It is the transpose of the right gradient: the outer product looks swapped. Write delta times a_prev.
    """
    if delta.ndim == 1:
        return a_prev[:, None] * delta
    return a_prev @ delta.T


@equation("WRONG BP4: Σ_i δ_i (mean_i a_i)ᵀ", delta="n m", a_prev="n_prev m")
def weight_gradient_of_averages(delta: Array, a_prev: Array) -> Array:
    r"""Return the summed error times the averaged activation, as if a batch were one typical example.

    It looks right because biases need no more than the summed error, and because "average over the batch"
    is good advice for gradients. But the gradient sums products, and a sum of products is no product of
    sums: which error came with which activation is what the weights learn from. Its shape passes
    everywhere. Even the sign can be wrong: with errors $2, -1$ and activations $1, 5$ the gradient is
    $2 - 5 = -3$, and this gives $1 \cdot 3$.

    Parameters
    ----------
    delta : array of shape (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev, m)
        Activation $a^{l-1}$ of the layer below.

    Returns
    -------
    not_dC_dW : array of shape (n, n_prev)
        The gradient of a batch in which all activations are alike.

    Raises
    ------
    ShapeError
        If the two differ in their number of examples.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> delta, a_prev = np.array([[2.0, -1.0]]), np.array([[1.0, 5.0]])
    >>> weight_gradient(delta, a_prev), weight_gradient_of_averages(delta, a_prev)
    (array([[-3.]]), array([[3.]]))

    The loss of the specimen falls, as far as the biases take it, and stays there:

    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, weight_gradient=weight_gradient_of_averages)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.29]
    >>> C, found = gradients_with(layers, x, y, weight_gradient=weight_gradient_of_averages)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what weight_gradient_of_averages gives.
    """
    return np.outer(delta.sum(axis=1), a_prev.mean(axis=1))


@equation("WRONG BP4: 1/m δ^l (a^{l−1})ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient_by_mean(delta: Array, a_prev: Array) -> Array:
    r"""Return $\frac1m \, \delta^l (a^{l-1})^{\mathsf T}$: the examples counted twice.

    It looks right because the cost is a mean over the examples, and a mean has its $\frac1m$. But that
    $\frac1m$ stands in $\nabla_a C$ already, and $\delta$ has carried it here. Its shape passes everywhere.
    The loss falls, $m$ times too slowly in the weights; done to the biases as well, it is nothing but a
    learning rate of $\eta / m$, until the last batch of an epoch is smaller than the others.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer; it holds the 1/m.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the layer below.

    Returns
    -------
    not_dC_dW : array of shape (n, n_prev)
        The gradient over m.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, weight_gradient=weight_gradient_by_mean)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.4, 0.2]
    >>> slow = losses(layers, x, y, 16.0, 20, weight_gradient=weight_gradient_by_mean, bias_gradient=bias_gradient_by_mean)
    >>> slow == losses(layers, x, y, 2.0, 20)
    True
    >>> C, found = gradients_with(layers, x, y, weight_gradient=weight_gradient_by_mean)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is 1/8 of the right gradient. A constant such as m or 2 looks wrong. It is what weight_gradient_by_mean gives.
    """
    return over_examples(weight_gradient(delta, a_prev), count_examples(delta))


@equation("WRONG BP3: mean of δ^l over the examples", delta="n m?")
def bias_gradient_by_mean(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return the mean of the error over the examples, where the sum belongs.

    It looks right for the same reason as
    [`weight_gradient_by_mean`][backprop.mistakes.weight_gradient_by_mean], and because a mean is what one
    takes of many numbers. Its shape passes everywhere, the loss falls, and the biases lag behind the
    weights by a factor of $m$. Where a cost is a sum over its examples, the sum is right here too: no cost
    asks for the mean of $\delta$.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer; it holds the 1/m.
    keepdims : bool
        Return (n, 1) instead of (n,).

    Returns
    -------
    not_dC_db : array of shape (n,) or (n, 1)
        The gradient over m.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of columns.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, bias_gradient=bias_gradient_by_mean)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.4, 0.12]
    >>> C, found = gradients_with(layers, x, y, bias_gradient=bias_gradient_by_mean)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    b1: It is 1/8 of the right gradient. A constant such as m or 2 looks wrong. It is what bias_gradient_by_mean gives.
    """
    return over_examples(bias_gradient(delta, keepdims=keepdims), count_examples(delta))


@equation("WRONG BP3: one sum of δ^l, over examples and units", delta="n m?")
def bias_gradient_as_one_number(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return one number for all biases: a sum that was given no axis.

    It looks right because the text says "sum $\delta$", and `np.sum(delta)` does. Its shape is `()`, and
    NumPy broadcasts it over every bias without a word. All biases of a layer then move together: by the sum
    of all slopes, where each should move by its own. Two units whose errors are $\frac18$ and $-\frac18$
    get 0. A layer of one unit never shows it.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    keepdims : bool
        Return (1, 1) instead of ().

    Returns
    -------
    not_dC_db : array of shape () or (1, 1)
        The sum of the gradient's entries.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of columns.

    Examples
    --------
    >>> import numpy as np
    >>> float(bias_gradient_as_one_number(np.array([0.125, -0.125])))
    0.0

    The loss of the specimen falls, because the weights make up for the biases:

    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, bias_gradient=bias_gradient_as_one_number)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.4, 0.07]
    >>> C, found = gradients_with(layers, x, y, bias_gradient=bias_gradient_as_one_number)
    >>> print(examine(layers, x, y, found, suspects={}).diagnosis[0])
    b1: It is one number for all 3, their sum: a sum with no axis. Sum over the examples alone.
    """
    return np.sum(delta, keepdims=keepdims and delta.ndim == 2)


@equation("WRONG BP2: ((W^{l+1})⁻¹ δ^{l+1}) ⊙ σ′(z^l)", W_next="n n", delta_next="n m?", sigma_prime_z="n m?")
def hidden_error_by_inverse(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the next error, carried back by the inverse of the weights.

    It looks right because the way forward multiplies by $W$, so the way back should divide. Values do go
    back so. An error is no value, it is a slope, and slopes go back by the transpose. Its shape passes
    where $W$ is square.

    For a linear hidden layer it still goes downhill, since it makes a sharp angle with the gradient,

    $$
    (W^{\mathsf T} \delta) \cdot (W^{-1} \delta) = \delta^{\mathsf T} W W^{-1} \delta = \lVert \delta \rVert^2 > 0 .
    $$

    Through a nonlinearity it can climb. Below, the first hidden unit is off, so its entry is dropped, and
    what is left of the inverse points the wrong way: a step of $\frac1{10}$ takes the cost from 0.5 to
    0.61, and the right one to 0.41. And it has the wrong units: twice the weights give half the error
    instead of twice.

    Parameters
    ----------
    W_next : array of shape (n, n)
        Weights $W^{l+1}$ into the next layer; with an inverse.
    delta_next : array of shape (n,) or (n, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        What a hidden layer would have to change by to undo the error, were all linear.

    Raises
    ------
    ShapeError
        If `W_next` is not square, or the three do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import hidden_error, relu, relu_prime
    >>> W, z, y = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([-1.0, 1.0]), np.array([0.0, 1.0])
    >>> delta_next = W @ relu(z) - y
    >>> delta_next
    array([1., 0.])
    >>> for error in (hidden_error, hidden_error_by_inverse):
    ...     delta = error(W, delta_next, relu_prime(z))
    ...     after = W @ relu(z - 0.1 * delta) - y
    ...     print(delta.round(12) + 0.0, round(float(after @ after / 2), 2))
    [0. 1.] 0.41
    [ 0. -1.] 0.61

    Linear, the same two make a sharp angle, and their product is $\lVert \delta \rVert^2$:

    >>> round(float((W.T @ delta_next) @ (np.linalg.inv(W) @ delta_next)), 12)
    1.0

    The loss of the specimen falls, and lags:

    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_inverse)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.12]
    >>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_by_inverse)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what hidden_error_by_inverse gives.
    """
    return (np.linalg.inv(W_next) @ delta_next) * sigma_prime_z


@equation("WRONG BP2: ((W^{l+1})⁺ δ^{l+1}) ⊙ σ′(z^l)", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_by_pseudo_inverse(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the next error, carried back by the pseudo-inverse: the inverse's answer where $W$ is not square.

    It looks right because the inverse did, and its shape is that of the transpose: it passes everywhere.
    For a linear hidden layer the product with the gradient is
    $\delta^{\mathsf T} W W^{+} \delta = \lVert P \delta \rVert^2 \ge 0$, where $P$ projects on what $W$ can
    reach, so the loss falls there. The units are wrong as with the inverse: a small weight gets a large
    error, and a weight of 0 none.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ into the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The smallest change of a linear hidden layer that undoes what can be undone.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> W_next = np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0]])
    >>> hidden_error(W_next, np.ones(2), np.ones(3))
    array([2. , 0.5, 0. ])
    >>> hidden_error_by_pseudo_inverse(W_next, np.ones(2), np.ones(3))
    array([0.5, 2. , 0. ])

    The specimen with its first and its last question alone, so that the second weights are 2×3; right and wrong:

    >>> from backprop import Layer
    >>> (first, last), x, y = specimen()
    >>> layers, y = [first, Layer(last.W[::2], last.b[::2])], y[::2]
    >>> right = losses(layers, x, y, 2.0, 500)
    >>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_pseudo_inverse)
    >>> [round(right[k], 2) for k in (0, 1, 500)], [round(wrong[k], 2) for k in (0, 1, 500)]
    ([0.27, 0.26, 0.01], [0.27, 0.26, 0.1])
    >>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_by_pseudo_inverse)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what hidden_error_by_pseudo_inverse gives.
    """
    return (np.linalg.pinv(W_next) @ delta_next) * sigma_prime_z


@equation("WRONG BP2: (W^{l+1} δ^{l+1}) ⊙ σ′(z^l)", W_next="n n", delta_next="n m?", sigma_prime_z="n m?")
def hidden_error_without_transpose(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $W^{l+1} \delta^{l+1}$ without the transpose, times the slope.

    It looks right because the forward pass is written so, and because a square $W$ takes it. It sums over
    the wrong index: unit $j$ is blamed through the weights by which the next unit $j$ listens, not through
    those by which it speaks. For a symmetric $W$ the two are the same. Its shape passes where $W$ is
    square.

    Parameters
    ----------
    W_next : array of shape (n, n)
        Weights $W^{l+1}$ into the next layer.
    delta_next : array of shape (n,) or (n, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The error of another network, whose weights are transposed.

    Raises
    ------
    ShapeError
        If `W_next` is not square, or the three do not fit together.

    Examples
    --------
    The second unit alone speaks, to the first alone, and the first is wrong. Without the transpose nobody is to
    blame:

    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> W_next, delta_next = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([1.0, 0.0])
    >>> hidden_error(W_next, delta_next, np.ones(2)), hidden_error_without_transpose(W_next, delta_next, np.ones(2))
    (array([0., 1.]), array([0., 0.]))

    The loss of the specimen falls to one half in 500 steps. It hardly falls after 1000, and sticks at 0.17:

    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 4000, hidden_error=hidden_error_without_transpose)
    >>> [round(wrong[k], 2) for k in (0, 1, 500, 1000, 4000)]
    [0.41, 0.39, 0.2, 0.18, 0.17]
    >>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_without_transpose)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what hidden_error_without_transpose gives.
    """
    return (W_next @ delta_next) * sigma_prime_z


def gradients_with_own_weights(layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC) -> Pass:
    r"""Return gradients whose errors went back through the weights of the wrong layer, $W^l$ for $W^{l+1}$.

    It looks right because the error of layer $l$ is wanted, and $W^l$ is the weights of layer $l$. But
    layer $l$ reached the cost through $W^{l+1}$, and the error comes back along the same paths. Its shape passes where
    the layers before and after each hidden layer have one size, $n_{l-1} = n_{l+1}$. Then $W^l$ has the shape of
    $(W^{l+1})^{\mathsf T}$, as in 2-3-2. If all sizes are equal, it also has the shape of $W^{l+1}$ itself.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its slope.

    Returns
    -------
    C : array of shape ()
        The cost.
    not_gradients : list of Gradient
        One for each layer; that of the last is right.

    Raises
    ------
    ShapeError
        If the weights of a layer and of the next have neither one shape nor each other's, transposed.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, backward=gradients_with_own_weights)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.06]
    >>> C, found = gradients_with_own_weights(layers, x, y)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what gradients_with_own_weights gives.

    A 2-3-2-3 network lets it pass. A 2-3-5-3-2 network does not, although its sizes read the same backwards: the
    layers before and after the first hidden layer have 2 and 5 units. Sizes that are all distinct catch the mistake, too:

    >>> import numpy as np
    >>> from backprop import Layer
    >>> def network(*sizes):
    ...     return [Layer(np.ones((n, n_prev)), np.zeros(n)) for n_prev, n in zip(sizes, sizes[1:])]
    >>> C, found = gradients_with_own_weights(network(2, 3, 2, 3), np.zeros(2), np.zeros(3))
    >>> [gradient.dC_dW.shape for gradient in found]
    [(3, 2), (2, 3), (3, 2)]
    >>> C, found = gradients_with_own_weights(network(2, 3, 5, 3, 2), np.zeros(2), np.zeros(2))
    Traceback (most recent call last):
    backprop.ShapeError: W1 is (3, 2) and W2 is (5, 3): neither fits in the place of the other
    >>> C, found = gradients_with_own_weights(network(2, 3, 4), np.zeros(2), np.zeros(4))
    Traceback (most recent call last):
    backprop.ShapeError: W1 is (3, 2) and W2 is (4, 3): neither fits in the place of the other
    """
    C, zs, activations, delta = _forward_and_output_error(layers, x, y, cost)
    own = [layers[0]]
    for l, (W, layer) in enumerate(zip((layer.W for layer in layers), layers[1:]), 1):
        if layer.W.shape not in (W.shape, W.shape[::-1]):
            raise ShapeError(
                f"W{l} is {W.shape} and W{l + 1} is {layer.W.shape}: neither fits in the place of the other"
            )
        own.append(replace(layer, W=W if W.shape == layer.W.shape else W.T))
    return C, backward(own, zs, activations, delta, hidden_error, bias_gradient, weight_gradient)


def gradients_with_updated_weights(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC, *, learning_rate: float
) -> Pass:
    r"""Return gradients whose errors went back through weights that had been updated already.

    It looks right because a loop that goes down the layers, and updates each as it leaves it, is shorter. A
    shallow copy of the layers does the same unseen. But the error belongs to the pass that made it, whose
    weights are gone. Its shape passes everywhere. The gradient is off in proportion to $\eta$, so the loss falls as
    it should until $\eta$ is large. A check of the gradients sees the mistake only if it runs the pass that updates,
    and only if $\eta$ is not tiny: below some $\eta$ the mistake is smaller than the error that the check allows.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its slope.
    learning_rate : float
        $\eta$ of the updates that come too early.

    Returns
    -------
    C : array of shape ()
        The cost.
    not_gradients : list of Gradient
        One for each layer; that of the last is right.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together.

    Examples
    --------
    The loss after two steps, right and wrong, small steps and large ones:

    >>> from functools import partial
    >>> layers, x, y = specimen()
    >>> for learning_rate in (2.0, 30.0):
    ...     early = partial(gradients_with_updated_weights, learning_rate=learning_rate)
    ...     right = losses(layers, x, y, learning_rate, 2)
    ...     wrong = losses(layers, x, y, learning_rate, 2, backward=early)
    ...     print(round(right[2], 3), round(wrong[2], 3))
    0.374 0.374
    0.317 0.391

    The gradient is off in proportion to the learning rate:

    >>> for learning_rate in (0.02, 0.2, 2.0):
    ...     C, found = gradients_with_updated_weights(layers, x, y, learning_rate=learning_rate)
    ...     print(round(examine(layers, x, y, found).worst, 6))
    0.000858
    0.008576
    0.085762
    >>> C, found = gradients_with_updated_weights(layers, x, y, learning_rate=2.0)
    >>> print(examine(layers, x, y, found, learning_rate=2.0).diagnosis[0])
    W1: It is what gradients_with_updated_weights gives.

    With $\eta = 10^{-5}$ it is still wrong, and the check passes:

    >>> C, found = gradients_with_updated_weights(layers, x, y, learning_rate=1e-5)
    >>> report = examine(layers, x, y, found)
    >>> report.ok, 4e-7 < report.worst < 5e-7
    (True, True)
    """
    C, zs, activations, delta = _forward_and_output_error(layers, x, y, cost)
    found = []
    for l in reversed(range(len(layers))):
        W, b = layers[l].W, layers[l].b
        dC_dW = weight_gradient(delta, activations[l])
        found.append(Gradient(dC_dW, bias_gradient(delta, keepdims=b.ndim == 2)))
        if l > 0:
            sigma_prime_z = layers[l - 1].activation.derivative(zs[l - 1], activations[l])
            delta = hidden_error(W - learning_rate * dC_dW, delta, sigma_prime_z)  # W has been updated
    return C, found[::-1]


@equation("WRONG BP2: (W^{l+1})ᵀ δ^{l+1}", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_without_slope(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $(W^{l+1})^{\mathsf T} \delta^{l+1}$, and leave out the slope.

    It looks right because it is the picture that is drawn everywhere: the error flows back along the edges.
    It is $\partial C / \partial a^l$, the slope in the activation, and $\delta^l$ is the slope in the
    weighted input. Its shape passes everywhere. A linear layer has slope 1, and there it is right. With one example and
    one hidden layer the loss falls at first, because the factor that is missing is positive. In a deeper network
    it need not, as the derivation above shows. Here, with eight examples, it falls at first. But nothing slows down a
    weight that no longer moves the cost, and later the loss rises again.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ into the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation; not used.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The slope of the cost in the activation of this layer.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 1000, hidden_error=hidden_error_without_slope)
    >>> [round(wrong[k], 2) for k in (0, 1, 400, 1000)]
    [0.41, 0.39, 0.18, 0.21]
    >>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_without_slope)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what hidden_error_without_slope gives.

    With one example each unit has one slope, and the numbers alone tell:

    >>> C, found = gradients_with(layers, x[:, 1], y[:, 1], hidden_error=hidden_error_without_slope)
    >>> print(examine(layers, x[:, 1], y[:, 1], found, suspects={}).diagnosis[0])
    W1: Each row is the right one times a factor of its own, and every factor is above 1. It looks like sigma' missing.
    """
    return W_next.T @ delta_next


@equation("WRONG BP2: ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)²", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_with_slope_twice(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the hidden error times the slope once too often.

    It looks right because each line of it does: the error of the layer is multiplied by its slope when it
    arrives, and again when the weight gradient is made, in another function. Its shape passes everywhere.
    The factor that is too much is positive and small. So here the loss falls, but more slowly. In a deeper network the
    layers further back are slower still, and the loss may even rise.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ into the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The error, too small.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_with_slope_twice)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.07]
    >>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_with_slope_twice)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what hidden_error_with_slope_twice gives.
    """
    return (W_next.T @ delta_next) * sigma_prime_z**2


@equation("WRONG: σ′(a), a = σ(z)", z="...")
def sigmoid_prime_at_a(z: Array) -> Array:
    r"""Return $\sigma'(a)$ where $\sigma'(z)$ belongs: the slope, asked for at the wrong point.

    It looks right because the slope is so often written in $a$: $a (1 - a)$ is $\sigma'(z)$. But that is
    the slope at $z$, spelt with $a$; to give $a$ to `sigmoid_prime` puts it through the sigmoid a second
    time. Its shape passes everywhere. As $a$ lies between 0 and 1, what comes out lies between 0.196
    and $\frac14$, whatever $z$ is: no unit ever looks saturated. Here the loss falls, and lags.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    not_sigma_prime_z : array of the shape of z
        The slope of the sigmoid at another point.

    Raises
    ------
    TypeError
        If `z` is no array of numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import Activation, Layer, gradients, sigmoid, sigmoid_prime
    >>> z = np.array([-10.0, 10.0])
    >>> sigmoid_prime(z).round(4), sigmoid_prime_at_a(z).round(4)
    (array([0., 0.]), array([0.25  , 0.1966]))
    >>> layers, x, y = specimen()
    >>> at_a = Activation("sigmoid", sigmoid, sigmoid_prime_at_a)
    >>> bent = [Layer(layer.W, layer.b, at_a) for layer in layers]
    >>> wrong = losses(bent, x, y, 2.0, 500)
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.12]
    >>> C, found = gradients(bent, x, y)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what sigmoid_prime_at_a gives.
    """
    return sigmoid_prime(sigmoid(z))


@equation("WRONG BP1: ∇_a C", dC_da="n m?", sigma_prime_z="n m?")
def output_error_without_slope(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the slope of the cost in the output, and call it the error.

    It looks right because it is $a - y$, and the output error is $a - y$ in so many texts: for
    cross-entropy with a sigmoid, where the slope cancels. With the quadratic cost it does not cancel. Its
    shape passes everywhere. Here the loss even falls faster than with the right gradient. These outputs are sigmoids, and
    for them $a - y$ is the output error of the cross-entropy: its gradient is what is followed. That may be what you want.
    Then say so, and report that cost. With another activation function it is no such gradient. Even with a sigmoid the
    quadratic cost can rise: the derivation above has an example.

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Slope $\nabla_a C$ of the cost in each output.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^L)$ of the output activation; not used.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The slope of the cost in the output.

    Raises
    ------
    ShapeError
        If the two differ in shape.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import CROSS_ENTROPY, gradients
    >>> layers, x, y = specimen()
    >>> wrong = losses(layers, x, y, 2.0, 500, output_error=output_error_without_slope)
    >>> [round(wrong[k], 3) for k in (0, 1, 500)]
    [0.412, 0.346, 0.001]
    >>> C, found = gradients_with(layers, x, y, output_error=output_error_without_slope)
    >>> C, other = gradients(layers, x, y, CROSS_ENTROPY)
    >>> np.allclose(found[0].dC_dW, other[0].dC_dW, rtol=1e-14)
    True
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what output_error_without_slope gives.
    """
    return dC_da


@equation("WRONG BP1: ∇_a C ⊙ σ′(z^L)²", dC_da="n m?", sigma_prime_z="n m?")
def output_error_with_slope_twice(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the output error times the slope once too often.

    It looks right with the cross-entropy: one starts from $a - y$, and BP1 says to multiply by $\sigma'$.
    But $a - y$ is not $\nabla_a C$ there. It is the error already, and holds a $\sigma'$ that has
    cancelled. Its shape passes everywhere. Here the loss falls slowly. Where an output is sure and wrong it
    hardly moves: the very stall that the cross-entropy was made to avoid.

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Slope $\nabla_a C$ of the cost in each output.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^L)$ of the output activation.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The error, too small.

    Raises
    ------
    ShapeError
        If the two differ in shape.

    Examples
    --------
    An output of 0.982 whose target is 0. Its error should be 0.982:

    >>> import numpy as np
    >>> from backprop import CROSS_ENTROPY, cross_entropy_prime, output_error, sigmoid, sigmoid_prime
    >>> z, y = np.array([4.0]), np.array([0.0])
    >>> for error in (output_error, output_error_with_slope_twice):
    ...     print(error(cross_entropy_prime(sigmoid(z), y), sigmoid_prime(z)).round(3))
    [0.982]
    [0.017]

    The losses of the specimen under this cost, right and wrong:

    >>> layers, x, y = specimen()
    >>> right = losses(layers, x, y, 2.0, 500, CROSS_ENTROPY)
    >>> wrong = losses(layers, x, y, 2.0, 500, CROSS_ENTROPY, output_error=output_error_with_slope_twice)
    >>> [round(right[k], 2) for k in (0, 1, 500)], [round(wrong[k], 2) for k in (0, 1, 500)]
    ([2.23, 1.96, 0.07], [2.23, 2.14, 0.4])
    >>> C, found = gradients_with(layers, x, y, CROSS_ENTROPY, output_error=output_error_with_slope_twice)
    >>> print(examine(layers, x, y, found, CROSS_ENTROPY).diagnosis[0])
    W1: It is what output_error_with_slope_twice gives.
    """
    return dC_da * sigma_prime_z**2


@equation("WRONG: a ⊙ (1 − a), a = softmax(z)", z="n m?")
def softmax_prime_by_diagonal(z: Array) -> Array:
    r"""Return $a (1 - a)$ as the slope of softmax: the diagonal of its Jacobian, for the whole.

    It looks right because it is the sigmoid's slope, and because BP1 is said to hold for any activation. It
    holds for elementwise ones. Each output of softmax depends on every $z$, and its error is
    $J^{\mathsf T} \nabla_a C$ with all of $J$. The shape of the diagonal passes everywhere, and here the loss
    falls.

    There is a disguise in which it does no harm to the steps. With the binary cross-entropy of each output
    the product of the two is $a - y$, which is the gradient, but of another cost: the one that goes with
    softmax. Code that steps along it and reports the binary one fails a check of gradients, and rightly.

    Parameters
    ----------
    z : array of shape (n,) or (n, m)
        Weighted input.

    Returns
    -------
    not_sigma_prime_z : array of shape (n,) or (n, m)
        The diagonal of the Jacobian, for each example.

    Raises
    ------
    ShapeError
        If `z` is neither one example nor a batch of columns.

    Examples
    --------
    Outputs $(\frac14, \frac14, \frac12)$, target $(0, 0, 1)$, quadratic cost: the error, and the diagonal's.

    >>> import numpy as np
    >>> from backprop import cross_entropy_prime, softmax, softmax_jacobian
    >>> z, y = np.log(np.array([1.0, 1.0, 2.0])), np.array([0.0, 0.0, 1.0])
    >>> a = softmax(z)
    >>> softmax_jacobian(z).T @ (a - y), softmax_prime_by_diagonal(z) * (a - y)
    (array([ 0.09375,  0.09375, -0.1875 ]), array([ 0.046875,  0.046875, -0.125   ]))

    The disguise, and the right error of that cost:

    >>> softmax_prime_by_diagonal(z) * cross_entropy_prime(a, y)
    array([ 0.25,  0.25, -0.5 ])
    >>> (softmax_jacobian(z).T @ cross_entropy_prime(a, y)).round(4)
    array([ 0.4167,  0.4167, -0.8333])

    The specimen with softmax at its output, one class for each number of bits, 0, 1, and more; right and wrong:

    >>> from backprop import SOFTMAX, Activation, Layer, gradients
    >>> (first, last), x, _ = specimen()
    >>> y = np.eye(3)[:, [0, 1, 1, 2, 1, 2, 2, 2]]
    >>> diagonal = Activation("softmax", softmax, softmax_prime_by_diagonal)
    >>> layers, bent = ([first, Layer(last.W, last.b, kind)] for kind in (SOFTMAX, diagonal))
    >>> right, wrong = losses(layers, x, y, 2.0, 200), losses(bent, x, y, 2.0, 200)
    >>> [round(right[k], 2) for k in (0, 1, 200)], [round(wrong[k], 2) for k in (0, 1, 200)]
    ([0.44, 0.4, 0.12], [0.44, 0.41, 0.15])
    >>> C, found = gradients(bent, x, y)
    >>> print(examine(layers, x, y, found).diagnosis[0])
    W1: It is what softmax_prime_by_diagonal gives.
    """
    a = softmax(z)
    return a * (1 - a)


def gradients_with(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    cost: Cost = QUADRATIC,
    *,
    output_error: Equation = output_error,
    hidden_error: Equation = hidden_error,
    bias_gradient: Equation = bias_gradient,
    weight_gradient: Equation = weight_gradient,
) -> Pass:
    r"""Return what `gradients` would if some of its four equations were others.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its slope.
    output_error, hidden_error, bias_gradient, weight_gradient : callable
        The equations; by default the right ones.

    Returns
    -------
    C : array of shape ()
        The cost.
    gradients : list of Gradient
        One for each layer, first layer first.

    Raises
    ------
    ShapeError
        If an equation does not take the shapes that it meets.

    Examples
    --------
    With the right ones it is `gradients`:

    >>> import numpy as np
    >>> from backprop import gradients
    >>> layers, x, y = specimen()
    >>> C, found = gradients_with(layers, x, y)
    >>> np.array_equal(found[0].dC_dW, gradients(layers, x, y)[1][0].dC_dW)
    True
    """
    C, zs, activations, delta = _forward_and_output_error(layers, x, y, cost, output_error)
    return C, backward(layers, zs, activations, delta, hidden_error, bias_gradient, weight_gradient)


def _forward_and_output_error(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost, given: Equation = output_error
) -> tuple[Array, list[Array], list[Array], Array]:
    """Return the cost, all weighted inputs and activations, and the output error, by BP1 or by the equation given."""
    zs, activations = forward(layers, x)
    activation, z, a = layers[-1].activation, zs[-1], activations[-1]
    if given is output_error or activation is SOFTMAX:
        C, delta = cost_and_output_error(activation, cost, z, a, y)
        return C, zs, activations, delta
    return cost.value(a, y), zs, activations, given(cost.prime(a, y), activation.derivative(z, a))


def losses(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    learning_rate: float,
    steps: int,
    cost: Cost = QUADRATIC,
    *,
    backward: Callable[..., Pass] = gradients_with,
    **equations: Equation,
) -> list[float]:
    r"""Return the cost before each step of a descent along gradients that may be wrong, and after the last.

    Steps are taken as NumPy takes them, so a gradient of another shape is broadcast where it can be.

    Parameters
    ----------
    layers : list of Layer
        The network to start from. It is not changed.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    learning_rate : float
        $\eta$.
    steps : int
        How many.
    cost : Cost
        The cost and its slope.
    backward : callable
        The backward pass: takes the layers, `x`, `y` and the cost.
    **equations : callable
        What `gradients_with` takes.

    Returns
    -------
    losses : list of float
        One more than there are steps.

    Raises
    ------
    ShapeError
        If a wrong gradient does not fit its parameter even by broadcasting.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> [round(C, 3) for C in losses(layers, x, y, 2.0, 3)]
    [0.412, 0.39, 0.374, 0.362]
    """
    found = []
    for _ in range(steps):
        C, slopes = backward(layers, x, y, cost, **equations)
        found.append(float(C))
        layers = [
            Layer(layer.W - learning_rate * dC_dW, layer.b - learning_rate * dC_db, layer.activation)
            for layer, (dC_dW, dC_db) in zip(layers, slopes)
        ]
    return [*found, float(cost.value(forward(layers, x)[1][-1], y))]


def examine(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    gradients: Sequence[Gradient],
    cost: Cost = QUADRATIC,
    *,
    learning_rate: float | None = None,
    **options: Any,
) -> GradientReport:
    r"""Check the gradients of a network of this library, with all of this museum as suspects.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    gradients : list of Gradient
        What a backward pass gives: a pair for each layer, first layer first.
    cost : Cost
        The cost and its slope.
    learning_rate : float, optional
        $\eta$, if the pass may have updated weights on its way.
    **options
        What [`check_gradients`][backprop.check_gradients] takes.

    Returns
    -------
    report : GradientReport
        Its parameters are called W1, b1, W2 and so on.

    Raises
    ------
    ShapeError
        If there is not one gradient for each layer.

    Examples
    --------
    >>> from backprop import gradients
    >>> layers, x, y = specimen()
    >>> C, found = gradients(layers, x, y)
    >>> examine(layers, x, y, found).ok
    True
    """

    def cost_of(parameters: list[Array]) -> Array:
        pairs = zip(parameters[::2], parameters[1::2], layers)
        return cost.value(forward([Layer(W, b, layer.activation) for W, b, layer in pairs], x)[1][-1], y)

    parameters = [array for layer in layers for array in (layer.W, layer.b)]
    names = [f"{letter}{l}" for l in range(1, len(layers) + 1) for letter in "Wb"]
    given = {"names": names, "suspects": suspects(layers, x, y, cost, learning_rate=learning_rate)} | options
    return check_gradients(cost_of, parameters, [array for pair in gradients for array in pair], **given)


def suspects(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC, *, learning_rate: float | None = None
) -> dict[str, list[Array]]:
    r"""Return, for each mistake that can be made in a network, all the gradients that it would give.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its slope.
    learning_rate : float, optional
        $\eta$, for weights that were updated too early; without it they are no suspect.

    Returns
    -------
    suspects : dict of str to list of arrays
        By the name of the mistake,
        $\partial C / \partial W^1, \partial C / \partial b^1, \partial C / \partial W^2, \dots$ as it would
        have them. Mistakes that the shapes of this network rule out are not in it.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together.

    Examples
    --------
    No weights are square in a 2-3-4 network, and its hidden layer has 2 units before it and 4 after it:

    >>> import numpy as np
    >>> layers = [Layer(np.ones((3, 2)), np.zeros(3)), Layer(np.ones((4, 3)), np.zeros(4))]
    >>> found = suspects(layers, np.ones((2, 5)), np.ones((4, 5)))
    >>> "hidden_error_by_inverse" in found, "hidden_error_by_pseudo_inverse" in found
    (False, True)
    """
    forward(layers, x)  # shapes that do not fit are nobody's suspect
    found = {}
    for name, (changed, backward_pass, options) in _mistakes(layers, learning_rate).items():
        try:
            _, slopes = backward_pass(changed, x, y, cost, **options)
        except (ShapeError, np.linalg.LinAlgError):
            continue
        found[name] = [array for pair in slopes for array in pair]
    if "hidden_error_by_inverse" in found:
        del found["hidden_error_by_pseudo_inverse"]  # the same
    return found


def _mistakes(layers: Sequence[Layer], learning_rate: float | None) -> dict[str, Recipe]:
    """Return, by name, how each mistake is made: in which layers, by which pass, with which equations."""
    slopes: dict[str, list[Equation]] = {
        "output_error": [output_error_without_slope, output_error_with_slope_twice],
        "hidden_error": [hidden_error_without_slope, hidden_error_with_slope_twice],
    }
    others: dict[str, list[Equation]] = {
        "hidden_error": [hidden_error_by_inverse, hidden_error_by_pseudo_inverse, hidden_error_without_transpose],
        "bias_gradient": [bias_gradient_as_one_number, bias_gradient_by_mean],
        "weight_gradient": [weight_gradient_transposed, weight_gradient_of_averages, weight_gradient_by_mean],
    }
    made: dict[str, Recipe] = {}
    for right, wrong in [*slopes.items(), *others.items()]:
        made |= {function.__name__: (layers, gradients_with, {right: function}) for function in wrong}
    for both in zip(*slopes.values()):
        made[" and ".join(function.__name__ for function in both)] = (layers, gradients_with, dict(zip(slopes, both)))
    made["gradients_with_own_weights"] = (layers, gradients_with_own_weights, {})
    if learning_rate is not None:
        early = {"learning_rate": learning_rate}
        made["gradients_with_updated_weights"] = (layers, gradients_with_updated_weights, early)
    return made | _wrong_slopes(layers)


def _wrong_slopes(layers: Sequence[Layer]) -> dict[str, Recipe]:
    """Return the mistakes that stand in the activations of the layers."""
    diagonal = Activation("softmax", softmax, softmax_prime_by_diagonal)
    *below, last = [layer.activation for layer in layers]
    changes = {"softmax_prime_by_diagonal": [*below, diagonal]} if last is SOFTMAX else {}
    bent = sorted({f"{activation.name}_prime_at_a" for activation in (*below, last) if activation not in STRAIGHT})
    if bent:
        changes[" and ".join(bent)] = [_at_a(activation) for activation in (*below, last)]
    return {
        name: ([Layer(layer.W, layer.b, wrong) for layer, wrong in zip(layers, activations)], gradients_with, {})
        for name, activations in changes.items()
    }


def _at_a(activation: Activation) -> Activation:
    prime = activation.prime
    if prime is None:
        return activation
    return Activation(activation.name, activation.value, lambda z: prime(activation.value(z)))


def specimen() -> tuple[list[Layer], Array, Array]:
    """Return a network in which every mistake passes, with eight examples and their targets.

    Returns
    -------
    layers : list of Layer
        3-3-3, sigmoid, both weights invertible.
    x : array of shape (3, 8)
        Three bits in all their combinations, a column each.
    y : array of shape (3, 8)
        Whether the first two differ, whether the last two are both 1, whether the first or the last is.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> layers[1].W
    array([[-1.,  2., -1.],
           [-1., -2.,  1.],
           [ 0.,  1., -1.]])
    """
    x = np.array(list(itertools.product((0.0, 1.0), repeat=3))).T
    first, second, third = x.astype(bool)
    y = np.array([first ^ second, second & third, first | third], dtype=float)
    W1 = np.array([[0.0, -1.0, -1.0], [-5.0, 4.0, 2.0], [-1.0, 2.0, 1.0]])
    W2 = np.array([[-1.0, 2.0, -1.0], [-1.0, -2.0, 1.0], [0.0, 1.0, -1.0]])
    return [Layer(W1, np.array([1.0, -0.5, -1.0])), Layer(W2, np.array([0.0, 1.0, 0.0]))], x, y
