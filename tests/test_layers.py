"""The layers beyond dense networks: each gradient against measured derivatives and PyTorch, and what every layer promises."""

import importlib
import inspect
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from backprop import ShapeError, layers
from backprop._address import BOOK
from website.oracles.layers import DRAWS, TEN, drawn, in_torch, is_floating

ROOT = Path(__file__).parent.parent
NAMES = list(DRAWS)
PAIRS = [name.removesuffix("_backward") for name in layers.__all__ if name.endswith("_backward")]


def backward(name):
    return getattr(layers, f"{name}_backward")


def relative(found, wanted, dC_dout):
    """Return the largest error, relative to the larger of the gradient and dC/dout."""
    return np.abs(found - wanted).max(initial=0) / max(np.abs(wanted).max(initial=0), np.linalg.norm(dC_dout))


def by_complex_step(name, arrays, options, dC_dout, k):
    """Return the derivative with respect to argument k, one entry at a time."""
    wanted = np.zeros(arrays[k].shape)
    for index in np.ndindex(wanted.shape):
        moved = [array.astype(complex) if is_floating(array) else array for array in arrays]
        moved[k][index] += 1e-30j
        wanted[index] = np.sum(dC_dout * getattr(layers, name)(*moved, **options)).imag / 1e-30
    return wanted


def by_differences(name, arrays, options, dC_dout, k, step=1e-6):
    wanted = np.zeros(arrays[k].shape)
    for index in np.ndindex(wanted.shape):
        costs = []
        for sign in (1, -1):
            moved = [array.copy() for array in arrays]
            moved[k][index] += sign * step
            costs.append(np.sum(dC_dout * getattr(layers, name)(*moved, **options)))
        wanted[index] = (costs[0] - costs[1]) / (2 * step)
    return wanted


@pytest.mark.parametrize("k", TEN)
@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_is_the_measured_derivative(name, k):
    arrays, options, dC_dout = drawn(name, k)
    if name == "max_pool" and k == 9:
        pytest.skip("every entry is the largest: no derivative exists, and the next test says which is taken")
    measured, tolerance = (by_differences, 1e-7) if name == "max_pool" else (by_complex_step, 1e-12)
    found = backward(name)(dC_dout, *arrays, **options)
    of = [position for position, array in enumerate(arrays) if is_floating(array)]
    assert len(found) == len(of)
    for position, gradient in zip(of, found):
        wanted = measured(name, arrays, options, dC_dout, position)
        assert gradient.shape == wanted.shape
        assert relative(gradient, wanted, dC_dout) < tolerance


@pytest.mark.parametrize("k", TEN)
@pytest.mark.parametrize("name", NAMES)
def test_a_layer_and_its_gradient_are_those_of_pytorch(name, k):
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    arrays, options, dC_dout = drawn(name, k)
    tensors = [torch.tensor(array, requires_grad=is_floating(array)) for array in arrays]
    out = in_torch(name, tensors, options)
    ours = getattr(layers, name)(*arrays, **options)
    np.testing.assert_allclose(ours, out.detach().numpy(), rtol=0, atol=1e-12 * max(1, np.abs(ours).max(initial=0)))
    (out * torch.tensor(dC_dout)).sum().backward()
    found = backward(name)(dC_dout, *arrays, **options)
    for tensor, gradient in zip([tensor for tensor in tensors if tensor.requires_grad], found):
        assert relative(gradient, tensor.grad.numpy(), dC_dout) < 1e-12


# ---- What every layer promises


def test_every_layer_has_its_gradient_and_is_tried():
    assert sorted(PAIRS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_fields_are_the_floating_arguments(name):
    arrays, options, dC_dout = drawn(name, 5)
    takes = inspect.signature(getattr(layers, name)).parameters
    first, *others = inspect.signature(backward(name)).parameters.values()
    assert first.name == "dC_dout"
    assert others == list(takes.values())  # with the same defaults
    found = backward(name)(dC_dout, *arrays, **options)
    floating = [argument for argument, array in zip(takes, arrays) if is_floating(array)]
    assert found._fields == tuple(f"dC_d{argument}" for argument in floating)
    assert type(found).__name__ in layers.__all__


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_given_changes(name):
    arrays, options, dC_dout = drawn(name, 5)
    given = [dC_dout, *arrays]
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    out = getattr(layers, name)(*arrays, **options)
    found = backward(name)(dC_dout, *arrays, **options)
    for array, was in zip(given, before):
        np.testing.assert_array_equal(array, was)
        assert not any(np.shares_memory(array, one) for one in (out, *found))


# The arguments that have an axis of the batch, where it is not the first argument only.
OF_A_BATCH = {"dropout": ("x", "mask"), "embedding": ("ids",), "attention": ("Q", "K", "V")}
OF_A_BATCH |= {"recurrent": ("x", "h0"), "lstm": ("x", "h0", "c0")}


@pytest.mark.parametrize("name", NAMES)
def test_without_examples_the_output_is_empty_and_the_parameters_get_zeros(name):
    arrays, options, dC_dout = drawn(name, 5)
    given = dict(zip(inspect.signature(getattr(layers, name)).parameters, arrays))
    of_batch = OF_A_BATCH.get(name, [*given][:1])
    given |= {argument: given[argument][:0] for argument in of_batch}
    out = getattr(layers, name)(**given, **options)
    assert out.shape == (0, *dC_dout.shape[1:])
    for field, gradient in backward(name)(out, **given, **options)._asdict().items():
        np.testing.assert_array_equal(gradient, np.zeros_like(given[field.removeprefix("dC_d")]), strict=True)


LIBRARIES = {"numpy": "asarray", "array_api_strict": "asarray", "jax.numpy": "asarray", "torch": "asarray"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", NAMES)
def test_the_arrays_of_a_library_come_back_in_their_dtype(name, library, dtype):
    xp = pytest.importorskip(library, reason=f"{library} is not installed (group oracles)")
    if library == "jax.numpy":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    for k in (3, 4, 8):
        arrays, options, dC_dout = drawn(name, k)
        wanted = [getattr(layers, name)(*arrays, **options), *backward(name)(dC_dout, *arrays, **options)]
        given = [xp.asarray(array.astype(dtype) if is_floating(array) else array) for array in (*arrays, dC_dout)]
        *arrays, dC_dout = given
        found = [getattr(layers, name)(*arrays, **options), *backward(name)(dC_dout, *arrays, **options)]
        for one, right in zip(found, wanted):
            assert type(one) is type(dC_dout)
            assert str(one.dtype).endswith(dtype)
            tolerance = (1e-12 if dtype == "float64" else 2e-4) * max(1, np.abs(right).max(initial=0))
            np.testing.assert_allclose(np.asarray(one), right, rtol=0, atol=tolerance)


# ---- What is refused

ONES = np.ones


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: layers.embedding(ONES((3, 2)), [0, -1]), IndexError, "ids has -1; an id is 0 or more"),
        (lambda: layers.embedding(ONES((3, 2)), [3]), IndexError, "ids has 3, and E has 3 rows, for the ids 0 to 2"),
        (lambda: layers.embedding(ONES((3, 2)), [7]), IndexError, "ids has 7, and E has 3 rows, for the ids 0 to 2"),
        (lambda: layers.embedding(ONES((3, 2)), [0.0]), TypeError, "an id is a whole number"),
        (
            lambda: layers.embedding_backward(ONES((1, 2)), ONES((3, 2)), [-1]),
            IndexError,
            "embedding_backward: ids has -1",
        ),
        (lambda: layers.dropout(ONES(2), [True, False], keep=0), ValueError, "the probability to keep a unit"),
        (lambda: layers.dropout(ONES(2), [True, False], keep=-0.5), ValueError, "above 0 and at most 1"),
        (lambda: layers.dropout(ONES(2), [True, False], keep=1.5), ValueError, "keep = 1 - p"),
        (lambda: layers.dropout(ONES(2), [1.0, 0.0], keep=0.5), TypeError, "it must be Boolean"),
        (lambda: layers.dropout(ONES(2), [1, 0], keep=0.5), TypeError, "write mask == 1"),
        (lambda: layers.dropout(ONES(2), [True], keep=0.5), ShapeError, "do not fit together"),
        (lambda: layers.max_pool(ONES((1, 1, 4, 4)), size=0), ValueError, "size is 0; it must be at least 1"),
        (lambda: layers.max_pool(ONES((1, 1, 4, 4)), size=2, stride=0), ValueError, "stride is 0"),
        (lambda: layers.max_pool(ONES((1, 1, 4, 4)), size=(2, 2)), TypeError, "a whole number, the same for both axes"),
        (lambda: layers.average_pool(ONES((1, 1, 4, 6)), size=5), ShapeError, "size is 5, and x has .1, 1, 4, 6"),
        (lambda: layers.average_pool(ONES((1, 1, 6, 4)), size=5), ShapeError, "the window does not fit into the image"),
        (lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 5, 5)), ONES(1)), ShapeError, "k_h is 5"),
        (
            lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 2, 2)), ONES(1), stride=0),
            ValueError,
            "stride is 0",
        ),
        (
            lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 2, 2)), ONES(1), stride=1.5),
            TypeError,
            "stride is 1.5",
        ),
        (
            lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 2, 2)), ONES(1), padding=-1),
            ValueError,
            "padding is -1",
        ),
        (lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 0, 2)), ONES(1)), ShapeError, "k_h is 0, and h "),
        (
            lambda: layers.convolution(ONES((1, 1, 9, 4)), ONES((1, 1, 7, 7)), ONES(1), padding=1),
            ShapeError,
            r"k_w is 7, and w \+ 2 padding is 6\.",
        ),
        (
            lambda: layers.convolution_backward(ONES((1, 2, 4, 5)), ONES((1, 3, 4, 5)), ONES((2, 3, 2, 2)), ONES(2)),
            ShapeError,
            r"needs \(1, 2, 3, 4\), the shape of the output",
        ),
        (lambda: layers.dense(ONES((4, 3)), ONES((3, 2))), TypeError, "dense.. missing 1 required .* argument: 'b'"),
        (lambda: layers.batch_norm(ONES((4, 3)), ONES(3), ONES(3), epsilon=0), ValueError, "it must be above 0"),
        (lambda: layers.layer_norm(ONES((4, 3)), ONES(4), ONES(4)), ShapeError, "layer_norm"),
        (lambda: layers.rms_norm(ONES((4, 3)), ONES(3), epsilon=float("nan")), ValueError, "epsilon is nan"),
        (
            lambda: layers.recurrent(ONES((2, 0, 3)), ONES((3, 4)), ONES((4, 4)), ONES(4), ONES((2, 4))),
            ValueError,
            "no time steps",
        ),
        (
            lambda: layers.lstm(ONES((2, 5, 3)), ONES((3, 12)), ONES((4, 16)), ONES(16), ONES((2, 4)), ONES((2, 4))),
            ShapeError,
            r"W_x +has \(3, 12\), needs \(n_prev, 4n\) = \(3, 16\)",
        ),
        (
            lambda: layers.attention(ONES((1, 2, 3)), ONES((1, 4, 3)), ONES((1, 4, 5)), causal=True),
            ShapeError,
            "a key for each query",
        ),
        (
            lambda: layers.attention(ONES((1, 4, 3)), ONES((1, 2, 3)), ONES((1, 2, 5)), causal=True),
            ShapeError,
            "Q has t = 4 time steps, and K has s = 2",
        ),
        (
            lambda: layers.multi_head_attention(ONES((1, 2, 6)), *[ONES((6, 6))] * 4, heads=4),
            ValueError,
            "4 heads do not divide n = 6",
        ),
        (lambda: layers.multi_head_attention(ONES((1, 2, 6)), *[ONES((6, 6))] * 4, heads=0), ValueError, "heads is 0"),
        (lambda: layers.attention(*[ONES((1, 2, 0))] * 2, ONES((1, 2, 3))), ShapeError, "nothing to compare"),
        (lambda: layers.attention(ONES((1, 2, 3)), *[ONES((1, 0, 3))] * 2), ShapeError, "nothing to compare"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_reason(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    ("name", "shapes", "hints"),
    [
        (
            "dense",
            [(1, 2), (3,), (3, 2), (2,)],
            ["x is one example without the axis of the batch. Write x[None]."],
        ),
        ("dense", [(4, 2), (4, 3), (2, 3), (2,)], ["W is transposed, as PyTorch stores it. Write W.T."]),
        (
            "convolution",
            [(1, 2, 3, 4), (1, 4, 5, 3), (2, 3, 2, 2), (2,)],
            ["x has its channels last, as TensorFlow and Keras keep images. Write np.moveaxis(x, -1, 1)."],
        ),
        (
            "convolution",
            [(1, 7, 3, 4), (1, 3, 4, 5), (2, 2, 3, 7), (7,)],
            ["K has the axes of Keras, with the channels last. Write np.transpose(K, (3, 2, 0, 1))."],
        ),
        (
            "recurrent",
            [(2, 5, 4), (5, 2, 3), (3, 4), (4, 4), (4,), (2, 4)],
            ["x has time first, as PyTorch keeps sequences unless batch_first=True. Write np.swapaxes(x, 0, 1)."],
        ),
        (
            "convolution",
            [(1, 2, 26, 26), (28, 28), (2, 1, 3, 3), (2,)],
            ["x is one image without the axes of the batch and the channels. Write x[None, None]."],
        ),
        (
            "convolution",
            [(9, 2, 6, 5), (9, 8, 7), (2, 1, 3, 3), (2,)],
            ["x has no axis for its only channel. Write x[:, None]."],
        ),
        (
            "batch_norm",
            [(504, 3), (9, 3, 8, 7), (3,), (3,)],
            [
                "x is a batch of images, whose pixels count as examples. "
                "Write np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])."
            ],
        ),
        (
            "layer_norm",
            [(2, 1, 5, 6, 3), (2, 5, 6, 3), (3,), (3,)],
            ["dC_dout has an axis of size 1 too many. Write dC_dout.squeeze()."],
        ),
        (
            "dense",
            [(0, 2), (0, 1, 3), (3, 2), (2,)],
            ["x has an axis of size 1 too many. Write x.squeeze()."],
        ),
        ("dense", [(4, 2), (4, 3), (5, 2), (2,)], []),
        ("recurrent", [(2, 5, 4), (3, 5, 2), (3, 4), (4, 4), (4,), (2, 4)], []),
        ("convolution", [(1, 2, 3, 4), (3, 1, 4, 5), (2, 3, 2, 2), (2,)], []),
        ("convolution", [(1, 2, 3, 4), (1, 4, 5, 3, 6), (2, 3, 2, 2), (2,)], []),
        ("convolution", [(1, 7, 3, 4), (1, 3, 4, 5), (2, 2, 3, 7, 6), (7,)], []),
        ("batch_norm", [(504, 3), (9, 3, 8, 7, 6), (3,), (3,)], []),
    ],
)
def test_a_wrong_shape_has_these_likely_causes_and_what_to_write_is_right(name, shapes, hints):
    takes = inspect.signature(backward(name)).parameters
    arrays = {argument: ONES(shape) for argument, shape in zip(takes, shapes)}
    with pytest.raises(ShapeError) as error:
        backward(name)(**arrays)
    assert re.findall(r"Likely cause: (.+)", str(error.value)) == hints
    for argument, expression in re.findall(r"^(\w+) .* Write (.+)\.$", "\n".join(hints), re.MULTILINE):
        backward(name)(**{**arrays, argument: eval(expression, {"np": np, argument: arrays[argument]})})


@pytest.mark.parametrize(("x", "mask"), [((4, 4), (4,)), ((4,), (4, 4)), ((3, 4), ()), ((), (3,)), ((3, 4, 1), (3, 4))])
def test_a_mask_with_other_axes_is_not_broadcast(x, mask):
    with pytest.raises(ShapeError, match="the shapes of x and mask do not fit together"):
        layers.dropout(ONES(x), ONES(mask, dtype=bool), keep=0.5)


@pytest.mark.parametrize("name", NAMES)
def test_an_axis_too_many_is_refused_by_each_layer_and_its_gradient(name):
    arrays, options, dC_dout = drawn(name, 5)
    for function, given in ((getattr(layers, name), arrays), (backward(name), [dC_dout, *arrays])):
        for position, array in enumerate(given):
            if is_floating(array):
                wrong = [*given[:position], array[..., None], *given[position + 1 :]]
                with pytest.raises(ShapeError, match=rf"^{function.__name__}: "):
                    function(*wrong, **options)


@pytest.mark.parametrize(
    ("call", "page"),
    [
        (lambda: layers.dense(ONES((4, 3)), ONES((2, 3)), ONES(2)), "dense-layer"),
        (lambda: layers.convolution(ONES((1, 1, 4, 4)), ONES((1, 1, 5, 5)), ONES(1)), "convolution"),
        (lambda: layers.max_pool(ONES((1, 1, 4, 4)), size=5), "pooling"),
        (lambda: layers.max_pool_backward(ONES((1, 1, 4, 4)), ONES((1, 1, 4, 4)), size=2), "pooling"),
        (lambda: layers.attention(*[ONES((1, 2, 3))] * 2, ONES((1, 4, 3))), "attention"),
        (lambda: layers.recurrent(*[ONES((1, 2))] * 5), "recurrence"),
    ],
)
def test_a_wrong_shape_leads_to_the_chapter_of_its_layer(call, page):
    with pytest.raises(ShapeError, match=rf"\n  See {BOOK}layers/{page}/$"):
        call()
    assert (ROOT / "docs" / "layers" / f"{page}.md").is_file()


def test_arrays_of_two_libraries_are_refused():
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    with pytest.raises(TypeError, match=r"write torch\.asarray"):
        layers.embedding(torch.ones((3, 2)), np.array([0]))


def test_a_mask_that_is_a_list_becomes_an_array_of_the_library_beside_it():
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    out = layers.dropout(torch.ones(2, dtype=torch.float64), [True, False], keep=0.5)
    assert isinstance(out, torch.Tensor)
    assert out.tolist() == [2.0, 0.0]


@pytest.mark.parametrize("name", NAMES)
def test_lists_are_taken_as_arrays(name):
    arrays, options, dC_dout = drawn(name, 5)
    function, wanted = getattr(layers, name), getattr(layers, name)(*arrays, **options)
    lists = [array.tolist() for array in arrays]
    np.testing.assert_array_equal(function(*lists, **options), wanted, strict=True)
    found, wanted = backward(name)(dC_dout.tolist(), *lists, **options), backward(name)(dC_dout, *arrays, **options)
    for one, right in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, right, strict=True)


def test_a_kernel_as_large_as_the_padded_image_sees_it_once():
    x, K = np.arange(8.0).reshape(1, 1, 2, 4), ONES((1, 1, 4, 6))
    assert layers.convolution(x, K, [0.5], padding=1).tolist() == [[[[28.5]]]]
    found = layers.convolution_backward([[[[2.0]]]], x, K, [0.5], padding=1)
    np.testing.assert_array_equal(found.dC_dx, np.full(x.shape, 2.0))
    np.testing.assert_array_equal(found.dC_dK[0, 0, 1:3, 1:5], 2 * x[0, 0])


def test_ids_whose_values_are_not_known_yet_are_taken():
    jax = pytest.importorskip("jax", reason="JAX is not installed (group oracles)")
    E, ids = jax.numpy.asarray([[1.0], [2.0], [4.0]]), jax.numpy.asarray([2, 0, 2])
    out = jax.jit(layers.embedding)(E, ids)
    assert out.tolist() == [[4.0], [1.0], [4.0]]
    assert jax.jit(layers.embedding_backward)(out, E, ids).dC_dE.tolist() == [[1.0], [0.0], [8.0]]


# ---- What is always true of a gradient


def test_the_gradient_through_a_normalization_has_no_part_along_what_was_removed():
    rng = np.random.default_rng(0)
    x, gamma, beta, dC_dout = rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal(size=4), rng.normal(size=(6, 4))
    of_batch = layers.batch_norm_backward(dC_dout, x, gamma, beta, epsilon=1e-12).dC_dx
    np.testing.assert_allclose(of_batch.sum(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose((x * of_batch).sum(axis=0), 0, atol=1e-10)
    of_layer = layers.layer_norm_backward(dC_dout, x, gamma, beta, epsilon=1e-12).dC_dx
    np.testing.assert_allclose(of_layer.sum(axis=1), 0, atol=1e-13)
    of_root = layers.rms_norm_backward(dC_dout, x, gamma, epsilon=1e-12).dC_dx
    np.testing.assert_allclose((x * of_root).sum(axis=1), 0, atol=1e-10)
    assert np.abs(of_root.sum(axis=1)).max() > 0.1


def test_what_a_query_may_not_see_does_not_change_it():
    (x, *weights), options, _ = drawn("multi_head_attention", 4)
    assert options["causal"]
    changed = x.copy()
    changed[:, -1] += 1
    before, after = (layers.multi_head_attention(one, *weights, **options) for one in (x, changed))
    np.testing.assert_array_equal(before[:, :-1], after[:, :-1])
    assert np.abs(before[:, -1] - after[:, -1]).min() > 0


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_not_even_an_infinite_key_changes_a_query_that_may_not_see_it(value):
    (Q, K, V), options, _ = drawn("attention", 4)
    assert options["causal"]
    K = K.copy()
    before = layers.attention(Q, K, V, **options)
    K[:, -1] = value
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(layers.attention(Q, K, V, **options)[:, :-1], before[:, :-1])


@pytest.mark.parametrize("size", [1e3, -1e3, 1e150])
def test_the_weights_of_large_scores_are_those_of_their_differences(size):
    Q, K, V = [[[size]]], [[[size], [size], [0.0]]], [[[2.0], [6.0], [100.0]]]
    assert layers.attention(Q, K, V).tolist() == [[[4.0]]]
    found = layers.attention_backward([[[1.0]]], Q, K, V)
    assert found.dC_dV.tolist() == [[[0.5], [0.5], [0.0]]]
    K = [[[-size], [-2 * size], [-2 * size]]]
    assert layers.attention(Q, K, V).tolist() == [[[2.0]]]


def test_a_nan_in_a_window_gets_its_error():
    x = np.array([[[[1.0, np.nan], [3.0, 2.0]]]])
    assert np.isnan(layers.max_pool(x, size=2)).all()
    np.testing.assert_array_equal(layers.max_pool_backward([[[[5.0]]]], x, size=2).dC_dx, [[[[0.0, 5.0], [0.0, 0.0]]]])


def test_a_tie_goes_to_the_first_entry():
    found = layers.max_pool_backward([[[[1.0]]]], np.zeros((1, 1, 2, 2)), size=2)
    np.testing.assert_array_equal(found.dC_dx, [[[[1.0, 0.0], [0.0, 0.0]]]])


# ---- What it needs


def _memory(function, *arguments):
    """Return the most memory that a call has held at once, in bytes."""
    tracemalloc.start()
    function(*arguments)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_an_image_with_more_windows_than_are_computed_at_once_is_computed_alone():
    x, K = np.random.default_rng(0).normal(size=(2, 1, 300, 300)), np.zeros((1, 1, 3, 3))
    K[0, 0, 2, 1] = 1
    out = layers.convolution(x, K, np.zeros(1))
    np.testing.assert_array_equal(out, x[:, :, 2:, 1:-1])
    found = layers.convolution_backward(ONES(out.shape), x, K, np.zeros(1))
    np.testing.assert_allclose(found.dC_dK[0, 0, 2, 1], out.sum())
    np.testing.assert_array_equal(found.dC_dx[:, :, 2:, 1:-1], 1)
    assert found.dC_dx.sum() == out.size


@pytest.mark.parametrize(
    ("name", "shapes", "options"),
    [
        ("convolution", [(2000, 1, 10, 10), (2, 1, 3, 3), (2,)], {}),
        ("attention", [(300, 16, 4)] * 3, {}),
        ("multi_head_attention", [(150, 16, 8)] + [(8, 8)] * 4, {"heads": 2}),
        ("layer_norm", [(9000, 8), (8,), (8,)], {}),
        ("rms_norm", [(9000, 8), (8,)], {}),
    ],
)
def test_many_examples_give_what_a_few_give_that_are_computed_at_once(name, shapes, options):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    m = shapes[0][0]
    dC_dout = rng.normal(size=getattr(layers, name)(*arrays, **options).shape)
    outs, all_found = [], []
    for first in range(0, m, m // 10):
        few = [array[first : first + m // 10] if array.shape[0] == m else array for array in (dC_dout, *arrays)]
        outs.append(getattr(layers, name)(*few[1:], **options))
        all_found.append(backward(name)(*few, **options))
    np.testing.assert_allclose(getattr(layers, name)(*arrays, **options), np.concatenate(outs), atol=1e-13)
    for array, gradient, parts in zip(arrays, backward(name)(dC_dout, *arrays, **options), zip(*all_found)):
        wanted = np.concatenate(parts) if array.shape[0] == m else sum(parts)
        np.testing.assert_allclose(gradient, wanted, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    ("name", "shapes", "most"),
    [
        ("convolution", [(64, 4, 32, 32), (8, 4, 5, 5), (8,)], (15e6, 20e6)),  # all windows at once would need 40 MB
        ("attention", [(128, 64, 8)] * 3, (3e6, 5e6)),  # all scores at once would need 4 MB, and several times
        ("layer_norm", [(2**16, 8), (8,), (8,)], (7e6, 7e6)),  # x has 4 MB
        ("rms_norm", [(2**16, 8), (8,)], (7e6, 7e6)),
    ],
)
def test_many_examples_are_computed_a_few_at_a_time(name, shapes, most):
    arrays = [np.ones(shape) for shape in shapes]
    out = getattr(layers, name)(*arrays)
    assert _memory(getattr(layers, name), *arrays) < most[0]
    assert _memory(backward(name), out, *arrays) < most[1]
