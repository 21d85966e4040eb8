"""What a built book holds besides its pages: each as Markdown and as a notebook, a list of them, and the pictures of links.

It runs after the build, `python -m book.outputs site`, for mkdocs and Zensical alike. The pages link to these files
if the book was built with BOOK_OUTPUTS=1.
"""

import re
import sys
from pathlib import Path

import nbformat
from mkdocs.config import load_config

from book.assets import SITE
from book.notebooks import notebook
from book.pictures import EQUATIONS, draw
from book.plain import address, names, plain

ROOT = SITE.parent


def write(site):
    """Write all of it into the folder of a built book, and return the files."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    known = names(config, site)
    docs, written, listed, titles = Path(config.docs_dir), [], {}, {}
    for section, source in pages(config.nav):
        page = address(config, source)
        text = plain((docs / source).read_text(encoding="utf-8"), source, config, known)
        titles[source] = text.partition("\n")[0].removeprefix("# ")
        folder = site / page.removeprefix(config.site_url)
        written.append(folder / "index.md")
        written[-1].write_text(text, encoding="utf-8")
        made = notebook(text, page)
        if made:
            written.append(folder / "index.ipynb")
            nbformat.write(made, written[-1])
        listed.setdefault(section or "The book", []).append(f"- [{titles[source]}]({page}index.md)")
    written.append(site / "llms.txt")
    written[-1].write_text(_contents(config, listed), encoding="utf-8")
    draw(site / "assets" / "links", {name: titles[f"chapters/{name.replace('_', '-')}.md"] for name in EQUATIONS})
    return [*written, *sorted((site / "assets" / "links").iterdir())]


def pages(nav, section=""):
    """Yield each page of the navigation with the section that it stands in.

    >>> list(pages([{"Home": "index.md"}, {"Errors": ["errors/index.md", {"Labels": "errors/labels.md"}]}]))
    [('', 'index.md'), ('Errors', 'errors/index.md'), ('Errors', 'errors/labels.md')]
    """
    for entry in nav:
        title, value = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        if isinstance(value, list):
            yield from pages(value, title)
        else:
            yield section, value


def _contents(config, listed):
    """Return llms.txt: what the book is, and where each page's Markdown is."""
    parts = [f"# {config.site_name}", f"> {config.site_description}"]
    parts.append(
        "Each chapter is the docstring of a module of the Python package `literate-backprop` (`import backprop`). Arrays of "
        "many examples are columns, `(n, m)`, and weights are `(n, n_prev)`; `backprop.rows` has the other storage. Every "
        "`>>>` example runs as a test."
    )
    for section, links in listed.items():
        parts.append(f"## {section}\n\n" + "\n".join(links))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    found = write(Path(sys.argv[1]))
    kinds = [re.sub(r".*\.", "", path.name) for path in found]
    print(", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)))
