"""A Markdown extension that draws a figure where a page names it: `![What it shows.](figure:paths)`.

`website/pages/figures/` has a function of this name. If the figure depends on the layout, the function takes `rows`; outside of a
block for one layout both figures are drawn, each in a block of its own.
"""

import inspect
from importlib import import_module

from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.exceptions import BuildError

from website.extensions.layouts import NAMES, by_layout


class Figures(Treeprocessor):
    """Put the drawing in the place of the paragraph that names it, with its words as the caption."""

    def run(self, root):
        for paragraph, layout in list(by_layout(root)):
            if paragraph.tag == "p" and len(paragraph) == 1 and paragraph[0].get("src", "").startswith("figure:"):
                [image] = paragraph
                name, caption = image.get("src").removeprefix("figure:"), image.get("alt")
                draw = getattr(import_module("website.pages.figures"), name, None)
                if draw is None:
                    raise BuildError(
                        f"There is no figure {name}: add a function of this name to website/pages/figures/"
                    )
                paragraph.remove(image)
                paragraph.tag = "div"
                if "rows" not in inspect.signature(draw).parameters:
                    self.place(paragraph, draw(), caption)
                elif layout in NAMES.values():
                    self.place(paragraph, draw(rows=layout == "rows"), caption)
                else:
                    paragraph.set("class", "layouts")
                    for label, one in NAMES.items():
                        block = paragraph.makeelement("div", {"class": "layout", "data-layout": one})
                        named = block.makeelement("p", {"class": "layout-name"})
                        named.text = label
                        drawn = block.makeelement("div", {})
                        block[:] = [named, drawn]
                        self.place(drawn, draw(rows=one == "rows"), caption)
                        paragraph.append(block)

    def place(self, element, svg, caption):
        drawn = svg.replace("</figure>", f"<figcaption>{caption}</figcaption></figure>")
        element.text = self.md.htmlStash.store(drawn)


class FiguresExtension(Extension):
    def extendMarkdown(self, md):
        md.treeprocessors.register(Figures(md), "figures", 14)  # after the inline patterns, at 20


def makeExtension(**kwargs):
    return FiguresExtension(**kwargs)
