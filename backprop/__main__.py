"""Print a whole pass, forward and back: symbol, equation, shape and, for the book's network, value."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import numpy as np

from . import _terminal
from ._example import book_values, pass_lines


def _count(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return int(text)

    return count


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and print the pass, or what is asked for by `why`."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["why"]:
        return _terminal.main(words[1:])
    epilog = (
        "python -m backprop why NAME prints the chapter of a function, of a module or of an equation such as BP2; "
        'python -m backprop why "MESSAGE" explains an error message.'
    )
    parser = _terminal.Parser(prog="python -m backprop", description=__doc__, epilog=epilog)
    parser.add_argument("sizes", nargs="*", type=_count(1), help="units of each layer, input first: 784 30 10")
    parser.add_argument("--examples", type=_count(0), metavar="M", help="a batch of M examples")
    parser.add_argument("--rows", action="store_true", help="examples as rows, weights stored (inputs, outputs)")
    given = parser.parse_args(words)
    if len(given.sizes) == 1:
        parser.error(f"a network has at least two sizes, input and output; got only {given.sizes[0]}")

    lines = pass_lines(given.sizes or [2, 3, 2], given.examples, given.rows)
    table: list[tuple[str, ...]] = [
        ("symbol", "equation", "shape"),
        *((symbol, equation, str(shape)) for symbol, equation, shape in lines),
    ]
    if not given.sizes and given.examples is None:
        value = book_values()
        shown = [
            np.array2string(value[symbol].T if given.rows else value[symbol], separator=", ") for symbol, *_ in lines
        ]
        table = [(*row, text.replace("\n", "")) for row, text in zip(table, ["value", *shown])]
    widths = [max(map(len, column)) for column in zip(*table)]
    for row in table:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


if __name__ == "__main__":
    main()
