r"""The error of a hidden layer is multiplied by the derivative of the activation function twice.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n_l \times m}
    \ne \bigl( \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \,
               \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \bigr)
        \odot \underbrace{\sigma'(z^{l})}_{n_l \times m} \odot \underbrace{\sigma'(z^{l})}_{n_l \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n_l}
    \ne \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \,
               \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr)
        \odot \underbrace{\sigma'(z^{l})}_{m \times n_l} \odot \underbrace{\sigma'(z^{l})}_{m \times n_l}
    $$

[BP2][bp2-hidden-error] has the factor $\sigma'(z^{l})$ once. For a sigmoid the factor is at most $\frac14$. So the second one leaves at most a quarter of the right
error.

# Why it looks right

Each line of the code looks right when you read it by itself. One function multiplies the error by the derivative when the error arrives at the
layer. Another function multiplies the error by the derivative again when it computes the gradient of the weights.

# When the shapes still fit

The shapes always fit, because $\sigma'(z^{l})$ has the shape of the error.

# What the loss does

Take one hidden layer, one example and an activation function with $\sigma' > 0$. The extra factor is then positive, so every hidden error keeps its
sign. If the gradient is not 0 and the learning rate is small enough, the loss falls.

With many examples the loss need not fall, but it often does. In the network that answers
[three questions about three bits][backprop.mistakes.specimen] there are eight examples, and the loss falls more slowly than it should. The numbers
are the losses at the start, after one step and after 500 steps. The first line is for BP2, the second line is for the derivative taken twice. The code has
examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import hidden_error_with_derivative_twice, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_with_derivative_twice)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.07]

```

# Can the loss rise?

In a deeper network it can. On its way to an earlier layer the error gets an extra factor in every hidden layer. With sigmoids each of these factors
is at most $\frac14$, so the earlier layers usually learn even more slowly. But BP2 also adds up the errors of the units in a layer. A sum of
numbers with wrong sizes can have the wrong sign.

Here is a 1-1-2-1 network in which only the second hidden layer has sigmoids. Their outputs are $\frac12$ and $\frac18$, so their derivatives are
$\frac14$ and $\frac7{64}$. The output error is 1, and the weights of the output layer are 4 and $-16$. The right errors of the two sigmoids are
$4 \cdot \frac14 = 1$ and $-16 \cdot \frac7{64} = -\frac74$, and their sum is negative. With the derivative twice they are $\frac14$ and
$-\frac{49}{256}$, and their sum is positive. Both weights from the first hidden unit are 8, so the error of that unit is eight times the sum:

=== "Both"

    ```pycon
    >>> import numpy as np
    >>> from backprop import IDENTITY, Layer, gradients
    >>> from backprop.mistakes import gradients_with
    >>> first, second = Layer([[0.0]], [0.0], IDENTITY), Layer([[8.0], [8.0]], [0.0, -np.log(7)])
    >>> deeper = [first, second, Layer([[4.0, -16.0]], [0.0], IDENTITY)]
    >>> x1, y1 = np.array([1.0]), np.array([-1.0])
    >>> C, right = gradients(deeper, x1, y1)
    >>> C, wrong = gradients_with(deeper, x1, y1, hidden_error=hidden_error_with_derivative_twice)
    >>> [round(float(gradient[0].dC_db[0]), 3) for gradient in (right, wrong)]
    [-6.0, 0.469]

    ```

Write $g$ for the wrong gradient. A small step against $g$ raises the cost if the product $g \cdot \nabla C$ is negative. Here it is the sum of
three numbers, one for each layer. The first is negative, and so is the sum:

```pycon
>>> def product(wrong, right):
...     return round(float(np.sum(wrong.dC_dW * right.dC_dW) + np.sum(wrong.dC_db * right.dC_db)), 3)
>>> [product(*layer) for layer in zip(wrong, right)]
[-5.625, 0.585, 1.266]

```

So the cost rises for every learning rate that is small enough. A step against the right gradient lowers it:

```pycon
>>> for learning_rate in (0.01, 0.0001):
...     before, after = losses(deeper, x1, y1, learning_rate, 1, hidden_error=hidden_error_with_derivative_twice)
...     before, after_right = losses(deeper, x1, y1, learning_rate, 1)
...     print(after > before, after_right < before)
True True
True True

```

# What the gradient check says

It names the mistake:

```pycon
>>> from backprop.mistakes import check_network
>>> C, wrong = gradients_with(layers, x, y, hidden_error=hidden_error_with_derivative_twice)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
W1: It is what hidden_error_with_derivative_twice gives.

```
"""

from __future__ import annotations

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["hidden_error_with_derivative_twice"]


@equation("WRONG BP2: ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)²", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_with_derivative_twice(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the hidden error with the derivative squared, $((W^{l+1})^{\mathsf T} \delta^{l+1}) \odot \sigma'(z^l)^2$.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ of the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The error, with one factor $\sigma'(z^l)$ too many.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    The right error is (2, 2):

    >>> import numpy as np
    >>> hidden_error_with_derivative_twice(np.array([[2.0, 1.0]]), np.array([4.0]), np.array([0.25, 0.5]))
    array([0.5, 1. ])
    """
    return (W_next.T @ delta_next) * sigma_prime_z**2


MISTAKE = register(hidden_error_with_derivative_twice)
