"""Arrays of any library: which functions belong to them, and how lists and whole numbers become floats."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

# An array of NumPy, PyTorch, JAX, CuPy, Dask, ...: no static type covers them all. Lists are taken, too.
Array: TypeAlias = Any


def namespace(array: Array) -> Any:
    """Return the module of array functions that `array` belongs to."""
    if array.__class__ is np.ndarray:
        return np
    from array_api_compat import array_namespace

    return array_namespace(array)


def is_array(value: Any) -> bool:
    """Return whether `value` is an array of some library, and not a list or a number."""
    from array_api_compat import is_array_api_obj

    return bool(is_array_api_obj(value))


def transposed(array: Array) -> Array:
    """Return the transpose of a matrix, and a vector as it is: data in the other layout, without a copy."""
    return array.T if array.ndim == 2 else array


def real(z: Array) -> Array:
    """Return the real part of `z`, by which a function of a complex step makes its choices."""
    xp = namespace(z)
    return xp.real(z) if xp.isdtype(z.dtype, "complex floating") else z


def count_examples(array: Array) -> int:
    """Return the number of examples in an array that holds them as columns, and 1 for a single example."""
    m: int = array.shape[1] if array.ndim == 2 else 1
    return m


def over_examples(total: Array, m: int) -> Array:
    """Return `total` divided by the number of examples, and by 1 where there are none."""
    # 65,536 is infinite in float16, and its inverse is not 0.
    return total / max(m, 1) if m < 2**15 or m != m else total * (1 / m)


def signature(arrays: Iterable[Array]) -> Hashable:
    """Return all that a check of shapes looks at: type, dtype and shape of each array. None if one is no array."""
    try:
        return tuple([(array.__class__, array.dtype, array.shape) for array in arrays])
    except AttributeError:
        return None


class Validated(set[Hashable]):
    """The signatures of arguments that a check has accepted unchanged, so that it does not look at them again."""

    def remember(self, key: Hashable, given: Sequence[Array], arrays: Sequence[Array]) -> Sequence[Array]:
        """Remember the signature of `given` if the check changed nothing; return what the check returned."""
        if all(new is old for new, old in zip(arrays, given)):
            if len(self) >= 4096:
                self.clear()  # batches of ever new sizes: begin anew, so that those in use are learned again
            self.add(key)
        return arrays


def as_floats(function: str, names: Iterable[str], given: Sequence[Array]) -> list[Array]:
    """Return all of `given` as arrays of one library, whole numbers and lists in the dtype of the floats beside them."""
    from array_api_compat import array_namespace, device, is_array_api_obj, is_dask_namespace

    arrays: list[Any] = [
        value for value in given if is_array_api_obj(value) and not isinstance(value, (np.ndarray, np.generic))
    ]
    try:
        xp = array_namespace(*arrays) if arrays else np
    except TypeError:
        modules = ", ".join(f"{name}: {type(value).__module__}" for name, value in zip(names, given))
        raise TypeError(f"{function}: all arrays must be of one library; these are not ({modules})") from None
    converted, weak = [], []
    for name, value in zip(names, given):
        weak.append(not is_array_api_obj(value))
        if xp is np or weak[-1]:
            value = as_numbers(f"{function}: {name}", value)
        elif isinstance(value, (np.ndarray, np.generic)) and not is_dask_namespace(xp):
            of, dtype = library(xp), ""
            if of == "torch" and value.dtype.kind == "f":  # PyTorch multiplies no matrices of two dtypes
                dtype = next((f", dtype={a.dtype}" for a in arrays if xp.isdtype(a.dtype, "real floating")), "")
            raise TypeError(
                f"{function}: {name} is a NumPy array beside arrays of {of}; write {of}.asarray({name}{dtype})"
            )
        if xp is not np and weak[-1]:
            value = xp.asarray(value.tolist(), device=device(arrays[0]))
        converted.append(value)
    return _in_one_dtype(xp, converted, weak)


def as_numbers(what: str, value: Any) -> Array:
    """Return `value` as a NumPy array of numbers, or raise a TypeError that says why it is none."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{what} is a masked array; fill it first, or its mask would be lost")
    try:
        value = np.asarray(value)
    except ValueError:
        raise TypeError(f"{what} is a ragged list; its rows have different lengths") from None
    if value.dtype.kind not in "biufc":
        raise TypeError(f"{what} holds {value.dtype.name} items, not numbers")
    return value


def library(xp: Any) -> str:
    """Return the name of the library that a module of array functions belongs to."""
    return str(xp.__name__.removeprefix("array_api_compat."))


def _in_one_dtype(xp: Any, arrays: list[Array], weak: list[bool]) -> list[Array]:
    floating = [xp.isdtype(array.dtype, ("real floating", "complex floating")) for array in arrays]
    strong = [array.dtype for array, is_float, is_weak in zip(arrays, floating, weak) if is_float and not is_weak]
    dtype = xp.result_type(*strong) if strong else xp.asarray(1.0).dtype
    return [
        array
        if is_float and not (is_weak and strong and xp.isdtype(array.dtype, "real floating"))
        else xp.astype(array, dtype)
        for array, is_float, is_weak in zip(arrays, floating, weak)
    ]
