"""Name the slip behind shapes that do not fit: undo each known slip, and see whether they fit then."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .shapes import Shape, sizes

BOOK = "https://literate-backprop.github.io/"
BLOWN_UP = "NumPy would blow (n,) and (n, 1) up to (n, n)"


class Slip(NamedTuple):
    """What it looks as if, what to write instead, and the page about it."""

    as_if: str
    remedy: str
    page: str

    @property
    def address(self) -> str:
        """Return where the page about this slip stands."""
        return f"{BOOK}{self.page}/"


def slips(function: str, specs: Mapping[str, str], found: Sequence[Shape]) -> list[Slip]:
    """Return every slip that, undone, would make the shapes fit.

    `function` is the name, `specs` the axes of each symbol by its name, `found` their shapes.
    """
    if any(len(shape) > 2 for shape in found):
        return []
    seen = Shapes(function, specs, found)
    looks = (
        _order,
        _weights,
        _layer,
        _rows,
        _column,
        _bias,
        _batch,
        _product,
        _weight_gradient,
        _bias_gradient,
        _target,
    )
    return list({slip.as_if: slip for look in looks for slip in look(seen)}.values())


class Shapes:
    """The shapes of one call, and whether they would fit if some were others."""

    def __init__(self, function: str, specs: Mapping[str, str], found: Sequence[Shape]) -> None:
        self.function, self.specs = function, specs
        self.found = dict(zip(specs, found))
        self.data = [name for name, spec in specs.items() if "m?" in spec]
        self.in_rows = any(spec.startswith("m?") for spec in specs.values())

    def fit(self, **changed: Shape) -> bool:
        """Return whether all would fit if the shapes of these symbols were changed."""
        return sizes(self.specs.values(), list((self.found | changed).values())) is not None

    def named(self, *prefixes: str) -> list[str]:
        """Return the symbols that begin so: W1 and W2, or dC_dW1 and dC_dW2."""
        return [name for name in self.specs if name.startswith(prefixes)]

    def matrices(self, names: Iterable[str]) -> list[str]:
        """Return those of these symbols that have two axes."""
        return [name for name in names if len(self.found[name]) == 2]

    def turned(self, names: Iterable[str]) -> dict[str, Shape]:
        """Return the shapes of these symbols, transposed."""
        return {name: self.found[name][::-1] for name in names}

    def example(self, size: int, m: int) -> Shape:
        """Return the shape of `m` examples of `size` units."""
        return (m, size) if self.in_rows else (size, m)

    def undone(self, names: Iterable[str], undo: Callable[[Shape], Shape | None]) -> Iterator[list[str]]:
        """Yield each symbol that alone, or else all those that together, fit once `undo` has changed their shapes."""
        return self.fitting({name: undo(self.found[name]) for name in names})

    def fitting(self, wanted: Mapping[str, Shape | None]) -> Iterator[list[str]]:
        """Yield each symbol that alone, or else all those that together, fit with a changed shape."""
        changed = {name: shape for name, shape in wanted.items() if shape is not None and shape != self.found[name]}
        alone = [name for name in changed if self.fit(**{name: changed[name]})]
        if alone:
            yield from ([name] for name in alone)
        elif len(changed) > 1 and self.fit(**changed):
            yield list(changed)


def _and(names: Iterable[str], suffix: str = "") -> str:
    return " and ".join(name + suffix for name in names)


def _order(seen: Shapes) -> Iterator[Slip]:
    def backwards(*kinds: str) -> bool:
        changed: dict[str, Shape] = {}
        for kind in kinds:
            names = seen.named(kind)
            changed |= {name: seen.found[other] for name, other in zip(names, reversed(names))}
        return len(changed) > 2 and seen.fit(**changed)

    if seen.function == "step" and backwards("dC_dW", "dC_db"):
        yield Slip("the gradients were last layer first", "Write gradients[::-1].", "errors/order")
    if backwards("W", "b"):
        yield Slip("the layers were last layer first", "Write layers[::-1].", "errors/order")


def _weights(seen: Shapes) -> Iterator[Slip]:
    page = "errors/transposed-weights"
    for name in seen.matrices(seen.named("W")):
        if not seen.fit(**seen.turned([name])) or seen.turned([name])[name] == seen.found[name]:
            continue
        units = "column" if seen.in_rows else "row"
        yield Slip(
            f"{name} were transposed", f"{name} has a {units} for each unit that it leads to; write {name}.T.", page
        )
    for names in seen.undone(seen.matrices(seen.named("dC_dW")), lambda shape: shape[::-1]):
        remedy = f"The outer product is delta times a_prev, in this order; write {_and(names, '.T')}."
        yield Slip(f"{_and(names)} were transposed", remedy, page)


def _layer(seen: Shapes) -> Iterator[Slip]:
    if seen.function != "hidden_error" or not all(seen.found.values()):
        return
    end = -1 if seen.in_rows else 0
    n, n_next = seen.found["sigma_prime_z"][end], seen.found["delta_next"][end]
    W = seen.found["W_next"]
    if (
        len(W) == 2
        and W[1 if seen.in_rows else 0] == n
        and seen.fit(W_next=(n, n_next) if seen.in_rows else (n_next, n))
    ):
        remedy = "The error goes back through the weights that this layer's activation went forward through, W^{l+1}."
        yield Slip("W_next were the weights into this layer", remedy, "errors/wrong-layer")


def _rows(seen: Shapes) -> Iterator[Slip]:
    page = "errors/rows-and-columns"
    data, weights = seen.matrices(seen.data), seen.matrices(seen.named("W"))
    other, module = ("columns", "backprop") if seen.in_rows else ("rows", "backprop.rows")
    if len(data) == len(seen.data) > 0:
        for also in ([], weights):
            if seen.fit(**seen.turned(data + also)):
                remedy = f"Write {_and(data + also, '.T')}."
                if (
                    seen.function in ("output_error", "hidden_error", "bias_gradient", "weight_gradient")
                    and also == weights
                ):
                    remedy = f"Use {module}.{seen.function}."
                yield Slip(f"the examples were {other}", remedy, page)
                return
    if len(seen.data) > 1:
        for names in seen.undone(data, lambda shape: shape[::-1] if 1 not in shape else None):
            remedy = f"One example is a {'row' if seen.in_rows else 'column'} in all arrays; write {_and(names, '.T')}."
            yield Slip(f"{_and(names)} had the examples as {other}", remedy, page)


def _column(seen: Shapes) -> Iterator[Slip]:
    page = "errors/column-beside-vector"

    def flat(shape: Shape) -> Shape | None:
        return (shape[0] * shape[1],) if len(shape) == 2 and 1 in shape else None

    for names in seen.undone(seen.data, flat):
        one = "column" if seen.found[names[0]][1] == 1 else "row"
        why = BLOWN_UP if one == "column" else "One example is (n,)"
        yield Slip(f"{_and(names)} were a {one} beside one example", f"{why}; write {_and(names, '.ravel()')}.", page)
    for names in seen.undone(seen.data, lambda shape: seen.example(*shape, 1) if len(shape) == 1 else None):
        why, index = ("A batch of one is (1, n)", "[None, :]") if seen.in_rows else (BLOWN_UP, "[:, None]")
        yield Slip(f"{_and(names)} were one example beside a batch of one", f"{why}; write {_and(names, index)}.", page)
    for name in seen.matrices(seen.data):
        n, k = seen.found[name]
        if n == k > 1 and (seen.fit(**{name: (n,)}) or seen.fit(**{name: seen.example(n, 1)})):
            remedy = "A (n,) and a (n, 1) were added or subtracted before; give both one shape."
            yield Slip(f"{name} had been blown up by broadcasting", remedy, page)


def _bias(seen: Shapes) -> Iterator[Slip]:
    def flat(shape: Shape) -> Shape | None:
        return shape[:1] if shape[1:] == (1,) else None

    def from_row(shape: Shape) -> Shape | None:
        return shape[1:] if len(shape) == 2 and shape[0] == 1 < shape[1] else None

    page = "errors/column-beside-vector"
    for names in seen.undone(seen.named("b"), flat):
        yield Slip(
            f"{_and(names)} were a column beside one example", f"{BLOWN_UP}; write {_and(names, '.ravel()')}.", page
        )
    for names in seen.undone(seen.named("b"), from_row):
        remedy = f"Biases are (n,), or a column (n, 1) beside a batch; write {_and(names, '.ravel()')}."
        yield Slip(f"{_and(names)} were a row", remedy, "errors/rows-and-columns")


def _batch(seen: Shapes) -> Iterator[Slip]:
    axis = 0 if seen.in_rows else 1
    for m in sorted({seen.found[name][axis] for name in seen.matrices(seen.data)} - {1}):
        singles = [name for name in seen.data if len(seen.found[name]) == 1]
        if singles and seen.fit(**{name: seen.example(seen.found[name][0], m) for name in singles}):
            remedy = f"All data is one example or all is the same batch; here {_and(singles)} would have to be a batch of {m}."
            yield Slip(f"{_and(singles)} were one example beside a batch", remedy, "errors/one-example-in-a-batch")


def _product(seen: Shapes) -> Iterator[Slip]:
    page = "errors/star-or-at"
    at_hand = {(size,) for shape in seen.found.values() for size in shape}
    for name in seen.data:
        shape = seen.found[name]
        if name in ("x", "y"):
            continue
        if shape == () and any(seen.fit(**{name: one}) for one in at_hand):
            remedy = f"A product of two vectors with @ is one number; for {name} write *."
            yield Slip(f"{name} came of @ where * belongs", remedy, page)
        if len(shape) == 2 and 1 not in shape and seen.fit(**{name: shape[:1]}) and "y" not in seen.specs:
            remedy = f"A matrix times a vector with * is a matrix, and nothing is summed; for {name} write @."
            yield Slip(f"{name} came of * where @ belongs", remedy, page)


def _weight_gradient(seen: Shapes) -> Iterator[Slip]:
    for name in seen.named("dC_dW"):
        W, shape = seen.found["W" + name[5:]], seen.found[name]
        if shape == W or not seen.fit(**{each: seen.found["W" + each[5:]] for each in seen.named("dC_dW")}):
            continue
        if shape in {(), W[:1], W[1:], (W[0], 1), (1, W[1])}:
            remedy = "Each weight has a slope of its own: the outer product of delta and a_prev."
            yield Slip(f"{name} were no outer product", remedy, "wrong-shape")
        elif shape == (W[0], W[0]):
            remedy = "The other factor is the layer's input, a_prev."
            yield Slip(f"{name} were made with the layer's output", remedy, "wrong-shape")


def _bias_gradient(seen: Shapes) -> Iterator[Slip]:
    biases = {name: seen.found["b" + name[5:]] for name in seen.named("dC_db")}

    def like(slipped: Callable[..., bool]) -> Iterator[list[str]]:
        """Yield what fits with its bias's shape, of the gradients that stand to it as `slipped` says."""
        return seen.fitting({name: b for name, b in biases.items() if slipped(seen.found[name], *b[:1])})

    page = "errors/column-beside-vector"
    for names in like(lambda shape, n: shape == (n,)):
        remedy = f"{BLOWN_UP}; write {_and(names, '[:, None]')}, or bias_gradient(delta, keepdims=True)."
        yield Slip(f"{_and(names)} had lost the axis of the bias", remedy, page)
    for names in like(lambda shape, n: shape == (n, 1)):
        yield Slip(
            f"{_and(names)} were a column beside its bias", f"{BLOWN_UP}; write {_and(names, '.ravel()')}.", page
        )
    for names in like(lambda shape, n: shape == (1, n) != (1, 1)):
        ends = [f"{name}.reshape(b{name[5:]}.shape)" for name in names]
        remedy = f"A gradient has its bias's shape; write {_and(ends)}."
        yield Slip(f"{_and(names)} were a row", remedy, "errors/rows-and-columns")
    for names in like(lambda shape, n: shape == ()):
        remedy = "np.sum needs axis=1, or it sums over the units too; use bias_gradient."
        yield Slip(f"{_and(names)} were one number for all biases", remedy, "errors/bias-not-summed")
    for names in like(lambda shape, n: len(shape) == 2 and shape[0] == n and shape[1] > 1):
        remedy = "There is one bias for all examples; sum over them with bias_gradient."
        yield Slip(f"{_and(names)} were not summed over the examples", remedy, "errors/bias-not-summed")


def _target(seen: Shapes) -> Iterator[Slip]:
    if "y" not in seen.found:
        return
    y, batch = seen.found["y"], seen.found[next(name for name in seen.data if name != "y")]
    n = _outputs(seen)
    turned = {"x": seen.found["x"][::-1]} if "x" in seen.found and len(batch) == 2 else {}
    if y == () and len(batch) == 1:
        if n == 1 and seen.fit(y=(1,)):
            yield Slip("y had no axis for its one output", "Write np.array([y]).", "errors/target-length")
        elif seen.fit(y=(n,)):
            yield Slip(
                "y were a label, not one-hot", f"Write np.eye({n})[y]: one number for each class.", "errors/labels"
            )
    elif len(batch) == 2 and (len(y) == 1 or (len(y) == 2 and 1 in y and n > 1)):
        labels, m = ("y", y[0]) if len(y) == 1 else ("y.ravel()", y[0] * y[1])
        for first, also, changed in [("", "", {}), ("the examples were rows and ", " and x.T", turned)]:
            if (changed or not first) and seen.fit(y=(n, m), **changed):
                if n == 1:
                    yield Slip(
                        f"{first}y had no axis for its one output", f"Write y[None, :]{also}.", "errors/target-length"
                    )
                else:
                    remedy = f"Write np.eye({n})[:, {labels}]{also}: a column for each example, a row for each class."
                    yield Slip(f"{first}y were labels, not one-hot columns", remedy, "errors/labels")
                break
    if y and len(y) == len(batch) and seen.fit(y=(n, *y[1:])):
        yield Slip(
            "y were a target of another length",
            f"y needs a target for each of the {n} outputs.",
            "errors/target-length",
        )


def _outputs(seen: Shapes) -> int:
    output = seen.found.get("a", seen.found.get("z"))
    if output is None:
        output = seen.found[seen.named("W")[-1]]
    return output[0] if output else 1
