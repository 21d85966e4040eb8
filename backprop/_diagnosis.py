"""Say what a wrong gradient looks like: undo each known mistake, and see whether it is right then."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from ._arrays import Array
from ._numerical_gradient import NumericalGradient


def diagnoses(
    names: Sequence[str],
    measured: Sequence[NumericalGradient],
    claims: Sequence[Array],
    candidates: Mapping[str, Sequence[Array]],
) -> list[str]:
    """Return, for each parameter, what its gradient looks like, or nothing if it is right."""
    wrong = [numerical.verdict(claim) == "FAIL" for numerical, claim in zip(measured, claims)]
    sentences_of = []
    for k, claim in enumerate(claims):
        if not wrong[k]:
            sentences_of.append("")
            continue
        sentences = [next(sentence for guess in GUESSES if (sentence := guess(Case(k, names, measured, claims))))]
        alike = [name for name, given in candidates.items() if _equals_candidate(measured[k], claim, given[k])]
        if alike:
            likeness = [f"It is what {' or '.join(alike)} gives."]
            sentences = likeness if sentences == [NO_GUESS] else sentences + likeness
        sentences_of.append(" ".join(sentences))
    return sentences_of


def _equals_candidate(measured: NumericalGradient, claim: Array, candidate: Array) -> bool:
    if claim.shape != candidate.shape:
        return False
    size = max(np.linalg.norm(claim), np.linalg.norm(candidate))
    return bool(
        size > 0 and np.linalg.norm(claim - candidate) <= measured.relative * size and not measured.passes(candidate)
    )


class Case:
    """A gradient that fails, with all the others to compare it with."""

    def __init__(
        self, k: int, names: Sequence[str], measured: Sequence[NumericalGradient], claims: Sequence[Array]
    ) -> None:
        self.k, self.names, self.measured, self.claims = k, names, measured, claims
        self.numerical, self.claim = measured[k], claims[k]
        self.shape = measured[k].values.shape
        self.same_shape = self.claim.shape == self.shape

    def common(self) -> tuple[Array, Array]:
        """Return claimed and measured where there is something to compare."""
        seen = self.numerical.seen
        return self.claim[seen], self.numerical.values[seen]


def _not_finite(case: Case) -> str:
    bad = ~np.isfinite(case.claim)
    if np.any(bad):
        first = list(map(int, np.argwhere(bad)[0]))
        return f"It is {case.claim[tuple(first)]} at {first}, and at {np.sum(bad)} of {bad.size} entries not finite."
    return ""


def _beyond_a_kink(case: Case) -> str:
    for kink in case.numerical.kinks:
        if not kink.admits(float(case.claim[kink.entry])):
            low, high = sorted((kink.left, kink.right))
            at = f"It is {float(case.claim[kink.entry]):.6g} at {list(kink.entry)}, where the cost has a kink"
            return f"{at}. Only a value between {low:.6g} and {high:.6g} is right there."
    return ""


def _transposed(case: Case) -> str:
    claim = case.claim
    for axes in itertools.permutations(range(claim.ndim)) if 2 <= claim.ndim <= 4 else ():
        if case.numerical.passes(claim.transpose(axes)):
            if claim.ndim == 2:
                return "It is the transpose of the right gradient: the outer product looks swapped. Write delta times a_prev."
            return f"Its axes are in another order: .transpose{axes} makes it right."
    return ""


def _not_summed(case: Case) -> str:
    if case.same_shape:
        return ""
    claim, shape, size = case.claim, case.shape, math.prod(case.shape)
    if claim.size == 1 < size:
        if not np.any(np.isnan(case.numerical.values)) and _close(case, claim.sum(), case.numerical.values.sum()):
            return f"It is one number for all {size}, their sum: a sum with no axis. Sum over the examples alone."
        return f"It is one number, and the parameter has {size}. One slope each is needed."
    if claim.size == size and case.numerical.passes(claim.reshape(shape)):
        return (
            f"Its numbers are right and its shape {claim.shape} is not: reshape it to {shape}, or NumPy will broadcast."
        )
    for axis in range(claim.ndim if claim.size else 0):
        for what, summed in (("sum", claim.sum(axis)), ("mean", claim.mean(axis))):
            if summed.size == size and case.numerical.passes(summed.reshape(shape)):
                return f"Its {what} over axis {axis} is right: it looks like one gradient for each example, not summed."
    return ""


def _shape(case: Case) -> str:
    if case.same_shape:
        return ""
    if case.claim.shape == case.shape[::-1]:
        return f"Its shape {case.claim.shape} is that of the parameter turned round, and its transpose is not right either."
    return f"Its shape is {case.claim.shape}, and the parameter has {case.shape}. A gradient has its parameter's shape."


def _nothing(case: Case) -> str:
    claim, measured = case.common()
    if not np.any(claim):
        return "It is 0 throughout, and the cost does depend on this parameter."
    if np.linalg.norm(measured) <= case.numerical.absolute:
        return "The cost does not depend on this parameter, and the gradient is not 0."
    return ""


def _constant(case: Case) -> str:
    from fractions import Fraction  # takes its time to load

    claim, measured = case.common()
    factor = float(claim @ measured / (measured @ measured))
    if claim.size > 0 and factor != 0 and case.numerical.passes(case.claim / factor):
        if abs(factor + 1) <= 1e-3 and case.numerical.passes(-case.claim):
            return "Its sign is flipped: it points downhill, and a step against it climbs."
        simple = Fraction(factor).limit_denominator(1000)
        if abs(simple - Fraction(factor)) > 1e-6 * abs(factor) or 1 not in (abs(simple.numerator), simple.denominator):
            return f"It is {factor:.6g} times the right gradient."
        times = f"{simple} times" if simple.denominator == 1 else f"{simple} of"
        return f"It is {times} the right gradient. A constant such as m or 2 looks wrong."
    return ""


def _one_number(case: Case) -> str:
    claim, measured = case.common()
    if claim.size > 1 and np.all(claim == claim[0]) and not np.any(np.isnan(case.numerical.values)):
        for what, number in (("sum", measured.sum()), ("mean", measured.mean())):
            if _close(case, claim[0], number):
                return f"It is one number for all {claim.size}, their {what}. Sum over the examples alone, not over the units."
    return ""


def _another(case: Case) -> str:
    for j, name in enumerate(case.names):
        if j != case.k and case.measured[j].norm() > 0 and case.measured[j].passes(case.claim):
            return f"It is the gradient of {name}: copied, or in the wrong order."
    return ""


def _turned_round(case: Case) -> str:
    claim = case.claim
    for count in range(1, min(claim.ndim, 4) + 1):
        for axes in itertools.combinations(range(claim.ndim), count):
            if case.numerical.passes(np.flip(claim, axes)):
                return f"It runs backwards along {'axis' if count == 1 else 'axes'} {', '.join(map(str, axes))}."
    return ""


def _decayed(case: Case) -> str:
    claim, measured = case.common()
    parameter = case.numerical.surface.parameters[case.k]
    there = parameter[case.numerical.seen]
    if there.size > 2 and np.any(there):
        factor = float((claim - measured) @ there / (there @ there))
        right = case.claim - factor * parameter
        if case.numerical.passes(right) and case.numerical.error(right) < case.numerical.error(case.claim) / 100:
            return f"It is the right gradient plus {factor:.3g} times the parameter: weight decay is in one and not in the other."
    return ""


def _scaled(case: Case) -> str:
    if case.claim.ndim != 2:
        return ""
    for axis, line in ((1, "row"), (0, "column")):
        factors = _factors(case, axis)
        if factors is not None:
            said = f"Each {line} is the right one times a factor of its own"
            if np.any(np.isinf(factors)):
                said += ", but where the right one is 0"
            if np.all(factors >= 1):
                return f"{said}, and every factor is above 1. It looks like sigma' missing."
            if np.all((factors > 0) & (factors <= 1)):
                return f"{said}, and every factor is below 1. It looks like sigma' taken twice."
            return f"{said}: one side of the outer product is right, the other is not."
    return ""


def _factors(case: Case, axis: int) -> Array | None:
    """Return one factor for each line, infinite for a line that should be 0, if such factors make the gradient right."""
    seen = case.numerical.seen
    claim, measured = np.where(seen, case.claim, 0), np.where(seen, case.numerical.values, 0)
    square = np.sum(measured**2, axis=axis, keepdims=True)
    is_zero = np.sqrt(square) <= case.numerical.absolute
    is_claimed = np.any(claim != 0, axis=axis, keepdims=True)
    factors = np.sum(claim * measured, axis=axis, keepdims=True) / np.where(is_zero, 1, square)
    factors = np.where(is_zero, np.where(is_claimed, np.inf, 1), factors)
    compared = np.sum(seen & ~is_zero, axis=axis)
    if np.sum(np.maximum(compared - 1, 0)) > 1 and np.all(factors != 0) and case.numerical.passes(case.claim / factors):
        return factors
    return None


def _as_its_weights(case: Case) -> str:
    if case.claim.size != max(case.claim.shape, default=0):
        return ""
    for j, other in enumerate(case.claims):
        weights = case.measured[j]
        if j == case.k or other.ndim != 2 or other.shape != weights.values.shape:
            continue
        for axis in (1, 0):
            if other.shape[1 - axis] == case.claim.size and not weights.passes(other):
                factors = _factors(Case(j, case.names, case.measured, case.claims), axis)
                if factors is not None and case.numerical.passes(case.claim / factors.reshape(case.claim.shape)):
                    line = "row" if axis == 1 else "column"
                    return f"Each entry is off by the factor that its {line} of {case.names[j]} is off by, so the slip is the same."
    return ""


NO_GUESS = "No mistake that shows in the numbers alone fits."


def _part(case: Case) -> str:
    claim, measured = case.common()
    off = np.abs(claim - measured) > case.numerical.allowed(case.claim) * np.abs(measured).max(initial=0)
    count = int(np.sum(off))
    if 0 < count < off.size:
        return f"{count} of {off.size} entries are wrong, the others right."
    return NO_GUESS


def _close(case: Case, one: float, other: float) -> bool:
    return bool(abs(one - other) <= case.numerical.relative * max(abs(one), abs(other)) + case.numerical.absolute)


# In this order: what a gradient of another shape can be, then exact likenesses, then looser ones. The last always speaks.
GUESSES = (
    _not_finite, _beyond_a_kink, _transposed, _not_summed, _shape, _nothing, _constant, _one_number, _another, _turned_round,
    _decayed, _scaled, _as_its_weights, _part,
)  # fmt: skip
