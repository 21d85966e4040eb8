"""The book, built once for all tests, and at the end of a run a table: which function passed on which library's arrays."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the book as it is published, and return its folder."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "BOOK_OUTPUTS": "1"}
    done = subprocess.run(
        command, cwd=Path(__file__).parent.parent, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return folder


def pytest_terminal_summary(terminalreporter):
    """Print the array table, of the tests that ran."""
    rows = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            cell = re.search(r"arrays_that_it_was_given\[(\w+)-(\S+)-(float\d+)\]", report.nodeid)
            if cell:
                library, name, dtype = cell.groups()
                rows.setdefault(name, {})[f"{library} {dtype[5:]}"] = outcome
    if not rows:
        return
    columns = sorted({column for row in rows.values() for column in row})
    terminalreporter.section("arrays: library, bits of float")
    width = max(map(len, rows))
    for name, row in rows.items():
        cells = "  ".join(f"{column} {row.get(column, '-')}" for column in columns if row.get(column) != "passed")
        terminalreporter.line(
            f"{name:{width}}  {sum(v == 'passed' for v in row.values())} of {len(columns)} passed  {cells}"
        )
