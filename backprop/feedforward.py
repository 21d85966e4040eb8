r"""Each layer weighs what the layer below tells it, adds a bias, and bends the sum.

$$
\begin{aligned}
\underbrace{z^{l}}_{n_l}
&= \underbrace{W^{l}}_{n_l \times n_{l-1}} \, \underbrace{a^{l-1}}_{n_{l-1}}
+ \underbrace{b^{l}}_{n_l} \\
\underbrace{a^{l}}_{n_l} &= \sigma(z^{l})
\end{aligned}
\tag{FF}
$$

To bend is to apply $\sigma$, the activation function, to each number. The way back uses everything
that the way forward computed, so `forward` keeps it all.

# Shapes

| symbol    | in code  | one example   | `m` examples         | meaning                                   |
| --------- | -------- | ------------- | -------------------- | ----------------------------------------- |
| $W^{l}$   | `W`      | `(n, n_prev)` | `(n, n_prev)`        | `W[j, k]`: from unit $k$ below to unit $j$ |
| $a^{l-1}$ | `a_prev` | `(n_prev,)`   | `(n_prev, m)`        | activation of the layer below; $a^0 = x$  |
| $b^{l}$   | `b`      | `(n,)`        | `(n,)` or `(n, 1)`   | bias of each unit, one for all examples   |
| $z^{l}$   | returned | `(n,)`        | `(n, m)`             | weighted input                            |

# Derivation

Unit $j$ listens to every unit $k$ of the layer below, each with a weight of its own:

$$
z^{l}_j = \sum_k W^{l}_{jk} \, a^{l-1}_k + b^{l}_j .
$$

Row $j$ of $W^{l}$ holds all the weights of unit $j$, and the sum over $k$ is that row times the column
$a^{l-1}$. All rows at once are the product $W^{l} a^{l-1}$. That the first index is the unit
that listens, and not the one that speaks, is a choice; every transpose of this book follows from it.

# Why it is so

Examples do not mix. Put $m$ of them side by side as columns, and column $i$ of $W^{l} A^{l-1}$
is $W^{l}$ times column $i$ of $A^{l-1}$. The bias is added to each column. That is the one
place where an array meets a larger one, and it is written out: `b[:, None]`.

# A 2-3-2 network

Every number here can be checked by hand, because the sigmoid $\sigma(z) = 1/(1 + e^{-z})$ has
$\sigma(\ln 3) = 1/(1 + \frac13) = \frac34$. `Layer` takes it where no other activation is named.

```pycon
>>> import numpy as np
>>> from backprop import IDENTITY, Layer, forward, weighted_input
>>> x = np.array([1.0, 2.0])
>>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
>>> zs, activations = forward(layers, x)
>>> zs[0] / np.log(3)
array([ 0.,  1., -1.])
>>> activations[1]
array([0.5 , 0.75, 0.25])
>>> activations[2]
array([0.5, 0.5])

```

Two examples are two columns. The second is $x = (0, 0)$, and its hidden units are all $\frac12$:

```pycon
>>> X = np.array([[1.0, 0.0], [2.0, 0.0]])
>>> weighted_input(W2, forward(layers, X)[1][1], np.array([-1.75, -2.25]))
array([[ 0.  , -0.75],
       [ 0.  ,  0.25]])

```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import numpy as np

from ._arrays import Array, Validated, signature
from ._immutable import Immutable
from .activations import SIGMOID, Activation
from .shapes import ShapeError, check, equation, unchecked

__all__ = ["Layer", "forward", "weighted_input"]

Z = "z^l = W^l a^{l−1} + b^l"
MODULES = {"columns": "backprop", "rows": "backprop.rows"}


@equation(f"FF: {Z}", W="n n_prev", a_prev="n_prev m?", b="n 1?")
def weighted_input(W: Array, a_prev: Array, b: Array) -> Array:
    r"""Return the weighted input $z^l$ of a layer.

    Parameters
    ----------
    W : array of shape (n, n_prev)
        Weights $W^l$, one row per unit of this layer.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the layer below.
    b : array of shape (n,), or (n, 1) beside a batch
        Biases $b^l$.

    Returns
    -------
    z : array of shape (n,) or (n, m)
        Weighted input $z^l$.

    Raises
    ------
    ShapeError
        If the three do not fit together; nothing is ever broadcast.

    Examples
    --------
    Three units below, two here: each row of `W` is one unit's question.

    >>> import numpy as np
    >>> W = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 2.0]])
    >>> weighted_input(W, np.array([1.0, 2.0, 3.0]), np.array([0.0, 10.0]))
    array([ 6., 16.])
    """
    if b.ndim < a_prev.ndim:
        b = b[:, None]
    return W @ a_prev + b


class Layer(Immutable):
    r"""The weights, the biases and the activation of one layer.

    Parameters
    ----------
    W : array of shape (n, n_prev)
        Weights $W^l$, one row per unit of this layer.
    b : array of shape (n,) or (n, 1)
        Biases $b^l$.
    activation : Activation
        $\sigma$ and its slope; one of the constants, or your own.

    Raises
    ------
    ShapeError
        If there is not one bias for each row of `W`.
    TypeError
        If the activation is a bare function, which does not know its slope.

    Examples
    --------
    >>> import numpy as np
    >>> Layer(np.zeros((3, 2)), np.zeros(3))
    Layer(2 -> 3, sigmoid)
    """

    __slots__ = fields = ("W", "b", "activation")
    layout: ClassVar[str] = "columns"
    axes: ClassVar[dict[str, str]] = {"W": "n n_prev", "b": "n 1?"}
    formula: ClassVar[str] = f"FF: {Z}"

    W: Array
    b: Array
    activation: Activation

    def __init__(self, W: Array, b: Array, activation: Activation = SIGMOID) -> None:
        if not isinstance(activation, Activation):
            given = getattr(activation, "__name__", type(activation).__name__)
            raise TypeError(
                f"Layer: activation is {given}; write an Activation, such as SIGMOID, which knows its derivative"
            )
        if activation.layout not in (None, self.layout):
            own, other = MODULES[self.layout], MODULES[str(activation.layout)]
            name = activation.name.upper()
            raise TypeError(
                f"Layer: activation is {other}.{name}, which takes examples as {activation.layout}; write {own}.{name}"
            )
        W, b = check("Layer", self.formula, self.axes, (W, b))
        self._set(W=W, b=b, activation=activation)

    def __repr__(self) -> str:
        sizes = dict(zip(self.axes["W"].split(), self.W.shape))
        return f"Layer({sizes['n_prev']} -> {sizes['n']}, {self.activation.name})"


L = TypeVar("L", bound=Layer)  # the layers of a layout


@np.errstate(over="ignore")
def forward(layers: Sequence[Layer], x: Array) -> tuple[list[Array], list[Array]]:
    r"""Return every weighted input and every activation of a network.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first.
    x : array of shape (n_0,) or (n_0, m)
        The input: one example, or `m` as columns.

    Returns
    -------
    zs : list of arrays
        $z^1, \dots, z^L$, each of shape (n_l,) or (n_l, m).
    activations : list of arrays
        $a^0 = x, a^1, \dots, a^L$: one more than `zs`, so `activations[l]` is $a^l$.

    Raises
    ------
    ShapeError
        If a layer does not fit the one below it, or the first does not fit `x`.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop import IDENTITY
    >>> doubling = Layer(np.array([[2.0]]), np.array([0.0]), IDENTITY)
    >>> forward([doubling, doubling], np.array([1.5]))
    ([array([3.]), array([6.])], [array([1.5]), array([3.]), array([6.])])
    """
    layers, [x] = validated_network("forward", layers, {"x": "n0 m?"}, [x], Layer)
    return unchecked_forward(layers, x, unchecked(weighted_input))


def unchecked_forward(
    layers: Sequence[Layer], x: Array, weighted_input: Callable[..., Array]
) -> tuple[list[Array], list[Array]]:
    """Do what `forward` does, on arrays that have been checked, by the equation of a layout."""
    zs, activations = [], [x]
    for layer in layers:
        zs.append(weighted_input(layer.W, activations[-1], layer.b))
        activations.append(layer.activation.apply(zs[-1]))
    return zs, activations


def validated_network(
    function: str, layers: Sequence[L], shapes: dict[str, str], given: Sequence[Array], kind: type[L]
) -> tuple[Sequence[L], Sequence[Array]]:
    """Check all layers and the data `given` as one, so that an error can say which layer does not fit; return both.

    In the axes of the data, `nL` is the number of outputs. `kind` is the class of the layers: that of columns, or of rows.
    """
    if isinstance(layers, Layer):
        raise TypeError(f"{function}: layers is one Layer; write [layer]")
    layers = tuple(layers)
    if not layers:
        raise ShapeError(f"{function}: there are no layers; a network has at least one")
    try:
        parameters = [array for layer in layers for array in (layer.W, layer.b)]
        key = (function, kind, signature([*given, *parameters]), tuple([layer.__class__ for layer in layers]))
    except AttributeError:
        key = None
    if key in _validated:
        return layers, given
    shapes = {name: spec.replace("nL", f"n{len(layers)}") for name, spec in shapes.items()}
    arrays = given
    for l, layer in enumerate(layers, 1):
        if not isinstance(layer, Layer):
            raise TypeError(f"{function}: layer {l} is a {type(layer).__name__}, not a Layer(W, b)")
        if layer.layout != kind.layout:
            own, other = MODULES[kind.layout], MODULES[layer.layout]
            raise TypeError(
                f"{function}: layer {l} is a {other}.Layer, for examples as {layer.layout}; write {own}.Layer, with W.T, "
                f"or use {other}.{function}"
            )
        shapes |= {f"{name}{l}": numbered(axes, l) for name, axes in kind.axes.items()}
        arrays = [*arrays, layer.W, layer.b]
    arrays = check(function, kind.formula, shapes, arrays)[: len(given)]
    return layers, _validated.remember(key, given, arrays)


def numbered(axes: str, l: int) -> str:
    """Return the axes of a parameter of layer l, by the numbers of the layers: "n n_prev" is "n2 n1" in layer 2."""
    number = {"n": f"n{l}", "n_prev": f"n{l - 1}"}
    return " ".join(number.get(axis, axis) for axis in axes.split())


_validated = Validated()
