r"""BP1 with examples as rows."""

from .._arrays import Array
from ..shapes import equation

__all__ = ["output_error"]


@equation("BP1 in rows: δ^L = ∇_a C ⊙ σ′(z^L)", dC_da="m? n", sigma_prime_z="m? n")
def output_error(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^L$ of the output layer (BP1), examples as rows.

    Parameters
    ----------
    dC_da : array of shape (n,) or (m, n)
        Derivative $\nabla_a C$ of the cost with respect to each output; for a batch it contains the factor 1/m.
    sigma_prime_z : array of shape (n,) or (m, n)
        Derivative $\sigma'(z^L)$ of the activation function of the output layer, at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (m, n)
        Error $\delta^L = \partial C / \partial z^L$ of the output layer.

    Raises
    ------
    ShapeError
        If the two shapes differ. Nothing is broadcast.

    Examples
    --------
    Two examples of three units:

    >>> import numpy as np
    >>> output_error(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.full((2, 3), 0.25))
    array([[0.25, 0.5 , 0.75],
           [1.  , 1.25, 1.5 ]])
    """
    return dC_da * sigma_prime_z
