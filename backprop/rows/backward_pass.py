r"""The backward pass with examples as rows: the four equations, in the same order."""

import functools
from collections.abc import Sequence

import numpy as np

from .. import fast_pass
from .._arrays import Array
from ..activations import SIGMOID
from ..backward_pass import Gradient, as_gradient, backward, check_cost, cost_and_output_error
from ..feedforward import unchecked_forward, validated_network
from ..shapes import unchecked
from ..shards import gradients_of_shards, is_sharded
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import CROSS_ENTROPY, QUADRATIC, SIGMOID_CROSS_ENTROPY, Cost
from .feedforward import Layer, weighted_input
from .softmax_layer import SOFTMAX, SOFTMAX_CROSS_ENTROPY, SOFTMAX_THEN_CROSS_ENTROPY

__all__ = ["gradients"]

FUSED = {(SIGMOID, CROSS_ENTROPY): SIGMOID_CROSS_ENTROPY, (SOFTMAX, CROSS_ENTROPY): SOFTMAX_THEN_CROSS_ENTROPY}
APPLYING = {SOFTMAX_CROSS_ENTROPY: "softmax", SIGMOID_CROSS_ENTROPY: "sigmoid"}
_cost_and_output_error = functools.partial(cost_and_output_error, fused_costs=FUSED, softmax=SOFTMAX)


@np.errstate(over="ignore", divide="ignore")
def gradients(layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC) -> tuple[Array, list[Gradient]]:
    r"""Return the cost and the gradient of every layer, examples as rows.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first, each a `rows.Layer`. Only the last may have `SOFTMAX`.
    x : array of shape (n_0,) or (m, n_0)
        The input: one example, or `m` as rows.
    y : array of shape (n_L,) or (m, n_L)
        The target.
    cost : Cost
        The cost and its derivative; one of the constants of `rows`, or a `rows.Cost` of your own.

    Returns
    -------
    C : array of shape ()
        The cost of the batch: for the constants, the mean over the examples.
    gradients : list of Gradient
        One for each layer, first layer first. `dC_dW` has shape (n_prev, n), as `W` does.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together, or if your own cost is not one number, or its derivative does
        not have the shape of the output.
    TypeError
        If a layer or the cost is one of the column layout, or if `SOFTMAX` is where it cannot be: in a hidden layer,
        or before a cost that applies it itself.
    ValueError
        If `x` is a Dask array and the cost does not say how it combines the examples.

    Examples
    --------
    Two inputs, one linear output, and one example: $C = \frac12 (x W - y)^2$ with $x W = 2$.

    >>> from backprop.rows import IDENTITY, Layer
    >>> C, [gradient] = gradients([Layer([[2.0], [0.0]], [0.0], IDENTITY)], [[1.0, 3.0]], [[1.0]])
    >>> float(C), gradient.dC_db
    (0.5, array([1.]))
    >>> gradient.dC_dW
    array([[1.],
           [3.]])
    """
    plan = fast_pass.known(fast_pass.ROWS, cost, layers, x, y)
    if plan is None:
        layers, [x, y] = validated_network("gradients", layers, {"x": "m? n0", "y": "m? nL"}, [x, y], Layer)
        check_cost(layers, cost, Cost, SOFTMAX, APPLYING)
        plan = fast_pass.learned(fast_pass.ROWS, cost, layers, x, y)
    if plan is not None:
        return fast_pass.gradients(plan, layers, x, y, cost, _cost_and_output_error, as_gradient)
    if is_sharded(x):
        C, pairs = gradients_of_shards(gradients, layers, x, y, cost)
        return C, [Gradient(*pair) for pair in pairs]
    zs, activations = unchecked_forward(layers, x, unchecked(weighted_input))
    C, delta = _cost_and_output_error(layers[-1].activation, cost, zs[-1], activations[-1], y)  # BP1
    return C, backward(
        layers,
        zs,
        activations,
        delta,
        # Every shape has been checked, so the equations need not check it again.
        hidden_error=unchecked(hidden_error),  # BP2
        bias_gradient=unchecked(bias_gradient),  # BP3
        weight_gradient=unchecked(weight_gradient),  # BP4
    )
