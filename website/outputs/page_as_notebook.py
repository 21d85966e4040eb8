"""A page of the book as a Jupyter notebook: its examples are cells without prompts, and what they should give is left to Jupyter.

A cell ends where something is printed, so that each result of the page is the result of a cell.
"""

import ast
import doctest
import re

from nbformat import validate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

EXAMPLES = re.compile(r"^```pycon\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
INSTALLED_AS = {"sklearn": "scikit-learn", "dask": "'dask[array,distributed]'", "backprop": "literate-backprop"}


def cells(block):
    r"""Return the source of each cell that a block of examples makes, with the output that the page shows.

    >>> cells(">>> x = 2\n>>> if x:\n...     y = 3\n>>> x + y\n5\n>>> x\n2\n")
    [('x = 2\nif x:\n    y = 3\nx + y', '5\n'), ('x', '2\n')]
    """
    found, source = [], ""
    for example in doctest.DocTestParser().get_examples(block):
        source += example.source
        if example.want:
            found.append((source.rstrip("\n"), example.want))
            source = ""
    return [*found, (source.rstrip("\n"), "")] if source else found


def needed(sources):
    """Return what pip must install for these cells to run."""
    tree = ast.parse("\n".join(sources))
    imported = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    others = imported & {"torch", "jax", "keras", "autograd", "sklearn", "tqdm", "dask", "zarr"}
    return " ".join(INSTALLED_AS.get(name, name) for name in ["backprop", *sorted(others)])


def notebook(text, page):
    """Return the notebook of a page's plain Markdown, or None if the page has no example."""
    words, blocks = EXAMPLES.split(text)[::2], EXAMPLES.findall(text)
    if not blocks:
        return None
    code = [cells(block) for block in blocks]
    install = needed(source for block in code for source, _ in block)
    title, _, rest = words[0].partition("\n")
    note = f"This is [a page of the book]({page}) as a notebook. Before its first cell: `pip install {install}`."
    made = []
    for i, (said, block) in enumerate(zip([f"{title}\n\n*{note}*\n{rest}", *words[1:]], [*code, []])):
        if said.strip():
            made.append(new_markdown_cell(said.strip(), id=f"words-{i}"))
        for j, (source, want) in enumerate(block):
            tags = {"tags": ["raises-exception"]} if want.startswith("Traceback") else {}
            made.append(new_code_cell(source, id=f"code-{i}-{j}", metadata=tags))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    found = new_notebook(cells=made, metadata=kernel)
    validate(found)
    return found
