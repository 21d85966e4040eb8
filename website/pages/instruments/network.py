"""The 2-3-2 network, one equation at a time."""

import json
import re
from html import escape

from backprop._example import book_network
from website.extensions.katex import render
from website.pages.drawing import WIDTH, circle, drawn, line, minus, text
from website.pages.in_browser import numbers
from website.pages.instruments.both_layouts import in_both, kind, words_in_both

# What is computed, with the term that is lit; the parts of the figure that it is; its color; and the values to show.
STEPS = [
    (
        r"z^{1} = \lit{W^{1}} x + b^{1}",
        "x W1",
        "c-wt",
        "z1",
        "Each hidden unit multiplies its two inputs by its weights, and adds. Divided by ln 3, the sums are",
    ),
    (
        r"a^{1} = \lit{\sigma(z^{1})}",
        "a1",
        "c-act",
        "a1",
        "Each hidden unit applies the activation function to its own weighted input.",
    ),
    (
        r"z^{2} = \lit{W^{2}} a^{1} + b^{2}",
        "a1 W2",
        "c-wt",
        "z2",
        "Each output unit multiplies the hidden activations by its weights, and adds the products and its bias.",
    ),
    (r"a^{2} = \lit{\sigma(z^{2})}", "a2", "c-act", "a2", "These are the outputs of the network."),
    (
        r"C = \tfrac12 \lVert \lit{a^{2} - y} \rVert^2",
        "a2 y",
        "c-act",
        "C",
        "The cost says how far the outputs are from the targets.",
    ),
    (
        *(r"\delta^{2} = \lit{\nabla_a C} \odot \sigma'(z^{2})", "a2 y d2", "c-err", "δ2"),
        "BP1. The backward pass begins. For each output, the derivative of the cost is multiplied by the derivative of the activation function.",
    ),
    (
        r"\partial C / \partial b^{2} = \lit{\delta^{2}}",
        "d2",
        "c-bias",
        "db2",
        "BP3. The derivative for a bias is the error of its unit.",
    ),
    (
        *(r"\partial C / \partial W^{2} = \lit{\delta^{2} (a^{1})^{\mathsf T}}", "d2 W2 a1", "c-wt", "dW2"),
        "BP4. Each line joins an activation, on the left, and an error, on the right. Their product is the derivative for this weight.",
    ),
    (
        *(r"\lit{(W^{2})^{\mathsf T} \delta^{2}}", "d2 W2", "c-err", "carried"),
        "The first half of BP2. Each hidden unit multiplies the errors of both outputs by its weights to them, and adds.",
    ),
    (
        *(r"\delta^{1} = \bigl((W^{2})^{\mathsf T} \delta^{2}\bigr) \odot \lit{\sigma'(z^{1})}", "d1", "c-slope", "δ1"),
        "The second half of BP2. Each sum is multiplied by the derivative of the activation function of its unit.",
    ),
    (r"\partial C / \partial b^{1} = \lit{\delta^{1}}", "d1", "c-bias", "db1", "BP3 again, for layer 1."),
    (
        *(r"\partial C / \partial W^{1} = \lit{\delta^{1} x^{\mathsf T}}", "d1 W1 x", "c-wt", "dW1"),
        "BP4 again, for layer 1. Here the inputs take the place of the activations.",
    ),
]

# The same for examples as rows, where it differs.
IN_ROWS = {
    "z1": r"z^{1} = x \lit{W^{1}} + b^{1}",
    "z2": r"z^{2} = a^{1} \lit{W^{2}} + b^{2}",
    "dW2": r"\partial C / \partial W^{2} = \lit{(a^{1})^{\mathsf T} \delta^{2}}",
    "carried": r"\lit{\delta^{2} (W^{2})^{\mathsf T}}",
    "δ1": r"\delta^{1} = \bigl(\delta^{2} (W^{2})^{\mathsf T}\bigr) \odot \lit{\sigma'(z^{1})}",
    "dW1": r"\partial C / \partial W^{1} = \lit{x^{\mathsf T} \delta^{1}}",
}


def network():
    """Return the network, the steps with their numbers, and a slider for every number that may be changed."""
    layers, x, y = book_network()
    given = {"W1": [[2, -1], [1, 0], [1, -1]], "b1": [0, 0, 0], "W2": layers[1].W.tolist(), "b2": layers[1].b.tolist()}
    given |= {"x": x.tolist(), "y": y.tolist()}
    value = numbers(**given)
    steps = []
    for k, (tex, lit, color, symbol, words) in enumerate(STEPS):
        told = _step(tex, words, symbol, value)
        if symbol in IN_ROWS:
            stored = f"{symbol}ᵀ" if symbol.startswith("dW") else symbol
            told = in_both(told, _step(IN_ROWS[symbol], words, stored, value))
        current = ' aria-current="step"' if k == 0 else ""
        steps.append(f'<li class="{color}" data-lit="{lit}"{current}>{told}</li>')
    sliders = "".join(_sliders(symbol, given[symbol]) for symbol in ("x", "y", "W1", "W2"))
    return f"""<div class="live" data-instrument="network" data-given="{escape(json.dumps(given))}">
{_network(value)}
<div class="live-form"><button type="button">Back</button> <button type="button">Next</button>
<span class="live-count">1 of {len(steps)}</span> <span class="live-said" role="status"></span></div>
<ol class="live-steps" aria-live="polite">{"".join(steps)}</ol>
<details class="live-sliders"><summary>Change the input, the target and the weights</summary>{sliders}
<p><button type="button">The numbers of the book</button></p></details>
</div>"""


def _step(tex, words, symbol, value):
    formula = render(re.sub(r"\\lit(?=\{)", r"\\htmlClass{live-term}", tex), display=True)
    return (
        f'<div class="formula" data-search-exclude="">{formula}</div>'
        f'<p>{words} <output data-value="{symbol}">{value[symbol]}</output></p>'
    )


def _sliders(symbol, array):
    unit = ", divided by ln 3" if symbol == "W1" else ""
    low, high = (0, 1) if symbol == "y" else (-3, 3)
    rows = array if isinstance(array[0], list) else [array]
    inputs = [
        f'<label>{shown} <input type="range" min="{low}" max="{high}" step="0.25" value="{entry}" data-symbol="{name}"><span>{minus(f"{entry:g}")}</span></label>'
        for j, row in enumerate(rows)
        for k, entry in enumerate(row)
        for name in [f"{symbol}[{j}, {k}]" if rows is array else f"{symbol}[{k}]"]
        for shown in [words_in_both(name, f"{symbol}[{k}, {j}]") if rows is array else name]
    ]
    return f'<fieldset><legend class="{kind(symbol)}">{symbol}{unit}</legend>{"".join(inputs)}</fieldset>'


def _network(value):
    X, r = (46, 180, 300), 24
    Y = [[40 + 66 * (j + (3 - n) / 2) for j in range(n)] for n in (2, 3, 2)]
    parts = []
    for l in (1, 2):
        for above in Y[l]:
            for below in Y[l - 1]:
                parts.append(
                    f'<g data-part="W{l}">{line(X[l - 1] + r, below, X[l] - r, above, "currentcolor", 1.6)}</g>'
                )
    for l, name in enumerate(("x", "a1", "a2")):
        for j, y in enumerate(Y[l]):
            parts.append(
                f'<g data-part="{name}">{circle(X[l], y, r, "currentcolor")}{_number(X[l], y - 2 if l else y + 4, value, f"{name} {j}")}</g>'
            )
            if l:
                parts.append(f'<g data-part="d{l}">{_number(X[l], y + 13, value, f"δ{l} {j}")}</g>')
    parts += [f'<g data-part="y">{_number(X[2] + 44, y + 4, value, f"y {j}")}</g>' for j, y in enumerate(Y[2])]
    parts += [
        text(X[0], 232, "$x$"),
        text(X[1], 232, "$a^1$, below it $δ^1$"),
        text(X[2], 232, "$a^2$, $δ^2$"),
        text(X[2] + 44, 232, "$y$"),
    ]
    figure = drawn(
        240,
        "The 2-3-2 network",
        "Two inputs, three hidden units, two outputs and their targets. The upper number in a circle is the activation, and the "
        "lower is the error. The steps below have the same numbers.",
        parts,
    )
    return figure.replace(f'viewBox="0 0 {WIDTH} 240"', f'class="live-net" viewBox="0 0 {WIDTH} 240"')


def _number(x, y, value, key):
    return f'<text x="{x}" y="{y:g}" font-size="13" text-anchor="middle" fill="currentcolor" data-value="{key}">{value[key]}</text>'
