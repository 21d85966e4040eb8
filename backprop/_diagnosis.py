"""Say what a wrong gradient looks like: undo each known mistake, and see whether it is right then."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ._arrays import Array
from ._numerical_gradient import NumericalGradient
from ._sentences import Finding, brief, say, times
from ._wrong_entries import bias_before_a_mean, dead_units, is_outer_product, symmetries, wrong_entries

BY_CHANCE = 8  # so many factors are hardly all above 1, or all below, by chance


class Case:
    """A gradient that fails, with all the others to compare it with."""

    def __init__(
        self, k: int, names: Sequence[str], measured: Sequence[NumericalGradient], claims: Sequence[Array]
    ) -> None:
        self.k, self.names, self.measured, self.claims = k, names, measured, claims
        self.numerical, self.claim = measured[k], claims[k]
        self.parameter = self.numerical.surface.parameters[k]
        self.shape = self.numerical.values.shape
        self.same_shape = self.claim.shape == self.shape

    def common(self) -> tuple[Array, Array]:
        """Return analytic and numerical gradient where there is something to compare."""
        seen = self.numerical.seen
        return self.claim[seen], self.numerical.values[seen]

    @property
    def is_whole(self) -> bool:
        """Whether every entry was measured."""
        return bool(np.all(self.numerical.seen))

    def is_close(self, one: Array, other: Array) -> bool:
        """Return whether two arrays, or numbers, are equal up to what rounding explains."""
        bound = self.numerical.relative * max(np.linalg.norm(one), np.linalg.norm(other))
        return bool(np.linalg.norm(np.subtract(one, other)) <= bound + self.numerical.absolute)

    def times(self, factor: float) -> tuple[str, bool]:
        """Return a factor of this gradient in words, and whether it is m or 1/m for a whole m."""
        return times(factor, min(max(1e-6, self.numerical.relative / 20), 1e-3))

    @property
    def has_one_example(self) -> bool:
        """Whether each matrix of right gradients is one column times one row, as far as it was measured."""
        matrices = [one for one in self.measured if one.values.ndim > 1 and one.values.size > max(one.values.shape)]
        return all(
            one.values.ndim == 2 and (not np.all(one.seen) or is_outer_product(one.values))
            for one in matrices
            if one.norm() > one.absolute
        )

    @property
    def all_are_small(self) -> bool:
        """Whether no wrong gradient differs by more than 1 %, so that no factor can be missing anywhere."""
        every = (self, *self.others_that_fail())
        return all(case.same_shape and case.numerical.error(case.claim) < 1e-2 for case in every)

    def others_that_fail(self) -> list[Case]:
        """Return the other gradients that are wrong."""
        others = (Case(j, self.names, self.measured, self.claims) for j in range(len(self.claims)) if j != self.k)
        return [other for other in others if not other.numerical.passes(other.claim)]

    @property
    def is_only_wrong(self) -> bool:
        """Whether all other gradients are right."""
        return not self.others_that_fail()


def diagnoses(
    names: Sequence[str],
    measured: Sequence[NumericalGradient],
    claims: Sequence[Array],
    candidates: Mapping[str, Sequence[Array]],
) -> list[list[Finding]]:
    """Return, for each parameter, what its gradient looks like, or nothing if it is right."""
    findings_of = []
    for k, claim in enumerate(claims):
        findings: list[Finding] = []
        if measured[k].verdict(claim) == "FAIL":
            case = Case(k, names, measured, claims)
            findings = next((found for guess in EXACT if (found := guess(case))), [])
            alike = [name for name, given in candidates.items() if _equals_candidate(case, given[k])]
            if alike:
                findings = [*findings, say("candidate", names=" or ".join(alike))]
            elif not findings:
                findings = next((found for guess in LOOSE if (found := guess(case))), [])
            findings_of.append(findings or [say("no guess")])
        else:
            findings_of.append([])
    return findings_of


def is_explained(findings_of: Sequence[Sequence[Finding]]) -> bool:
    """Return whether the findings say where the mistake is: gradients in another order, or another weight decay."""
    wrong = [findings for findings in findings_of if findings]
    is_in_other_order = any(finding.says.startswith("It is the gradient of") for found in wrong for finding in found)
    return is_in_other_order or all(any(finding.page.endswith("#decay") for finding in found) for found in wrong)


def _equals_candidate(case: Case, candidate: Array) -> bool:
    claim, numerical = case.claim, case.numerical
    if claim.shape != candidate.shape:
        return False
    size = max(np.linalg.norm(claim), np.linalg.norm(candidate))
    return bool(
        size > 0 and np.linalg.norm(claim - candidate) <= numerical.relative * size and not numerical.passes(candidate)
    )


def by_steps(case: Case, factor: float | None, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of a gradient if `where` has named a factor for each step: its own is their product."""
    if factor is None:
        return [*findings]
    size = case.times(factor)[0]
    plain = (say("factor", times=size), say("other factor", times=size))
    return [say("product", times=size) if finding in plain else finding for finding in findings]


def factor_of(case: Case) -> float | None:
    """Return the number by which a gradient is the right one multiplied, if there is one; of a single number, any ratio.

    A number that cannot be told from 1 is none, if the gradient is wrong: what is wrong is something else.
    """
    if not case.same_shape or not np.all(np.isfinite(case.common()[0])):
        return None
    claim, measured = case.common()
    square = float(measured @ measured)
    factor = float(claim @ measured) / square if square > 0 else 0.0
    if factor == 0 or not case.numerical.passes(case.claim / factor):
        return None
    rest = float(np.linalg.norm(claim - factor * measured) / np.linalg.norm(claim))
    is_told = abs(factor - 1) >= min(1e-3, 100 * rest) or case.numerical.passes(case.claim)
    return factor if is_told else None


# ---- What cannot be compared entry by entry


def _not_finite(case: Case) -> list[Finding]:
    bad = ~np.isfinite(case.claim)
    if not np.any(bad):
        return []
    first = list(map(int, np.argwhere(bad)[0]))
    return [say("not finite", value=case.claim[tuple(first)], entry=first, count=np.sum(bad), total=bad.size)]


def _beyond_a_kink(case: Case) -> list[Finding]:
    for kink in case.numerical.kinks if case.same_shape else ():
        if not kink.admits(float(case.claim[kink.entry])):
            key, blur = ("beyond a near kink", kink.blur) if kink.is_rough else ("beyond a kink", 0.0)
            sides = sorted((kink.left, kink.right))
            low, high = f"{sides[0] - blur:.6g}", f"{sides[1] + blur:.6g}"
            value = f"{float(case.claim[kink.entry]):.6g}"
            return [say(key, value=value, entry=list(kink.entry), low=low, high=high)]
    return []


def _transposed(case: Case) -> list[Finding]:
    claim = case.claim
    for axes in list(itertools.permutations(range(claim.ndim)))[1:] if 2 <= claim.ndim <= 4 else ():
        turned = Case(case.k, case.names, case.measured, [*case.claims])
        turned.claim = claim.transpose(axes)
        turned.same_shape = turned.claim.shape == case.shape
        if turned.same_shape and (factor := factor_of(turned)) is not None and claim.size > max(claim.shape):
            first = say("transposed") if claim.ndim == 2 else say("axes", axes=axes)
            return [first] if case.numerical.passes(turned.claim) else [first, *_named_factor(case, factor)]
    return []


def _not_summed(case: Case) -> list[Finding]:
    if case.same_shape:
        return []
    claim, shape, size = case.claim, case.shape, math.prod(case.shape)
    if claim.size == 1 < size:
        for how in ("sum", "mean") if case.is_whole else ():
            if case.is_close(claim.sum(), getattr(case.numerical.values, how)()):
                return [say(f"one {how}", size=size)]
        return [say("one number", size=size)]
    if claim.size == size:
        turned = Case(case.k, case.names, case.measured, case.claims)
        turned.claim, turned.same_shape = claim.reshape(shape), True
        if case.numerical.passes(turned.claim):
            return [say("reshape", given=claim.shape, needed=shape)]
        if (factor := factor_of(turned)) is not None:
            return [say("shape times", given=claim.shape, needed=shape, times=case.times(factor)[0])]
    for axis, how in itertools.product(range(claim.ndim if claim.size else 0), ("sum", "mean")):
        summed = getattr(claim, how)(axis)
        if summed.size == size and case.numerical.passes(summed.reshape(shape)):
            return [say("not summed", how=how, axis=axis)]
    return []


def _shape(case: Case) -> list[Finding]:
    if case.same_shape:
        return []
    if case.claim.shape == case.shape[::-1]:
        return [say("shape reversed", given=case.claim.shape)]
    return [say("shape", given=case.claim.shape, needed=case.shape)]


def _nothing(case: Case) -> list[Finding]:
    claim, measured = case.common()
    if not np.any(claim):
        return [say("zero")]
    has_none = np.linalg.norm(measured) <= case.numerical.absolute
    return bias_before_a_mean(case) or [say("no influence")] if has_none else []


# ---- What makes it right as a whole


def _small(case: Case) -> list[Finding]:
    claim, measured = case.common()
    error, largest = case.numerical.error(case.claim), np.abs(measured).max(initial=0)
    if (
        error < 1e-2
        and case.all_are_small
        and np.all(np.abs(claim - measured) <= 0.05 * np.maximum(np.abs(measured), 0.01 * largest))
    ):
        return [say("small", percent=f"{100 * error:.1g} %" if error >= 1e-4 else f"{error:.0e}")]
    return []


def _constant(case: Case) -> list[Finding]:
    factor = factor_of(case)
    if factor is None or (case.common()[0].size == 1 and not _is_shared(case, factor)):
        return []
    return _named_factor(case, factor)


def _is_shared(case: Case, factor: float) -> bool:
    """Return whether the ratio of single numbers says something: it is simple, or another gradient has it, too."""
    others = (Case(j, case.names, case.measured, case.claims) for j in range(len(case.claims)) if j != case.k)
    larger = (factor_of(other) for other in others if other.same_shape and other.claim.size > 1)
    return case.times(factor)[1] or any(
        other is not None and math.isclose(other, factor, rel_tol=1e-4) for other in larger
    )


def _named_factor(case: Case, factor: float) -> list[Finding]:
    size, is_simple = case.times(abs(factor))
    if factor < 0:
        is_one = abs(factor + 1) <= 1e-3 and case.numerical.passes(-case.claim)
        return [say("sign")] if is_one or not case.same_shape else [say("sign and factor", times=size)]
    others = case.others_that_fail()
    if (
        _is_mean(case, factor)
        and len(others) < len(case.claims) - 1
        and all(_is_mean(one, factor_of(one)) for one in others)
    ):
        return [say("bias factor", n=round(1 / factor))]
    return [say("factor" if is_simple else "other factor", times=size), *_root(case, factor)]


def _is_mean(case: Case, factor: float | None) -> bool:
    """Return whether biases are 1/n of the right ones, for a whole n."""
    is_line = 1 < case.claim.size == max(case.claim.shape)
    return factor is not None and is_line and 0 < factor < 0.75 and case.times(1 / factor)[1]


def _root(case: Case, factor: float) -> list[Finding]:
    """Return the axis whose length explains a factor, if all matrices with this factor have it, and some are right."""
    others = case.others_that_fail()
    square = max(factor, 1 / factor) ** 2
    alike = [one for one in others if math.isclose(factor_of(one) or 0, factor, rel_tol=1e-4)]
    axes = [a for a, n in enumerate(case.shape) if n > 1 and math.isclose(square, n, rel_tol=1e-4)]
    is_matrix = all(one.claim.size > max(one.claim.shape, default=1) for one in (case, *alike))
    if len(others) == len(case.claims) - 1 or not axes or not alike or not is_matrix:
        return []
    n, axis = case.shape[axes[0]], axes[0]
    return [say("root", n=n, axis=axis)] if all(n in one.shape for one in alike) else []


def _one_number(case: Case) -> list[Finding]:
    claim, measured = case.common()
    if claim.size > 1 and np.all(claim == claim[0]) and case.is_whole:
        for how, number in (("sum", measured.sum()), ("mean", measured.mean())):
            if case.is_close(claim[0], number):
                return [say(f"one {how}", size=claim.size)]
    return []


def _another(case: Case) -> list[Finding]:
    for j, name in enumerate(case.names):
        if j != case.k and case.measured[j].norm() > 0 and case.claim.size > 1 and case.measured[j].passes(case.claim):
            is_right = case.measured[j].passes(case.claims[j])
            or_order = "" if is_right else ", or for gradients in another order than the parameters"
            return [say("another", name=name, or_order=or_order)]
    return []


def _swapped(case: Case) -> list[Finding]:
    """Return the parameter of the same shape whose error this one has, and the reverse, by the sums along an axis."""
    right = case.numerical.values
    for other in case.others_that_fail() if case.is_whole and case.claim.ndim > 1 else ():
        if not (other.is_whole and other.same_shape and other.shape == case.shape):
            continue
        theirs = other.numerical.values
        for axis in range(case.claim.ndim):
            one, two = right.sum(axis), theirs.sum(axis)
            is_told = np.linalg.norm(one - two) > 0.1 * np.linalg.norm(two) > 1e-3 * other.numerical.norm()
            if is_told and case.is_close(case.claim.sum(axis), two) and case.is_close(other.claim.sum(axis), one):
                return [say("swapped", axis=axis, name=other.names[other.k])]
    return []


def _backwards(case: Case) -> list[Finding]:
    claim = case.claim
    for count in range(1, min(claim.ndim, 4) + 1):
        for axes in itertools.combinations(range(claim.ndim), count):
            if case.numerical.passes(np.flip(claim, axes)):
                return [say("backwards", axes=f"{'axis' if count == 1 else 'axes'} {', '.join(map(str, axes))}")]
    return []


def _shifted(case: Case) -> list[Finding]:
    if not case.is_whole:
        return []
    for axis, length in enumerate(case.shape):
        claim, measured = (np.moveaxis(array, axis, 0) for array in (case.claim, case.numerical.values))
        for by in (1, -1, 2, -2):
            rest = length - abs(by)
            if rest < max(3, abs(by) + 1):
                continue
            moved, there = (claim[by:], measured[:-by]) if by > 0 else (claim[:by], measured[-by:])
            varies = not case.is_close(there[1:], there[:-1])
            if varies and np.linalg.norm(there) > 0.1 * case.numerical.norm() and case.is_close(moved, there):
                return [say("shifted", axis=axis, by=by)]
    return []


def _permuted(case: Case) -> list[Finding]:
    if not case.is_whole:
        return []
    for axis, length in enumerate(case.shape):
        if not 2 < length <= 128 or case.claim.size == 0:
            continue
        claim, right = (
            np.moveaxis(array, axis, 0).reshape(length, -1) for array in (case.claim, case.numerical.values)
        )
        square = np.sum(claim**2, axis=1) - 2 * right @ claim.T
        order = [int(at) for at in np.argmin(square, axis=1)]
        if len(set(order)) == length and case.numerical.passes(np.take(case.claim, order, axis)):
            shown = order if length <= 8 else f"[{', '.join(map(str, order[:6]))}, ...]"
            return [say("permuted", axis=axis, order=f"np.take(gradient, {shown}, axis={axis})")]
    return []


def _reshaped(case: Case) -> list[Finding]:
    if not case.is_whole or not 2 <= len(case.shape) <= 4:
        return []
    for axes in list(itertools.permutations(range(len(case.shape))))[1:]:
        found = case.numerical.values.transpose(axes)
        if found.size > max(found.shape) and case.is_close(case.claim, found.reshape(case.shape)):
            back = tuple(int(axis) for axis in np.argsort(axes))
            return [say("reshaped", shape=found.shape, axes=back)]
    return []


def _decayed(case: Case) -> list[Finding]:
    claim, measured = (array.astype(float) for array in case.common())
    there = case.parameter[case.numerical.seen].astype(float)
    if there.size < 3 or not np.any(there):
        return []
    k = float((claim - measured) @ there / (there @ there))
    matters = 100 * case.numerical.allowed(case.claim) * case.numerical.norm() / float(np.linalg.norm(there))
    if abs(k) > matters and case.numerical.passes(case.claim - k * case.parameter):
        return [say("decay", factor=brief(k))]
    if there.size < 5:
        return []
    (c, k), *_ = np.linalg.lstsq(np.stack([measured, there], axis=1), claim, rcond=None)
    if abs(k) <= matters or abs(c) < 1e-6 or abs(c - 1) < 1e-3 or not case.is_close(claim, c * measured + k * there):
        return []
    values, decay = {"times": case.times(c)[0], "factor": brief(k)}, k / (1 - c)
    if decay <= 0:
        return [say("two factors", **values)]
    look = "a 1/m, a 2 or a 1/2" if c > 0 else "a sign" if case.is_close(c, -1) else "a sign, and a 1/m, a 2 or a 1/2,"
    return [say("decay and factor", decay=brief(decay), look=look, **values)]


def _sign_times_a_constant(case: Case) -> list[Finding]:
    claim, measured = case.common()
    off = np.abs(claim - measured)
    bound = case.numerical.relative * np.maximum(np.abs(claim), np.abs(measured)) + case.numerical.absolute
    is_off = off > bound
    count, size = int(np.sum(is_off)), float(np.median(off[is_off])) if np.any(is_off) else 0.0
    is_constant = np.all(np.abs(off - size)[is_off] <= bound[is_off]) and size > 100 * np.max(bound)
    signs = set(np.sign((claim - measured)[is_off]).tolist())
    if count < 5 or not is_constant or len(signs) < 2:
        return []
    return [say("sign times a constant", count=count, total=off.size, size=f"{size:.3g}")]


# ---- What makes it right line by line


def _by_a_parameter(case: Case) -> list[Finding]:
    """Return which other parameter is missing as a factor, or there once too often."""
    for name, numerical in zip(case.names, case.measured):
        values, shape = numerical.surface.parameters[numerical.k], case.shape
        if (
            numerical.k == case.k
            or not 1 < values.size < case.claim.size
            or np.ptp(values) <= 1e-3 * np.max(np.abs(values))
        ):
            continue
        fits = [(1,) * k + shape[k:] for k in range(1, len(shape))]  # one for each of the last axes, or for one axis
        fits += [tuple(n if axis == k else 1 for axis, n in enumerate(shape)) for k in range(len(shape))]
        for fit in dict.fromkeys(fits):
            if math.prod(fit) == values.size:
                spread = values.reshape(fit)
                for key, tried in (("missing factor", case.claim * spread), ("extra factor", case.claim / spread)):
                    if case.numerical.passes(tried):
                        return [say(key, name=name)]
    return []


def _scaled(case: Case) -> list[Finding]:
    ndim = case.claim.ndim
    for kept in range(ndim) if 2 <= ndim <= 4 else ():
        factors = _factors(case, kept)
        if factors is None:
            continue
        line = ("row", "column")[kept] if ndim == 2 else f"slice along axis {kept}"
        found = factors[~np.isnan(factors)]
        right = np.moveaxis(case.numerical.values, kept, 0).reshape(case.shape[kept], -1)
        if case.is_whole and not is_outer_product(right, max(1e-6, case.numerical.relative)):
            return [say("lines", line=line)]
        # Where the right gradient is one column times one row, any wrong error gives factors. Only their sizes may tell.
        if not case.has_one_example:
            return []
        if np.all(found >= 4 * (1 - 1e-9)):
            return [say("sigmoid missing", line=line)]
        if found.size < BY_CHANCE:
            return []
        if np.all(found >= 1) and np.median(found) > 1.05:
            return [say("derivative missing", line=line)]
        if np.all((found > 0) & (found <= 1)) and np.median(found) < 0.95:
            return [say("derivative twice", line=line)]
    return []


def _factors(case: Case, kept: int) -> Array | None:
    """Return one factor for each slice along an axis, if such factors make the gradient right.

    It is infinite for a slice that should be 0, and not-a-number for one that is 0 in both gradients.
    """
    axes = tuple(axis for axis in range(case.claim.ndim) if axis != kept)
    seen = case.numerical.seen
    claim, measured = np.where(seen, case.claim, 0), np.where(seen, case.numerical.values, 0)
    square = np.sum(measured**2, axis=axes, keepdims=True)
    is_zero = np.sqrt(square) <= case.numerical.absolute
    is_given = np.any(claim != 0, axis=axes, keepdims=True)
    factors = np.sum(claim * measured, axis=axes, keepdims=True) / np.where(is_zero, 1, square)
    factors = np.where(is_zero, np.where(is_given, np.inf, np.nan), factors)
    compared = np.sum(seen & ~is_zero, axis=axes)
    is_right = np.all(factors != 0) and case.numerical.passes(_without(factors, case.claim))
    return factors if np.sum(np.maximum(compared - 1, 0)) > 1 and is_right else None


def _without(factors: Array, claim: Array) -> Array:
    """Return a gradient divided by factors, where there are some."""
    return claim / np.where(np.isnan(factors), 1, factors)


def _as_its_weights(case: Case) -> list[Finding]:
    if case.claim.size != max(case.claim.shape, default=0):
        return []
    for j, other in enumerate(case.claims):
        weights = case.measured[j]
        if j == case.k or other.ndim != 2 or other.shape != weights.values.shape or weights.passes(other):
            continue
        for kept, line in ((0, "row"), (1, "column")):
            if other.shape[kept] == case.claim.size:
                its = Case(j, case.names, case.measured, case.claims)
                factors, shape = _factors(its, kept), case.claim.shape
                if (
                    factors is not None
                    and _scaled(its)
                    and case.numerical.passes(_without(factors.reshape(shape), case.claim))
                ):
                    return [say("as its weights", line=line, name=case.names[j])]
    return []


def _constant_along(case: Case) -> list[Finding]:
    if not case.is_whole or case.claim.size < 4:
        return []
    for axis, length in enumerate(case.shape):
        first = np.take(case.claim, [0], axis)
        if length < 2 or not case.is_close(case.claim, np.broadcast_to(first, case.shape)):
            continue
        for how in ("sum", "mean"):
            right = getattr(case.numerical.values, how)(axis=axis, keepdims=True)
            if case.is_close(first, right):
                return [say("spread", how=how, axis=axis)]
        return [say("constant along", axis=axis)]
    return []


def _opposite(case: Case) -> list[Finding]:
    return [say("opposite")] if _is_opposite(case) and any(map(_is_opposite, case.others_that_fail())) else []


def _is_opposite(case: Case) -> bool:
    if not case.same_shape:
        return False
    claim, measured = case.common()
    return bool(claim @ measured < -0.9 * np.linalg.norm(claim) * np.linalg.norm(measured))


def _rank_one(case: Case) -> list[Finding]:
    if case.is_whole and case.claim.ndim == 2 and case.claim.size <= 10**6:
        is_one = is_outer_product(case.claim) and min(case.shape) > 1 and not is_outer_product(case.numerical.values)
        return [say("rank one")] if is_one else []
    return []


# In this order: what a gradient of another shape can be, then exact likenesses, then, if no candidate is equal, looser ones.
Guesses: TypeAlias = Sequence[Callable[[Case], list[Finding]]]
EXACT: Guesses = (
    _not_finite, _beyond_a_kink, _transposed, _not_summed, _shape, _nothing, _small, _constant, _one_number, _another,
    _backwards, _shifted, _permuted, _reshaped, _swapped, _decayed, _sign_times_a_constant,
)  # fmt: skip
LOOSE: Guesses = (
    _by_a_parameter, dead_units, wrong_entries, _scaled, _as_its_weights, _constant_along, _rank_one, symmetries, _opposite,
)  # fmt: skip
