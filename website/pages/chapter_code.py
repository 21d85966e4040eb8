"""The code at the foot of a chapter: all that the module does, without the words that explain it."""

import ast
import importlib
import re
from pathlib import Path


def in_code(module_name, owner="backprop"):
    """Return, as Markdown, a module's code and links to the reference for each name it gives to the owner."""
    module = importlib.import_module(module_name)
    source = Path(module.__file__).read_text(encoding="utf-8")
    defined = [_name(node) for node in ast.parse(source).body]
    links = ", ".join(f"[`{name}`][{owner}.{name}]" for name in defined if name in module.__all__)
    told = f"\n\nIn the reference: {links}." if links else ""
    return f"```python\n{without_docstrings(source)}\n```{told}"


def without_docstrings(source):
    """Return the source without its docstrings, imports and `__all__`."""
    tree = ast.parse(source)
    dropped = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)) or _name(node) == "__all__"]
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            dropped.append(node.body[0])
    numbers = {number for node in dropped for number in range(node.lineno, node.end_lineno + 1)}
    text = "\n".join(line for number, line in enumerate(source.splitlines(), 1) if number not in numbers)
    text = re.sub(r":\n\n+(?= )", ":\n", text)  # what a class's docstring leaves
    return re.sub(r"\n{4,}", "\n\n\n", text).strip()


def _name(node):
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        node = getattr(node, "target", None) or node.targets[0]
        return getattr(node, "id", None)
    return getattr(node, "name", None)
