r"""Dense layer: BP2, BP3 and BP4 in one function.

> The four equations speak of a whole network. What is the backward pass of a single layer, and what does it pass on?

A program that uses several kinds of layers treats each of them in the same way. A layer gets its input `x` in the forward pass. In the backward pass it gets
$\partial C / \partial \text{out}$, the derivative of the cost with respect to each entry of its output $\text{out}$. **It returns the derivatives with respect to its input and its
parameters.** For a dense layer these are three of the four equations. The activation function is a layer of its own.

![A dense layer as a box. In the forward pass x goes in and out comes out. In the backward pass the derivative with respect to out goes in. The derivatives with respect to x, W and b come out.](figure:one_layer)

There are $m$ examples, one in each row. The layer has $n_{\text{prev}}$ inputs and $n$ units. The forward pass is

$$
\underbrace{\text{out}}_{m \times n} = \underbrace{x}_{m \times n_{\text{prev}}} \, \underbrace{W}_{n_{\text{prev}} \times n} + \underbrace{b}_{n} .
$$

The backward pass is

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{m \times n_{\text{prev}}} &= \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times n} \, \underbrace{W^{\mathsf T}}_{n \times n_{\text{prev}}} \\[10pt]
\underbrace{\frac{\partial C}{\partial W}}_{n_{\text{prev}} \times n} &= \underbrace{x^{\mathsf T}}_{n_{\text{prev}} \times m} \, \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times n} \\[10pt]
\underbrace{\frac{\partial C}{\partial b}}_{n} &= \sum_{i=1}^{m} \underbrace{\Bigl( \frac{\partial C}{\partial \text{out}} \Bigr)_{i}}_{n}
\end{aligned}
$$

The last line adds the rows of $\partial C / \partial \text{out}$, one for each example.

# Derivation

Here $i$ is an example, $j$ an input and $k$ a unit. The weight from input $j$ to unit $k$ is $W_{jk}$.

**Step 1: the input.** Entry $x_{ij}$ changes every output of example $i$: output $k$ by $W_{jk}$ times the change. The [chain rule][chain-rule] adds over these paths:

$$
\frac{\partial C}{\partial x_{ij}} = \sum_k \frac{\partial C}{\partial \text{out}_{ik}} \, W_{jk} .
$$

The sum runs along row $j$ of $W$. A matrix product adds down the columns of its right factor, so $W$ is transposed.

**Step 2: the weights.** Weight $W_{jk}$ changes output $k$ of every example, by $x_{ij}$ times the change. The examples share it, so the sum runs over them:

$$
\frac{\partial C}{\partial W_{jk}} = \sum_i x_{ij} \, \frac{\partial C}{\partial \text{out}_{ik}} .
$$

The sum runs down column $j$ of $x$. A matrix product adds along the rows of its left factor, so $x$ is transposed.

**Step 3: the biases.** Bias $b_k$ is added to output $k$ of every example. The derivative along each path is 1, and the sum runs over the examples.

# What has this to do with BP1 to BP4?

In the course the error $\delta$ is the derivative with respect to the weighted input. The output of a dense layer is the weighted input, so here
$\partial C / \partial \text{out}$ is $\delta$. Then step 2 is [BP4][bp4-weight-gradient], and step 3 is [BP3][bp3-bias-gradient]. Step 1 is the sum in the parentheses of [BP2][bp2-hidden-error]. There this
layer is layer $l + 1$, and $x$ is $a^l$. The factor $\sigma'$ of BP2 and [BP1][bp1-output-error] belongs to the activation function. As a layer it has the backward pass
$\partial C / \partial z = \partial C / \partial a \odot \sigma'(z)$.

The same rules hold for every layer of this part. This one is linear in $x$, so there is a transpose. The activation function is elementwise, so there is a $\odot$. The examples share $W$ and $b$, so there are sums.

# Example

```pycon
>>> import numpy as np
>>> from backprop.layers import dense, dense_backward
>>> x = np.array([[1.0, 2.0], [3.0, 0.0]])
>>> W = np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]])
>>> b = np.array([0.0, 0.0, 1.0])
>>> dense(x, W, b)
array([[2., 2., 3.],
       [3., 0., 7.]])
>>> dC_dout = np.array([[1.0, 0.0, 0.5], [0.0, 2.0, 0.0]])
>>> found = dense_backward(dC_dout, x, W, b)
>>> found.dC_dx
array([[2. , 0.5],
       [0. , 2. ]])
>>> found.dC_dW
array([[1. , 6. , 0.5],
       [2. , 0. , 1. ]])
>>> found.dC_db
array([1. , 2. , 0.5])

```

Check three of them by hand:

- The first input of example 1: $1 \cdot 1 + 0 \cdot 0 + \frac12 \cdot 2 = 2$.
- The weight from input 1 to unit 2: $1 \cdot 0 + 3 \cdot 2 = 6$, a sum over the two examples.
- The bias of unit 2: $0 + 2 = 2$.

The result is a named tuple. Its fields are in the order of the arguments, so it can be unpacked: `dC_dx, dC_dW, dC_db = ...`.

# How is a network built from layers?

Call the layers one after the other, and keep the input of each. Then call the backward functions in reverse order. Each gets what the one before it returned for `x`.
Here is a 2-3-2 network with tanh units and random weights. The cost is $C = \frac12 \sum (\text{out} - y)^2$, so $\partial C / \partial \text{out} = \text{out} - y$:

```pycon
>>> rng = np.random.default_rng(0)
>>> x, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
>>> parameters = [rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2)]
>>> def cost(parameters):
...     W1, b1, W2, b2 = parameters
...     return np.sum((dense(np.tanh(dense(x, W1, b1)), W2, b2) - y) ** 2) / 2
>>> W1, b1, W2, b2 = parameters
>>> z = dense(x, W1, b1)
>>> a = np.tanh(z)
>>> out = dense(a, W2, b2)
>>> dC_da, dC_dW2, dC_db2 = dense_backward(out - y, a, W2, b2)
>>> dC_dz = dC_da * (1 - a**2)
>>> _, dC_dW1, dC_db1 = dense_backward(dC_dz, x, W1, b1)
>>> from backprop import check_gradients
>>> check_gradients(cost, parameters, [dC_dW1, dC_db1, dC_dW2, dC_db2]).ok
True

```

The name `_` takes $\partial C / \partial x$ of the first layer, which is not needed here.

# What does the backward pass cost?

The functions keep nothing between the two passes, so `dense_backward` gets `x`, `W` and `b` again. It computes nothing a second time. It needs $W$ for $\partial C / \partial x$ and $x$ for
$\partial C / \partial W$, and it does not need $b$. Each of the two products takes $m \, n_{\text{prev}} \, n$ multiplications, as many as the forward pass.

# What do PyTorch and Keras call this?

PyTorch's `nn.Linear` stores the weights transposed, as $n \times n_{\text{prev}}$. If you write a layer as a `torch.autograd.Function`, its `backward` receives $\partial C / \partial \text{out}$ as `grad_output`. Keras' `Dense` stores them as here, and
calls $W$ the kernel. CS231n writes `dout` for $\partial C / \partial \text{out}$, and `dx`, `dw`, `db` for the results.

# Common mistakes

- $W$ is not transposed in $\partial C / \partial x$, and the matrix is square: [the transpose is missing][transpose-missing].
- The order of the factors of $\partial C / \partial W$ is swapped: [the outer product is transposed][outer-product-transposed].
- The bias gradient is not summed over the examples: [the bias gradient is not summed][bias-not-summed].

# Check yourself

??? question "x is 32×784 and W is 784×30. What are the shapes of the three derivatives?"

    Each has the shape of what it belongs to: $\partial C / \partial x$ is $32 \times 784$, $\partial C / \partial W$ is $784 \times 30$, and $\partial C / \partial b$ has 30 entries.

??? question "Why does the first layer of a network not need ∂C/∂x?"

    Its input is the data, and training does not change the data. The derivative is useful for another question: which pixels change the cost most?
"""

from __future__ import annotations

from typing import NamedTuple

from .._arrays import Array, namespace
from ._contract import layer

__all__ = ["DenseGradients", "dense", "dense_backward"]


class DenseGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `dense`.

    Attributes
    ----------
    dC_dx : array of shape (m, n_prev)
        With respect to the inputs.
    dC_dW : array of shape (n_prev, n)
        With respect to the weights, summed over the examples.
    dC_db : array of shape (n,)
        With respect to the biases, summed over the examples.
    """

    dC_dx: Array
    dC_dW: Array
    dC_db: Array


@layer("out = x W + b", "dense-layer", x="m n_prev", W="n_prev n", b="n")
def dense(x: Array, W: Array, b: Array) -> Array:
    r"""Return the output $x W + b$ of a dense layer.

    Parameters
    ----------
    x : array of shape (m, n_prev)
        Inputs, one example a row.
    W : array of shape (n_prev, n)
        Weights: `W[j, k]` leads from input `j` to unit `k`, counted from 0.
    b : array of shape (n,)
        Biases.

    Returns
    -------
    out : array of shape (m, n)
        Weighted inputs of the units.

    Raises
    ------
    ShapeError
        If the shapes do not fit together. Nothing is broadcast.

    Examples
    --------
    >>> dense([[1.0, 2.0]], [[0.5], [0.25]], [3.0])
    array([[4.]])
    """
    return x @ W + b


@layer(
    "∂C/∂x = ∂C/∂out Wᵀ,  ∂C/∂W = xᵀ ∂C/∂out,  ∂C/∂b = Σ_i ∂C/∂out_i",
    "dense-layer",
    dC_dout="m n",
    x="m n_prev",
    W="n_prev n",
    b="n",
)
def dense_backward(dC_dout: Array, x: Array, W: Array, b: Array) -> DenseGradients:
    r"""Return the derivatives of the cost with respect to the arguments of `dense`.

    Parameters
    ----------
    dC_dout : array of shape (m, n)
        Derivative of the cost with respect to each entry of the output.
    x : array of shape (m, n_prev)
        Inputs, as they were given to `dense`.
    W : array of shape (n_prev, n)
        Weights.
    b : array of shape (n,)
        Biases.

    Returns
    -------
    gradients : DenseGradients
        `dC_dx` of shape (m, n_prev), `dC_dW` of shape (n_prev, n) and `dC_db` of shape (n,).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> dense_backward([[1.0]], [[1.0, 2.0]], [[0.5], [0.25]], [3.0]).dC_dW
    array([[1.],
           [2.]])
    """
    return DenseGradients(dC_dout @ W.T, x.T @ dC_dout, namespace(dC_dout).sum(dC_dout, axis=0))
