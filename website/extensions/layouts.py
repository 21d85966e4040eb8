"""A Markdown extension for what is written twice, for examples as columns and for examples as rows.

A page writes both as tabs, `=== "Columns"` and `=== "Rows"`. Here the tabs become two blocks with their names. A reader who has chosen a
layout sees one of them (docs/assets/layout.js, book.css); where no script runs, both are there. `=== "Both"` marks what is about the two.
"""

from markdown import Extension
from markdown.treeprocessors import Treeprocessor

NAMES = {"Columns": "columns", "Rows": "rows"}
BOTH = "Both"


def is_tabs(element):
    return element.tag == "div" and element.get("class", "").startswith("tabbed-set")


class Layouts(Treeprocessor):
    """Turn each set of tabs that are named for layouts into one block for each."""

    def run(self, root):
        for element in list(root.iter()):
            if is_tabs(element):
                labels, content = element.findall("div")
                names = [label.text for label in labels]
                if {*NAMES, BOTH} >= set(names):
                    blocks = list(content)
                    element.attrib = {"class": "layouts"}
                    element[:] = blocks
                    for name, block in zip(names, blocks):
                        if name == BOTH:
                            block.attrib = {"data-layout": "both"}
                            continue
                        block.attrib = {"class": "layout", "data-layout": NAMES[name]}
                        label = block.makeelement("p", {"class": "layout-name"})
                        label.text = name
                        block.insert(0, label)


def by_layout(element, layout=None):
    """Yield each element under this one with the layout that it is for, or None if it is for both."""
    layout = element.get("data-layout", layout)
    yield element, layout
    for child in element:
        yield from by_layout(child, layout)


class LayoutsExtension(Extension):
    def extendMarkdown(self, md):
        md.treeprocessors.register(Layouts(md), "layouts", 30)  # before the inline patterns, at 20


def makeExtension(**kwargs):
    return LayoutsExtension(**kwargs)
