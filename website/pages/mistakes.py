"""The mistakes: each wrong formula as code on its page and as a formula on its card, and its loss beside the loss of the right one.

All numbers are made while the book is built, by `backprop.mistakes` itself.
"""

import inspect
import re
from html import escape
from importlib import import_module

import numpy as np

from website.extensions.katex import render
from website.kept import kept
from website.pages.chapter_code import without_docstrings
from website.pages.drawing import ERR, FAINT, INK, SOFT, curve, drawn, line, scale, text

FORM = {"right": (INK, None), "wrong": (ERR, "5 3")}


def training(mistake):
    """Return the training of a mistake, which its page and its card show."""
    return _training(mistake.function.__module__)


@kept
def _training(module):
    return import_module(module).MISTAKE.training()


def page(module):
    """Return, as Markdown, the picture of a mistake's loss and its code."""
    mistake = import_module(f"backprop.mistakes.{module}").MISTAKE
    return f"## The loss, drawn\n\n{picture(mistake)}\n\n## In code\n\n```python\n{code(mistake.function)}\n```"


def code(function):
    """Return the source of a function without its docstring."""
    return without_docstrings(inspect.getsource(inspect.unwrap(function)))


def picture(mistake):
    """Return the loss with the right gradient and with the wrong one, over the steps of gradient descent."""
    about, right, wrong = training(mistake)
    steps, top = len(right) - 1, max(right + wrong)
    x, y = scale(0, steps, 40, 276), scale(0, top, 150, 24)
    apart = next(apart for apart in (0.1, 0.2, 0.5) if top / apart < 5)
    parts = [text(4, 12, "loss", anchor="start"), text(158, 186, f"{steps} steps on {about}", color=SOFT)]
    for value in apart * np.arange(top // apart + 1):
        parts += [line(40, y(value), 276, y(value), FAINT), text(34, y(value) + 4, f"{value:.1f}", anchor="end")]
    parts += [text(x(k), 167, str(k)) for k in (0, steps // 2, steps)]
    heights = _apart(y(right[-1]), y(wrong[-1]))
    for (what, (color, dash)), found, height in zip(FORM.items(), (right, wrong), heights):
        points = [(x(k), y(found[k])) for k in range(0, steps + 1, max(steps // 100, 1))]
        parts.append(curve(points, color, 1.8, dash))
        parts.append(text(284, height + 4, f"{what} {_short(found[-1])}", anchor="start", color=color))
    return drawn(192, *_told(mistake), parts)


def _told(mistake):
    """Return the title and the description of the picture of a mistake."""
    about, right, wrong = training(mistake)
    told = [
        f"the {what} formula from {_short(a[0])} to {_short(a[-1])}" for what, a in (("right", right), ("wrong", wrong))
    ]
    return (
        f"The loss under {mistake.function.__name__}, beside the loss under the right formula",
        f"In {len(right) - 1} steps of gradient descent on {about} the loss goes with {told[0]}, and with {told[1]}.",
    )


# ---- Cards


def card(module):
    """Return the wrong formula of a mistake, in both layouts if there are two, and the two curves of its loss, small."""
    about = import_module(f"backprop.mistakes.{module}")
    _, right, wrong = training(about.MISTAKE)
    found = formulas_of(about)
    if module.startswith("of_layers."):  # examples come first, and a second formula is a second wrong line
        lines = r" \\[8pt] ".join(f"& {tex}" for tex in found)
        tex = r"\begin{aligned} " + lines + r" \end{aligned}"
        formulas = f'<span class="formula">{render(tex)}</span>'
    else:
        formulas = "".join(
            f'<span class="layout" data-layout="{layout}"><span class="layout-word">{layout}: </span><span class="formula">{render(tex)}</span></span>'
            for layout, tex in zip(("columns", "rows"), found)
        )
    curves = small_curves({"right": right, "wrong": wrong}, *_told(about.MISTAKE))
    return f'<p class="card-formula" data-search-exclude="">{formulas}</p>{curves}'


def formulas_of(module):
    r"""Return the wrong formula at the head of a mistake's docstring as TeX, without the shapes: for columns and for rows, or for rows only.

    >>> from backprop.mistakes import transpose_missing
    >>> print(formulas_of(transpose_missing)[1])
    \delta^{l} \ne \bigl( \delta^{l+1} \, W^{l+1} \bigr) \odot \sigma'(z^{l})
    """
    head = inspect.getdoc(module).partition("\n# ")[0]
    found = []
    displays = re.findall(r"\$\$(.*?)\$\$", head, re.DOTALL)
    for tex in [one for display in displays for one in re.split(r"\\\\\[\d+pt\]", display)]:
        tex = re.split(r"&&|,\s*\\qquad", tex)[0]  # without its condition
        tex = re.sub(r"\\(?:begin|end)\{aligned\}|\\\\\s*&?\s*\\qquad", "", tex)  # in one line
        tex = " ".join(without_shapes(tex.replace("&", "")).split())
        found.append(re.sub(r"^\\frac", r"\\dfrac", tex))  # in a line it would be small
    return found


def without_shapes(tex):
    r"""Return a formula without the braces under its terms.

    >>> print(without_shapes(r"\underbrace{W^{l}}_{n \times n} a"))
    W^{l} a
    """
    before, brace, rest = tex.partition(r"\underbrace")
    if not brace:
        return tex
    term, rest = _group(rest)
    _, rest = _group(rest.removeprefix("_"))
    return before + term + without_shapes(rest)


def _group(tex):
    """Return what is in the braces with which this begins, and what follows them."""
    depth = 0
    for k, letter in enumerate(tex):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return tex[1:k], tex[k + 1 :]
    raise ValueError(f"a brace is open in {tex}")


def small_curves(losses, title, description, written=None):
    """Return a small picture of one or two losses, each by its name; of two, the first is the right one."""
    written = written or _short
    steps, top = max(map(len, losses.values())) - 1, max(map(max, losses.values()))
    x, y = scale(0, steps, 2, 150), scale(0, top, 78, 8)
    heights = [y(loss[-1]) for loss in losses.values()]
    parts = [line(2, 78, 150, 78, FAINT)]
    for (name, loss), (color, dash), height in zip(
        losses.items(), FORM.values(), _apart(*heights) if len(heights) > 1 else heights
    ):
        points = [(x(k), y(loss[k])) for k in range(0, steps + 1, max(steps // 50, 1))]
        parts.append(curve(points, color, 1.8, dash))
        parts.append(text(158, height + 4, f"{name} {written(loss[-1])}", anchor="start", color=color))
    return (
        f'<svg class="small-curves" role="img" viewBox="0 0 280 88" style="fill:{INK}" data-search-exclude="">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )


def _apart(one, other, gap=16):
    """Return two heights, moved apart if labels there would overlap."""
    if abs(one - other) >= gap:
        return one, other
    middle, way = (one + other) / 2, 1 if one >= other else -1
    return middle + way * gap / 2, middle - way * gap / 2


def _short(loss):
    return f"{loss:.2f}" if loss >= 0.01 else f"{loss:.1g}"
