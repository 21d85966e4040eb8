"""The fast form of the pass: equal to the plain form, for the same networks, and nothing of the reader's is written to."""

import itertools
import pickle
import threading
import tracemalloc
import types
import warnings

import numpy as np
import pytest

import backprop
from backprop import (
    CROSS_ENTROPY,
    IDENTITY,
    QUADRATIC,
    RELU,
    SIGMOID,
    SOFTMAX,
    TANH,
    Activation,
    Cost,
    Gradient,
    ShapeError,
    fast_pass,
    rows,
)
from website.oracles import reference

ACTIVATIONS = [name for name in reference.ACTIVATIONS if name != "softmax"]
SIZES = (5, 4, 6, 3)  # all distinct
LAYOUTS = {"columns": backprop, "rows": rows}
in_both_layouts = pytest.mark.parametrize("module", LAYOUTS.values(), ids=LAYOUTS)
one_and_many = pytest.mark.parametrize("m", [None, 1, 7, 300])
in_both_dtypes = pytest.mark.parametrize("dtype", ["float64", "float32"])
of_two_dtypes = pytest.mark.parametrize(
    "dtypes",
    [each for each in itertools.product(["float64", "float32"], repeat=4) if len(set(each)) == 2],
    ids=" ".join,
)

# Every activation function before every cost that takes it, by name, as each layout has its own SOFTMAX and costs.
LAST = [(name.upper(), "QUADRATIC") for name in ACTIVATIONS]
LAST += [("SOFTMAX", "QUADRATIC"), ("SIGMOID", "CROSS_ENTROPY"), ("SOFTMAX", "CROSS_ENTROPY")]
LAST += [("IDENTITY", "SOFTMAX_CROSS_ENTROPY"), ("IDENTITY", "SIGMOID_CROSS_ENTROPY")]


@pytest.fixture(autouse=True)
def forgotten():
    """Begin each test without anything learned before."""
    for layout in (fast_pass.COLUMNS, fast_pass.ROWS):
        layout.plans.clear()


@pytest.fixture
def used(monkeypatch):
    """Return the list of the fast functions that have been used."""
    calls = []

    def counted(name):
        function = getattr(fast_pass, name)

        def call(*arguments, **options):
            result = function(*arguments, **options)
            calls.extend([name] if result is not None else [])
            return result

        return call

    for name in ("forward", "gradients", "step"):
        monkeypatch.setattr(fast_pass, name, counted(name))
    return calls


def plain(function, *arguments):
    """Call a function where the fast form is not available."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("known", "learned", "step"):
            patch.setattr(fast_pass, name, lambda *arguments: None)
        return function(*arguments)


def network(module, m, dtype="float64", hidden=SIGMOID, last=SIGMOID, sizes=SIZES, column_biases=False):
    """Return layers, input and targets that are probabilities of each example."""
    rng = np.random.default_rng(3)
    in_rows = module is rows

    def data(numbers):
        numbers = numbers.astype(dtype)
        return numbers[:, 0].copy() if m is None else np.ascontiguousarray(numbers.T) if in_rows else numbers

    layers = []
    for l, (n_prev, n) in enumerate(zip(sizes, sizes[1:]), 1):
        W, b = rng.normal(size=(n, n_prev)).astype(dtype), rng.normal(size=n).astype(dtype)
        if column_biases:
            b = b[None, :] if in_rows else b[:, None]
        layers.append(
            module.Layer(np.ascontiguousarray(W.T) if in_rows else W, b, last if l == len(sizes) - 1 else hidden)
        )
    examples = 1 if m is None else m
    y = rng.random(size=(sizes[-1], examples))
    return layers, data(rng.normal(size=(sizes[0], examples))), data(y / y.sum(axis=0))


def flat(found):
    """Return all arrays of what `gradients`, `forward` or `step` returned."""
    if isinstance(found, backprop.Layer):
        return [found.W, found.b]
    return [array for part in found for array in flat(part)] if isinstance(found, (tuple, list)) else [found]


def assert_equal(fast, slow, epsilons=16):
    """Assert that two results have the same types, shapes and dtypes, and almost the same numbers."""
    for one, other in zip(flat(fast), flat(slow), strict=True):
        assert type(one) is type(other) and one.shape == other.shape and one.dtype == other.dtype
        wide = np.asarray(other, float)
        error = np.linalg.norm(np.asarray(one, float) - wide)
        assert error <= epsilons * np.finfo(one.dtype).eps * np.linalg.norm(wide)


# ---- Equal to the plain form


@in_both_layouts
@one_and_many
@in_both_dtypes
@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize(("last", "cost"), LAST)
def test_gradients_are_those_of_the_plain_form(used, module, m, dtype, hidden, last, cost):
    cost = getattr(module, cost)
    layers, x, y = network(module, m, dtype, getattr(module, hidden.upper()), getattr(module, last))
    fast = module.gradients(layers, x, y, cost)
    assert "gradients" in used
    assert isinstance(fast[1][0], Gradient)
    assert_equal(fast, plain(module.gradients, layers, x, y, cost))


@in_both_layouts
@one_and_many
@in_both_dtypes
@pytest.mark.parametrize("kind", [*ACTIVATIONS, "softmax"])
def test_the_forward_pass_and_the_step_are_those_of_the_plain_form(used, module, m, dtype, kind):
    layers, x, y = network(module, m, dtype, last=getattr(module, kind.upper()))
    assert_equal(module.forward(layers, x), plain(module.forward, layers, x))
    assert_equal(module.forward(layers[:1], x), plain(module.forward, layers[:1], x))
    _, found = module.gradients(layers, x, y)
    moved = module.step(layers, found, 0.1)
    assert_equal(moved, plain(module.step, layers, found, 0.1), epsilons=0)
    assert all(type(layer) is module.Layer and layer.activation is old.activation for layer, old in zip(moved, layers))
    assert used == ["forward", "forward", "forward", "gradients", "step"]


@in_both_layouts
@pytest.mark.parametrize("m", [0, 1, 4])
def test_a_bias_that_is_a_column_has_a_gradient_that_is_one(module, m):
    layers, x, y = network(module, m, column_biases=True)
    C, found = module.gradients(layers, x, y)
    assert [gradient.dC_db.shape for gradient in found] == [layer.b.shape for layer in layers]
    assert_equal((C, found), plain(module.gradients, layers, x, y))
    assert_equal(module.forward(layers, x), plain(module.forward, layers, x))
    assert_equal(module.step(layers, found, 0.1), plain(module.step, layers, found, 0.1), epsilons=0)


@in_both_layouts
def test_a_batch_of_no_examples_costs_nothing(module):
    layers, x, y = network(module, 0)
    C, found = module.gradients(layers, x, y)
    assert C == 0
    assert not any(array.any() for gradient in found for array in gradient)


@in_both_layouts
@pytest.mark.parametrize("m", [None, 0, 3])
@pytest.mark.parametrize("sizes", [(0, 2), (2, 0), (2, 0, 3), (1, 1, 1)])
def test_a_layer_may_have_one_unit_or_none(module, m, sizes):
    layers, x, y = network(module, m, sizes=sizes)
    assert_equal(module.gradients(layers, x, y), plain(module.gradients, layers, x, y))
    assert_equal(module.forward(layers, x), plain(module.forward, layers, x))


@in_both_layouts
def test_it_needs_less_memory_than_the_plain_form(module):
    layers, x, y = network(module, 200, hidden=TANH, sizes=(30, 40, 50, 60))
    most = {}
    for name, call in (("fast", lambda function, *given: function(*given)), ("plain", plain)):
        call(module.gradients, layers, x, y)
        tracemalloc.start()
        call(module.gradients, layers, x, y)
        most[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most["fast"] < 0.8 * most["plain"]


@in_both_layouts
def test_the_cost_of_many_examples_is_added_without_loss(module):
    layers, x, y = network(module, 2**20, "float32", sizes=(1, 1))
    assert_equal(module.gradients(layers, x, y)[0], plain(module.gradients, layers, x, y)[0])


@in_both_layouts
@one_and_many
def test_a_layer_may_be_in_the_network_twice(module, m):
    layers, x, y = network(module, m, sizes=(4, 4), hidden=TANH)
    twice = [layers[0], layers[0], layers[0]]
    C, found = module.gradients(twice, x, y)
    assert_equal((C, found), plain(module.gradients, twice, x, y))
    first, second, third = module.step(twice, found, 0.1)
    assert len({id(first.W), id(second.W), id(third.W)}) == 3


def test_the_derivative_is_that_of_one_weight():
    layers, x, y = network(backprop, 7, last=TANH)
    h, W = 1e-6, layers[0].W.copy()
    costs = []
    for change in (h, -h):
        W[2, 1] = layers[0].W[2, 1] + change
        costs.append(backprop.gradients([backprop.Layer(W, layers[0].b), *layers[1:]], x, y)[0])
    assert backprop.gradients(layers, x, y)[1][0].dC_dW[2, 1] == pytest.approx(
        (costs[0] - costs[1]) / (2 * h), rel=1e-6
    )


# ---- What belongs to the reader, and what is returned


@in_both_layouts
@one_and_many
@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize(("last", "cost"), [*LAST, ("SIGMOID", "own")])
def test_nothing_of_the_readers_is_written_to_or_shared(module, m, hidden, last, cost):
    layers, x, y = network(module, m, "float64", getattr(module, hidden.upper()), getattr(module, last))
    own = module.Cost("own", lambda a, y: np.sum(a), lambda a, y: np.ones_like(a))
    given = [x, y, *flat(layers)]
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    for _ in range(2):
        zs, activations = module.forward(layers, x)
        _, found = module.gradients(layers, x, y, own if cost == "own" else getattr(module, cost))
        moved = module.step(layers, found, 0.5)
        assert activations[0] is x
        returned = [*zs, *activations[1:], *flat(found), *flat(moved)]
        for k, array in enumerate(returned):
            assert not any(np.shares_memory(array, other) for other in [*given, *returned[:k]])
            assert array.flags.writeable
    for array, old in zip(given, before):
        np.testing.assert_array_equal(array, old, strict=True)


@in_both_layouts
@one_and_many
def test_a_call_does_not_depend_on_those_before_it(module, m):
    layers, x, y = network(module, m, hidden=TANH)
    first = module.gradients(layers, x, y), module.forward(layers, x)
    for array in flat(first):
        if array is not x and array.shape:
            array.fill(np.nan)  # what was returned is the reader's, and may be overwritten
    second = module.gradients(layers, x, y), module.forward(layers, x)
    module.gradients(*network(module, 2))
    third = module.gradients(layers, x, y), module.forward(layers, x)
    assert_equal(second, third, epsilons=0)
    fast_pass.COLUMNS.plans.clear()
    fast_pass.ROWS.plans.clear()
    assert_equal((module.gradients(layers, x, y), module.forward(layers, x)), third, epsilons=0)


@in_both_layouts
def test_what_is_returned_survives_pickle(module):
    layers, x, y = network(module, 7)
    C, found = module.gradients(layers, x, y)
    moved = module.step(layers, found, 0.1)
    again = pickle.loads(pickle.dumps((C, found, moved)))
    assert_equal(again, (C, found, moved), epsilons=0)
    assert again[2][0].activation is SIGMOID
    with pytest.raises(AttributeError, match="cannot be changed"):
        moved[0].W = x


# ---- Which arrays


class Subclass(np.ndarray):
    """An array of NumPy that is another class."""

    def __array_finalize__(self, other):
        self.note = "of the reader's"


ODD = {
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "half precision": lambda array: array.astype(np.float16),
    "long double": lambda array: array.astype(np.longdouble),
    "complex": lambda array: array.astype(complex),
}


@in_both_layouts
@pytest.mark.parametrize("m", [None, 7])
@pytest.mark.parametrize("kind", ODD)
def test_other_arrays_take_the_plain_form(used, module, m, kind):
    layers, x, y = network(module, m)
    layers = [module.Layer(ODD[kind](layer.W), ODD[kind](layer.b), layer.activation) for layer in layers]
    x, y = ODD[kind](x), ODD[kind](y)
    for _ in range(2):
        _, found = module.gradients(layers, x, y)
        module.forward(layers, x)
        assert not used
    module.step(layers, found, 0.1)
    assert not used or kind == "big-endian"  # of which the gradients have the order of the machine


@in_both_layouts
@pytest.mark.parametrize("m", [None, 7])
@of_two_dtypes
def test_one_other_array_is_enough(used, module, m, dtypes):
    layers, x, y = network(module, m, sizes=(4, 5, 3))
    of_x, of_y, of_W, of_b = dtypes
    first = module.Layer(layers[0].W.astype(of_x), layers[0].b.astype(of_x))
    mixed = [first, module.Layer(layers[1].W.astype(of_W), layers[1].b.astype(of_b))], x.astype(of_x), y.astype(of_y)
    for _ in range(2):
        assert_equal(module.gradients(*mixed), plain(module.gradients, *mixed), epsilons=0)
        module.gradients(layers, x, y)  # which is learned, and must not stand for the other
    assert used == ["forward", "gradients"] * 2


@in_both_layouts
@pytest.mark.parametrize("m", [None, 7])
def test_whole_numbers_lists_and_subclasses_are_converted_first(module, m):
    layers, x, y = network(module, m, "float32")
    whole = (3 * x).round().astype(np.int32)
    for _ in range(2):
        for given in (whole, whole.tolist(), whole.astype(np.float32), whole.astype(np.float32).view(Subclass)):
            found = module.gradients(layers, given, y)
            assert_equal(found, plain(module.gradients, layers, given, y))
            assert all(array.dtype == np.float32 and not isinstance(array, Subclass) for array in flat(found))
            assert_equal(module.forward(layers, given), plain(module.forward, layers, given))
        with pytest.raises(TypeError, match="masked"):
            module.gradients(layers, np.ma.masked_array(x), y)


@in_both_layouts
@pytest.mark.parametrize("m", [None, 7])
def test_arrays_need_not_be_contiguous(used, module, m):
    layers, x, y = network(module, m)

    def spread(array):
        wide = np.zeros([2 * size for size in array.shape])
        part = wide[tuple(slice(None, None, 2) for _ in array.shape)]
        part[...] = array
        return part

    for change in (spread, np.asfortranarray, lambda array: np.flip(np.flip(array).copy())):
        changed = [module.Layer(change(layer.W), change(layer.b), layer.activation) for layer in layers]
        given = changed, change(x), change(y)
        assert_equal(module.gradients(*given), plain(module.gradients, layers, x, y))
    assert used == ["forward", "gradients"] * 3


def test_arrays_of_other_libraries_take_the_plain_form(used):
    xp = pytest.importorskip("array_api_strict")
    layers, x, y = network(backprop, 7)
    layers = [backprop.Layer(xp.asarray(layer.W), xp.asarray(layer.b), layer.activation) for layer in layers]
    for _ in range(2):
        _, found = backprop.gradients(layers, xp.asarray(x), xp.asarray(y))
        backprop.step(layers, found, 0.1)
        backprop.forward(layers, xp.asarray(x))
    assert not used


# ---- Which functions


def test_functions_of_the_readers_take_the_plain_form(used):
    layers, x, y = network(backprop, 7)
    own = Activation("sigmoid", backprop.sigmoid, backprop.sigmoid_prime)  # whatever it is called
    half = Cost("quadratic", lambda a, y: np.sum((a - y) ** 2) / 4, lambda a, y: (a - y) / 2)
    for _ in range(2):
        C, _ = backprop.gradients([layers[0], backprop.Layer(layers[1].W, layers[1].b, own), layers[2]], x, y)
        backprop.forward([backprop.Layer(layers[0].W, layers[0].b, own)], x)
        halved, _ = backprop.gradients(layers, x, y, half)
        assert not used
    assert halved == pytest.approx(C * 7 / 2)


@in_both_layouts
def test_functions_of_the_readers_are_still_checked(module):
    layers, x, y = network(module, 7)
    summed = Activation("summed", lambda z: z.sum(axis=0), lambda z: z)
    not_one_number = module.Cost("each", lambda a, y: a - y, lambda a, y: a - y)
    too_small = module.Cost("small", lambda a, y: np.sum(a), lambda a, y: np.ones(3))
    for _ in range(2):
        module.gradients(layers, x, y)
        with pytest.raises(ShapeError, match="elementwise"):
            module.gradients([module.Layer(layers[0].W, layers[0].b, summed), *layers[1:]], x, y)
        with pytest.raises(ShapeError, match="elementwise"):
            module.forward([module.Layer(layers[0].W, layers[0].b, summed), *layers[1:]], x)
        with pytest.raises(ShapeError, match="must be one number"):
            module.gradients(layers, x, y, not_one_number)
        with pytest.raises(ShapeError, match="derivative of the cost"):
            module.gradients(layers, x, y, too_small)


# ---- Nothing that the checks would refuse


@in_both_layouts
def test_what_the_checks_refuse_is_refused_after_a_network_has_been_learned(module):
    layers, x, y = network(module, 3, sizes=(3, 3, 3))  # square, so that no shape shows a mistake
    other = LAYOUTS["columns" if module is rows else "rows"]
    turned = [other.Layer(layer.W, layer.b) for layer in layers]
    _, found = module.gradients(layers, x, y)
    module.forward(layers, x)
    module.step(layers, found, 0.1)
    for cost in (other.QUADRATIC, "quadratic", None, [], np.zeros(3), module.gradients):
        with pytest.raises(TypeError, match="cost is"):
            module.gradients(layers, x, y, cost)
    for refused in (turned, [layers[0], turned[1]], layers[0], [layers[0], None], [(layers[0].W, layers[0].b)] * 2):
        with pytest.raises(TypeError, match="layer"):
            module.gradients(refused, x, y)
        with pytest.raises(TypeError, match="layer"):
            module.forward(refused, x)
    with pytest.raises(TypeError, match="layer 2"):
        module.step([layers[0], turned[1]], found, 0.1)
    with pytest.raises(ShapeError, match="no layers"):
        module.gradients([], x, y)
    with pytest.raises(TypeError, match="SOFTMAX in a hidden layer"):
        module.gradients([module.Layer(layers[0].W, layers[0].b, module.SOFTMAX), layers[1]], x, y)
    with pytest.raises(TypeError, match="takes outputs between 0 and 1"):
        module.gradients([layers[0], module.Layer(layers[1].W, layers[1].b, RELU)], x, y, module.CROSS_ENTROPY)
    for data in ((x[:, :2], y), (x, y[:, :2]), (x[0], y), (x, y[0]), (x[:2], y), (x, None), (None, y), (x, 1.0)):
        with pytest.raises((ShapeError, TypeError)):
            module.gradients(layers, *data)
    for wrong in ([*found[0], 1], (*found[0], 1), types.SimpleNamespace(dC_dW=x, dC_db=x), found[0].dC_dW):
        with pytest.raises((TypeError, ShapeError)):
            module.step(layers, [wrong, found[1]], 0.1)
    for rate in ([0.1], np.array([0.1]), None, "0.1"):
        with pytest.raises(TypeError):
            module.step(layers, found, rate)
    with pytest.raises(ShapeError, match="gradients for"):
        module.step(layers, found[:1], 0.1)


@in_both_layouts
@pytest.mark.parametrize("rate", [1, True, np.float64(0.1), np.float32(0.1), np.array(0.1), 0.1j])
def test_a_learning_rate_may_be_any_number(used, module, rate):
    layers, x, y = network(module, 7, "float32")
    _, found = module.gradients(layers, x, y)
    assert_equal(module.step(layers, found, 0.1), plain(module.step, layers, found, 0.1), epsilons=0)
    for one, other in zip(flat(module.step(layers, found, rate)), flat(plain(module.step, layers, found, rate))):
        np.testing.assert_array_equal(one, other, strict=True)
    assert used.count("step") == 1 + (type(rate) in (int, np.float64))


@in_both_layouts
@of_two_dtypes
def test_a_step_with_arrays_of_two_dtypes_is_that_of_the_plain_form(used, module, dtypes):
    layers, x, y = network(module, 7, sizes=(4, 3))
    _, found = module.gradients(layers, x, y)
    W, b, dC_dW, dC_db = (array.astype(dtype) for array, dtype in zip(flat((layers, found)), dtypes))
    layers, found = [module.Layer(W, b)], [Gradient(dC_dW, dC_db)]
    assert_equal(module.step(layers, found, 0.1), plain(module.step, layers, found, 0.1), epsilons=0)
    assert "step" not in used


@in_both_layouts
def test_layers_may_be_any_iterable(module):
    layers, x, y = network(module, 7)
    _, found = expected = module.gradients(layers, x, y)
    for given in (tuple(layers), iter(layers), (layer for layer in layers), dict(enumerate(layers)).values()):
        assert_equal(module.gradients(given, x, y), expected, epsilons=0)
    assert_equal(module.forward(iter(layers), x), module.forward(layers, x), epsilons=0)
    assert_equal(module.step(iter(layers), iter(found), 0.1), module.step(layers, found, 0.1), epsilons=0)


def test_a_shape_that_is_changed_in_place_is_seen():
    layers, x, y = network(backprop, 6, sizes=(4, 3))
    backprop.gradients(layers, x, y)
    backprop.forward(layers, x)
    given = x.copy()
    given.resize((6, 4), refcheck=False)
    with pytest.raises(ShapeError):
        backprop.gradients(layers, given, y)
    with pytest.raises(ShapeError):
        backprop.forward(layers, given)


def test_another_activation_function_is_seen():
    layers, x, y = network(backprop, 7)
    costs = [
        backprop.gradients([*layers[:-1], backprop.Layer(layers[-1].W, layers[-1].b, kind)], x, y)[0]
        for kind in (SIGMOID, TANH, SIGMOID, RELU, IDENTITY, SOFTMAX, TANH)
    ]
    assert costs[0] == costs[2] and costs[1] == costs[6] and len(set(costs)) == 5
    assert backprop.gradients(layers, x, y, CROSS_ENTROPY)[0] != backprop.gradients(layers, x, y, QUADRATIC)[0]


def test_the_plans_are_few():
    layers, x, y = network(backprop, 300)
    counts = []
    for m in range(300):
        backprop.gradients(layers, x[:, :m], y[:, :m])
        counts.append(len(fast_pass.COLUMNS.plans))
    assert counts == [*range(1, 257), *range(1, 45)]  # and they are kept until there are too many
    plans = fast_pass.COLUMNS.plans.copy()
    backprop.gradients(layers, x[:, :299], y[:, :299])
    assert fast_pass.COLUMNS.plans.keys() == plans.keys()


# ---- Numbers that are none


BAD = [np.inf, -np.inf, np.nan, 1e300, -1e300, 1e-310]


@in_both_layouts
@pytest.mark.filterwarnings("default::RuntimeWarning")
@pytest.mark.parametrize("m", [None, 7])
@pytest.mark.parametrize("place", ["x", "y", "W", "b"])
@pytest.mark.parametrize("kind", [SIGMOID, TANH, RELU, IDENTITY], ids=lambda kind: kind.name)
def test_what_is_not_finite_gives_the_numbers_and_the_warnings_of_the_plain_form(module, m, place, kind):
    for bad in BAD:
        layers, x, y = network(module, m, hidden=kind, last=kind)
        {"x": x, "y": y, "W": layers[1].W, "b": layers[0].b}[place].flat[0] = bad
        results = []
        for call in (module.gradients, lambda *given: plain(module.gradients, *given)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                results.append((flat(call(layers, x, y)), bool(caught)))
        (fast, warns), (slow, expected) = results
        assert warns == expected
        for one, other in zip(fast, slow, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-13, atol=0)


@in_both_layouts
@in_both_dtypes
def test_far_out_nothing_overflows_aloud(module, dtype):
    layers, x, y = network(module, 7, dtype)
    for function in (lambda x: module.gradients(layers, x, y), lambda x: module.forward(layers, x)):
        for factor in (1e5, -1e5):
            assert all(np.isfinite(array).all() for array in flat(function(x * np.array(factor, dtype))))


# ---- Threads


@in_both_layouts
def test_threads_do_not_disturb_each_other(module):
    given = [network(module, m, hidden=TANH) for m in range(1, 40)]
    expected = [module.gradients(*one) for one in given]
    wrong = []

    def work(offset):
        for k in range(300):
            i = (k * (offset + 1)) % len(given)
            if k % 50 == offset:
                fast_pass.COLUMNS.plans.clear()
                fast_pass.ROWS.plans.clear()
            found = module.gradients(*given[i])
            if not all(map(np.array_equal, flat(found), flat(expected[i]))):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
