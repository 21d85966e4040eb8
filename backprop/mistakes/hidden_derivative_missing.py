r"""The error of a hidden layer is not multiplied by the derivative of the activation function.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n_l \times m}
    \ne \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \, \underbrace{\delta^{l+1}}_{n_{l+1} \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n_l}
    \ne \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \, \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l}
    $$

[BP2][bp2-hidden-error] multiplies the right side by $\sigma'(z^{l})$, unit by unit. Without this factor it is $\partial C / \partial a^{l}$, the
derivative with respect to the activation. The error $\delta^{l}$ is $\partial C / \partial z^{l}$, the derivative with respect to the weighted input.

# Why it looks right

Many drawings show it so: the error flows back along the edges, and each edge has a weight. No edge has a $\sigma'$.

In a linear layer $\sigma' = 1$, and there the formula is right.

# When the shapes still fit

Always. The factor that is missing is multiplied elementwise, so it does not change the shape.

# What the loss does

[`specimen`][backprop.mistakes.specimen] is a 3-3-3 network of sigmoids that learns to answer three questions about three bits.
With its eight examples the loss falls at first, and later it rises again. The weights of a saturated unit hardly change the cost any more, but
without $\sigma'$ nothing slows them down. The code has examples as columns; in rows the losses are the same. The first list
is for BP2, the second without the derivative:

```pycon
>>> import numpy as np
>>> from backprop.mistakes import check_network, gradients_with, hidden_error_without_derivative, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 1000)
>>> wrong = losses(layers, x, y, 2.0, 1000, hidden_error=hidden_error_without_derivative)
>>> [round(right[k], 2) for k in (0, 1, 400, 1000)]
[0.41, 0.39, 0.04, 0.01]
>>> [round(wrong[k], 2) for k in (0, 1, 400, 1000)]
[0.41, 0.39, 0.18, 0.21]

```

# Does the loss always fall at first?

A step $-\eta g$ changes the cost by about $-\eta \, g \cdot \nabla C$, if $\eta$ is small. The loss falls if this product is positive.

Take one example, one hidden layer, and an activation function whose derivative is positive, such as the sigmoid. The factor that is missing is
positive, so the wrong error and the right one have the same sign in every hidden unit. So no term of the product is negative, and the loss falls,
unless the gradient is 0.

In a deeper network the loss can rise from the first step. In this 1-1-2-1 network the first and the last layer are linear. The output has the error 1
and the weights 6 and −7. In the second layer the derivatives are $\frac14$ and $\frac3{16}$, so its errors are $\frac64$ and $-\frac{21}{16}$.
Their sum is positive. Without $\sigma'$ they are 6 and −7, and their sum is negative. Both weights into the second layer are 16, so the error of the
first layer is 16 times this sum:

=== "Both"

    ```pycon
    >>> from backprop import IDENTITY, Layer, gradients
    >>> last = Layer([[6.0, -7.0]], [0.0], IDENTITY)
    >>> deep = [Layer([[0.0]], [0.0], IDENTITY), Layer([[16.0], [16.0]], [0.0, -np.log(3)]), last]
    >>> x_deep, y_deep = np.array([1.0]), np.array([0.25])
    >>> C, right = gradients(deep, x_deep, y_deep)
    >>> C, wrong = gradients_with(deep, x_deep, y_deep, hidden_error=hidden_error_without_derivative)
    >>> [round(float(gradient[0].dC_db[0]), 3) for gradient in (right, wrong)]
    [3.0, -16.0]

    ```

Layer by layer, the product $g \cdot \nabla C$ is −96, 18.19 and 1.31. The sum is negative, so a step against $g$ raises the cost, however small
$\eta$ is. A step against the right gradient lowers it:

```pycon
>>> def product(wrong, right):
...     return round(float(np.sum(wrong.dC_dW * right.dC_dW) + np.sum(wrong.dC_db * right.dC_db)), 2)
>>> [product(*layer) for layer in zip(wrong, right)]
[-96.0, 18.19, 1.31]
>>> for learning_rate in (0.0001, 0.000001):
...     before, after = losses(deep, x_deep, y_deep, learning_rate, 1, hidden_error=hidden_error_without_derivative)
...     before, after_right = losses(deep, x_deep, y_deep, learning_rate, 1)
...     print(after > before, after_right < before)
True True
True True

```

# What the gradient check says

It names the mistake:

```pycon
>>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_without_derivative)
>>> print(check_network(layers, x, y, found).diagnosis[0])
W1: It is what hidden_error_without_derivative gives.

```

With one example, each unit has one derivative. Then the check recognizes the mistake from the numbers, without a list of candidates:

```pycon
>>> C, found = gradients_with(layers, x[:, 1], y[:, 1], hidden_error=hidden_error_without_derivative)
>>> print(check_network(layers, x[:, 1], y[:, 1], found, candidates={}).diagnosis[0])
W1: Each row is the right one times a factor of its own, and every factor is at least 4. It looks like σ′ missing: that of a sigmoid is at most 1/4.

```
"""

from __future__ import annotations

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["hidden_error_without_derivative"]


@equation("WRONG BP2: (W^{l+1})ᵀ δ^{l+1}", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_without_derivative(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $(W^{l+1})^{\mathsf T} \delta^{l+1}$, without the factor $\sigma'(z^l)$.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ of the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input; not used.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        $\partial C / \partial a^l$, the derivative of the cost with respect to the activation of this layer.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    The right errors are 1 and 2:

    >>> import numpy as np
    >>> hidden_error_without_derivative(np.array([[1.0, 2.0]]), np.array([4.0]), np.array([0.25, 0.25]))
    array([4., 8.])
    """
    return W_next.T @ delta_next


MISTAKE = register(hidden_error_without_derivative)
