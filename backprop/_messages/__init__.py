"""What the messages of NumPy, PyTorch, JAX, TensorFlow and Keras mean, without a network: `python -m backprop why`."""

from __future__ import annotations

import difflib
import re

from .._address import BOOK
from .known import Explained
from .of_numbers import ABOUT_NUMBERS
from .of_shapes import ABOUT_SHAPES

# A message begins where a line names an error, or where a warning follows its file and line.
BEGINS = re.compile(r"^(?:\s*|.*:\d+: )(?:\w+\.)*\w*(?P<kind>Error|Exception|Warning): (?=\S)", re.MULTILINE)
KIND = re.compile(r"^[\w.]+: ")
STYLE = re.compile(r"\x1b\[[\d;]*m")
# pytest writes E before each line of a message, and torchrun the number of the process.
PREFIX = re.compile(r"^(?:E  |\[rank\d+\]:) ", re.MULTILINE)

KNOWN = [*ABOUT_SHAPES, *ABOUT_NUMBERS]


def explained(text: str) -> Explained | None:
    """Return what the last known error of a text means, or None if there is none.

    >>> explained("ValueError: shapes (2,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)").said
    '(2, 3) @ (2,): the 3 columns of the first meet the 2 entries of the second. They must be as many.'
    """
    return next((found for message in messages(text) for known in KNOWN if (found := known.explained(message))), None)


def last_error(text: str) -> str:
    """Return a text from its last error on; from its first warning, if there is no error; else all of it."""
    return messages(text)[0]


def messages(text: str) -> list[str]:
    """Return the errors of a text, the last one first; its warnings, if there is no error; else all of it."""
    text = PREFIX.sub("", STYLE.sub("", text).replace("\N{NO-BREAK SPACE}", " "))
    begins = [*BEGINS.finditer(text)]
    errors = [begin for begin in begins if begin["kind"] != "Warning"]
    ends = [begin.start() for begin in (errors or begins)[1:]]
    parts = [text[begin.start() : end].strip() for begin, end in zip(errors or begins, [*ends, len(text)])]
    return (parts[::-1] if errors else parts) or [text.strip()]


def nearest(text: str) -> list[str]:
    """Return the known messages that are most like this one."""
    [line, *_] = last_error(text).splitlines() or [""]
    # That both are a ValueError does not make two messages alike.
    examples = {KIND.sub("", known.example): known.example for known in KNOWN}
    return [examples[near] for near in difflib.get_close_matches(KIND.sub("", line), examples, cutoff=0.5)]


def own_causes(text: str) -> list[tuple[str, str]]:
    """Return the likely causes that a message of this library names, each with the address of its page."""
    return re.findall(rf"(?:Likely cause: (.+)\s+)?See ({re.escape(BOOK)}\S+)", last_error(text))
