"""The instruments of the live pages as they stand before Python is there: whole pages, with numbers of the build.

A page calls one from a `python exec="on" html="on"` fence. The scripts in docs/assets fill in what Python answers.
"""

import json
import re
from html import escape

from backprop._example import book_network, pass_lines
from website.extensions.colors import SYMBOLS, color_code
from website.extensions.katex import render
from website.pages.drawing import WIDTH, circle, drawn, line, minus, text
from website.pages.in_browser import judge, numbers

KINDS = {symbol.replace(r"\delta", "δ"): color for symbol, color in SYMBOLS.items()}
DEPTHS = range(2, 8)


# ---- The shape calculator

CALCULATOR_MISTAKES = {
    "": "no mistake",
    "transposed": "hidden_error: W_next transposed",
    "this layer": "hidden_error: the weights of this layer",
    "other way round": "weight_gradient: a_prev before delta",
    "other layout": "weight_gradient: examples in the other layout",
    "one example": "weight_gradient: one example beside a batch",
    "wrong target": "output_error: a target of one number more",
}


def patterns():
    """Return the passes of every depth, from the library, with letters for sizes; the page puts the numbers in."""
    return {
        f"{depth} {'batch' if m else 'one'}": [
            {
                "symbol": symbol,
                "kind": _kind(symbol),
                "equations": [equation, by_rows],
                "shapes": [shape, shape_by_rows],
            }
            for (symbol, equation, shape), (_, by_rows, shape_by_rows) in zip(
                pass_lines([f"n{l}" for l in range(depth)], m),
                pass_lines([f"n{l}" for l in range(depth)], m, rows=True),
            )
        ]
        for depth in DEPTHS
        for m in (None, "m")
    }


def _kind(symbol):
    return KINDS.get(re.sub(r"^∂C/∂", "", symbol)[0], "")


def calculator():
    """Return the form, and the table of the 2-3-2 network."""
    table = []
    sizes = {"n0": 2, "n1": 3, "n2": 2}
    for row in patterns()["3 one"]:
        cells = []
        for equation, shape in zip(row["equations"], row["shapes"]):
            at_hand = [sizes[size] for size in shape]
            height, width = [*at_hand, 1, 1][:2]
            if len(at_hand) == 1 and len(cells) == 1:  # one example, drawn as its layout would have it
                height, width = width, height
            box = f'<i class="live-box {row["kind"]}" style="height:{14 * height}px;width:{14 * width}px"></i>'
            cells.append(f"<td><span>{escape(equation)}</span>{box}<code>{tuple(at_hand)}</code></td>")
        table.append(f'<tr><th scope="row" class="{row["kind"]}">{row["symbol"]}</th>{"".join(cells)}</tr>')
    options = "".join(f'<option value="{value}">{name}</option>' for value, name in CALCULATOR_MISTAKES.items())
    return f"""<div class="live" data-instrument="calculator">
<form class="live-form">
<label>Sizes <input name="sizes" value="2-3-2" inputmode="numeric" autocomplete="off" size="14"></label>
<label>Examples <input name="examples" inputmode="numeric" placeholder="one" autocomplete="off" size="5"></label>
<label>Mistake <select name="mistake">{options}</select></label>
<label>in <select name="layout"><option>columns</option><option>rows</option></select></label>
</form>
<p class="live-said" role="status"></p>
<pre class="live-message" hidden></pre>
<table class="live-table"><thead><tr><th scope="col">symbol</th><th scope="col">columns</th><th scope="col">rows</th></tr></thead>
<tbody>{"".join(table)}</tbody></table>
</div>"""


# ---- The pass, step by step

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


def stepper():
    """Return the network, the steps with their numbers, and a slider for every number that may be changed."""
    layers, x, y = book_network()
    given = {"W1": [[2, -1], [1, 0], [1, -1]], "b1": [0, 0, 0], "W2": layers[1].W.tolist(), "b2": layers[1].b.tolist()}
    given |= {"x": x.tolist(), "y": y.tolist()}
    value = numbers(**given)
    steps = []
    for k, (tex, lit, kind, symbol, words) in enumerate(STEPS):
        told = _step(tex, words, symbol, value)
        if symbol in IN_ROWS:
            stored = f"{symbol}ᵀ" if symbol.startswith("dW") else symbol
            told = _in_both(told, _step(IN_ROWS[symbol], words, stored, value))
        current = ' aria-current="step"' if k == 0 else ""
        steps.append(f'<li class="{kind}" data-lit="{lit}"{current}>{told}</li>')
    sliders = "".join(_sliders(symbol, given[symbol]) for symbol in ("x", "y", "W1", "W2"))
    return f"""<div class="live" data-instrument="stepper" data-given="{escape(json.dumps(given))}">
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


def _in_both(columns, rows):
    """Return two blocks, of which the reader sees the one of the chosen layout."""
    blocks = "".join(
        f'<div class="layout" data-layout="{name.lower()}"><p class="layout-name">{name}</p>{block}</div>'
        for name, block in (("Columns", columns), ("Rows", rows))
    )
    return f'<div class="layouts">{blocks}</div>'


def _words_in_both(columns, rows):
    """Return two pieces of a line; where no script runs, both are there with their names."""
    return "".join(
        f'<span class="layout" data-layout="{name}"><span class="layout-word">{name}: </span>{words} </span>'
        for name, words in (("columns", columns), ("rows", rows))
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
        for shown in [_words_in_both(name, f"{symbol}[{k}, {j}]") if rows is array else name]
    ]
    return f'<fieldset><legend class="{_kind(symbol)}">{symbol}{unit}</legend>{"".join(inputs)}</fieldset>'


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


# ---- Wrong or right?

# The equation, a formula for examples as columns, and the same formula for examples as rows.
QUESTIONS = [
    ("BP4", "delta @ a_prev.T", "a_prev.T @ delta"),
    ("BP4", "a_prev @ delta.T", "delta.T @ a_prev"),
    ("BP2", "(W_next.T @ delta_next) * sigma_prime_z", "(delta_next @ W_next.T) * sigma_prime_z"),
    ("BP2", "W_next.T @ (delta_next * sigma_prime_z)", "(delta_next * sigma_prime_z) @ W_next.T"),
    (
        "BP2",
        "(np.linalg.inv(W_next) @ delta_next) * sigma_prime_z",
        "(delta_next @ np.linalg.inv(W_next)) * sigma_prime_z",
    ),
    ("BP2", "(delta_next.T @ W_next).T * sigma_prime_z", "(W_next @ delta_next.T).T * sigma_prime_z"),
    ("BP3", "delta.mean(axis=1)", "delta.mean(axis=0)"),
    ("BP3", "delta @ np.ones(delta.shape[1])", "np.ones(delta.shape[0]) @ delta"),
    (
        "BP4",
        "np.outer(delta.mean(axis=1), a_prev.mean(axis=1))",
        "np.outer(a_prev.mean(axis=0), delta.mean(axis=0))",
    ),
    ("BP4", "np.einsum('jm,km->jk', delta, a_prev)", "np.einsum('mj,mk->kj', delta, a_prev)"),
    ("BP1", "dC_da", "dC_da"),
]


def quiz():
    """Return the questions, each with two buttons, and below them the answers that the build has measured."""
    asked = [
        f'<li data-equation="{equation}" data-formula="{escape(formula)}"><p id="question-{k}">{equation}: {_formula(formula, by_rows)}</p><div class="live-form" role="group" aria-labelledby="question-{k}">'
        '<button type="button" value="right">Right</button> <button type="button" value="wrong">Wrong</button>'
        ' <span class="live-said" role="status"></span></div></li>'
        for k, (equation, formula, by_rows) in enumerate(QUESTIONS, 1)
    ]
    answers = []
    for equation, formula, by_rows in QUESTIONS:
        found = judge(equation, formula)
        verdict = "right" if found["ok"] else "wrong"
        answers.append(f"<tr><td>{_formula(formula, by_rows)}</td><td>{verdict}</td><td>{found['losses'][1]}</td></tr>")
    return f"""<div class="live" data-instrument="quiz"><ol class="live-quiz">{"".join(asked)}</ol>
<details><summary>All answers, measured while the book was built</summary><table><thead><tr><th>formula</th><th>it is</th><th>loss after 200 steps</th></tr></thead>
<tbody>{"".join(answers)}</tbody></table></details></div>"""


def _formula(columns, rows):
    return _code(columns) if columns == rows else _words_in_both(_code(columns), _code(rows))


def _code(formula):
    return color_code(f"<code>{escape(formula, quote=False)}</code>")
