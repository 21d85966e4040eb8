r"""BP2: the error of a hidden layer.

> Nobody tells a hidden unit what its output should be. So how can it have an error?

The error of a unit is a derivative: it says how fast the cost changes when the weighted input of the unit changes. A hidden unit changes
the cost only through the units that it feeds. **BP2 adds up its effects through all of these units.** So it computes the error of a hidden layer
from the error of the next layer.

![Hidden unit 3 feeds both output units, so two paths lead from it to the cost. Its error is the sum of both paths, times the derivative of its activation function.](figure:paths)

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

Layer $l$ has $n_l$ units, and there are $m$ examples. The sign $\mathsf T$ swaps the rows and columns of a matrix, and $\odot$ multiplies entries
in the same position. Read the formula from the inside out. Take the error of the next layer. Send it back through the weights. Multiply what
arrives at each unit by the derivative of its activation function.

# Derivation

The examples do not influence each other, so we derive the equation for one. By definition, the error of unit $j$ is the derivative of the cost
with respect to its weighted input, $\delta^{l}_j = \partial C / \partial z^{l}_j$. We write $w_{k \leftarrow j}$ for the weight from unit $j$ to unit $k$ of
the next layer, whatever the layout.

**Step 1: follow every path.** A change of $z^{l}_j$ can change the weighted input $z^{l+1}_k$ of every unit $k$ in the next layer. The cost depends on
$z^{l}_j$ in no other way. [The chain rule][chain-rule] multiplies the derivatives along each path and adds the paths:

$$
\delta^{l}_j
= \sum_k \frac{\partial C}{\partial z^{l+1}_k} \, \frac{\partial z^{l+1}_k}{\partial z^{l}_j}
= \sum_k \delta^{l+1}_k \, \frac{\partial z^{l+1}_k}{\partial z^{l}_j} .
$$

**Step 2: find the derivative along one path.** The weighted input of unit $k$ is a sum over all units $i$ of this layer,
$z^{l+1}_k = \sum_i w_{k \leftarrow i} \, \sigma(z^{l}_i) + b^{l+1}_k$. Only the term with $i = j$ contains $z^{l}_j$, so

$$
\frac{\partial z^{l+1}_k}{\partial z^{l}_j} = w_{k \leftarrow j} \, \sigma'(z^{l}_j) .
$$

**Step 3: put both together.** The factor $\sigma'(z^{l}_j)$ does not depend on $k$, so it can be taken out of the sum:

$$
\delta^{l}_j = \Bigl( \sum_k w_{k \leftarrow j} \, \delta^{l+1}_k \Bigr) \, \sigma'(z^{l}_j) .
$$

**Step 4: write it for all units at once.** The sums in the bracket are one product of a matrix and a vector. The factors behind the bracket are one
elementwise product. With $m$ examples, each example has its own column or its own row.

# Why is there a transpose?

=== "Columns"

    Row $k$ of $W^{l+1}$ holds the weights into unit $k$. Column $j$ holds the weights out of unit $j$. The forward pass, $W^{l+1} a^{l}$, multiplies by the
    rows, because unit $k$ adds up what it receives. BP2 needs the columns, because unit $j$ adds up its effects. A matrix product always uses the rows
    of its left factor, and the transpose turns column $j$ into row $j$.

=== "Rows"

    Column $k$ of $W^{l+1}$ holds the weights into unit $k$. Row $j$ holds the weights out of unit $j$. The forward pass, $a^{l} W^{l+1}$, multiplies by the
    columns, because unit $k$ adds up what it receives. BP2 needs the rows, because unit $j$ adds up its effects. A matrix product always uses the
    columns of its right factor, and the transpose turns row $j$ into column $j$.

The page [Why the transpose, and not the inverse?][why-transpose] gives three more reasons.

# Why is there an elementwise product?

The activation of unit $j$ depends on $z^{l}_j$ and on no other weighted input. So each $\sigma'(z^{l}_j)$ belongs to one unit, and it multiplies what arrives
at this unit only. Multiplying unit by unit is what $\odot$ means. Softmax is different, because it mixes the units of a layer: there a
[product with a matrix][softmax-layer] takes the place of $\odot$.

# Example

In [the 2-3-2 network][2-3-2-pass] the hidden activations are $a^1 = (\frac12, \frac34, \frac14)$. With sigmoids $\sigma'(z) = a (1 - a)$, so
$\sigma'(z^1) = (\frac14, \frac3{16}, \frac3{16})$. The outputs are $(\frac12, \frac12)$ and the targets $(0, 1)$. [BP1][bp1-output-error] gives the
errors of the output units, $(\frac12 - 0) \cdot \frac14 = \frac18$ and $(\frac12 - 1) \cdot \frac14 = -\frac18$.

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

    A second example, with the output errors $(\frac14, 0)$ and the same hidden activations, is a second column:

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

    A second example, with the output errors $(\frac14, 0)$ and the same hidden activations, is a second row:

    ```pycon
    >>> delta_next = np.array([[0.125, -0.125], [0.25, 0.0]])
    >>> hidden_error(W_next, delta_next, np.stack([sigma_prime_z, sigma_prime_z]))
    array([[ 0.03125 ,  0.      , -0.09375 ],
           [ 0.0625  ,  0.09375 , -0.046875]])

    ```

The first example has the same errors as before, because BP2 never mixes examples. If the cost is a mean over the examples, the errors of the
next layer already contain the factor $\frac1m$. BP2 passes it on.

Check the third unit of the first example by hand: $\bigl( -1 \cdot \frac18 + 3 \cdot (-\frac18) \bigr) \cdot \frac3{16} = -\frac3{32}$, which is $-0.09375$.

For the first example, the error of the second unit is 0. Both weights out of this unit are 2, so it increases both outputs by the same amount. The first
output is too large and the second too small, and the two effects on the cost cancel: $2 \cdot \frac18 + 2 \cdot (-\frac18) = 0$.

# Common mistakes

- The weights are not transposed, and the matrix is square, so that no error is raised: [W.T is missing][transpose-missing].
- The weights of this layer are used instead of those of the next layer: [the wrong layer][weights-of-wrong-layer].
- The derivative is missing, or it is taken at $a$ instead of $z$: [σ′ is missing][hidden-derivative-missing] and
  [σ′ at a][derivative-at-a].
- The weights are changed before the error has passed through them: [updated too early][weights-updated-too-early].

# Check yourself

??? question "All weights out of a hidden unit are 0. What is its error?"

    The error is 0, whatever the errors of the next layer are. The unit cannot change the cost, so the derivative is 0.

??? question "The next layer has 5 units, this layer has 3, and there are 10 examples. Which shapes does BP2 multiply?"

    In columns: $3 \times 5$ times $5 \times 10$, and the result elementwise with $3 \times 10$. In rows: $10 \times 5$ times $5 \times 3$, and the result elementwise with
    $10 \times 3$.

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
