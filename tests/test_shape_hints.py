"""Each mistake is named in every call where it can happen, and what the message says to write works."""

import itertools
import operator
import re
from pathlib import Path

import numpy as np
import pytest

import backprop
import backprop.rows  # imported when it is asked for
from backprop import Gradient, Layer, ShapeError
from backprop._address import BOOK

DOCS = Path(__file__).parent.parent / "docs"


# ---- A call is a function's name and its arrays, by the names that a message has for them

SIZES = {"n0": 2, "n1": 3, "n2": 4}  # all distinct, and five examples, so that no mistake hides behind another
NETWORK = {"W1": "n1 n0", "b1": "n1", "W2": "n2 n1", "b2": "n2"}
AXES = {
    "weighted_input": {"W": "n1 n0", "a_prev": "n0 m", "b": "n1"},
    "Layer": {"W": "n1 n0", "b": "n1"},
    "forward": {"x": "n0 m", **NETWORK},
    "gradients": {"x": "n0 m", "y": "n2 m", **NETWORK},
    "step": NETWORK | {f"dC_d{name}": axes for name, axes in NETWORK.items()},
    "output_error": {"dC_da": "n1 m", "sigma_prime_z": "n1 m"},
    "hidden_error": {"W_next": "n2 n1", "delta_next": "n2 m", "sigma_prime_z": "n1 m"},
    "weight_gradient": {"delta": "n1 m", "a_prev": "n0 m"},
    **{name + prime: {"a": "n1 m", "y": "n1 m"} for name in ("quadratic", "cross_entropy") for prime in ("", "_prime")},
    **{f"softmax_cross_entropy{prime}": {"z": "n1 m", "y": "n1 m"} for prime in ("", "_prime")},
}
BACK = ["output_error", "hidden_error", "weight_gradient"]  # which are in backprop.rows, too
COSTS = [name for name in AXES if AXES[name].get("y") == "n1 m"]
AXES |= {
    f"rows.{name}": {symbol: " ".join(axes.split()[::-1]) for symbol, axes in AXES[name].items()} for name in [*AXES]
}
DATA = {name: [symbol for symbol, axes in AXES[name].items() if "m" in axes.split()] for name in AXES}


def right(name, m=None):
    """Return arrays that fit, one example or `m`, all their numbers between 0 and 1 and no two alike."""
    rng = np.random.default_rng(0)
    sizes = SIZES if m is None else SIZES | {"m": m}
    shapes = {symbol: [sizes[axis] for axis in axes.split() if axis in sizes] for symbol, axes in AXES[name].items()}
    return {symbol: rng.uniform(0.1, 0.9, shape) for symbol, shape in shapes.items()}


def mistaken(name, m, line):
    """Return the arrays as a line of code has changed them."""
    arrays = right(name, m)
    exec(line, {"np": np}, arrays)
    return arrays


def call(name, arrays):
    """Return the arrays of what a function returns."""
    module, kind = (backprop.rows, name.removeprefix("rows.")) if name.startswith("rows.") else (backprop, name)
    layers = [module.Layer(arrays[f"W{l}"], arrays[f"b{l}"]) for l in (1, 2)] if "W1" in arrays else []
    if kind == "Layer":
        layer = module.Layer(**arrays)
        return [layer.W, layer.b]
    if kind == "forward":
        return [*itertools.chain(*module.forward(layers, arrays["x"]))]
    if kind == "gradients":
        C, found = module.gradients(layers, arrays["x"], arrays["y"])
        return [C, *itertools.chain(*found)]
    if kind == "step":
        given = [Gradient(arrays[f"dC_dW{l}"], arrays[f"dC_db{l}"]) for l in (1, 2)]
        return [array for layer in module.step(layers, given, 0.5) for array in (layer.W, layer.b)]
    return [operator.attrgetter(name)(backprop)(*arrays.values())]


def message_of(name, arrays):
    with pytest.raises(ShapeError) as raised:
        call(name, arrays)
    return str(raised.value)


# ---- What a message says

LIKELY = re.compile(rf"^  Likely cause: (.+?)\. (.+)\n    See {re.escape(BOOK)}(.+)/$", re.MULTILINE)


def told(message):
    """Return, for each likely cause that a message names, the remedy and the page."""
    return {cause: (remedy, page) for cause, remedy, page in LIKELY.findall(message)}


def mended(name, arrays, remedy):
    """Return the call as a remedy would have it, or None if the remedy is no formula."""
    if used := re.fullmatch(r"Use backprop\.(.+)\.", remedy):
        return used[1], arrays
    if swapped := re.fullmatch(r"Write (layers|gradients)\[::-1\]\.", remedy):
        kinds = ["W", "b"] if swapped[1] == "layers" else ["dC_dW", "dC_db"]
        return name, arrays | {f"{kind}{l}": arrays[f"{kind}{3 - l}"] for kind in kinds for l in (1, 2)}
    written = re.search(r"[Ww]rite ([^@*]+?)(: .*|, or .*)?\.$", remedy)
    if not written:
        return None
    formulas = {
        next(word for word in re.findall(r"\w+", text) if word in arrays): text
        for text in re.split(r"(?<!:), (?!:)| and ", written[1])  # the comma of an index belongs to its formula
    }
    return name, arrays | {symbol: eval(text, {"np": np}, arrays) for symbol, text in formulas.items()}


# ---- Mistakes whose remedy is a formula: it gives back the right arrays

ONE, BATCH, OF_ONE = None, 5, 1
FORMULAS = [
    # errors/transposed-weights
    *[("weighted_input", m, "W = W.T", "W is transposed") for m in (ONE, BATCH)],
    *[
        (f"{rows}hidden_error", m, "W_next = W_next.T", "W_next is transposed")
        for rows in ("", "rows.")
        for m in (ONE, BATCH)
    ],
    ("Layer", ONE, "W = W.T", "W is transposed"),
    ("step", ONE, "dC_dW2 = dC_dW2.T", "dC_dW2 is transposed"),
    ("step", ONE, "dC_dW1, dC_dW2 = dC_dW1.T, dC_dW2.T", "dC_dW1 and dC_dW2 are transposed"),
    # errors/rows-and-columns
    ("weighted_input", BATCH, "a_prev = a_prev.T", "the examples are rows, and this function takes columns"),
    ("weighted_input", BATCH, "W, a_prev = W.T, a_prev.T", "the examples are rows, and this function takes columns"),
    ("forward", BATCH, "x = x.T", "the examples are rows, and this function takes columns"),
    ("gradients", BATCH, "x, y = x.T, y.T", "the examples are rows, and this function takes columns"),
    (
        "hidden_error",
        BATCH,
        "delta_next, sigma_prime_z = delta_next.T, sigma_prime_z.T",
        "the examples are rows, and this function takes columns",
    ),
    (
        "rows.hidden_error",
        BATCH,
        "delta_next, sigma_prime_z = delta_next.T, sigma_prime_z.T",
        "the examples are columns, and this function takes rows",
    ),
    *[
        (
            name,
            BATCH,
            f"{symbol} = {symbol}.T",
            f"{symbol} has its examples as {'columns' if 'rows' in name else 'rows'}",
        )
        for name in ["gradients", *BACK, *COSTS, *[f"rows.{name}" for name in BACK]]
        for symbol in DATA[name]
    ],
    *[(name, ONE, "b = b[None, :]", "b is a row (1, n)") for name in ("weighted_input", "Layer")],
    ("weighted_input", BATCH, "b = b[None, :]", "b is a row (1, n)"),
    ("step", ONE, "dC_db1 = dC_db1[None, :]", "dC_db1 is a row (1, n)"),
    ("step", ONE, "dC_db1, dC_db2 = dC_db1[None, :], dC_db2[None, :]", "dC_db1 and dC_db2 are rows (1, n)"),
    # errors/column-beside-vector
    *[
        (name, ONE, f"{symbol} = {symbol}[:, None]", f"{symbol} is a column (n, 1) beside one example (n,)")
        for name in [*BACK, *COSTS, "gradients", *[f"rows.{name}" for name in BACK]]
        for symbol in DATA[name]
    ],
    *[
        (name, ONE, f"{symbol} = {symbol}[None, :]", f"{symbol} is a row (1, n) beside one example (n,)")
        for name in ["weighted_input", "forward", *BACK, *COSTS, "gradients", *[f"rows.{name}" for name in BACK]]
        for symbol in DATA[name]
    ],
    *[
        (name, OF_ONE, f"{symbol} = {symbol}.ravel()", f"{symbol} is one example (n,) beside a batch of one")
        for name in [*BACK, *COSTS, "gradients", *[f"rows.{name}" for name in BACK]]
        for symbol in DATA[name]
    ],
    ("weighted_input", ONE, "b = b[:, None]", "b is a column (n, 1) beside one example (n,)"),
    *[
        (name, ONE, "b1, b2 = b1[:, None], b2[:, None]", "b1 and b2 are columns (n, 1) beside one example (n,)")
        for name in ("forward", "gradients")
    ],
    ("step", ONE, "dC_db2 = dC_db2[:, None]", "dC_db2 is a column (n, 1) beside a bias (n,)"),
    # errors/order
    (
        "step",
        ONE,
        "dC_dW1, dC_dW2, dC_db1, dC_db2 = dC_dW2, dC_dW1, dC_db2, dC_db1",
        "the gradients are in reverse order, last layer first",
    ),
    *[
        (name, m, "W1, W2, b1, b2 = W2, W1, b2, b1", "the layers are in reverse order, last layer first")
        for name, m in [("forward", ONE), ("forward", BATCH), ("gradients", ONE), ("gradients", BATCH), ("step", ONE)]
    ],
]


def every(cases):
    return pytest.mark.parametrize(("name", "m", "line", "cause", *["page"] * (len(cases[0]) - 4)), cases)


@every(FORMULAS)
def test_the_remedy_of_a_mistake_gives_back_what_was_right(name, m, line, cause):
    wrong = mistaken(name, m, line)
    remedy, _ = told(message_of(name, wrong))[cause]
    found, arrays = mended(name, wrong, remedy)
    assert found == name
    for symbol, array in right(name, m).items():
        np.testing.assert_array_equal(arrays[symbol], array, strict=True)


@pytest.mark.parametrize(("given_to", "belongs_to"), [("", "rows."), ("rows.", "")])
@pytest.mark.parametrize("name", ["hidden_error", "weight_gradient"])
def test_what_is_all_in_the_other_storage_is_sent_to_its_function(name, given_to, belongs_to):
    arrays = right(belongs_to + name, 5)
    given, taken = ("columns", "rows") if given_to else ("rows", "columns")
    remedy, page = told(message_of(given_to + name, arrays))[
        f"the examples are {given}, and this function takes {taken}"
    ]
    assert mended(given_to + name, arrays, remedy) == (belongs_to + name, arrays)
    assert page == "look-up/errors/rows-and-columns"


@pytest.mark.parametrize("form", ["labels", "labels[None, :]", "labels[:, None]"])
@pytest.mark.parametrize(("name", "turned"), [*[(name, False) for name in [*COSTS, "gradients"]], ("gradients", True)])
def test_labels_are_told_how_to_become_columns(name, turned, form):
    arrays = right(name, 5)
    n = len(arrays["y"])
    labels = np.array([1, 0, n - 1, 2, 1])
    arrays["y"] = eval(form)
    if turned:
        arrays["x"] = arrays["x"].T
    also = "x has its examples as rows and " * turned
    remedy, page = told(message_of(name, arrays))[f"{also}y holds class labels, not one-hot columns"]
    _, fitting = mended(name, arrays, remedy)
    np.testing.assert_array_equal(fitting["y"], np.eye(n)[:, labels])
    call(name, fitting)
    assert page == "look-up/errors/labels"


@pytest.mark.parametrize("name", [*COSTS, "gradients"])
def test_a_label_is_told_how_to_become_one_hot(name):
    arrays = right(name) | {"y": np.array(2)}
    remedy, page = told(message_of(name, arrays))["y is a class label, not one-hot"]
    _, fitting = mended(name, arrays, remedy)
    np.testing.assert_array_equal(fitting["y"], np.eye(len(right(name)["y"]))[2])
    assert page == "look-up/errors/labels"


@pytest.mark.parametrize("m", [None, 5])
@pytest.mark.parametrize("turned", [False, True])
def test_one_output_is_an_axis(m, turned):
    arrays = right("gradients", m)
    arrays["W2"], arrays["b2"] = arrays["W2"][:1], arrays["b2"][:1]
    y = arrays["y"][:1]
    wrong = arrays | {"y": y[0], "x": arrays["x"].T if turned else arrays["x"]}
    also = "x has its examples as rows and " * (turned and m is not None)
    remedy, page = told(message_of("gradients", wrong))[f"{also}y has no axis for its one output"]
    _, fitting = mended("gradients", wrong, remedy)
    np.testing.assert_array_equal(fitting["y"], y, strict=True)
    np.testing.assert_array_equal(fitting["x"], arrays["x"], strict=True)
    assert page == "look-up/errors/target-length"


# ---- Mistakes whose remedy is words

AT, STAR = "was computed with @ where * is needed", "was computed with * where @ is needed"
COLUMNS_AND_ROWS = [*BACK, *[f"rows.{name}" for name in BACK]]
WORDS = [
    *[
        (
            f"{rows}hidden_error",
            m,
            f"W_next = np.ones({shape})",
            "W_next holds the weights of this layer, W^l",
            "look-up/errors/wrong-layer",
        )
        for rows, shape in [("", (3, 2)), ("rows.", (2, 3))]
        for m in (ONE, BATCH)
    ],
    *[
        (
            name,
            BATCH,
            f"{symbol} = {symbol}{'[0]' if 'rows' in name else '[:, 0]'}",
            f"{symbol} is one example (n,) beside a batch",
            "look-up/errors/one-example-in-a-batch",
        )
        for name in [*COLUMNS_AND_ROWS, *COSTS, "gradients"]
        for symbol in DATA[name]
    ],
    *[
        (
            name,
            ONE,
            f"{symbol} = {symbol} + {symbol}[:, None]",
            f"{symbol} was broadcast to (n, n) in an earlier line",
            "look-up/errors/column-beside-vector",
        )
        for name in [*COLUMNS_AND_ROWS, *COSTS, "gradients"]
        for symbol in DATA[name]
    ],
    *[
        (name, ONE, f"{symbol} = {symbol} @ {symbol}", f"{symbol} {AT}", "look-up/errors/star-or-at")
        for name in COLUMNS_AND_ROWS
        for symbol in DATA[name]
    ],
    *[
        (name, ONE, f"{symbol} = {symbol}[:, None] * np.ones((1, 6))", f"{symbol} {STAR}", "look-up/errors/star-or-at")
        for name in COLUMNS_AND_ROWS
        for symbol in DATA[name]
    ],
    *[
        (name, m, "y = y[:-1]", "y has another length than the output", "look-up/errors/target-length")
        for name in [*COSTS, "gradients"]
        for m in (ONE, BATCH)
    ],
    (
        "step",
        ONE,
        "dC_db1 = dC_db1[:, None] * np.ones((1, 5))",
        "dC_db1 is not summed over the examples",
        "look-up/errors/bias-not-summed",
    ),
    ("step", ONE, "dC_db2 = dC_db2.sum()", "dC_db2 is one number for all biases", "look-up/errors/bias-not-summed"),
    *[
        ("step", ONE, f"dC_dW1 = {wrong}", "dC_dW1 is not an outer product", "look-up/wrong-shape")
        for wrong in ["b1", "b1[:, None]", "np.ones(2)", "np.ones((1, 2))", "b1 @ b1"]
    ],
    ("step", ONE, "dC_dW1 = np.outer(b1, b1)", "dC_dW1 was computed with the layer's output", "look-up/wrong-shape"),
]


@every(WORDS)
def test_a_mistake_is_named_with_its_page(name, m, line, cause, page):
    remedy, found = told(message_of(name, mistaken(name, m, line)))[cause]
    assert found == page
    assert mended(name, {}, remedy) is None


def test_where_two_causes_fit_both_are_named():
    W1, W2 = np.ones((3, 2)), np.ones((2, 3))  # 2-3-2 is a palindrome
    palindrome = {"W_next": W1, "delta_next": np.ones(2), "sigma_prime_z": np.ones(3)}
    both = ["W_next is transposed", "W_next holds the weights of this layer, W^l"]
    assert list(told(message_of("hidden_error", palindrome))) == both
    assert list(told(message_of("rows.hidden_error", palindrome | {"W_next": W2}))) == both
    beside = [
        "a is a column (n, 1) beside one example (n,)",
        "y is one example (n,) beside a batch of one",
        "a has its examples as rows and y has no axis for its one output",
    ]
    assert list(told(message_of("quadratic", {"a": np.ones((3, 1)), "y": np.ones(3)}))) == beside


# ---- Any shapes at all


def shapes(sizes):
    return [shape for rank in range(3) for shape in itertools.product(sizes, repeat=rank)]


def of_ones(name, found):
    """Return arrays of these shapes; a target of ones may be taken for labels, so it is whole."""
    return {symbol: np.ones(shape, int if symbol == "y" else float) for symbol, shape in found.items()}


def calls():
    """Return calls with all small shapes, and a network's with many."""
    for name in [*COLUMNS_AND_ROWS, "weighted_input", "Layer", "quadratic", "softmax_cross_entropy"]:
        for found in itertools.product(shapes((1, 2, 3)), repeat=len(AXES[name])):
            yield name, of_ones(name, dict(zip(AXES[name], found)))
    rng = np.random.default_rng(0)
    for name in rng.choice(["forward", "gradients", "step"], 3000):
        found = {symbol: array.shape for symbol, array in right(name, [ONE, OF_ONE, BATCH][rng.integers(3)]).items()}
        for symbol in rng.choice([symbol for symbol in found if symbol[0] not in "Wb"], 2):
            found[symbol] = shapes((1, 2, 3, 4, 5))[rng.integers(31)]
        for symbol in rng.choice(["b1", "b2"], rng.integers(3)):
            found[symbol] = (*found[symbol][:1], 1)
        yield name, of_ones(name, found)


def test_no_message_names_a_remedy_that_does_not_fit():
    formulas = 0
    for name, arrays in calls():
        try:
            call(name, arrays)
        except ShapeError as error:
            causes = told(str(error))
            assert causes or str(error).endswith(f"{BOOK}look-up/errors/")  # noqa: PT017 most of the calls raise nothing
            for remedy, page in causes.values():
                assert (DOCS / f"{page}.md").exists()
                if fitting := mended(name, arrays, remedy):
                    call(*fitting)  # raises nothing
                    formulas += 1
    assert formulas > 1000


def test_labels_of_two_classes_in_a_row_are_labels():
    with pytest.raises(ShapeError, match=re.escape("np.eye(2)[:, y.ravel()]")):
        backprop.quadratic(np.ones((2, 5)), np.ones((1, 5)))


def test_a_gradient_in_the_shape_of_its_weights_is_never_blamed():
    layer = Layer(np.ones((3, 1)), np.ones(3))  # a column, as a gradient that is no outer product would be
    with pytest.raises(ShapeError, match="dC_db1 is not summed") as error:
        backprop.step([layer], [Gradient(np.ones((3, 1)), np.ones((3, 5)))], 0.5)
    assert "outer product" not in str(error.value)


@pytest.mark.parametrize("count", [0, 2])
def test_a_step_takes_one_gradient_for_each_layer(count):
    gradient = Gradient(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ShapeError, match=f"step got {count} gradients for 1 layers"):
        backprop.step([Layer(np.ones((3, 2)), np.ones(3))], [gradient] * count, 0.5)


def test_every_page_about_an_error_is_one_that_a_message_names():
    tables = [(name, m, line, cause) for name, m, line, cause, *_ in [*FORMULAS, *WORDS]]
    pages = {told(message_of(name, mistaken(name, m, line)))[cause][1] for name, m, line, cause in tables}
    pages |= {page for _, page in told(message_of("quadratic", {"a": np.ones((3, 5)), "y": np.ones(5)})).values()}
    expected = {f"look-up/errors/{page.stem}" for page in DOCS.glob("look-up/errors/*.md")} - {"look-up/errors/index"}
    assert pages == expected | {"look-up/wrong-shape"}


# ---- Rows, labels and other libraries


def test_labels_beside_examples_as_rows_are_told_both():
    told_of = told(message_of("softmax_cross_entropy", {"z": np.ones((5, 3)), "y": np.array([0, 2, 1, 1, 0])}))
    remedy = "Write np.eye(3)[:, y] and z.T: a column for each example, a row for each class."
    assert told_of == {
        "z has its examples as rows and y holds class labels, not one-hot columns": (remedy, "look-up/errors/labels")
    }


@pytest.mark.parametrize(("name", "symbol"), [("quadratic", "a"), ("softmax_cross_entropy", "z")])
def test_whole_outputs_make_no_labels_of_a_target(name, symbol):
    told_of = told(message_of(name, {symbol: np.ones((3, 5), int), "y": np.full(3, 0.5)}))
    assert "y is one example (n,) beside a batch" in told_of


def test_a_layer_stored_for_rows_is_told_to_transpose_and_flatten():
    remedy, page = told(message_of("Layer", {"W": np.ones((4, 3)), "b": np.ones((1, 3))}))[
        "W and b are stored for examples as rows"
    ]
    assert remedy.endswith("write W.T and b.ravel(), or use backprop.rows.Layer.")
    assert page == "look-up/errors/rows-and-columns"


@pytest.mark.parametrize(
    ("library", "eye"),
    [("numpy", "np.eye(3)"), ("torch", "torch.eye(3, dtype=torch.float32)"), ("jax.numpy", "jnp.eye(3)")],
)
def test_the_advice_is_in_the_library_of_the_arrays(library, eye):
    xp = pytest.importorskip(library)
    y = xp.asarray([0, 2, 1, 1, 0])
    with pytest.raises(ShapeError, match=re.escape(f"Write {eye}[:, y] and x.T")):
        backprop.gradients([Layer(xp.ones((3, 4)), xp.ones(3))], xp.ones((5, 4)), y)
    with pytest.raises(ShapeError, match=re.escape(f"Write {eye}[y]: a row for each example")):
        backprop.rows.gradients([backprop.rows.Layer(xp.ones((4, 3)), xp.ones(3))], xp.ones((5, 4)), y)
    for module, one_hot in ((backprop, f"{eye}[:, y]"), (backprop.rows, f"{eye}[y]")):
        with pytest.raises(ShapeError, match=re.escape(f"Write {one_hot}: a ")):
            module.softmax_cross_entropy(xp.ones((3, 5) if module is backprop else (5, 3)), y)


@pytest.mark.parametrize("library", ["numpy", "torch", "jax.numpy"])
def test_an_array_alone_is_refused_in_every_library(library):
    xp = pytest.importorskip(library)
    with pytest.raises(ShapeError, match="delta has a shape that does not fit"):
        backprop.bias_gradient(xp.ones((2, 3, 4)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_advice_for_labels_works_in_every_dtype_of_pytorch(dtype):
    torch = pytest.importorskip("torch")
    dtype, y = getattr(torch, dtype), torch.asarray([0, 2, 1, 1, 0])
    layers = [backprop.rows.Layer(torch.ones(4, 3, dtype=dtype), torch.ones(3, dtype=dtype))]
    x = torch.ones(5, 4, dtype=dtype)
    with pytest.raises(ShapeError) as error:
        backprop.rows.gradients(layers, x, y)
    advice = re.search(r"Write (.*?):", str(error.value))[1]
    _, [gradient] = backprop.rows.gradients(layers, x, eval(advice, {"torch": torch, "y": y}))
    assert gradient.dC_dW.dtype == dtype


def test_a_message_says_what_does_not_fit_what_is_needed_and_where_to_read():
    with pytest.raises(ShapeError) as raised:
        backprop.hidden_error(np.ones((3, 4)), np.ones(4), np.ones(3))
    assert str(raised.value).splitlines() == [
        "hidden_error (BP2): the shape of W_next does not fit the others",
        "  δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)",
        "  W_next         has (3, 4), needs (n_next, n) = (4, 3)",
        "  delta_next     has (4,), needs (n_next,) = (4,)",
        "  sigma_prime_z  has (3,), needs (n,) = (3,)",
        "  Likely cause: W_next is transposed. It needs a row for each unit that it leads to: write W_next.T.",
        f"    See {BOOK}look-up/errors/transposed-weights/",
        "  Likely cause: W_next holds the weights of this layer, W^l. BP2 needs those of the next layer, W^{l+1}.",
        f"    See {BOOK}look-up/errors/wrong-layer/",
    ]
