r"""The backward pass: all gradients of a network.

> Each of the four equations is one line. In which order do we use them, and which numbers must we keep for them?

To learn, a network needs $\partial C / \partial W^{l}$ and $\partial C / \partial b^{l}$ for every layer $l$. The page about [gradient descent][gradient-descent] uses them. These gradients are computed from
the error of the layer, and this error is computed from the error of the next layer. So
**the backward pass computes the errors from the last layer to the first, each of them once.** Before it, a forward pass computes all weighted inputs and activations, and keeps
them.

![Both passes of a network with 784 inputs, 30 hidden units and 10 outputs. The numbers in circles give the order. Dashed arrows lead from kept numbers to where they are used again. A section below counts the multiplications (×).](figure:backward_order)

=== "Columns"

    $$
    \begin{aligned}
    \underbrace{\delta^{L}}_{n_L \times m} &= \underbrace{\nabla_a C}_{n_L \times m} \odot \underbrace{\sigma'(z^{L})}_{n_L \times m} \\
    \underbrace{\delta^{l}}_{n_l \times m} &= \bigl( \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \, \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \bigr) \odot \underbrace{\sigma'(z^{l})}_{n_l \times m} \\
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \sum_{i=1}^{m} \underbrace{\delta^{l\,(i)}}_{n_l} \\
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}} &= \underbrace{\delta^{l}}_{n_l \times m} \, \underbrace{(a^{l-1})^{\mathsf T}}_{m \times n_{l-1}}
    \end{aligned}
    $$

=== "Rows"

    $$
    \begin{aligned}
    \underbrace{\delta^{L}}_{m \times n_L} &= \underbrace{\nabla_a C}_{m \times n_L} \odot \underbrace{\sigma'(z^{L})}_{m \times n_L} \\
    \underbrace{\delta^{l}}_{m \times n_l} &= \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \, \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr) \odot \underbrace{\sigma'(z^{l})}_{m \times n_l} \\
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \sum_{i=1}^{m} \underbrace{\delta^{l\,(i)}}_{n_l} \\
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l} &= \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \, \underbrace{\delta^{l}}_{m \times n_l}
    \end{aligned}
    $$

These are [BP1][bp1-output-error], [BP2][bp2-hidden-error], [BP3][bp3-bias-gradient] and [BP4][bp4-weight-gradient], from top to bottom. BP1 is for the last layer, BP2 for all other layers, and BP3 and BP4 are
for every layer. There are $m$ examples, and $\delta^{l\,(i)}$ holds the errors in example $i$. The derivatives $\nabla_a C$ of the cost with respect to the outputs contain the factor $\frac1m$. For softmax with cross-entropy, the [error $(a - y) / m$][softmax-layer] takes the place of BP1.

# The algorithm

The figure has two layers of weights and gives each computation its own number. The list below is for any number of layers, so steps 4 to 7 are repeated:

1. **Go forward.** Set $a^0 = x$. For $l = 1, 2, \dots, L$ compute $z^{l}$ and $a^{l}$, and keep both.
2. **Compute the cost** $C$ from the outputs $a^{L}$ and the targets $y$.
3. **Compute the output error** $\delta^{L}$ by BP1. Set $l = L$.
4. **Compute the gradients of layer $l$** from $\delta^{l}$ and $a^{l-1}$: BP3 for the biases, BP4 for the weights.
5. **Stop if $l = 1$.** All gradients are known.
6. **Compute the error of the previous layer**, $\delta^{l-1}$, from $\delta^{l}$, $W^{l}$ and $z^{l-1}$. This is BP2 with $l - 1$ in the place of $l$.
7. **Decrease $l$ by 1** and go to step 4.

Here is the algorithm for [the 2-3-2 network][2-3-2-pass]. Entry 0 of the lists `W`, `b` and `z` is not used, so `W[1]` is $W^1$ as in the formulas. Entry 0 of `a` is the input. One example is a batch with $m = 1$. First the
weights, the example and the forward pass:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import sigmoid, sigmoid_prime
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> W, b = [None, W1, W2], [None, np.zeros(3), np.array([-1.75, -2.25])]
    >>> x, y = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    >>> m, L = 1, 2
    >>> z, a = [None], [x]
    >>> for l in range(1, L + 1):
    ...     z.append(W[l] @ a[l - 1] + b[l][:, None])
    ...     a.append(sigmoid(z[l]))

    ```

    `b[l][:, None]` makes a column of the biases. NumPy adds it to the column of each example.

    Then the backward pass, with the quadratic cost. Here $l$ counts from $L$ down to 1. The gradients are put into dictionaries, with $l$ as the key:

    ```pycon
    >>> dC_dW, dC_db = {}, {}
    >>> delta = (a[L] - y) / m * sigmoid_prime(z[L])  # BP1
    >>> for l in range(L, 0, -1):
    ...     dC_db[l] = delta.sum(axis=1)  # BP3
    ...     dC_dW[l] = delta @ a[l - 1].T  # BP4
    ...     if l > 1:
    ...         delta = (W[l].T @ delta) * sigmoid_prime(z[l - 1])  # BP2
    >>> dC_dW[2]
    array([[ 0.0625 ,  0.09375,  0.03125],
           [-0.0625 , -0.09375, -0.03125]])
    >>> dC_dW[1]
    array([[ 0.03125,  0.0625 ],
           [ 0.     ,  0.     ],
           [-0.09375, -0.1875 ]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import sigmoid, sigmoid_prime
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> W, b = [None, W1, W2], [None, np.zeros(3), np.array([-1.75, -2.25])]
    >>> x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    >>> m, L = 1, 2
    >>> z, a = [None], [x]
    >>> for l in range(1, L + 1):
    ...     z.append(a[l - 1] @ W[l] + b[l])
    ...     a.append(sigmoid(z[l]))

    ```

    Then the backward pass, with the quadratic cost. Here $l$ counts from $L$ down to 1. The gradients are put into dictionaries, with $l$ as the key:

    ```pycon
    >>> dC_dW, dC_db = {}, {}
    >>> delta = (a[L] - y) / m * sigmoid_prime(z[L])  # BP1
    >>> for l in range(L, 0, -1):
    ...     dC_db[l] = delta.sum(axis=0)  # BP3
    ...     dC_dW[l] = a[l - 1].T @ delta  # BP4
    ...     if l > 1:
    ...         delta = (delta @ W[l].T) * sigmoid_prime(z[l - 1])  # BP2
    >>> dC_dW[2]
    array([[ 0.0625 , -0.0625 ],
           [ 0.09375, -0.09375],
           [ 0.03125, -0.03125]])
    >>> dC_dW[1]
    array([[ 0.03125,  0.     , -0.09375],
           [ 0.0625 ,  0.     , -0.1875 ]])

    ```

The loop is the same for any number of layers and of examples. Only `L`, `m` and the arrays change.

# Derivation

Why do we go from the last layer to the first?

**Step 1: list what each equation needs.** All that is in the last column is known when the forward pass is done.

| equation | computes | needs from the backward pass | needs also |
| --- | --- | --- | --- |
| BP1 | $\delta^{L}$ | nothing | $a^{L}$, $y$, $z^{L}$ |
| BP2 | $\delta^{l}$ | $\delta^{l+1}$ | $W^{l+1}$, $z^{l}$ |
| BP3 | $\partial C / \partial b^{l}$ | $\delta^{l}$ | nothing |
| BP4 | $\partial C / \partial W^{l}$ | $\delta^{l}$ | $a^{l-1}$ |

**Step 2: find where to start.** BP2, BP3 and BP4 need an error. Only BP1 needs none, so it is first.

**Step 3: find what comes next.** From $\delta^{L}$, BP2 computes $\delta^{L-1}$. From this it computes $\delta^{L-2}$, and so on, down to $\delta^1$. BP2 always needs the error of the next layer, so no other
order of the errors is possible.

**Step 4: put in the gradients.** BP3 and BP4 need only the error of their own layer. So they can be computed as soon as this error is known. Then BP2 uses the error once more, and after that it can be
forgotten.

# Why is the backward order cheap?

An input can reach the cost along many paths. With three hidden layers of 30 units and 10 outputs, $30 \cdot 30 \cdot 30 \cdot 10 = 270000$ paths lead from one input to the outputs. Each path contributes the
product of its derivatives. The backward pass does not follow the paths one by one. The error of a unit already contains the sum over all paths from this unit to the cost. BP2 uses this error for all units of the
previous layer. So BP2 uses each weight once, and not once for each path through it.

The forward order could be used, too: change one weight, and follow its effect through all layers to the cost. But this gives the derivative for one weight only, and every weight needs its own pass.
The backward pass starts from one number, the cost, and reaches all weights and biases at once. The page [From these four equations to autodiff][autodiff] says more about both orders.

# How many operations?

Count the multiplications in the products with matrices, for one example.

- **Forward:** layer $l$ uses each of its weights once. This takes $n_l \, n_{l-1}$ multiplications.
- **BP4:** each weight has one product of an error and an activation. This takes $n_l \, n_{l-1}$ again.
- **BP2:** going back through $W^{l}$ uses each weight once, and takes $n_l \, n_{l-1}$, too. Only $W^1$ is not used in BP2, because the input needs no error.

So BP4 takes as many multiplications as the forward pass, and BP2 takes fewer. **Together, the backward pass takes at most twice as many multiplications as the forward pass.** Biases, $\odot$ and $\sigma'$ cost only a few
operations for each unit.

In the code, `sizes` lists the inputs and the units of each layer. The list `products` has one count for each layer, and `products[1:]` leaves out the
first layer. The result is the count for the forward pass, and the count for BP4 and BP2 together:

```pycon
>>> def count(sizes):
...     products = [n * n_prev for n_prev, n in zip(sizes, sizes[1:])]
...     return sum(products), sum(products) + sum(products[1:])
>>> count([784, 30, 10])
(23820, 24120)
>>> count([100] * 11)
(100000, 190000)

```

In the 784-30-10 network nearly all weights belong to the first layer, and BP2 does not use them. So both counts are almost equal. The second network has 100 inputs and ten layers of 100 units. There the backward pass
takes 1.9 times as many. With $m$ examples, all counts are multiplied by $m$.

Now compare this with the first method of [What backpropagation computes][what-it-computes]: change each weight and each bias a little, one after the other. The 784-30-10 network has 23,820 weights and 40 biases, so this
takes 23,860 forward passes. We divide their multiplications by those of one forward pass and one backward pass together:

```pycon
>>> 23860 * 23820 // (23820 + 24120)
11855

```

So the first method takes 11,855 times as many.

# What must be kept, and how much memory does it need?

| from the forward pass | needed by |
| --- | --- |
| the activations $a^{l-1}$ that enter each layer | BP4 |
| the outputs $a^{L}$ | the cost and BP1 |
| the weighted inputs $z^{l}$, or $\sigma'(z^{l})$ | BP1 and BP2 |
| the weights $W^{l+1}$, unchanged | BP2 |

The weights are stored anyway. In addition, each example needs its inputs and two numbers for each unit, $z$ and $a$. In the 784-30-10 network these are
$784 + 2 \cdot (30 + 10) = 864$ numbers. Here are 100 examples, and `zs + activations` joins two lists:

=== "Columns"

    ```pycon
    >>> from backprop import Layer, forward
    >>> layers = [Layer(np.ones((30, 784)), np.zeros(30)), Layer(np.ones((10, 30)), np.zeros(10))]
    >>> zs, activations = forward(layers, np.ones((784, 100)))
    >>> sum(array.size for array in zs + activations)
    86400

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import Layer, forward
    >>> layers = [Layer(np.ones((784, 30)), np.zeros(30)), Layer(np.ones((30, 10)), np.zeros(10))]
    >>> zs, activations = forward(layers, np.ones((100, 784)))
    >>> sum(array.size for array in zs + activations)
    86400

    ```

The memory grows with the number of examples and of units, so a smaller batch needs less. A network that is only used, and not trained, needs no backward pass. It can forget the numbers of a layer
when the next layer is computed.

There are two ways to save memory. First, for a sigmoid, $\sigma'(z) = a (1 - a)$, so $a$ is enough and $z$ need not be kept. Second, a program may forget the numbers of some layers, and compute them once more
when the backward pass needs them. This is called **gradient checkpointing**.

# Why must the weights not change during the backward pass?

We want the derivatives for the network that computed the outputs. Suppose that $W^2$ is changed before BP2 uses it. Then BP2 multiplies errors of the old network by weights of the new one, and the
result is right for neither. So compute all gradients first. Then update all weights and biases, as the page about [gradient descent][gradient-descent] does.

# Example

The function `gradients` of this library runs both passes, and checks every shape. It returns the cost and one pair of gradients for each layer, the first layer first. The two parts of a pair are `dC_dW` and `dC_db`.
Here is the 2-3-2 network with one example:

=== "Columns"

    ```pycon
    >>> from backprop import Layer, gradients
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> C, (first, second) = gradients(layers, np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    >>> float(C)
    0.25
    >>> second.dC_dW
    array([[ 0.0625 ,  0.09375,  0.03125],
           [-0.0625 , -0.09375, -0.03125]])
    >>> first.dC_dW
    array([[ 0.03125,  0.0625 ],
           [ 0.     ,  0.     ],
           [-0.09375, -0.1875 ]])
    >>> first.dC_db, second.dC_db
    (array([ 0.03125,  0.     , -0.09375]), array([ 0.125, -0.125]))

    ```

    The error of the second hidden unit is 0, so the second row of `first.dC_dW` is 0.

=== "Rows"

    ```pycon
    >>> from backprop.rows import Layer, gradients
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> C, (first, second) = gradients(layers, np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    >>> float(C)
    0.25
    >>> second.dC_dW
    array([[ 0.0625 , -0.0625 ],
           [ 0.09375, -0.09375],
           [ 0.03125, -0.03125]])
    >>> first.dC_dW
    array([[ 0.03125,  0.     , -0.09375],
           [ 0.0625 ,  0.     , -0.1875 ]])
    >>> first.dC_db, second.dC_db
    (array([ 0.03125,  0.     , -0.09375]), array([ 0.125, -0.125]))

    ```

    The error of the second hidden unit is 0, so the second column of `first.dC_dW` is 0.

The loop under "The algorithm" found the same numbers:

```pycon
>>> bool(np.all(first.dC_dW == dC_dW[1]) and np.all(second.dC_db == dC_db[2]))
True

```

# Common mistakes

- The weights are updated during the backward pass: [updated too early][weights-updated-too-early].
- BP2 uses $W^{l}$ instead of $W^{l+1}$: [the wrong layer][weights-of-wrong-layer].
- The list of gradients has the last layer first: [layers in reverse order][layers-in-reverse].
- BP4 is computed with $a^{l}$ instead of $a^{l-1}$: [the input of the layer][wrong-shape].
- The code runs, so nobody tests the gradient. [The gradient check][gradient-check] compares it with a numerical one.

# Check yourself

??? question "A network has 100 inputs and three layers of 100 units. How many multiplications do the forward pass and the backward pass take for one example?"

    The forward pass takes $3 \cdot 10000 = 30000$. The backward pass takes 30,000 for BP4 and 20,000 for BP2, because no error goes back through the first layer: 50,000.

??? question "A trained network is only used, and needs no gradients. Which activations must it keep?"

    Only those of the layer that has just been computed. The next layer needs nothing else, and there is no backward pass that uses the others.

**Exercises:** [9, updated too early][updated-too-early] · [16, the whole mini-batch as matrices][mini-batch] · [33, what a backward pass costs][what-it-costs].
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import fast_pass
from ._address import BOOK
from ._arrays import Array, namespace
from ._axes import same_shape
from ._frameworks import FRAMEWORKS, counterpart, named
from ._immutable import is_constant
from .activations import IDENTITY, SIGMOID, TANH, Activation
from .bp1_output_error import output_error
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import CROSS_ENTROPY, QUADRATIC, SIGMOID_CROSS_ENTROPY, Cost
from .feedforward import MODULES, Layer, unchecked_forward, validated_network, weighted_input
from .rectifiers import GELU, LEAKY_RELU, RELU, SILU, SOFTPLUS
from .shapes import ShapeError, unchecked
from .shards import gradients_of_shards, is_sharded
from .softmax_layer import SOFTMAX, SOFTMAX_CROSS_ENTROPY, SOFTMAX_THEN_CROSS_ENTROPY

__all__ = ["Gradient", "gradients"]


# An activation function and a cost in one formula of z, in which nothing rounds to 0 or 1.
FUSED = {(SIGMOID, CROSS_ENTROPY): SIGMOID_CROSS_ENTROPY, (SOFTMAX, CROSS_ENTROPY): SOFTMAX_THEN_CROSS_ENTROPY}
# The costs that apply an activation function themselves.
APPLYING = {SOFTMAX_CROSS_ENTROPY: "softmax", SIGMOID_CROSS_ENTROPY: "sigmoid"}
# The activation functions whose values are not all between 0 and 1.
UNBOUNDED = (IDENTITY, TANH, RELU, LEAKY_RELU, SOFTPLUS, SILU, GELU)


class Gradient(NamedTuple):
    r"""The gradient of one layer, each part in the shape of its parameter.

    Parameters
    ----------
    dC_dW : array of shape (n, n_prev)
        Gradient $\partial C / \partial W^l$ of the weights.
    dC_db : array of shape (n,) or (n, 1)
        Gradient $\partial C / \partial b^l$ of the biases.

    Examples
    --------
    >>> import numpy as np
    >>> dC_dW, dC_db = Gradient(np.zeros((3, 2)), np.zeros(3))
    >>> dC_dW.shape
    (3, 2)
    """

    dC_dW: Array
    dC_db: Array


as_gradient: Callable[[Iterable[Array]], Gradient] = functools.partial(tuple.__new__, Gradient)  # in half the time


@np.errstate(over="ignore", divide="ignore")
def gradients(layers: Sequence[Layer], x: Array, y: Array, cost: Cost = QUADRATIC) -> tuple[Array, list[Gradient]]:
    r"""Return the cost and the gradient of every layer.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first. Only the last may have `SOFTMAX`.
    x : array of shape (n_0,) or (n_0, m)
        The input: one example, or `m` as columns.
    y : array of shape (n_L,) or (n_L, m)
        The target.
    cost : Cost
        The cost and its derivative; one of the constants, or your own.

    Returns
    -------
    C : array of shape ()
        The cost of the batch: for the constants, the mean over the examples.
    gradients : list of Gradient
        One for each layer, first layer first.

    Raises
    ------
    ShapeError
        If `x`, the layers and `y` do not fit together, or if your own cost is not one number, or its derivative does
        not have the shape of the output.
    TypeError
        If `cost` is not a `Cost`, or if `SOFTMAX` is where it cannot be: in a hidden layer, or before a
        cost that applies it itself.
    ValueError
        If `x` is a Dask array and the cost does not say how it combines the examples.

    Examples
    --------
    One weight: $C = \frac12 (w x - y)^2$, so $\partial C / \partial w = (w x - y) x = (6 - 1) \cdot 3$.

    >>> from backprop import IDENTITY, Layer
    >>> C, [gradient] = gradients([Layer([[2.0]], [0.0], IDENTITY)], [3.0], [1.0])
    >>> float(C), gradient
    (12.5, Gradient(dC_dW=array([[15.]]), dC_db=array([5.])))
    """
    plan = fast_pass.known(fast_pass.COLUMNS, cost, layers, x, y)
    if plan is None:
        layers, [x, y] = validated_network("gradients", layers, {"x": "n0 m?", "y": "nL m?"}, [x, y], Layer)
        check_cost(layers, cost)
        plan = fast_pass.learned(fast_pass.COLUMNS, cost, layers, x, y)
    if plan is not None:
        return fast_pass.gradients(plan, layers, x, y, cost, cost_and_output_error, as_gradient)
    if is_sharded(x):
        C, pairs = gradients_of_shards(gradients, layers, x, y, cost)
        return C, [Gradient(*pair) for pair in pairs]
    zs, activations = unchecked_forward(layers, x, unchecked(weighted_input))
    C, delta = cost_and_output_error(layers[-1].activation, cost, zs[-1], activations[-1], y)  # BP1
    return C, backward(
        layers,
        zs,
        activations,
        delta,
        # Every shape has been checked, so the equations need not check it again.
        hidden_error=unchecked(hidden_error),  # BP2
        bias_gradient=unchecked(bias_gradient),  # BP3
        weight_gradient=unchecked(weight_gradient),  # BP4
    )


def cost_and_output_error(
    activation: Activation,
    cost: Cost,
    z: Array,
    a: Array,
    y: Array,
    fused_costs: Mapping[Any, Cost] = FUSED,
    softmax: Activation = SOFTMAX,
) -> tuple[Array, Array]:
    """Return the cost and, by BP1, the error of the output layer, in the layout of the cost."""
    fused = fused_costs.get((activation, cost))
    if fused is not None:
        return unchecked(fused.value)(z, y), unchecked(fused.prime)(z, y)
    C, dC_da = unchecked(cost.value)(a, y), unchecked(cost.prime)(a, y)
    _check_values(cost, C, dC_da, a)
    if activation is softmax:
        # BP1 with a Jacobian, Jᵀ ∇_a C, where J = diag(a) − a aᵀ
        units = 0 if cost.layout == "columns" else -1
        return C, a * (dC_da - namespace(a).sum(a * dC_da, axis=units, keepdims=True))
    return C, unchecked(output_error)(dC_da, activation.derivative(z, a))


def cost_of_output(activation: Activation, cost: Cost, z: Array, a: Array, y: Array) -> Array:
    """Return the cost alone, as a function of z where that is exact."""
    fused = FUSED.get((activation, cost))
    return cost.value(a, y) if fused is None else fused.value(z, y)


def backward(
    layers: Sequence[Layer],
    zs: Sequence[Array],
    activations: Sequence[Array],
    delta: Array,
    hidden_error: Callable[..., Array],
    bias_gradient: Callable[..., Array],
    weight_gradient: Callable[..., Array],
) -> list[Gradient]:
    """Go back from the error of the output layer to the first layer, by the equations that are given."""
    from_the_output = []
    for l in reversed(range(len(layers))):
        dC_dW = weight_gradient(delta, activations[l])
        dC_db = bias_gradient(delta, keepdims=layers[l].b.ndim == 2)
        from_the_output.append(Gradient(dC_dW, dC_db))
        if l > 0:
            sigma_prime_z = layers[l - 1].activation.derivative(zs[l - 1], activations[l])
            delta = hidden_error(layers[l].W, delta, sigma_prime_z)
    return from_the_output[::-1]


def _check_values(cost: Cost, C: Any, dC_da: Any, a: Array) -> None:
    """Raise if a reader's own cost is not one number, or its derivative not an array in the shape of the output."""
    if np.shape(C) != ():
        raise ShapeError(
            f"gradients: the cost {cost.name} has shape {np.shape(C)}; it must be one number for all examples. Sum it, or take "
            f"its mean.\n  See {BOOK}look-up/sum-or-mean/"
        )
    if not hasattr(C, "dtype") and not isinstance(C, (int, float, complex)):
        raise TypeError(f"gradients: the cost {cost.name} is {C!r}, not a number")
    if not hasattr(dC_da, "shape"):
        raise TypeError(
            f"gradients: the derivative of the cost {cost.name} is a {type(dC_da).__name__}; it must be an array of "
            f"the shape of the output, {tuple(a.shape)}"
        )
    if not same_shape(dC_da.shape, a.shape):
        shapes = f"{tuple(dC_da.shape)}, and the output has {tuple(a.shape)}"
        raise ShapeError(
            f"gradients: the derivative of the cost {cost.name} has shape {shapes}; they must be the same: one derivative for "
            f"each output of each example.\n  See {BOOK}look-up/output-error/"
        )


def check_cost(
    layers: Sequence[Layer],
    cost: Cost,
    kind: type[Cost] = Cost,
    softmax: Activation = SOFTMAX,
    applying: Mapping[Any, str] = APPLYING,
) -> None:
    """Raise if this is no cost for these layers. The rest are the costs, the softmax and the costs that apply one, of a layout."""
    if not isinstance(cost, Cost):
        own = counterpart(named(cost)) or "a Cost, such as QUADRATIC, which knows its derivative"
        raise TypeError(f"gradients: cost is {named(cost)}; write {own}\n  See {FRAMEWORKS}")
    if cost.layout != kind.layout:
        own, other = MODULES[kind.layout], MODULES[cost.layout]
        name = cost.name.upper() if is_constant(cost) else "Cost"
        raise TypeError(f"gradients: cost is of {other}, for examples as {cost.layout}; write {own}.{name}")
    if any(layer.activation is softmax for layer in layers[:-1]):
        raise TypeError("gradients: SOFTMAX in a hidden layer; BP2 needs an elementwise activation there")
    last, name = layers[-1].activation, cost.name.upper()
    if (applied := applying.get(cost)) and last in (*UNBOUNDED[1:], SIGMOID, softmax):
        default = " (the default)" if last is SIGMOID else ""
        raise TypeError(
            f"gradients: {name} applies {applied} itself, and the last layer has {last.name}{default}; give it IDENTITY\n  See {FRAMEWORKS}"
        )
    if cost.name == "cross_entropy" and is_constant(cost) and last in UNBOUNDED:
        raise TypeError(
            f"gradients: {name} takes outputs between 0 and 1, and the last layer has {last.name}; write SOFTMAX_{name} for one class "
            f"of several, or SIGMOID_{name}, with IDENTITY\n  See {FRAMEWORKS}"
        )
