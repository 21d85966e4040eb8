r"""Normalization: batch norm, layer norm and RMS norm.

> Batch norm subtracts the mean and divides by the standard deviation. Why is it wrong to treat these two as constants in the backward pass?

Batch norm brings the inputs of each unit to mean 0 and variance 1. In the paper that introduced it, training then needed 14 times fewer steps for the same accuracy (S. Ioffe and C. Szegedy, 2015, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*).
Then a learned scale $\gamma$ multiplies the normalized inputs $\hat x$, and a learned shift $\beta$ is added. So the outputs can still have any mean and variance.

The mean and the variance are computed from the inputs. So an input changes the outputs along three kinds of paths: directly, through the mean, and through the variance. **The backward pass must follow all three. Together they remove two parts of the gradient: its mean, and its part along $\hat x$.**
The part along $\hat x$ is $\hat x$ times one number: the mean of the products of the gradient and $\hat x$.

![One unit in a batch of four examples, with the numbers of the example below. The first picture shows the normalized values x̂, and the second the gradient g with respect to them. The third is this gradient without its mean, and the fourth without its part along x̂, too. Below the gradients are their means, and the means of their products with x̂.](figure:batch_norm_removes)

**Batch norm** normalizes each unit by itself, over the examples of the batch. There are $m$ examples and $n$ units:

$$
\begin{aligned}
\underbrace{\hat x}_{m \times n} &= \frac{\overbrace{x}^{m \times n} - \overbrace{\mu}^{n}}{\underbrace{\sqrt{v + \varepsilon}}_{n}} \\[8pt]
\underbrace{\text{out}}_{m \times n} &= \underbrace{\gamma}_{n} \odot \underbrace{\hat x}_{m \times n} + \underbrace{\beta}_{n}
\end{aligned}
$$

Here $\mu$ is the mean and $v$ the variance of each column of $x$. The variance is the mean of $(x - \mu)^2$. The small number $\varepsilon$ prevents a division by 0. The arrays $\mu$, $v$, $\gamma$ and $\beta$ have one entry for each unit, and every row uses the same entries.

The backward pass gets $\partial C / \partial \text{out}$, the errors of the outputs, from the next layer. We write $g = \gamma \odot \partial C / \partial \text{out}$, which is the derivative with respect to $\hat x$. Then

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{m \times n} &= \frac{1}{\underbrace{\sqrt{v + \varepsilon}}_{n}} \odot
\Bigl( \underbrace{g}_{m \times n} - \underbrace{\operatorname{mean}(g)}_{n} \\
&\qquad\quad - \underbrace{\hat x}_{m \times n} \odot \underbrace{\operatorname{mean}(g \odot \hat x)}_{n} \Bigr)
\end{aligned}
$$

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial \gamma}}_{n} &= \sum_{i=1}^{m} \underbrace{\Bigl( \frac{\partial C}{\partial \text{out}} \odot \hat x \Bigr)_i}_{n} \\[8pt]
\underbrace{\frac{\partial C}{\partial \beta}}_{n} &= \sum_{i=1}^{m} \underbrace{\Bigl( \frac{\partial C}{\partial \text{out}} \Bigr)_i}_{n}
\end{aligned}
$$

Every mean and every sum runs over the $m$ examples, and $(\dots)_i$ is row $i$. **Layer norm** has the same formulas, but its means run over the units of one example. **RMS norm** is the same without the mean.

# Derivation

The units do not influence each other. So we take one unit, and write its $m$ inputs as $x_1, \dots, x_m$. Then $\mu = \frac1m \sum_i x_i$ and $v = \frac1m \sum_i (x_i - \mu)^2$. We call $s = \sqrt{v + \varepsilon}$ the deviation. So $\hat x_i = (x_i - \mu) / s$.

**Step 1: go back through $\gamma$ and $\beta$.** The output $\text{out}_i = \gamma \hat x_i + \beta$ has the derivative $\hat x_i$ with respect to $\gamma$, and 1 with respect to $\beta$. All examples share $\gamma$ and $\beta$. So there is one path for each example, and the paths add. This gives the sums above, as in [BP3][bp3-bias-gradient] and
[BP4][bp4-weight-gradient]. The derivative with respect to $\hat x_i$ is $g_i = \gamma \, \partial C / \partial \text{out}_i$.

**Step 2: find the paths from one input.** The input $x_k$ is in three places: in its own $\hat x_k$, in $\mu$, and in $v$. The numbers $\mu$ and $v$ are in every $\hat x_i$. So there are three kinds of paths.

**Step 3: find the gradient of the mean.** With $v$ fixed, the derivative of $\hat x_i$ with respect to $\mu$ is $-1/s$. The paths through all $\hat x_i$ add:

$$
\frac{\partial C}{\partial \mu} = - \frac1s \sum_{i} g_i .
$$

The variance contains $\mu$, too. But its derivative with respect to $\mu$ is $-\frac2m \sum_i (x_i - \mu)$, and this sum is 0. So this path adds nothing. Programs may compute this term or leave it out.

**Step 4: find the gradient of the variance.** The derivative of $1/s = (v + \varepsilon)^{-1/2}$ with respect to $v$ is $-\frac12 (v + \varepsilon)^{-3/2} = -1 / (2 s^3)$. So the derivative of $\hat x_i$ with respect to $v$ is
$-(x_i - \mu) / (2 s^3) = - \hat x_i / (2 s^2)$, and

$$
\frac{\partial C}{\partial v} = - \frac{1}{2 s^2} \sum_{i} g_i \, \hat x_i .
$$

**Step 5: find what one input changes.** With the mean and the variance fixed, the derivative of $\hat x_k$ with respect to $x_k$ is $1/s$. The derivative of the mean is $\frac1m$. The derivative of the variance, with the mean fixed, is $\frac2m (x_k - \mu) = \frac2m s \, \hat x_k$.

**Step 6: add the paths.** By [the chain rule][chain-rule],

$$
\begin{aligned}
\frac{\partial C}{\partial x_k}
&= \frac{g_k}{s} + \frac1m \, \frac{\partial C}{\partial \mu} + \frac2m \, s \, \hat x_k \, \frac{\partial C}{\partial v} \\
&= \frac1s \Bigl( g_k - \frac1m \sum_i g_i - \hat x_k \, \frac1m \sum_i g_i \, \hat x_i \Bigr) .
\end{aligned}
$$

In the last term, $2s / (2 s^2)$ has become $1/s$. The two sums, divided by $m$, are the two means of the formula.

# What does it share with the four equations?

- **A sum where something was shared.** The examples share $\gamma$ and $\beta$, so their gradients are sums. They also share $\mu$ and $v$. So the gradient of one input contains sums over the whole batch. Batch norm is the only layer of this
  part in which examples influence each other.
- **A transpose.** For one unit, all derivatives $\partial \text{out}_i / \partial x_k$ form the [Jacobian][chain-rule] $J$. Its three terms are the three terms of step 6:

    $$
    J = \frac{\gamma}{s} \Bigl( I - \frac1m \, \mathbf 1 \mathbf 1^{\mathsf T} - \frac1m \, \hat x \, \hat x^{\mathsf T} \Bigr)
    $$

    Here $I$ is the identity matrix, $\mathbf 1$ is a column of ones, and $\hat x$ is a column as well. The backward pass multiplies by $J^{\mathsf T}$, and $J$ is symmetric.

- **No elementwise product is enough.** Each output depends on all inputs of its unit, as in [softmax][softmax-layer]. One factor for each entry cannot express this.

# Example

One unit has the inputs $(-1, 3, 4, 10)$. Their mean is 4, and their variance is $\frac14 (25 + 1 + 0 + 36) = \frac{31}{2}$. We choose $\varepsilon = \frac12$, much larger than usual, so that the deviation is $\sqrt{16} = 4$ exactly. With $\gamma = 2$ and $\beta = 1$:

```pycon
>>> import numpy as np
>>> from backprop.layers import batch_norm, batch_norm_backward
>>> x = np.array([[-1.0], [3.0], [4.0], [10.0]])
>>> gamma, beta, epsilon = np.array([2.0]), np.array([1.0]), 0.5
>>> x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon)
>>> x_hat.ravel().tolist()
[-1.25, -0.25, 0.0, 1.5]
>>> batch_norm(x, gamma, beta, epsilon=epsilon).ravel().tolist()
[-1.5, 0.5, 1.0, 4.0]
>>> dC_dout = np.array([[1.0], [-1.0], [0.0], [2.0]])
>>> found = batch_norm_backward(dC_dout, x, gamma, beta, epsilon=epsilon)
>>> found.dC_dx.ravel().tolist()
[0.5625, -0.6875, -0.25, 0.375]
>>> found.dC_dgamma.tolist(), found.dC_dbeta.tolist()
([2.0], [2.0])

```

By hand: $g = (2, -2, 0, 4)$ has the mean 1, and $g \odot \hat x = (-\frac52, \frac12, 0, 6)$ has the mean 1, too. For the first example this gives $(2 - 1 + \frac54 \cdot 1) / 4 = \frac9{16}$. And $\partial C / \partial \gamma = -\frac54 + \frac14 + 0 + 3 = 2$.

In NumPy, the backward pass is a few lines:

```pycon
>>> deviation = np.sqrt(x.var(axis=0) + epsilon)
>>> g = gamma * dC_dout
>>> dC_dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation
>>> dC_dx.ravel().tolist()
[0.5625, -0.6875, -0.25, 0.375]

```

The direct path by itself gives $g / s = (\frac12, -\frac12, 0, 1)$. These sum to 1, and the right ones to 0.

A [gradient check][check-your-own] with random numbers:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> p = {"x": rng.normal(size=(5, 3)), "gamma": rng.normal(size=3), "beta": rng.normal(size=3)}
>>> r = rng.normal(size=(5, 3))
>>> def cost(p):
...     return np.sum(r * batch_norm(p["x"], p["gamma"], p["beta"]))
>>> found = batch_norm_backward(r, p["x"], p["gamma"], p["beta"])
>>> check_gradients(cost, p, dict(zip(p, found))).ok
True

```

# Why do the mean and the variance carry gradients?

Add the same number to all inputs of a unit. The mean grows by this number, so $\hat x$ and the cost do not change. So the derivatives $\partial C / \partial x_i$ must sum to 0. The direct path gives $g_i / s$ only, and these usually do not sum to 0.
**The path through the mean makes the sum 0.** The path through the variance does the same for a factor. If all $x_i - \mu$ are multiplied by one factor, $s$ grows by nearly the same factor, and $\hat x$ hardly changes.

The paper on batch norm tells what happens if these paths are left out. Let a bias be added before the normalization.
The mean grows with the bias, so the bias has no effect, and its true gradient is 0. If the mean is treated as a constant, the computed gradient is not 0. Then the bias can grow without end, and the output never changes.

So a dense layer or a convolution before batch norm needs no bias. If it has one, its computed gradient is only rounding, near $10^{-16}$. So do not compare two such gradients by their relative error.

Three facts hold for every batch and every error, so they are good tests:

- Each column of $\partial C / \partial x$ sums to 0.
- The sum of $\hat x \odot \partial C / \partial x$ down a column is 0, apart from a small rest because of $\varepsilon$.
- For the weights that lead into one unit, the sum of weight times gradient is nearly 0. This sum is the derivative with respect to a common factor of these weights, and the normalization removes such a factor.

# Why can a sum() loss not test it?

A simple cost for a test is the sum of all outputs. But $\hat x$ sums to 0 in each column, so the outputs of one unit sum to $m \beta$, whatever $x$ is. **The exact gradient of $x$ is 0.** A backward function that returns zeros passes the test. With this cost, all errors are 1:

```pycon
>>> ones = np.ones((4, 1))
>>> batch_norm_backward(ones, x, gamma, beta, epsilon=epsilon).dC_dx.tolist()
[[0.0], [0.0], [0.0], [0.0]]

```

A sum of squares is hardly better. For one unit it is $\gamma^2 \sum_i \hat x_i^2 + m \beta^2$. And $\sum_i \hat x_i^2$ is nearly $m$, whatever $x$ is. Use $C = \sum r \odot \text{out}$ with random numbers $r$. Then $\partial C / \partial \text{out} = r$.

Three more tests that cannot fail:

- **A test of parameter gradients only, with batch norm as the first layer.** The gradients of $\gamma$ and $\beta$ do not use $\partial C / \partial x$. Put a dense layer before it, or test $\partial C / \partial x$ itself.
- **A batch of one example.** The example is its own mean, so $\hat x$, $\partial C / \partial x$ and $\partial C / \partial \gamma$ are 0.
- **A batch of two.** One value is above the mean and the other is below it by as much. So $\hat x$ is nearly $1$ and $-1$ whatever $x$ is, and the gradient is nearly 0. Take at least four examples. With three, one direction is left, because two parts of the gradient are removed.

The sum of a layer norm with $\gamma = 1$ is blind in the same way. Somebody saw zeros in PyTorch, multiplied the sum by 0.99, and [thought that a gradient flows now](https://github.com/pytorch/pytorch/issues/63541). Zero was right, and
the other numbers were rounding. Another reader summed each row of the Jacobian, [found 0](https://datascience.stackexchange.com/questions/89630), and concluded that no gradient passes. The rows do sum to 0, because the same number added to all inputs changes nothing.
But the backward pass never sums a row: it multiplies $J^{\mathsf T}$ by the errors.

# What changes in evaluation mode?

After training, the output for an example must not depend on the other examples of the batch. So the mean and the variance are replaced with two stored numbers for each unit. These are averages over many batches of the training, the
**running statistics**. They do not depend on $x$. So only the direct path exists:

```pycon
>>> running_mean, running_var = np.array([4.0]), np.array([3.5])
>>> out = gamma * (x - running_mean) / np.sqrt(running_var + epsilon) + beta
>>> dC_dx = gamma * dC_dout / np.sqrt(running_var + epsilon)
>>> out.ravel().tolist(), dC_dx.ravel().tolist()
([-4.0, 0.0, 1.0, 7.0], [1.0, -1.0, 0.0, 2.0])

```

So three formulas for $\partial C / \partial x$ look alike. Choose the one that belongs to the forward pass:

| forward pass | divisor of the variance | backward pass |
| --- | --- | --- |
| training, as here and in PyTorch | $m$ | the formula above |
| training, variance from `x.var(0)` of a PyTorch tensor | $m - 1$ | the last term is $\hat x \odot \sum (g \odot \hat x) / (m - 1)$ |
| evaluation | none: a constant | only $g$ divided by the deviation |

The second is not what `nn.BatchNorm1d` computes, [as a reader of a lecture found](https://github.com/karpathy/nn-zero-to-hero/issues/44).

# Why does PyTorch use two variances?

The output uses the variance divided by $m$, and the running variance uses the one divided by $m - 1$. This was [reported as a bug](https://github.com/pytorch/pytorch/issues/77427), but it is the method of the
paper. The second is an estimate for all data. The examples of a batch are nearer to their own mean than to the mean of all data. So their variance is too small on average, and $m - 1$ corrects this. The backward formula belongs to $m$.

# How do I normalize images?

For images, batch norm has one $\gamma$ and one $\beta$ for each channel. The reason is that a [convolution][convolution] uses the same weights at all places of a channel. So each pixel of each image counts as one example, and the channels are the units.
Move the channels to the end, and put all other axes into one:

```pycon
>>> images = np.arange(24.0).reshape(2, 3, 2, 2)
>>> m, c, h, w = images.shape
>>> pixels = np.moveaxis(images, 1, -1).reshape(m * h * w, c)
>>> out = batch_norm(pixels, np.ones(c), np.zeros(c))
>>> out = np.moveaxis(out.reshape(m, h, w, c), -1, 1)
>>> out.shape, bool(np.allclose(out.mean(axis=(0, 2, 3)), 0))
((2, 3, 2, 2), True)

```

In the backward pass, do the same with the errors, and bring $\partial C / \partial x$ back. Here `pixels[0]` is one pixel in its three channels. The plain `images.reshape(-1, c)` also has the right shape. But its first row holds three pixels of one channel:

```pycon
>>> pixels[0].tolist(), images.reshape(-1, c)[0].tolist()
([0.0, 4.0, 8.0], [0.0, 1.0, 2.0])

```

A batch of one image is allowed here, because it has $h \cdot \textit{w}$ values for each channel.

# How is layer norm different?

Layer norm normalizes each example by itself, over its units (J. L. Ba, J. R. Kiros and G. E. Hinton, 2016, *Layer Normalization*). So examples do not influence each other, and training and evaluation are the same. The derivation is the same, but every mean runs over the last axis. There $\gamma$ is not constant, because it has one entry for each unit. **In layer norm, $\gamma$ must be inside the means:**

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{\ldots \times n} &= \frac{1}{\underbrace{\sqrt{v + \varepsilon}}_{\ldots \times 1}} \odot
\Bigl( \underbrace{g}_{\ldots \times n} - \underbrace{\operatorname{mean}(g)}_{\ldots \times 1} \\
&\qquad\quad - \underbrace{\hat x}_{\ldots \times n} \odot \underbrace{\operatorname{mean}(g \odot \hat x)}_{\ldots \times 1} \Bigr) ,
\end{aligned}
$$

again with $g = \gamma \odot \partial C / \partial \text{out}$. The dots are any axes, such as examples and positions in a sentence. In batch norm, $\gamma$ is constant along the batch, so it may also be taken out of the means. In layer norm this gives a wrong gradient, unless all entries of $\gamma$ are equal.

The gradients of $\gamma$ and $\beta$ are sums over *all other* axes. For $m$ sentences of $t$ words, `x` has the shape `(m, t, n)`, and these are two axes:

```pycon
>>> from backprop.layers import layer_norm, layer_norm_backward
>>> x = np.array([[0.0, 4.0, 5.0, 3.0]])
>>> gamma, beta = np.array([1.0, 2.0, 4.0, 0.5]), np.zeros(4)
>>> layer_norm(x, gamma, beta, epsilon=0.5).tolist()
[[-1.5, 1.0, 4.0, 0.0]]
>>> dC_dout = np.array([[1.0, 2.0, 0.5, -2.0]])
>>> found = layer_norm_backward(dC_dout, x, gamma, beta, epsilon=0.5)
>>> found.dC_dx.tolist()
[[0.21875, 1.09375, -0.0625, -1.25]]
>>> sequences = np.ones((2, 5, 4))
>>> [array.shape for array in layer_norm_backward(sequences, sequences, gamma, beta)]
[(2, 5, 4), (4,), (4,)]

```

By hand: the mean is 3, and the deviation is $\sqrt{\frac72 + \frac12} = 2$. So $\hat x = (-\frac32, \frac12, 1, 0)$ and $g = (1, 4, 2, -1)$. The two means are
$\frac14 (1 + 4 + 2 - 1) = \frac32$ and $\frac14 (-\frac32 + 2 + 2 + 0) = \frac58$. The last entry is $(-1 - \frac32 - 0) / 2 = -\frac54$.

# How is RMS norm different?

RMS norm divides by the root of the mean square. It subtracts no mean, because this saves work (B. Zhang and R. Sennrich, 2019, *Root Mean Square Layer Normalization*). It has no $\beta$. Here $\hat x$ is $x$ divided by this root:

$$
\begin{aligned}
\underbrace{\hat x}_{\ldots \times n} &= \frac{\overbrace{x}^{\ldots \times n}}{\underbrace{\sqrt{\operatorname{mean}(x^2) + \varepsilon}}_{\ldots \times 1}} \\[8pt]
\underbrace{\text{out}}_{\ldots \times n} &= \underbrace{\gamma}_{n} \odot \underbrace{\hat x}_{\ldots \times n}
\end{aligned}
$$

The path through the mean is missing, and so is its term:

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{\ldots \times n} &= \frac{1}{\underbrace{\sqrt{\operatorname{mean}(x^2) + \varepsilon}}_{\ldots \times 1}} \odot \Bigl( \underbrace{g}_{\ldots \times n} \\
&\qquad - \underbrace{\hat x}_{\ldots \times n} \odot \underbrace{\operatorname{mean}(g \odot \hat x)}_{\ldots \times 1} \Bigr) .
\end{aligned}
$$

Again $g = \gamma \odot \partial C / \partial \text{out}$. The sum of $x \odot \partial C / \partial x$ along the last axis is nearly 0. But $\partial C / \partial x$ does *not* sum to 0, because the same number added to all entries changes the output.

```pycon
>>> from backprop.layers import rms_norm, rms_norm_backward
>>> x = np.array([[3.0, 1.0, 2.0, 0.0]])
>>> rms_norm(x, gamma, epsilon=0.5).tolist()
[[1.5, 1.0, 4.0, 0.0]]
>>> found = rms_norm_backward(dC_dout, x, gamma, epsilon=0.5)
>>> found.dC_dx.tolist(), found.dC_dgamma.tolist()
([[-0.53125, 1.65625, 0.3125, -0.5]], [1.5, 1.0, 0.5, 0.0])

```

By hand: the root is $\sqrt{\frac72 + \frac12} = 2$, so $\hat x = (\frac32, \frac12, 1, 0)$. With the same $g$ as before, $\operatorname{mean}(g \odot \hat x) = \frac{11}8$. The first entry is $(1 - \frac32 \cdot \frac{11}8) / 2 = -\frac{17}{32}$.

# Where does ε belong?

Here, and in the layers of PyTorch, $\varepsilon$ is inside of the root: $1 / \sqrt{v + \varepsilon}$. Some code has $1 / (\sqrt v + \varepsilon)$. This is another function with another backward pass. For ordinary numbers the difference is tiny.
But inputs near $10^{-3}$ have a variance below $\varepsilon$, and then it is large.

Some transformer code also uses `x.std()` of PyTorch, which divides by $n - 1$. [It was thought to do the same](https://github.com/codertimo/BERT-pytorch/issues/30) as `nn.LayerNorm`. But with four entries, every output is too small by the factor $\sqrt{3/4}$:

```pycon
>>> x = np.array([[1.0, 0.0, 0.0, 0.0]])
>>> float(((x - x.mean()) / (x.std(ddof=1) + 1e-5))[0, 0].round(4))
1.5
>>> float(layer_norm(x, np.ones(4), np.zeros(4))[0, 0].round(4))
1.732

```

# What does the backward function compute again?

It computes the mean, the variance and $\hat x$ a second time, which is nearly a whole forward pass. PyTorch keeps $\mu$ and $1/s$ from the forward pass instead. The backward pass itself needs two means and a few elementwise operations. The argument `beta` is not needed. It is there because the backward function takes the same arrays as the layer.

# How do PyTorch, Keras and TensorFlow differ?

| | this book | PyTorch | Keras |
| --- | --- | --- | --- |
| $\gamma$, $\beta$ | `gamma`, `beta` | `weight`, `bias` | `gamma`, `beta` |
| $\varepsilon$ of batch norm and layer norm | $10^{-5}$ | $10^{-5}$ | $10^{-3}$ |
| $\varepsilon$ of RMS norm | $10^{-5}$ | the machine epsilon of the type | $10^{-6}$ |
| channels of images | you reshape | axis 1 | the last axis |
| running variance from | none here | the variance divided by $m - 1$ | the variance divided by $m$ |
| `momentum` | none here | the weight of the *new* value, 0.1 | the weight of the *old* value, 0.99 |

So a momentum of 0.1 in PyTorch is 0.9 in Keras. TensorFlow's layers are those of Keras.

# What do the error messages mean?

These are messages of PyTorch:

- `Expected more than 1 value per channel when training, got input size torch.Size([1, 512])`

    This is no bug. One value is its own mean, so $\hat x$ is 0 and nothing can be learned. Leave out the last batch if it has one example, or use evaluation mode.

- `expected 4D input (got 2D input)`

    `BatchNorm2d` is for images. Use `BatchNorm1d` for arrays of shape `(m, n)`.

- `running_mean should contain 4 elements not 3`

    The layer was made for 3 channels, and the input has 4.

- `Given normalized_shape=[5], expected input with shape [*, 5], but got input of size[2, 4]`

    The last axis must have the size that the layer was made for.

# What is not here?

- **Running statistics.** [`torch.nn.BatchNorm2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html) keeps and updates them.
- **Group norm and instance norm.** Their means run over other groups of entries. See [`torch.nn.GroupNorm`](https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html).
- **Where to put a normalization in a transformer.** See [residual connections][residual].

# Common mistakes

- In training, [the gradients of the mean and the variance are left out][batch-statistics-constant]. Or they are computed in evaluation mode.
- The means run over the wrong axis. In layer norm it is the last axis only, even if $x$ has three axes.
- In layer norm or RMS norm, $\gamma$ is multiplied after the means.
- The term of the variance is divided by $m - 1$ where the forward pass divides by $m$, or the reverse.
- The images are reshaped without moving the channels to the end.
- The test has the cost `out.sum()`, a batch of two, or $\gamma = 1$.
- PyTorch's gradient of $\gamma$ is not 0 for a layer norm of one unit with large float32 inputs. [This is taken for a mistake](https://github.com/pytorch/pytorch/issues/188372), but it is rounding. The exact $\hat x$ is 0.

# Check yourself

??? question "The order is: dense layer, batch norm, ReLU. Which error does the dense layer get, and what is the gradient of its bias?"

    It gets $\partial C / \partial x$ of batch norm, because $x$ is the output of the dense layer. This is the error $\delta$ of the dense layer, the derivative with respect to its weighted inputs. The gradient of the bias is its sum over the examples, which is 0.

??? question "The errors of a unit are the same for all examples of the batch. What does batch norm pass on?"

    Zeros. Then $g$ is constant, and after its mean is subtracted nothing remains. The second mean is 0, because $\hat x$ sums to 0.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .._arrays import Array, namespace
from ._contract import above_zero, layer
from ._parts import in_parts

__all__ = [
    "BatchNormGradients",
    "LayerNormGradients",
    "RMSNormGradients",
    "batch_norm",
    "batch_norm_backward",
    "layer_norm",
    "layer_norm_backward",
    "rms_norm",
    "rms_norm_backward",
]


class BatchNormGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `batch_norm`.

    Attributes
    ----------
    dC_dx : array of shape (m, n)
        With respect to the inputs.
    dC_dgamma : array of shape (n,)
        With respect to the scales, summed over the examples.
    dC_dbeta : array of shape (n,)
        With respect to the shifts, summed over the examples.
    """

    dC_dx: Array
    dC_dgamma: Array
    dC_dbeta: Array


class LayerNormGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `layer_norm`.

    Attributes
    ----------
    dC_dx : array of shape (..., n)
        With respect to the inputs.
    dC_dgamma : array of shape (n,)
        With respect to the scales, summed over all other axes.
    dC_dbeta : array of shape (n,)
        With respect to the shifts, summed over all other axes.
    """

    dC_dx: Array
    dC_dgamma: Array
    dC_dbeta: Array


class RMSNormGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `rms_norm`.

    Attributes
    ----------
    dC_dx : array of shape (..., n)
        With respect to the inputs.
    dC_dgamma : array of shape (n,)
        With respect to the scales, summed over all other axes.
    """

    dC_dx: Array
    dC_dgamma: Array


@layer("out = γ ⊙ (x − mean) / √(variance + ε) + β, over the examples", "normalization", x="m n", gamma="n", beta="n")
def batch_norm(x: Array, gamma: Array, beta: Array, *, epsilon: float = 1e-5) -> Array:
    r"""Return each unit normalized over the examples of the batch, as in training.

    Parameters
    ----------
    x : array of shape (m, n)
        Inputs: `m` examples of `n` units. The variance is divided by `m`.
    gamma : array of shape (n,)
        Scale of each unit.
    beta : array of shape (n,)
        Shift of each unit.
    epsilon : float
        A small number above 0, which is added inside of the square root.

    Returns
    -------
    out : array of shape (m, n)
        The output.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    With this large `epsilon` the deviation is exactly 2:

    >>> import numpy as np
    >>> x = np.array([[0.0], [4.0], [5.0], [3.0]])
    >>> batch_norm(x, np.ones(1), np.zeros(1), epsilon=0.5).ravel().tolist()
    [-1.5, 0.5, 1.0, 0.0]
    """
    centered, deviation = _centered(x, 0, above_zero("batch_norm", epsilon))
    return gamma / deviation * centered + beta


@layer(
    "∂C/∂x = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(variance + ε), g = γ ⊙ ∂C/∂out, over the examples",
    "normalization",
    dC_dout="m n",
    x="m n",
    gamma="n",
    beta="n",
)
def batch_norm_backward(
    dC_dout: Array, x: Array, gamma: Array, beta: Array, *, epsilon: float = 1e-5
) -> BatchNormGradients:
    r"""Return the derivatives of the cost with respect to the inputs, the scales and the shifts of batch norm in training.

    Parameters
    ----------
    dC_dout : array of shape (m, n)
        Derivative of the cost with respect to the output of `batch_norm`.
    x : array of shape (m, n)
        Inputs, as given to `batch_norm`.
    gamma : array of shape (n,)
        Scale of each unit.
    beta : array of shape (n,)
        Shift of each unit. The derivatives do not depend on it.
    epsilon : float
        As given to `batch_norm`.

    Returns
    -------
    gradients : BatchNormGradients
        `dC_dx` of shape (m, n), `dC_dgamma` and `dC_dbeta` of shape (n,).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    Only the last example has an error, but its output depends on all inputs:

    >>> import numpy as np
    >>> x = np.array([[0.0], [4.0], [5.0], [3.0]])
    >>> dC_dout = np.array([[0.0], [0.0], [0.0], [8.0]])
    >>> found = batch_norm_backward(dC_dout, x, np.ones(1), np.zeros(1), epsilon=0.5)
    >>> found.dC_dx.ravel().tolist(), found.dC_dgamma.tolist(), found.dC_dbeta.tolist()
    ([-1.0, -1.0, -1.0, 3.0], [0.0], [8.0])
    """
    m = _count(x, 0)
    centered, deviation = _centered(x, 0, above_zero("batch_norm_backward", epsilon))
    dC_dgamma = _sum_of_products(dC_dout, centered, 0) / deviation
    dC_dbeta = _sum(dC_dout, 0)
    # g is γ times dC_dout, and so are its two means, because γ is the same for all examples. x̂ is centered / deviation.
    dC_dx = gamma / deviation * (dC_dout - dC_dbeta / m - dC_dgamma / deviation / m * centered)
    return BatchNormGradients(dC_dx, dC_dgamma, dC_dbeta)


@layer(
    "out = γ ⊙ (x − mean) / √(variance + ε) + β, over the last axis", "normalization", x="*any n", gamma="n", beta="n"
)
def layer_norm(x: Array, gamma: Array, beta: Array, *, epsilon: float = 1e-5) -> Array:
    r"""Return each example normalized over its units, which are the last axis.

    Parameters
    ----------
    x : array of shape (..., n)
        Inputs: any number of axes before the units.
    gamma : array of shape (n,)
        Scale of each unit.
    beta : array of shape (n,)
        Shift of each unit.
    epsilon : float
        A small number above 0, which is added inside of the square root.

    Returns
    -------
    out : array of shape (..., n)
        The output.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    With this large `epsilon` the deviation is exactly 2:

    >>> import numpy as np
    >>> x = np.array([[0.0, 4.0, 5.0, 3.0]])
    >>> layer_norm(x, np.ones(4), np.zeros(4), epsilon=0.5).tolist()
    [[-1.5, 0.5, 1.0, 0.0]]
    """
    epsilon = above_zero("layer_norm", epsilon)

    def of_rows(x: Array) -> tuple[Array]:
        centered, deviation = _centered(x, 1, epsilon)
        return (centered / deviation * gamma + beta,)

    (out,) = in_parts(of_rows, _rows(x))
    return namespace(x).reshape(out, x.shape)


@layer(
    "∂C/∂x = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(variance + ε), g = γ ⊙ ∂C/∂out, over the last axis",
    "normalization",
    dC_dout="*any n",
    x="*any n",
    gamma="n",
    beta="n",
)
def layer_norm_backward(
    dC_dout: Array, x: Array, gamma: Array, beta: Array, *, epsilon: float = 1e-5
) -> LayerNormGradients:
    r"""Return the derivatives of the cost with respect to the inputs, the scales and the shifts of layer norm.

    Parameters
    ----------
    dC_dout : array of shape (..., n)
        Derivative of the cost with respect to the output of `layer_norm`.
    x : array of shape (..., n)
        Inputs, as given to `layer_norm`.
    gamma : array of shape (n,)
        Scale of each unit.
    beta : array of shape (n,)
        Shift of each unit. The derivatives do not depend on it.
    epsilon : float
        As given to `layer_norm`.

    Returns
    -------
    gradients : LayerNormGradients
        `dC_dx` of shape (..., n), `dC_dgamma` and `dC_dbeta` of shape (n,).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    Only the last unit has an error, but its output depends on all inputs:

    >>> import numpy as np
    >>> x, dC_dout = np.array([0.0, 4.0, 5.0, 3.0]), np.array([0.0, 0.0, 0.0, 8.0])
    >>> found = layer_norm_backward(dC_dout, x, np.ones(4), np.zeros(4), epsilon=0.5)
    >>> found.dC_dx.tolist()
    [-1.0, -1.0, -1.0, 3.0]
    """
    epsilon = above_zero("layer_norm_backward", epsilon)

    def of_rows(dC_dout: Array, x: Array) -> tuple[Array, Array, Array]:
        n = x.shape[1]
        centered, deviation = _centered(x, 1, epsilon)
        # x̂ is centered / deviation, so this product serves both sums of dC_dout ⊙ x̂: over the rows, and with γ over the units.
        product = dC_dout * centered
        along = (product @ gamma)[:, None] / deviation / n
        dC_dx = (gamma * dC_dout - (dC_dout @ gamma)[:, None] / n - along / deviation * centered) / deviation
        return dC_dx, (1 / deviation)[:, 0] @ product, _sum(dC_dout, 0)

    dC_dx, dC_dgamma, dC_dbeta = in_parts(of_rows, _rows(dC_dout), _rows(x), added=2)
    return LayerNormGradients(namespace(x).reshape(dC_dx, x.shape), dC_dgamma, dC_dbeta)


@layer("out = γ ⊙ x / √(mean(x²) + ε), over the last axis", "normalization", x="*any n", gamma="n")
def rms_norm(x: Array, gamma: Array, *, epsilon: float = 1e-5) -> Array:
    r"""Return each example divided by the root of the mean of its squares, over the last axis.

    Parameters
    ----------
    x : array of shape (..., n)
        Inputs: any number of axes before the units.
    gamma : array of shape (n,)
        Scale of each unit.
    epsilon : float
        A small number above 0, which is added inside of the square root.

    Returns
    -------
    out : array of shape (..., n)
        The output.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    With this large `epsilon` the root is exactly 2:

    >>> import numpy as np
    >>> rms_norm(np.array([[3.0, 1.0, 2.0, 0.0]]), np.ones(4), epsilon=0.5).tolist()
    [[1.5, 0.5, 1.0, 0.0]]
    """
    epsilon = above_zero("rms_norm", epsilon)
    (out,) = in_parts(lambda x: (x / _root_mean_square(x, 1, epsilon) * gamma,), _rows(x))
    return namespace(x).reshape(out, x.shape)


@layer(
    "∂C/∂x = (g − x̂ ⊙ mean(g ⊙ x̂)) / √(mean(x²) + ε), g = γ ⊙ ∂C/∂out, over the last axis",
    "normalization",
    dC_dout="*any n",
    x="*any n",
    gamma="n",
)
def rms_norm_backward(dC_dout: Array, x: Array, gamma: Array, *, epsilon: float = 1e-5) -> RMSNormGradients:
    r"""Return the derivatives of the cost with respect to the inputs and the scales of RMS norm.

    Parameters
    ----------
    dC_dout : array of shape (..., n)
        Derivative of the cost with respect to the output of `rms_norm`.
    x : array of shape (..., n)
        Inputs, as given to `rms_norm`.
    gamma : array of shape (n,)
        Scale of each unit.
    epsilon : float
        As given to `rms_norm`.

    Returns
    -------
    gradients : RMSNormGradients
        `dC_dx` of shape (..., n), `dC_dgamma` of shape (n,).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If `epsilon` is not above 0.

    Examples
    --------
    The second unit has an error. Its output also depends on the other inputs, through the root:

    >>> import numpy as np
    >>> x, dC_dout = np.array([3.0, 1.0, 2.0, 0.0]), np.array([0.0, 8.0, 0.0, 0.0])
    >>> found = rms_norm_backward(dC_dout, x, np.ones(4), epsilon=0.5)
    >>> found.dC_dx.tolist(), found.dC_dgamma.tolist()
    ([-0.75, 3.75, -0.5, 0.0], [0.0, 4.0, 0.0, 0.0])
    """
    epsilon = above_zero("rms_norm_backward", epsilon)

    def of_rows(dC_dout: Array, x: Array) -> tuple[Array, Array]:
        size = _root_mean_square(x, 1, epsilon)
        product = dC_dout * x  # for both sums of dC_dout ⊙ x̂, where x̂ is x / size
        along = (product @ gamma)[:, None] / size / x.shape[1]
        return (gamma * dC_dout - along / size * x) / size, (1 / size)[:, 0] @ product

    dC_dx, dC_dgamma = in_parts(of_rows, _rows(dC_dout), _rows(x), added=1)
    return RMSNormGradients(namespace(x).reshape(dC_dx, x.shape), dC_dgamma)


def _rows(x: Array) -> Array:
    """Return an array (..., n) as a matrix with n columns."""
    xp = namespace(x)
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _centered(x: Array, axis: int, epsilon: float) -> tuple[Array, Array]:
    """Return a matrix less its mean along an axis, and the deviation that makes it x̂."""
    centered = x - _sum(x, axis) / _count(x, axis)
    return centered, _root_mean_square(centered, axis, epsilon)


def _root_mean_square(x: Array, axis: int, epsilon: float) -> Array:
    return namespace(x).sqrt(_sum_of_products(x, x, axis) / _count(x, axis) + epsilon)


def _count(x: Array, axis: int) -> int:
    """Return by how many a sum along an axis is divided for the mean: at least 1, or a batch without examples would give nan."""
    size: int = x.shape[axis]
    return max(size, 1)


def _sum(x: Array, axis: int) -> Array:
    """Return the sums of the columns (axis 0) or of the rows (axis 1, kept as a column): a matrix product, the fastest sum."""
    ones = namespace(x).ones(x.shape[axis], dtype=x.dtype)
    return ones @ x if axis == 0 else (x @ ones)[:, None]


def _sum_of_products(x: Array, y: Array, axis: int) -> Array:
    """Return `_sum` of x ⊙ y. NumPy does not make the product for it."""
    if namespace(x) is not np:
        return _sum(x * y, axis)
    return np.einsum("ij,ij->j", x, y) if axis == 0 else np.einsum("ij,ij->i", x, y)[:, None]
