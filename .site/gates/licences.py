"""Look at every file of the built book: whose it is, and that the licence of each one that is not ours lies beside it."""

import sys
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]

# The first pattern that fits a file says whose it is; "book" is this project, its pages and what the build makes of them.
OWNERS = [
    ("assets/vendor/licences/*", "book"),
    ("assets/vendor/katex.css", "KaTeX"),
    ("assets/vendor/copy-tex.min.js", "KaTeX"),
    ("assets/vendor/fonts/KaTeX_*", "KaTeX"),
    ("assets/vendor/fonts/source-serif-4-*", "Source Serif 4"),
    ("assets/vendor/pyodide/python_stdlib.zip", "Python"),
    ("assets/vendor/pyodide/*", "Pyodide"),
    ("assets/vendor/live/literate_backprop-*.whl", "book"),
    ("*/numpy-*.whl", "NumPy"),
    ("*/array_api_compat-*.whl", "array-api-compat"),
    ("assets/javascripts/*", "Material for MkDocs"),
    ("assets/stylesheets/*", "Material for MkDocs"),
    ("assets/images/favicon.png", "Material for MkDocs"),
    ("assets/_mkdocstrings.css", "mkdocstrings"),
    ("search/search_index.js*", "book"),
    ("*.html", "book"),
    ("sitemap.xml*", "book"),
    ("objects.inv", "book"),
]

# Where a licence stands, and words that only the right one holds. A wheel carries its own.
LICENCES = {
    "KaTeX": ("katex.txt", "Khan Academy"),
    "Source Serif 4": ("source-serif-4.txt", "SIL OPEN FONT LICENSE"),
    "Pyodide": ("pyodide.txt", "Mozilla Public License"),
    "Python": ("python.txt", "PYTHON SOFTWARE FOUNDATION LICENSE"),
    "Material for MkDocs": ("mkdocs-material.txt", "Martin Donath"),
    "mkdocstrings": ("mkdocstrings.txt", "Timothée Mazzucotelli"),
    "NumPy": ("*.dist-info/licenses/LICENSE.txt", "NumPy Developers"),
    "array-api-compat": ("*.dist-info/licenses/LICENSE", "Consortium for Python Data API Standards"),
}


def ours():
    """Return the files of the tree that the build copies as they are."""
    sources = [ROOT / "docs", ROOT / ".site" / "overrides"]
    return {path.relative_to(folder).as_posix() for folder in sources for path in folder.rglob("*") if path.is_file()}


def licence(site, owner, files):
    """Return the text of a licence, from the site or from the wheels themselves."""
    place, _ = LICENCES[owner]
    if place.startswith("*"):
        held = [ZipFile(site / file) for file in files]
        return "".join(z.read(name).decode() for z in held for name in z.namelist() if fnmatch(name, place))
    path = site / "assets" / "vendor" / "licences" / place
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main(site):
    copied, owned, wrong = ours(), defaultdict(list), []
    for path in sorted(site.rglob("*")):
        file = path.relative_to(site).as_posix()
        if path.is_dir():
            continue
        whose = next((owner for pattern, owner in OWNERS if fnmatch(file, pattern)), "book" if file in copied else None)
        owned[whose].append(file)
    wrong += [f"{file}: whose is it? It is no page and no file of docs/" for file in owned.pop(None, [])]
    owned.pop("book")
    for owner, files in owned.items():
        place, words = LICENCES[owner]
        if words not in licence(site, owner, files):
            wrong.append(f"{owner}: {len(files)} files, and no {place} that says “{words}”")
    print(*wrong, sep="\n")
    print(f"{sum(map(len, owned.values()))} files of {len(owned)} others: {', '.join(sorted(owned))}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
