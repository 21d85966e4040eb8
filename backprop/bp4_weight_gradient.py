r"""BP4: the gradient of the weights.

> My gradient has the shape 2×1, but the weights are 2×3. What did I do wrong?

[Somebody asked this](https://datascience.stackexchange.com/questions/54731) about a network with 2 inputs, 3 hidden units and 2 outputs. Between two units and
three units there are six weights. Gradient descent changes each of them, so the gradient needs six numbers: one derivative for each weight. A product that gives two
numbers cannot be the gradient.

**BP4 gives the derivative for each weight: the error of the unit it leads to, times the activation it is multiplied by.** In the figure, two errors and three
activations make six pairs, so there are six products.

![The second layer of the 2-3-2 network. The colored weight leads from hidden unit 3 to output unit 2. Its derivative is the error of output unit 2 times the activation of hidden unit 3.](figure:one_weight)

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
    = \underbrace{\delta^{l}}_{n_l \times m} \,
      \underbrace{(a^{l-1})^{\mathsf T}}_{m \times n_{l-1}}
    \tag{BP4}
    $$

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l}
    = \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \,
      \underbrace{\delta^{l}}_{m \times n_l}
    \tag{BP4}
    $$

Layer $l$ has $n_l$ units, the previous layer has $n_{l-1}$ units, and there are $m$ examples. For the first layer $a^{0}$ is the input $x$. The sign
$\mathsf T$ swaps the rows and columns of a matrix. The gradient has the same shape as the weights.

# Derivation

We write $w_{k \leftarrow j}$ for the weight from unit $j$ of the previous layer to unit $k$ of layer $l$, whatever the layout. Steps 1 to 4 are for one example.

**Step 1: find the path from the weight to the cost.** The weight multiplies the activation $a^{l-1}_j$, and the product is added to $z^{l}_k$. The
weight is used nowhere else. So there is one path: from the weight to $z^{l}_k$ to the cost.

**Step 2: find the derivative of the first part.** The weighted input is a sum with one term for each unit of the previous layer:

$$
z^{l}_k = w_{k \leftarrow 1} \, a^{l-1}_1 + w_{k \leftarrow 2} \, a^{l-1}_2 + \dots + b^{l}_k .
$$

Only one term contains our weight. If the weight grows by 0.01, then $z^{l}_k$ grows by 0.01 times the activation. So

$$
\frac{\partial z^{l}_k}{\partial w_{k \leftarrow j}} = a^{l-1}_j .
$$

**Step 3: multiply by the derivative of the rest.** How fast does the cost change with $z^{l}_k$? That is the error $\delta^{l}_k$, by its definition. The chain rule
multiplies the two:

$$
\frac{\partial C}{\partial w_{k \leftarrow j}} = \delta^{l}_k \, a^{l-1}_j .
$$

**Step 4: put all weights into one table.** Every error is multiplied by every activation once, and nothing is added. This table of products is called the
**outer product** of the two vectors.

**Step 5: add the examples.** In a batch the same weight is used in every example, so there is one path through each example. [The paths add][chain-rule]. With a raised $(i)$
for example $i$:

$$
\frac{\partial C}{\partial w_{k \leftarrow j}} = \sum_{i=1}^{m} \delta^{l\,(i)}_k \, a^{l-1\,(i)}_j .
$$

Each entry of a matrix product is such a sum. It multiplies a row of the left factor and a column of the right factor, entry by entry, and adds the products. Here the sum runs over
the examples. So BP4 is one matrix product, and it adds the outer products of all examples. With one example it is a column times a row: nothing is added, and the result is one outer product.

# How do I build the gradient by hand?

Take a table with the shape of the weights. Copy one of the two vectors into every row. Then multiply each row by an entry of the other vector.

![The gradient of the second weights of the 2-3-2 network, by copying one vector and scaling the rows.](figure:copy_and_scale)

=== "Columns"

    Row $k$ of $W^{l}$ holds the weights into unit $k$. All of them share the error of unit $k$, and each has its own activation. So copy the activations into
    every row, and multiply row $k$ by error $k$. In code this is `np.outer(delta, a_prev)`, for one example.

=== "Rows"

    Row $j$ of $W^{l}$ holds the weights out of unit $j$. All of them share the activation of unit $j$, and each has its own error. So copy the errors into
    every row, and multiply row $j$ by activation $j$. In code this is `np.outer(a_prev, delta)`, for one example.

This also answers the question at the top. A matrix times a vector adds products, and after the addition there are too few numbers. An elementwise product pairs entry 1
with entry 1 and entry 2 with entry 2, and misses all other pairs. The outer product has every pair. [My gradient has the wrong shape][wrong-shape] follows the
product of the asker step by step.

# Why is there a transpose?

A matrix product adds along the rows of its left factor and down the columns of its right factor. BP4 must add over the examples.

=== "Columns"

    In both arrays each column is an example. So along a row of $\delta^{l}$ we go from example to example, as the left factor needs. The right factor needs the examples down its columns:
    the transpose of $a^{l-1}$ has them there.

=== "Rows"

    In both arrays each row is an example. So down a column of $\delta^{l}$ we go from example to example, as the right factor needs. The left factor needs the examples along its rows:
    the transpose of $a^{l-1}$ has them there.

So the transpose makes the sum run over the examples. "No other product has the right shape" would be a bad reason. Take three units in both layers and three examples. Then
eight products of $\delta^{l}$ and $a^{l-1}$, transposed or not, in either order, [have the right shape][eight-products]. Only one of them is the gradient.

# Which weights get a derivative of 0?

A product is 0 if one of its factors is 0:

- **The activation is 0.** The weight multiplies 0, so a change of the weight changes nothing. Its derivative is 0 in this example, however large the error is.
  [In images of digits][digits] many pixels near the border are 0 in every image. Gradient descent never changes the weights that lead from these pixels.
- **The error is 0.** Then all weights into this unit have the derivative 0.

Two weights into the same unit share its error. So if one activation is twice as large as the other, its weight has a derivative that is twice as large.

# Example

In [the 2-3-2 network][2-3-2-pass] the errors of the output units are $\delta^2 = (\frac18, -\frac18)$, and the hidden activations are $a^1 = (\frac12, \frac34, \frac14)$.

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> delta, a_prev = np.array([0.125, -0.125]), np.array([0.5, 0.75, 0.25])
    >>> weight_gradient(delta, a_prev)
    array([[ 0.0625 ,  0.09375,  0.03125],
           [-0.0625 , -0.09375, -0.03125]])

    ```

    Now a batch of two. Each error contains the factor $\frac12$, because the cost is a mean. The second example has the activations $(\frac34, \frac34, \frac12)$, in the
    second column. Its errors are $(\frac1{32}, 0)$:

    ```pycon
    >>> delta = np.array([[0.0625, 0.03125], [-0.0625, 0.0]])
    >>> a_prev = np.array([[0.5, 0.75], [0.75, 0.75], [0.25, 0.5]])
    >>> weight_gradient(delta, a_prev)
    array([[ 0.0546875,  0.0703125,  0.03125  ],
           [-0.03125  , -0.046875 , -0.015625 ]])
    >>> np.outer(delta[:, 0], a_prev[:, 0]) + np.outer(delta[:, 1], a_prev[:, 1])
    array([[ 0.0546875,  0.0703125,  0.03125  ],
           [-0.03125  , -0.046875 , -0.015625 ]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import weight_gradient
    >>> delta, a_prev = np.array([0.125, -0.125]), np.array([0.5, 0.75, 0.25])
    >>> weight_gradient(delta, a_prev)
    array([[ 0.0625 , -0.0625 ],
           [ 0.09375, -0.09375],
           [ 0.03125, -0.03125]])

    ```

    Now a batch of two. Each error contains the factor $\frac12$, because the cost is a mean. The second example has the activations $(\frac34, \frac34, \frac12)$, in the
    second row. Its errors are $(\frac1{32}, 0)$:

    ```pycon
    >>> delta = np.array([[0.0625, -0.0625], [0.03125, 0.0]])
    >>> a_prev = np.array([[0.5, 0.75, 0.25], [0.75, 0.75, 0.5]])
    >>> weight_gradient(delta, a_prev)
    array([[ 0.0546875, -0.03125  ],
           [ 0.0703125, -0.046875 ],
           [ 0.03125  , -0.015625 ]])
    >>> np.outer(a_prev[0], delta[0]) + np.outer(a_prev[1], delta[1])
    array([[ 0.0546875, -0.03125  ],
           [ 0.0703125, -0.046875 ],
           [ 0.03125  , -0.015625 ]])

    ```

NumPy counts from 0, so index 0 is the first example. The matrix product is the sum of the two outer products. Check the weight from hidden unit 3 to output unit 1 by hand:
$\frac1{16} \cdot \frac14 + \frac1{32} \cdot \frac12 = \frac1{64} + \frac1{64} = \frac1{32}$, which is 0.03125.

# Common mistakes

- The two factors are swapped, and the matrix is square, so that no error is raised: [the outer product is transposed][outer-product-transposed].
- `*` or `@` is used where an outer product is needed: [My gradient has the wrong shape][wrong-shape].
- The output of the layer is used instead of its input: [the input of the layer][input-or-output].
- The errors and the activations are averaged before they are multiplied: [averaged activations][averaged-activations].
- The sum is divided by $m$ a second time: [dividing by m twice][mean-taken-twice].

# Check yourself

??? question "A layer has 30 units, the previous layer has 784, and there are 10 examples. Which shapes does BP4 multiply?"

    In columns: $30 \times 10$ times $10 \times 784$, which is $30 \times 784$. In rows: $784 \times 10$ times $10 \times 30$, which is $784 \times 30$. The number of examples
    disappears, because the product adds over the examples.

??? question "The errors of all units are different from 0, but one input is 0 in every example. Which weights does gradient descent not change?"

    The weights that lead from this input. Each of their derivatives is a sum of errors times 0. The weights from the other inputs can change.

**Exercises:** [One weight][one-weight] · [Four products of two vectors][four-products] · [The rank of a gradient][rank] ·
[The whole mini-batch as matrices][mini-batch] · [BP3 and BP4, proved][bp3-and-bp4].
"""

from __future__ import annotations

from ._arrays import Array
from .shapes import equation

__all__ = ["weight_gradient"]


@equation("BP4: ∂C/∂W^l = δ^l (a^{l−1})ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient(delta: Array, a_prev: Array) -> Array:
    r"""Return the gradient $\partial C / \partial W^l$ of the weights (BP4).

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the previous layer: what the weights were multiplied by.

    Returns
    -------
    dC_dW : array of shape (n, n_prev)
        Gradient $\partial C / \partial W^l$ in the shape of the weights, summed over the examples.

    Raises
    ------
    ShapeError
        If one array is a batch and the other is one example, or if their numbers of examples differ.

    Examples
    --------
    Two examples give the sum of two outer products:

    >>> import numpy as np
    >>> weight_gradient(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[ 3.,  5.],
           [ 8., 12.]])
    """
    if delta.ndim == 1:
        return delta[:, None] * a_prev  # @ would need a column and a row, and be slower
    return delta @ a_prev.T
