r"""The error of the output layer lacks the derivative of the activation function.

=== "Columns"

    $$
    \underbrace{\delta^{L}}_{n_L \times m}
    \ne \underbrace{\nabla_a C}_{n_L \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{L}}_{m \times n_L}
    \ne \underbrace{\nabla_a C}_{m \times n_L}
    $$

[BP1][bp1-output-error] is $\delta^{L} = \nabla_a C \odot \sigma'(z^{L})$. Without the second factor you have the derivative with
respect to the output $a^{L}$, and not with respect to the weighted input $z^{L}$.

# Why it looks right

With the quadratic cost and one example, $\nabla_a C$ is $a - y$. Many texts give $a - y$ as the output error, because they use cross-entropy with a
sigmoid. There the derivative of the sigmoid cancels. With the quadratic cost it does not cancel. For a linear output $\sigma'$ is 1, and then the
formula is right.

# When the shapes still fit

The shapes always fit, because $\nabla_a C$ and $\sigma'(z^{L})$ have the same shape.

# What the loss does

In the network that answers [three questions about three bits][backprop.mistakes.specimen] the loss falls even faster than with the right gradient.
The numbers are the quadratic costs at the start, after one step and after 500 steps. The first line is for BP1, the second line is without the
derivative. The code has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop.mistakes import losses, output_error_without_derivative, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500)
>>> wrong = losses(layers, x, y, 2.0, 500, output_error=output_error_without_derivative)
>>> [round(right[k], 3) for k in (0, 1, 500)]
[0.412, 0.39, 0.031]
>>> [round(wrong[k], 3) for k in (0, 1, 500)]
[0.412, 0.346, 0.001]

```

The outputs of this network are sigmoids. For them $a - y$ is the output error of cross-entropy, so these steps follow the gradient of
cross-entropy:

=== "Both"

    ```pycon
    >>> import numpy as np
    >>> from backprop import CROSS_ENTROPY, gradients
    >>> from backprop.mistakes import gradients_with
    >>> C, wrong = gradients_with(layers, x, y, output_error=output_error_without_derivative)
    >>> C, of_cross_entropy = gradients(layers, x, y, CROSS_ENTROPY)
    >>> np.allclose(wrong[0].dC_dW, of_cross_entropy[0].dC_dW, rtol=1e-14)
    True

    ```

Perhaps that is what you want. Then say so, and report cross-entropy as your loss. With another activation function $a - y$ is not the output error
of this cross-entropy.

# Can the loss rise?

It can, even with sigmoids at the output. Take one example and $\sigma' > 0$. Then every entry of the output error has the right sign, and only its
size is wrong. But BP2 multiplies these entries by weights and adds them up. A sum of numbers with wrong sizes can have the wrong sign.

Here is a 1-1-2 network with a linear hidden unit and sigmoids at the output. The outputs are $(\frac12, \frac18)$ and the targets are $(0, 1)$. The
output error is $(\frac12 \cdot \frac14, -\frac78 \cdot \frac7{64})$, whose sum is positive. Without $\sigma'$ it is $(\frac12, -\frac78)$, whose
sum is negative. Both weights of the output layer are 4, so the hidden error is four times that sum:

=== "Both"

    ```pycon
    >>> from backprop import IDENTITY, Layer
    >>> small = [Layer([[0.0]], [0.0], IDENTITY), Layer([[4.0], [4.0]], [0.0, -np.log(7)])]
    >>> x1, y1 = np.array([1.0]), np.array([0.0, 1.0])
    >>> C, right = gradients(small, x1, y1)
    >>> C, wrong = gradients_with(small, x1, y1, output_error=output_error_without_derivative)
    >>> [round(float(gradient[0].dC_db[0]), 3) for gradient in (right, wrong)]
    [0.117, -1.5]

    ```

Write $g$ for the wrong gradient. A small step against $g$ raises the cost if the product $g \cdot \nabla C$ is negative. Here it is the sum of two
numbers, one for each layer. The first is negative, and so is the sum:

```pycon
>>> def product(wrong, right):
...     return round(float(np.sum(wrong.dC_dW * right.dC_dW) + np.sum(wrong.dC_db * right.dC_db)), 3)
>>> [product(*layer) for layer in zip(wrong, right)]
[-0.352, 0.146]

```

So the quadratic cost rises for every learning rate that is small enough. A step against the right gradient lowers it:

```pycon
>>> for learning_rate in (0.01, 0.0001):
...     before, after = losses(small, x1, y1, learning_rate, 1, output_error=output_error_without_derivative)
...     before, after_right = losses(small, x1, y1, learning_rate, 1)
...     print(after > before, after_right < before)
True True
True True

```

# What the gradient check says

It names the mistake:

```pycon
>>> from backprop.mistakes import check_network
>>> C, wrong = gradients_with(layers, x, y, output_error=output_error_without_derivative)
>>> print(check_network(layers, x, y, wrong).diagnosis[0])
W1: It is what output_error_without_derivative gives.

```
"""

from __future__ import annotations

from .._arrays import Array
from ..shapes import equation
from ._experiment import register

__all__ = ["output_error_without_derivative"]


@equation("WRONG BP1: ∇_a C", dC_da="n m?", sigma_prime_z="n m?")
def output_error_without_derivative(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return $\nabla_a C$, the derivative of the cost with respect to the output, in place of the output error.

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Derivative $\nabla_a C$ of the cost with respect to each output.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^L)$ of the output's activation function; not used.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The derivative of the cost with respect to each output.

    Raises
    ------
    ShapeError
        If the two differ in shape.

    Examples
    --------
    The right error is (0.125, -0.125):

    >>> import numpy as np
    >>> output_error_without_derivative(np.array([0.5, -0.5]), np.array([0.25, 0.25]))
    array([ 0.5, -0.5])
    """
    return dC_da


MISTAKE = register(output_error_without_derivative)
