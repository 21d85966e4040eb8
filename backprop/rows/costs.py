r"""The costs with examples as rows: the mean is over the first axis."""

from typing import ClassVar

import numpy as np

from .. import costs as columns
from .._arrays import Array, transposed
from ..shapes import equation, unchecked

__all__ = [
    "CROSS_ENTROPY",
    "QUADRATIC",
    "SIGMOID_CROSS_ENTROPY",
    "Cost",
    "cross_entropy",
    "cross_entropy_prime",
    "quadratic",
    "quadratic_prime",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_prime",
]


@equation("in rows: C = 1/m Σ ½ ‖a − y‖²", a="m? n", y="m? n")
def quadratic(a: Array, y: Array) -> Array:
    r"""Return the quadratic cost $\frac12 \lVert a - y \rVert^2$, the mean over the examples, which are rows.

    Parameters
    ----------
    a : array of shape (n,) or (m, n)
        Output $a^L$ of the network.
    y : array of shape (n,) or (m, n)
        Target.

    Returns
    -------
    C : array of shape ()
        Cost. A batch of no examples costs 0.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    Two examples of three outputs. The sums of the squares are 1 and 2, so the cost is $(\frac12 + 1) / 2$:

    >>> import numpy as np
    >>> float(quadratic(np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3))))
    0.75
    """
    return unchecked(columns.quadratic)(transposed(a), transposed(y))


@equation("in rows: ∂C/∂a = 1/m (a − y)", a="m? n", y="m? n")
def quadratic_prime(a: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_a C$ of the quadratic cost, examples as rows.

    Parameters
    ----------
    a : array of shape (n,) or (m, n)
        Output $a^L$ of the network.
    y : array of shape (n,) or (m, n)
        Target.

    Returns
    -------
    dC_da : array of shape (n,) or (m, n)
        Derivative of the cost with respect to each output.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    >>> import numpy as np
    >>> quadratic_prime(np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3)))
    array([[0.5, 0. , 0. ],
           [0.5, 0.5, 0. ]])
    """
    return transposed(unchecked(columns.quadratic_prime)(transposed(a), transposed(y)))


@equation("in rows: C = −1/m Σ (y ln a + (1 − y) ln(1 − a))", a="m? n", y="m? n")
@np.errstate(divide="ignore")
def cross_entropy(a: Array, y: Array) -> Array:
    r"""Return the cross-entropy $-y \ln a - (1 - y) \ln(1 - a)$, the mean over the examples, which are rows.

    Parameters
    ----------
    a : array of shape (n,) or (m, n)
        Output $a^L$ of the network, each between 0 and 1.
    y : array of shape (n,) or (m, n)
        Target, each between 0 and 1.

    Returns
    -------
    C : array of shape ()
        Cost, with natural logarithms. $0 \ln 0$ counts as 0. An output of exactly 0 or 1 that is wrong costs infinity.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    >>> float(cross_entropy([[1.0, 0.0]], [[1.0, 0.0]])), float(cross_entropy([[1.0]], [[0.0]]))
    (0.0, inf)
    """
    return unchecked(columns.cross_entropy)(transposed(a), transposed(y))


@equation("in rows: ∂C/∂a = 1/m ((1 − y) / (1 − a) − y / a)", a="m? n", y="m? n")
@np.errstate(divide="ignore")
def cross_entropy_prime(a: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_a C$ of the cross-entropy, examples as rows.

    Parameters
    ----------
    a : array of shape (n,) or (m, n)
        Output $a^L$ of the network, each between 0 and 1.
    y : array of shape (n,) or (m, n)
        Target, each between 0 and 1.

    Returns
    -------
    dC_da : array of shape (n,) or (m, n)
        Derivative of the cost with respect to each output; infinite for an output of exactly 0 or 1 that is wrong.

    Raises
    ------
    ShapeError
        If `a` and `y` differ in shape.

    Examples
    --------
    Two examples of one output, so each derivative is divided by 2:

    >>> cross_entropy_prime([[0.5], [0.25]], [[0.0], [1.0]])
    array([[ 1.],
           [-2.]])
    """
    return transposed(unchecked(columns.cross_entropy_prime)(transposed(a), transposed(y)))


@equation("in rows: C = 1/m Σ (ln(1 + e^z) − y z)", z="m? n", y="m? n")
@np.errstate(over="ignore")
def sigmoid_cross_entropy(z: Array, y: Array) -> Array:
    r"""Return the cross-entropy of $a = \sigma(z)$ as a function of $z$, the mean over the examples, which are rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input $z^L$ of the output layer, before any sigmoid.
    y : array of shape (n,) or (m, n)
        Target, each between 0 and 1.

    Returns
    -------
    C : array of shape ()
        Cost, with natural logarithms.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    Two examples of one output; their costs are 40 and 0:

    >>> float(sigmoid_cross_entropy([[40.0], [40.0]], [[0.0], [1.0]]))
    20.0
    """
    return unchecked(columns.sigmoid_cross_entropy)(transposed(z), transposed(y))


@equation("in rows: ∂C/∂z = 1/m (σ(z) − y)", z="m? n", y="m? n")
@np.errstate(over="ignore")
def sigmoid_cross_entropy_prime(z: Array, y: Array) -> Array:
    r"""Return the derivative $\nabla_z C = \frac1m (\sigma(z) - y)$ of a sigmoid with cross-entropy, examples as rows.

    Parameters
    ----------
    z : array of shape (n,) or (m, n)
        Weighted input $z^L$ of the output layer, before any sigmoid.
    y : array of shape (n,) or (m, n)
        Target, each between 0 and 1.

    Returns
    -------
    dC_dz : array of shape (n,) or (m, n)
        Derivative of the cost with respect to each weighted input: already the output error.

    Raises
    ------
    ShapeError
        If `z` and `y` differ in shape.

    Examples
    --------
    >>> sigmoid_cross_entropy_prime([[0.0], [0.0]], [[1.0], [0.0]])
    array([[-0.25],
           [ 0.25]])
    """
    return transposed(unchecked(columns.sigmoid_cross_entropy_prime)(transposed(z), transposed(y)))


class Cost(columns.Cost):
    r"""A cost $C$ with its derivative, as `rows.gradients` needs them, examples as rows.

    Parameters
    ----------
    name : str
        What it is called.
    value : callable
        $C$ as a function of the output and the target, both (m, n): one number for the whole batch.
    prime : callable
        $\nabla_a C$ as a function of the same two, in the shape of the output.
    over : {"mean", "sum", None}
        How the cost combines the examples of a batch: it is their mean, their sum, or something else. `gradients`
        of Dask arrays computes shard by shard, so it needs to know this, and refuses None.

    Raises
    ------
    TypeError
        If `value` or `prime` is not a function.
    ValueError
        If `over` is something else.

    Examples
    --------
    A cost of your own: the mean over the examples of the sum of the absolute differences.

    >>> import numpy as np
    >>> from backprop.rows import IDENTITY, Layer, gradients
    >>> def absolute(a, y):
    ...     return np.sum(np.abs(a - y)) / a.shape[0]
    >>> def absolute_prime(a, y):
    ...     return np.sign(a - y) / a.shape[0]
    >>> cost = Cost("absolute", absolute, absolute_prime, over="mean")
    >>> C, [gradient] = gradients([Layer([[2.0]], [0.0], IDENTITY)], [[3.0], [1.0]], [[0.0], [4.0]], cost)
    >>> float(C), gradient
    (4.0, Gradient(dC_dW=array([[1.]]), dC_db=array([0.])))
    """

    __slots__ = ()
    layout: ClassVar[str] = "rows"


QUADRATIC = Cost("quadratic", quadratic, quadratic_prime, over="mean")
CROSS_ENTROPY = Cost("cross_entropy", cross_entropy, cross_entropy_prime, over="mean")
SIGMOID_CROSS_ENTROPY = Cost("sigmoid_cross_entropy", sigmoid_cross_entropy, sigmoid_cross_entropy_prime, over="mean")
