"""Compile what a run in the browser imports. Pyodide's own Python does this in Node, as bytecode is of one version: see bytecode.mjs."""

import contextlib
import importlib
import py_compile
import sys

# Where Pyodide has its modules, and where their sources lie for the build.
STANDARD, PACKAGES = "/lib/python314.zip/", "/lib/python3.14/site-packages/"


def compile_imported(names, folder):
    """Import these modules; write beside the source of each one that was loaded its bytecode."""
    packages = f"{folder}/packages/"
    sys.path.append(packages)
    for name in names:
        with contextlib.suppress(ImportError):  # pytest, for one, is not there
            importlib.import_module(name)
    for module in list(sys.modules.values()):
        file = getattr(module.__spec__, "origin", None) or ""
        if file.startswith(STANDARD):
            source = file.replace(STANDARD, f"{folder}/standard/")
        elif file.startswith(packages) and file.endswith(".py"):
            source, file = file, file.replace(packages, PACKAGES)
        else:
            continue
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(source, f"{source}c", file, doraise=True, invalidation_mode=unchecked)
