r"""BP4: the gradient of the weights.

> My gradient has the shape 2×1, but the weights are 2×3. What did I do wrong?

[Somebody asked this](https://datascience.stackexchange.com/questions/54731) about the weights from 2 inputs to 3 hidden units. These are $2 \cdot 3 = 6$ weights. (In the question
each example is a row. With columns the weights would be 3×2.) The gradient needs one derivative for each weight, so it has six
numbers. An array of only two numbers cannot be the gradient.

**BP4 gives the derivative for each weight: the error of the unit that the weight leads to, times the activation that it multiplies.** The figure shows the
weights from 3 hidden units to 2 output units. Two errors and three activations make six pairs, so there are six products.

![The second layer of the 2-3-2 network; the numbers beside the circles count the units. The arrow is the weight from hidden unit 3 to output unit 2. Its derivative is the error of output unit 2 times the activation of hidden unit 3.](figure:one_weight)

Here is the equation for all weights of a layer and all examples at once:

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

**Step 1: find the path from the weight to the cost.** The weight multiplies the activation $a^{l-1}_j$, and the product is one term of $z^{l}_k$.
The weight is used nowhere else. So there is one path: from the weight to $z^{l}_k$ to the cost.

**Step 2: find the derivative of the first part.** The weighted input is a sum with one term for each unit of the previous layer:

$$
z^{l}_k = w_{k \leftarrow 1} \, a^{l-1}_1 + w_{k \leftarrow 2} \, a^{l-1}_2 + \dots + b^{l}_k .
$$

Only one term contains the weight $w_{k \leftarrow j}$. If this weight increases by 0.01, then $z^{l}_k$ increases by 0.01 times the activation. So

$$
\frac{\partial z^{l}_k}{\partial w_{k \leftarrow j}} = a^{l-1}_j .
$$

**Step 3: multiply by the derivative of the rest.** How fast does the cost change with $z^{l}_k$? That is the error $\delta^{l}_k$, by its definition. The chain rule
multiplies the two:

$$
\frac{\partial C}{\partial w_{k \leftarrow j}} = \delta^{l}_k \, a^{l-1}_j .
$$

**Step 4: put all derivatives into one table.** Each derivative has the place of its weight in $W^{l}$. Every error is multiplied by every activation once, and
nothing is added. This table of products is called the **outer product** of the two vectors.

**Step 5: add the examples.** In a batch the same weight is used in every example, so there is one path through each example.
[The paths add][chain-rule]. A raised $(i)$ means example $i$:

$$
\frac{\partial C}{\partial w_{k \leftarrow j}} = \sum_{i=1}^{m} \delta^{l\,(i)}_k \, a^{l-1\,(i)}_j .
$$

A matrix product computes such a sum for each entry. The row of the left factor and the column of the right factor are multiplied entry by entry, and the
products are added. In BP4 this row and this column have $m$ entries, one for each example. So the sum runs over the examples, and the one matrix product is the
sum of the outer products of all examples. With one example, BP4 is a column times a row, and the result is one outer product.

# How do I build the gradient by hand?

For one example, take a table with the shape of the weights. Copy one of the two vectors into every row. Then multiply each row by an entry of the other vector.

![The gradient of the second weights of the 2-3-2 network. One vector is copied into every row. Then each row is scaled, which means multiplied by a number.](figure:copy_and_scale)

=== "Columns"

    Row $k$ of $W^{l}$ holds the weights into unit $k$. All of them share the error of unit $k$, and each has its own activation. So copy the activations into
    every row, and multiply row $k$ by error $k$. In code this is `np.outer(delta, a_prev)`.

=== "Rows"

    Row $j$ of $W^{l}$ holds the weights out of unit $j$. All of them share the activation of unit $j$, and each has its own error. So copy the errors into
    every row, and multiply row $j$ by activation $j$. In code this is `np.outer(a_prev, delta)`.

This also answers the question at the top. A product of a matrix and a vector adds up products, so too few numbers remain. An elementwise product uses only the pairs of
entries in the same position. The outer product has every pair. [My gradient has the wrong shape][wrong-shape] computes the product from the question step by step.

# Why is there a transpose?

A matrix product adds along the rows of its left factor and down the columns of its right factor. BP4 must add over the examples.

=== "Columns"

    In both arrays each column is an example. A row of $\delta^{l}$ holds the errors of one unit, one for each example, so $\delta^{l}$ can be the left factor. The right factor must have
    one entry for each example in its columns. In $a^{l-1}$ these entries are in a row, and the transpose makes a column of it.

=== "Rows"

    In both arrays each row is an example. A column of $\delta^{l}$ holds the errors of one unit, one for each example, so $\delta^{l}$ can be the right factor. The left factor must have
    one entry for each example in its rows. In $a^{l-1}$ these entries are in a column, and the transpose makes a row of it.

So the transpose makes the sum run over the examples. The shapes by themselves do not prove this. With three units in both layers and three examples, all arrays are square. Then
eight products of $\delta^{l}$ and $a^{l-1}$, transposed or not, in either order, [have the right shape][eight-products]. Only one of them is the gradient.

# Which weights get a derivative of 0?

For one example, the derivative is a product. It is 0 if one of its factors is 0:

- **The activation is 0.** The weight multiplies 0, so a change of the weight changes nothing. Its derivative is 0, however large the error is.
  [In images of digits][digits] many pixels near the border are 0 in every image. Gradient descent never changes the weights that lead from these pixels.
- **The error is 0.** Then all weights into this unit have the derivative 0.

A factor that is nearly 0 usually gives a small derivative, and then gradient descent changes the weight slowly.

# Example

In [the 2-3-2 network][2-3-2-pass] the errors of the output units are $\delta^2 = (\frac18, -\frac18)$, and the hidden activations are $a^1 = (\frac12, \frac34, \frac14)$.
In this library, BP4 is the function `weight_gradient`:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> delta, a_prev = np.array([0.125, -0.125]), np.array([0.5, 0.75, 0.25])
    >>> weight_gradient(delta, a_prev)
    array([[ 0.0625 ,  0.09375,  0.03125],
           [-0.0625 , -0.09375, -0.03125]])

    ```

    Now a batch of two, each example in its own column. The cost is a mean, so each error contains the factor $\frac12$. The errors of the first example are now $(\frac1{16}, -\frac1{16})$.
    The second example has the errors $(\frac1{32}, 0)$ and the activations $(\frac34, \frac34, \frac12)$:

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

    Now a batch of two, each example in its own row. The cost is a mean, so each error contains the factor $\frac12$. The errors of the first example are now $(\frac1{16}, -\frac1{16})$.
    The second example has the errors $(\frac1{32}, 0)$ and the activations $(\frac34, \frac34, \frac12)$:

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

NumPy counts from 0, so index 0 is the first example. The matrix product is the sum of the two outer products. Check the derivative for the weight from hidden unit 3 to
output unit 1 by hand:
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

??? question "In the first layer all errors are different from 0, but one input of the network is 0 in every example. Which weights does gradient descent not change?"

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
