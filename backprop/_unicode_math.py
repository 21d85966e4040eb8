r"""A formula of a docstring, from LaTeX to lines of Unicode, for a terminal.

Only the commands that the chapters use are known; any other is a ValueError, so that no backslash is ever printed.

>>> print(inline(r"\delta^{l}_j = \sum_k W^{l+1}_{kj} \, \delta^{l+1}_k \, \sigma'(z^{l}_j)"))
δˡⱼ = ∑ₖ Wˡ⁺¹ₖⱼ δˡ⁺¹ₖ σ′(zˡⱼ)
>>> print(display(r"\underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} = \sum_{i=1}^{m} \delta^{l}_i"))
∂C     m
─── =  ∑  δˡᵢ
∂bˡ   i=1
╰─╯
nₗ
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
HIGH = dict(zip("0123456789+-−=()abcdefghijklmnoprstuvwxyzᵀL′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᴸ′"))
LOW = dict(zip("0123456789+-−=()aehijklmnoprstuvx′", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ′"))
VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞"}
ACCENTS = {r"\bar": "\u0304", r"\overline": "\u0304", r"\hat": "\u0302"}
LETTERS = {
    r"\Delta": "Δ", r"\Sigma": "Σ", r"\delta": "δ", r"\varepsilon": "ε", r"\eta": "η", r"\theta": "θ", r"\sigma": "σ",
    r"\alpha": "α", r"\beta": "β", r"\pi": "π", r"\Phi": "Φ", r"\gamma": "γ", r"\epsilon": "ϵ", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "μ", r"\rho": "ρ",
    r"\partial": "∂", r"\nabla": "∇", r"\infty": "∞", r"\dots": "…", r"\lVert": "‖", r"\rVert": "‖", r"\lvert": "|", r"\rvert": "|",
    r"\ldots": "…", r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\{": "{", r"\}": "}", "'": "′",
}  # fmt: skip
NAMES = {rf"\{name}": name for name in ("ln", "max", "cosh", "tanh")}
SIGNS = {
    "+": "+", "-": "−", r"\cdot": "·", r"\times": "×", r"\odot": "⊙", "=": "=", "<": "<", ">": ">", r"\le": "≤", r"\ge": "≥",
    r"\star": "⋆", r"\pm": "±", r"\ne": "≠", r"\approx": "≈", r"\in": "∈", r"\leftarrow": "←", r"\to": "→",
}  # fmt: skip
RELATIONS = set("=<>≤≥≠≈∈←→")
SPACES = {r"\,": " ", r"\;": " ", r"\quad": "   ", r"\qquad": "      "}
PLAIN = {r"\mathbf", r"\mathrm", r"\textit", r"\boldsymbol"}
FRACTIONS = {r"\frac", r"\tfrac", r"\dfrac"}
OPENING = {"(", "[", r"\langle", r"\lfloor", r"\lVert", r"\lvert", r"\partial", r"\nabla", r"\Delta"}
CLOSING = {")", "]", r"\rangle", r"\rfloor", r"\rVert", r"\rvert", ",", "."}
# After these, or at the beginning, a minus is a sign and no operation.
PREFIX_FOLLOWS = RELATIONS | set(" ([⎜‖,/+−·×⊙⋆±")
BIG = {"(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦"}


class Box(NamedTuple):
    """Lines of text; those beside it are set so that their base lines meet."""

    lines: list[str]
    base: int = 0


def inline(tex: str) -> str:
    r"""Return a formula as one line.

    >>> inline(r"\delta^{L} = \frac1m (a^{L} - y), \quad \frac12 (1 + \frac1{32}) \ne e^{-z_k}")
    'δᴸ = 1/m (aᴸ − y),    ½ (1 + 1/32) ≠ e^(−zₖ)'
    """
    return _beside(_Reader(tex, tall=False).atoms()).lines[0].strip()


def display(tex: str, width: int = 80) -> str:
    r"""Return a formula as lines, broken before a relation where it is wider than `width`.

    >>> print(display(r"a = \frac{1}{1 + e^{-z}} = 1 - \sigma(-z) \tag{A}", 20))
           1
    a = ───────       (A)
        1 + e⁻ᶻ
      = 1 − σ(−z)
    """
    tag = re.search(r"\\tag\{(.*?)\}", tex)
    aligned = re.fullmatch(
        r"\s*\\begin\{aligned\}(.*)\\end\{aligned\}\s*", tex.replace(tag[0] if tag else "\0", ""), re.DOTALL
    )
    if aligned:
        cells = [
            [_Reader(cell.strip()).atoms() for cell in row.split("&")]
            for row in re.split(r"\\\\(?:\[\d+pt\]|(?!\w))", aligned[1])
        ]
        # `&&` leaves a cell empty, and sets what follows apart.
        grid = [[_beside(cell) if cell else _Text(["    "]) for cell in row] for row in cells]
        widths = [max(map(_wide, column)) for column in zip_longest(*grid, fillvalue=_Text([""]))]
        rows = [
            _beside([_padded(box, width, left=i == 0) for i, (box, width) in enumerate(zip(row, widths))])
            for row in grid
        ]
    else:
        rows = _broken(_Reader(tex.replace(tag[0] if tag else "\0", "")).atoms(), width)
    if tag:
        across = max(map(_wide, rows))
        rows[0] = _beside([_padded(rows[0], across + 4, left=False), _Text([f"({tag[1]})"])])
    tall = any(len(row.lines) > 1 for row in rows) and aligned
    lines = [line for row in rows for line in (*row.lines, *([""] if tall else []))]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).rstrip()


# ---- Boxes


class _Text(Box):
    """What stands by itself: a letter, a fraction, a parenthesis."""


class _Sign(Box):
    """An operation or a relation, with a space on both sides if it joins two things."""


class _Close(_Text):
    """What ends something, and has no space before it."""


class _Space(Box):
    """A space that the author wrote."""


def _columns(text: str) -> int:
    return sum(not unicodedata.combining(character) for character in text)


def _wide(box: Box) -> int:
    return max(map(_columns, box.lines))


def _padded(box: Box, width: int, *, left: bool = True) -> _Text:
    return _Text([" " * (width - _wide(box)) + line if left else _filled(line, width) for line in box.lines], box.base)


def _filled(line: str, width: int) -> str:
    return line + " " * (width - _columns(line))


def _centred(line: str, width: int) -> str:
    return _filled(" " * ((width - _columns(line)) // 2) + line, width)


def _beside(atoms: Sequence[Box]) -> _Text:
    """Set boxes side by side, on one base line."""
    boxes: list[Box] = []
    for atom in atoms:
        before = "".join(box.lines[box.base] for box in boxes if box.base < len(box.lines))
        if isinstance(atom, _Sign):
            sign = atom.lines[0]
            joins = sign in RELATIONS or (before.rstrip() or " ")[-1] not in PREFIX_FOLLOWS
            atom = _Text([f" {sign} "[before.endswith(" ") :] if joins else sign])
        elif isinstance(atom, _Space) and before.endswith(" ") and atom.lines == [" "]:
            continue
        elif isinstance(atom, _Close) and boxes and isinstance(boxes[-1], _Space):
            boxes.pop()
        boxes.append(atom)
    above = max((box.base for box in boxes), default=0)
    below = max((len(box.lines) - box.base for box in boxes), default=1)
    lines = [""] * (above + below)
    for box in boxes:
        width = _wide(box)
        for number in range(len(lines)):
            inside = number - above + box.base
            lines[number] += _filled(box.lines[inside] if 0 <= inside < len(box.lines) else "", width)
    return _Text(lines, above)


def _broken(atoms: list[Box], width: int) -> list[_Text]:
    """Set atoms in one line, or in several that each begin with a relation or after a wide space."""
    pieces: list[list[Box]] = [[]]
    for atom in atoms:
        relation = isinstance(atom, _Sign) and atom.lines[0] in RELATIONS
        if (relation and len(pieces[-1]) > 0) or (isinstance(atom, _Space) and len(atom.lines[0]) > 3):
            pieces.append([])
        pieces[-1].append(atom)
    rows: list[list[Box]] = []
    for piece in pieces:
        if rows and _wide(_beside([*rows[-1], *piece])) <= width:
            rows[-1] += piece
        else:
            rows.append(piece)
    indent = _Text(["  "])
    return [_beside(row if i == 0 else [indent, *row[isinstance(row[0], _Space) :]]) for i, row in enumerate(rows)]


# ---- Reading


class _Reader:
    def __init__(self, tex: str, tall: bool = True) -> None:
        self.tokens: list[str] = TOKEN.findall(tex)
        self.at, self.tall = 0, tall

    def token(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def skip(self) -> None:
        while self.next().isspace():
            self.at += 1

    def group(self) -> str:
        """Return the text of the next argument: one token, or what stands in braces."""
        self.skip()
        first = self.token()
        if first != "{":
            # A command takes its own argument along: the script of `x^\mathsf T`.
            return first + self.group() if first in PLAIN | {r"\mathsf"} else first
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.token(), 0)
        return "".join(self.tokens[start : self.at - 1])

    def inner(self, tex: str) -> _Text:
        return _beside(_Reader(tex, self.tall).atoms())

    def script(self) -> str:
        return inline(self.group()).replace(" ", "")

    def atoms(self) -> list[Box]:
        boxes: list[Box] = []
        while self.next():
            boxes.append(self.atom())
        return boxes

    def atom(self) -> Box:
        token = self.token()
        if token.isspace():
            return _Space([" "])
        if token in SPACES:
            return _Space([SPACES[token]])
        if token in SIGNS:
            return _Sign([SIGNS[token]])
        box = self.nucleus(token)
        low = high = ""
        while self.next() in ("^", "_", "'"):
            mark = self.token()
            if mark == "'":
                box = _Text([*box.lines[:-1], box.lines[-1] + "′"], box.base)
            elif mark == "^":
                high = self.script()
            else:
                low = self.script()
        if token == r"\underbrace":
            return _braced(box, low)
        if token == r"\overbrace":
            return _braced(box, high, above=True)
        if token == r"\sum" and self.tall:
            width = max(map(_columns, (low, high, "∑")))
            return _Text([_centred(line, width) + " " for line in (high, "∑", low)], 1)
        scripts = (
            (_raised(low, LOW, "_") + _raised(high, HIGH, "^"))
            if token == r"\sum"
            else _raised(high, HIGH, "^") + _raised(low, LOW, "_")
        )
        return type(box)(*_beside([box, _Text([scripts], box.base)])) if scripts else box

    def nucleus(self, token: str) -> _Text:
        if token == "{":
            self.at -= 1
            return self.inner(self.group())
        if token in OPENING:
            self.skip()
        if token in CLOSING:
            return _Close([LETTERS.get(token, token)])
        if token in LETTERS:
            return _Text([LETTERS[token]])
        if token in NAMES:
            return _Text([self.named(NAMES[token])])
        if token == r"\operatorname":
            return _Text([self.named(self.group())])
        if token == r"\text":
            return _Text([self.group()])
        if token == r"\sum":
            return _Text(["∑"])
        if token in ACCENTS:
            text = inline(self.group())
            return _Text([unicodedata.normalize("NFC", text[0] + ACCENTS[token]) + text[1:]])
        if token == r"\mathsf":
            return _Text([self.script().replace("T", "ᵀ")])
        if token == r"\scriptsize":
            return _Text([""])
        if token in PLAIN or token in (r"\underbrace", r"\overbrace"):
            return self.inner(self.group())
        if token in FRACTIONS:
            return self.fraction(token)
        if token == r"\sqrt":
            under = inline(self.group())
            return _Text([f"√{under}" if len(under) == 1 else f"√({under})"])
        if re.fullmatch(r"\\[bB]ig[lr]", token):
            return self.delimiter(token)
        if token == r"\begin" and self.group() == "pmatrix":
            return self.matrix()
        if token.startswith("\\") or token in "&^_}":
            raise ValueError(f"{token} is not known here; _unicode_math.py lists what is")
        return _Text([token])

    def matrix(self) -> _Text:
        """Return the rows up to the end of a matrix, between parentheses."""
        start = self.at
        while self.next() != r"\end":
            self.at += 1
        rows = [row.split("&") for row in "".join(self.tokens[start : self.at]).split(r"\\")]
        self.at += 1
        self.group()
        texts = [[inline(cell.strip()) for cell in row] for row in rows]
        widths = [max(map(_columns, column)) for column in zip(*texts)]
        lines = [" ".join(map(_centred, row, widths)) for row in texts]
        left, right = ([ends[0], *ends[1] * (len(lines) - 2), ends[2]] for ends in (BIG["("], BIG[")"]))
        return _Text([f"{start} {line} {end}" for start, line, end in zip(left, lines, right)], len(lines) // 2)

    def named(self, name: str) -> str:
        """Return the name of a function, with a space unless its argument stands in parentheses."""
        self.skip()
        return name if self.next() in ("(", "", "^", "'") else f"{name} "

    def fraction(self, token: str) -> _Text:
        above, below = self.group(), self.group()
        short = f"{inline(above)}/{inline(below)}"
        if token != r"\tfrac" and self.tall:
            over, under = self.inner(above), self.inner(below)
            width = max(_wide(over), _wide(under))
            lines = [
                *(_centred(line, width) for line in over.lines),
                "─" * width,
                *(_centred(line, width) for line in under.lines),
            ]
            return _Text(lines, len(over.lines))
        parts = (f"({part})" if re.search(r"[ +−·/]|^\d+[a-z]", part) else part for part in short.split("/", 1))
        return _Text([VULGAR.get(short) or "/".join(parts)])

    def delimiter(self, token: str) -> _Text:
        self.skip()
        sign = self.token()
        text = LETTERS.get(sign, sign)
        if token.endswith("l"):
            self.skip()
        kind = _Close if token.endswith("r") else _Text
        return kind([*BIG[text]], 1) if self.tall and token[1] == "B" and text in BIG else kind([text])


def _braced(box: _Text, shape: str, *, above: bool = False) -> _Text:
    """Set a brace below or above a box, and the shape on its other side."""
    inner = _wide(box)
    left, middle, right, small = "╭─╮╷" if above else "╰─╯╵"
    brace = left + middle * (inner - 2) + right if inner > 1 else small
    shape = shape.replace("×", " × ")
    width = inner if _columns(shape) <= inner else _columns(shape) + 2
    lines = [shape, brace, *box.lines] if above else [*box.lines, brace, shape]
    return _Text([_centred(line, width) for line in lines], box.base + 2 * above)


def _raised(text: str, table: dict[str, str], mark: str) -> str:
    """Return a script in small letters if Unicode has them all, else behind its mark."""
    if all(character in table for character in text):
        return "".join(table[character] for character in text)
    return f"{mark}({text})" if len(text) > 1 else f"{mark}{text}"
