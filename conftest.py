"""Leave out the benchmarks, which are programs, and what needs a library that is not installed."""

from importlib.util import find_spec

collect_ignore = ["tests/benchmarks"]
if not find_spec("dask"):
    collect_ignore += ["docs/use/distributed.md"]
