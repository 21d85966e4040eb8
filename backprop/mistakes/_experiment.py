r"""What all mistakes share: a network to make them in, a training to watch, and the check that names them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .._arrays import Array, transposed
from ..backward_pass import Gradient, backward, cost_and_output_error, cost_of_output
from ..bp1_output_error import output_error
from ..bp2_hidden_error import hidden_error
from ..bp3_bias_gradient import bias_gradient
from ..bp4_weight_gradient import weight_gradient
from ..costs import QUADRATIC, Cost
from ..feedforward import Layer, forward, validated_network
from ..gradient_check import GradientReport, check_gradients
from ..rows import feedforward as rows
from ..rows._in_columns import in_columns
from ..shapes import ShapeError
from ..softmax_layer import SOFTMAX

__all__ = ["candidates", "check_network", "gradients_with", "losses", "specimen"]

Equation: TypeAlias = Callable[..., Array]
Pass: TypeAlias = tuple[Array, list[Gradient]]


class Recipe(NamedTuple):
    """How a mistake is made in a network: in which layers, by which backward pass, with which options of it."""

    layers: Sequence[Layer]
    backward: Callable[..., Pass]
    options: dict[str, Any]


class Training(NamedTuple):
    """What a network was trained on, and its losses with the right gradient and with the wrong one."""

    on: str
    right: list[float]
    wrong: list[float]


class Mistake(NamedTuple):
    """A wrong formula, how it is made in a network, and the training that its page draws.

    `recipes` takes the layers of a network and the learning rate, if that is known, and gives the recipe by the name of
    the mistake; or nothing, where the mistake cannot be made.
    """

    function: Callable[..., Any]
    recipes: Callable[[Sequence[Layer], float | None], dict[str, Recipe]]
    training: Callable[[], Training]


MISTAKES: list[Mistake] = []  # in the order of their import


def register(
    function: Callable[..., Any],
    *,
    recipes: Callable[[Sequence[Layer], float | None], dict[str, Recipe]] | None = None,
    training: Callable[[], Training] | None = None,
) -> Mistake:
    """Enter a mistake. By default it is made in the place of the equation that its name begins with."""
    made = recipes or (lambda layers, learning_rate: {function.__name__: replacing(layers, function)})
    mistake = Mistake(function, made, training or (lambda: on_the_specimen(replacing(specimen()[0], function))))
    MISTAKES.append(mistake)
    return mistake


def replacing(layers: Sequence[Layer], *functions: Equation) -> Recipe:
    """Return the recipe that puts each function in the place of the equation that its name begins with."""
    equations = ("output_error", "hidden_error", "bias_gradient", "weight_gradient")
    options = {
        equation: function for function in functions for equation in equations if function.__name__.startswith(equation)
    }
    return Recipe(layers, gradients_with, options)


def on_the_specimen(
    recipe: Recipe,
    learning_rate: float = 2.0,
    steps: int = 500,
    cost: Cost = QUADRATIC,
    y: Array | None = None,
    about: str = "three questions about three bits",
    layers: Sequence[Layer] | None = None,
) -> Training:
    """Return the losses of the specimen by a recipe, and of `layers`, or the recipe's own, by the right equations."""
    _, x, targets = specimen()
    y = targets if y is None else y
    right = losses(layers or recipe.layers, x, y, learning_rate, steps, cost)
    wrong = losses(recipe.layers, x, y, learning_rate, steps, cost, backward=recipe.backward, **recipe.options)
    return Training(about, right, wrong)


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def gradients_with(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    cost: Cost = QUADRATIC,
    *,
    output_error: Equation = output_error,
    hidden_error: Equation = hidden_error,
    bias_gradient: Equation = bias_gradient,
    weight_gradient: Equation = weight_gradient,
) -> Pass:
    r"""Return what `gradients` would if some of its four equations were others.

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
    output_error, hidden_error, bias_gradient, weight_gradient : callable
        The equations; by default the right ones.

    Returns
    -------
    C : array of shape ()
        The cost.
    gradients : list of Gradient
        One for each layer, first layer first.

    Raises
    ------
    ShapeError
        If an equation does not take the shapes that it meets.

    Examples
    --------
    With the right ones it is `gradients`:

    >>> import numpy as np
    >>> from backprop import gradients
    >>> layers, x, y = specimen()
    >>> C, found = gradients_with(layers, x, y)
    >>> np.array_equal(found[0].dC_dW, gradients(layers, x, y)[1][0].dC_dW)
    True
    """
    C, zs, activations, delta = forward_and_output_error(layers, x, y, cost, output_error)
    return C, backward(layers, zs, activations, delta, hidden_error, bias_gradient, weight_gradient)


def forward_and_output_error(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost, given: Equation = output_error
) -> tuple[Array, list[Array], list[Array], Array]:
    """Return the cost, all weighted inputs and activations, and the output error, by BP1 or by the equation given."""
    layers, x, y = _validated(layers, x, y)
    zs, activations = forward(layers, x)
    activation, z, a = layers[-1].activation, zs[-1], activations[-1]
    if given is output_error or activation is SOFTMAX:
        C, delta = cost_and_output_error(activation, cost, z, a, y)
        return C, zs, activations, delta
    return cost.value(a, y), zs, activations, given(cost.prime(a, y), activation.derivative(z, a))


def _validated(layers: Sequence[Layer], x: Array, y: Array) -> tuple[Sequence[Layer], Array, Array]:
    layers, axes, kind = tuple(layers), {"x": "n0 m?", "y": "nL m?"}, Layer
    if any(isinstance(layer, rows.Layer) for layer in layers):
        axes, kind = {"x": "m? n0", "y": "m? nL"}, rows.Layer
    layers, [x, y] = validated_network("gradients", layers, axes, [x, y], kind)
    return layers, x, y


def _cost(layers: Sequence[Layer], x: Array, y: Array, cost: Cost) -> Array:
    zs, activations = forward(layers, x)
    return cost_of_output(layers[-1].activation, cost, zs[-1], activations[-1], y)


def losses(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    learning_rate: float,
    steps: int,
    cost: Cost = QUADRATIC,
    *,
    backward: Callable[..., Pass] = gradients_with,
    **equations: Equation,
) -> list[float]:
    r"""Return the cost before each step of a descent along gradients that may be wrong, and after the last.

    Steps are taken as NumPy takes them, so a gradient of another shape is broadcast where it can be.

    Parameters
    ----------
    layers : list of Layer
        The network to start from. It is not changed.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    learning_rate : float
        $\eta$.
    steps : int
        How many.
    cost : Cost
        The cost and its derivative.
    backward : callable
        The backward pass: takes the layers, `x`, `y` and the cost.
    **equations : callable
        What `gradients_with` takes.

    Returns
    -------
    losses : list of float
        One more than there are steps.

    Raises
    ------
    ShapeError
        If a wrong gradient does not fit its parameter even by broadcasting.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> [round(C, 3) for C in losses(layers, x, y, 2.0, 3)]
    [0.412, 0.39, 0.374, 0.362]
    """
    layers, x, y = _validated(layers, x, y)
    before = []
    for _ in range(steps):
        C, gradients = backward(layers, x, y, cost, **equations)
        before.append(float(C))
        layers = [
            Layer(layer.W - learning_rate * dC_dW, layer.b - learning_rate * dC_db, layer.activation)
            for layer, (dC_dW, dC_db) in zip(layers, gradients)
        ]
    return [*before, float(_cost(layers, x, y, cost))]


def check_network(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    gradients: Sequence[Gradient],
    cost: Cost = QUADRATIC,
    *,
    learning_rate: float | None = None,
    **options: Any,
) -> GradientReport:
    r"""Check the gradients of a network of this library, with every mistake of this package as a candidate.

    The network may have either layout: give it layers, data and a cost of `backprop.rows`, or of `backprop`.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    gradients : list of Gradient
        What a backward pass gives: a pair for each layer, first layer first.
    cost : Cost
        The cost and its derivative.
    learning_rate : float, optional
        $\eta$, if the pass may have updated weights on its way.
    **options
        What [`check_gradients`][backprop.check_gradients] takes.

    Returns
    -------
    report : GradientReport
        Its parameters are called W1, b1, W2 and so on.

    Raises
    ------
    ShapeError
        If there is not one gradient for each layer.

    Examples
    --------
    >>> from backprop import gradients
    >>> layers, x, y = specimen()
    >>> C, found = gradients(layers, x, y)
    >>> check_network(layers, x, y, found).ok
    True
    """

    def cost_of(parameters: list[Array]) -> Array:
        pairs = zip(parameters[::2], parameters[1::2], layers)
        return _cost(*in_columns([type(layer)(W, b, layer.activation) for W, b, layer in pairs], x, y, cost))

    layers, x, y = _validated(layers, x, y)
    parameters = [array for layer in layers for array in (layer.W, layer.b)]
    names = [f"{letter}{l}" for l in range(1, len(layers) + 1) for letter in "Wb"]
    given = {"names": names, "candidates": candidates(layers, x, y, cost, learning_rate=learning_rate)} | options
    return check_gradients(cost_of, parameters, [array for pair in gradients for array in pair], **given)


def candidates(
    layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC, *, learning_rate: float | None = None
) -> dict[str, list[Array]]:
    r"""Return, for each mistake that can be made in a network, all the gradients that it would give.

    The network may have either layout, and the gradients have the same.

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
    learning_rate : float, optional
        $\eta$, for weights that were updated too early; without it they are not among the candidates.

    Returns
    -------
    candidates : dict of str to list of arrays
        By the name of the mistake,
        $\partial C / \partial W^1, \partial C / \partial b^1, \partial C / \partial W^2, \dots$ as it would
        have them. Mistakes that the shapes of this network rule out are not in it.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together.

    Examples
    --------
    No weights are square in a 2-3-4 network, and its hidden layer has 2 units before it and 4 after it:

    >>> import numpy as np
    >>> layers = [Layer(np.ones((3, 2)), np.zeros(3)), Layer(np.ones((4, 3)), np.zeros(4))]
    >>> found = candidates(layers, np.ones((2, 5)), np.ones((4, 5)))
    >>> "hidden_error_by_inverse" in found, "hidden_error_by_pseudo_inverse" in found
    (False, True)
    """
    given, x, y = _validated(layers, x, y)  # or shapes that do not fit would be taken for those of a mistake
    layers, x, y, cost = in_columns(given, x, y, cost)
    made = {}
    for name, recipe in _recipes(layers, learning_rate):
        try:
            _, gradients = recipe.backward(recipe.layers, x, y, cost, **recipe.options)
        except (ShapeError, np.linalg.LinAlgError):
            continue
        made[name] = [array for pair in gradients for array in pair]
    if "hidden_error_by_inverse" in made:
        del made["hidden_error_by_pseudo_inverse"]  # the same
    if any(layer.layout == "rows" for layer in given):
        return {name: list(map(transposed, arrays)) for name, arrays in made.items()}
    return made


def _recipes(layers: Sequence[Layer], learning_rate: float | None) -> Iterator[tuple[str, Recipe]]:
    """Yield the name and the recipe of each mistake, and of the two that are commonly made in all layers at once."""
    for mistake in MISTAKES:
        yield from mistake.recipes(layers, learning_rate).items()
    functions = {mistake.function.__name__: mistake.function for mistake in MISTAKES}
    for kind in ("without_derivative", "with_derivative_twice"):
        both = [f"{equation}_{kind}" for equation in ("output_error", "hidden_error")]
        yield " and ".join(both), replacing(layers, *(functions[name] for name in both))


def specimen() -> tuple[list[Layer], Array, Array]:
    """Return a network in which every mistake passes, with eight examples and their targets.

    Returns
    -------
    layers : list of Layer
        3-3-3, sigmoid, both weights invertible.
    x : array of shape (3, 8)
        Three bits in all their combinations, a column each.
    y : array of shape (3, 8)
        Whether the first two differ, whether the last two are both 1, whether the first or the last is.

    Examples
    --------
    >>> layers, x, y = specimen()
    >>> layers[1].W
    array([[-1.,  2., -1.],
           [-1., -2.,  1.],
           [ 0.,  1., -1.]])
    """
    x = np.array(list(itertools.product((0.0, 1.0), repeat=3))).T
    first, second, third = x.astype(bool)
    y = np.array([first ^ second, second & third, first | third], dtype=float)
    W1 = np.array([[0.0, -1.0, -1.0], [-5.0, 4.0, 2.0], [-1.0, 2.0, 1.0]])
    W2 = np.array([[-1.0, 2.0, -1.0], [-1.0, -2.0, 1.0], [0.0, 1.0, -1.0]])
    return [Layer(W1, np.array([1.0, -0.5, -1.0])), Layer(W2, np.array([0.0, 1.0, 0.0]))], x, y
