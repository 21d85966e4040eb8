"""Leave out the pages and the chapter that need a library which is not installed."""

from importlib.util import find_spec

collect_ignore = []
if not find_spec("dask"):
    collect_ignore += ["backprop/shards.py", "docs/distributed.md"]
