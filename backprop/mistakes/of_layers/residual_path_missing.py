r"""The error goes back through the block only, and the residual path around it is forgotten.

$$
\underbrace{\frac{\partial C}{\partial x}}_{m \times n}
\ne \underbrace{B \Bigl( \frac{\partial C}{\partial \text{out}} \Bigr)}_{m \times n}
$$

The forward pass is $\text{out} = x + F(x)$, where $F$ is one or more layers, a **block**. Here $B$ is what the backward pass of the block $F$ gives for its input. The right gradient is [the sum $\partial C / \partial \text{out} + B(\partial C / \partial \text{out})$][residual].

# Why it looks right

In a chain of layers, each backward function gets what the next one returned. A residual connection is only a plus sign in a line of the forward pass, and not a layer. So the loop over the layers does not meet it.

All gradients inside of a block are right if its own error is right. So the last block has right gradients. If nothing before it is learned, nothing shows the mistake.

# When the shapes still fit

In every network. The output of the block has the shape of its input, or the two could not be added.

# What the loss does

The network has a tanh layer of four units, two residual blocks of four tanh units, and three outputs. It answers [three questions about three bits][backprop.mistakes.specimen]. The weights of the blocks start small. The learning rate is 1.
Here are the losses at the start, after one step and after 200 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, residual_gradient_without_skip, specimen
>>> network = specimen(residual_gradient_without_skip)
>>> right = losses(network, 1.0, 200)
>>> wrong = losses(network, 1.0, 200, residual_gradient_without_skip)
>>> [round(right[k], 3) for k in (0, 1, 200)]
[0.647, 0.496, 0.004]
>>> [round(wrong[k], 3) for k in (0, 1, 200)]
[0.647, 0.586, 0.035]

```

It falls, but more slowly. If the weights of a block are small, hardly any error gets through it. The residual path was meant to prevent exactly this. Here are the norms of the gradients of the first three layers at the start, right and wrong:

```pycon
>>> import numpy as np
>>> from backprop.mistakes.of_layers import gradients_with
>>> for backward in (None, residual_gradient_without_skip):
...     found = gradients_with(network, backward)
...     print([round(float(np.linalg.norm(found[name])), 3) for name in ("W1", "W2", "W3")])
[0.107, 0.198, 0.145]
[0.005, 0.024, 0.145]

```

# What the gradient check says

It names the mistake. The last block has right gradients, so the report says that the mistake is in the step from this block back to the one before:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates
>>> wrong = gradients_with(network, residual_gradient_without_skip)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W1: It is what residual_gradient_without_skip gives.
>>> print(report.where[0].says)
W3 and b3 are right, so the error of layer 3 is right. W1, b1, W2 and b2 are wrong. Look at the step from layer 3 back to layer 2 (BP2): W3 transposed, and the elementwise product with σ′ of layer 2 at z.

```

The report knows only dense layers, so it does not name the residual path. The missing term belongs to the step that it names.
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import dense, dense_backward
from ...layers._contract import layer
from ._training import Backward, Network, Parameters, cost_of, output_error, register, three_questions

__all__ = ["residual_gradient_without_skip"]


@layer("WRONG: ∂C/∂x = B(∂C/∂out)", "residual", dC_dout="*any", of_block="*any")
def residual_gradient_without_skip(dC_dout: Array, of_block: Array) -> Array:
    r"""Return what the block gives for its input, without the error of the residual path.

    Parameters
    ----------
    dC_dout : array of any shape
        Derivative of the cost with respect to `x + F(x)`. The right function adds it.
    of_block : array of the same shape
        What the backward pass of the block `F` gives for its input, if its output has the error `dC_dout`.

    Returns
    -------
    not_dC_dx : array of the same shape
        The derivative along one of the two paths.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    The right result is $(3.5, -2.75)$:

    >>> residual_gradient_without_skip([1.0, -2.0], [2.5, -0.75]).tolist()
    [2.5, -0.75]
    """
    return of_block


def _residual_gradient(dC_dout: Array, of_block: Array) -> Array:
    return dC_dout + of_block


def network() -> Network:
    """Return a network of a dense layer, two residual blocks and the output layer."""
    x, y = three_questions()

    def forward(p: Parameters) -> tuple[Array, ...]:
        x1 = np.tanh(dense(x, p["W1"], p["b1"]))
        f2 = np.tanh(dense(x1, p["W2"], p["b2"]))
        x2 = x1 + f2
        f3 = np.tanh(dense(x2, p["W3"], p["b3"]))
        x3 = x2 + f3
        return x1, f2, x2, f3, x3, dense(x3, p["W4"], p["b4"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        x1, f2, x2, f3, x3, out = forward(p)
        dC_dx3, dC_dW4, dC_db4 = dense_backward(output_error(out, y), x3, p["W4"], p["b4"])
        of_block, dC_dW3, dC_db3 = dense_backward(dC_dx3 * (1 - f3**2), x2, p["W3"], p["b3"])
        dC_dx2 = backward(dC_dx3, of_block)
        of_block, dC_dW2, dC_db2 = dense_backward(dC_dx2 * (1 - f2**2), x1, p["W2"], p["b2"])
        dC_dx1 = backward(dC_dx2, of_block)
        _, dC_dW1, dC_db1 = dense_backward(dC_dx1 * (1 - x1**2), x, p["W1"], p["b1"])
        return dict(zip(p, (dC_dW1, dC_db1, dC_dW2, dC_db2, dC_dW3, dC_db3, dC_dW4, dC_db4)))

    rng = np.random.default_rng(2)
    sizes = [(1.0, 3, 4), (0.25, 4, 4), (0.25, 4, 4), (1.0, 4, 3)]
    p: Parameters = {}
    for l, (scale, n_prev, n) in enumerate(sizes, 1):
        p |= {f"W{l}": scale * rng.normal(size=(n_prev, n)), f"b{l}": np.zeros(n)}
    return Network(
        "three questions about three bits", p, lambda p: cost_of(forward(p)[-1], y), gradients, _residual_gradient
    )


MISTAKE = register(residual_gradient_without_skip, network, 1.0, 200)
