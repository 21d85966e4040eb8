r"""The numerical gradient of a cost, from its values only, and how far it can be trusted.

`check_gradients` compares an analytic gradient with what this module measures. It knows nothing of the cost but its
values, so it has to find out four things before it can call a gradient wrong.

**How much rounding is in the cost.** Evaluate it at ten equally spaced points of a random line and take differences of
neighbors, then differences of these, six times. What is smooth in the cost disappears, and what is left is rounding,
magnified by a known factor: differences of order $k$ of independent errors of size $\sigma$ have a mean square of
$\sigma^2 (2k)! / (k!)^2$. (Hamming's difference table, as in Moré and Wild, *Estimating computational noise*, SIAM
Journal on Scientific Computing 33, 2011.) A cost that oscillates is not smooth on a coarse line, nor is one with many kinks
close together. So up to five spacings are tried, and the smallest estimate counts.

**Which step to take.** A difference of fourth order with step $h$ is wrong by about $h^4$ from the Taylor series, and by
$\sigma / h$ from rounding. Both depend on the cost, so the step is searched along a random line: each step is a quarter
of the one before, the change from one to the next shows the first error, and the best sum of the two wins. A line moves
each entry in proportion to the size of its parameter.

**Whether the complex step can be used.** $\operatorname{Im} C(\theta + i h) / h$ subtracts nothing, so it is exact to
the last digits (Squire and Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review 40,
1998). But a cost may raise at a complex number, or take its absolute value and lose the imaginary part. So the complex
step is used only if it agrees with the difference along a random line that moves all parameters at once. A parameter
whose gradient then fails, or is measured as 0 throughout, is asked again along a line of its own.

**Whether an entry is at a kink.** There the derivatives to the left and to the right differ. Their difference is measured
at smaller and smaller distances, until rounding would hide it. If it shrinks with the distance, on both sides alike, the
cost is only curved. If it disappears on the way, there is a kink nearby, and the cost is smooth closer than that, or has
another kink there. If it stays, the entry is at a kink, as far as the cost can tell; for a cost of size 1 in float64 that
means within about $10^{-12}$. Then every number between the two derivatives is a right answer, and no other is.

All entries are measured the quick way first. An entry is looked at again, for a kink and with a step of its own, where the
two distances of the difference suggest a kink, and where a gradient fails. If one difference on either side confirms what
was measured, that is the end of it. So a check costs little more than the entries that it measures.
"""

from __future__ import annotations

import contextlib
import io
import math
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ._address import BOOK
from ._arrays import Array
from .shapes import ShapeError

COMPLEX_STEP = 2.0**-66  # a power of two: dividing by it rounds nothing

Entry: TypeAlias = tuple[int, ...]
Line: TypeAlias = Callable[[float], Any]
Move: TypeAlias = tuple[int, Any, Any]  # parameter k, where in it, by how much


class Kink(NamedTuple):
    """An entry where the derivatives to the left and to the right differ, and by how much rounding may blur them."""

    entry: Entry
    left: float
    right: float
    blur: float

    def admits(self, derivative: float) -> bool:
        """Return whether a derivative lies between the two."""
        low, high = sorted((self.left, self.right))
        return low - self.blur <= derivative <= high + self.blur

    @property
    def is_rough(self) -> bool:
        """Whether the two sides are not told apart: the kink is near, and not where we are."""
        return self.blur > 0.1 * abs(self.right - self.left)

    def is_another(self, other: Kink) -> bool:
        """Return whether what was measured at another distance cannot be this kink."""
        return max(abs(self.left - other.left), abs(self.right - other.right)) > self.blur + other.blur


class CostSurface:
    """The cost around the parameters: its value, its rounding, and its derivatives."""

    def __init__(self, cost: Callable[[list[Array]], Any], parameters: list[Array], rng: np.random.Generator) -> None:
        self.cost, self.rng = cost, rng
        self.precision = [np.finfo(p.dtype).eps for p in parameters]
        self.parameters = parameters
        wide = [p.astype(np.result_type(p.dtype, np.float64)) for p in parameters]
        is_narrow = any(old.dtype != new.dtype for old, new in zip(parameters, wide))
        narrow, refused = math.nan, None
        try:
            with _no_printing():
                narrow = self.value()
        except Exception as error:
            if not is_narrow:
                raise
            refused = error  # a cost that insists on float64
        self.parameters = wide
        try:
            with _no_printing():
                self.value()
        except Exception as error:  # a cost that insists on its dtype, as PyTorch does
            if refused is not None:
                raise refused from error
            self.parameters = parameters
        first, again = self._evaluate([]), self.value()
        self.here = first.item()
        if not np.isfinite(self.here):
            raise ValueError(
                f"check_gradients: the cost is {self.here} at these parameters; it has no derivative there"
            )
        if again != self.here:
            raise ValueError(
                f"check_gradients: the cost was {self.here!r} and then {again!r} at the same parameters.\n"
                "  Likely cause: it draws random numbers, or it changes its own data, as x -= x.mean() does. "
                "Fix its random numbers outside of it, and let it work on copies.\n"
                f"  See {BOOK}use/check-your-own/#cost"
            )
        # What the cost loses at the precision of the parameters, a gradient of that precision has lost as well.
        self.lost = abs(narrow - self.here) if np.isfinite(narrow) else 0.0
        self.sizes = [typical_size(p) for p in self.parameters]
        floats = [array.dtype for array in (first, *self.parameters) if array.dtype.kind in "fc"]
        self.noise, magnitude = self._rounding(max(np.finfo(dtype).eps for dtype in floats or [np.float64]))
        ratio = float(self.noise / magnitude) if magnitude > 0 else np.finfo(float).eps
        self.step = 2.0 ** round(np.log2(ratio**0.2))  # where h⁴ and σ/h balance
        self.near = 2.0 ** round(np.log2(ratio**0.4))  # close enough for the two sides of a kink
        self.tolerance = ratio**0.4  # the square root of what a difference of fourth order reaches
        self.is_complex = self._takes_complex_steps()

    def value(self, *moves: Move) -> Any:
        """Return the cost with each `(k, where, by)` of the moves added to parameter k."""
        return self._evaluate(moves).item()

    def _evaluate(self, moves: Sequence[Move]) -> Array:
        turned = {k for k, _, by in moves if np.iscomplexobj(by)}
        fresh = [
            p.astype(np.result_type(p.dtype, np.complex128)) if k in turned else p.copy()
            for k, p in enumerate(self.parameters)
        ]
        for k, where, by in moves:
            fresh[k][where] += by
        found = self.cost(fresh)
        value = np.asarray(found.detach().cpu() if hasattr(found, "detach") else found)
        if value.size != 1:
            raise ShapeError(
                f"check_gradients: the cost is an array of shape {value.shape}, not one number. Sum it, or take its mean.\n"
                f"  See {BOOK}use/check-your-own/#cost"
            )
        if value.dtype.kind not in "biufc":
            shown = repr(found) if isinstance(found, str) else f"a {type(found).__name__}"
            raise TypeError(
                f"check_gradients: the cost is {shown}, not a number. Return the number that it holds, such as its .data.\n"
                f"  See {BOOK}use/check-your-own/#cost"
            )
        return value

    def choose(self, k: int, max_entries: int | None) -> list[Entry]:
        """Return the entries of parameter k to measure."""
        p = self.parameters[k]
        flat = np.arange(p.size)
        if max_entries is not None and p.size > max_entries:
            flat = np.sort(self.rng.choice(p.size, max_entries, replace=False))
        return [tuple(map(int, np.unravel_index(at, p.shape))) for at in flat]

    def size_at(self, k: int, entry: Entry) -> float:
        """Return the absolute value of a parameter's entry; where it is 0, the size that is typical of the others."""
        return abs(float(self.parameters[k][entry])) or self.sizes[k]

    def direction(self, k: int) -> Array:
        """Return a random array like parameter k, of norm 1, each entry in proportion to the size of the parameter there."""
        p = self.parameters[k]
        d = np.asarray(self.rng.standard_normal(p.shape)) * np.where(p == 0, 1.0, np.abs(p) / self.sizes[k])
        return d / max(np.linalg.norm(d), np.finfo(float).tiny)

    def along(self, k: int, where: Any, by: Any = 1.0, *others: Move) -> Line:
        """Return the cost as a function of one number t, which moves parameter k by t times `by`."""
        return lambda t: self.value((k, where, t * by), *others)

    def _rounding(self, eps: float) -> tuple[float, float]:
        """Return the rounding in the cost, from differences of sixth order, and the size of the cost."""
        ways = [self.direction(k) * self.sizes[k] for k in range(len(self.parameters))]
        levels: list[float] = []
        magnitude = abs(self.here)
        for spacing in (1e-3, 1e-4, 1e-5, 1e-7, 1e-9):  # all to one side: a kink is most often where we are
            if spacing < 1e-5 and levels and levels[-1] > max(max(levels) / 4, 1e-9 * magnitude):
                break  # part of the cost may be in float32, which does not show on a finer line
            steps = spacing * np.arange(1, 11)
            values = np.array([self.value(*((k, ..., t * way) for k, way in enumerate(ways))) for t in steps])
            if not np.all(np.isfinite(values)):
                continue
            magnitude = max(magnitude, np.max(np.abs(values)))
            if len(set(values.tolist())) > 6:  # on a line so fine that the cost does not change, nothing can be seen
                levels.append(np.sqrt(np.mean(np.diff(values, 6) ** 2)) * math.factorial(6) / math.factorial(12) ** 0.5)
            if levels and levels[-1] <= 8 * eps * magnitude:
                break
        return float(max(min(levels, default=0.0), 8 * eps * magnitude)), float(magnitude)

    def _takes_complex_steps(self) -> bool:
        """Return whether the complex step agrees with a difference along a random line through all parameters."""
        ways = [self.direction(k) * self.sizes[k] for k in range(len(self.parameters))]

        def along(t: Any) -> Any:
            return self.value(*((k, ..., t * way) for k, way in enumerate(ways)))

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                value = along(1j * COMPLEX_STEP)
        except Exception:  # whatever a cost raises that was not made for complex numbers
            return False
        slope, uncertainty, _ = self.derivative(along, 1.0)
        by_complex = np.imag(value) / COMPLEX_STEP
        return bool(abs(by_complex - slope) <= 1e-4 * abs(slope) + 10 * uncertainty)

    def derivative(self, f: Line, size: float, within: float = np.inf) -> tuple[float, float, float]:
        """Return the derivative of f at 0, its uncertainty, and the step that suited it.

        `size` is that of the parameter; f is smooth `within` this distance.
        """
        best, last = (np.inf, np.nan, np.nan), np.nan
        h = min(self.step * max(1.0, size), within / 2)
        smallest = min(h, self.step * min(1.0, size)) / 4.0**9
        while h >= smallest:
            slope, _ = self.difference(f, h)
            error = abs(slope - last) + self.noise / h
            if error < best[0]:
                best = (error, slope, h)
            elif self.noise / h > best[0]:
                break  # rounding can only grow from here
            last, h = slope, h / 4
        uncertainty, slope, h = best
        if not np.isfinite(uncertainty):
            raise ValueError(
                "check_gradients: the cost is not finite on both sides of these parameters; it has no derivative there"
            )
        return slope, uncertainty, h

    def complex_derivative(self, k: int, where: Any, size: float, by: Any = 1.0, *others: Move) -> float:
        """Return the derivative by the complex step, which is far smaller than the size of what it moves."""
        h = COMPLEX_STEP * min(1.0, 2.0 ** math.floor(math.log2(size)))
        value = self.value((k, where, 1j * h * by), *others)
        if not isinstance(value, (complex, np.complexfloating)):
            raise TypeError("the cost drops the imaginary part")
        return float(value.imag / h)

    def difference(self, f: Line, h: float) -> tuple[float, bool]:
        """Return a difference of fourth order, and whether its two distances suggest a kink.

        From one to the other, what is curved makes the difference between the two sides twice as large; a kink keeps it,
        and one that lies between the distances adds to it.
        """
        values = [f(t) for t in (h, -h, 2 * h, -2 * h)]
        near, far = ((right - left) for left, right in (values[1::-1], values[:1:-1]))
        bend, bend_far = (abs(one + other - 2 * self.here) for one, other in (values[:2], values[2:]))
        is_kinked = 12 * self.noise < bend_far / 2 and not 1.5 * bend <= bend_far / 2 <= 3 * bend
        return float((8 * near - far) / (12 * h)), bool(is_kinked)

    def kink(self, k: int, entry: Entry) -> tuple[Kink | None, float]:
        """Return the kink at an entry, if there is one, and the distance within which the cost is smooth otherwise."""
        f, p = self.along(k, entry), abs(float(self.parameters[k][entry]))
        t, closest = 64 * self.near * max(1.0, p), 2.0**10 * np.finfo(self.parameters[k].dtype).eps * p
        (left, right), best, change, within = self._sides(f, t), None, 0.0, np.inf
        while True:
            finer = t / 8
            if finer < closest or not abs(right - left) > 12 * self.noise / finer:
                return self._settled(best, Kink(entry, left, right, 8 * self.noise / t), change), within
            sides = self._sides(f, finer)
            change = max(abs(sides[0] - left), abs(sides[1] - right))
            if abs(sides[1] - sides[0]) < abs(right - left) / 2:
                if best is not None and self.noise / finer > 1e-2 * abs(best.right - best.left):
                    # The kink is too close to be measured on one side of it.
                    return self._settled(best, Kink(entry, *sides, 8 * self.noise / finer), change), np.inf
                if best is None and _is_curved((left, right), sides, self.noise / finer):
                    return None, within
                best, within, t, (left, right) = None, finer, finer, sides  # past a kink; others may be closer
                continue
            blur = 2 * change + 8 * self.noise / t + self.tolerance * max(abs(left), abs(right))
            found = Kink(entry, left, right, blur)
            if best is None or blur < best.blur or best.is_another(found):  # the nearer one, if other kinks lie between
                best = found
            t, (left, right) = finer, sides

    def _settled(self, kink: Kink | None, nearest: Kink, change: float) -> Kink | None:
        """Return a kink if the nearest sides are still its own. If not, more kinks are closer than can be measured."""
        return nearest._replace(blur=8 * change) if kink is not None and kink.is_another(nearest) else kink

    def _sides(self, f: Line, t: float) -> tuple[float, float]:
        return float((self.here - f(-t)) / t), float((f(t) - self.here) / t)


def _is_curved(far: tuple[float, float], near: tuple[float, float], rounding: float) -> bool:
    """Return whether both sides move by as much towards each other, as they do where the cost is smooth."""
    gap, closer = far[1] - far[0], near[1] - near[0]
    return max(abs(8 * closer - gap), 4 * abs(sum(near) - sum(far))) < abs(gap) / 3 + 32 * rounding


class _Listener(io.StringIO):
    """A stream that passes on what is written, and remembers it."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self.stream = stream

    def write(self, text: str) -> int:
        self.stream.write(text)
        return super().write(text)


@contextlib.contextmanager
def _no_printing() -> Iterator[None]:
    """Refuse a cost that prints: it would print thousands of lines."""
    listener = _Listener(sys.stdout)
    with contextlib.redirect_stdout(listener):
        yield
    if printed := listener.getvalue().strip():
        raise ValueError(
            f"check_gradients: the cost prints {printed.splitlines()[0]!r}. It is evaluated once or more for each entry, "
            f"so take the print out of it.\n  See {BOOK}use/check-your-own/#cost"
        )


def typical_size(p: Array) -> float:
    """Return the root mean square of a parameter, and 1 where it is 0."""
    largest = float(np.max(np.abs(p), initial=0.0))
    return largest * float(np.sqrt(np.mean((p / largest) ** 2))) if 0 < largest < np.inf else 1.0


class NumericalGradient:
    """The numerical gradient of one parameter, not-a-number where there is nothing to compare with."""

    def __init__(self, surface: CostSurface, k: int, entries: list[Entry], tick: Callable[[], object]) -> None:
        self.surface, self.k, self.entries = surface, k, entries
        self.values = np.full(surface.parameters[k].shape, np.nan)
        self.kinks: list[Kink] = []
        self.relative = self.absolute = self.blur = self.uncertainty = 0.0  # what rounding may explain
        self.is_complex, self.is_settled = surface.is_complex and surface.parameters[k].size > 0, False
        if self.is_complex:
            self._step_along_the_imaginary_axis(tick)
        else:
            self._choose_method()
            self._measure(tick)
        if self.is_complex and not np.any(self.values):
            self._choose_again()

    def _step_along_the_imaginary_axis(self, tick: Callable[[], object]) -> None:
        surface, k = self.surface, self.k
        way, size, moved = surface.direction(k), surface.sizes[k], self._others_moved()
        try:
            slopes = [surface.complex_derivative(k, ..., size, way, *others) for others in ((), moved)]
            self._set_sensitivity(slopes, way.size)
            self._measure(tick)
        except Exception:  # a cost that takes some of its parameters as complex numbers, but not this one
            self._choose_method()
            self._measure(tick)

    def _measure(self, tick: Callable[[], object] = lambda: None) -> None:
        surface, k = self.surface, self.k
        for entry in self.entries:
            is_kinked = False
            if self.is_complex:
                self.values[entry] = surface.complex_derivative(k, entry, surface.size_at(k, entry))
            else:
                self.values[entry], is_kinked = surface.difference(surface.along(k, entry), self.step)
            if is_kinked or not np.isfinite(self.values[entry]):
                self._look_again(entry)
            tick()

    def _others_moved(self) -> list[Move]:
        """Return moves of all parameters, each entry in proportion to itself."""
        surface = self.surface
        signs = [surface.rng.choice([-1.0, 1.0], p.shape) for p in surface.parameters]
        moved = zip(surface.parameters, signs)
        return [(j, ..., (1e-3 * p * sign).astype(p.dtype)) for j, (p, sign) in enumerate(moved)]

    def _set_sensitivity(self, slopes: Sequence[float], size: int) -> None:
        """Note how far the derivatives move when every parameter moves by its rounding, divided by that rounding."""
        here, moved = slopes
        self.sensitivity = float(np.nan_to_num(abs(moved - here) / 1e-3 * np.sqrt(size)))

    def _choose_method(self) -> None:
        """Take the complex step if it agrees with a difference along a random line of this parameter."""
        surface, k = self.surface, self.k
        way, size, others = surface.direction(k), surface.sizes[k], self._others_moved()
        slope, self.uncertainty, self.step = surface.derivative(surface.along(k, ..., way), size)
        self.is_complex, self.is_settled, moved = False, True, slope
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                by_complex = surface.complex_derivative(k, ..., size, way)
                moved = surface.complex_derivative(k, ..., size, way, *others)
            self.is_complex = bool(abs(by_complex - slope) <= 1e-4 * abs(slope) + 10 * self.uncertainty)
            slope = by_complex if self.is_complex else slope
        except Exception:  # whatever a cost raises that was not made for complex numbers
            pass
        if not self.is_complex:
            moved = surface.derivative(surface.along(k, ..., way, *others), size)[0]
        self._set_sensitivity((slope, moved), way.size)

    def _choose_again(self) -> None:
        """Ask a parameter along a line of its own; measure it anew if the complex step is not for it."""
        if not self.is_settled and self.entries:
            self._choose_method()
            if not self.is_complex:
                self.kinks = []
                self._measure()

    def _confirms(self, entry: Entry, off: float) -> bool:
        """Return whether the cost on either side of an entry agrees with what was measured there, and a gradient is off."""
        surface = self.surface
        t = 64 * surface.near * max(1.0, abs(float(surface.parameters[self.k][entry])))
        left, right = surface._sides(surface.along(self.k, entry), t)
        here = self.values[entry]
        slack = min(1e-3 * abs(here) + 12 * surface.noise / t, off / 2)
        return bool(abs(left - here) <= slack and abs(right - here) <= slack)

    def _look_again(self, entry: Entry) -> bool:
        """Measure one entry with more care; return whether that changed anything."""
        surface, before = self.surface, self.values[entry]
        kink, within = surface.kink(self.k, entry)
        if kink is not None:
            self.kinks.append(kink)
            return True
        slope, uncertainty, _ = surface.derivative(surface.along(self.k, entry), surface.size_at(self.k, entry), within)
        slack = 1e-3 * abs(slope) + 10 * uncertainty if self.is_complex else uncertainty
        if abs(slope - before) <= slack and (self.is_complex or within == np.inf):
            return False  # a difference across a kink nearby is worth less than any within
        self.values[entry] = slope
        self.blur = float(np.hypot(self.blur, 3 * uncertainty))
        return True

    @property
    def seen(self) -> Array:
        """Where there is a number to compare with."""
        return ~np.isnan(self.values)

    def norm(self) -> float:
        """Return the norm of the numerical gradient."""
        return float(np.linalg.norm(self.values[self.seen]))

    def size(self, candidate: Array) -> float:
        """Return the larger of two norms: of the numerical gradient, and of a candidate where that was measured."""
        return max(self.norm(), float(np.linalg.norm(candidate[self.seen].astype(self.values.dtype))))

    def error(self, candidate: Array) -> float:
        """Return the norm-wise relative error of a candidate, where there is something to compare."""
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

    def worst(self, candidate: Array) -> tuple[Entry | None, float, float]:
        """Return the entry that is off by most, with the candidate's number there and the measured one."""
        if candidate.shape != self.values.shape or not np.any(self.seen):
            return None, math.nan, math.nan
        off = np.where(self.seen, np.nan_to_num(np.abs(candidate - self.values), nan=np.inf), -1.0)
        entry = tuple(map(int, np.unravel_index(np.argmax(off), off.shape)))
        return entry, float(candidate[entry]), float(self.values[entry])

    def compare(self, candidate: Array, largest: float) -> None:
        """Set the bounds for a candidate; where it fails, look again for kinks, and for a step that misled the first look.

        `largest` is the largest norm of the numerical gradients of all parameters.
        """
        self._set_bounds(candidate, largest)
        if candidate.shape != self.values.shape:
            return
        self._settle_kinks(candidate)
        if not np.all(np.isfinite(candidate[self.seen])) or self.passes(candidate):
            return
        off = np.abs(candidate - self.values)
        bound = self.allowed(candidate) * self.size(candidate) / math.sqrt(len(self.entries))
        known = {kink.entry for kink in self.kinks}
        suspicious = [entry for entry in self.entries if not off[entry] <= bound and entry not in known]
        suspicious.sort(key=lambda entry: -np.nan_to_num(off[entry], nan=np.inf))
        looked_at = min(16, max(4, len(self.entries) // 25))
        first, rest = suspicious[:looked_at], suspicious[looked_at:]  # where the worst stay wrong, so do the others
        if sum(not self._confirms(entry, off[entry]) and self._look_again(entry) for entry in first):
            self._choose_again()
            known = {kink.entry for kink in self.kinks}
            for entry in rest:
                if entry not in known:
                    self._look_again(entry)
        self._set_bounds(candidate, largest)
        self._settle_kinks(candidate)

    def _settle_kinks(self, candidate: Array) -> None:
        """Leave out the entries at a kink where the candidate is between both sides; elsewhere take the nearer side."""
        for kink in self.kinks:
            given = float(candidate[kink.entry])
            low, high = sorted((kink.left, kink.right))
            self.values[kink.entry] = np.nan if kink.admits(given) else min(max(given, low), high)

    def _set_bounds(self, candidate: Array, largest: float) -> None:
        surface = self.surface
        eps = max(np.finfo(candidate.dtype).eps, surface.precision[self.k])
        reach = max(1.0, np.max(np.abs(surface.parameters[self.k]), initial=0.0))
        self.relative = max(eps**0.4, surface.tolerance)
        self.absolute = (
            16 * eps * (largest + self.sensitivity + abs(surface.here) / reach) + 2 * surface.lost + self.blur
        )
        if not self.is_complex:
            in_differences = max(surface.noise / self.step, self.uncertainty)
            self.absolute += surface.noise / surface.step / reach + 6 * np.sqrt(len(self.entries)) * in_differences

    def verdict(self, candidate: Array) -> str:
        """Return what the report says of a gradient in one word."""
        if candidate.shape != self.values.shape or not np.all(np.isfinite(candidate[self.seen])):
            return "FAIL"
        if any(not kink.admits(float(candidate[kink.entry])) for kink in self.kinks):
            return "FAIL"
        if self.kinks and not np.any(self.seen):
            return "kink"
        if not self.passes(candidate):
            return "FAIL"
        return "rounding" if 0 < self.size(candidate) < 3 * self.absolute else "ok"
