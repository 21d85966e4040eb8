r"""Examples as rows: the same four equations, with every array transposed.

> My data has one example in each row. Which formulas do I need, and what do I have to change in my code?

Tables of data, NumPy files and most deep-learning libraries keep an example as a row. This is also called *batch first*. Many textbooks, Nielsen's book among them, keep an example
as a column. **Every array is transposed, so every matrix product has its factors in the other order. The numbers stay the same.** The module `backprop.rows` has all functions of `backprop`, for rows.

![Four examples and the weights of a layer with three inputs and two units, in columns, in rows, and in PyTorch.](figure:three_layouts)

=== "Both"

    $$
    \begin{aligned}
    \underbrace{z^{l}}_{m \times n_l} &= \underbrace{a^{l-1}}_{m \times n_{l-1}} \underbrace{W^{l}}_{n_{l-1} \times n_l} + b^{l} \\
    \underbrace{\delta^{L}}_{m \times n_L} &= \nabla_a C \odot \sigma'(z^{L}) \\
    \underbrace{\delta^{l}}_{m \times n_l} &= \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr) \odot \sigma'(z^{l}) \\
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \sum_{i=1}^{m} \delta^{l\,(i)} \\
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l} &= \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \underbrace{\delta^{l}}_{m \times n_l}
    \end{aligned}
    $$

Layer $l$ has $n_l$ units, there are $m$ examples, and $\delta^{l\,(i)}$ is row $i$ of $\delta^{l}$. `W[k, j]` is the weight from unit $k$ of the previous layer to unit $j$. Keras keeps its weights in this way. The chapters of the book
show these formulas if you choose "Rows" at the top of a page. This page compares the two layouts.

# What do I have to change in my code?

Only the import: `from backprop import rows as bp`. The module has every name of `backprop`. The layers, the passes, the costs, softmax and the four equations take data of shape `(m, n)` and weights of shape `(n_prev, n)`. All other names
are the same objects in both modules.

A layer or a cost of the other layout is refused. But some functions take only arrays, and for the costs and softmax no shape shows the layout. There a function of the wrong module gives a wrong number:

```pycon
>>> import numpy as np
>>> import backprop
>>> from backprop import rows
>>> a, y = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3))
>>> float(rows.quadratic(a, y)), float(backprop.quadratic(a, y))
(0.75, 0.5)

```

These are two examples with three outputs, in rows. The costs of the examples are $\frac12$ and 1, and their mean is $\frac34$. The function for columns takes the same array for three examples with two outputs.

# Which shapes do I need?

| symbol | in code | one example | rows, $m$ examples | columns, $m$ examples |
| --- | --- | --- | --- | --- |
| $W^{l}$ | `W` | `(n_prev, n)` | `(n_prev, n)` | `(n, n_prev)` |
| $b^{l}$ | `b` | `(n,)` | `(n,)` or `(1, n)` | `(n,)` or `(n, 1)` |
| $z^{l}$, $a^{l}$, $y$ | `z`, `a`, `y` | `(n,)` | `(m, n)` | `(n, m)` |
| $\nabla_a C$ | `dC_da` | `(n,)` | `(m, n)` | `(n, m)` |
| $W^{l+1}$ | `W_next` | `(n, n_next)` | `(n, n_next)` | `(n_next, n)` |
| $\delta^{l+1}$ | `delta_next` | `(n_next,)` | `(m, n_next)` | `(n_next, m)` |
| $\sigma'(z^l)$, $\delta^{l}$ | `sigma_prime_z`, `delta` | `(n,)` | `(m, n)` | `(n, m)` |
| $a^{l-1}$ | `a_prev` | `(n_prev,)` | `(m, n_prev)` | `(n_prev, m)` |
| $\partial C / \partial b^{l}$ | returned | `(n,)` | as `b` | as `b` |
| $\partial C / \partial W^{l}$ | returned | `(n_prev, n)` | `(n_prev, n)` | `(n, n_prev)` |

The weights in the column "one example" are those of rows. The vectors `(n,)` are the same in both layouts.

# Derivation

Write a bar over what is kept in rows: $\bar W = W^{\mathsf T}$, $\bar a = a^{\mathsf T}$, $\bar \delta = \delta^{\mathsf T}$. We start from the equations for columns.

**Step 1: transpose both sides.** A transposed matrix product has its factors in the other order, $(A B)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}$. An elementwise product has not, because each entry is multiplied
by the entry in its own position.

**Step 2: BP2.** Transpose it, reverse the product, and use the names for rows. In the last line $W$ is $\bar W^{\mathsf T}$:

$$
\begin{aligned}
\bar \delta^{l}
&= \bigl( (W^{l+1})^{\mathsf T} \delta^{l+1} \bigr)^{\mathsf T} \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, W^{l+1} \bigr) \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, (\bar W^{l+1})^{\mathsf T} \bigr) \odot \sigma'(\bar z^{l}) .
\end{aligned}
$$

**Step 3: BP4.** The gradient is transposed together with the weights:

$$
\frac{\partial C}{\partial \bar W^{l}}
= \bigl( \delta^{l} (a^{l-1})^{\mathsf T} \bigr)^{\mathsf T}
= a^{l-1} (\delta^{l})^{\mathsf T}
= (\bar a^{l-1})^{\mathsf T} \, \bar \delta^{l} .
$$

**Step 4: BP1 and BP3.** BP1 has no matrix product, so it looks the same. BP3 sums over the examples. They are the first axis now.

# Can I mix the two layouts?

No. The formulas of one layout belong together. In both layouts there is one transpose in BP2 and one in BP4, but in different places. A formula for columns with arrays for rows is wrong, and often the shapes fit.

PyTorch has a third layout: examples are rows, and weights have the shape `(out, in)`, as in columns. Give a layer of PyTorch to `rows.Layer` with `weight.T`. [From PyTorch, Keras and JAX][frameworks] shows whole models.

# Example

Here are the second weights of [the 2-3-2 network][2-3-2-pass] and two examples, kept in rows. Their output errors are $(\frac18, -\frac18)$ and $(\frac14, 0)$. The derivatives of the hidden units are the same in both examples.
The function for rows takes the arrays as they are:

```pycon
>>> W = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
>>> delta = np.array([[0.125, -0.125], [0.25, 0.0]])
>>> sigma_prime_z = np.array([[0.25, 0.1875, 0.1875], [0.25, 0.1875, 0.1875]])
>>> rows.hidden_error(W, delta, sigma_prime_z)
array([[ 0.03125 ,  0.      , -0.09375 ],
       [ 0.0625  ,  0.09375 , -0.046875]])

```

The function for columns takes every array transposed, and its result is transposed, too:

```pycon
>>> backprop.hidden_error(W.T, delta.T, sigma_prime_z.T)
array([[ 0.03125 ,  0.0625  ],
       [ 0.      ,  0.09375 ],
       [-0.09375 , -0.046875]])

```

The same for BP4, with the hidden activations of both examples:

```pycon
>>> a_prev = np.array([[0.5, 0.75, 0.25], [0.5, 0.25, 0.75]])
>>> in_rows = rows.weight_gradient(delta, a_prev)
>>> in_rows
array([[ 0.1875 , -0.0625 ],
       [ 0.15625, -0.09375],
       [ 0.21875, -0.03125]])
>>> in_columns = backprop.weight_gradient(delta.T, a_prev.T)
>>> bool(np.all(in_columns == in_rows.T))
True

```

# Common mistakes

- Arrays in rows are given to a function for columns, or the reverse. [The message][rows-and-columns] says so if a shape shows it.
- A cost or softmax of the wrong module is used, and nothing shows it but the number.
- The weights of PyTorch are used without the transpose: [the weights are transposed][transposed-weights].

# Check yourself

??? question "In rows, there are 10 examples, 784 inputs and 30 units. Which shapes do W and the data have, and which product gives the gradient of W?"

    The weights are $784 \times 30$, the input is $10 \times 784$ and the error is $10 \times 30$. The gradient is `x.T @ delta`, which is $784 \times 10$ times $10 \times 30$.

??? question "The weights and the data are square, 3×3 and 3 examples. You use BP4 for columns with arrays in rows. What do you get?"

    `delta @ x.T`, which is 3×3 as well. It is not the gradient: it adds over the units, and not over the examples. [Check the gradient][check-your-own] to find such a mistake.

The answer page [Two layouts of the same network][layouts] has PyTorch's layout beside these two, and says how to convert gradients.
"""

from .. import activations, gradient_check, optimizers, rectifiers, shapes
from ..activations import *
from ..backward_pass import Gradient
from ..gradient_check import *
from ..optimizers import *
from ..rectifiers import *
from ..shapes import *
from . import (
    backward_pass,
    bp1_output_error,
    bp2_hidden_error,
    bp3_bias_gradient,
    bp4_weight_gradient,
    costs,
    feedforward,
    gradient_descent,
    softmax_layer,
)
from .backward_pass import *
from .bp1_output_error import *
from .bp2_hidden_error import *
from .bp3_bias_gradient import *
from .bp4_weight_gradient import *
from .costs import *
from .feedforward import *
from .gradient_descent import *
from .softmax_layer import *

# What depends on the layout.
OWN = [
    *backward_pass.__all__,
    *bp1_output_error.__all__,
    *bp2_hidden_error.__all__,
    *bp3_bias_gradient.__all__,
    *bp4_weight_gradient.__all__,
    *costs.__all__,
    *feedforward.__all__,
    *gradient_descent.__all__,
    *softmax_layer.__all__,
]
# The rest is that of the package itself.
__all__ = ["Gradient", *OWN]
__all__ += activations.__all__
__all__ += gradient_check.__all__
__all__ += optimizers.__all__
__all__ += rectifiers.__all__
__all__ += shapes.__all__
