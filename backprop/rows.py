r"""Examples as rows, weights stored by input: the same four equations, transposed whole.

$$
\begin{aligned}
\underbrace{\delta^{L}}_{m \times n_L} &= \nabla_a C \odot \sigma'(z^{L}) \\
\underbrace{\delta^{l}}_{m \times n_l} &= \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr) \odot \sigma'(z^{l}) \\
\underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \sum_i \delta^{l}_{i \cdot} \\
\underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l} &= \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \underbrace{\delta^{l}}_{m \times n_l}
\end{aligned}
$$

Here $z = a W + b$: an example is a row (*batch first*), and `W[k, j]` leads from unit $k$ to unit $j$. Keras and most code that holds
a data set as a table store it so. The numbers are those of the columns.

# Shapes

| symbol                        | in code         | one example   | `m` examples    | in columns       |
| ----------------------------- | --------------- | ------------- | --------------- | ---------------- |
| $W^{l+1}$                     | `W_next`        | `(n, n_next)` | `(n, n_next)`   | `(n_next, n)`    |
| $\delta^{l+1}$                | `delta_next`    | `(n_next,)`   | `(m, n_next)`   | `(n_next, m)`    |
| $\sigma'(z^l)$, $\delta^{l}$  | `sigma_prime_z`, `delta` | `(n,)` | `(m, n)`       | `(n, m)`         |
| $a^{l-1}$                     | `a_prev`        | `(n_prev,)`   | `(m, n_prev)`   | `(n_prev, m)`    |
| $\partial C / \partial b^{l}$ | returned        | `(n,)`        | `(n,)` or `(1, n)` | `(n,)` or `(n, 1)` |
| $\partial C / \partial W^{l}$ | returned        | `(n_prev, n)` | `(n_prev, n)`   | `(n, n_prev)`    |

# Derivation

Write a bar over what is stored in rows: $\bar W = W^{\mathsf T}$, $\bar a = a^{\mathsf T}$, $\bar \delta = \delta^{\mathsf T}$. Transpose each equation of the
columns, and remember that a product turns round, $(A B)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}$, while $\odot$ does not. BP2:

$$
\begin{aligned}
\bar \delta^{l}
&= \bigl( (W^{l+1})^{\mathsf T} \delta^{l+1} \bigr)^{\mathsf T} \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, W^{l+1} \bigr) \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, (\bar W^{l+1})^{\mathsf T} \bigr) \odot \sigma'(\bar z^{l}) .
\end{aligned}
$$

BP4:

$$
\frac{\partial C}{\partial \bar W^{l}}
= \bigl( \delta^{l} (a^{l-1})^{\mathsf T} \bigr)^{\mathsf T}
= a^{l-1} (\delta^{l})^{\mathsf T}
= (\bar a^{l-1})^{\mathsf T} \, \bar \delta^{l} .
$$

BP1 has no matrix product to turn; BP3 sums over the examples, which are the first axis now. By index BP2
is as before, with the example first: $\bar \delta^{l}_{ij} = \sum_k \bar W^{l+1}_{jk} \bar \delta^{l+1}_{ik} \, \sigma'(\bar z^{l}_{ij})$.

# Why it is so

All four flip together. With rows the weights stand to the right of what they multiply, forward
and back; in both storages there is one transpose in BP2 and one in BP4. A line of one storage among
those of the other is wrong, and its shapes often fit.

# A 2-3-2 network

The question that this library grew from: a 2-3-2 network with a linear output, its weights stored as 2×3
and 3×2, and a product that gives 2×1 where the gradient of the first weights must be 2×3. Here is
the network of the book, so stored, with output biases $-\frac54$ and $-\frac{11}4$:

```pycon
>>> import numpy as np
>>> from backprop import rows, sigmoid, sigmoid_prime
>>> x = np.array([1.0, 2.0])
>>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
>>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
>>> a1 = sigmoid(x @ W1)
>>> a2 = a1 @ W2 - np.array([1.25, 2.75])
>>> a2 - np.array([0.0, 1.0])
array([ 0.5, -1.5])

```

The output is linear, its slope is 1, and the error is the residual:

```pycon
>>> delta2 = rows.output_error(a2 - np.array([0.0, 1.0]), np.ones(2))
>>> rows.weight_gradient(delta2, a1)
array([[ 0.25 , -0.75 ],
       [ 0.375, -1.125],
       [ 0.125, -0.375]])

```

The error $(\frac12, -\frac32)$ is copied into every row, and row $k$ is scaled by hidden output $k$. One layer down, the weights
times the error give one number for each hidden unit, $(\frac12, -2, -5)$, and each is multiplied by the slope there,
$\frac14$ or $\frac3{16}$:

```pycon
>>> delta1 = rows.hidden_error(W2, delta2, sigmoid_prime(x @ W1))
>>> delta1
array([ 0.125 , -0.375 , -0.9375])
>>> rows.weight_gradient(delta1, x)
array([[ 0.125 , -0.375 , -0.9375],
       [ 0.25  , -0.75  , -1.875 ]])

```

That is the 2×3 of the first weights.
"""

from __future__ import annotations

from ._arrays import Array, namespace
from .shapes import equation

__all__ = ["output_error", "hidden_error", "bias_gradient", "weight_gradient"]  # noqa: RUF022 in the order of the book


@equation("BP1 in rows: δ^L = ∇_a C ⊙ σ′(z^L)", dC_da="m? n", sigma_prime_z="m? n")
def output_error(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^L$ of the output layer (BP1), examples as rows.

    Parameters
    ----------
    dC_da : array of shape (n,) or (m, n)
        Slope $\nabla_a C$ of the cost in each output; for a batch it holds the 1/m.
    sigma_prime_z : array of shape (n,) or (m, n)
        Slope $\sigma'(z^L)$ of the output activation at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (m, n)
        Error $\delta^L$: $\partial C / \partial z^L$.

    Raises
    ------
    ShapeError
        If the two differ in shape; nothing is ever broadcast.

    Examples
    --------
    Two examples of three units:

    >>> import numpy as np
    >>> output_error(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.full((2, 3), 0.25))
    array([[0.25, 0.5 , 0.75],
           [1.  , 1.25, 1.5 ]])
    """
    return dC_da * sigma_prime_z


@equation(
    "BP2 in rows: δ^l = (δ^{l+1} (W^{l+1})ᵀ) ⊙ σ′(z^l)",
    W_next="n n_next",
    delta_next="m? n_next",
    sigma_prime_z="m? n",
)
def hidden_error(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^l$ of a hidden layer (BP2), examples as rows.

    Parameters
    ----------
    W_next : array of shape (n, n_next)
        Weights $W^{l+1}$ into the next layer, one column per unit there.
    delta_next : array of shape (n_next,) or (m, n_next)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (m, n)
        Slope $\sigma'(z^l)$ of this layer's activation at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (m, n)
        Error $\delta^l$ of this layer: $\partial C / \partial z^l$.

    Raises
    ------
    ShapeError
        If the three do not fit together; nothing is ever broadcast.

    Examples
    --------
    Three units here, one above, two examples:

    >>> import numpy as np
    >>> hidden_error(np.array([[1.0], [0.0], [2.0]]), np.array([[4.0], [8.0]]), np.full((2, 3), 0.25))
    array([[1., 0., 2.],
           [2., 0., 4.]])
    """
    return (delta_next @ W_next.T) * sigma_prime_z


@equation("BP3 in rows: ∂C/∂b^l = δ^l, summed over the examples", delta="m? n")
def bias_gradient(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return the gradient $\partial C / \partial b^l$ of the biases (BP3), examples as rows.

    Parameters
    ----------
    delta : array of shape (n,) or (m, n)
        Error $\delta^l$ of the layer.
    keepdims : bool
        Return (1, n) instead of (n,), for biases that are stored as a row.

    Returns
    -------
    dC_db : array of shape (n,) or (1, n)
        Gradient, in the shape of the bias; an array of its own.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of rows.

    Examples
    --------
    Three examples, two units:

    >>> import numpy as np
    >>> bias_gradient(np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]))
    array([ 6., 15.])
    """
    if delta.ndim == 1:
        return 1 * (delta[None, :] if keepdims else delta)  # times 1: an array of its own
    return namespace(delta).sum(delta, axis=0, keepdims=keepdims)


@equation("BP4 in rows: ∂C/∂W^l = (a^{l−1})ᵀ δ^l", delta="m? n", a_prev="m? n_prev")
def weight_gradient(delta: Array, a_prev: Array) -> Array:
    r"""Return the gradient $\partial C / \partial W^l$ of the weights (BP4), examples as rows.

    Parameters
    ----------
    delta : array of shape (n,) or (m, n)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (m, n_prev)
        Activation $a^{l-1}$ of the layer below: what the weights were multiplied by.

    Returns
    -------
    dC_dW : array of shape (n_prev, n)
        Gradient, in the shape of the weights, summed over the examples.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    Copy the error into every row, and scale row `k` by activation `k`:

    >>> import numpy as np
    >>> weight_gradient(np.array([1.0, 10.0]), np.array([2.0, 3.0, 4.0]))
    array([[ 2., 20.],
           [ 3., 30.],
           [ 4., 40.]])
    """
    if delta.ndim == 1:
        return a_prev[:, None] * delta  # @ would need a column and a row, and be slower
    return a_prev.T @ delta
