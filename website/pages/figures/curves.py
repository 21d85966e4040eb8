"""Activation functions and costs with their derivatives, and what is left of an error after several layers."""

import math

import numpy as np

import backprop
from backprop import (
    cross_entropy,
    cross_entropy_prime,
    output_error,
    quadratic,
    quadratic_prime,
    sigmoid,
    sigmoid_prime,
)
from backprop._example import book_values
from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SLOPE,
    SOFT,
    curve,
    dot,
    drawn,
    line,
    minus,
    number,
    scale,
    scientific,
    series,
    text,
)


def sigmoid_and_derivative():
    """Return the sigmoid and its derivative, with the hidden units of the 2-3-2 network on both."""
    z, units = np.linspace(-7, 7, 141), book_values()["z1"]
    x, y = scale(-7, 7, 34, 352), scale(0, 1, 196, 24)
    parts = [
        *(line(34, y(v), 352, y(v), FAINT) for v in (0, 0.25, 0.5, 0.75, 1)),
        *(text(28, y(v) + 4, number(v), anchor="end") for v in (0, 0.25, 0.5, 0.75, 1)),
        *(text(x(v), 214, minus(v)) for v in range(-6, 7, 2)),
        curve(zip(x(z), y(sigmoid(z))), ACT),
        curve(zip(x(z), y(sigmoid_prime(z))), SLOPE),
        text(x(2.4), y(0.82), "$a = σ(z)$", anchor="start", color=ACT),
        text(x(2.7), y(0.13), "$σ′(z)$", anchor="start"),
        text(x(-5), y(0.1), "saturated", color=SOFT),
        text(x(5.6), y(0.1), "saturated", color=SOFT),
        text(193, 234, "weighted input $z$"),
    ]
    for unit in units:
        a, derivative, side = float(sigmoid(unit)), float(sigmoid_prime(unit)), int(np.sign(unit))
        beside = {-1: "end", 0: "middle", 1: "start"}[side]
        parts += [
            line(x(unit), y(0), x(unit), y(a), FAINT, dash="3 3"),
            dot(x(unit), y(a), ACT),
            dot(x(unit), y(derivative), SLOPE),
            text(x(unit) - 8, y(a) - 5, number(a), anchor="end", color=ACT),
            text(x(unit) + 8 * side, y(derivative) - {-1: 0, 0: 9, 1: 6}[side], number(derivative), beside, SLOPE),
        ]
    return drawn(
        244,
        "The sigmoid and its derivative, with the hidden units of the 2-3-2 network",
        f"The sigmoid rises from 0 to 1. Its derivative is largest at z = 0, where it is {number(sigmoid_prime(0.0))}; at z = 4 "
        f"and at z = −4 it is only {float(sigmoid_prime(4.0)):.3f}. The hidden units of the 2-3-2 network have the activations "
        f"{series(sigmoid(units))} and the derivatives {series(sigmoid_prime(units))}.",
        parts,
    )


def activation_curves():
    """Return sigmoid, tanh, ReLU and identity, each with its derivative, all to one scale."""
    names = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "identity": "identity"}
    return _panels(names, -1.25, 2.1, "Four activation functions and their derivatives")


def rectifier_curves():
    """Return ReLU and its relatives, each with its derivative, all to one scale."""
    names = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "softplus": "softplus", "silu": "SiLU", "gelu": "GELU"}
    return _panels(names, -0.5, 2.6, "ReLU and four of its relatives, with their derivatives")


def _panels(names, low, high, title):
    """Return the curves of some activation functions, each in a panel of its own."""
    parts, told, unit, below, above = [], [], 24, 22, 24
    tall = (high - low) * unit + below + above + 12
    for i, (name, label) in enumerate(names.items()):
        value, prime = getattr(backprop, name), getattr(backprop, f"{name}_prime")
        left, top = 30 + i % 2 * 182, above + i // 2 * tall
        x = scale(-3, 3, left, left + 6 * unit)
        y = scale(low, high, top + (high - low) * unit, top)
        parts += [
            text(x(0), top - 9, label),
            *(line(x(-3), y(v), x(3), y(v), FAINT) for v in range(math.ceil(low), math.floor(high) + 1)),
            line(x(0), y(low), x(0), y(high), FAINT),
            *(text(left - 6, y(v) + 4, minus(v), "end") for v in range(math.ceil(low), math.floor(high) + 1)),
            *(text(x(v), y(low) + 17, minus(v)) for v in (-2, 0, 2)),
            *_within(x, y, value, low, high, ACT),
            *_within(x, y, prime, low, high, SLOPE, dash="5 3"),
        ]
        told.append(
            f"{label} is {_at(value, -2)} at z = −2 and {_at(value, 2)} at z = 2; its derivative is {_at(prime, -2)} and {_at(prime, 2)}"
        )
    rows = -(-len(names) // 2)
    legend = above + rows * tall if len(names) % 2 == 0 else above + (rows - 1) * tall + 40
    at = 30 if len(names) % 2 == 0 else 212
    parts += [
        line(at, legend - 4, at + 26, legend - 4, ACT, 1.8),
        text(at + 34, legend, "activation $a$", "start", ACT),
        line(at, legend + 20, at + 26, legend + 20, SLOPE, 1.8, "5 3"),
        text(at + 34, legend + 24, "derivative", "start"),
        text(at, legend + 48, "horizontal: the weighted input $z$", "start"),
    ]
    return drawn(max(legend + 58, above + rows * tall - 12), title, f"{'. '.join(told)}.", parts)


def _within(x, y, function, low, high, color, dash=None):
    """Yield the pieces of a curve that are between two heights; a jump divides it."""
    z = np.linspace(-3, 3, 601) + 1e-9
    piece = []
    for at, value in zip(z, function(z)):
        jumps = piece and abs(value - piece[-1][1]) > 0.5
        if jumps or not low <= value <= high:
            if len(piece) > 1:
                yield curve([(x(a), y(b)) for a, b in piece], color, dash=dash)
            piece = []
        if low <= value <= high:
            piece.append((at, value))
    if len(piece) > 1:
        yield curve([(x(min(a, 3)), y(b)) for a, b in piece], color, dash=dash)


def _at(function, z):
    return minus(f"{float(function(float(z))):.3g}")


def cost_curves():
    """Return the quadratic cost and cross-entropy of one output with target 0, and their derivatives, over the output."""
    a, target = np.linspace(0, 0.999, 1000), 0.0
    costs = {
        "quadratic": (quadratic, quadratic_prime, None),
        "cross-entropy": (cross_entropy, cross_entropy_prime, "6 3"),
    }
    parts, told = [], []
    for left, which, high, title in ((26, 0, 4, "cost $C$"), (208, 1, 8, "derivative $∂C/∂a$")):
        x, y = scale(0, 1, left, left + 144), scale(0, high, 214, 34)
        steps = range(0, high + 1, high // 4)
        parts += [
            text(x(0.5), 18, title),
            *(line(x(0), y(v), x(1), y(v), FAINT) for v in steps),
            *(text(left - 5, y(v) + 4, str(v), "end") for v in steps),
            *(text(x(v), 232, number(v)) for v in (0, 0.5, 1)),
            text(x(0.5), 252, "output $a$"),
        ]
        for function in costs.values():
            values = np.array([np.sum(function[which](np.array([v]), np.array([target]))) for v in a])
            parts.append(curve([(x(v), y(c)) for v, c in zip(a, values) if c <= high], INK, dash=function[2]))
    for name, (value, prime, _) in costs.items():
        half, late = (np.array([v]) for v in (0.5, 0.99))
        told.append(
            f"The {name} cost is {float(value(half, [target])):.3g} at a = 1/2 and {float(value(late, [target])):.3g} at a = 0.99; its "
            f"derivative is {float(prime(half, [target])[0]):.3g} and {float(prime(late, [target])[0]):.3g}"
        )
    parts += [
        line(26, 272, 56, 272, INK, 1.8),
        text(64, 276, "quadratic", "start"),
        line(208, 272, 238, 272, INK, 1.8, "6 3"),
        text(246, 276, "cross-entropy", "start"),
    ]
    return drawn(286, "Two costs of one output with target 0, and their derivatives", f"{'. '.join(told)}.", parts)


def error_curves():
    """Return the error of a sigmoid output with target 0 under both costs, over the output."""
    a, target = np.linspace(0.001, 0.999, 500), np.zeros(500)
    errors = {
        "quadratic": (output_error(quadratic_prime(a, target), a * (1 - a)), None),
        "cross-entropy": (output_error(cross_entropy_prime(a, target), a * (1 - a)), "6 3"),
    }
    x, y = scale(0, 1, 40, 340), scale(0, 1, 196, 26)
    parts = [
        *(line(40, y(v), 340, y(v), FAINT) for v in (0, 0.25, 0.5, 0.75, 1)),
        *(text(34, y(v) + 4, number(v), "end") for v in (0, 0.25, 0.5, 0.75, 1)),
        *(text(x(v), 214, number(v)) for v in (0, 0.25, 0.5, 0.75, 1)),
        text(190, 14, "error $δ$ of the output unit"),
        text(190, 234, "output $a$, and the target is 0"),
        *(curve(zip(x(a), y(delta)), ERR, dash=dash) for delta, dash in errors.values()),
        text(x(0.55), y(0.66), "cross-entropy: $a$", "end"),
        text(x(0.62), y(0.175), "quadratic: $a · a (1 − a)$"),
    ]
    at = np.argmax(errors["quadratic"][0])
    return drawn(
        244,
        "The error of a sigmoid output with target 0, for two costs",
        f"With cross-entropy the error is the output itself and grows from 0 to 1. With the quadratic cost it is largest, "
        f"{errors['quadratic'][0][at]:.3f}, where the output is {a[at]:.2f}, and goes back to 0 where the output is 1 and most wrong.",
        parts,
    )


def saturation():
    """Return the sigmoid and its derivative, and what is left of an error after one to six sigmoid layers."""
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
    parts += [text(4, 220, "derivatives of 1 to 6 layers, multiplied", anchor="start"), text(156, 446, "layers")]
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
        "The derivative of the sigmoid is at most a quarter, and a product of derivatives vanishes",
        f"Above: the sigmoid rises from 0 to 1; its derivative has its maximum of {number(peak)} at z = 0 and is almost 0 "
        f"far out. Below: the derivatives of one to six layers, multiplied. After six layers what is left is {', '.join(left)}.",
        parts,
    )
