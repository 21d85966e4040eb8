r"""The error goes back through the inverse of the weights instead of their transpose.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n \times m}
    \ne \bigl( \underbrace{(W^{l+1})^{-1}}_{n \times n} \, \underbrace{\delta^{l+1}}_{n \times m} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{n \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n}
    \ne \bigl( \underbrace{\delta^{l+1}}_{m \times n} \, \underbrace{(W^{l+1})^{-1}}_{n \times n} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{m \times n}
    $$

[BP2][bp2-hidden-error] has the transpose of $W^{l+1}$ in this place. The transpose adds up the effects of each hidden unit on the next layer. The inverse
answers another question: how must a linear hidden layer change, so that $z^{l+1}$ changes by $\delta^{l+1}$?

# Why it looks right

The forward pass multiplies by $W$, so it seems that the backward pass must divide by $W$. For values this is right:

=== "Columns"

    If $z = W a$, then $a = W^{-1} z$.

=== "Rows"

    If $z = a W$, then $a = z W^{-1}$.

But an error is not a value. It is a derivative, and the chain rule sends derivatives back through the transpose.

Dividing also gives the wrong units. For the same $\delta^{l+1}$, twice the weights must give twice the hidden error. The inverse gives half of it.

# When the shapes still fit

When $W^{l+1}$ is square, that is, when $n_l = n_{l+1}$. It must also have an inverse.

# What the loss does

[`specimen`][backprop.mistakes.specimen] is a 3-3-3 network of sigmoids that learns to answer three questions about three bits.
Its loss falls more slowly with the wrong formula. Here it is at the start, after one step and after 500 steps, first with BP2, then with the
inverse. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import gradients_with, hidden_error_by_inverse, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_inverse)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.12]

```

After one step the two losses agree in two digits.

# Why does it still go downhill?

=== "Columns"

    Let the hidden layer be linear, so that $\sigma' = 1$, and take one example. Write $W$ for $W^{l+1}$ and $\delta$ for $\delta^{l+1}$. The right hidden
    error is $W^{\mathsf T} \delta$, and the wrong one is $W^{-1} \delta$. If $\delta \ne 0$, the angle between them is less than a right angle. Their scalar product is

    $$
    (W^{\mathsf T} \delta) \cdot (W^{-1} \delta) = \delta^{\mathsf T} W W^{-1} \delta = \lVert \delta \rVert^2 > 0 .
    $$

    So a small step of $z^{l}$ against the wrong error lowers the cost. Here $\delta = (1, 0)$, so the product must be 1:

    ```pycon
    >>> import numpy as np
    >>> from backprop import hidden_error, relu, relu_prime
    >>> W, z, y_next = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([-1.0, 1.0]), np.array([0.0, 1.0])
    >>> delta_next = W @ relu(z) - y_next
    >>> delta_next
    array([1., 0.])
    >>> round(float((W.T @ delta_next) @ (np.linalg.inv(W) @ delta_next)), 12)
    1.0

    ```

=== "Rows"

    Let the hidden layer be linear, so that $\sigma' = 1$, and take one example. Write $W$ for $W^{l+1}$ and $\delta$ for $\delta^{l+1}$. The right hidden
    error is $\delta W^{\mathsf T}$, and the wrong one is $\delta W^{-1}$. If $\delta \ne 0$, the angle between them is less than a right angle. Their scalar product is

    $$
    (\delta W^{\mathsf T}) \cdot (\delta W^{-1}) = \delta W^{-1} W \delta^{\mathsf T} = \lVert \delta \rVert^2 > 0 .
    $$

    So a small step of $z^{l}$ against the wrong error lowers the cost. Here $\delta = (1, 0)$, so the product must be 1:

    ```pycon
    >>> import numpy as np
    >>> from backprop import relu, relu_prime, rows
    >>> W, z, y_next = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([-1.0, 1.0]), np.array([0.0, 1.0])
    >>> delta_next = relu(z) @ W - y_next
    >>> delta_next
    array([1., 0.])
    >>> round(float((delta_next @ W.T) @ (delta_next @ np.linalg.inv(W))), 12)
    1.0

    ```

With a nonlinear hidden layer the cost can rise. Take the same $W$ and $\delta$ after a hidden layer of ReLUs with $z = (-1, 1)$. The first unit is
inactive, so $\sigma'$ removes the first entry of both errors. The entry that remains has the wrong sign in the wrong error. A step of
$\frac1{10}$ in $z$ changes the cost from 0.5 to 0.41 with the transpose, and to 0.61 with the inverse:

=== "Columns"

    ```pycon
    >>> from backprop.mistakes import hidden_error_by_inverse
    >>> for error in (hidden_error, hidden_error_by_inverse):
    ...     delta = error(W, delta_next, relu_prime(z))
    ...     after = W @ relu(z - 0.1 * delta) - y_next
    ...     print(delta.round(12) + 0.0, round(float(after @ after / 2), 2))
    [0. 1.] 0.41
    [ 0. -1.] 0.61

    ```

=== "Rows"

    ```pycon
    >>> def by_inverse(W_next, delta_next, sigma_prime_z):
    ...     return (delta_next @ np.linalg.inv(W_next)) * sigma_prime_z
    >>> for error in (rows.hidden_error, by_inverse):
    ...     delta = error(W, delta_next, relu_prime(z))
    ...     after = relu(z - 0.1 * delta) @ W - y_next
    ...     print(delta.round(12) + 0.0, round(float(after @ after / 2), 2))
    [0. 1.] 0.41
    [ 0. -1.] 0.61

    ```

# What the gradient check says

It finds and names the mistake in the layer before these weights:

```pycon
>>> from backprop.mistakes import check_network, hidden_error_by_inverse
>>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_by_inverse)
>>> for sentence in check_network(layers, x, y, found).diagnosis:
...     print(sentence)
W1: It is what hidden_error_by_inverse gives.
b1: It is what hidden_error_by_inverse gives.

```
"""

from __future__ import annotations

import numpy as np

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["hidden_error_by_inverse"]


@equation("WRONG BP2: ((W^{l+1})⁻¹ δ^{l+1}) ⊙ σ′(z^l)", W_next="n n", delta_next="n m?", sigma_prime_z="n m?")
def hidden_error_by_inverse(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $((W^{l+1})^{-1} \delta^{l+1}) \odot \sigma'(z^l)$, with the inverse where the transpose belongs.

    Parameters
    ----------
    W_next : array of shape (n, n)
        Weights $W^{l+1}$ of the next layer; they must have an inverse.
    delta_next : array of shape (n,) or (n, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        In a linear layer, the change of the activations that changes $z^{l+1}$ by $\delta^{l+1}$.

    Raises
    ------
    ShapeError
        If `W_next` is not square, or the three do not fit together.
    numpy.linalg.LinAlgError
        If `W_next` has no inverse.

    Examples
    --------
    The right errors are 2 and 0.5:

    >>> import numpy as np
    >>> hidden_error_by_inverse(np.array([[2.0, 0.0], [0.0, 0.5]]), np.ones(2), np.ones(2))
    array([0.5, 2. ])
    """
    return (np.linalg.inv(W_next) @ delta_next) * sigma_prime_z


MISTAKE = register(hidden_error_by_inverse)
