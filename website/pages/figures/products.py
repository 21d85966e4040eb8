"""Products of matrices as pictures: the outer product and the transpose."""

import numpy as np

import backprop
from backprop import sigmoid_prime
from backprop._example import book_values
from website.pages.drawing import (
    ACT,
    ERR,
    INK,
    SLOPE,
    SOFT,
    WIDTH,
    WT,
    arrow,
    between,
    cells,
    circle,
    drawn,
    number,
    series,
    shape,
    text,
)


def copy_and_scale(delta=None, a_prev=None, rows=False, layer=2):
    """Return the gradient of the weights of a layer built by hand: copy one vector into every row, scale each row.

    The error and the activation are those of the second layer of the 2-3-2 network, unless others are given.
    """
    value = book_values()
    delta = value["δ2"] if delta is None else np.asarray(delta)
    a_prev = value["a1"] if a_prev is None else np.asarray(a_prev)
    scaling, copied = ((f"δ^{layer}", ERR, delta), (f"a^{layer - 1}" if layer > 1 else "x", ACT, a_prev))
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
        text(right + k * w / 2, top - 10, f"$∂C/∂W^{layer}$ {shape(gradient)}"),
        *cells(left, top, scales[:, None], by_color, w, h),
        *cells(middle, 22, copies[None], of_color, w, h),
        *(arrow(middle + (i + 0.5) * w, 58, middle + (i + 0.5) * w, top - 6, of_color) for i in range(k)),
        *cells(middle, top, np.tile(copies, (n, 1)), of_color, w, h, dash="3 3"),
        *cells(right, top, gradient, INK, w, h),
        *(text(middle - gap / 2, top + (j + 0.5) * h + 5, "×") for j in range(n)),
        *(text(right - gap / 2, top + (j + 0.5) * h + 5, "=") for j in range(n)),
        text(WIDTH / 2, bottom + 26, f"Copy ${of}$ into every row; scale each row by its ${by}$.", color=SOFT),
    ]
    names = {"a": "the activation", "x": "the input", "δ": "the error"}
    return drawn(
        bottom + 36,
        f"The outer product as copy and scale, examples as {'rows' if rows else 'columns'}",
        f"{names[of[0]].capitalize()}, {series(copies)}, is copied into {n} rows. Row by row it is scaled by {names[by[0]]}, "
        f"{series(scales)}. The result is the gradient of the {('first', 'second')[layer - 1]} weights, of shape {shape(gradient)}: "
        f"{'; '.join(map(series, gradient))}.",
        parts,
    )


def first_gradient(rows=False):
    """Return the gradient of the first weights of the 2-3-2 network built by hand."""
    value = book_values()
    return copy_and_scale(value["δ1"], value["x"], rows, layer=1)


def what_mixes():
    """Return the steps from z1 to a1, unit by unit, and from a1 to z2, every unit to every unit."""
    value = book_values()
    derivative, W, r = sigmoid_prime(value["z1"]), value["W2"], 22
    z, a, after = ([(x, y) for y in ys] for x, ys in ((46, (60, 116, 172)), (176, (60, 116, 172)), (314, (88, 144))))
    parts = [text(111, 20, "each unit by itself"), text(245, 20, "all units together")]
    for j in range(3):
        parts += [
            arrow(*between(z[j], a[j], r), SLOPE),
            text(111, z[j][1] - 9, number(derivative[j]), color=SLOPE),
            *(arrow(*between(a[j], end, r), WT) for end in after),
        ]
    for name, units in (("z^1", z), ("a^1", a), ("z^2", after)):
        parts += [
            part for j, at in enumerate(units) for part in (circle(*at, r), text(at[0], at[1] + 5, f"${name}_{j + 1}$"))
        ]
    parts += [
        text(111, 226, "elementwise: $⊙ σ′(z^1)$"),
        text(278, 226, "matrix product with $W^2$"),
        text(111, 246, "3 derivatives", color=SOFT),
        text(278, 246, f"{W.size} weights", color=SOFT),
    ]
    return drawn(
        256,
        "From the hidden weighted inputs to the activations, and on to the weighted inputs of the output layer",
        f"Each of the 3 hidden weighted inputs leads to one activation, with the derivatives {series(derivative)}. Each of the 3 "
        f"activations leads to both weighted inputs of the output layer, through {W.size} weights. Going back, the first step is an "
        "elementwise product and the second a matrix product.",
        parts,
    )


def three_layouts():
    """Return how the columns, the rows and PyTorch keep four examples and the weights of a layer of two units with three inputs."""
    n, k, m, side = 2, 3, 4, 18
    parts, told = [], []
    for i, (name, formula, across_examples, into_rows) in enumerate(
        (
            ("Columns", "W a + b", True, True),
            ("Rows", "a W + b", False, False),
            ("PyTorch", "a W^T + b", False, True),
        )
    ):
        top = 34 + 142 * i
        W_size, a_size = (n, k) if into_rows else (k, n), (k, m) if across_examples else (m, k)
        parts.append(text(8, top - 12, f"{name}: $z$ = ${formula}$", anchor="start"))
        places = (("W", WT, W_size, into_rows), ("a", ACT, a_size, not across_examples))
        for x, (letter, color, (height, width), first_row) in zip(
            (60, 210), places if across_examples else places[::-1]
        ):
            for row in range(height):
                for column in range(width):
                    strong = (row if first_row else column) == 0
                    parts.append(
                        f'<rect x="{x + column * side}" y="{top + row * side}" width="{side}" height="{side}" '
                        f'fill-opacity="{0.45 if strong else 0}" style="fill:{color};stroke:{color}"/>'
                    )
            parts.append(text(x + width * side / 2, top + height * side + 18, f"${letter}$ {(height, width)}"))
        told.append(f"{name}: weights of shape {W_size}, data of shape {a_size}")
    parts += [
        *cells_of_legend(8, 34 + 142 * 3 - 22, WT, "the weights into the first unit"),
        *cells_of_legend(8, 34 + 142 * 3, ACT, "one example"),
    ]
    return drawn(
        34 + 142 * 3 + 24,
        "Four examples and the weights of a layer, in three layouts",
        f"A layer with {k} inputs and {n} units, and {m} examples. {'; '.join(told)}. In columns an example is a column and the weights "
        "into a unit are a row. In rows an example is a row and the weights into a unit are a column. In PyTorch both are rows.",
        parts,
    )


def cells_of_legend(x, y, color, words):
    yield f'<rect x="{x}" y="{y}" width="14" height="14" fill-opacity="0.45" style="fill:{color};stroke:{color}"/>'
    yield text(x + 22, y + 12, words, anchor="start")


def transpose_as_sum(rows=False):
    """Return the second weights as one table that is summed in one direction forward and in the other direction back."""
    value = book_values()
    W, a, delta = value["W2"], value["a1"], value["δ2"]
    ahead = ("$a^1$", a, ACT, None), ("$a^1 W^2$" if rows else "$W^2 a^1$", W @ a)
    back = ("$δ^2$", delta, ERR, "4 2"), ("$δ^2 (W^2)^T$" if rows else "$(W^2)^T δ^2$", W.T @ delta)
    # What multiplies the columns of the table stands above it, what multiplies its rows stands on the left.
    (across, across_sum), (down, down_sum) = (back, ahead) if rows else (ahead, back)
    W = W.T if rows else W
    n, k = W.shape
    w, h, top = 46, 34, 84
    left = 104 if k > 2 else 122
    right, bottom = left + k * w, top + n * h
    (above, above_values, above_color, above_dash), (beside, beside_values, beside_color, beside_dash) = across, down
    parts = [
        text(left - 12, 43, f"{above} {shape(above_values)}", anchor="end"),
        *cells(left, 22, above_values[None], above_color, w, h),
        text(left - 46, top - 10, f"{beside} {shape(beside_values)}"),
        *cells(left - 69, top, beside_values[:, None], beside_color, w, h),
        *cells(left, top, W, WT, w, h, strong=True),
        text(right + 53, top - 10, f"{across_sum[0]} {shape(across_sum[1])}"),
        *cells(right + 30, top, across_sum[1][:, None], INK, w, h),
        *(
            arrow(right + 4, top + (j + 0.5) * h, right + 27, top + (j + 0.5) * h, above_color, above_dash)
            for j in range(n)
        ),
        *(
            arrow(left + (i + 0.5) * w, bottom + 4, left + (i + 0.5) * w, bottom + 27, beside_color, beside_dash)
            for i in range(k)
        ),
        *cells(left, bottom + 30, down_sum[1][None], INK, w, h),
        text(left - 12, bottom + 52, f"{down_sum[0]} {shape(down_sum[1])}", anchor="end"),
    ]
    ways = ("sum down each column", "sum along each row")
    forward_sum, back_sum = ways if rows else ways[::-1]
    parts += [
        text(WIDTH / 2, bottom + 92, f"Forward: multiply by $a$, and {forward_sum}.", color=SOFT),
        text(WIDTH / 2, bottom + 112, f"Back: multiply by $δ$, and {back_sum}.", color=SOFT),
    ]
    lines = ("column", "row") if rows else ("row", "column")
    return drawn(
        bottom + 122,
        f"One table of weights: a sum for each {lines[0]} forward, and for each {lines[1]} back",
        f"W2 has {n} rows, {'; '.join(map(series, W))}. Forward, each {lines[0]} is multiplied by the activations {series(a)} and "
        f"summed, which gives {series(value['W2'] @ a)}. Back, each {lines[1]} is multiplied by the errors {series(delta)} and summed, "
        f"which gives {series(value['W2'].T @ delta)}. The backward pass sums over the other index, and that is the transpose.",
        parts,
    )
