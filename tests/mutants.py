"""The mutants of `make mutants`: which of them are made, and which tests meet each, the quickest first.

`python tests/mutants.py SESSION` leaves, of the mutants that cosmic-ray has listed in its session, all of the equations, the passes, the
shapes and the layers, and of the rest of the library the same 300 at each run. `python tests/mutants.py`, in a tree whose library
cosmic-ray has changed in one place, runs the tests until one fails.
"""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

from cosmic_ray.tools.filters.filter_app import FilterApp
from cosmic_ray.work_item import WorkerOutcome, WorkResult

# All mutants are made of these.
WHOLE = re.compile(r"backprop/(bp\d_\w+|feedforward|backward_pass|fast_pass|shapes|rows/\w+|layers/\w+)\.py")
# These are wrong on purpose, or no part of the library.
NONE = re.compile(r"backprop/(mistakes/.*|conftest)\.py")
SAMPLE, SEED = 300, 2013

# The tests for a changed module, after its own examples, by what they cost.
OF_LAYERS = [
    ["tests/test_layers.py", "-k", "not arrays_of_a_library"],
    ["backprop", "docs/layers"],
    ["tests/test_layers.py", "-k", "arrays_of_a_library"],
]
OF_THE_REST = [
    ["tests/test_shape_hints.py", "tests/test_gradient_check.py", "tests/test_properties.py"],
    ["tests/test_rows.py", "tests/test_fast_pass.py", "tests/test_equations.py"],
    ["backprop", "docs/look-up/errors"],
    ["tests/test_arrays.py", "tests/test_package.py", "tests/test_terminal.py", "tests/test_distributed.py"],
]
NOTHING_COLLECTED = 5


class Chosen(FilterApp):
    """Skips the mutants that are not made."""

    def filter(self, work_db, args):
        """Skip what is left out of the session, and the rest beyond the sample."""
        rest, left_out = [], []
        for item in sorted(work_db.pending_work_items, key=lambda item: (str(item.mutations), item.job_id)):
            path = item.mutations[0].module_path.as_posix()
            if NONE.fullmatch(path):
                left_out.append(item)
            elif not WHOLE.fullmatch(path):
                rest.append(item)
        random.Random(SEED).shuffle(rest)
        for item in [*left_out, *rest[SAMPLE:]]:
            work_db.set_result(item.job_id, WorkResult(output="Not chosen", worker_outcome=WorkerOutcome.SKIPPED))


def own_tests(changed):
    """Return the tests that are named after a module or its folder."""
    names = [Path(changed).stem, Path(changed).parent.name]
    return [path for name in names if (path := Path(f"tests/test_{name.strip('_')}.py")).exists()]


def meet():
    """Run the tests for the changed module until one fails; return the exit code."""
    diff = subprocess.run(
        ["git", "diff", "--name-only", "--", "backprop"], capture_output=True, encoding="utf-8", check=True
    )
    changed = diff.stdout.strip()
    others = OF_LAYERS if changed.startswith("backprop/layers/") else [own_tests(changed), *OF_THE_REST]
    for tests in [[changed], *filter(None, others)]:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        code = subprocess.run(command, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}).returncode
        if code not in (0, NOTHING_COLLECTED):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(Chosen().main(sys.argv[1:]) if sys.argv[1:] else meet())
