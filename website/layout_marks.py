"""What depends on the layout must say for which it is: this names each formula, table and example that does not.

It is found from its text: a product with a matrix, a shape of two axes, a function that `backprop.rows` has of its own.
A page puts it under `=== "Columns"` and `=== "Rows"`, or under `=== "Both"` where it is about the two of them. A page that is as a whole
about one layout, or about both, says so at its head: `layout: rows`.
"""

import functools
import inspect
import pkgutil
import re

from mkdocs.exceptions import BuildError

from backprop import rows
from website.extensions.shape_marks import wrong_marks

ROOT_TABS = re.compile(r'(?:^( *)=== "(?:Columns|Rows|Both)"\n(?:\1    .*\n|\n)*)+', re.MULTILINE)
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+(?:\n[^$\n]+)*?)\$", re.DOTALL)
TABLE = re.compile(r"^ *\|.*(?:\n *\|.*)*", re.MULTILINE)

OWN = "|".join(name for name in rows.OWN if inspect.isfunction(getattr(rows, name)) or name == "Layer")
# What a block takes from an earlier one runs in either layout, which the tests try.
EXAMPLE = re.compile(
    rf"(?<!^)(?<!\.\.\. )@|\.T\b|\b(?:backprop|rows)\.(?:{OWN})\b|from backprop(?:\.rows)? import (?:.*\b(?:{OWN}|rows)\b|\*)",
    re.MULTILINE,
)
INDEX = r"(?:\^\{[^{}]*\}|\^\w|_\{[^{}]*\}|_\w)*"
PRODUCT = re.compile(rf"(?<![A-Za-z\\])W{INDEX}\s*(?:\\[,;]\s*)?(?:a|x|\\delta)(?![A-Za-z])")
TRANSPOSED = re.compile(r"(?:\([^()]*\)|[A-Za-z](?:\^\{[^{}]*\})?)\^\{?\\mathsf T\}?")
SYMBOL = re.compile(r"\\delta|(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
SHAPE = re.compile(r"\((?:n\w*, ?(?:m|n\w*)|m, ?n\w*)\)|n_\w+ *(?:×|\\times) *(?:m|n_\w)|m *(?:×|\\times) *n_")


HEAD = re.compile(r"---\n(?:.*\n)*?layout: (?:columns|rows|both)\n(?:.*\n)*?---\n")


def unmarked(text):
    r"""Yield the line and the words of each formula, table and example that depends on the layout without saying so.

    >>> list(unmarked("Let $z = W a$.\n\n=== \"Rows\"\n\n    $z = a W$\n"))
    [(1, 'z = W a')]
    """
    rest = ROOT_TABS.sub(_blank, text)
    for match in FENCE.finditer(rest):
        if match[2] == "pycon" and (example := EXAMPLE.search(match[3])):
            yield _line(rest, match), example[0]
    rest = FENCE.sub(_blank, rest)
    for match in FORMULA.finditer(re.sub(r"`[^`\n]*`", _blank, rest)):
        tex = match[1] or match[2]
        turned, others = TRANSPOSED.subn("", tex)[::-1]
        if (
            PRODUCT.search(tex)
            or (turned and SYMBOL.search(others))
            or wrong_marks(tex, "columns")
            or wrong_marks(tex, "rows")
        ):
            yield _line(rest, match), " ".join(tex.split())
    for match in TABLE.finditer(rest):
        if shape := SHAPE.search(match[0]):
            yield _line(rest, match), shape[0]


def _blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1


def sources(root):
    """Yield the file and the text of each page, and of the module that it shows, unless the page is about a layout as a whole."""
    for page in sorted((root / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if HEAD.match(text) or page.name == "reference.md":  # a card is of one layout
            continue
        yield page.relative_to(root).as_posix(), text
        for name in re.findall(r"^::: (backprop\.[\w.]+)$", text, re.MULTILINE):
            if inspect.ismodule(module := pkgutil.resolve_name(name)):
                yield name, inspect.getdoc(module)


def check(root):
    """Stop the build at the first formula, table or example that does not say for which layout it is."""
    files = [*(root / "docs").rglob("*.md"), *(root / "backprop").rglob("*.py")]
    _check(root, max(path.stat().st_mtime_ns for path in files))


@functools.lru_cache(maxsize=1)  # a build asks again for each page, and `mkdocs serve` after each change
def _check(root, newest):
    for name, text in sources(root):
        for line, words in unmarked(text):
            raise BuildError(
                f'{name}, line {line}: "{words}" depends on the layout. Put it under === "Columns" and === "Rows", '
                'or under === "Both" if it is about the two.'
            )
