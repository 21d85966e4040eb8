"""The shape calculator: each product of both passes as arrays that meet, at every depth, with letters for sizes."""

import math
import re

from backprop._example import pass_lines
from website.pages.instruments.both_layouts import in_both, kind

DEPTHS = range(2, 8)

MISTAKES = {
    "": "none",
    "wrong target": "BP1: a target of one number more",
    "transposed": "BP2: the transpose is missing",
    "this layer": "BP2: the weights of this layer",
    "other way round": "BP4: factors in the wrong order",
    "other layout": "BP4: examples in the other layout",
    "one example": "BP4: activation of one example",
}

# The arrays and the signs in an equation of `pass_lines`. What is said there in words is left out.
TERM = re.compile(r"∇a C|σ′\(z\d\)|[Wδab]\d(?!\d)ᵀ?|\bxᵀ?|[⊙+]")


def patterns():
    """Return each step of both passes, and of each mistake, from the library, with letters for sizes; the page puts the numbers in."""
    return {
        f"{depth} {'batch' if m else 'one'}": {
            layout: _passes(depth, m, layout == "rows") for layout in ("columns", "rows")
        }
        for depth in DEPTHS
        for m in (None, "m")
    }


def _passes(depth, m, rows):
    lines = pass_lines([f"n{l}" for l in range(depth)], m, rows)
    shapes = {symbol: shape for symbol, _, shape in lines}
    last = depth - 1
    shapes |= {f"σ′(z{l})": shapes[f"z{l}"] for l in range(1, depth)} | {"∇a C": shapes[f"a{last}"]}
    equations = {symbol: equation for symbol, equation, _ in lines if symbol[0] in "zδ∂"}
    steps = [_step(symbol, equation, shapes, rows) for symbol, equation in equations.items()]
    return {"steps": steps, "mistakes": _mistakes(last, m, rows, equations, shapes)}


def _mistakes(last, m, rows, equations, shapes):
    """Return the step in which each mistake is made, as it is then."""
    a = f"a{last - 1}" if last > 1 else "x"
    data, (weights, error) = shapes["∇a C"], (f"∂C/∂W{last}", f"δ{last}")
    longer = tuple(f"{size}+1" if size != m else size for size in data)
    swapped = f"{error}ᵀ {a}" if rows else f"{a} {error}ᵀ"
    changed = {
        "wrong target": (error, equations[error], {"∇a C": longer}),
        "other way round": (weights, swapped, {}),
    }
    if m:
        turned = {error: shapes[error][::-1], a: shapes[a][::-1]}
        changed["other layout"] = (weights, equations[weights], turned)
        changed["one example"] = (weights, equations[weights], {a: (f"n{last - 1}",)})
    if last > 1:
        hidden = f"δ{last - 1}"
        for name, instead in (("transposed", f"W{last}"), ("this layer", f"W{last - 1}ᵀ")):
            changed[name] = (hidden, equations[hidden].replace(f"W{last}ᵀ", instead), {})
    return {name: _step(symbol, equation, shapes | other, rows) for name, (symbol, equation, other) in changed.items()}


def _step(symbol, equation, shapes, rows):
    """Return the arrays of an equation in their order, the result last, and the sign after each but the last."""
    what, layer = re.fullmatch(r"(\D+)(\d)", symbol).groups()
    parts, signs = [], []
    for term in TERM.findall(equation):
        if term in "⊙+":
            signs.append(term)
            continue
        if len(signs) < len(parts):
            signs.append("·")
        parts.append(_part(term, shapes, rows))
    parts.append(_part(symbol, shapes, rows))
    if what == "∂C/∂W" and all(part["vector"] for part in parts[:2]):
        for part in parts[:2]:
            part["vector"] = False  # an outer product: NumPy, too, makes a column and a row of them
    signs.append("=")
    for before, sign, after in zip(parts, signs, parts[1:]):
        if sign == "·":
            before["lit"][1] = after["lit"][0] = "meets"
    if "summed" in equation:
        parts[0]["name"] = f"Σ {parts[0]['name']}"
        parts[0]["lit"][0 if rows else 1] = "summed"
    tags = {"z": "", "δ": "BP2" if "·" in signs else "BP1", "∂C/∂b": "BP3", "∂C/∂W": "BP4"}
    return {"of": symbol, "layer": int(layer), "tag": tags[what], "parts": parts, "signs": signs}


def _part(term, shapes, rows):
    symbol = term.removesuffix("ᵀ")
    shape = shapes[symbol]
    # One example beside a batch has no axis of examples, which is not an axis of size 1.
    none = "-" if symbol[0] in "xa" and len(shape) < len(shapes["∇a C"]) else "1"
    box = list(shape) if len(shape) == 2 else [none, *shape] if rows else [*shape, none]
    color = "c-slope" if symbol[0] == "σ" else kind(symbol)
    return {
        "name": term,
        "kind": color,
        "box": box[::-1] if term != symbol else box,
        "vector": len(shape) == 1,
        "lit": ["", ""],
    }


# ---- The page before any script: the 2-3-2 network. calculator.js makes the same of any other.


def calculator():
    """Return the form, and both passes of the 2-3-2 network."""
    sizes = [2, 3, 2]
    options = "".join(f'<option value="{value}">{name}</option>' for value, name in MISTAKES.items())
    passes = [_drawn(patterns()["3 one"][layout]["steps"], sizes) for layout in ("columns", "rows")]
    return f"""<div class="live" data-instrument="calculator">
<form class="live-form calculator-form" novalidate>
{_field("sizes", "Sizes", 'value="2-3-2" size="16"', "inputs, then the units of each layer")}
{_field("examples", "Examples", 'size="9" inputmode="numeric"', "empty for one example")}
<div class="calculator-field"><label for="calculator-mistake">Mistake</label>
<select id="calculator-mistake" name="mistake">{options}</select></div>
</form>
<p class="live-said" role="status"></p>
<div class="calculator-drawing">
<div class="calculator-mistaken"></div>
{_counted(sizes)}
{in_both(*passes)}
</div>
</div>"""


def _drawn(steps, sizes):
    values = {f"n{l}": size for l, size in enumerate(sizes)} | {"1": 1}
    lengths = _lengths({values[letter] for step in steps for part in step["parts"] for letter in part["box"]})

    def of_layer(l, which):
        drawn = "".join(_product(step, values, lengths) for step in which if step["layer"] == l)
        units = f"from {sizes[l - 1]} {'inputs' if l == 1 else 'units'} to {sizes[l]} units"
        return f'<details class="calculator-layer" open><summary>Layer {l}: {units}</summary>{drawn}</details>'

    forward = [step for step in steps if step["of"][0] == "z"]
    backward = [step for step in steps if step["of"][0] != "z"]
    layers = range(1, len(sizes))
    return (
        f'<h2 class="calculator-pass">Forward pass</h2>{"".join(of_layer(l, forward) for l in layers)}'
        f'<h2 class="calculator-pass">Backward pass</h2>{"".join(of_layer(l, backward) for l in reversed(layers))}'
    )


def _lengths(numbers):
    """Return how long the side of each size is drawn, at most 1: by its logarithm, and each a little longer than the one before."""
    lengths = {}
    length = 0.05
    for number in sorted(numbers):
        length = max(length + 0.07, math.log(number) / math.log(max(*numbers, 2)))
        lengths[number] = length
    return {number: one / length for number, one in lengths.items()}


def _product(step, values, lengths):
    cells = []
    for part, sign in zip(step["parts"], [*step["signs"], ""]):
        lit = "".join(f' data-{axis}="{how}"' for axis, how in zip(("height", "width"), part["lit"]) if how)
        height, width = (lengths[values[letter]] for letter in part["box"])
        said = [
            f"<mark>{values[letter]}</mark>" if how else f"{values[letter]}"
            for letter, how in zip(part["box"], part["lit"])
        ]
        shape = f"({said[part['box'][0] == '1']},)" if part["vector"] else f"({said[0]}, {said[1]})"
        cells.append(
            f'<span class="calculator-part"{lit}><i class="{part["kind"]}" style="--height:{height:.3f};--width:{width:.3f}"></i>'
            f'<b class="{part["kind"]}">{part["name"]}</b><span>{shape}</span></span>'
        )
        if sign:
            joint = " calculator-joint" if sign == "·" else ""
            cells.append(f'<span class="calculator-sign{joint}">{sign}</span>')
    tag = f'<span class="calculator-tag">{step["tag"]}</span>'
    return f'<div class="calculator-step">{tag}<div class="calculator-product">{"".join(cells)}</div></div>'


def _field(name, label, attributes, hint):
    return (
        f'<div class="calculator-field"><label for="calculator-{name}">{label}</label>'
        f'<input id="calculator-{name}" name="{name}" {attributes} autocomplete="off" spellcheck="false" '
        f'aria-describedby="calculator-{name}-hint calculator-{name}-why">'
        f'<span class="calculator-hint" id="calculator-{name}-hint">{hint}</span>'
        f'<span class="calculator-why" id="calculator-{name}-why" aria-live="polite"></span></div>'
    )


def _counted(sizes):
    products = [n_prev * n for n_prev, n in zip(sizes, sizes[1:])]
    weights, biases = sum(products), sum(sizes[1:])
    return (
        f'<p class="calculator-parameters"><b>{weights + biases} parameters</b>: {weights} weights and {biases} biases. '
        f"They take {8 * (weights + biases)} bytes as float64 and {4 * (weights + biases)} bytes as float32.</p>"
        '<table class="calculator-counts"><thead><tr><th scope="col">multiplications</th><th scope="col">one example</th></tr></thead>'
        f'<tbody><tr><th scope="row">forward pass</th><td>{weights}</td></tr>'
        f'<tr><th scope="row">backward pass</th><td>{weights + sum(products[1:])}</td></tr></tbody></table>'
    )
