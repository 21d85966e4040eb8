"""The book, built, served and opened once for all tests; what runs first; and at the end, which arrays passed."""

import re
import shutil

import pytest
from building import BUILDER, CHROMIUM, WHEELS, copy_of_the_tree, run_builder, serving, serving_the_live_book


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Return the folder in which the first build of the session keeps for the others what it computes."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def tree(tmp_path_factory, kept):
    """Return a copy of the tree, to build from."""
    return copy_of_the_tree(tmp_path_factory.mktemp("source"), kept)


@pytest.fixture(scope="session")
def build(tree):
    """Return a function that builds the copy, and returns the folder of the book."""

    def build(site, *options, builder="mkdocs", **environment):
        done = run_builder(builder, tree, *options, "--site-dir", str(site), **environment)
        assert done.returncode == 0, done.stderr
        return site

    return build


@pytest.fixture(scope="session")
def published(build, tmp_path_factory):
    """Return the folder of the book as it is published."""
    return build(tmp_path_factory.mktemp("site"), "--strict", BOOK_OUTPUTS="1")


@pytest.fixture(scope="session")
def zensical_site(published, tree):
    """Return the folder of the book as Zensical builds it, from the tree in which mkdocs has made the files of the pages."""
    done = run_builder("zensical", tree, "--strict", BOOK_OUTPUTS="1")
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "site"


@pytest.fixture(scope="session")
def site(request):
    """Return the folder of the book, by the builder that BOOK_BUILDER names."""
    return request.getfixturevalue("zensical_site" if BUILDER == "zensical" else "published")


@pytest.fixture(scope="session")
def browser():
    """Start Debian's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the dependency group browser")
    chromium = shutil.which("chromium") or pytest.skip("needs Debian's package chromium")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield running
        running.close()


@pytest.fixture(scope="session")
def address(browser, tmp_path_factory, kept):
    """Serve the book with the Python that runs in the browser; give its address."""
    if not list(WHEELS.glob("numpy-*.whl")):
        pytest.skip("needs NumPy's wheel for Pyodide in the folder that PYODIDE_WHEELS names")
    with serving_the_live_book(tmp_path_factory.mktemp("live"), kept=kept) as address:
        yield address


@pytest.fixture(scope="session")
def read_address(browser, site):
    """Serve the book as it is published, for reading; give its address."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="module")
def context(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def requests(context):
    """Return the addresses that the pages have asked for, as they ask."""
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.fixture(scope="module")
def book(context):
    """One page for all tests, so that Python starts once; `turn` leads it on without loading it anew."""
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto("")
    yield page
    assert page.complaints == []  # a breach of the policy would be one


def pytest_collection_modifyitems(items):
    """Put first what says what was forgotten."""
    items.sort(key=lambda item: item.path.name != "test_contributing.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """End the run where something was forgotten: all else that fails would fail because of it."""
    report = yield
    if report.failed and item.path.name == "test_contributing.py":
        item.session.shouldfail = "something is missing; the message above names the file and the line to write"
    return report


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
        if cells or not sum(v == "passed" for v in row.values()):
            terminalreporter.line(f"{name:{width}}  {cells}")
    passed = sum(outcome == "passed" for row in rows.values() for outcome in row.values())
    terminalreporter.line(f"{len(rows)} functions, {len(columns)} columns, {passed} passed")
