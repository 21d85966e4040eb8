"""Products of matrices as pictures: the outer product and the transpose."""

import numpy as np

import backprop
from backprop._example import book_values
from website.pages.drawing import ACT, ERR, INK, SOFT, WIDTH, WT, arrow, cells, drawn, series, shape, text


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
