"""Which entries of a gradient are wrong, what they share, and which symmetry of the right gradient they break."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._arrays import Array
from ._sentences import Finding, brief, say, times


def wrong_entries(case: Any) -> list[Finding]:
    """Return what the wrong entries of a gradient share, if others are right, each by its own size."""
    numerical, claim = case.numerical, case.claim
    right, floor = numerical.values, numerical.absolute
    off = np.abs(claim - right)
    is_right = ~numerical.seen | (off <= numerical.relative * np.abs(right) + floor)
    is_wrong, is_telling = ~is_right, is_right & numerical.seen & (np.abs(right) > floor)
    count, total = int(np.sum(is_wrong)), int(np.sum(numerical.seen))
    if not np.any(is_telling):
        return _all_should_be_zero(is_wrong, right, floor, total)
    values = {"count": count, "total": total}
    found = _same_units(case)
    if not found and case.is_whole and claim.size > max(claim.shape):
        found = _slices(case, is_wrong, is_telling)
    if np.all(claim[is_wrong] == 0):
        return [say("wrong are 0", **values), *found]
    if np.all(np.abs(right[is_wrong]) <= floor):
        return [say("should be 0", **values), *found]
    if decay := _decay(case, is_wrong):
        return [say("decay of some", factor=brief(decay), **values), *found]
    factors = claim[is_wrong] / np.where(np.abs(right[is_wrong]) > floor, right[is_wrong], np.nan)
    if count > 1 and np.ptp(factors) <= 1e-4 * abs(factors[0]):
        return [say("wrong share a factor", times=times(float(factors[0]))[0], **values), *found]
    if found := found or _box(case, is_wrong, is_telling):
        return found
    return (
        [say("entries", entry=_first(is_wrong), **values)] if count <= total / 2 else []
    )  # a few right ones by chance


def _decay(case: Any, is_wrong: Array) -> float | None:
    """Return the number k if each wrong entry is off by k times the parameter."""
    off, there = (case.claim - case.numerical.values)[is_wrong], case.parameter[is_wrong].astype(float)
    square = float(there @ there)
    k = float(off @ there) / square if off.size > 2 and square > 0 else 0.0
    return k if k != 0 and case.numerical.passes(case.claim - k * np.where(is_wrong, case.parameter, 0)) else None


def _all_should_be_zero(is_wrong: Array, right: Array, floor: float, total: int) -> list[Finding]:
    count = int(np.sum(is_wrong))
    if 0 < count < total and np.all(np.abs(right[is_wrong]) <= floor):
        return [say("should be 0", count=count, total=total)]
    return []


def _first(where: Array) -> list[int]:
    return [int(at) for at in np.argwhere(where)[0]]


def _slices(case: Any, is_wrong: Array, is_telling: Array) -> list[Finding]:
    """Return along which axis whole slices are right and whole slices are wrong."""
    for axis, length in enumerate(is_wrong.shape):
        wrong = _wrong_slices(is_wrong, is_telling, axis)
        if wrong is None:
            continue
        at_wrong, at_right = np.flatnonzero(wrong).tolist(), np.flatnonzero(~wrong).tolist()
        if len(at_right) == 1 and length > 2:
            return [say("one slice right", slice=_slice(is_wrong.ndim, axis, at_right[0]), axis=axis)]
        is_table = case.k == 0 or "emb" in case.names[case.k].lower()  # what indices may choose rows of
        repeated = [say("repeated")] if axis == 0 and is_table and case.is_only_wrong else []
        if len(at_wrong) == 1 and length > 2:
            return [say("one slice wrong", slice=_slice(is_wrong.ndim, axis, at_wrong[0]), axis=axis), *repeated]
        return [say("slices", axis=axis, right=in_short(at_right), wrong=in_short(at_wrong)), *repeated]
    return []


def _wrong_slices(is_wrong: Array, is_telling: Array, axis: int) -> Array | None:
    """Return which slices along an axis are wrong, if none holds right entries and others are right."""
    others = tuple(a for a in range(is_wrong.ndim) if a != axis)
    wrong, telling = is_wrong.any(axis=others), is_telling.any(axis=others)
    return None if np.any(wrong & telling) or not np.any(telling) else wrong


def _slice(ndim: int, axis: int, at: int) -> str:
    return f"[{', '.join(str(at) if a == axis else ':' for a in range(ndim))}]"


def in_short(numbers: Sequence[int]) -> str:
    """Return positions in words: a few of them, or ranges."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts) if len(parts) <= 6 else f"{', '.join(parts[:5])} and others ({len(numbers)} in all)"


def _box(case: Any, is_wrong: Array, is_telling: Array) -> list[Finding]:
    """Return the box that holds the wrong entries, if it holds no right ones."""
    axes = range(is_wrong.ndim)
    sides = [np.flatnonzero(is_wrong.any(axis=tuple(a for a in axes if a != axis))) for axis in axes]
    if is_wrong.size == max(is_wrong.shape) or np.any(is_telling[np.ix_(*sides)]) or np.sum(is_wrong) < 2:
        return []
    shown = []
    for side, length in zip(sides, is_wrong.shape):
        is_run = side[-1] - side[0] + 1 == len(side)
        shown.append(":" if len(side) == length else f"{side[0]}:{side[-1] + 1}" if is_run else str(side.tolist()))
    return [say("box", box=f"[{', '.join(shown)}]"), *([say("overlap")] if case.is_only_wrong else [])]


def is_wrong_at_kinks_only(numerical: Any, claim: Array) -> bool:
    """Return whether a gradient is right wherever the cost has no kink."""
    if claim.shape != numerical.values.shape or not numerical.kinks:
        return False
    smooth = claim.copy()
    for kink in numerical.kinks:
        smooth[kink.entry] = numerical.values[kink.entry]
    return bool(numerical.passes(smooth))


def dead_units(case: Any) -> list[Finding]:
    """Return the units that are off, so that their right gradients are 0 here and elsewhere, and that get an error here."""
    right, claim = case.numerical.values, case.claim
    for axis in range(claim.ndim) if case.is_whole else ():
        off, given = _is_zero(case.numerical, right, axis), ~_is_zero(case.numerical, claim, axis)
        if np.any(off & given) and any(np.array_equal(off, _is_zero(*one)) for one in _along(case, off.size)):
            return [say("dead unit", axis=axis, units=in_short(np.flatnonzero(off & given).tolist()))]
    return []


def _same_units(case: Any) -> list[Finding]:
    """Return the units that are wrong both here and in another parameter."""
    own = _units(case)
    for other in case.others_that_fail() if own else ():
        for (axis, wrong), (_, also) in itertools.product(own, _units(other)):
            if np.array_equal(wrong, also):
                name, at = other.names[other.k], np.flatnonzero(wrong).tolist()
                return [say("same units", axis=axis, units=in_short(at), name=name)]
    return []


def _along(case: Any, length: int) -> list[tuple[Any, Array, int]]:
    """Return the right gradients of other parameters, with each axis of this length."""
    others = [one for one in case.measured if one is not case.numerical and np.all(one.seen)]
    return [(one, one.values, axis) for one in others for axis, n in enumerate(one.values.shape) if n == length]


def _is_zero(numerical: Any, gradient: Array, axis: int) -> Array:
    """Return which slices of a gradient along an axis are 0 up to rounding."""
    others = tuple(a for a in range(gradient.ndim) if a != axis)
    floor = numerical.absolute + 1e-9 * numerical.norm()
    return np.asarray(np.abs(gradient).max(axis=others, initial=0) <= floor)


def _units(case: Any) -> list[tuple[int, Array]]:
    """Return each axis along which whole slices are wrong and others right, and which are wrong."""
    if not case.is_whole or not case.same_shape:
        return []
    off, size = np.abs(case.claim - case.numerical.values), np.abs(case.numerical.values)
    is_wrong = ~(off <= case.numerical.relative * size + case.numerical.absolute)
    is_telling = ~is_wrong & (size > case.numerical.absolute)
    found = ((axis, _wrong_slices(is_wrong, is_telling, axis)) for axis, n in enumerate(case.shape) if n > 2)
    return [(axis, wrong) for axis, wrong in found if wrong is not None]


def symmetries(case: Any) -> list[Finding]:
    """Return what the right gradient satisfies and this one does not."""
    if not case.is_whole or case.claim.size < 4:
        return []
    right, claim, parameter = (
        case.numerical.values.astype(float),
        case.claim.astype(float),
        case.parameter.astype(float),
    )
    shape = claim.shape
    for axis in range(claim.ndim):
        is_broken = shape[axis] > 1 and _vanishes(right, axis, 1e-7) and not _vanishes(claim, axis, 1e-3)
        if is_broken and _is_unchanged(case, np.asarray(1.0)):
            return [say("sum to 0", axis=axis)]
    for axis in (*range(claim.ndim), None) if claim.ndim > 1 else (None,):
        if axis is None or shape[axis] > 2:
            is_broken = _vanishes(parameter * right, axis, 1e-3) and not _vanishes(parameter * claim, axis, 3e-2)
            if is_broken and _is_unchanged(case, 0.5 * parameter):
                where = "as a whole" if axis is None else f"along axis {axis}"
                return [say("orthogonal", where=where, path=_path(case, axis))]
    if claim.ndim == 2 and shape[0] == shape[1] and case.is_close(right, right.T) and not case.is_close(claim, claim.T):
        return [say("symmetric")]
    for axis in range(claim.ndim):
        first = np.take(right, [0], axis)
        is_constant = shape[axis] > 1 and case.is_close(right, np.broadcast_to(first, shape))
        if is_constant and not case.is_close(claim, np.broadcast_to(np.take(claim, [0], axis), shape)):
            return [say("constant", axis=axis)]
    return []


def _path(case: Any, axis: int | None) -> str:
    """Return which path of a normalization is wrong, as far as the bias before it tells, whose right gradient is 0."""
    size = 0 if axis is None else case.claim.size // case.shape[axis]
    biases = zip(case.measured, case.claims)
    before = [one.passes(g) for one, g in biases if one.values.size == size and one.norm() <= one.absolute]
    return (
        ("that scale" if all(before) else "the mean beside that scale")
        if before
        else "that scale, or a mean beside it,"
    )


def bias_before_a_mean(case: Any) -> list[Finding]:
    """Return a bias that a normalization subtracts again: its weights have no influence by their size."""
    size = case.claim.size
    for name, one in zip(case.names, case.measured) if 1 < size == max(case.shape) and case.is_whole else ():
        parameter, axes = one.surface.parameters[one.k], range(one.values.ndim)
        is_weights = one.values.ndim == 2 and one.norm() > one.absolute and bool(np.all(one.seen))
        fits = [a for a in axes if is_weights and one.values.shape[1 - a] == size and one.values.shape[a] > 2]
        if any(_vanishes(parameter * one.values, a, 1e-3) for a in fits):
            return [say("mean", name=name)]
    return []


def is_outer_product(matrix: Array, within: float = 1e-6) -> bool:
    """Return whether a matrix with several rows and columns is one column times one row, and not 0."""
    if matrix.ndim != 2 or min(matrix.shape) < 2 or not np.all(np.isfinite(matrix)) or not np.any(matrix):
        return False
    row, column = np.unravel_index(np.argmax(np.abs(matrix)), matrix.shape)
    product = np.outer(matrix[:, column], matrix[row]) / matrix[row, column]
    return bool(np.all(np.abs(matrix - product) <= within * np.abs(matrix[row, column])))


def _vanishes(array: Array, axis: int | None, bound: float) -> bool:
    """Return whether all sums along an axis are 0, beside the sizes of their terms."""
    total = np.sum(np.abs(array), axis=axis)
    return bool(np.all(np.abs(np.sum(array, axis=axis)) <= bound * np.max(total, initial=0)) and np.any(total > 0))


def _is_unchanged(case: Any, by: Array) -> bool:
    """Return whether the cost stays the same when the parameter moves."""
    surface = case.numerical.surface
    dtype = surface.parameters[case.k].dtype
    return bool(abs(surface.value((case.k, ..., by.astype(dtype))) - surface.here) <= 1e-3 * abs(surface.here) + 1e-9)
