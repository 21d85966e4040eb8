r"""The errors go back through the kernel as it is, and not through the flipped kernel.

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial x}}_{m \times c_{\text{in}} \times h \times \textit{w}}
& \ne \underbrace{\frac{\partial C}{\partial \text{out}}}_{\text{with a border of zeros}} \\
& \qquad \star \underbrace{K}_{c_{\text{in}} \times c_{\text{out}} \times k_h \times k_{\textit{w}}}
\end{aligned}
$$

The sign $\star$ moves the kernel $K$ over the errors, as the forward pass moves it over the images. In this formula, its two axes of channels are already swapped, and that is right. But its rows and columns must be [in reversed order as well][convolution].

# Why it looks right

Code that loops over the outputs, and adds the kernel times each error to its window, does not flip the kernel. [That is right](https://community.deeplearning.ai/t/121204). But $\star$ in the formula above goes over the *inputs*: it adds what each pixel gets. There the
weights come in reversed order. Both ways look like the same convolution, so the flip is easily lost. Also, the gradient of the kernel has no flip at all.

With SciPy, the two functions have similar names. `convolve2d` flips its second array, and `correlate2d` does not.

# When the shapes still fit

Always, because a flip changes no shape. Without padding, even the sum of all entries is right. It is the sum of the errors times the sum of the weights, in any order. So a test of the mean passes, too:

```pycon
>>> import numpy as np
>>> from backprop.layers import convolution_backward
>>> from backprop.mistakes.of_layers import convolution_backward_without_flip
>>> x, b = np.zeros((1, 1, 3, 3)), np.zeros(1)
>>> K = np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
>>> dC_dout = np.array([[[[1.0, 0.5], [-1.0, 2.0]]]])
>>> for backward in (convolution_backward, convolution_backward_without_flip):
...     dC_dx = backward(dC_dout, x, K, b).dC_dx
...     print(dC_dx[0, 0].tolist(), float(dC_dx.sum()))
[[1.0, 2.5, 1.0], [-1.0, -1.0, 3.5], [0.0, 1.0, -2.0]] 5.0
[[-1.0, -0.5, 0.0], [3.0, 0.0, 0.5], [-2.0, 3.0, 2.0]] 5.0

```

A kernel that is equal to its flipped self hides the mistake, for example a kernel of 1×1 or a kernel of ones. So does a network with one convolution, because nothing before it needs $\partial C / \partial x$.

The shapes catch another mistake: axes of channels that are not swapped. But the shapes fit if there are as many input channels as output channels.

# What the loss does

Two convolutions with two channels each tell a vertical bar from a horizontal one, in images of $4 \times 4$ pixels. The learning rate is 1. Here are the losses at the start, after one step and after 500 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, specimen
>>> network = specimen(convolution_backward_without_flip)
>>> right = losses(network, 1.0, 500)
>>> wrong = losses(network, 1.0, 500, convolution_backward_without_flip)
>>> [round(right[k], 3) for k in (0, 1, 500)]
[0.126, 0.123, 0.001]
>>> [round(wrong[k], 3) for k in (0, 1, 500)]
[0.126, 0.123, 0.054]

```

At first it falls almost as fast, because the second convolution and the output layer learn with right gradients. Then it goes up and down near 0.05. Here the wrong gradient
is even worse than none. If the first convolution gets no error and stays as it was, the cost falls to 0.002:

```pycon
>>> def no_error(dC_dout, x, K, b):
...     return convolution_backward(dC_dout, x, K, b)._replace(dC_dx=np.zeros_like(x))
>>> round(losses(network, 1.0, 500, no_error)[500], 3)
0.002

```

The wrong gradient points into another direction. Here is the cosine of its angle to the right one, for the first kernel at the start. It is 1 for the same direction:

```pycon
>>> from backprop.mistakes.of_layers import gradients_with
>>> a, b = (gradients_with(network, backward)["K1"] for backward in (None, convolution_backward_without_flip))
>>> round(float(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b)), 2)
0.6

```

In the last 100 steps, the cosine is below 0 at 86. There a small step along this gradient makes the cost larger.

# What the gradient check says

It names the mistake, and it says that everything from the second kernel on is right:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates
>>> wrong = gradients_with(network, convolution_backward_without_flip)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
K1: It is what convolution_backward_without_flip gives.
>>> print(report.where[0].says)
In the order given, the gradients up to b1 are wrong, and K2, b2, W and b are right. If that is the order of the forward pass, look at the step from K2 back to b1, and at the lines that compute K1 and b1.

```
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import ConvolutionGradients, convolution, convolution_backward, dense, dense_backward
from ...layers._contract import layer
from ...layers._windows import apart, padded
from ._training import Backward, Network, Parameters, cost_of, output_error, register

__all__ = ["convolution_backward_without_flip"]


@layer(
    "WRONG: ∂C/∂x = ∂C/∂out correlated with K, not flipped",
    "convolution",
    dC_dout="m c_out h_out w_out",
    x="m c_in h w",
    K="c_out c_in k_h k_w",
    b="c_out",
)
def convolution_backward_without_flip(
    dC_dout: Array, x: Array, K: Array, b: Array, *, stride: int = 1, padding: int = 0
) -> ConvolutionGradients:
    """Return the derivatives of a convolution, but for the images with a kernel that is not flipped.

    Parameters
    ----------
    dC_dout : array of shape (m, c_out, h_out, w_out)
        Derivative of the cost with respect to the output of `convolution`.
    x : array of shape (m, c_in, h, w)
        Images, as given to `convolution`.
    K : array of shape (c_out, c_in, k_h, k_w)
        The kernel.
    b : array of shape (c_out,)
        Biases.
    stride : int
        As given to `convolution`.
    padding : int
        As given to `convolution`.

    Returns
    -------
    not_gradients : ConvolutionGradients
        `dC_dx` is wrong, `dC_dK` and `dC_db` are right.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    TypeError, ValueError
        As `convolution` raises them.

    Examples
    --------
    The kernel has the weights $-1$ and 1. The error of an output reaches two pixels, with these weights in the wrong order:

    >>> import numpy as np
    >>> x, K = np.array([[[[1.0, 4.0]]]]), np.array([[[[-1.0, 1.0]]]])
    >>> convolution_backward_without_flip(np.ones((1, 1, 1, 1)), x, K, np.zeros(1)).dC_dx.tolist()
    [[[[1.0, -1.0]]]]
    """
    right = convolution_backward(dC_dout, x, K, b, stride=stride, padding=padding)
    rows, columns = ((k - 1, k - 1) for k in K.shape[2:])
    errors = padded(apart(dC_dout, stride), rows, columns)
    gathered = convolution(errors, np.swapaxes(K, 0, 1), np.zeros(K.shape[1]))
    rows, columns = ((-padding, size + padding - found) for size, found in zip(x.shape[2:], gathered.shape[2:]))
    return right._replace(dC_dx=padded(gathered, rows, columns))


def network() -> Network:
    """Return a network of two convolutions that tells vertical bars from horizontal ones."""
    bars = [np.eye(4)[:, k : k + 1] * np.ones((1, 4)) for k in range(4)]
    x = np.array([image for bar in bars for image in (bar.T, bar)])[:, None]
    y = np.array([[0.0], [1.0]] * 4)

    def forward(p: Parameters) -> tuple[Array, ...]:
        a1 = np.tanh(convolution(x, p["K1"], p["b1"]))
        a2 = np.tanh(convolution(a1, p["K2"], p["b2"]))
        means = np.mean(a2, axis=(2, 3))
        return a1, a2, means, dense(means, p["W"], p["b"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        a1, a2, means, out = forward(p)
        dC_dmeans, dC_dW, dC_db = dense_backward(output_error(out, y), means, p["W"], p["b"])
        dC_da2 = dC_dmeans[:, :, None, None] / (a2.shape[2] * a2.shape[3])
        dC_da1, dC_dK2, dC_db2 = backward(dC_da2 * (1 - a2**2), a1, p["K2"], p["b2"])
        _, dC_dK1, dC_db1 = convolution_backward(dC_da1 * (1 - a1**2), x, p["K1"], p["b1"])
        return dict(zip(p, (dC_dK1, dC_db1, dC_dK2, dC_db2, dC_dW, dC_db)))

    rng = np.random.default_rng(1)
    p = {"K1": rng.normal(size=(2, 1, 2, 2)), "b1": np.zeros(2), "K2": rng.normal(size=(2, 2, 2, 2)), "b2": np.zeros(2)}
    p |= {"W": rng.normal(size=(2, 1)), "b": np.zeros(1)}
    return Network(
        "vertical or horizontal bars", p, lambda p: cost_of(forward(p)[-1], y), gradients, convolution_backward
    )


MISTAKE = register(convolution_backward_without_flip, network, 1.0, 500)
