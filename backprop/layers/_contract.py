"""What all layers share: examples come first, shapes are checked, and a mistake is named before it is computed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from .._address import BOOK
from .._arrays import Array, as_floats, is_array, library, namespace
from .._axes import Shape, as_tuple, same_shape, sizes
from .._shape_hints import compared
from ..shapes import ShapeError

P = ParamSpec("P")
R = TypeVar("R")


def layer(
    formula: str, page: str, *, kept: Sequence[str] = (), **shapes: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a layer be called only with arrays whose axes are those of its equation.

    Parameters
    ----------
    formula : str
        The equation as the message of an error prints it.
    page : str
        The name of the chapter's page.
    kept : sequence of str
        The arrays that are not numbers to calculate with, such as a mask: they keep their dtype.
    **shapes : str
        The axes of each array, by its name. ``*any`` is any number of axes, the same in all arrays that have it.

    Returns
    -------
    decorator : callable
        The function that it returns has the one without its check as ``unchecked``.
    """
    floats = [name for name in shapes if name not in kept]

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        takes, call = inspect.signature(function), cast("Callable[..., R]", function)

        @functools.wraps(function)
        def checked(*arguments: P.args, **options: P.kwargs) -> R:
            try:
                given = takes.bind(*arguments, **options).arguments
            except TypeError:
                return function(*arguments, **options)  # Python says what is missing, or there twice
            given.update(zip(floats, as_floats(function.__name__, floats, [given[name] for name in floats])))
            for name in kept:
                given[name] = _beside(given[floats[0]], function.__name__, name, given[name])
            has = {name: tuple(given[name].shape) for name in shapes}
            if sizes(shapes.values(), list(has.values())) is None:
                raise ShapeError(_message(function.__name__, formula, page, shapes, has))
            return call(**given)

        checked.unchecked = function  # type: ignore[attr-defined]
        return checked

    return decorate


def _beside(array: Array, function: str, name: str, value: Any) -> Array:
    """Return an array that keeps its dtype, of the library of the array beside it."""
    xp = namespace(array)
    if not is_array(value):
        return xp.asarray(value) if xp is not np else np.asarray(value)
    if not isinstance(value, np.generic) and namespace(value) is not xp:
        raise TypeError(
            f"{function}: {name} is an array of {library(namespace(value))} beside arrays of {library(xp)}; "
            f"write {library(xp)}.asarray({name})"
        )
    return value


def fits_output(function: str, formula: str, page: str, dC_dout: Array, needed: Shape) -> None:
    """Raise a ShapeError unless the derivative with respect to the output has the shape of the output."""
    if not same_shape(tuple(dC_dout.shape), needed):
        raise ShapeError(
            f"{function}: the shape of dC_dout does not fit the others\n  {formula}\n"
            f"  dC_dout  has {as_tuple(dC_dout.shape)}, needs {as_tuple(needed)}, the shape of the output\n{see(page)}"
        )


def see(page: str) -> str:
    """Return the last line of a message: where the chapter is."""
    return f"  See {BOOK}layers/{page}/"


def whole(function: str, least: int, **options: Any) -> None:
    """Raise a teaching error unless each option is a whole number and not below `least`."""
    for name, value in options.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            axes = ", the same for both axes" if isinstance(value, (tuple, list)) else ""
            raise TypeError(f"{function}: {name} is {value!r}; it must be a whole number{axes}")
        if value < least:
            raise ValueError(f"{function}: {name} is {value}; it must be at least {least}")


def above_zero(function: str, epsilon: float) -> float:
    """Return epsilon as Python's float, which changes no dtype; raise a ValueError unless it is positive."""
    if not epsilon > 0:
        raise ValueError(
            f"{function}: epsilon is {epsilon}; it must be above 0, or inputs that are all equal divide by 0"
        )
    return float(epsilon)


def _message(function: str, formula: str, page: str, specs: Mapping[str, str], has: Mapping[str, Shape]) -> str:
    subject, lines = compared(specs, list(has.values()))
    lines = [f"{function}: {subject}", f"  {formula}", *lines]
    lines += [f"  Likely cause: {cause}. Write {fix}." for cause, fix in _likely_causes(specs, has)]
    return "\n".join([*lines, see(page)])


# What would make an array fit: how its shape changes, the cause, and what to write instead.
_UNDONE: list[tuple[str, Callable[[Shape], Shape], str]] = [
    ("is one example without the axis of the batch", lambda shape: (1, *shape), "{}[None]"),
    ("is transposed, as PyTorch stores it", lambda shape: shape[::-1] if len(shape) == 2 else (), "{}.T"),
    (
        "has its channels last, as TensorFlow and Keras keep images",
        lambda shape: (shape[0], shape[3], *shape[1:3]) if len(shape) == 4 else (),
        "np.moveaxis({}, -1, 1)",
    ),
    (
        "has the axes of Keras, with the channels last",
        lambda shape: (shape[3], shape[2], *shape[:2]) if len(shape) == 4 else (),
        "np.transpose({}, (3, 2, 0, 1))",
    ),
    (
        "has time first, as PyTorch keeps sequences unless batch_first=True",
        lambda shape: (shape[1], shape[0], *shape[2:]) if len(shape) == 3 else (),
        "np.swapaxes({}, 0, 1)",
    ),
    ("is one image without the axes of the batch and the channels", lambda shape: (1, 1, *shape), "{}[None, None]"),
    (
        "has no axis for its only channel",
        lambda shape: (shape[0], 1, *shape[1:]) if len(shape) == 3 else (),
        "{}[:, None]",
    ),
    (
        "is a batch of images, whose pixels count as examples",
        lambda shape: (shape[0] * shape[2] * shape[3], shape[1]) if len(shape) == 4 else (),
        "np.moveaxis({0}, 1, -1).reshape(-1, {0}.shape[1])",
    ),
    ("has an axis of size 1 too many", lambda shape: tuple(size for size in shape if size != 1), "{}.squeeze()"),
]


def _likely_causes(specs: Mapping[str, str], has: Mapping[str, Shape]) -> list[tuple[str, str]]:
    found = []
    for name in specs:
        for cause, undo, fix in _UNDONE:
            other = undo(has[name])
            if other and sizes(specs.values(), [*{**has, name: other}.values()]) is not None:
                found.append((f"{name} {cause}", fix.format(name)))
    return found
