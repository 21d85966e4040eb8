r"""Softmax with examples as rows: it normalizes each row."""

import numpy as np

from .. import softmax_layer as columns
from .._arrays import Array, namespace, transposed
from ..activations import Activation
from ..shapes import equation, unchecked
from .costs import Cost

__all__ = [
    "SOFTMAX",
    "SOFTMAX_CROSS_ENTROPY",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_prime",
    "softmax_jacobian",
]


@equation("in rows: a_j = e^{z_j} / Σ_k e^{z_k}", z="m? n")
def softmax(z: Array) -> Array:
    r"""Return the softmax $e^{z_j} / \sum_k e^{z_k}$ of each example, examples as rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input.

    Returns
    -------
    a : array of shape (n,) or (m, n)
        Activation: the sum of each row is 1.

    Raises
    ------
    ShapeError
        If `z` is neither one example nor a batch of rows.

    Examples
    --------
    Each row is an example:

    >>> import numpy as np
    >>> softmax(np.log(np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 1.0]])))
    array([[0.25, 0.25, 0.5 ],
           [0.25, 0.5 , 0.25]])
    """
    return transposed(unchecked(columns.softmax)(transposed(z)))


@equation("in rows: J_jk = a_j ([j = k] − a_k)", z="m? n")
def softmax_jacobian(z: Array) -> Array:
    r"""Return the Jacobian $\partial a_j / \partial z_k = a_j ([j = k] - a_k)$ of softmax, examples as rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input.

    Returns
    -------
    J : array of shape (n, n) or (m, n, n)
        One matrix for each example; the examples come first. Entry `[j, k]` is the derivative of $a_j$ with respect to $z_k$.

    Raises
    ------
    ShapeError
        If `z` is neither one example nor a batch of rows.

    Examples
    --------
    >>> softmax_jacobian([[0.0, 0.0]])
    array([[[ 0.25, -0.25],
            [-0.25,  0.25]]])
    """
    xp = namespace(z)
    a = unchecked(softmax)(z)
    return a[..., :, None] * (xp.eye(a.shape[-1], dtype=a.dtype) - a[..., None, :])


@equation("in rows: C = −1/m Σ y ln softmax(z)", z="m? n", y="m? n")
@np.errstate(divide="ignore")
def softmax_cross_entropy(z: Array, y: Array) -> Array:
    r"""Return the cross-entropy $-\sum_j y_j \ln a_j$ with $a = \operatorname{softmax}(z)$, examples as rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input $z^L$ of the output layer, before any softmax. PyTorch and Keras call these numbers logits.
    y : array of shape (n,) or (m, n)
        Target of each example: a one-hot row (1 for the right class, 0 for the others), or any probabilities.

    Returns
    -------
    C : array of shape ()
        Cost, the mean over the examples, with the natural logarithm.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    Two examples, which cost 1000 and 0:

    >>> float(softmax_cross_entropy([[0.0, 1000.0], [0.0, 1000.0]], [[1.0, 0.0], [0.0, 1.0]]))
    500.0
    """
    return unchecked(columns.softmax_cross_entropy)(transposed(z), transposed(y))


@equation("in rows: ∂C/∂z = 1/m (a Σ y − y), a = softmax(z)", z="m? n", y="m? n")
def softmax_cross_entropy_prime(z: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_z C$ of softmax with cross-entropy, examples as rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input $z^L$ of the output layer, before any softmax. PyTorch and Keras call these numbers logits.
    y : array of shape (n,) or (m, n)
        Target of each example: a one-hot row (1 for the right class, 0 for the others), or any probabilities.

    Returns
    -------
    dC_dz : array of shape (n,) or (m, n)
        Derivative of the cost with respect to each weighted input. This is the output error $\delta^L$. It is $(a - y) / m$ where each target sums to 1.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    >>> softmax_cross_entropy_prime([[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    return transposed(unchecked(columns.softmax_cross_entropy_prime)(transposed(z), transposed(y)))


SOFTMAX = Activation("softmax", softmax, layout="rows")
SOFTMAX_CROSS_ENTROPY = Cost("softmax_cross_entropy", softmax_cross_entropy, softmax_cross_entropy_prime, over="mean")
_THEN = columns.SOFTMAX_THEN_CROSS_ENTROPY
SOFTMAX_THEN_CROSS_ENTROPY = Cost(
    "cross_entropy",
    lambda z, y: _THEN.value(transposed(z), transposed(y)),
    lambda z, y: transposed(_THEN.prime(transposed(z), transposed(y))),
    over="mean",
)
