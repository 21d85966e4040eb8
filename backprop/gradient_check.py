r"""Gradient check: compare a backward pass with derivatives measured from the cost.

> My backward pass runs, the shapes fit and the loss falls. Is the gradient right?

Neither the shapes nor the loss can tell. But the cost itself can: change one entry of a parameter a little, evaluate the cost again, and see how
fast it changes. The gradient that your code computes is called the *analytic* gradient. The one that is measured so is called the *numerical* gradient.
**If the two differ by more than rounding explains, one of them is wrong.** They have only the forward pass in common, so a mistake in the
backward pass cannot be in both.

$$
\underbrace{\frac{\partial C}{\partial \theta_k}}_{\text{numerical}}
= \frac{\operatorname{Im} C(\theta + i h e_k)}{h} + O(h^2) ,
\qquad
\text{error} = \frac{\lVert g - \hat g \rVert}{\max(\lVert g \rVert, \lVert \hat g \rVert)}
$$

Here $g$ is the analytic gradient and $\hat g$ the numerical one, which is measured entry by entry. The step $h$ is tiny, and $i$ is the imaginary unit.

# Shapes

| symbol     | in code      | shape          | meaning                                                          |
| ---------- | ------------ | -------------- | ---------------------------------------------------------------- |
| $\theta$   | `parameters` | each any shape | weights, biases, kernels, inputs, single numbers                 |
| $g$        | `gradients`  | each the same  | what your backward pass gives for them                           |
| $C$        | `cost`       | `()`           | a function: takes the parameters, returns one number             |
| $e_k$      |              |                | 1 at entry $k$ of one parameter, 0 at all others                 |
| $h$        |              | `()`           | the step                                                         |

# Derivation

**Step 1: take a step along the imaginary axis.** Taylor's series of the cost has real and imaginary terms in turn:

$$
C(\theta + i h e_k)
= C + i h \, \frac{\partial C}{\partial \theta_k}
- \frac{h^2}{2} \frac{\partial^2 C}{\partial \theta_k^2}
- i \, \frac{h^3}{6} \frac{\partial^3 C}{\partial \theta_k^3} + \dots
$$

**Step 2: divide the imaginary part by $h$.** This leaves the derivative. The first term that spoils it contains $h^2$. Nothing is
subtracted, so no digits cancel, and $h$ may be as small as we like. Here it is $2^{-66}$. Then $h^2$ is too small to
change any digit of the derivative.

**Step 3: have a second method.** Some costs take the absolute value of a number, or round it to a real one. They lose the imaginary part. For them
the step is real. It goes to both sides and to two distances, so that the terms with $h^2$ to $h^4$ cancel:

$$
\frac{\partial C}{\partial \theta_k}
= \frac{8 \, \bigl( C(h) - C(-h) \bigr) - \bigl( C(2h) - C(-2h) \bigr)}{12 \, h} + O(h^4) .
$$

This is a *finite difference* of fourth order. The first error that remains is $-\frac{h^4}{30}$ times the fifth derivative. For the cost $\theta^5$ at 0 the
derivative is 0 and the fifth derivative is 120, so the error is $-4 h^4$:

```pycon
>>> h = 0.25
>>> (8 * (h**5 - (-h) ** 5) - ((2 * h) ** 5 - (-2 * h) ** 5)) / (12 * h), -4 * h**4
(-0.015625, -0.015625)

```

**Step 4: choose the real step.** A difference cancels the digits that its terms share. If the cost has a relative rounding error $\varepsilon$, the derivative is off by
about $\varepsilon / h$. So a smaller step is worse from some point on. The two errors are equal near
$h = \varepsilon^{1/5}$. That is $10^{-3}$ for float64 and $\frac1{32}$ for float32.

# How large may the error be?

The norm of the difference is compared, and not each entry. An entry that is a small difference of large terms has lost its digits to rounding, also in a
right gradient. Most wrong formulas change the first digit or the second, and rounding changes the last
ones. The bound is far from both, at $\varepsilon^{2/5}$. That is the square root of the error of the
best difference. Each row of the report shows it as *allowed*.

# What happens at a kink?

ReLU at 0 has one derivative to the left and another to the right. Every number between them is a subgradient. Every such number is accepted there, and nothing else is.
The report gives both derivatives. An entry counts as at a kink if the two stay apart at smaller and smaller distances, until rounding hides the
difference. For a cost near 1 in float64 this is within about $10^{-12}$. At $z = 10^{-9}$ ReLU has the derivative 1, and only 1 is accepted:

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

Several units may be at their kinks at once. Then one subgradient for each unit need not give a value between the derivatives of the cost. A
pass that uses 0 at each kink may fail there, and rightly. Here $\operatorname{relu}(b) - \operatorname{relu}(-b)$ is $b$ for every $b$. So the derivative at
0 is 1, and two zeros give 0:

```pycon
>>> def both(parameters):
...     b = parameters[0]
...     return np.sum(np.maximum(b, 0) - np.maximum(-b, 0))
>>> [check_gradients(both, [np.array([0.0])], [np.array([g])]).ok for g in (0.0, 1.0)]
[False, True]

```

# How does it find where the mistake is?

The gradients of a layer are computed from its error $\delta$, and the error from that of the next layer. So right and wrong gradients tell where to look:

| right                        | wrong                 | the mistake is in                                    |
| ---------------------------- | --------------------- | ---------------------------------------------------- |
| $b^l$                        | $W^l$                 | BP4, the gradient of the weights                     |
| $W^l$                        | $b^l$                 | BP3, the gradient of the biases                      |
| $W^{l+1}$ and $b^{l+1}$      | $W^l$, $b^l$ and all before | BP2, the step from layer $l+1$ back to layer $l$ |
| nothing                      | everything            | BP1, the output error, or a common factor            |

The report names an equation only if the parameters are those of a network. Each must be a matrix with its biases, and each size must fit the next. Otherwise it
names the parameters between which the error goes wrong.

# How does it find what the mistake is?

Each known mistake is undone, and the result is compared again. A gradient that is right after it was transposed was transposed. A flipped sign is a
factor of $-1$. Then come the entries: which are wrong, and what do they share? Last come the properties that the right gradient has
and yours has not. If a mean was subtracted in the forward pass, for example, the right gradient sums to 0.

# Example

[The 2-3-2 network][2-3-2-pass] of this book: the cost as a function of the parameters, and the gradients under the same keys.

```pycon
>>> import numpy as np
>>> from backprop import Layer, check_gradients, forward, gradients, quadratic
>>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
>>> def cost(p):
...     return quadratic(forward([Layer(p["W1"], p["b1"]), Layer(p["W2"], p["b2"])], x)[1][-1], y)
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> p = {"W1": W1, "b1": np.zeros(3), "W2": W2, "b2": np.array([-1.75, -2.25])}
>>> C, (first, second) = gradients([Layer(W1, p["b1"]), Layer(W2, p["b2"])], x, y)
>>> right = {"dW1": first.dC_dW, "db1": first.dC_db, "dW2": second.dC_dW, "db2": second.dC_db}
>>> report = check_gradients(cost, p, right)
>>> report.ok, report.worst < 1e-15
(True, True)

```

Now leave out $\sigma'$ of the hidden layer. Its error becomes $(\frac18, 0, -\frac12)$:

```pycon
>>> delta1 = np.array([0.125, 0.0, -0.5])
>>> report = check_gradients(cost, p, right | {"dW1": np.outer(delta1, x), "db1": delta1})
>>> report.ok
False
>>> print(report.where[0].says)
W2 and b2 are right, so the error of layer 2 is right. W1 and b1 are wrong. Look at the step from layer 2 back to layer 1 (BP2): W2 transposed, and the elementwise product with σ′ of layer 1 at z.
>>> for sentence in report.diagnosis:
...     print(sentence)
W1: Each row is the right one times a factor of its own, and every factor is at least 4. It looks like σ′ missing: that of a sigmoid is at most 1/4.
b1: Each entry is off by the factor that its row of W1 is off by, so the mistake is the same.

```

The factors are 4, 4 and $\frac{16}3$: one divided by each $\sigma'$. In the middle row both gradients are 0.

# Common mistakes

- The check is made at one point, and the point hides the mistake: [what a check does not see][check-your-own].
- The step of a finite difference is too small, and rounding is taken for a mistake: [no step to choose][check-your-own].
- The cost draws new random numbers each time: [a cost for the check][check-your-own].

# Check yourself

??? question "The gradient of W2 is wrong, and those of b2, W1 and b1 are right. Can the output error be wrong?"

    No. The gradients of b2, W1 and b1 are computed from it, and they are right. The mistake is in BP4 of layer 2.

??? question "A backward pass is checked with one example and passes. Which mistakes can it still have?"

    All that show with several examples only. For example a sum over the wrong axis, a factor $\frac1m$, or a mean of errors in place of their sum.
"""

from __future__ import annotations

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
    from ._numerical_gradient import CostSurface, NumericalGradient
    from ._sentences import Finding

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
    analytic, numerical : float
        The two gradients at that entry: the one of the backward pass, and the one measured from the cost.
    checked : int
        How many entries were measured.
    kinks : list of tuple
        For each entry found at a kink: the entry, the gradient there, and the derivatives to the left and to the right.
        A kink that is only near is in `notes`.
    findings : list of Finding
        If it fails, what it looks like: each `says` what, and has the `page` that explains it.

    Examples
    --------
    >>> import numpy as np
    >>> report = check_gradients(lambda p: p[0] @ p[0], [np.array([1.0, 2.0])], [np.array([2.0, 5.0])])
    >>> [row] = report.rows
    >>> row.verdict, row.entry, row.analytic, row.numerical
    ('FAIL', (1,), 5.0, 4.0)
    """

    name: str
    shape: Shape
    error: float
    allowed: float
    verdict: str
    method: str
    entry: Shape | None
    analytic: float
    numerical: float
    checked: int
    kinks: Sequence[tuple[Shape, float, float, float]] = ()
    findings: Sequence[Finding] = ()

    @property
    def diagnosis(self) -> str:
        """What it looks like, if it fails."""
        return " ".join(finding.says for finding in self.findings)


class GradientReport(NamedTuple):
    """What `check_gradients` found; as a `str` it is a table, as a `bool` it is `ok`.

    Attributes
    ----------
    rows : list of ParameterReport
        One for each parameter.
    how : str
        How many entries were measured, by which method.
    where : list of Finding
        Where the mistake was made, as far as right and wrong gradients tell.
    notes : list of Finding
        What these parameters hide: mistakes that cannot show here.
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
    parameter      shape  error  allowed  verdict  worst entry  analytic  numerical
    parameters[0]  (2,)   0.5    2e-06    FAIL     [1]          2         4
    2 of 2 entries, by complex step.
    parameters[0]: It is 1/2 of the right gradient. Look for a constant such as m, 2 or 1/2 that only one of the cost and the gradient has.
      See https://literate-backprop.github.io/look-up/sum-or-mean/
    """

    rows: list[ParameterReport]
    how: str = ""
    where: Sequence[Finding] = ()
    notes: Sequence[Finding] = ()

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
        from ._sentences import say

        head = ("parameter", "shape", "error", "allowed", "verdict", "worst entry", "analytic", "numerical")
        table = [head, *(_cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table]
        lines.append(self.how)
        for row in self.rows:
            if row.kinks:
                entry, analytic, left, right = row.kinks[0]
                lines.append(
                    f"{row.name}: {len(row.kinks)} of {row.checked} entries are at a kink. At {list(entry)} the derivative is "
                    f"{left:.6g} to the left and {right:.6g} to the right; the gradient there is {analytic:.6g}."
                )
        for finding in self.where:
            lines += _with_page("", [finding])
        said: dict[tuple[Finding, ...], list[str]] = {}
        for row in self.rows:
            if row.findings:
                said.setdefault(tuple(row.findings), []).append(row.name)
        for findings, names in said.items():
            if findings == (say("no guess"),) and (self.where or len(said) > 1):
                continue
            lines += _with_page(f"{', '.join(names)}: ", findings)
        for finding in self.notes:
            lines += _with_page("Note: ", [finding])
        return "\n".join(lines)


def _cells(row: ParameterReport) -> tuple[str, ...]:
    entry = "" if row.entry is None else str(list(row.entry))
    numbers = ("", "") if row.entry is None else (f"{row.analytic:.6g}", f"{row.numerical:.6g}")
    errors = ("", "") if row.verdict == "rounding" else _brief(row.error, row.allowed)
    return (row.name, str(row.shape), *errors, row.verdict, entry, *numbers)


def _brief(error: float, allowed: float) -> tuple[str, str]:
    """Return an error and its bound with few digits, but so many that one is seen to be above the other if it is."""
    shown = f"{error:.1g}" if error < 0.1 else f"{error:.2g}", _rounded_up(allowed, 0)
    for digits in range(1, 9):
        if (float(shown[0]) <= float(shown[1])) == (error <= allowed):
            break
        shown = f"{error:.{digits}e}", _rounded_up(allowed, digits)
    return shown


def _rounded_up(allowed: float, digits: int) -> str:
    last = 10.0 ** (math.floor(math.log10(allowed)) - digits)
    return f"{math.ceil(allowed / last) * last:.{digits}e}"


def _with_page(before: str, findings: Sequence[Finding]) -> list[str]:
    pages = dict.fromkeys(finding.page for finding in findings)
    return [before + " ".join(finding.says for finding in findings), *(f"  See {page}" for page in pages)]


def check_gradients(
    cost: Callable[[Any], Any],
    parameters: Any,
    gradients: Any,
    *,
    names: Sequence[str] | None = None,
    candidates: Mapping[str, Any] | None = None,
    max_entries: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> GradientReport:
    r"""Compare the gradients of a backward pass with the derivatives of the cost, measured from its values only.

    Parameters
    ----------
    cost : callable
        Takes the parameters in the structure in which they are given, with fresh arrays each time, and returns one
        number. It must be the same number each time: fix the mask of a dropout, the order of a shuffle.
    parameters : list, tuple, dict, or any nesting of them
        Where to measure. Its arrays may be of any shape, and of NumPy, PyTorch, JAX or another library; a list of
        numbers is an array. Layers and named tuples may hold them. What has no gradient and is no array of floats, such
        as a string or an integer, reaches the cost unchanged. The same array in two places is one parameter.
    gradients : the same structure
        What the backward pass gives: in a list in the same order, in a dict under the same keys or with a `d` before
        them, `dW1` for `W1`. None for what is not to be checked. Neither is changed.
    names : list of str, optional
        What the report calls the parameters. By default the names come from the keys.
    candidates : dict of str to gradients, optional
        For a mistake, by its name, the gradients that it would give, in the structure of `gradients`. The report says
        which of them a wrong gradient equals. `backprop.mistakes.candidates` makes it for a network of this library.
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
        `ok`, `worst`, `where`, `diagnosis`, `notes` and `rows`; print it for the table.

    Raises
    ------
    ShapeError
        If there is not one gradient for each parameter, or the cost is not one number. A gradient of
        another shape than its parameter is not raised: it fails, with a diagnosis.
    TypeError
        If parameters and gradients have different structures, if one holds no real numbers, or if the cost returns
        no number.
    ValueError
        If the cost is not finite, not the same number twice, or prints.

    Examples
    --------
    The last factor of $\partial C / \partial w = (w x - y) x$ was forgotten:

    >>> def cost(parameters):
    ...     return 0.5 * (parameters["w"] * 3.0 + parameters["b"] - 1.0) ** 2
    >>> report = check_gradients(cost, {"w": 2.0, "b": 0.0}, {"dw": 5.0, "db": 5.0})
    >>> report.ok
    False
    >>> [row.verdict for row in report.rows], report.diagnosis
    (['FAIL', 'ok'], ['w: It is 1/3 of the right gradient. Look for a constant such as m, 2 or 1/2 that only one of the cost and the gradient has.'])
    """
    # What only a check needs is imported by the first one.
    from ._blind_spots import blind_spots
    from ._diagnosis import Case, by_steps, diagnoses, factor_of, is_explained
    from ._numerical_gradient import CostSurface, NumericalGradient
    from ._structures import Structure
    from ._where import has_steps, near_the_bound, where
    from ._wrong_entries import is_wrong_at_kinks_only

    structure = Structure(parameters, gradients)
    if structure.constants and not structure.leaves:
        raise ShapeError(
            "check_gradients: no parameter has a gradient, so nothing can be checked. Give a gradient for at least one of "
            f"{', '.join(structure.constants)}.\n  See {BOOK}use/check-your-own/#structures"
        )
    thetas, claims = [leaf.values for leaf in structure.leaves], structure.gradients
    called = [leaf.name for leaf in structure.leaves] if names is None else list(names)
    if len(called) != len(thetas):
        raise ShapeError(
            f"check_gradients got {len(called)} names for {len(thetas)} parameters; write one for each, in the same order.\n"
            f"  See {BOOK}use/check-your-own/#structures"
        )
    compared = {name: structure.like(name, given) for name, given in (candidates or {}).items()}

    def cost_of(arrays: list[Array]) -> Any:
        with structure.context():
            return cost(structure.build(arrays))

    with np.errstate(all="ignore"):
        surface = CostSurface(cost_of, thetas, np.random.default_rng(seed))
        chosen = [surface.choose(k, max_entries) for k in range(len(thetas))]
        with _ticks(sum(map(len, chosen)), progress) as tick:
            measured = [NumericalGradient(surface, k, entries, tick) for k, entries in enumerate(chosen)]
        largest = max([numerical.norm() for numerical in measured], default=0.0)
        for numerical, claim in zip(measured, claims):
            numerical.compare(claim, largest)
        findings = diagnoses(called, measured, claims, compared)
        rows = [_row(*about) for about in zip(called, measured, claims, findings)]
        factors = [factor_of(Case(k, called, measured, claims)) for k in range(len(called))]
        is_wrong = [row.verdict == "FAIL" for row in rows]
        # Two zeros tell nothing, nor does a gradient that is off by nearly as much as the wrong ones.
        most = max((row.error for row in rows if row.verdict == "FAIL"), default=0.0)
        is_near = [row.verdict == "ok" and row.error > 0.1 * most > 0 for row in rows]
        is_right = [
            row.verdict == "ok" and one.norm() > 0 and not near for row, one, near in zip(rows, measured, is_near)
        ]
        at_kinks = {
            k for k, about in enumerate(zip(measured, claims)) if is_wrong[k] and is_wrong_at_kinks_only(*about)
        }
        # A gradient that is another's, or has another weight decay, says itself where the mistake is.
        located = (
            []
            if is_explained(findings)
            else near_the_bound(called, is_wrong, is_near)
            if any(is_near) and not any(is_right)
            else where(
                called, [row.shape for row in rows], is_wrong, is_right, factors, [row.error for row in rows], at_kinks
            )
        )
        if has_steps(located):
            rows = [
                row._replace(findings=by_steps(Case(k, called, measured, claims), factors[k], row.findings))
                for k, row in enumerate(rows)
            ]
        notes = blind_spots(called, measured, claims, surface.parameters)
    sampled = any(len(entries) < theta.size for entries, theta in zip(chosen, thetas))
    how = _how(rows, f" (max_entries={max_entries}, seed={seed})" if sampled else "", thetas, surface)
    if structure.constants:
        how += f"\nNot checked, for they have no gradient: {', '.join(structure.constants)}."
    return GradientReport(rows, how, located, notes)


def _how(rows: Sequence[ParameterReport], sampled: str, given: Sequence[Array], surface: CostSurface) -> str:
    """Return how many entries were measured, how, and in which precision if that is not float64."""
    total = sum(math.prod(row.shape) for row in rows)
    methods = f", by {' and '.join(sorted({row.method for row in rows}))}" if rows else ""
    narrow = {array.dtype.name for array in given} - {"float64"}
    widened = any(old.dtype != new.dtype for old, new in zip(given, surface.parameters))
    is_exact = surface.tolerance < 1e-4 and surface.here != float(np.float32(surface.here))  # else the cost may round
    precision = f" The parameters are {' and '.join(sorted(narrow))}" if narrow else ""
    measurement = (", measured in float64" if is_exact else "") if widened else ", and so is the measurement"
    precision += f"{measurement}." if narrow else ""
    return f"{sum(row.checked for row in rows)} of {total} entries{sampled}{methods}.{precision}"


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


def _row(name: str, numerical: NumericalGradient, claim: Array, findings: Sequence[Finding]) -> ParameterReport:
    same_shape = claim.shape == numerical.values.shape
    is_comparable = same_shape and bool(np.all(np.isfinite(claim[numerical.seen])))
    entry, analytic, measured = numerical.worst(claim)
    return ParameterReport(
        name=name,
        shape=numerical.values.shape,
        error=numerical.error(claim) if is_comparable else math.inf,
        allowed=numerical.allowed(claim) if is_comparable else numerical.relative,
        verdict=numerical.verdict(claim),
        method="complex step" if numerical.is_complex else "differences",
        entry=entry,
        analytic=analytic,
        numerical=measured,
        checked=len(numerical.entries),
        kinks=[
            (kink.entry, float(claim[kink.entry]), kink.left, kink.right)
            for kink in numerical.kinks
            if same_shape and not kink.is_rough
        ],
        findings=findings,
    )
