r"""The backward pass draws a new mask, and does not use that of the forward pass.

$$
\underbrace{\frac{\partial C}{\partial x}}_{m \times n}
\ne \frac{1}{\text{keep}} \; \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times n} \odot \underbrace{\text{mask}_{\text{new}}}_{m \times n}
$$

Here $\text{keep}$ is the probability that a unit is kept. The mask has a 1 for a unit that is kept, and a 0 for one that is dropped. The right formula has [the mask of the forward pass][dropout].

# Why it looks right

Dropout is random, and a mask that is drawn again has the same distribution. Each entry has the right size on average over the masks. [The question is asked](https://stats.stackexchange.com/questions/207481): is it the mask of the forward pass, or a new one?

But the derivative belongs to the function that was computed. A unit that the forward pass set to 0 had no effect, so its error is 0. With a new mask it can get an error. A unit that had an effect can get none:

```pycon
>>> import numpy as np
>>> from backprop.layers import dropout_backward
>>> from backprop.mistakes.of_layers import dropout_backward_with_new_mask
>>> x, mask = np.ones((1, 6)), np.array([[True, False, True, True, False, True]])
>>> for backward in (dropout_backward, dropout_backward_with_new_mask):
...     print(backward(np.ones((1, 6)), x, mask, keep=0.5).dC_dx.tolist())
[[2.0, 0.0, 2.0, 2.0, 0.0, 2.0]]
[[0.0, 0.0, 0.0, 2.0, 2.0, 0.0]]

```

# When the shapes still fit

In every network: every mask has the shape of its input. There is no mistake to see if nothing is dropped, with $\text{keep} = 1$.

# What the loss does

The network has three inputs, eight tanh units with dropout and three outputs. It answers [three questions about three bits][backprop.mistakes.specimen]. Each of the eight examples is there 16 times, with 16 masks that stay the same in all
steps. So the cost is always the same function. The learning rate is 4, and $\text{keep} = 0.75$.
Here are the losses at the start, after one step and after 500 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, specimen
>>> network = specimen(dropout_backward_with_new_mask)
>>> right = losses(network, 4.0, 500)
>>> wrong = losses(network, 4.0, 500, dropout_backward_with_new_mask)
>>> [round(right[k], 3) for k in (0, 1, 500)]
[0.41, 0.36, 0.018]
>>> [round(wrong[k], 3) for k in (0, 1, 500)]
[0.41, 0.357, 0.028]

```

The two stay close, and the first step is even better with the wrong gradient. By chance, $0.75^2 + 0.25^2 = 62.5$ % of the entries of two masks agree. And the layer after dropout has right gradients.

# What the gradient check says

It needs a cost that always gives the same number, so draw the mask of the forward pass once. The function of this page is not random either. It takes its new mask from a generator, and the mask of the forward pass is its seed.
So the check can name it:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, dropout_backward_with_new_mask)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W1: It is what dropout_backward_with_new_mask gives.

```

Your own code draws yet another mask. Then no candidate is equal to your gradient, but the check refuses it and says where to look:

```pycon
>>> def with_another_mask(dC_dout, x, mask, *, keep):
...     return dropout_backward(dC_dout, x, np.random.default_rng(0).random(mask.shape) < keep, keep=keep)
>>> wrong = gradients_with(network, with_another_mask)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.where[0].says)
W2 and b2 are right, so the error of layer 2 is right. W1 and b1 are wrong. Look at the step from layer 2 back to layer 1 (BP2): W2 transposed, and the elementwise product with σ′ of layer 1 at z.

```

The report knows only dense layers. The dropout is in the step that it names, between layer 2 and layer 1.
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import DropoutGradients, dense, dense_backward, dropout, dropout_backward
from ...layers._contract import layer
from ._training import Backward, Network, Parameters, cost_of, output_error, register, three_questions

__all__ = ["dropout_backward_with_new_mask"]


@layer("WRONG: ∂C/∂x = ∂C/∂out ⊙ a new mask / keep", "dropout", kept=("mask",), dC_dout="*any", x="*any", mask="*any")
def dropout_backward_with_new_mask(dC_dout: Array, x: Array, mask: Array, *, keep: float) -> DropoutGradients:
    """Return the error multiplied by a new mask, which is drawn with a generator that the old mask seeds.

    Parameters
    ----------
    dC_dout : array of any shape
        Derivative of the cost with respect to the output of `dropout`.
    x : array of the same shape
        Input, as given to `dropout`.
    mask : Boolean array of the same shape
        The mask of the forward pass. It is used as a seed only.
    keep : float
        As given to `dropout`.

    Returns
    -------
    not_gradients : DropoutGradients
        `dC_dx` in the shape of `x`: the same for the same arguments.

    Raises
    ------
    ShapeError
        If the shapes differ.
    TypeError
        If the mask is not Boolean.
    ValueError
        If `keep` is not above 0 and at most 1.

    Examples
    --------
    The first two units were dropped. Here the first gets an error, and the two that were kept get none:

    >>> import numpy as np
    >>> x, mask = np.ones(4), np.array([False, False, True, True])
    >>> dropout_backward_with_new_mask(np.ones(4), x, mask, keep=0.5).dC_dx.tolist()
    [2.0, 0.0, 0.0, 0.0]
    """
    rng = np.random.default_rng(np.packbits(mask))
    new_mask = rng.random(mask.shape) < keep
    return dropout_backward(dC_dout, x, new_mask, keep=keep)


def network() -> Network:
    """Return a network with dropout after its hidden layer. Each example is there 16 times, with masks that stay the same."""
    x, y = (np.repeat(data, 16, axis=0) for data in three_questions())
    rng = np.random.default_rng(1)
    mask = rng.random((len(x), 8)) < 0.75

    def forward(p: Parameters) -> tuple[Array, ...]:
        a = np.tanh(dense(x, p["W1"], p["b1"]))
        dropped = dropout(a, mask, keep=0.75)
        return a, dropped, dense(dropped, p["W2"], p["b2"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        a, dropped, out = forward(p)
        dC_ddropped, dC_dW2, dC_db2 = dense_backward(output_error(out, y), dropped, p["W2"], p["b2"])
        dC_da = backward(dC_ddropped, a, mask, keep=0.75).dC_dx
        _, dC_dW1, dC_db1 = dense_backward(dC_da * (1 - a**2), x, p["W1"], p["b1"])
        return dict(zip(p, (dC_dW1, dC_db1, dC_dW2, dC_db2)))

    p = {"W1": rng.normal(size=(3, 8)), "b1": np.zeros(8), "W2": rng.normal(size=(8, 3)), "b2": np.zeros(3)}
    return Network(
        "three questions about three bits", p, lambda p: cost_of(forward(p)[-1], y), gradients, dropout_backward
    )


MISTAKE = register(dropout_backward_with_new_mask, network, 4.0, 500)
