r"""BP2: the error of a hidden layer.

> A hidden unit has no target. So how can it have an error?

The error of a unit is a derivative: it says how fast the cost changes when the weighted input of the unit changes. A hidden unit changes
the cost only through the units of the next layer, which receive its activation. **BP2 adds up its effects through all of these units.** So BP2 computes the
errors of a hidden layer from the errors of the next layer.

![Hidden unit 3 of the 2-3-2 network leads to both output units, so two paths lead from it to the cost. Beside each arrow is its derivative. The error of the hidden unit is the sum of what both paths contribute, times the derivative of its activation function.](figure:paths)

Here is the equation for all units of the layer and all examples at once:

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n_l \times m}
    = \bigl( \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \,
             \underbrace{\delta^{l+1}}_{n_{l+1} \times m} \bigr)
      \odot \underbrace{\sigma'(z^{l})}_{n_l \times m}
    \tag{BP2}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n_l}
    = \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \,
             \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr)
      \odot \underbrace{\sigma'(z^{l})}_{m \times n_l}
    \tag{BP2}
    $$

Layer $l$ has $n_l$ units, the next layer $l + 1$ has $n_{l+1}$ units, and there are $m$ examples. The sign $\mathsf T$ swaps the rows and columns of a matrix,
and $\odot$ multiplies entries in the same position. Read the formula from the inside out. Take the errors of the next layer, and multiply them by the
transposed weights. The parentheses then hold one sum for each unit in each example. Multiply each sum by the derivative of the activation function at the
weighted input of its unit.

# Derivation

Steps 1 to 3 are for one example. By definition, the error of unit $j$ is the derivative of the cost with respect to its weighted input,
$\delta^{l}_j = \partial C / \partial z^{l}_j$. We write $w_{k \leftarrow j}$ for the weight from unit $j$ to unit $k$ of the next layer, whatever the layout.

**Step 1: follow every path.** A change of $z^{l}_j$ can change the weighted input $z^{l+1}_k$ of every unit $k$ in the next layer. The cost depends on
$z^{l}_j$ in no other way. [The chain rule][chain-rule] multiplies the derivatives along each path and adds the products. By definition,
$\partial C / \partial z^{l+1}_k$ is the error of unit $k$:

$$
\delta^{l}_j
= \sum_k \frac{\partial C}{\partial z^{l+1}_k} \, \frac{\partial z^{l+1}_k}{\partial z^{l}_j}
= \sum_k \delta^{l+1}_k \, \frac{\partial z^{l+1}_k}{\partial z^{l}_j} .
$$

**Step 2: find the derivative along one path.** The weighted input of unit $k$ is a sum over all units $i$ of this layer,
$z^{l+1}_k = \sum_i w_{k \leftarrow i} \, \sigma(z^{l}_i) + b^{l+1}_k$. Only the term with $i = j$ contains $z^{l}_j$. The weight is a constant
factor in it, and the derivative of $\sigma(z^{l}_j)$ is $\sigma'(z^{l}_j)$. So

$$
\frac{\partial z^{l+1}_k}{\partial z^{l}_j} = w_{k \leftarrow j} \, \sigma'(z^{l}_j) .
$$

**Step 3: put both together.** The factor $\sigma'(z^{l}_j)$ does not depend on $k$, so it can be taken out of the sum:

$$
\delta^{l}_j = \Bigl( \sum_k w_{k \leftarrow j} \, \delta^{l+1}_k \Bigr) \, \sigma'(z^{l}_j) .
$$

The sum in the parentheses is $\partial C / \partial a^{l}_j$, because $w_{k \leftarrow j}$ is the derivative of $z^{l+1}_k$ with respect to $a^{l}_j$.

**Step 4: write it for all units at once.** The sums of all units $j$ are one product of a matrix and a vector. The next section shows why
this matrix is the transpose of the weights. Then each sum is multiplied by the $\sigma'$ of its unit, and this is an elementwise product. The
examples do not influence each other, so the steps are the same for each of them. With $m$ examples, $\delta^{l}$ has one column or one row for each example.

# Why is there a transpose?

=== "Columns"

    Row $k$ of $W^{l+1}$ holds the weights into unit $k$. Column $j$ holds the weights out of unit $j$. The forward pass, $W^{l+1} a^{l}$, multiplies by the
    rows, because unit $k$ adds up what it receives. BP2 needs the columns, because unit $j$ adds up its effects. A matrix product always uses the rows
    of its left factor, and the transpose turns column $j$ into row $j$. So row $j$ of $(W^{l+1})^{\mathsf T}$, times $\delta^{l+1}$, is the sum of step 3.

=== "Rows"

    Column $k$ of $W^{l+1}$ holds the weights into unit $k$. Row $j$ holds the weights out of unit $j$. The forward pass, $a^{l} W^{l+1}$, multiplies by the
    columns, because unit $k$ adds up what it receives. BP2 needs the rows, because unit $j$ adds up its effects. A matrix product always uses the
    columns of its right factor, and the transpose turns row $j$ into column $j$. So $\delta^{l+1}$ times column $j$ of $(W^{l+1})^{\mathsf T}$ is the sum of step 3.

The page [Why the transpose, and not the inverse?][why-transpose] gives three more reasons.

# Why is there an elementwise product?

The activation of unit $j$ depends on $z^{l}_j$ and on no other weighted input of its layer. So each $\sigma'(z^{l}_j)$ belongs to one unit, and multiplies only the sum of
this unit. Multiplying unit by unit is what $\odot$ means ([Why the Hadamard product?][why-hadamard]).
A matrix with these derivatives on its diagonal, and 0 everywhere else, would do the same. Softmax is different, because each of its outputs depends on
all weighted inputs of the layer. There a [product with a matrix][softmax-layer] replaces $\odot$.

# Example

In [the 2-3-2 network][2-3-2-pass] the hidden activations are $a^1 = (\frac12, \frac34, \frac14)$. With sigmoids $\sigma'(z) = a (1 - a)$, so
$\sigma'(z^1) = (\frac14, \frac3{16}, \frac3{16})$. The outputs are $(\frac12, \frac12)$ and the targets $(0, 1)$. With the quadratic cost, [BP1][bp1-output-error]
gives the errors of the output units, $(\frac12 - 0) \cdot \frac14 = \frac18$ and $(\frac12 - 1) \cdot \frac14 = -\frac18$. In this library, BP2 is the
function `hidden_error`. In the code, `W_next` is $W^2$, the weights from the hidden units to the output units:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> W_next = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> delta_next = np.array([0.125, -0.125])
    >>> sigma_prime_z = np.array([0.25, 0.1875, 0.1875])
    >>> hidden_error(W_next, delta_next, sigma_prime_z)
    array([ 0.03125,  0.     , -0.09375])

    ```

    Now two examples. For the second one we choose the output errors $(\frac14, 0)$ and the same $\sigma'(z^1)$. Its numbers are the second column of each array.
    The call of `np.stack` makes two equal columns of `sigma_prime_z`:

    ```pycon
    >>> delta_next = np.array([[0.125, 0.25], [-0.125, 0.0]])
    >>> hidden_error(W_next, delta_next, np.stack([sigma_prime_z, sigma_prime_z], axis=1))
    array([[ 0.03125 ,  0.0625  ],
           [ 0.      ,  0.09375 ],
           [-0.09375 , -0.046875]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import hidden_error
    >>> W_next = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> delta_next = np.array([0.125, -0.125])
    >>> sigma_prime_z = np.array([0.25, 0.1875, 0.1875])
    >>> hidden_error(W_next, delta_next, sigma_prime_z)
    array([ 0.03125,  0.     , -0.09375])

    ```

    Now two examples. For the second one we choose the output errors $(\frac14, 0)$ and the same $\sigma'(z^1)$. Its numbers are the second row of each array.
    The call of `np.stack` makes two equal rows of `sigma_prime_z`:

    ```pycon
    >>> delta_next = np.array([[0.125, -0.125], [0.25, 0.0]])
    >>> hidden_error(W_next, delta_next, np.stack([sigma_prime_z, sigma_prime_z]))
    array([[ 0.03125 ,  0.      , -0.09375 ],
           [ 0.0625  ,  0.09375 , -0.046875]])

    ```

The first example has the same hidden errors as before, because its output errors are the same and BP2 never mixes examples. If the cost is a mean over two
examples, BP1 puts the factor $\frac12$ into all output errors. Then all hidden errors contain this factor, too.

Check the third unit of the first example by hand: $\bigl( -1 \cdot \frac18 + 3 \cdot (-\frac18) \bigr) \cdot \frac3{16} = -\frac3{32}$, which is $-0.09375$.

In the same example, the error of the second unit is 0. Both weights out of this unit are 2, so a larger activation would increase both outputs. The first
output is too large and the second is too small, and the two effects on the cost cancel: $2 \cdot \frac18 + 2 \cdot (-\frac18) = 0$.

# Common mistakes

- The weights are not transposed, and the matrix is square, so that no error is raised: [W.T is missing][transpose-missing].
- The weights of this layer are used instead of those of the next layer: [the wrong layer][weights-of-wrong-layer].
- The derivative is missing, or it is taken at $a$ instead of $z$: [σ′ is missing][hidden-derivative-missing] and
  [σ′ at a][derivative-at-a].
- The weights of the next layer are changed before BP2 uses them: [updated too early][weights-updated-too-early].

# Check yourself

??? question "All weights out of a hidden unit are 0. What is its error?"

    The error is 0, whatever the errors of the next layer are. The unit cannot change the cost, so the derivative is 0.

??? question "The next layer has 5 units, this layer has 3, and there are 10 examples. Which shapes does BP2 multiply?"

    In columns: $3 \times 5$ times $5 \times 10$. The result is $3 \times 10$, and so is $\sigma'(z^{l})$. In rows: $10 \times 5$ times $5 \times 3$. The result is
    $10 \times 3$, and so is $\sigma'(z^{l})$. These two are multiplied elementwise.

**Exercises:** [The only matrix that does it][only-the-transpose] · [W is 4×2 and delta is 1×2][four-by-two] · [Updated too early][updated-too-early] ·
[Palindromes][palindromes] · [How much is left][how-much-is-left].
"""

from __future__ import annotations

from ._arrays import Array
from .shapes import equation

__all__ = ["hidden_error"]


@equation(
    "BP2: δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)",
    W_next="n_next n",
    delta_next="n_next m?",
    sigma_prime_z="n m?",
)
def hidden_error(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^l$ of a hidden layer (BP2).

    Parameters
    ----------
    W_next : array of shape (n_next, n)
        Weights $W^{l+1}$ of the next layer: `W_next[k, j]` leads from unit `j` of this layer to unit `k` of the next, counted from 0.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l = \partial C / \partial z^l$ of this layer.

    Raises
    ------
    ShapeError
        If the three shapes do not fit together. Nothing is broadcast.

    Examples
    --------
    The second unit has the weight 0 into the next layer, so its error is 0:

    >>> import numpy as np
    >>> hidden_error(np.array([[1.0, 0.0]]), np.array([4.0]), np.array([0.25, 0.25]))
    array([1., 0.])
    """
    return (W_next.T @ delta_next) * sigma_prime_z
