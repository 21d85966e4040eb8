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
TALL = np.outer(1.5 + np.cos(np.arange(8.0)), [0.5, 0.25, -1.0])  # the same, of eight rows
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


def cell(*wrong, by=lambda g: np.sin(9 * g), times=0.0):
    """Check a recurrent cell with two gates and a candidate, of which these gates are wrong, and all by `times` a little."""
    names = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "Wh", "Uh", "bh", "Wy", "by"]
    rng = np.random.default_rng(2)
    right = [rng.normal(size={"W": (4, 3), "U": (4, 4), "b": (4,)}[name[0]]) for name in names[:-2]]
    right += [rng.normal(size=(2, 4)), rng.normal(size=2)]
    spoilt = [
        by(g) if name[1] in wrong else g + times * np.cos(9 * g) if name[1] != "y" else g
        for name, g in zip(names, right)
    ]
    return linear(right, spoilt, names=names)


def centered_and_scaled(mean, scale):
    """Check weights and biases before a normalization over the examples, whose backward pass follows these paths or not."""
    rng = np.random.default_rng(3)
    x, r = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    p = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}

    def hat(p):
        z = x @ p["W"] + p["b"]
        centered = z - z.mean(axis=0)
        std = np.sqrt((centered**2).mean(axis=0))
        return centered / std, std

    a, std = hat(p)
    d = (r - mean * r.mean(axis=0) - scale * a * (r * a).mean(axis=0)) / std
    return check_gradients(lambda p: np.sum(r * hat(p)[0]), p, {"W": x.T @ d, "b": d.sum(axis=0)})


def unlike(shapes, **wrong):
    """Check parameters with these names and shapes, some with the function of the right gradient that is given."""
    right = {name: np.random.default_rng(k).normal(size=shape) for k, (name, shape) in enumerate(shapes.items())}
    given = [wrong.get(name, np.array)(g) for name, g in right.items()]
    return linear([*right.values()], given, names=[*shapes])


def rough():
    """Check in float32, with a wrong gradient, a cost with two weak kinks beside an entry, closer than a difference tells."""
    p = np.array([0.0, 1.0, -0.5], np.float32)

    def cost(q):
        v = q[0].astype(np.float32)
        kinks = np.maximum(v - np.float32(0.004), 0) - np.maximum(-v - np.float32(0.006), 0)
        return np.float32(np.sum(np.float32(0.7) * v + np.float32(0.02) * kinks))

    return check_gradients(cost, [p], [np.array([1.2, 0.72, 0.72], np.float32)])


def just_above_the_bound():
    """Check two gradients that are off by about a millionth, one above what rounding explains and one below."""
    return linear([G, V], [G * (1 + 1.5e-6 * (1 + np.sin(9 * G) / 9)), V * (1 + 9e-7 * (1 + np.sin(9 * V) / 9))])


BLOCKS = {f"blocks[{k}].{name}": (3, n + 5 * k) for k in (0, 1) for n, name in enumerate(["Wq", "Wk", "Wv", "Wo"], 2)}
NORMALIZED = {f"layer{k}.{name}{k}": (3, 2 + k) if name == "W" else (2 + k,) for k in (1, 2) for name in ("W", "b", "gamma", "beta")}  # fmt: skip
POOLED = (3, 2, 2, 2), (3,), (5, 4), (4,)  # a convolution and a layer that is dense


def sine(g):
    return np.sin(9 * g)


def placed(shapes, wrong, names=None):
    """Check a list of arrays, some with the function of the right gradient that is given by their place."""
    right = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes)]
    given = [wrong.get(k, np.array)(g) for k, g in enumerate(right)]
    return linear(right, given, **({"names": names} if names else {}))


relu = [0.0, 1.0]
DEAD = at(G, 1, 0.0), at(V[:4], 1, 0.0)
SAID = {
    "not finite": lambda: linear(G, at(G, (1, 2), np.nan)),
    "beyond a kink": lambda: check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [relu], [[7.0, 1.0]]),
    "beyond a near kink": rough,
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
    "product": lambda: linear(sizes(2, 3, 4), [g * f for g, f in zip(sizes(2, 3, 4), [5, 5, 3, 3])]),
    "bias factor": lambda: linear([G, V], [G, V / 8]),
    "another": lambda: linear([V, V[::-1] + 1], [V[::-1] + 1, V]),
    "root": lambda: linear([G[:, :4], G[1:, :4], V], [2 * G[:, :4], 2 * G[1:, :4], V]),
    "swapped": lambda: linear([G, P], [P[[1, 2, 3, 0]] + 1 - np.array([[1.5], [0.5], [1], [1]]), G[[1, 0, 3, 2]] + np.array([[1], [-1], [0.5], [-0.5]])]),
    "backwards": lambda: linear(G3, G3[:, ::-1, ::-1]),
    "shifted": lambda: linear(G3, np.roll(G3, 1, axis=1) * np.array([0, 1, 1, 1, 1])[:, None]),
    "permuted": lambda: linear(G, G[[2, 0, 3, 1]]),
    "reshaped": lambda: linear(G, G.T.reshape(G.shape)),
    "decay": lambda: linear(G, G + 0.1 * P, [P]),
    "sign times a constant": lambda: linear(G, G + 0.04 * np.sign(P) * (np.abs(P) > 0.5), [P]),
    "decay of some": lambda: linear(G, G + 0.1 * P * [0, 1, 1, 1, 1], [P]),
    "decay and factor": lambda: linear(G + 0.1 * P, 5 * G + 0.1 * P, [P]),
    "two factors": lambda: linear(G, 5 * G + 0.1 * P, [P]),
    "small": lambda: linear(G, G * (1 + 1e-4 * np.sin(9 * G))),
    "wrong are 0": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 0.0)),
    "should be 0": lambda: linear(at(G, ([0, 1, 3], [2, 4, 0]), 0.0), G),
    "wrong share a factor": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 2 * G[[0, 1, 3], [2, 4, 0]])),
    "dead unit": lambda: linear([*DEAD], [at(np.sin(9 * DEAD[0]), 1, 0.5), at(DEAD[1], 1, 0.5)]),
    "same units": lambda: linear([G, V[:4]], [at(G, [1, 3], np.sin(9 * G[[1, 3]])), at(V[:4], [1, 3], [7.0, -8.0])]),
    "repeated": lambda: linear([G, V], [at(G, [0, 3], np.sin(9 * G[[0, 3]])), V]),
    "overlap": lambda: linear(G, at(G, np.s_[1:3, 1:4], np.sin(9 * G[1:3, 1:4]))),
    "opposite": lambda: linear([G, P], [np.sin(9 * G) / 9 - G, np.sin(9 * P) / 9 - P]),
    "mean": lambda: centered_and_scaled(mean=0, scale=1),
    "one slice right": lambda: linear(G3, at(np.sin(9 * G3), np.s_[:, 4], G3[:, 4])),
    "one slice wrong": lambda: linear(G3, at(G3, np.s_[:, 4], np.sin(9 * G3[:, 4]))),
    "slices": lambda: linear(G3, at(G3, np.s_[:, [1, 4]], np.sin(9 * G3[:, [1, 4]]))),
    "box": lambda: linear(G, at(G, np.s_[1:3, 1:4], np.sin(9 * G[1:3, 1:4]))),
    "entries": lambda: linear(G, at(G, ([0, 1, 3], [2, 4, 0]), 9.0)),
    "missing factor": lambda: linear([G, POSITIVE], [G / POSITIVE[:, None], POSITIVE], [P, POSITIVE]),
    "extra factor": lambda: linear([G, POSITIVE], [G * POSITIVE[:, None], POSITIVE], [P, POSITIVE]),
    "sigmoid missing": lambda: linear(OUTER, OUTER * [[4.0], [5.0], [16 / 3]]),
    "derivative missing": lambda: linear(TALL, TALL * (1.25 + np.arange(8.0)[:, None])),
    "derivative twice": lambda: linear(TALL, TALL / (2 + np.arange(8.0)[:, None])),
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
    "where weights times": lambda: spoilt(0, 2, by=lambda g: 4 * g),
    "where biases": lambda: spoilt(1),
    "where one layer": lambda: spoilt(2, 3),
    "where input": lambda: named(["x", "W1", "b1"], ["x"], [(2, 7), (3, 2), (3,)]),
    "where back": lambda: named(["x", "gain", "shift"], ["x"], [(4, 3), (3,), (3,)]),
    "where step": lambda: named(["W1", "b1", "g1", "W2", "b2"], ["W1", "b1", "g1"], [(3, 2), (3,), (3,), (4, 3), (4,)]),
    "where beside": lambda: named(["W1", "b1", "W2", "b2"], ["b1"], [(3, 2, 2, 2), (3,), (4, 3), (4,)]),
    "where beside a sum": lambda: named(["W1", "b1", "W2", "b2"], ["W1"], [(3, 2, 2, 2), (3,), (4, 3), (4,)]),
    "where times": lambda: placed(POOLED, {2: lambda g: 4 * g}),
    "where otherwise": lambda: placed(POOLED, {0: sine, 1: sine, 2: lambda g: 4 * g}),
    "where pair": lambda: placed(POOLED, {0: sine, 1: sine, 2: sine}),
    "where near": just_above_the_bound,
    "where last block": lambda: unlike({"x": (2, 7)} | BLOCKS, **dict.fromkeys(["x", *list(BLOCKS)[:4], "blocks[1].Wk"], sine)),
    "where whole block": lambda: unlike({"x": (2, 7), "out": (5, 2)} | BLOCKS, **dict.fromkeys(["x", *BLOCKS], sine)),
    "where normalization": lambda: unlike(NORMALIZED, **dict.fromkeys([*list(NORMALIZED)[:6]], sine)),
    "where factors": lambda: linear(sizes(2, 3, 4), [g * f for g, f in zip(sizes(2, 3, 4), [5, 5, 3, 3])]),
    "where flatten": lambda: named(["k1", "b1", "W2", "b2"], ["k1", "b1"], [(3, 2, 2, 2), (3,), (4, 3), (4,)]),
    "where block": lambda: named(["E", "F", "A", "B", "C", "out"], ["E", "A", "B", "C"], [(8, 2), (8, 2), (2, 3), (3, 2), (2, 5), (5, 4)]),
    "where used": lambda: named(["E", "mid", "out"], ["E"], [(2, 3, 4), (5,), (6, 2)]),
    "where first": lambda: named(["gain", "kernel", "bend"], ["kernel"], [(3,), (4, 3), (3,)]),
    "where recurrent": lambda: cell("z", "r", "h"),
    "where gates": lambda: cell("h", times=0.1),
    "where one gate": lambda: cell("r"),
    "where local": lambda: named(["W1", "g1", "h1", "W2", "g2", "h2"], ["W2"], [(3, 2), (3,), (3,), (4, 3), (4,), (4,)]),
    "where order": lambda: named(["in", "mid", "out"], ["in", "mid"], [(2, 3, 4), (5,), (6, 2)]),
    "where only": lambda: named(["in", "kernel", "out"], ["in", "out"], [(3,), (4, 3), (3,)]),
    "where start": lambda: named(["gain", "x", "shift"], ["gain", "x", "shift"], [(3,), (4, 3), (3,)]),
    "zero biases": lambda: linear([G, V], [G, V], [P, 0 * V]),
    "zero weights": lambda: linear([G, V], [G, V], [0 * P, V]),
    "equal weights": lambda: linear([G, V], [G, V], [1 + 0 * P, V]),
    "symmetric weights": lambda: linear([G[:, :4], V], [G[:, :4], V], [P[:, :4] + P[:, :4].T, V]),
    "dead units": lambda: linear([at(G, 1, 0.0), at(V[:4], 1, 0.0)], [at(G, 1, 0.0), at(V[:4], 1, 0.0)]),
    "one example": lambda: linear([OUTER, V[:3]], [OUTER, V[:3]]),
    "at a kink": lambda: check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [relu], [[0.0, 1.0]]),
    "near a kink": rough,
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
        assert len(sentence.split()) <= 25, sentence
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
    assert (
        named(gates, ["wi"], shapes)
        .where[0]
        .says.startswith("wi is wrong, and bi, computed from the same error, is right")
    )
    assert (
        named(gates, ["bf"], shapes)
        .where[0]
        .says.startswith("bf is wrong, and wf, computed from the same error, is right")
    )
    assert named(gates, ["wi", "bi"], shapes).where[0].says.startswith("Only wi and bi are wrong, and the other gates")
    assert "the same error" not in named(["Why", "Whh", "by"], ["Whh"], [(2, 3), (3, 3), (2,)]).where[0].says
    assert "the same error" in named(["weights", "bias", "x"], ["weights"], [(2, 3), (2,), (3, 5)]).where[0].says


def test_only_a_parameter_that_is_called_an_input_is_one():
    shapes = [(4, 3), (4, 4), (4,)]
    assert "pass it back to x" in named(["x", "Wh", "b"], ["x"], shapes).where[0].says
    assert "pass it back to" not in named(["Wx", "Wh", "b"], ["Wx"], shapes).where[0].says


@pytest.mark.parametrize(
    ("names", "wrong", "right"),
    [
        (["Wxh", "Whh", "bh", "Why", "by"], "Whh", "Wxh and bh"),
        (["W_hx", "W_hh", "b_h", "W_yh", "b_y"], "W_hx", "W_hh and b_h"),
        (["Wax", "Waa", "ba", "Wya", "by"], "ba", "Wax and Waa"),
        (["Wx", "Wh", "b", "V", "c"], "b", "Wx and Wh"),
        (["cell.Wz", "cell.Uz", "cell.bz", "Wy", "by"], "cell.Uz", "cell.Wz and cell.bz"),
        (["weight_ih", "bias_ih", "weight_hh", "bias_hh", "c"], "bias_hh", "weight_hh"),
        (["gamma1", "beta1", "k", "gamma2", "beta2"], "gamma2", "beta2"),
    ],
)
def test_what_is_computed_from_one_error_is_known_by_its_name(names, wrong, right):
    [finding] = named(names, [wrong], [(3, k + 2) for k in range(5)]).where
    assert finding.says.startswith(f"{wrong} is wrong, and {right}, computed from the same error,")


def test_what_only_looks_like_a_recurrent_cell_is_none():
    for names in (["Wq", "bq", "Wk", "bk", "Wo"], ["W1", "U1", "b1", "c", "out"], ["Wa", "Ua", "ba", "va", "out"]):
        report = named(names, names[:3], [(3, k + 2) for k in range(5)])
        assert "recurrent" not in sentences(report)


# ---- What a judge of 79 cases in four more repositories found to be said wrongly


def test_a_right_sum_does_not_prove_that_the_error_is_right():
    rng = np.random.default_rng(0)
    x, r = rng.normal(size=(6, 3)), rng.normal(size=(3, 2))
    p = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}

    def pooled(p):  # the maximum of each two rows
        return (x @ p["W"] + p["b"]).reshape(3, 2, 2)

    first = np.argmax(pooled(p), axis=1)[:, None] == np.arange(2)[None, :, None]
    for share, is_right in ((first, True), (np.full(first.shape, 0.5), False)):
        d = (r[:, None] * share).reshape(6, 2)
        report = check_gradients(lambda p: np.sum(r * pooled(p).max(axis=1)), p, {"W": x.T @ d, "b": d.sum(axis=0)})
        assert report.ok == is_right
    assert "b is right" in str(report) or "b, computed from the same error, is right" in str(report)
    assert "error is right" not in str(report) and "errors are right" not in str(report)
    conv = unlike({"W1": (3, 2, 2, 2), "b1": (3,), "out": (5, 2)}, W1=sine)
    assert "A sum, as for b1, does not show errors in wrong places: look there next." in str(conv)
    gates = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "out"]
    shown = named(gates, ["Uz"], [(3, k + 2) for k in range(7)])
    assert "So the error is right: look at the lines that compute Uz from it." in str(shown)


def test_a_right_bias_says_nothing_of_an_error_if_the_weights_have_a_factor():
    for others in ({}, {0: sine, 1: sine}, {0: lambda g: 4 * g, 1: lambda g: 4 * g}):
        report = placed(POOLED, {2: lambda g: 4 * g} | others)
        assert "parameters[2] is 4 times the right gradient, and parameters[3] is right." in report.where[0].says
        assert "error" not in report.where[0].says and "from parameters[3]" not in str(report)
    report = placed(POOLED, {0: sine, 1: sine, 2: lambda g: g / 8})
    assert "parameters[2] is 1/8 of the right gradient, and parameters[3] is right." in report.where[0].says
    assert "parameters[0] and parameters[1] are wrong, too" in report.where[1].says
    assert "the step from parameters[2] back to parameters[1]" in report.where[1].says
    for wrong in ({2: lambda g: np.pi * g}, {2: lambda g: -g}, {2: lambda g: 4 * g, 3: lambda g: 5 * g}):
        assert "of them only" not in str(placed(POOLED, wrong))
    dense = spoilt(0, 2, by=lambda g: 4 * g)
    assert "errors" not in dense.where[0].says and "(BP4)" in dense.where[0].says and "(BP3)" in dense.where[0].says
    assert "so the errors, added up over the examples, are right." in spoilt(0, 2).where[0].says
    assert "so the errors are right. Look at the bias gradient (BP3)" in spoilt(1, 3, by=lambda g: 4 * g).where[0].says
    only = named(["in", "kernel", "out"], ["in", "out"], [(3,), (4, 3), (3,)]).where[0].says
    assert only.startswith("Only in and out are wrong.") and "error" not in only


def test_a_kink_that_is_only_near_is_not_called_one_at_the_entry():
    report = rough()
    assert "at a kink" not in str(report) and "to the left" not in str(report)
    assert "rough at 1 entry, such as [0] of parameters[0]: a kink seems to be near." in str(report)
    [low, high] = re.search(r"between about (\S+) and (\S+) is right", str(report)).groups()
    assert float(low) < 0.7 < float(high)
    assert not report.rows[0].kinks


def test_errors_near_the_bound_do_not_show_where():
    report = just_above_the_bound()
    assert [row.verdict for row in report.rows] == ["FAIL", "ok"]
    [finding] = report.where
    assert finding.says.startswith(
        "The error of parameters[0] is less than ten times that of parameters[1], which passes."
    )
    gamma = unlike({"gamma": (4,), "beta": (5,)}, gamma=lambda g: g * (1 + 2e-6), beta=lambda g: g * (1 + 5e-7))
    assert "computed from the same error" not in str(gamma)
    clear = unlike({"gamma": (4,), "beta": (5,)}, gamma=sine, beta=lambda g: g * (1 + 5e-7))
    assert "beta, computed from the same error, is right" in str(clear)


def test_a_gradient_is_never_1_times_the_right_one():
    for report in (
        just_above_the_bound(),
        linear([G, V], [G * (1 + 1e-5 * np.sin(9 * G)), V * (1 + 2e-6)]),
        linear([G, V], [1.00002 * G, 1.00002 * V]),
        linear(G, G * (1 + 2e-6 * np.cos(G)) + 1e-4 * P, [P]),
    ):
        assert not report.ok and not re.search(r"\b1 times", str(report))
    assert "The difference is small, 1e-06 of its norm" in str(just_above_the_bound())
    assert "It is 6/5 times the right gradient" in str(linear(G, 1.2 * G))


def test_the_small_difference_is_said_beside_gradients_lost_in_rounding():
    right = [G, 0 * V]
    report = linear(right, [G * (1 + 1e-5 * np.sin(9 * G)), noise(6)])
    assert [row.verdict for row in report.rows] == ["FAIL", "rounding"]
    assert "The difference is small" in str(report)


def test_a_row_of_the_table_agrees_with_its_verdict():
    for factor in (1.1e-6, 1.2e-6, 1.3e-6, 1.5e-6, 1.9e-6, 2.1e-6):
        report = linear(G, G * (1 + factor))
        cells = str(report).splitlines()[1].split()
        error, allowed, verdict = cells[3:6]
        assert (float(error) <= float(allowed)) == (verdict == "ok"), cells
        assert float(allowed) >= report.rows[0].allowed
    assert "1.5e-06  1.3e-06  FAIL" in str(linear(G, G * (1 + 1.5e-6)))
    assert "0.33   2e-06    FAIL" in str(linear(G, 1.5 * G))


def test_steps_have_the_places_of_the_readers_list():
    names = [f"parameters[{k}].{name}" for k in (1, 3, 5, 7) for name in "wb"]
    shapes = [(18, 3), (1, 3), (12, 4), (1, 4), (48, 6), (6,), (6, 5), (5,)]
    thirds = {k: lambda g, k=k: g / 3 ** (1 + (k < 4)) for k in range(6)}
    report = placed(shapes, thirds, names)
    assert "From parameters[7] back to parameters[5] it is multiplied by 1/3." in str(report)
    assert "From parameters[5] back to parameters[3] it is multiplied by 1/3." in str(report)
    assert "layer 4" not in str(report) and "layer 3" not in str(report)
    dense = placed([(3, 2), (3,), (4, 3), (4,)], {0: sine, 1: sine}, names[2:6])
    assert "the error of layer 5 is right" in str(dense) and "from layer 5 back to layer 3 (BP2)" in str(dense)


def test_a_product_of_the_factors_of_two_steps_is_not_called_one_constant():
    right = sizes(2, 3, 4, 5)
    report = linear(right, [g * f for g, f in zip(right, [0.72, 0.72, 0.9, 0.9, 1, 1])])
    assert "From layer 3 back to layer 2 it is multiplied by 9/10." in str(report)
    assert "0.72 times the right gradient: the product of the factors of the steps back to it." in str(report)
    assert "One constant" not in str(report) and "constants" not in str(report) and "constant such" not in str(report)


def test_a_slice_along_an_axis_of_units_is_no_position():
    report = linear([G, V], [at(np.sin(9 * G), np.s_[:, 1], G[:, 1]), V])
    assert "It is right only at [:, 1]." in str(report) and "which examples, positions or steps" in str(report)
    assert "other positions" not in str(report)


def test_weights_and_their_biases_are_one_layer_with_no_step_between():
    report = placed(POOLED, {0: sine, 1: sine, 2: sine})
    assert "back to parameters[2]" not in str(report)
    assert "parameters[2] and parameters[3] look like the weights and biases of one layer." in str(report)
    for shapes in (((5, 3), (4,), (6, 2)), ((4, 3), (3, 2), (2, 5))):
        assert "weights and biases" not in str(placed(shapes, {0: sine}))


def test_the_same_decay_of_several_parameters_is_one_number_said_once():
    rng = np.random.default_rng(0)
    right, p = ([rng.normal(size=(n, 4)) for n in (3, 5, 6)] for _ in range(2))
    report = linear(right, [g + 0.7875 * q for g, q in zip(right, p)], p)
    [line] = [line for line in str(report).splitlines() if "plus" in line]
    assert line.startswith("parameters[0], parameters[1], parameters[2]: It is the right gradient plus 0.7875 times")


def test_what_is_wrong_in_the_last_block_is_named():
    out = {"x": (2, 7), "out": (5, 2)}
    early = ["x", *list(BLOCKS)[:4]]
    said = unlike(out | BLOCKS, **dict.fromkeys([*early, "blocks[1].Wk"], sine)).where[0].says
    assert "In blocks[1], the last block by its name, only Wk is wrong, and Wq, Wv and Wo are right." in said
    heads = {name.replace("blocks", "heads"): shape for name, shape in BLOCKS.items()}
    for report in (
        unlike(out | heads, **dict.fromkeys(["x", *list(heads)[:5]], sine)),  # parallel, and no last one
        unlike({"x": (2, 7)} | BLOCKS | {"out": (5, 2)}, **dict.fromkeys([*early, "out"], sine)),
    ):
        assert "last block" not in str(report)


def test_a_right_input_shows_that_errors_are_right_in_an_attention_too():
    report = unlike({"x": (2, 7)} | BLOCKS, **{"blocks[0].Wv": sine, "blocks[1].Wv": sine})
    assert "x, the first in the order given, is right." in str(report) and "the steps" not in str(report)
    queries = unlike({"Wq": (3, 4), "Wk": (3, 5), "Wo": (4, 4)}, Wk=sine)
    assert "likely all errors are right" not in str(queries)


def test_a_list_of_many_names_is_given_once():
    many = {f"p{k}x": (3, k) for k in range(2, 14)}
    report = unlike({"mid": (5, 4)} | many | {"out": (4, 4)}, **dict.fromkeys(["mid", *list(many)[:9], "out"], sine))
    assert str(report.where[0].says).count("others") <= 2


# ---- What a judge of 41 mistakes in four other repositories found to be said wrongly


def test_one_wrong_bias_is_not_called_the_only_one_if_there_is_another():
    shapes = {"k1": (3, 2, 2, 2), "k2": (4, 3, 2, 2), "W3": (2, 5), "c1": (3,), "c2": (4,), "c3": (2,)}
    report = unlike(shapes, c1=lambda g: g / 36, c2=lambda g: g / 16)
    assert "Only c2" not in str(report)
    convolutions = {"k1": (3, 2, 2, 2), "k2": (4, 3, 2, 2), "b1": (3,), "b2": (4,)}
    report = unlike(convolutions, b1=lambda g: g / 36, b2=lambda g: g / 16)
    assert report.where[0].says.startswith(
        "b1 and b2 are wrong, and k1 and k2, computed from the same error, are right"
    )
    assert "b1: It is 1/36 of the right gradient. Look for a mean over 36" in str(report)
    assert "b2: It is 1/16 of the right gradient. Look for a mean over 16" in str(report)


def test_a_path_through_a_mean_is_not_called_one_through_a_scale():
    assert "the path through the mean beside that scale is missing" in sentences(centered_and_scaled(mean=0, scale=1))
    assert "the path through that scale is missing" in sentences(centered_and_scaled(mean=1, scale=0))
    assert "mean" not in centered_and_scaled(mean=1, scale=0).diagnosis[0]
    assert centered_and_scaled(mean=1, scale=1).ok


def test_the_advice_to_add_is_given_only_where_the_pattern_is_one_of_parts_that_are_lost():
    most = at(np.sin(9 * G), (0, 0), G[0, 0])  # one entry is right by chance
    assert "entries" not in sentences(linear([G, V], [most, V]))
    columns = at(G, np.s_[:, [1, 4]], np.sin(9 * G[:, [1, 4]]))
    for report in (linear([G, V], [columns, V]), linear([G, V], [columns, np.sin(9 * V)]), SAID["entries"]()):
        assert "+=" not in str(report)
    rows = at(G, [0, 3], np.sin(9 * G[[0, 3]]))
    assert "`a[i] += d` keeps only its last part" in str(linear([G, V], [rows, V]))
    assert "+=" not in str(linear([G, V], [rows, np.sin(9 * V)]))
    assert "+=" not in str(linear([V, G], [V, rows])) and "+=" in str(linear([V, G], [V, rows], names=["V", "embeds"]))


def test_no_step_back_is_wrong_if_the_first_parameter_is_right():
    report = named(["kernel", "gain", "bend", "out"], ["gain", "bend"], [(4, 3), (3,), (5,), (6,)])
    assert (
        "back to" not in report.where[0].says
        and "kernel, the first in the order given, is right" in report.where[0].says
    )


def test_the_order_of_the_keys_says_nothing_of_the_gates_of_a_cell():
    for report in (
        cell("z", "r", "h"),
        cell("h", times=0.1),
        cell("z", "r", "h", by=lambda g: g + 0.1 * np.sin(9 * g)),
    ):
        assert "from Wy back to bh" not in str(report) and "Check with one time step" in str(report)
    assert "Look first at the lines from the error of the state h to Wz, Uz and bz" in str(
        cell("z", by=lambda g: np.sin(9 * g) / 9 - g, times=0.1)
    )


def test_gradients_of_unlike_shapes_are_not_said_to_hide_the_mistake_beside_one_that_shows_it():
    report = linear([V, V[::-1] + 1, G], [V[::-1] + 1, V[::-1] + 1, np.sin(9 * G)])
    assert "parameters[0]: It is the gradient of parameters[1]. Look for a copied line." in str(report)
    assert "do not show" not in str(report) and "another order" not in str(report)


def test_minus_the_part_from_the_data_is_a_sign():
    assert "Look for a sign in the part from the data." in sentences(linear(G + 0.1 * P, 0.1 * P - G, [P]))
    assert "Look for a 1/m, a 2 or a 1/2 in the part" in sentences(linear(G + 0.1 * P, 5 * G + 0.1 * P, [P]))


def test_a_factor_is_a_root_only_if_all_that_have_it_have_the_axis():
    assert "√" not in str(linear([G[:, :4], G3, V], [2 * G[:, :4], 2 * G3, V]))
    assert "√" not in str(linear([G[:, :4], V[:4]], [2 * G[:, :4], V[:4]]))
    assert "√" not in str(linear([G[:, :4], G[1:, :4]], [2 * G[:, :4], 2 * G[1:, :4]]))  # none is right


def test_a_bias_without_influence_is_no_proof_that_the_error_is_right():
    report = linear([G, 0 * V, P], [np.sin(9 * G), 0 * V, P], names=["Wk", "bk", "out"])
    assert "bk" not in report.where[0].says


def test_a_factor_of_two_branches_is_not_taken_for_a_sum():
    report = named(["W", "U", "b", "out"], ["U"], [(4, 3), (4, 3), (4,), (2, 4)])
    assert "the same error" not in report.where[0].says


def test_a_single_gradient_that_points_the_other_way_by_chance_is_no_sign():
    assert "opposite" not in str(linear([V, G], [np.sin(9 * V) / 9 - V, np.sin(9 * G)]))


# ---- What a judge of 61 mistakes in four more repositories found to be said wrongly


LOCAL = "Look at the lines that compute {} only."
BLOCK = {"W1": (3, 2), "g1": (3,), "h1": (3,), "W2": (4, 3), "g2": (4,), "h2": (5,)}


def test_what_comes_before_is_said_of_what_comes_before_all_that_is_wrong():
    report = unlike(BLOCK, W2=sine, h2=sine)
    assert "and W1, g1 and h1, which come before in the network, are right. " + LOCAL.format("W2 and h2") in str(report)
    assert "which comes before in the network, is right" in str(unlike({"g1": (3,), "W2": (4, 3), "h2": (5,)}, W2=sine))
    for wrong in ({"W1": sine, "W2": sine}, {"h1": sine, "h2": sine}):  # some of the wrong ones come first, or beside
        said = unlike(BLOCK, **wrong)
        assert said.where and "come before" not in str(said)
    backwards = unlike(dict(reversed(BLOCK.items())), W2=sine)  # the last layer is given first
    assert backwards.where and "come before" not in str(backwards)


def test_what_comes_before_is_not_said_of_parallel_branches_and_of_positions():
    heads = {f"{name}{layer}": (3, 6 + layer) for layer in (1, 2) for name in ("q", "k", "v")}
    for said in (
        unlike(heads, k2=sine),
        unlike(BLOCK | {"g2": (4, 3)}, W2=sine, g2=sine),  # two of one shape
        linear([*unlike_shapes(BLOCK)], [*unlike_shapes(BLOCK, 3)], names=[f"p[{k}][0]" for k in range(6)]),
    ):
        assert said.where and "come before" not in str(said) and "comes before" not in str(said)
    assert "likely all errors are right" not in str(unlike({"Wq": (3, 4), "Wk": (3, 5), "Wo": (4, 4)}, Wk=sine))


def unlike_shapes(shapes, wrong=None):
    for k, shape in enumerate(shapes.values()):
        right = np.random.default_rng(k).normal(size=shape)
        yield np.sin(9 * right) if k == wrong else right


def test_one_column_times_one_row_has_factors_for_any_wrong_error():
    factors = np.array([[1.18], [1.56], [5.92]])
    for by in (factors, 1 / factors, 5 * factors, factors - 2, np.array([0.5, 2.0, 3.0, 1.5])):
        report = linear([OUTER, G], [OUTER * by, np.sin(9 * G)])  # G is not of one example
        assert "a factor of its own" not in str(report) and "σ′" not in str(report)
    blurred = linear([OUTER, G, OUTER[:, 0]], [OUTER * factors, np.sin(9 * G), OUTER[:, 0] * factors[:, 0]])
    assert "its row of" not in str(blurred)
    assert "σ′" not in linear(OUTER, OUTER * factors).diagnosis[0]  # three factors above 1 may be chance
    assert "is at least 4. It looks like σ′ missing" in str(linear(OUTER, OUTER * 4 * factors))
    assert "at least 4" not in str(linear(OUTER, OUTER * [[3.5], [5.0], [6.0]]))
    cube = OUTER.reshape(3, 2, 2)
    assert "slice along axis" not in str(linear([cube, G], [cube * factors[:, None], np.sin(9 * G)]))
    assert "Each slice along axis 0 is" in str(linear(G3.transpose(1, 0, 2), (G3 * V[:5, None]).transpose(1, 0, 2)))


def noise(n):
    """Return parameters of a cost that does not depend on them, and a gradient of rounding."""
    return np.full(n, 1e-18)


@pytest.mark.parametrize("by", [1, -1, 2, -2])
def test_a_shift_is_named_with_its_sign(by):
    [found] = linear(
        G3, np.roll(G3, by, axis=1) * (np.roll(np.arange(5), by) - by == np.arange(5) - 2 * by)[:, None]
    ).diagnosis
    assert f"Along axis 1 it is the right gradient shifted by {by}." in found


def test_modules_with_other_parameters_are_no_repeated_blocks():
    shapes = {"layer1.Wq": (3, 2), "layer1.Wk": (3, 4), "layer1.Wv": (3, 5), "layer2.Va": (3, 6), "layer2.Vb": (3, 7), "layer2.Vc": (3, 8), "out": (5, 2)}  # fmt: skip
    for wrong in ("layer1.Wq", "layer2.Vb"):
        assert "the last block by its name" not in str(unlike(shapes, **{wrong: sine}))


def test_two_lines_in_another_place_are_no_shift():
    for wrong in (at(np.sin(9 * G), np.s_[2:], G[:2]), at(np.sin(9 * G), np.s_[:, :2], G[:, 3:])):
        assert "shifted" not in sentences(linear(G, wrong))
    assert "shifted" not in sentences(linear(G[:3], at(np.sin(9 * G[:3]), np.s_[1:], G[:2])))


def test_a_few_entries_of_a_sample_have_no_factors():
    for seed in range(8):
        report = linear(G, G * (4 + np.sin(9 * G) ** 2), max_entries=4, seed=seed)
        assert not report.ok and "a factor of its own" not in sentences(report)


def test_biases_are_off_as_the_columns_of_weights_for_examples_as_rows():
    report = linear([OUTER.T, OUTER[:, 0]], [OUTER.T * [4.0, 5.0, 6.0], OUTER[:, 0] * [4, 5, 6]])
    assert "Each entry is off by the factor that its column of parameters[0] is off by" in sentences(report)


def test_of_many_names_the_first_are_listed_and_the_others_counted():
    names = [f"gain{k}_{k}" for k in range(11)]
    assert "gain0_0, gain1_1, gain2_2, gain3_3, gain4_4, gain5_5 and 4 others" in sentences(
        named(names, names[:10], [(k + 2,) for k in range(11)])
    )


def test_fewer_axes_are_named_from_the_first_parameter_to_the_first_after_them():
    assert "From k1 to W2 the axes get fewer." in str(SAID["where flatten"]())


def test_a_layer_may_have_three_parameters_that_share_its_factor():
    for factors, said in [((64, 8), "the factor changes by 8."), ((15, 3), "it is multiplied by 5.")]:
        by = {name: factors["2" in name] for name in BLOCK}
        assert said in sentences(unlike(BLOCK, **{name: lambda g, n=n: n * g for name, n in by.items()}))


def test_rounding_is_no_layer_of_a_chain_of_factors():
    right = sizes(2, 3, 4)
    scaled = [g * f for g, f in zip(right, [5, 5, 3, 3])]
    assert "it is multiplied by 5/3" in str(linear(right, scaled))
    lost = [g * (k != 1) for k, g in enumerate(right)]
    given = [noise(3) if k == 1 else g for k, g in enumerate(scaled)]
    assert "multiplied by" not in str(linear(lost, given))
    for wrong in ([5, 1, 3, 3], [5, 5, 1, 1 / 4], [np.pi, np.pi, 3, 3]):  # of weights or biases only, or an odd number
        assert "multiplied by" not in str(linear(right, [g * f for g, f in zip(right, wrong)]))
    assert "multiplied by" not in str(unlike({"W1": (3, 2), "W2": (4, 3)}, W1=lambda g: 5 * g, W2=lambda g: 3 * g))


def test_a_gradient_that_is_0_and_right_is_not_called_wrong():
    names = ["kernel", "shift", "gain"]
    right = [G, np.zeros(5), V]
    for zero in (np.zeros(5), noise(5)):
        report = linear(right, [np.sin(9 * G), zero, np.sin(9 * V)], names=names)
        assert report.where[0].says.startswith("All gradients but that of shift are wrong. Look first")
        report = linear(right, [G / 3, zero, V / 3], names=names)
        assert report.where[0].says.startswith("All gradients but that of shift are off by one factor.")
    report = linear([G, V], [np.sin(9 * G), np.sin(9 * V)], names=["kernel", "gain"])
    assert report.where[0].says.startswith("All gradients are wrong. Look first")


def test_biases_that_are_wrong_at_a_kink_only_do_not_blame_the_bias_gradient():
    W, b, given = (
        np.cos(np.arange(20.0)).reshape(4, 5),
        np.array([0.0, 1.0, 0.0, -1.0]),
        np.array([7.0, 1.0, -3.0, 0.0]),
    )

    def check(dW, db):
        return check_gradients(lambda p: np.sum(G * p["W"]) + np.sum(np.maximum(p["b"], 0)), {"W": W, "b": b}, {"W": dW, "b": db})  # fmt: skip

    assert "(BP3)" not in str(check(G, given)) and "where the cost has a kink" in str(check(G, given))
    assert not check(G, given).where
    assert "(BP3)" in str(check(G, np.array([1.0, 5.0, 0.5, 3.0])))


def test_a_cost_that_rounds_to_float32_is_not_called_measured_in_float64():
    p = np.cos(np.arange(6, dtype=np.float32))

    def said(cost):
        return check_gradients(cost, [p], [2 * p]).how

    assert said(lambda q: np.sum(q[0] ** 2)).endswith("The parameters are float32, measured in float64.")
    for rounded in (lambda x: x.real.astype(np.float32), lambda x: float(np.float32(x.real))):
        assert said(lambda q: rounded(np.sum(q[0] ** 2))).endswith("The parameters are float32.")


def test_four_entries_are_enough_to_be_the_same_along_an_axis():
    report = linear(np.array([[1.0, 5.0], [2.0, -3.0]]), np.array([[7.0, 7.0], [9.0, 9.0]]))
    assert "It is the same all along axis 1" in str(report)


def test_a_gradient_without_entries_is_of_another_shape_and_nothing_is_said_of_its_mean():
    report = linear(V[:3], np.zeros((0, 3)))
    assert "Its shape is (0, 3), and the parameter has (3,)" in str(report)


def test_a_sign_times_a_constant_has_both_signs_and_several_entries():
    for off in (
        0.04 * (G > 0),
        0.04 * np.sign(at(0 * G, ([0, 1, 2], [0, 1, 2]), [1, -1, 1])),
        0.04 * G,
        np.sign(G) * P,
    ):
        assert "a sign times a constant" not in str(linear(G, G + off))


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


def test_a_small_difference_is_told_in_percent():
    assert "The difference is small, 0.3 % of its norm" in sentences(linear(G, G * (1 + 4e-3 * np.sin(9 * G) ** 2)))
    assert "The difference is small, 8e-05 of its norm" in sentences(linear(G, G * (1 + 1e-4 * np.sin(9 * G))))


def test_one_factor_close_to_1_is_one_factor():
    found = linear([G, V], [1.0005 * G, 1.0005 * V])
    assert found.where[0].says.startswith("All gradients are off by one factor.")
    assert not linear([G, V], [1.0005 * G, 1.0007 * V]).where[0].says.startswith("All gradients are off")


def test_one_entry_that_is_off_by_its_parameter_is_no_weight_decay():
    report = linear(G, G - at(0 * G, (1, 3), P[1, 3]), [P])
    assert "1 of 20 entries are wrong, the first at [1, 3]." in sentences(report)


def test_sums_of_0_say_nothing_if_the_cost_changes_along_them():
    """The right gradient sums to 0 at this point only, and the cost is small."""
    rows, at_rest = 1e-3 * zero_sums(G, 0), zero_sums(P, 0)

    def cost(p):
        return np.sum(rows * p[0]) + 1e-3 * np.sum(p[0].sum(axis=0) ** 2)

    report = check_gradients(cost, [at_rest], [np.sin(9 * G)])
    assert not report.ok and "sums to 0" not in sentences(report)


def test_an_epsilon_in_a_divisor_leaves_a_factor_simple():
    assert "It is 1/5 of the right gradient. Look for a constant such as m" in sentences(linear(G, G / (5 + 1e-6)))


def test_wrong_entries_may_be_among_those_that_should_be_0():
    report = linear(at(G, (0, 2), 0.0), at(G, ([0, 1], [2, 4]), 9.0))
    assert "2 of 20 entries are wrong, the first at [0, 2]. The others are right." in sentences(report)


def test_a_row_that_should_be_0_may_be_negative_throughout():
    right = at(G, 1, 0.0)
    assert "Each row is the right one times" in sentences(linear(right, at(right * COLUMN, 1, -np.abs(G[1]))))


def test_gradients_with_the_same_sums_are_not_called_swapped():
    right = [zero_sums(g, 0) + V[:5] for g in (G, P)]
    report = linear(right, [zero_sums(np.sin(9 * g), 0) + V[:5] for g in right])
    assert not report.ok and "the reverse" not in sentences(report)


def test_one_number_has_no_factor_unless_it_is_a_simple_one_or_shared():
    def cost(p):
        return 3 * p["w"] + np.sum(V * p["v"])

    assert "times" not in sentences(check_gradients(cost, {"w": 1.0, "v": PV}, {"w": 0.7, "v": V}))
    shared = check_gradients(cost, {"w": 1.0, "v": PV}, {"w": 3 * np.pi, "v": np.pi * V})
    assert shared.where[0].says.startswith("All gradients are off by one factor.")
    assert "w, v: It is 3.14159 times the right gradient." in str(shared)


def test_a_derivative_at_a_instead_of_z_is_not_called_missing_only():
    assert "is missing, or it is taken at a instead of z" in sentences(
        linear(TALL, TALL * (1.1 + np.arange(8.0)[:, None] / 10))
    )


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
