"""The questions that learners ask, each with its answer and where it is shown: read from the page that lists them.

An entry of docs/look-up/questions.md has a question, an answer that ends with links to pages of the book, and, if somebody asked it
in public, the title that he gave it:

    - **What is δ?**
      The derivative of the cost with respect to z. [BP1](../learn/bp1-output-error.md) · [The glossary](glossary.md#letter-d)
      Asked as [What is delta?](https://example.org/1), Example forum 1
"""

import functools
import posixpath
import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parent.parent / "docs" / "look-up" / "questions.md"

GROUP = re.compile(r"^## (.+?)(?: \{.*\})?$")
LINK = r"\[[^\]]+\]\((\S+?\.md(?:#\S+)?)\)"
ENTRY = re.compile(
    rf"- \*\*(?P<question>.+)\*\* *\n  (?P<answer>.+?) (?P<links>{LINK}(?: · {LINK})*) *"
    r"(?:\n  Asked as \[(?P<title>.+)\]\((?P<source>https://\S+)\), .+)?"
)


class Entry(NamedTuple):
    """One question; `sources` are places in docs/, such as "look-up/why-hadamard.md#relu-at-zero", the best first."""

    question: str
    answer: str
    group: str
    sources: tuple[str, ...]
    title: str | None
    source: str | None

    @property
    def targets(self):
        """Return where the answers are in the built book, such as "look-up/why-hadamard/#relu-at-zero"."""
        return tuple(map(built, self.sources))


def built(source):
    """Return the address of a place of docs/ in the built book.

    >>> built("look-up/why-hadamard.md#relu-at-zero"), built("layers/index.md")
    ('look-up/why-hadamard/#relu-at-zero', 'layers/')
    """
    path, hash, anchor = source.partition("#")
    path = re.sub(r"(^|/)index$", r"\1", path.removesuffix(".md"))
    return path + ("/" if path and not path.endswith("/") else "") + hash + anchor


def entries():
    """Return all entries, in the order of the page."""
    return _entries(PAGE.stat().st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _entries(modified):
    found, group = [], ""
    for block in re.split(r"\n(?=- |## )|\n\n", PAGE.read_text(encoding="utf-8")):
        if heading := GROUP.match(block):
            group = heading[1]
        elif block.startswith("- **"):
            found.append(_entry(block.rstrip(), group))
    return tuple(found)


def _entry(block, group):
    entry = ENTRY.fullmatch(block)
    if not entry:
        raise ValueError(f"This entry of {PAGE.name} has not the form of the others:\n{block}")
    sources = tuple(_in_docs(link) for link in re.findall(LINK, entry["links"]))
    return Entry(entry["question"], entry["answer"], group, sources, entry["title"], entry["source"])


def _in_docs(link):
    """Return the place in docs/ to which a link of the page leads."""
    return posixpath.normpath(posixpath.join("look-up", link))
