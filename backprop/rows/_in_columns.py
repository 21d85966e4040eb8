r"""A network with examples as rows, as one with examples as columns: the same numbers, transposed and not copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import backprop

from .. import costs, feedforward
from .._arrays import Array, transposed
from ..activations import Activation
from ..costs import Cost
from . import costs as rows_costs
from . import feedforward as rows_feedforward
from . import softmax_layer as rows_softmax_layer

CONSTANTS = {
    id(value): getattr(backprop, name)
    for module in (rows_costs, rows_softmax_layer)
    for name in module.__all__
    if name.isupper() and (value := getattr(module, name))
}


def in_columns(
    layers: Sequence[feedforward.Layer], x: Array, y: Array, cost: Cost
) -> tuple[list[feedforward.Layer], Array, Array, Cost]:
    """Return a network, its data and its cost with examples as columns, whichever layout they have."""
    if not any(isinstance(layer, rows_feedforward.Layer) for layer in layers):
        return list(layers), x, y, cost
    turned = [feedforward.Layer(transposed(l.W), transposed(l.b), _activation(l.activation)) for l in layers]
    return turned, transposed(x), transposed(y), _cost(cost)


def _activation(activation: Activation) -> Activation:
    own: Activation = CONSTANTS.get(id(activation), activation)
    if own is not activation or getattr(backprop, activation.name.upper(), None) is activation:
        return own
    return Activation(
        activation.name,
        _turned(activation.value),
        activation.prime and _turned(activation.prime),
        activation.prime_from_a and _turned(activation.prime_from_a),
        activation.layout and "columns",
    )


def _turned(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda z: transposed(function(transposed(z)))


def _cost(cost: Cost) -> Cost:
    own: Cost = CONSTANTS.get(id(cost), cost)
    if own.layout == "columns":
        return own
    return costs.Cost(
        cost.name,
        lambda a, y: cost.value(transposed(a), transposed(y)),
        lambda a, y: transposed(cost.prime(transposed(a), transposed(y))),
        cost.over,
    )
