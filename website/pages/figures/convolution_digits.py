"""The convolutional network that reads digits: its kernels with their feature maps, and what twenty epochs of training give.

Both figures run the program that docs/layers/convolution-digits.md prints.
"""

import doctest
from pathlib import Path

import numpy as np

from backprop import relu
from backprop.rows import softmax_cross_entropy
from website.kept import kept
from website.pages.drawing import ACT, ERR, FAINT, INK, SOFT, WT, curve, drawn, line, minus, scale, text
from website.pages.figures.training import box, learning

PAGE = Path(__file__).parents[3] / "docs" / "layers" / "convolution-digits.md"
EPOCHS = 20
SEED = 1
SEEN = 3  # the digit whose feature maps are drawn


def program():
    """Return the names that the page defines: its data, and its functions from `start` to `training`."""
    names = {}
    for example in doctest.DocTestParser().get_examples(PAGE.read_text(encoding="utf-8")):
        exec(example.source, names)
        if example.source.startswith("def training"):
            return names
    raise LookupError(f"{PAGE.name} defines no training")


@kept
def trained():
    """Return the parameters before training and after each epoch, all on the 1,500 training digits."""
    names = program()
    rng = np.random.default_rng(SEED)
    p = names["start"](rng)
    train = names["train"]
    steps = names["training"](p, names["X"][train], names["Y"][train], rng, EPOCHS)
    return [p, *(p for p, costs in steps)]


@kept
def measured():
    """Return the cost and the accuracy, each on training and test digits, before training and after each epoch."""
    names = program()
    found = []
    for p in trained():
        answers = [names["forward"](p, names["X"][part])[-1] for part in (names["train"], names["test"])]
        targets = [names["Y"][part] for part in (names["train"], names["test"])]
        found.append(
            [softmax_cross_entropy(z, y) for z, y in zip(answers, targets)]
            + [np.mean(z.argmax(axis=1) == y.argmax(axis=1)) for z, y in zip(answers, targets)]
        )
    return np.array(found)


def likeness():
    """Return the correlation of each first kernel with its random start."""
    before, after = (p["K1"].reshape(16, 9) for p in (trained()[0], trained()[-1]))
    return np.array([np.corrcoef(one, other)[0, 1] for one, other in zip(before, after)])


def learned_kernels():
    """Return the sixteen kernels of the first layer, each beside the feature map that it makes of one test digit."""
    names = program()
    K = trained()[-1]["K1"][:, 0]
    shown = next(i for i in names["test"] if names["labels"][i] == SEEN)
    image = names["X"][shown]
    maps = relu(names["forward"](trained()[-1], image[None])[0])[0]
    largest, brightest = np.abs(K).max(), maps.max()
    parts = [
        *_pixels(8, 8, image[0], 8, INK),
        box(8, 8, 64, 64, FAINT),
        text(88, 22, f"a test digit, a {SEEN}", anchor="start"),
        box(88, 32, 10, 10, WT, 0.9),
        text(104, 42, "weight above 0", anchor="start", color=WT),
        box(88, 52, 10, 10, ERR, 0.9),
        line(90, 57, 96, 57, INK, 1),
        text(104, 62, "weight below 0", anchor="start", color=ERR),
    ]
    for k in range(len(K)):
        left, top = 8 + 88 * (k % 4), 88 + 62 * (k // 4)
        parts += [*_weights(left, top + 6, K[k], 9, largest), *_pixels(left + 34, top, maps[k], 5, ACT, brightest)]
        parts += [box(left, top + 6, 27, 27, SOFT), box(left + 34, top, 40, 40, FAINT)]
        parts.append(text(left + 37, top + 55, str(k + 1), color=SOFT))
    alike = likeness()
    return drawn(
        88 + 62 * 4,
        "The kernels of the first convolution, and a feature map of each",
        f"A test digit, a {SEEN}, of 8 by 8 pixels. Below it the 16 kernels of 3 by 3 weights after {EPOCHS} epochs, each beside its "
        f"feature map after ReLU. The largest weight has the absolute value {largest:.2f}. The correlation of a kernel with its random start is "
        f"from {alike.min():.2f} to {alike.max():.2f}.",
        parts,
    )


def _pixels(left, top, image, size, color, white=1.0):
    """Return an image as squares; the larger a number, the stronger its color."""
    for (row, column), value in np.ndenumerate(image):
        if value > 0:
            yield (
                f'<rect x="{left + size * column:g}" y="{top + size * row:g}" width="{size}" height="{size}" '
                f'fill-opacity="{value / white:.3f}" style="fill:{color}"/>'
            )


def _weights(left, top, K, size, largest):
    """Return a kernel as squares in the colors of the sign; a weight below 0 has a minus, too."""
    for (row, column), weight in np.ndenumerate(K):
        x, y, color = left + size * column, top + size * row, WT if weight > 0 else ERR
        yield (
            f'<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" fill-opacity="{abs(weight) / largest:.3f}" style="fill:{color}"/>'
        )
        if weight < 0:
            yield line(x + 2.5, y + size / 2, x + size - 2.5, y + size / 2, INK, 1)


def convolution_learning():
    """Return the cost over the epochs, and the accuracy on the test digits beside that of the dense network."""
    found, dense = measured(), learning()
    epochs = np.arange(EPOCHS + 1)
    x = scale(0, EPOCHS, 46, 346)
    cost, right = scale(0, 2.5, 172, 32), scale(85, 100, 400, 250)
    parts = [text(4, 18, "cost", anchor="start"), text(4, 236, "test digits read correctly, in %", anchor="start")]
    parts += [line(46, cost(v), 346, cost(v), FAINT) for v in (0, 1, 2)]
    parts += [text(38, cost(v) + 4, str(v), anchor="end") for v in (0, 1, 2)]
    parts += [line(46, right(v), 346, right(v), FAINT) for v in (85, 90, 95, 100)]
    parts += [text(38, right(v) + 4, str(v), anchor="end") for v in (85, 90, 95, 100)]
    parts += [text(x(epoch), 190, str(epoch)) for epoch in (0, 5, 10, 15, 20)]
    parts += [text(x(epoch), 418, str(epoch)) for epoch in (0, 5, 10, 15, 20)]
    parts += [text(196, 208, "epochs"), text(196, 436, "epochs")]
    parts += [
        curve(zip(x(epochs), cost(np.minimum(found[:, 0], 2.5))), WT),
        curve(zip(x(epochs), cost(np.minimum(found[:, 1], 2.5))), ERR, dash="4 3"),
        text(x(4), cost(1.55), f"training digits: {found[0, 0]:.2f} to {found[-1, 0]:.4f}", anchor="start", color=WT),
        text(x(4), cost(1.2), f"test digits (dashed): {found[0, 1]:.2f} to {found[-1, 1]:.2f}", anchor="start", color=ERR),
    ]  # fmt: skip
    for accuracies, color, dash in ((found[:, 3], INK, None), (dense[:, 3], SOFT, "4 3")):
        points = [(x(at), right(100 * one)) for at, one in enumerate(accuracies) if one > 0.85]
        parts.append(curve(points, color, dash=dash))
    parts += [
        text(x(6), right(90.8), f"with convolutions: {100 * found[-1, 3]:.1f} %", anchor="start"),
        text(x(6), right(88.4), f"dense network (dashed): {100 * dense[-1, 3]:.1f} %", anchor="start", color=SOFT),
    ]
    told = minus(f"{found[-1, 0]:.4f}")
    return drawn(
        444,
        "The cost and the accuracy over twenty epochs of training",
        f"Above: the cost on the training digits falls from {found[0, 0]:.2f} to {told}, and on the test digits from {found[0, 1]:.2f} to "
        f"{found[-1, 1]:.2f}. Below: the network with convolutions reads {found[-1, 3]:.1%} of the test digits correctly after {EPOCHS} epochs, "
        f"and the dense network of the page about handwritten digits {dense[-1, 3]:.1%}.",
        parts,
    )
