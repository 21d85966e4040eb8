"""What the optimizers share: parameters with their gradients and a state, checked, as arrays, and put together again."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ._address import BOOK
from ._arrays import Array
from ._structures import MISSING, READ, Build, Path, Structure, called, is_array, real_array, restored
from .shapes import ShapeError

PAGE = f"\n  See {BOOK}learn/optimizers/"


class Update:
    """One step of an optimizer: the parameters and their gradients as arrays, all that was given checked."""

    def __init__(self, function: str, parameters: Any, gradients: Any) -> None:
        self.function, self.given = function, parameters
        with _said_by(function):
            self.whole = Parts(parameters, gradients, "gradients")
            totals = self.whole.gradients
        self.names = [leaf.name for leaf in self.whole.leaves]
        self.parameters = [leaf.values for leaf in self.whole.leaves]
        self.gradients = [gradient.astype(theta.dtype, copy=False) for theta, gradient in zip(self.parameters, totals)]
        if not self.names:
            raise ShapeError(f"{function}: no parameter has a gradient, so no parameter would change.{PAGE}")
        for name, theta, gradient in zip(self.names, self.parameters, self.gradients):
            self._fits(name, theta, gradient)
            self._is_finite(name, gradient)

    def moments(self, what: str, given: Any) -> list[Array]:
        """Return the arrays of a state that belongs to these parameters: zeros before the first step."""
        if given is None:
            return [np.zeros_like(theta) for theta in self.parameters]
        anew = f"Give the one that the last step returned, or None to start.{PAGE}"
        try:
            with _said_by(self.function):
                leaves = Parts(self.given, given, what).leaves
                found = [real_array(f"{what} of {leaf.name}", leaf.gradients[0]) for leaf in leaves]
        except (ShapeError, TypeError) as error:
            says = str(error).partition("\n")[0].removeprefix(f"{self.function}: ")
            raise type(error)(
                f"{self.function}: {what} does not belong to these parameters: {says}\n  {anew}"
            ) from None
        if (names := [leaf.name for leaf in leaves]) != self.names:
            raise ShapeError(
                f"{self.function}: {what} is for {_listed(names)}, and the gradients are for {_listed(self.names)}.\n"
                f"  Likely cause: a gradient was None in one step and not in the other. Give zeros instead of None, "
                f"or keep a state for each group of parameters.{PAGE}"
            )
        for name, theta, moment in zip(self.names, self.parameters, found):
            if moment.shape != theta.shape:
                raise ShapeError(
                    f"{self.function}: {what} has the shape {moment.shape} for {name}, which has {theta.shape}.\n"
                    f"  Likely cause: it is the state of other parameters. {anew}"
                )
        return [moment.astype(theta.dtype, copy=False) for theta, moment in zip(self.parameters, found)]

    def squares(self, what: str, given: Any) -> list[Array]:
        """Return the arrays of a state that holds means of squares."""
        found = self.moments(what, given)
        if negative := [name for name, mean in zip(self.names, found) if np.any(mean < 0)]:
            raise ValueError(
                f"{self.function}: {what} has a negative number for {negative[0]}, and it is a mean of squares.\n"
                f"  Likely cause: m and v are swapped.{PAGE}"
            )
        return found

    def holds(self, name: str, value: float) -> None:
        """Raise a ValueError if a number that must not be 0 is 0 in the dtype of a parameter."""
        for theta, parameter in zip(self.parameters, self.names):
            if theta.dtype.type(value) == 0:
                raise ValueError(
                    f"{self.function}: {name} is {value:g}, which is 0 in {theta.dtype}, the dtype of {parameter}. "
                    f"Keep the parameters in float32, or give a larger {name}.{PAGE}"
                )

    def parameters_of(self, arrays: Sequence[Array]) -> Any:
        """Return the parameters as they were given, with these arrays in their places."""
        return self._built(arrays, is_state=False)

    def state_of(self, arrays: Sequence[Array]) -> Any:
        """Return the structure of the parameters with these arrays, and None for what has no gradient."""
        return self._built(arrays, is_state=True)

    def _built(self, arrays: Sequence[Array], is_state: bool) -> Any:
        self.whole.is_state = is_state
        return self.whole.build([_like(array, leaf.given) for array, leaf in zip(arrays, self.whole.leaves)])

    def _fits(self, name: str, theta: Array, gradient: Array) -> None:
        has, needs = gradient.shape, theta.shape
        if has == needs:
            return
        cause, page = f"it is the gradient of another parameter, not of {name}", "look-up/wrong-shape/"
        if has == needs[::-1] and len(needs) == 2:
            cause, page = (
                "the gradient is transposed. Write gradient.T",
                "look-up/mistakes/outer-product-transposed/",
            )
        elif has == ():
            cause, page = "a sum without an axis made one number of it", "look-up/mistakes/sum-without-axis/"
        elif math.prod(has) == math.prod(needs) and 1 in (*has, *needs):
            cause, page = (
                f"one of the two has an axis of length 1 too many. Write gradient.reshape({needs})",
                "look-up/errors/column-beside-vector/",
            )
        elif len(has) == len(needs) + 1 and needs in (has[1:], has[:-1]):
            cause, page = "it is not summed over the examples", "look-up/errors/bias-not-summed/"
        raise ShapeError(
            f"{self.function}: the gradient of {name} does not have the shape of {name}\n"
            f"  the gradient has {has}, needs {needs}\n  Likely cause: {cause}.\n    See {BOOK}{page}"
        )

    def _is_finite(self, name: str, gradient: Array) -> None:
        bad = ~np.isfinite(gradient)
        if bad.any():
            entry = [int(axis) for axis in np.argwhere(bad)[0]]
            raise ValueError(
                f"{self.function}: the gradient of {name} has {gradient[tuple(entry)]} at {entry}, and a step with it could not be undone.\n"
                f"  Likely cause: the learning rate is too large. The parameters that you gave are unchanged.\n"
                f"    See {BOOK}look-up/loss-nan/"
            )


class Parts(Structure):
    """A structure that keeps each array of its own library, and an array in two places the same array in both."""

    def __init__(self, parameters: Any, gradients: Any, what: str) -> None:
        self.is_state = False  # a state has None where the parameters have something without a gradient
        self._without: dict[int, str] = {}
        super().__init__(parameters, gradients, what)
        if torn := [name for number, name in self._without.items() if number in self._numbers]:
            raise ShapeError(
                f"check_gradients: {torn[0]} is an array that is in two places, and {what} has None for the first. "
                f"Give the sum of both gradients there, and None in the second place.{READ}"
            )

    def _walk(self, value: Any, gradient: Any, path: Path) -> Build:
        build = super()._walk(value, gradient, path)
        if gradient is not None and gradient is not MISSING:
            return build
        return lambda arrays: None if self.is_state else build(arrays)

    def _leaf(self, value: Any, gradient: Any, path: Path) -> Build:
        constants = len(self.constants)
        build = super()._leaf(value, gradient, path)
        if len(self.constants) > constants:
            if is_array(value):
                self._without[id(value)] = called(path)
            return build
        number = self._numbers.get(id(value), len(self.leaves) - 1)
        return lambda arrays: arrays[number]


def above_zero(function: str, **options: Any) -> list[float]:
    """Return each option as Python's float; raise a teaching error unless it is one finite number above 0."""
    why = {
        "learning_rate": "a step subtracts the gradient already, so the sign is right; 0 would change nothing",
        "epsilon": "a parameter whose gradients were all 0 would divide by 0",
    }
    found = [_number(function, name, value) for name, value in options.items()]
    for name, value in zip(options, found):
        if not 0 < value < math.inf:
            raise ValueError(f"{function}: {name} is {value:g}; it must be above 0: {why[name]}{PAGE}")
    return found


def below_one(function: str, **options: Any) -> list[float]:
    """Return each option as Python's float; raise a teaching error unless it is at least 0 and below 1."""
    found = [_number(function, name, value) for name, value in options.items()]
    for name, value in zip(options, found):
        if not 0 <= value < 1:
            raise ValueError(
                f"{function}: {name} is {value:g}; it must be at least 0 and below 1: with 1 no gradient would ever fade.{PAGE}"
            )
    return found


def at_least_zero(function: str, **options: Any) -> list[float]:
    """Return each option as Python's float; raise a teaching error unless it is a finite number of 0 or more."""
    found = [_number(function, name, value) for name, value in options.items()]
    for name, value in zip(options, found):
        if not 0 <= value < math.inf:
            raise ValueError(
                f"{function}: {name} is {value:g}; it must be 0 or more: below 0 weights would grow.{PAGE}"
            )
    return found


def _number(function: str, name: str, value: Any) -> float:
    """Return one number as Python's float, which widens no float32."""
    try:
        if np.ndim(value) == 0 and not isinstance(value, str):
            return float(value)
    except TypeError:
        pass
    raise TypeError(f"{function}: {name} is {value!r}; it must be one number{PAGE}")


def _like(array: Array, given: Any) -> Any:
    if isinstance(given, (int, float)) and not isinstance(given, np.generic):
        return float(array)
    return restored(np.asarray(array), given)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


@contextlib.contextmanager
def _said_by(function: str) -> Iterator[None]:
    """Let a structure, which speaks for `check_gradients`, speak for another function."""
    try:
        yield
    except (ShapeError, TypeError) as error:
        says = str(error).replace("check_gradients", function, 1)
        raise type(error)(says.replace("is not to be checked", "is to stay as it is")) from None


def counted(function: str, state: Any, kind: type) -> tuple[int, Any, Any]:
    """Return the number of steps and the two means of a state: no steps and None for each before the first step."""
    if state is None:
        return 0, None, None
    if not isinstance(state, kind):
        raise TypeError(
            f"{function}: the state is a {type(state).__name__}, not the {kind.__name__} that the last step returned. "
            f"Write parameters, state = {function}(parameters, gradients, state), with state = None at the start.{PAGE}"
        )
    t, m, v = state.t, state.m, state.v  # type: ignore[attr-defined]
    if isinstance(t, bool) or not isinstance(t, (int, np.integer)) or t < 0 or m is None or v is None:
        raise ValueError(
            f"{function}: state.t is {t!r}; it is the number of steps taken, beside the arrays of m and v. "
            f"Give None to start.{PAGE}"
        )
    return int(t), m, v
