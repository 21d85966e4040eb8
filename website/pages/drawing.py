"""How a figure is drawn: SVG with words for those who hear it, in the colors of the page.

A figure is as wide as a phone, so that its text is as large there as the text around it. Its colors are variables of the page, so it
follows the scheme. It has no id, so it may be on a page twice.
"""

import math
import re
from fractions import Fraction
from html import escape

WIDTH = 360
SIZE = 13

INK = "var(--md-default-fg-color, currentcolor)"
SOFT = "var(--md-default-fg-color--light, currentcolor)"
FAINT = "var(--md-default-fg-color--lightest, currentcolor)"
ERR, WT, ACT, BIAS, SLOPE = (f"var(--c-{kind}, currentcolor)" for kind in ("err", "wt", "act", "bias", "slope"))
SYMBOLS = {"δ": ERR, "W": WT, "w": WT, "a": ACT, "b": BIAS, "′": SLOPE}


def drawn(height, title, description, parts):
    """Return a whole figure."""
    return (
        '<figure data-search-exclude="" style="margin:1.5em auto;max-width:25rem;width:100%">'
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height:g}" width="100%" '
        f'style="display:block;fill:{INK};font-family:KaTeX_Main,Georgia,serif">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg></figure>"
    )


def text(x, y, source, anchor="middle", color=INK):
    """Return a line of text; what stands between two $ is set as mathematics, in the book's colors."""
    words = "".join(_formula(piece) if i % 2 else escape(piece) for i, piece in enumerate(source.split("$")))
    return f'<text x="{x:g}" y="{y:g}" font-size="{SIZE}" text-anchor="{anchor}" style="fill:{color}">{words}</text>'


# A symbol has one color with its scripts, and so has a transposed matrix with its parentheses.
PIECE = re.compile(r"\([Wa][^)]*\)\^T|σ′(?:\(z[^)]*\))?|[Wwabδ](?:[\^_](?:\{[^}]*\}|.))*|[\^_](?:\{[^}]*\}|.)|.")
GLYPHS = re.compile(r"([\^_]?)(\{[^}]*\}|.)")
LIFT = {"": 0, "^": -0.36, "_": 0.2}
ITALIC = ' font-family="KaTeX_Math,Georgia,serif" font-style="italic"'


def _formula(source):
    spans, lifted = [], 0
    for piece in PIECE.findall(source):
        color = next((f' style="fill:{SYMBOLS[glyph]}"' for glyph in piece if glyph in SYMBOLS), "")
        for script, glyphs in GLYPHS.findall(piece.replace("′", "^′")):
            lift = LIFT[script] * SIZE
            glyphs = glyphs.strip("{}")
            form = f' dy="{lift - lifted:.3g}"' if lift != lifted else ""
            form += f' font-size="{0.75 * SIZE:g}"' if script else ""
            form += ITALIC if glyphs.isalpha() and glyphs != "T" else ""
            spans.append(f"<tspan{form}{color}>{escape(glyphs)}</tspan>" if form or color else escape(glyphs))
            lifted = lift
    if lifted:
        spans.append(f'<tspan dy="{-lifted:.3g}">\u200b</tspan>')  # nothing, on the line again
    return "".join(spans)


def line(x1, y1, x2, y2, color=INK, width=1.2, dash=None, opacity=1):
    return curve([(x1, y1), (x2, y2)], color, width, dash, opacity)


def curve(points, color=INK, width=1.8, dash=None, opacity=1):
    path = "L".join(f"{x:.4g} {y:.4g}" for x, y in points)
    form = f' stroke-dasharray="{dash}"' if dash else ""
    form += f' stroke-opacity="{opacity}"' if opacity != 1 else ""
    return f'<path d="M{path}" stroke-width="{width}"{form} style="fill:none;stroke:{color}"/>'


def arrow(x1, y1, x2, y2, color=INK, dash=None):
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    there = f"translate({x2:.4g} {y2:.4g}) rotate({angle:.4g})"
    head = f'<path d="M0 0L-8 3.5L-8 -3.5z" transform="{there}" style="fill:{color}"/>'
    return line(x1, y1, x2, y2, color, 1.5, dash) + head


def circle(x, y, r, color=INK):
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" stroke-width="1.3" style="fill:none;stroke:{color}"/>'


def dot(x, y, color=INK):
    return f'<circle cx="{x:.4g}" cy="{y:.4g}" r="3" style="fill:{color}"/>'


def cells(x, y, table, color, w, h, dash=None, strong=False):
    """Return an array of two axes as boxes, the first at (x, y)."""
    form = f' stroke-dasharray="{dash}"' if dash else ""
    for j, row in enumerate(table):
        for i, entry in enumerate(row):
            yield (
                f'<rect x="{x + i * w:g}" y="{y + j * h:g}" width="{w}" height="{h}"{form} '
                f'fill-opacity="{0.12 if strong else 0}" style="fill:{color};stroke:{color}"/>'
            )
            yield text(x + (i + 0.5) * w, y + (j + 0.5) * h + 5, number(entry), color=color)


def between(start, end, r):
    """Return the ends of the line between two circles of radius r."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = (r * (far - near) / math.dist(start, end) for near, far in zip(start, end))
    return x1 + dx, y1 + dy, x2 - dx, y2 - dy


def scale(low, high, start, end):
    """Return what places a value between low and high on the page, between start and end."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


# ---- Numbers as the book writes them


def number(value):
    return minus(Fraction(float(value)))


def bracketed(value):
    return f"({number(value)})" if value < 0 else number(value)


def minus(value):
    return str(value).replace("-", "−")


def scientific(value):
    digits, power = f"{value:.0e}".split("e")
    return f"{digits} · $10^{{{minus(int(power))}}}$"


def shape(array):
    return str(array.shape)


def series(values):
    *head, last = map(number, values)
    return f"{', '.join(head)} and {last}"
