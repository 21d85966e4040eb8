"""Put what the built site serves, and links by, where mkdocs finds it: run once after `npm ci`.

Examples run in the reader's browser on Pyodide's core, which the site serves itself.
Text is set in Source Serif 4 and formulas in KaTeX's own faces, as woff2 alone, which every browser has read since 2018.
"""

import re
import shutil
from pathlib import Path

from mkdocstrings import Inventory, InventoryItem

SITE = Path(__file__).parent.parent
NODE_MODULES = SITE / "node_modules"
VENDOR = SITE / "overrides" / "assets" / "vendor"

SERIF = [f"source-serif-4-latin-{face}.woff2" for face in ("400-normal", "400-italic", "600-normal")]

PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]

# NumPy's own inventory is 200 kB away; these are the names that the book links to.
NUMPY = ["ndarray", "outer", "einsum", "diag", "matmul", "exp", "log", "errstate", "allclose"]


def vendor():
    shutil.rmtree(VENDOR, ignore_errors=True)
    katex = NODE_MODULES / "katex" / "dist"
    (VENDOR / "fonts").mkdir(parents=True)
    for font in katex.glob("fonts/*.woff2"):
        shutil.copy(font, VENDOR / "fonts")
    style = (katex / "katex.min.css").read_text(encoding="utf-8")
    style = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", style)
    (VENDOR / "katex.css").write_text(style, encoding="utf-8")
    shutil.copy(katex / "contrib" / "copy-tex.min.js", VENDOR)
    for font in SERIF:
        shutil.copy(NODE_MODULES / "@fontsource" / "source-serif-4" / "files" / font, VENDOR / "fonts")
    (VENDOR / "pyodide").mkdir()
    for file in PYODIDE:
        shutil.copy(NODE_MODULES / "pyodide" / file, VENDOR / "pyodide")


def numpy_inventory():
    items = [
        InventoryItem(f"numpy.{name}", "py", "class" if name in ("ndarray", "errstate") else "function",
                      f"reference/generated/numpy.{name}.html#numpy.{name}")
        for name in NUMPY
    ]  # fmt: skip
    (SITE / "numpy.inv").write_bytes(Inventory(items, project="NumPy").format_sphinx())


if __name__ == "__main__":
    vendor()
    numpy_inventory()
