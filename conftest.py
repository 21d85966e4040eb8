"""Leave out the benchmarks, which are programs, and what needs a library that is not installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore = ["tests/benchmarks"]
if not find_spec("dask"):
    collect_ignore += ["docs/use/distributed.md"]
if not all(map(find_spec, ("jax", "keras", "torch"))):
    collect_ignore += ["docs/use/frameworks.md"]
if not find_spec("cosmic_ray"):
    collect_ignore += ["tests/mutants.py"]
if not find_spec("cyclonedx"):
    collect_ignore += ["website/gates/bill.py"]
if not find_spec("torch"):
    collect_ignore += ["tests/transformer_in_torch.py"]

# Without these lines the package cannot be imported, so no test could say that one is missing.
PACKAGE = Path(__file__).parent / "backprop"
EXPORTS = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
for chapter in sorted(PACKAGE.glob("[a-z]*.py")):
    if chapter.name != "conftest.py" and "\n__all__" not in chapter.read_text(encoding="utf-8"):
        pytest.exit(f"backprop/{chapter.name}: add __all__ = [...] after its imports", returncode=1)
    if f"\n__all__ += {chapter.stem}.__all__" in EXPORTS and f"\nfrom .{chapter.stem} import *" not in EXPORTS:
        pytest.exit(f'backprop/__init__.py: add "from .{chapter.stem} import *"', returncode=1)
