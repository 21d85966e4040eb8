r"""The forward pass with examples as rows."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from .. import fast_pass
from .. import feedforward as columns
from .._arrays import Array
from ..feedforward import unchecked_forward, validated_network
from ..shapes import equation, unchecked

__all__ = ["Layer", "forward", "weighted_input"]


@equation("FF in rows: z^l = a^{l−1} W^l + b^l", W="n_prev n", a_prev="m? n_prev", b="1? n")
def weighted_input(W: Array, a_prev: Array, b: Array) -> Array:
    r"""Return the weighted input $z^l$ of a layer, examples as rows.

    Parameters
    ----------
    W : array of shape (n_prev, n)
        Weights $W^l$: `W[j, k]` leads from unit `j` of the previous layer to unit `k` of this layer, counted from 0.
    a_prev : array of shape (n_prev,) or (m, n_prev)
        Activation $a^{l-1}$ of the previous layer. For the first layer it is the input.
    b : array of shape (n,), or (1, n) for a batch
        Biases $b^l$.

    Returns
    -------
    z : array of shape (n,) or (m, n)
        Weighted input $z^l$.

    Raises
    ------
    ShapeError
        If the three shapes do not fit together. Nothing is broadcast, except the bias over the rows of a batch.

    Examples
    --------
    Three units in the previous layer, two in this one. Each column of `W` belongs to one unit of this layer:

    >>> import numpy as np
    >>> W = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    >>> weighted_input(W, np.array([1.0, 2.0, 3.0]), np.array([0.0, 10.0]))
    array([ 6., 16.])
    """
    return a_prev @ W + b


class Layer(columns.Layer):
    r"""The weights, the biases and the activation function of one layer, examples as rows.

    Parameters
    ----------
    W : array of shape (n_prev, n)
        Weights $W^l$, one column for each unit of this layer. Keras stores them in this way; PyTorch stores the transpose.
    b : array of shape (n,) or (1, n)
        Biases $b^l$.
    activation : Activation
        $\sigma$ and its derivative: one of the constants, or your own. The default is the sigmoid.

    Raises
    ------
    ShapeError
        If there is not one bias for each column of `W`.
    TypeError
        If the activation is a function without its derivative, or the `SOFTMAX` of the column layout.

    Examples
    --------
    >>> import numpy as np
    >>> Layer(np.zeros((2, 3)), np.zeros(3))
    Layer(2 -> 3, sigmoid)
    """

    __slots__ = ()
    layout: ClassVar[str] = "rows"
    axes: ClassVar[dict[str, str]] = {"W": "n_prev n", "b": "1? n"}
    formula: ClassVar[str] = "FF in rows: z^l = a^{l−1} W^l + b^l"


@np.errstate(over="ignore")
def forward(layers: Sequence[Layer], x: Array) -> tuple[list[Array], list[Array]]:
    r"""Return every weighted input and every activation of a network, examples as rows.

    Parameters
    ----------
    layers : list of Layer
        The layers of the network, in the order of the forward pass, each a `rows.Layer`.
    x : array of shape (n_0,) or (m, n_0)
        The input: one example, or `m` examples as rows.

    Returns
    -------
    zs : list of arrays
        $z^1, \dots, z^L$, each of shape (n_l,) or (m, n_l).
    activations : list of arrays
        $a^0 = x, a^1, \dots, a^L$. Because the input is first, `activations[l]` is $a^l$, but `zs[l]` is $z^{l+1}$.

    Raises
    ------
    ShapeError
        If a layer does not fit the previous one, or the first layer does not fit `x`.
    TypeError
        If a layer is a `backprop.Layer`, whose weights have the other layout.

    Examples
    --------
    Two examples are two rows:

    >>> import numpy as np
    >>> from backprop import IDENTITY
    >>> layer = Layer(np.array([[2.0], [1.0]]), np.array([0.5]), IDENTITY)
    >>> zs, activations = forward([layer], np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> activations[-1]
    array([[ 4.5],
           [10.5]])
    """
    plan = fast_pass.known(fast_pass.ROWS, None, layers, x)
    if plan is None:
        layers, [x] = validated_network("forward", layers, {"x": "m? n0"}, [x], Layer)
        plan = fast_pass.learned(fast_pass.ROWS, None, layers, x)
    if plan is not None:
        return fast_pass.forward(plan, layers, x)
    return unchecked_forward(layers, x, unchecked(weighted_input))
