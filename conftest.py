"""Leave out the benchmarks, which are programs, and what needs a library that is not installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore = ["tests/benchmarks"]
if not find_spec("dask"):
    collect_ignore += ["docs/use/distributed.md"]

# Without this the package cannot be imported, so no test could say it.
for chapter in sorted(Path(__file__).parent.glob("backprop/[a-z]*.py")):
    if chapter.name != "conftest.py" and "\n__all__" not in chapter.read_text(encoding="utf-8"):
        pytest.exit(f"backprop/{chapter.name}: add __all__ = [...] after its imports", returncode=1)
