r"""The weight gradient is the sum of the errors times the average of the activations.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
    \ne \underbrace{\Bigl( \sum_{i=1}^{m} \delta^{l}_{\cdot i} \Bigr)}_{n_l \times 1} \,
        \underbrace{\Bigl( \frac1m \sum_{i=1}^{m} a^{l-1}_{\cdot i} \Bigr)^{\mathsf T}}_{1 \times n_{l-1}}
    $$

    Column $i$ of $\delta^{l}$ and of $a^{l-1}$ belongs to example $i$. [BP4][bp4-weight-gradient] multiplies in each example first and then adds the
    products: $\sum_i \delta^{l}_{\cdot i} (a^{l-1}_{\cdot i})^{\mathsf T}$.

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l}
    \ne \underbrace{\Bigl( \frac1m \sum_{i=1}^{m} a^{l-1}_{i \cdot} \Bigr)^{\mathsf T}}_{n_{l-1} \times 1} \,
        \underbrace{\Bigl( \sum_{i=1}^{m} \delta^{l}_{i \cdot} \Bigr)}_{1 \times n_l}
    $$

    Row $i$ of $\delta^{l}$ and of $a^{l-1}$ belongs to example $i$. [BP4][bp4-weight-gradient] multiplies in each example first and then adds the
    products: $\sum_i (a^{l-1}_{i \cdot})^{\mathsf T} \delta^{l}_{i \cdot}$.

The wrong formula treats the batch as if it were one typical example.

# Why it looks right

The bias gradient needs nothing but the sum of the errors. "Average over the batch" is also good advice, but for the gradients. A sum of products
is not a product of sums. The weights learn from which error came with which activation, and two separate sums do not keep that.

The right gradient minus this one is $m$ times the covariance of the errors and the activations over the examples. So the formula is right if all
entries of this covariance are 0. Examples are a batch of one, or a batch in which all examples have the same activations.

Even the sign can be wrong. Take one unit and two examples, with the errors $2, -1$ and the activations $1, 5$. The gradient is
$2 \cdot 1 + (-1) \cdot 5 = -3$. The sum of the errors is 1 and the average of the activations is 3, so the wrong formula gives $1 \cdot 3 = 3$:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import weight_gradient
    >>> from backprop.mistakes import weight_gradient_of_averages
    >>> delta, a_prev = np.array([[2.0, -1.0]]), np.array([[1.0, 5.0]])
    >>> weight_gradient(delta, a_prev), weight_gradient_of_averages(delta, a_prev)
    (array([[-3.]]), array([[3.]]))

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows
    >>> delta, a_prev = np.array([[2.0], [-1.0]]), np.array([[1.0], [5.0]])
    >>> rows.weight_gradient(delta, a_prev), np.outer(a_prev.mean(axis=0), delta.sum(axis=0))
    (array([[-3.]]), array([[3.]]))

    ```

# When the shapes still fit

In every network and with every batch. The outer product of the $n_l$ sums and the $n_{l-1}$ averages has the shape of $W^{l}$.

# What the loss does

In the network that answers [three questions about three bits][backprop.mistakes.specimen] it falls at first, and then it stays. Here are the losses at the
start, after one step, after 500 and after 2000 steps, first with the right gradient. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import gradients_with, losses, specimen, weight_gradient_of_averages
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 2000)
>>> wrong = losses(layers, x, y, 2.0, 2000, weight_gradient=weight_gradient_of_averages)
>>> [round(right[k], 2) for k in (0, 1, 500, 2000)]
[0.41, 0.39, 0.03, 0.01]
>>> [round(wrong[k], 2) for k in (0, 1, 500, 2000)]
[0.41, 0.39, 0.29, 0.29]

```

Why does it stay? The sum of the errors is the bias gradient, so the wrong weight gradient is the outer product of the bias gradient and the averages. Where the bias gradient
is 0, the wrong weight gradient is 0 too. Gradient descent stops there, although the right weight gradient need not be 0.
In this network the loss falls about as far as the biases take it. If we train only the biases, we reach the same two digits:

```pycon
>>> def no_gradient(delta, a_prev):
...     return 0 * weight_gradient_of_averages(delta, a_prev)
>>> only_biases = losses(layers, x, y, 2.0, 2000, weight_gradient=no_gradient)
>>> [round(only_biases[k], 2) for k in (0, 1, 500, 2000)]
[0.41, 0.4, 0.29, 0.29]

```

In other networks it can rise, however small the learning rate is. Here is one linear unit with the two examples from above. Its bias gradient is
1, so the wrong and the right gradient have the product $3 \cdot (-3) + 1 \cdot 1 = -8$. It is negative, so a step against the wrong gradient
goes uphill:

=== "Both"

    ```pycon
    >>> from backprop import IDENTITY, Layer
    >>> unit, inputs, targets = [Layer([[0.0]], [0.0], IDENTITY)], np.array([[1.0, 5.0]]), np.array([[-4.0, 2.0]])
    >>> for learning_rate in (0.01, 0.0001):
    ...     before, after = losses(unit, inputs, targets, learning_rate, 1)
    ...     before, after_wrong = losses(unit, inputs, targets, learning_rate, 1, weight_gradient=weight_gradient_of_averages)
    ...     print(after < before, after_wrong > before)
    True True
    True True

    ```

# What the gradient check says

It finds the wrong gradient, and it names the mistake:

```pycon
>>> from backprop.mistakes import check_network
>>> C, wrong = gradients_with(layers, x, y, weight_gradient=weight_gradient_of_averages)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
W1: It is what weight_gradient_of_averages gives.

```
"""

from __future__ import annotations

import numpy as np

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["weight_gradient_of_averages"]


@equation("WRONG BP4: Σ_i δ_i (mean_i a_i)ᵀ", delta="n m", a_prev="n_prev m")
def weight_gradient_of_averages(delta: Array, a_prev: Array) -> Array:
    r"""Return the sum of the errors times the average of the activations.

    Parameters
    ----------
    delta : array of shape (n, m)
        Error $\delta^l$ of the layer.
    a_prev : array of shape (n_prev, m)
        Activation $a^{l-1}$ of the previous layer.

    Returns
    -------
    not_dC_dW : array of shape (n, n_prev)
        The gradient of a batch in which every example has the average activation.

    Raises
    ------
    ShapeError
        If one of them is not a batch, or if they differ in their number of examples.

    Examples
    --------
    >>> import numpy as np
    >>> weight_gradient_of_averages(np.array([[2.0, -1.0]]), np.array([[1.0, 5.0]]))
    array([[3.]])
    """
    return np.outer(delta.sum(axis=1), a_prev.mean(axis=1))


MISTAKE = register(weight_gradient_of_averages)
