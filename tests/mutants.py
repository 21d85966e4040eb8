"""The mutants of `make mutants`: which of them are made, and which tests meet each.

`python tests/mutants.py choose SESSION` leaves, of the mutants that cosmic-ray has listed in its session, all of the equations, the
passes, the shapes, the rows and the layers, and of the rest of the library the same 300 at each run.

`python tests/mutants.py meet SESSION` runs all tests once, to see which of them reach each line of the library, and then those that
reach a mutant's line, the quickest first, until one fails. As many mutants as there are processors are met at a time, each in a copy of the tree.
"""

import difflib
import gc
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path

import cosmic_ray.plugins
import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult
from coverage import Coverage, CoverageData

# All mutants are made of these.
WHOLE = re.compile(r"backprop/(bp\d_\w+|feedforward|backward_pass|fast_pass|shapes|rows/\w+|layers/\w+)\.py")
# These are wrong on purpose, or no part of the library.
NONE = re.compile(r"backprop/(mistakes/.*|conftest)\.py")
SAMPLE, SEED = 300, 2013

# What the tests of the book ask for, or import. They need it built, and are left out.
OF_THE_BOOK, BUILDING = {"tree", "site", "browser"}, re.compile(r"^from (building|mkdocs)", re.MULTILINE)
# A run is a fork of a process that has loaded these, if they are there: loading them takes longer than most runs.
LOADED = ["numpy", "hypothesis", "jax", "torch", "dask", "sklearn"]
OUTPUT = "output.txt"
RAN = (0, 1)  # pytest's exit codes if it has run all tests
FEW = 25  # tests are tried before all others
COVERAGE, SECONDS = Path("reached.sqlite").resolve(), Path("seconds.json").resolve()


def choose(session):
    """Skip the mutants that are not made."""
    rest, left_out = [], []
    with use_db(session) as work:
        for item in sorted(work.pending_work_items, key=lambda item: (str(item.mutations), item.job_id)):
            path = item.mutations[0].module_path.as_posix()
            if NONE.fullmatch(path):
                left_out.append(item)
            elif not WHOLE.fullmatch(path):
                rest.append(item)
        random.Random(SEED).shuffle(rest)
        for item in [*left_out, *rest[SAMPLE:]]:
            work.set_result(item.job_id, WorkResult(output="Not chosen", worker_outcome=WorkerOutcome.SKIPPED))


class Recorder:
    """A plugin of pytest that records which lines of the library a test reaches, and how long it takes if it passes."""

    def __init__(self):
        self.coverage = Coverage(data_file=COVERAGE, source=["backprop"])
        self.coverage.set_option("run:relative_files", True)
        self.seconds = {}

    def pytest_collection_modifyitems(self, items):
        """Leave out what asks for the book."""
        items[:] = [item for item in items if not OF_THE_BOOK & {*getattr(item, "fixturenames", ())}]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Record the lines under the test's name."""
        self.coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report):
        """Keep the time of a test that passes. One that fails as the library is would notice nothing."""
        if report.when == "call" and report.passed:
            self.seconds[report.nodeid] = report.duration


def record():
    """Run all tests of the library as it is, keep what they reach and how long they take, and return pytest's exit code."""
    recorder = Recorder()
    files = [str(path) for path in Path("tests").glob("test_*.py") if not BUILDING.search(path.read_text("utf-8"))]
    print("All tests run once. Those that fail here need the built book, and meet no mutant.", flush=True)
    recorder.coverage.start()
    code = pytest.main(
        ["-q", "--tb=no", "--no-summary", "-p", "no:cacheprovider", "backprop", "docs", *files], plugins=[recorder]
    )
    recorder.coverage.stop()
    if code in RAN:
        recorder.coverage.save()
        SECONDS.write_text(json.dumps(recorder.seconds), encoding="utf-8")
    return code


class Reached:
    """Which tests reach the lines of the library."""

    def __init__(self):
        self.data = CoverageData(COVERAGE)
        self.data.read()
        self.seconds = json.loads(SECONDS.read_text(encoding="utf-8"))
        self.lines = {}

    def tests(self, path, first, last):
        """Return the tests that reach some lines, the quickest first: all of a module for a line that is run when it is imported."""
        if path not in self.lines:
            self.lines[path] = self.data.contexts_by_lineno(str(path))
        lines = self.lines[path]
        # Of an expression over several lines, some are recorded.
        while first > 1 and first not in lines:
            first -= 1
        found = {name for line in range(first, last + 1) for name in lines.get(line, ())}
        if "" in found:
            found = {name for names in lines.values() for name in names}
        return sorted(found & {*self.seconds}, key=self.seconds.get)


def stages(path, tests):
    """Give the tests in the order in which they are tried: the module's own examples with a few of the file that has most, then all others."""
    own = [test for test in tests if test.startswith(f"{path.as_posix()}::")]
    others = [test for test in tests if test not in {*own}]
    most = Counter(test.split("::")[0] for test in others).most_common(1)
    few = [test for test in others if most and test.startswith(f"{most[0][0]}::")][:FEW]
    return filter(None, [own + few, [test for test in others if test not in {*few}]])


def fork(run, *arguments):
    """Start a function in a fork, and return the child's number."""
    child = os.fork()
    if not child:
        code = 1
        try:
            code = run(*arguments)
        except Exception:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code or 0)
    return child


def exit_code(child):
    """Wait for a child, and return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_tests(tests, seconds):
    """Run tests until one fails, for so many seconds at most."""
    signal.alarm(int(seconds))
    output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])


def meet_one(mutation, reached):
    """Let the tests meet a mutant, and return what cosmic-ray keeps of it."""
    path = mutation.module_path
    kept = path.stat()
    before = path.read_text(encoding="utf-8")
    operator = cosmic_ray.plugins.get_operator(mutation.operator_name)(**mutation.operator_args)
    after = mutate_code(before, operator, mutation.occurrence)
    if after is None:
        return WorkResult(WorkerOutcome.NO_TEST)
    diff = "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), str(path), str(path), lineterm=""))
    outcome, output = TestOutcome.SURVIVED, ""
    path.write_text(after, encoding="utf-8")
    try:
        for tests in stages(path, reached.tests(path, mutation.start_pos[0], mutation.end_pos[0])):
            most = 60 + 10 * sum(map(reached.seconds.get, tests))
            if exit_code(fork(run_tests, tests, most)):
                outcome, output = TestOutcome.KILLED, Path(OUTPUT).read_text(encoding="utf-8", errors="replace")
                break
    finally:
        path.write_text(before, encoding="utf-8")
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))  # as its bytecode remembers it
    return WorkResult(WorkerOutcome.NORMAL, output, outcome, diff)


def meet_part(session, part, parts):
    """Let the tests meet each mutant of a part, in a copy of the tree."""
    copy = Path(f"copies/{part}")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(".", copy, ignore=shutil.ignore_patterns(".git", "copies"))
    session = Path(session).resolve()
    os.chdir(copy)
    reached = Reached()
    with use_db(session, WorkDB.Mode.open) as work:
        for item in sorted(work.pending_work_items, key=lambda item: item.job_id)[part::parts]:
            result = meet_one(item.mutations[0], reached)
            work.set_result(item.job_id, result)
            if result.test_outcome is TestOutcome.SURVIVED:
                print(result.diff, end="\n\n", flush=True)


def meet(session):
    """Let the tests meet all mutants that have no result yet."""
    if not SECONDS.exists() and exit_code(fork(record)) not in RAN:
        sys.exit("The tests could not be run, so none would notice a mutant.")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True  # one mutant must not find what another has left
    for name in filter(importlib.util.find_spec, LOADED):
        importlib.import_module(name)
    gc.freeze()  # or each fork searches all of it, and copies it
    parts = os.cpu_count()
    children = [fork(meet_part, session, part, parts) for part in range(parts)]
    sys.exit(max(map(exit_code, children)))


if __name__ == "__main__":
    {"choose": choose, "meet": meet}[sys.argv[1]](sys.argv[2])
