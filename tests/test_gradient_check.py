"""The check passes what is right, in every kind of cost, and fails what is wrong, by its name."""

import io
import itertools
import sys

import numpy as np
import pytest

import backprop
from backprop import Layer, ShapeError, gradients
from backprop._numerical_gradient import CostSurface
from backprop.gradient_check import check_gradients
from backprop.mistakes import check_network
from website.oracles.reference import ACTIVATIONS, PAIRS, mean_cost

NAMES = ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"]


def random_network(rng, dtype):
    """Return a network, its data and its cost: sizes, activations, costs and batches all drawn."""
    sizes = rng.integers(1, 6, size=rng.integers(2, 5))
    output, cost = PAIRS[rng.integers(len(PAIRS))]
    hidden = [name for name in ACTIVATIONS if name != "softmax"]
    kinds = [*rng.choice(hidden, size=len(sizes) - 2), output]
    m = rng.integers(0, 6)  # 0 for one example alone
    layers = []
    for n_prev, n, kind in zip(sizes, sizes[1:], kinds):
        W = rng.normal(size=(n, n_prev)) * rng.choice([0.3, 1.0])
        b = rng.normal(size=(n, 1) if m and rng.integers(2) else n) * rng.integers(2)
        layers.append(Layer(W.astype(dtype), b.astype(dtype), getattr(backprop, kind.upper())))
    x = rng.normal(size=(sizes[0], m) if m else sizes[0])
    y = rng.random((sizes[-1], m) if m else sizes[-1])
    return layers, x.astype(dtype), (y / y.sum(axis=0)).astype(dtype), getattr(backprop, cost.upper())


def plain_cost(layers, x, y, cost):
    """Return the cost as a function of the parameters, in NumPy alone."""
    as_columns = (array if array.ndim == 2 else array[:, None] for array in (x, y))
    x, y = as_columns

    def cost_of(parameters):
        a = x
        for W, b, layer in zip(parameters[::2], parameters[1::2], layers):
            a = ACTIVATIONS[layer.activation.name](W @ a + b.reshape(-1, 1))
        return mean_cost(cost.name, a, y)

    return cost_of


def flat(pairs):
    return [array for pair in pairs for array in pair]


def parts(layers):
    return flat((layer.W, layer.b) for layer in layers)


@pytest.mark.parametrize("kind", ["complex", "real", "float32"])
def test_nothing_is_said_against_200_right_networks(kind):
    rng = np.random.default_rng(0)
    checked = 0
    while checked < {"complex": 120, "real": 40, "float32": 40}[kind]:
        layers, x, y, cost = random_network(rng, np.float32 if kind == "float32" else np.float64)
        of = plain_cost(layers, x, y, cost)
        _, found = gradients(layers, x, y, cost)
        with np.errstate(all="ignore"):
            if not np.isfinite(of(parts(layers))):
                continue  # an output has rounded to 0 or 1, and its logarithm to infinity
        report = check_gradients(of if kind == "complex" else real_only(of), parts(layers), flat(found))
        assert report.ok, f"{layers}, {cost.name}, {x.shape}\n{report}"
        checked += 1


def real_only(cost):
    """Return a cost that has no complex numbers."""
    return lambda parameters: float(cost([p.astype(float, casting="same_kind") for p in parameters]))


@pytest.fixture
def network():
    rng = np.random.default_rng(1)
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(3, 4), (3, 1), (2, 3), (2, 1)])
    layers = [Layer(W1, b1, backprop.TANH), Layer(W2, b2, backprop.SIGMOID)]
    x, y = rng.normal(size=(4, 5)), rng.random((2, 5))
    return layers, plain_cost(layers, x, y, backprop.QUADRATIC), flat(gradients(layers, x, y)[1])


def wrong_W1(network, wrong):
    """Check with another first gradient; return the sentence about it."""
    layers, cost, right = network
    report = check_gradients(cost, parts(layers), [wrong, *right[1:]], names=NAMES[:4])
    assert not report.ok
    assert [row.verdict for row in report.rows] == ["FAIL", "ok", "ok", "ok"]
    [sentence] = report.diagnosis
    assert sentence in str(report) or (report.where and "The numbers do not show" in sentence)
    return sentence


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda g: -g, "W1: Its sign is flipped"),
        (lambda g: 5 * g, "W1: It is 5 times the right gradient. Look for a constant such as m"),
        (lambda g: g / 5, "W1: It is 1/5 of the right gradient. Look for a constant"),
        (lambda g: 2 * g, "W1: It is 2 times the right"),
        (lambda g: -2 * g, "W1: Its sign is flipped, and it is 2 times the right gradient in size"),
        (lambda g: np.pi * g, "W1: It is 3.14159 times the right gradient."),
        (lambda g: g.T, "W1: It is the transpose of the right gradient"),
        (lambda g: np.sin(40 * g).T, "W1: Its shape (4, 3) is that of the transposed parameter"),
        (lambda g: g[:, ::-1], "W1: It runs backwards along"),
        (lambda g: 0 * g, "W1: It is 0 throughout"),
        (lambda g: g[0], "W1: Its shape is (4,), and the parameter has (3, 4)"),
        (lambda g: g.ravel(), "W1: Its numbers are right and its shape (12,) is not"),
        (lambda g: np.stack([g, 0 * g]), "W1: Its sum over axis 0 is right. It holds one gradient for each example"),
        (lambda g: g * [[4.0], [5.0], [9.0]], "W1: Each row is the right one times a factor of its own. Look for a factor for each row"),
        (lambda g: g * [[-1.0], [2.0], [3.0]], "W1: Each row is the right one times a factor of its own"),
        (lambda g: g * [4.0, -5.0, 9.0, 2.0], "W1: Each column is the right one times a factor of its own"),
        (lambda g: g + np.eye(3, 4, k=9) + np.eye(3, 4, k=3), "W1: 1 of 12 entries are wrong"),
        (lambda g: np.sin(40 * g), "W1: The numbers do not show the mistake"),
        (lambda g: np.where(g == g[1, 2], np.nan, g), "W1: It is nan at [1, 2], and at 1 of 12 entries not finite"),
        (lambda g: np.where(g == g[1, 2], -np.inf, g), "W1: It is -inf at [1, 2]"),
    ],
)  # fmt: skip
def test_a_wrong_gradient_is_named_from_its_numbers(network, wrong, said):
    assert said in wrong_W1(network, wrong(network[2][0]))


def test_a_bias_gradient_is_named_from_its_numbers(network):
    layers, cost, right = network
    delta = np.outer(right[1], [0.5, 0.25, 0.25])
    for wrong, said in [
        (delta, "Its sum over axis 1 is right"),
        (right[1].ravel(), "Reshape it to (3, 1)"),
        (np.sum(right[1]), "It is one number for all 3, their sum"),
        (np.full((3, 1), np.sum(right[1])), "It is one number for all 3, their sum"),
        (np.full((3, 1), np.mean(right[1])), "It is one number for all 3, their mean"),
        (np.array(7.0), "It is one number, and the parameter has 3"),
    ]:
        report = check_gradients(cost, parts(layers), [right[0], wrong, *right[2:]])
        assert said in report.diagnosis[0]


def test_gradients_in_the_wrong_order_are_named():
    first, second = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    report = check_gradients(lambda p: p[0] @ p[0] + p[1] @ p[1], [first, second], [2 * second, 2 * first])
    assert report.diagnosis == [
        "parameters[0]: It is the gradient of parameters[1]. Look for a copied line, or for gradients in another order than the parameters.",
        "parameters[1]: It is the gradient of parameters[0]. Look for a copied line, or for gradients in another order than the parameters.",
    ]


def test_a_decay_that_is_in_the_cost_alone_is_named():
    p = np.array([1.0, -2.0, 0.5])
    report = check_gradients(lambda p: np.sum(np.sin(p[0])) + 0.05 * p[0] @ p[0], [p], [np.cos(p)])
    assert "the right gradient plus -0.1 times the parameter" in report.diagnosis[0]


def test_a_gradient_of_what_the_cost_never_uses_fails():
    report = check_gradients(lambda p: p[0] @ p[0], [np.ones(2), np.ones(2)], [2 * np.ones(2), np.ones(2)])
    assert "The cost does not depend on this parameter" in report.diagnosis[0]


def test_two_gradients_of_zero_are_right():
    report = check_gradients(
        lambda p: np.exp(p[0] @ p[0]), [np.ones(2), np.ones((2, 2))], [2 * np.exp(2) * np.ones(2), np.zeros((2, 2))]
    )
    assert report.ok
    assert report.rows[1].error == 0


def test_a_zero_up_to_rounding_is_not_held_against_a_gradient():
    p = np.array([0.5, 0.25, 0.125])
    softmax = np.exp(p) / np.exp(p).sum()
    shift = np.array(0.3)  # softmax never feels it
    report = check_gradients(lambda q: -np.log(ACTIVATIONS["softmax"]((q[0] + q[1])[:, None])[0, 0]), [p, shift], [softmax - [1, 0, 0], 1e-17])  # fmt: skip
    assert report.ok
    assert [row.verdict for row in report.rows] == ["ok", "rounding"]
    assert "The gradients of parameters[1] are both 0 up to rounding, which is no proof." in str(report)


def test_candidates_are_named_and_the_right_gradient_is_none(network):
    layers, cost, right = network
    wrong = [np.sin(g) for g in right]
    candidates = {"a sine": wrong, "nothing": right}
    report = check_gradients(cost, parts(layers), wrong, candidates=candidates)
    assert all(sentence.endswith("It is what a sine gives.") for sentence in report.diagnosis)
    assert check_gradients(cost, parts(layers), right, candidates=candidates).ok


# Costs that are hostile to complex numbers: some raise, some quietly drop the imaginary part.
P = np.array([0.5, -1.5, 2.0])
HOSTILE = {
    "a float": (lambda p: float(np.sum(np.sin(p[0]))), np.cos(P)),
    "the absolute value": (lambda p: np.sum(np.abs(p[0]) ** 3), 3 * P * np.abs(P)),
    "the norm": (lambda p: np.linalg.norm(p[0]), P / np.linalg.norm(P)),
    "a cast": (lambda p: np.sum(p[0].astype(float) ** 2), 2 * P),
    "the real part": (lambda p: np.sum(p[0].real ** 2), 2 * P),
    "the real part of some": (lambda p: np.sum(p[0][:2] ** 2) + p[0][2].real ** 2 + 0 * p[0][0], 2 * P),
    "the conjugate": (lambda p: np.sum((p[0] * p[0].conj() ** 2).real), 3 * P**2),
    "the sign": (lambda p: np.sum(np.sign(p[0]) * p[0] ** 2), 2 * np.abs(P)),
    "an exception": (lambda p: sum(map(float, p[0] ** 2)), 2 * P),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_a_cost_that_is_not_made_for_complex_numbers_is_measured_by_differences(name):
    cost, right = HOSTILE[name]
    report = check_gradients(cost, [P], [right])
    assert report.ok
    assert report.rows[0].method == "differences"
    assert report.worst < 1e-9
    assert not check_gradients(cost, [P], [right + np.array([0, 1e-4, 0])]).ok


def test_a_parameter_that_loses_its_imaginary_part_beside_a_larger_one_is_measured_by_differences():
    def cost(p):
        return 1e6 * np.sum(p[0] ** 2) + np.sum(p[1].real ** 2) + 0 * p[1][0]

    large, small = P, P + 1
    report = check_gradients(cost, [large, small], [2e6 * large, 2 * small])
    assert report.ok
    assert [row.method for row in report.rows] == ["complex step", "differences"]
    assert not check_gradients(cost, [large, small], [2e6 * large, 0 * small]).ok


def test_the_complex_step_is_exact_where_the_arithmetic_is():
    report = check_gradients(lambda p: p[0] @ p[0], [P], [2 * P])
    assert report.rows[0].method == "complex step"
    assert report.worst == 0


def test_a_cost_that_computes_in_float32_gets_a_step_and_a_bound_to_fit():
    def cost(parameters):
        return np.sum(np.tanh(parameters[0].astype(np.float32)) ** 2)  # rounds, and drops what is imaginary

    right = 2 * np.tanh(P) / np.cosh(P) ** 2
    report = check_gradients(cost, [P], [right])
    assert report.ok
    assert 1e-7 < report.worst < report.rows[0].allowed < 1e-1
    assert not check_gradients(cost, [P], [1.1 * right]).ok


def test_the_rounding_in_a_cost_is_estimated_from_its_values():
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        cost = CostSurface(lambda p: float(np.round(np.sum(np.sin(p[0])), 6)), [rng.normal(size=5)], rng)
        found.append(cost.noise)
    assert 0.4 < np.median(found) / (1e-6 / np.sqrt(12)) < 1  # the smallest of several estimates


def test_a_cost_that_insists_on_float32_gets_float32():
    def cost(parameters):
        assert parameters[0].dtype == np.float32
        return np.sum(parameters[0] ** 3)

    p = P.astype(np.float32)
    assert check_gradients(cost, [p], [3 * p**2]).ok
    assert not check_gradients(cost, [p], [2 * p**2]).ok


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_bound_fits_the_precision_of_the_gradient(dtype):
    p = np.array([0.5, -1.5, 2.0], dtype)
    right = np.cos(p)
    eps = float(np.finfo(dtype).eps)
    for off in (2 * eps, eps**0.4 / 2):
        assert check_gradients(lambda q: np.sum(np.sin(q[0])), [p], [right * dtype(1 + off)]).ok
    assert not check_gradients(lambda q: np.sum(np.sin(q[0])), [p], [right * dtype(1.2)]).ok


def test_what_float32_loses_in_the_cost_is_not_held_against_a_float32_gradient():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def cost(parameters):
        return -np.sum(np.log(1 - sigmoid(parameters[0])))  # of 1 - a few digits are left in float32

    z = np.array([12.0, 3.0], np.float32)
    a = sigmoid(z)
    slope = sigmoid(-z) * a / (1 - a)
    assert check_gradients(cost, [z], [slope])
    assert not check_gradients(cost, [z], [1.1 * slope])
    assert not check_gradients(cost, [z.astype(float)], [slope.astype(float)])


# At a kink the derivatives on both sides differ, and every number between them is right.
KINKS = {
    "relu": (lambda p: np.sum(np.maximum(p[0], 0) * [1.0, 2.0, 3.0]), [0.0, 1.0, -1.0], [0.0, 2.0, 0.0]),
    "relu, the other slope": (lambda p: np.sum(np.maximum(p[0], 0) * [1.0, 2.0, 3.0]), [0.0, 1.0, -1.0], [1.0, 2.0, 0.0]),
    "relu in real numbers": (lambda p: float(np.maximum(p[0], 0) @ [1.0, 2.0, 3.0]), [0.0, 1.0, -1.0], [0.0, 2.0, 0.0]),
    "the larger of two": (lambda p: np.max(p[0]) ** 2, [1.0, 1.0, 0.5], [2.0, 0.0, 0.0]),
    "the absolute value": (lambda p: np.sum(np.abs(p[0])), [0.0, 1.0, -2.0], [1.0, 1.0, -1.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", KINKS)
def test_a_kink_is_set_apart_and_the_rest_is_still_checked(name):
    cost, p, claim = KINKS[name]
    report = check_gradients(cost, [p], [claim])
    assert report.ok
    wrong = np.array(claim)
    wrong[1:] += 0.125  # the second entry of "the larger of two" is at the kink, the third is not
    assert not check_gradients(cost, [p], [wrong]).ok


def test_a_kink_is_reported_with_the_derivatives_on_both_sides():
    report = check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [[0.0, 1.0]], [[0.0, 1.0]])
    [row] = report.rows
    assert row.kinks == [((0,), 0.0, 0.0, 1.0)]
    assert row.verdict == "ok"
    assert "1 of 2 entries are at a kink. At [0] the derivative is 0 to the left and 1 to the right; the gradient there is 0." in str(report)  # fmt: skip


@pytest.mark.parametrize("kind", ["complex", "real"])
@pytest.mark.parametrize(
    ("at", "derivative", "ok"),
    [
        *[(0.0, derivative, True) for derivative in (0.0, 0.25, 1.0)],
        *[(0.0, derivative, False) for derivative in (7.0, -100.0, 1.01, -0.01)],
        *[(at, 1.0, True) for at in (1e-3, 1e-7, 1e-9, 1e-11)],
        *[(at, derivative, False) for at in (1e-3, 1e-7, 1e-9, 1e-11) for derivative in (0.0, 0.5, 7.0)],
    ],
)
def test_at_a_kink_only_a_number_between_the_two_derivatives_passes(kind, at, derivative, ok):
    def cost(parameters):
        return np.sum(np.maximum(parameters[0], 0))

    for p, claim in [([at], [derivative]), ([at, 1.0], [derivative, 1.0]), ([at, 0.0], [derivative, 0.5])]:
        report = check_gradients(cost if kind == "complex" else real_only(cost), [p], [claim])
        assert report.ok is ok, f"{p}, {claim}\n{report}"


def test_a_bias_gradient_of_a_relu_at_0_must_be_a_subgradient():
    layers = [
        Layer(np.ones((3, 2)), np.zeros(3), backprop.RELU),
        Layer(np.ones((1, 3)), np.zeros(1), backprop.IDENTITY),
    ]
    x, y = np.zeros(2), np.ones(1)
    _, (first, second) = gradients(layers, x, y)
    assert check_network(layers, x, y, [first, second]).ok
    report = check_network(layers, x, y, [first._replace(dC_db=np.full(3, 1000.0)), second])
    assert [row.verdict for row in report.rows] == ["ok", "FAIL", "ok", "ok"]
    assert report.diagnosis == [
        "b1: It is 1000 at [0], where the cost has a kink. Only a value between -1 and 0 is right there."
    ]


def test_a_parameter_that_is_all_kinks_is_called_so():
    report = check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [[0.0, 0.0]], [[0.0, 0.0]])
    assert report.ok
    assert report.rows[0].verdict == "kink"


def test_a_smooth_cost_that_bends_sharply_is_no_kink():
    def cost(parameters):
        return np.sum(np.log1p(np.exp(1e3 * parameters[0].real)))  # a softplus, almost a ReLU

    assert check_gradients(cost, [[0.0, 0.001]], [[500.0, 1e3 / (1 + np.exp(-1.0))]]).ok
    assert not check_gradients(cost, [[0.0, 0.001]], [[0.0, 1e3 / (1 + np.exp(-1.0))]]).ok


def test_a_kink_too_close_to_be_measured_on_one_side_gives_no_false_alarm():
    for seed, distance in itertools.product(range(6), (2e-14, 5e-14, 1e-13, 2e-13)):
        rng = np.random.default_rng(seed)
        W, x, W2 = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(1, 4))
        layers = [Layer(W, distance - W @ x, backprop.RELU), Layer(W2, np.zeros(1), backprop.IDENTITY)]
        _, right = gradients(layers, x, np.ones(1))
        assert check_network(layers, x, np.ones(1), right, candidates={}).ok, (seed, distance)


@pytest.mark.parametrize("seed", [3, 28, 31])
def test_many_kinks_close_together_give_no_false_alarm(seed):
    """Biases that are all 0 and tiny weights: many units are within a millionth of their kinks."""
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(5, 7)), rng.integers(0, 3, 5)
    layers = [(0.01 * rng.normal(size=shape), np.zeros(shape[1])) for shape in ((7, 6), (6, 5), (5, 3))]

    def forward(layers):
        z, activations = x, []
        for W, b in layers:
            activations.append(np.where(np.real(z) > 0, z, 0 * z) if activations else z)
            z = activations[-1] @ W + b
        e = np.exp(z - z.real.max(axis=1, keepdims=True))
        return activations, e / e.sum(axis=1, keepdims=True)

    activations, outputs = forward(layers)
    delta = (outputs - np.eye(3)[labels]) / 5
    gradients = []
    for (W, _), a in zip(reversed(layers), reversed(activations)):
        gradients.insert(0, (a.T @ delta, delta.sum(axis=0)))
        delta = (delta @ W.T) * (a > 0)
    report = check_gradients(lambda p: -np.mean(np.log(forward(p)[1][range(5), labels])), layers, gradients)
    assert report.ok, report


@pytest.mark.parametrize("seed", range(8))
def test_other_kinks_on_the_way_do_no_harm(seed):
    """One kink at the point and some nearby: only a number between the derivatives at the point passes."""
    rng = np.random.default_rng(seed)
    at = np.append(0.0, 10 ** rng.uniform(-8, -3, 4) * rng.choice([-1.0, 1.0], 4))
    slopes = rng.normal(size=5)
    left = np.sum(slopes[at < 0])
    low, high = sorted((left, left + slopes[0]))

    def cost(parameters):
        return float(np.sum(slopes * np.maximum(parameters[0] - at, 0)) + parameters[0] ** 2 / 2 + 0.25)

    for derivative, ok in [(low, True), (high, True), (low - 0.25, False), (high + 0.25, False)]:
        assert check_gradients(cost, [0.0], [derivative]).ok is ok, (derivative, low, high)


def test_a_kink_close_by_does_no_harm():
    def cost(parameters):
        return float(np.sum(np.maximum(parameters[0], 0)))

    assert check_gradients(cost, [[1e-4, -1e-4, 1e-3]], [[1.0, 0.0, 1.0]]).ok
    assert not check_gradients(cost, [[1e-4, -1e-4, 1e-3]], [[1.0, 1.0, 1.0]]).ok


# ---- Parameters and derivatives of any size


@pytest.mark.parametrize("kind", ["complex", "real"])
@pytest.mark.parametrize("p", [[1e-8], [1e-100], [1e-8, 3e-8], [1e-8, 1.0, 1e5], [0.5, 2.0]])
def test_the_step_fits_the_parameter(kind, p):
    def cost(parameters):
        return np.sum(np.log(parameters[0]))

    of = cost if kind == "complex" else real_only(cost)
    right = 1 / np.array(p)
    assert check_gradients(of, [p], [right]).ok
    assert not check_gradients(of, [p], [1.001 * right]).ok


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_step_fits_a_cost_that_varies_slowly_or_fast(scale):
    p = scale * np.array([1.0, -3.0])
    right = np.cos(p / scale) / scale
    cost = real_only(lambda q: np.sum(np.sin(q[0] / scale)))
    assert check_gradients(cost, [p], [right]).ok
    assert not check_gradients(cost, [p], [1.001 * right]).ok


def test_a_cost_that_oscillates_is_measured_between_its_waves():
    p = np.array([0.3, 0.7])

    def cost(parameters):
        return np.sum(np.abs(np.cos(1e4 * parameters[0])) ** 2)

    right = -1e4 * np.sin(2e4 * p)
    assert check_gradients(cost, [p], [right]).ok
    assert not check_gradients(cost, [p], [1.01 * right]).ok


def test_a_small_gradient_beside_a_huge_one_is_still_told_from_five_times_itself():
    def cost(parameters):
        return 1e10 * parameters[0] ** 2 + 1e-3 * parameters[1] ** 2

    assert check_gradients(cost, [1.0, 1.0], [2e10, 2e-3]).ok
    assert not check_gradients(cost, [1.0, 1.0], [2e10, 1e-2]).ok


def test_a_sample_is_drawn_by_its_seed_and_reported(network):
    layers, cost, right = network
    report = check_gradients(cost, parts(layers), right, max_entries=4, seed=7)
    assert report.ok
    assert [row.checked for row in report.rows] == [4, 3, 4, 2]
    assert "13 of 23 entries (max_entries=4, seed=7), by complex step." in str(report)
    spoilt = right[0].copy()
    spoilt[1, 2] += 1
    found = [check_gradients(cost, parts(layers), [spoilt, *right[1:]], max_entries=4, seed=s).ok for s in range(20)]
    assert True in found and False in found
    again = [check_gradients(cost, parts(layers), [spoilt, *right[1:]], max_entries=4, seed=s).ok for s in range(20)]
    assert found == again


def test_the_worst_entry_of_a_sample_is_one_of_it():
    [row] = check_gradients(lambda p: np.sum(p[0]), [np.ones(50)], [np.ones(50)], max_entries=3).rows
    assert (row.error, row.analytic, row.numerical) == (0, 1, 1)


def test_mistakes_are_named_from_a_sample():
    rng = np.random.default_rng(2)
    W, x = rng.normal(size=(40, 50)) / 7, rng.normal(size=50)
    delta = 1 / np.cosh(W @ x) ** 2

    def name(wrong):
        return check_gradients(lambda p: np.sum(np.tanh(p[0] @ x)), [W], [wrong], max_entries=100).diagnosis[0]

    assert "transpose" in name(np.outer(x, delta))
    assert "3 times" in name(3 * np.outer(delta, x))
    assert "A derivative σ′ below 1 is missing" in name(np.outer(np.ones(40), x))


# Layers of a reader's own.
def layer_norm(parameters):
    x, gain, shift = parameters
    centred = x - x.mean(axis=1, keepdims=True)
    return np.sum(np.sin(gain * centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) + shift))


def layer_norm_gradients(x, gain, shift, through_the_mean=True):
    centred = x - x.mean(axis=1, keepdims=True)
    scale = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    xhat = centred / scale
    upstream = np.cos(gain * xhat + shift)
    d = upstream * gain
    dx = (d - xhat * (d * xhat).mean(axis=1, keepdims=True)) / scale
    if through_the_mean:
        dx -= d.mean(axis=1, keepdims=True) / scale
    return [dx, (upstream * xhat).sum(axis=0), upstream.sum(axis=0)]


def test_layer_normalisation():
    rng = np.random.default_rng(3)
    parameters = [rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=6)]
    assert check_gradients(layer_norm, parameters, layer_norm_gradients(*parameters)).worst < 1e-14
    report = check_gradients(layer_norm, parameters, layer_norm_gradients(*parameters, through_the_mean=False))
    assert [row.verdict for row in report.rows] == ["FAIL", "ok", "ok"]


IMAGE = np.random.default_rng(4).normal(size=(2, 6, 7))


def windows(kernel):
    h, w = kernel.shape[-2:]
    return np.lib.stride_tricks.sliding_window_view(IMAGE, (h, w), axis=(1, 2))  # (channels, rows, columns, h, w)


def convolution(parameters):
    kernels, shift = parameters
    return np.sum(np.tanh(np.einsum("cijhw,kchw->kij", windows(kernels), kernels) + shift))


def test_a_convolution():
    rng = np.random.default_rng(5)
    kernels, shift = rng.normal(size=(3, 2, 2, 3)) / 3, np.array(0.25)
    z = np.einsum("cijhw,kchw->kij", windows(kernels), kernels) + shift
    delta = 1 / np.cosh(z) ** 2
    right = np.einsum("kij,cijhw->kchw", delta, windows(kernels))
    assert check_gradients(convolution, (kernels, shift), (right, delta.sum())).worst < 1e-14

    def name(wrong):
        return check_gradients(convolution, (kernels, shift), (wrong, delta.sum())).diagnosis

    [flipped] = name(right[..., ::-1, ::-1])
    assert "It runs backwards along axes 2, 3. A kernel" in flipped
    [moved] = name(right.transpose(1, 0, 2, 3))
    assert ".transpose(1, 0, 2, 3) makes it right" in moved


def test_lists_numbers_integers_and_empty_parameters_are_taken():
    report = check_gradients(
        lambda p: p[0] * np.sum(p[1] * p[1]) + np.sum(p[2]),
        (3, [[1, 2]], np.zeros((0, 4))),
        [5, [[6, 12]], np.zeros((0, 4))],
    )
    assert report.ok
    assert [row.shape for row in report.rows] == [(), (1, 2), (0, 4)]
    assert check_gradients(lambda p: 3.0, [], []).ok


def test_nothing_that_is_given_is_changed_even_by_a_cost_that_writes():
    def cost(parameters):
        parameters[0] *= 2
        parameters.append(None)
        return np.sum(parameters[0] ** 2) / 4

    p, g = P.copy(), 2 * P
    p.flags.writeable = g.flags.writeable = False
    assert check_gradients(cost, [p], [g]).ok
    assert np.array_equal(p, P)


@pytest.mark.parametrize(
    ("allowed", "shown"), [(1.01e-6, "2e-06"), (2e-6, "2e-06"), (9.5e-6, "1e-05"), (0.011, "2e-02")]
)
def test_the_bound_in_the_table_is_rounded_up(allowed, shown):
    report = check_gradients(lambda p: p[0] @ p[0], [P], [2 * P])
    [_, line, *_] = str(report._replace(rows=[report.rows[0]._replace(allowed=allowed)])).splitlines()
    assert line.split()[:4] == ["parameters[0]", "(3,)", "0", shown]


def test_a_report_is_true_when_it_is_ok_so_that_it_can_be_asserted():
    assert check_gradients(lambda p: p[0] @ p[0], [P], [2 * P])
    assert not check_gradients(lambda p: p[0] @ p[0], [P], [P])


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: check_gradients(np.sum, [P, 2 * P], [P]), ShapeError, "gradients has no value for parameters[1]. Give its gradient, or None"),
        (lambda: check_gradients(np.sum, [P], [P], names=["a", "b"]), ShapeError, "got 2 names for 1 parameters"),
        (lambda: check_gradients(np.sum, [P], [P], candidates={"x": []}), ShapeError, "x has no value for parameters[0]"),
        (lambda: check_gradients(lambda p: p[0], [P], [P]), ShapeError, "an array of shape (3,), not one number"),
        (lambda: check_gradients(np.sum, P, [P]), TypeError, "parameters is one array, and its part of gradients is a list of arrays"),
        (lambda: check_gradients(np.sum, [P], P), ShapeError, "gradients has a value for gradients[1], and no parameter belongs to it"),
        (lambda: check_gradients(np.sum, ["P"], [P]), TypeError, "gradients has a value for parameters[0], and parameters[0] is 'P'. Give None for it"),
        (lambda: check_gradients(np.sum, [P], [{}]), TypeError, "the gradient of parameters[0] is a dict, not real numbers"),
        (lambda: check_gradients(np.sum, [1j * P], [P]), TypeError, "parameters[0] holds complex128 items, not real numbers"),
        (lambda: check_gradients(np.sum, [P], [[[1.0], [1.0, 2.0]]]), TypeError, "the gradient of parameters[0] is a ragged list"),
        (lambda: check_gradients(lambda p: "much", [P], [P]), TypeError, "the cost is 'much', not a number"),
        (lambda: check_gradients(lambda p: np.nan, [P], [P]), ValueError, "the cost is nan at these parameters"),
        (lambda: check_gradients(lambda p, calls=[]: calls.append(0) or len(calls), [P], [P]), ValueError, "Fix its random numbers"),
        (lambda: check_gradients(lambda p: 1.0 if p[0][0] == 0.5 else np.nan, [P], [P]), ValueError, "not finite on both sides of these"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_raises(call, error, said):
    with pytest.raises(error) as raised:
        call()
    assert said in str(raised.value)


def test_an_error_in_the_cost_is_the_users_to_see():
    def cost(parameters):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        check_gradients(cost, [P], [P])


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_when_asked_for_and_never_when_not(monkeypatch):
    pytest.importorskip("tqdm", reason="tqdm draws the bar")

    def shown(stream, **options):
        monkeypatch.setattr(sys, "stderr", stream)
        check_gradients(lambda p: p[0] @ p[0], [P], [2 * P], **options)
        return stream.getvalue()

    assert "3/3" in shown(io.StringIO(), progress=True)
    assert shown(Terminal(), progress=False) == ""
    assert shown(io.StringIO()) == ""


def test_without_tqdm_there_is_no_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert check_gradients(lambda p: p[0] @ p[0], [P], [2 * P])
    with pytest.raises(ImportError):
        check_gradients(lambda p: p[0] @ p[0], [P], [2 * P], progress=True)


@pytest.mark.parametrize("kind", ["complex", "real"])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_check_evaluates_the_cost_little_more_often_than_its_entries_need(kind, factor):
    rng, calls = np.random.default_rng(0), []
    layers = [Layer(rng.normal(size=(n, k)) / 10, rng.normal(size=n)) for k, n in [(100, 30), (30, 10)]]
    x, y = rng.normal(size=(100, 3)), rng.random((10, 3))
    of = plain_cost(layers, x, y, backprop.QUADRATIC)
    of = of if kind == "complex" else real_only(of)
    found = [factor * array for array in flat(gradients(layers, x, y)[1])]
    report = check_gradients(lambda p: calls.append(1) or of(p), parts(layers), found, max_entries=200)
    assert report.ok is (factor == 1)
    needed = sum(row.checked for row in report.rows) * (1 if kind == "complex" else 4)
    assert needed <= len(calls) <= 1.3 * needed


@pytest.mark.parametrize(
    "shaped", [np.transpose, lambda g: g[:, :2], lambda g: g[0]], ids=["transposed", "cut", "a row"]
)
def test_a_gradient_of_the_wrong_shape_beside_a_kink_is_refused(shaped):
    W = np.array([[0.0, 1.0, 2.0], [1.0, -1.0, 0.0]])
    right = (W > 0).astype(float)
    report = check_gradients(lambda p: np.sum(np.maximum(p[0], 0)), [W], [shaped(right)])
    assert [row.verdict for row in report.rows] == ["FAIL"]
    assert "shape" in str(report)
