"""What the messages of NumPy, PyTorch, JAX, TensorFlow and Keras mean, without a network: `python -m backprop why`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import NamedTuple

from . import _message_causes as causes
from ._address import BOOK
from ._axes import Shape
from ._message_causes import Cause, Told, always

# A message begins where a line names an error, or where a warning follows its file and line.
BEGINS = re.compile(r"^(?:\s*|.*:\d+: )(?:\w+\.)*\w*(?P<kind>Error|Exception|Warning): (?=\S)", re.MULTILINE)
KIND = re.compile(r"^[\w.]+: ")
STYLE = re.compile(r"\x1b\[[\d;]*m")
# pytest writes E before each line of a message, and torchrun the number of the process.
PREFIX = re.compile(r"^(?:E  |\[rank\d+\]:) ", re.MULTILINE)
# <a> in a pattern is a shape as one of the libraries writes it: (3,2), [3, 2], torch.Size([3, 2]), 3x2.
SHAPE = r"(?:torch\.Size\()?(?P<{}>[(\[][\dNone?][\dNone, ?]*[)\]]|\d+x\d+)\)?"
SIZE = re.compile(r"\d+|None|\?")


class Explained(NamedTuple):
    """A message of a library: what it says in plain words, and its likely causes, the most likely first."""

    library: str
    message: str
    said: str
    causes: tuple[Cause, ...]


class Known(NamedTuple):
    """A message: an example as its library writes it, the pattern of all such, and what explains the shapes in it."""

    library: str
    example: str
    pattern: str
    explain: Callable[..., Told]

    def explained(self, message: str) -> Explained | None:
        """Return what this message means, or None if it is another one."""
        found = re.search(
            re.sub("(?<!P)<([ab])>", lambda name: SHAPE.format(name[1]), self.pattern), message, re.DOTALL
        )
        if not found:
            return None
        shapes = {name: _shape(written) for name, written in found.groupdict().items() if written}
        line = next(line for line in message[found.start() :].splitlines() if line)
        return Explained(self.library, line.strip(), *self.explain(**shapes))


def explained(text: str) -> Explained | None:
    """Return what the last known error of a text means, or None if there is none.

    >>> explained("ValueError: shapes (2,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)").said
    '(2, 3) @ (2,): the 3 columns of the first meet the 2 entries of the second. They must be as many.'
    """
    return next((found for message in messages(text) for known in KNOWN if (found := known.explained(message))), None)


def last_error(text: str) -> str:
    """Return a text from its last error on; from its first warning, if there is no error; else all of it."""
    return messages(text)[0]


def messages(text: str) -> list[str]:
    """Return the errors of a text, the last one first; its warnings, if there is no error; else all of it."""
    text = PREFIX.sub("", STYLE.sub("", text).replace("\N{NO-BREAK SPACE}", " "))
    begins = [*BEGINS.finditer(text)]
    errors = [begin for begin in begins if begin["kind"] != "Warning"]
    ends = [begin.start() for begin in (errors or begins)[1:]]
    parts = [text[begin.start() : end].strip() for begin, end in zip(errors or begins, [*ends, len(text)])]
    return (parts[::-1] if errors else parts) or [text.strip()]


def nearest(text: str) -> list[str]:
    """Return the known messages that are most like this one."""
    [line, *_] = last_error(text).splitlines() or [""]
    # That both are a ValueError does not make two messages alike.
    examples = {KIND.sub("", known.example): known.example for known in KNOWN}
    return [examples[near] for near in difflib.get_close_matches(KIND.sub("", line), examples, cutoff=0.5)]


def own_causes(text: str) -> list[tuple[str, str]]:
    """Return the likely causes that a message of this library names, each with the address of its page."""
    return re.findall(rf"(?:Likely cause: (.+)\s+)?See ({re.escape(BOOK)}\S+)", last_error(text))


def _shape(written: str) -> Shape:
    """Return a shape; 0 stands for a size that the message does not know."""
    return tuple(int(size) if size.isdecimal() else 0 for size in SIZE.findall(written))


RANGE = "Code counts from 0, so the last index is one less than the size."
ENTRIES = "A reshape keeps all entries, so the sizes of both shapes must have the same product."
ALIKE = "The arrays of a product must have the same type."
TRACED = "grad and jit run the function with an array that has a shape and no numbers yet."
CLASSES = "The loss takes the number of a class for each example: a vector (m,) of whole numbers."

KNOWN = [
    # ---- Products
    Known(
        "NumPy",
        "ValueError: shapes (3,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)",
        "shapes <a> and <b> not aligned",
        causes.product(data_first=False),
    ),
    Known(
        "NumPy",
        "ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, "
        "with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)",
        r"matmul: Input operand 1 has a mismatch in its core dimension 0(?:.*\(size (?P<b>\d+) is different from (?P<a>\d+)\))?",
        causes.sizes_of_product,
    ),
    Known(
        "PyTorch",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (5x2 and 3x2)",
        r"mat1 and mat2 shapes cannot be multiplied \(<a> and <b>\)",
        causes.product(data_first=True),
    ),
    Known(
        "PyTorch",
        "RuntimeError: size mismatch, got input (3), mat (3x2), vec (3)",
        r"size mismatch, got input .*mat \(<a>\), vec <b>",
        causes.product(data_first=False),
    ),
    Known(
        "JAX",
        "TypeError: dot_general requires contracting dimensions to have the same shape, got (3,) and (2,).",
        "dot_general requires contracting dimensions to have the same shape, got <a> and <b>",
        causes.sizes_of_product,
    ),
    Known(
        "TensorFlow",
        "Matrix size-incompatible: In[0]: [5,2], In[1]: [3,2] [Op:MatMul]",
        r"Matrix size-incompatible: In\[0\]: <a>, In\[1\]: <b>",
        causes.product(data_first=True),
    ),
    Known(
        "TensorFlow",
        "ValueError: Dimensions must be equal, but are 2 and 3 for '{{node matmul}} = MatMul[T=DT_FLOAT, grad_a=false, grad_b=false, "
        "transpose_a=false, transpose_b=false](x, W)' with input shapes: [5,2], [3,2].",
        r"Dimensions must be equal, but are .* = (?:Batch)?MatMul.* with input shapes: <a>, <b>",
        causes.product(data_first=True),
    ),
    Known(
        "Keras",
        "expected axis -1 of input shape to have value 2, but received input with shape (2, 5)",
        r"expected axis -1 of input shape to have value (?P<a>\d+), but received input with shape <b>",
        causes.inputs,
    ),
    Known(
        "Keras",
        "incompatible with the layer: expected shape=(None, 2), found shape=(None, 3)",
        "incompatible with the layer: expected shape=<a>, found shape=<b>",
        causes.inputs,
    ),
    # ---- +, - and *
    Known(
        "NumPy",
        "ValueError: operands could not be broadcast together with shapes (3,) (3,5) (3,)",
        r"operands could not be broadcast together with shapes <a> <b> (?P=a)",
        causes.in_place,
    ),
    Known(
        "NumPy",
        "ValueError: operands could not be broadcast together with shapes (3,) (3,5)",
        r"operands could not be broadcast together with shapes <a> <b>(?! (?P=a))",
        causes.elementwise,
    ),
    Known(
        "NumPy",
        "ValueError: non-broadcastable output operand with shape (3,1) doesn't match the broadcast shape (3,5)",
        "non-broadcastable output operand with shape <a> doesn't match the broadcast shape <b>",
        causes.in_place,
    ),
    Known(
        "PyTorch",
        "RuntimeError: The size of tensor a (3) must match the size of tensor b (5) at non-singleton dimension 1",
        r"The size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\) at non-singleton dimension (?P<axis>\d+)",
        causes.sizes_of_elementwise,
    ),
    Known(
        "PyTorch",
        "RuntimeError: output with shape [3, 1] doesn't match the broadcast shape [3, 5]",
        "output with shape <a> doesn't match the broadcast shape <b>",
        causes.in_place,
    ),
    Known(
        "JAX",
        "ValueError: Incompatible shapes for broadcasting: shapes=[(3,), (3, 5)]",
        r"Incompatible shapes for broadcasting: shapes=\[<a>, <b>\]",
        causes.elementwise,
    ),
    Known(
        "JAX",
        "TypeError: sub got incompatible shapes for broadcasting: (3, 2), (2, 3).",
        "got incompatible shapes for broadcasting: <a>, <b>",
        causes.elementwise,
    ),
    Known(
        "TensorFlow",
        "Incompatible shapes: [3] vs. [3,5] [Op:Mul]",
        r"Incompatible shapes: <a> vs\. <b>",
        causes.elementwise,
    ),
    Known(
        "TensorFlow",
        "ValueError: Dimensions must be equal, but are 4 and 3 for '{{node sub}} = Sub[T=DT_FLOAT](a, y)' with input shapes: [5,4], [5,3].",
        r"Dimensions must be equal, but are (?!.* = (?:Batch)?MatMul).* with input shapes: <a>, <b>",
        causes.elementwise,
    ),
    Known(
        "TensorFlow",
        "Cannot update variable with shape [3,1] using a Tensor with shape [3,5], shapes must be equal.",
        "Cannot update variable with shape <a> using a Tensor with shape <b>",
        causes.in_place,
    ),
    # ---- Arrays that are assigned, loaded or summed
    Known(
        "NumPy",
        "ValueError: could not broadcast input array from shape (2,3) into shape (3,2)",
        "could not broadcast input array from shape <a> into shape <b>",
        causes.assigned,
    ),
    Known(
        "PyTorch",
        "RuntimeError: The expanded size of the tensor (1) must match the existing size (3) at non-singleton dimension 1."
        "  Target sizes: [3, 1].  Tensor sizes: [3]",
        r"The expanded size of the tensor .* Target sizes: <b>\.  Tensor sizes: <a>",
        causes.assigned,
    ),
    Known(
        "PyTorch",
        "size mismatch for weight: copying a param with shape torch.Size([2, 3]) from checkpoint, "
        "the shape in current model is torch.Size([3, 2]).",
        r"size mismatch for [\w.]+: copying a param with shape <b> from checkpoint, the shape in current model is <a>",
        causes.loaded,
    ),
    Known(
        "Keras",
        "weight shape (2, 3) is not compatible with provided weight shape (3, 2).",
        "weight shape <a> is not compatible with provided weight shape <b>",
        causes.loaded,
    ),
    Known(
        "NumPy",
        "numpy.exceptions.AxisError: axis 1 is out of bounds for array of dimension 1",
        "axis 1 is out of bounds for array of dimension 1",
        always("The array has one axis, and axis=1 is the second one.", causes.NO_AXIS),
    ),
    Known(
        "NumPy",
        "ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions. "
        "The detected shape was (2,) + inhomogeneous part.",
        "inhomogeneous shape",
        always("A list of arrays should become one array, and their shapes differ.", causes.LISTS),
    ),
    Known(
        "NumPy",
        "ValueError: setting an array element with a sequence.",
        r"setting an array element with a sequence\.(?! The requested)",
        always(
            "The place on the left of the = holds one number, and an array or a list is on its right.", causes.ASSIGNED
        ),
    ),
    Known(
        "NumPy",
        "TypeError: only 0-dimensional arrays can be converted to Python scalars",
        r"only (?:0-dimensional|size-1|length-1) arrays can be converted",
        always("One number is needed, and an array with several is there.", causes.ONE_NUMBER),
    ),
    # ---- Lists, conditions and shapes of layers
    Known(
        "NumPy",
        "ValueError: The truth value of an array with more than one element is ambiguous.",
        "The truth value of an array with more than one element is ambiguous",
        always("Some entries of the array are true and others may be false, so the array is neither.", causes.TRUTH),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Boolean value of Tensor with more than one value is ambiguous",
        "Boolean value of Tensor with more than one value is ambiguous",
        always("Some entries of the tensor are true and others may be false, so the tensor is neither.", causes.TRUTH),
    ),
    Known(
        "NumPy",
        "IndexError: list index out of range",
        "list index out of range",
        always(RANGE.replace("size", "length of the list"), causes.LIST_INDEX),
    ),
    Known(
        "NumPy",
        "TypeError: can't multiply sequence by non-int of type 'float'",
        "can't multiply sequence by non-int of type",
        always("A list is multiplied by a number, and a list has no product with a float.", causes.LISTS),
    ),
    Known(
        "NumPy",
        "ValueError: all the input arrays must have same number of dimensions",
        "all the input arrays must have same number of dimensions",
        always("Arrays with different numbers of axes should be joined.", causes.COLUMN, causes.EXAMPLE),
    ),
    Known(
        "NumPy",
        "ValueError: cannot reshape array of size 43264 into shape (32,1568)",
        "cannot reshape array of size",
        always(ENTRIES, causes.RESHAPE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: shape '[32, 1568]' is invalid for input of size 43264",
        r"shape '\[[\d, -]+\]' is invalid for input of size",
        always(ENTRIES, causes.RESHAPE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: view size is not compatible with input tensor's size and stride",
        "view size is not compatible with input tensor's size and stride",
        always("view needs the entries in the order in which they are stored.", causes.CONTIGUOUS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Given groups=1, weight of size [8, 3, 3, 3], expected input[16, 28, 28, 3] to have 3 channels, but got 28 channels instead",
        r"expected input\[[\d, ]+\] to have \d+ channels, but got \d+ channels instead",
        always("The layer looks for the channels on axis 1 of a batch, before height and width.", causes.CHANNELS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Expected size for first two dimensions of batch2 tensor to be: [2, 8] but got: [2, 5].",
        r"Expected size for first two dimensions of batch2 tensor to be: <a> but got: <b>",
        causes.batches,
    ),
    Known(
        "PyTorch",
        "RuntimeError: input.size(-1) must be equal to input_size. Expected 4, got 2",
        r"input\.size\(-1\) must be equal to input_size",
        always("The last axis of the data must be as long as the layer has inputs.", causes.FEATURES, causes.INPUTS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Given normalized_shape=[8], expected input with shape [*, 8], but got input of size[8, 32]",
        r"Given normalized_shape=\[[\d, ]+\], expected input with shape",
        always("The last axis of the data must be as long as the layer was made for.", causes.LAYOUT, causes.INPUTS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: running_mean should contain 32 elements not 8",
        r"running_mean should contain \d+ elements not \d+",
        always("Axis 1 of the data must be as long as the layer was made for.", causes.LAYOUT, causes.INPUTS),
    ),
    Known(
        "PyTorch",
        "IndexError: index out of range in self",
        "index out of range in self",
        always("An embedding has no row with this index.", causes.TOKENS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.FloatTensor instead",
        "Expected tensor for argument #1 'indices' to have one of the following scalar types",
        always("An index is a whole number.", causes.FLOAT_TOKENS),
    ),
    Known(
        "PyTorch",
        "TypeError: linear(): argument 'input' (position 1) must be Tensor, not numpy.ndarray",
        r"argument '\w+' \(position \d+\) must be Tensor, not (?:numpy\.ndarray|list)",
        always("PyTorch computes with tensors only.", causes.NOT_TENSOR),
    ),
    Known(
        "Keras",
        "is incompatible with the layer: expected min_ndim=4, found ndim=3. Full shape received: (20, 28, 28)",
        r"is incompatible with the layer: expected (?:min_)?ndim=\d+, found ndim=\d+",
        always("The layer needs another number of axes than the data has.", causes.MISSING_AXIS),
    ),
    Known(
        "Keras",
        "ValueError: Inputs have incompatible shapes. Received shapes (16,) and (32,)",
        r"Inputs have incompatible shapes\. Received shapes <a> and <b>",
        causes.added,
    ),
    # ---- Targets and labels
    Known(
        "PyTorch",
        "RuntimeError: Expected target size [8, 50], got [8, 12]",
        r"Expected target size \[[\d, ]+\], got \[[\d, ]+\]",
        always("The loss takes axis 1 of the outputs for the classes.", causes.LOSS_AXIS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Found dtype Long but expected Float",
        "Found dtype Long but expected Float",
        always("The target must have the type of the output.", causes.FLOAT_TARGETS),
    ),
    Known(
        "PyTorch",
        "UserWarning: Using a target size (torch.Size([5])) that is different to the input size (torch.Size([5, 1])).",
        r"Using a target size \(<a>\) that is different to the input size \(<b>\)\.",
        causes.broadcast_targets,
    ),
    Known(
        "PyTorch",
        "ValueError: Using a target size (torch.Size([5])) that is different to the input size (torch.Size([5, 1])) is deprecated.",
        r"Using a target size \(<a>\) that is different to the input size \(<b>\) is deprecated",
        causes.targets,
    ),
    Known(
        "PyTorch",
        "ValueError: Target size (torch.Size([5])) must be the same as input size (torch.Size([5, 1]))",
        r"Target size \(<a>\) must be the same as input size \(<b>\)",
        causes.targets,
    ),
    Known(
        "PyTorch",
        "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
        "1D target tensor expected, multi-target not supported",
        always(CLASSES, causes.NEEDS_LABELS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: expected target dtype to be Long or Byte, but got Float",
        "expected target dtype to be Long|expected scalar type Long but found",
        always(CLASSES, causes.NEEDS_LABELS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Expected floating point type for target with class probabilities, got Long",
        "Expected floating point type for target with class probabilities",
        always("One-hot targets are floats, and labels are whole numbers.", causes.NEEDS_LABELS),
    ),
    Known(
        "PyTorch",
        "IndexError: Target 4 is out of bounds.",
        r"Target \d+ is out of bounds",
        always(RANGE, causes.LABEL_RANGE),
    ),
    Known(
        "PyTorch",
        "ValueError: Expected input batch_size (5) to match target batch_size (3).",
        r"Expected input batch_size \(\d+\) to match target batch_size \(\d+\)",
        always("The loss needs one target for each example.", causes.COUNT, causes.LAYOUT),
    ),
    Known(
        "Keras",
        "ValueError: Arguments `target` and `output` must have the same shape. Received: target.shape=(5,), output.shape=(5, 10)",
        r"Arguments `target` and `output` must have the same (?:shape\.|rank).* target\.shape=<a>, output\.shape=<b>",
        causes.targets,
    ),
    Known(
        "Keras",
        "ValueError: Arguments `target` and `output` must have the same shape up until the last dimension: "
        "target.shape=(5, 10), output.shape=(5, 10)",
        r"(?:Arguments `target` and `output` )?must have the same shape up until the last dimension: target\.shape=<a>, output\.shape=<b>"
        r"|must have rank \(ndim\) `target\.ndim - 1`",
        causes.class_labels,
    ),
    Known(
        "Keras",
        "ValueError: Shapes (None, 1) and (None, 10) are incompatible",
        "Shapes <a> and <b> are incompatible",
        causes.targets,
    ),
    Known(
        "Keras",
        "ValueError: Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.'x' sizes: 5",
        "Data cardinality is ambiguous",
        always(
            "The first axis of inputs and targets counts the examples, and the two sizes differ.",
            causes.LAYOUT,
            causes.COUNT,
        ),
    ),
    Known(
        "TensorFlow",
        "logits and labels must be broadcastable: logits_size=[5,4] labels_size=[1,5]",
        "logits and labels must be broadcastable: logits_size=<a> labels_size=<b>",
        causes.outputs,
    ),
    Known(
        "TensorFlow",
        "ValueError: `logits` and `labels` must have the same shape, received ((5, 1) vs (5,)).",
        r"`logits` and `labels` must have the same shape, received \(<a> vs <b>\)",
        causes.outputs,
    ),
    Known(
        "TensorFlow",
        "logits and labels must have the same first dimension, got logits shape [5,10] and labels shape [50]",
        r"logits and labels must have the same first dimension|`labels\.shape\.rank` must equal",
        always(CLASSES, causes.NEEDS_LABELS),
    ),
    Known(
        "TensorFlow",
        "Received a label value of 4 which is outside the valid range of [0, 4).",
        r"Received a label value of -?\d+ which is outside the valid range",
        always(RANGE, causes.LABEL_RANGE),
    ),
    Known(
        "NumPy",
        "IndexError: index 10 is out of bounds for axis 1 with size 10",
        r"index \d+ is out of bounds for (?:axis|dimension) \d+ with size \d+",
        always(RANGE, causes.LABEL_RANGE),
    ),
    Known(
        "NumPy",
        "IndexError: arrays used as indices must be of integer (or boolean) type",
        "arrays used as indices must be of integer",
        always("An index is a whole number, and the labels are floats.", causes.FLOAT_LABELS),
    ),
    # ---- Numbers and their types
    Known(
        "NumPy",
        "RuntimeWarning: overflow encountered in exp",
        "overflow encountered in",
        always("The result is larger than the largest float, so it is infinite.", causes.OVERFLOW),
    ),
    Known(
        "NumPy",
        "RuntimeWarning: divide by zero encountered in log",
        "divide by zero encountered in log",
        always("The logarithm of 0 is minus infinity.", causes.LOG_OF_0),
    ),
    Known(
        "NumPy",
        "RuntimeWarning: invalid value encountered in divide",
        "invalid value encountered in|divide by zero encountered in (?!log)",
        always("The operation has no finite value.", causes.INVALID),
    ),
    Known(
        "NumPy",
        "Cannot cast ufunc 'subtract' output from dtype('float64') to dtype('int64') with casting rule 'same_kind'",
        r"Cannot cast ufunc '\w+' output from dtype\('float\d+'\) to dtype\('u?int\d+'\)",
        always("An array of whole numbers cannot take fractions in place.", causes.WHOLE_NUMBERS),
    ),
    Known(
        "JAX",
        "TypeError: grad requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got int32.",
        "requires real- or complex-valued inputs",
        always("A whole number has no derivative.", causes.WHOLE_NUMBERS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float",
        "must have the same dtype, but got|expected m(?:at)?1 and m(?:at)?2 to have the same dtype",
        always(ALIKE, causes.DTYPE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: expected scalar type Float but found Double",
        "expected scalar type (?!Long)|expected both vectors to have same dtype",
        always(ALIKE, causes.DTYPE),
    ),
    Known(
        "TensorFlow",
        "cannot compute _MklMatMul as input #1(zero-based) was expected to be a float tensor but is a double tensor",
        "was expected to be a (?:float|double) tensor but is a (?:float|double) tensor",
        always(ALIKE, causes.DTYPE),
    ),
    # ---- Automatic differentiation
    Known(
        "PyTorch",
        "RuntimeError: grad can be implicitly created only for scalar outputs",
        "grad can be implicitly created only for scalar outputs",
        always("backward without an argument starts at one number.", causes.SCALAR),
    ),
    Known(
        "JAX",
        "TypeError: Gradient only defined for scalar-output functions. Output had shape: (3,).",
        "Gradient only defined for scalar-output functions",
        always("jax.grad differentiates a function that returns one number.", causes.SCALAR),
    ),
    Known(
        "JAX",
        "ValueError: unexpected JAX type (e.g. shape/dtype) for argument to VJP function: got float32[2], but expected float32[3]",
        "for argument to VJP function",
        always("The derivative that goes in must have the shape of the output.", causes.VJP),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Trying to backward through the graph a second time",
        "Trying to backward through the graph a second time",
        always("The values of a forward pass serve for one backward pass.", causes.TWICE),
    ),
    Known(
        "TensorFlow",
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)",
        "A non-persistent GradientTape can only be used to compute one set of gradients",
        always("The values of a forward pass serve for one backward pass.", causes.TWICE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation",
        "one of the variables needed for gradient computation has been modified by an inplace operation",
        always("backward needs the values of the forward pass as they were.", causes.IN_PLACE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
        "a leaf Variable that requires grad is being used in an in-place operation",
        always("A weight whose operations are recorded was changed in place.", causes.NO_GRAD),
    ),
    Known(
        "JAX",
        "TypeError: JAX arrays are immutable and do not support in-place item assignment.",
        "JAX arrays are immutable",
        always("An entry of the array was assigned.", causes.IMMUTABLE),
    ),
    Known(
        "TensorFlow",
        "TypeError: 'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment",
        "EagerTensor' object does not support item assignment",
        always("An entry of the tensor was assigned.", causes.IMMUTABLE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn",
        "element 0 of tensors does not require grad",
        always("backward starts at a result of recorded operations, and this tensor is none.", causes.NOT_RECORDED),
    ),
    Known(
        "PyTorch",
        "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'",
        r"unsupported operand type\(s\) for \S+: '[\w.]+' and 'NoneType'",
        always("A number is multiplied by None, or None is subtracted.", causes.NONE),
    ),
    Known(
        "PyTorch",
        "AttributeError: 'NoneType' object has no attribute 'zero_'",
        "'NoneType' object has no attribute '(?:zero_|data|detach|norm|clone)'",
        always("The gradient of this tensor is None.", causes.NONE),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        r"Can't call numpy\(\) on Tensor that requires grad",
        always("An array of NumPy cannot hold PyTorch's record.", causes.DETACH),
    ),
    Known(
        "JAX",
        "jax.errors.ConcretizationTypeError: Abstract tracer value encountered where concrete value is expected",
        "Abstract tracer value encountered where concrete value is expected",
        always(TRACED, causes.TRACED),
    ),
    Known(
        "JAX",
        "jax.errors.TracerArrayConversionError: The numpy.ndarray conversion method __array__() was called on traced array",
        r"The numpy\.ndarray conversion method __array__\(\) was called on traced array",
        always(TRACED, causes.TRACED),
    ),
    Known(
        "JAX",
        "jax.errors.TracerBoolConversionError: Attempted boolean conversion of traced array",
        "Attempted boolean conversion of traced array",
        always(TRACED, causes.TRACED),
    ),
]
