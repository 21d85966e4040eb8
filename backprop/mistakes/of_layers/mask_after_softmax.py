r"""The causal mask is applied to the attention weights after softmax, and not to the scores before it.

$$
\underbrace{P}_{m \times t \times s} \ne \underbrace{\text{mask}}_{t \times s} \odot \operatorname{softmax} \bigl( \underbrace{S}_{m \times t \times s} \bigr)
$$

The mask has a 1 where a query may see a key, and a 0 otherwise. The right weights are [softmax of scores in which forbidden entries are $-\infty$][attention].

# Why it looks right

Both ways give forbidden keys the weight 0. But a mask after softmax leaves rows that do not sum to 1. And the forbidden scores stay in the denominator of softmax, so they still change the other weights. Here `np.tril` sets the entries above the diagonal to 0, as the mask does:

```pycon
>>> import numpy as np
>>> S = np.log(np.array([[1.0, 3.0], [1.0, 1.0]]))
>>> P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
>>> np.tril(P)
array([[0.25, 0.  ],
       [0.5 , 0.5 ]])

```

Query 1 may only see key 1, so the weight of this key must be 1. Here it is $\frac14$, because of the score of key 2.

The mistake can be in one pass or in both:

- **In the backward pass.** The forward pass is right. The backward pass computes $P$ again, and masks it after softmax. This is the function of this page, and a gradient check finds it.
- **In the forward pass, with the usual backward formula.** The code keeps the masked $P$ and gives it to [the backward formula of softmax][attention]. This formula is derived for rows that sum to 1. Here they do not, and a gradient check finds it, too.
- **In both passes, with a derivative that fits.** Then the gradient is right, for the wrong function. *No gradient check can find this.*

For the last case, test the meaning. Change the last key, and see whether an earlier output changes:

```pycon
>>> def attention_masked_late(Q, K, V):
...     e = np.exp(Q @ np.swapaxes(K, 1, 2) / np.sqrt(Q.shape[2]))
...     return np.tril(e / e.sum(axis=2, keepdims=True)) @ V
>>> rng = np.random.default_rng(0)
>>> Q, K, V, r = rng.normal(size=(4, 1, 3, 2))
>>> K_changed = K.copy()
>>> K_changed[0, 2] += 1
>>> from backprop.layers import attention
>>> (attention_masked_late(Q, K_changed, V) != attention_masked_late(Q, K, V)).any(axis=2).tolist()
[[True, True, True]]
>>> (attention(Q, K_changed, V, causal=True) != attention(Q, K, V, causal=True)).any(axis=2).tolist()
[[False, False, True]]

```

Place 1 must not see place 3. With the late mask its output changes.

# When the shapes still fit

In every network, because the mask has the same shape before and after softmax. The last query sees all keys, so its row is right. With one place only there is no mistake.

# What the loss does

Causal attention gets four bits and their places. At each place it must give the bit before it, and 0 at the first place. So the queries and keys must learn where to look. The forward pass is right, and the backward pass has the late mask. The learning rate is 2.
Here are the losses at the start, after one step and after 300 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import attention_backward_with_mask_after_softmax, losses, specimen
>>> network = specimen(attention_backward_with_mask_after_softmax)
>>> right = losses(network, 2.0, 300)
>>> wrong = losses(network, 2.0, 300, attention_backward_with_mask_after_softmax)
>>> [round(right[k], 3) for k in (0, 1, 300)]
[0.116, 0.114, 0.024]
>>> [round(wrong[k], 3) for k in (0, 1)]
[0.116, 0.114]
>>> bool(wrong[300] > 2 * right[300])
True

```

It falls at first, and then it stops far above the right one. In the early places, the weights of the backward pass are too small.

# What the gradient check says

It names the mistake:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, attention_backward_with_mask_after_softmax)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W_q: It is what attention_backward_with_mask_after_softmax gives.

```

For the second case, the cost is that of the late mask. The function of this page computes the same masked $P$ and uses the usual formula. The check refuses it here as well:

```pycon
>>> def cost(p):
...     return np.sum(r * attention_masked_late(**p))
>>> p = {"Q": Q, "K": K, "V": V}
>>> usual = attention_backward_with_mask_after_softmax(r, Q, K, V, causal=True)
>>> check_gradients(cost, p, dict(zip(p, usual))).ok
False

```

In the third case the mask is a constant factor after softmax. So the backward pass masks the errors first, and then uses the $P$ that is not masked. This derivative fits, and the check passes:

```pycon
>>> e = np.exp(Q @ np.swapaxes(K, 1, 2) / np.sqrt(2))
>>> P = e / e.sum(axis=2, keepdims=True)
>>> dC_dP = np.tril(r @ np.swapaxes(V, 1, 2))
>>> dC_dS = P * (dC_dP - np.sum(P * dC_dP, axis=2, keepdims=True)) / np.sqrt(2)
>>> fits = {"Q": dC_dS @ K, "K": np.swapaxes(dC_dS, 1, 2) @ Q, "V": np.swapaxes(np.tril(P), 1, 2) @ r}
>>> check_gradients(cost, p, fits).ok
True

```
"""

from __future__ import annotations

import math

import numpy as np

from ..._arrays import Array
from ...layers import AttentionGradients, attention_backward
from ...layers._contract import layer
from ._training import attention_network, register

__all__ = ["attention_backward_with_mask_after_softmax"]


@layer("WRONG: P = mask ⊙ softmax(Q Kᵀ / √d)", "attention", dC_dout="m t d_v", Q="m t d", K="m s d", V="m s d_v")
def attention_backward_with_mask_after_softmax(
    dC_dout: Array, Q: Array, K: Array, V: Array, *, causal: bool = False
) -> AttentionGradients:
    r"""Return the derivatives of attention, with weights that are masked after softmax.

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
        As given to `attention`. If it is false, there is no mask, and everything is right.

    Returns
    -------
    not_gradients : AttentionGradients
        All three are wrong.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    The first query sees only the first key, so the right gradient of the first value is $1 + \frac12$:

    >>> import numpy as np
    >>> zeros, ones = np.zeros((1, 2, 1)), np.ones((1, 2, 1))
    >>> attention_backward_with_mask_after_softmax(ones, zeros, zeros, zeros, causal=True).dC_dV.tolist()
    [[[1.0], [0.5]]]
    """
    right = attention_backward(dC_dout, Q, K, V, causal=causal)
    if not causal:
        return right
    S = Q @ np.swapaxes(K, 1, 2) / math.sqrt(Q.shape[2])
    e = np.exp(S - np.max(S, axis=2, keepdims=True))
    P = np.tril(e / np.sum(e, axis=2, keepdims=True))
    dC_dP = dC_dout @ np.swapaxes(V, 1, 2)
    dC_dS = P * (dC_dP - np.sum(P * dC_dP, axis=2, keepdims=True)) / math.sqrt(Q.shape[2])
    return AttentionGradients(dC_dS @ K, np.swapaxes(dC_dS, 1, 2) @ Q, np.swapaxes(P, 1, 2) @ dC_dout)


MISTAKE = register(attention_backward_with_mask_after_softmax, attention_network, 2.0, 300)
