r"""A shape that does not fit is an error, never a broadcast.

$$
\underbrace{W^{l}}_{n_l \times n_{l-1}} \,
\underbrace{a^{l-1}}_{n_{l-1}}
+ \underbrace{b^{l}}_{n_l}
= \underbrace{z^{l}}_{n_l}
$$

Every equation of this book says under each symbol which axes it has. The decorator `equation` lists these axes beside the
function, and checks them in every call. A `Layer`, `forward`, `gradients` and `step` check the shapes of all their arrays in the same way.

# Shapes

An axis has a name, and a name has one size in a call. `n`, `n_prev` and `n_next` count the
units of this layer, the one below and the one above; `m?` is the axis of the examples, which
all of the arrays have or none; `1?` is the one column that a bias may have beside a batch.

| kind of array           | one example | `m` examples            |
| ----------------------- | ----------- | ----------------------- |
| $W^{l}$                 | `(n, n_prev)` | `(n, n_prev)`         |
| $a$, $z$, $\delta$, $y$ | `(n,)`      | `(n, m)`                |
| $b^{l}$                 | `(n,)`      | `(n,)` or `(n, 1)`      |

# Derivation

An equation gives each array its axes, and a call gives each axis a size. Read the arrays in order: an axis met
for the first time takes the size that is there, and an axis met again must have the same one. In

$$
\underbrace{(W^{l+1})^{\mathsf T}}_{n_l \times n_{l+1}} \,
\underbrace{\delta^{l+1}}_{n_{l+1}}
$$

the size of $n_{l+1}$ is written twice, in the rows of $W^{l+1}$ and in $\delta^{l+1}$, so it can be contradicted; that of $n_l$ is
written once more in $\sigma'(z^{l})$. If one array contradicts the others, and they agree, it is the one that does not fit.

# Why it is so

NumPy stretches an axis of one to fit its neighbour, which is called broadcasting. A target of shape `(3,)` beside an output
of shape `(3, 1)` is no error there; their difference has nine numbers, six of them between units
that have nothing to do with each other:

```pycon
>>> import numpy as np
>>> a, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 3.0])
>>> a - y
array([[ 0., -1., -2.],
       [ 1.,  0., -1.],
       [ 2.,  1.,  0.]])

```

Here it is an error:

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

# A 2-3-2 network

Its second weights are `(2, 3)`. Transposed they are `(3, 2)`, beside an error of two and a layer of three, and fit neither:

```pycon
>>> from backprop import hidden_error
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> delta2, slope = np.array([0.125, -0.125]), np.array([0.25, 0.1875, 0.1875])
>>> hidden_error(W2.T, delta2, slope)
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

Two causes are named because 2-3-2 is a palindrome: $W^1$ and $(W^2)^{\mathsf T}$ have the same shape.

Values are not checked: a not-a-number or an infinity passes. No input is written to, and float32
stays float32. Only whole numbers and truth values are changed: they become floats of the dtype beside
them, since as whole numbers a gradient would overflow or be cut off.
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
