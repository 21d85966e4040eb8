"""The 2-3-2 network in both passes, the paths from a unit of it to the cost, and one layer by itself."""

import numpy as np

import backprop
from backprop import rows as in_rows
from backprop import sigmoid_prime
from backprop._example import book_values
from backprop.layers import dense, dense_backward
from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SOFT,
    WIDTH,
    WT,
    arrow,
    between,
    bracketed,
    circle,
    drawn,
    line,
    number,
    series,
    shape,
    text,
)


def network(rows=False):
    """Return the 2-3-2 network, its two passes, and the shape of everything in them."""
    value = book_values()
    layout = in_rows if rows else backprop
    W = [None, *(value[name].T if rows else value[name] for name in ("W1", "W2"))]
    gradient = [None, *(layout.weight_gradient(value[f"δ{l}"], value[name]) for l, name in ((1, "x"), (2, "a1")))]
    a, delta = [value["x"], value["a1"], value["a2"]], [None, value["δ1"], value["δ2"]]
    X, r = (42, 180, 318), 25
    Y = [[155 + 62 * (j + (2 - len(units)) / 2) for j in range(len(units))] for units in a]
    back = max(Y[1]) + 68
    parts = [text(X[0], 44, "forward", color=SOFT), text(X[0], back, "backward", color=SOFT)]
    for l, units in enumerate(a):
        parts.append(text(X[l], 88, f"${f'a^{l}' if l else 'x'}$ {shape(units)}"))
        for j, y in enumerate(Y[l]):
            parts += [circle(X[l], y, r), text(X[l], y - 3 if l else y + 4, number(units[j]), color=ACT if l else INK)]
            if l:
                parts.append(text(X[l], y + 13, number(delta[l][j]), color=ERR))
    for l in (1, 2):
        left, right, middle = X[l - 1], X[l], (X[l - 1] + X[l]) / 2
        into, turned = ("a^1", "(a^1)^T") if l == 2 else ("x", "x^T")
        parts += [line(*between((left, y), (right, above), r), WT, opacity=0.5) for y in Y[l - 1] for above in Y[l]]
        parts += [
            arrow(left + 30, 40, right - 24, 40, WT),
            text(middle + 4, 29, f"$W^{l}$ {shape(W[l])}"),
            text(middle + 4, 60, f"$z^{l} = {f'{into} W^{l}' if rows else f'W^{l} {into}'} + b^{l}$"),
            text(middle, back + 56, f"$∂C/∂W^{l} = {f'{turned} δ^{l}' if rows else f'δ^{l} {turned}'}$"),
            text(middle, back + 74, shape(gradient[l])),
        ]
    middle = (X[1] + X[2]) / 2
    parts += [
        text(X[1], back, f"$δ^1$ {shape(delta[1])}"),
        text(X[2], back, f"$δ^2$ {shape(delta[2])}"),
        arrow(X[2] - 32, back - 4, X[1] + 32, back - 4, ERR, dash="5 3"),
        text(middle, back - 13, f"$(W^2)^T$ {shape(W[2].T)}"),
        text(middle, back + 17, f"$⊙ σ′(z^1)$ {shape(value['z1'])}"),
        text(WIDTH / 2, back + 104, "In each circle: the activation $a$, and below it the error $δ$.", color=SOFT),
    ]
    return drawn(
        back + 112,
        f"The 2-3-2 network, forward pass and backward pass, examples as {'rows' if rows else 'columns'}",
        f"Two inputs, {series(a[0])}, feed three hidden units through weights W1 of shape {shape(W[1])}. The hidden units feed "
        f"two outputs through weights W2 of shape {shape(W[2])}. The hidden activations are {series(a[1])}, the outputs "
        f"{series(a[2])}. In the backward pass, the errors of the outputs are {series(delta[2])}. They are multiplied by the transpose of "
        f"W2, of shape {shape(W[2].T)}, and then by the derivative of each hidden unit. This gives the errors of the hidden units, "
        f"{series(delta[1])}. The gradients have the shapes of the weights: {shape(gradient[1])} and {shape(gradient[2])}.",
        parts,
    )


def paths(unit=2):
    """Return the two paths from a hidden unit of the 2-3-2 network to the cost, and their sum; units count from 1 in the figure."""
    value = book_values()
    W, delta, derivative = value["W2"][:, unit], value["δ2"], sigmoid_prime(value["z1"])[unit]
    j = unit + 1
    start, end, over, r = (44, 92), (316, 92), [(180, 44), (180, 140)], 26
    parts = [
        *(circle(*at, r) for at in (start, end, *over)),
        text(44, 97, f"$a^1_{j}$"),
        text(316, 97, "$C$"),
    ]
    for k, at in enumerate(over):
        y = 46 if k == 0 else 148
        parts += [
            arrow(*between(start, at, r), WT),
            arrow(*between(at, end, r), ERR),
            text(at[0], at[1] + 5, f"$z^2_{k + 1}$"),
            text(106, y, number(W[k]), color=WT),
            text(256, y, number(delta[k]), color=ERR),
        ]
    total = W @ delta
    lines = [
        *(
            (f"$w_{{{k + 1}←{j}}} δ^2_{k + 1}$", f"{number(W[k])} · {bracketed(delta[k])}", W[k] * delta[k])
            for k in (0, 1)
        ),
        (f"$∂C/∂a^1_{j}$", "the sum of both", total),
        (f"$δ^1_{j}$ = $∂C/∂a^1_{j}$ · $σ′(z^1_{j})$", f"{bracketed(total)} · {number(derivative)}", value["δ1"][unit]),
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
        f"The two paths from hidden unit {j} to the cost",
        f"Hidden unit {j} feeds both output units, so it changes the cost along two paths. Through output 1 the path contributes "
        f"{number(W[0])} times {number(delta[0])}, which is {number(W[0] * delta[0])}; through output 2 it contributes "
        f"{number(W[1])} times {number(delta[1])}, which is {number(W[1] * delta[1])}. The paths add up to "
        f"{number(total)}. Times the derivative {number(derivative)} of the activation function, that is the error of the unit, "
        f"{number(value['δ1'][unit])}.",
        parts,
    )


def one_layer():
    """Return a dense layer as a box: what goes in and comes out in the forward pass, and in the backward pass."""
    x, W, b = (
        np.array([[1.0, 2.0], [3.0, 0.0]]),
        np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]]),
        np.array([0.0, 0.0, 1.0]),
    )
    error = np.array([[1.0, 0.0, 0.5], [0.0, 2.0, 0.0]])
    out, found = dense(x, W, b), dense_backward(error, x, W, b)
    left, right, middle, top, h = 142, 250, 92, 44, 96
    forward, back = top + 28, top + 72
    parts = [
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{h}" rx="4" style="fill:none;stroke:{INK}"/>',
        text((left + right) / 2, middle - 6, "dense layer"),
        text((left + right) / 2, middle + 14, f"$W$ {shape(W)}, $b$ {shape(b)}"),
        text(left - 50, top - 4, "forward", color=SOFT),
        arrow(left - 96, forward, left, forward),
        text(left - 50, forward - 8, f"$x$ {shape(x)}"),
        arrow(right, forward, right + 92, forward),
        text(right + 48, forward - 8, f"out {shape(out)}"),
        arrow(right + 92, back, right, back, ERR, "4 2"),
        text(right + 48, back + 18, "∂C/∂out", color=ERR),
        text(right + 48, back + 36, shape(error), color=ERR),
        arrow(left, back, left - 96, back, ERR, "4 2"),
        text(left - 50, back + 18, "∂C/∂$x$", color=ERR),
        text(left - 50, back + 36, shape(found.dC_dx), color=ERR),
        arrow((left + right) / 2 - 26, top + h, (left + right) / 2 - 26, top + h + 34, ERR, "4 2"),
        arrow((left + right) / 2 + 26, top + h, (left + right) / 2 + 26, top + h + 34, ERR, "4 2"),
        text((left + right) / 2 - 42, top + h + 52, f"∂C/∂$W$ {shape(found.dC_dW)}", color=ERR),
        text((left + right) / 2 + 48, top + h + 52, f"∂C/∂$b$ {shape(found.dC_db)}", color=ERR),
        text(left - 50, top + h + 34, "backward", color=SOFT),
    ]
    return drawn(
        top + h + 66,
        "A dense layer by itself, in both passes",
        f"In the forward pass x of shape {shape(x)} goes into the layer, and out of shape {shape(out)} comes out. In the backward pass the derivative "
        f"of the cost with respect to out, of the same shape {shape(error)}, goes in. Three derivatives come out, each with the shape of what it belongs to: "
        f"{shape(found.dC_dx)} for x, {shape(found.dC_dW)} for W and {shape(found.dC_db)} for b.",
        parts,
    )
