r"""Dropout: a random mask of units.

> Dropout sets random units to 0 and divides the others by a probability. What does the backward pass do?

A network **overfits** if it does much better on its training examples than on new ones. **Dropout** reduces this (N. Srivastava et al., 2014, *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*). In each training step it sets randomly chosen activations to 0, so that no unit can rely on another one.
The **mask** says which units are kept. They are divided by the probability to be kept. Then the mean of each activation, over many masks, stays the same. **The backward pass multiplies by the same mask, and divides by the same number.** For a given mask, dropout only multiplies each entry by a constant. So its derivative is this constant.

![Four units: the mask keeps units 1, 3 and 4. Forward, the inputs are multiplied by the mask and divided by 3/4. Back, the errors are multiplied by the same mask and divided by the same number.](figure:dropout_mask)

Each entry of the mask is True with the probability $\text{keep}$, and False otherwise. In a product, these count as 1 and 0. The arrays may have any shape, for example $m \times n$:

$$
\underbrace{\text{out}}_{m \times n} = \frac{1}{\text{keep}} \; \underbrace{x}_{m \times n} \odot \underbrace{\text{mask}}_{m \times n}
$$

The backward pass gets $\partial C / \partial \text{out}$, the errors of the outputs, from the next layer. It computes

$$
\underbrace{\frac{\partial C}{\partial x}}_{m \times n} = \frac{1}{\text{keep}} \; \underbrace{\frac{\partial C}{\partial \text{out}}}_{m \times n} \odot \underbrace{\text{mask}}_{m \times n}
$$

The division by $\text{keep}$ in training is called **inverted dropout**. PyTorch and Keras do it, too.

# Derivation

**Step 1: treat the mask as a constant.** The mask is drawn before the forward pass. It does not depend on $x$ or on any parameter. So there is no path through it, and it has no gradient.

**Step 2: find the derivative of one output.** Output $j$ is $\text{out}_j = \frac{\text{mask}_j}{\text{keep}} \, x_j$. It depends on $x_j$ only. The derivative is the constant factor, $\text{mask}_j / \text{keep}$.

**Step 3: use the chain rule.** There is one path from $x_j$ to the cost. So by [the chain rule][chain-rule], $\partial C / \partial x_j$ is $\partial C / \partial \text{out}_j$ times this factor.

# What does it share with the four equations?

Dropout is elementwise, so its backward pass is an elementwise product. In [BP2][bp2-hidden-error], the errors of a hidden layer with dropout are multiplied by $\text{mask} / \text{keep}$ and by $\sigma'(z)$. Dropout is also linear. Its matrix is diagonal, with the numbers $\text{mask}_j / \text{keep}$. So it is its own transpose.

# Example

```pycon
>>> import numpy as np
>>> from backprop.layers import dropout, dropout_backward
>>> x = np.array([[3.0, 1.0, -1.5, 0.75]])
>>> mask = np.array([[True, False, True, True]])
>>> dropout(x, mask, keep=0.75).tolist()
[[4.0, 0.0, -2.0, 1.0]]
>>> dC_dout = np.array([[0.75, 3.0, 1.5, -0.75]])
>>> dropout_backward(dC_dout, x, mask, keep=0.75).dC_dx.tolist()
[[1.0, 0.0, 2.0, -1.0]]

```

By hand, the first unit gives $3 / \frac34 = 4$, and back $\frac34 / \frac34 = 1$. The second unit has a large error, but its input cannot change the output, so its derivative is 0.

You draw the mask yourself. A random number below `keep` keeps the unit:

```pycon
>>> rng = np.random.default_rng(0)
>>> mask = rng.random(x.shape) < 0.75
>>> mask.dtype
dtype('bool')

```

A [gradient check][check-your-own] must draw the mask once, outside of the cost. With a new mask in each call, the cost would be another function each time:

```pycon
>>> from backprop import check_gradients
>>> p, r = {"x": rng.normal(size=(3, 4))}, rng.normal(size=(3, 4))
>>> mask = rng.random((3, 4)) < 0.75
>>> def cost(p):
...     return np.sum(r * dropout(p["x"], mask, keep=0.75))
>>> check_gradients(cost, p, {"x": dropout_backward(r, p["x"], mask, keep=0.75).dC_dx}).ok
True

```

# Which mask does the backward pass use?

The same one as the forward pass, with the same division. [A reader asked](https://stats.stackexchange.com/questions/207481): is it the mask of 0 and 2, or a new one of 0 and 1? For $\text{keep} = \frac12$ the forward pass multiplies by 0 or 2, so the derivatives are 0 or 2. A new mask would give an error to units that had no effect, and none to units that had one.

# Why are the gradients divided by keep, too?

[Because the forward pass was](https://community.deeplearning.ai/t/399291). The output is $\frac{1}{\text{keep}}$ times something, and a constant factor stays in the derivative. The forward pass divides to keep the mean. An entry is $x / \text{keep}$ with the probability $\text{keep}$, and 0 otherwise, so its mean is $x$.

# The error comes from an activation that was already masked. Why mask it again?

[This was asked](https://stackoverflow.com/questions/77220003) about layer 2, whose masked activation goes into layer 3. In BP2, $\delta^3 (W^3)^{\mathsf T}$ contains only the error and the weights of layer 3, and no mask. It is the derivative with respect to the *masked* activation. From there to the activation itself there
is one more step, and its factor is $\text{mask} / \text{keep}$.

Here two units lead to one unit with the weights 1 and 2, and its error `delta` is $\frac12$. The second of the two is masked. The error of its masked activation is not 0, but that of the activation is:

```pycon
>>> W, delta = np.array([[1.0], [2.0]]), np.array([[0.5]])
>>> a, mask = np.array([[3.0, 4.0]]), np.array([[True, False]])
>>> dC_dout = delta @ W.T
>>> dC_dout.tolist()
[[0.5, 1.0]]
>>> dropout_backward(dC_dout, a, mask, keep=0.5).dC_dx.tolist()
[[1.0, 0.0]]

```

# Does the weight gradient need the mask as well?

[Not again](https://datascience.stackexchange.com/questions/6921). [BP4][bp4-weight-gradient] multiplies the error of the next layer by its input, and this input is the masked activation. So the weights out of a masked unit get 0 by themselves:

```pycon
>>> (dropout(a, mask, keep=0.5).T @ delta).tolist()
[[3.0], [0.0]]

```

The weights *into* the unit get 0 as well, because its error is 0. With a batch, each example has a mask of its own, so these are sums in which some terms are 0. Momentum and Adam use earlier gradients, too, and weight decay uses the weight itself. So they can still change a weight whose gradient is 0.

# What changes in evaluation mode?

There is no dropout, because the result must not be random. The output is $x$, and the backward pass leaves the errors unchanged. In the first papers on dropout, training did not divide. Evaluation multiplied the weights out of the units by `keep` instead.

In PyTorch, `nn.Dropout` follows `model.train()` and `model.eval()`. But `nn.functional.dropout` does not know them. Its option `training` is True unless you set it.

# Where does the division belong?

Directly at the mask. Suppose that a tanh layer has the mask on its *input*, but divides its *output* by `keep`. Then its output can be above 1. This happened [in a known library](https://github.com/ddbourgin/numpy-ml), which also forgot the mask in the backward pass. Here $x = 1$ and $\text{keep} = \frac12$. First $\tanh(x / \text{keep})$, and then $\tanh(x) / \text{keep}$:

```pycon
>>> float(np.tanh(1 / 0.5).round(2)), float((np.tanh(1) / 0.5).round(2))
(0.96, 1.52)

```

# What does the backward function compute again?

Nothing. It needs the mask, so the mask must be kept from the forward pass. A Boolean takes one byte, an eighth of a float64. The values of $x$ are not needed. The argument is there because the backward function takes the same arrays as the layer.

# How do PyTorch, Keras and TensorFlow differ?

| | this book | PyTorch | Keras |
| --- | --- | --- | --- |
| layer | `dropout(x, mask, keep=...)` | `nn.Dropout(p)` | `Dropout(rate)` |
| the number is the probability to | keep | *drop* | *drop* |
| who draws the mask | you | the layer | the layer |
| inverted | yes | yes | yes |
| evaluation | do not call it | `model.eval()` | `training=False` |

So `p=0.25` there is `keep=0.75` here: $\text{keep} = 1 - p$. The course CS231n and the courses of Andrew Ng use the probability to keep, as here. TensorFlow's layer is that of Keras.

# What is not here?

- **Random numbers.** The mask is an argument, so that the function gives the same result for the same arguments. See [`numpy.random.Generator.random`](https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.random.html).
- **One mask for a whole channel of an image.** Draw a mask of shape `(m, c, 1, 1)`, and use `np.broadcast_to`. In PyTorch, see [`torch.nn.Dropout2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html).
- **Dropout inside of attention.** It masks the attention weights, and their rows then no longer sum to 1. See [attention][attention].

# Common mistakes

- [A new mask is drawn in the backward pass][dropout-mask-drawn-anew].
- The mask is forgotten in the backward pass.
- The division by `keep` is only in one of the two passes, or it is a multiplication.
- The probability to drop is given where the probability to keep is meant.
- One mask is used for all examples of a batch. Each example has its own.
- Dropout is still active in evaluation, or in a gradient check with a new mask in each call.
- The errors are changed in place with `dC_dout *= mask`, and the caller needs them again.

# Check yourself

??? question "keep is 1/2. An output has the error 3, and its unit was kept. What is the derivative with respect to its input? What is it if the unit was dropped?"

    It is $3 / \frac12 = 6$ if the unit was kept, and 0 if it was dropped.

??? question "keep is 1. What do the mask, the output and the gradient look like?"

    All entries of the mask are True. So the output is $x$, and the gradient is $\partial C / \partial \text{out}$.
"""

from __future__ import annotations

from typing import NamedTuple

from .._arrays import Array, namespace
from ._contract import layer

__all__ = ["DropoutGradients", "dropout", "dropout_backward"]


class DropoutGradients(NamedTuple):
    """The derivative of the cost with respect to the input of `dropout`. The mask has none.

    Attributes
    ----------
    dC_dx : array of any shape
        With respect to the input, in its shape.
    """

    dC_dx: Array


@layer("out = x ⊙ mask / keep", "dropout", kept=("mask",), x="*any", mask="*any")
def dropout(x: Array, mask: Array, *, keep: float) -> Array:
    """Return the input with the units that the mask drops set to 0, and the others divided by `keep`.

    Parameters
    ----------
    x : array of any shape
        Input.
    mask : Boolean array of the same shape
        True where a unit is kept.
    keep : float
        Probability with which the mask was drawn: above 0 and at most 1. It is 1 minus the probability that PyTorch and Keras take.

    Returns
    -------
    out : array of the same shape
        The output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    TypeError
        If the mask is not Boolean.
    ValueError
        If `keep` is not above 0 and at most 1.

    Examples
    --------
    >>> import numpy as np
    >>> dropout(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), keep=0.5).tolist()
    [2.0, 0.0, 6.0]
    """
    return _dropped("dropout", x, mask, keep)


@layer("∂C/∂x = ∂C/∂out ⊙ mask / keep", "dropout", kept=("mask",), dC_dout="*any", x="*any", mask="*any")
def dropout_backward(dC_dout: Array, x: Array, mask: Array, *, keep: float) -> DropoutGradients:
    """Return the derivative of the cost with respect to the input of dropout: the same mask and the same division.

    Parameters
    ----------
    dC_dout : array of any shape
        Derivative of the cost with respect to the output of `dropout`.
    x : array of the same shape
        Input, as given to `dropout`. The derivative does not depend on its values.
    mask : Boolean array of the same shape
        The mask of the forward pass.
    keep : float
        As given to `dropout`.

    Returns
    -------
    gradients : DropoutGradients
        `dC_dx` in the shape of `x`.

    Raises
    ------
    ShapeError
        If the shapes differ.
    TypeError
        If the mask is not Boolean.
    ValueError
        If `keep` is not above 0 and at most 1.

    Examples
    --------
    >>> import numpy as np
    >>> x, mask = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
    >>> dropout_backward(np.array([1.0, 1.0, -1.0]), x, mask, keep=0.5).dC_dx.tolist()
    [2.0, 0.0, -2.0]
    """
    return DropoutGradients(_dropped("dropout_backward", dC_dout, mask, keep))


def _dropped(function: str, x: Array, mask: Array, keep: float) -> Array:
    xp = namespace(x)
    if not xp.isdtype(mask.dtype, "bool"):
        raise TypeError(
            f"{function}: mask holds {mask.dtype} items; it must be Boolean, True where a unit is kept. "
            "A mask of 0 and 1: write mask == 1. A mask divided by keep: give the mask before the division"
        )
    if not 0 < keep <= 1:
        raise ValueError(
            f"{function}: keep is {keep}; it is the probability to keep a unit, above 0 and at most 1. "
            "PyTorch and Keras give the probability to drop one: keep = 1 - p"
        )
    return x * xp.astype(mask, x.dtype) / float(keep)
