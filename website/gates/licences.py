"""Look at every file of the built book: whose it is, and that the licence of each one that is not ours lies beside it."""

import sys
import tarfile
from collections import defaultdict
from fnmatch import fnmatch
from importlib.metadata import files
from pathlib import Path

ROOT = Path(__file__).parents[2]

# The first pattern that fits a file says whose it is; "book" is this project, its pages and what the build makes of them.
OWNERS = [
    ("assets/vendor/live/python_stdlib.zip", "Python"),
    ("assets/vendor/live/numpy.tar.gz", "NumPy"),
    ("assets/vendor/live/library.tar.gz", "book and array-api-compat"),
    ("assets/vendor/mkdocs.css", "KaTeX and Material for MkDocs and mkdocstrings-python"),
    ("assets/vendor/zensical.css", "KaTeX and Zensical and mkdocstrings-python"),
    ("assets/vendor/scripts/live.js", "KaTeX"),
    ("assets/vendor/katex.css", "KaTeX"),
    ("assets/vendor/copy-tex.min.js", "KaTeX"),
    ("assets/vendor/fonts/KaTeX_*", "KaTeX"),
    ("assets/vendor/fonts/formula-*", "KaTeX"),
    ("assets/vendor/fonts/source-serif-4-*", "Source Serif 4"),
    ("assets/vendor/fonts/text-*", "Source Serif 4"),
    ("assets/vendor/pyodide/*", "Pyodide"),
    ("assets/vendor/search/worker.js", "MiniSearch and stemmer"),
    ("assets/javascripts/*", "Material for MkDocs"),
    ("assets/stylesheets/*", "Material for MkDocs"),
    ("assets/images/favicon.png", "Material for MkDocs"),
    ("assets/_mkdocstrings.css", "mkdocstrings-python"),
    ("search/search_index.js*", "book"),
    ("assets/vendor/search/asked.js", "book"),
    ("*.html", "book"),
    ("*index.md", "book"),
    ("*index.ipynb", "book"),
    ("llms.txt", "book"),
    ("assets/links/*.png", "book"),
    ("sitemap.xml*", "book"),
    ("objects.inv", "book"),
]

# The licence of each in website/overrides/assets/licences, and words that only the right one holds.
LICENCES = {
    "KaTeX": ("katex.txt", "Khan Academy"),
    "Source Serif 4": ("source-serif-4.txt", "SIL OPEN FONT LICENSE"),
    "Pyodide": ("pyodide.txt", "Mozilla Public License"),
    "Python": ("python.txt", "PYTHON SOFTWARE FOUNDATION LICENSE"),
    "Material for MkDocs": ("mkdocs-material.txt", "Martin Donath"),
    "mkdocstrings-python": ("mkdocstrings-python.txt", "Timothée Mazzucotelli"),
    "Zensical": ("zensical.txt", "Zensical"),
    "MiniSearch": ("minisearch.txt", "Luca Ongaro"),
    "stemmer": ("stemmer.txt", "Titus Wormer"),
    "array-api-compat": ("array-api-compat.txt", "Consortium for Python Data API Standards"),
}


def installed():
    """Return the licences that came with what is installed: the copies must say the same."""
    npm = ROOT / "website" / "node_modules"
    found = {
        "KaTeX": npm / "katex" / "LICENSE",
        "Source Serif 4": npm / "@fontsource" / "source-serif-4" / "LICENSE",
        "MiniSearch": npm / "minisearch" / "LICENSE.txt",
        "stemmer": npm / "stemmer" / "license",
    }
    for owner, package in {
        "Material for MkDocs": "mkdocs-material",
        "mkdocstrings-python": "mkdocstrings-python",
        "Zensical": "zensical",
    }.items():
        [file] = [file for file in files(package) if file.stem == "LICENSE" and ".dist-info" in str(file)]
        found[owner] = Path(file.locate())
    return {owner: file.read_text(encoding="utf-8") for owner, file in found.items()}


def ours():
    """Return the files of the tree that the build copies as they are."""
    sources = [ROOT / "docs", ROOT / "website" / "overrides"]
    return {path.relative_to(folder).as_posix() for folder in sources for path in folder.rglob("*") if path.is_file()}


def has_its_licence(site, owner, shipped):
    """Return whether the licence of what is shipped lies in the site; NumPy's file carries its own."""
    if owner == "NumPy":
        [file] = shipped
        with tarfile.open(site / file) as archive:
            held = archive.getnames()
        return any(fnmatch(name, "numpy-*.dist-info/licenses/LICENSE.txt") for name in held)
    name, words = LICENCES[owner]
    path = site / "assets" / "licences" / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return words in text and text == installed().get(owner, text)


def served(site):
    """Return {owner: its files in the site}; the owner of a file that nobody knows is ""."""
    copied, owned = ours(), defaultdict(list)
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        file = path.relative_to(site).as_posix()
        fitting = (owners for pattern, owners in OWNERS if fnmatch(file, pattern))
        for owner in next(fitting, "book" if file in copied else "").split(" and "):
            owned[owner].append(file)
    return owned


def main(site):
    owned = served(site)
    wrong = [f"{file}: whose is it? It is no page and no file of docs/" for file in owned.pop("", [])]
    del owned["book"]
    for owner, shipped in owned.items():
        if not has_its_licence(site, owner, shipped):
            wrong.append(
                f"{owner}: {len(shipped)} files, and its licence is not in assets/licences, or is not as installed"
            )
    print(*wrong, sep="\n")
    print(f"{sum(map(len, owned.values()))} files of {len(owned)} others: {', '.join(sorted(owned))}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
