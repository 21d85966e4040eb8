"""What teachers take from the book, collected from its own sources while it is built: slides, citation, figures, exercises by chapter."""

import inspect
import pkgutil
import re

import yaml
from mkdocs.config import load_config

import backprop
from website.outputs import ROOT, pages

DOCS = ROOT / "docs"
TABS = re.compile(r'(?:^=== "(?:Columns|Rows)"\n(?:    .*\n|\n)*)+', re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\[\]]+)\](?:\([^()]*\)|\[[\w.-]+\])")


def course():
    """Yield the source of each page of the course, its title, and all of its text, with that of the chapter that it shows."""
    for section, source in pages(load_config(str(ROOT / "mkdocs.yml")).nav):
        if section == "Learn":
            text = (DOCS / source).read_text(encoding="utf-8")
            title = re.search(r"^# (.*?)(?: \{.*)?$", text, re.MULTILINE)[1]
            for name in re.findall(r"^::: (backprop\.[\w.]+)$", text, re.MULTILINE):
                if inspect.ismodule(module := pkgutil.resolve_name(name)):
                    text += inspect.getdoc(module)
            yield source, title, text


def slides():
    """Return, as Markdown, one slide for each page of the course: its question, its answer, its figure and its equation."""
    made = []
    for source, title, text in course():
        question = re.search(r"^> .*(?:\n> .*)*", text, re.MULTILINE)
        answer = re.search(r"\*\*[A-Z][^*]*[.?!]\*\*", text)
        figure = re.search(r"^!\[[^\]]*\]\(figure:\w+\)$", text, re.MULTILINE)
        equation = next((tabs[0] for tabs in TABS.finditer(text) if "$$" in tabs[0] and ">>>" not in tabs[0]), None)
        parts = [LINK.sub(r"\1", match[0]) for match in (question, answer) if match]
        parts += [figure[0]] if figure else []
        parts += [equation.strip()] if equation else []
        if len(parts) > 1:
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
        captions = [LINK.sub(r"\1", caption) for caption in re.findall(r"^!\[([^\]]*)\]\(figure:\w+\)$", text, re.MULTILINE)]
        if captions:
            lines.append(f"- [{title}](../{source})\n" + "\n".join(f"    - {caption}" for caption in captions))
    return "\n".join(lines)


def exercises_by_page():
    """Return a table: the exercises to which each page of the course refers."""
    text = (DOCS / "learn" / "exercises.md").read_text(encoding="utf-8")
    found = re.findall(r"^### (\d+\. .*?) ?★* \{#([\w-]+)\}$", text, re.MULTILINE)
    titles = {anchor: title for title, anchor in found}
    rows = ["| page | exercises |", "| --- | --- |"]
    for source, title, page in course():
        if source != "learn/exercises.md":
            anchors = re.findall(r"exercises\.md#([\w-]+)|\]\[([\w-]+)\]", page)
            asked = dict.fromkeys(anchor for pair in anchors for anchor in pair if anchor in titles)
            linked = ", ".join(f"[{titles[anchor]}](../learn/exercises.md#{anchor})" for anchor in asked)
            rows.append(f"| [{title}](../{source}) | {linked or '–'} |")
    return "\n".join(rows)

