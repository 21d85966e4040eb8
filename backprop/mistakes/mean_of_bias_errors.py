r"""The bias gradient is the mean of the errors, instead of their sum.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \ne \underbrace{\frac1m \sum_{i=1}^{m} \delta^{l}_{\cdot i}}_{n_l}
    $$

    Column $i$ of $\delta^{l}$, written $\delta^{l}_{\cdot i}$, is the error in example $i$. [BP3][bp3-bias-gradient] is the sum
    $\sum_i \delta^{l}_{\cdot i}$. If the cost is a mean, its $\frac1m$ is in $\delta^{l}$ already.

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l}
    \ne \underbrace{\frac1m \sum_{i=1}^{m} \delta^{l}_{i \cdot}}_{n_l}
    $$

    Row $i$ of $\delta^{l}$, written $\delta^{l}_{i \cdot}$, is the error in example $i$. [BP3][bp3-bias-gradient] is the sum
    $\sum_i \delta^{l}_{i \cdot}$. If the cost is a mean, its $\frac1m$ is in $\delta^{l}$ already.

# Why it looks right

The reason is the same as for [`weight_gradient_by_mean`][backprop.mistakes.weight_gradient_by_mean]: the cost is a mean, so one expects a $\frac1m$.
Also, when we have many numbers and need one, we often take their mean.

If the cost is a sum over the examples, $\delta^{l}$ contains no $\frac1m$. The gradient needs none then, so BP3 is a sum again. As long as
$\delta^{l}$ means $\partial C / \partial z^{l}$, no cost asks for the mean of $\delta^{l}$. The mean is right only if $\delta^{l}$ means
something else: in Ng's course, `dZ` leaves out the $\frac1m$ of the cost.

# When the shapes still fit

In every network: the mean over the examples has the shape of the sum. With one example $m$ is 1, and the two are equal.

# What the loss does

In the network that answers [three questions about three bits][backprop.mistakes.specimen] it falls, but more slowly. Every step of the biases is $m$ times
too small, so the biases change more slowly than the weights, by a factor of $m$. Here are the losses at the start, after one step and after 500 steps,
first with the right gradient. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import bias_gradient_by_mean, losses, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, bias_gradient=bias_gradient_by_mean)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.4, 0.12]

```

The factor is positive, so no entry of the gradient changes its sign. A step still goes downhill, if the learning rate is small enough and the
gradient is not 0.

# What the gradient check says

It finds the constant factor, and it names the mistake:

```pycon
>>> from backprop.mistakes import check_network, gradients_with
>>> C, wrong = gradients_with(layers, x, y, bias_gradient=bias_gradient_by_mean)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
b1: It is 1/8 of the right gradient. Look for a mean over 8 examples or positions in place of a sum. If there is none, the backward pass may be right, and the cost may add this parameter 8 times: check the forward pass, too. It is what bias_gradient_by_mean gives.

```
"""

from __future__ import annotations

from .._arrays import Array, count_examples, over_examples
from ..bp3_bias_gradient import bias_gradient
from ..shapes import equation
from ._experiment import register

__all__ = ["bias_gradient_by_mean"]


@equation("WRONG BP3: mean of δ^l over the examples", delta="n m?")
def bias_gradient_by_mean(delta: Array, *, keepdims: bool = False) -> Array:
    r"""Return the mean of the error over the examples.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer; it already contains the 1/m.
    keepdims : bool
        Return (n, 1) instead of (n,).

    Returns
    -------
    not_dC_db : array of shape (n,) or (n, 1)
        The gradient, divided by m.

    Raises
    ------
    ShapeError
        If `delta` is neither one example nor a batch of columns.

    Examples
    --------
    Two units, three examples:

    >>> import numpy as np
    >>> bias_gradient_by_mean(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    array([2., 5.])
    """
    return over_examples(bias_gradient(delta, keepdims=keepdims), count_examples(delta))


MISTAKE = register(bias_gradient_by_mean)
