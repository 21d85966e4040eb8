r"""The hidden error is computed with the layer's own weights, not the next layer's.

=== "Columns"

    $$
    \begin{aligned}
    \underbrace{\delta^{l}}_{n_l \times m}
    &\ne \bigl( \underbrace{W^{l}}_{n_l \times n_{l-1}} \, \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{n_l \times m} && \text{if } n_{l-1} = n_{l+1} \\
    \underbrace{\delta^{l}}_{n \times m}
    &\ne \bigl( \underbrace{(W^{l})^{\mathsf T}}_{n \times n} \, \underbrace{\delta^{l+1}}_{n \times m} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{n \times m} && \text{if } n_{l-1} = n_l = n_{l+1} = n
    \end{aligned}
    $$

=== "Rows"

    $$
    \begin{aligned}
    \underbrace{\delta^{l}}_{m \times n_l}
    &\ne \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \, \underbrace{W^{l}}_{n_{l-1} \times n_l} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{m \times n_l} && \text{if } n_{l-1} = n_{l+1} \\
    \underbrace{\delta^{l}}_{m \times n}
    &\ne \bigl( \underbrace{\delta^{l+1}}_{m \times n} \, \underbrace{(W^{l})^{\mathsf T}}_{n \times n} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{m \times n} && \text{if } n_{l-1} = n_l = n_{l+1} = n
    \end{aligned}
    $$

[BP2][bp2-hidden-error] has the transpose of $W^{l+1}$ in this place. Layer $l$ affects the cost only through $W^{l+1}$, so its error comes back through
the same weights.

# Why it looks right

The error of layer $l$ is needed, and $W^l$ are the weights of layer $l$. But $W^l$ leads into layer $l$, and BP2 needs the weights that lead out of
it. In code that counts layers from 0, an index that is wrong by one makes the same mistake.

# When the shapes still fit

When $n_{l-1} = n_{l+1}$ for each hidden layer $l$: the layers before and after it have equally many units. Then $W^l$ has the shape of the
transpose of $W^{l+1}$, as in a 2-3-2 network. If $n_l$ is the same number too, $W^l$ also has the shape of $W^{l+1}$.

The functions of this package have examples as columns. In rows the same networks let the mistake pass, and the shapes below are reversed.

A 2-3-2-3 network lets the mistake pass:

=== "Both"

    ```pycon
    >>> import numpy as np
    >>> from backprop import Layer
    >>> from backprop.mistakes import gradients_with_own_weights
    >>> def network(*sizes):
    ...     return [Layer(np.ones((n, n_prev)), np.zeros(n)) for n_prev, n in zip(sizes, sizes[1:])]
    >>> C, found = gradients_with_own_weights(network(2, 3, 2, 3), np.zeros(2), np.zeros(3))
    >>> [gradient.dC_dW.shape for gradient in found]
    [(3, 2), (2, 3), (3, 2)]

    ```

A 2-3-5-3-2 network does not, although its sizes read the same backwards. The layers before and after the first hidden layer have 2 and 5 units:

```pycon
>>> C, found = gradients_with_own_weights(network(2, 3, 5, 3, 2), np.zeros(2), np.zeros(2))
Traceback (most recent call last):
backprop.ShapeError: W1 is (3, 2) and W2 is (5, 3): neither fits in the place of the other

```

In a network of sizes that are all distinct, the shapes never fit:

```pycon
>>> C, found = gradients_with_own_weights(network(2, 3, 4), np.zeros(2), np.zeros(4))
Traceback (most recent call last):
backprop.ShapeError: W1 is (3, 2) and W2 is (4, 3): neither fits in the place of the other

```

# What the loss does

[`specimen`][backprop.mistakes.specimen] is a 3-3-3 network of sigmoids that learns to answer three questions about three bits.
Its loss falls more slowly with the wrong weights. Here it is at the start, after one step and after 500 steps, first with the right
weights, then with the wrong ones. In rows the losses are the same:

```pycon
>>> from backprop.mistakes import check_network, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, backward=gradients_with_own_weights)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.06]

```

# What the gradient check says

It names the mistake:

```pycon
>>> C, found = gradients_with_own_weights(layers, x, y)
>>> print(check_network(layers, x, y, found).diagnosis[0])
W1: It is what gradients_with_own_weights gives.

```

It does so in the 2-3-2 network of the course as well. There $W^1$ takes the place of the transpose of $W^2$, and every product fits. `check_network` takes
networks of both layouts:

=== "Columns"

    ```pycon
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> C, found = gradients_with_own_weights(layers, x, y)
    >>> check_network(layers, x, y, found).diagnosis[0].endswith("It is what gradients_with_own_weights gives.")
    True

    ```

=== "Rows"

    ```pycon
    >>> from backprop import rows, sigmoid, sigmoid_prime
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> b1, b2 = np.zeros(3), np.array([-1.75, -2.25])
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> a1 = sigmoid(x @ W1 + b1)
    >>> z2 = a1 @ W2 + b2
    >>> delta2 = (sigmoid(z2) - y) * sigmoid_prime(z2)
    >>> delta1 = (delta2 @ W1) * sigmoid_prime(x @ W1 + b1)  # the mistake: BP2 needs W2.T
    >>> found = [(np.outer(x, delta1), delta1), (np.outer(a1, delta2), delta2)]
    >>> layers = [rows.Layer(W1, b1), rows.Layer(W2, b2)]
    >>> check_network(layers, x, y, found).diagnosis[0].endswith("It is what gradients_with_own_weights gives.")
    True

    ```
"""

from __future__ import annotations

from collections.abc import Sequence

from .._arrays import Array
from ..backward_pass import Gradient
from ..bp2_hidden_error import hidden_error
from ..bp3_bias_gradient import bias_gradient
from ..bp4_weight_gradient import weight_gradient
from ..costs import QUADRATIC, Cost
from ..feedforward import Layer
from ..shapes import ShapeError
from ._experiment import Pass, Recipe, Training, forward_and_output_error, on_the_specimen, register, specimen

__all__ = ["gradients_with_own_weights"]


def gradients_with_own_weights(layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC) -> Pass:
    r"""Return gradients whose errors went back through $W^l$ where $W^{l+1}$ belongs.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its derivative.

    Returns
    -------
    C : array of shape ()
        The cost.
    not_gradients : list of Gradient
        One for each layer, first layer first; the gradient of the last layer is right.

    Raises
    ------
    ShapeError
        If the weights of a layer have neither the shape of the next layer's weights nor the shape of their transpose.

    Examples
    --------
    The output is $3 \cdot 2 = 6$, so its error is 1. The right gradient of the first weight is $W^2 \cdot 1 = 2$:

    >>> from backprop import IDENTITY
    >>> layers = [Layer([[3.0]], [0.0], IDENTITY), Layer([[2.0]], [0.0], IDENTITY)]
    >>> C, found = gradients_with_own_weights(layers, [1.0], [5.0])
    >>> found[0].dC_dW
    array([[3.]])
    """
    C, zs, activations, delta = forward_and_output_error(layers, x, y, cost)
    _check_shapes(layers)
    from_the_output = []
    for l in reversed(range(len(layers))):
        dC_db = bias_gradient(delta, keepdims=layers[l].b.ndim == 2)
        from_the_output.append(Gradient(weight_gradient(delta, activations[l]), dC_db))
        if l > 0:
            W = layers[l - 1].W  # the mistake: BP2 needs layers[l].W
            sigma_prime_z = layers[l - 1].activation.derivative(zs[l - 1], activations[l])
            delta = hidden_error(W if W.shape == layers[l].W.shape else W.T, delta, sigma_prime_z)
    return C, from_the_output[::-1]


def _check_shapes(layers: Sequence[Layer]) -> None:
    shapes = [layer.W.shape for layer in layers]
    for l, (own, needed) in enumerate(zip(shapes, shapes[1:]), 1):
        if needed not in (own, own[::-1]):
            raise ShapeError(f"W{l} is {own} and W{l + 1} is {needed}: neither fits in the place of the other")


def _recipe(layers: Sequence[Layer]) -> Recipe:
    return Recipe(layers, gradients_with_own_weights, {})


def _recipes(layers: Sequence[Layer], learning_rate: float | None) -> dict[str, Recipe]:
    return {"gradients_with_own_weights": _recipe(layers)}


def _training() -> Training:
    return on_the_specimen(_recipe(specimen()[0]))


MISTAKE = register(gradients_with_own_weights, recipes=_recipes, training=_training)
