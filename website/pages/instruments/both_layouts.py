"""What an instrument says in both layouts, and the color of a symbol."""

import re
from html import escape

from website.extensions.colors import SYMBOLS, color_code

KINDS = {symbol.replace(r"\delta", "δ"): color for symbol, color in SYMBOLS.items()}


def kind(symbol):
    return KINDS.get(re.sub(r"^∂C/∂", "", symbol)[0], "")


def in_both(columns, rows):
    """Return two blocks, of which the reader sees the one of the chosen layout."""
    blocks = "".join(
        f'<div class="layout" data-layout="{name.lower()}"><p class="layout-name">{name}</p>{block}</div>'
        for name, block in (("Columns", columns), ("Rows", rows))
    )
    return f'<div class="layouts">{blocks}</div>'


def words_in_both(columns, rows):
    """Return two pieces of a line; where no script runs, both are there with their names."""
    return "".join(
        f'<span class="layout" data-layout="{name}"><span class="layout-word">{name}: </span>{words} </span>'
        for name, words in (("columns", columns), ("rows", rows))
    )


def formula_in_both(columns, rows):
    return _code(columns) if columns == rows else words_in_both(_code(columns), _code(rows))


def _code(formula):
    return color_code(f"<code>{escape(formula, quote=False)}</code>")
