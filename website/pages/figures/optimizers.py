"""How an optimizer chooses its steps: gradient descent, momentum and Adam on the cost of the figure of gradient descent."""

import numpy as np

from backprop import IDENTITY, Layer, adam, gradients, momentum
from website.pages.drawing import ERR, INK, SOFT, curve, dot, drawn, number, scale, text
from website.pages.figures.training import LINE, POINTS

STEPS = 8
RATE, BETA, ADAM_RATE = 7 / 16, 1 / 4, 1 / 2


def plain(layers, found, state):
    return momentum(layers, found, state, learning_rate=RATE, beta=0)


def with_momentum(layers, found, state):
    return momentum(layers, found, state, learning_rate=RATE, beta=BETA)


def by_adam(layers, found, state):
    return adam(layers, found, state, learning_rate=ADAM_RATE)


OPTIMIZERS = {
    "gradient descent": (plain, f"$η$ = {number(RATE)}"),
    "momentum": (with_momentum, f"$η$ = {number(RATE)}, $β$ = {number(BETA)}"),
    "Adam": (by_adam, f"$η$ = {number(ADAM_RATE)}"),
}


def path(optimizer, steps=STEPS):
    """Return weight, bias and cost before each step and after the last, for a straight line through two points."""
    layers, state, places = [Layer(np.zeros((1, 1)), np.zeros(1), IDENTITY)], None, []
    for _ in range(steps + 1):
        C, found = gradients(layers, POINTS, LINE)
        places.append((layers[0].W.item(), layers[0].b.item(), float(C)))
        layers, state = optimizer(layers, found, state)
    return places


def brief(value):
    """Return a number with two digits, and no power of ten."""
    return np.format_float_positional(value, precision=2, fractional=False)


def optimizer_paths():
    """Return the contours of a cost of two parameters, and the paths of gradient descent, momentum and Adam."""
    parts, told = [], []
    turn = np.linspace(0, 2 * np.pi, 73)
    for at, (name, (optimizer, numbers)) in enumerate(OPTIMIZERS.items()):
        left = 122 * at + 8
        x, y = scale(-1.6, 3.6, left, left + 104), scale(-1.25, 7.25, 236, 58)
        parts += [text(left + 52, 20, name), text(left + 52, 40, numbers, color=SOFT)]
        for r in (1, 2, 3, 4):
            ring = [(x(1 + r / 2 * np.cos(t)), y(3 + r * np.sin(t))) for t in turn]
            parts.append(curve(ring, SOFT, 1, opacity=0.55))
        places = path(optimizer)
        on_page = [(x(w), y(b)) for w, b, _ in places]
        parts += [curve(on_page, ERR, 1.6), *(dot(*place, ERR) for place in on_page), dot(x(1), y(3), INK)]
        parts.append(text(left + 52, 262, f"$C$ = {brief(places[-1][2])}"))
        points = ", ".join(f"({w:.3g}, {b:.3g})" for w, b, _ in places)
        told.append(f"The points of {name} are {points}, and the cost ends at {brief(places[-1][2])}.")
    x, y = scale(-1.6, 3.6, 8, 112), scale(-1.25, 7.25, 236, 58)
    start = path(plain, 0)[0][2]
    parts += [
        text(x(0) - 4, y(0) + 17, "start"),
        text(180, 288, f"Across: the weight $w$. Up: the bias $b$. {STEPS} steps from $C$ = {start:g}.", color=SOFT),
        text(180, 308, "Each ring has one cost. In the middle: the minimum.", color=SOFT),
    ]
    return drawn(
        316,
        "The paths of gradient descent, momentum and Adam on the same cost",
        f"The cost of a straight line with weight w and bias b has its minimum at w = 1, b = 3; its contours are ellipses. Each path starts at "
        f"w = 0, b = 0 with the cost {start:g} and takes {STEPS} steps. The learning rate is {number(RATE)}, with momentum too, whose β is "
        f"{number(BETA)}, and {number(ADAM_RATE)} for Adam. {' '.join(told)}",
        parts,
    )
