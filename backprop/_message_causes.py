"""What a message of NumPy, PyTorch, JAX, TensorFlow or Keras is caused by: the mistakes, and which of them its shapes allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from ._axes import Shape, as_tuple


class Cause(NamedTuple):
    """A likely cause, what to write instead in both layouts or in each, and the page about it."""

    cause: str
    fix: str
    page: str
    columns: str = ""
    rows: str = ""


Told: TypeAlias = tuple[str, tuple[Cause, ...]]  # what a message says in plain words, and its likely causes

# ---- The likely causes

ERRORS = "look-up/errors/"
AUTODIFF = "look-up/autodiff/"
NAN = "look-up/loss-nan/"

TRANSPOSED = Cause(
    "The weights have their rows and columns swapped.",
    "Write W.T once, where the weights are made or loaded, and not in every equation.",
    ERRORS + "transposed-weights/",
)
GRADIENT = Cause(
    "The weight gradient is transposed.",
    "",
    ERRORS + "transposed-weights/#gradient",
    columns="Write np.outer(delta, a_prev), or delta @ a_prev.T for a batch.",
    rows="Write np.outer(a_prev, delta), or a_prev.T @ delta for a batch.",
)
LAYOUT = Cause(
    "The data has its examples in the other layout than this line needs.",
    "Transpose the data once, where it is read: x.T.",
    ERRORS + "rows-and-columns/",
    columns="z = W @ x + b needs an example in each column of x.",
    rows="z = x @ W + b, and nn.Linear and Dense, need an example in each row of x.",
)
WRONG_LAYER = Cause(
    "The weights are those of another layer.",
    "For the error of layers[l] take the weights that lead out of it: layers[l+1].W.",
    ERRORS + "wrong-layer/",
)
SIZES = Cause(
    "The sizes of two layers do not follow each other.",
    "Give each layer as many inputs as the previous layer has units.",
    "look-up/shape-calculator/",
)
INPUTS = Cause(
    "The data has another number of inputs than the first layer.",
    "Compare x.shape with the number of inputs of the first layer, and change the one that is wrong.",
    "look-up/shape-calculator/",
)
NEEDS_STAR = Cause(
    "A matrix product was written where an elementwise product is needed.",
    "Write * for two arrays of the same shape, as for the product with the derivative of the activation function.",
    ERRORS + "star-or-at/",
)
NEEDS_AT = Cause(
    "An elementwise product was written where a matrix product is needed.",
    "Write @ for the product with the weights.",
    ERRORS + "star-or-at/#star",
)
COLUMN = Cause(
    "A vector (n,) and a column (n, 1) meet in this line or in an earlier one, and broadcasting makes (n, n) of them.",
    "Give all data the same form.",
    ERRORS + "column-beside-vector/",
    columns="Use (n,) everywhere for one example, or (n, 1) everywhere.",
    rows="Use (n,) everywhere for one example, or (1, n) everywhere.",
)
EXAMPLE = Cause(
    "One array holds one example (n,), and the other holds a batch.",
    "Give all data as one example, or all as the same batch.",
    ERRORS + "one-example-in-a-batch/",
    columns="x[:, 0] is one example of a batch, and y[:, None] is a batch of one.",
    rows="x[0] is one example of a batch, and y[None, :] is a batch of one.",
)
NO_AXIS = Cause(
    "The array is one example (n,), and the code needs an axis for the examples.",
    "For one example leave the sum out, or make the data a batch of one.",
    ERRORS + "one-example-in-a-batch/#axis",
    columns="Write x[:, None].",
    rows="Write x[None, :].",
)
BIAS = Cause(
    "The bias gradient still has a number for each example.",
    "Sum it over the examples.",
    ERRORS + "bias-not-summed/",
    columns="Write delta.sum(axis=1), with keepdims=True if the bias is (n, 1).",
    rows="Write delta.sum(axis=0), with keepdims=True if the bias is (1, n).",
)
LENGTH = Cause(
    "The target has another length than the output of the network.",
    "Compare the shape of y with the number of output units, and change the one that is wrong.",
    ERRORS + "target-length/",
)
COUNT = Cause(
    "Inputs and targets have different numbers of examples.",
    "Print both shapes, and give as many targets as inputs.",
    ERRORS + "target-length/#count",
)
ONE_OUTPUT = Cause(
    "The network has one output, and the target has no axis for it.",
    "Add the axis to the target.",
    ERRORS + "target-length/#one-output",
    columns="Write y[None, :].",
    rows="Write y[:, None], or y.unsqueeze(1) in PyTorch.",
)
LABELS = Cause(
    "The target holds class labels, and the cost needs a target for each output.",
    "Make the targets one-hot, or in Keras use sparse_categorical_crossentropy.",
    ERRORS + "labels/",
    columns="Write np.eye(n)[:, labels].",
    rows="Write np.eye(n)[labels].",
)
NEEDS_LABELS = Cause(
    "The target is not a vector of class labels, one whole number for each example.",
    "Write y.argmax(1) for one-hot targets, y.squeeze(1) for a column, and y.long() for floats in PyTorch.",
    ERRORS + "labels/#as-they-are",
)
LABEL_RANGE = Cause(
    "A label is as large as the number of classes, or larger, because code counts classes from 0.",
    "Subtract 1 if your labels start at 1, or add an output.",
    ERRORS + "labels/#range",
)
ORDER = Cause(
    "The gradients are in reverse order, last layer first.",
    "Reverse the list once, at the end of the backward pass: gradients[::-1].",
    ERRORS + "order/",
)
LISTS = Cause(
    "The layers have different shapes, and one array cannot hold them.",
    "Keep a list of arrays, and update one array after the other: [W - rate * dW for W, dW in zip(weights, gradients)].",
    ERRORS + "#lists",
)
ONE_NUMBER = Cause(
    "A function for one number got an array.",
    "Write np.exp in the place of math.exp, and the mean of a cost before float.",
    ERRORS + "#one-number",
)
FLOAT_LABELS = Cause(
    "The labels were read as floats, as from a table.",
    "Write labels.astype(int).",
    ERRORS + "labels/#range",
)
ASSIGNED = Cause(
    "The array on the right of the = has another shape than the place on its left.",
    "Print both shapes, and change the one that is wrong.",
    ERRORS + "#assignment",
)
WHOLE_NUMBERS = Cause(
    "The weights are whole numbers, and a gradient has fractions.",
    "Make the weights floats: write 1.0 in the place of 1, or W.astype(float).",
    NAN + "#whole-numbers",
)
OVERFLOW = Cause(
    "A number is too large for a float, because of exp of a large z, or because the learning rate is too large.",
    "Subtract the largest z before exp in softmax, compute the cost from z, or take a tenth of the learning rate.",
    NAN + "#nan",
)
LOG_OF_0 = Cause(
    "An output was rounded to 0 or to 1, and the cost takes the logarithm of 0.",
    "Compute the cost from z: sigmoid_cross_entropy or softmax_cross_entropy, in PyTorch BCEWithLogitsLoss.",
    NAN + "#nan-rounding",
)
INVALID = Cause(
    "The operation has no value, as 0/0, ∞ − ∞ or 0 · ∞, and its result is NaN.",
    "Look for the first line that makes an infinite number or divides by 0.",
    NAN + "#nan",
)
SCALAR = Cause(
    "The cost is not one number, and only one number can be differentiated without a gradient for it.",
    "Take the sum or the mean over the examples, or give the derivative of the cost with respect to the vector.",
    AUTODIFF + "#the-argument",
)
VJP = Cause(
    "The derivative of the cost with respect to the output has another shape than the output.",
    "Give one number for each output.",
    AUTODIFF + "#the-argument",
)
TWICE = Cause(
    "backward ran a second time through the same forward pass, and its values are freed.",
    "Compute the forward pass again in each step, and detach what you keep from an earlier step.",
    AUTODIFF + "#twice",
)
IN_PLACE = Cause(
    "A value that the backward pass needs was changed after the forward pass.",
    "Write a = a + 1 in the place of a += 1, and change the weights only after backward.",
    AUTODIFF + "#in-place",
)
NO_GRAD = Cause(
    "The step itself is recorded as part of the network.",
    "Put the step under `with torch.no_grad():`, or use an optimizer.",
    AUTODIFF + "#in-place",
)
IMMUTABLE = Cause(
    "The arrays of this library cannot be changed after they were made.",
    "Write w = w - rate * gradient, and x.at[0].set(y) in JAX for one entry.",
    AUTODIFF + "#in-place",
)
NOT_RECORDED = Cause(
    "No operation was recorded: the weights do not require a gradient, or a value left the record.",
    "Write requires_grad_() for the weights, and leave out detach, item and numpy between the weights and the cost.",
    AUTODIFF + "#none",
)
NONE = Cause(
    "A gradient is None: backward has not run yet, or the tensor is not the one that requires a gradient.",
    "Call backward before the step, and read grad of the tensor for which you wrote requires_grad.",
    AUTODIFF + "#none",
)
DETACH = Cause(
    "The tensor carries the record that backward needs.",
    "Write W.detach().numpy(), or compute under `with torch.no_grad():`.",
    "use/frameworks/#detach",
)
DTYPE = Cause(
    "One array is float64, as NumPy makes them, and the other is float32, as PyTorch and TensorFlow make them.",
    "Give both the same type: x.float() or model.double() in PyTorch, tf.cast in TensorFlow.",
    AUTODIFF + "#dtype",
)
TRACED = Cause(
    "Inside grad or jit the array has a shape and no numbers, and float, if or NumPy asks for the numbers.",
    "Write jnp in the place of np, jnp.where in the place of if, and float only after grad.",
    AUTODIFF + "#traced",
)

# ---- What the shapes of a message say


def _written(shape: Shape) -> str:
    return as_tuple(size or "None" for size in shape)


def product(data_first: bool) -> Callable[[Shape, Shape], Told]:
    """Return what explains a product, whose first factor is the data or the weights."""
    # Which of the two layouts a line meant, no shape can say. The one that its library uses comes first.
    of_first, of_second = (LAYOUT, TRANSPOSED) if data_first else (TRANSPOSED, LAYOUT)

    def causes(a: Shape, b: Shape) -> Iterator[Cause]:
        if len(a) == len(b) == 2:
            if a == b:
                yield NEEDS_STAR
            if a[0] == b[0]:  # a.T @ b would fit
                yield from (of_first, of_second)
            if a[1] == b[1]:  # a @ b.T would fit
                yield from (of_second, of_first)
            if a[0] == b[1]:  # b @ a would fit
                yield LAYOUT
        elif {len(a), len(b)} == {1, 2}:
            matrix, vector = (a, b) if len(a) == 2 else (b, a)
            if vector[0] in matrix:
                yield TRANSPOSED
            elif matrix[0] == matrix[1]:
                yield COLUMN
        yield from (SIZES, WRONG_LAYER) if data_first else (WRONG_LAYER, SIZES)

    def explain(a: Shape, b: Shape) -> Told:
        columns, rows = (f"{a[-1]} {_axis(a, 'columns')}", f"{b[0]} {_axis(b, 'rows')}")
        said = f"{_written(a)} @ {_written(b)}: the {columns} of the first meet the {rows} of the second."
        return f"{said} They must be as many.", tuple(dict.fromkeys(causes(a, b)))[:3]

    return explain


def _axis(shape: Shape, called: str) -> str:
    return called if len(shape) > 1 else "entries"


def sizes_of_product(a: Shape = (), b: Shape = ()) -> Told:
    """Explain a product by the two sizes that differ."""
    sizes = f": {a[0]} and {b[0]}" if a and b else ""
    said = f"The columns of the first array of a product must be as many as the rows of the second, and they are not{sizes}."
    return f"{said} Print both shapes to see which array it is.", (TRANSPOSED, LAYOUT, WRONG_LAYER, NEEDS_STAR)


def elementwise(a: Shape, b: Shape) -> Told:
    """Explain +, - and * by their two shapes."""
    said = f"{_written(a)} and {_written(b)}: from the last axis on, two sizes must be equal, or one of them 1."
    return said, tuple(_elementwise_causes(a, b))


def _elementwise_causes(a: Shape, b: Shape) -> Iterator[Cause]:
    if len(a) == len(b) == 2:
        if a == b[::-1]:
            yield from (GRADIENT, LAYOUT)
        elif a[0] == b[0] or a[1] == b[1]:
            yield from (LENGTH, COUNT)
        else:
            yield from (ORDER, LENGTH)
    elif {len(a), len(b)} == {1, 2}:
        matrix, vector = (a, b) if len(a) == 2 else (b, a)
        if matrix[0] != vector[0]:
            yield from (LENGTH, EXAMPLE)
        else:
            # A cost begins with outputs minus targets.
            yield from (LABELS, EXAMPLE, BIAS) if matrix is a else (EXAMPLE, BIAS, NEEDS_AT)
    else:
        yield from (LENGTH, WRONG_LAYER)


def sizes_of_elementwise(a: Shape, b: Shape) -> Told:
    """Explain +, - and * by the two sizes that differ."""
    said = f"On one axis the two arrays have the sizes {a[0]} and {b[0]}. They must be equal, or one of them 1."
    return f"{said} Print both shapes to see which array it is.", (EXAMPLE, LENGTH, LABELS, GRADIENT, ORDER)


def in_place(a: Shape, b: Shape) -> Told:
    """Explain an assignment in place, as -=, by the shape on its left and the one of the result or of its right."""
    said = f"The array on the left has the shape {_written(a)}, and the result has {_written(b)}."
    if len(b) == 2 and b[0] == b[1]:
        return said, (COLUMN, BIAS)
    return said, (BIAS, COLUMN)


def assigned(a: Shape, b: Shape) -> Told:
    """Explain an assignment to a part of an array, by the shapes of its right and of its left."""
    said = f"An array {_written(a)} does not fit into a place {_written(b)}."
    if len(a) == 2 and a == b[::-1]:
        return said, (TRANSPOSED,)
    if len(a) == 1 and b in ((a[0], 1), (1,)):
        return said, (COLUMN, ASSIGNED)
    return said, (ASSIGNED,)


def targets(a: Shape, b: Shape) -> Told:
    """Explain the shapes of targets and outputs; the examples are rows in PyTorch, TensorFlow and Keras."""
    said = f"The target has the shape {_written(a)}, and the output has {_written(b)}."
    if b[-1] == 1:
        return said, (ONE_OUTPUT, COLUMN) if len(a) == 1 else (LENGTH,)
    return said, (LABELS,) if len(a) == 1 or a[-1] == 1 or a[0] == 1 else (LENGTH,)


def outputs(a: Shape, b: Shape) -> Told:
    """Explain the shapes of outputs and targets, in this order."""
    return targets(b, a)


def broadcast_targets(a: Shape, b: Shape) -> Told:
    """Explain the shapes of targets and outputs that a loss broadcasts."""
    said, causes = targets(a, b)
    said = f"{said} PyTorch broadcasts them if it can, and then the loss is wrong."
    return said, tuple(sorted(causes, key=COLUMN.__ne__))


def loaded(a: Shape, b: Shape) -> Told:
    """Explain weights that a layer does not take, by the shapes that it has and that it was given."""
    said = f"The layer has weights {_written(a)}, and was given {_written(b)}."
    return said, (TRANSPOSED,) if a == b[::-1] else (SIZES,)


def inputs(a: Shape, b: Shape) -> Told:
    """Explain data that a layer does not take, by the shape that it expects, or its last size, and the shape of the data."""
    size = a[-1]
    said = f"The layer has {size} inputs, and the data {_written(b)} has {b[-1]} for each example."
    return said, (LAYOUT, INPUTS) if b[0] == size else (INPUTS,)


def always(said: str, *causes: Cause) -> Callable[..., Told]:
    """Return what explains a message whose shapes, if it has any, make no difference."""
    return lambda **shapes: (said, causes)
