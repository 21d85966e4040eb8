r"""The weights of a layer are updated before the error goes back through them.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n_l \times m}
    \ne \Bigl( \bigl( \underbrace{W^{l+1} - \eta \, \frac{\partial C}{\partial W^{l+1}}}_{n_{l+1} \times n_l} \bigr)^{\mathsf T} \,
               \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \Bigr)
    \odot \underbrace{\sigma'(z^{l})}_{n_l \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n_l}
    \ne \Bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \,
               \bigl( \underbrace{W^{l+1} - \eta \, \frac{\partial C}{\partial W^{l+1}}}_{n_l \times n_{l+1}} \bigr)^{\mathsf T} \Bigr)
    \odot \underbrace{\sigma'(z^{l})}_{m \times n_l}
    $$

[BP2][bp2-hidden-error] has $W^{l+1}$ as it was in the forward pass. The error is a derivative of the cost that this forward pass computed, and only the old weights took
part in it.

# Why it looks right

One loop that goes from the last layer to the first, and updates each layer before it goes on, is shorter than two loops. A shallow copy makes the
mistake invisible. The code seems to keep the old layers, but the copy shares their arrays, and an update in place changes both.

# When the shapes still fit

Always. An update does not change the shape of the weights.

# What the loss does

It depends on the learning rate. With one hidden layer the wrong gradient differs from the right one in proportion to $\eta$. In a deeper network that
holds approximately, for small $\eta$. So the loss falls as it should until $\eta$ is large.

[`specimen`][backprop.mistakes.specimen] is a 3-3-3 network of sigmoids that learns to answer three questions about three bits.
Here is its loss after two steps, right and wrong, with $\eta = 2$ and with $\eta = 30$. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from functools import partial
>>> from backprop.mistakes import check_network, gradients_with_updated_weights, losses, specimen
>>> layers, x, y = specimen()
>>> for learning_rate in (2.0, 30.0):
...     early = partial(gradients_with_updated_weights, learning_rate=learning_rate)
...     right = losses(layers, x, y, learning_rate, 2)
...     wrong = losses(layers, x, y, learning_rate, 2, backward=early)
...     print(round(right[2], 3), round(wrong[2], 3))
0.374 0.374
0.317 0.391

```

# What the gradient check says

It names the mistake, if you tell it the learning rate:

```pycon
>>> C, found = gradients_with_updated_weights(layers, x, y, learning_rate=2.0)
>>> print(check_network(layers, x, y, found, learning_rate=2.0).diagnosis[0])
W1: It is what gradients_with_updated_weights gives.

```

The check has two conditions. First, it must run the code that updates: a backward pass that only computes gradients does not contain the mistake.
Second, $\eta$ must not be tiny, because the relative error that the check measures shrinks with $\eta$:

```pycon
>>> for learning_rate in (0.02, 0.2, 2.0):
...     C, found = gradients_with_updated_weights(layers, x, y, learning_rate=learning_rate)
...     print(round(check_network(layers, x, y, found).worst, 6))
0.000858
0.008576
0.085762

```

For a small enough $\eta$ it is smaller than the error that the check allows. With $\eta = 10^{-5}$ the gradient is still wrong, and the check passes:

```pycon
>>> C, found = gradients_with_updated_weights(layers, x, y, learning_rate=1e-5)
>>> report = check_network(layers, x, y, found)
>>> report.ok, 4e-7 < report.worst < 5e-7
(True, True)

```
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from .._arrays import Array
from ..backward_pass import Gradient
from ..bp2_hidden_error import hidden_error
from ..bp3_bias_gradient import bias_gradient
from ..bp4_weight_gradient import weight_gradient
from ..costs import QUADRATIC, Cost
from ..feedforward import Layer
from ._experiment import Pass, Recipe, Training, forward_and_output_error, on_the_specimen, register, specimen

__all__ = ["gradients_with_updated_weights"]


def gradients_with_updated_weights(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC, *, learning_rate: float
) -> Pass:
    r"""Return gradients whose errors went back through weights that had already been updated.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first. It is not changed.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its derivative.
    learning_rate : float
        $\eta$ of the updates that come too early.

    Returns
    -------
    C : array of shape ()
        The cost.
    not_gradients : list of Gradient
        One for each layer, first layer first; the gradient of the last layer is right.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together.

    Examples
    --------
    The output is 2, so its error is 1. The right gradient of the first weight is $W^2 \cdot 1 = 2$, but $W^2$ has been
    updated to 1.5:

    >>> from backprop import IDENTITY
    >>> layers = [Layer([[1.0]], [0.0], IDENTITY), Layer([[2.0]], [0.0], IDENTITY)]
    >>> C, found = gradients_with_updated_weights(layers, [1.0], [1.0], learning_rate=0.5)
    >>> found[0].dC_dW
    array([[1.5]])
    """
    C, zs, activations, delta = forward_and_output_error(layers, x, y, cost)
    from_the_output = []
    for l in reversed(range(len(layers))):
        dC_dW = weight_gradient(delta, activations[l])
        from_the_output.append(Gradient(dC_dW, bias_gradient(delta, keepdims=layers[l].b.ndim == 2)))
        if l > 0:
            W = layers[l].W - learning_rate * dC_dW  # the mistake: BP2 needs layers[l].W
            sigma_prime_z = layers[l - 1].activation.derivative(zs[l - 1], activations[l])
            delta = hidden_error(W, delta, sigma_prime_z)
    return C, from_the_output[::-1]


def _recipe(layers: Sequence[Layer], learning_rate: float) -> Recipe:
    return Recipe(layers, partial(gradients_with_updated_weights, learning_rate=learning_rate), {})


def _recipes(layers: Sequence[Layer], learning_rate: float | None) -> dict[str, Recipe]:
    if learning_rate is None:
        return {}
    return {"gradients_with_updated_weights": _recipe(layers, learning_rate)}


def _training() -> Training:
    """Train with large steps, with which the mistake shows."""
    layers, _, _ = specimen()
    about = "three questions about three bits, η = 30"
    return on_the_specimen(_recipe(layers, 30.0), learning_rate=30.0, steps=20, about=about)


MISTAKE = register(gradients_with_updated_weights, recipes=_recipes, training=_training)
