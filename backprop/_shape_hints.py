"""Say why shapes do not fit: undo each common mistake, and see whether they would fit then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ._address import BOOK
from ._axes import Shape, as_tuple, axes, sizes, unify, written

FOUR = ("output_error", "hidden_error", "bias_gradient", "weight_gradient")
BROADCAST = "NumPy would broadcast (n,) and (n, 1) to (n, n)"


class Hint(NamedTuple):
    """A likely cause, what to write instead, and the page about it."""

    cause: str
    fix: str
    page: str


def message(
    function: str,
    formula: str,
    specs: Mapping[str, str],
    shapes: Sequence[Shape],
    eye: str = "np.eye({})",
    labels: bool = False,
) -> str:
    """Return the text of a `ShapeError`: what does not fit, each shape as it is and as needed, and the likely causes.

    `specs` are the axes of each symbol by its name, `shapes` what its array has, `eye` is how the reader's
    library writes the identity matrix of a size, and `labels` says that y holds whole numbers, as class labels do.
    """
    tag, _, equation = formula.rpartition(": ")
    called = f"{function} ({tag})" if tag else function
    subject, lines = compared(specs, shapes)
    lines = [f"{called}: {subject}", f"  {equation}", *lines]
    hints = likely_causes(function, specs, shapes, eye, labels, in_rows=tag.endswith("in rows"))
    for hint in hints:
        lines += [f"  Likely cause: {hint.cause}. {hint.fix}", f"    See {BOOK}{hint.page}/"]
    if not hints:
        lines.append(f"  See {BOOK}look-up/errors/")
    return "\n".join(lines)


def compared(specs: Mapping[str, str], shapes: Sequence[Shape]) -> tuple[str, list[str]]:
    """Return what does not fit, and a line for each array: the shape that it has and the one that it needs."""
    names = list(specs)
    batch = any("m?" in spec and len(shape) == len(spec.split()) for spec, shape in zip(specs.values(), shapes))
    of = list(specs.values())
    wanted = [axes(spec, len(shape), batch) for spec, shape in zip(of, shapes)]
    # Leave out one array at a time. Where the others agree, it is that one that does not fit.
    of_the_others = [
        unify(of[:k] + of[k + 1 :], wanted[:k] + wanted[k + 1 :], [*shapes[:k], *shapes[k + 1 :]])
        if len(shapes) > 1
        else None
        for k in range(len(shapes))
    ]
    odd = [name for name, fitted in zip(names, of_the_others) if fitted is not None]
    agreed = next((fitted for fitted in of_the_others if fitted is not None), None) or _agreed_by_parameters(
        names, of, wanted, shapes
    )
    concerned = set().union(*(axes_of for axes_of, fitted in zip(wanted, of_the_others) if fitted is not None))
    width = max(map(len, names))
    lines = []
    for name, spec, shape, named, fitted in zip(names, specs.values(), shapes, wanted, of_the_others):
        if len(names) > 6 and concerned and not concerned & set(named):
            continue  # a network of many layers: those that fit are not shown
        # Beside no data that tells, an optional axis may be there or not.
        optional = "?" in spec and (len(names) == 1 or not any("m?" in other for other in specs.values()))
        known = agreed if fitted is None else fitted
        star, *others = spec.split()
        if star.startswith("*") and star in known:
            named = axes(spec, known[star] + len(others), batch)
        forms = [axes(spec, 0, False), axes(spec, len(spec.split()), True)] if optional else [named]
        needs = " or ".join(written(form, known) for form in forms)
        lines.append(f"  {name:{width}}  has {as_tuple(shape)}, needs {needs}")
    if len(names) == 1:
        return f"{names[0]} has a shape that does not fit", lines
    if len(odd) == 1 and len(names) > 2:
        return f"the shape of {odd[0]} does not fit the others", lines
    differing = names if len(names) == 2 else odd
    return f"the shapes {f'of {listed(differing)} ' if 1 < len(differing) < 4 else ''}do not fit together", lines


def _agreed_by_parameters(
    names: Sequence[str], specs: Sequence[str], wanted: Sequence[Sequence[str]], shapes: Sequence[Shape]
) -> Mapping[str, int]:
    """Return the sizes on which the weights and biases agree, where no single array is at odds with all others."""
    of = [k for k, name in enumerate(names) if name[0] in "Wb"]
    return unify([specs[k] for k in of], [wanted[k] for k in of], [shapes[k] for k in of]) or {}


def likely_causes(
    function: str,
    specs: Mapping[str, str],
    shapes: Sequence[Shape],
    eye: str = "np.eye({})",
    labels: bool = False,
    in_rows: bool = False,
) -> list[Hint]:
    """Return a hint for each common mistake that, undone, would make the shapes fit."""
    if any(len(shape) > 2 for shape in shapes):
        return []
    call = Call(function, specs, shapes, eye, labels, in_rows)
    mistakes = (
        _order,
        _weights,
        _layer,
        _row_layout,
        _column,
        _bias,
        _target,
        _batch,
        _product,
        _weight_gradient,
        _bias_gradient,
    )
    return list({hint.cause: hint for mistake in mistakes for hint in mistake(call)}.values())


def listed(names: Sequence[str], suffix: str = "") -> str:
    """Return names as a list in words, each with a suffix.

    >>> listed(["a", "b", "c"], ".T")
    'a.T, b.T and c.T'
    """
    *others, last = [name + suffix for name in names]
    return f"{', '.join(others)} and {last}" if others else last


def _is(names: Sequence[str], one: str, many: str) -> str:
    return f"{listed(names)} {'is ' + one if len(names) == 1 else 'are ' + many}"


class Call:
    """The shapes of one call, and whether they would fit if some of them were others."""

    def __init__(
        self, function: str, specs: Mapping[str, str], shapes: Sequence[Shape], eye: str, labels: bool, in_rows: bool
    ) -> None:
        self.function, self.specs, self.eye, self.labels, self.in_rows = function, specs, eye, labels, in_rows
        self.shapes = dict(zip(specs, shapes))
        self.why = "NumPy would broadcast (n,) and (1, n) to (1, n)" if in_rows else BROADCAST
        self.data = [name for name, spec in specs.items() if "m?" in spec]
        self.units = -1 if in_rows else 0  # the axis of the units in data, and of a layer's own units in its weights
        # A bias, or its gradient, as this layout keeps it beside a batch, and as the other does.
        column, row = "a column (n, 1)", "a row (1, n)"
        self.kept, self.strange = (row, column) if in_rows else (column, row)

    def fits(self, **changed: Shape) -> bool:
        """Return whether all would fit if the shapes of these symbols were changed."""
        return sizes(self.specs.values(), list((self.shapes | changed).values())) is not None

    def named(self, *prefixes: str) -> list[str]:
        """Return the symbols that begin so: W1 and W2, or dC_dW1 and dC_dW2."""
        return [name for name in self.specs if name.startswith(prefixes)]

    def matrices(self, names: Iterable[str]) -> list[str]:
        """Return those of these symbols that have two axes."""
        return [name for name in names if len(self.shapes[name]) == 2]

    def transposed(self, names: Iterable[str]) -> dict[str, Shape]:
        """Return the shapes of these symbols, transposed."""
        return {name: self.shapes[name][::-1] for name in names}

    def flat(self, shape: Shape) -> Shape | None:
        """Return (n,) for a bias that has the axis which this layout keeps beside a batch."""
        return _without(shape, 0 if self.in_rows else 1)

    def flat_from_other(self, shape: Shape) -> Shape | None:
        """Return (n,) for a bias that has the axis of the other layout."""
        return _without(shape, 1 if self.in_rows else 0)

    def batch(self, size: int, m: int) -> Shape:
        """Return the shape of `m` examples of `size` units."""
        return (m, size) if self.in_rows else (size, m)

    def undone(self, names: Iterable[str], undo: Callable[[Shape], Shape | None]) -> Iterator[list[str]]:
        """Yield each symbol that by itself fits once `undo` has changed its shape; else all of them, if together they do."""
        return self.fitting({name: undo(self.shapes[name]) for name in names})

    def fitting(self, wanted: Mapping[str, Shape | None]) -> Iterator[list[str]]:
        """Yield each symbol that by itself fits with the wanted shape; else all of them, if together they do."""
        changed = {name: shape for name, shape in wanted.items() if shape is not None and shape != self.shapes[name]}
        single = [name for name in changed if self.fits(**{name: changed[name]})]
        if single:
            yield from ([name] for name in single)
        elif len(changed) > 1 and self.fits(**changed):
            yield list(changed)


def _order(call: Call) -> Iterator[Hint]:
    def reversed_fits(*kinds: str) -> bool:
        changed: dict[str, Shape] = {}
        for kind in kinds:
            names = call.named(kind)
            changed |= {name: call.shapes[other] for name, other in zip(names, reversed(names))}
        return len(changed) > 2 and call.fits(**changed)

    if call.function == "step" and reversed_fits("dC_dW", "dC_db"):
        yield Hint(
            "the gradients are in reverse order, last layer first", "Write gradients[::-1].", "look-up/errors/order"
        )
    if reversed_fits("W", "b"):
        yield Hint("the layers are in reverse order, last layer first", "Write layers[::-1].", "look-up/errors/order")


def _weights(call: Call) -> Iterator[Hint]:
    page = "look-up/errors/transposed-weights"
    for name in call.matrices(call.named("W")):
        if call.transposed([name])[name] == call.shapes[name] or not call.fits(**call.transposed([name])):
            continue
        line = "column" if call.in_rows else "row"
        fix = f"It needs a {line} for each unit that it leads to: write {name}.T."
        yield Hint(f"{name} is transposed", fix, page)
    for names in call.undone(call.matrices(call.named("dC_dW")), lambda shape: shape[::-1]):
        order = "a_prev times delta" if call.in_rows else "delta times a_prev"
        fix = f"The outer product is {order}, in this order: write {listed(names, '.T')}."
        yield Hint(_is(names, "transposed", "transposed"), fix, page)


def _layer(call: Call) -> Iterator[Hint]:
    if call.function != "hidden_error" or not all(call.shapes.values()):
        return
    n, n_next = call.shapes["sigma_prime_z"][call.units], call.shapes["delta_next"][call.units]
    W = call.shapes["W_next"]
    needed = (n, n_next) if call.in_rows else (n_next, n)
    if len(W) == 2 and W[1 if call.in_rows else 0] == n and call.fits(W_next=needed):
        fix = "BP2 needs those of the next layer, W^{l+1}."
        yield Hint("W_next holds the weights of this layer, W^l", fix, "look-up/errors/wrong-layer")


def _row_layout(call: Call) -> Iterator[Hint]:
    page = "look-up/errors/rows-and-columns"
    data, weights = call.matrices(call.data), call.matrices(call.named("W"))
    layout, other, module = ("rows", "columns", "backprop") if call.in_rows else ("columns", "rows", "backprop.rows")
    if len(data) == len(call.data) > 0:
        biases = {name: shape for name in call.named("b") if (shape := call.flat_from_other(call.shapes[name]))}
        for also, flat in [([], {}), (weights, {}), (weights, biases)]:
            if call.fits(**call.transposed(data + also), **flat):
                written = [*(f"{name}.T" for name in data + also), *(f"{name}.ravel()" for name in flat)]
                fix = f"Write {listed(written)}, or use {module}.{call.function}."
                if call.function in FOUR and also == weights:
                    fix = f"Use {module}.{call.function}."
                yield Hint(f"the examples are {other}, and this function takes {layout}", fix, page)
                return
    if len(call.data) > 1:
        for names in call.undone(data, lambda shape: shape[::-1] if 1 not in shape else None):
            has = "has its" if len(names) == 1 else "have their"
            fix = f"An example is a {layout[:-1]} in every array: write {listed(names, '.T')}."
            yield Hint(f"{listed(names)} {has} examples as {other}", fix, page)


def _column(call: Call) -> Iterator[Hint]:
    page = "look-up/errors/column-beside-vector"

    def flat(shape: Shape) -> Shape | None:
        return (shape[0] * shape[1],) if len(shape) == 2 and 1 in shape else None

    for names in call.undone(call.data, flat):
        is_column = call.shapes[names[0]][1] == 1
        one, many = ("a column (n, 1)", "columns (n, 1)") if is_column else ("a row (1, n)", "rows (1, n)")
        why = BROADCAST if is_column else "One example is (n,)"
        fix = f"{why}: write {listed(names, '.ravel()')}."
        yield Hint(f"{_is(names, one, many)} beside one example (n,)", fix, page)
    for names in call.undone(call.data, lambda shape: call.batch(*shape, 1) if len(shape) == 1 else None):
        why, index = ("A batch of one is (1, n)", "[None, :]") if call.in_rows else (BROADCAST, "[:, None]")
        fix = f"{why}: write {listed(names, index)}."
        yield Hint(f"{_is(names, 'one example', 'one example')} (n,) beside a batch of one", fix, page)
    for name in call.matrices(call.data):
        n, k = call.shapes[name]
        if n == k > 1 and (call.fits(**{name: (n,)}) or call.fits(**{name: call.batch(n, 1)})):
            fix = "There (n,) and (n, 1) were added or subtracted: give both the same shape."
            yield Hint(f"{name} was broadcast to (n, n) in an earlier line", fix, page)


def _bias(call: Call) -> Iterator[Hint]:
    page = "look-up/errors/column-beside-vector"
    for names in call.undone(call.named("b"), call.flat):
        cause = f"{_is(names, call.kept, _many(call.kept))} beside one example (n,)"
        yield Hint(cause, f"{call.why}: write {listed(names, '.ravel()')}.", page)
    for names in call.undone(call.named("b"), call.flat_from_other):
        fix = f"Biases are (n,), or {call.kept} beside a batch: write {listed(names, '.ravel()')}."
        yield Hint(_is(names, call.strange, _many(call.strange)), fix, "look-up/errors/rows-and-columns")
    if (
        call.function == "Layer"
        and len(W := call.shapes["W"]) == 2
        and call.flat_from_other(call.shapes["b"]) == (W[0 if call.in_rows else 1],) != (W[call.units],)
    ):
        line, other, module = ("column", "columns", "backprop") if call.in_rows else ("row", "rows", "backprop.rows")
        fix = f"Here W has a {line} for each unit, and b is (n,): write W.T and b.ravel(), or use {module}.Layer."
        yield Hint(f"W and b are stored for examples as {other}", fix, "look-up/errors/rows-and-columns")


def _without(shape: Shape, axis: int) -> Shape | None:
    """Return the shape without this axis, if its size is 1 and that of the other is more."""
    return (shape[1 - axis],) if len(shape) == 2 and shape[axis] == 1 < shape[1 - axis] else None


def _many(one: str) -> str:
    return "columns (n, 1)" if "column" in one else "rows (1, n)"


def _batch(call: Call) -> Iterator[Hint]:
    axis = 0 if call.in_rows else 1
    for m in sorted({call.shapes[name][axis] for name in call.matrices(call.data)} - {1}):
        single = [name for name in call.data if len(call.shapes[name]) == 1]
        if call.labels and single == ["y"]:
            continue  # whole numbers, one for each example
        if single and call.fits(**{name: call.batch(call.shapes[name][0], m) for name in single}):
            fix = f"All data is one example, or all is the same batch: here {listed(single)} needs {m} examples, too."
            cause = f"{_is(single, 'one example', 'one example')} (n,) beside a batch"
            yield Hint(cause, fix, "look-up/errors/one-example-in-a-batch")


def _product(call: Call) -> Iterator[Hint]:
    page = "look-up/errors/star-or-at"
    vectors = {(size,) for shape in call.shapes.values() for size in shape}
    for name in call.data:
        shape = call.shapes[name]
        if name in ("x", "y"):
            continue
        if shape == () and any(call.fits(**{name: vector}) for vector in vectors):
            fix = f"Two vectors with @ give one number, and * multiplies entry by entry: compute {name} with *."
            yield Hint(f"{name} was computed with @ where * is needed", fix, page)
        if len(shape) == 2 and 1 not in shape and call.fits(**{name: shape[:1]}) and "y" not in call.specs:
            fix = f"A matrix times a vector with * is a matrix, and nothing is summed: compute {name} with @."
            yield Hint(f"{name} was computed with * where @ is needed", fix, page)


def _weight_gradient(call: Call) -> Iterator[Hint]:
    for name in call.named("dC_dW"):
        W, shape = call.shapes["W" + name[5:]], call.shapes[name]
        if shape == W or not call.fits(**{each: call.shapes["W" + each[5:]] for each in call.named("dC_dW")}):
            continue
        if shape in {(), W[:1], W[1:], (W[0], 1), (1, W[1])}:
            fix = "Each weight has a derivative of its own: the outer product of delta and a_prev."
            yield Hint(f"{name} is not an outer product", fix, "look-up/wrong-shape")
        elif shape == (W[call.units], W[call.units]):
            fix = "The second factor is the layer's input, a_prev."
            yield Hint(f"{name} was computed with the layer's output", fix, "look-up/wrong-shape")


def _bias_gradient(call: Call) -> Iterator[Hint]:
    biases = {name: call.shapes["b" + name[5:]] for name in call.named("dC_db")}

    def which(differs: Callable[..., bool]) -> Iterator[list[str]]:
        """Yield what fits with its bias's shape, of the gradients that differ from it in this way."""
        return call.fitting({name: b for name, b in biases.items() if differs(call.shapes[name], b[call.units])})

    page, index = "look-up/errors/column-beside-vector", "[None, :]" if call.in_rows else "[:, None]"
    for names in which(lambda shape, n: shape == (n,)):
        fix = f"{call.why}: write {listed(names, index)}, or bias_gradient(delta, keepdims=True)."
        yield Hint(f"{_is(names, '(n,)', '(n,)')} beside a bias {call.kept[-6:]}", fix, page)
    for names in which(lambda shape, n: shape == ((1, n) if call.in_rows else (n, 1))):
        cause = f"{_is(names, call.kept, _many(call.kept))} beside a bias (n,)"
        yield Hint(cause, f"{call.why}: write {listed(names, '.ravel()')}.", page)
    for names in which(lambda shape, n: shape == ((n, 1) if call.in_rows else (1, n)) != (1, 1)):
        ends = [f"{name}.reshape(b{name[5:]}.shape)" for name in names]
        fix = f"A gradient has the shape of its bias: write {listed(ends)}."
        yield Hint(_is(names, call.strange, _many(call.strange)), fix, "look-up/errors/rows-and-columns")
    for names in which(lambda shape, n: shape == ()):
        fix = "A sum over all axes adds the units, too: use bias_gradient."
        yield Hint(
            _is(names, "one number for all biases", "one number for all biases"), fix, "look-up/errors/bias-not-summed"
        )
    examples = 0 if call.in_rows else 1
    for names in which(lambda shape, n: len(shape) == 2 and shape[call.units] == n and shape[examples] > 1):
        fix = "All examples share one bias: sum over them, with bias_gradient."
        cause = f"{_is(names, 'not summed', 'not summed')} over the examples"
        yield Hint(cause, fix, "look-up/errors/bias-not-summed")


def _target(call: Call) -> Iterator[Hint]:
    if "y" not in call.shapes:
        return
    data = next(name for name in call.data if name != "y")
    y, batch = call.shapes["y"], call.shapes[data]
    if y == () and len(batch) == 1:
        n = _outputs(call, batch)
        if n == 1 and call.fits(y=(1,)):
            yield Hint("y has no axis for its one output", "Write [y].", "look-up/errors/target-length")
        elif call.fits(y=(n,)):
            fix = f"Write {call.eye.format(n)}[y]: one number for each class."
            yield Hint("y is a class label, not one-hot", fix, "look-up/errors/labels")
    elif len(batch) == 2 and (len(y) == 1 or (len(y) == 2 and 1 in y)):
        yield from _labels(call, data, *y)
    n = _outputs(call, batch)
    if y and len(y) == len(batch) and call.fits(y=(*y[:-1], n) if call.in_rows else (n, *y[1:])):
        fix = f"It needs a target for each of the {n} outputs."
        yield Hint("y has another length than the output", fix, "look-up/errors/target-length")


def _labels(call: Call, data: str, *y: int) -> Iterator[Hint]:
    """Yield what to write for class labels of a batch, beside data in this layout or else in the other."""
    labels, m = ("y", y[0]) if len(y) == 1 else ("y.ravel()", y[0] * y[1])
    for is_transposed in (False, True):
        changed = call.transposed([data]) if is_transposed else {}
        n = _outputs(call, changed.get(data, call.shapes[data]))
        if (len(y) == 2 and n == 1) or not call.fits(y=call.batch(n, m), **changed):
            continue
        other = "columns" if call.in_rows else "rows"
        first, also = (f"{data} has its examples as {other} and ", f" and {data}.T") if is_transposed else ("", "")
        if n == 1:
            index = "[:, None]" if call.in_rows else "[None, :]"
            cause, fix = f"{first}y has no axis for its one output", f"Write y{index}{also}."
            yield Hint(cause, fix, "look-up/errors/target-length")
        else:
            one_hot = f"{call.eye.format(n)}[{labels}]" if call.in_rows else f"{call.eye.format(n)}[:, {labels}]"
            line, other = ("row", "column") if call.in_rows else ("column", "row")
            fix = f"Write {one_hot}{also}: a {line} for each example, a {other} for each class."
            yield Hint(f"{first}y holds class labels, not one-hot {line}s", fix, "look-up/errors/labels")
        return


def _outputs(call: Call, data: Shape) -> int:
    """Return the number of outputs of a network, or of the outputs that a cost was given."""
    weights = call.named("W")
    output = call.shapes[weights[-1]] if weights else data
    return output[call.units] if output else 1
