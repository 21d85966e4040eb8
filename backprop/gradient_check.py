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
There the step is real, to both sides and at two distances, so that the terms in $h^2$ and $h^4$ cancel, and that in $h^3$, too:

$$
\frac{\partial C}{\partial \theta_k}
= \frac{8 \, \bigl( C(h) - C(-h) \bigr) - \bigl( C(2h) - C(-2h) \bigr)}{12 \, h} + O(h^4) .
$$

The first error that remains is $-4 h^4$ for the cost $\theta^5$ at 0, whose derivative is 0. It is $-\frac{h^4}{30}$ times the fifth derivative, 120:

```pycon
>>> h = 0.25
>>> (8 * (h**5 - (-h) ** 5) - ((2 * h) ** 5 - (-2 * h) ** 5)) / (12 * h), -4 * h**4
(-0.015625, -0.015625)

```

A difference cancels the digits that its terms share. With rounding $\varepsilon$ in $C$ the slope is off by
about $\varepsilon / h$, so a smaller $h$ is worse from some point on. The two errors balance near
$h = \varepsilon^{1/5}$: $10^{-3}$ for float64, $\frac1{32}$ for float32.

# Why it is so

The gradient that your code computes is called the *analytic* gradient, and the measured one the *numerical* gradient. The real steps are *finite
differences*. The two gradients share no code but the forward pass. A mistake in the backward pass cannot be in both.

The norm of the difference is compared, not each entry. An entry that is a small difference of large terms has lost its
digits to rounding, also in a right gradient. An entry that is only small keeps its digits in the complex step. Most wrong formulas change the first digit or the second, and rounding changes the last
ones. The bound is far from both, at $\varepsilon^{2/5}$: the square root of the error of the
best difference. Each row of the report shows it.

At a kink, such as ReLU at 0, the derivatives to the left and to the right differ. Every number between them
is a subgradient, so every such number is accepted, and nothing else is. The report gives both derivatives. An entry counts as *at* a
kink if the two stay apart at smaller and smaller distances, until rounding hides the difference: for a cost near 1 in float64, within
about $10^{-12}$. At $z = 10^{-9}$ ReLU has the derivative 1, and only 1 is accepted:

```pycon
>>> import numpy as np
>>> from backprop import check_gradients
>>> def total(parameters):
...     return np.sum(np.maximum(parameters[0], 0))
>>> [check_gradients(total, [np.array([0.0])], [np.array([g])]).ok for g in (0.0, 0.5, 1.0, 7.0)]
[True, True, True, False]
>>> [check_gradients(total, [np.array([1e-9])], [np.array([g])]).ok for g in (0.0, 0.5, 1.0, 7.0)]
[False, False, True, False]

```

Where several units are at their kinks at once, one subgradient for each unit need not give a value between the derivatives of the cost. A
pass that uses 0 at each kink may fail there, and rightly. Here $\operatorname{relu}(b) - \operatorname{relu}(-b)$ is $b$ for every $b$, so the derivative at
0 is 1, and two zeros give 0:

```pycon
>>> def both(parameters):
...     b = parameters[0]
...     return np.sum(np.maximum(b, 0) - np.maximum(-b, 0))
>>> [check_gradients(both, [np.array([0.0])], [np.array([g])]).ok for g in (0.0, 1.0)]
[False, True]

```

The numbers also tell what went wrong. A transposed gradient becomes right when it is transposed back; a
flipped sign is a factor of $-1$; a slope that is missing leaves one factor for each unit. Each such guess
is tried on the gradient, and the report names those under which it would have passed.

# A 2-3-2 network

The cost as a function of the parameters alone, and the gradients in the same order:

```pycon
>>> import numpy as np
>>> from backprop import Layer, check_gradients, forward, gradients, quadratic
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ._address import BOOK
from ._arrays import Array
from ._axes import Shape
from .shapes import ShapeError

if TYPE_CHECKING:
    from ._numerical_gradient import NumericalGradient

__all__ = ["GradientReport", "check_gradients"]


class ParameterReport(NamedTuple):
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
        ``"ok"`` or ``"FAIL"``; ``"kink"`` if every entry is at a kink, between the derivatives on both sides;
        ``"rounding"`` if the gradient is too small to be told from rounding, which proves nothing and is no failure.
    method : str
        ``"complex step"`` or ``"differences"``.
    entry : tuple of int or None
        The entry that is off by most; None if the shapes differ.
    claimed, measured : float
        The gradient at that entry, as it was given and as it was measured.
    checked : int
        How many entries were measured.
    kinks : list of tuple
        For each entry found at a kink: the entry, the gradient there, and the derivatives to the left and to the right.
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
    shape: Shape
    error: float
    allowed: float
    verdict: str
    method: str
    entry: Shape | None
    claimed: float
    measured: float
    checked: int
    kinks: Sequence[tuple[Shape, float, float, float]] = ()
    diagnosis: str = ""


class GradientReport(NamedTuple):
    """What `check_gradients` found; as a `str` it is a table, as a `bool` it is `ok`.

    Attributes
    ----------
    rows : list of ParameterReport
        One for each parameter.
    sampled : str
        How the entries were chosen, if not all of them were.
    ok : bool
        Whether no parameter fails. A verdict of ``"kink"`` or ``"rounding"`` is no failure.
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

    rows: list[ParameterReport]
    sampled: str = ""

    @property
    def ok(self) -> bool:
        """Whether no parameter fails."""
        return all(row.verdict != "FAIL" for row in self.rows)

    @property
    def worst(self) -> float:
        """The largest norm-wise relative error."""
        return max((row.error for row in self.rows if row.verdict in ("ok", "FAIL")), default=0.0)

    @property
    def diagnosis(self) -> list[str]:
        """A sentence or two for each parameter that fails."""
        return [f"{row.name}: {row.diagnosis}" for row in self.rows if row.verdict == "FAIL"]

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
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
                lines.append(
                    f"{row.name}: {len(row.kinks)} of {row.checked} entries are at a kink. At {list(entry)} the derivative is "
                    f"{left:.6g} to the left and {right:.6g} to the right; the gradient there is {claimed:.6g}."
                )
            if row.verdict == "rounding":
                lines.append(f"{row.name}: Claimed and measured are both 0 up to rounding, which is no proof.")
        return "\n".join(lines + self.diagnosis)


def _cells(row: ParameterReport) -> tuple[str, ...]:
    entry = "" if row.entry is None else str(list(row.entry))
    numbers = ("", "") if row.entry is None else (f"{row.claimed:.6g}", f"{row.measured:.6g}")
    return (row.name, str(row.shape), _brief(row.error), _rounded_up(row.allowed), row.verdict, entry, *numbers)


def _brief(error: float) -> str:
    return f"{error:.1g}" if error < 0.1 else f"{error:.2g}"


def _rounded_up(allowed: float) -> str:
    exponent = math.floor(math.log10(allowed))
    return f"{math.ceil(allowed / 10.0**exponent) * 10.0**exponent:.0e}"


def check_gradients(
    cost: Callable[[list[Array]], Any],
    parameters: Sequence[Array],
    gradients: Sequence[Array],
    *,
    names: Sequence[str] | None = None,
    candidates: Mapping[str, Sequence[Array]] | None = None,
    max_entries: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> GradientReport:
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
    candidates : dict of str to list of arrays, optional
        For a mistake, by its name, the gradients that it would give. The report says which of them a wrong
        gradient equals. `backprop.mistakes.candidates` makes it for a network of this library.
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
    thetas, claims = _arrays("parameters", parameters), _arrays("gradients", gradients)
    called = [f"parameters[{k}]" for k in range(len(thetas))] if names is None else list(names)
    compared = {name: _arrays(name, given) for name, given in (candidates or {}).items()}
    for what, given in [("gradients", claims), ("names", called), *compared.items()]:
        if len(given) != len(thetas):
            raise ShapeError(
                f"check_gradients got {len(given)} {what} for {len(thetas)} parameters; write one for each, in the same order.\n"
                f"  See {BOOK}use/check-your-own/"
            )

    # What only a check needs is imported by the first one.
    from ._diagnosis import diagnoses
    from ._numerical_gradient import CostSurface, NumericalGradient

    with np.errstate(all="ignore"):
        surface = CostSurface(cost, thetas, np.random.default_rng(seed))
        chosen = [surface.choose(k, max_entries) for k in range(len(thetas))]
        with _ticks(sum(map(len, chosen)), progress) as tick:
            measured = [NumericalGradient(surface, k, entries, tick) for k, entries in enumerate(chosen)]
        largest = max([numerical.norm() for numerical in measured], default=0.0)
        for numerical, claim in zip(measured, claims):
            numerical.compare(claim, largest)
        diagnosis = diagnoses(called, measured, claims, compared)
    rows = [_row(*about) for about in zip(called, measured, claims, diagnosis)]
    is_sample = any(len(entries) < theta.size for entries, theta in zip(chosen, thetas))
    return GradientReport(rows, f" (max_entries={max_entries}, seed={seed})" if is_sample else "")


def _arrays(what: str, given: Sequence[Array]) -> list[Array]:
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"check_gradients: {what} is a {type(given).__name__}; put the arrays in a list")
    return [_real(f"{what}[{k}]", value) for k, value in enumerate(given)]


def _real(what: str, value: Array) -> Array:
    try:
        array = np.asarray(value)
    except ValueError:
        raise TypeError(f"check_gradients: {what} is a ragged list; its rows have different lengths") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"check_gradients: {what} holds {array.dtype.name} items, not real numbers")
    return array if array.dtype.kind == "f" else array.astype(float)


@contextlib.contextmanager
def _ticks(total: int, progress: bool | None) -> Iterator[Callable[[], object]]:
    """Give a function to call after each entry, which moves the bar if there is one."""
    try:
        from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        if progress:
            raise
        yield lambda: None
        return
    disable = None if progress is None else not progress  # None: only on a terminal
    with tqdm(total=total, unit="entry", disable=disable, delay=0 if progress else 1) as bar:
        yield bar.update


def _row(name: str, numerical: "NumericalGradient", claim: Array, diagnosis: str) -> ParameterReport:
    is_comparable = claim.shape == numerical.values.shape and bool(np.all(np.isfinite(claim[numerical.seen])))
    entry, claimed, measured = numerical.worst(claim)
    return ParameterReport(
        name=name,
        shape=numerical.values.shape,
        error=numerical.error(claim) if is_comparable else math.inf,
        allowed=numerical.allowed(claim) if is_comparable else numerical.relative,
        verdict=numerical.verdict(claim),
        method="complex step" if numerical.is_complex else "differences",
        entry=entry,
        claimed=claimed,
        measured=measured,
        checked=len(numerical.entries),
        kinks=[(kink.entry, float(claim[kink.entry]), kink.left, kink.right) for kink in numerical.kinks],
        diagnosis=diagnosis,
    )
