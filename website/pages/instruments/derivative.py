"""The derivative of each activation function, felt: the curve with a tangent that a reader moves, and the derivative below it."""

import json
from html import escape

import numpy as np

import backprop
from website.pages.drawing import ACT, FAINT, SLOPE, SOFT, drawn, line, minus, number, scale, text

# Each function: its name here, the heights that its curve and its derivative are drawn between, and the marks of both.
FUNCTIONS = {
    "sigmoid": ("sigmoid", (-0.1, 1.1), (0, 0.5, 1), (-0.02, 0.3), (0, 0.25)),
    "tanh": ("tanh", (-1.2, 1.2), (-1, 0, 1), (-0.08, 1.2), (0, 1)),
    "relu": ("ReLU", (-1, 6), (0, 2, 4, 6), (-0.2, 1.3), (0, 1)),
    "leaky_relu": ("leaky ReLU", (-1, 6), (0, 2, 4, 6), (-0.2, 1.3), (0, 1)),
    "softplus": ("softplus", (-1, 6), (0, 2, 4, 6), (-0.2, 1.3), (0, 1)),
    "silu": ("SiLU", (-1, 6), (0, 2, 4, 6), (-0.2, 1.3), (0, 1)),
    "gelu": ("GELU", (-1, 6), (0, 2, 4, 6), (-0.2, 1.3), (0, 1)),
    "identity": ("identity", (-6, 6), (-6, -3, 0, 3, 6), (-0.2, 1.3), (0, 1)),
}
KINKED = ("relu", "leaky_relu")
FIRST, Z = "sigmoid", 2.0  # what is drawn before a reader moves anything
REACH = 6  # of z, to both sides
LEFT, RIGHT, TOP, MIDDLE, START, BOTTOM = 36, 352, 26, 216, 246, 346


def derivative():
    """Return the curves of every function, one of them shown, and what moves the tangent."""
    shapes = "".join(_curves(name, *form) for name, form in FUNCTIONS.items())
    x = scale(-REACH, REACH, LEFT, RIGHT)
    parts = [
        *(line(x(v), TOP, x(v), MIDDLE, FAINT) + line(x(v), START, x(v), BOTTOM, FAINT) for v in (-4, -2, 0, 2, 4)),
        *(text(x(v), BOTTOM + 16, minus(v)) for v in (-4, -2, 0, 2, 4)),
        text(LEFT, TOP - 9, "activation $a = σ(z)$", "start", ACT),
        text(LEFT, START - 9, "derivative $σ′(z)$", "start", SLOPE),
        text(RIGHT, BOTTOM + 36, "weighted input $z$", "end", SOFT),
        shapes,
    ]
    a, prime = (float(getattr(backprop, name)(Z)) for name in (FIRST, f"{FIRST}_prime"))
    figure = drawn(
        BOTTOM + 44,
        "An activation function with a tangent, and its derivative",
        f"The tangent of the sigmoid at z = {Z:g}, where its value is {a:.3f} and its derivative is {prime:.3f}. The dashed triangle is 1 wide "
        f"and {prime:.3f} high.",
        parts,
    )
    options = "".join(f'<option value="{name}">{form[0]}</option>' for name, form in FUNCTIONS.items())
    kinks = {name: float(getattr(backprop, f"{name}_prime")(0.0)) for name in KINKED}
    return f"""<div class="live derivative" data-instrument="derivative" data-kinks="{escape(json.dumps(kinks))}">
{figure}
<div class="derivative-form"><label><span>Function <i>σ</i></span><select>{options}</select></label>
<label><span>Weighted input <i>z</i></span><input type="range" min="{-REACH}" max="{REACH}" step="0.05" value="{Z:g}"></label></div>
<p class="derivative-numbers"><span><i>z</i> = <b>{Z:.2f}</b></span>
<span class="c-act"><i>σ</i>(<i>z</i>) = <b>{a:.4f}</b></span>
<span class="c-slope"><i>σ</i>′(<i>z</i>) = <b>{prime:.4f}</b></span></p>
<p class="derivative-said">Here a small change of z changes the activation {prime:.3g} times as much.</p>
</div>"""


def _curves(name, label, heights, marks, prime_heights, prime_marks):
    """Return one function and its derivative, with their axes, and the tangent for the first one."""
    value, prime = getattr(backprop, name), getattr(backprop, f"{name}_prime")
    z = np.linspace(-REACH, REACH, 121)
    steep = _jump(prime) if name in KINKED else _path(z, prime(z), "prime")
    parts = []
    for (low, high), at, top, bottom, shape in (
        (heights, marks, TOP, MIDDLE, _path(z, value(z), "value")),
        (prime_heights, prime_marks, START, BOTTOM, steep),
    ):
        y = scale(low, high, bottom, top)
        parts += [line(LEFT, y(v), RIGHT, y(v), FAINT) for v in at]
        parts += [text(LEFT - 6, y(v) + 4, number(v), "end") for v in at]
        moving = _moving(value, prime, top) if name == FIRST else ""
        parts.append(
            f'<svg x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{bottom - top}" viewBox="{-REACH} {-high:g} {2 * REACH} {high - low:g}" '
            f'preserveAspectRatio="none"><g transform="scale(1 -1)">{shape}<g class="derivative-moving">{moving}</g></g></svg>'
        )
    hidden = "" if name == FIRST else ' class="derivative-none"'
    return f'<g data-function="{name}" data-label="{label}"{hidden}>{"".join(parts)}</g>'


def _jump(prime):
    """Return a derivative of two constant parts, with the one that the library takes at the kink marked by a dot."""
    left, right, at = (f"{float(prime(z)):g}" for z in (-1.0, 1.0, 0.0))
    other = right if at == left else left
    return (
        f'<path class="derivative-prime" d="M{-REACH} {left}H0M0 {right}H{REACH}"/><path class="derivative-prime derivative-dot" d="M0 {at}h0M0 {other}h0"/>'
        f'<path class="derivative-hole" d="M0 {other}h0"/>'
    )


def _path(z, height, kind):
    return f'<path class="derivative-{kind}" d="M{"L".join(f"{x:.4g} {y:.5g}" for x, y in zip(z, height))}"/>'


def _moving(value, prime, top):
    """Return the tangent at Z with its triangle, or the point of the derivative, as the script draws them."""
    a, rise = float(value(Z)), float(prime(Z))
    at = f'<path class="derivative-at" d="M{Z:g} -9V9"/>'
    if top == START:
        return f'{at}<path class="derivative-prime derivative-dot" d="M{Z:g} {rise:.5g}h0"/>'
    return (
        f'{at}<path class="derivative-tangent" d="M{-REACH} {a - rise * (REACH + Z):.5g}L{REACH} {a + rise * (REACH - Z):.5g}"/>'
        f'<path class="derivative-triangle" d="M{Z:g} {a:.5g}h1v{rise:.5g}"/>'
        f'<path class="derivative-value derivative-dot" d="M{Z:g} {a:.5g}h0"/>'
    )
