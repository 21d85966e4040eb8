"""A page of the book as plain Markdown, which any reader of Markdown understands and which stands by itself.

Chapters and cards are their docstrings, links are whole addresses, figures are told by their titles and descriptions, and
folded answers and tabs are paragraphs with a bold title.
"""

import contextlib
import importlib
import inspect
import io
import posixpath
import re
import textwrap
from html import unescape
from operator import attrgetter

import yaml
from mkdocstrings import Inventory

from website.extensions.chapter_titles import without_title
from website.prepare import WEBSITE

DIRECTIVE = re.compile(r"^::: ([\w.]+)\n((?:    .*\n|\n(?=    ))*)", re.MULTILINE)
FOLDED = re.compile(r'^(?:\?\?\?\+?|!!!|===)(?: \w+)*(?: "(.*)")?\n((?:    .*\n|\n)*)', re.MULTILINE)
FENCE = re.compile(r"^( *)(```+)([^\n]*)\n(.*?)^ *\2 *$\n?", re.MULTILINE | re.DOTALL)
KEPT = re.compile(r"^```.*?^```$|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
FIGURE = re.compile(r"!\[([^\]]*)\]\(figure:(\w+)\)")
REFERENCE = re.compile(r"\[([^\[\]]+)\]\[([\w.-]+)\]")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
# Measurements take their time, and an instrument is of no use where no script runs; it may say in words what it shows.
ELSEWHERE = re.compile(r"\b(?:how_checked|instruments import (\w+))\b")
SECTIONS = {"Parameters", "Returns", "Raises", "Examples"}


def address(config, source, anchor=""):
    """Return where a page of docs/ stands in the published book."""
    path = re.sub(r"(^|/)index$", r"\1", source.removesuffix(".md"))
    return config.site_url + path + ("/" if path and not path.endswith("/") else "") + anchor


def names(config, site):
    """Return the address of every name that a page refers to: headings, the reference, and names of NumPy."""
    found = {}
    for page in sorted(site.rglob("index.html")):
        base = config.site_url + re.sub(r"^\.$", "", page.parent.relative_to(site).as_posix())
        base += "" if base.endswith("/") else "/"
        for anchor in re.findall(r'<h[1-6] id="([\w-]+)"', page.read_text(encoding="utf-8")):
            found.setdefault(anchor, f"{base}#{anchor}")
    for inventory, base in (
        (site / "objects.inv", config.site_url),
        (WEBSITE / "numpy.inv", "https://numpy.org/doc/stable/"),
    ):
        with inventory.open("rb") as file:
            found |= {item.name: base + item.uri for item in Inventory.parse_sphinx(file).values()}
    return found


def plain(text, source, config, known):
    """Return the Markdown of the page `source`, whose text this is, on its own."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    # A <div markdown> is there for the style; a table of it stays a table.
    text = re.sub(r"^<(/?)div\b[^>]*>\n", "", text, flags=re.MULTILINE)
    text = DIRECTIVE.sub(_docstring, text + "\n")
    text = FENCE.sub(lambda match: _executed(match, address(config, source)), text)
    text = FIGURE.sub(lambda match: f"*Figure, drawn on [the page]({address(config, source)}): {match[1]}*", text)
    while FOLDED.search(text):
        text = FOLDED.sub(lambda match: f"**{match[1]}**\n\n{textwrap.dedent(match[2])}\n", text)
    text = re.sub(r"^(#+ .*?) \{#[^{}]*\}$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"\\htmlClass\{[\w-]+\}", "", text)
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = KEPT.sub(keep, text)
    # A label may hold code, so only what is in the brackets of the address is looked at.
    text = REFERENCE.sub(lambda match: f"[{match[1]}]({known[match[2]]})", text)
    text = LINK.sub(lambda match: f"]({_whole(match, source, config)})", text)
    text = re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _whole(match, source, config):
    file, anchor = match[1], match[2] or ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), file)) if file else source
    return address(config, path, anchor) if path.endswith(".md") else config.site_url + path


# ---- Chapters and cards


def _docstring(match):
    """Return the docstring that a directive of mkdocstrings asks for."""
    name, options = match[1], (yaml.safe_load(match[2]) or {}).get("options", {})
    module, path = _found(name)
    value = attrgetter(path)(module) if path else module
    text = inspect.getdoc(value)
    level = options.get("heading_level", 3)
    if options.get("show_root_heading") is False:
        return re.sub(r"^#", "#" * level, without_title(text), flags=re.MULTILINE) + "\n"
    called = f"({', '.join(inspect.signature(value).parameters)})" if inspect.isfunction(value) else ""
    heading = f"{'#' * level} {options.get('heading') or f'`{name}{called}`'}\n"
    if options.get("show_docstring_description") is False:
        return heading
    hidden = {section for section in SECTIONS if options.get(f"show_docstring_{section.lower()}") is False}
    return f"{heading}\n{_card(text, hidden)}\n"


def _found(name):
    """Return the module that holds a name, and the rest of the name."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            return importlib.import_module(".".join(parts[:cut])), ".".join(parts[cut:])
    raise ModuleNotFoundError(name)


def _card(text, hidden):
    """Return the docstring of a function, its sections as Markdown."""
    first, *sections = re.split(r"^(\w+)\n-+\n", text, flags=re.MULTILINE)
    parts = [first.strip()]
    for title, body in zip(sections[::2], sections[1::2]):
        if title in hidden:
            continue
        if title != "Examples":
            items = re.split(r"\n(?=\S)", body.strip())
            body = "\n".join(
                f"- `{item.partition(chr(10))[0]}`: {' '.join(item.partition(chr(10))[2].split())}" for item in items
            )
        elif "```" not in body:
            body = re.sub(r"(^>>> .*?)(?=\n\n|\Z)", r"```python\n\1\n```", body.strip(), flags=re.MULTILINE | re.DOTALL)
        parts += [f"**{title}**", body.strip()]
    return "\n\n".join(parts) + "\n"


# ---- Figures and tables


def _executed(match, page):
    """Return what a fence prints when the book is built; of a picture, its title and description."""
    margin, _, info, code = match.groups()
    if not re.search(r'\bexec="', info):
        return match[0]
    if elsewhere := ELSEWHERE.search(code):
        words = f"*Here [the page]({page}) shows what was computed while it was built.*"
        instrument = elsewhere[1] and importlib.import_module(f"website.pages.instruments.{elsewhere[1]}")
        if hasattr(instrument, "in_words"):
            words = f"{instrument.in_words()}\n\n{words}"
        return textwrap.indent(f"{words}\n", margin)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(textwrap.dedent(code), {})
    text = printed.getvalue()
    title, told = (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("title", "desc"))
    if title and told:
        text = f"*Figure, drawn on [the page]({page}): {unescape(title[1])}.* {unescape(told[1])}"
    return textwrap.indent(text.strip() + "\n", margin)
