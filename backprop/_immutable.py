"""Values that cannot be changed, with little to import: `dataclasses` would double what `import backprop` costs."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, ClassVar, NoReturn

MODULES = ("backprop", "backprop.rows")


class Immutable:
    """A value with some named fields, which its `__init__` sets once. It equals itself only."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ()

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make a new one")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.fields)})"

    def __replace__(self, **changes: Any) -> Any:
        return type(self)(**({name: getattr(self, name) for name in self.fields} | changes))

    def __reduce__(self) -> tuple[Any, ...]:
        """Tell pickle and copy how to make it again: a constant by its name, anything else by its fields."""
        name = _name(self)
        for module in MODULES if name else ():
            if getattr(import_module(module), name, None) is self:
                return constant, (module, name)
        return type(self), tuple(getattr(self, field) for field in self.fields)


def is_constant(value: Immutable) -> bool:
    """Return whether a value is one of the package's constants, and none that a reader has made."""
    return any(getattr(sys.modules.get(module), _name(value), None) is value for module in MODULES)


def _name(value: Any) -> str:
    return str(getattr(value, "name", "")).upper()


def constant(module: str, name: str) -> Any:
    """Return one of the package's constants, for pickle: `SOFTMAX` must be `SOFTMAX` in every process."""
    return getattr(import_module(module), name)
