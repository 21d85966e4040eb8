r"""The mean and the variance are treated as constants, so their gradients are missing.

$$
\underbrace{\frac{\partial C}{\partial x}}_{m \times n}
\ne \underbrace{\frac{\gamma}{\sqrt{v + \varepsilon}}}_{n} \odot \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times n}
$$

Here $v$ is the variance of each column of $x$, $\gamma$ is the scale of each unit, and $\varepsilon$ is a small constant. The right formula also [subtracts two means][normalization-layers]. They come from the paths through the mean and through the variance.

# Why it looks right

The output is $\gamma$ times a scaled input, plus a shift $\beta$. So the derivative looks like the factor in front of the input. And in evaluation mode this *is* the right formula, because there the mean and the variance are stored
constants. In training they are computed from $x$, so each input also changes them. The right formula is

$$
\begin{aligned}
\frac{\partial C}{\partial x} &= \frac{1}{\sqrt{v + \varepsilon}} \odot \bigl( g - \operatorname{mean}(g) \\
& \qquad - \hat x \odot \operatorname{mean}(g \odot \hat x) \bigr) .
\end{aligned}
$$

Here $g = \gamma \odot \partial C / \partial \text{out}$, and $\hat x$ is the normalized input. The means are those of the columns.

The mistake was made in public: one batch norm operation of a large library [left out the paths through the mean and the variance](https://github.com/deeplearning4j/deeplearning4j/issues/8335).

Take one unit, four examples and a large $\varepsilon$, so that the numbers are exact. The mean is 4, the variance is $\frac{31}2$, and the root of $\frac{31}2 + \frac12$ is 4. If all four inputs grow by the same amount, the output stays the same. So the right gradient sums to 0, and the wrong one does not:

```pycon
>>> import numpy as np
>>> from backprop.layers import batch_norm_backward
>>> from backprop.mistakes.of_layers import batch_norm_backward_with_constants
>>> x = np.array([[-1.0], [3.0], [4.0], [10.0]])
>>> dC_dout = np.array([[1.0], [-1.0], [0.0], [2.0]])
>>> for backward in (batch_norm_backward, batch_norm_backward_with_constants):
...     print(backward(dC_dout, x, [2.0], [1.0], epsilon=0.5).dC_dx.ravel().tolist())
[0.5625, -0.6875, -0.25, 0.375]
[0.5, -0.5, 0.0, 1.0]

```

# When the shapes still fit

In every network, because only terms of the same shape are missing.

# What the loss does

The network has three inputs, a dense layer of four units, batch norm, tanh and three outputs. It answers [three questions about three bits][backprop.mistakes.specimen]. The learning rate is 0.5.
Here are the losses at the start, after one step and after 100 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import gradients_with, losses, specimen
>>> network = specimen(batch_norm_backward_with_constants)
>>> right = losses(network, 0.5, 100)
>>> wrong = losses(network, 0.5, 100, batch_norm_backward_with_constants)
>>> [round(right[k], 2) for k in (0, 1, 100)]
[0.44, 0.42, 0.07]
>>> [round(wrong[k], 2) for k in (0, 1, 100)]
[0.44, 0.42, 0.1]

```

The loss falls nearly as fast. The gradients after batch norm are right, so the later layers learn. With some other starting weights, the wrong gradient is even faster.

The biases of the dense layer show the mistake. Batch norm subtracts them again, so they have no effect, and their right gradient is 0. With the wrong gradient, gradient descent changes them for nothing:

```pycon
>>> bool(np.abs(gradients_with(network)["b1"]).max() < 1e-15)
True
>>> gradients_with(network, batch_norm_backward_with_constants)["b1"].round(3)
array([ 0.048, -0.017, -0.124,  0.013])

```

# What the gradient check says

It names the mistake. For the biases it also says which path to look at:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates
>>> wrong = gradients_with(network, batch_norm_backward_with_constants)
>>> for sentence in check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network)).diagnosis:
...     print(sentence)
W1: It is what batch_norm_backward_with_constants gives.
b1: The right gradient is 0, and this one is not. The size of W1 has no influence, so a normalization follows, which subtracts this bias again. Likely the path through its mean is missing or wrong. It is what batch_norm_backward_with_constants gives.

```

With the cost `out.sum()`, [the exact gradient is 0][normalization-layers]. A check with it finds this mistake, because the wrong gradient is not 0. But a check with this cost cannot see a backward function that returns zeros.
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import BatchNormGradients, batch_norm, batch_norm_backward, dense, dense_backward
from ...layers._contract import layer
from ._training import Backward, Network, Parameters, cost_of, output_error, register, three_questions

__all__ = ["batch_norm_backward_with_constants"]


@layer("WRONG: ∂C/∂x = γ / √(variance + ε) ⊙ ∂C/∂out", "normalization", dC_dout="m n", x="m n", gamma="n", beta="n")
def batch_norm_backward_with_constants(
    dC_dout: Array, x: Array, gamma: Array, beta: Array, *, epsilon: float = 1e-5
) -> BatchNormGradients:
    r"""Return the derivatives of batch norm in training, but for the inputs those of evaluation mode.

    Parameters
    ----------
    dC_dout : array of shape (m, n)
        Derivative of the cost with respect to the output of `batch_norm`.
    x : array of shape (m, n)
        Inputs, as given to `batch_norm`.
    gamma : array of shape (n,)
        Scale of each unit.
    beta : array of shape (n,)
        Shift of each unit.
    epsilon : float
        As given to `batch_norm`.

    Returns
    -------
    not_gradients : BatchNormGradients
        `dC_dx` is wrong, `dC_dgamma` and `dC_dbeta` are right.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    The errors of the unit are equal. No input can then change the cost, but this gives 4 for each:

    >>> import numpy as np
    >>> x = np.array([[0.0], [4.0], [5.0], [3.0]])
    >>> batch_norm_backward_with_constants(np.full((4, 1), 8.0), x, [1.0], [0.0], epsilon=0.5).dC_dx.ravel().tolist()
    [4.0, 4.0, 4.0, 4.0]
    """
    right = batch_norm_backward(dC_dout, x, gamma, beta, epsilon=epsilon)
    return right._replace(dC_dx=gamma / np.sqrt(np.var(x, axis=0) + epsilon) * dC_dout)


def network() -> Network:
    """Return a network with batch norm between its first dense layer and tanh. The bias of this layer has no effect."""
    x, y = three_questions()

    def forward(p: Parameters) -> tuple[Array, ...]:
        z = dense(x, p["W1"], p["b1"])
        a = np.tanh(batch_norm(z, p["gamma"], p["beta"]))
        return z, a, dense(a, p["W2"], p["b2"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        z, a, out = forward(p)
        dC_da, dC_dW2, dC_db2 = dense_backward(output_error(out, y), a, p["W2"], p["b2"])
        dC_dz, dC_dgamma, dC_dbeta = backward(dC_da * (1 - a**2), z, p["gamma"], p["beta"])
        _, dC_dW1, dC_db1 = dense_backward(dC_dz, x, p["W1"], p["b1"])
        return dict(zip(p, (dC_dW1, dC_db1, dC_dgamma, dC_dbeta, dC_dW2, dC_db2)))

    rng = np.random.default_rng(1)
    p = {"W1": rng.normal(size=(3, 4)), "b1": np.zeros(4), "gamma": np.ones(4), "beta": np.zeros(4)}
    p |= {"W2": rng.normal(size=(4, 3)), "b2": np.zeros(3)}
    return Network(
        "three questions about three bits", p, lambda p: cost_of(forward(p)[-1], y), gradients, batch_norm_backward
    )


MISTAKE = register(batch_norm_backward_with_constants, network, 0.5, 100)
