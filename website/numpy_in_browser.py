"""Fetch the NumPy that runs in the reader's browser: `python -m website.numpy_in_browser`, before the book is built.

Its wheel comes once from where Pyodide publishes it, and stays in .cache/pyodide; the site then serves it itself. Its bytes must be those that
Pyodide's lock names by their sha256. Where it cannot be fetched, the book is built without it, and its examples say what is missing.
"""

import hashlib
import json
import urllib.request
from pathlib import Path

WEBSITE = Path(__file__).parent
PYODIDE = WEBSITE / "node_modules" / "pyodide"
CACHE = WEBSITE.parent / ".cache" / "pyodide"
# Where Pyodide's own documentation says that its packages are.
PUBLISHED = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file}"


class WrongBytesError(Exception):
    """A wheel that is not the one of Pyodide's lock."""


def name_and_digest():
    """Return the name of the wheel, and the sha256 of its bytes."""
    numpy = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]["numpy"]
    return numpy["file_name"], numpy["sha256"]


def wheel(folder=CACHE):
    """Return the path of the wheel in this folder, or None if it is not there.

    Raises
    ------
    WrongBytesError
        If a file of this name has other bytes.
    """
    name, _ = name_and_digest()
    path = Path(folder) / name
    if not path.exists():
        return None
    _check(path.read_bytes(), path)
    return path


def fetch(folder=CACHE, published=PUBLISHED):
    """Fetch the wheel into this folder if it is not there; return its path.

    Raises
    ------
    OSError
        If it cannot be fetched.
    WrongBytesError
        If what is there, or what came, has other bytes. Nothing is written then.
    """
    if path := wheel(folder):
        return path
    name, _ = name_and_digest()
    version = json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"]
    address = published.format(version=version, file=name)
    with urllib.request.urlopen(address, timeout=30) as answer:
        content = answer.read()
    _check(content, address)
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _check(content, where):
    if hashlib.sha256(content).hexdigest() != name_and_digest()[1]:
        raise WrongBytesError(f"{where} is not the wheel that Pyodide's lock names by its sha256")


def main(folder=CACHE, published=PUBLISHED):
    """Fetch the wheel and say so, or say what to do."""
    try:
        print(f"NumPy for the reader's browser: {fetch(folder, published).name}")
    except (OSError, WrongBytesError) as why:
        name, _ = name_and_digest()
        print(f"NumPy for the reader's browser is not here: {why}.")
        print("The book is built without it: its examples can be read, and do not run on the page.")
        print(f"To have it, run this again with a network, or put {name} into {folder}.")


if __name__ == "__main__":
    main()
