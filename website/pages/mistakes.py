"""The pages of the mistakes: each wrong formula as code, and its loss beside the loss of the right one, drawn as SVG.

All numbers are made while the book is built, by `backprop.mistakes` itself.
"""

import inspect
from importlib import import_module

import numpy as np

from website.pages.chapter_code import without_docstrings
from website.pages.drawing import ERR, FAINT, INK, SOFT, curve, drawn, line, scale, text


def page(module):
    """Return, as Markdown, the picture of a mistake's loss and its code."""
    mistake = import_module(f"backprop.mistakes.{module}").MISTAKE
    return f"## The loss, drawn\n\n{picture(mistake)}\n\n## In code\n\n```python\n{code(mistake.function)}\n```"


def code(function):
    """Return the source of a function without its docstring."""
    return without_docstrings(inspect.getsource(inspect.unwrap(function)))


def picture(mistake):
    """Return the loss with the right gradient and with the wrong one, over the steps of gradient descent."""
    name, (about, right, wrong) = mistake.function.__name__, mistake.training()
    steps, top = len(right) - 1, max(right + wrong)
    x, y = scale(0, steps, 40, 276), scale(0, top, 150, 24)
    apart = next(apart for apart in (0.1, 0.2, 0.5) if top / apart < 5)
    parts = [text(4, 12, "loss", anchor="start"), text(158, 186, f"{steps} steps on {about}", color=SOFT)]
    for value in apart * np.arange(top // apart + 1):
        parts += [line(40, y(value), 276, y(value), FAINT), text(34, y(value) + 4, f"{value:.1f}", anchor="end")]
    parts += [text(x(k), 167, str(k)) for k in (0, steps // 2, steps)]
    heights = _apart(y(right[-1]), y(wrong[-1]))
    form = [("right", right, INK, None), ("wrong", wrong, ERR, "5 3")]
    for (what, found, color, dash), height in zip(form, heights):
        points = [(x(k), y(found[k])) for k in range(0, steps + 1, max(steps // 100, 1))]
        parts.append(curve(points, color, 1.8, dash))
        parts.append(text(284, height + 4, f"{what} {_short(found[-1])}", anchor="start", color=color))
    told = [
        f"the {what} formula from {_short(a[0])} to {_short(a[-1])}" for what, a in (("right", right), ("wrong", wrong))
    ]
    return drawn(
        192,
        f"The loss under {name}, beside the loss under the right formula",
        f"In {steps} steps of gradient descent on {about} the loss goes with {told[0]}, and with {told[1]}.",
        parts,
    )


def _apart(one, other, gap=16):
    """Return two heights, moved apart if labels there would overlap."""
    if abs(one - other) >= gap:
        return one, other
    middle, way = (one + other) / 2, 1 if one >= other else -1
    return middle + way * gap / 2, middle - way * gap / 2


def _short(loss):
    return f"{loss:.2f}" if loss >= 0.01 else f"{loss:.1g}"
