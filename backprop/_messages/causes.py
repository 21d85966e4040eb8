"""What a message of NumPy, PyTorch, JAX, TensorFlow or Keras is caused by: the mistakes, and which of them its shapes allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from .._axes import Shape, as_tuple


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
    "The weights have their rows and columns swapped, or the W.T of the backward pass is missing.",
    "Write W.T once, where the weights are made or loaded.",
    ERRORS + "transposed-weights/",
    columns="Forward it is W @ x, and backward W.T @ delta.",
    rows="Forward it is x @ W, and backward delta @ W.T.",
)
GRADIENT = Cause(
    "The weight gradient is transposed.",
    "",
    ERRORS + "transposed-weights/#gradient",
    columns="Write np.outer(delta, a_prev), or delta @ a_prev.T for a batch.",
    rows="Write np.outer(a_prev, delta), or a_prev.T @ delta for a batch.",
)
FACTOR = Cause(
    "This is a weight gradient, and the transpose of one factor is missing.",
    "",
    ERRORS + "transposed-weights/#gradient",
    columns="Write delta @ a_prev.T.",
    rows="Write a_prev.T @ delta.",
)
OUTER = Cause(
    "This is the weight gradient of one example, and two vectors give a matrix only as an outer product.",
    "For a vector, .T changes nothing.",
    "look-up/wrong-shape/",
    columns="Write np.outer(delta, a_prev).",
    rows="Write np.outer(a_prev, delta).",
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
    "Forward, multiply x by the first weights. For the error of layers[l] take those that lead out of it: layers[l+1].W.",
    ERRORS + "wrong-layer/",
)
OTHER_LAYER = Cause(
    "The derivative or the activations are those of another layer.",
    "For the error of a layer take the z of the same layer.",
    ERRORS + "wrong-layer/",
)
SIZES = Cause(
    "The sizes of two layers do not follow each other.",
    "Give each layer as many inputs as the previous layer has units, and after Flatten channels · height · width.",
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
BIAS_FORM = Cause(
    "A bias has the form of the other layout.",
    "Give it the form of the data's layout, or write b.ravel() for the functions of this library.",
    ERRORS + "rows-and-columns/#bias",
    columns="Make b a column (n, 1).",
    rows="Make b a vector (n,) or a row (1, n).",
)
BIAS_AXIS = Cause(
    "A bias (n,) is added to a batch, and its numbers do not meet the units.",
    "Give it one number for each unit of this layer.",
    ERRORS + "one-example-in-a-batch/#bias",
    columns="Write W @ x + b[:, None], or make b a column (n, 1).",
    rows="Write x @ W + b, with b of the shape (n,).",
)
KEEPDIMS = Cause(
    "A sum, a mean or a maximum over one axis has lost this axis, as in softmax.",
    "Write keepdims=True, in PyTorch keepdim=True.",
    ERRORS + "one-example-in-a-batch/#keepdims",
    columns="Write z.max(axis=0, keepdims=True) for a number for each example.",
    rows="Write z.max(axis=1, keepdims=True) for a number for each example.",
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
EXAMPLE_INDEX = Cause(
    "The index counts the examples, and the axis is the one of the inputs.",
    "Compare X.shape with the layout that your code needs.",
    ERRORS + "rows-and-columns/",
    columns="Example i is X[:, i].",
    rows="Example i is X[i].",
)
SWAPPED = Cause(
    "The outputs and the targets of a loss are in the wrong order.",
    "In PyTorch write loss(outputs, targets), and in Keras loss(targets, outputs).",
    ERRORS + "labels/#as-they-are",
)
FLOAT_LABELS = Cause(
    "The labels were read as floats, as from a table.",
    "Write labels.astype(int).",
    ERRORS + "labels/#range",
)
TRUTH = Cause(
    "An if, while, and, or, or max got an array, and it needs one condition.",
    "Write np.where(z > 0, 1.0, 0.0) in the place of if, and np.maximum(z, 0) in the place of max.",
    ERRORS + "#truth-value",
)
LIST_INDEX = Cause(
    "The lists of layers, of weights and of activations have different lengths.",
    "With L layers the weights are W[0] to W[L-1], and the activations a[0], the input, to a[L].",
    ERRORS + "#list-index",
)
FLATTEN = Cause(
    "The array is not flattened to one row for each example.",
    "Put nn.Flatten() or keras.layers.Flatten() before the layer that takes all numbers of an example.",
    ERRORS + "#reshape",
)
RESHAPE = Cause(
    "The new shape has another number of entries than the array.",
    "Print the shape of the array, and multiply its sizes. Keep the axis of the examples.",
    ERRORS + "#reshape",
    columns="For images (m, height, width) write x.reshape(len(x), -1).T.",
    rows="For images (m, height, width) write x.reshape(len(x), -1).",
)
CONTIGUOUS = Cause(
    "permute, transpose or .T came before view, so the entries are no longer in their order in memory.",
    "Write reshape in the place of view, and test that the axes are in the order that you need.",
    ERRORS + "#reshape",
)
CHANNELS = Cause(
    "The channels are on another axis than the layer needs, or it was made for another number of them.",
    "PyTorch and jax.lax.conv need (m, channels, height, width). "
    "If the channels are last, write x.permute(0, 3, 1, 2), and in JAX x.transpose(0, 3, 1, 2).",
    ERRORS + "#axes",
)
MISSING_AXIS = Cause(
    "The data has no axis for the channels of an image, or none for the steps of a sequence.",
    "For gray images write x[..., None] in Keras, and x[:, None] in PyTorch.",
    ERRORS + "#axes",
)
FEATURES = Cause(
    "The last axis of the data is not the one of the inputs.",
    "Print x.shape. A recurrent layer with batch_first=True needs (m, steps, inputs).",
    ERRORS + "#axes",
)
KEYS = Cause(
    "The keys are not transposed in the scores of attention.",
    "Write q @ k.transpose(-2, -1), because k.T reverses all axes.",
    "layers/attention/",
)
MASK = Cause(
    "The mask of attention has another number of steps than the scores.",
    "Make it (steps, steps), with the number of steps in this batch.",
    "layers/attention/",
)
RESIDUAL = Cause(
    "A residual connection adds x and F(x), and the block F changes the shape.",
    "Let the block keep it, with as many units or channels and with padding, or bring x to the new shape.",
    "layers/residual/",
)
TOKENS = Cause(
    "An index is as large as the table, or larger, because code counts its rows from 0.",
    "Make the table larger, nn.Embedding(ids.max() + 1, n), or look for the index that should not be there.",
    "layers/embedding/",
)
FLOAT_TOKENS = Cause(
    "The indices are floats, as from a table or from torch.zeros.",
    "Write ids.long().",
    "layers/embedding/",
)
LOSS_AXIS = Cause(
    "The classes are on the last axis, and CrossEntropyLoss needs them on axis 1.",
    "Write logits.flatten(0, 1) and y.flatten(), or logits.transpose(1, 2).",
    ERRORS + "labels/#as-they-are",
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
    "A gradient is None: backward has not run yet, or w = w - … made a new tensor, which has none.",
    "Call backward before the step, and change w in place under `with torch.no_grad():`, w -= rate * w.grad.",
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
FLOAT_TARGETS = Cause(
    "The targets are whole numbers, and this loss takes floats.",
    "Write y.float().",
    AUTODIFF + "#dtype",
)
NOT_TENSOR = Cause(
    "An array of NumPy or a list was given to PyTorch.",
    "Write torch.as_tensor(x, dtype=torch.float32), and torch.as_tensor(y) for class labels.",
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
            if a[0] == b[0] or a[1] == b[1]:
                yield FACTOR
            if a[0] == b[1]:  # b @ a would fit
                yield LAYOUT
            if data_first and _flattens(a, b[0]):
                yield FLATTEN
        elif {len(a), len(b)} == {1, 2}:
            matrix, vector = (a, b) if len(a) == 2 else (b, a)
            if vector[0] in matrix:
                yield TRANSPOSED
            elif matrix[0] == matrix[1]:
                yield COLUMN
        elif len(a) == len(b) == 1:
            yield OUTER
        yield from (SIZES, INPUTS, WRONG_LAYER) if data_first else (WRONG_LAYER, SIZES)

    def explain(a: Shape, b: Shape) -> Told:
        columns, rows = (f"{a[-1]} {_axis(a, 'columns')}", f"{b[0]} {_axis(b, 'rows')}")
        said = f"{_written(a)} @ {_written(b)}: the {columns} of the first meet the {rows} of the second."
        return f"{said} They must be as many.", tuple(dict.fromkeys(causes(a, b)))[:4]

    return explain


def _flattens(data: Shape, size: int) -> bool:
    """Return whether data whose first axes were left as they are would have this size for each example, if it were flattened."""
    return size > data[1] and size % data[1] == 0 and data[0] % (size // data[1]) == 0


def _axis(shape: Shape, called: str) -> str:
    return called if len(shape) > 1 else "entries"


def sizes_of_product(a: Shape = (), b: Shape = ()) -> Told:
    """Explain a product by the two sizes that differ."""
    sizes = f": {a[0]} and {b[0]}" if a and b else ""
    said = f"The columns of the first array of a product must be as many as the rows of the second, and they are not{sizes}."
    return f"{said} Print both shapes to see which array it is.", (TRANSPOSED, LAYOUT, FACTOR, WRONG_LAYER, NEEDS_STAR)


def elementwise(a: Shape, b: Shape) -> Told:
    """Explain +, - and * by their two shapes."""
    said = f"{_written(a)} and {_written(b)}: from the last axis on, two sizes must be equal, or one of them 1."
    return said, tuple(_elementwise_causes(a, b))


def _elementwise_causes(a: Shape, b: Shape) -> Iterator[Cause]:
    if len(a) == len(b) == 2:
        if a == b[::-1]:
            yield from (GRADIENT, LAYOUT)
        elif (a[1], 1) == b:
            yield from (BIAS_FORM, LAYOUT)
        elif (1, a[0]) == b:  # labels (1, m) beside outputs (m, n), or a bias (1, n) beside (n, m)
            yield from (BIAS_FORM, LABELS, LAYOUT)
        elif a[0] == b[0] or a[1] == b[1]:
            yield from (LENGTH, COUNT, OTHER_LAYER)
        elif 1 in a or 1 in b:
            yield from (LAYOUT, LABELS, LENGTH)
        else:
            yield from (ORDER, LENGTH)
    elif {len(a), len(b)} == {1, 2}:
        matrix, vector = (a, b) if len(a) == 2 else (b, a)
        if matrix[0] != vector[0]:
            yield from (LENGTH, EXAMPLE)
        elif matrix is b:
            # y * log(a), with labels y, begins with the vector, too.
            yield from (EXAMPLE, BIAS, NEEDS_AT, LABELS) if matrix[0] < matrix[1] else (LABELS, EXAMPLE, BIAS, NEEDS_AT)
        else:
            # A cost begins with outputs minus targets, and a layer with W @ x plus b.
            yield from (BIAS_AXIS, EXAMPLE, LABELS) if matrix[0] < matrix[1] else (LABELS, KEEPDIMS, BIAS_AXIS, EXAMPLE)
    elif max(len(a), len(b)) > 2:
        yield from (RESIDUAL, MASK, LENGTH)
    else:
        yield from (LENGTH, WRONG_LAYER)


def sizes_of_elementwise(a: Shape, b: Shape, axis: Shape) -> Told:
    """Explain +, - and * by the two sizes that differ, and by their axis."""
    # Data has two axes at most, except in layers such as a convolution. On axis 0 the last sizes fit.
    of_axis = {0: (LENGTH, COUNT, KEYS), 1: (EXAMPLE, BIAS_AXIS, LENGTH, LABELS, KEEPDIMS, GRADIENT, ORDER)}
    said = f"Aligned at their last axes, two arrays have the sizes {a[0]} and {b[0]} on axis {axis[0]}. Only equal sizes and 1 fit."
    return f"{said} Print both shapes to see which array it is.", of_axis.get(axis[0], (RESIDUAL, MASK))


def in_place(a: Shape, b: Shape) -> Told:
    """Explain an assignment in place, as -=, by the shape on its left and the one on its right or of the result."""
    said = f"The array on the left keeps its shape {_written(a)}, and {_written(b)} does not fit into it."
    if len(a) == len(b) == 2 and 1 not in a and 1 not in b:
        return said, (GRADIENT,) if a == b[::-1] else (ORDER, GRADIENT)
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


def class_labels(a: Shape = (), b: Shape = ()) -> Told:
    """Explain a loss that takes labels, by the shapes of targets and outputs, if the message has them."""
    if len(b) > 2 and len(a) == 1:
        said = (
            f"The output {_written(b)} has {len(b)} axes, and the target {_written(a)} has one number for each example."
        )
        return said, (FLATTEN, NEEDS_LABELS)
    return "The loss takes the number of a class for each example: a vector (m,) of whole numbers.", (NEEDS_LABELS,)


def batches(a: Shape, b: Shape) -> Told:
    """Explain a product of two batches of matrices, by the first two sizes that the second needs and has."""
    said = f"The second array has {b[0]} matrices with {b[1]} rows, and it needs {a[0]} with {a[1]}."
    return said, (KEYS, SIZES)


def added(a: Shape, b: Shape) -> Told:
    """Explain a layer that adds two arrays, by their shapes without the axis of the examples."""
    return f"{_written(a)} and {_written(b)} are added, and they must be the same.", (RESIDUAL,)


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
