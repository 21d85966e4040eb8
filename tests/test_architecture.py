"""The tree tells the truth: machinery is private, nothing imports in a circle, no file is too long."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from backprop._address import BOOK
from website.pages import architecture
from website.publishing import identity

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_module_imports_itself_through_others():
    assert architecture.circles() == []


def test_the_figure_shows_every_module_above_what_it_imports():
    names, figure = architecture.order(), ElementTree.fromstring(architecture.figure()).find(f"{SVG}svg")
    drawn = ["".join(label.itertext()).replace("\u200b", "") for label in figure.iter(f"{SVG}text")]
    assert drawn == names
    heights = dict(zip(names, (float(label.get("y")) for label in figure.iter(f"{SVG}text"))))
    for name, others in architecture.imports().items():
        assert all(heights[name] < heights[other] for other in others), name
    arcs = [path for path in figure.iter(f"{SVG}path") if path.get("d").count("L") > 1]
    assert len(arcs) == sum(len(architecture.direct(name)) for name in names) > 20


def test_an_equation_imports_no_other():
    equations = [name for name in architecture.imports() if re.match(r"bp\d_", name)]
    assert len(equations) == 4
    for name in equations:
        assert not any(other[0] != "_" and other != "shapes" for other in architecture.imports()[name])


def test_importing_the_package_imports_little_else():
    heavy = "dataclasses inspect ast argparse numpy.random array_api_compat backprop._numerical_gradient backprop._diagnosis backprop.rows"
    program = f"import numpy, sys; before = {{*sys.modules}}; import backprop; print({{*sys.modules}} - before & {{*{heavy.split()}}})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "set()\n"


def test_no_file_of_the_package_is_long():
    long = {}
    for path in (ROOT / "backprop").rglob("*.py"):
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        text = tree.body[0].end_lineno if ast.get_docstring(tree) else 0
        code = source.count("\n") - text
        if text > 420 or code > 600:
            long[path.relative_to(ROOT).as_posix()] = text, code
    assert long == {}


def test_no_python_is_hidden_behind_a_dot():
    hidden = [name for name in tracked() if name.endswith(".py") and re.search(r"(^|/)\.", name)]
    assert [name for name in hidden if not name.startswith((".ci/", ".github/"))] == []


def test_the_address_of_the_book_is_written_out_alike_everywhere():
    tracked()
    found = identity.addresses()
    assert {address: names for address, names in found.items() if address != BOOK} == {}
    assert len(found[BOOK]) > 100
    code = [name for name, text in identity.texts() if name.startswith("backprop/") and f'"{BOOK}' in text]
    assert code == ["backprop/_address.py"]
