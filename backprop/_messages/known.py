"""A message of another library: how it is known, and what explains it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .._axes import Shape
from .causes import Cause, Told

# <a> in a pattern is a shape as one of the libraries writes it: (3,2), [3, 2], torch.Size([3, 2]), 3x2.
SHAPE = r"(?:torch\.Size\()?(?P<{}>[(\[][\dNone?][\dNone, ?]*[)\]]|\d+x\d+)\)?"
SIZE = re.compile(r"\d+|None|\?")


class Explained(NamedTuple):
    """A message of a library: what it says in plain words, and its likely causes, the most likely first."""

    library: str
    message: str
    said: str
    causes: tuple[Cause, ...]


class Known(NamedTuple):
    """A message: an example as its library writes it, the pattern of all such, and what explains the shapes in it."""

    library: str
    example: str
    pattern: str
    explain: Callable[..., Told]

    def explained(self, message: str) -> Explained | None:
        """Return what this message means, or None if it is another one."""
        found = re.search(
            re.sub("(?<!P)<([ab])>", lambda name: SHAPE.format(name[1]), self.pattern), message, re.DOTALL
        )
        if not found:
            return None
        shapes = {name: _shape(written) for name, written in found.groupdict().items() if written}
        line = next(line for line in message[found.start() :].splitlines() if line)
        return Explained(self.library, line.strip(), *self.explain(**shapes))


def _shape(written: str) -> Shape:
    """Return a shape, with 0 for a size that the message does not know."""
    return tuple(int(size) if size.isdecimal() else 0 for size in SIZE.findall(written))
