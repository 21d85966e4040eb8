"""What the pages compute is kept from one build to the next: trainings, measurements, comparisons.

Put `@kept` before a function whose answer depends only on its arguments, on the code of the library and of the pages, on the
installed packages, and on the files of the book that it opens. The builders keep the answer in .cache/kept, and compute it again when
one of these has changed. Docstrings and comments are no code, so nobody who writes a chapter waits for a training.
A clone has no .cache: what is published is computed.
"""

import ast
import contextlib
import functools
import hashlib
import os
import pickle
import platform
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".cache" / "kept"
CODE = ("backprop", "website/oracles", "website/pages")
STAYS = ("website.extensions", "website.kept")  # the builder has them

code = None  # of this build; there is none where a test calls a function, which then keeps nothing
watching = threading.local()  # what the running function has opened; Zensical renders pages in several threads


def begin():
    """Keep the answers of the build that begins; under `mkdocs serve`, import again what was saved since the one before."""
    global code, sources
    if {"build", "serve"} & set(sys.argv[1:]):  # others, too, load the extensions
        if (found := set(_sources())) != sources:
            sources = found
            for name in [*sys.modules]:
                if name.partition(".")[0] in ("backprop", "website") and not name.startswith(STAYS):
                    del sys.modules[name]
        code = state()


class Kept(NamedTuple):
    answer: object
    code: str | None
    opened: dict  # {file, from the root: digest}

    def holds(self, code):
        """Tell whether code and files are as they were. The files are opened for it, and so count for a kept function around this one."""
        return self.code == code and all(_digest_of(ROOT / file) == digest for file, digest in self.opened.items())


def kept(function):
    """Return a function that computes an answer only if none is known that still holds."""
    known, imported = {}, code

    @functools.wraps(function)
    def answer(*arguments, **options):
        of = _digest(pickle.dumps((arguments, options)))
        if of not in known or not known[of].holds(imported):
            file = FOLDER / f"{function.__module__}.{function.__qualname__}-{of}"
            known[of] = _read(file, imported) or _computed(
                functools.partial(function, *arguments, **options), file, imported
            )
        return known[of].answer

    return answer


def _read(file, imported):
    if imported and file.exists():
        found = pickle.loads(file.read_bytes())
        return found if found.holds(imported) else None


def _computed(compute, file, imported):
    outer, watching.opened = _opened(), {}
    try:
        found = Kept(compute(), imported, watching.opened)
    finally:
        watching.opened = outer
    if imported and found.holds(state()):  # or somebody saved while it ran
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=FOLDER, delete=False) as written:
            pickle.dump(found, written)
        os.replace(written.name, file)  # in one step: another build may read it
    return found


# ---- What an answer follows from


def state():
    """Return a digest of the code, without docstrings and comments, and of Python and all packages."""
    found = sorted((os.path.relpath(file, ROOT), _code_of(file, modified)) for file, modified in _sources())
    return _digest(repr((found, _packages())).encode())


def _sources():
    return ((file, modified) for file, modified in files(*CODE) if file.endswith(".py"))


def files(*folders):
    """Yield the path of each file in these folders of the book that somebody writes, and when it was last modified."""
    for name in folders:
        for entry in os.scandir(ROOT / name):
            if entry.is_dir() and entry.name not in ("__pycache__", "node_modules", "vendor"):
                yield from files(entry.path)
            elif entry.is_file():
                yield entry.path, entry.stat().st_mtime_ns


@functools.cache
def _code_of(file, modified):
    tree = ast.parse(Path(file).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            del node.body[0]
    return _digest(ast.dump(tree).encode())


@functools.cache
def _packages():
    names = {path.name for folder in sys.path for path in Path(folder).glob("*.dist-info")}
    return sys.version, platform.machine(), sorted(names)


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _digest_of(file):
    with contextlib.suppress(OSError):
        return _digest(Path(file).read_bytes())


def _opened():
    return getattr(watching, "opened", None)


def _watch(event, arguments):
    """Note a file of the book that the running function opens; what it imports is in the state."""
    if event == "open" and _opened() is not None and isinstance(arguments[0], str):
        file = os.path.abspath(arguments[0])
        in_the_book = file.startswith(f"{ROOT}{os.sep}") and not file.startswith((sys.prefix, str(FOLDER)))
        if in_the_book and not file.endswith((".py", ".pyc")):
            opened, watching.opened = watching.opened, None  # or to read it would be noted, too
            opened.setdefault(os.path.relpath(file, ROOT), _digest_of(file))
            watching.opened = opened


sys.addaudithook(_watch)
sources = set(_sources())
