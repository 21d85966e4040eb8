"""The network, moving: the 2-3-2 network of the book with the numbers of both passes, and a list of all their steps.

Everything is drawn here, from the library's numbers. The script only hides what is not computed yet, moves what is there, and
writes other numbers into it.
"""

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from math import log

import numpy as np

from backprop import gradients, quadratic_prime, sigmoid_prime
from backprop._example import book_network, book_values
from website.extensions.katex import render
from website.pages.drawing import minus
from website.pages.instruments.both_layouts import in_both

GIVEN = ("x", "y", "W1", "b1", "W2", "b2")
MOVE = 0.1  # the change of a weight in the last step


@dataclass
class Step:
    r"""One step: its equation, in which `\lit{…}` marks the term that it computes, and what happens in the network.

    In `numbers`, `*` is a product with a matrix. In the row layout its two factors change places, as in the equation.
    A name stands for the numbers of its array, and `_x_` for the letter alone.
    """

    tex: str
    numbers: str
    words: str
    name: str = ""  # of the equation, where it has one
    in_rows: str = ""  # the equation in the row layout, where it differs
    shows: str = ""  # the arrays that it computes
    lit: str = ""  # the parts of the network that it uses
    along: str = ""  # what the dots move along: the edges of a layer, or the rows of a unit
    way: str = "forward"  # of the dots: forward, backward, or meet
    gradient: str = ""  # the numbers on the edges are the derivatives for these


STEPS = [
    Step(
        r"x, \quad y",
        "_x_ = x _y_ = y",
        "The input x and the target y are given. Every other number is blank until it is computed.",
        lit="x y",
    ),
    Step(
        r"z^{1} = \lit{W^{1} x + b^{1}}",
        "W1*x + b1 = z1",
        "Each hidden unit multiplies the inputs by its weights and adds the products. Then it adds its bias.",
        in_rows=r"z^{1} = \lit{x W^{1} + b^{1}}",
        shows="z1",
        lit="x W1 b1 unit1",
        along="W1",
    ),
    Step(
        r"a^{1} = \lit{\sigma(z^{1})}",
        "σ( z1 ) = a1",
        "Each hidden unit applies the sigmoid to its weighted input z. The result is its activation a, between 0 and 1.",
        shows="a1",
        lit="unit1",
        along="z1 a1",
    ),
    Step(
        r"z^{2} = \lit{W^{2} a^{1} + b^{2}}",
        "W2*a1 + b2 = z2",
        "The output units do the same with the activations of the hidden units.",
        in_rows=r"z^{2} = \lit{a^{1} W^{2} + b^{2}}",
        shows="z2",
        lit="W2 b2 unit2",
        along="W2",
    ),
    Step(
        r"a^{2} = \lit{\sigma(z^{2})}",
        "σ( z2 ) = a2",
        "The sigmoid again. These two activations are the outputs of the network.",
        shows="a2",
        lit="unit2",
        along="z2 a2",
    ),
    Step(
        r"C = \lit{\tfrac12 \lVert a^{2} - y \rVert^2}",
        "½ ‖ a2 − y ‖² = C",
        "The cost C says how far the outputs are from the targets. Training makes this number small.",
        shows="C",
        lit="unit2 y C",
        along="C",
    ),
    Step(
        r"\delta^{2} = \lit{(a^{2} - y)} \odot \sigma'(z^{2})",
        "a2 − y = dC_da2",
        "The backward pass begins. How fast does C change with each output? The derivative ∂C/∂a is a − y.",
        name="BP1",
        shows="dC_da2",
        lit="unit2 y C",
        along="C",
        way="backward",
    ),
    Step(
        r"\delta^{2} = (a^{2} - y) \lit{{}\odot \sigma'(z^{2})}",
        "dC_da2 ⊙ slope2 = delta2",
        "Multiply by the derivative of the sigmoid, σ′(z) = a (1 − a). The product is δ, the error of the unit.",
        name="BP1",
        shows="slope2 delta2",
        lit="unit2",
        along="dC_da2 delta2",
        way="backward",
    ),
    Step(
        r"\partial C / \partial b^{2} = \lit{\delta^{2}}",
        "delta2 = dC_db2",
        "The derivative for a bias is the error of its unit.",
        name="BP3",
        shows="dC_db2",
        lit="b2 unit2",
        along="b2",
        way="backward",
        gradient="b2",
    ),
    Step(
        r"\partial C / \partial W^{2} = \lit{\delta^{2} (a^{1})^{\mathsf T}}",
        "delta2*a1ᵀ = dC_dW2",
        "An activation and an error meet at each weight. Their product is the derivative for this weight.",
        name="BP4",
        in_rows=r"\partial C / \partial W^{2} = \lit{(a^{1})^{\mathsf T} \delta^{2}}",
        shows="dC_dW2",
        lit="W2 unit1 unit2",
        along="W2",
        way="meet",
        gradient="b2 W2",
    ),
    Step(
        r"\delta^{1} = \bigl(\lit{(W^{2})^{\mathsf T} \delta^{2}}\bigr) \odot \sigma'(z^{1})",
        "W2ᵀ*delta2 = dC_da1",
        "The errors go back through the same weights. Each hidden unit adds what arrives: each error times its weight.",
        name="BP2",
        in_rows=r"\delta^{1} = \bigl(\lit{\delta^{2} (W^{2})^{\mathsf T}}\bigr) \odot \sigma'(z^{1})",
        shows="dC_da1",
        lit="W2 unit1 unit2",
        along="W2",
        way="backward",
    ),
    Step(
        r"\delta^{1} = \bigl((W^{2})^{\mathsf T} \delta^{2}\bigr) \lit{{}\odot \sigma'(z^{1})}",
        "dC_da1 ⊙ slope1 = delta1",
        "Multiply by the derivative of the sigmoid again. The product is the error of the hidden unit.",
        name="BP2",
        in_rows=r"\delta^{1} = \bigl(\delta^{2} (W^{2})^{\mathsf T}\bigr) \lit{{}\odot \sigma'(z^{1})}",
        shows="slope1 delta1",
        lit="unit1",
        along="dC_da1 delta1",
        way="backward",
    ),
    Step(
        r"\partial C / \partial b^{1} = \lit{\delta^{1}}",
        "delta1 = dC_db1",
        "BP3 again: the derivative for a hidden bias is the error of its unit.",
        name="BP3",
        shows="dC_db1",
        lit="b1 unit1",
        along="b1",
        way="backward",
        gradient="b1",
    ),
    Step(
        r"\partial C / \partial W^{1} = \lit{\delta^{1} x^{\mathsf T}}",
        "delta1*xᵀ = dC_dW1",
        "BP4 again. In layer 1, the inputs take the place of the activations.",
        name="BP4",
        in_rows=r"\partial C / \partial W^{1} = \lit{x^{\mathsf T} \delta^{1}}",
        shows="dC_dW1",
        lit="x W1 unit1",
        along="W1",
        way="meet",
        gradient="b1 W1",
    ),
    Step(
        r"\Delta C \approx \lit{\partial C / \partial w \cdot \Delta w}",
        "",
        "Tap any number to see its derivative. Drag it sideways: the prediction is good for small changes.",
        lit="x y W1 b1 W2 b2 unit1 unit2 C",
    ),
]


def network():
    """Return the network and the list of its steps."""
    value = values()
    given = {symbol: value[symbol].tolist() for symbol in GIVEN}
    exact = {symbol: _texts(array) for symbol, array in value.items()}
    steps = "".join(_item(step, value) for step in STEPS)
    return f"""<div class="live network" data-instrument="network" data-given="{escape(json.dumps(given))}" data-exact="{escape(json.dumps(exact, ensure_ascii=False))}"><div class="network-whole">
<div class="network-controls"><button type="button" data-go="back">Back</button> <button type="button" data-go="play">Play</button> <button type="button" data-go="next">Next</button> <span class="network-count">1 / {len(STEPS)}</span></div>
<div class="network-head"></div>
{_drawing(value)}
<div class="network-tune"><span class="network-chosen"></span> <button type="button" data-by="-1">−</button> <button type="button" data-by="1">+</button> <button type="button" data-go="book">Book’s numbers</button></div>
<ol class="network-steps">{steps}</ol>
<p class="network-said" role="status"></p>
</div></div>"""


def values():
    """Return every array of both passes, by the name that it has in the script; weights have a row for each unit they lead to."""
    value = {re.sub("∂C/∂", "dC_d", symbol).replace("δ", "delta"): array for symbol, array in book_values().items()}
    return value | {
        "slope1": sigmoid_prime(value["z1"]),
        "slope2": sigmoid_prime(value["z2"]),
        "dC_da2": quadratic_prime(value["a2"], value["y"]),
        "dC_da1": value["W2"].T @ value["delta2"],
        "dC_dx": value["W1"].T @ value["delta1"],
        "dC_dy": -quadratic_prime(value["a2"], value["y"]),
    }


def exact(number):
    """Write a number of the book as it is: a small fraction, or a small fraction of ln 3.

    >>> exact(-3 / 32), exact(2 * log(3)), exact(-log(3) / 32)
    ('−3/32', '2 ln 3', '−ln 3/32')
    """
    for unit, name in ((1.0, ""), (log(3), "ln 3")):
        fraction = Fraction(float(number) / unit).limit_denominator(128)
        if abs(fraction * unit - number) < 1e-12:
            return minus(fraction if not name else _times(fraction, name))
    raise ValueError(f"{number} is neither a small fraction nor one of ln 3")


def _times(fraction, name):
    factor = {1: "", -1: "-"}.get(fraction.numerator, f"{fraction.numerator} ")
    return factor + name + (f"/{fraction.denominator}" if fraction.denominator > 1 else "")


def _texts(array):
    return [_texts(entry) for entry in array] if np.ndim(array) else exact(array)


# ---- The steps


def _item(step, value):
    told = _told(step.tex, step, value, rows=False)
    in_rows = _told(step.in_rows or step.tex, step, value, rows=True)
    happens = {name: getattr(step, name) for name in ("shows", "lit", "along", "way", "gradient")}
    data = "".join(f' data-{name}="{what}"' for name, what in happens.items() if what)
    name = f"<b>{step.name}</b>" if step.name else ""
    both = told if told == in_rows else in_both(told, in_rows)
    return f'<li{data}>{name}{both}<p class="network-words">{step.words}</p></li>'


def _told(tex, step, value, rows):
    formula = render(re.sub(r"\\lit(?=\{)", r"\\htmlClass{network-term}", tex))
    numbers = _numbers(step.numbers, value, rows) if step.numbers else _prediction()
    return f'<p class="formula" data-search-exclude="">{formula}</p><p class="network-numbers">{numbers}</p>'


def _numbers(source, value, rows):
    if rows:
        source = re.sub(r"(\S+)\*(\S+)", r"\2*\1", source)
    shown = []
    for word in source.replace("*", " ").split():
        symbol = word.removesuffix("ᵀ")
        if symbol in value:
            shown.append(_array(symbol, value[symbol], turned=rows != (symbol != word)))
        else:
            shown.append(f"<span>{word.strip('_')}</span>")
    return " ".join(shown)


def _array(symbol, array, turned):
    """Return an array as a table of its numbers, each with its place in the array."""
    kind = f"network-array {_kind(symbol)}".rstrip()
    if np.ndim(array) == 0:
        return f'<span class="{_kind(symbol)}" data-value="{symbol}">{exact(array)}</span>'
    table = [[(index, entry) for index, entry in row] for row in _table(symbol, array)]
    if turned:
        table = [list(column) for column in zip(*table)]
    cells = "".join(f'<span data-value="{key}">{exact(entry)}</span>' for row in table for key, entry in row)
    told = "; ".join(", ".join(exact(entry) for _, entry in row) for row in table)
    return f'<span class="{kind}" role="img" aria-label="{told}" style="--columns:{len(table[0])}">{cells}</span>'


def _table(symbol, array):
    if array.ndim == 1:
        return [[(f"{symbol}.{i}", entry)] for i, entry in enumerate(array)]
    return [[(f"{symbol}.{i}.{j}", entry) for j, entry in enumerate(row)] for i, row in enumerate(array)]


KINDS = {"W": "c-wt", "b": "c-bias", "a": "c-act", "delta": "c-err", "slope": "c-slope"}


def _kind(symbol):
    return KINDS.get(symbol.rstrip("12"), "")


def _prediction():
    """Return what the gradient says about a change of one weight, and what it does."""
    layers, x, y = book_network()
    before, found = gradients(layers, x, y)
    predicted = MOVE * found[1].dC_dW[0, 0]
    layers[1].W[0, 0] += MOVE
    changed = gradients(layers, x, y)[0] - before
    return f"W²₁₁ from 1 to {1 + MOVE:.1f}: predicted change of C {_signed(predicted)}, change of C {_signed(changed)}."


def _signed(number):
    return minus(f"{number:+.5f}")


# ---- The drawing: one unit of the picture is about one pixel of a phone

WIDTH, HEIGHT = 368, 353
TOP, GAP = 24, 15
BOX, TALL = 92, 99  # a unit
INPUT = 40
CHIP, PITCH = 46, 24  # the number on an edge, at its port
REACH = 32  # how far from its middle a finger may touch the first or the last number of a unit: away from the others
ROWS = (
    ("z", "", "z"),
    ("a", "c-act", "a"),
    ("dC_da", "", "∂C/∂a"),
    ("slope", "c-slope", "σ′"),
    ("delta", "c-err", "δ"),
)
LEFT = {1: INPUT + (WIDTH - INPUT - 2 * BOX) / 2, 2: WIDTH - BOX}
MIDDLE = TOP + 1.5 * TALL + GAP


def _tops():
    """Return the upper left corner and the size of every box."""
    hidden = {f"unit1.{i}": (LEFT[1], TOP + i * (TALL + GAP), BOX, TALL) for i in range(3)}
    output = {f"unit2.{i}": (LEFT[2], TOP + 2 * i * (TALL + GAP), BOX, TALL) for i in range(2)}
    inputs = {f"x.{i}": (0, MIDDLE + 114 * (i - 0.5) - 22, INPUT, 44) for i in range(2)}
    targets = {f"y.{i}": (LEFT[2] + 8, MIDDLE + (i - 0.5) * 84 - 15, BOX - 16, 30) for i in range(2)}
    return hidden | output | inputs | targets | {"C": (LEFT[2], MIDDLE - 22, BOX, 44)}


def _drawing(value):
    boxes = _tops()
    edges, chips = [], []
    for l, before in ((1, "x"), (2, "unit1")):
        units, sources = value[f"W{l}"].shape
        for i in range(units):
            left, top, _, tall = boxes[f"unit{l}.{i}"]
            ports = [top + tall / 2 + (s - sources / 2) * PITCH for s in range(sources + 1)]
            for j, port in enumerate(ports[:-1]):
                x, y, w, h = boxes[f"{before}.{j}"]
                start, turn = x + w, left - CHIP
                middle = (start + turn) / 2
                path = (
                    f"M{start:g} {y + h / 2:g}C{middle:g} {y + h / 2:g} {middle:g} {port:g} {turn:g} {port:g}H{left:g}"
                )
                edges.append(_edge(f"W{l}.{i}.{j}", path))
                chips.append(_chip(f"W{l}.{i}.{j}", left, port, value[f"W{l}"][i, j], reach=0 if j else -REACH))
            edges.append(
                f'<path class="network-way" data-way="b{l}.{i}" d="M{left - CHIP / 2:g} {ports[-1]:g}H{left:g}"/>'
            )
            chips.append(_chip(f"b{l}.{i}", left, ports[-1], value[f"b{l}"][i], reach=REACH))
    for i, (start, end) in enumerate(((TOP + TALL, MIDDLE - 22), (MIDDLE + 22, TOP + 2 * (TALL + GAP)))):
        path = f"M{LEFT[2] + BOX / 2:g} {start:g}V{end:g}"
        edges.append(f'<path class="network-line" data-way="C.{i}" d="{path}"/>')
    heads = "".join(
        f'<text class="network-title" x="{x:g}" y="14">{words}</text>'
        for x, words in ((INPUT / 2, "input"), (LEFT[1] + BOX / 2, "hidden layer"), (LEFT[2] + BOX / 2, "output layer"))
    )
    units = "".join(_box(key, place, value) for key, place in boxes.items())
    return (
        f'<figure class="network-figure"><svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}">'
        "<title>The 2-3-2 network with every number of both passes</title>"
        f"<desc>{_described(value)}</desc>"
        f'{heads}{"".join(edges)}{"".join(chips)}{units}<g class="network-dots"></g></svg></figure>'
    )


def _described(value):
    def told(symbol):
        return ", ".join(map(exact, value[symbol]))

    return (
        f"Two inputs, {told('x')}. Three hidden units with z = {told('z1')}, a = {told('a1')} and δ = {told('delta1')}. "
        f"Two output units with z = {told('z2')}, a = {told('a2')} and δ = {told('delta2')}. The targets are {told('y')}, and the "
        f"cost is {exact(value['C'])}. On each edge is its weight."
    )


def _edge(key, path):
    return (
        f'<g class="network-edge" data-part="{key}"><path class="network-line" data-way="{key}" d="{path}"/>'
        f'<path class="network-hit" d="{path}"/></g>'
    )


def _chip(key, right, y, number, reach):
    kind = _kind(key[0])
    touched = f'<path class="network-reach" stroke-width="{CHIP}" d="M{right - CHIP / 2:g} {y:g}v{reach}"/>'
    letter = (
        f'<text class="network-bias {kind}" x="{right - CHIP - 5:g}" y="{y + 5:g}">b</text>' if key[0] == "b" else ""
    )
    return (
        f'<g class="network-part network-chip {kind}" data-part="{key}">{touched if reach else ""}{letter}'
        f'<rect x="{right - CHIP:g}" y="{y - PITCH / 2 + 1:g}" width="{CHIP}" height="{PITCH - 2}" rx="4"/>'
        f'<text x="{right - CHIP / 2 - 0.5:g}" y="{y + 5:g}" data-value="{key}">{exact(number)}</text></g>'
    )


def _box(key, place, value):
    x, y, w, h = place
    symbol, _, index = key.partition(".")
    inside = f'<rect x="{x + 0.75:g}" y="{y + 0.75:g}" width="{w - 1.5:g}" height="{h - 1.5:g}" rx="8"/>'
    if symbol.startswith("unit"):
        for k, (name, kind, label) in enumerate(ROWS):
            line = y + (k + 0.5) * (h - 6) / 5 + 8
            array = f"{name}{symbol[-1]}"
            size = " network-small" if len(label) > 2 else ""
            inside += (
                f'<text class="network-label{size} {kind}" x="{x + 6:g}" y="{line:g}">{label}</text>'
                f'<text class="network-number network-computed {kind}" x="{x + w - 6:g}" y="{line:g}" data-value="{array}.{index}">'
                f"{exact(value[array][int(index)])}</text>"
            )
        kind = "network-unit"
    else:
        number = value[symbol][int(index)] if index else value[symbol]
        hidden = "" if index else " network-computed"
        label = (
            "" if symbol == "x" else f'<text class="network-label" x="{x + 9:g}" y="{y + h / 2 + 5:g}">{symbol}</text>'
        )
        end = x + w / 2 if symbol == "x" else x + w - 9
        inside += (
            f'{label}<text class="network-number{" network-centred" if symbol == "x" else ""}{hidden}" '
            f'x="{end:g}" y="{y + h / 2 + 5:g}" data-value="{key}">{exact(number)}</text>'
        )
        kind = "network-given" if index else "network-cost"
    return f'<g class="network-part {kind}" data-part="{key}">{inside}</g>'
