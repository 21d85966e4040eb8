r"""The errors are summed over the units, too, so all biases get the same number.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \ne \underbrace{\sum_{j=1}^{n_l} \sum_{i=1}^{m} \delta^{l}_{ji}}_{\text{one number}}
    $$

    [BP3][bp3-bias-gradient] sums only over the examples $i$: entry $j$ of the gradient is $\sum_i \delta^{l}_{ji}$. `np.sum` without an axis sums
    over $i$ and over $j$.

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \ne \underbrace{\sum_{j=1}^{n_l} \sum_{i=1}^{m} \delta^{l}_{ij}}_{\text{one number}}
    $$

    [BP3][bp3-bias-gradient] sums only over the examples $i$: entry $j$ of the gradient is $\sum_i \delta^{l}_{ij}$. `np.sum` without an axis sums
    over $i$ and over $j$.

# Why it looks right

The text says "sum $\delta$", and `np.sum(delta)` does that. But each bias needs its own derivative, so the sum must keep the units apart.

Take two units and two examples. The errors of the first unit are $\frac18$ and $\frac14$, and those of the second are $-\frac18$ and $-\frac14$. Together
they sum to 0, so neither bias changes:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import bias_gradient
    >>> from backprop.mistakes import bias_gradient_as_one_number
    >>> delta = np.array([[0.125, 0.25], [-0.125, -0.25]])
    >>> bias_gradient(delta), delta.sum(axis=1)
    (array([ 0.375, -0.375]), array([ 0.375, -0.375]))
    >>> float(bias_gradient_as_one_number(delta)), float(np.sum(delta))
    (0.0, 0.0)

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> delta = np.array([[0.125, -0.125], [0.25, -0.25]])
    >>> rows.bias_gradient(delta), delta.sum(axis=0)
    (array([ 0.375, -0.375]), array([ 0.375, -0.375]))
    >>> float(np.sum(delta))
    0.0

    ```

# When the shapes still fit

The shape is `()`, which is not the shape of $b^{l}$. But NumPy broadcasts one number over every bias, and it gives no warning:

```pycon
>>> np.zeros(3) - 0.5 * np.float64(4.0)
array([-2., -2., -2.])

```

[`step`][backprop.step] of this library does not broadcast, so it raises a `ShapeError`. A layer of one unit never shows the mistake, because the
sum over its units has only one term.

# What the loss does

All biases of a layer move together. Each moves by the sum of all their derivatives, and should move by its own. So the differences between the
biases of a layer never change. In the network that answers [three questions about three bits][backprop.mistakes.specimen] the loss falls all the same,
because the weights compensate for the biases. Here are the losses at the start, after one step, after 500 and after 2000 steps, first with the right
gradient. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import bias_gradient_as_one_number, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 2000)
>>> wrong = losses(layers, x, y, 2.0, 2000, bias_gradient=bias_gradient_as_one_number)
>>> [round(right[k], 2) for k in (0, 1, 500, 2000)]
[0.41, 0.39, 0.03, 0.01]
>>> [round(wrong[k], 2) for k in (0, 1, 500, 2000)]
[0.41, 0.4, 0.07, 0.01]

```

# Why does it still go downhill?

Write $g$ for the right bias gradient of a layer and $s = \sum_j g_j$ for the number that replaces it. The product of the two is

$$
\sum_j s \, g_j = s \sum_j g_j = s^2 \ge 0 .
$$

So the step of the biases never points uphill. The weight gradients do not contain the bias gradients, so they are right. A step with a small
enough learning rate lowers the loss, if the weight gradient or one of these sums is not 0. Where all of them are 0, gradient descent stops,
although the biases may have gradients that cancel.

# What the gradient check says

It recognizes the sum without an axis without help:

```pycon
>>> from backprop.mistakes import check_network, gradients_with
>>> C, wrong = gradients_with(layers, x, y, bias_gradient=bias_gradient_as_one_number)
>>> print(check_network(layers, x, y, wrong, candidates={}).diagnosis[0])
b1: It is one number for all 3, their sum: a sum with no axis. Sum over the examples only.

```
"""

from __future__ import annotations

import numpy as np

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["bias_gradient_as_one_number"]


@equation("WRONG BP3: one sum of δ^l, over examples and units", delta="n m?")
def bias_gradient_as_one_number(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return the sum of the error over the examples and the units.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer.
    keepdims : bool
        Return (1, 1) instead of () for a batch.

    Returns
    -------
    not_dC_db : array of shape () or (1, 1)
        The sum of all entries of the gradient.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of columns.

    Examples
    --------
    Two units, three examples:

    >>> import numpy as np
    >>> float(bias_gradient_as_one_number(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])))
    21.0
    """
    return np.sum(delta, keepdims=keepdims and delta.ndim == 2)


MISTAKE = register(bias_gradient_as_one_number)
