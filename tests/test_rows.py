"""The layout of rows is that of columns transposed: every function, every error, every array of the reader's."""

import copy
import inspect
import itertools
import pickle

import numpy as np
import pytest

import backprop
from backprop import rows
from backprop.mistakes import MISTAKES, candidates, check_network
from website.oracles.reference import FUNCTIONS, PAIRS, in_rows, split

BOTH = [name for name in FUNCTIONS if f"rows.{name}" in FUNCTIONS]
EPS = {np.float32: np.finfo(np.float32).eps, np.float64: np.finfo(np.float64).eps}


def turned(array):
    return np.transpose(array)


def test_rows_has_every_public_name_and_shares_what_has_no_layout():
    assert set(backprop.__all__) - {"rows"} == set(rows.__all__)
    shared = [name for name in rows.__all__ if name not in rows.OWN]
    assert all(getattr(rows, name) is getattr(backprop, name) for name in shared)
    assert not any(getattr(rows, name) is getattr(backprop, name) for name in rows.OWN)


@pytest.mark.parametrize("name", [name for name in rows.OWN if not name.isupper()])
def test_a_function_for_rows_is_called_as_that_for_columns(name):
    by_module = []
    for module in (backprop, rows):
        parameters = inspect.signature(getattr(module, name)).parameters.values()
        by_module.append([(one.name, one.kind, getattr(one.default, "name", one.default)) for one in parameters])
    assert by_module[0] == by_module[1]


@pytest.mark.parametrize("name", BOTH)
def test_an_axis_too_many_is_refused_by_each_function_for_rows(name):
    size = dict(zip("ijk", (2, 3, 4)))
    arrays = [np.ones([size[i] for i in into]).T for into in split(FUNCTIONS[name])[0]]
    for position, array in enumerate(arrays):
        wrong = [*arrays[:position], array[..., None, None], *arrays[position + 1 :]]
        with pytest.raises(backprop.ShapeError, match=rf"^{name} \((BP. |FF )?in rows\): "):
            getattr(rows, name)(*wrong)


def network(module, parameters, names):
    layers = [module.Layer(W, b, getattr(module, name.upper())) for (W, b), name in zip(parameters, names)]
    return layers


def drawn(rng):
    """Return a random network with its data, in columns, and the names of its activation functions and its cost."""
    kind = rng.choice([np.float32, np.float64])
    sizes = rng.integers(1, 6, size=rng.integers(2, 5))
    output, cost = PAIRS[rng.integers(len(PAIRS))]
    names = [str(rng.choice(["sigmoid", "tanh", "relu", "softplus"])) for _ in sizes[2:]] + [output]
    m = None if rng.random() < 0.3 else int(rng.integers(1, 7))
    column = m is not None and rng.random() < 0.5
    parameters = [
        (rng.normal(size=(n, k)).astype(kind), rng.normal(size=(n, 1) if column else n).astype(kind))
        for k, n in zip(sizes, sizes[1:])
    ]
    batch = () if m is None else (m,)
    x, y = rng.normal(size=(sizes[0], *batch)), rng.uniform(0.1, 0.9, size=(sizes[-1], *batch))
    return parameters, names, x.astype(kind), (y / y.sum(axis=0)).astype(kind), cost, kind


def agree(one, other, kind):
    """Return whether arrays are each other's transposes within 16 machine epsilons of the norm."""
    one, other = np.asarray(one, float), np.transpose(np.asarray(other, float))
    assert one.shape == other.shape
    scale = max(np.linalg.norm(one), np.finfo(kind).tiny)
    return np.linalg.norm(one - other) <= 16 * EPS[kind] * scale


def rounding_is_large(layers, activations):
    """Return whether the terms of an output nearly cancel, so that much of what is left may be rounding."""
    for layer, into, out in zip(layers, activations, activations[1:]):
        terms = abs(layer.W) @ abs(into) + (abs(layer.b).reshape(-1, 1) if into.ndim == 2 else abs(layer.b))
        if 0 < np.linalg.norm(out) < np.linalg.norm(terms) / 100:
            return True
    return False


@np.errstate(invalid="ignore")  # which some builds of BLAS raise for finite numbers, where a matrix is transposed
def test_ten_thousand_random_calls_agree_as_transposes():
    rng = np.random.default_rng(0)
    of_networks = np.random.default_rng(0)  # apart, so that a new function changes no network
    differing = []
    for count in range(10_000):
        if count % 2:
            name = str(rng.choice(BOTH))
            size = dict(zip("ijkl", rng.integers(1, 6, size=4)))
            indices = FUNCTIONS[name] if rng.random() < 0.7 else FUNCTIONS[name].replace("i", "")
            kind = rng.choice([np.float32, np.float64])
            arrays = [rng.uniform(0.1, 0.9, [size[i] for i in into]).astype(kind) for into in split(indices)[0]]
            found = [getattr(backprop, name)(*arrays)]
            by_rows = [getattr(rows, name)(*map(turned, arrays))]
        else:
            parameters, names, x, y, cost, kind = drawn(of_networks)
            name = "gradients"
            layers = network(backprop, parameters, names)
            in_rows = network(rows, [(W.T, b.T) for W, b in parameters], names)
            activations = backprop.forward(layers, x)[1]
            if rounding_is_large(layers, activations):
                continue
            a = activations[-1]
            if cost == "quadratic" and np.linalg.norm(a - y) < np.linalg.norm(y) / 4:
                y = y + 1  # or the subtraction a − y would leave little more than rounding
            C, gradients = backprop.gradients(layers, x, y, getattr(backprop, cost.upper()))
            D, others = rows.gradients(in_rows, x.T, y.T, getattr(rows, cost.upper()))
            found = [C, *itertools.chain(*backprop.forward(layers, x))]
            by_rows = [D, *itertools.chain(*rows.forward(in_rows, x.T))]
            # The gradient is one vector, and so are the parameters after a step: a part of it may be what cancellation leaves.
            stepped = backprop.step(layers, gradients, 0.5), rows.step(in_rows, others, 0.5)
            for pairs, by in [(gradients, others), [[(one.W, one.b) for one in network] for network in stepped]]:
                found.append(np.concatenate([array.ravel() for pair in pairs for array in pair]))
                by_rows.append(np.concatenate([array.T.ravel() for pair in by for array in pair]))
        if not all(agree(one, other, kind) for one, other in zip(found, by_rows, strict=True)):
            differing.append(name)
    assert differing == []


def test_the_sums_over_indices_are_transposed():
    assert in_rows("jk,ki,j->ji") == "kj,ik,j->ij"
    assert len(BOTH) >= 15


@pytest.mark.parametrize(("layout", "shape"), [(backprop, (0, 3)), (rows, (3, 0))])
def test_no_warning_comes_of_a_softmax_without_units(layout, shape):
    nothing = np.zeros(shape)
    assert layout.softmax_cross_entropy(nothing, nothing) == 0


@pytest.mark.parametrize("layout", [backprop, rows])
def test_no_warning_comes_of_an_output_that_is_certain(layout):
    assert layout.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0
    assert layout.cross_entropy([1.0], [0.0]) == np.inf
    assert layout.cross_entropy_prime([1.0, 0.0], [0.0, 1.0]).tolist() == [np.inf, -np.inf]
    assert layout.sigmoid_cross_entropy([1e4, -1e4], [0.0, 1.0]) == 2e4
    assert layout.sigmoid_cross_entropy_prime([1e4, -1e4], [0.0, 1.0]).tolist() == [1, -1]


LAYERS = [backprop.Layer(np.ones((3, 2)), np.ones(3)), backprop.Layer(np.ones((4, 3)), np.ones(4))]
IN_ROWS = [rows.Layer(layer.W.T, layer.b) for layer in LAYERS]
X, Y = np.ones((2, 5)), np.ones((4, 5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: backprop.forward(IN_ROWS, X),
            "layer 1 is a backprop.rows.Layer, for examples as rows; write backprop.L",
        ),
        (
            lambda: rows.forward(LAYERS, X.T),
            "layer 1 is a backprop.Layer, for examples as columns; write backprop.rows.L",
        ),
        (lambda: backprop.gradients(IN_ROWS, X, Y), "or use backprop.rows.gradients"),
        (lambda: rows.gradients(LAYERS, X.T, Y.T), "or use backprop.gradients"),
        (lambda: rows.gradients(IN_ROWS, X.T, Y.T, backprop.QUADRATIC), "write backprop.rows.QUADRATIC"),
        (lambda: backprop.gradients(LAYERS, X, Y, rows.QUADRATIC), "for examples as rows; write backprop.QUADRATIC"),
        (
            lambda: rows.Layer(X.T, np.ones(2), backprop.SOFTMAX),
            "is backprop.SOFTMAX, which takes examples as columns;",
        ),
        (
            lambda: backprop.Layer(X, np.ones(2), rows.SOFTMAX),
            "is backprop.rows.SOFTMAX, which takes examples as rows;",
        ),
        (lambda: rows.step(LAYERS, LAYERS, 0.5), "step: layer 1"),
    ],
)
def test_what_has_the_other_layout_is_a_type_error_that_names_the_other_module(call, message):
    with pytest.raises(TypeError) as error:
        call()
    assert message in str(error.value) or "gradient 1 is a Layer" in str(error.value)


def test_a_step_refuses_layers_of_the_other_layout():
    _, gradients = backprop.gradients(LAYERS, X, Y)
    with pytest.raises(TypeError, match=r"step: layer 1 is a backprop\.Layer; write backprop\.rows\.Layer"):
        rows.step(LAYERS, gradients, 0.5)
    _, gradients = rows.gradients(IN_ROWS, X.T, Y.T)
    with pytest.raises(TypeError, match=r"step: layer 1 is a backprop\.rows\.Layer; write backprop\.Layer"):
        backprop.step(IN_ROWS, gradients, 0.5)


@pytest.mark.parametrize("layout", [None, "rows"])
def test_a_readers_own_functions_see_arrays_in_the_readers_layout(layout):
    seen = []

    def spy(z):
        seen.append(z.shape)
        return 2 * z

    def value(a, y):
        seen.append(a.shape)
        return np.sum(a - y)

    own = backprop.Activation("spy", spy, lambda z: spy(z) * 0 + 2, layout=layout)
    cost = rows.Cost("own", value, lambda a, y: value(a, y) * 0 + np.ones_like(a))
    layers = [rows.Layer(np.ones((2, 3)), np.ones(3), own)]
    _, gradients = rows.gradients(layers, np.ones((5, 2)), np.ones((5, 3)), cost)
    assert set(seen) == {(5, 3)}
    assert check_network(layers, np.ones((5, 2)), np.ones((5, 3)), gradients, cost).ok
    assert set(seen) == {(5, 3)}


@pytest.mark.parametrize("module", [backprop, rows], ids=["columns", "rows"])
def test_only_softmax_has_the_jacobian_of_softmax(module):
    turn = turned if module is rows else np.asarray
    x, y, W = turn(np.ones((2, 5))), turn(np.ones((3, 5))), turn(np.ones((3, 2)))
    layout = "rows" if module is rows else "columns"
    other = module.Activation("other", module.softmax, layout=layout)
    with pytest.raises(TypeError, match="other has no elementwise derivative"):
        module.gradients([module.Layer(W, np.ones(3), other)], x, y)
    from_a = module.Activation("from a", module.tanh, None, lambda a: 1 - a**2)
    _, found = module.gradients(
        [module.Layer(W, np.ones(3), from_a), module.Layer(turn(np.ones((3, 3))), np.ones(3))], x, y
    )
    _, expected = module.gradients(
        [module.Layer(W, np.ones(3), module.TANH), module.Layer(turn(np.ones((3, 3))), np.ones(3))], x, y
    )
    np.testing.assert_array_equal(found[0].dC_dW, expected[0].dC_dW)
    mine = module.Cost("softmax_cross_entropy", module.QUADRATIC.value, module.QUADRATIC.prime)
    C, _ = module.gradients([module.Layer(W, np.ones(3), module.SOFTMAX)], x, y, mine)
    assert module.gradients([module.Layer(W, np.ones(3), module.SOFTMAX)], x, y)[0] == C
    for cost, last in [("SOFTMAX_CROSS_ENTROPY", "SOFTMAX"), ("SIGMOID_CROSS_ENTROPY", "SIGMOID")]:
        with pytest.raises(TypeError, match=f"{cost} applies {last.lower()} itself"):
            module.gradients([module.Layer(W, np.ones(3), getattr(module, last))], x, y, getattr(module, cost))
    with pytest.raises(TypeError, match="SOFTMAX in a hidden layer"):
        module.gradients(
            [module.Layer(W, np.ones(3), module.SOFTMAX), module.Layer(turn(np.ones((3, 3))), np.ones(3))], x, y
        )


def test_a_network_that_one_layout_has_accepted_is_still_refused_by_the_other():
    W, x = np.ones((3, 3)), np.ones((3, 3))
    for module, other in [(backprop, rows), (rows, backprop)]:
        layers = [module.Layer(W, np.ones(3))]
        for function in ("forward", "gradients"):
            data = [x] if function == "forward" else [x, x]
            getattr(module, function)(layers, *data)
            with pytest.raises(TypeError, match="layer 1 is a"):
                getattr(other, function)(layers, *data)


def test_nothing_is_copied_where_it_is_only_transposed():
    W, x = np.ones((2, 3)), np.ones((5, 2))
    layer = rows.Layer(W, np.ones(3))
    assert layer.W is W
    assert rows.forward([layer], x)[1][0] is x


@pytest.mark.parametrize("name", ["SOFTMAX", "QUADRATIC", "SOFTMAX_CROSS_ENTROPY"])
def test_a_constant_stays_itself(name):
    constant = getattr(rows, name)
    assert pickle.loads(pickle.dumps(constant)) is constant
    assert copy.deepcopy(constant) is constant


@pytest.mark.parametrize("last", ["sigmoid", "softmax"])
def test_every_mistake_in_rows_is_named(last):
    rng = np.random.default_rng(0)
    parameters = [(rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(2)]
    x, y = rng.normal(size=(3, 5)), rng.dirichlet(np.ones(3), 5).T
    layers = network(backprop, parameters, ["tanh", last])
    in_rows = network(rows, [(W.T, b) for W, b in parameters], ["tanh", last])
    found, by_rows = candidates(layers, x, y), candidates(in_rows, x.T, y.T, rows.QUADRATIC)
    assert list(found) == list(by_rows)
    assert len(found) >= len(MISTAKES) - 2
    _, right = rows.gradients(in_rows, x.T, y.T)
    for name, arrays in by_rows.items():
        assert all(agree(one, other, np.float64) for one, other in zip(found[name], arrays, strict=True))
        wrong = [backprop.Gradient(*pair) for pair in zip(arrays[::2], arrays[1::2])]
        if (
            all(np.allclose(a, b) for pair, other in zip(wrong, right) for a, b in zip(pair, other))
            and wrong[1].dC_db.shape == right[1].dC_db.shape
        ):
            assert last == "softmax" and name.startswith("output_error")  # which has no elementwise derivative
            continue
        report = check_network(in_rows, x.T, y.T, wrong, rows.QUADRATIC)
        assert not report.ok and any(name in sentence for sentence in report.diagnosis), name


@pytest.mark.parametrize("chunks", [60, 7, (1, 20, 39)])
def test_dask_data_in_rows(chunks):
    array = pytest.importorskip("dask.array", reason="Dask is not installed (group oracles)")
    rng = np.random.default_rng(0)
    layers = [
        rows.Layer(rng.normal(size=(5, 3)), rng.normal(size=3), rows.TANH),
        rows.Layer(np.ones((3, 2)), np.ones(2)),
    ]
    x, y = rng.normal(size=(60, 5)), rng.random((60, 2))
    C, gradients = rows.gradients(
        layers, array.from_array(x, chunks=(chunks, 2)), array.from_array(y, chunks=(chunks, 1))
    )
    D, others = rows.gradients(layers, x, y)
    np.testing.assert_allclose(float(C.compute()), float(D), rtol=1e-13)
    for pair, other in zip(gradients, others):
        for one, two in zip(pair, other):
            np.testing.assert_allclose(one.compute(), two, rtol=1e-12, atol=1e-15)
    activations = rows.forward(layers, array.from_array(x, chunks=(chunks, 5)))[1]
    np.testing.assert_allclose(activations[-1].compute(), rows.forward(layers, x)[1][-1], rtol=1e-13)
