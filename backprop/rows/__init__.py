r"""Examples as rows, weights stored by input: the same four equations, transposed whole.

=== "Rows"

    $$
    \begin{aligned}
    \underbrace{\delta^{L}}_{m \times n_L} &= \nabla_a C \odot \sigma'(z^{L}) \\
    \underbrace{\delta^{l}}_{m \times n_l} &= \bigl( \underbrace{\delta^{l+1}}_{m \times n_{l+1}} \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l} \bigr) \odot \sigma'(z^{l}) \\
    \underbrace{\frac{\partial C}{\partial b^{l}}}_{n_l} &= \sum_i \delta^{l}_{i \cdot} \\
    \underbrace{\frac{\partial C}{\partial W^{l}}}_{n_{l-1} \times n_l} &= \underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \underbrace{\delta^{l}}_{m \times n_l}
    \end{aligned}
    $$

Here $z = a W + b$: an example is a row (*batch first*), and `W[k, j]` leads from unit $k$ to unit $j$. Keras and most code that holds
a data set as a table store it so. The numbers are those of the columns.

# Shapes

| symbol                        | in code         | one example   | `m` examples    | in columns       |
| ----------------------------- | --------------- | ------------- | --------------- | ---------------- |
| $W^{l}$                       | `W`             | `(n_prev, n)` | `(n_prev, n)`   | `(n, n_prev)`    |
| $b^{l}$                       | `b`             | `(n,)`        | `(n,)` or `(1, n)` | `(n,)` or `(n, 1)` |
| $z^{l}$, $a^{l}$, $y$         | `z`, `a`, `y`   | `(n,)`        | `(m, n)`        | `(n, m)`         |
| $\nabla_a C$                  | `dC_da`         | `(n,)`        | `(m, n)`        | `(n, m)`         |
| $W^{l+1}$                     | `W_next`        | `(n, n_next)` | `(n, n_next)`   | `(n_next, n)`    |
| $\delta^{l+1}$                | `delta_next`    | `(n_next,)`   | `(m, n_next)`   | `(n_next, m)`    |
| $\sigma'(z^l)$, $\delta^{l}$  | `sigma_prime_z`, `delta` | `(n,)` | `(m, n)`       | `(n, m)`         |
| $a^{l-1}$                     | `a_prev`        | `(n_prev,)`   | `(m, n_prev)`   | `(n_prev, m)`    |
| $\partial C / \partial b^{l}$ | returned        | `(n,)`        | `(n,)` or `(1, n)` | `(n,)` or `(n, 1)` |
| $\partial C / \partial W^{l}$ | returned        | `(n_prev, n)` | `(n_prev, n)`   | `(n, n_prev)`    |

# What is in this module

It has every name of `backprop`, so `from backprop import rows as bp` is all that you change. What depends on the layout takes data `(m, n)` and
weights `(n_prev, n)`: the layers, the passes, the costs, softmax and the four equations. The rest is the same object in both. A layer or a cost of the
other layout is refused. For the costs and softmax, shapes cannot tell the layouts apart, so a function of the wrong module gives a wrong number:

```pycon
>>> import numpy as np
>>> import backprop
>>> from backprop import rows
>>> a, y = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), np.zeros((2, 3))
>>> float(rows.quadratic(a, y)), float(backprop.quadratic(a, y))
(0.75, 0.5)

```

PyTorch keeps its weights as `(out, in)` beside rows. Give a layer of PyTorch to `rows.Layer` with `weight.T`.

# Derivation

Write a bar over what is stored in rows: $\bar W = W^{\mathsf T}$, $\bar a = a^{\mathsf T}$, $\bar \delta = \delta^{\mathsf T}$. Transpose each equation of the
columns, and remember that a product turns round, $(A B)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}$, while $\odot$ does not. BP2:

$$
\begin{aligned}
\bar \delta^{l}
&= \bigl( (W^{l+1})^{\mathsf T} \delta^{l+1} \bigr)^{\mathsf T} \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, W^{l+1} \bigr) \odot \sigma'(\bar z^{l}) \\
&= \bigl( \bar \delta^{l+1} \, (\bar W^{l+1})^{\mathsf T} \bigr) \odot \sigma'(\bar z^{l}) .
\end{aligned}
$$

BP4:

$$
\frac{\partial C}{\partial \bar W^{l}}
= \bigl( \delta^{l} (a^{l-1})^{\mathsf T} \bigr)^{\mathsf T}
= a^{l-1} (\delta^{l})^{\mathsf T}
= (\bar a^{l-1})^{\mathsf T} \, \bar \delta^{l} .
$$

BP1 has no matrix product to turn; BP3 sums over the examples, which are the first axis now. By index BP2
is as before, with the example first: $\bar \delta^{l}_{ij} = \sum_k \bar W^{l+1}_{jk} \bar \delta^{l+1}_{ik} \, \sigma'(\bar z^{l}_{ij})$.

# Why it is so

All four flip together. With rows the weights stand to the right of what they multiply, forward
and back; in both storages there is one transpose in BP2 and one in BP4. A line of one storage among
those of the other is wrong, and its shapes often fit.

# A 2-3-2 network

The question that this library grew from: a 2-3-2 network with a linear output, its weights stored as 2×3
and 3×2, and a product that gives 2×1 where the gradient of the first weights must be 2×3. Here is
the network of the book, so stored, with output biases $-\frac54$ and $-\frac{11}4$:

```pycon
>>> import numpy as np
>>> from backprop import rows, sigmoid, sigmoid_prime
>>> x = np.array([1.0, 2.0])
>>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
>>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
>>> a1 = sigmoid(x @ W1)
>>> a2 = a1 @ W2 - np.array([1.25, 2.75])
>>> a2 - np.array([0.0, 1.0])
array([ 0.5, -1.5])

```

The output is linear, its slope is 1, and the error is the residual:

```pycon
>>> delta2 = rows.output_error(a2 - np.array([0.0, 1.0]), np.ones(2))
>>> rows.weight_gradient(delta2, a1)
array([[ 0.25 , -0.75 ],
       [ 0.375, -1.125],
       [ 0.125, -0.375]])

```

The error $(\frac12, -\frac32)$ is copied into every row, and row $k$ is scaled by hidden output $k$. One layer down, the weights
times the error give one number for each hidden unit, $(\frac12, -2, -5)$, and each is multiplied by the slope there,
$\frac14$ or $\frac3{16}$:

```pycon
>>> delta1 = rows.hidden_error(W2, delta2, sigmoid_prime(x @ W1))
>>> delta1
array([ 0.125 , -0.375 , -0.9375])
>>> rows.weight_gradient(delta1, x)
array([[ 0.125 , -0.375 , -0.9375],
       [ 0.25  , -0.75  , -1.875 ]])

```

That is the 2×3 of the first weights.
"""

from .. import activations, gradient_check, rectifiers, shapes
from ..activations import *
from ..backward_pass import Gradient
from ..gradient_check import *
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
__all__ += rectifiers.__all__
__all__ += shapes.__all__
