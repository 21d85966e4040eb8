r"""The weight gradient is divided by the number of examples a second time.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_l \times n_{l-1}}
    \ne \frac1m \, \underbrace{\delta^{l}}_{n_l \times m} \, \underbrace{(a^{l-1})^{\mathsf T}}_{m \times n_{l-1}}
    $$

    The cost is a mean over the $m$ examples here, so $\delta^{l}$ already contains the factor $\frac1m$. [BP4][bp4-weight-gradient] is
    $\delta^{l} (a^{l-1})^{\mathsf T}$, without another one.

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l}
    \ne \frac1m \, \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \, \underbrace{\delta^{l}}_{m \times n_l}
    $$

    The cost is a mean over the $m$ examples here, so $\delta^{l}$ already contains the factor $\frac1m$. [BP4][bp4-weight-gradient] is
    $(a^{l-1})^{\mathsf T} \delta^{l}$, without another one.

# Why it looks right

The cost is a mean over the examples, and a mean has its $\frac1m$. But the derivative $\nabla_a C$ of this cost contains the $\frac1m$ already,
and BP1 and BP2 pass it on to every $\delta$. So the weight gradient gets the factor $\frac1{m^2}$ instead of $\frac1m$.

Some courses leave the $\frac1m$ out of $\delta$. Ng's `dZ` is such an error. Then dividing by $m$ in the weight gradient is right. It must be done
once: in $\delta$ or here, and not in both.

# When the shapes still fit

In every network, because dividing by a number changes no shape. With one example $m$ is 1, and nothing is wrong.

# What the loss does

In the network that answers [three questions about three bits][backprop.mistakes.specimen] it falls, but too slowly: every step of the weights is $m$
times too small. Here are the losses at the start, after one step and after 500 steps, first with the right gradient. The code has examples as columns;
in rows the losses are the same:

```pycon
>>> from backprop.mistakes import losses, specimen, weight_gradient_by_mean
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, weight_gradient=weight_gradient_by_mean)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.4, 0.2]

```

The factor is positive, so no entry of the gradient changes its sign. A step still goes downhill, if the learning rate is small enough and the
gradient is not 0.

If the bias gradient is divided by $m$ as well, the whole gradient has the factor $\frac1m$. Then gradient descent with the learning rate $\eta$
does what the right gradient does with the learning rate $\eta / m$. Here $m$ is 8, and 16 in place of 2 gives the same losses:

```pycon
>>> from backprop.mistakes import bias_gradient_by_mean
>>> both = {"weight_gradient": weight_gradient_by_mean, "bias_gradient": bias_gradient_by_mean}
>>> slow = losses(layers, x, y, 16.0, 20, **both)
>>> slow == losses(layers, x, y, 2.0, 20)
True

```

This is true as long as all batches have the same size. Often the last batch of an epoch is smaller than the others. Its gradient is divided by a
smaller number, so its step is too large compared with the others.

# What the gradient check says

It finds the constant factor, and it names the mistake:

```pycon
>>> from backprop.mistakes import check_network, gradients_with
>>> C, wrong = gradients_with(layers, x, y, weight_gradient=weight_gradient_by_mean)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
W1: It is 1/8 of the right gradient. Look for a constant such as m, 2 or 1/2 that only one of the cost and the gradient has. It is what weight_gradient_by_mean gives.

```
"""

from __future__ import annotations

from .._arrays import Array, count_examples, over_examples
from ..bp4_weight_gradient import weight_gradient
from ..shapes import equation
from ._experiment import register

__all__ = ["weight_gradient_by_mean"]


@equation("WRONG BP4: 1/m δ^l (a^{l−1})ᵀ", delta="n m?", a_prev="n_prev m?")
def weight_gradient_by_mean(delta: Array, a_prev: Array) -> Array:
    r"""Return $\frac1m \, \delta^l (a^{l-1})^{\mathsf T}$, which divides by the number of examples again.

    Parameters
    ----------
    delta : array of shape (n,) or (n, m)
        Error $\delta^l$ of the layer; it already contains the 1/m.
    a_prev : array of shape (n_prev,) or (n_prev, m)
        Activation $a^{l-1}$ of the previous layer.

    Returns
    -------
    not_dC_dW : array of shape (n, n_prev)
        The gradient, divided by m.

    Raises
    ------
    ShapeError
        If one is a batch and the other is not, or of another number of examples.

    Examples
    --------
    Two examples, whose gradient is $1 \cdot 2 + 1 \cdot 4 = 6$:

    >>> import numpy as np
    >>> weight_gradient_by_mean(np.array([[1.0, 1.0]]), np.array([[2.0, 4.0]]))
    array([[3.]])
    """
    return over_examples(weight_gradient(delta, a_prev), count_examples(delta))


MISTAKE = register(weight_gradient_by_mean)
