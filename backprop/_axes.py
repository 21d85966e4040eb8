"""Named axes: which size each axis of a call has, and whether the shapes agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]


def axes(spec: str, rank: int, batch: bool) -> list[str]:
    """Return the names of the axes that an array of this rank should have.

    >>> axes("n m?", rank=1, batch=False), axes("n m?", rank=2, batch=True)
    (['n'], ['n', 'm'])
    >>> axes("*any n", rank=3, batch=False)
    ['any_1', 'any_2', 'n']
    """
    every = spec.split()
    if every == ["..."]:
        return every * rank
    if every[0].startswith("*"):
        return [f"{every[0][1:]}_{k}" for k in range(1, rank - len(every) + 2)] + every[1:]
    return [
        axis.rstrip("?") for axis in every if not axis.endswith("?") or (batch and (axis == "m?" or rank == len(every)))
    ]


def sizes(specs: Collection[str], shapes: Sequence[Shape]) -> dict[str, int] | None:
    """Return the size of every axis, or None if the shapes do not fit together.

    >>> sizes(["n n_prev", "n_prev m?"], [(3, 2), (2,)])
    {'1': 1, 'n': 3, 'n_prev': 2}

    What begins with a star is the same axes everywhere, and as many of them:

    >>> sizes(["*any", "*any"], [(3, 2), (3,)])
    """
    for batch in (False, True):
        fitted = unify(specs, [axes(spec, len(shape), batch) for spec, shape in zip(specs, shapes)], shapes)
        if fitted is not None:
            return fitted
    return None


def unify(specs: Iterable[str], named: Sequence[Sequence[str]], shapes: Sequence[Shape]) -> dict[str, int] | None:
    """Give each axis the size that it has where it first occurs; return None where a later one contradicts it."""
    fitted = {"1": 1}
    for spec, names, shape in zip(specs, named, shapes):
        if len(names) != len(shape):
            return None
        star, *others = spec.split()
        if star.startswith("*") and fitted.setdefault(star, len(names) - len(others)) != len(names) - len(others):
            return None
        for name, size in zip(names, shape):
            if name != "..." and not same_size(fitted.setdefault(name, size), size):
                return None
    for name, size in fitted.items():  # 4n is four times n
        number, of = name[:1], name[1:]
        if number.isdigit() and of in fitted and not same_size(size, int(number) * fitted[of]):
            return None
    return fitted


def same_size(one: float, other: float) -> bool:
    """Return whether two sizes agree. The unknown size of a lazy array is nan and agrees with any."""
    return one == other or one != one or other != other


def same_shape(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether two shapes agree."""
    return len(one) == len(other) and all(map(same_size, one, other))


def written(names: Sequence[str], fitted: Mapping[str, int]) -> str:
    """Return named axes as a shape, with their sizes where these are known.

    >>> written(["n", "m"], {"n": 3, "m": 5})
    '(n, m) = (3, 5)'
    """
    sized = tuple(fitted.get(axis, axis) for axis in names)
    return as_tuple(names) if sized == tuple(names) else f"{as_tuple(names)} = {as_tuple(sized)}"


def as_tuple(items: Iterable[object]) -> str:
    """Return a shape as Python prints it, with names where sizes are not known."""
    texts = list(map(str, items))
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
