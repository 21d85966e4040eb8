"""Every sentence of a report is said where it is true, and its page is there; what was once said wrongly is not."""

import re
from pathlib import Path

import numpy as np
import pytest

from backprop import RELU, Layer, gradients
from backprop._address import BOOK
from backprop._sentences import SENTENCES
from backprop.gradient_check import check_gradients
from backprop.mistakes import check_network

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(0)
G = RNG.normal(size=(4, 5))  # a gradient with nothing special, its parameter, and three axes of the same
P = RNG.normal(size=(4, 5))
G3, P3 = RNG.normal(size=(2, 5, 3)), RNG.normal(size=(2, 5, 3))
V, PV = RNG.normal(size=6), RNG.normal(size=6)
OUTER = np.outer([1.0, 2.0, -3.0], [0.5, 0.25, -1.0, 2.0])  # one column times one row
COLUMN, POSITIVE = np.array([[5.0], [2.0], [3.0], [4.0]]), np.array([0.5, 2.0, 3.0, 1.5])


def linear(right, wrong, parameters=None, **options):
    """Check wrong gradients of a cost whose gradients are exactly `right`."""
    right = right if isinstance(right, list) else [right]
    wrong = wrong if isinstance(wrong, list) else [wrong]
    parameters = [np.cos(k + np.arange(g.size, dtype=float)).reshape(g.shape) for k, g in enumerate(right)] if parameters is None else parameters  # fmt: skip
    return check_gradients(lambda p: sum(np.sum(g * q) for g, q in zip(right, p)), parameters, wrong, **options)


def at(array, where, value):
    changed = array.copy()
    changed[where] = value
    return changed


def sizes(*n):
    """Return right gradients of a dense network in columns: W1, b1, W2, b2, ..."""
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape) for k, l in zip(n, n[1:]) for shape in ((l, k), (l,))]


def spoilt(*which, n=(2, 3, 4, 5), by=lambda g: np.sin(9 * g)):
    """Check a dense network in which these gradients are wrong."""
    right = sizes(*n)
    return linear(right, [by(g) if k in which else g for k, g in enumerate(right)])


def named(names, which, shapes):
    """Check parameters with these names, of which some have a wrong gradient."""
    right = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes)]
    return linear(right, [np.sin(9 * g) if name in which else g for name, g in zip(names, right)], names=names)


def zero_sums(array, axis):
    return array - array.mean(axis=axis, keepdims=True)


def orthogonal(array, to, axis=None):
    sums = (np.sum(a, axis=axis, keepdims=True) for a in (array * to, to * to))
    return array - to * np.divide(*sums)


relu = [0.0, 1.0]
SAID = {
    "not finite": lambda: linear(G, at(G, (1, 2), np.nan)),
    "beyond a kink": lambda: check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [relu], [[7.0, 1.0]]),
    "one sum": lambda: linear(V, np.full(6, V.sum())),
    "one mean": lambda: linear(V, V.mean()),
    "one number": lambda: linear(V, np.array(7.0)),
    "reshape": lambda: linear(V.reshape(6, 1), V),
    "not summed": lambda: linear(V, np.outer(V, [0.25, 0.75])),
    "shape reversed": lambda: linear(G, np.sin(9 * G).T),
    "shape": lambda: linear(G, G[0]),
    "shape times": lambda: linear(V.reshape(1, 6), 3 * V),
    "transposed": lambda: linear(G[:, :4], G[:, :4].T),
    "axes": lambda: linear(G3[:, :3], G3[:, :3].transpose(0, 2, 1)),
    "zero": lambda: linear(G, 0 * G),
    "no influence": lambda: linear([G, 0 * V], [G, V]),
    "sign": lambda: linear(G, -G),
    "sign and factor": lambda: linear(G, -5 * G),
    "factor": lambda: linear(G, G / 7),
    "other factor": lambda: linear(G, np.pi * G),
    "bias factor": lambda: linear([G, V], [G, V / 8]),
    "another": lambda: linear([V, V[::-1] + 1], [V[::-1] + 1, V]),
    "backwards": lambda: linear(G3, G3[:, ::-1, ::-1]),
    "shifted": lambda: linear(G3, np.roll(G3, 1, axis=1) * np.array([0, 1, 1, 1, 1])[:, None]),
    "permuted": lambda: linear(G, G[[2, 0, 3, 1]]),
    "reshaped": lambda: linear(G, G.T.reshape(G.shape)),
    "decay": lambda: linear(G, G + 0.1 * P, [P]),
    "decay of some": lambda: linear(G, G + 0.1 * P * [0, 1, 1, 1, 1], [P]),
    "decay and factor": lambda: linear(G + 0.1 * P, 5 * G + 0.1 * P, [P]),
    "two factors": lambda: linear(G, 5 * G + 0.1 * P, [P]),
    "small": lambda: linear(G, G * (1 + 1e-4 * np.sin(9 * G))),
    "wrong are 0": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 0.0)),
    "should be 0": lambda: linear(at(G, ([0, 1, 3], [2, 4, 0]), 0.0), G),
    "wrong share a factor": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 2 * G[[0, 1, 3], [2, 4, 0]])),
    "one slice right": lambda: linear(G3, at(np.sin(9 * G3), np.s_[:, 4], G3[:, 4])),
    "one slice wrong": lambda: linear(G3, at(G3, np.s_[:, 4], np.sin(9 * G3[:, 4]))),
    "slices": lambda: linear(G3, at(G3, np.s_[:, [1, 4]], np.sin(9 * G3[:, [1, 4]]))),
    "box": lambda: linear(G, at(G, np.s_[1:3, 1:4], np.sin(9 * G[1:3, 1:4]))),
    "entries": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 9.0)),
    "missing factor": lambda: linear([G, POSITIVE], [G / POSITIVE[:, None], POSITIVE], [P, POSITIVE]),
    "extra factor": lambda: linear([G, POSITIVE], [G * POSITIVE[:, None], POSITIVE], [P, POSITIVE]),
    "sigmoid missing": lambda: linear(OUTER, OUTER * [[4.0], [5.0], [16 / 3]]),
    "derivative missing": lambda: linear(OUTER, OUTER * [[1.25], [2.0], [3.0]]),
    "derivative twice": lambda: linear(OUTER, OUTER * [[0.25], [0.125], [0.5]]),
    "lines": lambda: linear(G, G * COLUMN),
    "as its weights": lambda: linear([OUTER, OUTER[:, 0]], [OUTER * [[4.0], [5.0], [6.0]], OUTER[:, 0] * [4, 5, 6]]),
    "constant along": lambda: linear(G, np.repeat(V[:4, None], 5, axis=1)),
    "spread": lambda: linear(G, np.broadcast_to(G.sum(axis=0), G.shape)),
    "rank one": lambda: linear(G, np.outer(V[:4], V[:5])),
    "sum to 0": lambda: linear(zero_sums(G, 0), np.sin(9 * G)),
    "orthogonal": lambda: linear(orthogonal(G, P, 1), np.sin(9 * G) + P, [P]),
    "symmetric": lambda: linear(G[:, :4] + G[:, :4].T, G[:, :4]),
    "constant": lambda: linear(np.repeat(G[:, :1], 5, axis=1), np.sin(9 * G)),
    "no guess": lambda: linear(G, np.sin(9 * G)),
    "candidate": lambda: linear(G, np.sin(9 * G), candidates={"a sine": [np.sin(9 * G)]}),
    "where output": lambda: spoilt(0, 1, 2, 3, 4, 5),
    "where one factor": lambda: spoilt(0, 1, 2, 3, 4, 5, by=lambda g: 3 * g),
    "where powers": lambda: linear(sizes(2, 3, 4), [g / 8 ** (2 - k // 2) for k, g in enumerate(sizes(2, 3, 4))]),
    "where hidden": lambda: spoilt(0, 1, 2, 3),
    "where hidden or weights": lambda: named(["W1", "W2"], ["W1"], [(3, 2), (4, 3)]),
    "where weights": lambda: spoilt(0, 2),
    "where biases": lambda: spoilt(1),
    "where one layer": lambda: spoilt(2, 3),
    "where input": lambda: named(["x", "W1", "b1"], ["x"], [(2, 7), (3, 2), (3,)]),
    "where back": lambda: named(["x", "gain", "shift"], ["x"], [(4, 3), (3,), (3,)]),
    "where step": lambda: named(["W1", "b1", "g1", "W2", "b2"], ["W1", "b1", "g1"], [(3, 2), (3,), (3,), (4, 3), (4,)]),
    "where beside": lambda: named(["W1", "b1", "W2", "b2"], ["W1"], [(3, 2, 2, 2), (3,), (4, 3), (4,)]),
    "where factors": lambda: linear(sizes(2, 3, 4), [g * f for g, f in zip(sizes(2, 3, 4), [5, 5, 3, 3])]),
    "where local": lambda: named(["W1", "g1", "h1", "W2", "g2", "h2"], ["W2"], [(3, 2), (3,), (3,), (4, 3), (4,), (4,)]),
    "where order": lambda: named(["in", "mid", "out"], ["in", "mid"], [(2, 3, 4), (5,), (6, 2)]),
    "where only": lambda: named(["gain", "kernel", "shift"], ["kernel"], [(3,), (4, 3), (3,)]),
    "where start": lambda: named(["gain", "x", "shift"], ["gain", "x", "shift"], [(3,), (4, 3), (3,)]),
    "zero biases": lambda: linear([G, V], [G, V], [P, 0 * V]),
    "zero weights": lambda: linear([G, V], [G, V], [0 * P, V]),
    "equal weights": lambda: linear([G, V], [G, V], [1 + 0 * P, V]),
    "symmetric weights": lambda: linear([G[:, :4], V], [G[:, :4], V], [P[:, :4] + P[:, :4].T, V]),
    "dead units": lambda: linear([at(G, 1, 0.0), at(V[:4], 1, 0.0)], [at(G, 1, 0.0), at(V[:4], 1, 0.0)]),
    "one example": lambda: linear([OUTER, V[:3]], [OUTER, V[:3]]),
    "at a kink": lambda: check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [relu], [[0.0, 1.0]]),
    "does not matter": lambda: linear([G, 0 * V], [G, 0 * V]),
    "rounding": lambda: check_gradients(
        lambda p: np.sum(p[0]) + np.sum(np.exp(p[1]) / np.sum(np.exp(p[1]))), [PV, PV + 1], [1 + 0 * V, 1e-17 * V]
    ),
}  # fmt: skip


def everything(report):
    return [*report.where, *(finding for row in report.rows for finding in row.findings), *report.notes]


def pattern(key):
    """Return what matches a sentence of the table with any values."""
    return re.compile(".+?".join(map(re.escape, re.split(r"\{\w+\}", SENTENCES[key][0]))), re.DOTALL)


def test_every_sentence_of_the_table_has_a_case_here():
    assert SAID.keys() == SENTENCES.keys()


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_said_with_its_page(key):
    report = SAID[key]()
    [finding] = [finding for finding in everything(report) if pattern(key).fullmatch(finding.says)][:1]
    assert finding.page == BOOK + SENTENCES[key][1]
    if key != "no guess":
        assert finding.says in str(report) and f"  See {finding.page}" in str(report)


@pytest.mark.parametrize("key", SENTENCES)
def test_a_page_of_a_sentence_is_there(key):
    path, _, anchor = SENTENCES[key][1].partition("#")
    name = ROOT / "docs" / path.rstrip("/")
    page = name.with_suffix(".md") if name.with_suffix(".md").exists() else name / "index.md"
    assert page.exists()
    assert not anchor or f"{{#{anchor}}}" in page.read_text("utf-8"), f"{page}: no heading has {{#{anchor}}}"


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_short_and_in_the_words_of_the_field(key):
    text = re.sub(r"\{\w+\}", "W1", SENTENCES[key][0])
    for sentence in re.split(r"(?<=[.?:]) ", text):
        assert len(sentence.split()) <= 30, sentence
    assert not re.search(r"claimed|measured|slip|slope|turned round|alone\b", text)
    assert text[-1] in ".?"


def test_matrices_that_fit_by_chance_are_no_layers():
    U, V, W = (np.random.default_rng(k).normal(size=shape) for k, shape in enumerate([(6, 4), (4, 6), (6, 6)]))
    report = linear([U, V, W], [np.sin(9 * U), V, np.sin(9 * W)])  # the weights of a recurrent network
    [finding] = report.where
    assert finding.says.startswith("Only parameters[0] and parameters[2] are wrong. If parameters[1] is used later")


def test_layers_have_the_numbers_of_their_names():
    report = named(["W0", "b0", "W1", "b1"], ["W0", "b0"], [(3, 2), (3,), (4, 3), (4,)])
    assert "the error of layer 1 is right" in report.where[0].says
    assert "Look at the step from layer 1 back to layer 0 (BP2): W1 transposed" in report.where[0].says


def test_a_network_with_a_scale_between_its_layers_is_not_taken_for_a_plain_one():
    report = named(["W1", "b1", "gamma", "W2", "b2"], ["W1", "b1"], [(3, 2), (3,), (3,), (4, 3), (4,)])
    assert "(BP2)" not in report.where[0].says and "the step from gamma back to b1" in report.where[0].says
    embedded = named(["E", "W1", "b1", "W2", "b2"], ["E", "W1", "b1"], [(9, 2), (3, 2), (3,), (4, 3), (4,)])
    assert "(BP2)" in embedded.where[0].says


def test_weights_and_biases_belong_together_by_their_names():
    gates = ["wi", "wf", "bi", "bf"]
    shapes = [(3, 4), (3, 4), (3,), (3,)]
    assert named(gates, ["wi"], shapes).where[0].says.startswith("wi is wrong, and bi of the same layer is right")
    assert named(gates, ["bf"], shapes).where[0].says.startswith("bf is wrong, and wf of the same layer is right")
    assert named(gates, ["wi", "bi"], shapes).where[0].says.startswith("Only wi and bi are wrong.")
    assert "of the same layer" not in named(["Why", "Whh", "by"], ["Whh"], [(2, 3), (3, 3), (2,)]).where[0].says
    assert "of the same layer" in named(["weights", "bias", "x"], ["weights"], [(2, 3), (2,), (3, 5)]).where[0].says


def test_only_a_parameter_that_is_called_an_input_is_one():
    shapes = [(4, 3), (4, 4), (4,)]
    assert "pass it back to x" in named(["x", "Wh", "b"], ["x"], shapes).where[0].says
    assert "pass it back to" not in named(["Wx", "Wh", "b"], ["Wx"], shapes).where[0].says


# ---- What a review of sixteen public repositories found to be said wrongly


def sentences(report):
    return "\n".join(finding.says for finding in everything(report))


@pytest.mark.parametrize(("rows", "scale"), [(2, 1), (6, 3)])
def test_an_epsilon_in_a_logarithm_is_no_missing_derivative(rows, scale):
    rng = np.random.default_rng(rows)
    z, labels = scale * rng.normal(size=(rows, 3)), np.eye(3)[rng.integers(3, size=rows)]

    def softmax(z):
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def cost(p):
        return -np.sum(labels * np.log(softmax(p["z"]) + 1e-5)) / rows

    report = check_gradients(cost, {"z": z}, {"z": (softmax(z) - labels) / rows})
    assert not report.ok
    assert "The difference is small" in sentences(report)
    assert "σ′" not in sentences(report) and "times the right" not in sentences(report)


def test_an_epsilon_in_one_pass_makes_every_entry_wrong_and_none_is_called_right():
    rng = np.random.default_rng(0)
    x, r = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))

    def normalized(x, eps):
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)

    def cost(p):
        c = p["x"] - p["x"].mean(axis=0)
        return np.sum(r * c / np.sqrt((c**2).mean(axis=0) + 1e-5))

    hat, std = normalized(x, 0), x.std(axis=0)
    report = check_gradients(cost, {"x": x}, {"x": (r - r.mean(axis=0) - hat * (r * hat).mean(axis=0)) / std})
    assert not report.ok
    assert "The difference is small" in sentences(report) and "others are right" not in sentences(report)


def test_all_columns_halved_but_one_are_no_derivative_taken_twice():
    report = linear(G, G * [0.5, 0.5, 1.0, 0.5, 0.5])
    assert "each 1/2 of the right one. The others are right." in sentences(report)
    assert "It is right only at [:, 2]." in sentences(report)
    assert "twice" not in sentences(report).replace("go through twice", "")


def test_half_of_the_decay_is_not_called_missing():
    report = linear(G + 0.2 * P, G + 0.1 * P, [P])
    assert (
        "It is the right gradient plus -0.1 times the parameter. The weight decay of the cost and that of"
        in sentences(report)
    )


def test_one_number_has_no_factor_unless_it_is_a_simple_one_or_shared():
    def cost(p):
        return 3 * p["w"] + np.sum(V * p["v"])

    assert "times" not in sentences(check_gradients(cost, {"w": 1.0, "v": PV}, {"w": 0.7, "v": V}))
    shared = check_gradients(cost, {"w": 1.0, "v": PV}, {"w": 3 * np.pi, "v": np.pi * V})
    assert shared.where[0].says.startswith("All gradients are off by one factor.")
    assert "w, v: It is 3.14159 times the right gradient." in str(shared)


def test_a_derivative_at_a_instead_of_z_is_not_called_missing_only():
    assert "is missing, or it is taken at a instead of z" in sentences(linear(OUTER, OUTER * [[1.1], [1.2], [1.3]]))


def test_a_missing_1_over_m_beside_a_decay_is_named_once():
    first, second = sizes(3, 4)[0], sizes(3, 4)[1]
    p = np.cos(np.arange(12.0)).reshape(4, 3)
    report = linear([first + 0.05 * p, second], [5 * first + 0.05 * p, 5 * second], [p, np.sin(np.arange(4.0))])
    assert "beside a weight decay of 0.05" in sentences(report)
    assert "It is 5 times the right gradient" in sentences(report)


def test_a_rounding_error_has_no_error_and_no_bound_in_the_table():
    [_, _, line, *_] = str(SAID["rounding"]()).splitlines()
    assert line.split()[:3] == ["parameters[1]", "(6,)", "rounding"]


def test_a_bias_that_the_cost_adds_several_times_casts_doubt_on_the_cost():
    images = np.random.default_rng(0).normal(size=(5, 5))
    W, b = np.random.default_rng(1).normal(size=(2, 2)), np.array([0.25, -0.5, 0.75])

    def cost(p):  # the bias is added to each of the four products of a window
        windows = np.lib.stride_tricks.sliding_window_view(images, (2, 2))
        return np.sum(np.sin(np.einsum("ijhw,hw->ij", windows, p["W"])[..., None] + 4 * p["b"]))

    windows = np.lib.stride_tricks.sliding_window_view(images, (2, 2))
    d = np.cos(np.einsum("ijhw,hw->ij", windows, W)[..., None] + 4 * b)
    report = check_gradients(
        cost, {"W": W, "b": b}, {"W": np.einsum("ijk,ijhw->hw", d, windows), "b": d.sum(axis=(0, 1))}
    )
    assert "b: It is 1/4 of the right gradient" in str(report) and "the cost may add this parameter 4 times" in str(
        report
    )


def test_biases_of_0_that_hide_a_mistake_are_noted_although_the_check_passes():
    rng = np.random.default_rng(0)
    layers = [Layer(rng.normal(size=(3, 2)), np.zeros(3), RELU), Layer(rng.normal(size=(2, 3)), np.zeros(2))]
    x, y = rng.normal(size=(2, 6)), rng.random((2, 6))
    report = check_network(layers, x, y, gradients(layers, x, y)[1])
    assert report.ok
    assert "b1 and b2 are 0 throughout. A mistake that is multiplied by them" in sentences(report)


def test_no_parameters_make_a_whole_sentence():
    assert str(check_gradients(lambda p: 3.0, [], [])).endswith("0 of 0 entries.")
