"""For `pytest --doctest-modules --pyargs backprop`: what needs a library that is not installed is skipped."""

from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the chapter of the shards where there is no Dask."""
    if not find_spec("dask"):
        for item in items:
            if item.path.name == "shards.py":
                item.add_marker(pytest.mark.skip(reason="Dask is not installed"))
