r"""FF: the forward pass.

> What does one unit of a network compute, and how does a whole layer compute it at once?

A network computes its outputs from its inputs, one layer after the other. This is the **forward pass**. A **unit**, or neuron, multiplies each
number that it receives by a **weight**. It adds the products and a **bias**, and it applies an **activation function** to the sum.

![One unit. It receives three numbers from the previous layer and computes two: the weighted input z and the activation a.](figure:unit)

[Backpropagation][what-it-computes] begins with a forward pass and uses all its numbers. This page names and explains these numbers.

# What does one unit compute?

The unit in the figure receives $a_1$, $a_2$ and $a_3$, the activations of the units in the previous layer. Its weights are $w_1$, $w_2$ and $w_3$, and
its bias is $b$. It computes

$$
z = w_1 a_1 + w_2 a_2 + w_3 a_3 + b , \qquad a = \sigma(z) .
$$

The sum $z$ is the **weighted input** of the unit, and $a$ is its **activation**. The activation function $\sigma$ is here the sigmoid,
$\sigma(z) = 1 / (1 + e^{-z})$. It turns every $z$ into a number between 0 and 1. At 0 it is $\frac12$, and it increases with $z$. The figure shows these numbers:

```pycon
>>> from backprop import sigmoid
>>> z = 1 * 0.5 + 2 * 0.75 + (-1) * 0.25 + (-1.75)
>>> z, float(sigmoid(z))
(0.0, 0.5)

```

# Why does a unit have weights?

A weight says how much one activation changes $z$, and in which direction. With a positive weight, a larger activation increases $z$. With a
negative weight it decreases $z$, and with the weight 0 it changes nothing. In the figure, if $a_3$ increases by $\frac12$, then $z$ changes by
$-1 \cdot \frac12$. Training changes the weights, and so it decides which activations are important for the unit.

# Why does a unit have a bias?

Without a bias, $z$ is 0 whenever the unit receives only zeros. A sigmoid unit would then always give $\frac12$, with any weights. The activation is larger than $\frac12$ when $z$ is
positive. The bias decides how large the sum of the products must be for this. In the figure the bias is $-\frac74$. So the activation is larger than $\frac12$ if the products add
up to more than $\frac74$. Here they add up to exactly $\frac74$.

# Why does a unit need an activation function?

Without it, many layers compute no more than one layer. Take two units, one after the other, and leave out $\sigma$. Then $a^1 = z^1 = w^1 x + b^1$. The number
above a letter is the layer:

$$
\begin{aligned}
z^2 &= w^2 (w^1 x + b^1) + b^2 \\
&= (w^2 w^1) \, x + (w^2 b^1 + b^2) .
\end{aligned}
$$

This is again one weight times $x$ plus one bias, so a single unit can compute it. The same is true for whole layers. The graph of an activation function is
not a straight line. So two layers with an activation function can compute what no single layer can. The page on [activation functions][activation-functions] shows which one to choose.

# Derivation

Now we compute a whole layer at once. Layer $l$ has $n_l$ units, and the previous layer has $n_{l-1}$. We write $w_{k \leftarrow j}$ for the weight from unit
$j$ of the previous layer to unit $k$ of this layer.

![A layer of two units, and the matrix of its weights. The weights into unit 1 are in strong color, in the drawing and in the matrix.](figure:layer)

**Step 1: write down one unit.** Unit $k$ multiplies the activation of each unit $j$ by its weight, and adds the products and its bias:

$$
z^{l}_k = \sum_j w_{k \leftarrow j} \, a^{l-1}_j + b^{l}_k .
$$

**Step 2: put the weights into a matrix.** In the matrix $W^{l}$, all weights into one unit are together, in one row or one column.

=== "Columns"

    Row $k$ of $W^{l}$ holds the weights into unit $k$. The entry in row $k$ and column $j$ is $w_{k \leftarrow j}$.

=== "Rows"

    Column $k$ of $W^{l}$ holds the weights into unit $k$. The entry in row $j$ and column $k$ is $w_{k \leftarrow j}$.

**Step 3: recognize a matrix product.** The sum of step 1 multiplies number by number and adds. An entry of a matrix product is computed in the same way.

=== "Columns"

    Here $a^{l-1}$ is a column. Row $k$ of $W^{l}$ times this column is the sum of step 1. So the product $W^{l} a^{l-1}$ holds the sums of all units.

=== "Rows"

    Here $a^{l-1}$ is a row. This row times column $k$ of $W^{l}$ is the sum of step 1. So the product $a^{l-1} W^{l}$ holds the sums of all units.

**Step 4: add the biases, and apply $\sigma$ to each entry.** We call these equations FF, for feedforward. Below each term is its **shape**, the number of its entries or of its rows and columns:

=== "Columns"

    $$
    \begin{aligned}
    \underbrace{z^{l}}_{n_l}
    &= \underbrace{W^{l}}_{n_l \times n_{l-1}} \, \underbrace{a^{l-1}}_{n_{l-1}} + \underbrace{b^{l}}_{n_l} \\
    \underbrace{a^{l}}_{n_l} &= \sigma(z^{l})
    \end{aligned}
    \tag{FF}
    $$

=== "Rows"

    $$
    \begin{aligned}
    \underbrace{z^{l}}_{n_l}
    &= \underbrace{a^{l-1}}_{n_{l-1}} \, \underbrace{W^{l}}_{n_{l-1} \times n_l} + \underbrace{b^{l}}_{n_l} \\
    \underbrace{a^{l}}_{n_l} &= \sigma(z^{l})
    \end{aligned}
    \tag{FF}
    $$

For the first layer, $a^0$ is the input $x$. The activations of one layer are the inputs of the next, so the same two equations compute all layers.

# Many examples at once

Training uses many **examples**, each with its inputs and its targets. One matrix product can compute a layer for all of them. In NumPy this is faster than a loop over the examples. A **batch** of $m$ examples
is a matrix. In the **column layout** each example is a column, and in the **row layout** each example is a row.

=== "Columns"

    So $a^{l-1}$ is $n_{l-1} \times m$ and $z^{l}$ is $n_l \times m$. Column $i$ of $W^{l} a^{l-1}$ is $W^{l}$ times column $i$ of
    $a^{l-1}$, and no other column of $a^{l-1}$ changes it. So the examples do not influence each other. The layer in the figure above now receives the activations of two examples:

    ```pycon
    >>> import numpy as np
    >>> W = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> b = np.array([-1.75, -2.25])
    >>> a_prev = np.array([[0.5, 0.5], [0.75, 0.5], [0.25, 0.5]])
    >>> W @ a_prev
    array([[1.75, 1.  ],
           [2.25, 2.5 ]])

    ```

=== "Rows"

    So $a^{l-1}$ is $m \times n_{l-1}$ and $z^{l}$ is $m \times n_l$. Row $i$ of $a^{l-1} W^{l}$ is row $i$ of $a^{l-1}$ times $W^{l}$, and no other row of $a^{l-1}$ changes it. So the
    examples do not influence each other. The layer in the figure above now receives the activations of two examples:

    ```pycon
    >>> import numpy as np
    >>> W = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> b = np.array([-1.75, -2.25])
    >>> a_prev = np.array([[0.5, 0.75, 0.25], [0.5, 0.5, 0.5]])
    >>> a_prev @ W
    array([[1.75, 2.25],
           [1.  , 2.5 ]])

    ```

# How is the bias added to every example?

Each unit has one bias, and it is the same for all examples. NumPy can add *arrays* (tables of numbers) of different shapes, because it repeats the smaller one. This is
called **broadcasting**. NumPy compares the two shapes from the end: the last number of one shape with the last number of the other. So the layout decides what happens to `b`, whose
shape is `(2,)`.

=== "Columns"

    The last number in the shape of `W @ a_prev` counts the examples. So `W @ a_prev + b` adds the first bias to the first example, and not to the first unit. Here there
    are 2 units and 2 examples, so NumPy reports no mistake:

    ```pycon
    >>> sums = np.array([[1.75, 1.0], [2.25, 2.5]])  # W @ a_prev
    >>> sums + b  # wrong
    array([[ 0.  , -1.25],
           [ 0.5 ,  0.25]])

    ```

    `b[:, None]` makes a column of `b`, with the shape `(2, 1)`. NumPy repeats this column for each example:

    ```pycon
    >>> b[:, None]
    array([[-1.75],
           [-2.25]])
    >>> sums + b[:, None]
    array([[ 0.  , -0.75],
           [ 0.  ,  0.25]])

    ```

=== "Rows"

    The last number in the shape of `a_prev @ W` counts the units, and so does the only one in the shape of `b`. NumPy repeats `b` for each row, so each example gets all biases:

    ```pycon
    >>> sums = np.array([[1.75, 2.25], [1.0, 2.5]])  # a_prev @ W
    >>> sums + b
    array([[ 0.  ,  0.  ],
           [-0.75,  0.25]])

    ```

    Code for the column layout has `b[:, None]` instead, a column with the shape `(2, 1)`. In the row layout this is wrong: each example gets one bias for all its units. Here there
    are 2 units and 2 examples, so NumPy reports no mistake:

    ```pycon
    >>> sums + b[:, None]  # wrong
    array([[ 0.  ,  0.5 ],
           [-1.25,  0.25]])

    ```

The function `weighted_input` of this library adds the bias in the right way. If an array has a wrong shape, the function raises a `ShapeError`.

# Example

A whole forward pass is a loop over the layers. The loop keeps every $z^{l}$ and every $a^{l}$, because the backward pass needs them. [BP4][bp4-weight-gradient] uses
$a^{l-1}$, and [BP2][bp2-hidden-error] uses $\sigma'(z^{l})$. Here is the loop for one example and the network of the next page, [2-3-2][2-3-2-pass]:

=== "Columns"

    ```pycon
    >>> def forward_pass(weights, biases, x):
    ...     zs, activations = [], [x]
    ...     for W, b in zip(weights, biases):
    ...         zs.append(W @ activations[-1] + b)
    ...         activations.append(sigmoid(zs[-1]))
    ...     return zs, activations
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> b1, b2 = np.zeros(3), np.array([-1.75, -2.25])
    >>> x = np.array([1.0, 2.0])
    >>> zs, activations = forward_pass([W1, W2], [b1, b2], x)
    >>> activations
    [array([1., 2.]), array([0.5 , 0.75, 0.25]), array([0.5, 0.5])]

    ```

    For a batch, write `+ b[:, None]` instead of `+ b`. The library does the same with a list of layers, and checks every shape. A [`Layer`][backprop.Layer] has the sigmoid, unless you name another
    activation function:

    ```pycon
    >>> from backprop import Layer, forward
    >>> zs, activations = forward([Layer(W1, b1), Layer(W2, b2)], x)
    >>> activations[2]
    array([0.5, 0.5])

    ```

=== "Rows"

    ```pycon
    >>> def forward_pass(weights, biases, x):
    ...     zs, activations = [], [x]
    ...     for W, b in zip(weights, biases):
    ...         zs.append(activations[-1] @ W + b)
    ...         activations.append(sigmoid(zs[-1]))
    ...     return zs, activations
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> b1, b2 = np.zeros(3), np.array([-1.75, -2.25])
    >>> x = np.array([1.0, 2.0])
    >>> zs, activations = forward_pass([W1, W2], [b1, b2], x)
    >>> activations
    [array([1., 2.]), array([0.5 , 0.75, 0.25]), array([0.5, 0.5])]

    ```

    For a batch, nothing has to be changed. The library does the same with a list of layers, and checks every shape. A [`Layer`][backprop.rows.Layer] has the sigmoid, unless you name another
    activation function:

    ```pycon
    >>> from backprop.rows import Layer, forward
    >>> zs, activations = forward([Layer(W1, b1), Layer(W2, b2)], x)
    >>> activations[2]
    array([0.5, 0.5])

    ```

Python counts from 0. So `activations[l]` is $a^{l}$, and `activations[0]` is the input. But `zs[0]` is $z^1$, because there is no $z^0$: the input is not computed.

# Common mistakes

- The matrix of weights has the layout of another book or library: [the weights are transposed][transposed-weights].
- The examples have another layout than the formula expects: [rows and columns][rows-and-columns].
- A bias or a target has the shape `(n, 1)`, and the other array has the shape `(n,)`: [a column and a vector][column-beside-vector].
- The sign between the weights and the activations is `*` instead of `@`: [`*` or `@`?][asterisk-or-at]
- The list of layers begins with the output layer: [layers in reverse order][layers-in-reverse].

# Check yourself

??? question "A layer has 784 inputs and 30 units, and there are 10 examples. What are the shapes of the weights, the biases and the weighted input?"

    In columns: $W$ is $30 \times 784$, $b$ has 30 numbers, and $z$ is $30 \times 10$. In rows: $W$ is $784 \times 30$, $b$ has 30 numbers, and $z$ is
    $10 \times 30$. `python -m backprop 784 30 10 --examples 10` prints all shapes of a network.

??? question "Two layers have no activation function. Which one layer computes the same?"

    Put the formula of the first layer into that of the second, and multiply out. In columns, the one layer has the weights $W^2 W^1$ and the biases
    $W^2 b^1 + b^2$. In rows, it has the weights $W^1 W^2$ and the biases $b^1 W^2 + b^2$.

An exercise for later, after [the backward pass][backward-pass]: [every shape of a network][every-shape].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import numpy as np

from . import fast_pass
from ._arrays import Array, Validated, signature
from ._frameworks import FRAMEWORKS, counterpart, named
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
        Weights $W^l$: `W[k, j]` leads from unit `j` of the previous layer to unit `k` of this layer, counted from 0.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the previous layer. For the first layer it is the input.
    b : array of shape (n,), or (n, 1) for a batch
        Biases $b^l$.

    Returns
    -------
    z : array of shape (n,) or (n, m)
        Weighted input $z^l$.

    Raises
    ------
    ShapeError
        If the three shapes do not fit together. Nothing is broadcast, except the bias over the columns of a batch.

    Examples
    --------
    Three units in the previous layer, two in this one. Each row of `W` belongs to one unit of this layer:

    >>> import numpy as np
    >>> W = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 2.0]])
    >>> weighted_input(W, np.array([1.0, 2.0, 3.0]), np.array([0.0, 10.0]))
    array([ 6., 16.])
    """
    if b.ndim < a_prev.ndim:
        b = b[:, None]
    return W @ a_prev + b


class Layer(Immutable):
    r"""The weights, the biases and the activation function of one layer.

    Parameters
    ----------
    W : array of shape (n, n_prev)
        Weights $W^l$, one row for each unit of this layer. PyTorch stores them in this way; Keras stores the transpose.
    b : array of shape (n,) or (n, 1)
        Biases $b^l$.
    activation : Activation
        $\sigma$ and its derivative: one of the constants, or your own. The default is the sigmoid.

    Raises
    ------
    ShapeError
        If there is not one bias for each row of `W`.
    TypeError
        If the activation is a function without its derivative, or the `SOFTMAX` of the row layout.

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
            own = counterpart(named(activation)) or "an Activation, such as SIGMOID, which knows its derivative"
            raise TypeError(f"Layer: activation is {named(activation)}; write {own}\n  See {FRAMEWORKS}")
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
        The layers of the network, in the order of the forward pass.
    x : array of shape (n_0,) or (n_0, m)
        The input: one example, or `m` examples as columns.

    Returns
    -------
    zs : list of arrays
        $z^1, \dots, z^L$, each of shape (n_l,) or (n_l, m).
    activations : list of arrays
        $a^0 = x, a^1, \dots, a^L$. Because the input is first, `activations[l]` is $a^l$, but `zs[l]` is $z^{l+1}$.

    Raises
    ------
    ShapeError
        If a layer does not fit the previous one, or the first layer does not fit `x`.
    TypeError
        If a layer is a `rows.Layer`, whose weights have the other layout.

    Examples
    --------
    Two layers of one unit, each of which doubles its input:

    >>> import numpy as np
    >>> from backprop import IDENTITY
    >>> doubling = Layer(np.array([[2.0]]), np.array([0.0]), IDENTITY)
    >>> forward([doubling, doubling], np.array([1.5]))
    ([array([3.]), array([6.])], [array([1.5]), array([3.]), array([6.])])
    """
    plan = fast_pass.known(fast_pass.COLUMNS, None, layers, x)
    if plan is None:
        layers, [x] = validated_network("forward", layers, {"x": "n0 m?"}, [x], Layer)
        plan = fast_pass.learned(fast_pass.COLUMNS, None, layers, x)
    if plan is not None:
        return fast_pass.forward(plan, layers, x)
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
            what, turned = type(layer).__name__, ".T" if kind.layout == "rows" else ""
            hint = (
                f"; write Layer(linear.weight.detach(){turned}, linear.bias.detach(), RELU) for a Linear of PyTorch that a ReLU follows"
                f"\n  See {FRAMEWORKS}"
                if hasattr(layer, "weight")
                else ", not a Layer(W, b)"
            )
            raise TypeError(f"{function}: layer {l} is a {what}{hint}")
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
