"""Each equation against its sum over indices and against the complex step, in both layouts."""

import copy
import itertools
import operator
import pickle
import types
import warnings

import numpy as np
import pytest

import backprop
from backprop import SOFTMAX, Activation, Cost, Layer, ShapeError, forward, gradients, rows, step
from backprop._arrays import Validated
from website.oracles import random_calls
from website.oracles.reference import (
    ACTIVATIONS,
    COSTS,
    EQUATIONS,
    FUNCTIONS,
    KINKED,
    PAIRS,
    SMOOTH,
    complex_step,
    draw,
    gradient,
    index_sum,
    mean_cost,
    network_gradients,
    one_example,
    relative_error,
    split,
)

SIZES = {"i": 5, "j": 3, "k": 4, "l": 2}  # all distinct, or a wrong index could hide
MANY = pytest.mark.parametrize("many", [False, True], ids=["one example", "many"])


def public(name):
    return operator.attrgetter(name)(backprop)


def of(name):
    """Return the constant for an activation or a cost: "tanh" is TANH."""
    return public(name.upper())


def arguments(indices, kind=np.float64, sizes=SIZES):
    """Return arrays with these indices, between 0 and 1 for the logarithms, and exact in any float."""
    rng = np.random.default_rng(0)
    return [(rng.integers(1, 8, size=[sizes[i] for i in into]) / 8).astype(kind) for into in split(indices)[0]]


def layers_of(network, column=True):
    return [Layer(W, b if column else b[:, 0], of(name)) for W, b, name in network]


# ---- The equations, one at a time


@MANY
@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_is_its_sum_over_indices(name, many):
    indices = EQUATIONS[name] if many else one_example(EQUATIONS[name])
    arrays = [8 * array for array in arguments(indices)]  # small whole numbers: every sum is exact
    np.testing.assert_array_equal(public(name)(*arrays), index_sum(indices, *arrays), strict=True)


@pytest.mark.parametrize(("indices", "column"), [("jk,k,j->j", False), ("jk,ki,j->ji", False), ("jk,ki,j->ji", True)])
def test_the_weighted_input_is_its_sum_over_indices(indices, column):
    W, a_prev, b = arguments(indices)
    z = index_sum(indices.replace(",j->", "->"), W, a_prev)
    for j, *rest in np.ndindex(z.shape):
        z[j, *rest] += b[j]
    found = backprop.weighted_input(W, a_prev, b[:, None] if column else b)
    np.testing.assert_array_equal(found, z, strict=True)


@MANY
@pytest.mark.parametrize("storage", ["columns", "rows"])
def test_each_equation_gives_the_slopes_of_a_cost(storage, many):
    module, turn = (backprop, np.asarray) if storage == "columns" else (rows, np.transpose)
    rng = np.random.default_rng(0)
    m = SIZES["i"] if many else 1
    W, W_next, a_prev, b = (rng.normal(size=shape) for shape in [(3, 2), (4, 3), (2, m), (3, 1)])

    def above(a):
        return np.sin(W_next @ a).sum(axis=(-2, -1))

    def cost(z):
        return above(np.tanh(z))

    def data(columns):
        return turn(columns if many else columns[:, 0])

    z = W @ a_prev + b
    delta = gradient(cost, z)
    delta_next = gradient(lambda z_next: np.sin(z_next).sum(axis=(-2, -1)), W_next @ np.tanh(z))
    slope = complex_step(np.tanh, z, 1.0)
    found = [
        module.output_error(data(gradient(above, np.tanh(z))), data(slope)),
        module.hidden_error(turn(W_next), data(delta_next), data(slope)),
        module.bias_gradient(data(delta)),
        module.weight_gradient(data(delta), data(a_prev)),
    ]
    dC_db = gradient(lambda b: cost(W @ a_prev + b), b)[:, 0]
    dC_dW = turn(gradient(lambda W: cost(W @ a_prev + b), W))
    expected = [data(delta), data(delta), dC_db, dC_dW]
    assert max(map(relative_error, found, expected)) <= 1e-14


@MANY
def test_a_bias_gradient_may_keep_its_axis(many):
    delta = np.arange(15.0).reshape(3, 5) if many else np.arange(3.0)
    kept, kept_in_rows = backprop.bias_gradient(delta, keepdims=True), rows.bias_gradient(delta.T, keepdims=True)
    np.testing.assert_array_equal(kept, backprop.bias_gradient(delta)[:, None], strict=True)
    np.testing.assert_array_equal(kept_in_rows, kept.T, strict=True)


@pytest.mark.parametrize("module", [backprop, rows])
def test_a_bias_gradient_that_keeps_its_axis_checks_what_it_is_given(module):
    listed = module.bias_gradient([[1, 2], [3, 4]], keepdims=True)
    np.testing.assert_array_equal(listed, module.bias_gradient(np.array([[1.0, 2.0], [3.0, 4.0]]), keepdims=True))
    with pytest.raises(ShapeError, match="bias_gradient"):
        module.bias_gradient(np.ones((2, 3, 4)), keepdims=True)


# ---- Activations and costs

Z = np.array([[-12.0, -3.0, -0.5], [1e-9, 0.7, 20.0]])


@pytest.mark.parametrize("name", [*SMOOTH, *KINKED])
def test_an_activation_has_its_value_at_every_size(name):
    np.testing.assert_allclose(public(name)(Z), ACTIVATIONS[name](Z), rtol=1e-14)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_slope_is_the_slope_of_its_activation(name):
    expected = complex_step(ACTIVATIONS[name], Z, 1.0)
    np.testing.assert_allclose(public(f"{name}_prime")(Z), expected, rtol=1e-14)
    written_in_a = of(name).derivative(Z, public(name)(Z))
    assert relative_error(written_in_a, expected) <= 1e-14


@pytest.mark.parametrize(("name", "left"), [("relu", 0.0), ("leaky_relu", 0.01)])
def test_a_kink_has_the_slope_on_its_left(name, left):
    z = np.array([-2.0, -0.0, 0.0, 5e-324, 2.0])
    expected = np.array([left, left, left, 1.0, 1.0])
    np.testing.assert_array_equal(public(f"{name}_prime")(z), expected)
    a = public(name)(z)
    np.testing.assert_array_equal(of(name).derivative(z, a), expected)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*SMOOTH, *KINKED, "softmax"])
def test_far_out_an_activation_neither_overflows_nor_warns(name, kind):
    a = public(name)(np.array([-1e4, 1e4], kind))
    limits = {"sigmoid": [0, 1], "softmax": [0, 1], "tanh": [-1, 1], "leaky_relu": [-100, 1e4], "identity": [-1e4, 1e4]}
    np.testing.assert_allclose(a, limits.get(name, [0, 1e4]), rtol=1e-6)
    if name != "softmax":
        assert np.isfinite(public(f"{name}_prime")(np.array([-1e4, 1e4], kind))).all()


@pytest.mark.parametrize("name", [*SMOOTH, *KINKED])
def test_calling_a_constant_neither_overflows_nor_warns(name):
    far = [-1000.0, 0.0, 1000.0]
    np.testing.assert_array_equal(of(name)(far), public(name)(far), strict=True)


@pytest.mark.parametrize(("name", "at"), [("sigmoid", 800.0), ("tanh", 800.0), ("softplus", 800.0)])
def test_a_complex_step_far_out_gives_the_derivative(name, at):
    for z in (-at, at):
        by_step = public(name)(np.array([z + 1e-200j])).imag / 1e-200
        np.testing.assert_allclose(by_step, public(f"{name}_prime")(np.array([z])), rtol=1e-14)
        assert np.isfinite(public(f"{name}_prime")(np.array([z + 1e-200j]))).all()


def test_half_precision_keeps_what_it_can_hold():
    z = np.array([-16.0, -12.0, -8.0, 8.0, 12.0], np.float16)
    wide = z.astype(np.float64)
    for name in ("sigmoid", "sigmoid_prime", "tanh_prime", "softplus"):
        expected = public(name)(wide).astype(np.float16)
        np.testing.assert_allclose(public(name)(z), expected, rtol=4e-3, atol=6e-8)
    assert public("sigmoid")(np.float16(-12)) > 0


@pytest.mark.parametrize("m", [65_530, 70_000])
def test_a_batch_of_more_examples_than_half_precision_counts_has_a_gradient(m):
    a, y = np.ones((1, m), np.float16), np.zeros((1, m), np.float16)
    slope = backprop.quadratic_prime(a, y)
    assert slope.dtype == np.float16
    np.testing.assert_allclose(slope, np.float16(1 / m))
    assert slope[0, 0] > 0


@MANY
def test_softmax_and_its_jacobian(many):
    z = np.random.default_rng(0).normal(size=(4, 3))
    a, J = backprop.softmax(z), backprop.softmax_jacobian(z)
    if not many:
        a, J = (np.stack([f(column) for column in z.T], axis=-1) for f in (backprop.softmax, backprop.softmax_jacobian))
    assert relative_error(a, ACTIVATIONS["softmax"](z)) <= 1e-14
    for j in range(4):
        row = gradient(lambda z: ACTIVATIONS["softmax"](z)[..., j, :].sum(axis=-1), z)
        assert relative_error(J[j], row) <= 1e-14


@MANY
@pytest.mark.parametrize("cost", COSTS)
def test_a_cost_and_its_slope(cost, many):
    a, y = arguments("ji,ji->" if many else "j,j->")
    columns, targets = (a, y) if many else (a[:, None], y[:, None])
    slope = gradient(lambda a: mean_cost(cost, a, targets), columns)
    assert abs(public(cost)(a, y) - mean_cost(cost, columns, targets)) <= 1e-14
    assert relative_error(public(f"{cost}_prime")(a, y), slope.reshape(a.shape)) <= 1e-14


@pytest.mark.parametrize(
    ("cost", "a", "y", "C", "dC_da"),
    [
        ("cross_entropy", [0.0, 1.0], [0.0, 1.0], 0.0, [1.0, -1.0]),
        ("cross_entropy", [0.0], [1.0], np.inf, [-np.inf]),
        ("cross_entropy", [1.0], [0.0], np.inf, [np.inf]),
        ("sigmoid_cross_entropy", [40.0], [0.0], 40.0, [1.0]),
        ("sigmoid_cross_entropy", [1000.0, -1000.0], [0.0, 1.0], 2000.0, [1.0, -1.0]),
        ("sigmoid_cross_entropy", [1000.0, -1000.0], [1.0, 0.0], 0.0, [0.0, 0.0]),
        ("softmax_cross_entropy", [0.0, -np.inf], [1.0, 0.0], 0.0, [0.0, 0.0]),
        ("softmax_cross_entropy", [1000.0, 0.0], [0.0, 1.0], 1000.0, [1.0, -1.0]),
    ],
)
@pytest.mark.parametrize("module", [backprop, rows])
def test_a_cost_at_its_edges(module, cost, a, y, C, dC_da):
    found = getattr(module, cost)(a, y)
    assert found == C
    assert not np.signbit(found)
    np.testing.assert_array_equal(getattr(module, f"{cost}_prime")(a, y), dC_da)


def linear(z, activation):
    """Return a network of one layer whose weighted input is z."""
    z = np.asarray(z)
    return [Layer(np.eye(len(z)), np.zeros(len(z)), activation)], z


@pytest.mark.parametrize(("z", "y"), [(40.0, 0.0), (800.0, 0.0), (-800.0, 1.0), (800.0, 1.0)])
def test_a_saturated_sigmoid_with_cross_entropy_costs_what_it_should(z, y):
    C, [gradient] = gradients(*linear([z], of("sigmoid")), [y], of("cross_entropy"))
    assert abs(z) * (y != (z > 0)) == C
    np.testing.assert_array_equal(gradient.dC_db, [(z > 0) - y])


@pytest.mark.parametrize(
    ("z", "y", "C", "delta"),
    [
        ([0.0, 1000.0], [1.0, 0.0], 2000.0, [-2.0, 2.0]),
        ([0.0, 1000.0], [0.0, 1.0], 0.0, [0.0, 0.0]),
        ([0.0, 0.0, 1000.0], [0.0, 0.0, 0.0], 1000.0 - np.log(2), [-0.5, -0.5, 1.0]),
        ([5.0], [1.0], 0.0, [0.0]),
    ],
)
def test_a_saturated_softmax_with_cross_entropy_has_a_gradient(z, y, C, delta):
    found, [gradient] = gradients(*linear(z, SOFTMAX), y, of("cross_entropy"))
    np.testing.assert_allclose(found, C, rtol=1e-15)
    np.testing.assert_allclose(gradient.dC_db, delta, atol=1e-15)


# ---- Whole networks

SMALL = [((2, 3, 4), hidden, *pair) for hidden in [*SMOOTH, *KINKED] for pair in PAIRS]
DEEP = [((5, 4, 3, 2), *rest) for _, *rest in SMALL]
NIELSEN = [((784, 30, 10), "tanh" if output == "softmax" else output, output, cost) for output, cost in PAIRS]


@pytest.mark.parametrize("batch", ["one example", "m=1", "m=5", "m=5, b (n, 1)"])
@pytest.mark.parametrize(
    ("sizes", "hidden", "output", "cost"),
    [*SMALL, *DEEP, *NIELSEN],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_gradients_are_the_slopes_of_the_cost(sizes, hidden, output, cost, batch):
    network, x, y = draw(sizes, hidden, output, m=5 if "m=5" in batch else 1)
    C, expected = network_gradients(network, x, y, cost)
    layers = layers_of(network, column="b (n, 1)" in batch)
    data = (x[:, 0], y[:, 0]) if batch == "one example" else (x, y)
    found_C, found = gradients(layers, *data, of(cost))

    bound = 1e-8 if {hidden, output} & set(KINKED) else 1e-13
    assert abs(found_C - C) <= 1e-14 * abs(C)
    for layer, (dC_dW, dC_db), (W, b) in zip(layers, found, expected, strict=True):
        assert dC_db.shape == layer.b.shape
        assert relative_error(dC_dW, W) <= bound
        assert relative_error(dC_db.reshape(b.shape), b) <= bound


@pytest.mark.parametrize("sizes", [(2, 3, 4), (5, 4, 3, 2), (784, 30, 10)])
def test_a_pass_in_rows_is_the_transpose_of_the_pass_in_columns(sizes):
    network, x, y = draw(sizes, "tanh", "sigmoid", m=5)
    layers = layers_of(network)
    zs, activations = forward(layers, x)
    _, expected = gradients(layers, x, y)
    for l in reversed(range(len(layers))):
        slope = layers[l].activation.prime(zs[l]).T
        if l == len(layers) - 1:
            delta = rows.output_error(backprop.quadratic_prime(activations[-1], y).T, slope)
        else:
            delta = rows.hidden_error(layers[l + 1].W.T, delta, slope)
        assert relative_error(rows.weight_gradient(delta, activations[l].T).T, expected[l].dC_dW) <= 1e-14
        assert relative_error(rows.bias_gradient(delta, keepdims=True).T, expected[l].dC_db) <= 1e-14


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layers: pickle.loads(pickle.dumps(layers))])
@pytest.mark.parametrize(("output", "cost"), PAIRS)
def test_a_network_may_be_copied_and_pickled(output, cost, copied):
    network, x, y = draw((2, 3, 4), "tanh", output, m=5)
    layers = layers_of(network)
    C, expected = gradients(layers, 100 * x, y, of(cost))  # 100: where an activation saturates, a lost identity shows
    again, found = gradients(copied(layers), 100 * x, y, copied(of(cost)))
    assert again == C
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.dC_dW, other.dC_dW)
        np.testing.assert_array_equal(one.dC_db, other.dC_db)


@pytest.mark.parametrize("rate", [0.1, np.float64(0.1), np.array(0.1)], ids=["float", "np.float64", "np.array"])
def test_a_learning_rate_does_not_widen_float32(rate):
    W, b = arguments("jk,j->", np.float32)
    [stepped] = step([Layer(W, b)], [(W, b)], rate)
    assert stepped.W.dtype == stepped.b.dtype == np.float32


def test_a_step_goes_against_the_gradient():
    network, x, y = draw((2, 3, 4), "tanh", "identity", m=5)
    layers = layers_of(network)
    C, slopes = gradients(layers, x, y)
    for layer, new, slope in zip(layers, step(layers, slopes, 0.25), slopes, strict=True):
        np.testing.assert_array_equal(new.W, layer.W - slope.dC_dW / 4)
        np.testing.assert_array_equal(new.b, layer.b - slope.dC_db / 4)
        assert new.activation is layer.activation
    assert gradients(step(layers, slopes, 0.25), x, y)[0] < C


def own(value=backprop.quadratic, prime=backprop.quadratic_prime, over=None):
    return Cost("own", value, prime, over)


W1, W2, B1, B2, X, Y = arguments("jk,lj,j,l,ki,li->")
LAYERS = [Layer(W1, B1), Layer(W2, B2)]
LINEAR = types.SimpleNamespace(weight=W1, bias=B1)  # as PyTorch's


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gradients([Layer(W1, B1, SOFTMAX), LAYERS[1]], X, Y), TypeError, "SOFTMAX in a hidden layer"),
        (
            lambda: gradients([LAYERS[0], Layer(W2, B2, SOFTMAX)], X, Y, of("softmax_cross_entropy")),
            TypeError,
            "SOFTMAX_CROSS_ENTROPY applies softmax itself",
        ),
        (lambda: gradients(LAYERS, X, Y, backprop.quadratic), TypeError, "cost is quadratic; write a Cost, such as"),
        (
            lambda: gradients(LAYERS, X, Y, "nn.MSELoss"),
            TypeError,
            "cost is nn.MSELoss; write QUADRATIC, which divides",
        ),
        (lambda: forward([LINEAR], X), TypeError, r"Layer\(linear.weight.detach\(\), linear.bias.detach\(\), RELU\)"),
        (lambda: rows.forward([LINEAR], X.T), TypeError, r"Layer\(linear.weight.detach\(\).T, linear.bias.detach\(\)"),
        (
            lambda: gradients([LAYERS[0], Layer(W2, B2, of("sigmoid"))], X, Y, of("sigmoid_cross_entropy")),
            TypeError,
            "SIGMOID_CROSS_ENTROPY applies sigmoid itself",
        ),
        (
            lambda: gradients(LAYERS, X, Y, own(lambda a, y: a - y)),
            ShapeError,
            r"the cost own has shape \(2, 5\); it must be one",
        ),
        (
            lambda: gradients(LAYERS, X, Y, own(prime=lambda a, y: (a - y)[:, :1])),
            ShapeError,
            r"the derivative of the cost own has shape \(2, 1\), and the output has \(2, 5\)",
        ),
        (
            lambda: gradients([LAYERS[0], Layer(W2, B2, SOFTMAX)], X, Y, own(prime=lambda a, y: (a - y)[:, :1])),
            ShapeError,
            r"the derivative of the cost own has shape \(2, 1\)",
        ),
        (lambda: gradients(LAYERS, X, Y, own(lambda a, y: None)), TypeError, "the cost own is None, not a number"),
        (
            lambda: gradients(LAYERS, X, Y, own(prime=lambda a, y: 1.0)),
            TypeError,
            "the cost own is a float; it must be",
        ),
        (lambda: own(over="average"), ValueError, 'over is \'average\'; write "mean", "sum" or None'),
        (lambda: own(prime=2.0), TypeError, r"prime is 2.0, not a function of \(a, y\)"),
        (lambda: Activation("own", 2.0), TypeError, "value is 2.0, not a function of z"),
        (lambda: Layer(W1, B1, backprop.tanh), TypeError, "activation is tanh; write TANH"),
        (lambda: Layer(W1, B1, len), TypeError, "activation is len; write an Activation, such as SIGMOID"),
        (lambda: forward(LAYERS[0], X), TypeError, r"layers is one Layer; write \[layer\]"),
        (lambda: backprop.weighted_input(W1, b=B1), TypeError, "missing 1 required positional argument: 'a_prev'"),
        (lambda: backprop.weighted_input(W1, W1), TypeError, "missing 1 required positional argument: 'b'"),
        (lambda: backprop.bias_gradient(X, True), TypeError, "takes 1 positional argument but 2 were given"),
        (lambda: backprop.hidden_error(delta_next=X, sigma_prime_z=X), TypeError, "argument: 'W_next'"),
        (lambda: backprop.hidden_error(W1, X, X, X), TypeError, "takes 3 positional arguments but 4 were given"),
        (lambda: backprop.hidden_error(W1, X, X, delta_next=X), TypeError, "multiple values for argument 'delta_next'"),
        (lambda: forward([LAYERS[0], (W2, B2)], X), TypeError, "layer 2 is a tuple"),
        (lambda: gradients(LAYERS, X, Y, rows.QUADRATIC), TypeError, "write backprop.QUADRATIC"),
        (lambda: gradients(LAYERS, X, Y, rows.Cost("quadratic", len, len)), TypeError, "write backprop.Cost"),
        (lambda: gradients([], X, Y), ShapeError, "gradients: there are no layers"),
        (lambda: step(LAYERS, [(W1, B1), W2], 0.5), TypeError, "gradient 2 is a ndarray"),
        (lambda: step(LAYERS, [(W1, B1), (W2, B2, B2)], 0.5), TypeError, "gradient 2 is a tuple"),
        (lambda: step(LAYERS, [(W1, B1), (W2,)], 0.5), TypeError, "gradient 2 is a tuple"),
        (lambda: step(LAYERS, [(W1, B1)], 0.5), ShapeError, "step got 1 gradients for 2 layers"),
        (lambda: step(LAYERS, [(W1, B1), (W2, B2)], [0.5]), TypeError, "learning_rate has shape"),
    ],
)
def test_what_is_no_network_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("module", [backprop, rows])
@pytest.mark.parametrize("cost", ["SOFTMAX_CROSS_ENTROPY", "SIGMOID_CROSS_ENTROPY"])
@pytest.mark.parametrize("name", sorted({*SMOOTH, *KINKED, "softmax"} - {"identity"}))
def test_a_cost_that_applies_its_own_function_takes_the_identity_only(name, cost, module):
    layers, x = [module.Layer(np.ones((3, 3)), np.ones(3), getattr(module, name.upper()))], np.ones((3, 3))
    called = "sigmoid \\(the default\\)" if name == "sigmoid" else name
    with pytest.raises(TypeError, match=f"{cost} applies .* itself, and the last layer has {called};"):
        module.gradients(layers, x, x, getattr(module, cost))


@pytest.mark.parametrize("name", ["absolute", "cross_entropy", "own"])
def test_a_cost_of_a_readers_own_takes_any_output_whatever_it_is_called(name):
    layers = [LAYERS[0], Layer(W2, B2, of("identity"))]
    C, _ = gradients(layers, X, Y, Cost(name, backprop.quadratic, backprop.quadratic_prime))
    assert np.isclose(C, gradients(layers, X, Y)[0])


def test_layers_may_come_from_an_iterator():
    expected = forward(LAYERS, X)
    for found, right in zip(forward(iter(LAYERS), X), expected, strict=True):
        assert len(found) == len(right)
        assert all(map(np.array_equal, found, right))
    _, found = gradients(iter(LAYERS), X, Y)
    assert np.array_equal(found[0].dC_dW, gradients(LAYERS, X, Y)[1][0].dC_dW)
    assert np.array_equal(step(iter(LAYERS), iter(found), 0.5)[0].W, step(LAYERS, found, 0.5)[0].W)


def test_a_check_looks_again_at_weights_whose_shape_was_changed_in_place():
    layer = Layer(W1.copy(), B1)
    forward([layer], X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        layer.W.shape = layer.W.shape[::-1]
    with pytest.raises(ShapeError):
        forward([layer], X)


def test_a_check_learns_new_shapes_however_many_there_were():
    validated = Validated()
    array = np.ones(3)
    for key in range(10_000):
        validated.remember(key, [array], [array])
        assert key in validated
    assert len(validated) <= 4096


def test_a_layer_cannot_be_changed_and_equals_itself_alone():
    with pytest.raises(AttributeError, match="a Layer cannot be changed; make a new one"):
        LAYERS[0].W = W2
    assert len({LAYERS[0], LAYERS[0], Layer(W1, B1)}) == 2


# ---- What every function does with what it is given


CALLS = {name: (name, indices) for name, indices in FUNCTIONS.items()} | {
    "forward": (random_calls.forward, "jk,j,lj,l,ki->ji,li,ki,ji,li"),
    "gradients": (random_calls.gradients, "jk,j,lj,l,ki,li->,jk,j,lj,l"),
    "step": (random_calls.step, "jk,j,lj,l,jk,j,lj,l->jk,j,lj,l"),
}
EVERY_FUNCTION = pytest.mark.parametrize(("function", "indices"), CALLS.values(), ids=CALLS)


def shapes(indices, sizes):
    return [tuple(sizes[i] for i in letters) for letters in indices.split("->")[1].split(",")]


def results(function, arrays):
    function = public(function) if isinstance(function, str) else function
    found = function(*arrays)
    return found if isinstance(found, list) else [found]


@MANY
@EVERY_FUNCTION
def test_shapes_out_follow_from_shapes_in(function, indices, many):
    indices = indices if many else one_example(indices)
    found = results(function, arguments(indices))
    assert [array.shape for array in found] == shapes(indices, SIZES)


@pytest.mark.parametrize("name", [name for name, (_, indices) in CALLS.items() if "i" in indices])
def test_a_batch_of_none_gives_zeros(name):
    function, indices = CALLS[name]
    none = SIZES | {"i": 0}
    found = results(function, arguments(indices, sizes=none))
    assert [array.shape for array in found] == shapes(indices, none)
    assert not any(np.any(array) for array in found)


@EVERY_FUNCTION
def test_float32_stays_float32(function, indices):
    found = results(function, arguments(indices, np.float32))
    expected = results(function, arguments(indices))
    assert {array.dtype for array in found} == {np.dtype(np.float32)}
    for narrow, wide in zip(found, expected, strict=True):
        np.testing.assert_allclose(narrow, wide, rtol=1e-5, atol=1e-6)


@MANY
@EVERY_FUNCTION
def test_inputs_are_neither_written_to_nor_handed_back(function, indices, many):
    given = arguments(indices if many else one_example(indices))
    before = [array.tobytes() for array in given]
    found = results(function, given)
    assert [array.tobytes() for array in given] == before
    shared = sum(np.shares_memory(*pair) for pair in itertools.product(given, found))
    assert shared == (function is CALLS["forward"][0])  # whose a^0 is x itself


@MANY
@EVERY_FUNCTION
def test_a_list_is_taken_as_an_array(function, indices, many):
    given = arguments(indices if many else one_example(indices))
    expected = results(function, given)
    for found, array in zip(results(function, [array.tolist() for array in given]), expected, strict=True):
        np.testing.assert_array_equal(found, array, strict=True)


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.bool])
@EVERY_FUNCTION
def test_whole_numbers_are_taken_as_floats(function, indices, kind):
    whole = [np.ones_like(array, kind) for array in arguments(indices)]
    expected = results(function, [array.astype(np.float64) for array in whole])
    for found, array in zip(results(function, whole), expected, strict=True):
        np.testing.assert_array_equal(found, array, strict=True)


@pytest.mark.parametrize(("name", "indices"), EQUATIONS.items())
def test_whole_numbers_take_the_dtype_beside_them(name, indices):
    given = arguments(indices)
    for narrow in range(len(given)):
        mixed = [(8 * array).astype(np.float32 if place == narrow else np.int64) for place, array in enumerate(given)]
        assert public(name)(*mixed).dtype == np.float32


@MANY
@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", EQUATIONS)
def test_what_is_not_finite_goes_where_the_sum_takes_it(name, strange, many):
    indices = EQUATIONS[name] if many else one_example(EQUATIONS[name])
    for place in range(len(split(indices)[0])):
        arrays = arguments(indices)
        arrays[place].flat[0] = strange
        with np.errstate(invalid="ignore"):  # a BLAS warns of its padding
            found = public(name)(*arrays)
        np.testing.assert_array_equal(found, index_sum(indices, *arrays))


@pytest.mark.parametrize("name", [*SMOOTH, *KINKED, "softmax"])
def test_not_a_number_passes_through_an_activation(name):
    assert np.isnan(public(name)([np.nan])).all()
