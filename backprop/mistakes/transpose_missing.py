r"""The weights are not transposed when the error goes back through them.

=== "Columns"

    $$
    \underbrace{\delta^{l}}_{n \times m}
    \ne \bigl( \underbrace{W^{l+1}}_{n \times n} \, \underbrace{\delta^{l+1}}_{n \times m} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{n \times m}
    $$

    [BP2][bp2-hidden-error] has $(W^{l+1})^{\mathsf T}$: the error of unit $j$ is a sum over the weights that lead out of it, column $j$ of $W^{l+1}$.
    Without the transpose, the sum runs over row $j$ instead. These are the weights that lead into unit $j$ of the next layer.

=== "Rows"

    $$
    \underbrace{\delta^{l}}_{m \times n}
    \ne \bigl( \underbrace{\delta^{l+1}}_{m \times n} \, \underbrace{W^{l+1}}_{n \times n} \bigr)
    \odot \underbrace{\sigma'(z^{l})}_{m \times n}
    $$

    [BP2][bp2-hidden-error] has $(W^{l+1})^{\mathsf T}$: the error of unit $j$ is a sum over the weights that lead out of it, row $j$ of $W^{l+1}$.
    Without the transpose, the sum runs over column $j$ instead. These are the weights that lead into unit $j$ of the next layer.

# Why it looks right

The forward pass multiplies by $W$ without a transpose, and a square $W$ fits in the backward pass as well. If $W^{l+1}$ is symmetric, both formulas
give the same error. Otherwise the wrong formula gives what BP2 gives in another network, whose weights $W^{l+1}$ are transposed, for the same
$\delta^{l+1}$.

Here only one weight is not 0. It leads from the second hidden unit to the first output, and only the first output has an error. So the second
hidden unit must have an error. Without the transpose no unit has one:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> from backprop.mistakes import hidden_error_without_transpose
    >>> W_next, delta_next = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([1.0, 0.0])
    >>> hidden_error(W_next, delta_next, np.ones(2))
    array([0., 1.])
    >>> hidden_error_without_transpose(W_next, delta_next, np.ones(2))
    array([0., 0.])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> def without_transpose(W_next, delta_next, sigma_prime_z):
    ...     return (delta_next @ W_next) * sigma_prime_z
    >>> W_next, delta_next = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1.0, 0.0])
    >>> rows.hidden_error(W_next, delta_next, np.ones(2))
    array([0., 1.])
    >>> without_transpose(W_next, delta_next, np.ones(2))
    array([0., 0.])

    ```

# When the shapes still fit

When $W^{l+1}$ is square, that is, when $n_l = n_{l+1}$. The shape of $W^1$ does not matter, because no error goes back through $W^1$.

# What the loss does

[`specimen`][backprop.mistakes.specimen] is a 3-3-3 network of sigmoids that learns to answer three questions about three bits.
With the wrong formula its loss falls to one half in 500 steps. After 1000 steps it hardly falls any more, and it stays at 0.17. With the right
formula it continues to fall. The code has examples as columns; in rows the losses are the same. The first list is for the
right formula, the second for the wrong one:

```pycon
>>> from backprop.mistakes import check_network, gradients_with, hidden_error_without_transpose, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 4000)
>>> wrong = losses(layers, x, y, 2.0, 4000, hidden_error=hidden_error_without_transpose)
>>> [round(right[k], 2) for k in (0, 1, 500, 1000, 4000)]
[0.41, 0.39, 0.03, 0.01, 0.0]
>>> [round(wrong[k], 2) for k in (0, 1, 500, 1000, 4000)]
[0.41, 0.39, 0.2, 0.18, 0.17]

```

# What the gradient check says

It names the mistake:

```pycon
>>> C, found = gradients_with(layers, x, y, hidden_error=hidden_error_without_transpose)
>>> print(check_network(layers, x, y, found).diagnosis[0])
W1: It is what hidden_error_without_transpose gives.

```
"""

from __future__ import annotations

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["hidden_error_without_transpose"]


@equation("WRONG BP2: (W^{l+1} δ^{l+1}) ⊙ σ′(z^l)", W_next="n n", delta_next="n m?", sigma_prime_z="n m?")
def hidden_error_without_transpose(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    r"""Return $(W^{l+1} \delta^{l+1}) \odot \sigma'(z^l)$, without the transpose.

    Parameters
    ----------
    W_next : array of shape (n, n)
        Weights $W^{l+1}$ of the next layer.
    delta_next : array of shape (n,) or (n, m)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        What BP2 gives in another network, whose weights $W^{l+1}$ are transposed.

    Raises
    ------
    ShapeError
        If `W_next` is not square, or the three do not fit together.

    Examples
    --------
    The right errors are 1 and 2:

    >>> import numpy as np
    >>> hidden_error_without_transpose(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.0]), np.ones(2))
    array([1., 3.])
    """
    return (W_next @ delta_next) * sigma_prime_z


MISTAKE = register(hidden_error_without_transpose)
