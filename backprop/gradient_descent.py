r"""Gradient descent: how a network learns from its gradients.

> We have the derivative of the cost with respect to every weight and bias. How do they make the cost smaller?

To **minimize** the cost is to make it as small as possible. If $\partial C / \partial w$ is positive, a small increase of $w$ makes the cost larger, so $w$ must decrease. If it is negative, $w$ must increase.
In both cases we subtract a small multiple of the derivative, because subtracting a negative number is an increase. **Gradient descent changes all weights and biases in this way at once. This is one step. Then it computes the new gradients
and takes the next step.**

![Four steps of gradient descent with three learning rates η, which decide how long the steps are. Each point is one choice of the weight and the bias. All points on a ring have the same cost.](figure:descent_paths)

=== "Columns"

    $$
    \begin{aligned}
    \underbrace{W^{l}}_{n_l \times n_{l-1}} &\leftarrow
    W^{l} - \eta \, \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}} \\
    \underbrace{b^{l}}_{n_l} &\leftarrow b^{l} - \eta \, \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \end{aligned}
    $$

=== "Rows"

    $$
    \begin{aligned}
    \underbrace{W^{l}}_{n_{l-1} \times n_l} &\leftarrow
    W^{l} - \eta \, \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l} \\
    \underbrace{b^{l}}_{n_l} &\leftarrow b^{l} - \eta \, \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \end{aligned}
    $$

Each step does this for every layer $l$. The arrow means "is replaced by". The positive number $\eta$ (eta) is the **learning rate**: it decides how large the step is. Weights and biases together are called **parameters**. The gradient of $W^{l}$ has
the shape of $W^{l}$, because it holds one derivative for each weight.

# What does the figure show?

It shows a network with two parameters only. It is one unit with $\sigma(z) = z$, so its output for the input $x$ is $w x + b$. This unit must fit a straight line to two points, $(-2, 1)$ and $(2, 5)$. So there are two
examples: the input $-2$ with the target 1, and the input 2 with the target 5. The quadratic cost is the mean over both:

$$
\begin{aligned}
C &= \frac12 \cdot \frac12 \bigl( (-2 w + b - 1)^2 + (2 w + b - 5)^2 \bigr) \\
&= \frac12 \bigl( 4 (w - 1)^2 + (b - 3)^2 \bigr) .
\end{aligned}
$$

One $\frac12$ comes from the mean over two examples, the other from the quadratic cost. For the second line, write $u = w - 1$ and $v = b - 3$. Then the brackets are $v - 2 u$ and $v + 2 u$, and their squares add up to
$8 u^2 + 2 v^2$.

The cost is 0 at $w = 1$ and $b = 3$, the line through both points. Its derivatives are $\partial C / \partial w = 4 (w - 1)$ and $\partial C / \partial b = b - 3$. We start at $w = b = 0$. There the cost is
6.5, and the derivatives are $-4$ and $-3$. With $\eta = \frac38$ the first step leads to $w = \frac38 \cdot 4 = 1.5$ and $b = \frac38 \cdot 3 = 1.125$.

Here are $w$ and $b$ after each of the first four steps. The code computes the derivatives from the examples. Because $\sigma' = 1$, the error of this unit in one example is the residual, output minus target. By
[BP4][bp4-weight-gradient], an example contributes its residual times $x$ to $\partial C / \partial w$. By [BP3][bp3-bias-gradient], it contributes its residual to $\partial C / \partial b$.
`np.mean` adds the contributions and divides by $m$.

```pycon
>>> import numpy as np
>>> x, y = np.array([-2.0, 2.0]), np.array([1.0, 5.0])
>>> w, b, eta = 0.0, 0.0, 0.375
>>> for number in range(4):
...     residual = w * x + b - y
...     dC_dw, dC_db = np.mean(residual * x), np.mean(residual)
...     w, b = w - eta * dC_dw, b - eta * dC_db
...     print(w, b)
1.5 1.125
0.75 1.828125
1.125 2.267578125
0.9375 2.542236328125

```

The same steps with each of the three learning rates end at these costs:

```pycon
>>> for eta in (1/32, 3/8, 9/16):
...     w = b = 0.0
...     for number in range(4):
...         residual = w * x + b - y
...         w, b = w - eta * np.mean(residual * x), b - eta * np.mean(residual)
...     print(eta, round(float(np.mean((w * x + b - y) ** 2) / 2), 2))
0.03125 4.18
0.375 0.11
0.5625 11.93

```

With $\eta = \frac1{32}$ the cost falls only slowly. With $\eta = \frac9{16}$ the cost ends larger than the 6.5 at the start, although the gradient is right. Each step jumps over the best $w$ and ends farther away from it.
To choose the start and the learning rate yourself, [steer gradient descent][steer-gradient-descent] on a map of a network's cost.

# Derivation

Why does subtracting the gradient make the cost smaller?

**Step 1: add small changes.** Number all weights and biases of the network, $\theta_1, \theta_2, \dots$ (theta). Change each by a small $\Delta \theta_k$. The effect of this change on the cost is about
$\partial C / \partial \theta_k$ times $\Delta \theta_k$. As in the [chain rule][chain-rule], the effects add:

$$
\Delta C \approx \sum_k \frac{\partial C}{\partial \theta_k} \, \Delta \theta_k .
$$

**Step 2: choose the changes.** Take $\Delta \theta_k = -\eta \, \partial C / \partial \theta_k$. Then each term is a square multiplied by $-\eta$, so no term is positive:

$$
\Delta C \approx -\eta \sum_k \Bigl( \frac{\partial C}{\partial \theta_k} \Bigr)^2 \le 0 .
$$

**Step 3: compare with other directions.** The sum of step 1 is the *dot product* of two vectors, the gradient and the change. A dot product is the product of both lengths and the cosine of the angle between the vectors. Compare all
changes of the same length. The sum is smallest when the cosine is $-1$, and then the change is opposite to the gradient. So no other small change of this length decreases the cost more.

**Step 4: note the condition.** Step 1 holds only for small changes, so $\eta$ must be small enough. A right gradient is not enough.

# How large should the learning rate be?

Take one parameter and $C = \frac12 \theta^2$, whose minimum is at 0. The derivative is $\theta$, so a step leads to $\theta - \eta \, \theta = (1 - \eta) \, \theta$.

| learning rate | factor $1 - \eta$ | what happens |
| --- | --- | --- |
| $0 < \eta < 1$ | between 0 and 1 | $\theta$ comes nearer to 0, slowly if $\eta$ is small |
| $\eta = 1$ | 0 | one step reaches the minimum |
| $1 < \eta < 2$ | between $-1$ and 0 | $\theta$ jumps over the minimum each time, and comes nearer |
| $\eta = 2$ | $-1$ | $\theta$ jumps from one side to the other, and the cost stays the same |
| $\eta > 2$ | less than $-1$ | $\theta$ jumps over the minimum and goes away, and the cost grows |

In the figure the derivatives are $4 (w - 1)$ and $b - 3$. So a step multiplies $w - 1$ by $1 - 4 \eta$, and $b - 3$ by $1 - \eta$. By the table, with $4 \eta$ in the place of $\eta$, $w$ comes nearer to 1 only if $4 \eta < 2$. Then $\eta < \frac12$, so the
factor $1 - \eta$ is larger than $\frac12$, and $b$ needs several steps. At $\eta = \frac38$ the factors are $-\frac12$ and $\frac58$. At $\eta = \frac9{16}$ the factor of $w - 1$ is $-\frac54$, so $w$ goes away.

In a larger network these factors are not known. So try several learning rates, each ten times the one before, such as 0.001, 0.01, 0.1 and 1. If the cost grows or becomes [`nan`][loss-nan], the rate is too large. If the cost hardly changes, the rate is too small. A good
rate also depends on the cost: a sum over $m$ examples has gradients $m$ times as large as [the mean][sum-or-mean].

# Why are all gradients computed before any update?

Step 1 of the derivation uses the derivatives at one point, the parameters as they are. If one weight is changed first, the other derivatives are then computed for a different network. A change during the backward pass is worse:
[BP2][bp2-hidden-error] would multiply the errors of the old network by new weights. So compute all gradients, then change all parameters. The function `step` takes all gradients and returns new layers. The old layers stay unchanged.

# What are a mini-batch and an epoch?

The data to learn from are the **training set**. The cost is the mean over its examples, so its gradient is the mean of the gradients of the examples. It takes a lot of time to compute all of them for one small step.

A **mini-batch** is a small number of examples, chosen at random, for example 10, 32 or 256. The mean of their gradients is only an estimate of the gradient, but it is much faster to compute. Take the two points of the figure as
two mini-batches of one example each. At $w = b = 0$ the derivatives of their costs with respect to $w$ are 2 and $-10$. The mean is $-4$, the derivative for the whole training set. For $b$ they are $-1$ and $-5$, and the mean is $-3$:

```pycon
>>> w = b = 0.0
>>> residual = w * x + b - y
>>> residual * x, float(np.mean(residual * x))
(array([  2., -10.]), -4.0)
>>> residual, float(np.mean(residual))
(array([-1., -5.]), -3.0)

```

An **epoch** is one pass through the training set: every example is used once. With 1,500 examples and mini-batches of 10, an epoch has 150 steps. Before each epoch the examples are put in a new random order. This method is called **stochastic gradient descent**, or SGD;
stochastic means random. The page [Handwritten digits][digits] trains a network in this way.

# Does it find the smallest cost?

Not always. Where all derivatives are 0, a step changes nothing. Such a place can be a **local minimum**, where no small change decreases the cost, although some other place has a smaller cost. Or it can be a **saddle point**, where some changes
increase the cost and others decrease it. Methods such as [momentum and Adam][optimizers] use the same gradients and choose the steps differently. They do not always find the smallest cost either.

# Example

[The 2-3-2 network][2-3-2-pass] takes one step with $\eta = \frac12$. The weight from hidden unit 1 to output 1 is 1, and its derivative is $\frac1{16}$. So it becomes $1 - \frac12 \cdot \frac1{16} = 0.96875$. The code counts from 0: `after[1]` is layer 2. The list `found` has the gradients of both layers, and the last lines show that the old layer is unchanged.

=== "Columns"

    ```pycon
    >>> from backprop import Layer, gradients, step
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> C, found = gradients(layers, x, y)
    >>> after = step(layers, found, 0.5)
    >>> after[1].W
    array([[ 0.96875 ,  1.953125, -1.015625],
           [ 0.03125 ,  2.046875,  3.015625]])
    >>> layers[1].W
    array([[ 1.,  2., -1.],
           [ 0.,  2.,  3.]])

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import Layer, gradients, step
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> C, found = gradients(layers, x, y)
    >>> after = step(layers, found, 0.5)
    >>> after[1].W
    array([[ 0.96875 ,  0.03125 ],
           [ 1.953125,  2.046875],
           [-1.015625,  3.015625]])
    >>> layers[1].W
    array([[ 1.,  0.],
           [ 2.,  2.],
           [-1.,  3.]])

    ```

Without the library, the same step is one line. Here `new[1][0]` is $W^2$ after the step:

```pycon
>>> new = [(layer.W - 0.5 * dC_dW, layer.b - 0.5 * dC_db) for layer, (dC_dW, dC_db) in zip(layers, found)]
>>> bool(np.all(new[1][0] == after[1].W))
True

```

Gradient descent computes the gradients and takes a step, again and again. Here are 100 steps, and the cost before the first, the second and the last:

```pycon
>>> costs = []
>>> for number in range(100):
...     C, found = gradients(layers, x, y)
...     layers = step(layers, found, 0.5)
...     costs.append(round(float(C), 3))
>>> costs[0], costs[1], costs[-1]
(0.25, 0.194, 0.003)

```

# Common mistakes

- The gradient is added, or the residual has the other sign: [the output error in full][output-error].
- The weights are updated before all gradients are known: [updated too early][weights-updated-too-early].
- The list of gradients begins with the last layer: [layers in reverse order][layers-in-reverse].
- A bias and its gradient have different shapes, such as `(3,)` and `(3, 1)`. NumPy broadcasts them, and the difference is a 3×3 matrix: [a column beside a vector][column-beside-vector].
- The cost falls, so the gradient seems to be right. A wrong gradient can decrease the cost, too: [exercise 12][wrong-goes-down].

# Check yourself

??? question "w is 1, ∂C/∂w is −2, and η is 0.1. What is w after the step, and by about how much does the cost change?"

    $w$ becomes $1 - 0.1 \cdot (-2) = 1.2$. If only $w$ changes, the cost changes by about $-2 \cdot 0.2 = -0.4$.

??? question "There are 1,500 training examples. How many steps are 20 epochs with mini-batches of 25?"

    An epoch has $1500 / 25 = 60$ steps, so 20 epochs have 1,200.

**Exercises:** [9, updated too early][updated-too-early] · [12, the wrong one goes down, too][wrong-goes-down] · [27, twins][twins].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import fast_pass
from ._address import BOOK
from .backward_pass import Gradient
from .feedforward import MODULES, L, Layer, numbered
from .shapes import ShapeError, check

__all__ = ["step"]


def step(layers: Sequence[Layer], gradients: Sequence[Gradient], learning_rate: float) -> list[Layer]:
    r"""Return new layers, one step of gradient descent away.

    Parameters
    ----------
    layers : list of Layer
        The network, first layer first. It is not changed.
    gradients : list of Gradient
        One for each layer, first layer first: the second thing that `gradients` returns.
    learning_rate : float
        Learning rate $\eta$: the number that multiplies each gradient.

    Returns
    -------
    layers : list of Layer
        The network after the step.

    Raises
    ------
    ShapeError
        If there is not one gradient for each layer, in its shape.
    TypeError
        If the learning rate is not one number, or a gradient is no `Gradient`.

    Examples
    --------
    >>> from backprop import IDENTITY, Gradient
    >>> [layer] = step([Layer([[2.0]], [0.0], IDENTITY)], [Gradient([[15.0]], [5.0])], 0.1)
    >>> layer.W, layer.b
    (array([[0.5]]), array([-0.5]))
    """
    return stepped(layers, gradients, learning_rate, Layer)


def stepped(layers: Sequence[L], gradients: Sequence[Gradient], learning_rate: float, kind: type[L]) -> list[L]:
    """Do what `step` does, for layers of this class: that of columns, or of rows."""
    layers, gradients = tuple(layers), tuple(gradients)
    if len(layers) != len(gradients):
        raise ShapeError(
            f"step got {len(gradients)} gradients for {len(layers)} layers; write one Gradient for each layer, first layer first.\n"
            f"  See {BOOK}look-up/errors/order/"
        )
    moved = fast_pass.step(layers, gradients, learning_rate, kind)
    if moved is not None:
        return moved
    if np.ndim(learning_rate) != 0:
        raise TypeError(f"step: learning_rate has shape {np.shape(learning_rate)}; it is one number")
    if isinstance(learning_rate, (np.generic, np.ndarray)):
        learning_rate = learning_rate.item()  # a float64 would widen float32 weights
    shapes: dict[str, str] = {}
    given = []
    for l, (layer, gradient) in enumerate(zip(layers, gradients), 1):
        if not (isinstance(gradient, (tuple, list)) and len(gradient) == 2):
            what = type(gradient).__name__
            raise TypeError(f"step: gradient {l} is a {what}, not a Gradient; `gradients` returns (C, gradients)")
        if getattr(layer, "layout", kind.layout) != kind.layout:
            own, other = MODULES[kind.layout], MODULES[layer.layout]
            raise TypeError(f"step: layer {l} is a {other}.Layer; write {own}.Layer, or use {other}.step")
        W, b = (numbered(axes, l) for axes in kind.axes.values())
        b = b.replace("1?", "1") if layer.b.ndim == 2 else b.replace("1?", "").strip()
        shapes |= {f"W{l}": W, f"dC_dW{l}": W, f"b{l}": b, f"dC_db{l}": b}
        given += [layer.W, gradient[0], layer.b, gradient[1]]
    formula = "W^l − η ∂C/∂W^l, b^l − η ∂C/∂b^l" if kind is Layer else "in rows: W^l − η ∂C/∂W^l, b^l − η ∂C/∂b^l"
    arrays = iter(check("step", formula, shapes, given))
    return [
        kind(W - learning_rate * dC_dW, b - learning_rate * dC_db, layer.activation)
        for layer, W, dC_dW, b, dC_db in zip(layers, arrays, arrays, arrays, arrays)
    ]
