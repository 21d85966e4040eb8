"""Gradient descent that a reader can steer: the cost of a small network over two of its weights, and the paths from any start."""

import json
from html import escape

import numpy as np

from backprop import IDENTITY, SIGMOID, Layer, forward, gradients
from website.extensions.katex import render
from website.kept import kept
from website.pages.drawing import FAINT, SOFT, WT, drawn, line, minus, scale, text
from website.pages.instruments.both_layouts import in_both, words_in_both

# Two inputs, two sigmoid units, two linear outputs, four examples. Two weights of layer 1 are free: their entries here are the start.
FREE = ((0, 1), (1, 0))
START = (-2.0, -4.0)
W1 = np.array([[-3.0, START[0]], [START[1], 1.0]])
B1 = np.array([-1.0, -2.0])
W2 = np.array([[3.0, -4.0], [1.0, -3.0]])
B2 = np.array([1.0, 0.0])
X = np.array([[-1.0, 0.0, 2.0, -2.0], [1.0, 1.0, 2.0, -1.0]])
Y = np.array([[1.0, 0.0, 2.0, 2.0], [0.0, 0.0, -1.0, 0.0]])

STEPS, SHOWN = 40, 12  # of a path, and of its drawing without a script
REACH, CELLS = 5, 60  # the map shows both weights from −5 to 5, and the rings are found from its cells
LEVELS = (0.5, 0.55, 0.65, 0.8, 1, 1.25, 1.55, 1.9, 2.3, 2.8, 3.4, 4.2, 5)
HIGHEST = 6  # of the costs over the steps
RATES = {"too small": 0.1, "good": 0.5, "too large": 2.0}
DASHES = {"too small": ("dotted", "1 4"), "good": ("solid", None), "too large": ("dashed", "7 4")}

NEW_LINE = r" \\ "  # in a formula

# Each wrong gradient, in words, and the page about it.
MISTAKES = {
    "none": ("none", None),
    "untransposed": ("BP2 without the transpose", "mistakes/transpose-missing"),
    "inverse": ("BP2 with the inverse instead of the transpose", "mistakes/inverse-for-transpose"),
    "derivative": ("BP2 without σ′, the derivative", "mistakes/hidden-derivative-missing"),
    "outer": ("BP4 transposed", "mistakes/outer-product-transposed"),
    "sign": ("y − a instead of a − y", "output-error"),
}
# Why each of them is wrong.
REASONS = {
    "untransposed": "The error of hidden unit 1 is computed with the weights into output 1, not with the weights from hidden unit 1.",
    "inverse": "The chain rule multiplies each error by the weight on its path. The entries of the inverse are other numbers.",
    "derivative": "Without σ′, which is at most ¼, each hidden error is at least 4 times too large. This factor is not the same for all examples, so the direction is wrong, too.",
    "outer": "Each of the two weights gets the derivative of the other one.",
    "sign": "All derivatives have the wrong sign, so a small step increases the cost.",
}


def network(weights):
    """Return the layers with these values of the two weights."""
    W = W1.copy()
    for entry, weight in zip(FREE, weights):
        W[entry] = weight
    return [Layer(W, B1, SIGMOID), Layer(W2, B2, IDENTITY)]


def cost_and_gradient(weights):
    C, found = gradients(network(weights), X, Y)
    return float(C), np.array([found[0].dC_dW[entry] for entry in FREE])


@kept
def path(rate, start=START, steps=STEPS):
    """Return the two weights and the cost at the start and after each step."""
    weights, found = np.array(start), []
    for _ in range(steps + 1):
        C, gradient = cost_and_gradient(weights)
        found.append((*map(float, weights), C))
        weights = weights - rate * gradient
    return found


@kept
def costs(across, up):
    """Return the cost for each pair of weights, as a table with a row for each value of the second."""
    table = [[forward(network((w, v)), X)[1][-1] - Y for w in across] for v in up]
    return np.sum(np.square(table), axis=(2, 3)) / (2 * X.shape[1])


def descent():
    """Return the contours with three paths, and what a script needs to draw the others."""
    lowest = path(RATES["good"], steps=500)[-1]
    arrays = {"W1": W1, "b1": B1, "W2": W2, "b2": B2, "x": X.T, "y": Y.T}
    given = {name: array.tolist() for name, array in arrays.items()}
    given |= {"start": START, "steps": STEPS, "reach": REACH, "lowest": lowest}
    numbers = [f"W1[{j}, {k}]" for j, k in FREE], [f"W1[{k}, {j}]" for j, k in FREE]
    names = [words_in_both(f"<code>{a}</code>", f"<code>{b}</code>") for a, b in zip(*numbers)]
    starts = "".join(
        f'<label class="descent-range"><span>Start: weight from input {k + 1} to hidden unit {j + 1}, {name}</span>'
        f'<input type="range" min="{-REACH}" max="{REACH}" step="0.05" value="{start:g}"><span class="descent-number" aria-hidden="true">{minus(f"{start:g}")}</span></label>'
        for (j, k), start, name in zip(FREE, START, names)
    )
    options = "".join(
        f'<option value="{name}" data-page="{page or ""}" data-why="{REASONS.get(name, "")}"{" selected" if name == "untransposed" else ""}>{words}</option>'
        for name, (words, page) in MISTAKES.items()
    )
    return f"""<div class="live descent" data-instrument="descent" data-given="{escape(json.dumps(given))}">
<div class="descent-map">{_map(lowest)}</div>
{_captions(lowest)}
<div class="descent-controls">
<label class="descent-range"><span>Learning rate <i>η</i></span><input type="range" min="-2" max="1.5" step="0.05" value="{np.log10(RATES["good"]):.2f}"><span class="descent-number" aria-hidden="true"></span><span class="descent-strip" aria-hidden="true"></span></label>
<div class="live-form"><button type="button">Play</button><button type="button">Step</button><button type="button">Reset start and η</button></div>
<p class="live-said" role="status"></p>
</div>
<div class="descent-costs">{_costs(lowest)}</div>
<div class="descent-more">{starts}
<label class="descent-choice"><span>Compare with a wrong gradient</span><select>{options}</select></label>
<p class="descent-wrong" role="status"></p></div>
<details class="descent-told"><summary>The network, and the two weights that are changed</summary>{_told()}</details>
</div>"""


# ---- The map of the cost


def _map(lowest):
    x, y = scale(-REACH, REACH, 30, 354), scale(-REACH, REACH, 346, 22)
    cell = 2 * REACH / CELLS
    along = np.linspace(-REACH - cell, REACH + cell, CELLS + 3)  # one more on each side, where rings are closed unseen
    height = costs(along, along)
    shape = "".join(
        f'<path d="{_rings(along, height, level)}" fill-opacity="0.04" stroke-width="0.7" stroke-opacity="0.5"/>'
        for level in LEVELS
    )
    static = "".join(
        _line(((w, v) for w, v, _ in path(RATES[name])[: SHOWN + 1]), "descent-path", dash)
        for name, (_, dash) in DASHES.items()
    )
    plot = (
        f'<svg class="descent-plot" x="{x(-REACH):g}" y="{y(REACH):g}" width="324" height="324" '
        f'viewBox="{-REACH} {-REACH} {2 * REACH} {2 * REACH}"><g transform="scale(1 -1)">'
        f'<rect x="{-REACH}" y="{-REACH}" width="{2 * REACH}" height="{2 * REACH}" class="descent-ground"/>'
        f'<g class="descent-rings">{shape}</g><g class="descent-static">{static}{_point(*START, "descent-dots")}</g>'
        f'{_cross(*lowest[:2])}<g class="descent-moving"></g><circle class="descent-grip" cx="{START[0]:g}" cy="{START[1]:g}" r="0.7"/></g></svg>'
    )
    (j, k), (n, m) = FREE
    parts = [
        plot,
        *(text(x(v), 362, minus(v)) for v in (-4, -2, 0, 2, 4)),
        *(text(24, y(v) + 4, minus(v), "end") for v in (-4, -2, 0, 2, 4)),
        text(30, 13, f"up: the weight from input {m + 1} to hidden unit {n + 1}", "start", SOFT),
        text(354, 380, f"across: the weight from input {k + 1} to hidden unit {j + 1}", "end", SOFT),
    ]
    return drawn(
        388,
        "The cost over two weights, and paths of gradient descent",
        f"Each ring has one cost, and the shading is strongest where the cost is lowest. The lowest cost, {lowest[2]:.3g}, is at ({_pair(lowest)}), in a long valley from left "
        f"to right. All paths start at ({_pair(START)}), where the cost is {path(0, steps=0)[0][2]:.3g}.",
        parts,
    )


def _rings(along, height, level):
    """Return the outlines of all places whose cost is below a level, as the data of one SVG path."""
    low = np.pad(height, 1, constant_values=np.inf)  # a wall all around closes every ring
    at = np.pad(along, 1, mode="edge")
    following = {}
    for row, column in np.ndindex(low.shape[0] - 1, low.shape[1] - 1):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        edges = [(a, b) for a, b in zip(corners, corners[1:] + corners[:1]) if (low[a] < level) != (low[b] < level)]
        if edges and low[edges[0][0]] < level:
            edges.append(edges.pop(0))  # begin where the way round the cell goes in
        for (a, b), (c, d) in zip(edges[::2], edges[1::2]):
            following[b, a] = (c, d)  # the next cell goes round in the same sense, so it has the edge the other way
    drawn_rings = []
    while following:
        edge, ring = next(iter(following)), []
        while edge in following:
            ring.append(edge)
            edge = following.pop(edge)
        drawn_rings.append("L".join(_crossing(a, b, low, at, level) for a, b in ring))
    return "".join(f"M{ring}Z" for ring in drawn_rings)


def _crossing(a, b, low, at, level):
    inner, outer = (a, b) if low[a] < level else (b, a)
    part = (level - low[inner]) / (low[outer] - low[inner])
    row, column = (at[i] + part * (at[o] - at[i]) for i, o in zip(inner, outer))
    return f"{column:.3g} {row:.3g}"


def _line(points, kind, dash=None):
    form = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="{kind}" d="M{"L".join(f"{x:.4g} {y:.4g}" for x, y in points)}"{form}/>'


def _point(x, y, kind):
    """Return a dot that is round whatever the scale: a line of no length with round ends."""
    return f'<path class="{kind}" d="M{x:.4g} {y:.4g}h0"/>'


def _cross(x, y, arm=0.14):
    return f'<path class="descent-lowest" d="M{x - arm:.4g} {y:.4g}h{2 * arm}M{x:.4g} {y - arm:.4g}v{2 * arm}"/>'


def _captions(lowest):
    told = []
    for name, (form, _) in DASHES.items():
        found = path(RATES[name])
        rises = sum(after[2] > before[2] for before, after in zip(found, found[1:]))
        told.append(
            f"<li>The {form} path has the learning rate {RATES[name]:g}, which is {name}. The cost goes from {found[0][2]:.3g} to "
            f"{found[-1][2]:.3g}, and it rises in {rises} of {STEPS} steps.</li>"
        )
    return (
        f'<div class="descent-static"><p>The map shows the first {SHOWN} of {STEPS} steps of three paths. The lowest cost is {lowest[2]:.3g}, '
        f"at the cross.</p><ul>{''.join(told)}</ul></div>"
    )


# ---- The cost over the steps


def _costs(lowest):
    x, y = scale(0, STEPS, 30, 350), scale(0, HIGHEST, 150, 22)
    static = "".join(
        _line(((k, C) for k, (_, _, C) in enumerate(path(RATES[name]))), "descent-path", dash)
        for name, (_, dash) in DASHES.items()
    )
    parts = [
        *(line(30, y(v), 350, y(v), FAINT) for v in range(0, HIGHEST + 1, 2)),
        *(text(24, y(v) + 4, str(v), "end") for v in range(0, HIGHEST + 1, 2)),
        *(text(x(v), 168, str(v)) for v in range(0, STEPS + 1, 10)),
        text(30, 13, "the cost $C$ after each step", "start", SOFT),
        line(30, y(lowest[2]), 350, y(lowest[2]), WT, 1, "1 3"),
        f'<svg x="30" y="22" width="320" height="128" viewBox="0 {-HIGHEST} {STEPS} {HIGHEST}" preserveAspectRatio="none">'
        f'<g transform="scale(1 -1)"><g class="descent-static">{static}</g><g class="descent-moving"></g></g></svg>',
    ]
    ends = ", ".join(f"{path(rate)[-1][2]:.3g} with the learning rate {rate:g}" for rate in RATES.values())
    return drawn(
        176, "The cost after each step", f"From {path(0, steps=0)[0][2]:.3g}, after {STEPS} steps it is {ends}.", parts
    )


# ---- The network in words


def _told():
    def matrix(array, free=()):
        rows = [
            " & ".join(r"\boldsymbol{w}" if (j, k) in free else f"{value:g}" for k, value in enumerate(row))
            for j, row in enumerate(array)
        ]
        return rf"\begin{{pmatrix}} {NEW_LINE.join(rows)} \end{{pmatrix}}"

    def formulas(turned):
        lines = [
            rf"W^1 &= {matrix(turned(W1), FREE)} &\quad b^1 &= {matrix([B1])}",
            rf"W^2 &= {matrix(turned(W2))} &\quad b^2 &= {matrix([B2])}",
        ]
        data = [rf"x &= {matrix(turned(X))}", rf"y &= {matrix(turned(Y))}"]
        joined = [rf"\begin{{aligned}} {NEW_LINE.join(part)} \end{{aligned}}" for part in (lines, data)]
        return "".join(
            f'<div class="formula" data-search-exclude="">{render(tex, display=True)}</div>' for tex in joined
        )

    return (
        "<p>The network has two inputs, two hidden sigmoid units and two linear outputs. The cost is the mean over four examples. "
        "Gradient descent changes only the two weights in the places of <b>w</b>. All other numbers stay as they are.</p>"
        f"{in_both(formulas(lambda array: array), formulas(np.transpose))}"
    )


def _pair(weights):
    return ", ".join(minus(f"{weight:.3g}") for weight in weights[:2])
