r"""BP3 with examples as rows."""

from .._arrays import Array, namespace
from ..shapes import equation

__all__ = ["bias_gradient"]


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
        Gradient $\partial C / \partial b^l$, summed over the examples, in a new array.

    Raises
    ------
    ShapeError
        If `delta` has neither one axis nor two.

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
