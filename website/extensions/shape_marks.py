r"""A Markdown extension that holds the shapes under the terms of a formula to the layout that the formula is for.

The shape under $\delta^{l}$ is $n_l \times m$ for columns and $m \times n_l$ for rows. A transpose has its shape reversed. Factors side by side
have equal inner sizes, except where a formula with ≠ shows a mistake. A wrong mark stops the build.
"""

import html
import re

from markdown import Extension
from markdown.treeprocessors import Treeprocessor

from website.extensions.katex import FormulaError, page_of
from website.extensions.layouts import by_layout

UNDERBRACE = r"\underbrace"
SIZE = re.compile(r"n(?:_(?:\{[^{}]*\}|\w))?|m|1|\d+")
INDEX = r"(?:\^\{?([lL](?:[+-]1)?|\d)\}?)?"
SYMBOLS = [
    (re.compile(rf"\\sigma'\(z{INDEX}\)|(?:\\delta|z|a){INDEX}|\\nabla_a C|y"), "data"),
    (re.compile(rf"\\frac\{{\\partial C\}}\{{\\partial W{INDEX}\}}|W{INDEX}"), "weights"),
    (re.compile(rf"\\frac\{{\\partial C\}}\{{\\partial b{INDEX}\}}|b{INDEX}"), "biases"),
]
TRANSPOSED = re.compile(r"\((.*)\)\^\{?\\mathsf T\}?|(.*)\^\{?\\mathsf T\}?")
# What may stand between two factors of a matrix product.
BETWEEN = re.compile(r"(?:\s|\\[,;! ]|\\[Bb]ig{1,2}[lr]?\s*[()])*")


def wrong_marks(tex, layout):
    r"""Return what is wrong with the shapes that stand under the terms of a formula.

    >>> wrong_marks(r"\underbrace{W^{l}}_{n_{l-1} \times n_l} \, \underbrace{a^{l-1}}_{n_{l-1} \times m}", "columns")
    ['W^{l} is n_l × n_{l-1} in columns, and n_{l-1} × n_l stands under it', 'n_{l-1} × n_l times n_{l-1} × m']
    >>> wrong_marks(r"\underbrace{a^{l-1}}_{m \times n_{l-1}} \, \underbrace{W^{l}}_{n_{l-1} \times n_l}", "rows")
    []
    """
    wrong, before = [], None
    for term, label, start, end in _marked(tex):
        shape = _shape(label)
        if shape is None:
            before = None
            continue
        needed = _needed(term, shape, layout)
        if needed and shape not in needed:
            wrong.append(f"{term} is {_written(needed[0])} in {layout}, and {_written(shape)} stands under it")
        if before and r"\ne" not in tex and BETWEEN.fullmatch(tex[before[1] : start]):
            left = before[0]
            if left[-1] != shape[0]:
                wrong.append(f"{_written(left)} times {_written(shape)}")
        before = (shape, end)
    return wrong


def _marked(tex):
    """Yield each term with the label under it, and where the two begin and end."""
    at = 0
    while (start := tex.find(UNDERBRACE, at)) >= 0:
        term, end = _group(tex, start + len(UNDERBRACE))
        after = re.match(r"\s*_", tex[end:])
        at = end
        if after:
            label, at = _group(tex, end + after.end())
            yield term, label, start, at


def _group(tex, at):
    """Return what is in the braces that open at this place, and where they close."""
    depth = 0
    for i in range(tex.index("{", at), len(tex)):
        depth += (tex[i] == "{") - (tex[i] == "}")
        if depth == 0:
            return tex[tex.index("{", at) + 1 : i], i + 1
    raise FormulaError(f"A brace is not closed in the formula {tex}")


def _shape(label):
    sizes = [size.strip() for size in label.split(r"\times")]
    return tuple(sizes) if all(SIZE.fullmatch(size) for size in sizes) else None


def _needed(term, shape, layout):
    """Return the shapes that this term may have; none if it is not one symbol, or if its sizes are those of an example."""
    if any((size.isdigit() and size != "1") or size == "n" for size in shape):
        return []
    turned = TRANSPOSED.fullmatch(term.strip())
    symbol = next(filter(None, turned.groups())) if turned else term.strip()
    for pattern, kind in SYMBOLS:
        if match := pattern.fullmatch(symbol):
            index = next(filter(None, match.groups()), "L")
            found = _layout_shapes(kind, index, layout)
            return [one[::-1] for one in found] if turned else found
    return []


def _layout_shapes(kind, index, layout):
    n = _size(index)
    turn = -1 if layout == "rows" else 1
    if kind == "biases":
        return [(n,)]
    if kind == "weights":
        return [(n, _size(_previous(index)))[::turn]]
    # One example is a vector, and a matrix of one column or row in an outer product.
    return [(n, "m")[::turn], (n,), (n, "1")[::turn]]


def _previous(index):
    if index.isdigit():
        return str(int(index) - 1)
    return index[:-2] if index.endswith("+1") else f"{index}-1"


def _size(index):
    return f"n_{index}" if len(index) == 1 else f"n_{{{index}}}"


def _written(shape):
    return " × ".join(shape)


class ShapeMarks(Treeprocessor):
    def run(self, root):
        for element, layout in by_layout(root):
            if element.get("class") == "arithmatex":
                tex = html.unescape(element.text).strip()[2:-2].strip()
                wrong = wrong_marks(tex, layout if layout in ("columns", "rows") else "columns")
                if layout == "both":  # it is about the two, so each formula is for one of them
                    wrong = wrong and wrong_marks(tex, "rows")
                if wrong:
                    raise FormulaError(
                        f"{page_of(self.md)}the shapes in the formula {tex} are not those of its layout: {'; '.join(wrong)}"
                    )


class ShapeMarksExtension(Extension):
    def extendMarkdown(self, md):
        md.treeprocessors.register(ShapeMarks(md), "shape-marks", 16)  # before katex, at 15


def makeExtension(**kwargs):
    return ShapeMarksExtension(**kwargs)
