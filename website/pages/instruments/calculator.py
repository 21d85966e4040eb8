"""The shape calculator: the passes of every depth, from the library, with letters for sizes."""

from html import escape

from backprop._example import pass_lines
from website.pages.instruments.both_layouts import kind

DEPTHS = range(2, 8)

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
                "kind": kind(symbol),
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
