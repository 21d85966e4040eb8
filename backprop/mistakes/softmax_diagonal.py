r"""Softmax is differentiated like a sigmoid, so only the diagonal of its Jacobian is used.

=== "Columns"

    $$
    \underbrace{\delta^{L}}_{n_L \times m}
    \ne \underbrace{\nabla_a C}_{n_L \times m} \odot \underbrace{a^{L}}_{n_L \times m} \odot \underbrace{(1 - a^{L})}_{n_L \times m} ,
    \qquad a^{L} = \operatorname{softmax}(z^{L})
    $$

    The right error of one example is $\delta^{L} = J^{\mathsf T} \, \nabla_a C$, with the whole [Jacobian][chain-rule] $J_{jk} = \partial a_j / \partial z_k$. The
    factor $a (1 - a)$ is only the diagonal of $J$.

=== "Rows"

    $$
    \underbrace{\delta^{L}}_{m \times n_L}
    \ne \underbrace{\nabla_a C}_{m \times n_L} \odot \underbrace{a^{L}}_{m \times n_L} \odot \underbrace{(1 - a^{L})}_{m \times n_L} ,
    \qquad a^{L} = \operatorname{softmax}(z^{L})
    $$

    The right error of one example is $\delta^{L} = \nabla_a C \, J$, with the whole [Jacobian][chain-rule] $J_{jk} = \partial a_j / \partial z_k$. The
    factor $a (1 - a)$ is only the diagonal of $J$.

# Why it looks right

The factor $a (1 - a)$ is the derivative of the sigmoid, and BP1 is often said to hold for any activation function. BP1 with $\odot$ holds for
elementwise activation functions. Softmax is not one of them, because each of its outputs depends on every weighted input of the layer.

Here are the right error and the wrong one, for the outputs $(\frac14, \frac14, \frac12)$, the target $(0, 0, 1)$ and the quadratic cost. The signs
agree and the numbers do not:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import softmax, softmax_jacobian
    >>> from backprop.mistakes import softmax_prime_by_diagonal
    >>> z, target = np.log(np.array([1.0, 1.0, 2.0])), np.array([0.0, 0.0, 1.0])
    >>> a = softmax(z)
    >>> softmax_jacobian(z).T @ (a - target)
    array([ 0.09375,  0.09375, -0.1875 ])
    >>> softmax_prime_by_diagonal(z) * (a - target)
    array([ 0.046875,  0.046875, -0.125   ])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> z, target = np.log(np.array([1.0, 1.0, 2.0])), np.array([0.0, 0.0, 1.0])
    >>> a = rows.softmax(z)
    >>> (a - target) @ rows.softmax_jacobian(z)
    array([ 0.09375,  0.09375, -0.1875 ])
    >>> (a - target) * a * (1 - a)
    array([ 0.046875,  0.046875, -0.125   ])

    ```

# When the shapes still fit

The shapes always fit, because the diagonal has one entry for each unit.

# What the loss does

Here it falls, but more slowly than it should. The network is [the one whose input is three bits][backprop.mistakes.specimen], with softmax at its
output and the quadratic cost. Its three classes are: no bit is 1, one bit is 1, two or three bits are 1. The numbers are the losses at the start,
after one step and after 200 steps. The first line is for the whole Jacobian, the second line is for the diagonal. The code has examples as columns; in
rows the losses are the same:

=== "Both"

    ```pycon
    >>> from backprop import SOFTMAX, Activation, Layer, softmax
    >>> from backprop.mistakes import losses, softmax_prime_by_diagonal, specimen
    >>> (first, last), x, _ = specimen()
    >>> y = np.eye(3)[:, [0, 1, 1, 2, 1, 2, 2, 2]]
    >>> diagonal = Activation("softmax", softmax, softmax_prime_by_diagonal)
    >>> layers, changed = ([first, Layer(last.W, last.b, kind)] for kind in (SOFTMAX, diagonal))
    >>> right, wrong = losses(layers, x, y, 2.0, 200), losses(changed, x, y, 2.0, 200)
    >>> [round(right[k], 2) for k in (0, 1, 200)]
    [0.44, 0.4, 0.12]
    >>> [round(wrong[k], 2) for k in (0, 1, 200)]
    [0.44, 0.41, 0.15]

    ```

# Why does it seem to work with cross-entropy?

In one case the mistake does no harm to the steps. Take the binary cross-entropy of each output by itself,
$-\sum_j \bigl( y_j \ln a_j + (1 - y_j) \ln (1 - a_j) \bigr)$. For one example, its derivative with respect to $a$ is $(a - y) / (a (1 - a))$.
Multiplied by the diagonal, it gives $a - y$. If the targets of each example sum to 1, that is the output error of another cost: softmax
cross-entropy, $-\sum_j y_j \ln a_j$. The first result here is $a - y$, and the second is the right output error of the binary cross-entropy:

=== "Columns"

    ```pycon
    >>> from backprop import cross_entropy_prime
    >>> softmax_prime_by_diagonal(z) * cross_entropy_prime(a, target)
    array([ 0.25,  0.25, -0.5 ])
    >>> (softmax_jacobian(z).T @ cross_entropy_prime(a, target)).round(4)
    array([ 0.4167,  0.4167, -0.8333])

    ```

=== "Rows"

    ```pycon
    >>> dC_da = rows.cross_entropy_prime(a, target)
    >>> a * (1 - a) * dC_da
    array([ 0.25,  0.25, -0.5 ])
    >>> (dC_da @ rows.softmax_jacobian(z)).round(4)
    array([ 0.4167,  0.4167, -0.8333])

    ```

So the steps follow the gradient of softmax cross-entropy. If the code reports the binary cross-entropy, its gradient fails the check, and it
should. With softmax cross-entropy as the cost, the check passes:

=== "Both"

    ```pycon
    >>> from backprop import CROSS_ENTROPY, IDENTITY, SOFTMAX_CROSS_ENTROPY, gradients
    >>> from backprop.mistakes import check_network
    >>> C, found = gradients(changed, x, y, CROSS_ENTROPY)
    >>> check_network(layers, x, y, found, CROSS_ENTROPY).ok
    False
    >>> inside_the_cost = [first, Layer(last.W, last.b, IDENTITY)]
    >>> check_network(inside_the_cost, x, y, found, SOFTMAX_CROSS_ENTROPY).ok
    True

    ```

# What the gradient check says

It names the mistake:

=== "Both"

    ```pycon
    >>> C, wrong = gradients(changed, x, y)
    >>> print(check_network(layers, x, y, wrong).diagnosis[0])
    W1: It is what softmax_prime_by_diagonal gives.

    ```

"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._arrays import Array
from ..activations import Activation
from ..feedforward import Layer
from ..shapes import equation
from ..softmax_layer import SOFTMAX, softmax
from ._experiment import Recipe, Training, gradients_with, on_the_specimen, register, specimen

__all__ = ["softmax_prime_by_diagonal"]


@equation("WRONG: a ⊙ (1 − a), a = softmax(z)", z="n m?")
def softmax_prime_by_diagonal(z: Array) -> Array:
    r"""Return $a \odot (1 - a)$ with $a = \operatorname{softmax}(z)$, the diagonal of the Jacobian of softmax.

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
    The outputs are $(\frac12, \frac12)$, and the Jacobian also has two entries of $-\frac14$:

    >>> import numpy as np
    >>> softmax_prime_by_diagonal(np.array([0.0, 0.0]))
    array([0.25, 0.25])
    """
    a = softmax(z)
    return a * (1 - a)


def _recipes(layers: Sequence[Layer], learning_rate: float | None) -> dict[str, Recipe]:
    """Return the recipe that replaces softmax in the last layer, if softmax is there."""
    *hidden, last = layers
    if last.activation is not SOFTMAX:
        return {}
    diagonal = Activation("softmax", softmax, softmax_prime_by_diagonal)
    changed = [*hidden, Layer(last.W, last.b, diagonal)]
    return {"softmax_prime_by_diagonal": Recipe(changed, gradients_with, {})}


def _training() -> Training:
    """Train on three classes: no bit is 1, one bit is 1, two or three bits are 1."""
    (first, last), x, _ = specimen()
    layers = [first, Layer(last.W, last.b, SOFTMAX)]
    y = np.eye(3)[:, np.minimum(x.sum(axis=0), 2).astype(int)]
    recipe = _recipes(layers, None)["softmax_prime_by_diagonal"]
    return on_the_specimen(recipe, y=y, about="counting three bits with softmax", layers=layers)


MISTAKE = register(softmax_prime_by_diagonal, recipes=_recipes, training=_training)
