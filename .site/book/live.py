"""What the live pages need of the build: the wheels of this tree beside Pyodide's core, and what a page may fetch and run.

It is a Markdown extension because mkdocs and Zensical alike load those before they copy the theme's files. It marks the
examples that rest on a module which the browser does not have, with that module's name.
"""

import ast
import base64
import doctest
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
import zipfile
from html import unescape
from importlib.metadata import distribution
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder
from markdown import Extension
from markdown.postprocessors import Postprocessor
from mkdocs.exceptions import BuildError

from book.assets import SITE, VENDOR
from book.instruments import patterns

ROOT = SITE.parent
CORE, LIVE = VENDOR / "pyodide", VENDOR / "live"
POLICY = SITE / "overrides" / "partials" / "policy.html"
# Where Pyodide's own documentation says that its packages are. The lock in the core pins each by its sha256.
PUBLIC = "https://cdn.jsdelivr.net"

BLOCK = re.compile(r'<div class="language-pycon highlight">(.*?</pre>)', re.DOTALL)
IN_THE_BROWSER = {"numpy", "backprop", "array_api_compat", *sys.stdlib_module_names}
KNOWN_AS = {"torch": "PyTorch", "sklearn": "scikit-learn", "jax": "JAX", "dask": "Dask"}


# ---- The files


def prepare():
    """Write what the pages serve: the wheels, the Python that the worker runs, and the policy."""
    if not CORE.exists():
        raise BuildError("Pyodide is not there: run `npm ci` in .site and then `python -m book.assets`")
    LIVE.mkdir(exist_ok=True)
    newest = max(path.stat().st_mtime_ns for path in (ROOT / "backprop").rglob("*.py"))
    wheels = [_library(newest), _installed("array-api-compat")]
    packages = _numpy(os.environ.get("PYODIDE_WHEELS"))
    # The theme serves no file that ends in .py.
    _write(LIVE / "session.txt", Path(__file__).with_name("session.py").read_bytes())
    _write(LIVE / "live.json", json.dumps({"packages": packages, "wheels": wheels}).encode())
    _write(LIVE / "shapes.json", json.dumps(patterns(), separators=(",", ":"), ensure_ascii=False).encode())
    for old in LIVE.glob("*.whl"):
        if old.name not in wheels:
            old.unlink()
    POLICY.parent.mkdir(exist_ok=True)
    # `mkdocs serve` adds an inline script of its own, another one each time.
    _write(POLICY, b"" if "serve" in sys.argv[1:] else _policy(packages).encode())


def _write(path, content):
    """Write the file if it is new: `mkdocs serve` builds again after every write."""
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


@functools.lru_cache(maxsize=1)
def _library(newest):
    """Build the library's wheel, once for every state of its files, and return its name."""
    folder = VENDOR / "build"
    [wheel] = [Path(path) for path in WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])]
    _write(LIVE / wheel.name, wheel.read_bytes())
    shutil.rmtree(folder)
    return wheel.name


@functools.cache
def _installed(name):
    """Make a wheel of an installed package of plain Python, and return its name."""
    package = distribution(name)
    path = LIVE / f"{name.replace('-', '_')}-{package.version}-py3-none-any.whl"
    if not path.exists():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in package.files:
                if ".." not in file.parts and file.suffix != ".pyc":
                    archive.write(file.locate(), file.as_posix())
    return path.name


def _numpy(folder):
    """Return where the page finds NumPy's wheel: beside the core, if a folder has it, or at its public address."""
    lock = json.loads((CORE / "pyodide-lock.json").read_text(encoding="utf-8"))
    numpy = lock["packages"]["numpy"]
    for old in CORE.glob("numpy-*.whl"):
        if not folder or old.name != numpy["file_name"]:
            old.unlink()
    if not folder:
        version = json.loads((SITE / "node_modules" / "pyodide" / "package.json").read_text(encoding="utf-8"))[
            "version"
        ]
        return f"{PUBLIC}/pyodide/v{version}/full/"
    wheel = Path(folder) / numpy["file_name"]
    if not wheel.exists():
        raise BuildError(f"PYODIDE_WHEELS is {folder}, and there is no {wheel.name} in it")
    content = wheel.read_bytes()
    if hashlib.sha256(content).hexdigest() != numpy["sha256"]:
        raise BuildError(f"{wheel.name} is not the wheel that Pyodide's lock names by its sha256")
    _write(CORE / wheel.name, content)
    return ""


def _policy(packages):
    """Return the content security policy of every page: scripts of the site alone, and the theme's inline ones by hash."""
    hashes = " ".join(f"'sha256-{digest}'" for digest in _inline_scripts())
    elsewhere = f" {PUBLIC}" if packages else ""
    rules = [
        "default-src 'none'",
        f"script-src 'self' 'wasm-unsafe-eval' {hashes}",
        "style-src 'self' 'unsafe-inline'",  # KaTeX places each symbol by a style of its own
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self'{elsewhere}",
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


# ---- The examples


def needs(blocks):
    """Return, for each block of a page, the module that it rests on and that the browser does not have, or None.

    >>> needs([">>> import torch, math", ">>> math.pi", ">>> import math", ">>> math.pi"])
    ['torch', 'torch', None, None]
    """
    borrowed, found = {}, []
    for block in blocks:
        tree = ast.parse("".join(example.source for example in doctest.DocTestParser().get_examples(block)))
        imported = [root for node in ast.walk(tree) for root in _imports(node) if root not in IN_THE_BROWSER]
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        used = [borrowed[name.id] for name in names if isinstance(name.ctx, ast.Load) and name.id in borrowed]
        missing = next(iter(imported + used), None)
        bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                bound |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.add(node.name)
        for name in bound:
            borrowed.pop(name, None)
            if missing:
                borrowed[name] = missing
        found.append(missing)
    return found


def _imports(node):
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [node.module.partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


class Needs(Postprocessor):
    """Name, on each block that cannot run in the browser, the module that it lacks."""

    def run(self, text):
        blocks = [unescape(re.sub(r"<[^>]*>", "", block)) for block in BLOCK.findall(text)]
        missing = iter(needs(blocks))

        def marked(match):
            module = next(missing)
            return match[0].replace(">", f' data-needs="{KNOWN_AS.get(module, module)}">', 1) if module else match[0]

        return BLOCK.sub(marked, text)


class Corners(Postprocessor):
    """Make the empty corner of a table a cell: an empty header is one that a screen reader reads out."""

    def run(self, text):
        return re.sub(r"<th([^>]*)>\s*</th>", r"<td\1></td>", text)


class LiveExtension(Extension):
    def extendMarkdown(self, md):
        prepare()
        md.postprocessors.register(Corners(md), "corners", 4)
        md.postprocessors.register(Needs(md), "live", 4)  # after the colours, at 5


def makeExtension(**kwargs):
    return LiveExtension(**kwargs)
