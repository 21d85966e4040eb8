"""The layers of sequences: what softmax does to the gradient in attention, recurrence in time, the rows of an embedding, a mask, and a skip connection."""

import numpy as np

from backprop.layers import (
    attention,
    attention_backward,
    dense,
    dense_backward,
    dropout,
    dropout_backward,
    embedding,
    embedding_backward,
    lstm,
    lstm_backward,
    recurrent,
    recurrent_backward,
)
from website.pages.drawing import (
    ACT,
    ERR,
    INK,
    SOFT,
    WIDTH,
    WT,
    arrow,
    cells,
    circle,
    curve,
    drawn,
    line,
    number,
    series,
    shape,
    text,
)


def _exact(values):
    """Return numbers without the rounding that the logarithms in the examples leave."""
    return np.round(np.asarray(values), 12)


def _sum_of(terms):
    return " + ".join(f"{number(p)} · {number(g)}" for p, g in terms)


def _vector(values):
    return f"({', '.join(map(number, values))})"


def attention_rows():
    """Return the weights of two queries, the derivatives with respect to them, and with respect to the scores."""
    Q = np.log(2) * np.array([[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]])
    K = np.sqrt(3) * np.eye(3)[None]  # so that the scores are those of the example
    V, dC_dout = np.array([[[4.0, 0.0], [0.0, 4.0], [8.0, 4.0]]]), np.eye(2)[None]
    P = _exact(attention(Q, K, np.eye(3)[None])[0])
    dC_dP = (dC_dout @ np.swapaxes(V, 1, 2))[0]
    dC_dS = _exact(attention_backward(dC_dout, Q, K, V).dC_dQ[0])  # K / √d is the identity matrix
    w, h, top, lefts = 35, 30, 44, (6, 128, 250)
    names = (("weights $P$", P, ACT), ("$∂C/∂P$", dC_dP, ERR), ("$∂C/∂S$", dC_dS, ERR))
    parts = []
    for left, (name, table, color) in zip(lefts, names):
        parts += [text(left + 1.5 * w, top - 12, name), *cells(left, top, table, color, w, h, strong=name == "$∂C/∂S$")]
    means = np.sum(P * dC_dP, axis=1)
    for i, mean in enumerate(means):
        words = f"Row {i + 1}, mean: {_sum_of(zip(P[i], dC_dP[i]))} = {number(mean)}"
        parts.append(text(WIDTH / 2, top + 2 * h + 28 + 22 * i, words))
    parts.append(
        text(WIDTH / 2, top + 2 * h + 76, "Subtract the mean from the row of $∂C/∂P$, and multiply by $P$.", color=SOFT)
    )
    return drawn(
        top + 2 * h + 90,
        "How the gradient goes through the softmax of attention, for two queries and three keys",
        f"The weights of the two queries are {'; '.join(map(series, P))}. The derivatives of the cost with respect to them are "
        f"{'; '.join(map(series, dC_dP))}. Their means with these weights are {series(means)}. The mean is subtracted from its row, and "
        f"the rest is multiplied by the weights. The derivatives with respect to the scores are {'; '.join(map(series, dC_dS))}. "
        "Each row of them sums to 0.",
        parts,
    )


def recurrent_unrolled():
    """Return three time steps of one recurrent unit, with the errors that go back."""
    half = np.log(3) / 2
    x, one = np.array([[[half], [half - 0.25], [-half - 0.25]]]), np.array([[1.0]])
    W_h, b, h0, errors = np.array([[0.5]]), np.zeros(1), np.zeros((1, 1)), np.array([0.0, 0.0, 1.0])
    states = _exact(recurrent(x, one, W_h, b, h0).ravel())
    found = recurrent_backward(errors[None, :, None], x, one, W_h, b, h0)
    deltas, of_first = _exact(found.dC_dx.ravel()), _exact(found.dC_dh0.ravel())
    r, y, xs = 20, 108, (34, 128, 222, 316)
    parts = [circle(xs[0], y, r), text(xs[0], y + 5, number(h0[0, 0]), color=ACT), text(xs[0], y - 30, "$h_0$")]
    for t in range(3):
        at, before = xs[t + 1], xs[t]
        parts += [
            circle(at, y, r),
            text(at, y + 5, number(states[t]), color=ACT),
            text(at - 17, y - 31, f"$h_{t + 1}$"),
            text(at, 20, f"error {number(errors[t])}", color=ERR),
            arrow(at, 28, at, y - r - 2, ERR, "4 2"),
            arrow(at, y + 66, at, y + r + 2),
            text(at, y + 82, f"$x_{t + 1}$"),
            arrow(before + r, y - 6, at - r, y - 6, WT),
            text((before + at) / 2, y - 12, number(W_h[0, 0]), color=WT),
            arrow(at - r, y + 8, before + r, y + 8, ERR, "4 2"),
            text(at, y + 110, f"$δ_{t + 1}$ = {number(deltas[t])}"),
        ]
    parts += [
        text(xs[0], y + 104, "$∂C/∂h_0$"),
        text(xs[0], y + 122, f"= {number(of_first[0])}"),
        text(WIDTH / 2, y + 150, f"Each step back: times {number(W_h[0, 0])} and times 1 − $h^2$ = 3/4.", color=SOFT),
    ]
    return drawn(
        y + 162,
        "A recurrent layer with one unit, unrolled for three time steps",
        f"The states after the first one, 0, are {series(states)}. Between two states is always the same weight, {number(W_h[0, 0])}. The "
        f"outputs have the errors {series(errors)}. Going back, the errors of the steps 1, 2 and 3 are {series(deltas)}. The "
        f"derivative with respect to the first state is {number(of_first[0])}.",
        parts,
    )


def _box(x, y, w, h, words):
    """Return a box around (x, y) with words in it."""
    edge = f'<rect x="{x - w / 2:g}" y="{y - h / 2:g}" width="{w:g}" height="{h:g}" rx="4" style="fill:none;stroke:{INK}"/>'
    return edge + text(x, y + 5, words)


def attention_steps():
    """Return the steps of attention in both passes: two products, softmax between them, and the shape of everything."""
    Q, K, V = np.ones((1, 2, 4)), np.ones((1, 3, 4)), np.ones((1, 3, 5))
    out = attention(Q, K, V)
    found = attention_backward(out, Q, K, V)
    scores = (1, Q.shape[1], K.shape[1])
    y, low, x = 96, 216, (34, 124, 220, 318)
    parts = [
        _box(x[0], y - 40, 40, 26, "$Q$"),
        text(x[0], y - 62, shape(Q)),
        _box(x[0], y + 40, 40, 26, "$K$"),
        text(x[0], y + 70, shape(K)),
        _box(x[0], low, 40, 26, "$V$"),
        text(x[0], low + 30, shape(V)),
        _box(x[1], y, 40, 26, "$S$"),
        text(x[1], y - 24, str(scores)),
        _box(x[2], y, 40, 26, "$P$"),
        text(x[2], y - 24, str(scores)),
        _box(x[3], low - 44, 40, 26, "out"),
        text(x[3] + 8, low - 68, shape(out)),
    ]
    # Forward, and next to it the way back.
    ways = [
        ((x[0] + 20, y - 34), (x[1] - 20, y - 6)),
        ((x[0] + 20, y + 34), (x[1] - 20, y + 2)),
        ((x[1] + 20, y - 4), (x[2] - 20, y - 4)),
        ((x[2] + 14, y + 13), (x[3] - 20, low - 50)),
        ((x[0] + 20, low - 4), (x[3] - 20, low - 42)),
    ]
    beside = [(2, -9), (0, 9), (0, 9), (9, -6), (0, 9)]  # where the way back is: on the side of its label
    for ((x1, y1), (x2, y2)), (right, down) in zip(ways, beside):
        parts += [arrow(x1, y1, x2, y2), arrow(x2 + right, y2 + down, x1 + right, y1 + down, ERR, "4 2")]
    parts += [
        text((x[1] + x[2]) / 2, y - 12, "softmax", color=SOFT),
        text((x[1] + x[2]) / 2, y + 26, "Jacobian,", color=ERR),
        text((x[1] + x[2]) / 2, y + 42, "row by row", color=ERR),
        text(92, y - 38, "$K$ / √$d$", color=ERR, anchor="start"),
        text(84, y + 46, "$Q$ / √$d$", color=ERR, anchor="start"),
        text(272, y + 28, "$V^T$", color=ERR, anchor="start"),
        text(172, low + 8, "$P^T$", color=ERR),
    ]
    return drawn(
        low + 44,
        "The steps of attention, forward and backward, with their shapes",
        f"The queries of shape {shape(Q)} and the keys of shape {shape(K)} give the scores S of shape {scores}. Softmax gives the weights P of the same shape. "
        f"The weights and the values of shape {shape(V)} give the output of shape {shape(out)}. Going back, the error is multiplied by the transposed values on its way "
        f"to P, and by the transposed weights on its way to V. Then it goes through the Jacobian of softmax, row by row. From S it goes to Q by K / √d, and to K by Q / √d. "
        f"The gradients have the shapes {shape(found.dC_dQ)}, {shape(found.dC_dK)} and {shape(found.dC_dV)}.",
        parts,
    )


def lstm_step():
    """Return one step of an LSTM with one unit: the cell state in a line, the gates below it, and the errors that go back."""
    half = np.log(3) / 2
    x, h0, c0 = np.array([[[1.0]]]), np.zeros((1, 1)), np.array([[2 * half - 0.5]])
    W_x, W_h, b = np.array([[0.0, 0.0, half, 0.0]]), np.zeros((1, 4)), np.zeros(4)
    h = _exact(lstm(x, W_x, W_h, b, h0, c0).ravel())[0]
    found = lstm_backward(np.ones((1, 1, 1)), x, W_x, W_h, b, h0, c0)
    of_i, _, of_g, of_o = _exact(found.dC_db)
    of_c0 = _exact(found.dC_dc0.ravel())[0]
    of_c1 = of_c0 / 0.5  # back through the forget gate, which is 1/2
    y, middle, low, f, i, g, tail = 62, 126, 196, 92, 160, 220, 284
    r = 11
    parts = [
        text(22, y + 5, "$c_0$"),
        circle(f, y, r),
        text(f, y + 5, "×"),
        circle(190, y, r),
        text(190, y + 5, "+"),
        text(346, y + 5, "$c_1$"),
        circle(190, middle, r),
        text(190, middle + 5, "×"),
        _box(tail, 104, 44, 24, "tanh"),
        circle(tail, 152, r),
        text(tail, 157, "×"),
        text(346, 157, "$h_1$"),
        text(346, 176, number(h), color=ACT),
        arrow(34, y - 4, f - r, y - 4),
        arrow(f + r, y - 4, 190 - r, y - 4),
        arrow(190 + r, y - 4, 334, y - 4),
        arrow(190, middle - r, 190, y + r),
        arrow(tail, y - 4, tail, 92),
        arrow(tail, 116, tail, 152 - r),
        arrow(tail + r, 148, 334, 148),
        # Back
        arrow(334, y + 6, 190 + r, y + 6, ERR, "4 2"),
        arrow(190 - r, y + 6, f + r, y + 6, ERR, "4 2"),
        arrow(f - r, y + 6, 34, y + 6, ERR, "4 2"),
        arrow(334, 157, tail + r, 157, ERR, "4 2"),
        arrow(tail + 9, 140, tail + 9, 117, ERR, "4 2"),
        arrow(tail + 9, 91, tail + 9, y + 8, ERR, "4 2"),
        text(330, y + 24, "0", color=ERR),
        text(240, y - 14, f"∂C/∂$c_1$ = {number(of_c1)}", color=ERR),
        text(58, y - 14, f"∂C/∂$c_0$ = {number(of_c0)}", color=ERR),
        text(330, 132, "1", color=ERR),
    ]
    gates = {
        "$f$": (f, f, y + r, None),
        "$i$": (i, 184, middle + r, of_i),
        "$g$": (g, 196, middle + r, of_g),
        "$o$": (tail, tail, 152 + r, of_o),
    }
    for name, (at, to, top, delta) in gates.items():
        parts += [arrow(at, low - 14, to, top), text(at, low, f"{name} = 1/2", color=ACT)]
        if delta is not None:
            parts.append(text(at, low + 20, number(delta), color=ERR))
    parts += [
        text(30, low + 20, "$δ_1$", color=ERR),
        line(f - 26, low + 30, tail + 26, low + 30),
        text((f + tail) / 2, low + 48, "$z_1$ = $x_1$ $W_x$ + $h_0$ $W_h$ + $b$"),
    ]
    return drawn(
        low + 60,
        "One step of an LSTM, forward and backward",
        f"The cell state goes along a line: it is multiplied by the forget gate, and the product of the input gate and the candidate is added. The gates "
        f"and the candidate are all 1/2. The output gate multiplies tanh of the new cell state, and the hidden state is {number(h)}. Going back, the hidden state has the error 1, and no later step sends one to the cell state. "
        f"The new cell state has the derivative {number(of_c1)}, and the old one {number(of_c0)}, which is this times the forget gate. The errors of the input gate, the "
        f"candidate and the output gate are {number(of_i)}, {number(of_g)} and {number(of_o)}.",
        parts,
    )


def embedding_sum():
    """Return a lookup of three ids in a table of three rows, and the way of the errors back into the table."""
    E, ids = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0, 2, 0])
    errors = np.array([[0.5, 0.25], [1.0, -1.0], [0.25, 0.5]])
    out, dC_dE = embedding(E, ids), embedding_backward(errors, E, ids).dC_dE
    w, h, left, right, parts = 42, 28, 30, 262, []
    for top, names, tables, color, back in (
        (40, ("table $E$", "output"), (E, out), ACT, False),
        (176, ("gradient of $E$", "errors"), (dC_dE, errors), ERR, True),
    ):
        parts += [
            text(left + w, top - 12, names[0]),
            text(right + w, top - 12, names[1]),
            *cells(left, top, tables[0], color, w, h, strong=back),
            *cells(right, top, tables[1], color, w, h),
        ]
        parts += [text(14, top + (j + 0.5) * h + 5, str(j), color=SOFT) for j in range(3)]
        for place, j in enumerate(ids):
            ends = (left + 2 * w + 4, top + (j + 0.5) * h), (right - 28, top + (place + 0.5) * h)
            (x1, y1), (x2, y2) = ends[::-1] if back else ends
            parts += [arrow(x1, y1, x2, y2, color, "4 2" if back else None)]
            parts.append(text(right - 14, top + (place + 0.5) * h + 5, str(j), color=SOFT))
    parts.append(text(WIDTH / 2, 286, "Row 0 was used twice, so it gets the sum of two errors.", color=SOFT))
    return drawn(
        298,
        "An embedding: a lookup forward, and sums back",
        f"The table has the rows {'; '.join(map(series, E))}. The ids are {series(ids)}, so the outputs are {'; '.join(map(series, out))}. "
        f"The errors of the three places are {'; '.join(map(series, errors))}. The gradient of the table has the rows "
        f"{'; '.join(map(series, dC_dE))}. Row 0 was used twice, and row 1 not at all.",
        parts,
    )


def dropout_mask():
    """Return four units with dropout: the same mask and the same division forward and back."""
    x, keep = np.array([3.0, 1.0, -1.5, 0.75]), 0.75
    mask, errors = np.array([True, False, True, True]), np.array([0.75, 3.0, 1.5, -0.75])
    out, back = dropout(x, mask, keep=keep), dropout_backward(errors, x, mask, keep=keep).dC_dx
    w, h, left, parts = 54, 28, 132, []
    for top, names, values, color in (
        (14, ("input $x$", "output"), (x, out), ACT),
        (144, ("errors", "$∂C/∂x$"), (errors, back), ERR),
    ):
        for row, (name, shown, tint) in enumerate(
            ((names[0], values[0], color), ("mask", mask.astype(float), SOFT), (names[1], values[1], color))
        ):
            y = top + row * (h + 8)
            parts += [text(left - 10, y + h / 2 + 5, name, anchor="end"), *cells(left, y, shown[None], tint, w, h)]
        parts.append(text(8, top + (h + 8) + h / 2 + 5, f"× 1 / ({number(keep)})", anchor="start", color=SOFT))
    parts.append(line(10, 129, 350, 129, SOFT, 0.8, "2 3"))
    return drawn(
        260,
        "Dropout: the same mask forward and back",
        f"The inputs are {series(x)}. The mask is {series(mask.astype(float))}, and keep is {number(keep)}. The outputs are {series(out)}. "
        f"The errors of the outputs are {series(errors)}. They are multiplied by the same mask and divided by the same number, which "
        f"gives the derivatives with respect to the inputs, {series(back)}.",
        parts,
    )


def residual_paths():
    """Return a residual block: values forward in solid lines, errors back in dashed ones."""
    x, error = np.array([[1.0, 2.0]]), np.array([[1.0, -2.0]])
    W, b = np.array([[0.5, -1.0], [0.25, 0.5]]), np.array([0.0, 0.5])
    of_block, through = dense(x, W, b), dense_backward(error, x, W, b).dC_dx
    start, plus, y, r = (32, 124), (290, 124), 124, 16
    parts = [
        circle(*start, r),
        text(start[0], y + 5, "$x$"),
        circle(*plus, r),
        text(plus[0], y + 5, "+"),
        f'<rect x="140" y="{y - 22}" width="56" height="44" rx="4" style="fill:none;stroke:{INK}"/>',
        text(168, y + 5, "$F$"),
        # Forward
        curve([(start[0] - 5, y - r), (start[0] - 5, 40), (plus[0] + 5, 40)], INK, 1.5),
        arrow(plus[0] + 5, 40, plus[0] + 5, y - r),
        arrow(start[0] + r, y - 6, 140, y - 6),
        arrow(196, y - 6, plus[0] - r, y - 6),
        arrow(plus[0] + r, y - 6, 354, y - 6),
        text(161, 32, _vector(x[0])),
        text(92, y - 13, _vector(x[0])),
        text(235, y - 13, _vector(of_block[0])),
        text(334, y - 13, _vector((x + of_block)[0])),
        # Back
        arrow(354, y + 8, plus[0] + r, y + 8, ERR, "4 2"),
        arrow(plus[0] - r, y + 8, 196, y + 8, ERR, "4 2"),
        arrow(140, y + 8, start[0] + r, y + 8, ERR, "4 2"),
        curve([(plus[0] - 7, y - r), (plus[0] - 7, 52), (start[0] + 7, 52)], ERR, 1.5, "4 2"),
        arrow(start[0] + 7, 52, start[0] + 7, y - r, ERR, "4 2"),
        text(161, 68, _vector(error[0]), color=ERR),
        text(334, y + 26, _vector(error[0]), color=ERR),
        text(238, y + 26, _vector(error[0]), color=ERR),
        text(92, y + 26, _vector(through[0]), color=ERR),
        text(
            WIDTH / 2, y + 62, f"At $x$: {_vector(error[0])} + {_vector(through[0])} = {_vector((error + through)[0])}"
        ),
    ]
    return drawn(
        y + 76,
        "A residual block, with the errors that go back",
        f"The input {_vector(x[0])} goes into the block F and, on a second way, directly to an addition. The block gives "
        f"{_vector(of_block[0])}, and the sum is {_vector((x + of_block)[0])}. The error of the sum is {_vector(error[0])}. The addition gives it to both "
        f"paths. The block turns it into {_vector(through[0])}. At the input both are added: {_vector((error + through)[0])}.",
        parts,
    )
