"""What is easily forgotten when something is added: each message names the file, and the line to write there."""

import ast
import inspect
import operator
import pkgutil
import re
from pathlib import Path

import pytest

import backprop
from backprop import rows
from website.oracles.random_calls import FLAT
from website.oracles.reference import ACTIVATIONS, EQUATIONS, FUNCTIONS

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted({name for _, name, _ in pkgutil.iter_modules(backprop.__path__) if name[0] != "_"} - {"conftest"})
PUBLIC = [*backprop.__all__, *(f"rows.{name}" for name in rows.__all__)]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def page_of(chapter):
    """Return the page of docs/ that shows a chapter, or None."""
    shows = re.compile(rf"^::: backprop\.{chapter}$", re.MULTILINE)
    return next((page for page in sorted((ROOT / "docs").rglob("*.md")) if shows.search(page.read_text("utf-8"))), None)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_a_page_and_a_place_in_the_navigation(chapter):
    page = page_of(chapter)
    new = f"docs/learn/{chapter.replace('_', '-')}.md"
    assert page, f"{new} is missing: copy docs/learn/bp2-hidden-error.md and write backprop.{chapter} in it"
    place = page.relative_to(ROOT / "docs").as_posix()
    assert place in text("mkdocs.yml"), f'mkdocs.yml: add "- Its title: {place}" to nav'


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name not in ("mistakes", "rows")])
def test_a_chapter_lists_what_it_gives(chapter):
    module = getattr(backprop, chapter, None) or __import__(f"backprop.{chapter}", fromlist=["_"])
    path = f"backprop/{chapter}.py"
    assert hasattr(module, "__all__"), f"{path}: add __all__ = [...] after its imports"
    package = text("backprop/__init__.py")
    for line in [f"from .{chapter} import *", f"__all__ += {chapter}.__all__"] * bool(module.__all__):
        assert line in package, f'backprop/__init__.py: add "{line}"'
    documented = [
        node.name
        for node in ast.parse(text(path)).body
        if isinstance(node, ast.FunctionDef) and "Parameters\n" in (ast.get_docstring(node) or "")
    ]
    forgotten = set(documented) - set(module.__all__) - {"equation"}
    assert not forgotten, f"{path}: add {sorted(forgotten)} to __all__"


@pytest.mark.parametrize("name", PUBLIC)
def test_a_name_has_its_card_and_its_line_in_the_changelog(name):
    card = f"::: backprop.{name}"
    cards = text("docs/use/reference.md").splitlines()
    assert name == "rows" or card in cards, f'docs/use/reference.md: add "{card}"'
    name = name.removeprefix("rows.")
    assert f"`{name}`" in text("CHANGELOG.md"), f"CHANGELOG.md: name `{name}` under Unreleased"


@pytest.mark.parametrize("name", [name for name in PUBLIC if hasattr(operator.attrgetter(name)(backprop), "unchecked")])
def test_a_function_of_arrays_has_a_formula_to_compare_with(name):
    kind = name.removesuffix("_prime")
    if operator.attrgetter(name)(backprop).__module__.endswith(("activations", "rectifiers")):
        assert kind in ACTIVATIONS, f'website/oracles/reference.py: add "{kind}", a formula of z, to ACTIVATIONS'
    assert name in FUNCTIONS, f'website/oracles/reference.py: add "{name}" to EQUATIONS, as its sum over indices'


def test_nothing_is_compared_that_is_not_there():
    there = {name for name in PUBLIC if hasattr(operator.attrgetter(name)(backprop), "unchecked")}
    assert set(FUNCTIONS) == there
    assert set(EQUATIONS) <= there
    assert set(FLAT) == {"Layer", "forward", "gradients", "step", "check_gradients"}


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS])
def test_an_activation_has_its_derivative_and_its_constant(name):
    module = inspect.getmodule(getattr(backprop, name)).__name__.replace(".", "/")
    assert name == "softmax" or f"{name}_prime" in backprop.__all__, f"{module}.py: add {name}_prime, and to __all__"
    constant = f'{name.upper()} = Activation("{name}", {name}, {name}_prime)'
    assert name.upper() in backprop.__all__, f"{module}.py: add {constant}, and to __all__"
