"""A chapter and its card, or a page about an error, in a terminal, with formulas in Unicode; or what an error message means."""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import NamedTuple, NoReturn

from . import _messages
from ._address import BOOK
from ._messages import pages as error_pages
from ._unicode_math import display, inline

package = sys.modules[__name__.partition(".")[0]]
INLINE = re.compile(
    r"(?P<code>`[^`]+`)|\$(?P<tex>[^$]+)\$|\*\*(?P<strong>[^*]+)\*\*|!\[(?P<figure>[^\]]+)\]\(figure:\w+\)"
    r"|\[(?P<text>[^\]]+)\](?:\[[\w.-]+\]|\((?P<url>[^)\s]+)\))"
)
# What is written for both layouts, in tabs that follow each other.
TAB = r'^=== "(Columns|Rows|Both)"\n((?:    .*\n|\n)*)'
TABS = re.compile(rf"(?:{TAB})+", re.MULTILINE)
# The first line of a message of this library: the function that raised it comes first.
OWN_MESSAGE = re.compile(r"(?:backprop\.)?ShapeError: (?P<line>(?P<function>\w+).*)")
FOLDED = re.compile(r'^\?\?\?\+? \w+ "(.*)"$', re.MULTILINE)


class Topic(NamedTuple):
    """What can be asked for: a module, which is a chapter, and one of its names or none."""

    module: ModuleType
    name: str = ""
    value: object = None


def topics() -> dict[str, Topic]:
    """Return every topic by what it is called: modules, equations by their tags, and public names.

    >>> topics()["BP2"].module is topics()["hidden_error"].module is topics()["bp2_hidden_error"].module
    True
    >>> topics()["rows.hidden_error"].value is topics()["hidden_error"].value
    False
    """
    chapters = _chapters(package) | {"layers": package.layers} | _chapters(package.layers, "layers.")
    named = {name: Topic(chapter) for name, chapter in chapters.items()}
    for name, chapter in chapters.items():
        named |= {tag: Topic(chapter) for tag in re.findall(r"\\tag\{(\w+)\}", chapter.__doc__ or "")}
        where = name if hasattr(chapter, "__path__") else name.rpartition(".")[0]
        for own, value in _own(chapter).items():
            called = own if getattr(package, own, None) is value else f"{where}.{own}"
            named[called] = Topic(chapter, called, value)
    return named


def _chapters(where: ModuleType, prefix: str = "") -> dict[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(where.__path__) if module.name[0] != "_"]
    return {prefix + name: importlib.import_module(f"{where.__name__}.{name}") for name in names if name != "conftest"}


def _own(chapter: ModuleType) -> dict[str, object]:
    """Return what a chapter gives to its readers."""
    # What `rows` shares with the package belongs to the chapters there.
    return {name: getattr(chapter, name) for name in getattr(chapter, "OWN", getattr(chapter, "__all__", ()))}


def pages(topic: Topic, layout: str = "columns") -> Iterator[tuple[str, str]]:
    """Yield the heading and the docstring of a chapter, and of the card that belongs to it in this layout."""
    chapter, name, value = topic
    yield chapter.__name__, inspect.getdoc(chapter) or ""
    own = _own(chapter)
    if not name and len(own) == 1:
        [(name, value)] = own.items()
    rows = importlib.import_module(f"{package.__name__}.rows")
    if layout == "rows" and name in rows.OWN:
        name, value = f"rows.{name}", getattr(rows, name)
    if name:
        yield (
            f"{name}({', '.join(inspect.signature(value).parameters)})" if inspect.isfunction(value) else name,
            inspect.getdoc(value) or "",
        )
    elif own:
        yield "Cards", f"With one of these names in the place of the chapter's, its card follows: {', '.join(own)}."


# ---- From Markdown to the terminal


def legible(text: str, width: int = 80, layout: str = "columns") -> str:
    r"""Return a docstring as it reads in a terminal of this width, in one layout.

    >>> print(legible("**Its derivative is $\\frac14$**, as [BP1][backprop.output_error]\nsays in `dC_da`.\n\n# Shapes\n", 40))
    Its derivative is ¼, as BP1 says in
    `dC_da`.
    <BLANKLINE>
    Shapes
    ──────
    >>> print(legible('=== "Columns"\n\n    $W a$\n\n=== "Rows"\n\n    $a W$\n', layout="rows"))
    a W
    """
    text = FOLDED.sub(r"\1", in_layout(text, layout))
    return "\n".join(_lines(text.strip().splitlines(), width))


def in_layout(text: str, layout: str) -> str:
    """Return a docstring or a page without what is written for the other layout."""
    return TABS.sub(lambda match: _of_layout(match[0], layout), text.strip() + "\n")


def _of_layout(tabs: str, layout: str) -> str:
    """Return what the tabs hold for a layout; all of it, if they hold nothing for this one."""
    found = [(name.lower(), textwrap.dedent(body)) for name, body in re.findall(TAB, tabs, re.MULTILINE)]
    return "".join(body.lstrip("\n") for name, body in found if name in (layout, "both") or layout not in dict(found))


def _lines(lines: list[str], width: int) -> Iterator[str]:
    at = 0

    def until(end: str) -> list[str]:
        """Return the lines before the next one that the pattern matches, and pass that one."""
        nonlocal at
        start = at
        while at < len(lines) and not re.match(end, lines[at]):
            at += 1
        at += 1
        return lines[start : at - 1]

    def while_(pattern: str) -> list[str]:
        found = until(rf"(?!{pattern})")
        nonlocal at
        at -= 1
        return found

    while at < len(lines):
        line = lines[at]
        margin = line[: len(line) - len(line.lstrip())]
        if re.match(r"\s*```", line):
            at += 1
            yield from (f"    {code}".rstrip() for code in "\n".join(until(r"\s*```")).rstrip().splitlines())
        elif line.strip() == "$$":
            at += 1
            yield from textwrap.indent(display("\n".join(until(r"\s*\$\$")), width - 4), "    ").splitlines()
        elif line.startswith("#"):
            at += 1
            title = line.lstrip("# ")
            yield from (title, "─" * len(title))
        elif line.startswith("|"):
            yield from _table([re.split(r"\s*\|\s*", row.strip("| ")) for row in while_(r"\|")], width)
        elif re.match(r"\s*>>> ", line):
            yield from while_(r".*\S")
        elif not line.strip() or re.match(r"-+$", "".join(lines[at + 1 : at + 2])):
            yield line
            if line.strip():
                yield lines[at + 1]
            at += 2 if line.strip() else 1
        else:
            sign = re.match(r"\s*(> |- |\d+\. )", line)
            if sign:
                at += 1
                # A quotation repeats its sign, an item of a list is indented.
                more = while_(rf"{margin}> ") if sign[1] == "> " else while_(rf"{margin} +\S")
                words = " ".join(part.strip("> ") for part in [line[sign.end() :], *more])
                yield from _wrapped(words, width, sign[0], sign[0] if sign[1] == "> " else " " * len(sign[0]))
                continue
            words = " ".join(part.strip() for part in while_(rf"{margin}(?! |```|\$\$|#|\||> |>>> |- |\d+\. )\S"))
            yield from _wrapped(words, width, margin)


def _wrapped(words: str, width: int, margin: str = "", later: str | None = None) -> list[str]:
    wrapped = textwrap.wrap(
        _plain(words).replace(" ,", ","),
        width,
        initial_indent=margin,
        subsequent_indent=margin if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in wrapped] or [margin]


def _plain(words: str) -> str:
    """Return a line of Markdown with its formulas in Unicode, which no wrapping divides."""

    def replaced(match: re.Match[str]) -> str:
        if match["tex"]:
            return inline(match["tex"]).replace(" ", "\N{NO-BREAK SPACE}")
        if match["strong"]:
            return _plain(match["strong"])
        if match["figure"]:
            return f"[Figure in the book: {_plain(match['figure'])}]"
        if match["text"]:
            return _plain(match["text"]) + (f" ({match['url']})" if match["url"] else "")
        return match["code"]

    return INLINE.sub(replaced, words)


def _table(rows: list[list[str]], width: int) -> Iterator[str]:
    """Yield a table, its widest columns wrapped if it does not fit."""
    head, _, *body = [[_plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *body)]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > 10:
        widths[widths.index(max(widths))] -= 1
    for row in (head, ["─" * size for size in widths], *body):
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths)]
        for number in range(max(map(len, cells))):
            parts = ((cell[number] if number < len(cell) else "").ljust(size) for cell, size in zip(cells, widths))
            yield "  ".join(parts).replace("\N{NO-BREAK SPACE}", " ").rstrip()


# ---- The command


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str]) -> None:
    """Print what is asked for: a chapter and its card, a page, or what a message means; or all that can be asked for."""
    parser = Parser(prog="python -m backprop why", description=__doc__)
    help_ = (
        "a function, a module or an equation: hidden_error, costs, BP2; a page about an error, by its name or address: labels; "
        "or an error message in quotes; - reads it from standard input"
    )
    parser.add_argument("asked", nargs="*", help=help_)
    parser.add_argument("--rows", action="store_true", help="examples as rows: (m, n), weights (n_prev, n)")
    given = parser.parse_args(arguments)
    # Without the quotes, a message comes in several words.
    asked, layout = " ".join(given.asked), "rows" if given.rows else "columns"
    known = topics()
    if "_".join(asked.lower().split()) in known:
        asked = "_".join(asked.lower().split())
    elif len(given.asked) > 1 and all(word in known for word in given.asked):
        parser.error(f"one name at a time, not {asked}")
    width = min(shutil.get_terminal_size().columns, 100)
    if not asked:
        _print(_all(known, width))
    elif asked == "-" or re.search(r"\s", asked):
        text = sys.stdin.read() if asked == "-" else asked
        if not text.strip():
            parser.error("there is no message")
        _print(_meaning(text, width, known, given.rows) or parser.exit(2, _not_known(parser.prog, text)))
    elif page := error_pages.name_of(asked):
        text = error_pages.text(page)
        if not text:
            parser.error("the page {0} has no heading {2}".format(*page.partition("#")))
        _print(legible(text, width, layout))
    elif asked.startswith(BOOK):
        parser.error(f"this page does not come with the package; those that do: {', '.join(error_pages.names())}")
    else:
        topic = _named(asked, known, parser)
        _print(
            "\n\n\n".join(
                f"{heading}\n{'═' * len(heading)}\n\n{legible(text, width, layout)}"
                for heading, text in pages(topic, layout)
            )
        )


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader, `less` or `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _all(known: dict[str, Topic], width: int) -> str:
    lines = []
    for name in known:
        if not known[name].name and name.islower():
            tags = [tag for tag in known if tag.isupper() and known[tag] == known[name]]
            own = textwrap.fill(", ".join(_own(known[name].module)), width - 4, break_on_hyphens=False)
            lines += [" ".join([name, *(f"({tag})" for tag in tags)]), textwrap.indent(own, "    ")]
    pages = textwrap.fill(", ".join(error_pages.names()), width - 4, break_on_hyphens=False)
    lines += ["", "The pages about errors:", textwrap.indent(pages, "    ")]
    return "\n".join(
        [*lines, "", "An error message is explained in the same way:", '    python -m backprop why "MESSAGE"']
    )


def _named(asked: str, known: dict[str, Topic], parser: Parser) -> Topic:
    """Return the topic of this name, or end with the names that are near."""
    # mistakes.losses may be called losses, as long as nothing else has the whole name.
    plain = {name.lower().rpartition(".")[2]: name for name in known} | {name.lower(): name for name in known}
    name = asked.lower().removeprefix("backprop.").removesuffix(".py").replace("-", "_")
    if name not in plain:
        near = [plain[each] for each in difflib.get_close_matches(name, plain)]
        said = f"near: {', '.join(near)}" if near else "without a name all are listed"
        if re.search("[a-z](Error|Exception|Warning)$", asked):
            said = "for an error, give the whole message in quotes"
        parser.exit(2, f"{parser.prog}: there is no {asked!r}; {said}\n")
    return known[asked if asked in known else plain[name]]


# ---- What a message means


def _meaning(text: str, width: int, known: dict[str, Topic], in_rows: bool) -> str:
    """Return what the last error of a text means, or nothing if it is not known."""

    def wrapped(words: str, margin: str = "") -> str:
        return "\n".join(
            textwrap.wrap(words, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
        )

    if own := OWN_MESSAGE.match(_messages.last_error(text)):
        causes = _messages.own_causes(text)
        parts = [wrapped(own["line"])]
        parts += [f"{wrapped(f'Likely cause: {cause}')}\n{page}" for cause, page in causes if cause]
        if len(parts) == 1:
            advice = "The message names no likely cause. Compare, line by line, the shape that each array has and the one that it needs."
            parts.append(f"{wrapped(advice)}\n{BOOK}look-up/errors/#no-cause")
        in_rows = in_rows or "in rows" in own["line"]
        here = _here("page", [name for _, page in causes if (name := error_pages.name_of(page))], in_rows)
        here += _here("chapter", [name for name in [own["function"]] if name in known], in_rows)
        return "\n\n".join([*parts, *(["\n".join(here)] if here else [])])
    found = _messages.explained(text)
    if not found:
        return ""
    parts = [wrapped(f"{found.library}: {found.message}"), wrapped(found.said)]
    if found.message not in _messages.last_error(text):
        parts.insert(0, wrapped("Of the messages in this text, this one is known:"))
    for number, cause in enumerate(found.causes):
        lines = [wrapped(f"{'Or' if number else 'Likely cause'}: {cause.cause}")]
        lines += [wrapped(f"Fix: {cause.fix}")] if cause.fix else []
        if cause.rows and not in_rows:
            lines.append(wrapped(f"  Columns: {cause.columns}", "    "))
        if cause.rows:
            lines.append(wrapped(f"  Rows: {cause.rows}", "    "))
        parts.append("\n".join([*lines, f"{BOOK}{cause.page}"]))
    here = _here("page", [name for cause in found.causes if (name := error_pages.name_of(cause.page))], in_rows)
    return "\n\n".join([*parts, *(["\n".join(here)] if here else [])])


def _here(kind: str, names: Sequence[str], in_rows: bool) -> list[str]:
    """Return the command that shows each of these in the terminal."""
    return [f"The {kind}: python -m backprop why {name}{' --rows' * in_rows}" for name in dict.fromkeys(names)]


def _not_known(prog: str, text: str) -> str:
    near = _messages.nearest(text)
    lines = [
        f"{prog}: this message is not known",
        *(f"  near: {example}" for example in near),
        f"To search the book, open {BOOK}, press / and paste the message.",
        f"The messages that are known: {BOOK}look-up/errors/#messages",
    ]
    return "\n".join(lines) + "\n"
