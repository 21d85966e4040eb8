"""The figures are well-formed, legible, told in words, in the page's colors, and their numbers are the library's."""

import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import backprop
from backprop import hidden_error, output_error, quadratic_prime, rows, sigmoid, sigmoid_prime, softmax, weight_gradient
from website.pages import figures
from website.pages.figures import gradient_checks, trained_networks, training

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    "network": figures.network,
    **{f"paths of unit {unit}": lambda unit=unit: figures.paths(unit) for unit in range(3)},
    "copy and scale": figures.copy_and_scale,
    "copy and scale in rows": lambda: figures.copy_and_scale(rows=True),
    "copy and scale of others": lambda: figures.copy_and_scale(LINEAR, A1, rows=True),
    "first gradient": figures.first_gradient,
    "first gradient in rows": lambda: figures.first_gradient(rows=True),
    "what mixes": figures.what_mixes,
    "three layouts": figures.three_layouts,
    "transpose as sum": figures.transpose_as_sum,
    "transpose as sum in rows": lambda: figures.transpose_as_sum(rows=True),
    **{f"output unit {unit + 1}": lambda unit=unit: figures.output_unit(unit) for unit in range(2)},
    "bias paths": figures.bias_paths,
    "one weight": figures.one_weight,
    "falling losses": figures.falling_losses,
    "u-curve": figures.u_curve,
    "softmax bars": figures.softmax_bars,
    "backward order": figures.backward_order,
    "descent paths": figures.descent_paths,
    "optimizer paths": figures.optimizer_paths,
    "digits": figures.digits,
    "saturation": figures.saturation,
    "gradient by layer": figures.gradient_by_layer,
    "activation spread": figures.activation_spread,
    "accuracy tree": figures.accuracy_tree,
    "loss tree": figures.loss_tree,
    "sigmoid and derivative": figures.sigmoid_and_derivative,
    "activation curves": figures.activation_curves,
    "rectifier curves": figures.rectifier_curves,
    "cost curves": figures.cost_curves,
    "error curves": figures.error_curves,
    "two paths": figures.two_paths,
    "jacobian": figures.jacobian,
    "network in rows": lambda: figures.network(rows=True),
    "mnist network": figures.mnist_network,
    "chain": figures.chain,
    "chain back": figures.chain_back,
    "tree": figures.tree,
    "unit": figures.unit,
    "layer": figures.layer,
    "layer in rows": lambda: figures.layer(rows=True),
    "one layer": figures.one_layer,
    "convolution paths": figures.convolution_paths,
    "batch norm removes": figures.batch_norm_removes,
    "max pool winner": figures.max_pool_winner,
    "attention rows": figures.attention_rows,
    "attention steps": figures.attention_steps,
    "recurrent unrolled": figures.recurrent_unrolled,
    "lstm step": figures.lstm_step,
    "embedding sum": figures.embedding_sum,
    "dropout mask": figures.dropout_mask,
    "residual paths": figures.residual_paths,
    "learned kernels": figures.learned_kernels,
    "convolution learning": figures.convolution_learning,
    "transformer blocks": figures.transformer_blocks,
    "transformer attention": figures.transformer_attention,
    "transformer cost": figures.transformer_cost,
}
EVERY = pytest.mark.parametrize("name", DRAWN)

# The network of the book, worked out once more.
X, Y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
A1 = sigmoid(W1 @ X)
Z2 = W2 @ A1 + np.array([-1.75, -2.25])
A2 = sigmoid(Z2)
DELTA2 = output_error(quadratic_prime(A2, Y), sigmoid_prime(Z2))
LINEAR = np.array([0.5, -1.5])  # the same error, had the output been linear
DELTA1 = hidden_error(W2, DELTA2, sigmoid_prime(W1 @ X))

# The chain of single units, worked out once more by its formulas.
CHAIN = {
    "values": [2.0, np.log(3), 3 / 4, 0.0, 1 / 2, 1 / 8],
    "derivatives": [3 / 4 * 1 / 4, 8.0, 1 / 2 * 1 / 2, 1 / 2 - 0],
}


def svg(name):
    return ElementTree.fromstring(DRAWN[name]()).find(f"{SVG}svg")


def lines(name):
    """Return every line of text of a figure, as a reader sees it."""
    return ["".join(text.itertext()).replace("\u200b", "") for text in svg(name).iter(f"{SVG}text")]


def written(values):
    return [str(Fraction(float(value))).replace("-", "−") for value in np.ravel(values)]


@EVERY
def test_a_figure_says_in_words_what_it_shows(name):
    figure = svg(name)
    title, description, *_ = figure
    assert figure.get("role") == "img"
    assert title.tag == f"{SVG}title" and len(title.text) > 20
    assert description.tag == f"{SVG}desc" and len(description.text) > len(title.text)
    assert re.search(r"\d", description.text)


@EVERY
def test_every_color_is_a_variable_of_the_page(name):
    painted = 0
    for element in svg(name).iter():
        assert not {"fill", "stroke", "color", "class", "id"} & set(element.attrib)
        for paint in re.findall(r"(?:fill|stroke):([^;]+)", element.get("style", "")):
            assert paint == "none" or re.fullmatch(r"var\(--(c|md)-[a-z-]+, currentcolor\)", paint)
            painted += 1
    assert painted > 20


@EVERY
def test_text_is_legible_on_a_phone(name):
    figure = svg(name)
    width, height = map(float, figure.get("viewBox").split()[2:])
    shown = 354 / width  # what a column of text measures on a phone of 390 px
    for text in figure.iter(f"{SVG}text"):
        assert float(text.get("font-size")) * shown >= 11
        assert 0 <= float(text.get("x")) <= width and 0 < float(text.get("y")) < height


@EVERY
def test_nothing_is_drawn_outside_of_the_figure(name):
    figure = svg(name)
    width, height = map(float, figure.get("viewBox").split()[2:])
    for path in figure.iter(f"{SVG}path"):
        if "transform" in path.attrib:
            continue  # the head of an arrow, about its own origin
        points = [tuple(map(float, point.split())) for point in path.get("d")[1:].split("L")]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("network", [X, A1, A2, DELTA1, DELTA2]),
        ("network in rows", [X, A1, A2, DELTA1, DELTA2]),
        ("unit", [A1, Z2[0], A2[0]]),
        ("layer", [A1, W2, W2[0]]),
        ("layer in rows", [A1, W2, W2[0]]),
        ("chain", CHAIN["values"][0::2] + CHAIN["derivatives"]),
        ("tree", [W2[:, 2], A2 * (1 - A2), A2 - Y, weight_gradient(DELTA1, X)[2, 0]]),
        *(
            (f"paths of unit {j}", [W2[:, j], DELTA2, W2[:, j] * DELTA2, W2[:, j] @ DELTA2, DELTA1[j]])
            for j in range(3)
        ),
        ("copy and scale", [A1, A1, A1, DELTA2, weight_gradient(DELTA2, A1)]),
        ("copy and scale in rows", [A1, DELTA2, DELTA2, DELTA2, DELTA2, rows.weight_gradient(DELTA2, A1)]),
        ("copy and scale of others", [A1, LINEAR, LINEAR, LINEAR, LINEAR, rows.weight_gradient(LINEAR, A1)]),
        ("first gradient", [X, X, X, X, DELTA1, weight_gradient(DELTA1, X)]),
        ("first gradient in rows", [X, DELTA1, DELTA1, DELTA1, rows.weight_gradient(DELTA1, X)]),
        ("what mixes", [sigmoid_prime(W1 @ X)]),
        ("transpose as sum", [W2, A1, DELTA2, W2 @ A1, W2.T @ DELTA2]),
        ("transpose as sum in rows", [W2, A1, DELTA2, W2 @ A1, W2.T @ DELTA2]),
        *(
            (f"output unit {j + 1}", [Z2[j], A2[j], 0.25, A2[j] - Y[j], sigmoid_prime(Z2)[j], DELTA2[j]])
            for j in range(2)
        ),
        ("bias paths", [1, 1, 0.0625, 0.03125, 0.0625, 0.03125, 0.0625 + 0.03125]),
        ("one weight", [A1, DELTA2, DELTA2[1] * A1[2]]),
        ("sigmoid and derivative", [A1, sigmoid_prime(W1 @ X)]),
        ("jacobian", [W2]),
    ],
)
def test_the_numbers_are_the_librarys(name, values):
    shown, expected = lines(name), [text for value in values for text in written(value)]
    assert all(shown.count(value) >= expected.count(value) for value in expected)


@pytest.mark.parametrize(
    "name", ["copy and scale", "copy and scale in rows", "transpose as sum", "transpose as sum in rows"]
)
def test_a_table_shows_no_number_but_those(name):
    gradient = weight_gradient(DELTA2, A1)
    known = written(np.concatenate([np.ravel(part) for part in (W2, A1, DELTA2, W2 @ A1, W2.T @ DELTA2, gradient)]))
    assert {line for line in lines(name) if re.fullmatch(r"−?[\d/]+", line)} <= set(known)


@pytest.mark.parametrize("in_rows", [False, True])
def test_the_network_names_every_shape_and_formula(in_rows):
    shown = " ".join(lines("network in rows" if in_rows else "network"))
    for symbol, array in {"W1": W1, "W2": W2, "a1": A1, "a2": A2, "δ1": DELTA1, "δ2": DELTA2, "(W2)T": W2.T}.items():
        assert f"{symbol} {array.T.shape if in_rows else array.shape}" in shown
    gradient = rows.weight_gradient(DELTA1, X) if in_rows else weight_gradient(DELTA1, X)
    assert f"∂C/∂W1 = {'xT δ1' if in_rows else 'δ1 xT'}" in shown and str(gradient.shape) in shown
    assert f"z2 = {'a1 W2' if in_rows else 'W2 a1'} + b2" in shown


def test_the_large_network_counts_its_weights():
    shown = lines("mnist network")
    assert {"784 pixels", "30 hidden units", "10 outputs"} <= set(shown)
    assert {"784 · 30 =", f"{784 * 30:,} weights", "30 · 10 =", f"{30 * 10} weights"} <= set(shown)
    assert f"{784 * 30 + 30 * 10 + 30 + 10:,} numbers to learn" in svg("mnist network").find(f"{SVG}desc").text


def test_the_chain_goes_back_by_the_errors():
    s1, w2, s2, residual = CHAIN["derivatives"]
    delta2, delta1 = residual * s2, residual * s2 * w2 * s1
    shown = lines("chain back")
    for products, result in (
        ([residual, s2], delta2),
        ([delta2, w2, s1], delta1),
        ([delta2, 3 / 4], delta2 * 3 / 4),
        ([delta1, 2], delta1 * 2),
    ):
        told = f"{' · '.join(written(products))} = {written(result)[0]}"
        assert any(line.removeprefix("= ") == told for line in shown), told


def test_the_tree_adds_the_products_along_its_paths():
    factors = [(X[0], A1[2] * (1 - A1[2]), W2[k, 2], A2[k] * (1 - A2[k]), A2[k] - Y[k]) for k in range(2)]
    shown = lines("tree")
    for path in factors:
        told = " · ".join(f"({one})" if one[0] == "−" else one for one in written(path))
        assert f"{told}  =" in shown and written(np.prod(path))[0] in shown
    assert np.isclose(sum(map(np.prod, factors)), weight_gradient(DELTA1, X)[2, 0])


@pytest.mark.parametrize(
    ("name", "is_small", "factor"),
    # What a step back multiplies the norm of an error by: the root of n v times the mean of σ′².
    [("sigmoid", False, 1 / 4), ("sigmoid", True, 0.5**0.5 / 4), ("tanh", True, 0.5**0.5), ("ReLU", True, 0.5)],
)
def test_a_gradient_vanishes_by_the_factor_that_is_derived(name, is_small, factor):
    by_depth = [trained_networks.gradient_norms(name, layers, is_small)[0] for layers in (10, 20)]
    assert (by_depth[1] / by_depth[0]) ** (1 / 10) == pytest.approx(factor, rel=0.1)
    of_20 = trained_networks.gradient_norms(name, 20, is_small)
    if name == "sigmoid":
        assert (of_20[1] / of_20[18]) ** (1 / 17) == pytest.approx(factor, rel=0.1)
    else:
        assert of_20.max() / of_20.min() < 1.5


def test_a_gradient_keeps_its_size_where_the_weights_are_matched():
    for name in ("tanh", "ReLU"):
        assert 0.1 < trained_networks.gradient_norms(name, 20)[0] / trained_networks.gradient_norms(name, 2)[0] < 10
        of_20 = trained_networks.gradient_norms(name, 20)
        assert of_20.max() / of_20.min() < 4
    first, *_, last = trained_networks.gradient_norms("sigmoid", 20)
    assert first < 1e-11 * last


def test_the_shapes_of_each_layout_are_drawn():
    shown = lines("three layouts")
    W, a = np.ones((2, 3)), np.ones((3, 4))
    for ones in (W, a), (W.T, a.T), (W, a.T):
        assert all(f"{name} {array.shape}" in shown for name, array in zip("Wa", ones))
    assert shown.count("W (2, 3)") == 2 == shown.count("a (4, 3)")


def test_the_spread_of_activations_is_told():
    shown = lines("activation spread")
    for times, form in ((0.25, ".1g"), (1, ".2f"), (16, ".2f")):
        assert f"{trained_networks.tanh_activations(times)[9].std():{form}}" in shown
    assert np.mean(np.abs(trained_networks.tanh_activations(16)[9]) > 0.9) > 0.5


@pytest.mark.parametrize(("name", "page"), [("accuracy tree", "bad-accuracy"), ("loss tree", "loss-nan")])
def test_a_tree_asks_the_questions_of_its_page(name, page):
    """Its page has them once more, as a numbered list of links, in the same order."""
    text = (Path(__file__).parent.parent / f"docs/look-up/{page}.md").read_text(encoding="utf-8")
    asked = re.findall(r"^\d+\. \[(.*?\?)\]", text, re.MULTILINE)
    drawn = re.findall(r"\d+\. ([^?.]*\?)", svg(name)[1].text)
    assert [question.replace("$", "").replace(r"\sigma'", "σ′") for question in asked] == drawn
    assert len(drawn) > 5


def test_the_u_curve_is_a_u_and_the_complex_step_is_none():
    steps = 10.0 ** np.arange(-13, -0.5)
    measured = gradient_checks.measured(steps)
    assert measured.keys() == gradient_checks.WAYS.keys()
    for way, errors in measured.items():
        best = errors.argmin()
        if way == "complex step":
            assert errors[steps < 2e-9].max() < 1e-15
        else:
            assert 0 < best < len(steps) - 1
            assert errors[0] > 1000 * errors[best] and errors[-1] > 10 * errors[best]
    least = {way: errors.min() for way, errors in measured.items()}
    assert (
        least["central, float32"]
        > least["one-sided"]
        > least["central"]
        > least["fourth order"]
        > least["complex step"]
    )


def test_the_saturation_figure_marks_the_greatest_slope():
    peak = sigmoid_prime(np.linspace(-8, 8, 1601)).max()
    shown = lines("saturation")
    assert written(peak)[0] in shown
    for z in (0.0, 2.0, 4.0):
        digits, power = f"{sigmoid_prime(z) ** 6:.0e}".split("e")
        assert f"z = {z:g}: {digits} · 10−{-int(power)}" in shown


def test_the_two_paths_add_up_to_the_derivative():
    h, x = 1e-20, 2
    u, v = (x + h * 1j) ** 2, 3 * (x + h * 1j) + 1
    shown = lines("two paths")
    assert shown[-1] == f"{(u * v).imag / h:g}" and shown[-3:-1] == ["dC/dx", "the sum of both  ="]
    assert {f"du/dx = {u.imag / h:g}", f"dv/dx = {v.imag / h:g}", f"∂C/∂u = {v.real:g}", f"∂C/∂v = {u.real:g}"} <= set(
        shown
    )


@pytest.mark.parametrize("name", ["activation curves", "rectifier curves"])
def test_every_activation_is_told_with_its_derivative(name):
    told = svg(name)[1].text
    panels = {"activation curves": ["sigmoid", "tanh", "ReLU", "identity"]}
    panels["rectifier curves"] = ["ReLU", "leaky ReLU", "softplus", "SiLU", "GELU"]
    for label in panels[name]:
        function = getattr(backprop, label.lower().replace(" ", "_"))
        here, there = (f"{float(function(z)):.3g}".replace("-", "−") for z in (-2.0, 2.0))
        assert label in lines(name) and f"{label} is {here} at z = −2 and {there} at z = 2" in told


def test_an_output_that_is_most_wrong_has_no_error_under_the_quadratic_cost():
    told = svg("error curves")[1].text
    a = np.linspace(0, 1, 1001)
    errors = a * a * (1 - a)
    assert f"{errors.max():.3f}, where the output is {a[errors.argmax()]:.2f}" in told and errors[-1] == 0


def test_the_softmax_bars_are_its_outputs_and_errors():
    a = softmax(np.log([0.5, 1.5, 2.0]))
    shown = lines("softmax bars")
    for value in written(np.round(np.concatenate([a, a - [0, 1, 0]]), 12)):
        assert value in shown
    assert "sum 1" in shown and "sum 0" in shown


def test_the_backward_pass_is_drawn_in_the_order_of_its_steps():
    shown = lines("backward order")
    assert set("1234567") <= set(shown)
    products = [784 * 30, 30 * 10]
    assert f"one example: {sum(products):,} forward, {sum(products) + products[1]:,} back" in shown
    assert f"kept: {784 + 2 * (30 + 10)} numbers" in shown


@pytest.mark.parametrize("rate", training.RATES.values())
def test_each_path_of_descent_is_that_of_the_formula(rate):
    path = np.array(training.descend(rate, 4))
    k = np.arange(5)
    # The two points give C = ½ (4 (w − 1)² + (b − 3)²).
    w, b = 1 - (1 - 4 * rate) ** k, 3 - 3 * (1 - rate) ** k
    np.testing.assert_allclose(path.T, [w, b, (4 * (w - 1) ** 2 + (b - 3) ** 2) / 2], rtol=1e-12, atol=1e-12)
    assert f"C = {path[-1, 2]:.2f}" in lines("descent paths")


def test_the_digits_are_learned_as_their_page_says():
    costs, accuracies = np.split(training.learning(), 2, axis=1)
    assert np.all(costs[0] > 2) and np.all(costs[-1] < 0.15)
    assert accuracies[-1].min() >= 0.95
    shown = lines("digits")
    assert f"training digits: {costs[0, 0]:.2f} to {costs[-1, 0]:.2f}" in shown
    assert [line for line in shown if line in set("0123456789")][:10] == list("0123456789")
