"""What a check cannot see at these parameters, although it is there to be seen at others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._arrays import Array
from ._numerical_gradient import NumericalGradient
from ._sentences import Finding, listed, say, verb
from ._where import layers_of
from ._wrong_entries import is_outer_product


def blind_spots(
    names: Sequence[str], measured: Sequence[NumericalGradient], claims: Sequence[Array], parameters: Sequence[Array]
) -> list[Finding]:
    """Return what these parameters hide, and how to choose better ones."""
    found = []
    matrices = [k for k, p in enumerate(parameters) if p.ndim > 1 and p.size > max(p.shape)]
    lines = [k for k, p in enumerate(parameters) if p.size > 0 and k not in matrices]
    zero = [k for k, p in enumerate(parameters) if p.size > 0 and not np.any(p)]
    equal = [k for k in matrices if k not in zero and np.all(parameters[k] == parameters[k].flat[0])]
    symmetric = [k for k in matrices if k not in zero + equal and _is_symmetric(parameters[k])]
    for key, which in [
        ("zero biases", [k for k in zero if k in lines and matrices]),
        ("zero weights", [k for k in zero if k in matrices]),
        ("equal weights", equal),
        ("symmetric weights", symmetric),
    ]:
        if which:
            called = [names[k] for k in which]
            them = "it" if len(which) == 1 else "them"
            found.append(say(key, names=listed(called), are=verb(called), them=them))
    found += _dead(names, measured, parameters)
    weights = [measured[k].values for k in matrices if parameters[k].ndim == 2]
    if weights and all(is_outer_product(values) for values in weights):
        found.append(say("one example"))
    kinks = [(name, kink) for name, numerical in zip(names, measured) for kink in numerical.kinks]
    near = [(name, list(kink.entry)) for name, kink in kinks if kink.is_rough]
    if count := len(kinks) - len(near):
        found.append(say("at a kink", entries="1 entry is" if count == 1 else f"{count} entries are"))
    if near:
        entries = "1 entry" if len(near) == 1 else f"{len(near)} entries"
        found.append(say("near a kink", entries=entries, name=near[0][0], entry=near[0][1]))
    verdicts = [numerical.verdict(claim) for numerical, claim in zip(measured, claims)]
    unused = [name for name, numerical, one in zip(names, measured, verdicts) if one == "ok" and numerical.entries and not np.any(numerical.values[numerical.seen]) and np.any(numerical.seen)]  # fmt: skip
    for key, which_names in (
        ("does not matter", unused),
        ("rounding", [n for n, one in zip(names, verdicts) if one == "rounding"]),
    ):
        if which_names:
            found.append(say(key, names=listed(which_names)))
    return found


def _is_symmetric(p: Array) -> bool:
    return p.ndim == 2 and p.shape[0] == p.shape[1] and np.array_equal(p, p.T)


def _dead(names: Sequence[str], measured: Sequence[NumericalGradient], parameters: Sequence[Array]) -> list[Finding]:
    """Return the layers in which units have no gradient, neither for their weights nor for their biases."""
    network = layers_of(names, [p.shape for p in parameters])
    found = []
    for layer in network.layers if network is not None and network.is_dense else ():
        if len(layer) != 2:
            continue
        of_weights, of_biases = (measured[k].values for k in layer)
        if not (np.all(np.isfinite(of_weights)) and np.all(np.isfinite(of_biases))):
            continue
        count = of_biases.size
        by_unit = of_weights if of_weights.shape[0] == count else of_weights.T
        floor = 1e-9 * np.abs(of_weights).max(initial=0)
        dead = np.all(np.abs(by_unit) <= floor, axis=1) & (np.abs(of_biases.reshape(-1)) <= floor)
        if np.sum(dead) > 0:
            found.append(say("dead units", count=int(np.sum(dead)), total=count, name=names[layer[0]]))
    return found
