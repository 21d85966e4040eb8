"""Activation functions and their derivatives, and what is left of an error after several layers."""

import math

import numpy as np

from backprop import sigmoid, sigmoid_prime
from website.pages.drawing import ACT, FAINT, SLOPE, curve, dot, drawn, line, minus, number, scale, scientific, text


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
