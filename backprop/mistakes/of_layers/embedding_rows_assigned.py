r"""The errors are assigned to the rows of the table, so only the last use of a row counts.

$$
\underbrace{\frac{\partial C}{\partial E_j}}_{n} \ne \underbrace{\frac{\partial C}{\partial \text{out}_{i}}}_{n}
$$

The table $E$ has a row of $n$ numbers for each word, and the number of a row is the **id** of its word. Row $i$ of $\text{out}$ is the row of the word at place $i$. In the formula, $i$ is the last place with the id $j$. The right gradient of row $j$ is [the sum over all places with the id $j$][embedding].

# Why it looks right

The forward pass is `out = E[ids]`. So the backward pass seems to be `dE[ids] = dC_dout`, with the two sides swapped. It runs, and with different ids it is right.

`dE[ids] += dC_dout` does not help. NumPy first computes the right side, with one row for each place, and then *assigns* the rows. The last of a repeated id wins:

```pycon
>>> import numpy as np
>>> from backprop.layers import embedding_backward
>>> from backprop.mistakes.of_layers import embedding_backward_by_assignment
>>> ids, dC_dout = np.array([1, 0, 1]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
>>> added = np.zeros((2, 2))
>>> added[ids] += dC_dout
>>> added.tolist(), embedding_backward_by_assignment(dC_dout, np.zeros((2, 2)), ids).dC_dE.tolist()
([[3.0, 4.0], [5.0, 6.0]], [[3.0, 4.0], [5.0, 6.0]])
>>> embedding_backward(dC_dout, np.zeros((2, 2)), ids).dC_dE.tolist()
[[3.0, 4.0], [6.0, 8.0]]

```

Write `np.add.at(dE, ids, dC_dout)`. The mistake was made in public: [a known library in NumPy](https://github.com/ddbourgin/numpy-ml/blob/master/numpy_ml/neural_nets/layers/layers.py) loses repeated ids where its embedding adds the rows of a text. [Somebody asked](https://forums.fast.ai/t/26480) whether rows
will be overwritten, and they will.

# When the shapes still fit

In every network. If no id occurs twice in a batch, the gradient is right.

# What the loss does

The ten texts have 40 places and only six words, so all rows are used several times. The network adds the four rows of a text, and answers two questions about it with two sigmoids. The learning rate is 1.
Here are the losses at the start, after one step and after 500 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, specimen
>>> network = specimen(embedding_backward_by_assignment)
>>> right = losses(network, 1.0, 500)
>>> wrong = losses(network, 1.0, 500, embedding_backward_by_assignment)
>>> [round(right[k], 4) for k in (0, 1, 500)]
[0.2694, 0.248, 0.0002]
>>> [round(wrong[k], 4) for k in (0, 1, 500)]
[0.2694, 0.2592, 0.0605]

```

The loss falls, but more slowly, and it stays far above the right one. Each row learns only from the last place where it occurs.

# What the gradient check says

It names the mistake. And it says that errors of several places must be added:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, embedding_backward_by_assignment)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
E: It is what embedding_backward_by_assignment gives.
>>> print(report.where[1].says)
If its result is used in several places, the errors of all of them must be added.

```
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import EmbeddingGradients, dense, dense_backward, embedding, embedding_backward
from ...layers._contract import layer
from ...layers.embeddings import _check
from ._training import Backward, Network, Parameters, cost_of, output_error, register

__all__ = ["embedding_backward_by_assignment"]


@layer(
    "WRONG: ∂C/∂E[ids] = ∂C/∂out, assigned and not added",
    "embedding",
    kept=("ids",),
    dC_dout="*at n",
    E="v n",
    ids="*at",
)
def embedding_backward_by_assignment(dC_dout: Array, E: Array, ids: Array) -> EmbeddingGradients:
    """Return the table in which each row is the error of the last place where it was used.

    Parameters
    ----------
    dC_dout : array of shape (..., n)
        Derivative of the cost with respect to the output of `embedding`.
    E : array of shape (v, n)
        Table, as given to `embedding`.
    ids : array of whole numbers of shape (...)
        Ids, as given to `embedding`.

    Returns
    -------
    not_gradients : EmbeddingGradients
        `dC_dE` of shape (v, n).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    TypeError
        If the ids are not whole numbers.
    IndexError
        If an id is negative, or has no row.

    Examples
    --------
    Row 0 was used twice, and the right gradient is 3:

    >>> import numpy as np
    >>> embedding_backward_by_assignment(np.array([[1.0], [2.0]]), np.zeros((2, 1)), np.array([0, 0])).dC_dE.tolist()
    [[2.0], [0.0]]
    """
    _check("embedding_backward_by_assignment", E, ids)
    dC_dE = np.zeros_like(E)
    dC_dE[ids] = dC_dout
    return EmbeddingGradients(dC_dE)


def network() -> Network:
    """Return a network that adds the rows of four words. Its questions are about the numbers of words of some kinds."""
    rng = np.random.default_rng(1)
    ids = rng.integers(0, 6, size=(10, 4))
    y = np.array([[np.sum(text < 2) > np.sum(text > 3), np.sum(text % 2) > 1] for text in ids], dtype=float)

    def forward(p: Parameters) -> tuple[Array, Array]:
        total = np.sum(embedding(p["E"], ids), axis=1)
        return total, dense(total, p["W"], p["b"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        total, out = forward(p)
        dC_dtotal, dC_dW, dC_db = dense_backward(output_error(out, y), total, p["W"], p["b"])
        dC_dE = backward(np.repeat(dC_dtotal[:, None], 4, axis=1), p["E"], ids).dC_dE
        return dict(zip(p, (dC_dE, dC_dW, dC_db)))

    p = {"E": rng.normal(size=(6, 2)), "W": rng.normal(size=(2, 2)), "b": np.zeros(2)}
    return Network(
        "two questions about four words", p, lambda p: cost_of(forward(p)[-1], y), gradients, embedding_backward
    )


MISTAKE = register(embedding_backward_by_assignment, network, 1.0, 500)
