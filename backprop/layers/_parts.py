"""How a layer is computed fast: a few rows at a time, so that what lies between stays in the cache, or all rows in one product."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .._arrays import Array, namespace

# How many bytes one array of a part has: a few such arrays fit into a core's own cache.
PART = 2**18


def in_parts(
    function: Callable[..., Sequence[Array]], *arrays: Array, size: int = 0, added: int = 0
) -> Sequence[Array]:
    """Return `function(*arrays)`, where the first axis of all arrays is the same and each of its rows is computed alone.

    NumPy computes a few rows at a time: then what is in between needs little memory, and is faster read and written.

    Parameters
    ----------
    function : callable
        It returns a sequence of new arrays. The last `added` of them are sums over the rows, all others have the rows as first axis.
    *arrays : array
        Arrays with the same first axis.
    size : int
        How many numbers the largest array in between has for each row, if it is not the first argument.
    added : int
        How many of the results are sums over the rows.

    Examples
    --------
    >>> squares, total = in_parts(lambda x: (x * x, np.sum(x, axis=0)), np.ones((3, 2**17)), added=1)
    >>> squares.shape, total[:2].tolist()
    ((3, 131072), [3.0, 3.0])
    """
    first, m = arrays[0], arrays[0].shape[0]
    few = 1 + PART // max(1, first.dtype.itemsize * max(size, first[:1].size)) if namespace(first) is np else m
    if m <= few:
        return function(*arrays)
    results: list[Array] = []
    for start in range(0, m, few):
        found = function(*(array[start : start + few] for array in arrays))
        joined = len(found) - added
        if not results:
            results = [np.empty((m, *one.shape[1:]), dtype=one.dtype) for one in found[:joined]]
            results += [np.zeros_like(one) for one in found[joined:]]
        for result, one in zip(results[:joined], found):
            result[start : start + few] = one
        for result, one in zip(results[joined:], found[joined:]):
            result += one
    return results


def times(x: Array, W: Array) -> Array:
    """Return x W for x of shape (m, t, n): one product for all steps of all sequences, and not one for each sequence."""
    xp = namespace(x)
    return xp.reshape(xp.reshape(x, (x.shape[0] * x.shape[1], x.shape[2])) @ W, (*x.shape[:2], W.shape[1]))
