r"""A step of gradient descent for a network with examples as rows."""

from collections.abc import Sequence

from ..backward_pass import Gradient
from ..gradient_descent import stepped
from .feedforward import Layer

__all__ = ["step"]


def step(layers: Sequence[Layer], gradients: Sequence[Gradient], learning_rate: float) -> list[Layer]:
    r"""Return new layers, one step of gradient descent away, examples as rows.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first, each a `rows.Layer`. It is not changed.
    gradients : list of Gradient
        One for each layer, first layer first: the second thing that `rows.gradients` returns.
    learning_rate : float
        Learning rate $\eta$: the number that multiplies each gradient.

    Returns
    -------
    layers : list of Layer
        The network after the step.

    Raises
    ------
    ShapeError
        If there is not one gradient for each layer, in its shape.
    TypeError
        If the learning rate is not one number, a gradient is no `Gradient`, or a layer is a `backprop.Layer`.

    Examples
    --------
    >>> from backprop.rows import IDENTITY, Gradient
    >>> [layer] = step([Layer([[2.0], [1.0]], [0.0], IDENTITY)], [Gradient([[15.0], [5.0]], [5.0])], 0.1)
    >>> layer.W, layer.b
    (array([[0.5],
           [0.5]]), array([-0.5]))
    """
    return stepped(layers, gradients, learning_rate, Layer)
