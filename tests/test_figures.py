"""The figures are well-formed, legible, told in words, in the page's colors, and their numbers are the library's."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest

from backprop import hidden_error, output_error, quadratic_prime, rows, sigmoid, sigmoid_prime, weight_gradient
from website.pages import figures
from website.pages.figures import gradient_checks

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    "network": figures.network,
    **{f"paths of unit {unit}": lambda unit=unit: figures.paths(unit) for unit in range(3)},
    "copy and scale": figures.copy_and_scale,
    "copy and scale in rows": lambda: figures.copy_and_scale(rows=True),
    "copy and scale of others": lambda: figures.copy_and_scale(LINEAR, A1, rows=True),
    "transpose as sum": figures.transpose_as_sum,
    "u-curve": figures.u_curve,
    "saturation": figures.saturation,
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
        *(
            (f"paths of unit {j}", [W2[:, j], DELTA2, W2[:, j] * DELTA2, W2[:, j] @ DELTA2, DELTA1[j]])
            for j in range(3)
        ),
        ("copy and scale", [A1, A1, A1, DELTA2, weight_gradient(DELTA2, A1)]),
        ("copy and scale in rows", [A1, DELTA2, DELTA2, DELTA2, DELTA2, rows.weight_gradient(DELTA2, A1)]),
        ("copy and scale of others", [A1, LINEAR, LINEAR, LINEAR, LINEAR, rows.weight_gradient(LINEAR, A1)]),
        ("transpose as sum", [W2, A1, DELTA2, W2 @ A1, W2.T @ DELTA2]),
    ],
)
def test_the_numbers_are_the_librarys(name, values):
    shown, expected = lines(name), [text for value in values for text in written(value)]
    assert all(shown.count(value) >= expected.count(value) for value in expected)


@pytest.mark.parametrize("name", ["copy and scale", "copy and scale in rows", "transpose as sum"])
def test_a_table_shows_no_number_but_those(name):
    gradient = weight_gradient(DELTA2, A1)
    known = written(np.concatenate([np.ravel(part) for part in (W2, A1, DELTA2, W2 @ A1, W2.T @ DELTA2, gradient)]))
    assert {line for line in lines(name) if re.fullmatch(r"−?[\d/]+", line)} <= set(known)


def test_the_network_names_every_shape():
    shown = " ".join(lines("network"))
    for symbol, array in {"W1": W1, "W2": W2, "a1": A1, "a2": A2, "δ1": DELTA1, "δ2": DELTA2, "(W2)T": W2.T}.items():
        assert f"{symbol} {array.shape}" in shown


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
