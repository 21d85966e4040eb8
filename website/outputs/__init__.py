"""What a built book holds besides its pages: each as Markdown and as a notebook, and a list of them.

It runs after the build, `python -m website.outputs site`, for mkdocs and Zensical alike. The pages link to these files
if the book was built with BOOK_OUTPUTS=1.
"""

from pathlib import Path

import nbformat
from mkdocs.config import load_config

from website.outputs.page_as_markdown import address, names, plain
from website.outputs.page_as_notebook import notebook
from website.prepare import WEBSITE

ROOT = WEBSITE.parent


def write(site):
    """Write all of it into the folder of a built book, and return the files."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    known = names(config, site)
    docs, written, listed = Path(config.docs_dir), [], {}
    for section, source in pages(config.nav):
        page = address(config, source)
        text = plain((docs / source).read_text(encoding="utf-8"), source, config, known)
        title = text.partition("\n")[0].removeprefix("# ")
        folder = site / page.removeprefix(config.site_url)
        written.append(folder / "index.md")
        written[-1].write_text(text, encoding="utf-8")
        made = notebook(text, page)
        if made:
            written.append(folder / "index.ipynb")
            nbformat.write(made, written[-1])
        listed.setdefault(section or "The book", []).append(f"- [{title}]({page}index.md)")
    written.append(site / "llms.txt")
    written[-1].write_text(_contents(config, listed), encoding="utf-8")
    return written


def pages(nav, section=""):
    """Yield each page of the navigation with the section that it is in.

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
        "Each chapter is the docstring of a module of the Python package `literate-backprop` (`import backprop`). In "
        "`backprop` examples are columns, `(n, m)`, and weights are `(n, n_prev)`. In `backprop.rows` examples are rows, `(m, n)`, and "
        "weights are `(n_prev, n)`. Pages show both. Every `>>>` example runs as a test."
    )
    for section, links in listed.items():
        parts.append(f"## {section}\n\n" + "\n".join(links))
    return "\n\n".join(parts) + "\n"
