"""A Markdown extension for readers who hear the page, and for those who read it on a phone."""

import re

from markdown import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</\1>", re.DOTALL)
NARROW = 3  # a table of more columns does not fit on a phone


class NoBlockInAParagraph(Treeprocessor):
    """Take what a fence printed out of the paragraph that markdown-exec leaves around it, with a line feed, if it has headings."""

    def run(self, root):
        for paragraph in root.iter("p"):
            text = (paragraph.text or "").strip()
            if not len(paragraph) and HTML_PLACEHOLDER_RE.fullmatch(text):
                paragraph.text = text


class Corners(Postprocessor):
    """Make the empty corner of a table a cell: an empty header is one that a screen reader reads out."""

    def run(self, text):
        return re.sub(r"<th([^>]*)>\s*</th>", r"<td\1></td>", text)


class ColumnNames(Postprocessor):
    """In a table that is too wide for a phone, write the name of its column into each cell: there, each row becomes a block (book.css)."""

    def run(self, text):
        return TABLE.sub(lambda table: _with_names(table[0]), text)


def _with_names(table):
    head, *rows = ROW.findall(table)
    names = [re.sub(r"</?a\b[^>]*>", "", content) for _, _, content in CELL.findall(head)]
    if len(names) <= NARROW or "column-name" in table:
        return table
    for row in rows:
        cells = iter(names)
        table = table.replace(row, CELL.sub(lambda cell: _with_name(cell, next(cells)), row), 1)
    return table


def _with_name(cell, name):
    """Return a cell that begins with the name of its column; the first cell names its row, and an empty one needs no name."""
    tag, attributes, content = cell.groups()
    is_first = cell.start() == cell.string.index("<td")
    if is_first or not name or not content.strip():
        return f"<{tag}{attributes}>{content.strip()}</{tag}>"
    return f'<{tag}{attributes}><span class="column-name" data-search-exclude="">{name}</span> {content}</{tag}>'


class Accessible(Extension):
    def extendMarkdown(self, md):
        md.treeprocessors.register(NoBlockInAParagraph(md), "no-block-in-a-paragraph", 0)  # after markdown-exec, at 4
        md.postprocessors.register(Corners(md), "corners", 4)
        md.postprocessors.register(ColumnNames(md), "column-names", 3)


def makeExtension(**kwargs):
    return Accessible(**kwargs)
