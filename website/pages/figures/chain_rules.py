"""The chain rule for several paths, and the table of all derivatives of a layer."""

from backprop._example import book_values
from website.pages.drawing import (
    ACT,
    FAINT,
    INK,
    SOFT,
    WIDTH,
    WT,
    arrow,
    between,
    circle,
    drawn,
    line,
    minus,
    number,
    series,
    text,
)


def two_paths(x=2):
    """Return x, which changes C = u v through u = x² and through v = 3x + 1, with the derivative along every step."""
    u, v = x**2, 3 * x + 1
    du_dx, dv_dx, dC_du, dC_dv = 2 * x, 3, v, u
    start, end, over, r = (36, 92), (324, 92), [(180, 40), (180, 144)], 26
    parts = []
    for at, name, value in ((start, "x", x), (over[0], "u", u), (over[1], "v", v), (end, "C", u * v)):
        parts += [circle(*at, r), text(at[0], at[1] - 3, f"${name}$"), text(at[0], at[1] + 14, minus(value))]
    for at, y, first, second in (
        (over[0], 44, f"du/dx = {minus(du_dx)}", f"∂C/∂u = {minus(dC_du)}"),
        (over[1], 154, f"dv/dx = {minus(dv_dx)}", f"∂C/∂v = {minus(dC_dv)}"),
    ):
        parts += [arrow(*between(start, at, r)), arrow(*between(at, end, r))]
        parts += [text(88, y, f"${first}$"), text(272, y, f"${second}$")]
    lines = [
        ("through $u$:  $∂C/∂u · du/dx$", f"{minus(dC_du)} · {minus(du_dx)}", dC_du * du_dx),
        ("through $v$:  $∂C/∂v · dv/dx$", f"{minus(dC_dv)} · {minus(dv_dx)}", dC_dv * dv_dx),
        ("$dC/dx$", "the sum of both", dC_du * du_dx + dC_dv * dv_dx),
    ]
    for y, (name, product, result) in zip((206, 230, 262), lines):
        parts += [
            text(8, y, name, anchor="start"),
            text(316, y, f"{product}  =", anchor="end"),
            text(354, y, minus(result), anchor="end"),
        ]
    parts.append(line(8, 242, 354, 242, FAINT))
    return drawn(
        272,
        "Two paths from x to C",
        f"x is {x}. It changes u, which is the square of x, {u}, and v, which is 3x + 1, {v}; C is u times v, {u * v}. Through u the "
        f"path contributes {dC_du} times {du_dx}, which is {dC_du * du_dx}; through v it contributes {dC_dv} times {dv_dx}, which is "
        f"{dC_dv * dv_dx}. The derivative of C with respect to x is their sum, {lines[2][2]}.",
        parts,
    )


def jacobian():
    """Return the Jacobian of the second weighted input of the 2-3-2 network with respect to the first activations."""
    W = book_values()["W2"]
    n, k = W.shape
    w, h, left, top = 88, 52, 84, 66
    parts = [text(left + k * w / 2, 20, "with respect to", color=SOFT), text(8, top - 14, "derivative", "start", SOFT)]
    parts += [text(left + (j + 0.5) * w, top - 14, f"$a_{j + 1}$", color=ACT) for j in range(k)]
    for i in range(n):
        y = top + i * h
        parts += [line(left, y, left + k * w, y), text(8, y + 31, f"of $z_{i + 1}$", "start")]
        for j in range(k):
            middle = left + (j + 0.5) * w
            parts += [
                text(middle, y + 21, f"$∂z_{i + 1}/∂a_{j + 1}$", color=SOFT),
                text(middle, y + 41, number(W[i, j]), color=WT),
            ]
    parts += [line(left, top + n * h, left + k * w, top + n * h)]
    parts += [line(left + j * w, top, left + j * w, top + n * h, INK) for j in range(k + 1)]
    parts.append(text(WIDTH / 2, top + n * h + 26, "Each entry is one weight: from $a_j$ to $z_k$.", color=SOFT))
    return drawn(
        top + n * h + 38,
        "The Jacobian of the weighted inputs of the output layer",
        f"A table with {n} rows, one for each weighted input z, and {k} columns, one for each activation a. Entry k, j is the derivative "
        f"of z k with respect to a j, which is the weight between them: {'; '.join(map(series, W))}.",
        parts,
    )
