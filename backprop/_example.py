"""The example of the book: its 2-3-2 network, every value of one pass through it, and the lines of any pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._arrays import Array
from ._axes import Shape
from .activations import sigmoid_prime
from .bp1_output_error import output_error
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import quadratic, quadratic_prime
from .feedforward import Layer, forward


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

    >>> for symbol, equation, shape in pass_lines([2, 3, 4]):
    ...     print(f"{symbol:7} {equation:17} {shape}")
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
