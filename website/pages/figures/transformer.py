"""The transformer that adds: its layers with the shapes between them, what it learned to look at, and its cost."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from website.pages.drawing import (
    ACT,
    ERR,
    FAINT,
    INK,
    SOFT,
    WIDTH,
    WT,
    arrow,
    circle,
    curve,
    drawn,
    line,
    scale,
    text,
)

SHOWN = Path(__file__).parents[3] / "docs" / "examples" / "transformer.json"


@cache
def shown():
    """Return what docs/examples/transformer.py saved of its run: the settings, the costs, and the attention weights of one text."""
    return json.loads(SHOWN.read_text(encoding="utf-8"))


def _box(x, y, w, h, color, opacity=0.0, dash=None):
    form = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{x:.4g}" y="{y:.4g}" width="{w:.4g}" height="{h:.4g}"{form} '
        f'fill-opacity="{opacity:.2g}" style="fill:{color};stroke:{color}"/>'
    )


# ---- The layers


def transformer_blocks():
    """Return the layers from top to bottom, the shape after each, and the paths of the errors beside them."""
    symbols = len("0123456789+=")
    middle, w, h, step, top = 150, 128, 26, 44, 14
    whole = "$m × t × n$"
    # What a row is, and the shape of what leaves it; None is the addition at the end of a skip connection.
    rows = [
        ("ids of the text", "$m × t$"),
        ("embedding + pos", whole),
        ("layer norm", whole),
        ("attention", whole),
        (None, whole),
        ("layer norm", whole),
        ("dense, ReLU", "$m t × 4n$"),
        ("dense", "$m t × n$"),
        (None, whole),
        ("second block", whole),
        ("last 3 positions", "$3m × n$"),
        ("layer norm", "$3m × n$"),
        ("times $E^T$", f"$3m × {symbols}$"),
        ("cross-entropy", "one number"),
    ]
    y = [top + step * i for i in range(len(rows))]
    parts = [
        _box(20, y[2] - 12, 222, y[8] + h - y[2] + 20, SOFT, dash="2 3"),
        text(236, y[4] + 18, "block", "end", SOFT),
    ]
    for i, (name, size) in enumerate(rows):
        if name is None:
            parts += [circle(middle, y[i] + h / 2, 11), text(middle, y[i] + h / 2 + 5, "+")]
        else:
            parts += [_box(middle - w / 2, y[i], w, h, WT if "E" in name or "emb" in name else INK, 0.06)]
            parts += [text(middle, y[i] + 18, name)]
        parts.append(text(WIDTH - 4, y[i] + 18, size, "end", ACT))
        if i:
            above, here = (2 if rows[j][0] is None else 0 for j in (i - 1, i))
            start, end = y[i - 1] + h - above, y[i] + here
            parts.append(arrow(middle - 8, start, middle - 8, end))
            if i > 1:
                parts.append(arrow(middle + 8, end, middle + 8, start, ERR, "4 2"))
    for split, join in ((2, 4), (5, 8)):
        high, low = y[split] - 12, y[join] + h / 2
        parts += [
            curve([(middle - 8, high + 3), (62, high + 3), (62, low - 4)], INK, 1.5),
            arrow(62, low - 4, middle - 11, low - 4),
            curve([(middle - 11, low + 5), (42, low + 5), (42, high - 2)], ERR, 1.5, "4 2"),
            arrow(42, high - 2, middle + 6, high - 2, ERR, "4 2"),
        ]
    bottom = y[-1] + h
    parts += [
        text(4, bottom + 26, "Solid: values, forward. Dashed: errors, back.", "start", SOFT),
        text(4, bottom + 46, "The table $E$ is used twice. Its two gradients add.", "start", SOFT),
    ]
    names = [f"{name or 'addition'}, {size}".replace("$E^T$", "E transposed").replace("$", "") for name, size in rows]
    return drawn(
        bottom + 56,
        "The layers of the transformer, with the shape after each",
        f"From top to bottom, each with the shape of its output: {'; '.join(names)}. The layers from the first layer norm to the second addition are one "
        "block, and there are 2. In a block, the input of each of its 2 layer norms also goes directly to the next addition. The errors go back on the "
        "same paths, and at the input of each layer norm two of them are added.",
        parts,
    )


# ---- What it learned


def transformer_attention():
    """Return, for every head, what the positions that predict the answer look at."""
    about = shown()
    prompt, maps = about["text"], np.array(about["attention"])
    first, size = prompt.index("="), 18
    blocks, heads, _, t = maps.shape
    parts, told = [], []
    for b in range(blocks):
        for k in range(heads):
            left, top = 24 + 178 * (k % 2), 22 + 112 * (2 * b + k // 2)
            parts.append(text(left + t * size / 2, top, f"block {b + 1}, head {k + 1}", color=SOFT))
            for j, character in enumerate(prompt):
                parts.append(text(left + (j + 0.5) * size, top + 19, character))
            for i in range(first, t):
                y = top + 25 + size * (i - first)
                parts.append(text(left - 12, y + 14, prompt[i]))
                parts += [_box(left + j * size, y, size, size, ACT, maps[b, k, i, j]) for j in range(i + 1)]
                most = int(np.argmax(maps[b, k, i]))
                told.append(
                    f"Block {b + 1}, head {k + 1}, at position {i + 1}: most at position {most + 1}, the character {prompt[most]}, with {maps[b, k, i, most]:.2f}."
                )
    bottom = 22 + 112 * 2 * blocks
    parts += [
        text(4, bottom - 8, "Each row: the last character that is known.", "start", SOFT),
        text(4, bottom + 12, "The darker a square, the larger its weight.", "start", SOFT),
    ]
    return drawn(
        bottom + 22,
        f"Attention weights of the trained network in the text {prompt}",
        f"The network predicts the digits of the answer at the positions {first + 1} to {t}. {' '.join(told)}",
        parts,
    )


def transformer_cost():
    """Return the cost on the mini-batches over the steps of the whole training."""
    about = shown()
    costs = np.array(about["costs"])
    steps, guess = about["settings"]["steps"], np.log(10)
    at = 10 * np.arange(len(costs)) + 5
    x, y = scale(0, steps, 44, 346), scale(0, 3, 200, 26)
    parts = [
        text(4, 16, "cost", anchor="start"),
        *(line(44, y(v), 346, y(v), FAINT) for v in range(4)),
        *(text(34, y(v) + 4, str(v), anchor="end") for v in range(4)),
        *(
            text(x(step), 220, f"{step:,}", "end" if step == steps else "middle")
            for step in range(0, steps + 1, steps // 4)
        ),
        text(195, 242, "steps"),
        line(44, y(guess), 346, y(guess), SOFT, dash="3 3"),
        text(340, y(guess) - 6, f"each digit guessed: ln 10 = {guess:.2f}", "end", SOFT),
        curve(zip(x(at), y(costs)), ERR),
    ]
    return drawn(
        250,
        "The cost of the transformer over the steps of its training",
        f"Each point is the mean over 10 steps. The cost falls from {costs[0]:.2f} to {costs[-1]:.4f} in {steps} steps. It is "
        f"{costs[len(costs) // 10]:.2f} after {steps // 10} steps and {costs[len(costs) // 4]:.2f} after {steps // 4}. A network that gives every digit the same "
        f"probability has {guess:.2f}. After the training {about['held_out_right']:.2%} of the held-out sums are right.",
        parts,
    )
