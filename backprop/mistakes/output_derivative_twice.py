r"""The error of the output layer is multiplied by the derivative of the activation function twice.

=== "Columns"

    $$
    \underbrace{\delta^{L}}_{n_L \times m}
    \ne \underbrace{\nabla_a C}_{n_L \times m} \odot \underbrace{\sigma'(z^{L})}_{n_L \times m} \odot \underbrace{\sigma'(z^{L})}_{n_L \times m}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{L}}_{m \times n_L}
    \ne \underbrace{\nabla_a C}_{m \times n_L} \odot \underbrace{\sigma'(z^{L})}_{m \times n_L} \odot \underbrace{\sigma'(z^{L})}_{m \times n_L}
    $$

[BP1][bp1-output-error] has the factor $\sigma'(z^{L})$ once. With cross-entropy, a sigmoid and one example, the wrong formula is $(a - y) \odot \sigma'(z^{L})$.

# Why it looks right

With cross-entropy, people start from $a - y$, and BP1 says that they must multiply by $\sigma'$. But $a - y$ is not $\nabla_a C$ there. With a
sigmoid, and for one example,

$$
\nabla_a C = \frac{a - y}{a (1 - a)} = \frac{a - y}{\sigma'(z)} ,
\qquad
\nabla_a C \odot \sigma'(z) = a - y .
$$

So $a - y$ is already the error. It contains one factor $\sigma'$, which has canceled the denominator.

# When the shapes still fit

The shapes always fit, because $\sigma'(z^{L})$ has the shape of the error.

# What the loss does

Where an output is close to 0 or 1 and wrong, the sigmoid is saturated and $\sigma'$ is tiny. An error with this factor is tiny, too, and the unit
hardly learns. Cross-entropy is used to avoid exactly that. Here an output is 0.982 and its target is 0, so the error should be 0.982. The second
number has the derivative twice:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import CROSS_ENTROPY, cross_entropy_prime, output_error, sigmoid, sigmoid_prime
    >>> from backprop.mistakes import output_error_with_derivative_twice
    >>> z, target = np.array([4.0]), np.array([0.0])
    >>> for error in (output_error, output_error_with_derivative_twice):
    ...     print(error(cross_entropy_prime(sigmoid(z), target), sigmoid_prime(z)).round(3))
    [0.982]
    [0.017]

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows, sigmoid, sigmoid_prime
    >>> z, target = np.array([4.0]), np.array([0.0])
    >>> dC_da = rows.cross_entropy_prime(sigmoid(z), target)
    >>> rows.output_error(dC_da, sigmoid_prime(z)).round(3)
    array([0.982])
    >>> (dC_da * sigmoid_prime(z) ** 2).round(3)
    array([0.017])

    ```

In the network that answers [three questions about three bits][backprop.mistakes.specimen] the loss falls slowly. The numbers are the
cross-entropies at the start, after one step and after 500 steps. The first line is for BP1, the second line is for the derivative taken twice. The code
has examples as columns; in rows the losses are the same:

```pycon
>>> from backprop import CROSS_ENTROPY
>>> from backprop.mistakes import losses, output_error_with_derivative_twice, specimen
>>> layers, x, y = specimen()
>>> right = losses(layers, x, y, 2.0, 500, CROSS_ENTROPY)
>>> wrong = losses(layers, x, y, 2.0, 500, CROSS_ENTROPY, output_error=output_error_with_derivative_twice)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[2.23, 1.96, 0.07]
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[2.23, 2.14, 0.4]

```

The product $(a - y) \odot \sigma'(z^{L})$ is the output error of another cost, the quadratic cost. So these steps follow its gradient, and not the
gradient of cross-entropy:

=== "Both"

    ```pycon
    >>> import numpy as np
    >>> from backprop import QUADRATIC, gradients
    >>> from backprop.mistakes import gradients_with
    >>> C, wrong = gradients_with(layers, x, y, CROSS_ENTROPY, output_error=output_error_with_derivative_twice)
    >>> C, of_quadratic = gradients(layers, x, y, QUADRATIC)
    >>> np.allclose(wrong[0].dC_dW, of_quadratic[0].dC_dW, rtol=1e-12)
    True

    ```

# What the gradient check says

It names the mistake:

```pycon
>>> from backprop.mistakes import check_network
>>> print(check_network(layers, x, y, wrong, CROSS_ENTROPY).diagnosis[0])
W1: It is what output_error_with_derivative_twice gives.

```
"""

from __future__ import annotations

from .._arrays import Array
from ..costs import CROSS_ENTROPY
from ..shapes import equation
from ._experiment import Training, on_the_specimen, register, replacing, specimen

__all__ = ["output_error_with_derivative_twice"]


@equation("WRONG BP1: ∇_a C ⊙ σ′(z^L)²", dC_da="n m?", sigma_prime_z="n m?")
def output_error_with_derivative_twice(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the output error with the derivative squared, $\nabla_a C \odot \sigma'(z^L)^2$.

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Derivative $\nabla_a C$ of the cost with respect to each output.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^L)$ of the output's activation function.

    Returns
    -------
    not_delta : array of shape (n,) or (n, m)
        The error, with one factor $\sigma'(z^L)$ too many.

    Raises
    ------
    ShapeError
        If the two differ in shape.

    Examples
    --------
    The right error is (0.5, -0.5):

    >>> import numpy as np
    >>> output_error_with_derivative_twice(np.array([2.0, -2.0]), np.array([0.25, 0.25]))
    array([ 0.125, -0.125])
    """
    return dC_da * sigma_prime_z**2


def _training() -> Training:
    """Train with cross-entropy, for which this mistake is made."""
    recipe = replacing(specimen()[0], output_error_with_derivative_twice)
    return on_the_specimen(recipe, cost=CROSS_ENTROPY, about="three questions with cross-entropy")


MISTAKE = register(output_error_with_derivative_twice, training=_training)
