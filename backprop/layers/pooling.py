r"""Pooling: one number for each window of an image.

> Max pooling keeps the largest entry of a window and has no weights. How does an error go back through it?

Pooling makes an image smaller, so that the next layers need fewer multiplications. It moves a **window** over the image, and takes one number at each place. Max pooling takes the largest entry, the **winner**. Average pooling takes the mean.

The backward pass gets $\partial C / \partial \text{out}$, the **errors** of the outputs. **Max pooling gives each error to the winner of its window. Average pooling gives every entry of the window an equal share.** If an entry is in several
windows, it gets a sum.

![Max pooling with windows of 2×2 that overlap. The dark entry is the largest of its window, and the error of the window goes to it. The 5 is the largest of two windows, so the two errors are added.](figure:max_pool_winner)

There are $m$ images with $c$ **channels** of $h \times \textit{w}$ pixels, for example red, green and blue. The forward pass is

$$
\underbrace{\text{out}}_{m \times c \times h_{\text{out}} \times \textit{w}_{\text{out}}}
= \operatorname{pool} \bigl( \underbrace{x}_{m \times c \times h \times \textit{w}} \bigr) .
$$

Here pool is the maximum or the mean of each window. A window has $k \times k$ entries, and it moves by $t$ pixels at a time, the **stride**. For image $i$, channel $j$, and the output in row $r$ and column $s$,

$$
\begin{aligned}
\text{largest: } \text{out}_{i j r s} &= \max_{u, v} \; x_{i, j, \, t (r - 1) + u, \, t (s - 1) + v} \\
\text{mean: } \text{out}_{i j r s} &= \frac{1}{k^2} \sum_{u, v} x_{i, j, \, t (r - 1) + u, \, t (s - 1) + v} .
\end{aligned}
$$

The numbers $u$ and $v$ go from 1 to $k$. After $r - 1$ moves the window starts at row $t (r - 1) + 1$. It fits $h_{\text{out}} = \lfloor (h - k) / t \rfloor + 1$ times, where $\lfloor \; \rfloor$ means rounded down. Columns are the same. The
backward pass computes

$$
\underbrace{\frac{\partial C}{\partial x_{i j p q}}}_{\text{one number}}
= \sum_{r, s} \underbrace{\frac{\partial C}{\partial \text{out}_{i j r s}}}_{\text{one number}} \;
  \underbrace{\frac{\partial \, \text{out}_{i j r s}}{\partial x_{i j p q}}}_{\text{the share}}
$$

For max pooling, the **share** is 1 if pixel $(p, q)$ is the winner of window $(r, s)$, and 0 otherwise. For average pooling it is $1 / k^2$ if the pixel is in the window, and 0 otherwise. The result has the shape of $x$, $m \times c \times h \times \textit{w}$. The shares of one window
always sum to 1.

# Derivation

Images and channels do not influence each other, so we leave out $i$ and $j$.

**Step 1: find the paths from one pixel.** A pixel can change the output of each window that it is in. [The chain rule][chain-rule] multiplies the two derivatives along each path and adds the products. This is the sum over $r$ and $s$.

**Step 2: find the derivative of a mean.** The output is a sum with the terms $x_{pq} / k^2$. So the derivative with respect to each pixel of the window is $1 / k^2$.

**Step 3: find the derivative of a maximum.** Let one entry be larger than all others of its window. Change any one entry by less than the difference between the largest and the second largest. Then the winner stays the same, and the output *is* this
entry. So the derivative with respect to the winner is 1, and with respect to the others it is 0.

**Step 4: look at ties.** If several entries are the largest, the maximum has a kink and no derivative. Then a choice must be made. This library takes the first of them, row by row.

# What does it share with the four equations?

- **A transpose.** Average pooling is linear: a matrix whose rows have $k^2$ entries of $1 / k^2$, and zeros. Its backward pass is a product with the transposed matrix, as in [BP2][bp2-hidden-error]. Max pooling is a matrix as well, as long as the winners stay the same. Each row has a single 1, at the
  winner. The transpose gives the error to the winner.
- **A sum where something was shared.** A pixel in several windows gets a sum.
- **No gradient of parameters.** Pooling has none. So nothing is summed over the examples.

# Example

The image and the errors of the figure, with windows of $2 \times 2$ and stride 1. The arrays have four axes, for one image with one channel:

```pycon
>>> import numpy as np
>>> from backprop.layers import average_pool, average_pool_backward, max_pool, max_pool_backward
>>> x = np.array([[[[3.0, 4.0, 2.0], [1.0, 5.0, 0.0], [8.0, 6.0, 4.0]]]])
>>> max_pool(x, size=2, stride=1)[0, 0]
array([[5., 5.],
       [8., 6.]])
>>> dC_dout = np.array([[[[-1.5, 0.75], [0.25, 0.5]]]])
>>> max_pool_backward(dC_dout, x, size=2, stride=1).dC_dx[0, 0]
array([[ 0.  ,  0.  ,  0.  ],
       [ 0.  , -0.75,  0.  ],
       [ 0.25,  0.5 ,  0.  ]])

```

And the same with the mean:

```pycon
>>> average_pool(x, size=2, stride=1)[0, 0]
array([[3.25, 2.75],
       [5.  , 3.75]])
>>> average_pool_backward(dC_dout, x, size=2, stride=1).dC_dx[0, 0]
array([[-0.375 , -0.1875,  0.1875],
       [-0.3125,  0.    ,  0.3125],
       [ 0.0625,  0.1875,  0.125 ]])

```

The pixel in the middle is in all four windows. With the mean, its derivative is $(-\frac32 + \frac34 + \frac14 + \frac12) / 4 = 0$. The errors cancel.

Here is [a gradient check][check-your-own] of both, with two images, three channels and windows side by side. The image has 5 rows, and the windows use only 4 of them:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> images, r = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(2, 3, 2, 2))
>>> def largest(p):
...     return np.sum(r * max_pool(p["x"], size=2))
>>> def mean(p):
...     return np.sum(r * average_pool(p["x"], size=2))
>>> found = max_pool_backward(r, images, size=2)
>>> check_gradients(largest, {"x": images}, {"x": found.dC_dx}).ok
True
>>> check_gradients(mean, {"x": images}, {"x": average_pool_backward(r, images, size=2).dC_dx}).ok
True

```

The last row is in no window. It does not change the cost, so its derivatives are 0:

```pycon
>>> bool(np.all(found.dC_dx[:, :, 4] == 0))
True

```

# Which matrix is max pooling?

The figure has nine pixels and four outputs, so its matrix $A$ is $4 \times 9$. Column 1 says how the outputs change with pixel 1, and so on. The code changes one pixel at a time by $\frac18$, so no other entry becomes the winner:

```pycon
>>> changes = 0.125 * np.eye(9).reshape(9, 1, 3, 3)
>>> out = max_pool(x, size=2, stride=1)
>>> A = ((max_pool(x + changes, size=2, stride=1) - out) / 0.125).reshape(9, 4).T
>>> A
array([[0., 0., 0., 0., 1., 0., 0., 0., 0.],
       [0., 0., 0., 0., 1., 0., 0., 0., 0.],
       [0., 0., 0., 0., 0., 0., 1., 0., 0.],
       [0., 0., 0., 0., 0., 0., 0., 1., 0.]])

```

# How can a maximum have a derivative?

An elementwise [activation function][activation-functions] takes one number and has one derivative. A maximum takes several numbers. A question with many readers asks how an error can go back through it (Data Science Stack Exchange, "Backprop Through Max-Pooling Layers?"). A maximum has one derivative for each of its
inputs, as a sum has. They are 1 for the winner and 0 for the others. A derivative of 0 is no problem. It only says that a small change of this entry does not change the output.

So the other entries get no error from this window. In another example another entry can win.

# Which error does pooling get?

The [error][bp1-output-error] that arrives at an output is computed by the layer that uses this output. Somebody had three units in the next layer with the errors 2, 3 and 6, and asked
[whether every pooled unit gets their sum, 11](https://datascience.stackexchange.com/questions/13587). It does not. By BP2, each error is multiplied by the weight on its path, and then the products are added. So pooled unit $j$ gets $2 w_{1 \leftarrow j} + 3 w_{2 \leftarrow j} + 6 w_{3 \leftarrow j}$, a different number for each
unit.

# What if the windows overlap?

If the stride is smaller than the size of the window, a pixel is in several windows and can be the winner several times. In the figure the 5 is the winner of two windows, so it gets $-\frac32 + \frac34 = -\frac34$.

In a loop over the windows, add with `+=`. If each error is written to the place of its winner with `=`, the second overwrites the first, and the 5 gets only $\frac34$. Windows that do not overlap cannot show this mistake. The same holds for a row of numbers.
Take $(3, 0, 4, 2, 0)$ with windows of 3 and stride 2. The 4 is the winner of both windows and gets both errors.

# What happens at a tie?

After ReLU many pixels are 0, and whole windows are equal. Then the maximum has a kink, and each library makes a choice. Take a window of four zeros and the error 1. These are three choices:

| choice | the four derivatives | who does it |
| --- | --- | --- |
| all to one entry | $(1, 0, 0, 0)$ | this library and PyTorch's `max_pool2d`; TensorFlow's `max_pool` |
| equal shares | $(\frac14, \frac14, \frac14, \frac14)$ | `amax` of PyTorch, `reduce_max` of TensorFlow, `jnp.max` of JAX |
| all to every entry | $(1, 1, 1, 1)$ | `x == out` as a mask, in many programs |

The first two are right. **The third is wrong: the shares sum to 4 and not to 1.** To see it, increase all four entries by the same small number. Then the maximum increases by this number, so the shares of a window must sum to 1. (Any shares from 0 to 1 with this sum form a *subgradient*, a
replacement for the derivative at a kink.) The mask multiplies the error by the number of ties. Old versions of Theano did this, [and it was reported as a bug](https://github.com/Theano/Theano/issues/4568).

```pycon
>>> zeros, ones = np.zeros((1, 1, 2, 2)), np.ones((1, 1, 1, 1))
>>> max_pool_backward(ones, zeros, size=2).dC_dx.tolist()
[[[[1.0, 0.0], [0.0, 0.0]]]]
>>> mask = (zeros == max_pool(zeros, size=2)) * ones
>>> float(mask.sum())
4.0

```

[The gradient check][check-your-own] of this library changes one entry at a time. So at a tie it accepts each derivative between 0 and the error, also from the mask. Test ties by the sum of the shares. Test everything else with random numbers, which have no ties.

# How does average pooling go back?

Each entry of a window gets the error of the window divided by $k^2$. Somebody's function gave 0.25 in each of four places, and [the test wanted 0.5](https://community.deeplearning.ai/t/209979). The error was 2, and $2 / 4 = 0.5$. The function had left out the error itself:

```pycon
>>> average_pool_backward(2 * ones, zeros, size=2).dC_dx.tolist()
[[[[0.5, 0.5], [0.5, 0.5]]]]

```

Average pooling is also a [convolution][convolution], with a kernel of equal weights for each channel by itself. Flipped, this
kernel is the same. So the backward pass spreads the errors with it.

# What about batches and channels?

Each channel of each example is pooled by itself. So each has its own winners, and each error goes to the winner in its own example and channel. In a batch of 100 examples each has its own. Nothing is
averaged over them. Only gradients of parameters are summed over the examples, and pooling has no parameters.

# What does the backward function compute again?

`max_pool_backward` computes the largest entries a second time, and then compares all entries of a window with the largest. Programs that want to avoid this keep the *places* of the winners from the forward pass. If the code changes $x$ in place between the two passes, only these stored places are right.
A comparison with the changed $x$ can find another winner. With padding, the places belong to the padded image, and not to $x$.

Both backward functions take entry 1 of all windows and add what it gets to the image, then entry 2, and so on. So each array in between is only as large as the output. The backward function of the average uses only the shape of $x$, and not its numbers.

# How do PyTorch, Keras and TensorFlow differ?

- **The channels.** TensorFlow and Keras have them last. Here and in PyTorch they are axis 1. Write `np.moveaxis(x, -1, 1)`.
- **The stride.** In PyTorch and Keras, and here, it is the size of the window unless you give another. `tf.nn.max_pool2d` always wants it.
- **Padding.** This library has none. Max pooling in PyTorch pads with $-\infty$, so that a border never wins. A border of zeros would win in a window of negative numbers: $-5$ everywhere with a border of zeros gives 0, and the right answer is $-5$. To pad here, put the border around $x$ with
  `np.pad(..., constant_values=-np.inf)`, and cut it off the gradient.
- **Padding of the average.** PyTorch divides by $k^2$ and counts the zeros of the border, unless `count_include_pad=False`. TensorFlow does not count them.
- **The last rows.** If the last window does not fit into the image, it is left out here. PyTorch does the same by default, and TensorFlow with `"valid"`, which means no padding. PyTorch's `ceil_mode=True` and TensorFlow's `"same"` use it.
- **Ties.** See the table above.

The message `pad should be at most half of effective kernel size` of PyTorch means that a window could lie in the border completely. `Output size is too small` means that the window is larger than the image: after several pools the image has become too small.

# What is not here?

- **Padding, dilation, windows that are not square.** See [`torch.nn.functional.max_pool2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html).
- **Global average pooling.** This is the mean over all pixels of a channel, `x.mean(axis=(2, 3))`. Each pixel gets $1 / (h \, \textit{w})$ of the error.
- **Convolutions with a stride in place of pooling.** See [convolution][convolution].

# Common mistakes

- Every tied entry gets the whole error, because the mask is `x == out`.
- The errors of overlapping windows are assigned with `=`, and not added with `+=`.
- The error of an average is not divided by $k^2$, or the share is not multiplied by the error.
- The winners are looked up again after $x$ was changed in place.
- A border of zeros is put around an image for max pooling.
- The test uses only the average, so nothing tests the choice of the winners.

# Check yourself

??? question "An image of 7×7 pixels is pooled with windows of 2×2 and the default stride. How many derivatives of max pooling can be different from 0?"

    At most 9. There are $3 \times 3$ windows, and each has one winner. The last row and the last column are in no window.

??? question "The largest entry of a window is 4, another entry is 3.9, and the error is 2. Which derivatives do the two get? What does an average give, with four entries?"

    Max pooling gives 2 to the largest and 0 to the other, however close they are. The average gives $\frac24 = \frac12$ to each of the four entries.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

from .._arrays import Array, namespace
from ..shapes import ShapeError
from ._contract import fits_output, layer, see, whole
from ._windows import add_windows, count, entries

__all__ = ["PoolGradients", "average_pool", "average_pool_backward", "max_pool", "max_pool_backward"]

MAX = "out[i, c, r, s] = the largest of x[i, c, stride (r − 1) + u, stride (s − 1) + v] over u, v, counted from 1"
AVERAGE = "out[i, c, r, s] = the mean of x[i, c, stride (r − 1) + u, stride (s − 1) + v] over u, v, counted from 1"


class PoolGradients(NamedTuple):
    """The derivative of the cost with respect to the argument of a pooling layer.

    Attributes
    ----------
    dC_dx : array of shape (m, c, h, w)
        With respect to the images.
    """

    dC_dx: Array


@layer(MAX, "pooling", x="m c h w")
def max_pool(x: Array, *, size: int, stride: int | None = None) -> Array:
    r"""Return the largest entry of each window of an image.

    Parameters
    ----------
    x : array of shape (m, c, h, w)
        Images, the channels before the rows and columns.
    size : int
        The height and the width of a window.
    stride : int, optional
        By how many pixels the window moves. By default it is the size, so that the windows lie side by side.

    Returns
    -------
    out : array of shape (m, c, h_out, w_out)
        The largest entries. With `h_out = (h - size) // stride + 1`, and `w_out` in the same way.

    Raises
    ------
    ShapeError
        If `x` has not four axes, or if the window is larger than the image.
    TypeError, ValueError
        If the size or the stride is not a whole number of at least 1.

    Examples
    --------
    The last column fills no window:

    >>> import numpy as np
    >>> max_pool(np.array([[[[1.0, 4.0, 9.0], [3.0, 2.0, 9.0]]]]), size=2).tolist()
    [[[[4.0]]]]
    """
    return _largest(entries(x, (size, size), _stride("max_pool", x, size, stride)))


@layer(MAX, "pooling", dC_dout="m c h_out w_out", x="m c h w")
def max_pool_backward(dC_dout: Array, x: Array, *, size: int, stride: int | None = None) -> PoolGradients:
    r"""Return the derivative of the cost with respect to the images: each error goes to the largest entry of its window, the first if several are largest.

    Parameters
    ----------
    dC_dout : array of shape (m, c, h_out, w_out)
        Derivative of the cost with respect to the output of `max_pool`.
    x : array of shape (m, c, h, w)
        Images, as given to `max_pool`.
    size : int
        As given to `max_pool`.
    stride : int, optional
        As given to `max_pool`.

    Returns
    -------
    gradients : PoolGradients
        `dC_dx` of shape (m, c, h, w). It is 0 for pixels that are in no window.

    Raises
    ------
    ShapeError
        If `dC_dout` has not the shape of the output, or if the window is larger than the image.
    TypeError, ValueError
        If the size or the stride is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 9.0], [3.0, 2.0, 9.0]]]])
    >>> max_pool_backward(np.array([[[[0.5]]]]), x, size=2).dC_dx.tolist()
    [[[[0.0, 0.5, 0.0], [0.0, 0.0, 0.0]]]]
    """
    step = _of_output("max_pool_backward", MAX, dC_dout, x, size, stride)
    shares = _shares(dC_dout, entries(x, (size, size), step))
    return PoolGradients(add_windows(shares, x.shape, (size, size), step))


@layer(AVERAGE, "pooling", x="m c h w")
def average_pool(x: Array, *, size: int, stride: int | None = None) -> Array:
    r"""Return the mean of each window of an image.

    Parameters
    ----------
    x : array of shape (m, c, h, w)
        Images, the channels before the rows and columns.
    size : int
        The height and the width of a window.
    stride : int, optional
        By how many pixels the window moves. By default it is the size, so that the windows lie side by side.

    Returns
    -------
    out : array of shape (m, c, h_out, w_out)
        The means. With `h_out = (h - size) // stride + 1`, and `w_out` in the same way.

    Raises
    ------
    ShapeError
        If `x` has not four axes, or if the window is larger than the image.
    TypeError, ValueError
        If the size or the stride is not a whole number of at least 1.

    Examples
    --------
    The last column fills no window:

    >>> import numpy as np
    >>> average_pool(np.array([[[[1.0, 4.0, 9.0], [3.0, 2.0, 9.0]]]]), size=2).tolist()
    [[[[2.5]]]]
    """
    first, *others = entries(x, (size, size), _stride("average_pool", x, size, stride))
    return sum(others, first) / size**2


@layer(AVERAGE, "pooling", dC_dout="m c h_out w_out", x="m c h w")
def average_pool_backward(dC_dout: Array, x: Array, *, size: int, stride: int | None = None) -> PoolGradients:
    r"""Return the derivative of the cost with respect to the images: each error is shared equally by the entries of its window.

    Parameters
    ----------
    dC_dout : array of shape (m, c, h_out, w_out)
        Derivative of the cost with respect to the output of `average_pool`.
    x : array of shape (m, c, h, w)
        Images, as given to `average_pool`.
    size : int
        As given to `average_pool`.
    stride : int, optional
        As given to `average_pool`.

    Returns
    -------
    gradients : PoolGradients
        `dC_dx` of shape (m, c, h, w). It is 0 for pixels that are in no window.

    Raises
    ------
    ShapeError
        If `dC_dout` has not the shape of the output, or if the window is larger than the image.
    TypeError, ValueError
        If the size or the stride is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 9.0], [3.0, 2.0, 9.0]]]])
    >>> average_pool_backward(np.array([[[[0.5]]]]), x, size=2).dC_dx.tolist()
    [[[[0.125, 0.125, 0.0], [0.125, 0.125, 0.0]]]]
    """
    step = _of_output("average_pool_backward", AVERAGE, dC_dout, x, size, stride)
    return PoolGradients(add_windows([dC_dout / size**2] * size**2, x.shape, (size, size), step))


def _largest(entries: list[Array]) -> Array:
    """Return the largest entry of each window as a new array."""
    xp = namespace(entries[0])
    return functools.reduce(xp.maximum, entries[1:], xp.asarray(entries[0], copy=True))


def _shares(dC_dout: Array, entries: list[Array]) -> Iterator[Array]:
    """Give what each entry of the windows gets of the error: all of it if it is the largest, the first if several are."""
    xp = namespace(dC_dout)
    largest = _largest(entries)
    open_, nothing = xp.ones(dC_dout.shape, dtype=xp.bool), xp.zeros_like(dC_dout)
    for entry in entries:
        wins = ((entry == largest) | xp.isnan(entry)) & open_  # a nan is the largest, and equal to nothing
        open_ = open_ & ~wins
        yield xp.where(wins, dC_dout, nothing)


def _stride(function: str, x: Array, size: int, stride: int | None) -> int:
    """Raise what is wrong with the options, or return the stride: that of windows side by side unless another is given."""
    step = size if stride is None else stride
    whole(function, 1, size=size, stride=step)
    if size > min(x.shape[2:]):
        raise ShapeError(
            f"{function}: the window does not fit into the image\n  size is {size}, and x has {tuple(x.shape)}.\n{see('pooling')}"
        )
    return step


def _of_output(function: str, formula: str, dC_dout: Array, x: Array, size: int, stride: int | None) -> int:
    step = _stride(function, x, size, stride)
    needed = (*x.shape[:2], *(count(length, size, step) for length in x.shape[2:]))
    fits_output(function, formula, "pooling", dC_dout, needed)
    return step
