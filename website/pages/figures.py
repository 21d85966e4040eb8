"""The figures of the book, drawn by the library's own numbers while it is built.

A page calls one from a `python exec="on" html="on"` fence: `print(figures.network())`. What a figure shows is told, with the numbers,
in its title and description.
"""

import math

import numpy as np

import backprop
from backprop import Layer, forward, gradients, quadratic, sigmoid, sigmoid_prime
from backprop._example import book_network, book_values
from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SLOPE,
    SOFT,
    WIDTH,
    WT,
    arrow,
    between,
    bracketed,
    cells,
    circle,
    curve,
    dot,
    drawn,
    line,
    minus,
    number,
    scale,
    scientific,
    series,
    shape,
    text,
)


def network():
    """Return the 2-3-2 network, its two passes, and the shape of everything in them."""
    value = book_values()
    a, delta = [value["x"], value["a1"], value["a2"]], [None, value["δ1"], value["δ2"]]
    X, r = (42, 180, 318), 25
    Y = [[155 + 62 * (j + (2 - len(units)) / 2) for j in range(len(units))] for units in a]
    back = max(Y[1]) + 68
    parts = [text(X[0], 44, "forward", color=SOFT), text(X[0], back, "back", color=SOFT)]
    for l, units in enumerate(a):
        parts.append(text(X[l], 88, f"${f'a^{l}' if l else 'x'}$ {shape(units)}"))
        for j, y in enumerate(Y[l]):
            parts += [circle(X[l], y, r), text(X[l], y - 3 if l else y + 4, number(units[j]), color=ACT if l else INK)]
            if l:
                parts.append(text(X[l], y + 13, number(delta[l][j]), color=ERR))
    for l in (1, 2):
        left, right, middle = X[l - 1], X[l], (X[l - 1] + X[l]) / 2
        parts += [line(*between((left, y), (right, above), r), WT, opacity=0.5) for y in Y[l - 1] for above in Y[l]]
        parts += [
            arrow(left + 30, 40, right - 24, 40, WT),
            text(middle + 4, 29, f"$W^{l}$ {shape(value[f'W{l}'])}"),
            text(middle + 4, 60, f"$z^{l} = W^{l} {'a^1' if l == 2 else 'x'} + b^{l}$"),
            text(middle, back + 56, f"$∂C/∂W^{l} = δ^{l} {'(a^1)^T' if l == 2 else 'x^T'}$"),
            text(middle, back + 74, shape(value[f"∂C/∂W{l}"])),
        ]
    middle = (X[1] + X[2]) / 2
    parts += [
        text(X[1], back, f"$δ^1$ {shape(delta[1])}"),
        text(X[2], back, f"$δ^2$ {shape(delta[2])}"),
        arrow(X[2] - 32, back - 4, X[1] + 32, back - 4, ERR, dash="5 3"),
        text(middle, back - 13, f"$(W^2)^T$ {shape(value['W2'].T)}"),
        text(middle, back + 17, f"$⊙ σ′(z^1)$ {shape(value['z1'])}"),
        text(WIDTH / 2, back + 104, "In each circle the activation $a$, and below it the error $δ$.", color=SOFT),
    ]
    return drawn(
        back + 112,
        "The 2-3-2 network, forward and back",
        f"Two inputs, {series(a[0])}, feed three hidden units through weights W1 of shape {shape(value['W1'])}; these feed "
        f"two outputs through W2 of shape {shape(value['W2'])}. The hidden activations are {series(a[1])}, the outputs "
        f"{series(a[2])}. Going back, the output errors are {series(delta[2])}. The transpose of W2, of shape "
        f"{shape(value['W2'].T)}, carries them to the hidden units, and the slopes there make them {series(delta[1])}. "
        f"The gradients have the shapes of the weights: {shape(value['∂C/∂W1'])} and {shape(value['∂C/∂W2'])}.",
        parts,
    )


def paths(unit=2):
    """Return the two paths from a hidden unit of the 2-3-2 network to the cost, and their sum."""
    value = book_values()
    W, delta, slope = value["W2"][:, unit], value["δ2"], sigmoid_prime(value["z1"])[unit]
    start, end, over, r = (44, 92), (316, 92), [(180, 44), (180, 140)], 26
    parts = [
        *(circle(*at, r) for at in (start, end, *over)),
        text(44, 97, f"$a^1$[{unit}]"),
        text(316, 97, "$C$"),
    ]
    for k, at in enumerate(over):
        y = 46 if k == 0 else 148
        parts += [
            arrow(*between(start, at, r), WT),
            arrow(*between(at, end, r), ERR),
            text(at[0], at[1] + 5, f"$z^2$[{k}]"),
            text(106, y, number(W[k]), color=WT),
            text(256, y, number(delta[k]), color=ERR),
        ]
    total = W @ delta
    lines = [
        *(
            (f"$W^2$[{k}, {unit}] $δ^2$[{k}]", f"{number(W[k])} · {bracketed(delta[k])}", W[k] * delta[k])
            for k in (0, 1)
        ),
        (f"$∂C/∂a^1$[{unit}]", "the sum of both", total),
        (f"$δ^1$[{unit}] = $∂C/∂a^1$[{unit}] · $σ′$", f"{bracketed(total)} · {number(slope)}", value["δ1"][unit]),
    ]
    for y, (name, product, result) in zip((206, 230, 262, 294), lines):
        parts += [
            text(8, y, name, anchor="start"),
            text(306, y, f"{product}  =", anchor="end"),
            text(354, y, number(result), anchor="end"),
        ]
    parts.append(line(8, 242, 354, 242, FAINT))
    return drawn(
        304,
        f"The two paths from hidden unit {unit} to the cost",
        f"Hidden unit {unit} feeds both outputs, so the cost feels it along two paths. Through output 0 the path carries "
        f"{number(W[0])} times {number(delta[0])}, which is {number(W[0] * delta[0])}; through output 1 it carries "
        f"{number(W[1])} times {number(delta[1])}, which is {number(W[1] * delta[1])}. The paths add up to "
        f"{number(total)}. Times the slope {number(slope)} that is the error of the unit, {number(value['δ1'][unit])}.",
        parts,
    )


def copy_and_scale(delta=None, a_prev=None, rows=False):
    """Return the gradient of the second weights built by hand: copy one vector into every row, scale each row.

    The error and the activation are those of the 2-3-2 network, unless others are given.
    """
    value = book_values()
    delta = value["δ2"] if delta is None else np.asarray(delta)
    a_prev = value["a1"] if a_prev is None else np.asarray(a_prev)
    scaling, copied = (("δ^2", ERR, delta), ("a^1", ACT, a_prev))
    if rows:
        scaling, copied = copied, scaling
    gradient = (backprop.rows if rows else backprop).weight_gradient(delta, a_prev)
    (by, by_color, scales), (of, of_color, copies) = scaling, copied
    n, k = gradient.shape
    w, h, gap = 44, 30, 20
    left = (WIDTH - (w + gap + 2 * k * w + gap)) / 2
    middle, right = left + w + gap, left + w + gap + k * w + gap
    top, bottom = 96, 96 + n * h
    parts = [
        text(left + w / 2, top - 10, f"${by}$ {shape(scales)}"),
        text(middle - 8, 42, f"${of}$ {shape(copies)}", anchor="end"),
        text(right + k * w / 2, top - 10, f"$∂C/∂W^2$ {shape(gradient)}"),
        *cells(left, top, scales[:, None], by_color, w, h),
        *cells(middle, 22, copies[None], of_color, w, h),
        *(arrow(middle + (i + 0.5) * w, 58, middle + (i + 0.5) * w, top - 6, of_color) for i in range(k)),
        *cells(middle, top, np.tile(copies, (n, 1)), of_color, w, h, dash="3 3"),
        *cells(right, top, gradient, INK, w, h),
        *(text(middle - gap / 2, top + (j + 0.5) * h + 5, "×") for j in range(n)),
        *(text(right - gap / 2, top + (j + 0.5) * h + 5, "=") for j in range(n)),
        text(WIDTH / 2, bottom + 26, f"Copy ${of}$ into every row; scale each row by its ${by}$.", color=SOFT),
    ]
    names = {"a^1": "the activation", "δ^2": "the error"}
    return drawn(
        bottom + 36,
        f"The outer product as copy and scale, examples as {'rows' if rows else 'columns'}",
        f"{names[of].capitalize()}, {series(copies)}, is copied into {n} rows. Row by row it is scaled by {names[by]}, "
        f"{series(scales)}. The result is the gradient of the second weights, of shape {shape(gradient)}: "
        f"{'; '.join(map(series, gradient))}.",
        parts,
    )


def transpose_as_sum():
    """Return the second weights as one table, summed along its rows forward and down its columns back."""
    value = book_values()
    W, a, delta = value["W2"], value["a1"], value["δ2"]
    forth, back = W @ a, W.T @ delta
    n, k = W.shape
    w, h, left, top = 46, 34, 104, 84
    right, bottom = left + k * w, top + n * h
    parts = [
        text(left - 12, 43, f"$a^1$ {shape(a)}", anchor="end"),
        *cells(left, 22, a[None], ACT, w, h),
        text(58, top - 10, f"$δ^2$ {shape(delta)}"),
        *cells(35, top, delta[:, None], ERR, w, h),
        *cells(left, top, W, WT, w, h, strong=True),
        text(right + 53, top - 10, f"$W^2 a^1$ {shape(forth)}"),
        *cells(right + 30, top, forth[:, None], INK, w, h),
        *(arrow(right + 4, top + (j + 0.5) * h, right + 27, top + (j + 0.5) * h, ACT) for j in range(n)),
        *(arrow(left + (i + 0.5) * w, bottom + 4, left + (i + 0.5) * w, bottom + 27, ERR, "4 2") for i in range(k)),
        *cells(left, bottom + 30, back[None], INK, w, h),
        text(left - 12, bottom + 52, f"$(W^2)^T δ^2$ {shape(back)}", anchor="end"),
        text(WIDTH / 2, bottom + 92, "Forward: weigh by $a$, and sum along a row.", color=SOFT),
        text(WIDTH / 2, bottom + 112, "Back: weigh by $δ$, and sum down a column.", color=SOFT),
    ]
    return drawn(
        bottom + 122,
        "One table of weights, summed along its rows forward and down its columns back",
        f"W2 has two rows, {'; '.join(map(series, W))}. Forward, each row is weighed by the activations {series(a)} and "
        f"summed, which gives {series(forth)}. Back, each column is weighed by the errors {series(delta)} and summed, which "
        f"gives {series(back)}: that sum over the other index is the transpose.",
        parts,
    )


# How to draw each way to check a gradient: its dashes, and where its name stands from its best point.
WAYS = {
    "one-sided": ("7 3", (-9, 15, "end")),
    "central": (None, (-24, 8, "end")),
    "fourth order": ("2 2", (0, 19, "middle")),
    "central, float32": ("9 3 2 3", (-106, -52, "end")),
    "complex step": (None, (-14, -9, "end")),
}


def u_curve():
    """Return the error of five gradient checks over their step, measured on the 2-3-2 network."""
    steps = 10.0 ** np.arange(-13, -0.75, 0.5)
    x, y = scale(-13, -1, 44, 340), scale(-16, 0, 290, 34)
    parts = [text(192, 336, "step $h$"), text(4, 12, "relative error of the gradient", anchor="start")]
    for power in range(-16, 1, 4):
        parts += [
            line(44, y(power), 340, y(power), FAINT),
            text(38, y(power) + 4, f"$10^{{{minus(power)}}}$", anchor="end"),
        ]
    parts += [text(x(power), 312, f"$10^{{{minus(power)}}}$") for power in range(-13, 0, 2)]
    told = []
    for way, errors in measured(steps).items():
        dashes, (right, down, anchor) = WAYS[way]
        errors = np.maximum(errors, np.finfo(float).eps)
        points = list(zip(x(np.log10(steps)), y(np.log10(errors))))
        best = np.flatnonzero(errors == errors.min())[-1]
        at_x, at_y = points[best]
        parts += [curve(points, INK, 1.5, dashes), dot(at_x, at_y), text(at_x + right, at_y + down, way, anchor)]
        told.append(f"{way.capitalize()}: {errors[best]:.0e} at a step of {steps[best]:.0e}.")
    return drawn(
        344,
        "The U-curve of a gradient check: its error over its step",
        "Measured on all parameters of the 2-3-2 network. Each difference has a best step: below it rounding spoils the "
        f"difference, above it the bend of the cost does. {' '.join(told)} The complex step takes no difference: "
        "below that step it stays as it is.",
        parts,
    )


def measured(steps):
    """Return, for each way to check a gradient, its norm-wise relative error at every step."""
    layers, x, y = book_network()
    narrow = [Layer(layer.W.astype(np.float32), layer.b.astype(np.float32)) for layer in layers]
    exact = np.concatenate([array.ravel() for slopes in gradients(layers, x, y)[1] for array in slopes])

    def costs(layers, h):
        """Return the cost after a nudge of each parameter alone."""
        dtype = layers[0].W.dtype
        found = []
        for l, layer in enumerate(layers):
            for name in ("W", "b"):
                array = getattr(layer, name)
                for unit in np.eye(array.size, dtype=dtype):
                    nudged = layer.__replace__(**{name: array + (h * unit).reshape(array.shape)})
                    a = forward([*layers[:l], nudged, *layers[l + 1 :]], x.astype(dtype))[1][-1]
                    found.append(quadratic(a, y.astype(dtype)))
        return np.array(found)

    def error(slopes):
        return np.linalg.norm(slopes - exact) / np.linalg.norm(exact)

    here = costs(layers, 0.0)
    found = {kind: [] for kind in ("one-sided", "central", "fourth order", "central, float32", "complex step")}
    for h in map(float, steps):
        up, down, up_narrow, down_narrow = costs(layers, h), costs(layers, -h), costs(narrow, h), costs(narrow, -h)
        twice = (costs(layers, 2 * h) - costs(layers, -2 * h)) / (4 * h)
        central = (up - down) / (2 * h)
        found["one-sided"].append(error((up - here) / h))
        found["central"].append(error(central))
        found["fourth order"].append(error((4 * central - twice) / 3))
        found["central, float32"].append(error((up_narrow - down_narrow) / (2 * h)))
        found["complex step"].append(error(costs(layers, 1j * h).imag / h))
    return {kind: np.array(errors) for kind, errors in found.items()}


def saturation():
    """Return the sigmoid and its slope, and what is left of an error after one to six sigmoid layers."""
    z = np.linspace(-8, 8, 129)
    peak = float(sigmoid_prime(0.0))
    x, y = scale(-8, 8, 46, 350), scale(0, 1, 150, 20)
    parts = [
        *(line(46, y(v), 350, y(v), FAINT) for v in (0, 0.5, 1)),
        *(text(40, y(v) + 4, number(v), anchor="end") for v in (0, peak, 0.5, 1)),
        *(text(x(v), 168, minus(v)) for v in range(-8, 9, 4)),
        line(46, y(peak), x(0), y(peak), SLOPE, dash="3 3"),
        curve(zip(x(z), y(sigmoid(z))), ACT),
        curve(zip(x(z), y(sigmoid_prime(z))), SLOPE),
        dot(x(0), y(peak), SLOPE),
        text(x(4.2), y(0.86), "$a = σ(z)$", color=ACT),
        text(x(2.4), y(0.2), "$σ′(z)$", anchor="start"),
        text(198, 188, "weighted input $z$"),
    ]
    layers, inputs = np.arange(1, 7), (0.0, 2.0, 4.0)
    x, y = scale(1, 6, 62, 250), scale(-11, 0, 410, 232)
    parts += [text(4, 220, "slopes of 1 to 6 layers, multiplied", anchor="start"), text(156, 446, "layers")]
    parts += [text(x(k), 428, str(k)) for k in layers]
    for power in range(-10, 1, 2):
        parts += [
            line(46, y(power), 262, y(power), FAINT),
            text(40, y(power) + 4, f"$10^{{{minus(power)}}}$", anchor="end"),
        ]
    left = []
    for at in inputs:
        product = sigmoid_prime(at) ** layers
        points = [(x(k), y(math.log10(p))) for k, p in zip(layers, product)]
        left.append(f"{product[-1]:.0e} where z is {number(at)}")
        parts += [curve(points, SLOPE), *(dot(*point, SLOPE) for point in points)]
        parts.append(text(270, points[-1][1] + 4, f"$z = {number(at)}$: {scientific(product[-1])}", anchor="start"))
    return drawn(
        454,
        "The slope of the sigmoid is at most a quarter, and a product of slopes vanishes",
        f"Above: the sigmoid rises from 0 to 1; its slope has its maximum of {number(peak)} at z = 0 and is next to nothing "
        f"far out. Below: the slopes of one to six layers, multiplied. After six layers what is left is {', '.join(left)}.",
        parts,
    )
