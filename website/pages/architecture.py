"""The figure of the library's structure: its modules from top to bottom, and an arc from each to what it imports.

It is read from the imports of the sources, so it cannot be out of date.
"""

import ast
import functools
import math
from pathlib import Path

from website.pages.drawing import ACT, FAINT, INK, SOFT, curve, drawn, line, text

PACKAGE = Path(__file__).parents[2] / "backprop"


@functools.cache
def imports():
    """Return {module: the modules of the package that it imports}; a subpackage counts as one module."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in ("__init__", "conftest"):
            continue
        own = found.setdefault(parts[0], set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # From within a subpackage two dots lead to the package.
            if isinstance(node, ast.ImportFrom) and node.level == len(parts):
                names = [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
                own.update(names)
    return {name: others & set(found) - {name} for name, others in found.items()}


def circles():
    """Return the modules that import each other in a circle, if there are any."""
    left = {name: set(others) for name, others in imports().items()}
    while free := [name for name, others in left.items() if not others & set(left)]:
        for name in free:
            del left[name]
    return sorted(left)


@functools.cache
def depth(name):
    """Return how many modules lie below a module, on the longest way down."""
    return max((depth(other) + 1 for other in imports()[name]), default=0)


def order():
    """Return all modules, each above what it imports."""
    return sorted(imports(), key=lambda name: (-depth(name), name[0] == "_", name))


def direct(name):
    """Return what a module imports and no other module that it imports brings along."""

    @functools.cache
    def below(other):
        return imports()[other].union(*map(below, imports()[other]))

    return {other for other in imports()[name] if not any(other in below(another) for another in imports()[name])}


def figure():
    """Return the figure: chapters in color, machinery in gray, and the arcs without those that follow from others."""
    names = order()
    y = {name: 24 + 20 * place for place, name in enumerate(names)}
    left, parts = 150, []
    for name in names:
        is_chapter = name[0] != "_"
        parts.append(text(left - 8, y[name] + 4, name, anchor="end", color=ACT if is_chapter else SOFT))
        parts.append(line(left, y[name], left + 4, y[name], INK if is_chapter else SOFT))
        for other in sorted(direct(name)):
            parts.append(curve(_arc(left + 4, y[name], y[other]), FAINT if name[0] == "_" else SOFT, 1))
    chapters = [name for name in names if name[0] != "_"]
    arcs = sum(len(direct(name)) for name in names)
    return drawn(
        24 + 20 * len(names),
        "The modules of the library and their imports",
        f"{len(chapters)} chapters, {', '.join(chapters)}, and {len(names) - len(chapters)} modules of machinery, whose names begin "
        f"with an underscore. {arcs} arcs lead from a module to those that it imports, which are all below it.",
        parts,
    )


def _arc(x, start, end):
    """Return the points of half an ellipse from one height down to another."""
    middle, high = (start + end) / 2, (end - start) / 2
    wide = min(12 + 0.62 * high, 196)
    angles = [math.pi * (k / 24 - 0.5) for k in range(25)]
    return [(x + wide * math.cos(angle), middle + high * math.sin(angle)) for angle in angles]


def table():
    """Return each module with the first sentence of its docstring, chapters first, as Markdown."""
    rows = []
    for name in sorted(imports(), key=lambda name: (name[0] == "_", name)):
        path = PACKAGE / name / "__init__.py" if (PACKAGE / name).is_dir() else PACKAGE / f"{name}.py"
        sentence = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).partition("\n")[0]
        rows.append(f"| `{name}` | {sentence} |")
    return "\n".join(["| module | |", "| --- | --- |", *rows])
