r"""The error of a hidden layer is the next layer's error, carried back.

$$
\underbrace{\delta^{l}}_{n_l}
= \bigl( \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \,
         \underbrace{\delta^{l+1}}_{n_{l+1}} \bigr)
  \odot \underbrace{\sigma'(z^{l})}_{n_l}
\tag{BP2}
$$

A hidden unit has no target of its own: it answers for the errors it helped to make.

# Shapes

| symbol          | in code         | one example | `m` examples  | meaning                              |
| --------------- | --------------- | ----------- | ------------- | ------------------------------------ |
| $W^{l+1}$       | `W_next`        | `(n_next, n)` | `(n_next, n)` | `W_next[k, j]`: from $j$ to next $k$ |
| $\delta^{l+1}$  | `delta_next`    | `(n_next,)` | `(n_next, m)` | error of the next layer, known       |
| $\sigma'(z^l)$  | `sigma_prime_z` | `(n,)`      | `(n, m)`      | slope of this layer's activation     |
| $\delta^{l}$    | returned        | `(n,)`      | `(n, m)`      | error of this layer                  |

# Derivation

The error of unit $j$ is $\delta^{l}_j = \partial C / \partial z^{l}_j$, by definition.
The cost feels $z^{l}_j$ only through the $z^{l+1}_k$, and through every one, so the chain rule sums over $k$:

$$
\delta^{l}_j
= \sum_k \frac{\partial C}{\partial z^{l+1}_k} \frac{\partial z^{l+1}_k}{\partial z^{l}_j}
= \sum_k \delta^{l+1}_k \, \frac{\partial z^{l+1}_k}{\partial z^{l}_j} .
$$

Of $z^{l+1}_k = \sum_{j'} W^{l+1}_{kj'} \, \sigma(z^{l}_{j'}) + b^{l+1}_k$ only the term $j' = j$
holds $z^{l}_j$, and its slope is $W^{l+1}_{kj} \, \sigma'(z^{l}_j)$. There is no $k$ in
$\sigma'(z^{l}_j)$, so it leaves the sum:

$$
\delta^{l}_j = \Bigl( \sum_k W^{l+1}_{kj} \, \delta^{l+1}_k \Bigr) \, \sigma'(z^{l}_j) .
$$

# Why it is so

Forward, $W^{l+1}$ is summed over its second index: unit $k$ listens to every $j$.
Backward, over its first: unit $j$ answers to every $k$ that listened. Summing over the
other index is all that $\mathsf T$ means.

# A 2-3-2 network

Its three hidden units have $\sigma(z) = (\frac12, \frac34, \frac14)$; its two outputs
are both $\frac12$, their targets $0$ and $1$, so $\delta^{l+1} = (\frac18, -\frac18)$.

```pycon
>>> import numpy as np
>>> from backprop import hidden_error, sigmoid_prime
>>> z = np.log(3) * np.array([0.0, 1.0, -1.0])
>>> W_next = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> delta_next = np.array([0.125, -0.125])
>>> hidden_error(W_next, delta_next, sigmoid_prime(z))
array([ 0.03125,  0.     , -0.09375])

```

The second unit is blameless: it raises both outputs alike, one too high already and
one too low, and $2 \cdot \frac18 + 2 \cdot (-\frac18) = 0$.
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
        Weights $W^{l+1}$ into the next layer, one row per unit there.
    delta_next : array of shape (n_next,) or (n_next, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Slope $\sigma'(z^l)$ of this layer's activation at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of this layer: $\partial C / \partial z^l$.

    Raises
    ------
    ShapeError
        If the three do not fit together; nothing is ever broadcast.

    Examples
    --------
    A unit that the next layer ignores has no error:

    >>> import numpy as np
    >>> hidden_error(np.array([[1.0, 0.0]]), np.array([4.0]), np.array([0.25, 0.25]))
    array([1., 0.])
    """
    return (W_next.T @ delta_next) * sigma_prime_z
