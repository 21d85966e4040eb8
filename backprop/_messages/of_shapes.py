"""The messages of NumPy, PyTorch, JAX, TensorFlow and Keras about the shapes of arrays, their indices and labels."""

from __future__ import annotations

from . import causes
from .causes import always
from .known import Known

RANGE = "Code counts from 0, so the last index is one less than the size."
JOINED = "Arrays that are joined may differ only on the axis on which they are joined."
ENTRIES = "A reshape keeps all entries, so the sizes of both shapes must have the same product."
CLASSES = "The loss takes the number of a class for each example: a vector (m,) of whole numbers."

ABOUT_SHAPES = [
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
        "IndexError: too many indices for array: array is 1-dimensional, but 2 were indexed",
        "too many indices for array: array is 1-dimensional, but 2 were indexed",
        always("The array has one axis, and two indices need two.", causes.NO_AXIS),
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
        "ValueError: all the input array dimensions except for the concatenation axis must match exactly",
        "all the input array dimensions except for the concatenation axis must match exactly",
        always(JOINED, causes.COUNT, causes.LAYOUT),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Sizes of tensors must match except in dimension 1.",
        r"Sizes of tensors must match except in dimension \d+",
        always(JOINED, causes.COUNT, causes.LAYOUT),
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
        "JAX",
        "ValueError: conv_general_dilated lhs feature dimension size divided by feature_group_count must equal "
        "the rhs input feature dimension size, but 28 // 1 != 3.",
        "lhs feature dimension size divided by feature_group_count must equal",
        always("The images and the kernels have different numbers of channels.", causes.CHANNELS),
    ),
    Known(
        "PyTorch",
        "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]",
        r"Expected \dD \(unbatched\) or \dD \(batched\) input",
        always("The layer needs another number of axes than the data has.", causes.MISSING_AXIS),
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
        always(RANGE, causes.LABEL_RANGE, causes.EXAMPLE_INDEX),
    ),
    Known(
        "NumPy",
        "IndexError: shape mismatch: indexing arrays could not be broadcast together with shapes (10,) (3,)",
        "indexing arrays could not be broadcast together",
        always("Two lists of indices are used together, and one of them is longer.", causes.COUNT),
    ),
    Known(
        "PyTorch",
        """NotImplementedError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'""",
        """"log_softmax_lastdim_kernel_impl" not implemented for 'Long'""",
        always("The outputs of a network are floats, and the loss got whole numbers for them.", causes.SWAPPED),
    ),
    Known(
        "NumPy",
        "IndexError: arrays used as indices must be of integer (or boolean) type",
        "arrays used as indices must be of integer",
        always("An index is a whole number, and the labels are floats.", causes.FLOAT_LABELS),
    ),
]
