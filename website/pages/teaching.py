"""What teachers take from the book, collected from its own sources while it is built: slides, citation, figures, exercises by chapter."""

import inspect
import pkgutil
import posixpath
import re

import yaml
from mkdocs.config import load_config

import backprop
from website.outputs import ROOT, pages

DOCS = ROOT / "docs"
DISPLAY = re.compile(r'(?:^=== "(?:Columns|Rows)"\n(?:    .*\n|\n)*)+|^\$\$\n(?:.*\n)*?\$\$$', re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\[\]]+)\](?:\([^()]*\)|\[[\w.-]+\])")


def course():
    """Yield the source of each page of the course, its title, and all of its text, with that of the chapter that it shows."""
    for section, source in pages(load_config(str(ROOT / "mkdocs.yml")).nav):
        if section == "Learn":
            text = (DOCS / source).read_text(encoding="utf-8")
            title = first_heading(text)
            for name in re.findall(r"^::: (backprop\.[\w.]+)$", text, re.MULTILINE):
                if inspect.ismodule(module := pkgutil.resolve_name(name)):
                    text += inspect.getdoc(module)
            yield source, title, text


def first_heading(text):
    return re.findall(r"^# (.*?)(?: \{.*)?$", text, re.MULTILINE)[0]


def opening(text):
    r"""Return what comes before the first section of a page, from its question on; it has none if it asks nothing.

    >>> opening("# Title {#t}\n\n> Why?\n\n**Because.**\n\n## Section\n\nMore.\n")
    '> Why?\n\n**Because.**\n\n'
    """
    question = re.search(r"^> ", text, re.MULTILINE)
    return re.split(r"^#{1,2} ", text[question.start() :], maxsplit=1, flags=re.MULTILINE)[0] if question else ""


def linked(text):
    """Return what one of these functions gives with links to anchors: nobody rewrites an address that code has printed."""

    def anchor(match):
        page = (DOCS / match[1]).read_text(encoding="utf-8")
        return f"][{match[2] or re.findall(r'^# .*{#([a-z0-9-]+)', page, re.MULTILINE)[0]}]"

    return re.sub(r"\]\(\.\./([\w./-]+\.md)(?:#([\w-]+))?\)", anchor, text)


def slides():
    """Return, as Markdown, one slide for each page of the course that asks a question: its answer, its figure and its equations."""
    made = []
    for source, title, text in course():
        if beginning := opening(text):
            question, first, *_ = re.split(r"\n\n+", beginning)
            answer = re.search(r"\*\*[A-Za-z][^*]*[.?!]\*\*", beginning)
            figure = re.search(r"^!\[[^\]]*\]\(figure:\w+\)$", beginning, re.MULTILINE)
            shown = [match[0].strip() for match in DISPLAY.finditer(beginning)]
            parts = [question, f"**{answer[0][2].upper()}{answer[0][3:]}" if answer else first]
            parts += [figure[0]] if figure else []
            parts += [one for one in shown if "$$" in one and ">>>" not in one]
            parts = [LINK.sub(r"\1", part) for part in parts]
            made.append("\n\n".join([f"## {title}", *parts, f"[The page](../{source})"]))
    return "\n\n".join(made)


def citation():
    """Return the entry for BibTeX that CITATION.cff gives."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = " and ".join(f"{{{author['name']}}}" for author in cited["authors"])
    fields = {"author": authors, "title": f"{{{cited['title']}}}", "version": backprop.__version__, "url": cited["url"]}
    entry = "\n".join(f"  {name:8}= {{{value}}}," for name, value in fields.items())
    return f"```bibtex\n@software{{backprop,\n{entry}\n}}\n```"


def figures_by_page():
    """Return a list: each page of the course with the titles of its figures."""
    lines = []
    for source, title, text in course():
        captions = [
            LINK.sub(r"\1", caption) for caption in re.findall(r"^!\[([^\]]*)\]\(figure:\w+\)$", text, re.MULTILINE)
        ]
        if captions:
            lines.append(f"- [{title}](../{source})\n" + "\n".join(f"    - {caption}" for caption in captions))
    return "\n".join(lines)


def exercises():
    """Return the exercises of the course: for each anchor its title with its stars, and the pages that come before it."""
    text = (DOCS / "learn" / "exercises.md").read_text(encoding="utf-8")
    found = re.findall(r"^### (\d+\. .*?) \{#([\w-]+)\}\n\n\*After (.*)\*$", text, re.MULTILINE)
    return {anchor: (title, re.findall(r"\]\(([\w./-]+\.md)", after)) for title, anchor, after in found}


def exercises_by_page():
    """Return a table: for each page the exercises to which it refers, and those that refer to it."""
    known = exercises()
    course_titles = {source: title for source, title, _ in course()}
    asked = {source: set() for source in course_titles if source != "learn/exercises.md"}
    for source, _, text in course():
        linked = {anchor for pair in re.findall(r"exercises\.md#([\w-]+)|\]\[([\w-]+)\]", text) for anchor in pair}
        asked.get(source, set()).update(linked & known.keys())
    for anchor, (_, after) in known.items():
        for page in after:
            asked.setdefault(posixpath.normpath(f"learn/{page}"), set()).add(anchor)
    rows = ["| page | exercises |", "| --- | --- |"]
    for source, anchors in asked.items():
        title = course_titles.get(source) or first_heading((DOCS / source).read_text(encoding="utf-8"))
        linked = [f"[{known[anchor][0]}](../learn/exercises.md#{anchor})" for anchor in known if anchor in anchors]
        rows.append(f"| [{title}](../{source}) | {', '.join(linked) or '–'} |")
    return "\n".join(rows)
