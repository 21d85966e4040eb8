r"""BP1: the error of the output layer.

> The forward pass is done, and we know the cost. Where does the backward pass begin?

It begins at the output units. **BP1 computes the error of each output unit: how fast the cost changes when the weighted input $z$ of this unit
changes.** The derivatives for all weights and biases are computed from these errors.

A change of $z$ reaches the cost in two steps: it changes the output, and the output changes the cost. So the error has two factors. One is the
derivative of the cost with respect to the output. The other is the derivative of the activation function.

![Output unit 1 of the 2-3-2 network, with the quadratic cost. Solid arrows show the forward pass. Dashed arrows go back, and below each is a derivative. The product of the two derivatives is the error. The cost also depends on the other output, which does not change here.](figure:output_unit)

Here is the equation for all output units and all examples at once:

=== "Columns"

    $$
    \underbrace{\delta^{L}}_{n_L \times m}
    = \underbrace{\nabla_a C}_{n_L \times m} \odot \underbrace{\sigma'(z^{L})}_{n_L \times m}
    \tag{BP1}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{L}}_{m \times n_L}
    = \underbrace{\nabla_a C}_{m \times n_L} \odot \underbrace{\sigma'(z^{L})}_{m \times n_L}
    \tag{BP1}
    $$

Layer $L$ is the last layer. It has $n_L$ units, and there are $m$ examples. The array $\delta^{L}$ holds the errors, and $z^{L}$ holds the weighted inputs.
The array $\nabla_a C$ holds the derivatives of the cost with respect to the outputs, one for each output of each example. The sign $\odot$ multiplies
entries in the same position.

# Derivation

Steps 1 to 3 are for one example.

**Step 1: define the error.** The error of output unit $j$ is $\delta^{L}_j = \partial C / \partial z^{L}_j$. It says how fast the cost changes with
$z^{L}_j$, while the other weighted inputs of the layer stay fixed.

**Step 2: find the paths to the cost.** The activation function works **elementwise**: it is applied to each weighted input separately, $a^{L}_j = \sigma(z^{L}_j)$. So a
change of $z^{L}_j$ changes the output $a^{L}_j$ and no other output. There is one path: from $z^{L}_j$ to $a^{L}_j$ to $C$.

**Step 3: multiply the derivatives along the path.** That is the chain rule:

$$
\delta^{L}_j
= \frac{\partial C}{\partial a^{L}_j} \, \frac{\partial a^{L}_j}{\partial z^{L}_j}
= \frac{\partial C}{\partial a^{L}_j} \, \sigma'(z^{L}_j) .
$$

**Step 4: write it for all units and all examples at once.** In a batch, $z^{L}_j$ of an example changes only $a^{L}_j$ of the same
example. So steps 1 to 3 are the same, and each unit has two factors of its own in each example. The two arrays are multiplied entry
by entry, and that is what $\odot$ means. Usually the cost is the mean of the costs of the $m$ examples. Then each entry
of $\nabla_a C$ contains the factor $\frac1m$, and so does each error.

The derivation uses two properties of the cost. It is computed from the outputs and the targets, and it has a derivative with respect to each
output. [Cost functions][cost-functions] shows these derivatives for several costs.

Softmax does not work elementwise, because each of its outputs depends on all weighted inputs of the layer.
[Softmax and cross-entropy][softmax-layer] derives the equation that replaces BP1 for such a layer.

# Why is the error defined with z, and not with a?

We know $\partial C / \partial a$ first. Why do we not call this derivative the error?

The reason is that the weights and the bias of a unit are used to compute $z$. When we know $\delta = \partial C / \partial z$, little work remains. For one example:

- [BP3][bp3-bias-gradient]: the derivative for the bias is $\delta$ itself.
- [BP4][bp4-weight-gradient]: the derivative for each weight is $\delta$ times one activation.
- [BP2][bp2-hidden-error]: for the errors of the previous layer, the same $\delta$ is multiplied by the weights.

With $\partial C / \partial a$ instead of $\delta$, each of the three would first multiply by $\sigma'(z)$. A unit with 30 weights and a bias would use
the product $\frac{\partial C}{\partial a} \, \sigma'(z)$ in 31 derivatives. So we compute this product once and give it a name. The gradients would be the same
with another choice, but the formulas would be longer.

# Why is it called an error?

Take the quadratic cost, one example, and a **linear** output unit. Its activation function is the identity, $\sigma(z) = z$, so $\sigma' = 1$. Then

$$
\delta^{L}_j = (a^{L}_j - y_j) \cdot 1 = a^{L}_j - y_j .
$$

This is the output minus the target, so the name fits. In general $\delta$ is a derivative, and usually it differs from $a - y$. With a sigmoid and the
quadratic cost it still has the sign of $a - y$, because $\sigma'$ is positive. So $\delta$ is positive where the output is too large, and negative where it
is too small.

The size of $\delta$ says how much a small change of $z$ changes the cost. If $\lvert \delta \rvert$ is large, a small change of $z$ in the right direction
decreases the cost a lot. If $\delta$ is positive, the right direction is to decrease $z$. If $\delta$ is negative, it is to increase $z$. If $\delta$ is nearly 0, a small
change of $z$ hardly changes the cost. The [online book of Michael Nielsen](http://neuralnetworksanddeeplearning.com/chap2.html) explains the error in the same way.

# Example

In [the 2-3-2 network][2-3-2-pass] both weighted inputs of the output layer are 0, so both outputs are $\sigma(0) = \frac12$. The targets are 0 and 1. The
quadratic cost gives $\nabla_a C = a - y = (\frac12, -\frac12)$. The derivative of the sigmoid is $a (1 - a) = \frac14$ for both units. In this library,
BP1 is the function `output_error`:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import cross_entropy_prime, output_error
    >>> from backprop import quadratic_prime, sigmoid, sigmoid_prime
    >>> z, y = np.array([0.0, 0.0]), np.array([0.0, 1.0])
    >>> a = sigmoid(z)
    >>> output_error(quadratic_prime(a, y), sigmoid_prime(z))
    array([ 0.125, -0.125])

    ```

    Now a batch of two. The second example has the outputs $(\frac34, \frac12)$ and the targets $(\frac14, \frac12)$. They are the second column of each array.
    The derivative of the sigmoid is again $a (1 - a)$:

    ```pycon
    >>> outputs = np.array([[0.5, 0.75], [0.5, 0.5]])
    >>> targets = np.array([[0.0, 0.25], [1.0, 0.5]])
    >>> sigma_prime_z = outputs * (1 - outputs)
    >>> output_error(quadratic_prime(outputs, targets), sigma_prime_z)
    array([[ 0.0625  ,  0.046875],
           [-0.0625  ,  0.      ]])

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import cross_entropy_prime, output_error
    >>> from backprop.rows import quadratic_prime, sigmoid, sigmoid_prime
    >>> z, y = np.array([0.0, 0.0]), np.array([0.0, 1.0])
    >>> a = sigmoid(z)
    >>> output_error(quadratic_prime(a, y), sigmoid_prime(z))
    array([ 0.125, -0.125])

    ```

    Now a batch of two. The second example has the outputs $(\frac34, \frac12)$ and the targets $(\frac14, \frac12)$. They are the second row of each array.
    The derivative of the sigmoid is again $a (1 - a)$:

    ```pycon
    >>> outputs = np.array([[0.5, 0.5], [0.75, 0.5]])
    >>> targets = np.array([[0.0, 1.0], [0.25, 0.5]])
    >>> sigma_prime_z = outputs * (1 - outputs)
    >>> output_error(quadratic_prime(outputs, targets), sigma_prime_z)
    array([[ 0.0625  , -0.0625  ],
           [ 0.046875,  0.      ]])

    ```

In the batch, the errors of the first example are half as large as before. The reason is that the cost is now
the mean of two costs, so $\nabla_a C$ contains the factor $\frac12$.
The second output of the second example equals its target, so its error is 0.

Is the error $\frac18$ of the first unit right? Increase its weighted input by 0.001, for the first example by itself. The error says that the cost
increases by about $\frac18 \cdot 0.001 = 0.000125$, and it does:

```pycon
>>> def cost(z):
...     return float(np.sum((sigmoid(z) - y) ** 2) / 2)
>>> round(cost(z + np.array([0.001, 0.0])) - cost(z), 8)
0.00012503

```

# What changes with a linear output?

Only the factor $\sigma'$ of the output layer changes. A linear output unit has $\sigma' = 1$, so $\delta^{L} = \nabla_a C$. The hidden layers keep their own $\sigma'$ in BP2, and BP3 and BP4 stay as they are. With the quadratic cost and one example this is $a - y$. Networks that
predict a quantity, such as a price, usually have linear outputs. Suppose that two linear output units have the outputs
$\frac12$ and $\frac12$, and the targets 0 and 1 as before. Then the errors
are four times as large, because the factor $\frac14$ is replaced by 1:

```pycon
>>> output_error(quadratic_prime(a, y), np.ones(2))
array([ 0.5, -0.5])

```

# Can an output be wrong although its error is nearly 0?

Yes. Take one example with four sigmoid outputs, all with the target 0, and the quadratic cost. The outputs are $\frac12$, $\frac34$, $\frac{15}{16}$ and $\frac{255}{256}$, so each is
further from its target than the one before. Here are their errors, rounded to four digits:

```pycon
>>> a, y = np.array([0.5, 0.75, 0.9375, 0.99609375]), np.zeros(4)
>>> sigma_prime_z = a * (1 - a)
>>> output_error(quadratic_prime(a, y), sigma_prime_z).round(4)
array([0.125 , 0.1406, 0.0549, 0.0039])

```

The last output is almost as wrong as possible, and its error is the smallest. The factor $a - y$ has grown from $\frac12$ to almost 1. But the factor
$\sigma'(z) = a (1 - a)$ has fallen from $\frac14$ to about $\frac1{256}$. The last unit is **saturated**: a small change of its weighted input hardly changes its output.
So the derivatives for its weights are small too, and gradient descent changes these weights slowly.

[Cross-entropy][cost-functions] avoids this. For one example, its derivative with respect to $a$ is $\frac{a - y}{a (1 - a)}$. The denominator cancels $\sigma'(z)$, and
$a - y$ remains:

```pycon
>>> output_error(cross_entropy_prime(a, y), sigma_prime_z).round(4)
array([0.5   , 0.75  , 0.9375, 0.9961])

```

[The output error in full][output-error] has a table of costs and activation functions.

# Common mistakes

- The derivative of the activation function is [missing][output-derivative-missing].
- The derivative is [taken twice][output-derivative-twice]. This happens if $a - y$ from cross-entropy, which needs no $\sigma'$, is multiplied by $\sigma'$.
- The derivative is computed at $a$ instead of $z$: [σ′ at a][derivative-at-a].
- `@` is written instead of `*`. Two vectors then give one number: [\* instead of @, or @ instead of \*][asterisk-or-at].
- The shape of the target is `(n,)`, and the shape of the output is `(n, 1)`. NumPy broadcasts them to a square array: [a column beside one example][column-beside-vector].
- Softmax is treated as if it were elementwise: [only the diagonal][softmax-diagonal].

# Check yourself

??? question "An output unit uses tanh, whose derivative is $1 - a^2$. Its output is ½ and its target is 1. What is its error under the quadratic cost?"

    The derivative of the cost is $\frac12 - 1 = -\frac12$, and the derivative of the activation function is $1 - \frac14 = \frac34$. The error is
    $-\frac12 \cdot \frac34 = -\frac38$. It is negative, because the output is too small.

??? question "An output equals its target. What is its error under the quadratic cost? And if an error is nearly 0, is the output right?"

    The error is 0, because $a - y = 0$. The reverse is not true: a saturated output can be far from its target, and its error is nearly 0 as well.

**Exercises:** [Saturated and wrong][saturated] · [A cost for tanh][cost-for-tanh] · [A single modified neuron][modified-neuron].
"""

from __future__ import annotations

from ._arrays import Array
from .shapes import equation

__all__ = ["output_error"]


@equation("BP1: δ^L = ∇_a C ⊙ σ′(z^L)", dC_da="n m?", sigma_prime_z="n m?")
def output_error(dC_da: Array, sigma_prime_z: Array) -> Array:
    r"""Return the error $\delta^L$ of the output layer (BP1).

    Parameters
    ----------
    dC_da : array of shape (n,) or (n, m)
        Derivative $\nabla_a C$ of the cost with respect to each output; for a batch it contains the factor 1/m.
    sigma_prime_z : array of shape (n,) or (n, m)
        Derivative $\sigma'(z^L)$ of the activation function of the output layer, at its weighted input.

    Returns
    -------
    delta : array of shape (n,) or (n, m)
        Error $\delta^L = \partial C / \partial z^L$ of the output layer.

    Raises
    ------
    ShapeError
        If the two shapes differ. Nothing is broadcast.

    Examples
    --------
    A unit whose derivative is 0 has the error 0, however wrong its output is:

    >>> import numpy as np
    >>> output_error(np.array([3.0, 3.0]), np.array([0.25, 0.0]))
    array([0.75, 0.  ])
    """
    return dC_da * sigma_prime_z
