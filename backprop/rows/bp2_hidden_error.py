r"""BP2 with examples as rows."""

from .._arrays import Array
from ..shapes import equation

__all__ = ["hidden_error"]


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
        Weights $W^{l+1}$ of the next layer: `W_next[j, k]` leads from unit `j` of this layer to unit `k` of the next, counted from 0.
    delta_next : array of shape (n_next,) or (m, n_next)
        Error $\delta^{l+1}$ of the next layer.
    sigma_prime_z : array of shape (n,) or (m, n)
        Derivative $\sigma'(z^l)$ of this layer's activation function at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (m, n)
        Error $\delta^l$ of this layer: $\partial C / \partial z^l$.

    Raises
    ------
    ShapeError
        If the three do not fit together; nothing is broadcast.

    Examples
    --------
    Three units in this layer, one in the next, two examples:

    >>> import numpy as np
    >>> hidden_error(np.array([[1.0], [0.0], [2.0]]), np.array([[4.0], [8.0]]), np.full((2, 3), 0.25))
    array([[1., 0., 2.],
           [2., 0., 4.]])
    """
    return (delta_next @ W_next.T) * sigma_prime_z
