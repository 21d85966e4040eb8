"""What training consists of: softmax, the order of the backward pass, the learning rate, and the digits with the cost over the epochs."""

import numpy as np
from sklearn.datasets import load_digits

from backprop import IDENTITY, SOFTMAX_CROSS_ENTROPY, Layer, forward, gradients, softmax, softmax_cross_entropy, step
from website.kept import kept
from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SOFT,
    WT,
    arrow,
    circle,
    curve,
    dot,
    drawn,
    line,
    minus,
    number,
    scale,
    series,
    text,
)


def box(x, y, w, h, color, opacity=0.0, dash=None):
    form = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{x:.4g}" y="{y:.4g}" width="{w:.4g}" height="{h:.4g}"{form} '
        f'fill-opacity="{opacity}" style="fill:{color};stroke:{color}"/>'
    )


# ---- Softmax

Z, TARGET = np.log([0.5, 1.5, 2.0]), np.array([0.0, 1.0, 0.0])


def softmax_bars():
    """Return three groups of bars: z, the outputs of softmax beside the target, and the errors."""
    a = np.round(softmax(Z), 12)
    y = scale(-0.75, 1, 202, 42)
    groups = [("weighted inputs $z$", Z, INK), ("outputs $a$", a, ACT), ("errors $a − y$", a - TARGET, ERR)]
    parts = []
    for at, (name, values, color) in enumerate(groups):
        left = 122 * at
        parts += [text(left + 58, 20, name, color=color), line(left + 4, y(0), left + 112, y(0), SOFT)]
        for j, value in enumerate(values):
            x = left + 8 + 36 * j
            parts.append(box(x, min(y(0), y(value)), 28, abs(y(value) - y(0)), color, 0.25))
            label = minus(f"{value:.2f}") if values is Z else number(value)
            parts.append(text(x + 14, y(value) + (16 if value < 0 else -5), label, color=color))
            parts.append(text(x + 14, 236, str(j + 1), color=SOFT))
    x = 122 + 8 + 36
    parts.append(box(x, y(1), 28, y(0) - y(1), INK, dash="3 3"))
    parts.append(text(x + 32, y(1) + 12, "$y_2$ = 1", anchor="start"))
    parts += [
        text(58, 262, "any numbers"),
        text(180, 262, f"sum {number(a.sum())}"),
        text(302, 262, f"sum {number(sum(a - TARGET))}"),
    ]
    parts.append(text(180, 284, "Below each bar: the number of the class.", color=SOFT))
    return drawn(
        292,
        "Softmax turns three weighted inputs into probabilities",
        f"The weighted inputs are {', '.join(f'{value:.2f}' for value in Z)}. The outputs of softmax are {series(a)}, and their sum "
        f"is 1. The target is class 2. Output minus target is {series(a - TARGET)}, and the sum of these errors is 0.",
        parts,
    )


# ---- The backward pass

SIZES = [784, 30, 10]


def counts():
    """Return what one example costs in a network of these sizes: multiplications of each step, and numbers that are kept."""
    layers = [Layer(np.ones((n, n_prev)), np.zeros(n)) for n_prev, n in zip(SIZES, SIZES[1:])]
    zs, activations = forward(layers, np.ones(SIZES[0]))
    # Each product with a matrix multiplies once for each of its entries.
    products = [layer.W.size for layer in layers]
    kept = [activations[0].size, *(z.size + a.size for z, a in zip(zs, activations[1:]))]
    return products, kept


def backward_order():
    """Return the steps of both passes in their order, with what each needs from the forward pass."""
    (first, second), kept = counts()
    X, w, h = (42, 146, 256, 338), 76, 44
    rows = (66, 196, 312)

    def step_box(x, y, lines, color, order=None, width=w):
        yield box(x - width / 2, y - h / 2, width, h, color, 0.1)
        for at, words in zip((-4, 15) if len(lines) > 1 else (5,), lines):
            yield text(x, y + at, words)
        if order:
            left, over = x + (width / 2 - 10) * (1 if color == WT else -1), y - h / 2 - 13
            yield circle(left, over, 9, color)
            yield text(left, over + 4.5, str(order), color=color)

    parts = [
        text(4, 14, "forward pass →", anchor="start", color=SOFT),
        text(356, 14, f"kept: {sum(kept)} numbers", anchor="end", color=ACT),
        text(4, rows[1] + 16, "← backward", anchor="start", color=SOFT),
        text(4, rows[1] + 34, "pass", anchor="start", color=SOFT),
        *step_box(X[0], rows[0], ["$a^0 = x$", f"{kept[0]}"], ACT),
        *step_box(X[1], rows[0], ["$z^1$, $a^1$", f"{first:,} ×"], ACT, 1),
        *step_box(X[2], rows[0], ["$z^2$, $a^2$", f"{second:,} ×"], ACT, 2),
        *step_box(X[3], rows[0], ["$C$"], INK, 3, width=32),
        *step_box(X[2], rows[1], ["BP1: $δ^2$"], ERR, 4),
        *step_box(X[2], rows[2], ["BP3: $∂C/∂b^2$", "BP4: $∂C/∂W^2$"], WT, 5, width=100),
        *step_box(X[1], rows[1], ["BP2: $δ^1$", f"{second:,} ×"], ERR, 6),
        *step_box(X[1], rows[2], ["BP3: $∂C/∂b^1$", "BP4: $∂C/∂W^1$"], WT, 7, width=100),
        text(X[2], rows[2] + 40, f"{second:,} ×"),
        text(X[1], rows[2] + 40, f"{first:,} ×"),
        # forward
        *(arrow(X[l] + w / 2, rows[0], X[l + 1] - w / 2, rows[0]) for l in (0, 1)),
        arrow(X[2] + w / 2, rows[0], X[3] - 16, rows[0]),
        # back
        curve([(X[3], rows[0] + h / 2), (X[3], rows[1])], ERR, 1.5),
        arrow(X[3], rows[1], X[2] + w / 2, rows[1], ERR),
        arrow(X[2] - w / 2, rows[1], X[1] + w / 2, rows[1], ERR),
    ]
    for x in X[1:3]:
        parts.append(arrow(x + 26, rows[1] + h / 2, x + 26, rows[2] - h / 2, ERR))
        parts.append(arrow(x + 26, rows[0] + h / 2, x + 26, rows[1] - h / 2, ACT, dash="4 3"))
    # From a^{l-1} to the gradients of layer l, between the boxes of the errors.
    for left, right in ((X[0], X[1]), (X[1], X[2])):
        between_errors = right - w / 2 - 17
        turns = [
            (left + 4, rows[0] + h / 2),
            (between_errors, rows[1] - h / 2 - 6),
            (between_errors, rows[1] + h / 2 + 4),
        ]
        parts.append(curve(turns, ACT, 1.5, dash="4 3"))
        parts.append(arrow(*turns[-1], right - 22, rows[2] - h / 2, ACT, dash="4 3"))
    total, back = first + second, first + 2 * second
    parts += [
        line(4, 366, 356, 366, FAINT),
        text(4, 386, "dashed: kept values that are used again", anchor="start", color=ACT),
        text(4, 406, "×: multiplications in matrix products, 784-30-10,", anchor="start", color=SOFT),
        text(4, 424, f"one example: {total:,} forward, {back:,} back", anchor="start", color=SOFT),
    ]
    return drawn(
        432,
        "The steps of the forward pass and the backward pass, in their order",
        f"Step 1 computes z1 and a1 from the input, with {first:,} multiplications in a network with 784 inputs, 30 hidden units and 10 "
        f"outputs. Step 2 computes z2 and a2, with {second:,}. Step 3 computes the cost C. Step 4 computes the error δ2 by BP1; it uses z2. "
        f"Step 5 computes the gradients of layer 2 by BP3 and BP4, with {second:,} multiplications; it uses δ2 and a1. Step 6 computes the error δ1 "
        f"by BP2, with {second:,}; it uses δ2, W2 and z1. Step 7 computes the gradients of layer 1, with {first:,}; it uses δ1 and x. "
        f"Together {total:,} multiplications forward and {back:,} back; {sum(kept)} numbers are kept.",
        parts,
    )


# ---- Gradient descent

POINTS, LINE = np.array([[-2.0, 2.0]]), np.array([[1.0, 5.0]])  # on the line y = x + 3
RATES = {"too small": 1 / 32, "good": 3 / 8, "too large": 9 / 16}


def descend(rate, steps):
    """Return weight, bias and cost before each step and after the last, for a straight line through two points."""
    layers, path = [Layer(np.zeros((1, 1)), np.zeros(1), IDENTITY)], []
    for _ in range(steps + 1):
        C, found = gradients(layers, POINTS, LINE)
        path.append((layers[0].W.item(), layers[0].b.item(), float(C)))
        layers = step(layers, found, rate)
    return path


def descent_paths(steps=4):
    """Return the contours of a cost of two parameters, and the paths of gradient descent with three learning rates."""
    parts, told = [], []
    turn = np.linspace(0, 2 * np.pi, 73)
    for at, (name, rate) in enumerate(RATES.items()):
        left = 122 * at + 8
        x, y = scale(-1.6, 3.6, left, left + 104), scale(-1.25, 7.25, 236, 58)
        parts += [text(left + 52, 20, name), text(left + 52, 40, f"$η$ = {number(rate)}", color=SOFT)]
        for r in (1, 2, 3, 4):
            ring = [(x(1 + r / 2 * np.cos(t)), y(3 + r * np.sin(t))) for t in turn]
            parts.append(curve(ring, SOFT, 1, opacity=0.55))
        path = descend(rate, steps)
        places = [(x(w), y(b)) for w, b, _ in path]
        parts += [curve(places, ERR, 1.6), *(dot(*place, ERR) for place in places), dot(x(1), y(3), INK)]
        parts += [text(left + 52, 262, f"$C$ = {path[-1][2]:.2f}")]
        points = ", ".join(f"({w:.3g}, {b:.3g})" for w, b, _ in path)
        told.append(
            f"With the learning rate {number(rate)}, which is {name}, the points are {points}, and the cost ends at {path[-1][2]:.2f}."
        )
    x, y = scale(-1.6, 3.6, 8, 112), scale(-1.25, 7.25, 236, 58)
    parts += [
        text(x(0) - 4, y(0) + 17, "start"),
        text(
            180, 288, f"Across: the weight $w$. Up: the bias $b$. {steps} steps from $C$ = {path[0][2]:g}.", color=SOFT
        ),
        text(180, 308, "Each ring has one cost. In the middle: the minimum.", color=SOFT),
    ]
    return drawn(
        316,
        "Gradient descent with a learning rate that is too small, good, and too large",
        f"The cost of a straight line with weight w and bias b has its minimum at w = 1, b = 3; its contours are ellipses. Each path starts at "
        f"w = 0, b = 0 with the cost {path[0][2]:g} and takes {steps} steps. {' '.join(told)}",
        parts,
    )


# ---- Handwritten digits


@kept
def learning():
    """Return the cost and the accuracy, each on training and test digits, before training and after each epoch of docs/learn/digits.md."""
    pixels, labels = load_digits(return_X_y=True)
    x, y = pixels.T / 16, np.eye(10)[:, labels]
    rng = np.random.default_rng(0)
    order = rng.permutation(1797)
    train, test = order[:1500], order[1500:]
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(size=(30, 64)) / np.sqrt(64), rng.normal(size=(10, 30)) / np.sqrt(30)
    layers = [Layer(W1, np.zeros(30)), Layer(W2, np.zeros(10), IDENTITY)]

    def measured():
        outputs = [forward(layers, x[:, part])[1][-1] for part in (train, test)]
        costs = [float(softmax_cross_entropy(a, y[:, part])) for a, part in zip(outputs, (train, test))]
        return [*costs, *(np.mean(a.argmax(axis=0) == labels[part]) for a, part in zip(outputs, (train, test)))]

    found = [measured()]
    for _ in range(20):
        for batch in rng.permutation(train).reshape(-1, 10):
            layers = step(layers, gradients(layers, x[:, batch], y[:, batch], SOFTMAX_CROSS_ENTROPY)[1], 0.5)
        found.append(measured())
    return np.array(found)


def digits():
    """Return one digit of each class as squares, and the cost on training and test digits over the epochs."""
    images, labels = load_digits(return_X_y=True)
    parts, size = [], 5
    for at in range(10):
        left, top = 16 + 72 * (at % 5), 10 + 68 * (at // 5)
        squares = "".join(
            f'<rect x="{left + size * (p % 8)}" y="{top + size * (p // 8)}" width="{size}" height="{size}" fill-opacity="{v / 16:.3g}"/>'
            for p, v in enumerate(images[at])
            if v
        )
        parts += [f'<g style="fill:{INK}">{squares}</g>', box(left - 1, top - 1, 42, 42, FAINT)]
        parts.append(text(left + 20, top + 56, str(labels[at]), color=SOFT))
    found = learning()
    epochs = np.arange(len(found))
    x, y = scale(0, 20, 40, 346), scale(0, 2.5, 322, 172)
    parts += [
        text(4, 160, "cost", anchor="start"),
        *(line(40, y(v), 346, y(v), FAINT) for v in (0, 1, 2)),
        *(text(32, y(v) + 4, number(v), anchor="end") for v in (0, 1, 2)),
        *(text(x(epoch), 340, str(epoch)) for epoch in (0, 5, 10, 15, 20)),
        text(193, 360, "epochs"),
        curve(zip(x(epochs), y(found[:, 0])), WT),
        curve(zip(x(epochs), y(found[:, 1])), ERR, dash="4 3"),
        text(x(4), y(1.55), f"training digits: {found[0, 0]:.2f} to {found[-1, 0]:.2f}", anchor="start", color=WT),
        text(x(4), y(1.2), f"test digits (dashed): {found[0, 1]:.2f} to {found[-1, 1]:.2f}", anchor="start", color=ERR),
    ]
    return drawn(
        368,
        "Ten handwritten digits, and the cost over twenty epochs of training",
        f"Above: the first ten digits of the data, 0 to 9, each of 8 by 8 pixels. Below: the cost on the training digits falls from "
        f"{found[0, 0]:.2f} to {found[-1, 0]:.2f} in {epochs[-1]} epochs, and on the test digits from {found[0, 1]:.2f} to {found[-1, 1]:.2f}. "
        f"At the end {found[-1, 2]:.0%} of the training digits and {found[-1, 3]:.0%} of the test digits are recognized.",
        parts,
    )
