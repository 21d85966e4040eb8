r"""The backward pass is the four equations in order, from the output down.

$$
\begin{aligned}
\delta^{L} &= \nabla_a C \odot \sigma'(z^{L}) \\
\delta^{l} &= \bigl( (W^{l+1})^{\mathsf T} \delta^{l+1} \bigr) \odot \sigma'(z^{l}) \\
\frac{\partial C}{\partial b^{l}} &= \sum_i \delta^{l}_{\cdot i} \\
\frac{\partial C}{\partial W^{l}} &= \delta^{l} (a^{l-1})^{\mathsf T}
\end{aligned}
$$

Nothing here is new but the order: forward once, and keep everything; back once, and use it.

# Shapes

| symbol                        | in code             | one example | `m` examples         | meaning                         |
| ----------------------------- | ------------------- | ----------- | -------------------- | ------------------------------- |
| $x = a^{0}$                   | `x`                 | `(n_0,)`    | `(n_0, m)`           | input                           |
| $y$                           | `y`                 | `(n_L,)`    | `(n_L, m)`           | target                          |
| $C$                           | returned first      | `()`        | `()`                 | cost, the mean over examples    |
| $\partial C / \partial W^{l}$ | `gradient.dC_dW`    | `(n, n_prev)` | `(n, n_prev)`      | in the shape of $W^l$           |
| $\partial C / \partial b^{l}$ | `gradient.dC_db`    | `(n,)`      | `(n,)` or `(n, 1)`   | in the shape of $b^l$           |

# Derivation

Every chapter so far gave one line, and each needs only what stands above it: BP1 the output, BP2 the
error of the layer above, BP3 and BP4 the error of their own layer. Going down, all of it is there when
its turn comes.

Going up instead, one nudges a weight and follows the nudge to the cost: a pass for each weight. Down, each
error is computed once and used by every path that runs through its unit. That is the whole economy of
backpropagation.

# Why it is so

Three things of the forward pass are used again, with the values that they had there: $a^{l-1}$ in BP4, $\sigma'(z^{l})$ in BP1 and
BP2, and $W^{l+1}$ in BP2. A weight that has been updated before the error went through it carries the error of
another network, so all gradients come first and all steps after.

# A 2-3-2 network

```pycon
>>> import numpy as np
>>> from backprop import Layer, gradients
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
>>> C, (first, second) = gradients(layers, np.array([1.0, 2.0]), np.array([0.0, 1.0]))
>>> float(C)
0.25
>>> second.dC_dW
array([[ 0.0625 ,  0.09375,  0.03125],
       [-0.0625 , -0.09375, -0.03125]])
>>> first.dC_dW
array([[ 0.03125,  0.0625 ],
       [ 0.     ,  0.     ],
       [-0.09375, -0.1875 ]])
>>> first.dC_db, second.dC_db
(array([ 0.03125,  0.     , -0.09375]), array([ 0.125, -0.125]))

```

The second hidden unit has error 0, so its row of gradients is 0.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ._address import BOOK
from ._arrays import Array, namespace
from ._axes import same_shape
from .activations import SIGMOID, Activation
from .bp1_output_error import output_error
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import CROSS_ENTROPY, QUADRATIC, SIGMOID_CROSS_ENTROPY, Cost
from .feedforward import MODULES, Layer, unchecked_forward, validated_network, weighted_input
from .shapes import ShapeError, unchecked
from .shards import gradients_of_shards, is_sharded
from .softmax_layer import SOFTMAX, SOFTMAX_CROSS_ENTROPY, SOFTMAX_THEN_CROSS_ENTROPY

__all__ = ["Gradient", "gradients"]


# An activation function and a cost in one formula of z, in which nothing rounds to 0 or 1.
FUSED = {(SIGMOID, CROSS_ENTROPY): SIGMOID_CROSS_ENTROPY, (SOFTMAX, CROSS_ENTROPY): SOFTMAX_THEN_CROSS_ENTROPY}
# The costs that apply an activation function themselves.
APPLYING = {SOFTMAX_CROSS_ENTROPY: "softmax", SIGMOID_CROSS_ENTROPY: "sigmoid"}


class Gradient(NamedTuple):
    r"""The gradient of one layer, each part in the shape of its parameter.

    Parameters
    ----------
    dC_dW : array of shape (n, n_prev)
        Gradient $\partial C / \partial W^l$ of the weights.
    dC_db : array of shape (n,) or (n, 1)
        Gradient $\partial C / \partial b^l$ of the biases.

    Examples
    --------
    >>> import numpy as np
    >>> dC_dW, dC_db = Gradient(np.zeros((3, 2)), np.zeros(3))
    >>> dC_dW.shape
    (3, 2)
    """

    dC_dW: Array
    dC_db: Array


@np.errstate(over="ignore", divide="ignore")
def gradients(layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC) -> tuple[Array, list[Gradient]]:
    r"""Return the cost and the gradient of every layer.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first. Only the last may have `SOFTMAX`.
    x : array of shape (n_0,) or (n_0, m)
        The input: one example, or `m` as columns.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its derivative; one of the constants, or your own.

    Returns
    -------
    C : array of shape ()
        The cost of the batch: for the constants, the mean over the examples.
    gradients : list of Gradient
        One for each layer, first layer first.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together, or if your own cost is not one number, or its derivative does
        not have the shape of the output.
    TypeError
        If `cost` is not a `Cost`, or if `SOFTMAX` is where it cannot be: in a hidden layer, or before a
        cost that applies it itself.
    ValueError
        If `x` is a Dask array and the cost does not say how it combines the examples.

    Examples
    --------
    One weight: $C = \frac12 (w x - y)^2$, so $\partial C / \partial w = (w x - y) x = (6 - 1) \cdot 3$.

    >>> from backprop import IDENTITY, Layer
    >>> C, [gradient] = gradients([Layer([[2.0]], [0.0], IDENTITY)], [3.0], [1.0])
    >>> float(C), gradient
    (12.5, Gradient(dC_dW=array([[15.]]), dC_db=array([5.])))
    """
    layers, [x, y] = validated_network("gradients", layers, {"x": "n0 m?", "y": "nL m?"}, [x, y], Layer)
    check_cost(layers, cost)
    if is_sharded(x):
        C, pairs = gradients_of_shards(gradients, layers, x, y, cost)
        return C, [Gradient(*pair) for pair in pairs]
    zs, activations = unchecked_forward(layers, x, unchecked(weighted_input))
    C, delta = cost_and_output_error(layers[-1].activation, cost, zs[-1], activations[-1], y)  # BP1
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


def cost_and_output_error(
    activation: Activation,
    cost: Cost,
    z: Array,
    a: Array,
    y: Array,
    fused_costs: Mapping[Any, Cost] = FUSED,
    softmax: Activation = SOFTMAX,
) -> tuple[Array, Array]:
    """Return the cost and, by BP1, the error of the output layer, in the layout of the cost."""
    fused = fused_costs.get((activation, cost))
    if fused is not None:
        return unchecked(fused.value)(z, y), unchecked(fused.prime)(z, y)
    C, dC_da = unchecked(cost.value)(a, y), unchecked(cost.prime)(a, y)
    _check_values(cost, C, dC_da, a)
    if activation is softmax:
        # BP1 with a Jacobian, Jᵀ ∇_a C, where J = diag(a) − a aᵀ
        units = 0 if cost.layout == "columns" else -1
        return C, a * (dC_da - namespace(a).sum(a * dC_da, axis=units, keepdims=True))
    return C, unchecked(output_error)(dC_da, activation.derivative(z, a))


def cost_of_output(activation: Activation, cost: Cost, z: Array, a: Array, y: Array) -> Array:
    """Return the cost alone, as a function of z where that is exact."""
    fused = FUSED.get((activation, cost))
    return cost.value(a, y) if fused is None else fused.value(z, y)


def backward(
    layers: Sequence[Layer],
    zs: Sequence[Array],
    activations: Sequence[Array],
    delta: Array,
    hidden_error: Callable[..., Array],
    bias_gradient: Callable[..., Array],
    weight_gradient: Callable[..., Array],
) -> list[Gradient]:
    """Go back from the error of the output layer to the first layer, by the equations that are given."""
    from_the_output = []
    for l in reversed(range(len(layers))):
        dC_dW = weight_gradient(delta, activations[l])
        dC_db = bias_gradient(delta, keepdims=layers[l].b.ndim == 2)
        from_the_output.append(Gradient(dC_dW, dC_db))
        if l > 0:
            sigma_prime_z = layers[l - 1].activation.derivative(zs[l - 1], activations[l])
            delta = hidden_error(layers[l].W, delta, sigma_prime_z)
    return from_the_output[::-1]


def _check_values(cost: Cost, C: Any, dC_da: Any, a: Array) -> None:
    """Raise if a reader's own cost is not one number, or its derivative not an array in the shape of the output."""
    if np.shape(C) != ():
        raise ShapeError(
            f"gradients: the cost {cost.name} has shape {np.shape(C)}; it must be one number for all examples. Sum it, or take "
            f"its mean.\n  See {BOOK}look-up/sum-or-mean/"
        )
    if not hasattr(C, "dtype") and not isinstance(C, (int, float, complex)):
        raise TypeError(f"gradients: the cost {cost.name} is {C!r}, not a number")
    if not hasattr(dC_da, "shape"):
        raise TypeError(
            f"gradients: the derivative of the cost {cost.name} is a {type(dC_da).__name__}; it must be an array of "
            f"the shape of the output, {tuple(a.shape)}"
        )
    if not same_shape(dC_da.shape, a.shape):
        shapes = f"{tuple(dC_da.shape)}, and the output has {tuple(a.shape)}"
        raise ShapeError(
            f"gradients: the derivative of the cost {cost.name} has shape {shapes}; they must be the same: one derivative for "
            f"each output of each example.\n  See {BOOK}look-up/output-error/"
        )


def check_cost(
    layers: Sequence[Layer],
    cost: Cost,
    kind: type[Cost] = Cost,
    softmax: Activation = SOFTMAX,
    applying: Mapping[Any, str] = APPLYING,
) -> None:
    """Raise if this is no cost for these layers. The rest are the costs, the softmax and the costs that apply one, of a layout."""
    if not isinstance(cost, Cost):
        given = getattr(cost, "__name__", type(cost).__name__)
        raise TypeError(f"gradients: cost is {given}; write a Cost, such as QUADRATIC, which knows its derivative")
    if cost.layout != kind.layout:
        own, other = MODULES[kind.layout], MODULES[cost.layout]
        is_constant = cost.name in ("quadratic", "cross_entropy", "sigmoid_cross_entropy", "softmax_cross_entropy")
        name = cost.name.upper() if is_constant else "Cost"
        raise TypeError(f"gradients: cost is of {other}, for examples as {cost.layout}; write {own}.{name}")
    if any(layer.activation is softmax for layer in layers[:-1]):
        raise TypeError("gradients: SOFTMAX in a hidden layer; BP2 needs an elementwise activation there")
    applied = applying.get(cost)
    if applied and layers[-1].activation.name == applied:
        raise TypeError(f"gradients: {cost.name.upper()} applies {applied} itself; give the last layer IDENTITY")
