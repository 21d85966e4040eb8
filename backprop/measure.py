"""Measure the slopes of a cost from its values alone, and how far such a measurement can be trusted."""

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .shapes import Array, ShapeError

STEP = 2.0**-66  # a power of two: dividing by it rounds nothing

Entry: TypeAlias = tuple[int, ...]
Line: TypeAlias = Callable[[float], Any]
Move: TypeAlias = tuple[int, Any, Any]  # parameter k, where in it, by how much


class Landscape:
    """The cost around the parameters: its value, its rounding, and its slopes."""

    def __init__(self, cost: Callable[[list[Array]], Any], parameters: list[Array], rng: np.random.Generator) -> None:
        self.cost, self.rng = cost, rng
        self.precision = [np.finfo(p.dtype).eps for p in parameters]
        self.parameters = parameters
        narrow = self.value()
        try:
            self.parameters = [p.astype(np.result_type(p.dtype, np.float64)) for p in parameters]
            self.value()
        except Exception:  # a cost that insists on its dtype, as PyTorch does
            self.parameters = parameters
        first, again = self._evaluate([]), self.value()
        self.here = first.item()
        if not np.isfinite(self.here):
            raise ValueError(f"check_gradients: the cost is {self.here} at these parameters; there is no slope there")
        if again != self.here:
            numbers = f"{self.here!r} and then {again!r}"
            raise ValueError(f"check_gradients: the cost was {numbers} at the same parameters; fix its random numbers")
        # What the cost loses at the precision of the parameters, a gradient of that precision has lost as well.
        self.lost = abs(narrow - self.here) if np.isfinite(narrow) else 0.0
        floats = [array.dtype for array in (first, *self.parameters) if array.dtype.kind in "fc"]
        self.noise, magnitude = self._rounding(max(np.finfo(dtype).eps for dtype in floats or [np.float64]))
        ratio = float(self.noise / magnitude) if magnitude > 0 else np.finfo(float).eps
        self.step = 2.0 ** round(np.log2(ratio**0.2))
        self.near = 2.0 ** round(np.log2(ratio**0.4))  # close enough for the two sides of a kink
        self.tolerance = ratio**0.4  # the square root of what a difference of fourth order reaches

    def value(self, *moves: Move) -> Any:
        """Return the cost with each `(k, where, by)` of the moves added to parameter k."""
        return self._evaluate(moves).item()

    def _evaluate(self, moves: Sequence[Move]) -> Array:
        fresh = [p.copy() for p in self.parameters]
        for k, where, by in moves:
            if np.iscomplexobj(by):
                fresh[k] = fresh[k].astype(np.result_type(fresh[k].dtype, np.complex128))
            fresh[k][where] += by
        value = np.asarray(self.cost(fresh))
        if value.size != 1:
            raise ShapeError(f"check_gradients: the cost is an array of shape {value.shape}, not one number")
        if value.dtype.kind not in "biufc":
            raise TypeError(f"check_gradients: the cost is {value.item()!r}, not a number")
        return value

    def choose(self, k: int, max_entries: int | None) -> list[Entry]:
        """Return the entries of parameter k to measure."""
        p = self.parameters[k]
        flat = np.arange(p.size)
        if max_entries is not None and p.size > max_entries:
            flat = np.sort(self.rng.choice(p.size, max_entries, replace=False))
        return [tuple(map(int, np.unravel_index(at, p.shape))) for at in flat]

    def direction(self, k: int) -> Array:
        """Return a random array like parameter k, of norm 1."""
        d = np.asarray(self.rng.standard_normal(self.parameters[k].shape))
        return d / max(np.linalg.norm(d), np.finfo(float).tiny)

    def along(self, k: int, where: Any, by: Any = 1.0, *others: Move) -> Line:
        """Return the cost as a function of one number t, which moves parameter k by t."""
        return lambda t: self.value((k, where, t * by), *others)

    def _rounding(self, eps: float) -> tuple[float, float]:
        """Return the rounding in the cost, seen in differences of an order too high for what is smooth, and its size."""
        ways = [self.direction(k) for k in range(len(self.parameters))]
        levels, magnitude = [], abs(self.here)
        for spacing in (1e-3, 1e-4, 1e-5):  # all to one side: a kink is most often where we stand
            steps = spacing * np.arange(1, 11)
            values = np.array([self.value(*((k, ..., t * way) for k, way in enumerate(ways))) for t in steps])
            if np.all(np.isfinite(values)):
                levels.append(np.sqrt(np.mean(np.diff(values, 6) ** 2)) * math.factorial(6) / math.factorial(12) ** 0.5)
                magnitude = max(magnitude, np.max(np.abs(values)))
        return float(max(np.median(levels or [0.0]), 8 * eps * magnitude)), float(magnitude)

    def slope(self, f: Line, step: float) -> tuple[float, float, float]:
        """Return the slope of f at 0, its uncertainty and the step that suited it."""
        best, last = (np.inf, np.nan, step), np.nan
        for h in step / 4.0 ** np.arange(9):
            slope = _fourth_order(f, h)
            error = abs(slope - last) + self.noise / h
            if error < best[0]:
                best = (error, slope, h)
            elif error > 100 * best[0]:
                break
            last = slope
        uncertainty, slope, h = best
        if not np.isfinite(uncertainty):
            raise ValueError("check_gradients: the cost is not finite beside these parameters; there is no slope there")
        return slope, uncertainty, h

    def complex_slope(self, k: int, where: Any, by: Any = 1.0, *others: Move) -> float:
        """Return the slope by the complex step."""
        value = self.value((k, where, 1j * STEP * by), *others)
        if not isinstance(value, (complex, np.complexfloating)):
            raise TypeError("the cost drops the imaginary part")
        return float(value.imag / STEP)

    def sides(self, f: Line) -> tuple[float, float]:
        """Return the slopes to the left and to the right of 0."""
        left, right = (self.here - f(-self.near)) / self.near, (f(self.near) - self.here) / self.near
        return float(left), float(right)

    def is_kink(self, f: Line) -> bool:
        """Return whether the two sides stay apart when the step shrinks."""
        near, far = (abs(f(t) + f(-t) - 2 * self.here) / t for t in (self.near, 16 * self.near))
        return bool(near > max(far / 4, 12 * self.noise / self.near))


def _fourth_order(f: Line, h: float) -> float:
    return float((8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h))


class Measured:
    """The measured gradient of one parameter, not-a-number where it was not measured."""

    def __init__(self, landscape: Landscape, k: int, entries: list[Entry], tick: Callable[[], object]) -> None:
        self.landscape, self.k, self.entries = landscape, k, entries
        self.values = np.full(landscape.parameters[k].shape, np.nan)
        self.kinks: list[tuple[Entry, float, float]] = []
        self._choose_method()
        for entry in entries:
            if self.is_complex:
                self.values[entry] = landscape.complex_slope(k, entry)
            else:
                self.values[entry] = _fourth_order(landscape.along(k, entry), self.step)
            if not np.isfinite(self.values[entry]):
                self.values[entry] = landscape.slope(landscape.along(k, entry), self.step)[0]
            tick()

    def _choose_method(self) -> None:
        """Take the complex step if it agrees with a difference in one random direction."""
        land, k = self.landscape, self.k
        way = land.direction(k)
        slope, self.uncertainty, self.step = land.slope(land.along(k, ..., way), land.step)
        nearby = [(j, ..., 1e-3 * land.direction(j) * np.linalg.norm(p)) for j, p in enumerate(land.parameters)]
        there = [(j, where, by.astype(land.parameters[j].dtype)) for j, where, by in nearby]
        self.is_complex, moved = False, slope
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                by_complex = land.complex_slope(k, ..., way)
                moved = land.complex_slope(k, ..., way, *there)
            self.is_complex = bool(abs(by_complex - slope) <= 1e-4 * abs(slope) + 10 * self.uncertainty)
            slope = by_complex if self.is_complex else slope
        except Exception:  # whatever a cost raises that was not made for complex numbers
            pass
        if not self.is_complex:
            moved = land.slope(land.along(k, ..., way, *there), land.step)[0]
        # How far the slopes move when every parameter moves by its rounding, over that rounding.
        self.sensitivity = float(np.nan_to_num(abs(moved - slope) / 1e-3 * np.sqrt(way.size)))

    @property
    def seen(self) -> Array:
        """Where there is a number to compare with."""
        return ~np.isnan(self.values)

    def norm(self) -> float:
        """Return the norm of what was measured."""
        return float(np.linalg.norm(self.values[self.seen]))

    def size(self, candidate: Array) -> float:
        """Return the larger of two norms: what was measured, and a gradient where it was."""
        return max(self.norm(), float(np.linalg.norm(candidate[self.seen].astype(self.values.dtype))))

    def limits(self, claim: Array, largest: float) -> None:
        """Set what rounding may explain: relative to the gradient, and as such."""
        land = self.landscape
        eps = max(np.finfo(claim.dtype).eps, land.precision[self.k])
        reach = max(1.0, np.max(np.abs(land.parameters[self.k]), initial=0.0))
        self.relative = max(eps**0.4, land.tolerance)
        rounding = 16 * eps * abs(land.here) + land.noise / land.step
        self.absolute = 16 * eps * (largest + self.sensitivity) + rounding / reach + 2 * land.lost
        if not self.is_complex:
            self.absolute += 6 * np.sqrt(len(self.entries)) * max(land.noise / self.step, self.uncertainty)

    def worst(self, claim: Array) -> tuple[Entry | None, float, float]:
        """Return the entry that is off by most, with its claimed and its measured number."""
        if claim.shape != self.values.shape or not np.any(self.seen):
            return None, math.nan, math.nan
        off = np.where(self.seen, np.nan_to_num(np.abs(claim - self.values), nan=np.inf), -1.0)
        entry = tuple(map(int, np.unravel_index(np.argmax(off), off.shape)))
        return entry, float(claim[entry]), float(self.values[entry])

    def error(self, candidate: Array) -> float:
        """Return the norm-wise relative error of a gradient, where there is something to compare."""
        size = self.size(candidate)
        off = candidate[self.seen].astype(self.values.dtype) - self.values[self.seen]
        return float(np.linalg.norm(off) / size) if size > 0 else 0.0

    def allowed(self, candidate: Array) -> float:
        """Return the error that rounding explains."""
        size = self.size(candidate)
        return float(self.relative + (self.absolute / size if size > 0 else 0.0))

    def passes(self, candidate: Array) -> bool:
        """Return whether this would have been a right gradient."""
        return candidate.shape == self.values.shape and self.error(candidate) <= self.allowed(candidate)

    def judge(self, claim: Array, largest: float) -> None:
        """Compare; and where that fails, look again for kinks, and for a cost that misled the first look."""
        self.limits(claim, largest)
        if claim.shape != self.values.shape or not np.all(np.isfinite(claim[self.seen])) or self.passes(claim):
            return
        off = np.abs(claim - self.values)
        bound = self.allowed(claim) * self.size(claim) / math.sqrt(len(self.entries))
        suspicious = [entry for entry in self.entries if not off[entry] <= bound]
        suspicious.sort(key=lambda entry: -np.nan_to_num(off[entry], nan=np.inf))
        first, rest = suspicious[:16], suspicious[16:]  # where the worst stand firm, so do the others
        if sum(self._look_again(entry) for entry in first):
            for entry in rest:
                self._look_again(entry)

    def _look_again(self, entry: Entry) -> bool:
        """Measure one entry with more care; return whether that changed anything."""
        land = self.landscape
        f = land.along(self.k, entry)
        before = self.values[entry]
        if land.is_kink(f):
            self.kinks.append((entry, *land.sides(f)))
            self.values[entry] = np.nan
            return True
        slope, uncertainty, _ = land.slope(f, land.step)
        slack = 1e-3 * abs(slope) + 10 * uncertainty if self.is_complex else uncertainty
        if abs(slope - before) <= slack:
            return False
        self.values[entry] = slope
        self.absolute = np.hypot(self.absolute, 3 * uncertainty)
        return True

    def verdict(self, claim: Array) -> str:
        """Return what the report says of a gradient in one word."""
        if claim.shape != self.values.shape or not np.all(np.isfinite(claim[self.seen])):
            return "FAIL"
        if self.kinks and not np.any(self.seen):
            return "kink"
        if not self.passes(claim):
            return "FAIL"
        return "rounding" if 0 < self.size(claim) < 3 * self.absolute else "ok"
