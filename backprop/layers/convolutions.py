r"""Convolution: one kernel for every place of an image.

> The forward pass moves a kernel over an image. What does the backward pass do, and why do people say that the kernel must be flipped?

A dense layer from $28 \times 28$ pixels to $24 \times 24$ outputs has $784 \cdot 576 = 451584$ weights. A **convolution** needs only 25. They are a small table, the **kernel**. The kernel
covers a part of the image, the **window**. Each weight is multiplied by the pixel that it covers, and the sum of the products is one output. Then the kernel moves on. The same weights are used at every place, because
an object looks the same wherever it is in the image.

The backward pass gets $\partial C / \partial \text{out}$, the **errors** of the outputs. **The gradient of the image is again a convolution: of the errors, with the flipped kernel.** Flipped means that its rows and its
columns are in reversed order. The gradient of the kernel is a sum over all places where the kernel was used.

![An image of 3×3 pixels, a kernel of 2×2 weights and the four outputs. The pixel in the middle is in all four windows, and in each of them a different weight multiplies it. Its derivative is the sum over these four paths.](figure:convolution_paths)

We write the operation of the forward pass as $\star$:

$$
\begin{aligned}
\underbrace{\text{out}}_{m \times c_{\text{out}} \times h_{\text{out}} \times \textit{w}_{\text{out}}}
= {} & \underbrace{x}_{m \times c_{\text{in}} \times h \times \textit{w}} \star
       \underbrace{K}_{c_{\text{out}} \times c_{\text{in}} \times k_h \times k_{\textit{w}}} \\
& + \underbrace{b}_{c_{\text{out}}}
\end{aligned}
$$

There are $m$ images. Each has $c_{\text{in}}$ **channels** of $h \times \textit{w}$ pixels, for example red, green and blue. The output is an image, too, with $c_{\text{out}}$ channels. For each pair of an
input channel $c$ and an output channel $o$, $K$ has $k_h \times k_{\textit{w}}$ weights. An output adds the products of all input channels, and the bias of its own channel. For image $i$, and the output in row $r$ and
column $s$,

$$
\text{out}_{i o r s} = \sum_{c, u, v} K_{o c u v} \; x_{i, c, \, r + u - 1, \, s + v - 1} + b_o .
$$

The numbers $u$ and $v$ are the row and the column in the kernel. We subtract 1 because output 1 and weight 1 use pixel 1. The kernel moves by one pixel at a time, so there are $h_{\text{out}} = h - k_h + 1$ rows of
outputs, and $\textit{w}_{\text{out}} = \textit{w} - k_{\textit{w}} + 1$ columns. The backward pass computes

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{m \times c_{\text{in}} \times h \times \textit{w}}
&= \underbrace{\frac{\partial C}{\partial \text{out}}}_{\text{with a border of zeros}} \star
   \underbrace{\overline K}_{c_{\text{in}} \times c_{\text{out}} \times k_h \times k_{\textit{w}}} \\[10pt]
\underbrace{\frac{\partial C}{\partial K_{o c u v}}}_{\text{one number}}
&= \sum_{i, r, s} \underbrace{\frac{\partial C}{\partial \text{out}_{i o r s}}}_{\text{one number}} \;
   \underbrace{x_{i, c, \, r + u - 1, \, s + v - 1}}_{\text{one number}} \\[10pt]
\underbrace{\frac{\partial C}{\partial b_o}}_{\text{one number}}
&= \sum_{i, r, s} \underbrace{\frac{\partial C}{\partial \text{out}_{i o r s}}}_{\text{one number}}
\end{aligned}
$$

Here $\overline K$ is the flipped $K$, with its two axes of channels swapped. The border has $k_h - 1$ rows of zeros above and below the errors, and $k_{\textit{w}} - 1$ columns on the left and on the right. With
it the errors have $h + k_h - 1$ rows, so the result has $h$ rows. The gradient of the kernel has the shape of the kernel, and nothing is flipped in it.

# Derivation

Steps 1 to 5 are for one image, one input channel and one output channel. So we leave out $i$, $c$ and $o$.

**Step 1: find the paths from one pixel.** Take the pixel in row $p$ and column $q$. The weight $K_{uv}$ multiplies it in the output with $r + u - 1 = p$ and $s + v - 1 = q$. This is the output
in row $r = p - u + 1$ and column $s = q - v + 1$. So there is one path for each weight of the kernel. If there is no output in this row and column, the path does not exist.
In the figure $p = q = 2$, so $K_{22}$ multiplies the pixel in output $(1, 1)$, and $K_{11}$ in output $(2, 2)$.

**Step 2: find the derivative along one path.** The output is a sum, and one of its terms is $K_{uv} \, x_{pq}$. So the derivative of this output with respect to the pixel is $K_{uv}$.

**Step 3: add the paths.** By [the chain rule][chain-rule],

$$
\frac{\partial C}{\partial x_{pq}} = \sum_{u, v} \frac{\partial C}{\partial \text{out}_{p - u + 1, \, q - v + 1}} \; K_{uv} .
$$

If an output does not exist, its error counts as 0. These are the zeros of the border.

**Step 4: write it as the operation of the forward pass.** In the forward pass the row of the pixel, $r + u - 1$, grows with $u$. In step 3 the row of the error, $p - u + 1$, falls when $u$ grows. So we count
the rows of the kernel from the other end: $u' = k_h + 1 - u$. Then the row of the error is $p + u' - k_h$. In the errors with their border this is row $p + u' - 1$, because the border has $k_h - 1$ rows above them. Columns are
the same, with $v' = k_{\textit{w}} + 1 - v$. The weight $K_{uv}$ is the entry $\overline K_{u' v'}$ of the flipped kernel. We write $E$ for the errors with their border:

$$
\frac{\partial C}{\partial x_{pq}} = \sum_{u', v'} \overline K_{u' v'} \; E_{p + u' - 1, \, q + v' - 1} .
$$

This is the sum of the forward pass, $E \star \overline K$.

**Step 5: find the derivative of one weight.** The weight $K_{uv}$ is used in every output. So there is one path for each output, and the derivative along it is the pixel that the weight multiplies:

$$
\frac{\partial C}{\partial K_{uv}} = \sum_{r, s} \frac{\partial C}{\partial \text{out}_{r s}} \; x_{r + u - 1, \, s + v - 1} .
$$

The pixel has the same index as in the forward pass, so nothing is flipped. The bias is added to every output, so its derivative along each path is 1. Its gradient is the sum of the errors.

**Step 6: take several channels and images.** A pixel of input channel $c$ leads to every output channel, so $\partial C / \partial x$ also sums over $o$. In the forward pass the sum was over $c$. So the two axes
of channels swap their roles, and $\overline K$ has them swapped. A weight $K_{o c u v}$ connects one input channel with one output channel, so its gradient sums over no channel. But all images share it, and its
gradient sums over the images.

# What does it share with the four equations?

- **A transpose.** Without its bias, a convolution is linear in $x$. So it is a product with a matrix, which a section below shows. Its backward pass is a product with the transposed matrix, as in [BP2][bp2-hidden-error].
- **A product of error and input.** The gradient of a weight is the error times what the weight multiplied, as in [BP4][bp4-weight-gradient].
- **A sum where something was shared.** In BP3 and BP4 the examples share the weights. Here all places share them too, so the sums run over the examples and over the places.

There is no $\odot$, because the activation function is a layer of its own.

# Example

These are the image, the kernel, the bias and the errors of the figure. The arrays have four axes, and the first two have the size 1: there is one image, with one channel.

```pycon
>>> import numpy as np
>>> from backprop.layers import convolution, convolution_backward
>>> x = np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 1.0, 1.0]]]])
>>> K = np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
>>> b = np.array([0.5])
>>> convolution(x, K, b)[0, 0]
array([[ 4.5, -0.5],
       [ 1.5,  6.5]])
>>> dC_dout = np.array([[[[1.0, 0.5], [-1.0, 2.0]]]])
>>> found = convolution_backward(dC_dout, x, K, b)
>>> found.dC_dx[0, 0]
array([[ 1. ,  2.5,  1. ],
       [-1. , -1. ,  3.5],
       [ 0. ,  1. , -2. ]])
>>> found.dC_dK[0, 0]
array([[4. , 7. ],
       [0.5, 3.5]])
>>> found.dC_db
array([2.5])

```

Check three of them by hand:

- The pixel in the middle: $1 \cdot K_{22} + \frac12 \cdot K_{21} - 1 \cdot K_{12} + 2 \cdot K_{11} = -1 + 0 - 2 + 2 = -1$.
- The weight $K_{11}$ multiplies the first pixel of each window, which is 1, 2, 0 and 1. So its derivative is $1 \cdot 1 + \frac12 \cdot 2 - 1 \cdot 0 + 2 \cdot 1 = 4$.
- The bias: $1 + \frac12 - 1 + 2 = \frac52$.

# Which matrix is a convolution?

Write the nine pixels of the figure as one vector, row after row, and the four outputs as another. Each output is a sum of pixels times weights. So the outputs are a matrix $A$ times the pixels, plus the bias. This is $A$:

$$
\scriptsize \begin{pmatrix}
K_{11} & K_{12} & 0 & K_{21} & K_{22} & 0 & 0 & 0 & 0 \\
0 & K_{11} & K_{12} & 0 & K_{21} & K_{22} & 0 & 0 & 0 \\
0 & 0 & 0 & K_{11} & K_{12} & 0 & K_{21} & K_{22} & 0 \\
0 & 0 & 0 & 0 & K_{11} & K_{12} & 0 & K_{21} & K_{22}
\end{pmatrix}
$$

Each row is one window. So a convolution is **a dense layer whose weights are shared, and most of them are 0.**

By BP2, the errors of the pixels are $A^{\mathsf T}$ times the errors of the outputs. The pixel in the middle is pixel 5. Column 5 of $A$ is $(K_{22}, K_{21}, K_{12}, K_{11})$: the kernel in reversed order. **A row
of $A$ contains the kernel, and a column contains the flipped kernel.** The transpose makes rows of the columns, and this is why there is a flip.

We can let the function itself compute $A$. If one pixel is 1 and all others are 0, the outputs are one column of $A$. Here are all nine such images as a batch:

```pycon
>>> pixels = np.eye(9).reshape(9, 1, 3, 3)
>>> A = convolution(pixels, K, np.zeros(1)).reshape(9, 4).T
>>> A
array([[ 1.,  2.,  0.,  0., -1.,  0.,  0.,  0.,  0.],
       [ 0.,  1.,  2.,  0.,  0., -1.,  0.,  0.,  0.],
       [ 0.,  0.,  0.,  1.,  2.,  0.,  0., -1.,  0.],
       [ 0.,  0.,  0.,  0.,  1.,  2.,  0.,  0., -1.]])

```

Its transpose gives the gradient of the example, and so does the convolution of the errors with the flipped kernel:

```pycon
>>> dC_dx = found.dC_dx[0, 0]
>>> bool(np.array_equal((A.T @ dC_dout.reshape(4)).reshape(3, 3), dC_dx))
True
>>> border = np.pad(dC_dout, ((0, 0), (0, 0), (1, 1), (1, 1)))
>>> K_flipped = np.flip(K, axis=(2, 3))
>>> bool(np.array_equal(convolution(border, K_flipped, np.zeros(1))[0, 0], dC_dx))
True

```

Nobody builds $A$ for real images. With $224 \times 224$ pixels, a row has 50176 entries, and all but $k_h k_{\textit{w}}$ of them are 0.

# Why does some code not flip the kernel?

A reader of a course asked [why its loop does not rotate the kernel](https://community.deeplearning.ai/t/121204), although the texts say so. The loop goes over the outputs. For each output, it adds the kernel times the error to the gradient of the window:

```pycon
>>> scattered = np.zeros((3, 3))
>>> for r in range(2):
...     for s in range(2):
...         scattered[r : r + 2, s : s + 2] += K[0, 0] * dC_dout[0, 0, r, s]
>>> scattered
array([[ 1. ,  2.5,  1. ],
       [-1. , -1. ,  3.5],
       [ 0. ,  1. , -2. ]])

```

It is the same sum in another order. This loop takes one *output* at a time and **scatters** its error over the window. Each pixel gets the error times the weight that covers it. The formula takes one *pixel* at a
time and **gathers** its paths. Then the weights are in reversed order. Both are right. Flipping the kernel in this loop would be wrong.

The flip is for the gradient of the input only. A well-known text says that the backward pass "for both the data and the weights" uses flipped filters ([CS231n](https://cs231n.github.io/convolutional-networks/), Convolutional Networks). For the
weights this is not so, as step 5 shows.

# How can 24×24 errors change a 5×5 kernel?

With an image of $28 \times 28$ pixels and a kernel of $5 \times 5$, there are $24 \times 24$ outputs, because $28 - 5 + 1 = 24$. Each weight was used 576 times, once in each output. Its gradient is the sum of 576 products,
and it is one number. There are 25 such sums.

Step 5 has the form of the forward pass: the errors are moved over the image, as a kernel of $24 \times 24$. They fit at $28 - 24 + 1 = 5$ places along each axis. So the result is $5 \times 5$:

```pycon
>>> image, errors = np.ones((1, 1, 28, 28)), np.ones((1, 1, 24, 24))
>>> convolution(image, errors, np.zeros(1)).shape
(1, 1, 5, 5)

```

In a loop over the outputs, the error of one output is *one number*. The code multiplies the window by this number and adds. With `np.dot` NumPy says, for example, `shapes (2,2) and (4,4) not aligned`. Write `*`:

```pycon
>>> dC_dK = np.zeros((2, 2))
>>> for r in range(2):
...     for s in range(2):
...         dC_dK += x[0, 0, r : r + 2, s : s + 2] * dC_dout[0, 0, r, s]
>>> dC_dK
array([[4. , 7. ],
       [0.5, 3.5]])

```

**The bias gets the sum, not the average.** All $m \cdot 576$ outputs of a channel share its bias, so there are as many paths, and the paths add. The average is smaller by the factor $m \cdot h_{\text{out}} \cdot \textit{w}_{\text{out}}$. Training
still runs, but the biases hardly change.

# What does a stride change?

With a **stride** $t$, the kernel moves by $t$ pixels at a time. So the window of output $(r, s)$ starts at row $t (r - 1) + 1$, and there are $h_{\text{out}} = \lfloor (h - k_h) / t \rfloor + 1$ rows of outputs. The brackets
$\lfloor \; \rfloor$ mean rounded down.

Stride 2 uses every second window of stride 1. It is a convolution with stride 1 whose other outputs are thrown away. An output that is thrown away has no path to the cost, so its error is 0:

- **For the input, put $t - 1$ zeros between neighboring errors.** Then do the same as for stride 1. With stride 2, the errors of the example become the rows $(1, 0, \frac12)$, $(0, 0, 0)$ and $(-1, 0, 2)$.
- **For the kernel, use the windows of the forward pass.** The pixel in step 5 becomes $x_{t (r - 1) + u, \, t (s - 1) + v}$. A common mistake is to cut the windows at $r$ instead of $t (r - 1) + 1$. With stride 1 no test can see it.

The gradient of the kernel can also be computed as a convolution of the image with the errors, with the same zeros between them. Keep the first $k_h$ rows and $k_{\textit{w}}$ columns of the result.

Here the image is $5 \times 5$, the kernel is $2 \times 2$ and the stride is 2. Row 5 and column 5 are in no window, because the kernel does not fit there. They cannot change the cost. So their gradient is 0, and this is right:

```pycon
>>> wide = np.arange(25.0).reshape(1, 1, 5, 5)
>>> convolution_backward(dC_dout, wide, K, b, stride=2).dC_dx[0, 0]
array([[ 1. ,  2. ,  0.5,  1. ,  0. ],
       [ 0. , -1. ,  0. , -0.5,  0. ],
       [-1. , -2. ,  2. ,  4. ,  0. ],
       [ 0. ,  1. ,  0. , -2. ,  0. ],
       [ 0. ,  0. ,  0. ,  0. ,  0. ]])

```

**The remainder.** If $h - k_h$ divided by the stride has the remainder $\rho$, the last $\rho$ rows of the image are never read. Here $5 - 2 = 3$ divided by 2 has the remainder 1. A backward pass that forgets these rows returns an
array that is too small. The message is then, for example, `operands could not be broadcast together with shapes (1,16,16,1) (1,17,17,1)`. Add $\rho$ rows of zeros, and the same for the columns. PyTorch calls this number
`output_padding`.

If the stride is larger than the kernel, some rows and columns between the windows are never read either. With $7 \times 7$ pixels, a $2 \times 2$ kernel and stride 3, there are four windows. They read 16 pixels, so 33 of the 49
derivatives are 0:

```pycon
>>> flat, ones = np.ones((1, 1, 7, 7)), np.ones((1, 1, 2, 2))
>>> dC_dflat = convolution_backward(ones, flat, ones, b, stride=3).dC_dx
>>> int(np.sum(dC_dflat == 0))
33

```

# What does padding change?

**Padding** puts a border of zeros around the image before the kernel moves over it. In the formulas above, replace $h$ with $h + 2 \cdot \text{padding}$, and $\textit{w}$ in the same way. The backward pass first finds the gradient of the larger image. Then it cuts the border
off, because the zeros are not inputs. Both steps can be one: put only $k_h - 1 - \text{padding}$ rows of zeros above and below the errors. Columns are the same. If this number is negative, cut off rows instead.

Somebody had $4 \times 4$ pixels, a $2 \times 2$ kernel and padding 2, so there were $7 \times 7$ errors. How do they become $4 \times 4$ numbers again? (Cross Validated, "Padding and stride in backpropagation of a conv net".) The number is $2 - 1 - 2 = -1$, so cut off one row or column on each side. Then $5 \times 5$ errors
remain. With the flipped kernel and stride 1, they give $4 \times 4$. The asker found that padding 2 and stride 3 also give this shape, because $\lfloor (7 + 4 - 2) / 3 \rfloor + 1 = 4$. But these numbers are wrong:

```pycon
>>> small = np.arange(16.0).reshape(1, 1, 4, 4)
>>> errors = np.arange(49.0).reshape(1, 1, 7, 7)
>>> found = convolution_backward(errors, small, K, b, padding=2).dC_dx
>>> cropped = errors[:, :, 1:-1, 1:-1]
>>> bool(np.array_equal(found, convolution(cropped, K_flipped, np.zeros(1))))
True

```

# Why did my test not notice the flip?

Some sums and some kernels cannot show a missing flip. Without padding, each error is multiplied by every weight once. So the sum of all entries of $\partial C / \partial x$ is the sum of the errors times the sum of the kernel. Flipping
changes no sum, and so the mean is the same:

```pycon
>>> float(dC_dx.sum()), float(dC_dout.sum() * K.sum())
(5.0, 5.0)
>>> unflipped = convolution(border, K, np.zeros(1))[0, 0]
>>> float(unflipped.sum()), bool(np.array_equal(unflipped, dC_dx))
(5.0, False)

```

A kernel that is equal to its flipped self, such as a kernel of ones, hides the mistake as well. So **compare all entries, with a kernel that is not symmetric**. Make all sizes different, or an exchange of rows and columns is hidden.

[A gradient check][check-your-own] compares all entries of the three gradients with numerical derivatives. Here it has two images, two input channels, three output channels, a stride and padding. Its cost is
$\sum r \odot \text{out}$ with random numbers $r$, so $\partial C / \partial \text{out} = r$:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> shapes = {"x": (2, 2, 6, 7), "K": (3, 2, 3, 2), "b": (3,)}
>>> p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
>>> r = rng.normal(size=(2, 3, 3, 4))
>>> def cost(p):
...     return np.sum(r * convolution(p["x"], p["K"], p["b"], stride=2, padding=1))
>>> found = convolution_backward(r, p["x"], p["K"], p["b"], stride=2, padding=1)
>>> check_gradients(cost, p, dict(zip(p, found))).ok
True

```

The output has 3 rows: $\lfloor (6 + 2 - 3) / 2 \rfloor + 1 = 3$. It has 4 columns: $\lfloor (7 + 2 - 2) / 2 \rfloor + 1 = 4$.

A test that compares only shapes is no test here. Many wrong rules for the stride and the padding give an array of the right shape.

# What does the backward function compute again?

The code copies each window into a column of a matrix. For real images it is much smaller than $A$. The code multiplies it by $K$ as a matrix of shape $c_{\text{out}} \times c_{\text{in}} k_h k_{\textit{w}}$. This is often called **im2col**, from image to
columns (Chellapilla, Puri and Simard, 2006, *High Performance Convolutional Neural Networks for Document Processing*). The gradient of the kernel is then BP4: the errors times the transposed columns.
Code that goes back through the columns adds each of them to its window, which is called **col2im**.

- **Memory.** Each pixel is in up to $k_h k_{\textit{w}}$ windows, so the columns are up to that many times larger than the image. The code makes them for a few images at a time.
- **Time.** The backward function keeps nothing from the forward pass, so it copies the windows of $x$ a second time. With stride 1, each of $\partial C / \partial K$ and $\partial C / \partial x$ needs about as many multiplications as the forward
  pass. With stride $t$, $\partial C / \partial x$ needs about $t^2$ times as many, because it multiplies the zeros between the errors, too.

The bias is not needed. It is an argument only because the backward function takes the same arrays as `convolution`.

# How do PyTorch, Keras and TensorFlow differ?

| | images | kernel | padding |
| --- | --- | --- | --- |
| this book, PyTorch | `(m, c, h, w)` | `(c_out, c_in, k_h, k_w)` | a number, on all four sides |
| TensorFlow, Keras | `(m, h, w, c)` | `(k_h, k_w, c_in, c_out)` | `"valid"` or `"same"` |

- **The word.** In mathematics, a convolution flips the kernel in the forward pass. What the libraries compute is called a **cross-correlation** there. The kernel is learned, so with a flip the training would find the flipped
  kernel. `scipy.signal.convolve2d` flips, and `correlate2d` does not.
- **`"valid"` and `"same"`.** No padding is `"valid"`. With `"same"` and stride 1, the output is as large as the image. If the number of zeros is odd, TensorFlow puts one more on the bottom and on the right. Of three rows of zeros,
  two are then below the image. Do this with `np.pad` before the layer, and use `padding=0`. In the backward pass, cut the border off the gradient.
- **Transposed convolution.** PyTorch's `conv_transpose2d` computes $\partial C / \partial x$ of this chapter from $\partial C / \partial \text{out}$. Give it the same $K$, stride and padding, and the remainder as `output_padding`. It is used as a layer of its own to enlarge
  images. The name "deconvolution" is misleading: it is the transpose of $A$, and not an inverse.

# What do the error messages mean?

These are messages of PyTorch. This library refuses the same arrays, with messages of its own.

- `weight of size [8, 3, 3, 3], expected input[1, 28, 28, 3] to have 3 channels, but got 28 channels`

    The channels are last. Write `np.moveaxis(x, -1, 1)`, or in PyTorch `x.permute(0, 3, 1, 2)`.

- `Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]`

    The axes of the batch and of the channels are missing: `x[None, None]`.

- `Kernel size can't be greater than actual input size`

    The image became too small after several strides or pools. Use padding, or fewer of them.

- `mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)`

    The dense layer after the convolution has the wrong size. It needs channels times height times width of *this* input, for example $32 \cdot 7 \cdot 7 = 1568$.

PyTorch takes an array with three axes as one image: for example 128 gray images of shape `(128, 32, 32)`, as 128 channels of one image. Add the axis of the channels: `x[:, None]`.

# What is not here?

- **Dilation and groups.** [`torch.nn.functional.conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html) has both. Dilation spreads the kernel, and groups leave out connections between channels. Each is still linear, so its backward pass is still a transpose.
- **A transposed convolution as a layer.** See [`ConvTranspose2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html). V. Dumoulin and F. Visin, [*A guide to convolution arithmetic for deep learning*](https://arxiv.org/abs/1603.07285), 2016, draws all sizes.

# Common mistakes

- [The kernel is not flipped][kernel-not-flipped] in the gather form, or it is flipped in the scatter form.
- The kernel is flipped in the gradient of the kernel.
- The two axes of channels are not swapped. With as many input channels as output channels, no error is raised.
- The errors of overlapping windows are assigned with `=`, and not added with `+=`.
- The gradient is written at the index of the output, and not at the index of the pixel. A test with equal sizes cannot see it.
- The stride or the rows of the remainder are forgotten in the backward pass.
- The bias gets the mean of the errors instead of their sum.

# Check yourself

??? question "An image has 32×32 pixels and 3 channels. A convolution has 8 output channels and kernels of 5×5. Which shapes do the three gradients have for 10 images?"

    Those of the arrays: $10 \times 3 \times 32 \times 32$ for $x$, $8 \times 3 \times 5 \times 5$ for $K$, and 8 for $b$. The errors have the shape $10 \times 8 \times 28 \times 28$.

??? question "The kernel has 1×1 weights. What is left of the flip, and what are the gradients?"

    Nothing is left to flip. At each pixel, the layer is a dense layer from the input channels to the output channels. All pixels share it. The gradients are those of [a dense layer][dense-layer] whose examples are
    all pixels of all images.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .._arrays import Array, namespace
from ..shapes import ShapeError
from ._contract import fits_output, layer, see, whole
from ._windows import apart, count, padded, windows

__all__ = ["ConvolutionGradients", "convolution", "convolution_backward"]

FORMULA = (
    "out[i, o, r, s] = Σ_c Σ_u Σ_v K[o, c, u, v] x[i, c, stride (r − 1) + u, stride (s − 1) + v] + b[o], counted from 1"
)
# How many bytes of windows are in memory at once: what a processor keeps close at hand.
PART = 2**22


class ConvolutionGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `convolution`.

    Attributes
    ----------
    dC_dx : array of shape (m, c_in, h, w)
        With respect to the images.
    dC_dK : array of shape (c_out, c_in, k_h, k_w)
        With respect to the kernel, summed over the images and over all places.
    dC_db : array of shape (c_out,)
        With respect to the biases, summed over the images and over all places.
    """

    dC_dx: Array
    dC_dK: Array
    dC_db: Array


@layer(FORMULA, "convolution", x="m c_in h w", K="c_out c_in k_h k_w", b="c_out")
def convolution(x: Array, K: Array, b: Array, *, stride: int = 1, padding: int = 0) -> Array:
    r"""Return the convolution of images with a kernel, as PyTorch computes it: the kernel is not flipped.

    Parameters
    ----------
    x : array of shape (m, c_in, h, w)
        Images, the channels before the rows and columns.
    K : array of shape (c_out, c_in, k_h, k_w)
        The kernel: for each pair of an output and an input channel, `k_h` rows and `k_w` columns of weights.
    b : array of shape (c_out,)
        Biases, one for each output channel.
    stride : int
        By how many pixels the kernel moves, down and to the right.
    padding : int
        How many rows and columns of zeros are put on each of the four sides of an image.

    Returns
    -------
    out : array of shape (m, c_out, h_out, w_out)
        With `h_out = (h + 2 * padding - k_h) // stride + 1`, and `w_out` in the same way.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or if the kernel is larger than the padded image.
    TypeError, ValueError
        If the stride or the padding is not a whole number, if the stride is below 1, or the padding below 0.

    Examples
    --------
    The kernel subtracts each pixel from the next one in its row:

    >>> import numpy as np
    >>> x, K = np.array([[[[1.0, 4.0, 2.0]]]]), np.array([[[[-1.0, 1.0]]]])
    >>> convolution(x, K, np.zeros(1)).tolist()
    [[[[3.0, -2.0]]]]
    """
    _check("convolution", x, K, stride, padding)
    return _correlate(padded(x, (padding, padding), (padding, padding)), K, stride) + b[:, None, None]


@layer(
    "∂C/∂x = ∂C/∂out, with stride − 1 zeros between its entries, correlated with K flipped on both axes",
    "convolution",
    dC_dout="m c_out h_out w_out",
    x="m c_in h w",
    K="c_out c_in k_h k_w",
    b="c_out",
)
def convolution_backward(
    dC_dout: Array, x: Array, K: Array, b: Array, *, stride: int = 1, padding: int = 0
) -> ConvolutionGradients:
    r"""Return the derivatives of the cost with respect to the images, the kernel and the biases.

    Parameters
    ----------
    dC_dout : array of shape (m, c_out, h_out, w_out)
        Derivative of the cost with respect to the output of `convolution`.
    x : array of shape (m, c_in, h, w)
        Images, as given to `convolution`.
    K : array of shape (c_out, c_in, k_h, k_w)
        The kernel.
    b : array of shape (c_out,)
        Biases. The derivatives do not depend on them.
    stride : int
        As given to `convolution`.
    padding : int
        As given to `convolution`.

    Returns
    -------
    gradients : ConvolutionGradients
        `dC_dx` of shape (m, c_in, h, w), `dC_dK` of shape (c_out, c_in, k_h, k_w), `dC_db` of shape (c_out,).

    Raises
    ------
    ShapeError
        If the shapes do not fit together, `dC_dout` has not the shape of the output, or the kernel is larger than the padded image.
    TypeError, ValueError
        As `convolution` raises them.

    Examples
    --------
    The pixel in the middle is in both windows, so its derivative is a sum of two terms:

    >>> import numpy as np
    >>> x, K = np.array([[[[1.0, 4.0, 2.0]]]]), np.array([[[[-1.0, 1.0]]]])
    >>> found = convolution_backward(np.array([[[[1.0, 0.5]]]]), x, K, np.zeros(1))
    >>> found.dC_dx.tolist(), found.dC_dK.tolist(), found.dC_db.tolist()
    ([[[[-1.0, 0.5, 0.5]]]], [[[[3.0, 5.0]]]], [1.5])
    """
    xp = namespace(dC_dout)
    h_out, w_out = _check("convolution_backward", x, K, stride, padding)
    needed = (x.shape[0], K.shape[0], h_out, w_out)
    fits_output("convolution_backward", FORMULA, "convolution", dC_dout, needed)
    return ConvolutionGradients(
        _to_input(dC_dout, x.shape, K, stride, padding),
        _to_kernel(dC_dout, padded(x, (padding, padding), (padding, padding)), K, stride),
        xp.sum(dC_dout, axis=(0, 2, 3)),
    )


def _to_input(dC_dout: Array, shape: tuple[int, ...], K: Array, stride: int, padding: int) -> Array:
    """Return ∂C/∂x: the convolution of ∂C/∂out with the flipped kernel."""
    xp = namespace(K)
    flipped = xp.permute_dims(xp.flip(K, axis=(2, 3)), (1, 0, 2, 3))
    room = []
    for size, k, out in zip(shape[2:], K.shape[2:], dC_dout.shape[2:]):
        never_read = size + 2 * padding - k - stride * (out - 1)
        room.append((k - 1 - padding, k - 1 - padding + never_read))
    return _correlate(padded(apart(dC_dout, stride), room[0], room[1]), flipped, 1)


def _to_kernel(dC_dout: Array, x: Array, K: Array, stride: int) -> Array:
    """Return ∂C/∂K: for each entry of the kernel, all that it was multiplied by times ∂C/∂out, added up."""
    xp = namespace(K)
    total = xp.zeros((K.shape[0], K.shape[1] * K.shape[2] * K.shape[3]), dtype=xp.result_type(dC_dout, x))
    for part, columns in _parts(x, K, stride):
        rows = xp.reshape(dC_dout[part, ...], (columns.shape[0], K.shape[0], columns.shape[2]))
        total = total + xp.sum(rows @ xp.matrix_transpose(columns), axis=0)
    return xp.reshape(total, K.shape)


def _correlate(x: Array, K: Array, stride: int) -> Array:
    """Return the cross-correlation of padded images with a kernel: a matrix times the windows as columns."""
    xp = namespace(K)
    h_out, w_out = (count(size, k, stride) for size, k in zip(x.shape[2:], K.shape[2:]))
    matrix = xp.reshape(K, (K.shape[0], -1))
    parts = [matrix @ columns for _, columns in _parts(x, K, stride)]
    out = parts[0] if len(parts) == 1 else xp.concat(parts, axis=0)
    return xp.reshape(out, (x.shape[0], K.shape[0], h_out, w_out))


def _parts(x: Array, K: Array, stride: int) -> Iterator[tuple[slice, Array]]:
    """Give the windows of a few examples at a time, each window as a column: (examples, c_in k_h k_w, h_out w_out)."""
    xp = namespace(x)
    rows = K.shape[1] * K.shape[2] * K.shape[3]
    columns = count(x.shape[2], K.shape[2], stride) * count(x.shape[3], K.shape[3], stride)
    few = max(1, PART // max(1, 8 * rows * columns))
    for first in range(0, max(1, x.shape[0]), few):
        part = slice(first, min(first + few, x.shape[0]))
        seen = windows(x[part, ...], K.shape[2:], stride)
        yield part, xp.reshape(seen, (seen.shape[0], rows, columns))


def _check(function: str, x: Array, K: Array, stride: int, padding: int) -> list[int]:
    """Raise what is wrong with the options, or return the height and the width of the output."""
    whole(function, 1, stride=stride)
    whole(function, 0, padding=padding)
    for axis, size, k in zip("hw", x.shape[2:], K.shape[2:]):
        if not 1 <= k <= size + 2 * padding:
            raise ShapeError(
                f"{function}: the kernel does not fit into the image\n  k_{axis} is {k}, and {axis} + 2 padding is {size + 2 * padding}.\n"
                "  After several strides an image is small: use more padding, a smaller kernel or a smaller stride.\n"
                + see("convolution")
            )
    return [count(size + 2 * padding, k, stride) for size, k in zip(x.shape[2:], K.shape[2:])]
