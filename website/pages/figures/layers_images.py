"""The layers of images: the windows of a convolution, what batch norm removes, and the winners of max pooling. Rows and columns count from 1."""

import numpy as np

from backprop.layers import (
    batch_norm,
    batch_norm_backward,
    convolution,
    convolution_backward,
    max_pool,
    max_pool_backward,
)
from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SOFT,
    WIDTH,
    WT,
    bracketed,
    cells,
    drawn,
    line,
    number,
    series,
    text,
)


def _box(x, y, w, h, color, opacity=0.0, width=1.0):
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill-opacity="{opacity}" stroke-width="{width:g}" '
        f'style="fill:{color};stroke:{color}"/>'
    )


def _total(terms):
    """Return a sum as it is written, with its signs between the terms."""
    first, *rest = terms
    return number(first) + "".join(f" {'−' if term < 0 else '+'} {number(abs(term))}" for term in rest)


def convolution_paths():
    """Return a convolution of 3×3 pixels, and below it the four windows that the pixel in the middle is in."""
    x = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 1.0, 1.0]])
    K, b, errors = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5]), np.array([[1.0, 0.5], [-1.0, 2.0]])
    out = convolution(x[None, None], K[None, None], b)[0, 0]
    middle = convolution_backward(errors[None, None], x[None, None], K[None, None], b).dC_dx[0, 0, 1, 1]
    w, h, top = 32, 28, 30
    parts = [
        text(58, 20, "image $x$"),
        text(170, 20, "kernel $K$"),
        text(295, 20, "output"),
        *cells(10, top, x, ACT, w, h),
        _box(10 + w, top + h, w, h, ACT, 0.3, 2.4),
        text(122, top + 1.5 * h + 5, "⋆"),
        *cells(138, top + h / 2, K, WT, w, h),
        text(226, top + 1.5 * h + 5, f"+ {number(b[0])} ="),
        *cells(251, top + h / 2, out, INK, 44, h),
        text(WIDTH / 2, 144, "The pixel in the middle is in four windows:", color=SOFT),
    ]
    side, grids, products = 20, 158, []
    for k, (r, s) in enumerate(np.ndindex(2, 2)):
        left, at = 15 + 90 * k, (1 - r, 1 - s)  # where the pixel is in this window
        products.append(errors[r, s] * K[at])
        parts += [
            *(_box(left + j * side, grids + i * side, side, side, FAINT) for i, j in np.ndindex(3, 3)),
            *cells(left + s * side, grids + r * side, K, WT, side, side),
            _box(left + side, grids + side, side, side, WT, 0.25, 2.4),
            text(left + 30, grids + 80, f"error {number(errors[r, s])}", color=ERR),
            text(left + 30, grids + 100, f"{bracketed(K[at])} · {bracketed(errors[r, s])}"),
        ]
    below = grids + 146
    parts += [
        text(WIDTH / 2, grids + 124, f"The derivative of the pixel: {_total(products)} = {number(middle)}"),
        line(10, grids + 134, 350, grids + 134, FAINT),
        text(66, below + 12, "errors"),
        *cells(26, below + 22, errors, ERR, 40, h),
        text(122, below + 22 + h + 5, "×"),
        text(178, below + 12, "flipped kernel"),
        *cells(146, below + 22, K[::-1, ::-1], WT, w, h),
        text(226, below + h + 18, "pair by pair,", anchor="start", color=SOFT),
        text(226, below + h + 36, f"added: {number(middle)}", anchor="start", color=SOFT),
    ]
    return drawn(
        below + 92,
        "A convolution, and the paths from one pixel to the outputs",
        f"The image has the rows {'; '.join(map(series, x))}. The kernel has the rows {'; '.join(map(series, K))}, and the bias is "
        f"{number(b[0])}. The outputs are {'; '.join(map(series, out))}. The pixel in the middle is in all four windows: at the lower "
        "right, lower left, upper right and upper left of the kernel. "
        f"The errors of the four outputs are {series(errors.ravel())}. The products of weight and error are {series(products)}, and "
        f"their sum is {number(middle)}. So the errors are multiplied by the kernel with its rows and its columns reversed.",
        parts,
    )


def batch_norm_removes():
    """Return the gradient of four normalized values as bars: as it arrives, without its mean, and without its part along x̂."""
    x, epsilon = np.array([-1.0, 3.0, 4.0, 10.0]), 0.5
    gamma, dC_dout = np.array([2.0]), np.array([1.0, -1.0, 0.0, 2.0])
    x_hat = batch_norm(x[:, None], np.ones(1), np.zeros(1), epsilon=epsilon)[:, 0]
    g = gamma * dC_dout
    centered = g - g.mean()
    left = centered - x_hat * np.mean(g * x_hat)
    dC_dx = batch_norm_backward(dC_dout[:, None], x[:, None], gamma, np.zeros(1), epsilon=epsilon).dC_dx[:, 0]
    deviation = float(left[0] / dC_dx[0])
    unit, high, parts = 13.0, 100, []
    panels = (
        (x_hat, ACT, ("the normalized", "values $x̂$")),
        (g, ERR, ("the gradient $g$", "at $x̂$")),
        (centered, ERR, ("without", "its mean")),
        (left, ERR, ("without its", "part along $x̂$")),
    )
    for k, (values, color, names) in enumerate(panels):
        start = 8 + 89 * k
        parts += [text(start + 38, 18, names[0]), text(start + 38, 35, names[1])]
        parts.append(line(start, high, start + 78, high, SOFT, 1))
        for i, value in enumerate(values):
            x0, tall = start + 3 + 19 * i, abs(value) * unit
            parts.append(_box(x0, high - max(value, 0) * unit, 15, tall, color, 0.3))
        parts.append(text(start + 38, 162, f"mean {number(values.mean())}", color=SOFT))
        parts.append(
            text(
                start + 38,
                180,
                f"along $x̂$: {number(np.mean(values * x_hat))}"
                if k in (1, 2)
                else ("" if k == 0 else "along $x̂$: ≈ 0"),
                color=SOFT,
            )
        )
    parts.append(
        text(WIDTH / 2, 208, f"Divided by {number(deviation)}, this is $∂C/∂x$: {', '.join(map(number, dC_dx))}.")
    )
    return drawn(
        220,
        "What batch norm removes from a gradient of four examples",
        f"The normalized values are {series(x_hat)}. The gradient with respect to them is {series(g)}. Its mean is "
        f"{number(g.mean())}, and without the mean it is {series(centered)}. Its part along the normalized values is "
        f"{number(np.mean(g * x_hat))} times these values. Without this part, too, it is {series(left)}. Divided by the standard deviation, "
        f"{number(deviation)}, this is the derivative with respect to the inputs, {series(dC_dx)}.",
        parts,
    )


def max_pool_winner():
    """Return max pooling with windows that overlap: the winner of each window, and where the errors go."""
    x = np.array([[3.0, 4.0, 2.0], [1.0, 5.0, 0.0], [8.0, 6.0, 4.0]])
    errors = np.array([[-1.5, 0.75], [0.25, 0.5]])
    out = max_pool(x[None, None], size=2, stride=1)[0, 0]
    back = max_pool_backward(errors[None, None], x[None, None], size=2, stride=1).dC_dx[0, 0]
    side, grids, parts = 22, 34, [text(WIDTH / 2, 20, "Four windows, and the largest entry of each:", color=SOFT)]
    for k, (r, s) in enumerate(np.ndindex(2, 2)):
        left = 12 + 90 * k
        u, v = divmod(int(np.argmax(x[r : r + 2, s : s + 2])), 2)
        parts += [
            *cells(left, grids, x, SOFT, side, side),
            _box(left + s * side, grids + r * side, 2 * side, 2 * side, ACT, 0.1, 2),
            _box(left + (s + v) * side, grids + (r + u) * side, side, side, ACT, 0.4, 1),
            text(left + 33, grids + 86, f"output {number(out[r, s])}", color=ACT),
            text(left + 33, grids + 104, f"error {number(errors[r, s])}", color=ERR),
        ]
    w, h, low = 46, 28, 186
    parts += [
        line(10, 150, 350, 150, FAINT),
        text(66, low - 12, "errors"),
        *cells(20, low + h / 2, errors, ERR, w, h),
        text(148, low + 1.5 * h + 5, "→"),
        text(252, low - 12, "derivative of each pixel"),
        *cells(183, low, back, ERR, w, h),
        text(WIDTH / 2, low + 3 * h + 26, f"The 5 wins twice, so it gets both errors: {_total([errors[0, 0], errors[0, 1]])} = {number(back[1, 1])}.", color=SOFT),
    ]  # fmt: skip
    return drawn(
        low + 3 * h + 38,
        "Max pooling: the winner of each window gets the error",
        f"The image has the rows {'; '.join(map(series, x))}. The largest entries of its four windows are {series(out.ravel())}; "
        f"the 5 is the largest of two windows. The errors of the outputs are {series(errors.ravel())}. The derivatives of the "
        f"pixels have the rows {'; '.join(map(series, back))}.",
        parts,
    )
