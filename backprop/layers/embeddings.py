r"""Embedding: a table with one row for each word.

> A word is only a number in a list, and a lookup in a table has no derivative. How can a gradient get into the table?

A network calculates with numbers, but the number of a word in a list is only a name. Word 6 is not twice word 3. So each word gets an **id**, a whole number from 0 on, and a row of a table. The row holds the numbers that represent the word, its **embedding**. They are learned.

A **lookup** takes the row of an id. It is a matrix product with the table (step 1 below). **So it has a derivative with respect to the table. Each row gets the sum of the errors from all positions where it was used.** Here the error of a position is $\partial C / \partial \text{out}$. An id only says which row is taken, so it has no derivative.

![A table with three rows, and a text with the ids 0, 2 and 0. Row 0 is used twice, so the errors of both positions are added in it. Row 1 is not used, so its gradient is 0.](figure:embedding_sum)

The table $E$ has $n$ columns and $v$ rows, one for each word that the network knows. These words are its **vocabulary**. Like the ids, the rows of $E$ count from 0. Position $p$ of $k$ has the id $\text{id}_p$:

$$
\underbrace{\text{out}_p}_{n} = \underbrace{E_{\text{id}_p}}_{n}
$$

The backward pass gets $\partial C / \partial \text{out}$ of shape $k \times n$ from the next layer. For each row $j$ of the table, it adds over the positions where this row was taken:

$$
\underbrace{\frac{\partial C}{\partial E_j}}_{n} = \sum_{p \, : \, \text{id}_p = j} \underbrace{\frac{\partial C}{\partial \text{out}_p}}_{n}
$$

With several texts, $p$ runs over the positions of all of them.

# Derivation

**Step 1: write the lookup as a matrix product.** Let $X$ be the matrix with a row for each position. Row $p$ is one-hot: its 1 is in column $\text{id}_p$. A one-hot row times a matrix takes out one row of the matrix. So

$$
\underbrace{\text{out}}_{k \times n} = \underbrace{X}_{k \times v} \; \underbrace{E}_{v \times n} .
$$

**Step 2: use BP4.** This is a [dense layer][dense-layer] without a bias, with the input $X$ and the weights $E$. Its gradient is

$$
\underbrace{\frac{\partial C}{\partial E}}_{v \times n} = \underbrace{X^{\mathsf T}}_{v \times k} \; \underbrace{\frac{\partial C}{\partial \text{out}}}_{k \times n} .
$$

**Step 3: read one row of this product.** Row $j$ of $X^{\mathsf T}$ is 1 at the positions with the id $j$, and 0 at all other positions. So row $j$ of the product is the sum of the errors at the positions with the id $j$.

# What does it share with the four equations?

It is [BP4][bp4-weight-gradient] with a one-hot input. The product with $X$ takes rows out of the table, and the product with $X^{\mathsf T}$ adds rows to the gradient. A row that several positions share gets a sum.

# How can a gradient pass through a lookup?

[Many ask this](https://datascience.stackexchange.com/questions/33041), because a choice cannot be changed a little. But the gradient does not have to pass through the *choice*. It goes into the *chosen row*. If entry $c$ of this row grows by $\varepsilon$, entry $c$ of the output grows by $\varepsilon$, so the derivative is 1. The id is data, like a target.

# Example

The table has three rows, and the text has the ids 0, 2 and 0:

```pycon
>>> import numpy as np
>>> from backprop.layers import embedding, embedding_backward
>>> E = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
>>> ids = np.array([0, 2, 0])
>>> embedding(E, ids)
array([[1., 2.],
       [5., 6.],
       [1., 2.]])
>>> dC_dout = np.array([[0.5, 0.25], [1.0, -1.0], [0.25, 0.5]])
>>> embedding_backward(dC_dout, E, ids).dC_dE
array([[ 0.75,  0.75],
       [ 0.  ,  0.  ],
       [ 1.  , -1.  ]])

```

Row 0 was used at two positions, so it gets $(\frac12, \frac14) + (\frac14, \frac12) = (\frac34, \frac34)$. The matrix of the derivation gives the same:

```pycon
>>> X = np.eye(3)[ids]
>>> X.tolist()
[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
>>> X.T @ dC_dout
array([[ 0.75,  0.75],
       [ 0.  ,  0.  ],
       [ 1.  , -1.  ]])

```

Ids may have any shape. Two texts of four words give an output of shape `(2, 4, n)`. Here is a [gradient check][check-your-own] with $n = 3$. The cost multiplies each output by a random number and adds, so these numbers `r` are $\partial C / \partial \text{out}$:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> many = rng.integers(0, 6, size=(2, 4))
>>> r = rng.normal(size=(2, 4, 3))
>>> def cost(p):
...     return np.sum(r * embedding(p["E"], many))
>>> p = {"E": rng.normal(size=(6, 3))}
>>> check_gradients(cost, p, {"E": embedding_backward(r, p["E"], many).dC_dE}).ok
True

```

# Why does dE[ids] += lose repeated ids?

[Ids repeat](https://forums.fast.ai/t/26480), so the errors must be added. In NumPy, `dE[ids] += dC_dout` does not add them. It first computes `dE[ids] + dC_dout`, with one row for each position, and then *assigns* the rows. For a repeated id, the last one wins. The function `np.add.at` adds one after another:

```pycon
>>> lost, right = np.zeros((3, 2)), np.zeros((3, 2))
>>> lost[ids] += dC_dout
>>> np.add.at(right, ids, dC_dout)
>>> lost.tolist()
[[0.25, 0.5], [0.0, 0.0], [1.0, -1.0]]
>>> right.tolist()
[[0.75, 0.75], [0.0, 0.0], [1.0, -1.0]]

```

There is no error message. With different ids both are equal, so a test needs an id that occurs twice.

# Does a word that is not in the batch change?

Its gradient is 0, so plain gradient descent does not change it. But other methods do. Momentum and Adam use earlier gradients, too, so the row goes on changing. Weight decay multiplies every row by a number below 1 at each step.

# What is padding_idx?

Texts have different lengths, but the rows of an array do not. So short texts are extended with an id that stands for no word. This is called **padding**. With `padding_idx=0`, PyTorch does two things. It sets row 0 to zeros *once*, when the layer is made, and its *gradient* to 0, always. It does not keep the row at 0:

- **If you write your own numbers into the table, this row gets some, too.** [It is then used as it is](https://github.com/pytorch/pytorch/issues/1812). Set it to 0 again after that.
- **A real word must not have this id.** [Its row never learns](https://github.com/ibalazevic/TuckER/issues/17).
- **A gradient check fails here, and rightly.** The output depends on the row, but the gradient says 0.

In this library, give the padding a row of its own, and set the errors at these positions to 0. Here row 0 is for padding:

```pycon
>>> padded = np.array([2, 0, 0])
>>> real = padded != 0
>>> embedding_backward(dC_dout * real[:, None], E, padded).dC_dE.tolist()
[[0.0, 0.0], [0.0, 0.0], [0.5, 0.25]]

```

# May the output layer use the same table?

Yes. Many language models use $E^{\mathsf T}$ as the weights of their output layer. Then the table is used twice, and its two gradients add. See [shared weights][residual].

# What does the backward function compute again?

Nothing. It needs the ids, and of the table only its shape. The matrix $X$ would have $k \cdot v$ entries, nearly all of them 0, so the code never makes it for NumPy. It adds each row of errors to its row of the gradient with `np.add.at`. This needs an array of indices, with 8 bytes for each number of the errors.
For arrays of other libraries, the code uses the [array API standard](https://data-apis.org/array-api/latest/), which has no addition at given indices. So there it multiplies by $X^{\mathsf T}$, with $v \cdot n$ multiplications for each position. For a large vocabulary this is slow.

# How do PyTorch, Keras and TensorFlow differ?

| | this book | PyTorch | Keras |
| --- | --- | --- | --- |
| function or layer | `embedding(E, ids)` | `nn.Embedding`, `nn.functional.embedding(ids, E)` | `Embedding` |
| gradient | the whole table | the whole table, or only the used rows with `sparse=True` | with TensorFlow, only the used rows |
| padding | you set the errors to 0 | `padding_idx` | `mask_zero=True`, which later layers read |
| initial values | you choose | normal, with standard deviation 1 | uniform from $-0.05$ to $0.05$ |

PyTorch has two more options that surprise. With `scale_grad_by_freq=True`, the sum for a row is divided by the number of its terms, so it is a mean. With `max_norm`, the *forward* pass changes the table: it scales down the rows with a larger norm. TensorFlow's layer is that of Keras.

# What do the error messages mean?

These are messages of PyTorch:

- `index out of range in self`: An id is as large as the number of rows, or larger. Ids count from 0. With ids from 1 to $v$, subtract 1.
- `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int`: The ids are floats. Turn them into whole numbers: `ids.long()`.

In NumPy, the id $-1$ takes the last row without any message. So do not mark padding with it. This library refuses negative ids.

# What is not here?

- **Gradients that hold only the used rows.** See `sparse=True` of [`torch.nn.Embedding`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html).
- **The sum or the mean of several rows.** See [`torch.nn.EmbeddingBag`](https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html). Here, add the outputs yourself.

# Common mistakes

- [The gradient is assigned][embedding-rows-assigned], `dE[ids] = dC_dout`, or it is added with `+=`. Both lose repeated ids.
- The array for the gradient is not set to 0 before the next batch.
- All ids of the test are different.

# Check yourself

??? question "A text has 5 positions, and all have the id 3. Each error is (1, 2). What is the gradient of the table?"

    Row 3 has $(5, 10)$, and all other rows are 0.

??? question "A vocabulary has 50,000 words, and a batch has 100 positions. How many rows of the gradient can be different from 0?"

    At most 100. There are fewer if an id repeats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._arrays import Array, namespace
from ._contract import layer

__all__ = ["EmbeddingGradients", "embedding", "embedding_backward"]


class EmbeddingGradients(NamedTuple):
    """The derivative of the cost with respect to the table of `embedding`. The ids have none.

    Attributes
    ----------
    dC_dE : array of shape (v, n)
        With respect to the table: each row has the sum over the positions where it was used.
    """

    dC_dE: Array


@layer("out = E[ids]", "embedding", kept=("ids",), E="v n", ids="*at")
def embedding(E: Array, ids: Array) -> Array:
    """Return the row of the table for each id.

    Parameters
    ----------
    E : array of shape (v, n)
        Table with one row for each of `v` words.
    ids : array of whole numbers of any shape (...)
        Ids from 0 to `v - 1`.

    Returns
    -------
    out : array of shape (..., n)
        The rows of `E`, one for each id.

    Raises
    ------
    ShapeError
        If `E` is not a matrix.
    TypeError
        If the ids are not whole numbers.
    IndexError
        If an id is negative, or has no row.

    Examples
    --------
    >>> import numpy as np
    >>> embedding(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0, 1])).tolist()
    [[3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]
    """
    xp = namespace(E)
    _check("embedding", E, ids)
    return xp.reshape(xp.take(E, xp.reshape(ids, (-1,)), axis=0), (*ids.shape, E.shape[1]))


@layer(
    "∂C/∂E[j] = Σ of ∂C/∂out over the places where ids is j",
    "embedding",
    kept=("ids",),
    dC_dout="*at n",
    E="v n",
    ids="*at",
)
def embedding_backward(dC_dout: Array, E: Array, ids: Array) -> EmbeddingGradients:
    """Return the derivative of the cost with respect to the table: each row gets the sum over the positions where it was used.

    Parameters
    ----------
    dC_dout : array of shape (..., n)
        Derivative of the cost with respect to the output of `embedding`.
    E : array of shape (v, n)
        Table, as given to `embedding`. The derivative depends on its shape only.
    ids : array of whole numbers of shape (...)
        Ids, as given to `embedding`.

    Returns
    -------
    gradients : EmbeddingGradients
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
    Row 1 was used twice:

    >>> import numpy as np
    >>> dC_dout = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> embedding_backward(dC_dout, np.zeros((2, 2)), np.array([1, 0, 1])).dC_dE.tolist()
    [[3.0, 4.0], [6.0, 8.0]]
    """
    xp = namespace(E)
    _check("embedding_backward", E, ids)
    rows, flat = xp.reshape(dC_dout, (-1, E.shape[1])), xp.reshape(ids, (-1,))
    if xp is np:
        return EmbeddingGradients(_rows_added(rows, flat, E.shape[0]))
    # The array standard has no addition at given places, so a matrix of 0 and 1 adds the rows: v n multiplications each.
    chosen = xp.astype(flat[None, :] == xp.arange(E.shape[0], dtype=flat.dtype)[:, None], rows.dtype)
    return EmbeddingGradients(chosen @ rows)


def _rows_added(rows: Array, ids: Array, v: int) -> Array:
    """Return, for each id below v, the sum of its rows."""
    n = rows.shape[1]
    total = np.zeros(v * n, dtype=rows.dtype)
    # np.add.at is fast along one axis only, so each number gets its place in the flat table. An int8 could not count so far.
    places = ids.astype(np.intp)[:, None] * n + np.arange(n)
    np.add.at(total, np.ravel(places), np.ravel(rows))
    return np.reshape(total, (v, n))


def _check(function: str, E: Array, ids: Array) -> None:
    xp = namespace(ids)
    if not xp.isdtype(ids.dtype, "integral"):
        raise TypeError(f"{function}: ids holds {ids.dtype} items; an id is a whole number, the row of E that it takes")
    if 0 in ids.shape:
        return
    try:
        least, most = int(xp.min(ids)), int(xp.max(ids))
    except TypeError:  # inside a compiled function of JAX no value is known
        return
    if least < 0:
        raise IndexError(
            f"{function}: ids has {least}; an id is 0 or more. Where -1 marks a place without a word, give it a row of its own"
        )
    if most >= E.shape[0]:
        raise IndexError(
            f"{function}: ids has {most}, and E has {E.shape[0]} rows, for the ids 0 to {E.shape[0] - 1}. "
            "Ids that count from 1 need 1 subtracted"
        )
