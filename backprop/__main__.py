"""Print a whole pass, forward and back: symbol, equation, shape and, for the book's network, value."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np

from . import (
    Layer,
    _terminal,
    bias_gradient,
    forward,
    hidden_error,
    output_error,
    quadratic,
    quadratic_prime,
    sigmoid_prime,
    weight_gradient,
)
from ._arrays import Array
from ._axes import Shape


def book_network() -> tuple[list[Layer], Array, Array]:
    """Return the layers, the input and the target of the 2-3-2 network, every number exact."""
    W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    return layers, np.array([1.0, 2.0]), np.array([0.0, 1.0])


def book_values() -> dict[str, Array]:
    """Return the value of every symbol of the pass of the 2-3-2 network."""
    layers, x, y = book_network()
    zs, activations = forward(layers, x)
    value = {"x": x, "y": y, "C": quadratic(activations[-1], y)}
    for l, (layer, z, a) in enumerate(zip(layers, zs, activations[1:]), 1):
        value |= {f"W{l}": layer.W, f"b{l}": layer.b, f"z{l}": z, f"a{l}": a}
    value["δ2"] = output_error(quadratic_prime(value["a2"], y), sigmoid_prime(zs[1]))
    value["δ1"] = hidden_error(layers[1].W, value["δ2"], sigmoid_prime(zs[0]))
    for l in (1, 2):
        value[f"∂C/∂b{l}"] = bias_gradient(value[f"δ{l}"])
        value[f"∂C/∂W{l}"] = weight_gradient(value[f"δ{l}"], activations[l - 1])
    return value


def pass_lines(sizes: Sequence[int], examples: int | None = None, rows: bool = False) -> list[tuple[str, str, Shape]]:
    """Return (symbol, equation, shape) of every quantity of a pass, in the order of computation.

    >>> for symbol, law, shape in pass_lines([2, 3, 4]):
    ...     print(f"{symbol:7} {law:17} {shape}")
    x       input             (2,)
    y       target            (4,)
    W1      weights           (3, 2)
    b1      biases            (3,)
    z1      W1 x + b1         (3,)
    a1      σ(z1)             (3,)
    W2      weights           (4, 3)
    b2      biases            (4,)
    z2      W2 a1 + b2        (4,)
    a2      σ(z2)             (4,)
    C       ½ ‖a2 − y‖²       ()
    δ2      ∇a C ⊙ σ′(z2)     (4,)
    ∂C/∂b2  δ2                (4,)
    ∂C/∂W2  δ2 a1ᵀ            (4, 3)
    δ1      (W2ᵀ δ2) ⊙ σ′(z1) (3,)
    ∂C/∂b1  δ1                (3,)
    ∂C/∂W1  δ1 xᵀ             (3, 2)
    """

    def data(n: int) -> Shape:
        return (n,) if examples is None else (examples, n) if rows else (n, examples)

    def weights(l: int) -> Shape:
        return (sizes[l - 1], sizes[l]) if rows else (sizes[l], sizes[l - 1])

    def a(l: int) -> str:
        return f"a{l}" if l else "x"

    last = len(sizes) - 1
    lines: list[tuple[str, str, Shape]] = [("x", "input", data(sizes[0])), ("y", "target", data(sizes[-1]))]
    for l in range(1, last + 1):
        lines += [
            (f"W{l}", "weights", weights(l)),
            (f"b{l}", "biases", (sizes[l],)),
            (f"z{l}", f"{a(l - 1)} W{l} + b{l}" if rows else f"W{l} {a(l - 1)} + b{l}", data(sizes[l])),
            (f"a{l}", f"σ(z{l})", data(sizes[l])),
        ]
    lines.append(("C", f"½ ‖a{last} − y‖²" if examples is None else f"1/m Σ ½ ‖a{last} − y‖²", ()))
    for l in range(last, 0, -1):
        carried = f"δ{l + 1} W{l + 1}ᵀ" if rows else f"W{l + 1}ᵀ δ{l + 1}"
        error = f"∇a C ⊙ σ′(z{l})" if l == last else f"({carried}) ⊙ σ′(z{l})"
        lines += [
            (f"δ{l}", error, data(sizes[l])),
            (f"∂C/∂b{l}", f"δ{l}" if examples is None else f"δ{l}, summed over the examples", (sizes[l],)),
            (f"∂C/∂W{l}", f"{a(l - 1)}ᵀ δ{l}" if rows else f"δ{l} {a(l - 1)}ᵀ", weights(l)),
        ]
    return lines


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


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
    epilog = "python -m backprop why NAME prints the chapter of a function, of a module or of an equation such as BP2."
    parser = _Parser(prog="python -m backprop", description=__doc__, epilog=epilog)
    parser.add_argument("sizes", nargs="*", type=_count(1), help="units of each layer, input first: 784 30 10")
    parser.add_argument("--examples", type=_count(0), metavar="M", help="a batch of M examples")
    parser.add_argument("--rows", action="store_true", help="examples as rows, weights stored (inputs, outputs)")
    given = parser.parse_args(words)
    if len(given.sizes) == 1:
        parser.error(f"a network has at least two sizes, input and output; got {given.sizes[0]} alone")

    lines = pass_lines(given.sizes or [2, 3, 2], given.examples, given.rows)
    table: list[tuple[str, ...]] = [
        ("symbol", "equation", "shape"),
        *((symbol, law, str(shape)) for symbol, law, shape in lines),
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
