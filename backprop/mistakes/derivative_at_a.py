r"""The derivative of the activation function is computed at the activation $a$ instead of the weighted input $z$.

=== "Columns"

    $$
    \underbrace{\sigma'(z^{l})}_{n_l \times m}
    \ne \underbrace{\sigma'(a^{l})}_{n_l \times m} ,
    \qquad a^{l} = \sigma(z^{l})
    $$

=== "Rows"

    $$
    \underbrace{\sigma'(z^{l})}_{m \times n_l}
    \ne \underbrace{\sigma'(a^{l})}_{m \times n_l} ,
    \qquad a^{l} = \sigma(z^{l})
    $$

[BP1][bp1-output-error] and [BP2][bp2-hidden-error] need the derivative at $z^{l}$, because the error is the derivative of the cost with
respect to $z^{l}$. At $a^{l}$ the derivative of the same function is usually another number.

# Why it looks right

The derivative of the sigmoid is often written with $a$, as $a (1 - a)$. That is $\sigma'(z)$, the derivative at $z$, written with $a$. But a
function such as `sigmoid_prime` expects $z$ and applies the sigmoid itself. If you give it $a$, the sigmoid is applied twice.

# When the shapes still fit

The shapes always fit, because $a$ has the shape of $z$.

For the identity, ReLU and leaky ReLU the numbers are right, too. The derivative of the identity is 1 everywhere. For the two ReLUs it depends only
on the sign, and $a$ is positive exactly where $z$ is positive.

# What the loss does

The output of a sigmoid is between 0 and 1, so $\sigma'(a)$ is between 0.196 and $\frac14$, whatever $z$ is. No unit looks saturated:

```pycon
>>> import numpy as np
>>> from backprop import sigmoid_prime
>>> from backprop.mistakes import sigmoid_prime_at_a
>>> z = np.array([-10.0, 10.0])
>>> sigmoid_prime(z).round(4), sigmoid_prime_at_a(z).round(4)
(array([0., 0.]), array([0.25  , 0.1966]))

```

In the network that answers [three questions about three bits][backprop.mistakes.specimen] the loss falls, but more slowly than it should. The
numbers are the losses at the start, after one step and after 500 steps. The first line is for the derivative at $z$, the second line is for the
derivative at $a$ in both layers. The code has examples as columns; in rows the losses are the same:

=== "Both"

    ```pycon
    >>> from backprop import Activation, Layer, sigmoid
    >>> from backprop.mistakes import losses, specimen
    >>> layers, x, y = specimen()
    >>> at_a = Activation("sigmoid", sigmoid, sigmoid_prime_at_a)
    >>> changed = [Layer(layer.W, layer.b, at_a) for layer in layers]
    >>> right, wrong = losses(layers, x, y, 2.0, 500), losses(changed, x, y, 2.0, 500)
    >>> [round(right[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.03]
    >>> [round(wrong[k], 2) for k in (0, 1, 500)]
    [0.41, 0.39, 0.12]

    ```

# What the gradient check says

It names the mistake:

=== "Both"

    ```pycon
    >>> from backprop import gradients
    >>> from backprop.mistakes import check_network
    >>> C, wrong = gradients(changed, x, y)
    >>> print(check_network(layers, x, y, wrong).diagnosis[0])
    W1: It is what sigmoid_prime_at_a gives.

    ```

The check looks for the same mistake in other activation functions, and assumes that it was made in all layers. If the hidden layer has tanh, the
name has two parts:

=== "Both"

    ```pycon
    >>> from backprop import TANH
    >>> from backprop.mistakes import candidates
    >>> mixed = [Layer(layers[0].W, layers[0].b, TANH), layers[1]]
    >>> [name for name in candidates(mixed, x, y) if name.endswith("_at_a")]
    ['sigmoid_prime_at_a and tanh_prime_at_a']

    ```
"""

from __future__ import annotations

from collections.abc import Sequence

from .._arrays import Array
from ..activations import IDENTITY, Activation, sigmoid, sigmoid_prime
from ..feedforward import Layer
from ..rectifiers import LEAKY_RELU, RELU
from ..shapes import equation
from ..softmax_layer import SOFTMAX
from ._experiment import Recipe, Training, gradients_with, on_the_specimen, register, specimen

__all__ = ["sigmoid_prime_at_a"]

SAME_AT_A = (IDENTITY, RELU, LEAKY_RELU, SOFTMAX)  # softmax has a Jacobian instead of a derivative for each unit


@equation("WRONG: σ′(a), a = σ(z)", z="...")
def sigmoid_prime_at_a(z: Array) -> Array:
    r"""Return $\sigma'(a)$ with $a = \sigma(z)$, the derivative of the sigmoid at its own output.

    Parameters
    ----------
    z : array of any shape
        Weighted input.

    Returns
    -------
    not_sigma_prime_z : array of the shape of z
        The derivative of the sigmoid, at the wrong point.

    Raises
    ------
    TypeError
        If `z` is not an array of numbers.

    Examples
    --------
    The outputs are 0 and 1, so these are $\sigma'(0)$ and $\sigma'(1)$:

    >>> import numpy as np
    >>> sigmoid_prime_at_a(np.array([-1000.0, 1000.0])).round(4)
    array([0.25  , 0.1966])
    """
    return sigmoid_prime(sigmoid(z))


def _recipes(layers: Sequence[Layer], learning_rate: float | None) -> dict[str, Recipe]:
    """Return the recipe that takes every derivative at a, named for all activation functions that it changes."""
    names = sorted({f"{layer.activation.name}_prime_at_a" for layer in layers if layer.activation not in SAME_AT_A})
    if not names:
        return {}
    changed = [Layer(layer.W, layer.b, _at_a(layer.activation)) for layer in layers]
    return {" and ".join(names): Recipe(changed, gradients_with, {})}


def _at_a(activation: Activation) -> Activation:
    prime = activation.prime
    if prime is None:
        return activation
    return Activation(activation.name, activation.value, lambda z: prime(activation.value(z)))


def _training() -> Training:
    layers, _, _ = specimen()
    return on_the_specimen(_recipes(layers, None)["sigmoid_prime_at_a"], layers=layers)


MISTAKE = register(sigmoid_prime_at_a, recipes=_recipes, training=_training)
