"""Every mistake passes for a gradient, is caught, is called by its name, and has its page."""

import functools
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

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
    check_gradients,
    gradients,
    mistakes,
    sigmoid,
    softmax,
)
from backprop import layers as layers_of_the_library
from backprop.mistakes import MISTAKES, candidates, check_network, gradients_with, losses, of_layers, specimen
from website.pages import mistakes as pages

BY_NAME = {mistake.function.__name__: mistake for mistake in MISTAKES}
OF_LAYERS = {mistake.function.__name__: mistake for mistake in of_layers.MISTAKES}
RIGHT = {
    "output_error": bp1_output_error,
    "hidden_error": bp2_hidden_error,
    "bias_gradient": bp3_bias_gradient,
    "weight_gradient": bp4_weight_gradient,
}
WRONG_DERIVATIVE = {
    "sigmoid_prime_at_a": Activation("sigmoid", sigmoid, mistakes.sigmoid_prime_at_a),
    "softmax_prime_by_diagonal": Activation("softmax", softmax, mistakes.softmax_prime_by_diagonal),
}
RATE = 0.5
ROOT = Path(__file__).parent.parent


def equation_of(name):
    """Return the name of the equation that a mistake stands for, or None."""
    return next((right for right in RIGHT if name.startswith(right)), None)


def make(name, layers, x, y, cost=QUADRATIC):
    """Return the gradients that a network would have with this mistake."""
    wrong = getattr(mistakes, name)
    if name in WRONG_DERIVATIVE:
        changed = [
            layer if layer.activation is not right_activation(name) else wrong_derivative(layer, name)
            for layer in layers
        ]
        return gradients(changed, x, y, cost)[1]
    if equation_of(name):
        return gradients_with(layers, x, y, cost, **{equation_of(name): wrong})[1]
    options = {"learning_rate": RATE} if "learning_rate" in inspect.signature(wrong).parameters else {}
    return wrong(layers, x, y, cost, **options)[1]


def right_activation(name):
    return SOFTMAX if name.startswith("softmax") else SIGMOID


def wrong_derivative(layer, name):
    return Layer(layer.W, layer.b, WRONG_DERIVATIVE[name])


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

    assert {name for name in BY_NAME if not passes(name)} == FORBIDDEN[sizes]


@SIZES
@pytest.mark.parametrize("m", [4, 5])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_mistake_is_caught_and_named(name, m, sizes):
    problem, wrong = attempt(name, sizes, m)
    if wrong is None:
        assert name in FORBIDDEN[sizes]
        return
    report = check_network(*problem, wrong, learning_rate=RATE)
    assert not report.ok
    # where W is square and invertible its pseudo-inverse is its inverse
    expected = "hidden_error_by_inverse" if name == "hidden_error_by_pseudo_inverse" and sizes == SQUARE else name
    assert [expected] in named(report)
    assert all(expected in names for names in named(report))


@pytest.mark.parametrize("name", [name for name in BY_NAME if equation_of(name)])
def test_a_mistake_has_the_signature_of_the_right_formula(name):
    wrong, right = getattr(mistakes, name), getattr(RIGHT[equation_of(name)], equation_of(name))
    assert inspect.signature(wrong).parameters == inspect.signature(right).parameters


@pytest.mark.parametrize("name", BY_NAME)
def test_a_mistake_writes_to_nothing(name):
    layers, x, y = specimen()
    for array in (x, y, *[array for layer in layers for array in (layer.W, layer.b)]):
        array.flags.writeable = False
    make(name, layers, x, y)


@pytest.mark.parametrize("name", BY_NAME)
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
        (IDENTITY, SOFTMAX_CROSS_ENTROPY),
    ],
    ids=lambda named: named.name,
)
@pytest.mark.parametrize("m", [0, 4])
def test_with_the_right_equations_it_is_the_library(last, cost, m):
    layers, x, y = network(DISTINCT, m, hidden=TANH, output=last)
    C, found = gradients_with(layers, x, y, cost)
    expected_C, expected = gradients(layers, x, y, cost)
    assert expected_C == pytest.approx(C, rel=1e-14)  # `gradients` adds in another order: see fast_pass
    for pair, right in zip(found, expected):
        for array, expected_array in zip(pair, right):
            assert array.shape == expected_array.shape
            np.testing.assert_allclose(array, expected_array, rtol=1e-13)
    assert check_network(layers, x, y, found, cost, learning_rate=RATE).ok


def test_a_derivative_that_is_missing_or_double_in_all_layers_is_named_as_both():
    layers, x, y = network((2, 3, 4, 5), 6)
    for kind in ("without_derivative", "with_derivative_twice"):
        both = {equation: getattr(mistakes, f"{equation}_{kind}") for equation in ("output_error", "hidden_error")}
        report = check_network(layers, x, y, gradients_with(layers, x, y, **both)[1])
        assert named(report)[0] == [f"output_error_{kind} and hidden_error_{kind}"]
        assert f"output_error_{kind}" in named(report)[-1]


@pytest.mark.parametrize("hidden", [TANH, SOFTPLUS], ids=lambda kind: kind.name)
def test_a_derivative_at_a_is_named_after_its_activation(hidden):
    layers, x, y = network((2, 3, 4), 5, hidden=hidden, output=IDENTITY)
    at_a = Activation(hidden.name, hidden.value, lambda z: hidden.prime(hidden.value(z)))
    wrong = gradients([Layer(layers[0].W, layers[0].b, at_a), layers[1]], x, y)[1]
    assert named(check_network(layers, x, y, wrong))[0] == [f"{hidden.name}_prime_at_a"]


def test_relu_asked_at_a_is_no_mistake():
    layers, x, y = network((2, 3, 4), 5, hidden=RELU, output=IDENTITY)
    at_a = Activation("relu", RELU.value, lambda z: RELU.prime(RELU.value(z)))
    wrong = gradients([Layer(layers[0].W, layers[0].b, at_a), layers[1]], x, y)[1]
    assert check_network(layers, x, y, wrong).ok


def test_weights_updated_too_early_need_their_learning_rate_to_be_named():
    layers, x, y = network(DISTINCT, 5)
    wrong = make("gradients_with_updated_weights", layers, x, y)
    assert not check_network(layers, x, y, wrong).ok
    assert "gradients_with_updated_weights" not in candidates(layers, x, y)
    assert ["gradients_with_updated_weights"] in named(check_network(layers, x, y, wrong, learning_rate=RATE))


@pytest.mark.parametrize(("last", "z"), [(SIGMOID, 40.0), (SOFTMAX, 1000.0)], ids=["sigmoid", "softmax"])
def test_a_saturated_output_can_be_checked_and_trained(last, z):
    layers, x, y = [Layer([[z], [0.0]], [0.0, 0.0], last)], [1.0], [0.0, 1.0]
    C, found = gradients(layers, x, y, CROSS_ENTROPY)
    assert np.isfinite(C)
    assert check_network(layers, x, y, found, CROSS_ENTROPY).ok
    assert losses(layers, x, y, 1e-3, 1, CROSS_ENTROPY)[0] == C


def test_candidates_for_shapes_that_do_not_fit_raise():
    layers, x, y = network(DISTINCT, 5)
    with pytest.raises(ShapeError):
        candidates(layers, x[:-1], y)


def test_a_singular_square_matrix_leaves_the_pseudo_inverse_as_the_candidate():
    layers, x, y = network((2, 2, 2), 5)
    layers[1].W[:] = 1
    found = candidates(layers, x, y)
    assert "hidden_error_by_pseudo_inverse" in found
    assert "hidden_error_by_inverse" not in found


def test_biases_stored_as_a_column_keep_their_shape():
    layers, x, y = network((3, 3, 3), 4)
    layers = [Layer(layer.W, layer.b[:, None], layer.activation) for layer in layers]
    for name in ("bias_gradient_by_mean", "hidden_error_by_inverse"):
        wrong = make(name, layers, x, y)
        assert wrong[0].dC_db.shape == (3, 1)
        assert name in named(check_network(layers, x, y, wrong))[0]


@pytest.mark.parametrize("keepdims", [False, True])
def test_one_number_for_all_biases_is_named_in_every_shape(keepdims):
    layers, x, y = network(DISTINCT, 4)
    wrong = functools.partial(mistakes.bias_gradient_as_one_number.__wrapped__, keepdims=keepdims)
    found = gradients_with(layers, x, y, bias_gradient=lambda delta, **_: wrong(delta))[1]
    report = check_network(layers, x, y, found, candidates={})
    assert len(report.diagnosis) == 3
    assert all("It is one number for all" in sentence for sentence in report.diagnosis)


@pytest.mark.parametrize("name", [*BY_NAME, *OF_LAYERS])
def test_every_mistake_has_a_picture_of_its_loss(name):
    mistake = (BY_NAME | OF_LAYERS)[name]
    svg = "{http://www.w3.org/2000/svg}"
    picture = ElementTree.fromstring(pages.picture(mistake)).find(f"{svg}svg")
    assert picture.get("role") == "img"
    _, right, wrong = pages.training(mistake)
    assert wrong[0] == pytest.approx(right[0]) and wrong[1] < wrong[0]
    told = picture.find(f"{svg}desc").text
    for loss in (right[-1], wrong[-1]):
        assert f"{loss:.2f}" in told or f"{loss:.1g}" in told


@pytest.mark.parametrize("name", BY_NAME)
def test_every_mistake_has_a_card_with_its_formula_and_the_losses_of_its_picture(name):
    module = importlib.import_module(BY_NAME[name].function.__module__)
    by_columns, by_rows = pages.formulas_of(module)
    for tex in (by_columns, by_rows):
        assert r"\ne" in tex and "underbrace" not in tex and tex.count("{") == tex.count("}")
    card = pages.card(module.__name__.rpartition(".")[2])
    assert card.count('class="katex"') == 2
    _, right, wrong = pages.training(BY_NAME[name])
    assert re.findall(r">(?:right|wrong) ([\d.e-]+)</text>", card) == [
        pages._short(loss[-1]) for loss in (right, wrong)
    ]


# ---- Layers


def calls_of(network):
    """Return the arguments of each call of the backward function in a network."""
    calls = []

    def recorded(*arrays, **options):
        calls.append((arrays, options))
        return network.backward(*arrays, **options)

    network.gradients(network.parameters, recorded)
    return calls


def parts(found):
    """Return the arrays that a backward function gives."""
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("name", OF_LAYERS)
def test_a_mistake_of_a_layer_takes_and_gives_what_the_right_function_does(name):
    wrong, network = OF_LAYERS[name].function, of_layers.specimen(OF_LAYERS[name].function)
    assert inspect.signature(wrong).parameters == inspect.signature(network.backward).parameters
    for arrays, options in calls_of(network):
        for array in arrays:
            array.flags.writeable = False
        found, right = wrong(*arrays, **options), network.backward(*arrays, **options)
        assert type(found) is type(right)
        assert [array.shape for array in parts(found)] == [array.shape for array in parts(right)]
        assert [np.array_equal(*pair) for pair in zip(parts(found), parts(wrong(*arrays, **options)))].count(False) == 0


@pytest.mark.parametrize("name", OF_LAYERS)
def test_a_mistake_of_a_layer_is_refused_and_named_and_the_right_function_is_not(name):
    wrong, network = OF_LAYERS[name].function, of_layers.specimen(OF_LAYERS[name].function)
    assert check_gradients(network.cost, network.parameters, of_layers.gradients_with(network)).ok
    given, found = of_layers.candidates(network), of_layers.gradients_with(network, wrong)
    report = check_gradients(network.cost, network.parameters, found, candidates=given)
    assert not report.ok
    assert named(report) == [[name]] * len(report.diagnosis)


@pytest.mark.parametrize("name", OF_LAYERS)
def test_the_loss_of_a_network_falls_at_first_with_every_mistake_of_a_layer(name):
    network = of_layers.specimen(OF_LAYERS[name].function)
    found = of_layers.losses(network, OF_LAYERS[name].learning_rate, 10, OF_LAYERS[name].function)
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.95 * found[0]


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 0), (2, 1), (3, 2), (1, 3)])
def test_a_kernel_that_is_not_flipped_is_right_for_the_flipped_kernel(stride, padding):
    rng = np.random.default_rng(0)
    x, K, b = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2)), np.zeros(4)
    dC_dout = rng.normal(size=layers_of_the_library.convolution(x, K, b, stride=stride, padding=padding).shape)
    options = {"stride": stride, "padding": padding}
    wrong = of_layers.convolution_backward_without_flip(dC_dout, x, K, b, **options)
    right = layers_of_the_library.convolution_backward(dC_dout, x, np.flip(K, axis=(2, 3)), b, **options)
    for array, expected in zip(wrong, right):
        np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-14)


def test_where_a_mistake_of_a_layer_changes_nothing_it_is_right():
    rng = np.random.default_rng(0)
    cases = [
        ("dropout_backward_with_new_mask", [(3, 4), (3, 4), np.ones((3, 4), bool)], {"keep": 1.0}),
        ("embedding_backward_by_assignment", [(3, 2), (5, 2), np.array([4, 0, 2])], {}),
        ("attention_backward_with_mask_after_softmax", [(2, 3, 5), (2, 3, 4), (2, 3, 4), (2, 3, 5)], {"causal": False}),
        ("attention_backward_without_scale", [(2, 3, 5), (2, 3, 1), (2, 3, 1), (2, 3, 5)], {"causal": True}),
        ("lstm_backward_without_carry", [(2, 1, 3), (2, 1, 4), (4, 12), (3, 12), (12,), (2, 3), (2, 3)], {}),
    ]
    for name, given, options in cases:
        arrays = [part if isinstance(part, np.ndarray) else rng.normal(size=part) for part in given]
        right = of_layers.specimen(OF_LAYERS[name].function).backward
        for array, expected in zip(OF_LAYERS[name].function(*arrays, **options), right(*arrays, **options)):
            np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-15)


def test_a_mistake_of_a_layer_refuses_what_the_layer_refuses():
    with pytest.raises(ShapeError, match="WRONG"):
        of_layers.batch_norm_backward_with_constants(np.ones((4, 3)), np.ones((4, 2)), np.ones(2), np.ones(2))
    with pytest.raises(IndexError, match="ids has -1"):
        of_layers.embedding_backward_by_assignment(np.ones((1, 2)), np.ones((3, 2)), np.array([-1]))
    with pytest.raises(ValueError, match="no mistake of a layer; these are: attention_backward_without_scale, "):
        of_layers.specimen(np.tanh)


def test_the_mistakes_of_layers_are_loaded_only_when_they_are_needed():
    program = "import sys, backprop.mistakes; print('backprop.layers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", OF_LAYERS)
def test_every_mistake_of_a_layer_has_a_card(name):
    module = importlib.import_module(OF_LAYERS[name].function.__module__)
    formulas = pages.formulas_of(module)
    for tex in formulas:
        assert r"\ne" in tex and not re.search(r"underbrace|aligned|\\\\", tex) and tex.count("{") == tex.count("}")
    card = pages.card(f"of_layers.{module.__name__.rpartition('.')[2]}")
    assert formulas and card.count('class="katex"') == 1
    assert "data-layout" not in card


# ---- The pages

PACKAGE, PAGES = ROOT / "backprop" / "mistakes", ROOT / "docs" / "look-up" / "mistakes"
MODULES = sorted(path.stem for path in PACKAGE.glob("[a-z]*.py"))
MODULES += sorted(f"of_layers.{path.stem}" for path in PACKAGE.glob("of_layers/[a-z]*.py"))
HEADINGS = ["Why it looks right", "When the shapes still fit", "What the loss does", "What the gradient check says"]


@pytest.mark.parametrize("module", MODULES)
def test_every_mistake_is_a_module_with_a_page(module):
    about = importlib.import_module(f"backprop.mistakes.{module}")
    assert hasattr(about, "MISTAKE"), f"backprop/mistakes/{module}.py: end it with MISTAKE = register(...)"
    folder, _, name = module.rpartition(".")
    assert about.MISTAKE in (of_layers.MISTAKES if folder else MISTAKES)
    assert [about.MISTAKE.function.__name__] == about.__all__
    package = PACKAGE / folder / "__init__.py"
    line = f"from .{name} import *"
    assert line in package.read_text("utf-8"), f'{package.relative_to(ROOT)}: add "{line}"'
    file = f"docs/look-up/mistakes/{name.replace('_', '-')}.md"
    assert (ROOT / file).exists(), f"{file} is missing: copy outer-product-transposed.md beside it"
    page = (ROOT / file).read_text("utf-8")
    for line in (
        f"::: backprop.mistakes.{module}\n",
        f'mistakes.page("{module}")',
        f"::: backprop.mistakes.{module.removesuffix(name)}{about.__all__[0]}\n",
    ):
        assert page.count(line) == 1, f"{file}: write {line.strip()} once"
    assert ("layout: rows\n" in page) == bool(folder), f"{file}: examples come first there, or both layouts are shown"
    index = (PAGES / "index.md").read_text("utf-8")
    title = re.search(r"^# (.*?)(?: \{.*)?$", page, re.MULTILINE)[1]
    entry = f"- [{title}]({Path(file).name})  \n  {inspect.getdoc(about).partition(chr(10))[0]}\n"
    for line in (entry, f'mistakes.card("{module}")'):
        assert index.count(line) == 1, (
            f"docs/look-up/mistakes/index.md: write {line!r} once, in a card of one of the lists"
        )
    place = file.removeprefix("docs/")
    assert place in (ROOT / "mkdocs.yml").read_text("utf-8"), f'mkdocs.yml: add "- Its title: {place}" to nav'


@pytest.mark.parametrize("module", MODULES)
def test_every_mistake_is_told_in_the_same_order(module):
    docstring = inspect.getdoc(importlib.import_module(f"backprop.mistakes.{module}"))
    headings = re.findall(r"^# (.*)$", docstring, re.MULTILINE)
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS
    assert r"\ne" in docstring.partition("# ")[0]
    [name] = importlib.import_module(f"backprop.mistakes.{module}").__all__
    assert f"def {name}(" in pages.page(module)
