"""Name the slip behind shapes that do not fit: undo each known slip, and see whether they fit then."""

from typing import NamedTuple

from .shapes import sizes

BOOK = "https://literate-backprop.github.io/"


class Slip(NamedTuple):
    """What it looks as if, what to write instead, and the page about it."""

    as_if: str
    remedy: str
    page: str

    @property
    def address(self):
        """Return where the page about this slip stands."""
        return f"{BOOK}{self.page}/"


def slips(function, specs, found):
    """Return every slip that, undone, would make the shapes fit.

    `function` is the name, `specs` the axes of each symbol by its name, `found` their shapes.
    """
    seen = Shapes(function, specs, found)
    if any(len(shape) > 2 for shape in found):
        return []
    named = [slip for look in (_order, _weights, _layer, _rows, _column, _batch, _product, _target) for slip in look(seen)]
    return list({slip.as_if: slip for slip in named}.values())


class Shapes:
    """The shapes of one call, and whether they would fit if some were others."""

    def __init__(self, function, specs, found):
        self.function, self.specs = function, specs
        self.found = dict(zip(specs, found))
        self.data = [name for name, spec in specs.items() if "m?" in spec]
        self.weights = [name for name in specs if name.startswith("W")]
        self.in_rows = any(spec.startswith("m?") for spec in specs.values())
        self.two = [name for name in self.data + self.weights if len(self.found[name]) == 2]

    def fit(self, **changed):
        """Return whether all would fit if the shapes of these symbols were changed."""
        return sizes(self.specs.values(), list((self.found | changed).values())) is not None

    def turned(self, names):
        """Return the shapes of these symbols, transposed."""
        return {name: self.found[name][::-1] for name in names}

    def example(self, size, m):
        """Return the shape of `m` examples of `size` units."""
        return (m, size) if self.in_rows else (size, m)


def _order(seen):
    gradients = [name for name in seen.specs if name.startswith("dC_d")]
    backwards = {name: seen.found[other] for kind in ("dC_dW", "dC_db") for name, other in _swapped(gradients, kind)}
    if seen.function == "step" and backwards and seen.fit(**backwards):
        yield Slip("the gradients were last layer first", "Write gradients[::-1].", "errors/order")
    layers = {name: seen.found[other] for kind in ("W", "b") for name, other in _swapped(seen.specs, kind)}
    if len(layers) > 2 and seen.fit(**layers):
        yield Slip("the layers were last layer first", "Write layers[::-1].", "errors/order")


def _swapped(names, kind):
    chosen = [name for name in names if name.startswith(kind) and name != "W_next"]
    return zip(chosen, reversed(chosen))


def _weights(seen):
    for name in seen.weights:
        if name in seen.two and seen.fit(**seen.turned([name])):
            units = "column" if seen.in_rows else "row"
            yield Slip(
                f"{name} were transposed",
                f"{name} has a {units} for each unit that it leads to; write {name}.T.",
                "errors/transposed-weights",
            )
    every = [name for name in seen.weights if name in seen.two]
    if len(every) > 1 and seen.fit(**seen.turned(every)):
        remedy = "Each W has a row for each unit that it leads to; write W.T in every layer."
        yield Slip("all weights were transposed", remedy, "errors/transposed-weights")
    for name in seen.specs:
        if name.startswith("dC_dW") and len(seen.found[name]) == 2 and seen.fit(**seen.turned([name])):
            remedy = f"The outer product is delta times a_prev, in this order: write {name}.T."
            yield Slip(f"{name} were transposed", remedy, "errors/transposed-weights")


def _layer(seen):
    if seen.function == "hidden_error" and len(seen.found["W_next"]) == 2:
        units = 1 if seen.in_rows else 0
        here = seen.found["sigma_prime_z"]
        n = here[-1:] if seen.in_rows else here[:1]
        next_ = seen.found["delta_next"]
        n_next = next_[-1:] if seen.in_rows else next_[:1]
        into_here = seen.found["W_next"][units : units + 1] == n != ()
        if into_here and seen.fit(W_next=n + n_next if seen.in_rows else n_next + n):
            yield Slip(
                "W_next were the weights into this layer",
                "The error goes back through the weights into the next layer; write layers[l + 1].W.",
                "errors/wrong-layer",
            )


def _rows(seen):
    data = [name for name in seen.data if name in seen.two]
    other, way = ("columns", "") if seen.in_rows else ("rows", "rows.")
    has_both = seen.function in ("output_error", "hidden_error", "bias_gradient", "weight_gradient")
    for weights in ([], [name for name in seen.weights if name in seen.two]):
        if len(data) == len(seen.data) and len(data) > 1 and seen.fit(**seen.turned(data + weights)):
            if has_both and (weights or not seen.weights):
                remedy = f"Use backprop.{way}{seen.function}."
            else:
                remedy = f"Transpose {' and '.join(data + weights)}."
            yield Slip(f"the examples were {other}", remedy, "errors/rows-and-columns")
            return
    if len(data) == 1 and len(seen.data) == 1 and seen.fit(**seen.turned(data)):
        yield Slip(f"the examples were {other}", f"Write {data[0]}.T.", "errors/rows-and-columns")
    for name in data:
        if len(data) > 1 and seen.fit(**seen.turned([name])):
            remedy = f"One example is a {'row' if seen.in_rows else 'column'} in all arrays; write {name}.T."
            yield Slip(f"{name} had its examples as {other}", remedy, "errors/rows-and-columns")


def _column(seen):
    for name, shape in seen.found.items():
        stretched = name in seen.data or name.startswith(("b", "dC_db"))
        if not stretched:
            continue
        one, lone = ("row", "(1, n)") if seen.in_rows else ("column", "(n, 1)")
        if len(shape) == 2 and 1 in shape and seen.fit(**{name: (shape[0] * shape[1],)}):
            remedy = f"NumPy would blow (n,) and {lone} up to (n, n); write {name}.ravel()."
            yield Slip(f"{name} were a {one} beside one example", remedy, "errors/column-beside-vector")
        if len(shape) == 1 and seen.fit(**{name: seen.example(shape[0], 1)}):
            index = "None, :" if seen.in_rows else ":, None"
            remedy = f"NumPy would blow (n,) and {lone} up to (n, n); write {name}[{index}]."
            yield Slip(f"{name} were one example beside a batch of one", remedy, "errors/column-beside-vector")
        if len(shape) == 2 and shape[0] == shape[1] > 1 and _was_one(seen, name, shape[0]):
            remedy = f"A (n,) and a {lone} were added or subtracted before; give both one shape."
            yield Slip(f"{name} had been blown up by broadcasting", remedy, "errors/column-beside-vector")


def _was_one(seen, name, n):
    return seen.fit(**{name: (n,)}) or seen.fit(**{name: seen.example(n, 1)})


def _batch(seen):
    sizes_of_batch = {seen.found[name][0 if seen.in_rows else 1] for name in seen.data if name in seen.two}
    for m in sizes_of_batch - {1}:
        singles = [name for name in seen.data if len(seen.found[name]) == 1]
        stacked = {name: seen.example(seen.found[name][0], m) for name in singles}
        if singles and seen.fit(**stacked):
            remedy = f"All data is one example or all is the same batch of {m}; {_are(singles)} not."
            yield Slip(f"{' and '.join(singles)} were one example beside a batch", remedy, "errors/one-example-in-a-batch")


def _are(names):
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _product(seen):
    for name in seen.data:
        shape = seen.found[name]
        at_hand = {(size,) for other in seen.found.values() for size in other}
        if shape == () and name != "y" and any(seen.fit(**{name: one}) for one in at_hand):
            remedy = f"A product of two vectors with @ is one number; for {name} write *."
            yield Slip(f"{name} came of @ where * belongs", remedy, "errors/star-or-at")
        if len(shape) == 2 and (seen.fit(**{name: shape[1:]}) or seen.fit(**{name: shape[:1]})):
            if 1 not in shape:
                remedy = f"A matrix times a vector with * is a matrix, and nothing is summed; for {name} write @."
                yield Slip(f"{name} came of * where @ belongs", remedy, "errors/star-or-at")
    for name, shape in seen.found.items():
        if name.startswith("dC_dW"):
            W = seen.found["W" + name[5:]]
            if shape in {W[:1], W[1:], (W[0], 1), (1, W[1])} and shape != W:
                remedy = "Each weight has a slope of its own: the outer product of delta and a_prev."
                yield Slip(f"{name} were no outer product", remedy, "wrong-shape")
        if name.startswith("dC_db"):
            b = seen.found["b" + name[5:]]
            if len(shape) == 2 and shape[:1] == b[:1] and shape != b and seen.fit(**{name: b}):
                remedy = "There is one bias for all examples; sum over them with bias_gradient."
                yield Slip(f"{name} were not summed over the examples", remedy, "errors/bias-not-summed")
            if shape == () and b:
                remedy = "np.sum needs axis=1, or it sums over the units too; use bias_gradient."
                yield Slip(f"{name} were one number for all biases", remedy, "errors/bias-not-summed")


def _target(seen):
    if "y" not in seen.found:
        return
    y = seen.found["y"]
    output = seen.found.get("a", seen.found.get("z"))
    x = seen.found.get("x")
    batch = output if output is not None else x
    if len(batch) == 2 and y == batch[1:] and seen.fit(y=(_outputs(seen), *y)):
        remedy = "Write np.eye(n)[:, labels]: a column for each example, a row for each class."
        yield Slip("y were labels, not one-hot columns", remedy, "errors/labels")
    elif y == () and seen.fit(y=(_outputs(seen),)):
        remedy = "Write np.eye(n)[label]: one number for each class."
        yield Slip("y were a label, not one-hot", remedy, "errors/labels")
    elif y and len(y) == len(batch) and seen.fit(y=(_outputs(seen), *y[1:])):
        remedy = f"The network has {_outputs(seen)} outputs; y has a target for each."
        yield Slip("y were a target of another length", remedy, "errors/target-length")


def _outputs(seen):
    output = seen.found.get("a", seen.found.get("z"))
    if output is None:
        output = seen.found[seen.weights[-1]]
    return output[0] if output else 1
