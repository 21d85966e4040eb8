"""The pages of the book about errors, to be read without a network: the wheel carries their text, and a clone has them in docs/."""

from __future__ import annotations

import re
from pathlib import Path

from .._address import BOOK

HERE = Path(__file__).parent
# pyproject.toml puts the files of the one into the other when the wheel is built.
FOLDERS = (HERE / "errors", HERE.parents[1] / "docs" / "look-up" / "errors")
INDEX = "errors"
HEADING = re.compile(r"^(?P<signs>#+) .*?(?: \{#(?P<anchor>[\w-]+)\})?$", re.MULTILINE)
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
FRONT = re.compile(r"\A---\n.*?\n---\n+", re.DOTALL)
BREAK = re.compile(r"(?<=\S)  \n")
# A link to another page of the book is of no use in a terminal.
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)\s]+\)")


def names() -> list[str]:
    """Return what the pages are called: the last part of their addresses."""
    folder = next((folder for folder in FOLDERS if folder.is_dir()), None)
    return sorted(INDEX if file.stem == "index" else file.stem for file in folder.glob("*.md")) if folder else []


def name_of(asked: str) -> str:
    """Return what a page is called, with its heading, from its address or from a part of it; nothing if it is not here.

    >>> name_of("look-up/errors/transposed-weights/#gradient")
    'transposed-weights#gradient'
    >>> name_of("look-up/loss-nan/")
    ''
    """
    path, _, anchor = asked.removeprefix(BOOK).strip("/").partition("#")
    folder, _, name = path.strip("/").rpartition("/")
    if folder not in ("", "look-up", f"look-up/{INDEX}") or name not in names():
        return ""
    return f"{name}#{anchor}" if anchor else name


def text(name: str) -> str:
    r"""Return the Markdown of a page, or of one heading of it, as `name_of` calls them; nothing if the heading is not there.

    >>> print(text("transposed-weights#gradient").partition("\n")[0])
    ## My weight gradient is transposed
    """
    page, _, anchor = name.partition("#")
    [file] = [path for folder in FOLDERS if (path := folder / f"{'index' if page == INDEX else page}.md").is_file()]
    found = FRONT.sub("", file.read_text(encoding="utf-8"))
    if anchor:
        found = _section(found, anchor)
    found = HEADING.sub(lambda match: match[0].partition(" {#")[0], found)
    return LINK.sub(r"\1", BREAK.sub("\n\n", found)).replace(r"\*", "*")


def _section(page: str, anchor: str) -> str:
    # A comment in code begins like a heading.
    code = [match.span() for match in FENCE.finditer(page)]
    headings = [m for m in HEADING.finditer(page) if not any(start <= m.start() < end for start, end in code)]
    for number, heading in enumerate(headings):
        if heading["anchor"] == anchor:
            level = len(heading["signs"])
            after = (later.start() for later in headings[number + 1 :] if len(later["signs"]) <= level)
            return page[heading.start() : next(after, len(page))]
    return ""
