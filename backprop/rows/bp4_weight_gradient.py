r"""BP4 with examples as rows."""

from .._arrays import Array
from ..shapes import equation

__all__ = ["weight_gradient"]


@equation("BP4 in rows: ∂C/∂W^l = (a^{l−1})ᵀ δ^l", delta="m? n", a_prev="m? n_prev")
def weight_gradient(delta: Array, a_prev: Array) -> Array:
    r"""Return the gradient $\partial C / \partial W^l$ of the weights (BP4), examples as rows.

    Parameters
    ----------
    delta : array of shape (n,) or (m, n)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (m, n_prev)
        Activation $a^{l-1}$ of the previous layer: what the weights were multiplied by.

    Returns
    -------
    dC_dW : array of shape (n_prev, n)
        Gradient $\partial C / \partial W^l$ in the shape of the weights, summed over the examples.

    Raises
    ------
    ShapeError
        If one array is a batch and the other is one example, or if their numbers of examples differ.

    Examples
    --------
    Copy the error into every row, and multiply row `j` by activation `j`:

    >>> import numpy as np
    >>> weight_gradient(np.array([1.0, 10.0]), np.array([2.0, 3.0, 4.0]))
    array([[ 2., 20.],
           [ 3., 30.],
           [ 4., 40.]])
    """
    if delta.ndim == 1:
        return a_prev[:, None] * delta  # @ would need a column and a row, and be slower
    return a_prev.T @ delta
