"""A Markdown extension that marks the examples which cannot run in the reader's browser, with the module that they lack.

It also has the build prepare the files that the pages serve: mkdocs and Zensical alike load the extensions first, before they copy
the theme's files, and again when something changed under `mkdocs serve`.
"""

import ast
import doctest
import functools
import re
import sys
import threading
from html import unescape
from importlib import import_module

from markdown import Extension
from markdown.postprocessors import Postprocessor

from website import kept

BLOCK = re.compile(r'<div class="language-pycon highlight">(.*?</pre>)', re.DOTALL)
IN_THE_BROWSER = {"numpy", "backprop", "array_api_compat", *sys.stdlib_module_names}
ONE_AT_A_TIME = threading.Lock()  # Zensical renders pages in several threads
KNOWN_AS = {"torch": "PyTorch", "sklearn": "scikit-learn", "jax": "JAX", "keras": "Keras", "dask": "Dask"}


def needs(blocks):
    """Return, for each block of a page, the module that it rests on and that the browser does not have, or None.

    >>> needs([">>> import torch, math", ">>> math.pi", ">>> import math", ">>> math.pi"])
    ['torch', 'torch', None, None]
    """
    borrowed, found = {}, []
    for block in blocks:
        tree = ast.parse("".join(example.source for example in doctest.DocTestParser().get_examples(block)))
        imported = [root for node in ast.walk(tree) for root in _imports(node) if root not in IN_THE_BROWSER]
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        used = [borrowed[name.id] for name in names if isinstance(name.ctx, ast.Load) and name.id in borrowed]
        missing = next(iter(imported + used), None)
        bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                bound |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.add(node.name)
        for name in bound:
            borrowed.pop(name, None)
            if missing:
                borrowed[name] = missing
        found.append(missing)
    return found


def _imports(node):
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [node.module.partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


class Needs(Postprocessor):
    """Name, on each block that cannot run in the browser, the module that it lacks."""

    def run(self, text):
        blocks = [unescape(re.sub(r"<[^>]*>", "", block)) for block in BLOCK.findall(text)]
        missing = iter(needs(blocks))

        def marked(match):
            module = next(missing)
            return match[0].replace(">", f' data-needs="{KNOWN_AS.get(module, module)}">', 1) if module else match[0]

        return BLOCK.sub(marked, text)


@functools.lru_cache(maxsize=1)
def _prepare(files):
    """Prepare the files of the pages, by the code as it is now: it may have changed under `mkdocs serve`."""
    kept.begin()
    import_module("website.prepare").files_of_the_pages()


class LiveMarks(Extension):
    def extendMarkdown(self, md):
        with ONE_AT_A_TIME:
            _prepare(frozenset(kept.files("backprop", "docs", "website")))
        md.postprocessors.register(Needs(md), "live", 4)  # after the colors, at 5


def makeExtension(**kwargs):
    return LiveMarks(**kwargs)
