"""At the end of a run, print which function passed on which library's arrays."""

import re


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
        terminalreporter.line(f"{name:{width}}  {sum(v == 'passed' for v in row.values())} of {len(columns)} passed  {cells}")
