"""In which step of a backward pass the mistake was made: from which gradients are right and which are wrong."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from ._axes import Shape
from ._sentences import Finding, listed, say, times, verb

ALIKE = 1e-4  # how far two factors may be apart and be called one: float32 keeps so many digits of a derivative
INPUTS = re.compile(r"(?:^|\.)(?:x|inputs?|[ah]_?prev|h0|data)$", re.IGNORECASE)
BLOCK = re.compile(r"(?:.*?[._])?(?:block|layer)s?[._]?\[?\d+\]?[._]", re.IGNORECASE)
POSITION = re.compile(r"\w*(?:\[\d+\])+")
OF_ATTENTION = re.compile(
    r"(?:^|[\W\d_])(?:[wb]_?)?(?:(q|quer(?:y|ies))|(k|keys?)|(v|values?)|(heads?))(?=$|[\W\d_])", re.IGNORECASE
)

GATES = (({"i", "f"}, {"o", "c", "g"}), ({"z", "r"}, {"h", "c", "n"}))  # of an LSTM and of a GRU: these, and more
FAMILY = re.compile(
    r"(?P<path>.*\.)?(?:(?P<scale>gamma|scale|gain)|(?P<shift>beta|shift)|(?P<weights>weights?|kernel|[wu])|(?P<bias>bias(?:es)?|b))"
    r"(?P<rest>_\w+|\d\w*|[a-z]{0,2})",
    re.IGNORECASE,
)


class Network(NamedTuple):
    """The layers in the order of the forward pass, each a list of parameters, and how sure that is."""

    layers: list[list[int]]
    others: list[int]  # parameters that belong to no layer
    labels: list[int]  # the number of each layer: as in the names, or counted from 1
    is_counted: bool  # they are counted from 1
    is_dense: bool  # each layer is a matrix and its biases, and each size fits the next: the four equations have names


def where(
    names: Sequence[str],
    shapes: Sequence[Shape],
    is_wrong: Sequence[bool],
    is_right: Sequence[bool],
    factors: Sequence[float | None],
    errors: Sequence[float],
    at_kinks: Collection[int] = (),
) -> list[Finding]:
    """Return where the mistake was made, as far as right and wrong gradients tell.

    A gradient may be neither right nor wrong: lost in rounding. `factors` are those of the wrong ones, where each is the
    right one times a number. `errors` are the relative ones. Those `at_kinks` are wrong at kinks only, which tells nothing.
    """
    wrong = [k for k, is_so in enumerate(is_wrong) if is_so]
    if all(k in at_kinks for k in wrong) or len(names) < 2:
        return []
    network = layers_of(names, shapes)
    found = [factors[k] for k in wrong]
    scene = _Scene(names, shapes, is_wrong, is_right, at_kinks)
    is_one = all(f is not None and math.isclose(f, found[0] or 0, rel_tol=ALIKE) for f in found)
    if is_one and len(wrong) > 1 and not any(is_right):
        return [say("where one factor", all=scene.all_wrong())]
    is_plain = network is not None and network.is_dense
    if not is_plain and all(INPUTS.search(names[k]) for k in wrong) and (right := scene.right(range(len(names)))):
        called = scene.wrong(wrong)
        return [say("where back", wrong=listed(called), are=verb(called), right=listed(right), right_are=verb(right))]
    if not is_plain and (
        found_by_name := scene.by_constant(network, factors) or scene.beside(network) or scene.in_cell(errors)
    ):
        return found_by_name
    if network is None:
        return scene.in_order()
    if powers := scene.powers(network, factors):
        return powers
    if network.is_dense:
        located = scene.dense(network, factors)
    elif all(INPUTS.search(names[k]) for k in network.others):
        located = scene.in_layers(network)
    else:  # some parameters have no number, so where they are is not known
        located = scene.in_order()
    return located + scene.steps(network, factors)


def near_the_bound(names: Sequence[str], is_wrong: Sequence[bool], is_near: Sequence[bool]) -> list[Finding]:
    """Say that what passes is off by nearly as much as what fails."""
    wrong, near = ([name for name, is_so in zip(names, which) if is_so] for which in (is_wrong, is_near))
    passes = "passes" if len(near) == 1 else "pass"
    return [say("where near", wrong=listed(wrong), near=listed(near), passes=passes)]


def has_steps(located: Sequence[Finding]) -> bool:
    """Return whether a factor is named for each step back."""
    starts = ("Each gradient is the right one times a number.", "From each layer to the one before,")
    return any(finding.says.startswith(starts) for finding in located)


class _Scene:
    def __init__(
        self,
        names: Sequence[str],
        shapes: Sequence[Shape],
        is_wrong: Sequence[bool],
        is_right: Sequence[bool],
        at_kinks: Collection[int],
    ) -> None:
        self.names, self.shapes, self.is_wrong, self.is_right = names, shapes, is_wrong, is_right
        self.at_kinks = at_kinks

    def wrong(self, which: Sequence[int]) -> list[str]:
        return [self.names[k] for k in which if self.is_wrong[k]]

    def right(self, which: Sequence[int]) -> list[str]:
        return [self.names[k] for k in which if self.is_right[k]]

    def all_wrong(self) -> str:
        """Return in words that all are wrong, if none is right: those that tell nothing, such as a 0, are left out."""
        silent = [name for name, is_so in zip(self.names, self.is_wrong) if not is_so]
        those = "that" if len(silent) == 1 else "those"
        return f"All gradients but {those} of {listed(silent)}" if silent else "All gradients"

    def in_order(self) -> list[Finding]:
        """Say where, if the order of the forward pass is not known."""
        every = range(len(self.names))
        wrong, right = self.wrong(every), self.right(every)
        if not right:
            return [say("where start", all=self.all_wrong())]
        last = max(k for k in every if self.is_wrong[k])
        after = next((k for k in every if k > last), None)
        if after is None or not all(self.is_right[after:]):
            return [self._only(wrong, right)]
        start = next((k + 1 for k in reversed(range(last)) if not self.is_wrong[k]), 0)
        names = {"last_wrong": self.names[last], "first_right": self.names[after]}
        if start == 0:
            upto = f"the gradients up to {names['last_wrong']} are" if last else f"the gradient of {wrong[0]} is"
            about = {"right": listed(right), "right_are": verb(right), "wrong": listed(wrong)}
            if (last, after) in self._pairs(None):
                del about["wrong"]
                return [say("where pair", upto=upto, **about, **names)]
            return [say("where order", upto=upto, **about, **names), *([say("where used")] if last == 0 else [])]
        if start <= 2 < last - start + 1:  # all but an input or an embedding
            return [say("where block", first_wrong=self.names[start], **names), say("where used")]
        return [self._only(wrong, right)]

    def beside(self, network: Network | None) -> list[Finding]:
        """Say so if beside each wrong gradient another one of its family is right, which is computed from the same error."""
        groups = [*families(self.names).values(), *(network.layers if network is not None else ())]
        layers = [] if network is None else network.layers
        if any(self.is_wrong[k] for k in self.at_kinks):
            return []
        right: list[str] = []
        sums: list[str] = []
        is_shown = True
        for k in (k for k, is_so in enumerate(self.is_wrong) if is_so):
            own = [g for g in groups if k in g and (g not in layers or self._is_pair(g))]
            siblings = dict.fromkeys(self.names[j] for group in own for j in group if self.is_right[j])
            if not siblings:
                return []
            right += [name for name in siblings if name not in right]
            sums += [name for name in siblings if name not in sums and _is_sum(name)]
            is_shown = is_shown and not all(map(_is_sum, siblings))
        wrong = self.wrong(range(len(self.names)))
        values = {"wrong": listed(wrong), "are": verb(wrong), "right": listed(right), "right_are": verb(right)}
        return [say("where beside", **values) if is_shown else say("where beside a sum", sums=listed(sums), **values)]

    def _pairs(self, network: Network | None) -> set[tuple[int, int]]:
        """Return weights with their biases: by their names, or, in a list without names, by their shapes."""
        groups = [*families(self.names).values(), *(network.layers if network is not None else ())]
        pairs = {
            (k, j)
            for group in groups
            for k, j in itertools.permutations(group, 2)
            if len(group) == 2 and _is_sum(self.names[j]) and not _is_sum(self.names[k])
        }
        for k, (weights, biases) in enumerate(itertools.pairwise(self.shapes)):
            is_weights = math.prod(weights) > max(weights, default=1)
            is_fit = _is_line(biases) and math.prod(biases) in (weights[:1] + weights[-1:])
            if is_weights and is_fit and all(POSITION.fullmatch(name) for name in self.names[k : k + 2]):
                pairs.add((k, k + 1))
        return pairs

    def by_constant(self, network: Network | None, factors: Sequence[float | None]) -> list[Finding]:
        """Say so if weights are m times the right ones, or 1/m, for a whole m, and their biases are right.

        A constant is in one of the two lines only. Which of them is wrong the numbers do not show: the error may be, too.
        """
        pairs = sorted((k, j) for k, j in self._pairs(network) if self.is_wrong[k] and self.is_right[j])
        wrong = [k for k, _ in pairs]
        size = _one_constant([factors[k] for k in wrong])
        others = [k for k, is_so in enumerate(self.is_wrong) if is_so and k not in wrong]
        if not size or any(self.is_wrong[k] for k in self.at_kinks):
            return []
        called, right = self.wrong(wrong), self.right([j for _, j in pairs])
        values = {"wrong": listed(called), "are": verb(called), "right": listed(right), "right_are": verb(right)}
        found = [say("where times", times=size, **values)]
        if not others:
            return found
        if max(others) > min(wrong) or not all(map(POSITION.fullmatch, self.names)):
            return []
        if any(math.isclose(factors[k] or 0, factors[wrong[0]] or 0, rel_tol=ALIKE) for k in others):
            return found  # the error has this factor, too
        before = self.wrong(others)
        about = {"wrong": listed(before), "are": verb(before), "later": self.names[min(wrong)]}
        return [*found, say("where otherwise", earlier=self.names[max(others)], **about)]

    def _is_pair(self, layer: Sequence[int]) -> bool:
        return len(layer) == 2 and any(_is_named_bias(self.names[k]) for k in layer)

    def in_cell(self, errors: Sequence[float]) -> list[Finding]:
        """Say where in a recurrent cell, which the names show."""
        every, cell = families(self.names), cell_of(self.names)
        members = [k for group in cell for k in group]
        rest = [k for k in range(len(self.names)) if k not in members]
        wrong = [group for group in cell if all(self.is_wrong[k] for k in group)]
        right = [group for group in cell if all(self.is_right[k] for k in group)]
        gates = listed(self.wrong([k for group in wrong for k in group]))
        if not wrong or len(wrong) + len(right) < len(cell):
            return []
        if right:
            is_all = sum(map(len, wrong)) == sum(self.is_wrong)
            return [say("where one gate", gates=gates)] if is_all else []
        is_after = {k for group in every.values() for k in group} | set(range(max(members), len(self.names)))
        after = self.right(rest)
        if not after or not all(k in is_after for k in rest if self.is_right[k]):
            return []
        about = {"right": listed(after), "right_are": verb(after), "cell": gates}
        ranked = sorted(cell, key=lambda group: -min(errors[k] for k in group))
        for count in range(1, len(ranked)):
            far, near = ([errors[k] for group in part for k in group] for part in (ranked[:count], ranked[count:]))
            if min(far) > 2 * max(near):
                return [say("where gates", gates=listed([self.names[k] for g in ranked[:count] for k in g]), **about)]
        return [say("where recurrent", **about)]

    def _only(self, wrong: Sequence[str], right: Sequence[str]) -> Finding:
        is_first = not _is_attention(self.names) or INPUTS.search(self.names[0])
        if self.is_right[0] and len(self.names) > 2 and is_first:
            return say("where first", wrong=listed(wrong), are=verb(wrong), first=self.names[0])
        if found := self._in_last_block():
            return found
        values = {"wrong": listed(wrong), "are": verb(wrong), "right": listed(right), "right_are": verb(right)}
        return say("where only", them=listed(wrong) if len(wrong) < 3 else "the wrong ones", **values)

    def _in_last_block(self) -> Finding | None:
        """Say what is wrong in the last of several blocks with the same names, if nothing after them is wrong."""
        blocks: dict[str, list[int]] = {}
        for k, name in enumerate(self.names):
            if match := BLOCK.match(name):
                blocks.setdefault(match[0], []).append(k)
        insides = [{re.sub(r"\d+$", "", self.names[k][len(at) :]) for k in group} for at, group in blocks.items()]
        stems = {re.sub(r"\d", "", at) for at in blocks}
        if len(blocks) < 2 or len(stems) > 1 or len(insides[0]) < 3 or any(inside != insides[0] for inside in insides):
            return None
        at = max(blocks, key=lambda at: int(re.findall(r"\d+", at)[-1]))
        members = {k for group in blocks.values() for k in group}
        rest = [k for k in range(len(self.names)) if k not in members and not INPUTS.search(self.names[k])]
        if any(self.is_wrong[k] and k > min(members) for k in rest):
            return None
        block, wrong, right = at.rstrip("._/"), self.wrong(blocks[at]), self.right(blocks[at])
        if wrong and not right and all(self.is_wrong[k] for k in blocks[at]) and (right := self.right(rest)):
            return say("where whole block", block=block, right=listed(right), right_are=verb(right))
        if not wrong or not right:
            return None
        values = {"wrong": listed(wrong), "are": verb(wrong), "right": listed(right), "right_are": verb(right)}
        if all(map(_is_scale_or_shift, right)) and not any(_is_scale_or_shift(name) for name in wrong):
            return say("where normalization", **values)
        inside = {
            key: listed([name[len(at) :] for name in which]) for key, which in (("wrong", wrong), ("right", right))
        }
        return say("where last block", block=block, **values | inside)

    def in_layers(self, network: Network) -> list[Finding]:
        """Say where, if the layers are known but not what they compute."""
        layers = network.layers
        top = max((l for l, layer in enumerate(layers) if self.wrong(layer)), default=None)
        if top is None:
            return self.in_order()
        wrong, beside = self.wrong(layers[top]), self.right(layers[top])
        every = range(len(self.names))
        if any(not self.wrong(layer) and self.right(layer) for layer in layers[:top]):
            return [self._local(network) or self._only(self.wrong(every), self.right(every))]
        if beside or top == len(layers) - 1:
            right = self.right(every)
            return [self._only(self.wrong(every), right)] if right else [say("where start", all=self.all_wrong())]
        later = self.right(layers[top + 1])
        if not later:
            return self.in_order()
        earlier = self.wrong([k for layer in layers[: top + 1] for k in layer])
        axes = [max(len(self.shapes[k]) for k in layer) for layer in layers[top : top + 2]]
        flatten = [say("where flatten", earlier=wrong[0], later=later[0])] if axes[0] > axes[1] > 1 else []
        return [
            say(
                "where step",
                right=listed(later),
                right_are=verb(later),
                wrong=listed(earlier),
                are=verb(earlier),
                later=listed(later),
                earlier=listed(wrong),
            ),
            *flatten,
        ]

    def _local(self, network: Network) -> Finding | None:
        """Say that all errors are right, if what comes before everything that is wrong is right.

        In a list of positions, and beside parallel branches such as the heads of an attention, it is not known what does.
        """
        every = [k for k, is_so in enumerate(self.is_wrong) if is_so]
        first = next(l for l, layer in enumerate(network.layers) if self.wrong(layer))
        right = [k for layer in network.layers[:first] for k in layer if self.is_right[k]]
        is_parallel = len({self.shapes[k] for k in every}) < len(every) or _is_attention(self.names)
        if not right or max(right) > min(every) or is_parallel or all(map(POSITION.fullmatch, self.names)):
            return None
        wrong, before = self.wrong(every), self.right(right)
        come = "comes" if len(before) == 1 else "come"
        values = {"right": listed(before), "come": come, "right_are": verb(before)}
        return say("where local", wrong=listed(wrong), are=verb(wrong), **values)

    def _factors(self, network: Network, factors: Sequence[float | None]) -> list[float]:
        """Return the factor of the error of each layer, or nothing: its weights and biases must have the same one."""
        of_layers = []
        for layer in network.layers:
            known = [k for k in layer if self.is_right[k] or self.is_wrong[k]]
            found = [1.0 if self.is_right[k] else factors[k] or 0.0 for k in known]
            if len(found) < 2 or found[0] == 0 or any(not math.isclose(f, found[0], rel_tol=ALIKE) for f in found):
                return []
            of_layers.append(found[0])
        return of_layers

    def powers(self, network: Network, factors: Sequence[float | None]) -> list[Finding]:
        """Say so if one factor comes in at every layer."""
        of_layers = self._factors(network, factors)
        steps = [earlier / later for earlier, later in zip(of_layers, [*of_layers[1:], 1.0])]
        if len(steps) < 2 or abs(steps[0] - 1) <= 1e-3 or not _is_simple(steps[0]):
            return []
        if all(math.isclose(step, steps[0], rel_tol=ALIKE) for step in steps):
            return [say("where powers", times=times(steps[0])[0].removesuffix(" times").removesuffix(" of"))]
        return []

    def steps(self, network: Network, factors: Sequence[float | None]) -> list[Finding]:
        """Say by which number each step back multiplies the gradients, if each layer has one factor."""
        of_layers = self._factors(network, factors)
        steps = [earlier / later for earlier, later in zip(of_layers, [*of_layers[1:], 1.0])]
        numbers = [l for l, step in enumerate(steps) if not math.isclose(step, 1, rel_tol=ALIKE)]
        if len(numbers) < 2 or not all(_is_simple(steps[l]) for l in numbers):
            return []
        words = []
        for l in reversed(numbers):
            size = times(steps[l])[0].removesuffix(" times").removesuffix(" of")
            step = (
                "In the last layer it is"
                if l == len(of_layers) - 1
                else f"From {self._called(network, l + 1)} back to {self._called(network, l)} it is multiplied by"
            )
            words.append(f"{step} {size}")
        return [say("where factors", steps=". ".join(words))]

    def _called(self, network: Network, l: int) -> str:
        """Return a layer in the reader's own numbers: in a list that holds more than these layers, by its place there."""
        if network.is_dense or not network.is_counted:
            return f"layer {network.labels[l]}"
        names = [self.names[k] for k in network.layers[l]]
        places = {re.sub(r"(\[\d+\]).*", r"\1", name) for name in names}
        return places.pop() if len(places) == 1 else names[0]

    def dense(self, network: Network, factors: Sequence[float | None]) -> list[Finding]:
        """Say which of the four equations."""
        layers, L = network.layers, len(network.layers)
        failing = [[self.is_wrong[k] for k in layer] for layer in layers]
        found = []
        if all(len(layer) == 2 for layer in layers):
            both = [l for l in range(L) if all(failing[l]) or (failing[l][0] and not self.is_right[layers[l][1]])]
            weights = [l for l in range(L) if failing[l] == [True, False] and l not in both]
            biases = [l for l in range(L) if failing[l] == [False, True] and layers[l][1] not in self.at_kinks]
        else:
            both, weights, biases = [l for l in range(L) if failing[l][0]], [], []
        if both and L > 1:
            found += self._error(network, max(both))
        for key, which, own in (("where weights", weights, 0), ("where biases", biases, 1)):
            if which:
                wrong, right = ([self.names[layers[l][at]] for l in which] for at in (own, 1 - own))
                other = {
                    "biases": listed(right),
                    "bias_are": verb(right),
                    "weights": listed(right),
                    "weights_are": verb(right),
                }
                size = _one_constant([factors[layers[l][own]] for l in which]) if key == "where weights" else ""
                if size:
                    key, other = "where weights times", other | {"times": size}
                found.append(say(key, wrong=listed(wrong), are=verb(wrong), **other))
        wrong_inputs = [name for name in self.wrong(network.others) if INPUTS.search(name)]
        if not found and wrong_inputs and not any(map(any, failing)):
            right = self.right(layers[0])
            found.append(say("where input", wrong=listed(wrong_inputs), right=listed(right), right_are=verb(right)))
        return found or self.in_order()

    def _error(self, network: Network, l: int) -> list[Finding]:
        """Say where the error of layer l, counted from 0, went wrong."""
        layers, last = network.layers, len(network.layers) - 1
        wrong = self.wrong(layers[l])
        before = [j for j in range(l) if not self.wrong(layers[j]) and self.right(layers[j])]
        if len(before) == l > 0:
            return [say("where one layer", l=network.labels[l], wrong=listed(wrong))]
        if before:
            every = range(len(self.names))
            return [self._only(self.wrong(every), self.right(every))]
        if l == last:
            return [say("where output", last=listed(wrong), are=verb(wrong))]
        right, earlier = self.right(layers[l + 1]), self.wrong([k for layer in layers[: l + 1] for k in layer])
        if not right:
            return []  # its gradients are 0 up to rounding, which tells nothing of its error
        values = {
            "right": listed(right),
            "right_are": verb(right),
            "wrong": listed(earlier),
            "are": verb(earlier),
            "l": network.labels[l + 1],
            "k": network.labels[l],
        }
        if len(layers[l]) == 1:
            return [say("where hidden or weights", **values)]
        return [say("where hidden", weights=self.names[layers[l + 1][0]], **values)]


def _one_constant(factors: Sequence[float | None]) -> str:
    """Return the factor that all have in words, if it is positive and m or 1/m for a whole m."""
    first = factors[0] if factors else None
    if first is None or not all(factor and math.isclose(factor, first, rel_tol=ALIKE) for factor in factors):
        return ""
    size, is_simple = times(first)
    return size if is_simple and first > 0 else ""


def _is_simple(factor: float) -> bool:
    """Return whether a factor is one that code is likely to have: a small fraction, m or 1/m."""
    size = abs(factor)
    if not 1e-3 < size < 1e3:
        return False
    return any(math.isclose(n * f, round(n * f), rel_tol=ALIKE) for f in (size, 1 / size) for n in range(1, 13))


def _is_attention(names: Sequence[str]) -> bool:
    """Return whether names are those of queries, keys and values, or of heads."""
    found = {match.lastindex for name in names for match in OF_ATTENTION.finditer(name)}
    return 4 in found or len(found) > 1


def families(names: Sequence[str]) -> dict[tuple[str, bool, str], list[int]]:
    """Return parameters whose gradients are computed from one error, by their names.

    `Wz`, `Uz` and `bz` are such a family, and `W_xh`, `W_hh` and `b_h`; `wi` and `bi`, `weight_1` and `bias_1`; `gamma1` and `beta1`.
    """
    found = [(k, match) for k, name in enumerate(names) if (match := FAMILY.fullmatch(name))]
    rests = {k: match["rest"].lstrip("_") for k, match in found}
    # A U beside a W may be another branch, as in a gate of two products. Uz beside Wz is of one sum.
    found = [(k, match) for k, match in found if match["weights"] not in ("U", "u") or len(rests[k]) == 1]
    of_biases = {rests[k] for k, match in found if match["bias"]}
    of_two = [rests[k] for k, match in found if match["weights"] and re.fullmatch("[A-Za-z]{2}", rests[k])]
    # W_xh leads to h; some write W_hx. The biases tell.
    to = next((at for at in (-1, 0) if all(rest[at] in of_biases for rest in of_two)), None)
    groups: dict[tuple[str, bool, str], list[int]] = {}
    for k, match in found:
        rest = rests[k][to] if match["weights"] and rests[k] in of_two and to is not None else rests[k]
        if match["weights"] and rest in ("x", "h") and of_biases == {""}:
            rest = ""  # Wx, Wh and b
        groups.setdefault((match["path"] or "", bool(match["scale"] or match["shift"]), rest), []).append(k)
    return {key: group for key, group in groups.items() if len(group) > 1}


def cell_of(names: Sequence[str]) -> list[list[int]]:
    """Return the families of a recurrent cell, or nothing: its gates, or the one with `Whh`, `Uh`, or `Wx` beside `Wh`."""
    every = families(names)
    groups = {rest.lower(): group for (_, is_scale, rest), group in every.items() if not is_scale}
    if len({path for path, _, _ in every}) > 1:
        return []
    for surely, more in GATES:
        if surely <= set(groups):
            return [group for rest, group in groups.items() if rest in surely | more]
    of_state = re.compile(r"(?:.*\.)?(?:W_?([a-z])\1|[WU]_?h)", re.IGNORECASE)
    return [group for group in groups.values() if len(group) > 2 and any(of_state.fullmatch(names[k]) for k in group)]


def layers_of(names: Sequence[str], shapes: Sequence[Shape]) -> Network | None:
    """Return the layers of a network: from numbers in the names, from pairs, or from matrices and vectors in turn."""
    groups: dict[int, list[int]] = {}
    others = []
    for k, name in enumerate(names):
        stem = re.sub(r"^parameters(?=\[\d+\].)", "", name)
        number = re.search(r"\d+", stem) if not re.fullmatch(r"parameters\[\d+\]", name) else None
        if number is None or "=" in name:
            others.append(k)
        else:
            groups.setdefault(int(number[0]), []).append(k)
    if groups:
        layers = [groups[number] for number in sorted(groups)]
        if any(_is_crowded([names[k] for k in layer]) for layer in layers):
            return None
    else:
        layers, others = _in_turn(shapes), []
        if not layers:
            return None
    paired = [
        sorted(layer, key=lambda k: _is_bias(names[k], shapes[k], [shapes[j] for j in layer])) for layer in layers
    ]
    # A vector that belongs to no layer, such as a scale, is used between the layers.
    is_dense = _is_chain([[shapes[k] for k in layer] for layer in paired]) and not any(
        len(shapes[k]) == 1 for k in others
    )
    if not groups and not is_dense:
        return None
    is_counted = not groups or any(name.startswith("parameters") for name in names)
    if is_counted and groups and sorted(groups) != list(range(len(groups))):
        is_counted = not is_dense  # places in a list that holds more than these layers
        labels = sorted(groups)
    else:
        labels = list(range(1, len(layers) + 1)) if is_counted else sorted(groups)
    return Network(paired if is_dense else layers, others, labels, is_counted, is_dense)


def _is_crowded(names: Sequence[str]) -> bool:
    """Return whether parameters with one number are of two modules, as `conv1.weight` and `fc1.weight` are."""
    return len({re.split(r"\d", name, maxsplit=1)[0] for name in names if "." in name}) > 1


def _is_bias(name: str, shape: Shape, beside: Sequence[Shape]) -> bool:
    """Return whether one parameter of a pair is the biases: fewer axes, or, with as many, a name that says so."""
    axes = max(map(len, beside))
    if min(map(len, beside)) < axes:
        return len(shape) < axes
    return _is_named_bias(name) or name.endswith("[1]")


def _is_sum(name: str) -> bool:
    """Return whether a parameter is one that is added, by its name: its gradient is a sum of errors."""
    match = FAMILY.fullmatch(name)
    return _is_named_bias(name) or (match is not None and match["shift"] is not None)


def _is_scale_or_shift(name: str) -> bool:
    match = FAMILY.fullmatch(name)
    return match is not None and (match["scale"] or match["shift"]) is not None


def _is_named_bias(name: str) -> bool:
    return re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower()).startswith("b")


def _in_turn(shapes: Sequence[Shape]) -> list[list[int]]:
    """Return the layers of a list in which a matrix and its biases take turns."""
    every = range(len(shapes))
    if (
        len(shapes) % 2 == 0
        and all(len(shapes[k]) == 2 for k in every[::2])
        and all(_is_line(shapes[k]) for k in every[1::2])
    ):
        return [[k, k + 1] for k in every[::2]]
    return []


def _is_line(shape: Shape) -> bool:
    return 1 <= len(shape) <= 2 and math.prod(shape) == max(shape)


def _is_chain(layers: Sequence[Sequence[Shape]]) -> bool:
    """Return whether each layer is a matrix, with biases or without, whose sizes fit the next, in one of the layouts."""
    for layer in layers:
        if (
            not 1 <= len(layer) <= 2
            or len(layer) != len(layers[0])
            or len(layer[0]) != 2
            or not all(map(_is_line, layer[1:]))
        ):
            return False
    for out in (0, 1):
        biases_fit = all(math.prod(shape) == layer[0][out] for layer in layers for shape in layer[1:])
        if biases_fit and all(later[0][1 - out] == layer[0][out] for layer, later in zip(layers, layers[1:])):
            return len(layers) > 1 or len(layers[0]) > 1
    return False
