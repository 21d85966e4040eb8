r"""A shape that does not fit is an error at the door, never a broadcast.

$$
\underbrace{W^{l}}_{n_l \times n_{l-1}} \,
\underbrace{a^{l-1}}_{n_{l-1}}
+ \underbrace{b^{l}}_{n_l}
= \underbrace{z^{l}}_{n_l}
$$

Every equation of this book says over each symbol which axes it has. The library holds it
to that: `equation` writes the axes beside the function, and nothing else checks a shape.

# Shapes

An axis has a name, and a name has one size in a call. `n`, `n_prev` and `n_next` count the
units of this layer, the one below and the one above; `m?` is the axis of the examples, which
all of the arrays have or none; `1?` is the one column that a bias may have beside a batch.

| kind of array           | one example | `m` examples            |
| ----------------------- | ----------- | ----------------------- |
| $W^{l}$                 | `(n, n_prev)` | `(n, n_prev)`         |
| $a$, $z$, $\delta$, $y$ | `(n,)`      | `(n, m)`                |
| $b^{l}$                 | `(n,)`      | `(n,)` or `(n, 1)`      |

# Why it is so

NumPy stretches an axis of one to fit its neighbour. A target of shape `(3,)` beside an output
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

Here it is:

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

What the door lets through it does not change: a not-a-number or an infinity passes, float32
stays float32, and no input is written to. Whole numbers and truth values are taken as floats
of the dtype beside them, since a gradient of theirs would overflow or be cut off.
"""

import functools

import numpy as np


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


def equation(formula, **shapes):
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
        The function it returns has the bare one as ``__wrapped__``.

    Raises
    ------
    ShapeError
        By the decorated function, if the shapes do not fit.
    TypeError
        By the decorated function, if an argument is no array of numbers.
    """
    names = tuple(shapes)

    def decorate(bare):
        known = set()

        @functools.wraps(bare)
        def checked(*given, **options):
            if len(given) < len(names):
                given += tuple(options.pop(name) for name in names[len(given) :] if name in options)
            try:
                key = tuple([(type(array), array.dtype, array.shape) for array in given])
            except AttributeError:
                key = None
            if key not in known:
                if len(given) != len(names):
                    return bare(*given, **options)  # Python's own error for a missing argument
                arrays = check(bare, formula, shapes, given)
                if all(new is old for new, old in zip(arrays, given)) and len(known) < 4096:
                    known.add(key)
                given = arrays
            return bare(*given, **options)

        return checked

    return decorate


def check(function, formula, shapes, given):
    """Return the arrays of `given`, whole numbers as floats, or raise what is wrong with them."""
    arrays = _floats([_array(function, name, value) for name, value in zip(shapes, given)])
    found = [tuple(array.shape) for array in arrays]
    if sizes(shapes.values(), found) is None:
        raise ShapeError(_message(function.__name__, formula, shapes, found))
    return arrays


def sizes(specs, found):
    """Return the size of every axis, or None if the shapes that were found do not fit."""
    for batch in (False, True):
        fitted = _unify([axes(spec, len(shape), batch) for spec, shape in zip(specs, found)], found)
        if fitted is not None:
            return fitted
    return None


def axes(spec, rank, batch):
    """Return the names of the axes that an array of this rank should have, or None for any."""
    every = spec.split()
    if every == ["..."]:
        return None
    return [
        axis.rstrip("?")
        for axis in every
        if not axis.endswith("?") or (batch and (axis == "m?" or rank == len(every)))
    ]


def examples(array):
    """Return the number of examples in an array of columns, and 1 for none, whose mean is 0."""
    return max(array.shape[1], 1) if array.ndim == 2 else 1


def namespace(array):
    """Return the module of array functions that `array` belongs to."""
    return array.__array_namespace__()


def _unify(named, found):
    fitted = {"1": 1}
    for names, shape in zip(named, found):
        if names is None:
            continue
        if len(names) != len(shape):
            return None
        for name, size in zip(names, shape):
            if fitted.setdefault(name, size) != size:
                return None
    return fitted


def _array(function, name, value):
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{function.__name__}: {name} is a masked array; fill it first, its mask would be lost")
    if isinstance(value, np.ndarray) or not hasattr(value, "__array_namespace__"):
        try:
            value = np.asarray(value)
        except ValueError:
            raise TypeError(f"{function.__name__}: {name} is a ragged list; its rows have different lengths") from None
        if value.dtype.kind not in "biufc":
            raise TypeError(f"{function.__name__}: {name} holds {value.dtype.name} items, not numbers")
    return value


def _floats(arrays):
    xp = namespace(arrays[0])
    floating = [array.dtype for array in arrays if xp.isdtype(array.dtype, ("real floating", "complex floating"))]
    if len(floating) == len(arrays):
        return arrays
    dtype = xp.result_type(*floating) if floating else xp.asarray(1.0).dtype
    return [array if array.dtype in floating else xp.astype(array, dtype) for array in arrays]


def _message(function, formula, shapes, found):
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


def _needs(shapes, found):
    batch = any("m?" in spec and len(shape) == len(spec.split()) for spec, shape in zip(shapes.values(), found))
    wanted = [axes(spec, len(shape), batch) for spec, shape in zip(shapes.values(), found)]
    without = [_unify(wanted[:i] + wanted[i + 1 :], found[:i] + found[i + 1 :]) for i in range(len(found))]
    culprit = next((fitted for fitted in without if fitted is not None), {})
    concerned = set().union(*(names for names, fitted in zip(wanted, without) if fitted is not None))
    width = max(map(len, shapes))
    for name, shape, names, fitted in zip(shapes, found, wanted, without):
        if len(shapes) > 6 and concerned and not concerned & set(names):
            continue  # a network of many layers: those that fit are not shown
        if fitted is None:
            fitted = culprit
        at_hand = tuple(fitted.get(axis, axis) for axis in names)
        equals = "" if at_hand == tuple(names) else f" = {_tuple(at_hand)}"
        yield f"  {name:{width}}  has {_tuple(shape)}, needs {_tuple(names)}{equals}"


def _tuple(items):
    items = list(map(str, items))
    return f"({', '.join(items)}{',' * (len(items) == 1)})"
