"""What is easily forgotten when something is added: each message names the file, and the line to write there.

These tests run first, and the first that fails ends the run: `conftest.py` sees to it.
"""

import ast
import inspect
import operator
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import backprop
from backprop import backward_pass, layers, rows
from website.oracles.random_calls import FLAT
from website.oracles.reference import ACTIVATIONS, ELEMENTWISE, FUNCTIONS
from website.pages.instruments import derivative

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted({name for _, name, _ in pkgutil.iter_modules(backprop.__path__) if name[0] != "_"} - {"conftest"})
# Where the chapters are: their package, and their names there.
PACKAGES = ("layers", "mistakes", "rows")
PLACES = [("backprop", name) for name in CHAPTERS if name not in PACKAGES]
PLACES += [("backprop.layers", name) for _, name, _ in pkgutil.iter_modules(layers.__path__) if name[0] != "_"]
PUBLIC = [*backprop.__all__, *(f"rows.{name}" for name in rows.OWN)]
OF_ARRAYS = [name for name in PUBLIC if hasattr(operator.attrgetter(name)(backprop), "unchecked")]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def file_of(name):
    """Return the module that defines a public name, as a path."""
    return f"{inspect.getmodule(operator.attrgetter(name)(backprop)).__name__.replace('.', '/')}.py"


def page_of(chapter):
    """Return the page of docs/ that shows a chapter, or None."""
    shows = re.compile(rf"^::: {re.escape(chapter)}$", re.MULTILINE)
    return next((page for page in sorted((ROOT / "docs").rglob("*.md")) if shows.search(page.read_text("utf-8"))), None)


@pytest.mark.parametrize(("place", "chapter"), PLACES)
def test_a_chapter_lists_what_it_gives(place, chapter):
    folder = place.replace(".", "/")
    path = f"{folder}/{chapter}.py"
    functions = [node for node in ast.parse(text(path)).body if isinstance(node, ast.FunctionDef)]
    documented = {node.name for node in functions if "Parameters\n" in (ast.get_docstring(node) or "")} - {"equation"}
    module = __import__(f"{place}.{chapter}", fromlist=["_"])
    forgotten = sorted(documented - set(module.__all__))
    assert not forgotten, f"{path}: add {forgotten} to __all__"
    package = text(f"{folder}/__init__.py")
    lines = [f"    {chapter},", f"from .{chapter} import *", f"__all__ += {chapter}.__all__"]
    for line in lines * bool(module.__all__):
        assert line in package, f'{folder}/__init__.py: add "{line}"'


@pytest.mark.parametrize(
    "chapter", [*(f"{place}.{name}" for place, name in PLACES), *(f"backprop.{name}" for name in PACKAGES)]
)
def test_a_chapter_has_a_page_and_a_place_in_the_navigation(chapter):
    page = page_of(chapter)
    part = "layers" if chapter.startswith("backprop.layers.") else "learn"
    new = f"docs/{part}/{chapter.rpartition('.')[2].replace('_', '-')}.md"
    copied = {"layers": "docs/layers/dense-layer.md", "learn": "docs/learn/bp2-hidden-error.md"}[part]
    assert page, f"{new} is missing: copy {copied} and write {chapter} in it"
    place = page.relative_to(ROOT / "docs").as_posix()
    assert place in text("mkdocs.yml"), f'mkdocs.yml: add "- Its title: {place}" to nav'


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_has_its_derivative_its_constant_and_its_line(name):
    assert name in backprop.__all__, f"backprop/rectifiers.py (or activations.py): write {name}, and add it to __all__"
    path = file_of(name)
    constant = f'{name.upper()} = Activation("{name}", {name}, {name}_prime)'
    assert name == "softmax" or f"{name}_prime" in backprop.__all__, f"{path}: add {name}_prime, and to __all__"
    assert name.upper() in backprop.__all__, f"{path}: add {constant}, and to __all__"
    told = inspect.getmodule(getattr(backprop, name)).__doc__
    line = f"| `{name}`"
    assert name == "softmax" or line in told, f'{path}: add "{line} | its formula | its derivative |" under Derivation'
    values = getattr(backprop, name)(np.linspace(-50, 50, 1001))
    between = values.min() >= 0 and values.max() <= 1
    say = "remove {} from" if between else "add {} to"
    known = getattr(backprop, name.upper()) in backward_pass.UNBOUNDED
    assert known != between, f"backprop/backward_pass.py: {say.format(name.upper())} UNBOUNDED"
    path = "instruments/derivative"
    assert name == "softmax" or name in derivative.FUNCTIONS, f"website/pages/{path}.py: add {name} to FUNCTIONS"
    assert name == "softmax" or f"  {name}: {{" in text(f"docs/assets/{path}.js"), (
        f"docs/assets/{path}.js: add {name} to FUNCTIONS"
    )


@pytest.mark.parametrize("name", [name for name in OF_ARRAYS if not name.endswith("_prime")])
def test_a_function_of_arrays_has_a_formula_to_compare_with(name):
    if file_of(name).endswith(("/activations.py", "/rectifiers.py")):
        assert name in ACTIVATIONS, f'website/oracles/reference.py: add "{name}", a formula of z, to ACTIVATIONS'
    assert name in FUNCTIONS, f'website/oracles/reference.py: add "{name}" to EQUATIONS, as its sum over indices'


def test_nothing_is_compared_that_is_not_there():
    for name in sorted(set(FUNCTIONS) - set(OF_ARRAYS)):
        public = name in PUBLIC
        assert not public, f"{file_of(name)}: write @equation(...) above def {name}"
        assert public, f"website/oracles/reference.py compares {name}, which is not public: add it to __all__"
    assert set(FLAT) == {"Layer", "forward", "gradients", "step", "check_gradients"}
    assert set(ELEMENTWISE) <= set(ACTIVATIONS)


@pytest.mark.parametrize("name", [*PUBLIC, *(f"layers.{name}" for name in layers.__all__)])
def test_a_name_has_its_card(name):
    card = f"::: backprop.{name}"
    page = "docs/layers/reference.md" if name.startswith("layers.") else "docs/use/reference.md"
    assert name == "rows" or card in text(page).splitlines(), f'{page}: add "{card}"'
