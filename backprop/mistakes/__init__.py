r"""A gradient can be wrong although its shape is right and the loss falls.

=== "Columns"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n \times n}
    = \underbrace{\delta^{l} (a^{l-1})^{\mathsf T}}_{n \times n}
    \ne \underbrace{a^{l-1} (\delta^{l})^{\mathsf T}}_{n \times n}
    $$

=== "Rows"

    $$
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n \times n}
    = \underbrace{(a^{l-1})^{\mathsf T} \delta^{l}}_{n \times n}
    \ne \underbrace{(\delta^{l})^{\mathsf T} a^{l-1}}_{n \times n}
    $$

This package holds wrong formulas that people write: in books, in answers, in code that was used. Each has the arguments of the right formula, and each
is computed as its author wrote it. So you can compare your own gradients with it, or see what it does to a network. The sixteen of this package are made in dense
networks. The package [`backprop.mistakes.of_layers`][of-layers] has nine more, of other layers.

The functions of this package have examples as columns, except [`check_network`][backprop.mistakes.check_network], which takes both layouts. The numbers on
the pages do not depend on the layout: the same mistake in rows gives the same losses. Where a page shows code for rows, the wrong formula is written out.

# Which mistakes do the shapes catch?

If all layers have the same size, none. In a 3-3-3 network with three examples, eight products of an error and an activation are 3×3. Each of the
two is transposed or not, and they are in either order. Only one of the eight is the gradient. If all sizes are different, shapes catch four of the
sixteen mistakes of dense networks. The other twelve have the right shape in every network, or NumPy broadcasts them to it:

| mistake                                                                                   | its shape fits where                          |
| ----------------------------------------------------------------------------------------- | --------------------------------------------- |
| `weight_gradient_transposed`, `hidden_error_without_transpose`, `hidden_error_by_inverse` | $W$ is square                                 |
| `gradients_with_own_weights`                                                              | $n_{l-1} = n_{l+1}$ for each hidden layer $l$ |
| `bias_gradient_as_one_number`                                                             | NumPy broadcasts it                           |
| all others                                                                                | everywhere                                    |

# Why does the loss fall?

Write $g$ for the wrong gradient and $\nabla C$ for the right one. A small step $-\eta g$ changes the cost by about $-\eta \, g \cdot \nabla C$, as
[gradient descent][backprop.step] derives. For this to be negative, $g$ need not be the gradient. It only needs an angle of less than 90° with it.

Take a mistake that only multiplies the error of each unit by a positive factor. Examples are a derivative of the activation function that is missing, or one
that is squared. With one example, the angle is less than 90° in the layer where the mistake is made. There the wrong and the right error have the same sign
in every unit, so every product in the sum $g \cdot \nabla C$ is positive or 0. With many examples the angle is often less than 90°, but not always. A
transposed or an inverse matrix is right in some directions, and the loss can fall along those.

In the layers before that one, the angle can be more than 90° even with one example. BP2 carries the wrong error back and adds over the units. A sum
of numbers with wrong sizes can have the wrong sign.

[`output_error_without_derivative`][backprop.mistakes.output_error_without_derivative] has an example, a 1-1-2 network whose cost rises at every small
learning rate.

So the loss of a network tells little about its gradient. But a wrong gradient can miss the minimum. Where the right gradient is 0 the wrong one may not be,
or the reverse. Then gradient descent stops in the wrong place, or does not stop.

# The experiment

Most pages of the mistakes train the same small network. Its inputs are three bits, and its outputs answer three questions about them. Are the first two
different? Are the last two both 1? Is the first or the last 1? The first question needs hidden units that have learned something.

=== "Both"

    ```pycon
    >>> from backprop.mistakes import check_network, gradients_with, hidden_error_by_inverse, losses, specimen
    >>> layers, x, y = specimen()
    >>> layers
    [Layer(3 -> 3, sigmoid), Layer(3 -> 3, sigmoid)]
    >>> x.astype(int)
    array([[0, 0, 0, 0, 1, 1, 1, 1],
           [0, 0, 1, 1, 0, 0, 1, 1],
           [0, 1, 0, 1, 0, 1, 0, 1]])
    >>> y.astype(int)
    array([[0, 0, 1, 1, 1, 1, 0, 0],
           [0, 0, 0, 1, 0, 0, 0, 1],
           [0, 1, 0, 1, 1, 1, 1, 1]])

    ```

Here is the loss at the start, after one step and after 500. The first list is with the right gradient, the second with the
inverse instead of the transpose:

```pycon
>>> right = losses(layers, x, y, 2.0, 500)
>>> [round(right[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.03]
>>> wrong = losses(layers, x, y, 2.0, 500, hidden_error=hidden_error_by_inverse)
>>> [round(wrong[k], 2) for k in (0, 1, 500)]
[0.41, 0.39, 0.12]

```

After one step the two losses are equal to two digits. A gradient check sees the mistake at once, and names it:

```pycon
>>> C, wrong = gradients_with(layers, x, y, hidden_error=hidden_error_by_inverse)
>>> for sentence in check_network(layers, x, y, wrong).diagnosis:
...     print(sentence)
W1: It is what hidden_error_by_inverse gives.
b1: It is what hidden_error_by_inverse gives.

```

The check takes the gradients of your own code as well. Here is a pass that a learner could write, with the inverse in it:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import sigmoid, sigmoid_prime
    >>> [(W1, b1), (W2, b2)] = [(layer.W, layer.b[:, None]) for layer in layers]
    >>> z1 = W1 @ x + b1
    >>> z2 = W2 @ sigmoid(z1) + b2
    >>> delta2 = (sigmoid(z2) - y) / 8 * sigmoid_prime(z2)
    >>> delta1 = (np.linalg.inv(W2) @ delta2) * sigmoid_prime(z1)  # the mistake
    >>> own = [(delta1 @ x.T, delta1.sum(axis=1)), (delta2 @ sigmoid(z1).T, delta2.sum(axis=1))]
    >>> check_network(layers, x, y, own).diagnosis[0].endswith("hidden_error_by_inverse gives.")
    True

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop import rows, sigmoid, sigmoid_prime
    >>> in_rows = [rows.Layer(layer.W.T, layer.b) for layer in layers]
    >>> [(W1, b1), (W2, b2)] = [(layer.W, layer.b) for layer in in_rows]
    >>> x, y = x.T, y.T
    >>> z1 = x @ W1 + b1
    >>> z2 = sigmoid(z1) @ W2 + b2
    >>> delta2 = (sigmoid(z2) - y) / 8 * sigmoid_prime(z2)
    >>> delta1 = (delta2 @ np.linalg.inv(W2)) * sigmoid_prime(z1)  # the mistake
    >>> own = [(x.T @ delta1, delta1.sum(axis=0)), (sigmoid(z1).T @ delta2, delta2.sum(axis=0))]
    >>> check_network(in_rows, x, y, own).diagnosis[0].endswith("hidden_error_by_inverse gives.")
    True

    ```

# In a 2-3-2 network

The 2-3-2 network of this book has as many inputs as outputs, so $W^1$ and the transpose of $W^2$ have the same shape. Use the wrong one of the two, and every
product still fits:

=== "Both"

    ```pycon
    >>> import numpy as np
    >>> from backprop import Layer
    >>> from backprop.mistakes import gradients_with_own_weights
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> layers = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> C, wrong = gradients_with_own_weights(layers, x, y)
    >>> check_network(layers, x, y, wrong).diagnosis[0].endswith("It is what gradients_with_own_weights gives.")
    True

    ```
"""

from ._experiment import *
from ._experiment import MISTAKES
from .averaged_activations import *
from .derivative_at_a import *
from .hidden_derivative_missing import *
from .hidden_derivative_twice import *
from .inverse_for_transpose import *
from .mean_of_bias_errors import *
from .mean_taken_twice import *
from .outer_product_transposed import *
from .output_derivative_missing import *
from .output_derivative_twice import *
from .pseudo_inverse_for_transpose import *
from .softmax_diagonal import *
from .sum_without_axis import *
from .transpose_missing import *
from .weights_of_wrong_layer import *
from .weights_updated_too_early import *

__all__ = ["MISTAKES", "candidates", "check_network", "gradients_with", "losses", "specimen"]
__all__ += [mistake.function.__name__ for mistake in MISTAKES]
