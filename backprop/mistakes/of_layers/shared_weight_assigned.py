r"""A weight is used twice, and the gradient of one use overwrites that of the other.

$$
\underbrace{\frac{\partial C}{\partial W}}_{d \times n} \ne \underbrace{x^{\mathsf T}}_{d \times m} \, \underbrace{\delta}_{m \times n}
$$

This is for $h = \tanh(x W)$ and $\text{out} = h W^{\mathsf T}$. The two errors are $e = \partial C / \partial \text{out}$ and $\delta = (e W) \odot (1 - h^2)$, the derivative with respect to $x W$. The second use gives $e^{\mathsf T} h$, and the right gradient is [the sum $x^{\mathsf T} \delta + e^{\mathsf T} h$][residual].

# Why it looks right

The backward pass comes to the second use of $W$ first and stores its gradient. Then it comes to the first use and stores that gradient under the same name, with `=` in place of `+=`. Each of the two formulas is right, and code with `=` is
right as long as no weight is shared.

[Many ask why the two must be added](https://stats.stackexchange.com/questions/239943). A change of $W$ changes both uses, so there are two paths to the cost.

# When the shapes still fit

Always, because both gradients have the shape of $W$.

# What the loss does

The network is an autoencoder with **tied weights**. It makes a code of two numbers from four bits, and the bits from the code, with the same weights. The learning rate is 2. Here are the losses at the start, after one step and after 500 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, shared_gradient_by_assignment, specimen
>>> network = specimen(shared_gradient_by_assignment)
>>> right = losses(network, 2.0, 500)
>>> wrong = losses(network, 2.0, 500, shared_gradient_by_assignment)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.47, 0.46, 0.01]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.47, 0.46, 0.25]

```

It falls at first, and then it stops far above the right one. After 500 steps, the gradient of the first use has become small. That of the second use is more than ten times as large, but it is overwritten.

In a recurrent layer, [each time step uses the same weights][recurrence]. If the gradient is assigned at each step, only the first step is left.

# What the gradient check says

It names the mistake. And it says that errors of several places must be added:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, shared_gradient_by_assignment)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W: It is what shared_gradient_by_assignment gives.
>>> print(report.where[1].says)
If its result is used in several places, the errors of all of them must be added.

```
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import dense, dense_backward
from ._training import Backward, Network, Parameters, cost_of, output_error, register

__all__ = ["shared_gradient_by_assignment"]


def shared_gradient_by_assignment(*gradients: Array) -> Array:
    """Return the last of the gradients, because each is assigned and none is added.

    Parameters
    ----------
    *gradients : arrays of one shape
        The gradient of each use of the weight, in the order in which the backward pass computes them: the last use first.

    Returns
    -------
    not_dC_dW : array of this shape
        The gradient of the first use.

    Raises
    ------
    IndexError
        If there is no gradient.

    Examples
    --------
    The right result is their sum, 6:

    >>> shared_gradient_by_assignment(3.0, -2.0, 5.0)
    5.0
    """
    dC_dW = gradients[0]
    for gradient in gradients[1:]:
        dC_dW = gradient
    return dC_dW


def _shared_gradient(*gradients: Array) -> Array:
    return sum(gradients[1:], start=gradients[0])


def network() -> Network:
    """Return a network that makes a code of two numbers from four bits, and the bits from the code, with the same weights."""
    x = np.array([[k <= bit < k + 4 for bit in range(4)] for k in range(-4, 4)], dtype=float)

    def forward(p: Parameters) -> tuple[Array, Array]:
        h = np.tanh(dense(x, p["W"], p["b1"]))
        return h, dense(h, p["W"].T, p["b2"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        h, out = forward(p)
        dC_dh, of_second_use, dC_db2 = dense_backward(output_error(out, x), h, p["W"].T, p["b2"])
        _, of_first_use, dC_db1 = dense_backward(dC_dh * (1 - h**2), x, p["W"], p["b1"])
        return dict(zip(p, (backward(of_second_use.T, of_first_use), dC_db1, dC_db2)))

    p = {"W": 0.5 * np.random.default_rng(1).normal(size=(4, 2)), "b1": np.zeros(2), "b2": np.zeros(4)}
    return Network(
        "coding four bits in two numbers", p, lambda p: cost_of(forward(p)[-1], x), gradients, _shared_gradient
    )


MISTAKE = register(shared_gradient_by_assignment, network, 2.0, 500)
