"""What comes in decides what goes out: every function on the arrays of every library, in both dtypes."""

import importlib
import operator

import numpy as np
import pytest

import backprop
from backprop import Layer, forward, gradients, step
from website.oracles.reference import FUNCTIONS, draw, relative_error, split

SIZES = {"i": 6, "j": 3, "k": 4}
TOLERANCE = {"float64": 1e-13, "float32": 1e-5}
LIBRARIES = {
    "numpy": ("numpy", np.asarray, np.asarray),
    "strict": ("array_api_strict", lambda xp, a: xp.asarray(a), np.asarray),
    "torch": ("torch", lambda xp, a: xp.asarray(a), lambda a: a.numpy()),
    "jax": ("jax.numpy", lambda xp, a: xp.asarray(a), np.asarray),
    # The examples are cut into shards, wherever there are examples.
    "dask": (
        "dask.array",
        lambda xp, a: xp.from_array(a, chunks=tuple(2 if n == 6 else n for n in a.shape)),
        lambda a: a.compute(),
    ),
}


@pytest.fixture(params=LIBRARIES)
def library(request):
    """Return two functions: from NumPy to the library, and back."""
    name, to, back = LIBRARIES[request.param]
    xp = pytest.importorskip(name, reason=f"{name} is not installed (group oracles)")
    if request.param == "jax":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    return (np.asarray, np.asarray) if xp is np else (lambda a: to(xp, a), back)


def results(name, arrays):
    """Return what a function gives, as a flat list of arrays."""
    function = operator.attrgetter(name)(backprop)
    if name not in ("forward", "gradients", "step"):
        return [function(*arrays)]
    W1, b1, W2, b2, x, y = arrays
    layers = [Layer(W1, b1, backprop.TANH), Layer(W2, b2)]
    if name == "forward":
        zs, activations = forward(layers, x)
        return [*zs, *activations]
    C, slopes = gradients(layers, x, y)
    if name == "gradients":
        return [C, *slopes[0], *slopes[1]]
    return [array for layer in step(layers, slopes, np.float64(0.5)) for array in (layer.W, layer.b)]


def inputs(name, dtype):
    rng = np.random.default_rng(0)
    if name in FUNCTIONS:
        shapes = [[SIZES[i] for i in into] for into in split(FUNCTIONS[name])[0]]
        return [(rng.integers(1, 8, size=shape) / 8).astype(dtype) for shape in shapes]
    [(W1, b1, _), (W2, b2, _)], x, y = draw((5, 4, 3), "tanh", "sigmoid", 6)
    return [array.astype(dtype) for array in (W1, b1, W2, b2[:, 0], x, y)]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", [*FUNCTIONS, "forward", "gradients", "step"])
def test_a_function_gives_the_arrays_that_it_was_given(name, library, dtype):
    to, back = library
    arrays = inputs(name, dtype)
    given = [to(array) for array in arrays]
    found, expected = results(name, given), results(name, arrays)
    for array, numpy in zip(found, expected, strict=True):
        assert isinstance(array, type(given[0])) or array.shape == ()
        assert back(array).dtype == dtype
        assert relative_error(back(array), numpy) <= TOLERANCE[dtype]


def test_a_list_beside_an_array_joins_its_library(library):
    to, back = library
    W = to(np.array([[1.0, 2.0, 3.0]], np.float32))
    delta = backprop.hidden_error(W, [2], [0.5, 0.25, 0.0])
    assert isinstance(delta, type(W))
    np.testing.assert_array_equal(back(delta), np.array([1.0, 1.0, 0.0], np.float32), strict=True)


def test_a_wrong_shape_is_an_error_in_every_library(library):
    to, _ = library
    W, delta, slope = (to(np.ones(shape)) for shape in [(3, 4), (4,), (3,)])
    with pytest.raises(backprop.ShapeError, match="Likely cause: W_next is transposed"):
        backprop.hidden_error(W, delta, slope)


@pytest.mark.parametrize("other", ["array_api_strict", "torch", "jax.numpy"])
def test_arrays_of_two_libraries_are_an_error_that_names_them(other):
    xp = pytest.importorskip(other, reason=f"{other} is not installed (group oracles)")
    with pytest.raises(
        TypeError, match=f"output_error: dC_da is a NumPy array beside arrays of {other.partition('.')[0]}"
    ):
        backprop.output_error(np.ones(3), xp.ones(3))


def test_the_advice_for_an_array_of_numpy_beside_pytorch_works():
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    given = {"W": torch.ones(2, 3), "a_prev": np.ones((3, 5)), "b": torch.ones(2)}
    with pytest.raises(TypeError) as error:
        backprop.weighted_input(**given)
    advice = str(error.value).partition("write ")[2]
    assert advice == "torch.asarray(a_prev, dtype=torch.float32)"
    assert backprop.weighted_input(**given | {"a_prev": eval(advice, {"torch": torch, **given})}).shape == (2, 5)
    with pytest.raises(TypeError, match=r"write torch\.asarray\(y\)$"):
        backprop.softmax_cross_entropy(torch.ones(3, 2), np.array([0, 1]))  # whole numbers take the dtype of the others


def test_a_check_computes_nothing_of_a_lazy_array():
    dask = pytest.importorskip("dask", reason="Dask is not installed (group oracles)")
    array = importlib.import_module("dask.array")

    def never(*_):
        raise AssertionError("computed")

    lazy = array.from_delayed(dask.delayed(never)(), shape=(3, 6), dtype=float)
    y = array.from_delayed(dask.delayed(never)(), shape=(2, 6), dtype=float)
    C, [gradient] = gradients([Layer(np.ones((2, 3)), np.ones(2))], lazy, y)
    assert C.shape == () and gradient.dC_dW.shape == (2, 3)
    with pytest.raises(backprop.ShapeError):
        gradients([Layer(np.ones((2, 4)), np.ones(2))], lazy, y)


def test_unknown_lengths_pass_forward_and_are_named_where_they_matter():
    array = pytest.importorskip("dask.array", reason="Dask is not installed (group oracles)")
    x, y = array.ones((3, 6), chunks=(3, 2)), array.ones((2, 6), chunks=(2, 2))
    x, y = x[:, x[0] > 0], y[:, y[0] > 0]  # how many columns that leaves is not known
    layers = [Layer(np.ones((2, 3)), np.ones(2), backprop.TANH)]
    _, activations = backprop.forward(layers, x)
    np.testing.assert_array_equal(activations[-1].compute(), np.full((2, 6), np.tanh(4.0)))
    with pytest.raises(backprop.ShapeError, match=r"unknown length; x\.compute_chunk_sizes\(\) finds it"):
        gradients(layers, x, y)


def test_inside_jit_grad_and_vmap():
    jax = pytest.importorskip("jax", reason="JAX is not installed (group oracles)")
    jax.config.update("jax_enable_x64", True)
    W1, b1, W2, b2, x, y = (jax.numpy.asarray(array) for array in inputs("gradients", "float64"))

    def cost_and_slopes(W1, x):
        return gradients([Layer(W1, b1, backprop.TANH), Layer(W2, b2)], x, y)

    _, slopes = jax.jit(cost_and_slopes)(W1, x)
    expected = jax.grad(lambda W1: cost_and_slopes(W1, x)[0])(W1)
    assert relative_error(slopes[0].dC_dW, expected) <= 1e-13
    outer = jax.vmap(backprop.weight_gradient, in_axes=1)(y, x)
    assert relative_error(outer.sum(axis=0), backprop.weight_gradient(y, x)) <= 1e-13
