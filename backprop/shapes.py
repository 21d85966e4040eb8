r"""A shape that does not fit is an error at the door, never a broadcast.

$$
\underbrace{W^{l}}_{n_l \times n_{l-1}} \,
\underbrace{a^{l-1}}_{n_{l-1}}
+ \underbrace{b^{l}}_{n_l}
= \underbrace{z^{l}}_{n_l}
$$

Every equation of this book says under each symbol which axes it has. The library holds it
to that: the decorator `equation` writes the axes beside the function, and nothing else checks a shape.

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
backprop.ShapeError: quadratic_prime got shapes that do not fit, as if a were a column beside one example or y were one example beside a batch of one
  ∂C/∂a = 1/m (a − y)
  a  has (3, 1), needs (n, m) = (3, 1)
  y  has (3,), needs (n, m) = (3, 1)
  If a were a column beside one example: NumPy would blow (n,) and (n, 1) up to (n, n); write a.ravel().
    https://literate-backprop.github.io/errors/column-beside-vector/
  If y were one example beside a batch of one: NumPy would blow (n,) and (n, 1) up to (n, n); write y[:, None].
    https://literate-backprop.github.io/errors/column-beside-vector/

```

# A 2-3-2 network

Its second weights are `(2, 3)`. Transposed they are `(3, 2)`, beside an error of two and a layer of three, and fit neither:

```pycon
>>> from backprop import hidden_error
>>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
>>> delta2, slope = np.array([0.125, -0.125]), np.array([0.25, 0.1875, 0.1875])
>>> hidden_error(W2.T, delta2, slope)
Traceback (most recent call last):
backprop.ShapeError: hidden_error (BP2) got shapes that do not fit, as if W_next were transposed or W_next were the weights into this layer
  δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l)
  W_next         has (3, 2), needs (n_next, n) = (2, 3)
  delta_next     has (2,), needs (n_next,) = (2,)
  sigma_prime_z  has (3,), needs (n,) = (3,)
  If W_next were transposed: W_next has a row for each unit that it leads to; write W_next.T.
    https://literate-backprop.github.io/errors/transposed-weights/
  If W_next were the weights into this layer: The error goes back through the weights that this layer's activation went forward through, W^{l+1}.
    https://literate-backprop.github.io/errors/wrong-layer/

```

Two slips are named because 2-3-2 is a palindrome: $W^1$ and $(W^2)^{\mathsf T}$ have one shape.

Values are not checked: a not-a-number or an infinity passes. No input is written to, and float32
stays float32. Only whole numbers and truth values are changed: they become floats of the dtype beside
them, since as whole numbers a gradient would overflow or be cut off.
"""

import functools
import inspect
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeAlias, TypeVar

import numpy as np

# An array of NumPy, PyTorch, JAX, CuPy, Dask, ...: no static type covers them all. Lists are taken, too.
Array: TypeAlias = Any
Shape: TypeAlias = tuple[int, ...]
P = ParamSpec("P")
R = TypeVar("R")


class ShapeError(ValueError):
    """Shapes that do not fit an equation.

    The message gives the equation, the shape that each symbol has and the one that it
    needs, and the slip that this looks like.

    Examples
    --------
    >>> import backprop
    >>> try:
    ...     backprop.output_error([1.0, 2.0], [0.25, 0.25, 0.25])
    ... except backprop.ShapeError as error:
    ...     print(str(error).splitlines()[0])
    output_error (BP1) got shapes that do not fit
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
        arrays or in none; ``1?`` may stand beside a batch; ``...`` is any shape.

    Returns
    -------
    decorator : callable
        The function that it returns has the bare one as ``law``.

    Raises
    ------
    ShapeError
        By the decorated function, if the shapes do not fit.
    TypeError
        By the decorated function, if an argument is no array of numbers.
    """
    names = tuple(shapes)

    def decorate(law: Callable[P, R]) -> Callable[P, R]:
        known = Known()

        call: Callable[..., R] = law

        @functools.wraps(law)
        def checked(*arguments: Any, **options: Any) -> R:
            given: Sequence[Array] = arguments
            if len(given) < len(names):
                given = [*given, *(options.pop(name) for name in names[len(given) :] if name in options)]
            key = kinds(given)
            if key not in known:
                if len(given) != len(names):
                    return call(*given, **options)  # Python's own error for a missing argument
                given = known.learn(key, given, check(law, formula, shapes, given))
            return call(*given, **options)

        checked.law = inspect.unwrap(law)  # type: ignore[attr-defined]
        return checked

    return decorate


def bare(function: Callable[P, R]) -> Callable[P, R]:
    """Return the equation behind the door, for a caller that has checked the shapes at its own."""
    law: Callable[P, R] = getattr(function, "law", function)
    return law


def kinds(given: Iterable[Array]) -> Hashable:
    """Return what a check looks at, of every array; None if one of them is no array."""
    try:
        return tuple([(array.__class__, array.dtype, array.shape) for array in given])
    except AttributeError:
        return None


class Known(set[Hashable]):
    """The kinds of arrays that a check has let through as they were, so that it need not look twice."""

    def learn(self, key: Hashable, given: Sequence[Array], arrays: Sequence[Array]) -> Sequence[Array]:
        """Remember `given` by its key if the check did not change it; return what the check returned."""
        if len(self) < 4096 and all(new is old for new, old in zip(arrays, given)):
            self.add(key)
        return arrays


def check(function: Callable[..., Any], formula: str, shapes: Mapping[str, str], given: Sequence[Array]) -> list[Array]:
    """Return the arrays of `given`, whole numbers as floats, or raise what is wrong with them."""
    arrays = _arrays(function, shapes, given)
    found = [tuple(array.shape) for array in arrays]
    if sizes(shapes.values(), found) is None:
        raise ShapeError(_message(function.__name__, formula, shapes, found))
    return arrays


def sizes(specs: Iterable[str], found: Sequence[Shape]) -> dict[str, int] | None:
    """Return the size of every axis, or None if the shapes that were found do not fit."""
    for batch in (False, True):
        fitted = _unify([axes(spec, len(shape), batch) for spec, shape in zip(specs, found)], found)
        if fitted is not None:
            return fitted
    return None


def axes(spec: str, rank: int, batch: bool) -> list[str]:
    """Return the names of the axes that an array of this rank should have."""
    every = spec.split()
    if every == ["..."]:
        return every * rank
    return [
        axis.rstrip("?") for axis in every if not axis.endswith("?") or (batch and (axis == "m?" or rank == len(every)))
    ]


def examples(array: Array) -> int:
    """Return the number of examples in an array of columns, and 1 for none, whose mean is 0."""
    return max(array.shape[1], 1) if array.ndim == 2 else 1


def namespace(array: Array) -> Any:
    """Return the module of array functions that `array` belongs to."""
    if array.__class__ is np.ndarray:
        return np
    from array_api_compat import array_namespace

    return array_namespace(array)


def _unify(named: Sequence[Sequence[str]], found: Sequence[Shape]) -> dict[str, int] | None:
    fitted = {"1": 1}
    for names, shape in zip(named, found):
        if len(names) != len(shape):
            return None
        for name, size in zip(names, shape):
            known = fitted.setdefault(name, size)
            if name == "...":
                continue  # any size
            if known != size and known == known and size == size:  # a lazy array's unknown size is nan: it may fit
                return None
    return fitted


def _arrays(function: Callable[..., Any], names: Iterable[str], given: Sequence[Array]) -> list[Array]:
    """Return all of `given` as arrays of one library, whole numbers and lists in the dtype of the floats beside them."""
    from array_api_compat import array_namespace, device, is_array_api_obj, is_dask_namespace

    arrays = [value for value in given if is_array_api_obj(value) and not isinstance(value, (np.ndarray, np.generic))]
    try:
        xp = array_namespace(*arrays) if arrays else np
    except TypeError:
        modules = ", ".join(f"{name}: {type(value).__module__}" for name, value in zip(names, given))
        raise TypeError(f"{function.__name__}: all arrays are of one library; these are not ({modules})") from None
    found, weak = [], []
    for name, value in zip(names, given):
        weak.append(not is_array_api_obj(value))
        if xp is np or weak[-1]:
            value = _numbers(function, name, value)
        elif isinstance(value, (np.ndarray, np.generic)) and not is_dask_namespace(xp):
            library = xp.__name__.removeprefix("array_api_compat.")
            raise TypeError(f"{function.__name__}: {name} is a NumPy array beside arrays of {library}; convert one")
        if xp is not np and weak[-1]:
            value = xp.asarray(value.tolist(), device=device(arrays[0]))
        found.append(value)
    return _floats(xp, found, weak)


def _numbers(function: Callable[..., Any], name: str, value: Any) -> Array:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{function.__name__}: {name} is a masked array; fill it first, its mask would be lost")
    try:
        value = np.asarray(value)
    except ValueError:
        raise TypeError(f"{function.__name__}: {name} is a ragged list; its rows have different lengths") from None
    if value.dtype.kind not in "biufc":
        raise TypeError(f"{function.__name__}: {name} holds {value.dtype.name} items, not numbers")
    return value


def _floats(xp: Any, arrays: list[Array], weak: list[bool]) -> list[Array]:
    floating = [xp.isdtype(array.dtype, ("real floating", "complex floating")) for array in arrays]
    strong = [array.dtype for array, is_float, is_weak in zip(arrays, floating, weak) if is_float and not is_weak]
    dtype = xp.result_type(*strong) if strong else xp.asarray(1.0).dtype
    return [
        array
        if is_float and not (is_weak and strong and xp.isdtype(array.dtype, "real floating"))
        else xp.astype(array, dtype)
        for array, is_float, is_weak in zip(arrays, floating, weak)
    ]


def _message(function: str, formula: str, shapes: Mapping[str, str], found: list[Shape]) -> str:
    from .slips import BOOK, slips  # only an error needs them

    tag, _, law = formula.rpartition(": ")
    seen = slips(function, shapes, found)
    as_if = " or ".join(slip.as_if for slip in seen)
    first = f"{function}{f' ({tag})' if tag else ''} got shapes that do not fit{', as if ' if seen else ''}{as_if}"
    lines = [first, f"  {law}", *_needs(shapes, found)]
    for slip in seen:
        lines += [f"  If {slip.as_if}: {slip.remedy}", f"    {slip.address}"]
    if not seen:
        lines.append(f"  {BOOK}errors/")
    return "\n".join(lines)


def _needs(shapes: Mapping[str, str], found: list[Shape]) -> Iterator[str]:
    batch = any("m?" in spec and len(shape) == len(spec.split()) for spec, shape in zip(shapes.values(), found))
    wanted = [axes(spec, len(shape), batch) for spec, shape in zip(shapes.values(), found)]
    without = [_unify(wanted[:i] + wanted[i + 1 :], found[:i] + found[i + 1 :]) for i in range(len(found))]
    culprit = next((fitted for fitted in without if fitted is not None), {})
    concerned = set().union(*(names for names, fitted in zip(wanted, without) if fitted is not None))
    alone = not any("m?" in spec for spec in shapes.values()) or len(shapes) == 1
    width = max(map(len, shapes))
    for (name, spec), shape, names, fitted in zip(shapes.items(), found, wanted, without):
        if len(shapes) > 6 and concerned and not concerned & set(names):
            continue  # a network of many layers: those that fit are not shown
        either = [names] if not (alone and "?" in spec) else [axes(spec, 0, False), axes(spec, len(spec.split()), True)]
        needs = " or ".join(_known(names, culprit if fitted is None else fitted) for names in either)
        yield f"  {name:{width}}  has {_tuple(shape)}, needs {needs}"


def _known(names: Sequence[str], fitted: Mapping[str, int]) -> str:
    at_hand = tuple(fitted.get(axis, axis) for axis in names)
    return _tuple(names) if at_hand == tuple(names) else f"{_tuple(names)} = {_tuple(at_hand)}"


def _tuple(items: Iterable[object]) -> str:
    texts = list(map(str, items))
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
