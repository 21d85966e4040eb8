"""Where the derivatives come from: an output unit, a bias in a batch, one weight; and a wrong gradient. Units and examples count from 1."""

import numpy as np

from backprop import bias_gradient, quadratic_prime, sigmoid_prime
from backprop._example import book_values
from backprop.mistakes import inverse_for_transpose
from website.pages.drawing import (
    ACT,
    BIAS,
    ERR,
    FAINT,
    INK,
    SLOPE,
    SOFT,
    WT,
    arrow,
    between,
    bracketed,
    circle,
    drawn,
    line,
    number,
    series,
    text,
)
from website.pages.mistakes import picture


def output_unit(unit=0):
    """Return the path from the weighted input of an output unit of the 2-3-2 network to the cost, and its two derivatives."""
    value, j = book_values(), unit + 1
    z, a, y, C, delta = value["z2"][unit], value["a2"][unit], value["y"][unit], value["C"], value["δ2"][unit]
    dC_da, derivative = quadratic_prime(value["a2"], value["y"])[unit], sigmoid_prime(value["z2"])[unit]
    r, height = 26, 46
    start, middle, end = (60, height), (182, height), (304, height)
    parts = [
        arrow(4, height, start[0] - r, height, SOFT),
        arrow(end[0], height + 72, end[0], height + r, SOFT),
        text(end[0], height + 88, "the other output", color=SOFT),
    ]
    for (x, _), symbol, shown, color in zip(
        (start, middle, end), (f"$z^2_{j}$", f"$a^2_{j}$", "$C$"), (z, a, C), (INK, ACT, INK)
    ):
        parts += [
            circle(x, height, r),
            text(x, height - 3, symbol),
            text(x, height + 14, number(shown), color=color),
        ]
    for (left, _), (right, _), name, back, color in (
        (start, middle, "$σ$", derivative, SLOPE),
        (middle, end, "cost", dC_da, ERR),
    ):
        at = (left + right) / 2
        parts += [
            arrow(left + r, height - 6, right - r, height - 6),
            arrow(right - r, height + 8, left + r, height + 8, color, dash="5 3"),
            text(at, height - 14, name, color=SOFT),
            text(at, height + 26, number(back), color=color),
        ]
    lines = (
        (f"$∂C/∂a^2_{j}$ = $a^2_{j}$ − $y_{j}$", f"{number(a)} − {number(y)}", dC_da),
        (f"$σ′(z^2_{j})$ = $a^2_{j}$ (1 − $a^2_{j}$)", f"{number(a)} · {number(1 - a)}", derivative),
        (f"$δ^2_{j}$ = $∂C/∂a^2_{j}$ · $σ′(z^2_{j})$", f"{bracketed(dC_da)} · {number(derivative)}", delta),
    )
    for down, (name, product, result) in zip((172, 198, 232), lines):
        parts += [
            text(8, down, name, anchor="start"),
            text(306, down, f"{product}  =", anchor="end"),
            text(354, down, number(result), anchor="end"),
        ]
    parts.append(line(8, 210, 354, 210, FAINT))
    return drawn(
        244,
        f"From the weighted input of output unit {j} to the cost",
        f"The weighted input of output unit {j} is {number(z)}, its activation {number(a)}, its target {number(y)}; the cost of both "
        f"outputs is {number(C)}. The derivative of the cost with respect to the activation is {number(dC_da)}, and the derivative of "
        f"the activation function is {number(derivative)}. Their product is the error of the unit, {number(delta)}.",
        parts,
    )


def bias_paths():
    """Return one bias that is used in two examples: two paths to the cost, and their sum."""
    delta = batch_errors()[0]
    total = bias_gradient(batch_errors())[0]
    start, end, over, r = (44, 102), (316, 102), [(180, 54), (180, 150)], 26
    parts = [
        *(circle(*at, r) for at in (start, end, *over)),
        text(44, 107, "$b^2_1$"),
        text(316, 107, "$C$"),
        text(180, 20, "example 1", color=SOFT),
        text(180, 194, "example 2", color=SOFT),
    ]
    for i, at in enumerate(over):
        y = 58 if i == 0 else 156
        parts += [
            arrow(*between(start, at, r), BIAS),
            arrow(*between(at, end, r), ERR),
            text(at[0], at[1] + 5, "$z^2_1$"),
            text(106, y, "1", color=BIAS),
            text(258, y, number(delta[i]), color=ERR),
        ]
    lines = [
        *(
            (f"example {i + 1}: $∂z^2_1/∂b^2_1$ · $δ^2_1$", f"1 · {bracketed(error)}", error)
            for i, error in enumerate(delta)
        ),
        ("$∂C/∂b^2_1$", "the sum of both", total),
    ]
    for y, (name, product, result) in zip((228, 252, 284), lines):
        parts += [
            text(8, y, name, anchor="start"),
            text(306, y, f"{product}  =", anchor="end"),
            text(354, y, number(result), anchor="end"),
        ]
    parts.append(line(8, 264, 354, 264, FAINT))
    return drawn(
        296,
        "One bias in two examples: two paths to the cost",
        f"The bias of output unit 1 is added to the weighted input of this unit in both examples, so each path begins with the "
        f"derivative 1. The errors of the unit in the two examples are {series(delta)}. The paths add up to {number(total)}.",
        parts,
    )


def batch_errors():
    """Return the errors of two output units in two examples, the examples as columns: the batch of BP3 and BP4."""
    return np.array([[0.0625, 0.03125], [-0.0625, 0.0]])


def one_weight(to=1, source=2):
    """Return the second weights of the 2-3-2 network, one of them in color, with the activation and the error that it joins."""
    value = book_values()
    a, delta = value["a1"], value["δ2"]
    gradient = value["∂C/∂W2"][to, source]
    r, left, right = 24, 62, 298
    Y_left, Y_right = [58 + 62 * i for i in range(len(a))], [89 + 62 * i for i in range(len(delta))]
    ends = between((left, Y_left[source]), (right, Y_right[to]), r)
    parts = [text(left, 20, "activations $a^1$", color=SOFT), text(right, 20, "errors $δ^2$", color=SOFT)]
    for i, y in enumerate(Y_left):
        parts += [circle(left, y, r), text(left, y + 5, number(a[i]), color=ACT)]
        parts += [text(14, y + 5, str(i + 1), color=SOFT)]
        for k, over in enumerate(Y_right):
            if (k, i) != (to, source):
                parts.append(line(*between((left, y), (right, over), r), WT, opacity=0.35))
    for k, y in enumerate(Y_right):
        parts += [circle(right, y, r), text(right, y + 5, number(delta[k]), color=ERR)]
        parts += [text(346, y + 5, str(k + 1), color=SOFT)]
    weight = f"w^2_{{{to + 1}←{source + 1}}}"
    parts += [
        arrow(*ends, WT),
        text((left + right) / 2 + 6, (Y_left[source] + Y_right[to]) / 2 + 24, f"${weight}$"),
        text(8, 234, f"$∂C/∂{weight}$ = $δ^2_{to + 1}$ · $a^1_{source + 1}$", anchor="start"),
        text(306, 234, f"{bracketed(delta[to])} · {number(a[source])}  =", anchor="end"),
        text(354, 234, number(gradient), anchor="end"),
    ]
    return drawn(
        246,
        f"The weight from hidden unit {source + 1} to output unit {to + 1}",
        f"Three hidden units with the activations {series(a)} and two output units with the errors {series(delta)} are joined by "
        f"{value['W2'].size} weights. The derivative for the weight from hidden unit {source + 1} to output unit {to + 1} is the error "
        f"{number(delta[to])} times the activation {number(a[source])}, which is {number(gradient)}.",
        parts,
    )


def falling_losses():
    """Return the loss under a wrong gradient that has the right shape, beside the loss under the right one."""
    return picture(inverse_for_transpose.MISTAKE)
