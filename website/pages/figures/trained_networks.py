"""What happens to gradients and activations in deep networks, and which questions lead from a symptom to its cause."""

import functools
import math

import numpy as np

from backprop import IDENTITY, RELU, SIGMOID, TANH, Layer, forward, gradients
from website.kept import kept
from website.pages.drawing import (
    ACT,
    BIAS,
    ERR,
    FAINT,
    SLOPE,
    SOFT,
    arrow,
    curve,
    dot,
    drawn,
    line,
    minus,
    scale,
    text,
)

UNITS = EXAMPLES = 50
KINDS = {"sigmoid": (SIGMOID, 1 / UNITS), "tanh": (TANH, 1 / UNITS), "ReLU": (RELU, 2 / UNITS)}
SMALL = 0.1**2  # the variance of weights that are drawn with standard deviation 0.1, whatever the size of the layer


def deep_network(activation, variance, layers, rng):
    """Return a network of so many layers with random weights, the last of them linear."""
    root = math.sqrt(variance)
    return [
        Layer(root * rng.normal(size=(UNITS, UNITS)), np.zeros(UNITS), activation if l < layers else IDENTITY)
        for l in range(1, layers + 1)
    ]


@kept
def gradient_norms(name, layers, small=False, seeds=(0, 1, 2)):
    """Return the norm of the weight gradient of every layer: the geometric mean over a few random networks."""
    activation, variance = KINDS[name]
    logarithms = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(2, UNITS, EXAMPLES))
        _, found = gradients(deep_network(activation, SMALL if small else variance, layers, rng), x, y)
        logarithms.append([math.log10(np.linalg.norm(gradient.dC_dW)) for gradient in found])
    return 10 ** np.mean(logarithms, axis=0)


DEPTHS = (*range(2, 11), *range(12, 21, 2))
COLORS = {"sigmoid": ACT, "tanh": BIAS, "ReLU": SLOPE}


def gradient_by_layer():
    """Return the norms of the weight gradients of a network of 20 layers, and those of the first layer in networks of 2 to 20."""
    low, high = -16, 2
    x = scale(1, 20, 52, 340)
    parts, told = [], []
    layers_of_20, depths = 38, 312  # where the two panels begin
    panels = (
        (layers_of_20, "A network of 20 layers: each layer", "layer $l$"),
        (depths, "Networks of 2 to 20 layers: layer 1", "number of layers $L$"),
    )
    names = (
        (layers_of_20, (("tanh", 5, -3.7), ("ReLU", 5, -6.5), ("sigmoid", 12.5, -9.4))),
        (depths, (("tanh", 18.6, -1.15), ("ReLU", 15, -5.2), ("sigmoid", 8, -8.2))),
    )
    for top, title, axis in panels:
        y = scale(low, high, top + 200, top)
        parts += [text(4, top - 18, title, anchor="start"), text(x(10.5), top + 236, axis)]
        parts += [text(x(k), top + 218, str(k)) for k in (1, 5, 10, 15, 20)]
        for power in range(low, high + 1, 6):
            parts += [
                line(46, y(power), 346, y(power), FAINT),
                text(40, y(power) + 4, f"$10^{{{minus(power)}}}$", anchor="end"),
            ]
        for name in KINDS:
            for small in (False, True):
                if top == layers_of_20:
                    points = list(enumerate(gradient_norms(name, 20, small), 1))
                    told.append(f"{name}, {'standard deviation 0.1' if small else 'matched'}: {points[0][1]:.0e}")
                else:
                    points = [(layers, gradient_norms(name, layers, small)[0]) for layers in DEPTHS]
                placed = [(x(at), y(math.log10(norm))) for at, norm in points]
                parts.append(curve(placed, COLORS[name], dash="5 4" if small else None))
                parts += [] if small else [dot(*placed[0], COLORS[name]), dot(*placed[-1], COLORS[name])]
    for top, labels in names:
        y = scale(low, high, top + 200, top)
        parts += [text(x(at), y(power), name, color=COLORS[name]) for name, at, power in labels]
    end = depths + 264
    parts += [
        line(20, end - 4, 52, end - 4, width=1.8),
        text(60, end, "variance $1/n$; for ReLU $2/n$", anchor="start"),
        line(20, end + 18, 52, end + 18, width=1.8, dash="5 4"),
        text(60, end + 22, "standard deviation 0.1", anchor="start"),
    ]
    return drawn(
        end + 32,
        "The norm of the weight gradient, by layer and by number of layers",
        f"Above: the norm of the weight gradient in each layer of a network of 20 layers of {UNITS} units. With sigmoids it falls by "
        "many powers of ten from layer 20 to layer 1. With tanh and ReLU it is nearly the same in all layers, and its size "
        f"depends on the weights. In layer 1 it is, with {'; '.join(told)}. Below: the gradient of layer 1 in networks of 2 to "
        "20 layers. It keeps about its size only with tanh and ReLU whose weights are matched to the size of the layer.",
        parts,
    )


SPREADS = (("1/(4n)", "too small", 0.25), ("1/n", "matched", 1), ("16/n", "too large", 16))
SHOWN = (1, 4, 7, 10)


@functools.cache
def tanh_activations(times):
    """Return the activations of ten tanh layers of 100 units, for 100 inputs, if the variance of the weights is times / 100."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=(100, 100))
    weights = [math.sqrt(times / 100) * rng.normal(size=(100, 100)) for _ in range(10)]
    _, activations = forward([Layer(W, np.zeros(100), TANH) for W in weights], a)
    return activations[1:]


def activation_spread():
    """Return histograms of the activations in layers of a tanh network, for weights that are too small, matched and too large."""
    parts, told = [], []
    width, gap, height = 76, 12, 56
    for row, (title, judged, times) in enumerate(SPREADS):
        top = 46 + row * 124
        parts.append(text(4, top, f"variance ${title}$, {judged}", anchor="start"))
        activations, spreads = tanh_activations(times), []
        for column, l in enumerate(SHOWN):
            left, base = 8 + column * (width + gap), top + 12 + height
            counts, edges = np.histogram(activations[l - 1], bins=25, range=(-1, 1))
            spread = activations[l - 1].std()
            spreads.append(f"{spread:.1g}" if spread < 0.1 else f"{spread:.2f}")
            x, y = scale(-1, 1, left, left + width), scale(0, counts.max(), base, base - height)
            outline = [(x(-1), base)]
            for count, start, end in zip(counts, edges, edges[1:]):
                outline += [(x(start), y(count)), (x(end), y(count))]
            parts += [
                line(left, base, left + width, base, SOFT),
                curve([*outline, (x(1), base)], ACT),
                text(left, base + 16, "−1", anchor="start", color=SOFT),
                text(left + width, base + 16, "1", anchor="end", color=SOFT),
                text(left + width / 2, base + 17, spreads[-1], color=ACT),
            ]
            if row == 0:
                parts.append(text(left + width / 2, 18, f"layer {l}"))
        told.append(f"variance {title}, {judged}: {', '.join(spreads)}")
    return drawn(
        384,
        "The activations of ten tanh layers, for three sizes of the weights",
        f"Histograms of the activations in layers {', '.join(map(str, SHOWN))}, from −1 to 1, with their standard deviations. "
        f"{'; '.join(told)}. Small weights make all activations nearly 0, and large ones make most of them nearly −1 or 1.",
        parts,
    )


# ---- From a symptom to its cause

# Each question, its answer that leads to the cause, and the cause.
ACCURACY = (
    ("1", ("Does the gradient", "check pass?"), "no", ("a mistake in the", "backward pass")),
    ("2", ("Can the network", "memorize five examples?"), "no", ("a mistake in the", "training loop")),
    ("3", ("Do labels and answers fit", "in shape and order?"), "no", ("the argmax axis,", "or the labels")),
    ("4", ("Is ten times the learning", "rate better, or a tenth?"), "yes", ("the learning rate",)),
    ("5", ("Is $σ′(z)$ nearly 0 for", "most hidden units?"), "yes", ("saturation: scale", "the inputs")),
    ("6", ("Is the accuracy good on", "the training examples?"), "yes", ("overfitting, or other", "test data")),
)
LOSS = (
    ("NaN", "The loss is NaN or infinite"),
    ("1", ("Is a number of the data", "NaN or infinite?"), "yes", ("the data",)),
    ("2", ("Does the loss grow", "before it is NaN?"), "yes", ("the learning rate", "is too large")),
    ("3", ("Is there a log, an exp or", "a division in the cost?"), "yes", ("rounding: compute", "the cost from $z$")),
    ("stuck", "The loss is stuck"),
    ("4", ("Do the weights change", "in a step?"), "no", ("the step is lost, or", "the gradient is 0")),
    ("5", ("Are the hidden units", "equal?"), "yes", ("equal weights", "at the start")),
    ("6", ("Is the gradient tiny?"), "yes", ("saturation, or", "many layers")),
    ("7", ("Is ten times the", "learning rate better?"), "yes", ("the learning rate", "is too small")),
    ("jumps", "The loss jumps"),
    ("8", ("Is it smooth with a tenth", "of the learning rate?"), "yes", ("the learning rate", "is too large")),
    ("9", ("Is it smooth with all", "examples in each step?"), "yes", ("small batches:", "this is normal")),
    ("10", ("Does it fall first and", "rise much later?"), "yes", ("a wrong gradient",)),
)


def accuracy_tree():
    """Return the questions that lead from a bad accuracy to its cause."""
    return _tree(
        ACCURACY,
        "Six questions when the loss falls and the accuracy is bad",
        ("something else: see", "the last section"),
    )


def loss_tree():
    """Return the questions that lead from a loss that is NaN, stuck or jumping to its cause."""
    return _tree(LOSS, "Ten questions when the loss is NaN, stuck or jumps")


def _tree(steps, title, end=None):
    """Return a drawing of questions below one another, with the cause to the right of each."""
    parts, told, top = [], [], 6
    left, right, width, height = 4, 236, 184, 46
    for at, (label, *step) in enumerate(steps):
        following = steps[at + 1] if at + 1 < len(steps) else None
        if len(step) == 1:
            parts.append(text(left, top + 16, step[0], anchor="start"))
            told.append(f"{step[0]}:")
            top += 28
            continue
        question, answer, cause = step
        question = (question,) if isinstance(question, str) else question
        middle = top + height / 2
        corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height), (left, top)]
        parts += [curve(corners, SOFT, 1.2), arrow(left + width, middle, right - 6, middle, ACT)]
        parts.append(text((left + width + right - 12) / 2, middle - 6, answer, color=ACT))
        parts.append(text(left + 6, middle + 5, label, anchor="start", color=SOFT))
        indent = 26 if len(steps) > 9 else 20
        parts += [text(left + indent, y, words, anchor="start") for y, words in _lines(question, middle)]
        parts += [text(right, y, words, anchor="start", color=ERR) for y, words in _lines(cause, middle)]
        told.append(f"{label}. {' '.join(question)} If {answer}: {' '.join(cause)}.".replace("$", ""))
        other = {"yes": "no", "no": "yes"}[answer]
        if (following and len(following) > 2) or (following is None and end):
            parts += [
                arrow(left + 40, top + height, left + 40, top + height + 24, SOFT),
                text(left + 50, top + height + 16, other, anchor="start", color=SOFT),
            ]
        top += height + 24
    if end:
        parts += [text(left + 6, y, words, anchor="start", color=ERR) for y, words in _lines(end, top + 18)]
        told.append(f"Otherwise: {' '.join(end)}.")
        top += 44
    return drawn(top, title, f"{len([step for step in steps if len(step) > 2])} questions. {' '.join(told)}", parts)


def _lines(words, middle):
    """Return each line of words with its height on the page, about a middle."""
    return [(middle + 5 + 18 * (k - (len(words) - 1) / 2), line) for k, line in enumerate(words)]
