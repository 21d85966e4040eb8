"""Which entries of a gradient are wrong, what they share, and which symmetry of the right gradient they break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._arrays import Array
from ._sentences import Finding, say, times


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
    found = _slices(is_wrong, is_telling) if case.is_whole and claim.size > max(claim.shape) else []
    if np.all(claim[is_wrong] == 0):
        return [say("wrong are 0", **values), *found]
    if np.all(np.abs(right[is_wrong]) <= floor):
        return [say("should be 0", **values), *found]
    if decay := _decay(case, is_wrong):
        return [say("decay of some", factor=f"{decay:.3g}", **values), *found]
    factors = claim[is_wrong] / np.where(np.abs(right[is_wrong]) > floor, right[is_wrong], np.nan)
    if count > 1 and np.ptp(factors) <= 1e-4 * abs(factors[0]):
        return [say("wrong share a factor", times=times(float(factors[0]))[0], **values), *found]
    return found or _box(is_wrong, is_telling) or [say("entries", entry=_first(is_wrong), **values)]


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


def _slices(is_wrong: Array, is_telling: Array) -> list[Finding]:
    """Return along which axis whole slices are right and whole slices are wrong."""
    for axis, length in enumerate(is_wrong.shape):
        others = tuple(a for a in range(is_wrong.ndim) if a != axis)
        wrong, telling = is_wrong.any(axis=others), is_telling.any(axis=others)
        if np.any(wrong & telling) or not np.any(telling):
            continue
        at_wrong, at_right = np.flatnonzero(wrong).tolist(), np.flatnonzero(~wrong).tolist()
        if len(at_right) == 1 and length > 2:
            return [say("one slice right", slice=_slice(is_wrong.ndim, axis, at_right[0]), axis=axis)]
        if len(at_wrong) == 1 and length > 2:
            return [say("one slice wrong", slice=_slice(is_wrong.ndim, axis, at_wrong[0]), axis=axis)]
        return [say("slices", axis=axis, right=in_short(at_right), wrong=in_short(at_wrong))]
    return []


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


def _box(is_wrong: Array, is_telling: Array) -> list[Finding]:
    """Return the box that holds the wrong entries, if it holds no right ones."""
    axes = range(is_wrong.ndim)
    sides = [np.flatnonzero(is_wrong.any(axis=tuple(a for a in axes if a != axis))) for axis in axes]
    if is_wrong.size == max(is_wrong.shape) or np.any(is_telling[np.ix_(*sides)]) or np.sum(is_wrong) < 2:
        return []
    shown = []
    for side, length in zip(sides, is_wrong.shape):
        is_run = side[-1] - side[0] + 1 == len(side)
        shown.append(":" if len(side) == length else f"{side[0]}:{side[-1] + 1}" if is_run else str(side.tolist()))
    return [say("box", box=f"[{', '.join(shown)}]")]


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
                return [say("orthogonal", where=where)]
    if claim.ndim == 2 and shape[0] == shape[1] and case.is_close(right, right.T) and not case.is_close(claim, claim.T):
        return [say("symmetric")]
    for axis in range(claim.ndim):
        first = np.take(right, [0], axis)
        is_constant = shape[axis] > 1 and case.is_close(right, np.broadcast_to(first, shape))
        if is_constant and not case.is_close(claim, np.broadcast_to(np.take(claim, [0], axis), shape)):
            return [say("constant", axis=axis)]
    return []


def is_outer_product(matrix: Array) -> bool:
    """Return whether a matrix with several rows and columns is one column times one row, and not 0."""
    if matrix.ndim != 2 or min(matrix.shape) < 2 or not np.all(np.isfinite(matrix)) or not np.any(matrix):
        return False
    row, column = np.unravel_index(np.argmax(np.abs(matrix)), matrix.shape)
    product = np.outer(matrix[:, column], matrix[row]) / matrix[row, column]
    return bool(np.all(np.abs(matrix - product) <= 1e-6 * np.abs(matrix[row, column])))


def _vanishes(array: Array, axis: int | None, bound: float) -> bool:
    """Return whether all sums along an axis are 0, beside the sizes of their terms."""
    total = np.sum(np.abs(array), axis=axis)
    return bool(np.all(np.abs(np.sum(array, axis=axis)) <= bound * np.max(total, initial=0)) and np.any(total > 0))


def _is_unchanged(case: Any, by: Array) -> bool:
    """Return whether the cost stays the same when the parameter moves."""
    surface = case.numerical.surface
    dtype = surface.parameters[case.k].dtype
    return bool(abs(surface.value((case.k, ..., by.astype(dtype))) - surface.here) <= 1e-3 * abs(surface.here) + 1e-9)
