"""A Markdown extension that ends each page with the questions that its reader is likely to ask next.

They come from docs/look-up/questions.md: the neighbors, in the same groups, of the questions that the page answers.
"""

import posixpath
import re

from markdown import Extension
from markdown.treeprocessors import Treeprocessor

from website.questions import entries

MOST = 4
FROM_ONE_PAGE = 2
WITHOUT = {"index.md", "look-up/questions.md", "use/reference.md", "use/slides.md", "layers/reference.md"}
ANSWERED_ELSEWHERE = {"Error messages", "What is not in this book?"}  # groups of which nobody asks the next question
INSIDE = ("mkdocstrings_ids", "markdown_exec_ids")  # what has only a docstring, or what a fence prints
HEADING = re.compile(r"h[1-6]")
LINK = re.compile(r"\]\(([^)\s]+\.md(?:#[^)\s]*)?)\)")


def related(page, linked=()):
    """Return the questions for the foot of a page, none that leads to it or to what it links there."""
    groups = {}
    for entry in entries():
        if entry.group not in ANSWERED_ELSEWHERE:
            groups.setdefault(entry.group, []).append(entry)
    group = max(groups.values(), key=lambda group: sum(_answers(page, entry) for entry in group))
    answered = [number for number, entry in enumerate(group) if _answers(page, entry)]
    found = []
    if answered:
        for number in sorted(range(len(group)), key=lambda number: _distance(number, answered)):
            [place, *_] = group[number].sources
            places = [entry.sources[0] for entry in found]
            others = list(map(page_of, places))
            if place in {*linked, *places} or page_of(place) == page or others.count(page_of(place)) == FROM_ONE_PAGE:
                continue
            found.append(group[number])
    return found[:MOST]


def _answers(page, entry):
    """Return how much of an answer is on a page: 2 if it is the first of the answer's pages, 1 if it is another, or 0."""
    pages = [page_of(source) for source in entry.sources]
    return 2 * (pages[0] == page) or int(page in pages)


def _distance(number, answered):
    """Return how far a question is from the nearest one that the page answers; one that follows is nearer."""
    return min(abs(number - other) + (number < other) / 2 for other in answered)


def page_of(source):
    """Return the page of a place.

    >>> page_of("look-up/why-hadamard.md#relu-at-zero")
    'look-up/why-hadamard.md'
    """
    return source.partition("#")[0]


class Related(Treeprocessor):
    def run(self, root):
        page = self.page()
        if page is None or page in WITHOUT:
            return
        folder = posixpath.dirname(page)
        linked = {posixpath.normpath(posixpath.join(folder, link)) for link in LINK.findall(_last_section(root))}
        if questions := related(page, linked):
            foot = root.makeelement("section", {"class": "related not-on-paper", "data-search-exclude": ""})
            title, items = root.makeelement("p", {}), root.makeelement("ul", {})
            # In the stash, so that the table of contents does not get it.
            title.text = self.md.htmlStash.store("<h2>Related questions</h2>")
            foot[:] = [title, items]
            for entry in questions:
                item = root.makeelement("li", {})
                link = root.makeelement("a", {"href": posixpath.relpath(entry.sources[0], folder or ".")})
                link.text = entry.question
                item.append(link)
                items.append(item)
            root.append(foot)

    def page(self):
        """Return the page that is rendered; None for what is rendered inside of it."""
        if any(name in self.md.treeprocessors for name in INSIDE):
            return None
        if "relpath" in self.md.treeprocessors:  # of mkdocs
            return self.md.treeprocessors["relpath"].file.src_uri
        if "rendering_context" in self.md.preprocessors:  # of Zensical
            return self.md.preprocessors["rendering_context"].page.path
        return None


def _last_section(root):
    """Return the Markdown that follows the last heading."""
    headings = [number for number, element in enumerate(root) if HEADING.fullmatch(element.tag)]
    return "".join(text for element in root[max(headings, default=0) :] for text in element.itertext())


class RelatedExtension(Extension):
    def extendMarkdown(self, md):
        md.treeprocessors.register(Related(md), "related", 25)  # before the inline patterns, at 20


def makeExtension(**kwargs):
    return RelatedExtension(**kwargs)
