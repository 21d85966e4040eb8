r"""Attention: each query takes a weighted mean of the values.

> Attention has a softmax between two matrix products, and one input is used three times. How do the gradients get back through all of this?

In a sentence, the meaning of a word depends on other words. So each position needs information from other positions. Each position has three vectors: a **query**, a **key** and a **value**. Usually dense layers compute all three from the same input.
Each query is compared with all keys, and softmax turns the results into **attention weights**. They are computed, not learned. The output is the mean of the values with these weights.

**The backward pass uses two facts that you know: the gradients of a matrix product, and the Jacobian of softmax, one for each query.** An input that is used three times gets the sum of three gradients.

![Two queries and three keys: the attention weights P, and the derivatives of the cost with respect to P and to the scores S, the numbers before softmax. In each row, the weighted mean is subtracted, and the rest is multiplied by the weights.](figure:attention_rows)

There are $m$ sequences. Each has $t$ queries, $s$ keys and $s$ values, the rows of $Q$, $K$ and $V$. The queries may come from another sequence, so $t$ and $s$ may differ. A query and a key have $d$ entries, a value has $d_v$:

$$
\begin{aligned}
\underbrace{S}_{m \times t \times s} &= \frac{1}{\sqrt d} \; \underbrace{Q}_{m \times t \times d} \; \underbrace{K^{\mathsf T}}_{m \times d \times s} \\[4pt]
\underbrace{P}_{m \times t \times s} &= \operatorname{softmax}(\underbrace{S}_{m \times t \times s}) \\[4pt]
\underbrace{\text{out}}_{m \times t \times d_v} &= \underbrace{P}_{m \times t \times s} \; \underbrace{V}_{m \times s \times d_v}
\end{aligned}
$$

This is the attention of A. Vaswani et al., 2017, *Attention Is All You Need*. The products are taken for each sequence by itself, and softmax for each row. The sign $\mathsf T$ swaps the last two axes. The entry $S_{ij}$ is the **score** of query $i$ with key $j$. The attention weight $P_{ij}$ is the share of value $j$ in output $i$. Each row of $P$ sums to 1.

The backward pass gets $\partial C / \partial \text{out}$ from the next layer and computes

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial V}}_{m \times s \times d_v} &= \underbrace{P^{\mathsf T}}_{m \times s \times t} \; \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times t \times d_v} \\[4pt]
\underbrace{\frac{\partial C}{\partial P}}_{m \times t \times s} &= \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times t \times d_v} \; \underbrace{V^{\mathsf T}}_{m \times d_v \times s} \\[4pt]
\underbrace{\frac{\partial C}{\partial S}}_{m \times t \times s} &= \underbrace{P}_{m \times t \times s} \odot \Bigl( \underbrace{\frac{\partial C}{\partial P}}_{m \times t \times s} \\
&\qquad\quad - \underbrace{\operatorname{rowsum} \bigl( P \odot \tfrac{\partial C}{\partial P} \bigr)}_{m \times t \times 1} \Bigr) \\[4pt]
\underbrace{\frac{\partial C}{\partial Q}}_{m \times t \times d} &= \frac{1}{\sqrt d} \; \underbrace{\frac{\partial C}{\partial S}}_{m \times t \times s} \; \underbrace{K}_{m \times s \times d} \\[4pt]
\underbrace{\frac{\partial C}{\partial K}}_{m \times s \times d} &= \frac{1}{\sqrt d} \; \underbrace{\Bigl( \frac{\partial C}{\partial S} \Bigr)^{\mathsf T}}_{m \times s \times t} \; \underbrace{Q}_{m \times t \times d}
\end{aligned}
$$

Here rowsum is the sum along the last axis, one number for each row.

![The steps of attention, with the shapes for one sequence, two queries and three keys. The dashed arrows go back. Beside each is what the derivative is multiplied by. On the way to K, the derivative is transposed first.](figure:attention_steps)

# Derivation

Sequences do not influence each other, so the steps are for one sequence.

**Step 1: go back from the output to the weights and the values.** Each output is $\text{out}_{ic} = \sum_j P_{ij} V_{jc}$. Its derivative with respect to $P_{ij}$ is $V_{jc}$, and with respect to $V_{jc}$ it is $P_{ij}$. The weight $P_{ij}$ is in all entries $c$ of output $i$. The value $V_{jc}$ is in entry $c$ of all outputs $i$. So

$$
\begin{aligned}
\frac{\partial C}{\partial P_{ij}} &= \sum_c \frac{\partial C}{\partial \text{out}_{ic}} \, V_{jc} , \\
\frac{\partial C}{\partial V_{jc}} &= \sum_i P_{ij} \, \frac{\partial C}{\partial \text{out}_{ic}} .
\end{aligned}
$$

These are the products with $V^{\mathsf T}$ and with $P^{\mathsf T}$.

**Step 2: take the Jacobian of softmax for one query.** The weights of query $i$ come from the scores of query $i$ only. The chapter on [softmax][softmax-layer] derives

$$
J^{(i)}_{jk} = \frac{\partial P_{ij}}{\partial S_{ik}} = P_{ij} \, ([j = k] - P_{ik}) ,
$$

where $[j = k]$ is 1 if $j = k$, and 0 otherwise. This is a matrix of $s \times s$ numbers, and **each query has its own.** The derivative of $P_{ij}$ with respect to a score of another query is 0.

**Step 3: add the paths from one score.** The score $S_{ik}$ changes every weight of its row, because they share one denominator. So [the chain rule][chain-rule] adds over the row:

$$
\begin{aligned}
\frac{\partial C}{\partial S_{ik}}
&= \sum_j \frac{\partial C}{\partial P_{ij}} \, P_{ij} \, ([j = k] - P_{ik}) \\
&= P_{ik} \Bigl( \frac{\partial C}{\partial P_{ik}} - \sum_j P_{ij} \, \frac{\partial C}{\partial P_{ij}} \Bigr) .
\end{aligned}
$$

In the first line, $[j = k]$ leaves only the term with $j = k$. The factor $-P_{ik}$ is the same in all terms, so it is taken out of the sum. The sum is one number for row $i$, so no Jacobian has to be stored.

**Step 4: go back from the scores to the queries and the keys.** The score is $S_{ij} = \frac{1}{\sqrt d} \sum_c Q_{ic} K_{jc}$. The entry $Q_{ic}$ is in the scores of query $i$ with all keys $j$. The entry $K_{jc}$ is in the scores of key $j$ with all queries $i$. So

$$
\begin{aligned}
\frac{\partial C}{\partial Q_{ic}} &= \frac{1}{\sqrt d} \sum_j \frac{\partial C}{\partial S_{ij}} \, K_{jc} , \\
\frac{\partial C}{\partial K_{jc}} &= \frac{1}{\sqrt d} \sum_i \frac{\partial C}{\partial S_{ij}} \, Q_{ic} .
\end{aligned}
$$

The factor $1 / \sqrt d$ is in the scores, so it is once in each of these two gradients.

# What does it share with the four equations?

- **A transpose.** Each matrix product gives two products with a transposed factor, as in [BP2][bp2-hidden-error] and [BP4][bp4-weight-gradient]. In a dense layer, one factor is the data and the other is the weights. Here both factors are data, so both need a gradient.
- **A product with a Jacobian instead of $\odot$.** Softmax mixes the keys of one row. The product with $\odot$ is only a part of the Jacobian, and the row sum is the rest.
- **A sum where something was shared.** All queries share the keys and the values. So $\partial C / \partial K$ and $\partial C / \partial V$ are sums over the queries.

# Why is P(1 − P) not enough?

Many people write softmax's derivative as $P \odot (1 - P)$. [These are the entries on the diagonal](https://math.stackexchange.com/questions/4602822) of each Jacobian. The other entries are $-P_{ij} P_{ik}$, and they are the row sum in the formula. Without them the gradient is
wrong, although every shape fits. Compare both for the first row in the figure above:

```pycon
>>> import numpy as np
>>> P = np.array([0.5, 0.25, 0.25])
>>> dC_dP = np.array([4.0, 0.0, 8.0])
>>> P * (dC_dP - np.sum(P * dC_dP))
array([ 0., -1.,  1.])
>>> P * (1 - P) * dC_dP
array([1. , 0. , 1.5])

```

The first result sums to 0, and the second does not. The right one must: if the same number is added to all scores of a row, its weights do not change. [In one library a gradient check failed](https://github.com/HomericIntelligence/Odyssey/issues/2134) because the row sum was missing.

# Why are the scores divided by √d?

A score is a sum of $d$ products. Suppose that all entries of a query and a key are independent, with mean 0 and variance 1. Then each product has variance 1, and the sum has variance $d$. So without the division, the standard deviation of the scores is $\sqrt d$. If the scores are far apart, softmax is nearly one-hot, and
its Jacobian is nearly 0. Then the queries and keys learn hardly anything.

The sum of the diagonal of the Jacobian, $\sum_j P_{ij} (1 - P_{ij})$, shows this. It is below 1. Here is its mean over 2,000 random queries with 16 keys each, all with normally distributed entries:

| | $d = 4$ | $d = 64$ | $d = 512$ |
| --- | --- | --- | --- |
| scores not divided | 0.70 | 0.22 | 0.08 |
| scores divided by $\sqrt d$ | 0.87 | 0.87 | 0.87 |

# Example

Two queries and three keys have $d = 4$ entries, so $\sqrt d = 2$. With $\ln 2$ in the queries, each score is 0 or $\ln 2$. So each exponential is 1 or 2, and the weights are halves and quarters:

```pycon
>>> from backprop.layers import attention, attention_backward
>>> Q = np.log(2) * np.array([[[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]])
>>> K = np.array([[[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]]])
>>> V = np.array([[[4.0, 0.0], [0.0, 4.0], [8.0, 4.0]]])
>>> attention(Q, K, V)
array([[[4., 2.],
        [5., 3.]]])

```

The first query is most like the first key. Its weights are $(\frac12, \frac14, \frac14)$, and its output is $\frac12 (4, 0) + \frac14 (0, 4) + \frac14 (8, 4) = (4, 2)$. To see all weights, take the identity matrix as the values:

```pycon
>>> attention(Q, K, np.eye(3)[None])
array([[[0.5 , 0.25, 0.25],
        [0.25, 0.25, 0.5 ]]])

```

Let the cost be the first entry of the first output plus the second entry of the second output:

```pycon
>>> dC_dout = np.array([[[1.0, 0.0], [0.0, 1.0]]])
>>> found = attention_backward(dC_dout, Q, K, V)
>>> found.dC_dV
array([[[0.5 , 0.25],
        [0.25, 0.25],
        [0.25, 0.5 ]]])
>>> found.dC_dQ
array([[[ 0.  , -1.  ,  1.  ,  0.  ],
        [-0.75,  0.25,  0.5 ,  0.  ]]])
>>> found.dC_dK / np.log(2)
array([[[ 0.   ,  0.   , -0.375,  0.   ],
        [-0.5  ,  0.   ,  0.125,  0.   ],
        [ 0.5  ,  0.   ,  0.25 ,  0.   ]]])

```

Check the second query by hand. The derivatives with respect to its weights are the second entries of the values, $(0, 4, 4)$. Their weighted mean is $\frac14 \cdot 0 + \frac14 \cdot 4 + \frac12 \cdot 4 = 3$. So
the derivatives with respect to its scores are $\frac14 (0 - 3) = -\frac34$, $\frac14 (4 - 3) = \frac14$ and $\frac12 (4 - 3) = \frac12$. Each key has one entry 2, and $2 / \sqrt d = 1$. So these are also the entries of $\partial C / \partial Q$.

Without the library, both passes are a few lines:

```pycon
>>> S = Q @ np.swapaxes(K, 1, 2) / np.sqrt(4)
>>> e = np.exp(S - S.max(axis=2, keepdims=True))
>>> P = e / e.sum(axis=2, keepdims=True)
>>> out = P @ V
>>> dC_dV = np.swapaxes(P, 1, 2) @ dC_dout
>>> dC_dP = dC_dout @ np.swapaxes(V, 1, 2)
>>> dC_dS = P * (dC_dP - np.sum(P * dC_dP, axis=2, keepdims=True))
>>> dC_dQ = dC_dS @ K / np.sqrt(4)
>>> dC_dK = np.swapaxes(dC_dS, 1, 2) @ Q / np.sqrt(4)
>>> [bool(np.allclose(a, b)) for a, b in zip((dC_dQ, dC_dK, dC_dV), found)]
[True, True, True]

```

Here is a [gradient check][check-your-own] with all sizes different. The cost multiplies each output by a random number and adds, so these numbers `r` are $\partial C / \partial \text{out}$:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> p = {"Q": rng.normal(size=(2, 3, 4)), "K": rng.normal(size=(2, 5, 4)), "V": rng.normal(size=(2, 5, 6))}
>>> r = rng.normal(size=(2, 3, 6))
>>> def cost(p):
...     return np.sum(r * attention(p["Q"], p["K"], p["V"]))
>>> check_gradients(cost, p, dict(zip(p, attention_backward(r, **p)))).ok
True

```

# What is always true of these gradients?

These facts are good tests, because they hold for all inputs and errors:

- Each row of $\partial C / \partial S$ sums to 0.
- So $\partial C / \partial K$, summed over the keys, is 0: $\sum_j \sum_i \frac{\partial C}{\partial S_{ij}} Q_{ic} = \sum_i Q_{ic} \cdot 0$. In the example, each column of `dC_dK` sums to 0.
- A bias $b$ of the keys adds the same number, $q \cdot b / \sqrt d$, to all scores of a query $q$. So its gradient is 0, and it never learns.
- The row sum of $P \odot \partial C / \partial P$ is the row sum of $\text{out} \odot \partial C / \partial \text{out}$. To see this, put the formula of step 1 into the first, and sum over $j$ before $c$. The second needs only $d_v$ products for each query. FlashAttention, a fast implementation, uses it (T. Dao et al., 2022, *FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness*).

Some tests cannot fail. With one key, as in a sequence of length 1, each weight is 1. So the gradients of $Q$ and $K$ are 0, whatever the code does. And each row of $P$ sums to 1, so a cost that sums all of $P$ tests nothing.

# How does a causal mask work?

A network that predicts the next word must not see it. So query $i$ may use only the keys $1$ to $i$. This is **causal attention**, and here it is `causal=True`. The scores of later keys become $-\infty$ *before* softmax. Then $e^{-\infty} = 0$, so these keys have the weight 0:

```pycon
>>> attention(Q, K[:, :2], np.eye(2)[None], causal=True)
array([[[1. , 0. ],
        [0.5, 0.5]]])

```

The formulas of the backward pass do not change, because $P_{ij} = 0$ makes the derivatives of the forbidden scores 0. The first query sees only one key, so its weight is always 1. Its row of $\partial C / \partial S$ is 0.

**Why before softmax, and not after?** A mask on the weights leaves rows that sum to less than 1. And the later keys remain in the denominator, so the outputs still depend on them:

```pycon
>>> S = np.log(np.array([[1.0, 3.0], [1.0, 1.0]]))
>>> e = np.exp(S)
>>> np.tril(e / e.sum(axis=1, keepdims=True))
array([[0.25, 0.  ],
       [0.5 , 0.5 ]])

```

The weight of the first key is $\frac14$, because the second key has the other $\frac34$. If the second score changes, so does this weight. Then the gradient of a forbidden score is not 0. Dividing each masked row by its sum would correct this, except for a row in which all keys are masked.

# Why does a mask give nan?

Suppose that a mask forbids every key of a query, for example in a sequence of padding only. Then softmax computes $0 / 0$, which is `nan`. [The error of this row is 0](https://github.com/pytorch/pytorch/issues/41508), so why is every gradient `nan`? Because 0 times `nan` is `nan`, and all queries share the
keys and the values. Through the sums of step 1 and step 4, the `nan` gets into the gradients of the weight matrices.

```pycon
>>> 0.0 * np.array([np.nan, 1.0])
array([nan,  0.])

```

- **Give every query at least one key.** A causal mask always allows query $i$ the key $i$, so in this library there is no `nan`.
- **A large negative number such as $-10^9$ is no cure.** If it replaces all scores of a row, softmax gives all keys the same weight. There is no `nan`, but the query uses all the forbidden values. If a row has an allowed key, the number works: even $e^{-10000}$ is rounded to exactly 0 in float64.
- **Masked keys and values [must not be `nan` themselves](https://github.com/pytorch/pytorch/issues/101967).** Their weight is 0, and 0 times `nan` is `nan`. Replace them with 0.
- **In your own code, use `where` before and after the exponential.** Replace forbidden scores by 0 before it, their exponentials by 0 after it, and a row sum of 0 by 1. Then no `nan` appears in either pass. PyTorch's `scaled_dot_product_attention` now returns 0 for a row without keys. Its `nn.MultiheadAttention` can still return `nan` (version 2.13).

# What are several heads?

One query gives one set of weights. But a word may need different things from different words. So attention is computed several times, each time with fewer entries. Each of these computations is a **head**. In **self-attention**, queries, keys and values come from one input $x$, with $t = s$. With $h$ heads,

$$
\begin{aligned}
\underbrace{Q}_{m \times t \times n} &= \underbrace{x}_{m \times t \times n} \; \underbrace{W_q}_{n \times n} , \\
K &= x \, W_k , \qquad V = x \, W_v , \\[4pt]
\underbrace{\text{head}_k}_{m \times t \times d} &= \operatorname{attention}(\underbrace{Q_k}_{m \times t \times d}, K_k, V_k) , \\[4pt]
\underbrace{\text{out}}_{m \times t \times n} &= \underbrace{[\text{head}_1, \dots, \text{head}_h]}_{m \times t \times n} \; \underbrace{W_o}_{n \times n}
\end{aligned}
$$

Head $k$ has $d = n / h$ consecutive columns of $Q$, $K$ and $V$. We call them $Q_k$, $K_k$ and $V_k$. So $\sqrt d$ is that of one head. The outputs of the heads are put side by side.

The backward pass takes the same steps in reverse order. It goes back through $W_o$ as through a [dense layer][dense-layer], and splits the result into heads. Then it goes back through the attention of each head. The input was used three times, so its gradient has three terms:

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{m \times t \times n} &= \underbrace{\frac{\partial C}{\partial Q}}_{m \times t \times n} \; \underbrace{W_q^{\mathsf T}}_{n \times n} \\
&\quad + \frac{\partial C}{\partial K} \, W_k^{\mathsf T} + \frac{\partial C}{\partial V} \, W_v^{\mathsf T}
\end{aligned}
$$

The gradient of each weight matrix is that of [BP4][bp4-weight-gradient], summed over all sequences and all positions. For instance, $\partial C / \partial W_q = \sum x^{\mathsf T} \, \partial C / \partial Q$, where the sum runs over the $m$ sequences. For $W_o$, the heads side by side take the place of $x$. This answers [how to get to the three weight matrices](https://ai.stackexchange.com/questions/25055).

```pycon
>>> from backprop.layers import multi_head_attention, multi_head_attention_backward
>>> rng = np.random.default_rng(1)
>>> p = {"x": rng.normal(size=(2, 3, 4))} | {name: rng.normal(size=(4, 4)) for name in ("W_q", "W_k", "W_v", "W_o")}
>>> r = rng.normal(size=(2, 3, 4))
>>> def cost(p):
...     return np.sum(r * multi_head_attention(**p, heads=2, causal=True))
>>> found = multi_head_attention_backward(r, **p, heads=2, causal=True)
>>> found._fields
('dC_dx', 'dC_dW_q', 'dC_dW_k', 'dC_dW_v', 'dC_dW_o')
>>> check_gradients(cost, p, dict(zip(p, found))).ok
True

```

# Why reshape and then swap the axes?

A reshape makes `(m, t, h, d)` from `(m, t, n)`. Then two axes are swapped, which gives `(m, h, t, d)`. A reshape to `(m, h, t, d)` in one step [has the same shape](https://github.com/hyunwoongko/transformer/issues/15). But it cuts the *positions* into $h$ groups, and not the columns. Here are two positions with four columns and two heads:

```pycon
>>> x = np.array([[[11, 12, 13, 14], [21, 22, 23, 24]]])
>>> x.reshape(1, 2, 2, 2).swapaxes(1, 2)[0, 0].tolist()
[[11, 12], [21, 22]]
>>> x.reshape(1, 2, 2, 2)[0, 0].tolist()
[[11, 12], [13, 14]]

```

Both lines print head 1, which has the index 0. The first is right: columns 1 and 2 of both positions. The second has all columns of position 1, and nothing of position 2. No gradient check finds this. The shapes fit, the gradient is right for the wrong function, and [the network trains](https://github.com/xieenze/Trans2Seg/issues/4).

**Test the meaning: change one position, and see which outputs change.** Without a mask, all must. Here position 4 of 4 is changed. In the wrong version, the outputs 1 and 2 do not depend on it:

```pycon
>>> rng = np.random.default_rng(2)
>>> x, W = rng.normal(size=(1, 4, 6)), rng.normal(size=(4, 6, 6))
>>> moved = x.copy()
>>> moved[0, 3] += 1
>>> changed = multi_head_attention(moved, *W, heads=2) != multi_head_attention(x, *W, heads=2)
>>> changed.any(axis=2).tolist()
[[True, True, True, True]]
>>> def wrong(x):
...     Q, K, V = ((x @ W[k]).reshape(2, 4, 3) for k in range(3))
...     return attention(Q, K, V).reshape(1, 4, 6) @ W[3]
>>> (wrong(moved) != wrong(x)).any(axis=2).tolist()
[[False, False, True, True]]

```

- **Use at least two heads in a test.** With one head, [the order does not matter](https://github.com/hackiey/QAnet-pytorch/issues/2), so the test cannot find a mistake. Let $h$, $t$ and $d$ be different.
- **To join the heads, do the inverse:** swap the axes first, and then reshape.
- **Sequences and heads may be one axis**, as in this library: $m \cdot h$ small sequences. Then a mask of shape `(m, t, s)` must be [repeated in the same order](https://github.com/lsdefine/attention-is-all-you-need-keras/issues/36). If all heads of a sequence are side by side, each mask is repeated $h$ times in a row: `np.repeat(mask, h, axis=0)`, and not `np.tile`.

# What does the backward function compute again?

It computes the scores and the weights $P$ a second time. For each sequence, the forward pass has $t \cdot s \cdot d$ multiplications for the scores and $t \cdot s \cdot d_v$ for the output. The backward pass has five such matrix products: one for the scores, and four for the gradients. `multi_head_attention_backward` also computes the output of the heads again, because $\partial C / \partial W_o$ needs it.
Keeping $P$ would save this time. But with $m \cdot h \cdot t \cdot s$ entries, $P$ is the largest array of the layer for long sequences. FlashAttention also computes it again, block by block.

# How do PyTorch, Keras and TensorFlow differ?

| | this book | PyTorch | Keras |
| --- | --- | --- | --- |
| function or layer | `attention`, `multi_head_attention` | `scaled_dot_product_attention`, `nn.MultiheadAttention` | `Attention`, `MultiHeadAttention` |
| factor $1 / \sqrt d$ | yes | yes | not in `Attention`, yes in `MultiHeadAttention` |
| axes | `(m, t, n)` | `(t, m, n)` in `nn.MultiheadAttention`, unless `batch_first=True` | `(m, t, n)` |
| weights | four of shape `(n, n)`, used as $x \, W$ | $W_q$, $W_k$, $W_v$ in one array of shape `(3n, n)`, used as $x \, W^{\mathsf T}$ | `(n, h, d)`, and `(h, d, n)` for the output |
| biases | none | yes, unless `bias=False` | yes, unless `use_bias=False` |
| True in a mask | no masks, except `causal` | may be seen in `scaled_dot_product_attention`, *hidden* in `nn.MultiheadAttention` | may be seen |
| causal | `causal=True`, needs $t = s$ | `is_causal=True`. For $t \ne s$, query $i$ sees the keys 1 to $i$. | `use_causal_mask=True` |

So in PyTorch the same mask has opposite meanings in two functions. Keras takes the arguments in the order query, value, key. TensorFlow's layers are those of Keras.

# What do the error messages mean?

These are messages of PyTorch:

- `embed_dim must be divisible by num_heads`: Each head takes $n / h$ columns. Choose a number of heads that divides $n$.
- `The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 3`: The last axis is the keys. The mask was made for 3 keys, and there are 4.
- `view size is not compatible with input tensor's size and stride`: After the axes were swapped, `view` cannot join them. Use `reshape`.

# What is not here?

- **Any mask other than the causal one**, and dropout on the weights: [`torch.nn.functional.scaled_dot_product_attention`](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html). After dropout, the rows of $P$ no longer sum to 1.
- **Key-value caches**, which keep keys and values while a text is generated. They are for the forward pass only. See [Hugging Face's page on caches](https://huggingface.co/docs/transformers/kv_cache).
- **Blocks of a transformer.** They consist of attention, dense layers, a [normalization][normalization-layers] and [residual connections][residual]. [A transformer by hand][transformer] builds them.

# Common mistakes

- The row sum is missing, as if softmax were elementwise: [softmax with only the diagonal of its Jacobian][softmax-diagonal].
- The row sum runs over the wrong axis: over the queries instead of the keys.
- The factor $1 / \sqrt d$ [is missing in the backward pass][attention-scale-missing], or it is there twice. Both $\partial C / \partial Q$ and $\partial C / \partial K$ have it once.
- The $d$ in $\sqrt d$ is $n$, and not the $n / h$ of one head.
- [The mask is applied after softmax][mask-after-softmax].
- The gradient of $x$ has only one of its three terms, or one overwrites another: use `+=`.
- The positions are split into heads instead of the columns.
- The test has one head or one position, so some of these mistakes change nothing.

# Check yourself

??? question "A query has the weights (1/2, 1/2), and the derivatives of the cost with respect to them are (6, 2). What are the derivatives with respect to its two scores?"

    The weighted mean is $\frac12 \cdot 6 + \frac12 \cdot 2 = 4$. So they are $\frac12 (6 - 4) = 1$ and $\frac12 (2 - 4) = -1$. Their sum is 0.

??? question "All values of a sequence are equal. What are the gradients of the queries and of the keys?"

    They are 0. Each output is a mean of equal values, so the weights do not matter. In the formula, all entries in a row of $\partial C / \partial P$ are equal, so each equals their weighted mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .._arrays import Array, namespace, real
from ..shapes import ShapeError, unchecked
from ._contract import layer, see, whole
from ._parts import in_parts, times

__all__ = [
    "AttentionGradients",
    "MultiHeadAttentionGradients",
    "attention",
    "attention_backward",
    "multi_head_attention",
    "multi_head_attention_backward",
]

FORMULA = "out = softmax(Q Kᵀ / √d) V, the softmax over the keys"


class AttentionGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `attention`.

    Attributes
    ----------
    dC_dQ : array of shape (m, t, d)
        With respect to the queries.
    dC_dK : array of shape (m, s, d)
        With respect to the keys, summed over the queries.
    dC_dV : array of shape (m, s, d_v)
        With respect to the values, summed over the queries.
    """

    dC_dQ: Array
    dC_dK: Array
    dC_dV: Array


class MultiHeadAttentionGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `multi_head_attention`.

    Attributes
    ----------
    dC_dx : array of shape (m, t, n)
        With respect to the input: the sum of what comes through queries, keys and values.
    dC_dW_q : array of shape (n, n)
        With respect to the weights of the queries, summed over sequences and positions.
    dC_dW_k : array of shape (n, n)
        With respect to the weights of the keys, summed over sequences and positions.
    dC_dW_v : array of shape (n, n)
        With respect to the weights of the values, summed over sequences and positions.
    dC_dW_o : array of shape (n, n)
        With respect to the weights of the output, summed over sequences and positions.
    """

    dC_dx: Array
    dC_dW_q: Array
    dC_dW_k: Array
    dC_dW_v: Array
    dC_dW_o: Array


@layer(FORMULA, "attention", Q="m t d", K="m s d", V="m s d_v")
def attention(Q: Array, K: Array, V: Array, *, causal: bool = False) -> Array:
    """Return the mean of the values for each query, weighted by how well the query fits each key.

    Parameters
    ----------
    Q : array of shape (m, t, d)
        Queries: `t` for each of `m` sequences.
    K : array of shape (m, s, d)
        Keys: `s` for each sequence.
    V : array of shape (m, s, d_v)
        Values: one for each key.
    causal : bool
        If true, a query sees only its own key and those before it. Then `t` and `s` must be equal.

    Returns
    -------
    out : array of shape (m, t, d_v)
        One mean of the values for each query.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, if there are no keys or no entries to compare, or if `causal` is true and `t` is not `s`.

    Examples
    --------
    Both scores are 0, so both values have the weight 1/2:

    >>> import numpy as np
    >>> attention(np.zeros((1, 1, 4)), np.ones((1, 2, 4)), np.array([[[2.0], [6.0]]])).tolist()
    [[[4.0]]]
    """
    _check("attention", Q, K, causal)

    def of_sequences(Q: Array, K: Array, V: Array) -> tuple[Array]:
        return (_weights(Q, K, causal) @ V,)

    (out,) = in_parts(of_sequences, Q, K, V, size=Q.shape[1] * K.shape[1])
    return out


@layer(
    "∂C/∂V = Pᵀ ∂C/∂out,  ∂C/∂S = P ⊙ (∂C/∂P − rowsum(P ⊙ ∂C/∂P)),  ∂C/∂Q = ∂C/∂S K / √d,  ∂C/∂K = (∂C/∂S)ᵀ Q / √d",
    "attention",
    dC_dout="m t d_v",
    Q="m t d",
    K="m s d",
    V="m s d_v",
)
def attention_backward(dC_dout: Array, Q: Array, K: Array, V: Array, *, causal: bool = False) -> AttentionGradients:
    """Return the derivatives of the cost with respect to the queries, the keys and the values.

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
    gradients : AttentionGradients
        `dC_dQ` of shape (m, t, d), `dC_dK` of shape (m, s, d), `dC_dV` of shape (m, s, d_v).

    Raises
    ------
    ShapeError
        If the shapes do not fit together, if there are no keys or no entries to compare, or if `causal` is true and `t` is not `s`.

    Examples
    --------
    Both weights are 1/2. The second value is larger, so a larger second score makes the output larger:

    >>> import numpy as np
    >>> Q, K = np.zeros((1, 1, 4)), np.array([[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]])
    >>> found = attention_backward(np.ones((1, 1, 1)), Q, K, np.array([[[2.0], [6.0]]]))
    >>> found.dC_dQ.tolist(), found.dC_dV.tolist()
    ([[[-0.5, 0.5, 0.0, 0.0]]], [[[0.5], [0.5]]])
    """
    _check("attention_backward", Q, K, causal)
    return AttentionGradients(*_gradients(dC_dout, Q, K, V, causal))


@layer(
    "out = [head_1, ..., head_h] W_o,  head_k = attention(x W_q, x W_k, x W_v) in the columns of head k",
    "attention",
    x="m t n",
    W_q="n n",
    W_k="n n",
    W_v="n n",
    W_o="n n",
)
def multi_head_attention(
    x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, *, heads: int, causal: bool = False
) -> Array:
    """Return the self-attention of several heads side by side.

    Parameters
    ----------
    x : array of shape (m, t, n)
        Input: `m` sequences of `t` positions with `n` entries.
    W_q : array of shape (n, n)
        Weights of the queries, used as `x @ W_q`.
    W_k : array of shape (n, n)
        Weights of the keys.
    W_v : array of shape (n, n)
        Weights of the values.
    W_o : array of shape (n, n)
        Weights of the output: they mix the heads.
    heads : int
        Number of heads, which must divide `n`. Each takes `n / heads` consecutive columns.
    causal : bool
        If true, a position sees only itself and those before it.

    Returns
    -------
    out : array of shape (m, t, n)
        The output.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    TypeError
        If `heads` is not a whole number.
    ValueError
        If `heads` is below 1, or does not divide `n`.

    Examples
    --------
    All scores are 0, so every position gets the mean of all positions, in each column. With a causal mask it is the mean up to this position:

    >>> import numpy as np
    >>> x, none, same = np.array([[[2.0, 4.0], [6.0, 0.0]]]), np.zeros((2, 2)), np.eye(2)
    >>> multi_head_attention(x, none, none, same, same, heads=2).tolist()
    [[[4.0, 2.0], [4.0, 2.0]]]
    >>> multi_head_attention(x, none, none, same, same, heads=2, causal=True).tolist()
    [[[2.0, 4.0], [4.0, 2.0]]]
    """
    _check_heads("multi_head_attention", x, heads)
    Q, K, V = (_split(times(x, W), heads) for W in (W_q, W_k, W_v))
    return times(_joined(unchecked(attention)(Q, K, V, causal=causal), heads), W_o)


@layer(
    "∂C/∂x = ∂C/∂Q W_qᵀ + ∂C/∂K W_kᵀ + ∂C/∂V W_vᵀ",
    "attention",
    dC_dout="m t n",
    x="m t n",
    W_q="n n",
    W_k="n n",
    W_v="n n",
    W_o="n n",
)
def multi_head_attention_backward(
    dC_dout: Array, x: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array, *, heads: int, causal: bool = False
) -> MultiHeadAttentionGradients:
    """Return the derivatives of the cost with respect to the input and the four weight matrices of `multi_head_attention`.

    Parameters
    ----------
    dC_dout : array of shape (m, t, n)
        Derivative of the cost with respect to the output of `multi_head_attention`.
    x : array of shape (m, t, n)
        Input, as given to `multi_head_attention`.
    W_q : array of shape (n, n)
        Weights of the queries.
    W_k : array of shape (n, n)
        Weights of the keys.
    W_v : array of shape (n, n)
        Weights of the values.
    W_o : array of shape (n, n)
        Weights of the output.
    heads : int
        As given to `multi_head_attention`.
    causal : bool
        As given to `multi_head_attention`.

    Returns
    -------
    gradients : MultiHeadAttentionGradients
        `dC_dx` of shape (m, t, n), and `dC_dW_q`, `dC_dW_k`, `dC_dW_v` and `dC_dW_o` of shape (n, n).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    TypeError
        If `heads` is not a whole number.
    ValueError
        If `heads` is below 1, or does not divide `n`.

    Examples
    --------
    Each position gives half of its values to both outputs, so with equal errors it gets each error back in full:

    >>> import numpy as np
    >>> x, none, same = np.array([[[2.0, 4.0], [6.0, 0.0]]]), np.zeros((2, 2)), np.eye(2)
    >>> dC_dout = np.array([[[1.0, 2.0], [1.0, 2.0]]])
    >>> found = multi_head_attention_backward(dC_dout, x, none, none, same, same, heads=2)
    >>> found.dC_dx.tolist(), found.dC_dW_v.tolist()
    ([[[1.0, 2.0], [1.0, 2.0]]], [[8.0, 16.0], [4.0, 8.0]])
    """
    _check_heads("multi_head_attention_backward", x, heads)
    Q, K, V = (_split(times(x, W), heads) for W in (W_q, W_k, W_v))
    of_heads = _gradients(_split(times(dC_dout, W_o.T), heads), Q, K, V, causal, with_output=True)
    dC_dQ, dC_dK, dC_dV, together = (_joined(one, heads) for one in of_heads)
    return MultiHeadAttentionGradients(
        times(dC_dQ, W_q.T) + times(dC_dK, W_k.T) + times(dC_dV, W_v.T),
        _of_weights(x, dC_dQ),
        _of_weights(x, dC_dK),
        _of_weights(x, dC_dV),
        _of_weights(together, dC_dout),
    )


def _weights(Q: Array, K: Array, causal: bool) -> Array:
    """Return the attention weights P: each row is a softmax over the keys that the query may see."""
    xp = namespace(Q)
    scores = (Q / math.sqrt(Q.shape[2])) @ xp.matrix_transpose(K)
    if causal:
        seen = xp.tril(xp.ones(scores.shape[1:], dtype=xp.bool))
        scores = xp.where(seen, scores, xp.full_like(scores, -float("inf")))
    e = xp.exp(scores - xp.max(real(scores), axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def _gradients(
    dC_dout: Array, Q: Array, K: Array, V: Array, causal: bool, with_output: bool = False
) -> Sequence[Array]:
    """Return the derivatives with respect to Q, K and V, and the output of the forward pass if it is asked for."""

    def of_sequences(dC_dout: Array, Q: Array, K: Array, V: Array) -> tuple[Array, ...]:
        xp = namespace(Q)
        P, root = _weights(Q, K, causal), math.sqrt(Q.shape[2])
        dC_dP = dC_dout @ xp.matrix_transpose(V)
        dC_dS = P * (dC_dP - xp.sum(P * dC_dP, axis=-1, keepdims=True))
        found = dC_dS @ (K / root), xp.matrix_transpose(dC_dS) @ (Q / root), xp.matrix_transpose(P) @ dC_dout
        return (*found, P @ V) if with_output else found

    return in_parts(of_sequences, dC_dout, Q, K, V, size=Q.shape[1] * K.shape[1])


def _split(x: Array, heads: int) -> Array:
    """Return (m, t, n) as (m heads, t, n / heads): head k takes its share of consecutive columns."""
    xp = namespace(x)
    m, t, n = x.shape
    apart = xp.permute_dims(xp.reshape(x, (m, t, heads, n // heads)), (0, 2, 1, 3))
    return xp.reshape(apart, (m * heads, t, n // heads))


def _joined(x: Array, heads: int) -> Array:
    """Return (m heads, t, d) as (m, t, heads d): the inverse of `_split`."""
    xp = namespace(x)
    many, t, d = x.shape
    together = xp.permute_dims(xp.reshape(x, (many // heads, heads, t, d)), (0, 2, 1, 3))
    return xp.reshape(together, (many // heads, t, heads * d))


def _of_weights(x: Array, dC_dout: Array) -> Array:
    xp = namespace(x)
    return xp.reshape(x, (-1, x.shape[2])).T @ xp.reshape(dC_dout, (-1, dC_dout.shape[2]))


def _check(function: str, Q: Array, K: Array, causal: bool) -> None:
    if Q.shape[2] == 0 or K.shape[1] == 0:
        raise ShapeError(
            f"{function}: there is nothing to compare\n  Q has {tuple(Q.shape)}, and K has {tuple(K.shape)}.\n{see('attention')}"
        )
    if causal and Q.shape[1] != K.shape[1]:
        raise ShapeError(
            f"{function}: causal attention needs a key for each query\n  {FORMULA}\n"
            f"  Q has t = {Q.shape[1]} time steps, and K has s = {K.shape[1]}. Where they differ, it is not clear which keys a query may see.\n"
            + see("attention")
        )


def _check_heads(function: str, x: Array, heads: int) -> None:
    whole(function, 1, heads=heads)
    if x.shape[2] % heads:
        raise ValueError(
            f"{function}: {heads} heads do not divide n = {x.shape[2]}; each head takes n / heads consecutive columns"
        )
