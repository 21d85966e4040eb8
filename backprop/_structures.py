"""Parameters and gradients in any structure: lists, tuples, dicts, layers and what they hold, of any array library."""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ._address import BOOK
from ._arrays import Array
from ._immutable import Immutable
from .shapes import ShapeError

Build: TypeAlias = Callable[[Sequence[Array]], Any]  # makes a part of the structure from the parameters
Path: TypeAlias = tuple[str | int, ...]  # the keys and positions that lead to a part

MISSING = type("Missing", (), {"__repr__": lambda self: "nothing"})()
READ = f"\n  See {BOOK}use/check-your-own/#structures"


class Leaf(NamedTuple):
    """A parameter: how the report calls it, what was given, its numbers, and its gradients as they were given."""

    name: str
    given: Any
    values: Array
    gradients: list[Any]


class Structure:
    """The parameters as they were given: those to check, those to leave alone, and how to make the whole again."""

    def __init__(self, parameters: Any, gradients: Any, what: str = "gradients") -> None:
        self.parameters, self.what = parameters, what
        self.leaves: list[Leaf] = []
        self.constants: list[str] = []
        self._numbers: dict[int, int] = {}  # of the arrays met before: the same array in two places is one parameter
        self.build = self._walk(parameters, gradients, ())
        self.uses_jax = any(_library(leaf.given) in ("jax", "jaxlib") for leaf in self.leaves)

    @property
    def gradients(self) -> list[Array]:
        """The gradient of each parameter; where one array is in several places, the sum of their gradients."""
        totals = []
        for leaf in self.leaves:
            arrays = [real_array(f"the gradient of {leaf.name}", gradient) for gradient in leaf.gradients]
            if len({array.shape for array in arrays}) > 1:
                shapes = " and ".join(str(array.shape) for array in arrays)
                raise ShapeError(
                    f"check_gradients: {leaf.name} is one array, and its gradients have the shapes {shapes}.{READ}"
                )
            totals.append(sum(arrays[1:], start=arrays[0]))
        return totals

    def like(self, what: str, given: Any) -> list[Array]:
        """Return the arrays of another set of gradients for the same parameters."""
        other = Structure(self.parameters, given, what)
        if len(other.leaves) != len(self.leaves):
            raise ShapeError(
                f"check_gradients: {what} has {len(other.leaves)} arrays for {len(self.leaves)} parameters.{READ}"
            )
        return other.gradients

    @contextlib.contextmanager
    def context(self) -> Iterator[None]:
        """Let JAX compute in float64 while the cost is evaluated."""
        wide = getattr(sys.modules.get("jax"), "enable_x64", None) if self.uses_jax else None
        with contextlib.nullcontext() if wide is None else wide(True):
            yield

    def _walk(self, value: Any, gradient: Any, path: Path) -> Build:
        children = _children(value, is_top=not path)
        if children is None:
            return self._leaf(value, gradient, path)
        matched = dict.fromkeys(children, MISSING)
        if gradient is not MISSING and gradient is not None:
            matched = self._matched(value, children, gradient, path)
        leaves, constants = len(self.leaves), len(self.constants)
        built = {key: self._walk(child, matched[key], (*path, key)) for key, child in children.items()}
        if path and len(self.leaves) == leaves and len(self.constants) == constants + len(children) > constants:
            self.constants[constants:] = [called(path)]  # an activation function with all its parts
        return lambda arrays: _with_children(value, {key: build(arrays) for key, build in built.items()})

    def _leaf(self, value: Any, gradient: Any, path: Path) -> Build:
        name, has_gradient = called(path), gradient is not MISSING and gradient is not None
        if isinstance(value, (str, bytes)) and isinstance(gradient, (str, bytes)) and gradient == value:
            has_gradient = False  # a name that stands beside the parameter and again beside its gradient
        number = self._numbers.get(id(value)) if is_array(value) else None
        if number is not None:
            leaf = self.leaves[number]
            if has_gradient and not any(gradient is other for other in leaf.gradients):  # the same twice is the total
                leaf.gradients.append(gradient)
            self.leaves[number] = leaf._replace(name=f"{leaf.name} = {name}")
        elif has_gradient:
            if isinstance(value, (str, bytes)) or callable(value):
                raise TypeError(
                    f"check_gradients: {self.what} has a value for {name}, and {name} is {value!r}. Give None for it.{READ}"
                )
            if isinstance(gradient, (list, tuple, Mapping)) and _holds_arrays(gradient):
                raise TypeError(
                    f"check_gradients: {name} is one array, and its part of {self.what} is a {type(gradient).__name__} of arrays; "
                    f"write one array for it.{READ}"
                )
            number = len(self.leaves)
            if is_array(value):
                self._numbers[id(value)] = number
            self.leaves.append(Leaf(name, value, real_array(name, value), [gradient]))
        else:
            if gradient is MISSING and is_array(value) and as_numpy(name, value).dtype.kind == "f":
                raise ShapeError(
                    f"check_gradients: {self.what} has no value for {name}. "
                    f"Give its gradient, or None if {name} is not to be checked.{READ}"
                )
            self.constants.append(name)
            return lambda arrays: value
        return lambda arrays: restored(arrays[number], value)

    def _matched(
        self, value: Any, children: Mapping[str | int, Any], gradient: Any, path: Path
    ) -> dict[str | int, Any]:
        """Return the part of the gradients that belongs to each part of the parameters: by name, or in order."""
        if isinstance(gradient, Iterator):
            kind = type(gradient).__name__
            raise TypeError(
                f"check_gradients: {self.what} is a {kind}, which can be read only once; write list(...).{READ}"
            )
        given: dict[str | int, Any] | None = _children(gradient, is_top=True)
        if is_array(gradient) and np.ndim(gradient):
            given = dict(enumerate(gradient))
        has_names = isinstance(value, Mapping)
        if given is None or has_names != isinstance(gradient, Mapping):
            place = (
                f"{self.what}{_suffix(path)} is a {type(gradient).__name__} and {called(path)} a {type(value).__name__}"
            )
            advice = "the gradients in a list, in the same order"
            if has_names:
                is_list = isinstance(gradient, (list, tuple))
                advice = "dict(zip(parameters, gradients))" if is_list else "a dict of gradients with the same keys"
            raise TypeError(f"check_gradients: {place}; write {advice}.{READ}")
        found = {key: name for key in children if (name := _key_of(key, given)) is not None}
        if not has_names and not found:
            found = dict(zip(children, given))
        if surplus := [key for key in given if key not in found.values()]:
            place = called((*path, surplus[0])).replace("parameters", self.what, 1)
            raise ShapeError(
                f"check_gradients: {self.what} has a value for {place}, and no parameter belongs to it. "
                f"Leave it out, or add the parameter.{READ}"
            )
        return {key: given[found[key]] if key in found else MISSING for key in children}


def called(path: Path) -> str:
    """Return what the report calls a parameter: `W1`, `encoder.W`, `parameters[0][1]`."""
    if path and isinstance(path[0], str):
        return f"{path[0]}{_suffix(path[1:])}"
    return f"parameters{_suffix(path)}"


def _suffix(path: Path) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _children(value: Any, is_top: bool) -> dict[str | int, Any] | None:
    """Return the parts of a container by their keys, and None for what is an array, a number or no container."""
    if is_array(value) or isinstance(value, (str, bytes, type)):
        return None
    if isinstance(value, Mapping):
        return {key if isinstance(key, int) else str(key): child for key, child in value.items()}
    names: Sequence[str] | None = getattr(value, "_fields", None)  # of a named tuple
    if isinstance(value, tuple) and names is not None:
        return dict(zip(names, value))
    if isinstance(value, (list, tuple)):
        return None if isinstance(value, list) and not is_top and _is_regular(value) else dict(enumerate(value))
    if isinstance(value, Iterator):
        kind = type(value).__name__
        raise TypeError(f"check_gradients: parameters is a {kind}, which can be read only once; write list(...).{READ}")
    fields = value.fields if isinstance(value, Immutable) else getattr(value, "__dataclass_fields__", ())
    return {name: getattr(value, name) for name in fields} or None


def _is_regular(value: list[Any]) -> bool:
    """Return whether a list holds numbers only, in rows of the same length."""
    try:
        return bool(value) and not _holds_arrays(value) and np.asarray(value).dtype.kind in "biufc"
    except ValueError:
        return False


def _holds_arrays(value: Any) -> bool:
    return (
        any(map(_holds_arrays, value)) if isinstance(value, (list, tuple)) else is_array(value) and np.ndim(value) > 0
    )


def _with_children(value: Any, children: dict[str | int, Any]) -> Any:
    """Return a container like `value` with other parts."""
    parts = list(children.values())
    if type(value) is dict:
        return dict(zip(value, parts))
    if isinstance(value, (list, tuple)):
        make: Any = getattr(value, "_make", tuple if isinstance(value, tuple) else list)
        return make(parts)
    if isinstance(value, Mapping):
        pairs, make = dict(zip(value, parts)), type(value)
        try:
            fresh: Any = copy.copy(value)
            fresh.update(pairs)
        except (AttributeError, TypeError):  # one that cannot be changed
            fresh = make(pairs)
        return fresh
    fresh = copy.copy(value)
    for name, part in children.items():
        object.__setattr__(fresh, str(name), part)
    return fresh


def _key_of(key: str | int, given: Mapping[str | int, Any]) -> str | int | None:
    """Return the key of a parameter's gradient: its own, or with a leading d, as `dW1` and `dC_dW1`."""
    keys = [key] if isinstance(key, int) else [key, f"d{key}", f"dC_d{key}"]
    return next((name for name in keys if name in given), None)


def is_array(value: Any) -> bool:
    """Return whether a value is an array of some library."""
    return isinstance(value, np.ndarray) or (
        hasattr(value, "__array__") and hasattr(value, "shape") and not isinstance(value, type)
    )


def _library(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def as_numpy(what: str, value: Any) -> Array:
    """Return the numbers of an array of any library, of a list or of a number."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"check_gradients: {what} is a masked array; fill it first, or its mask would be lost")
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
        return np.asarray(value.get() if _library(value) == "cupy" else value)
    except ValueError:
        raise TypeError(f"check_gradients: {what} is a ragged list; its rows have different lengths") from None
    except TypeError as error:
        raise TypeError(f"check_gradients: {what} cannot be read as an array of numbers: {error}") from None


def real_array(what: str, value: Any) -> Array:
    """Return the numbers of an array as NumPy's floats."""
    array = as_numpy(what, value)
    if array.dtype.kind not in "biuf":
        kind = (
            f"holds {array.dtype.name} items"
            if array.dtype.kind != "O" or array.ndim
            else f"is a {type(value).__name__}"
        )
        raise TypeError(f"check_gradients: {what} {kind}, not real numbers{READ}")
    return array if array.dtype.kind == "f" else array.astype(float)


def restored(array: Array, like: Any) -> Array:
    """Return a NumPy array as an array of the library that `like` belongs to; NumPy's own for a list or a number."""
    from ._arrays import namespace

    if isinstance(like, np.ndarray) or not is_array(like):
        return array
    if _library(like) == "torch":
        return sys.modules["torch"].from_numpy(array).to(like.device)
    try:
        return namespace(like).asarray(array)
    except TypeError:  # a library that the array standard does not know
        return array
