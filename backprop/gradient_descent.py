r"""A step goes against the gradient, in every parameter at once.

$$
\begin{aligned}
\underbrace{W^{l}}_{n_l \times n_{l-1}} &\leftarrow
W^{l} - \eta \, \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}} \\
\underbrace{b^{l}}_{n_l} &\leftarrow b^{l} - \eta \, \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
\end{aligned}
$$

A gradient has its parameter's shape, and here is why it must: the two are subtracted.

# Shapes

| symbol                        | in code              | shape              | meaning                          |
| ----------------------------- | -------------------- | ------------------ | -------------------------------- |
| $W^{l}$                       | `layer.W`            | `(n, n_prev)`      | weights                          |
| $b^{l}$                       | `layer.b`            | `(n,)` or `(n, 1)` | biases                           |
| $\partial C / \partial W^{l}$ | `gradient.dC_dW`     | `(n, n_prev)`      | how steep the cost is in each    |
| $\partial C / \partial b^{l}$ | `gradient.dC_db`     | `(n,)` or `(n, 1)` | how steep the cost is in each    |
| $\eta$                        | `learning_rate`      | `()`               | how far to go                    |

# Derivation

Close to any point the cost is nearly a plane. Let $\theta_k$ be all weights and biases. Moving them by small $\Delta \theta_k$ changes the cost by

$$
\Delta C \approx \sum_k \frac{\partial C}{\partial \theta_k} \, \Delta \theta_k .
$$

Take $\Delta \theta_k = -\eta \, \partial C / \partial \theta_k$, and every term of the sum is a square with a minus sign:

$$
\Delta C \approx -\eta \sum_k \Bigl( \frac{\partial C}{\partial \theta_k} \Bigr)^2 \le 0 .
$$

# Why it is so

The plane is tangent at one point. All parameters move together, from that point, by gradients that were computed
there; so `step` takes them all and returns new layers. The old ones stay as they were.

That $\Delta C \le 0$ holds for a small $\eta$ alone. On $C = \frac12 \theta^2$ a step leads to $(1 - \eta) \, \theta$: with $0 < \eta < 2$ the cost falls,
with $\eta > 2$ it grows, although the gradient is right.

# A 2-3-2 network

With $\eta = \frac12$ the first weight goes from 1 to $1 - \frac12 \cdot \frac1{16}$, and the cost falls:

```pycon
>>> import numpy as np
>>> from backprop import Layer, gradients, step
>>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
>>> C, slopes = gradients(layers, x, y)
>>> stepped = step(layers, slopes, 0.5)
>>> stepped[1].W
array([[ 0.96875 ,  1.953125, -1.015625],
       [ 0.03125 ,  2.046875,  3.015625]])
>>> bool(gradients(stepped, x, y)[0] < C)
True
>>> layers[1].W
array([[ 1.,  2., -1.],
       [ 0.,  2.,  3.]])

```
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._address import BOOK
from .backward_pass import Gradient
from .feedforward import MODULES, L, Layer, numbered
from .shapes import ShapeError, check

__all__ = ["step"]


def step(layers: Sequence[Layer], gradients: Sequence[Gradient], learning_rate: float) -> list[Layer]:
    r"""Return new layers, one step of gradient descent away.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first. It is not changed.
    gradients : list of Gradient
        One for each layer, first layer first: the second thing that `gradients` returns.
    learning_rate : float
        $\eta$, in units of parameter squared per cost.

    Returns
    -------
    layers : list of Layer
        The network after the step.

    Raises
    ------
    ShapeError
        If there is not one gradient for each layer, in its shape.
    TypeError
        If the learning rate is not one number, or a gradient is no `Gradient`.

    Examples
    --------
    >>> from backprop import IDENTITY, Gradient
    >>> [layer] = step([Layer([[2.0]], [0.0], IDENTITY)], [Gradient([[15.0]], [5.0])], 0.1)
    >>> layer.W, layer.b
    (array([[0.5]]), array([-0.5]))
    """
    return stepped(layers, gradients, learning_rate, Layer)


def stepped(layers: Sequence[L], gradients: Sequence[Gradient], learning_rate: float, kind: type[L]) -> list[L]:
    """Do what `step` does, for layers of this class: that of columns, or of rows."""
    layers, gradients = tuple(layers), tuple(gradients)
    if len(layers) != len(gradients):
        raise ShapeError(
            f"step got {len(gradients)} gradients for {len(layers)} layers; write one Gradient for each layer, first layer first.\n"
            f"  See {BOOK}look-up/errors/order/"
        )
    if np.ndim(learning_rate) != 0:
        raise TypeError(f"step: learning_rate has shape {np.shape(learning_rate)}; it is one number")
    if isinstance(learning_rate, (np.generic, np.ndarray)):
        learning_rate = learning_rate.item()  # a float64 would widen float32 weights
    shapes: dict[str, str] = {}
    given = []
    for l, (layer, gradient) in enumerate(zip(layers, gradients), 1):
        if not (isinstance(gradient, (tuple, list)) and len(gradient) == 2):
            what = type(gradient).__name__
            raise TypeError(f"step: gradient {l} is a {what}, not a Gradient; `gradients` returns (C, gradients)")
        if getattr(layer, "layout", kind.layout) != kind.layout:
            own, other = MODULES[kind.layout], MODULES[layer.layout]
            raise TypeError(f"step: layer {l} is a {other}.Layer; write {own}.Layer, or use {other}.step")
        W, b = (numbered(axes, l) for axes in kind.axes.values())
        b = b.replace("1?", "1") if layer.b.ndim == 2 else b.replace("1?", "").strip()
        shapes |= {f"W{l}": W, f"dC_dW{l}": W, f"b{l}": b, f"dC_db{l}": b}
        given += [layer.W, gradient[0], layer.b, gradient[1]]
    formula = "W^l − η ∂C/∂W^l, b^l − η ∂C/∂b^l" if kind is Layer else "in rows: W^l − η ∂C/∂W^l, b^l − η ∂C/∂b^l"
    arrays = iter(check("step", formula, shapes, given))
    return [
        kind(W - learning_rate * dC_dW, b - learning_rate * dC_db, layer.activation)
        for layer, W, dC_dW, b, dC_db in zip(layers, arrays, arrays, arrays, arrays)
    ]
