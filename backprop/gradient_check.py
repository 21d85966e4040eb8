r"""A gradient is right if the cost, when it is asked, shows the same slope.

$$
\underbrace{\frac{\partial C}{\partial \theta_k}}_{\text{measured}}
= \frac{\operatorname{Im} C(\theta + i h e_k)}{h} + O(h^2) ,
\qquad
\text{error} = \frac{\lVert g - \hat g \rVert}{\max(\lVert g \rVert, \lVert \hat g \rVert)}
$$

Here $g$ is the gradient that you wrote, and $\hat g$ the one that is measured, entry by entry, from the
cost alone.

# Shapes

| symbol     | in code         | shape                | meaning                                              |
| ---------- | --------------- | -------------------- | ---------------------------------------------------- |
| $\theta$   | `parameters`    | list, each any shape | weights, biases, kernels, single numbers             |
| $g$        | `gradients`     | list, each the same  | what your backward pass gives for them               |
| $C$        | `cost`          | `()`                 | a function: takes such a list, returns one number    |
| $e_k$      |                 |                      | 1 at entry $k$ of one parameter, 0 at all others     |
| $h$        |                 | `()`                 | step                                                 |

# Derivation

Take the step along the imaginary axis. The terms of Taylor's series are real and imaginary by turns:

$$
C(\theta + i h e_k)
= C + i h \, \frac{\partial C}{\partial \theta_k}
- \frac{h^2}{2} \frac{\partial^2 C}{\partial \theta_k^2}
- i \, \frac{h^3}{6} \frac{\partial^3 C}{\partial \theta_k^3} + \dots
$$

The imaginary part, over $h$, is the slope, and the first term that spoils it has $h^2$. Nothing is
subtracted, so nothing cancels, and $h$ may be as small as we like: it is $2^{-66}$ here, and $h^2$ is below
anything a float can hold beside the slope.

A cost that takes the absolute value of a number, or rounds it to a real one, loses the imaginary part.
There the step is real, to both sides and at two distances, so that the terms in $h^2$ and $h^4$ cancel too:

$$
\frac{\partial C}{\partial \theta_k}
= \frac{8 \, \bigl( C(h) - C(-h) \bigr) - \bigl( C(2h) - C(-2h) \bigr)}{12 \, h} + O(h^4) .
$$

A difference cancels the digits that its terms share. With rounding $\varepsilon$ in $C$ the slope is off by
about $\varepsilon / h$, so a smaller $h$ is worse from some point on. The two errors balance near
$h = \varepsilon^{1/5}$: $10^{-3}$ for float64, $\frac1{32}$ for float32.

# Why it is so

The two gradients share no code but the forward pass. A slip in the backward pass cannot be in both.

A norm is compared, not each entry on its own: an entry that nearly vanishes has no correct digits left, in
a gradient that is right. A wrong formula is off in the first digit or the second, and rounding in the last
ones. The bound lies in the empty land between, at $\varepsilon^{2/5}$, which is the square root of what the
best difference reaches; each row of the report shows it.

At a kink, such as ReLU at 0, the slopes to the left and to the right differ, and every value between them
is a subgradient. No measurement can call one of them wrong, so these entries are set apart.

The numbers also tell what went wrong. A transposed gradient becomes right when it is transposed back; a
flipped sign is a factor of $-1$; a slope that is missing leaves one factor for each unit. Each such guess
is tried on the gradient, and the report names those under which it would have passed.

# A 2-3-2 network

The cost as a function of the parameters alone, and the gradients in the same order:

```pycon
>>> import numpy as np
>>> from backprop import Layer, forward, gradients, quadratic
>>> from backprop.gradient_check import check_gradients
>>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
>>> def cost(parameters):
...     W1, b1, W2, b2 = parameters
...     return quadratic(forward([Layer(W1, b1), Layer(W2, b2)], x)[1][-1], y)
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> parameters = [W1, np.zeros(3), W2, np.array([-1.75, -2.25])]
>>> C, (first, second) = gradients([Layer(W1, parameters[1]), Layer(W2, parameters[3])], x, y)
>>> report = check_gradients(cost, parameters, [*first, *second])
>>> report.ok, report.worst < 1e-15
(True, True)

```

Forget the slope of the hidden layer, and its error is $(\frac18, 0, -\frac12)$:

```pycon
>>> delta1 = np.array([0.125, 0.0, -0.5])
>>> wrong = [np.outer(delta1, x), delta1, *second]
>>> report = check_gradients(cost, parameters, wrong, names=["W1", "b1", "W2", "b2"])
>>> report.ok
False
>>> for sentence in report.diagnosis:
...     print(sentence)
W1: Each row is the right one times a factor of its own, and every factor is above 1. It looks like sigma' missing.
b1: Each entry is off by the factor that its row of W1 is off by, so the slip is the same.

```

The factors are 4, 4 and 16/3, one over each slope; in the middle row there is nothing to see.
"""

import contextlib
import math
import warnings
from dataclasses import dataclass, field

import numpy as np

from .likeness import diagnoses
from .shapes import ShapeError

STEP = 2.0**-66  # a power of two: dividing by it rounds nothing


@dataclass(frozen=True)
class ParameterReport:
    """What was found for one parameter: a row of the table.

    Attributes
    ----------
    name : str
        The parameter.
    shape : tuple of int
        Its shape.
    error : float
        Norm-wise relative error of its gradient, over the entries that were compared.
    allowed : float
        The error that rounding explains.
    verdict : str
        ``"ok"`` or ``"FAIL"``; ``"kink"`` if every entry stands at one; ``"rounding"``
        if the gradient is too small to be told from rounding.
    method : str
        ``"complex step"`` or ``"differences"``.
    entry : tuple of int or None
        The entry that is off by most; None if the shapes differ.
    claimed, measured : float
        The gradient at that entry, as it was given and as it was measured.
    checked : int
        How many entries were measured.
    kinks : list of tuple
        Entry, claimed value, slope to the left and to the right, for each one at a kink.
    diagnosis : str
        What it looks like, if it fails.

    Examples
    --------
    >>> import numpy as np
    >>> report = check_gradients(lambda p: p[0] @ p[0], [np.array([1.0, 2.0])], [np.array([2.0, 5.0])])
    >>> [row] = report.rows
    >>> row.verdict, row.entry, row.claimed, row.measured
    ('FAIL', (1,), 5.0, 4.0)
    """

    name: str
    shape: tuple
    error: float
    allowed: float
    verdict: str
    method: str
    entry: tuple | None
    claimed: float
    measured: float
    checked: int
    kinks: list = field(default_factory=list)
    diagnosis: str = ""


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradients` found; as a `str` it is a table, as a `bool` it is `ok`.

    Attributes
    ----------
    rows : list of ParameterReport
        One for each parameter.
    sampled : str
        How the entries were chosen, if not all of them were.
    ok : bool
        Whether no parameter fails.
    worst : float
        The largest norm-wise relative error.
    diagnosis : list of str
        A sentence or two for each parameter that fails.

    Examples
    --------
    >>> import numpy as np
    >>> report = check_gradients(lambda p: p[0] @ p[0], [np.array([1.0, 2.0])], [np.array([1.0, 2.0])])
    >>> report.ok, report.worst
    (False, 0.5)
    >>> print(report)
    parameter      shape  error  allowed  verdict  worst entry  claimed  measured
    parameters[0]  (2,)   0.5    2e-06    FAIL     [1]          2        4
    2 of 2 entries, by complex step.
    parameters[0]: It is 1/2 of the right gradient. A constant such as m or 2 looks wrong.
    """

    rows: list
    sampled: str = ""

    @property
    def ok(self):
        """Whether no parameter fails."""
        return all(row.verdict != "FAIL" for row in self.rows)

    @property
    def worst(self):
        """The largest norm-wise relative error."""
        return max((row.error for row in self.rows if row.verdict in ("ok", "FAIL")), default=0.0)

    @property
    def diagnosis(self):
        """A sentence or two for each parameter that fails."""
        return [f"{row.name}: {row.diagnosis}" for row in self.rows if row.verdict == "FAIL"]

    def __bool__(self):
        return self.ok

    def __str__(self):
        head = ("parameter", "shape", "error", "allowed", "verdict", "worst entry", "claimed", "measured")
        table = [head, *(_cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table]
        methods = " and ".join(sorted({row.method for row in self.rows}))
        total = sum(math.prod(row.shape) for row in self.rows)
        lines.append(f"{sum(row.checked for row in self.rows)} of {total} entries{self.sampled}, by {methods}.")
        for row in self.rows:
            if row.kinks:
                entry, claimed, left, right = row.kinks[0]
                slopes = f"the slope is {left:.6g} to the left, {right:.6g} to the right, and {claimed:.6g} is claimed"
                lines.append(
                    f"{row.name}: {len(row.kinks)} of {row.checked} entries at a kink, set apart; at {list(entry)} {slopes}."
                )
            if row.verdict == "rounding":
                lines.append(f"{row.name}: Claimed and measured are both 0 up to rounding, which is no proof.")
        return "\n".join(lines + self.diagnosis)


def _cells(row):
    entry = "" if row.entry is None else str(list(row.entry))
    numbers = ("", "") if row.entry is None else (f"{row.claimed:.6g}", f"{row.measured:.6g}")
    return (row.name, str(row.shape), _brief(row.error), _rounded_up(row.allowed), row.verdict, entry, *numbers)


def _brief(error):
    return f"{error:.1g}" if error < 0.1 else f"{error:.2g}"


def _rounded_up(allowed):
    exponent = math.floor(math.log10(allowed))
    return f"{math.ceil(allowed / 10.0**exponent) * 10.0**exponent:.0e}"


def check_gradients(cost, parameters, gradients, *, names=None, suspects=None, max_entries=None, seed=0, progress=None):
    r"""Measure every slope of a cost and compare it with the gradients of a backward pass.

    Parameters
    ----------
    cost : callable
        Takes a list of arrays like `parameters`, fresh ones each time, and returns one number. It must
        be the same number each time: fix the mask of a dropout, the order of a shuffle.
    parameters : list of arrays
        Where to measure; each of any shape. They are not changed.
    gradients : list of arrays
        What the backward pass gives, in the same order. They are not changed.
    names : list of str, optional
        What the report calls the parameters.
    suspects : dict of str to list of arrays, optional
        For a mistake, by its name, the gradients that it would give. The report says which of them a wrong
        gradient equals. `backprop.mistakes.suspects` makes it for a network of this library.
    max_entries : int, optional
        Measure at most this many entries of each parameter, chosen by `seed`; the report says so.
    seed : int
        Chooses the entries, and the directions in which methods and steps are tried.
    progress : bool, optional
        Show a bar, or never. By default there is one if tqdm is installed and stderr is a terminal, after a
        second.

    Returns
    -------
    report : GradientReport
        `ok`, `worst`, `diagnosis` and `rows`; print it for the table.

    Raises
    ------
    ShapeError
        If there is not one gradient for each parameter, or the cost is not one number. A gradient of
        another shape than its parameter is not raised: it fails, with a diagnosis.
    TypeError
        If a parameter or a gradient is no array of real numbers.
    ValueError
        If the cost is not finite, or not the same number twice.

    Examples
    --------
    The last factor of $\partial C / \partial w = (w x - y) x$ was forgotten:

    >>> def cost(parameters):
    ...     w, b = parameters
    ...     return 0.5 * (w * 3.0 + b - 1.0) ** 2
    >>> report = check_gradients(cost, [2.0, 0.0], [5.0, 5.0], names=["w", "b"])
    >>> report.ok
    False
    >>> print(report)
    parameter  shape  error  allowed  verdict  worst entry  claimed  measured
    w          ()     0.67   2e-06    FAIL     []           5        15
    b          ()     0      2e-06    ok       []           5        5
    2 of 2 entries, by complex step.
    w: It is 1/3 of the right gradient. A constant such as m or 2 looks wrong.
    """
    parameters = _arrays("parameters", parameters)
    gradients = _arrays("gradients", gradients)
    names = [f"parameters[{k}]" for k in range(len(parameters))] if names is None else list(names)
    suspects = {name: _arrays(name, given) for name, given in (suspects or {}).items()}
    for what, given in {"gradients": gradients, "names": names, **suspects}.items():
        if len(given) != len(parameters):
            raise ShapeError(f"check_gradients got {len(given)} {what} for {len(parameters)} parameters")

    with np.errstate(all="ignore"):
        landscape = _Landscape(cost, parameters, np.random.default_rng(seed))
    chosen = [landscape.choose(k, max_entries) for k in range(len(parameters))]
    with np.errstate(all="ignore"), _bar(sum(map(len, chosen)), progress) as bar:
        tick = (lambda: None) if bar is None else bar.update
        measured = [_Measured(landscape, k, entries, tick) for k, entries in enumerate(chosen)]
        largest = max([found.norm() for found in measured], default=0.0)
        for found, claim in zip(measured, gradients):
            found.judge(claim, largest)
    diagnosis = diagnoses(names, measured, gradients, suspects)
    rows = [found.row(*about) for found, *about in zip(measured, names, gradients, diagnosis)]
    is_sample = any(len(entries) < p.size for entries, p in zip(chosen, parameters))
    return GradientReport(rows, f" (max_entries={max_entries}, seed={seed})" if is_sample else "")


def _arrays(what, given):
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"check_gradients: {what} is a {type(given).__name__}; put the arrays in a list")
    return [_real(f"{what}[{k}]", value) for k, value in enumerate(given)]


def _real(what, value):
    try:
        array = np.asarray(value)
    except ValueError:
        raise TypeError(f"check_gradients: {what} is a ragged list; its rows have different lengths") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"check_gradients: {what} holds {array.dtype.name} items, not real numbers")
    return array if array.dtype.kind == "f" else array.astype(float)


def _bar(total, progress):
    if progress is False:
        return contextlib.nullcontext()
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise
        return contextlib.nullcontext()
    return tqdm(total=total, unit="entry", disable=None if progress is None else False, delay=0 if progress else 1)


class _Landscape:
    """The cost around the parameters: its value, its rounding, and its slopes."""

    def __init__(self, cost, parameters, rng):
        self.cost, self.rng = cost, rng
        self.precision = [np.finfo(p.dtype).eps for p in parameters]
        wide = [p.astype(np.result_type(p.dtype, np.float64)) for p in parameters]
        self.parameters = wide
        if any(w.dtype != p.dtype for w, p in zip(wide, parameters)):
            try:
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
        floats = [array.dtype for array in (first, *self.parameters) if array.dtype.kind in "fc"]
        self.noise, magnitude = self._rounding(max(np.finfo(dtype).eps for dtype in floats or [np.float64]))
        ratio = float(self.noise / magnitude) if magnitude > 0 else np.finfo(float).eps
        self.step = 2.0 ** round(np.log2(ratio**0.2))
        self.near = 2.0 ** round(np.log2(ratio**0.4))  # close enough for the two sides of a kink
        self.tolerance = ratio**0.4  # the square root of what a difference of fourth order reaches

    def value(self, *moves):
        """Return the cost with each `(k, where, by)` of the moves added to parameter k."""
        return self._evaluate(moves).item()

    def _evaluate(self, moves):
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

    def choose(self, k, max_entries):
        """Return the entries of parameter k to measure."""
        p = self.parameters[k]
        flat = np.arange(p.size)
        if max_entries is not None and p.size > max_entries:
            flat = np.sort(self.rng.choice(p.size, max_entries, replace=False))
        return list(zip(*np.unravel_index(flat, p.shape))) if p.ndim else [()]

    def direction(self, k):
        """Return a random array like parameter k, of norm 1."""
        d = np.asarray(self.rng.standard_normal(self.parameters[k].shape))
        return d / max(np.linalg.norm(d), np.finfo(float).tiny)

    def along(self, k, where, by=1.0, *others):
        """Return the cost as a function of one number t, which moves parameter k by t."""
        return lambda t: self.value((k, where, t * by), *others)

    def _rounding(self, eps):
        """Return the rounding in the cost, seen in differences of an order too high for what is smooth, and its size."""
        ways = [self.direction(k) for k in range(len(self.parameters))]
        levels, magnitude = [], abs(self.here)
        for spacing in (1e-3, 1e-4, 1e-5):  # all to one side: a kink is most often where we stand
            steps = spacing * np.arange(1, 11)
            values = np.array([self.value(*((k, ..., t * way) for k, way in enumerate(ways))) for t in steps])
            if np.all(np.isfinite(values)):
                levels.append(np.sqrt(np.mean(np.diff(values, 6) ** 2)) * math.factorial(6) / math.factorial(12) ** 0.5)
                magnitude = max(magnitude, np.max(np.abs(values)))
        return max(float(np.median(levels or [0.0])), 8 * eps * magnitude), magnitude

    def slope(self, f, step):
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

    def complex_slope(self, k, where, by=1.0, *others):
        """Return the slope by the complex step."""
        value = self.value((k, where, 1j * STEP * by), *others)
        if not isinstance(value, (complex, np.complexfloating)):
            raise TypeError("the cost drops the imaginary part")
        return value.imag / STEP

    def sides(self, f):
        """Return the slopes to the left and to the right of 0."""
        return (self.here - f(-self.near)) / self.near, (f(self.near) - self.here) / self.near

    def is_kink(self, f):
        """Return whether the two sides stay apart when the step shrinks."""
        near, far = (abs(f(t) + f(-t) - 2 * self.here) / t for t in (self.near, 16 * self.near))
        return near > max(far / 4, 50 * self.noise / self.near)


def _fourth_order(f, h):
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


class _Measured:
    """The measured gradient of one parameter, not-a-number where it was not measured."""

    def __init__(self, landscape, k, entries, tick):
        self.landscape, self.k, self.entries = landscape, k, entries
        self.values = np.full(landscape.parameters[k].shape, np.nan)
        self.kinks = []
        self._choose_method()
        for entry in entries:
            if self.is_complex:
                self.values[entry] = landscape.complex_slope(k, entry)
            else:
                self.values[entry] = _fourth_order(landscape.along(k, entry), self.step)
            if not np.isfinite(self.values[entry]):
                self.values[entry] = landscape.slope(landscape.along(k, entry), self.step)[0]
            tick()

    def _choose_method(self):
        """Take the complex step if it agrees with a difference in one random direction."""
        land, k = self.landscape, self.k
        way = land.direction(k)
        slope, self.uncertainty, self.step = land.slope(land.along(k, ..., way), land.step)
        nearby = [(j, ..., 1e-3 * land.direction(j) * np.linalg.norm(p)) for j, p in enumerate(land.parameters)]
        there = [(j, where, by.astype(land.parameters[j].dtype)) for j, where, by in nearby]
        self.is_complex = False
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
    def seen(self):
        """Where there is a number to compare with."""
        return ~np.isnan(self.values)

    def norm(self):
        return float(np.linalg.norm(self.values[self.seen]))

    def limits(self, claim, largest):
        """Set what rounding may explain: relative to the gradient, and as such."""
        land = self.landscape
        eps = max(np.finfo(claim.dtype).eps, land.precision[self.k])
        reach = max(1.0, np.max(np.abs(land.parameters[self.k]), initial=0.0))
        self.relative = max(eps**0.4, land.tolerance)
        self.absolute = (
            16 * eps * (largest + self.sensitivity + abs(land.here) / reach) + land.noise / land.step / reach
        )
        if not self.is_complex:
            self.absolute += 3 * np.sqrt(len(self.entries)) * max(land.noise / self.step, self.uncertainty)

    def error(self, candidate):
        """Return the norm-wise relative error of a gradient, where there is something to compare."""
        g, measured = candidate[self.seen].astype(self.values.dtype), self.values[self.seen]
        size = max(np.linalg.norm(g), np.linalg.norm(measured))
        return float(np.linalg.norm(g - measured) / size) if size > 0 else 0.0

    def allowed(self, candidate):
        """Return the error that rounding explains."""
        size = max(np.linalg.norm(candidate[self.seen]), self.norm())
        return float(self.relative + (self.absolute / size if size > 0 else 0.0))

    def passes(self, candidate):
        """Return whether this would have been a right gradient."""
        return candidate.shape == self.values.shape and self.error(candidate) <= self.allowed(candidate)

    def judge(self, claim, largest):
        """Compare; and where that fails, look again for kinks, and for a cost that misled the first look."""
        self.limits(claim, largest)
        if claim.shape != self.values.shape or not np.all(np.isfinite(claim[self.seen])) or self.passes(claim):
            return
        off = np.abs(claim - self.values)
        bound = self.allowed(claim) * max(self.norm(), np.linalg.norm(claim[self.seen])) / np.sqrt(len(self.entries))
        suspicious = [entry for entry in self.entries if not off[entry] <= bound]
        suspicious.sort(key=lambda entry: -np.nan_to_num(off[entry], nan=np.inf))
        first, rest = suspicious[:16], suspicious[16:]
        if any([self._look_again(entry) for entry in first]):
            for entry in rest:
                self._look_again(entry)

    def _look_again(self, entry):
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

    def verdict(self, claim):
        if claim.shape != self.values.shape or not np.all(np.isfinite(claim[self.seen])):
            return "FAIL"
        if self.kinks and not np.any(self.seen):
            return "kink"
        if not self.passes(claim):
            return "FAIL"
        size = max(self.norm(), np.linalg.norm(claim[self.seen]))
        return "rounding" if 0 < size < 3 * self.absolute else "ok"

    def row(self, name, claim, diagnosis):
        """Return the row of the report."""
        same = claim.shape == self.values.shape
        error, entry, pair = np.inf, None, (np.nan, np.nan)
        if same:
            error = self.error(claim) if np.all(np.isfinite(claim[self.seen])) else np.inf
        if same and np.any(self.seen):
            off = np.where(self.seen, np.nan_to_num(np.abs(claim - self.values), nan=np.inf), -1.0)
            entry = tuple(map(int, np.unravel_index(np.argmax(off), off.shape)))
            pair = float(claim[entry]), float(self.values[entry])
        return ParameterReport(
            name, self.values.shape, error, self.allowed(claim) if same else float(self.relative),
            self.verdict(claim), "complex step" if self.is_complex else "differences", entry, *pair, len(self.entries),
            [(tuple(map(int, at)), float(claim[at]), *map(float, sides)) for at, *sides in self.kinks if same], diagnosis,
        )  # fmt: skip
