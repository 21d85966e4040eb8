"""The code at the foot of a chapter: the lines of the equation in both layouts, and folded below them the whole module."""

import ast
import importlib
import importlib.util
import re
import textwrap
from pathlib import Path

# The lines of an equation are shown in both layouts or in none. What a function does for other libraries, for one example beside a batch, or for the other layout, is no lesson.
PLUMBING = re.compile(r"namespace\(|\.ndim|unchecked|transposed|over_examples")


def in_code(module_name):
    """Return, as Markdown, the code of a chapter: in both layouts if it depends on the layout."""
    if module_name.startswith("backprop.layers."):
        return _of_module(module_name, "backprop.layers")
    mirrored = module_name.replace("backprop.", "backprop.rows.", 1)
    if importlib.util.find_spec(mirrored) is None:
        return _of_module(module_name, "backprop")
    shown = not any(PLUMBING.search(code) for name in (module_name, mirrored) for code in _taught(name))
    both = {
        "Columns": _of_module(module_name, "backprop", shown),
        "Rows": _of_module(mirrored, "backprop.rows", shown),
    }
    return "\n\n".join(f'=== "{name}"\n\n{textwrap.indent(code, "    ")}' for name, code in both.items())


def _taught(module_name):
    """Return the code of each equation of a module as a learner would write it."""
    source = Path(importlib.import_module(module_name).__file__).read_text(encoding="utf-8")
    return [_as_taught(node, source) for node in ast.parse(source).body if _is_equation(node)]


def _of_module(module_name, owner, shown=True):
    """Return the lines of the equations, if the module has one, links to the reference, and the whole module."""
    module = importlib.import_module(module_name)
    source = Path(module.__file__).read_text(encoding="utf-8")
    taught = _taught(module_name)
    equations = "\n\n\n".join(taught) if shown and not any(map(PLUMBING.search, taught)) else ""
    whole = f"```python\n{without_docstrings(source)}\n```"
    parts = [f"```python\n{equations}\n```"] if equations else []
    defined = [_name(node) for node in ast.parse(source).body]
    links = ", ".join(f"[`{name}`][{owner}.{name}]" for name in defined if name in module.__all__)
    parts += [f"In the reference: {links}."] if links else []
    parts.append(f'??? note "With the library\'s own checks"\n\n{textwrap.indent(whole, "    ")}')
    return "\n\n".join(parts)


def _is_equation(node):
    return isinstance(node, ast.FunctionDef) and any(
        re.match("equation|elementwise", ast.unparse(line)) for line in node.decorator_list
    )


def _as_taught(node, source):
    """Return a function as a learner would write it: without its docstring, its types and its decorator."""
    arguments = [argument.arg for argument in node.args.args]
    arguments += [
        f"{argument.arg}={ast.unparse(default)}"
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults)
    ]
    body = source.splitlines()[node.body[1].lineno - 1 : node.end_lineno]
    return "\n".join([f"def {node.name}({', '.join(arguments)}):", *body])


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
