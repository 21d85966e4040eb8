"""The picture that a link to an equation shows elsewhere: its formula with the shapes below, drawn from the chapter's own text."""

import importlib
import inspect
import re
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from book.assets import SITE
from book.colours import colour_tex

WIDTH, HEIGHT, MARGIN = 1200, 630, 80
EQUATIONS = ["bp1_output_error", "bp2_hidden_error", "bp3_bias_gradient", "bp4_weight_gradient"]
TERM = re.compile(
    r"\\underbrace\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}_\{((?:[^{}]|\{[^{}]*\})*)\}|(\\bigl\(|\\bigr\)|=|\\odot|\S)"
)
ONE_COLOUR = re.compile(r"\{\\htmlClass\{(c-\w+)\}\{((?:(?!htmlClass).)*)\}\}")
# The formulas in the letters that KaTeX has, the words in what goes with them.
LETTERS = FontProperties(family="STIXGeneral", math_fontfamily="cm")


def colours():
    """Return the colours of the book in the light."""
    style = (SITE.parent / "docs" / "assets" / "book.css").read_text(encoding="utf-8")
    block = style.partition('[data-md-color-scheme="default"] {')[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block))


def equation(name):
    """Return the formula at the head of a chapter, without its tag and without what follows for a batch."""
    docstring = inspect.getdoc(importlib.import_module(f"backprop.{name}"))
    tex = re.search(r"\$\$(.*?)\$\$", docstring, re.DOTALL)[1]
    first = re.sub(r"\\begin\{aligned\}|&(?!&)", "", tex.replace("&&", r"\qquad"))
    return re.sub(r"(\\qquad|\\tag|\\\\).*", "", first, flags=re.DOTALL).strip()


def terms(tex):
    r"""Return each term of a formula with the shape below it, in the order of the formula.

    >>> terms(r"\underbrace{\delta^{L}}_{n_L} = \underbrace{\nabla_a C}_{n_L} \odot b")
    [('\\delta^{L}', 'n_L'), ('=', ''), ('\\nabla_a C', 'n_L'), ('\\odot', ''), ('b', '')]
    """
    return [(term or sign, shape) for term, shape, sign in TERM.findall(tex.replace(r"\,", " "))]


def _letters(tex, size):
    for theirs, ours in ((r"\mathsf T", r"\mathsf{T}"), (r"\frac", r"\dfrac"), (r"\bigl(", "("), (r"\bigr)", ")")):
        tex = tex.replace(theirs, ours)
    return TextPath((0, 0), f"${tex}$", size=size, prop=LETTERS)


class Canvas:
    def __init__(self):
        self.figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=colours()["page"])
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
        self.axes.set_axis_off()

    def put(self, path, x, y, colour):
        self.axes.add_patch(PathPatch(Affine2D().translate(x, y).transform_path(path), facecolor=colour, linewidth=0))

    def words(self, text, x, y, size, colour):
        self.put(TextPath((0, 0), text, size=size, prop=LETTERS), x, y, colour)

    def formula(self, terms, x, y, size, width=None):
        """Draw a formula from x on, its base line at y; make it smaller if it is wider than `width`."""
        laid, at = [], 0.0
        for term, shape in terms:
            letters, below = _letters(term, size), _letters(shape, 0.5 * size) if shape else None
            box, gap = letters.get_extents(), size * (0.32 if term in ("=", r"\odot") else 0.12)
            across = max(box.width, below.get_extents().width) if below else box.width
            laid.append((term, letters, below, at + gap, across))
            at += across + 2 * gap
        if width and at > width:
            return self.formula(terms, x, y, size * width / at)
        foot = y + min(letters.get_extents().y0 for _, letters, *_ in laid) - 0.12 * size
        for term, letters, below, left, across in laid:
            one = ONE_COLOUR.fullmatch(colour_tex(term))
            colour = colours()[one[1]] if one else colours()["ink"]
            box = letters.get_extents()
            self.put(letters, x + left + (across - box.width) / 2 - box.x0, y, colour)
            if below:
                middle, half = x + left + across / 2, box.width / 2
                self.brace(middle, half, foot, 0.16 * size)
                shape = below.get_extents()
                self.put(below, middle - shape.width / 2 - shape.x0, foot - 0.75 * size, colours()["ink-soft"])
        return None

    def brace(self, middle, half, top, high):
        bend = min(high, half / 2)
        points = []
        for side in (-1, 1):
            points += [
                (middle + side * half, top),
                (middle + side * half, top - high / 2),
                (middle + side * (half - bend), top - high / 2),
                (middle + side * bend, top - high / 2),
                (middle, top - high / 2),
                (middle, top - high),
            ]
        codes = [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3, Curve.LINETO, Curve.CURVE3, Curve.CURVE3] * 2
        self.axes.add_patch(
            PathPatch(Curve(points, codes), facecolor="none", edgecolor=colours()["ink-faint"], linewidth=1.5)
        )

    def save(self, path):
        self.words("backprop", MARGIN, 56, 34, colours()["ink-soft"])
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without the name of the program the same text gives the same file.
        self.figure.savefig(path, metadata={"Software": None})


def draw(folder, titles):
    """Draw every equation under its page's title, and all of them for the other pages."""
    with mpl.rc_context({"text.usetex": False, "path.simplify": False}):
        for name in EQUATIONS:
            canvas = Canvas()
            canvas.words(titles[name], MARGIN, HEIGHT - 130, 52, colours()["ink"])
            canvas.formula(terms(equation(name)), MARGIN - 10, 290, 88, WIDTH - 2 * MARGIN)
            canvas.save(Path(folder, f"{name.replace('_', '-')}.png"))
        canvas = Canvas()
        canvas.words("The four equations of backpropagation", MARGIN, HEIGHT - 110, 52, colours()["ink"])
        for name, x, y in zip(EQUATIONS, (MARGIN, MARGIN, MARGIN, MARGIN + 480), (415, 300, 170, 170)):
            canvas.formula([(term, "") for term, _ in terms(equation(name))], x, y, 50)
        canvas.save(Path(folder, "book.png"))
