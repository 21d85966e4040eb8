r"""The factor 1/√d of the scores is forgotten in the backward pass of attention.

$$
\underbrace{\frac{\partial C}{\partial Q}}_{m \times t \times d}
\ne \underbrace{\frac{\partial C}{\partial S}}_{m \times t \times s} \; \underbrace{K}_{m \times s \times d}
$$

The forward pass computes the scores $S = Q K^{\mathsf T} / \sqrt d$ of $t$ queries and $s$ keys, each with $d$ entries. A constant factor stays in the derivative, so [both $\partial C / \partial Q$ and $\partial C / \partial K$ have it][attention]. The gradient of the values $V$ does not, because they are not in the scores.

# Why it looks right

The derivative of a matrix product is another matrix product, and the factor is not part of it. In many programs it is in a line of its own, between the product and softmax. There it is only a constant that keeps the scores small, so it is easily left out.

The opposite mistake is to use the factor twice. It is applied to $\partial C / \partial S$ and once more to the product with $K$. Then the gradient is $\sqrt d$ times too small.

# When the shapes still fit

In every network, because a factor changes no shape. With $d = 1$ the factor is 1, and a test cannot see it.

# What the loss does

Causal attention gets four bits and their places. At each place it must give the bit before it, and 0 at the first place. Queries and keys have $d = 16$ entries, so their gradients are 4 times too large. The learning rate is 4. Here are the losses at the start, after one step, after 20 and after 200 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import attention_backward_without_scale, losses, specimen
>>> network = specimen(attention_backward_without_scale)
>>> right = losses(network, 4.0, 200)
>>> wrong = losses(network, 4.0, 200, attention_backward_without_scale)
>>> [round(right[k], 3) for k in (0, 1, 20, 200)]
[0.116, 0.112, 0.092, 0.023]
>>> [round(wrong[k], 3) for k in (0, 1, 20, 200)]
[0.116, 0.108, 0.065, 0.021]

```

**It falls even faster.** For $W_q$ and $W_k$, the mistake is a learning rate that is $\sqrt d$ times larger. Here a larger one works better. The factor is positive, so in this network small steps go downhill. But a learning rate that was found with this code
does not fit another $d$. And for a program without the mistake, it is too small. Adam hides the factor in $W_q$ and $W_k$, because it divides each gradient by its size. It cannot hide the factor in the layers before the attention. Their error is a sum of three parts. Those through $Q$ and $K$ are too large, and that through $V$ is right. So the sum has another direction.

# What the gradient check says

It finds the factor, sees that it is the root of a size, and names the mistake:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, attention_backward_without_scale)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W_q: It is 4 times the right gradient. Look for a constant such as m, 2 or 1/2 that only one of the cost and the gradient has. That number is √16, and axis 1 has 16 entries. So look for a scale 1/√d, too, as in the scores of an attention. It is what attention_backward_without_scale gives.

```
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import AttentionGradients, attention, attention_backward
from ...layers._contract import layer
from ._training import attention_network, register

__all__ = ["attention_backward_without_scale"]


@layer("WRONG: ∂C/∂Q = ∂C/∂S K,  ∂C/∂K = (∂C/∂S)ᵀ Q", "attention", dC_dout="m t d_v", Q="m t d", K="m s d", V="m s d_v")
def attention_backward_without_scale(
    dC_dout: Array, Q: Array, K: Array, V: Array, *, causal: bool = False
) -> AttentionGradients:
    r"""Return the derivatives of attention, but for the queries and keys without the factor $1 / \sqrt d$.

    Parameters
    ----------
    dC_dout : array of shape (m, t, d_v)
        Derivative of the cost with respect to the output of `attention`.
    Q : array of shape (m, t, d)
        Queries, as given to `attention`.
    K : array of shape (m, s, d)
        Keys.
    V : array of shape (m, s, d_v)
        Values.
    causal : bool
        As given to `attention`.

    Returns
    -------
    not_gradients : AttentionGradients
        `dC_dQ` and `dC_dK` are $\sqrt d$ times too large, `dC_dV` is right.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    Here $d$ is 4. The right gradient of the query is half of this:

    >>> import numpy as np
    >>> Q, K = np.zeros((1, 1, 4)), np.array([[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]])
    >>> attention_backward_without_scale(np.ones((1, 1, 1)), Q, K, np.array([[[2.0], [6.0]]])).dC_dQ.tolist()
    [[[-1.0, 1.0, 0.0, 0.0]]]
    """
    right = attention_backward(dC_dout, Q, K, V, causal=causal)
    P = attention(Q, K, np.broadcast_to(np.eye(K.shape[1]), (*K.shape[:2], K.shape[1])), causal=causal)
    dC_dP = dC_dout @ np.swapaxes(V, 1, 2)
    dC_dS = P * (dC_dP - np.sum(P * dC_dP, axis=2, keepdims=True))
    return right._replace(dC_dQ=dC_dS @ K, dC_dK=np.swapaxes(dC_dS, 1, 2) @ Q)


MISTAKE = register(attention_backward_without_scale, attention_network, 4.0, 200)
