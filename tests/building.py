"""How the tests build the book, serve it, and open all its pages.

Every build is made from a copy of the tree, so that no test leaves a file in the one that a reader builds.
"""

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parent.parent
WHEELS = ROOT / os.environ.get("PYODIDE_WHEELS", "../shared/pyodide")
# Of the book that the browser opens; the other is zensical.
BUILDER = os.environ.get("BOOK_BUILDER", "mkdocs")
# The index that the theme makes for a search, and what it calls the sections.
INDEX, SECTIONS = ("search.json", "items") if BUILDER == "zensical" else ("search/search_index.json", "docs")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"  # whether a page is wider than the window


def copy_of_the_tree(folder, kept=None):
    """Copy what the book is built from into a folder, and return it. What a build computes is kept where other copies find it, if asked."""
    for name in ("docs", "backprop", "website"):
        ignored = shutil.ignore_patterns("node_modules", "__pycache__", "live")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
    for name in ("mkdocs.yml", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)  # no link, which Zensical would follow, and build there
    if kept:
        (folder / ".cache").mkdir()
        (folder / ".cache" / "kept").symlink_to(kept)
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "website" / "node_modules").symlink_to(ROOT / "website" / "node_modules")
    return folder


def run_builder(builder, folder, *options, **environment):
    """Run mkdocs or Zensical in a folder; return what `subprocess.run` does."""
    command = [sys.executable, "-m", builder, "build", *options]
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": path} | environment
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def serving(folder, handler=Quiet):
    """Serve a folder; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def serving_the_live_book(folder, handler=Quiet, kept=None):
    """Build the book with the wheels for the browser, serve it, and give its address."""
    source = copy_of_the_tree(folder / "source", kept)
    (source / "site").mkdir()
    with serving(source / "site", handler) as address:
        environment = {"PYODIDE_WHEELS": str(WHEELS.resolve()), "SITE_URL": address}
        if BUILDER == "zensical":  # it lists the files to copy before an extension can make some
            prepared = run_builder("mkdocs", source, "--site-dir", str(folder / "by-mkdocs"), **environment)
            assert prepared.returncode == 0, prepared.stderr
        done = run_builder(BUILDER, source, **environment)
        assert done.returncode == 0, done.stderr
        yield address


def in_two_browsers(check, urls, **options):
    """Call `check(page, urls)` in two browsers at once, each of which takes the next address when it is ready; join what they return."""
    from playwright.sync_api import sync_playwright

    left = deque(urls)

    def taken():
        with contextlib.suppress(IndexError):
            while True:
                yield left.popleft()

    def work():
        with sync_playwright() as driver:
            running = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
            found = check(running.new_context(**options).new_page(), taken())
            running.close()
        return found

    with ThreadPoolExecutor() as pool:
        one, other = pool.submit(work), pool.submit(work)
        return one.result() | other.result()
