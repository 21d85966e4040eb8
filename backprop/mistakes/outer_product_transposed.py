r"""The factors of the outer product are swapped, so the gradient of the weights is transposed.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
    \ne \underbrace{a^{l-1} (\delta^{l})^{\mathsf T}}_{n_{l-1} \times n_l}
    $$

    [BP4][bp4-weight-gradient] is $\delta^{l} (a^{l-1})^{\mathsf T}$: row $j$ of the gradient belongs to the unit that the weights lead to. With the factors
    swapped, row $j$ belongs to the unit that they come from.

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l}
    \ne \underbrace{(\delta^{l})^{\mathsf T} a^{l-1}}_{n_l \times n_{l-1}}
    $$

    [BP4][bp4-weight-gradient] is $(a^{l-1})^{\mathsf T} \delta^{l}$: column $j$ of the gradient belongs to the unit that the weights lead to. With the factors
    swapped, column $j$ belongs to the unit that they come from.

# Why it looks right

Every error is multiplied by every activation, as it should be. And each of the two orders is the right one in one layout. So a line that is copied from
code with the other layout is transposed. Trask's *Grokking Deep Learning* prints the swapped order in the third network of chapter 5.

# When the shapes still fit

When $W$ is square. In Trask's network it is 3×3.

# What the loss does

=== "Columns"

    It falls, and then it stays. Here are that network, its input and its target, and the sum of the squared errors in four steps. The first list is with
    the right gradient, the second with the transposed one:

    ```pycon
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> from backprop.mistakes import weight_gradient_transposed
    >>> x, y = np.array([8.5, 0.65, 1.2]), np.array([0.1, 1.0, 0.1])
    >>> def squared_errors(product, learning_rate=0.01):
    ...     W = np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])
    ...     for _ in range(4):
    ...         delta = W @ x - y
    ...         yield round(float(delta @ delta), 4)
    ...         W = W - learning_rate * product(delta, x)
    >>> list(squared_errors(weight_gradient))
    [0.9557, 0.064, 0.0043, 0.0003]
    >>> list(squared_errors(weight_gradient_transposed))
    [0.9557, 0.6543, 0.6341, 0.6328]

    ```

    We can compute where it stays. A step $W \leftarrow W - \eta \, x \delta^{\mathsf T}$ changes the output $W x$ by $-\eta \, (\delta \cdot x) \, x$, which
    always points along $x$. So the part of the error along $x$ is multiplied by $1 - \eta \lVert x \rVert^2$ in each step, and
    the rest of the error never changes. With $0 < \eta \lVert x \rVert^2 < 2$ the part along $x$ goes to 0. What remains of the sum is
    $\lVert \delta \rVert^2 - (\delta \cdot x)^2 / \lVert x \rVert^2$:

    ```pycon
    >>> W = np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])
    >>> delta = W @ x - y
    >>> round(float(delta @ delta - (delta @ x) ** 2 / (x @ x)), 4)
    0.6327
    >>> round(float(0.01 * (x @ x)), 2)
    0.74

    ```

    With three times the learning rate $\eta \lVert x \rVert^2$ is above 2, and the sum of the squared errors rises:

    ```pycon
    >>> list(squared_errors(weight_gradient_transposed, 0.03))
    [0.9557, 1.1161, 1.3561, 1.7154]

    ```

=== "Rows"

    It falls, and then it stays. Here are that network, its input and its target, and the sum of the squared errors in four steps. The first list is with
    the right gradient, the second with the transposed one:

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> def transposed(delta, a_prev):
    ...     return np.outer(delta, a_prev)
    >>> x, y = np.array([8.5, 0.65, 1.2]), np.array([0.1, 1.0, 0.1])
    >>> def squared_errors(product, learning_rate=0.01):
    ...     W = np.array([[0.1, 0.1, 0.0], [0.1, 0.2, 1.3], [-0.3, 0.0, 0.1]])
    ...     for _ in range(4):
    ...         delta = x @ W - y
    ...         yield round(float(delta @ delta), 4)
    ...         W = W - learning_rate * product(delta, x)
    >>> list(squared_errors(rows.weight_gradient))
    [0.9557, 0.064, 0.0043, 0.0003]
    >>> list(squared_errors(transposed))
    [0.9557, 0.6543, 0.6341, 0.6328]

    ```

    We can compute where it stays. A step $W \leftarrow W - \eta \, \delta^{\mathsf T} x$ changes the output $x W$ by $-\eta \, (\delta \cdot x) \, x$, which
    always points along $x$. So the part of the error along $x$ is multiplied by $1 - \eta \lVert x \rVert^2$ in each step, and
    the rest of the error never changes. With $0 < \eta \lVert x \rVert^2 < 2$ the part along $x$ goes to 0. What remains of the sum is
    $\lVert \delta \rVert^2 - (\delta \cdot x)^2 / \lVert x \rVert^2$:

    ```pycon
    >>> W = np.array([[0.1, 0.1, 0.0], [0.1, 0.2, 1.3], [-0.3, 0.0, 0.1]])
    >>> delta = x @ W - y
    >>> round(float(delta @ delta - (delta @ x) ** 2 / (x @ x)), 4)
    0.6327
    >>> round(float(0.01 * (x @ x)), 2)
    0.74

    ```

    With three times the learning rate $\eta \lVert x \rVert^2$ is above 2, and the sum of the squared errors rises:

    ```pycon
    >>> list(squared_errors(transposed, 0.03))
    [0.9557, 1.1161, 1.3561, 1.7154]

    ```

# What the gradient check says

It recognizes a transposed gradient without help. Here it is in a network that answers [three questions about three bits][backprop.mistakes.specimen]:

```pycon
>>> from backprop.mistakes import check_network, gradients_with, specimen, weight_gradient_transposed
>>> layers, x, y = specimen()
>>> C, wrong = gradients_with(layers, x, y, weight_gradient=weight_gradient_transposed)
>>> print(check_network(layers, x, y, wrong, candidates={}).diagnosis[0])
W1: It is the transpose of the right gradient: the factors of the outer product are swapped. Each row of the gradient belongs to one row of the parameter.

```
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .._arrays import Array
from ..bp4_weight_gradient import weight_gradient
from ..shapes import equation
from ._experiment import Equation, Training, register

__all__ = ["weight_gradient_transposed"]


@equation("WRONG BP4: a^{l−1} (δ^l)ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient_transposed(delta: Array, a_prev: Array) -> Array:
    r"""Return $a^{l-1} (\delta^l)^{\mathsf T}$, the gradient of the weights, transposed.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the previous layer.

    Returns
    -------
    not_dC_dW : array of shape (n_prev, n)
        The gradient, transposed.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    >>> import numpy as np
    >>> weight_gradient_transposed(np.array([1.0, 10.0]), np.array([2.0, 3.0]))
    array([[ 2., 20.],
           [ 3., 30.]])
    """
    if delta.ndim == 1:
        return a_prev[:, None] * delta
    return a_prev @ delta.T


def _training() -> Training:
    """Train the third network of chapter 5 of Grokking Deep Learning, which has no bias."""
    x, y = np.array([8.5, 0.65, 1.2]), np.array([0.1, 1.0, 0.1])

    def squared_errors(product: Equation) -> Iterator[float]:
        W = np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])
        for _ in range(4):
            delta = W @ x - y
            yield float(delta @ delta)
            W = W - 0.01 * product(delta, x)

    return Training(
        "Trask's network", list(squared_errors(weight_gradient)), list(squared_errors(weight_gradient_transposed))
    )


MISTAKE = register(weight_gradient_transposed, training=_training)
