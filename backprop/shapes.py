r"""Shapes: what fits, and what the library checks.

> The code ran without an error, but the numbers were wrong. How could the shapes have shown it?

NumPy accepts many pairs of shapes that do not belong together: it repeats the smaller array until it fits. This is called **broadcasting**, and it hides mistakes. **In this library, a shape that does not fit its
equation is an error, and nothing is broadcast.** The only exception is a bias, which is added to every example.

![A layer of two units and its matrix of weights. The shape of the matrix says how many units it connects.](figure:layer)

Every equation of the book has the shapes below its symbols. Here is the forward pass for one example:

=== "Columns"

    $$
    \underbrace{W^{l}}_{n_l \times n_{l-1}} \,
    \underbrace{a^{l-1}}_{n_{l-1}}
    + \underbrace{b^{l}}_{n_l}
    = \underbrace{z^{l}}_{n_l}
    $$

=== "Rows"

    $$
    \underbrace{a^{l-1}}_{n_{l-1}} \,
    \underbrace{W^{l}}_{n_{l-1} \times n_l}
    + \underbrace{b^{l}}_{n_l}
    = \underbrace{z^{l}}_{n_l}
    $$

The size $n_{l-1}$ appears twice. If the two are different, the formula has no meaning, and the library raises a `ShapeError`. `Layer`, `forward`, `gradients` and `step` check all their arrays in the same way.

# Which shapes are there?

Layer $l$ has `n` units, the previous layer has `n_prev`, the next layer has `n_next`, and there are `m` examples.

=== "Columns"

    | array | one example | `m` examples |
    | --- | --- | --- |
    | $W^{l}$ | `(n, n_prev)` | `(n, n_prev)` |
    | $a^{l}$, $z^{l}$, $\delta^{l}$, $y$ | `(n,)` | `(n, m)` |
    | $b^{l}$ | `(n,)` | `(n,)` or `(n, 1)` |

=== "Rows"

    | array | one example | `m` examples |
    | --- | --- | --- |
    | $W^{l}$ | `(n_prev, n)` | `(n_prev, n)` |
    | $a^{l}$, $z^{l}$, $\delta^{l}$, $y$ | `(n,)` | `(m, n)` |
    | $b^{l}$ | `(n,)` | `(n,)` or `(1, n)` |

In one call, either all arrays of the second line have the axis of the examples, or none of them has it.

# Derivation

How does the library find the array that is wrong? Take the product in BP2:

=== "Columns"

    $$
    \underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \,
    \underbrace{\delta^{l+1}}_{n_{l+1}}
    $$

=== "Rows"

    $$
    \underbrace{\delta^{l+1}}_{n_{l+1}} \,
    \underbrace{(W^{l+1})^{\mathsf T}}_{n_{l+1} \times n_l}
    $$

**Step 1: give each axis a name.** The equation does this. Here the names are $n_l$ and $n_{l+1}$.

**Step 2: give each name a size.** The call does this. The library reads the arrays in order. A name that it meets for the first time gets the size of this axis.

**Step 3: compare.** A name that it meets again must have the same size. The weights and $\delta^{l+1}$ both contain $n_{l+1}$. The weights and $\sigma'(z^{l})$ both contain $n_l$.

**Step 4: find the array that does not fit.** If all other arrays agree with each other, the message names the one that does not. Otherwise it names all that may be wrong.

So a mistake can only be found where a name appears at least twice, and where the two sizes are different. In a square layer, a transposed matrix has the right shape. Then only a [gradient check][check-your-own] finds the mistake.

# Why is nothing broadcast?

Let `a` have the shape `(3, 1)` and `y` the shape `(3,)`. The residual should have three numbers. NumPy computes nine, and six of them are differences between numbers that do not belong together:

```pycon
>>> import numpy as np
>>> a, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 3.0])
>>> a - y
array([[ 0., -1., -2.],
       [ 1.,  0., -1.],
       [ 2.,  1.,  0.]])

```

The library raises an error. It says what each array has and what it needs, and it lists the likely causes:

=== "Columns"

    Here `a` may be one example that was kept as a column.

    ```pycon
    >>> from backprop import quadratic_prime
    >>> quadratic_prime(a, y)
    Traceback (most recent call last):
    backprop.ShapeError: quadratic_prime: the shapes of a and y do not fit together
      ∂C/∂a = 1/m (a − y)
      a  has (3, 1), needs (n, m) = (3, 1)
      y  has (3,), needs (n, m) = (3, 1)
      Likely cause: a is a column (n, 1) beside one example (n,). NumPy would broadcast (n,) and (n, 1) to (n, n): write a.ravel().
        See https://literate-backprop.github.io/look-up/errors/column-beside-vector/
      Likely cause: y is one example (n,) beside a batch of one. NumPy would broadcast (n,) and (n, 1) to (n, n): write y[:, None].
        See https://literate-backprop.github.io/look-up/errors/column-beside-vector/
      Likely cause: a has its examples as rows and y has no axis for its one output. Write y[None, :] and a.T.
        See https://literate-backprop.github.io/look-up/errors/target-length/

    ```

=== "Rows"

    Here `a` may be three examples with one output each.

    ```pycon
    >>> from backprop.rows import quadratic_prime
    >>> quadratic_prime(a, y)
    Traceback (most recent call last):
    backprop.ShapeError: quadratic_prime (in rows): the shapes of a and y do not fit together
      ∂C/∂a = 1/m (a − y)
      a  has (3, 1), needs (m, n) = (3, 1)
      y  has (3,), needs (m, n) = (3, 1)
      Likely cause: a is a column (n, 1) beside one example (n,). NumPy would broadcast (n,) and (n, 1) to (n, n): write a.ravel().
        See https://literate-backprop.github.io/look-up/errors/column-beside-vector/
      Likely cause: y has no axis for its one output. Write y[:, None].
        See https://literate-backprop.github.io/look-up/errors/target-length/

    ```

[Shape errors][errors] explains how to read such a message, and has a page for each cause.

# Example

The network of the book is [2-3-2][2-3-2-pass]: two inputs, three hidden units, two outputs. Give BP2 its second weights transposed, by mistake:

=== "Columns"

    ```pycon
    >>> import numpy as np
    >>> from backprop import hidden_error
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> delta2 = np.array([0.125, -0.125])
    >>> sigma_prime_z = np.array([0.25, 0.1875, 0.1875])
    >>> hidden_error(W2.T, delta2, sigma_prime_z)
    Traceback (most recent call last):
    backprop.ShapeError: hidden_error (BP2): the shape of W_next does not fit the others
      δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)
      W_next         has (3, 2), needs (n_next, n) = (2, 3)
      delta_next     has (2,), needs (n_next,) = (2,)
      sigma_prime_z  has (3,), needs (n,) = (3,)
      Likely cause: W_next is transposed. It needs a row for each unit that it leads to: write W_next.T.
        See https://literate-backprop.github.io/look-up/errors/transposed-weights/
      Likely cause: W_next holds the weights of this layer, W^l. BP2 needs those of the next layer, W^{l+1}.
        See https://literate-backprop.github.io/look-up/errors/wrong-layer/

    ```

=== "Rows"

    ```pycon
    >>> import numpy as np
    >>> from backprop.rows import hidden_error
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> delta2 = np.array([0.125, -0.125])
    >>> sigma_prime_z = np.array([0.25, 0.1875, 0.1875])
    >>> hidden_error(W2.T, delta2, sigma_prime_z)
    Traceback (most recent call last):
    backprop.ShapeError: hidden_error (BP2 in rows): the shape of W_next does not fit the others
      δ^l = (δ^{l+1} (W^{l+1})ᵀ) ⊙ σ′(z^l)
      W_next         has (2, 3), needs (n, n_next) = (3, 2)
      delta_next     has (2,), needs (n_next,) = (2,)
      sigma_prime_z  has (3,), needs (n,) = (3,)
      Likely cause: W_next is transposed. It needs a column for each unit that it leads to: write W_next.T.
        See https://literate-backprop.github.io/look-up/errors/transposed-weights/
      Likely cause: W_next holds the weights of this layer, W^l. BP2 needs those of the next layer, W^{l+1}.
        See https://literate-backprop.github.io/look-up/errors/wrong-layer/

    ```

There are two likely causes, because 2-3-2 is the same forwards and backwards. The weights of the first layer have the shape of the second weights transposed. So the shapes cannot tell the two mistakes apart.

# What is not checked?

- **Values.** Not-a-number and infinity are not errors.
- **The layout, where no shape shows it.** A square array fits in both layouts.
- **Types.** Arrays of whole numbers and of truth values become floats, because whole numbers would cut off the fractions of a gradient. float32 stays float32.

No function changes its arguments.

# Common mistakes

- [A column beside one example][column-beside-vector], as in the example with nine numbers.
- [The weights are transposed][transposed-weights], or [the weights of the wrong layer][wrong-layer] are used.
- [The examples are rows instead of columns][rows-and-columns], or the reverse.
- [The gradient has too few numbers][wrong-shape], because an outer product is missing.

# Check yourself

??? question "A layer has 30 units, the previous layer 784, and there are 10 examples. Which sizes does the forward pass compare, and which not?"

    Both the weights and the activations contain 784, and both the weights and the biases contain 30. The 10 appears only once, in the activations, so any number of examples fits.

??? question "Why should a network for tests have the sizes 2-3-4 and 5 examples, instead of 3-3-3 and 3 examples?"

    With different sizes, a transposed or swapped array has a wrong shape and raises an error. If all sizes are 3, every array is 3×3, and no mistake of this kind shows.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from ._arrays import Array, Validated, as_floats, is_array, library, namespace, signature
from ._axes import sizes

__all__ = ["ShapeError"]

# What programs call the libraries that an error advises about. Dask has no indexing of eye.
SHORT = {"numpy": "np", "dask.array": "np", "jax.numpy": "jnp", "cupy": "cp"}
P = ParamSpec("P")
R = TypeVar("R")


class ShapeError(ValueError):
    """The shapes of the arrays do not fit an equation.

    The message gives the equation, the shape that each symbol has and the one that it needs, the
    likely causes, and for each what to write instead and where to read about it.

    Examples
    --------
    >>> import backprop
    >>> try:
    ...     backprop.weighted_input([[1.0, 2.0]], [0.5, 0.25, 0.125], [0.0])
    ... except backprop.ShapeError as error:
    ...     print(str(error).splitlines()[0])
    weighted_input (FF): the shapes of W and a_prev do not fit together
    """

    __module__ = "backprop"  # as everybody imports it, and as a traceback should show it


def equation(formula: str, **shapes: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called only with arrays whose axes are those of its equation.

    Parameters
    ----------
    formula : str
        The equation as the message of an error prints it.
    **shapes : str
        The axes of each array, by its name: ``"n_next n"``. ``m?`` is there in all
        arrays or in none; ``1?`` may be there beside a batch; ``...`` is any shape.

    Returns
    -------
    decorator : callable
        The function that it returns has the one without its check, and without any other decorator, as ``unchecked``.

    Raises
    ------
    ShapeError
        By the decorated function, if the shapes do not fit.
    TypeError
        By the decorated function, if an argument is not an array of numbers.
    """
    names = tuple(shapes)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        validated = Validated()
        call: Callable[..., R] = function

        @functools.wraps(function)
        def checked(*arguments: Any, **options: Any) -> R:
            given: Sequence[Array] = arguments
            if options or len(arguments) != len(names):
                named = options.keys() & names
                if named != set(names[len(arguments) :]) or len(arguments) > len(names):
                    return call(*arguments, **options)  # one is missing, or there twice: Python says which
                given = [*arguments, *(options.pop(name) for name in names[len(arguments) :])]
            key = signature(given)
            if key not in validated:
                given = validated.remember(key, given, check(function.__name__, formula, shapes, given))
            return call(*given, **options)

        checked.unchecked = inspect.unwrap(function)  # type: ignore[attr-defined]
        return checked

    return decorate


def unchecked(function: Callable[P, R]) -> Callable[P, R]:
    """Return an equation without its check, for a caller that has checked the shapes itself."""
    without: Callable[P, R] = getattr(function, "unchecked", function)
    return without


def check(name: str, formula: str, shapes: Mapping[str, str], given: Sequence[Array]) -> list[Array]:
    """Return the arrays of `given`, whole numbers as floats, or raise what is wrong with them."""
    arrays = as_floats(name, shapes, given)
    has = [tuple(array.shape) for array in arrays]
    if sizes(shapes.values(), has) is None:
        from ._shape_hints import message  # only an error needs it

        module = library(namespace(arrays[0]))
        # PyTorch multiplies no matrices of two dtypes.
        dtype = f", dtype={arrays[0].dtype}" if module == "torch" else ""
        eye = f"{SHORT.get(module, module)}.eye({{}}{dtype})"
        labels = any(symbol == "y" and _is_whole(value) for symbol, value in zip(shapes, given))
        raise ShapeError(message(name, formula, shapes, has, eye, labels))
    return arrays


def _is_whole(value: Array) -> bool:
    array = value if is_array(value) else np.asarray(value)
    return bool(namespace(array).isdtype(array.dtype, "integral"))
