"""Every mistake of the museum passes for a gradient, is caught, and is called by its name."""

import functools
import inspect
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from book import curves

from backprop import (
    CROSS_ENTROPY,
    IDENTITY,
    QUADRATIC,
    RELU,
    SIGMOID,
    SOFTMAX,
    SOFTMAX_CROSS_ENTROPY,
    SOFTPLUS,
    TANH,
    Activation,
    Layer,
    ShapeError,
    bp1_output_error,
    bp2_hidden_error,
    bp3_bias_gradient,
    bp4_weight_gradient,
    gradients,
    mistakes,
    sigmoid,
    softmax,
)
from backprop.mistakes import examine, gradients_with, losses, specimen, suspects

APPARATUS = {"gradients_with", "losses", "examine", "suspects", "specimen"}
MUSEUM = [name for name in mistakes.__all__ if name not in APPARATUS]
RIGHT = {
    "output_error": bp1_output_error,
    "hidden_error": bp2_hidden_error,
    "bias_gradient": bp3_bias_gradient,
    "weight_gradient": bp4_weight_gradient,
}
WRONG_SLOPE = {
    "sigmoid_prime_at_a": Activation("sigmoid", sigmoid, mistakes.sigmoid_prime_at_a),
    "softmax_prime_by_diagonal": Activation("softmax", softmax, mistakes.softmax_prime_by_diagonal),
}
RATE = 0.5


def equation_of(name):
    """Return the name of the equation that a mistake stands for, or None."""
    return next((right for right in RIGHT if name.startswith(right)), None)


def make(name, layers, x, y, cost=QUADRATIC):
    """Return the gradients that a network would have with this mistake."""
    wrong = getattr(mistakes, name)
    if name in WRONG_SLOPE:
        changed = [layer if layer.activation is not right_slope(name) else wrong_slope(layer, name) for layer in layers]
        return gradients(changed, x, y, cost)[1]
    if equation_of(name):
        return gradients_with(layers, x, y, cost, **{equation_of(name): wrong})[1]
    options = {"learning_rate": RATE} if "learning_rate" in inspect.signature(wrong).parameters else {}
    return wrong(layers, x, y, cost, **options)[1]


def right_slope(name):
    return SOFTMAX if name.startswith("softmax") else SIGMOID


def wrong_slope(layer, name):
    return Layer(layer.W, layer.b, WRONG_SLOPE[name])


def network(sizes, m, hidden=SIGMOID, output=SIGMOID, seed=0):
    rng = np.random.default_rng(seed)
    kinds = [hidden] * (len(sizes) - 2) + [output]
    layers = [Layer(rng.normal(size=(n, k)), rng.normal(size=n), kind) for k, n, kind in zip(sizes, sizes[1:], kinds)]
    shape = (sizes[0], m) if m else sizes[0]
    y = rng.random((sizes[-1], m) if m else sizes[-1])
    return layers, rng.normal(size=shape), y / y.sum(axis=0)


def named(report):
    """Return the mistakes that a report names for each parameter that fails."""
    sentences = [sentence.partition("It is what ")[2].removesuffix(" gives.") for sentence in report.diagnosis]
    return [sentence.split(" or ") for sentence in sentences]


SQUARE, PALINDROME, DISTINCT = (3, 3, 3, 3), (2, 3, 2), (2, 3, 4, 5)
NEEDS_SQUARE = {"weight_gradient_transposed", "hidden_error_without_transpose", "hidden_error_by_inverse"}
FORBIDDEN = {SQUARE: set(), PALINDROME: NEEDS_SQUARE, DISTINCT: NEEDS_SQUARE | {"gradients_with_own_weights"}}
SIZES = pytest.mark.parametrize("sizes", FORBIDDEN, ids=["square", "palindrome", "distinct"])


def attempt(name, sizes, m):
    """Return a network with its data, and the gradients with this mistake, or None if the mistake raises."""
    problem = network(sizes, m, output=SOFTMAX if name.startswith("softmax") else SIGMOID)
    try:
        return problem, make(name, *problem)
    except ShapeError:
        return problem, None


@SIZES
def test_shapes_forbid_what_the_chapter_says(sizes):
    def passes(name):
        (layers, _, _), wrong = attempt(name, sizes, 4)
        return wrong is not None and all(
            dC_dW.shape == layer.W.shape and np.broadcast_shapes(dC_db.shape, layer.b.shape) == layer.b.shape
            for layer, (dC_dW, dC_db) in zip(layers, wrong)
        )

    assert {name for name in MUSEUM if not passes(name)} == FORBIDDEN[sizes]


@SIZES
@pytest.mark.parametrize("m", [4, 5])
@pytest.mark.parametrize("name", MUSEUM)
def test_every_mistake_is_caught_and_named(name, m, sizes):
    problem, wrong = attempt(name, sizes, m)
    if wrong is None:
        assert name in FORBIDDEN[sizes]
        return
    report = examine(*problem, wrong, learning_rate=RATE)
    assert not report.ok
    # where W is square and invertible its pseudo-inverse is its inverse
    expected = "hidden_error_by_inverse" if name == "hidden_error_by_pseudo_inverse" and sizes == SQUARE else name
    assert [expected] in named(report)
    assert all(expected in names for names in named(report))


@pytest.mark.parametrize("name", [name for name in MUSEUM if equation_of(name)])
def test_a_mistake_has_the_signature_of_the_right_formula(name):
    wrong, right = getattr(mistakes, name), getattr(RIGHT[equation_of(name)], equation_of(name))
    assert inspect.signature(wrong).parameters == inspect.signature(right).parameters


@pytest.mark.parametrize("name", MUSEUM)
def test_a_mistake_writes_to_nothing(name):
    layers, x, y = specimen()
    for array in (x, y, *[array for layer in layers for array in (layer.W, layer.b)]):
        array.flags.writeable = False
    make(name, layers, x, y)


@pytest.mark.parametrize("name", MUSEUM)
def test_the_loss_of_the_specimen_falls_for_every_mistake(name):
    layers, x, y = specimen()
    if name.startswith("softmax"):
        layers, y = [layers[0], Layer(layers[1].W, layers[1].b, SOFTMAX)], y / y.sum(axis=0).clip(1)

    def backward(layers, x, y, cost):
        return cost.value(output(layers, x), y), make(name, layers, x, y, cost)

    found = losses(layers, x, y, RATE, 20, backward=backward)
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.95 * found[0]


def output(layers, x):
    a = x
    for layer in layers:
        a = layer.activation(layer.W @ a + layer.b[:, None])
    return a


@pytest.mark.parametrize(
    ("last", "cost"),
    [
        *[(last, QUADRATIC) for last in (SIGMOID, SOFTMAX, IDENTITY)],
        *[(last, CROSS_ENTROPY) for last in (SIGMOID, SOFTMAX)],
        *[(last, SOFTMAX_CROSS_ENTROPY) for last in (SIGMOID, IDENTITY)],
    ],
    ids=lambda named: named.name,
)
@pytest.mark.parametrize("m", [0, 4])
def test_with_the_right_equations_it_is_the_library(last, cost, m):
    layers, x, y = network(DISTINCT, m, hidden=TANH, output=last)
    C, found = gradients_with(layers, x, y, cost)
    expected_C, expected = gradients(layers, x, y, cost)
    assert expected_C == C
    for pair, right in zip(found, expected):
        for array, expected_array in zip(pair, right):
            assert array.shape == expected_array.shape
            np.testing.assert_allclose(array, expected_array, rtol=1e-13)
    assert examine(layers, x, y, found, cost, learning_rate=RATE).ok


def test_a_slope_that_is_missing_or_double_in_all_layers_is_named_as_both():
    layers, x, y = network((2, 3, 4, 5), 6)
    for kind in ("without_slope", "with_slope_twice"):
        both = {equation: getattr(mistakes, f"{equation}_{kind}") for equation in ("output_error", "hidden_error")}
        report = examine(layers, x, y, gradients_with(layers, x, y, **both)[1])
        assert named(report)[0] == [f"output_error_{kind} and hidden_error_{kind}"]
        assert f"output_error_{kind}" in named(report)[-1]


@pytest.mark.parametrize("hidden", [TANH, SOFTPLUS], ids=lambda kind: kind.name)
def test_a_slope_at_a_is_named_after_its_activation(hidden):
    layers, x, y = network((2, 3, 4), 5, hidden=hidden, output=IDENTITY)
    at_a = Activation(hidden.name, hidden.value, lambda z: hidden.prime(hidden.value(z)))
    wrong = gradients([Layer(layers[0].W, layers[0].b, at_a), layers[1]], x, y)[1]
    assert named(examine(layers, x, y, wrong))[0] == [f"{hidden.name}_prime_at_a"]


def test_relu_asked_at_a_is_no_mistake():
    layers, x, y = network((2, 3, 4), 5, hidden=RELU, output=IDENTITY)
    at_a = Activation("relu", RELU.value, lambda z: RELU.prime(RELU.value(z)))
    wrong = gradients([Layer(layers[0].W, layers[0].b, at_a), layers[1]], x, y)[1]
    assert examine(layers, x, y, wrong).ok


def test_weights_updated_too_early_need_their_learning_rate_to_be_named():
    layers, x, y = network(DISTINCT, 5)
    wrong = make("gradients_with_updated_weights", layers, x, y)
    assert not examine(layers, x, y, wrong).ok
    assert "gradients_with_updated_weights" not in suspects(layers, x, y)
    assert ["gradients_with_updated_weights"] in named(examine(layers, x, y, wrong, learning_rate=RATE))


def test_suspects_of_shapes_that_do_not_fit_raise():
    layers, x, y = network(DISTINCT, 5)
    with pytest.raises(ShapeError):
        suspects(layers, x[:-1], y)


def test_a_singular_square_matrix_leaves_the_pseudo_inverse_as_the_suspect():
    layers, x, y = network((2, 2, 2), 5)
    layers[1].W[:] = 1
    found = suspects(layers, x, y)
    assert "hidden_error_by_pseudo_inverse" in found
    assert "hidden_error_by_inverse" not in found


def test_biases_stored_as_a_column_keep_their_shape():
    layers, x, y = network((3, 3, 3), 4)
    layers = [Layer(layer.W, layer.b[:, None], layer.activation) for layer in layers]
    for name in ("bias_gradient_by_mean", "hidden_error_by_inverse"):
        wrong = make(name, layers, x, y)
        assert wrong[0].dC_db.shape == (3, 1)
        assert name in named(examine(layers, x, y, wrong))[0]


@pytest.mark.parametrize("keepdims", [False, True])
def test_one_number_for_all_biases_is_named_in_every_shape(keepdims):
    layers, x, y = network(DISTINCT, 4)
    wrong = functools.partial(mistakes.bias_gradient_as_one_number.__wrapped__, keepdims=keepdims)
    found = gradients_with(layers, x, y, bias_gradient=lambda delta, **_: wrong(delta))[1]
    report = examine(layers, x, y, found, suspects={})
    assert len(report.diagnosis) == 3
    assert all("It is one number for all" in sentence for sentence in report.diagnosis)


@pytest.mark.parametrize("name", MUSEUM)
def test_every_mistake_has_a_room_with_its_code_and_its_picture(name):
    page = (Path(__file__).parents[1] / "docs" / "museum.md").read_text(encoding="utf-8")
    assert page.count(f"::: backprop.mistakes.{name}\n") == page.count(f'curves.room("{name}")') == 1
    assert f"def {name}(" in curves.code(name)
    svg = "{http://www.w3.org/2000/svg}"
    picture = ElementTree.fromstring(curves.picture(name)).find(f"{svg}svg")
    assert picture.get("role") == "img"
    _, right, wrong = curves.EXHIBITS.get(name, curves.on_the_specimen)(name)
    assert wrong[0] == pytest.approx(right[0]) and wrong[1] < wrong[0]
    told = picture.find(f"{svg}desc").text
    for loss in (right[-1], wrong[-1]):
        assert f"{loss:.2f}" in told or f"{loss:.1g}" in told
