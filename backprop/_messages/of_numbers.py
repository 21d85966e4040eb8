"""The messages of NumPy, PyTorch, JAX and TensorFlow about numbers, their types, and automatic differentiation."""

from __future__ import annotations

from . import causes
from .causes import always
from .known import Known

ALIKE = "The arrays of a product must have the same type."
TRACED = "grad and jit run the function with an array that has a shape and no numbers yet."

ABOUT_NUMBERS = [
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
        "AttributeError: 'float' object has no attribute 'backward'",
        r"'[\w.]+' object has no attribute 'backward'",
        always("backward starts at a tensor, and this is a number or an array.", causes.NOT_RECORDED),
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
