r"""The hidden error is computed with the pseudo-inverse of the weights instead of their transpose.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n_l \times m}
    \ne \bigl( \underbrace{(W^{l+1})^{+}}_{n_l \times n_{l+1}} \,
               \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \bigr)
        \odot \underbrace{\sigma'(z^{l})}_{n_l \times m}
    $$

    The pseudo-inverse $W^{+}$ solves $W u = v$ as well as possible: $u = W^{+} v$ makes $\lVert W u - v \rVert$ as small as it can be.

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n_l}
    \ne \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \,
               \underbrace{(W^{l+1})^{+}}_{n_{l+1} \times n_l} \bigr)
        \odot \underbrace{\sigma'(z^{l})}_{m \times n_l}
    $$

    The pseudo-inverse $W^{+}$ solves $u W = v$ as well as possible: $u = v W^{+}$ makes $\lVert u W - v \rVert$ as small as it can be.

Of all vectors $u$ that do so, it gives the shortest. If $W$ is invertible, $W^{+}$ is the inverse. [BP2][bp2-hidden-error] has the transpose of $W^{l+1}$
in this place.

# Why it looks right

It looks right for the same reason as [the inverse][backprop.mistakes.hidden_error_by_inverse]: the forward pass multiplies by $W$, so the
backward pass should divide. Most $W$ are not square and have no inverse, and the pseudo-inverse takes its place. But the error is a derivative
and not a value, and the chain rule multiplies a derivative by the weights.

# When the shapes still fit

In every network. The pseudo-inverse has the shape of the transpose for every $W$.

The sizes of the numbers are wrong, as with the inverse: twice the weights give half the error instead of twice the error. In the following $W$,
no row and no column has more than one entry that is not 0. There a small weight gets a large error, and a weight of 0 gets none:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> from backprop.mistakes import hidden_error_by_pseudo_inverse
    >>> W_next = np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0]])
    >>> hidden_error(W_next, np.ones(2), np.ones(3))
    array([2. , 0.5, 0. ])
    >>> hidden_error_by_pseudo_inverse(W_next, np.ones(2), np.ones(3))
    array([0.5, 2. , 0. ])
    >>> hidden_error(2 * W_next, np.ones(2), np.ones(3))
    array([4., 1., 0.])
    >>> hidden_error_by_pseudo_inverse(2 * W_next, np.ones(2), np.ones(3))
    array([0.25, 1.  , 0.  ])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> def by_pseudo_inverse(W_next, delta_next, sigma_prime_z):
    ...     return (delta_next @ np.linalg.pinv(W_next)) * sigma_prime_z
    >>> W_next = np.array([[2.0, 0.0], [0.0, 0.5], [0.0, 0.0]])
    >>> rows.hidden_error(W_next, np.ones(2), np.ones(3))
    array([2. , 0.5, 0. ])
    >>> by_pseudo_inverse(W_next, np.ones(2), np.ones(3))
    array([0.5, 2. , 0. ])
    >>> rows.hidden_error(2 * W_next, np.ones(2), np.ones(3))
    array([4., 1., 0.])
    >>> by_pseudo_inverse(2 * W_next, np.ones(2), np.ones(3))
    array([0.25, 1.  , 0.  ])

    ```

# What the loss does

Here it falls, but more slowly. The network is the one that answers [three questions about three bits][backprop.mistakes.specimen], with only its first and
its last output. So its last $W$ leads from 3 units to 2, and has no inverse. Here are the losses at the start, after one step and after 500 steps, first
with the right gradient. The code has examples as columns; in rows the losses are the same:

=== "Both"

    ```pycon
    >>> from backprop import Layer
    >>> from backprop.mistakes import hidden_error_by_pseudo_inverse, losses, specimen
    >>> (first, last), x, y = specimen()
    >>> layers, y = [first, Layer(last.W[::2], last.b[::2])], y[::2]
    >>> right = losses(layers, x, y, 2.0, 500)
    >>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_pseudo_inverse)
    >>> [round(right[k], 2) for k in (0, 1, 500)]
    [0.27, 0.26, 0.01]
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.27, 0.26, 0.1]

    ```

# Why does it still go downhill?

=== "Columns"

    For a linear hidden layer, with $\sigma'(z) = 1$, we can prove that it does. Write $W$ and $\delta$ for the weights and the error of the next
    layer, and take one example. The right hidden error is $W^{\mathsf T} \delta$ and the wrong one is $W^{+} \delta$. Their scalar product is

    $$
    (W^{\mathsf T} \delta) \cdot (W^{+} \delta) = \delta^{\mathsf T} W W^{+} \delta = \lVert P \delta \rVert^2 \ge 0 .
    $$

    Here $P = W W^{+}$ projects onto the vectors $W u$ that $W$ can reach, so $P = P^{\mathsf T} = P^2$. The product is 0 only if the right error
    is 0, because $W^{\mathsf T} P = W^{\mathsf T}$. With $m$ examples the same holds for the weight gradients. Let $a$ be the input of the hidden layer. Then
    $W^{\mathsf T} \delta a^{\mathsf T}$ and $W^{+} \delta a^{\mathsf T}$ have the product $\lVert P \delta a^{\mathsf T} \rVert^2$. For the bias gradients, a column of ones takes the place of $a^{\mathsf T}$.

=== "Rows"

    For a linear hidden layer, with $\sigma'(z) = 1$, we can prove that it does. Write $W$ and $\delta$ for the weights and the error of the next
    layer, and take one example. The right hidden error is $\delta W^{\mathsf T}$ and the wrong one is $\delta W^{+}$. Their scalar product is

    $$
    (\delta W^{\mathsf T}) \cdot (\delta W^{+}) = \delta W^{+} W \delta^{\mathsf T} = \lVert \delta P \rVert^2 \ge 0 .
    $$

    Here $P = W^{+} W$ projects onto the vectors $u W$ that $W$ can reach, so $P = P^{\mathsf T} = P^2$. The product is 0 only if the right error
    is 0, because $P W^{\mathsf T} = W^{\mathsf T}$. With $m$ examples the same holds for the weight gradients. Let $a$ be the input of the hidden layer. Then
    $a^{\mathsf T} \delta W^{\mathsf T}$ and $a^{\mathsf T} \delta W^{+}$ have the product $\lVert a^{\mathsf T} \delta P \rVert^2$. For the bias gradients, a row of ones takes the place of $a^{\mathsf T}$.

So with one hidden layer, which is linear, a small enough step lowers the loss unless the right gradient is 0. Neither condition can be dropped:

- With a nonlinearity the loss can rise. [The inverse][backprop.mistakes.hidden_error_by_inverse] has an example with ReLU, and its $W$ is
  invertible, so $W^{+}$ is the inverse.
- With a second hidden layer the loss can rise even if all layers are linear. The error of the first hidden layer can have the wrong sign.

Here it has:

=== "Columns"

    ```pycon
    >>> from backprop import hidden_error
    >>> from backprop.mistakes import hidden_error_by_pseudo_inverse
    >>> W2, W3 = np.array([[0.0], [1.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])
    >>> delta3 = np.array([1.0, 0.0])
    >>> for error in (hidden_error, hidden_error_by_pseudo_inverse):
    ...     delta2 = error(W3, delta3, np.ones(2))
    ...     print(error(W2, delta2, np.ones(1)).round(12))
    [1.]
    [-1.]

    ```

=== "Rows"

    ```pycon
    >>> W2, W3 = np.array([[0.0, 1.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])
    >>> delta3 = np.array([1.0, 0.0])
    >>> for error in (rows.hidden_error, by_pseudo_inverse):
    ...     delta2 = error(W3, delta3, np.ones(2))
    ...     print(error(W2, delta2, np.ones(1)).round(12))
    [1.]
    [-1.]

    ```

This is a 1-1-2-2 network whose first weight and biases are 0, with the input 2 and the target $(-1, 0)$. One step with the right gradient lowers
the loss, and one step with the wrong gradient raises it, with small learning rates too:

=== "Both"

    ```pycon
    >>> from backprop import IDENTITY, Layer
    >>> W2, W3 = np.array([[0.0], [1.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])
    >>> linear = [Layer([[0.0]], [0.0], IDENTITY), Layer(W2, np.zeros(2), IDENTITY), Layer(W3, np.zeros(2), IDENTITY)]
    >>> example, target = np.array([2.0]), np.array([-1.0, 0.0])
    >>> for learning_rate in (0.01, 0.0001):
    ...     before, after = losses(linear, example, target, learning_rate, 1)
    ...     before, after_wrong = losses(linear, example, target, learning_rate, 1, hidden_error=hidden_error_by_pseudo_inverse)
    ...     print(after < before, after_wrong > before)
    True True
    True True

    ```

# What the gradient check says

It finds the wrong gradient, and it names the mistake:

```pycon
>>> from backprop.mistakes import check_network, gradients_with
>>> C, wrong = gradients_with(layers, x, y, hidden_error=hidden_error_by_pseudo_inverse)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
W1: It is what hidden_error_by_pseudo_inverse gives.

```

In a network in which BP2 meets only invertible $W$, the check says `hidden_error_by_inverse` instead. The two formulas are the same there.
"""

from __future__ import annotations

import numpy as np

from .._arrays import Array
from ..feedforward import Layer
from ..shapes import equation
from ._experiment import Training, on_the_specimen, register, replacing, specimen

__all__ = ["hidden_error_by_pseudo_inverse"]


@equation("WRONG BP2: ((W^{l+1})⁺ δ^{l+1}) ⊙ σ′(z^l)", W_next="n_next n", delta_next="n_next m?", sigma_prime_z="n m?")
def hidden_error_by_pseudo_inverse(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $\bigl( (W^{l+1})^{+} \delta^{l+1} \bigr) \odot \sigma'(z^l)$, with the pseudo-inverse.

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ of the next layer.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        If this layer is linear: the smallest change of it that undoes as much of the next error as can be undone.

    Raises
    ------
    ShapeError
        If the three do not fit together.

    Examples
    --------
    A weight of 2 divides the error by 2:

    >>> import numpy as np
    >>> hidden_error_by_pseudo_inverse(np.array([[2.0, 0.0]]), np.array([1.0]), np.ones(2))
    array([0.5, 0. ])
    """
    return (np.linalg.pinv(W_next) @ delta_next) * sigma_prime_z


def _training() -> Training:
    """Train the specimen with its first and its last output only, so that its second weights have no inverse."""
    (first, last), _, y = specimen()
    layers = [first, Layer(last.W[::2], last.b[::2])]
    recipe = replacing(layers, hidden_error_by_pseudo_inverse)
    return on_the_specimen(recipe, y=y[::2], about="two questions about three bits")


MISTAKE = register(hidden_error_by_pseudo_inverse, training=_training)
