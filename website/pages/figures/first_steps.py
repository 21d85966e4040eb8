"""The first pages of the course: a large network, a chain of single units, the paths of one weight, one unit, one layer."""

import numpy as np

from backprop import Layer, forward, gradients, sigmoid_prime
from backprop import rows as in_rows
from backprop._example import book_network, book_values
from website.pages.drawing import (
    ACT,
    BIAS,
    ERR,
    FAINT,
    SLOPE,
    SOFT,
    WIDTH,
    WT,
    arrow,
    between,
    bracketed,
    cells,
    circle,
    dot,
    drawn,
    line,
    number,
    series,
    shape,
    text,
)

DIGITS = (784, 30, 10)

# Where the six quantities of a chain are, from left to right, and how large their circles are.
ACROSS, RADIUS = [22 + 63.2 * place for place in range(6)], 21


# ---- A network that is trained


def parameters(sizes):
    """Return the number of weights of each layer, and of all biases, of a network."""
    layers = [Layer(np.zeros((n, n_prev)), np.zeros(n)) for n_prev, n in zip(sizes, sizes[1:])]
    return [layer.W.size for layer in layers], sum(layer.b.size for layer in layers)


def mnist_network():
    """Return the network that reads handwritten digits, with one of its first weights in color."""
    weights, biases = parameters(DIGITS)
    X, r, top, bottom = (58, 186, 308), 7, 30, 246
    # Of the inputs and of the hidden units only some are drawn, and three dots for the others.
    shown: list[list[int | None]] = [[0, 1, 2, 3, None, 5, 6, 7], [0, 1, 2, 3, None, 5, 6], list(range(DIGITS[2]))]
    Y = [[top + place * (bottom - top) / (len(column) - 1) for place in range(len(column))] for column in shown]
    units = [[(x, y) for y, unit in zip(ys, column) if unit is not None] for x, ys, column in zip(X, Y, shown)]
    start, end = units[0][1], units[1][2]
    parts = [
        line(*between(one, other, r), FAINT, 0.8)
        for left, right in zip(units, units[1:])
        for one in left
        for other in right
    ]
    for x, ys, column in zip(X, Y, shown):
        for y, unit in zip(ys, column):
            parts += [circle(x, y, r)] if unit is not None else [dot(x, y + step, SOFT) for step in (-9, 0, 9)]
    parts += [text(X[2] + 14, y + 5, str(unit), anchor="start") for y, unit in zip(Y[2], shown[2])]
    parts += [line(*between(start, end, r), WT, 2.6)]
    parts += [text((X[0] + X[1]) / 2 - 6, 20, "one weight", color=WT)]
    named = ("pixels", "hidden units", "outputs")
    parts += [text(x, bottom + 30, f"{size} {name}") for x, size, name in zip(X, DIGITS, named)]
    for x, n_prev, n, size in zip((X[0] + 58, X[2] - 50), DIGITS, DIGITS[1:], weights):
        parts += [text(x, bottom + 60, f"{n_prev} · {n} ="), text(x, bottom + 78, f"{size:,} weights", color=WT)]
    return drawn(
        bottom + 88,
        "A network of 784 inputs, 30 hidden units and 10 outputs",
        f"On the left are the {DIGITS[0]} pixels of an image, of which some are drawn. Each feeds all {DIGITS[1]} hidden units, and each hidden "
        f"unit feeds all {DIGITS[2]} outputs, one for each digit. There are {weights[0]:,} weights in the first layer and {weights[1]} in the "
        f"second. One weight of the first layer is in color. With {biases} biases the network has {sum(weights) + biases:,} numbers to learn.",
        parts,
    )


# ---- A chain of single units


def chain_values():
    """Return the chain of the first page, one unit in each layer: its numbers forward, its derivatives and its errors."""
    x, y, w2 = 2.0, 0.0, 8.0
    layers = [Layer(np.array([[np.log(3) / 2]]), np.zeros(1)), Layer(np.array([[w2]]), np.array([-6.0]))]
    (z1, z2), (_, a1, a2) = (map(float, map(np.squeeze, arrays)) for arrays in forward(layers, np.array([x])))
    C, found = gradients(layers, np.array([x]), np.array([y]))
    errors = [float(gradient.dC_db[0]) for gradient in found]  # BP3
    return {
        "w1": layers[0].W.item(),
        "values": [x, z1, a1, z2, a2, float(C)],
        "derivatives": [sigmoid_prime(z1), w2, sigmoid_prime(z2), a2 - y],
        "errors": errors,
        "gradients": [gradient.dC_dW.item() for gradient in found],
    }


def chain():
    """Return the chain from the input to the cost, with the derivative below each arrow."""
    chained = chain_values()
    y = 104
    parts = [*_chain(chained, y)]
    for place, weight, (symbol, of) in zip((1, 3), (1, 2), (("x", 0), ("a^1", 2))):
        parts += [
            text(ACROSS[place], 26, f"$w^{weight}$"),
            arrow(ACROSS[place], 34, ACROSS[place], y - RADIUS, WT),
            text(ACROSS[place] + 8, 60, f"${symbol}$ = {number(chained['values'][of])}", anchor="start"),
        ]
    written = ("$w^1$", "$σ′(z^1)$", "$w^2$", "$σ′(z^2)$", "$a^2 − y$")
    found = (f"{number(chained['w1'] / np.log(3))} ln 3", *map(number, chained["derivatives"]))
    for place, (name, derivative) in enumerate(zip(written, found)):
        middle = (ACROSS[place] + ACROSS[place + 1]) / 2
        parts += [text(middle, y + 42, name), text(middle, y + 60, derivative)]
    return drawn(
        y + 72,
        "A chain of single units, with the derivative of each step",
        f"The input x, {number(chained['values'][0])}, leads to z1, then a1, z2, a2 and the cost C. {_told(chained)} The weight w1 enters at z1, "
        f"the weight w2 at z2. The derivatives of the steps from z1 on are {series(chained['derivatives'])}. The derivative of z1 with respect "
        f"to w1 is x; that of z2 with respect to w2 is a1.",
        parts,
    )


def chain_back():
    """Return the same chain, and above it the two errors and the derivatives of the two weights that they give."""
    chained = chain_values()
    y, level = 178, 124
    parts = [*_chain(chained, y)]
    (first, second), (by_first, by_second) = chained["errors"], chained["gradients"]
    x, _, a1, *_ = chained["values"]
    s1, w2, s2, residual = chained["derivatives"]
    for source, place, name in ((5, 3, "2"), (3, 1, "1")):
        left = ACROSS[place]
        parts += [
            arrow(ACROSS[source] - 12, level, left + 16, level, ERR, "5 3"),
            text(left, level + 5, f"$δ^{name}$", color=ERR),
            arrow(left, level - 12, left, 58, ERR),
        ]
    parts += [
        text(
            (ACROSS[3] + ACROSS[5]) / 2 + 4,
            level + 20,
            f"{number(residual)} · {number(s2)} = {number(second)}",
            color=ERR,
        ),
        text(
            (ACROSS[1] + ACROSS[3]) / 2 + 2,
            level + 20,
            f"{number(second)} · {number(w2)} · {number(s1)} = {number(first)}",
            color=ERR,
        ),
        text(ACROSS[1] - 60, 26, "$∂C/∂w^1 = δ^1 x$", anchor="start"),
        text(ACROSS[1] - 60, 46, f"= {number(first)} · {number(x)} = {number(by_first)}", anchor="start"),
        text(ACROSS[3] - 30, 26, "$∂C/∂w^2 = δ^2 a^1$", anchor="start"),
        text(ACROSS[3] - 30, 46, f"= {number(second)} · {number(a1)} = {number(by_second)}", anchor="start"),
    ]
    return drawn(
        y + 34,
        "The errors go back along the chain, and each gives the derivative for a weight",
        f"From the cost back to z2 two derivatives are multiplied, {number(residual)} and {number(s2)}: the error of the output unit is "
        f"{number(second)}. From there back to z1 it is multiplied by {number(w2)} and {number(s1)}: the error of the hidden unit is "
        f"{number(first)}. The second error times a1 is the derivative for w2, {number(by_second)}; the first times x is that for w1, "
        f"{number(by_first)}.",
        parts,
    )


def _chain(chained, y):
    """Yield the six circles of a chain with their values, and the arrows between them."""
    for place, (name, value) in enumerate(zip(("x", "z^1", "a^1", "z^2", "a^2", "C"), chained["values"])):
        at = ACROSS[place]
        if place:
            yield arrow(*between((ACROSS[place - 1], y), (at, y), RADIUS))
        yield circle(at, y, RADIUS)
        yield text(at, y - 2, f"${name}$")
        yield text(at, y + 14, in_logarithms(value), color=SOFT)


def in_logarithms(value):
    """Return a number of the book as it is written: a fraction, or ln 3."""
    return "ln 3" if value == np.log(3) else number(value)


def _told(chained):
    names = ("z1", "a1", "z2", "a2", "C")
    return f"Their values are {', '.join(f'{name} = {in_logarithms(v)}' for name, v in zip(names, chained['values'][1:]))}."


# ---- The paths of one weight


def tree():
    """Return the two paths from one weight of the 2-3-2 network to the cost, with the derivative of each step."""
    value = book_values()
    j, i = 3, 1  # the weight from input i to hidden unit j, counted from 1
    x, s1 = value["x"][i - 1], sigmoid_prime(value["z1"])[j - 1]
    W, s2, residual = value["W2"][:, j - 1], sigmoid_prime(value["z2"]), value["a2"] - value["y"]
    total = value["∂C/∂W1"][j - 1, i - 1]
    middle, r, X = 122, RADIUS, (38, 112, 196, 268, 336)
    (at_z, at_a, at_C), Y = ((X[0], middle), (X[1], middle), (X[4], middle)), (70, 174)
    parts = [
        text(at_z[0] + 2, 44, f"$w^1_{{{j}←{i}}}$"),
        arrow(at_z[0], 54, at_z[0], middle - r, WT),
        text(at_z[0] + 8, 80, f"$x_{i}$ = {number(x)}", anchor="start"),
        arrow(*between(at_z, at_a, r)),
        text((X[0] + X[1]) / 2, middle + 42, f"$σ′(z^1_{j})$"),
        text((X[0] + X[1]) / 2, middle + 60, number(s1)),
    ]
    for (x_at, y_at), name in zip((at_z, at_a, at_C), (f"z^1_{j}", f"a^1_{j}", "C")):
        parts += [circle(x_at, y_at, r), text(x_at, y_at + 5, f"${name}$")]
    for k, y in enumerate(Y):
        up, z, a = k == 0, (X[2], y), (X[3], y)
        parts += [
            arrow(*between(at_a, z, r)),
            arrow(*between(z, a, r)),
            arrow(*between(a, at_C, r)),
            text(X[1] + 34, y + (18 if up else -6), f"{number(W[k])}", color=WT),
            text((X[2] + X[3]) / 2, y + (-28 if up else 38), number(s2[k]), color=SLOPE),
            text(X[4] - 16, y + (12 if up else -2), number(residual[k]), anchor="start"),
        ]
        for at, name in ((z, "z"), (a, "a")):
            parts += [circle(*at, r), text(at[0], y + 5, f"${name}^2_{k + 1}$")]
    product = x * s1 * W * s2 * residual
    for y, name, k in zip((238, 262), ("upper", "lower"), (0, 1)):
        factors = " · ".join(map(bracketed, (x, s1, W[k], s2[k], residual[k])))
        parts += [
            text(4, y, f"{name} path", anchor="start"),
            text(300, y, f"{factors}  =", anchor="end"),
            text(356, y, number(product[k]), anchor="end"),
        ]
    parts += [
        line(4, 274, 356, 274, FAINT),
        text(4, 294, f"$∂C/∂w^1_{{{j}←{i}}}$: the sum of both paths", anchor="start"),
        text(356, 294, number(total), anchor="end"),
    ]
    return drawn(
        304,
        f"The two paths from a weight into hidden unit {j} to the cost",
        f"The weight from input {i} to hidden unit {j} changes z1 of the unit, that changes its activation, and that changes both output units. "
        f"On the upper path the derivatives are {series((x, s1, W[0], s2[0], residual[0]))}, with the product {number(product[0])}. On the "
        f"lower path they are {series((x, s1, W[1], s2[1], residual[1]))}, with the product {number(product[1])}. The sum is {number(total)}.",
        parts,
    )


# ---- One unit, one layer


def unit():
    """Return the first output unit of the 2-3-2 network: what it receives, its weights, its bias, and what it computes."""
    value = book_values()
    a, w, b = value["a1"], value["W2"][0], value["b2"][0]
    z, out = value["z2"][0], value["a2"][0]
    left, at, end, r = 40, (206, 104), (320, 104), 24
    parts = [text(left, 16, "activations", color=SOFT), text(126, 16, "weights", color=SOFT)]
    for j, y in enumerate((48, 104, 160)):
        start = (left, y)
        x1, y1, *_ = between(start, at, r)
        *_, x2, y2 = between(start, at, r + 4)
        parts += [
            circle(*start, r),
            text(left, y - 2, f"$a_{j + 1}$"),
            text(left, y + 14, number(a[j]), color=ACT),
            arrow(x1, y1, x2, y2, WT),
            text(
                left + 66,
                (y1 + 0.4 * (y2 - y1)) + (18 if j == 2 else -6),
                f"$w_{j + 1}$ = {number(w[j])}",
                anchor="start",
            ),
        ]
    parts += [
        circle(*at, r + 4),
        text(at[0], at[1] - 2, "sum $z$"),
        text(at[0], at[1] + 15, number(z)),
        text(at[0] + 4, 30, f"bias $b$ = {number(b)}"),
        arrow(at[0], 38, at[0], at[1] - r - 4, BIAS),
        arrow(at[0] + r + 4, at[1], end[0] - r, end[1]),
        text((at[0] + end[0]) / 2, at[1] - 10, "$σ$"),
        circle(*end, r),
        text(end[0], end[1] - 2, "$a$"),
        text(end[0], end[1] + 14, number(out), color=ACT),
        text(
            4,
            214,
            f"$z$ = {' + '.join(f'{bracketed(v)} · {number(u)}' for u, v in zip(a, w))} + {bracketed(b)} = {number(z)}",
            anchor="start",
        ),
        text(4, 236, f"$a$ = $σ$({number(z)}) = {number(out)}", anchor="start"),
    ]
    return drawn(
        246,
        "One unit: it multiplies by weights, adds a bias, and applies the activation function",
        f"The unit receives three activations, {series(a)}. It multiplies them by its weights, {series(w)}, and adds the products and its bias, "
        f"{number(b)}. The sum is the weighted input, {number(z)}. The activation function gives its activation, {number(out)}.",
        parts,
    )


def layer(rows=False):
    """Return the second layer of the 2-3-2 network and its matrix of weights; the weights into its first unit are in color."""
    layers, x, _ = book_network()
    if rows:
        layers = [in_rows.Layer(one.W.T, one.b) for one in layers]
    zs, activations = (in_rows.forward if rows else forward)(layers, x)
    W, a, z = layers[1].W, activations[1], zs[1]
    into = W.T if rows else W  # a row for each unit of this layer
    left, right, r = 78, 262, 22
    starts, ends = [(left, y) for y in (40, 96, 152)], [(right, y) for y in (68, 124)]
    parts = [line(*between(start, ends[1], r), WT, opacity=0.35) for start in starts]
    for j, start in enumerate(starts):
        x1, y1, x2, y2 = between(start, ends[0], r)
        parts += [
            arrow(x1, y1, x2, y2, WT),
            text(x1 + 0.33 * (x2 - x1), y1 + 0.33 * (y2 - y1) - 7, number(into[0, j]), color=WT),
            circle(*start, r),
            text(left, start[1] + 5, number(a[j]), color=ACT),
            text(left - 30, start[1] + 5, str(j + 1), anchor="end", color=SOFT),
        ]
    for k, end in enumerate(ends):
        parts += [
            circle(*end, r),
            text(right, end[1] + 5, f"$z_{k + 1}$"),
            text(right + 30, end[1] + 5, str(k + 1), anchor="start", color=SOFT),
        ]
    parts += [text(left, 192, "previous layer"), text(right, 192, "this layer")]
    w, h, top = 42, 30, 236
    n, m = W.shape
    start = (WIDTH - m * w) / 2 + 30
    strong = (lambda k, j: j == 0) if rows else (lambda k, j: k == 0)
    for k in range(n):
        for j in range(m):
            parts += cells(start + j * w, top + k * h, W[k : k + 1, j : j + 1], WT, w, h, strong=strong(k, j))
    side, above = ("from unit", "into unit") if rows else ("into unit", "from unit")
    parts += [text(start - 8, top + (k + 0.5) * h + 5, f"{side} {k + 1}", anchor="end", color=SOFT) for k in range(n)]
    parts += [text(start - 8, top - 8, above, anchor="end", color=SOFT)]
    parts += [text(start + (j + 0.5) * w, top - 8, str(j + 1), color=SOFT) for j in range(m)]
    parts += [text(start + m * w + 10, top + n * h / 2 + 5, f"$W$ {shape(W)}", anchor="start")]
    return drawn(
        top + n * h + 12,
        f"A layer of two units and its matrix of weights, examples as {'rows' if rows else 'columns'}",
        f"Three units of the previous layer, with the activations {series(a)}, feed two units of this layer. The weights into the first "
        f"unit are {series(into[0])}, and into the second {series(into[1])}. In the matrix, of shape {shape(W)}, the weights into unit 1 are "
        f"{'column' if rows else 'row'} 1. The weighted inputs are {series(z)}.",
        parts,
    )
