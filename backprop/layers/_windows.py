"""The windows of an image that a kernel or a pool looks at, and the way back from them to the image."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

from .._arrays import Array, namespace


def count(size: int, window: int, stride: int) -> int:
    """Return how many windows fit along an axis.

    >>> count(7, 3, 2), count(8, 3, 2)
    (3, 3)
    """
    return (size - window) // stride + 1


def entries(x: Array, window: tuple[int, int], stride: int) -> list[Array]:
    """Return entry k of every window of images (m, c, h, w), for each k: views (m, c, h_out, w_out) of the images."""
    h_out, w_out = (count(size, k, stride) for size, k in zip(x.shape[2:], window))
    return [
        x[:, :, top : top + stride * (h_out - 1) + 1 : stride, left : left + stride * (w_out - 1) + 1 : stride]
        for top in range(window[0])
        for left in range(window[1])
    ]


def windows(x: Array, window: tuple[int, int], stride: int) -> Array:
    """Return the windows of images (m, c, h, w) as an array (m, c, k_h k_w, h_out, w_out): entry k of every window.

    The array standard has no view of sliding windows, so this is a copy: k_h k_w times as large as the image at stride 1.
    """
    return namespace(x).stack(entries(x, window, stride), axis=2)


def add_windows(parts: Iterable[Array], shape: tuple[int, ...], window: tuple[int, int], stride: int) -> Array:
    """Return images in which each pixel is the sum of its entries in all windows: the adjoint of `entries`.

    NumPy adds in place. The array standard has no such addition, so elsewhere each of the k_h k_w entries
    becomes a whole image of its own.
    """
    parts = iter(parts)
    first = next(parts)
    parts = itertools.chain([first], parts)
    if namespace(first) is np:
        total = np.zeros(shape, dtype=first.dtype)
        for place, part in zip(entries(total, window, stride), parts):
            place += part
        return total
    h, w = shape[2:]
    h_out, w_out = (count(size, k, stride) for size, k in zip((h, w), window))
    places = [(top, left) for top in range(window[0]) for left in range(window[1])]
    images = [
        padded(
            apart(part, stride),
            (top, h - top - stride * (h_out - 1) - 1),
            (left, w - left - stride * (w_out - 1) - 1),
        )
        for (top, left), part in zip(places, parts)
    ]
    return sum(images[1:], images[0])


def padded(x: Array, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
    """Return images with rows and columns of zeros before and after; a negative number takes some away."""
    for axis, (before, after) in ((2, rows), (3, columns)):
        size = x.shape[axis]
        keep = slice(max(-before, 0), size - max(-after, 0))
        x = x[:, :, keep, :] if axis == 2 else x[:, :, :, keep]
        zeros = [_zeros(x, axis, number) for number in (before, after)]
        parts = [part for part in (zeros[0], x, zeros[1]) if part is not None]
        x = namespace(x).concat(parts, axis=axis) if len(parts) > 1 else x
    return x


def _zeros(x: Array, axis: int, number: int) -> Array | None:
    if number <= 0:
        return None
    shape = [*x.shape]
    shape[axis] = number
    return namespace(x).zeros(tuple(shape), dtype=x.dtype)


def apart(x: Array, stride: int) -> Array:
    """Return images with stride − 1 zeros between neighbouring pixels."""
    if stride == 1:
        return x
    xp = namespace(x)
    m, c, h, w = x.shape
    zeros = xp.zeros((m, c, h, stride - 1, w, 1), dtype=x.dtype)
    x = xp.concat([xp.reshape(x, (m, c, h, 1, w, 1)), zeros], axis=3)
    x = xp.concat([x, xp.zeros((m, c, h, stride, w, stride - 1), dtype=x.dtype)], axis=5)
    return xp.reshape(x, (m, c, h * stride, w * stride))[:, :, : (h - 1) * stride + 1, : (w - 1) * stride + 1]
