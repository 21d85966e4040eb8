r"""How the pass is made fast.

> My network has 12 weights. In the time of one training step, my computer could do more than a hundred thousand multiplications. What is Python doing all this time?

It calls functions. Before a function of NumPy computes anything, it looks at its arguments and makes an array for the result. In a small network this takes longer than the arithmetic.
**A small network becomes faster by fewer calls and fewer new arrays. The equations stay the same.**

The time $T$ of a pass, forward and backward, has two main parts:

$$
T \approx c \, t + \frac{p}{r}
$$

The pass calls functions of NumPy $c$ times, and each call takes the time $t$ before it computes. The number $c$ depends on the number of layers and on how the code is written. It does not depend on the
size of the layers. A batch of two examples and a batch of a thousand need the same calls.

The matrix products have $p$ multiplications, and the processor does $r$ of them in a second. The number $p$ depends on the size of the layers and on the number of examples $m$. In a large product $r$ is larger, because a
number that has been loaded from memory is used many times. All other arithmetic is left out here. In a large network it takes a small part of the time.

The 2-3-2 network has $3 \cdot 2 + 2 \cdot 3 = 12$ weights. For one example the forward pass takes 12 multiplications. The backward pass takes 12 for [BP4][bp4-weight-gradient] and 6 for [BP2][bp2-hidden-error]. So $p$ is 30.
The library makes about 25 calls for it. On the machine of [the table below][fast-pass-savings], $t$ is about a microsecond. In a microsecond the processor can do thousands of multiplications.

In a 784-30-10 network with 10 examples, $p$ is 479,400. For the first network only $c \, t$ matters, and for the second one both parts do. With hundreds of examples, most of the time is $p / r$.

The library has two forms of the pass. The **plain form** is the four equations, called by their names, as [the backward pass][backward-pass] shows it. It computes with the arrays of any library. The **fast form** is the module of this
page. `forward`, `gradients` and `step` use it for arrays of NumPy.

# Derivation

We start from the equations, written line by line, and change the code in six steps. [The table below][fast-pass-savings] shows what each step saves. Its last line is
the library, with all six.

**Step 1: compute one exponential in each layer.** The derivative of the sigmoid is $a (1 - a)$, and the forward pass has computed $a$ already. [Activation functions][activation-functions] has the proof. An exponential takes
longer than a multiplication, and there is one for each unit and example. So this step helps large networks, too. The plain form does the same.

**Step 2: call `np.dot` instead of `@`.** For two matrices, and for a matrix and a vector, both use the same fast code for the product. The operator `@` also takes
stacks of matrices, which are arrays with more than two axes. So it has more to find out before it computes.

**Step 3: compute in place.** The line `1 / (1 + np.exp(-z))` makes four new arrays, and three of them are thrown away. It takes time to get the memory for each of them. (For large arrays, NumPy may reuse one by itself.)
A function of NumPy can also write its result into an array that is there already, the argument `out`. This is called computing **in place**:

```pycon
>>> import numpy as np
>>> z = np.log(3) * np.array([0.0, 1.0, -1.0])
>>> a = np.negative(z)  # the only new array
>>> a = np.exp(a, out=a)
>>> a = np.add(a, 1, out=a)
>>> a = np.reciprocal(a, out=a)
>>> a
array([0.5 , 0.75, 0.25])

```

In `gradients` even this array is not needed. The derivative of the sigmoid is computed from $a$, so nothing needs $z$ any more, and $a$ takes its place. The
same is done for tanh, ReLU and the identity. The other activation functions keep $z$. So does every output layer if the cost is not the quadratic one, because a cross-entropy is computed from $z$. The backward pass also forgets each activation after its last use, so a large
network needs less memory. `forward` returns every $z$ and $a$, so there nothing is overwritten.

**Step 4: write sums as products.** The quadratic cost adds the squares of the residuals $a - y$. This is the product of a vector with itself, so `np.dot` takes the place of `**` and
`np.sum`. The function `np.sum` is slow for small arrays, because it runs some lines of Python before it computes. BP3 adds the errors of all examples, also with `np.sum`. Here, too, a product does the same. One of its
factors is a vector $\mathbf 1$ of $m$ ones:

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    = \sum_{i=1}^{m} \delta^{l\,(i)}
    = \underbrace{\delta^{l}}_{n_l \times m} \, \underbrace{\mathbf 1}_{m}
    $$

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    = \sum_{i=1}^{m} \delta^{l\,(i)}
    = \underbrace{\mathbf 1}_{m} \, \underbrace{\delta^{l}}_{m \times n_l}
    $$

**Step 5: keep constants as arrays.** In each `1 - a`, NumPy first makes an array of the number 1. The fast form makes this array once and keeps it, and an array of the number $m$, too. The dtype, the type of the numbers, must be that of
the network. In a network of `float32`, an array of one `float64` would make the result a `float64`.

**Step 6: check each kind of network once.** The checks look at types, dtypes and shapes, and at the activation functions and the cost. If all of these are as in an earlier call, the checks would accept them again. So the library keeps a dictionary. A key is all that the checks
look at. The value is a **plan**: a function for each layer, and the constants of step 5. Each call makes its key anew, so a new shape, dtype, activation function or cost is checked. A step of training makes new layers
with the same key, and their plan is found.

# When is the fast form used?

- All arrays are NumPy's, and all have the same dtype: `float64` or `float32`. Lists and whole numbers are converted first.
- All activation functions and the cost are the library's own. A function that you write may return any array, so its result is checked in each call. This does not matter for `step`, which calls no such function.

In all other cases the plain form is used, for example for [arrays of PyTorch or JAX][arrays]. You need not choose, and the result has the same types and shapes.

# Is the result the same?

It is the same up to rounding. A computer rounds each sum, so the order of the additions matters:

```pycon
>>> (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)
(0.6000000000000001, 0.6)

```

Step 4 changes the order, in the cost and in BP3. The tests compare both forms, over every activation function and cost, in both layouts, for one example and for batches of up to 300. For each array they require

$$
\lVert \text{fast} - \text{plain} \rVert \le 16 \, \varepsilon \, \lVert \text{plain} \rVert .
$$

The **norm** $\lVert \cdot \rVert$ is the square root of the sum of the squares of all numbers in an array. The **machine epsilon** $\varepsilon$ is the distance from 1 to the next larger number. It is about $2 \cdot 10^{-16}$ in `float64` and
$10^{-7}$ in `float32`.

A product in `float32` may lose digits when it adds very many numbers. So if there are 65,536 residuals or more, `np.sum` adds up the cost, because it loses fewer. BP3 and BP4 add one number for each example. In `float32`, a batch of tens of thousands
of examples may lose digits there, in both forms. Then the two forms may also differ more than this.

**Nothing of yours is written to.** The fast form writes only into arrays that it has made itself in the same call. No two arrays that it returns share memory, with each other or with yours. The only exception is $x$, which `forward` returns
as $a^{0}$.

# Example

Here is [the 2-3-2 network][2-3-2-pass]. First the equations, computed by their names:

=== "Columns"

    ```pycon
    >>> from backprop import Layer, forward, gradients, hidden_error, output_error, weight_gradient
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> _, (x, a1, a2) = forward(layers, x)
    >>> delta2 = output_error(a2 - y, a2 * (1 - a2))
    >>> delta1 = hidden_error(W2, delta2, a1 * (1 - a1))
    >>> by_name = weight_gradient(delta1, x)

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import Layer, forward, gradients, hidden_error, output_error, weight_gradient
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> _, (x, a1, a2) = forward(layers, x)
    >>> delta2 = output_error(a2 - y, a2 * (1 - a2))
    >>> delta1 = hidden_error(W2, delta2, a1 * (1 - a1))
    >>> by_name = weight_gradient(delta1, x)

    ```

The function `gradients` uses the fast form here. The two results agree, `x` and `y` are unchanged, and the error that is returned shares no memory with `y`:

```pycon
>>> C, (first, second) = gradients(layers, x, y)
>>> difference = np.linalg.norm(first.dC_dW - by_name)
>>> bool(difference <= 16 * np.finfo(float).eps * np.linalg.norm(by_name))
True
>>> x, y
(array([1., 2.]), array([0., 1.]))
>>> np.shares_memory(second.dC_db, y)
False

```

# Common mistakes

- An array is overwritten that is still needed. After `np.subtract(1, a, out=a)` the activation is lost, but the product $a (1 - a)$ still needs it.
- An array of the caller is overwritten. In `a = x` no array is made: `a` and `x` are the same array. After `np.exp(a, out=a)` the data are different in the next epoch.
- The weights are updated in place during the backward pass, and BP2 still needs the old ones: [updated too early][weights-updated-too-early].
- Code is made faster before anybody has measured it. With 256 examples, steps 2 and 5 save next to nothing.

# Check yourself

??? question "How many functions of NumPy does 1 / (1 + np.exp(-z)) call, and how many new arrays does it make? And the four lines of step 3?"

    Both call four functions: negative, exp, add, and a division. The first makes four new arrays, and the second makes one. (The arrays of the number 1 are not counted: see step 5.)

??? question "Where only the gradients are wanted, a may take the place of z in a sigmoid layer, but not in a SiLU layer. Why?"

    The derivative of the sigmoid is $a (1 - a)$, which needs only $a$. [The SiLU][rectifiers] is not monotonic, so two different $z$ can have the same $a$ and different derivatives. Its derivative needs $z$.

**Exercises:** [16, the whole mini-batch as matrices][mini-batch] · [33, what a backward pass costs][what-it-costs].
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from ._arrays import Array
from ._immutable import is_constant
from .activations import IDENTITY, SIGMOID, TANH, Activation
from .costs import Cost
from .rectifiers import RELU

__all__: list[str] = []

# In a local or global name, Python finds a function sooner than in a module.
add, divide, dot, exp, maximum, multiply = np.add, np.divide, np.dot, np.exp, np.maximum, np.multiply
negative, positive, reciprocal, sign = np.negative, np.positive, np.reciprocal, np.sign
subtract, tanh = np.subtract, np.tanh
new, put = object.__new__, object.__setattr__

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


class LayerLike(Protocol):
    """What a pass uses of a layer of either layout."""

    W: Array
    b: Array
    activation: Activation


L = TypeVar("L", bound=LayerLike)
G = TypeVar("G")


# ---- What is computed in place: a from z, and an error times σ′(z)


class InPlace(NamedTuple):
    """An activation function into the array `out`, or a new one for None, and the product of an error with its derivative."""

    value: Callable[[Array, Array | None, Array], Array]
    times_prime: Callable[[Array, Array, Array, Array], Array]


def _sigmoid(z: Array, out: Array | None, one: Array) -> Array:
    a: Array = negative(z, out)
    exp(a, a)
    add(a, one, a)
    return reciprocal(a, a)


def _times_sigmoid_prime(error: Array, z: Array, a: Array, one: Array) -> Array:
    sigma_prime_z = subtract(one, a)
    multiply(sigma_prime_z, a, sigma_prime_z)
    return multiply(error, sigma_prime_z, error)


def _times_tanh_prime(error: Array, z: Array, a: Array, one: Array) -> Array:
    sigma_prime_z = multiply(a, a)
    subtract(one, sigma_prime_z, sigma_prime_z)
    return multiply(error, sigma_prime_z, error)


IN_PLACE = {
    SIGMOID: InPlace(_sigmoid, _times_sigmoid_prime),
    TANH: InPlace(lambda z, out, one: tanh(z, out), _times_tanh_prime),
    RELU: InPlace(lambda z, out, one: maximum(z, 0, out=out), lambda error, z, a, one: multiply(error, sign(a), error)),
    IDENTITY: InPlace(lambda z, out, one: positive(z, out), lambda error, z, a, one: error),
}


def _keeping_z(activation: Activation) -> InPlace:
    """Return any other activation function in the same form. It leaves z as it is, for a derivative or a cost may need it."""
    return InPlace(
        lambda z, out, one: activation.apply(z),
        lambda error, z, a, one: multiply(error, activation.derivative(z, a), error),
    )


# ---- The products of a layout


class Layout(NamedTuple):
    """The equations of a layout without σ′, which axis holds the examples, and the plans for what the checks have accepted."""

    weighted_input: Callable[[Array, Array, Array], Array]
    to_previous: Callable[[Array, Array], Array]
    bias_gradient: Callable[[Array, Array], Array]
    weight_gradient: Callable[[Array, Array], Array]
    examples: int
    plans: dict[Hashable, Plan]


def _weighted_input(W: Array, a_prev: Array, b: Array) -> Array:
    z = dot(W, a_prev)
    return add(z, b[:, None] if b.ndim < z.ndim else b, z)


def _weighted_input_in_rows(W: Array, a_prev: Array, b: Array) -> Array:
    z = dot(a_prev, W)
    return add(z, b, z)


def _weight_gradient(delta: Array, a_prev: Array) -> Array:
    return dot(delta, a_prev.T) if delta.ndim == 2 else multiply(delta[:, None], a_prev)


def _weight_gradient_in_rows(delta: Array, a_prev: Array) -> Array:
    return dot(a_prev.T, delta) if delta.ndim == 2 else multiply(a_prev[:, None], delta)


COLUMNS = Layout(_weighted_input, lambda W, delta: dot(W.T, delta), dot, _weight_gradient, 1, {})
ROWS = Layout(
    _weighted_input_in_rows,
    lambda W, delta: dot(delta, W.T),
    lambda delta, ones: dot(ones, delta),
    _weight_gradient_in_rows,
    0,
    {},
)


# ---- Plans


class Plan(NamedTuple):
    """What a pass needs to know of a network and its data, and the constants that NumPy would else make anew in each call."""

    layout: Layout
    functions: list[InPlace]
    is_quadratic: bool
    divisor: int
    divisor_array: Array
    one: Array
    ones: Array


def known(layout: Layout, cost: Cost | None, layers: Sequence[LayerLike], *data: Array) -> Plan | None:
    """Return the plan for arguments that the checks have accepted before, and None for all others."""
    try:
        return layout.plans.get(_signature(cost, layers, data))
    except (AttributeError, TypeError):  # something is no layer, no array or no cost, and the checks will say so
        return None


def learned(layout: Layout, cost: Cost | None, layers: Sequence[LayerLike], *data: Array) -> Plan | None:
    """Plan the pass for arguments that the checks have just accepted. Return None where only the plain form will do."""
    signature, x, activations = _signature(cost, layers, data), data[0], [layer.activation for layer in layers]
    if signature is None or x.dtype not in FLOATS:
        return None
    if not all(map(is_constant, activations if cost is None else [cost, *activations])):
        return None  # a function of the reader's may return anything
    functions = [IN_PLACE.get(activation) or _keeping_z(activation) for activation in activations]
    is_quadratic = cost is not None and cost.name == "quadratic" and activations[-1].prime is not None
    if cost is not None and not is_quadratic:
        functions[-1] = _keeping_z(activations[-1])
    m = x.shape[layout.examples] if x.ndim == 2 else 1
    divisor = max(m, 1)
    one, ones = np.ones((), x.dtype), np.ones(m, x.dtype)
    plan = Plan(layout, functions, is_quadratic, divisor, np.array(divisor, x.dtype), one, ones)
    if len(layout.plans) >= 256:
        layout.plans.clear()  # batches of ever new sizes: begin anew, so that those in use are learned again
    layout.plans[signature] = plan
    return plan


def _signature(cost: Cost | None, layers: Sequence[LayerLike], data: Sequence[Array]) -> Hashable:
    """Return all that the checks look at, or None if not all arrays are NumPy's and in one dtype."""
    if layers.__class__ is not list and layers.__class__ is not tuple:
        return None  # a generator can be read only once
    dtype = data[0].dtype
    key: list[Any] = [cost, dtype]
    for array in data:
        if array.__class__ is not np.ndarray or (array.dtype is not dtype and array.dtype != dtype):
            return None
        key.append(array.shape)
    for layer in layers:
        W, b = layer.W, layer.b
        if not (W.__class__ is b.__class__ is np.ndarray):
            return None
        if not (W.dtype is b.dtype is dtype or W.dtype == b.dtype == dtype):
            return None
        key += layer.__class__, layer.activation, W.shape, b.shape
    return tuple(key)


# ---- The pass


def forward(plan: Plan, layers: Sequence[LayerLike], x: Array, keep: bool = True) -> tuple[list[Array], list[Array]]:
    """Do what `forward` does. Without `keep`, the activation takes the place of z where nothing else needs z."""
    weighted_input, one = plan.layout.weighted_input, plan.one
    zs, activations, a = [], [x], x
    for layer, function in zip(layers, plan.functions):
        z = weighted_input(layer.W, a, layer.b)
        a = function.value(z, None if keep else z, one)
        zs.append(z)
        activations.append(a)
    return zs, activations


def gradients(
    plan: Plan,
    layers: Sequence[LayerLike],
    x: Array,
    y: Array,
    cost: Cost,
    cost_and_output_error: Callable[[Activation, Cost, Array, Array, Array], tuple[Array, Array]],
    as_gradient: Callable[[tuple[Array, Array]], G],
) -> tuple[Array, list[G]]:
    """Do what `gradients` does."""
    layout, one = plan.layout, plan.one
    zs, activations = forward(plan, layers, x, keep=False)
    if plan.is_quadratic:
        C, delta = _quadratic(plan, zs[-1], activations[-1], y)
    else:
        C, delta = cost_and_output_error(layers[-1].activation, cost, zs[-1], activations[-1], y)  # BP1
    found = []
    for l in range(len(layers) - 1, -1, -1):
        del zs[l], activations[l + 1]  # whose memory is free now
        layer, a, dC_db = layers[l], activations[l], delta
        if delta.ndim == 2:
            dC_db = layout.bias_gradient(delta, plan.ones)  # BP3
            if layer.b.ndim == 2:
                dC_db = dC_db.reshape(layer.b.shape)
        found.append(as_gradient((layout.weight_gradient(delta, a), dC_db)))  # BP4
        if l:
            error = layout.to_previous(layer.W, delta)
            delta = plan.functions[l - 1].times_prime(error, zs[l - 1], a, one)  # BP2
    found.reverse()
    return C, found


def _quadratic(plan: Plan, z: Array, a: Array, y: Array) -> tuple[Array, Array]:
    """Return the quadratic cost and, by BP1, the error of the output layer."""
    delta = subtract(a, y)
    flat = delta.ravel()
    squares = dot(flat, flat) if flat.size < 2**16 else np.sum(flat * flat)  # NumPy adds many numbers more exactly
    C = squares / (2 * plan.divisor)
    if delta.ndim == 2:
        divide(delta, plan.divisor_array, delta)
    return C, plan.functions[-1].times_prime(delta, z, a, plan.one)


def step(layers: Sequence[L], gradients: Sequence[Any], learning_rate: float, kind: type[L]) -> list[L] | None:
    """Do what `step` does. Return None where an array is not NumPy's, or does not match the others in dtype and shape."""
    if learning_rate.__class__ not in (float, int, np.float64):
        return None
    moved, rate = [], np.array(learning_rate)
    for layer, gradient in zip(layers, gradients):
        if layer.__class__ is not kind or not isinstance(gradient, tuple) or len(gradient) != 2:
            return None
        W, b = layer.W, layer.b
        dC_dW, dC_db = gradient
        if not (W.__class__ is b.__class__ is dC_dW.__class__ is dC_db.__class__ is np.ndarray):
            return None
        if not (W.dtype is b.dtype is dC_dW.dtype is dC_db.dtype in FLOATS):
            return None
        if W.shape != dC_dW.shape or b.shape != dC_db.shape:
            return None
        if rate.dtype is not W.dtype:
            rate = np.array(learning_rate, W.dtype)
        dC_dW, dC_db = multiply(dC_dW, rate), multiply(dC_db, rate)
        moved.append(_with_parameters(layer, subtract(W, dC_dW, dC_dW), subtract(b, dC_db, dC_db)))
    return moved


def _with_parameters(layer: L, W: Array, b: Array) -> L:
    """Return the layer with other parameters of the same shapes, which need no check."""
    moved = new(layer.__class__)
    put(moved, "W", W)
    put(moved, "b", b)
    put(moved, "activation", layer.activation)
    return moved
