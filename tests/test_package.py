"""The package says what it does: names, docstrings, commands and files agree with each other."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tarfile
from email import message_from_bytes
from importlib.metadata import distribution
from operator import attrgetter
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

import backprop
from backprop import Layer, gradients, rows
from backprop._address import BOOK

ROOT = Path(__file__).parent.parent
PUBLIC = [*backprop.__all__, *(f"rows.{name}" for name in rows.OWN)]
CHECKED = [name for name in PUBLIC if hasattr(attrgetter(name)(backprop), "unchecked")]
FUNCTIONS = [name for name in PUBLIC if inspect.isfunction(attrgetter(name)(backprop))]


def public(name):
    return attrgetter(name)(backprop)


# ---- Names and docstrings


def test_what_is_imported_is_what_is_exported():
    imported = {name for name, value in vars(backprop).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert imported | {"rows"} == set(backprop.__all__)
    assert len(PUBLIC) == len(set(PUBLIC))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_docstring_names_the_parameters_of_the_signature(name):
    documented = re.findall(r"^(\w+) : ", section(name, "Parameters"), re.MULTILINE)
    assert documented == [*inspect.signature(public(name)).parameters]


def section(name, title):
    """Return one section of a function's docstring."""
    return re.search(rf"(?ms)^{title}\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", inspect.getdoc(public(name)))[1]


def axes(name):
    """Return the axes that the decorator of an equation names: {"W_next": "n_next n"}."""
    return inspect.getclosurevars(public(name)).nonlocals["shapes"]


def written(spec):
    """Return axes as the shapes that a docstring writes, for one example and for many: "n m?" is (n,) and (n, m)."""
    one = [axis for axis in spec.split() if not axis.endswith("?")]
    many = [axis.rstrip("?") for axis in spec.split()]
    return [f"({', '.join(one)}{',' * (len(one) == 1)})", f"({', '.join(many)})"]


def shapes_in(text):
    return re.findall(r"\((?:\w+(?:, \w+)*,?)?\)", text)


@pytest.mark.parametrize("name", CHECKED)
def test_a_docstring_gives_the_axes_that_the_equation_checks(name):
    types = dict(re.findall(r"^(\w+) : (.*)$", section(name, "Parameters"), re.MULTILINE))
    for array, spec in axes(name).items():
        if spec == "...":
            assert types[array] == "array of any shape"
        else:
            assert shapes_in(types[array]) == list(dict.fromkeys(written(spec)))


class Sizes(dict):
    """A size for each axis, and for one of a new name one that no other has."""

    def __missing__(self, axis):
        return self.setdefault(axis, len(self) + 2)


SIZES = Sizes({"m": 5, "n": 3, "n_prev": 2, "n_next": 4, "1": 1})


def in_numbers(shape):
    """Return a written shape with a size for each axis: "(n, m)" is (3, 5)."""
    return tuple(SIZES[axis] for axis in re.findall(r"\w+", shape))


@pytest.mark.parametrize("name", CHECKED)
def test_a_docstring_gives_the_shapes_that_come_out(name):
    documented = re.match(r"\w+ : (.*)", section(name, "Returns"))[1].replace("the shape of z", "shape (n,) or (n, m)")
    calls = [(0, {}), (1, {})]
    if "keepdims" in inspect.signature(public(name)).parameters:
        calls.append((1, {"keepdims": True}))
    found = set()
    for many, options in calls:
        specs = [spec.replace("...", "n m?") for spec in axes(name).values()]
        arrays = [np.full(in_numbers(written(spec)[many]), 0.5) for spec in specs]
        found.add(public(name)(*arrays, **options).shape)
    assert found == set(map(in_numbers, shapes_in(documented)))


@pytest.mark.parametrize("name", [name for name in CHECKED if "..." not in axes(name).values()])
def test_the_table_of_a_chapter_gives_the_axes_that_the_equation_checks(name):
    module = "backprop.rows" if name.startswith("rows.") else public(name).__module__
    chapter = importlib.import_module(module).__doc__
    cells = [[cell.strip() for cell in line.split("|")[2:5]] for line in chapter.splitlines() if line.startswith("| ")]
    table = {array: [one, many] for code, one, many in cells for array in re.findall(r"`(\w+)`", code)}
    if "# Shapes" not in chapter:
        return  # it has the shapes under the terms of its equation, which the build checks in both layouts
    given = {array: spec for array, spec in axes(name).items() if array in table}
    chapter_of = public(name).__module__.replace(".", "/")
    assert given, f"{chapter_of}.py: add a line for each of {list(axes(name))} to the table under Shapes"
    for array, spec in given.items():
        one, many = map(shapes_in, table[array])
        assert one == written(spec)[:1]
        assert many == ([*written(spec)] if "1?" in spec else written(spec)[1:])


# ---- python -m backprop

VALUES = {
    "x": [1, 2],
    "y": [0, 1],
    "W1": np.log(3) * np.array([[2, -1], [1, 0], [1, -1]]),
    "b1": [0, 0, 0],
    "z1": np.log(3) * np.array([0, 1, -1]),
    "a1": [1 / 2, 3 / 4, 1 / 4],
    "W2": [[1, 2, -1], [0, 2, 3]],
    "b2": [-7 / 4, -9 / 4],
    "z2": [0, 0],
    "a2": [1 / 2, 1 / 2],
    "C": 1 / 4,
    "δ2": [1 / 8, -1 / 8],
    "∂C/∂b2": [1 / 8, -1 / 8],
    "∂C/∂W2": [[1 / 16, 3 / 32, 1 / 32], [-1 / 16, -3 / 32, -1 / 32]],
    "δ1": [1 / 32, 0, -3 / 32],
    "∂C/∂b1": [1 / 32, 0, -3 / 32],
    "∂C/∂W1": [[1 / 32, 1 / 16], [0, 0], [-3 / 32, -3 / 16]],
}


def run(*command):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def printed(*arguments):
    """Return {symbol: [equation, shape, value]} of what the command prints."""
    status, out, error = run("-X", "utf8", "-m", "backprop", *arguments)
    assert (status, error) == (0, "")
    return {symbol: rest for symbol, *rest in (re.split(r"  +", line, maxsplit=3) for line in out.splitlines()[1:])}


@pytest.mark.parametrize("storage", ["columns", "rows"])
def test_the_command_prints_the_whole_pass_of_the_book(storage):
    table = printed(*["--rows"][: storage == "rows"])
    assert list(table) == list(VALUES)
    for symbol, (_, shape, value) in table.items():
        expected = np.array(VALUES[symbol], float)
        expected = expected if storage == "columns" else expected.T
        np.testing.assert_allclose(ast.literal_eval(value), expected, rtol=1e-8)  # as many digits as are printed
        assert ast.literal_eval(shape) == expected.shape


def shapes_of_a_pass(sizes, m):
    """Return the shape of every quantity of a pass, from the library's own arrays."""
    layers = [Layer(np.ones((n, n_prev)), np.ones(n)) for n_prev, n in zip(sizes, sizes[1:])]
    batch = () if m is None else (m,)
    x, y = np.ones((sizes[0], *batch)), np.ones((sizes[-1], *batch))
    zs, activations = backprop.forward(layers, x)
    C, found = gradients(layers, x, y)
    shape = {"x": x.shape, "y": y.shape, "C": np.shape(C)}
    for l, (layer, z, a, gradient) in enumerate(zip(layers, zs, activations[1:], found), 1):
        shape |= {f"W{l}": layer.W.shape, f"b{l}": layer.b.shape, f"z{l}": z.shape, f"a{l}": a.shape, f"δ{l}": z.shape}
        shape |= {f"∂C/∂W{l}": gradient.dC_dW.shape, f"∂C/∂b{l}": gradient.dC_db.shape}
    return shape


@pytest.mark.parametrize("m", [None, 0, 10])
@pytest.mark.parametrize("storage", ["columns", "rows"])
def test_the_command_prints_every_shape(storage, m):
    options = [] if m is None else ["--examples", str(m)]
    table = printed("784", "30", "20", "10", *options, *["--rows"][: storage == "rows"])
    expected = shapes_of_a_pass([784, 30, 20, 10], m)
    turn = -1 if storage == "rows" else 1
    assert {symbol: ast.literal_eval(shape) for symbol, (_, shape) in table.items()} == {
        symbol: shape[::turn] for symbol, shape in expected.items()
    }


MNIST = "docs/examples/mnist.py"


@pytest.mark.parametrize(
    ("program", "arguments", "complaint"),
    [
        ("-m backprop", "784", "at least two sizes"),
        ("-m backprop", "784 0", "'0' is not a whole number of 1 or more"),
        ("-m backprop", "two 3", "'two' is not a whole number"),
        ("-m backprop", "2 3 --examples -1", "--examples"),
        ("-m backprop", "2 3 --examples five", "'five' is not a whole number of 0 or more"),
        ("-m backprop", "2 3 --columns", "--columns"),
        ("-m backprop", "why BP2 BP3", "one name at a time, not BP2 BP3"),
        ("-m backprop", "why --all", "unrecognized arguments: --all"),
        (MNIST, "", "required: file"),
        (MNIST, "nowhere.npz", "nowhere.npz is no .npz that can be read"),
        (MNIST, "LICENSE", "LICENSE is no .npz that can be read"),
        (MNIST, "nowhere.npz --epochs 0", "--epochs: 0 is no whole number of at least 1"),
        (MNIST, "nowhere.npz --rate fast", "--rate"),
    ],
)
def test_bad_arguments_get_one_clear_line(program, arguments, complaint):
    status, out, error = run(*program.split(), *arguments.split())
    assert (status, out) == (2, "")
    assert complaint in error
    assert error.count("\n") == 1


# ---- docs/examples/mnist.py


def save_digits(path, n):
    """Save n training and n test images of 4x4 pixels: label 7 is the white one and label 2 the black one."""
    labels = np.where(np.arange(n) % 2, 7, 2).astype(np.uint8)
    images = np.full((n, 4, 4), 255, np.uint8) * (labels == 7)[:, None, None]
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)


def test_the_example_learns_what_it_is_given(tmp_path):
    save_digits(tmp_path / "two.npz", 400)
    status, out, error = run(MNIST, str(tmp_path / "two.npz"), "--epochs", "1", "--seed", "1")
    assert (status, error) == (0, "")
    first, best = out.splitlines()
    assert first == "epoch  1  100.00%"
    assert re.fullmatch(r"best     100\.00%  seed 1, \d+ s", best)


def test_the_example_names_the_array_that_is_missing(tmp_path):
    np.savez(tmp_path / "half.npz", x_train=np.zeros((1, 4, 4)))
    status, _, error = run(MNIST, str(tmp_path / "half.npz"))
    assert status == 2
    assert "y_train is not a file in the archive; it needs x_train, y_train, x_test, y_test" in error


# ---- Files


def tracked_files():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry():
    private = re.compile(rb"(?<![\w.])/(home|root|Users|work|tmp|mnt|opt)/\w|//(registry|pypi|files|index)\.[\w.]+/")
    found = {path.name: match[0] for path in tracked_files() if (match := private.search(path.read_bytes()))}
    assert found == {}


def built_wheel(tree, folder):
    """Return what the wheel holds that is built of a tree."""
    [wheel] = WheelBuilder(str(tree)).build(directory=str(folder), versions=["standard"])
    return {name: ZipFile(wheel).read(name) for name in ZipFile(wheel).namelist()}


def test_the_wheel_holds_the_package_and_the_pages_about_errors_and_nothing_else(tmp_path):
    sources = [path for path in (ROOT / "backprop").rglob("*") if path.suffix in {".py", ".typed"}]
    modules = {path.relative_to(ROOT).as_posix() for path in sources}
    pages = {f"backprop/_messages/errors/{path.name}" for path in (ROOT / "docs/look-up/errors").glob("*.md")}
    about = f"literate_backprop-{backprop.__version__}.dist-info"
    others = {f"{about}/{name}" for name in ["METADATA", "WHEEL", "RECORD", "licenses/LICENSE"]}
    assert "backprop/py.typed" in modules
    assert len(pages) > 10
    assert set(built_wheel(ROOT, tmp_path)) == modules | pages | others


def test_the_package_index_shows_the_readme_with_its_picture(tmp_path):
    about = f"literate_backprop-{backprop.__version__}.dist-info/METADATA"
    shown = message_from_bytes(built_wheel(ROOT, tmp_path)[about])
    assert shown["Description-Content-Type"] == "text/markdown"
    in_readme = re.findall(r"!\[.*?\]\((.*?)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    on_index = re.findall(r"!\[.*?\]\((.*?)\)", shown.get_payload())
    assert in_readme
    assert on_index == [f"{BOOK}{path.removeprefix('docs/')}" for path in in_readme]
    assert all((ROOT / path).exists() for path in in_readme)


def needed_by(name):
    """Return a distribution and all that it needs, by name."""
    requirements = map(Requirement, distribution(name).requires or [])
    needed = [r.name for r in requirements if not r.marker or r.marker.evaluate({"extra": ""})]
    return {name}.union(*map(needed_by, needed))


def test_the_examples_pass_with_the_wheel_and_its_requirements_alone(tmp_path):
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    alone = tmp_path / "alone"
    ZipFile(wheel).extractall(alone)
    for name in set().union(*map(needed_by, ["numpy", "array-api-compat", "pytest"])):
        for folder in {
            file.parts[0] for file in distribution(name).files if file.parts[0] not in ("..", "__pycache__")
        }:
            (alone / folder).symlink_to(distribution(name).locate_file(folder))
    program = f"import sys; sys.path.insert(0, {str(alone)!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    options = ["-q", "-rs", "-p", "no:cacheprovider", "--doctest-modules", "--pyargs", "backprop"]
    command = [sys.executable, "-I", "-S", "-c", program, *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d\d+ passed, 1 skipped", done.stdout)
    assert "Dask is not installed" in done.stdout


def test_the_source_archive_holds_the_tree_and_builds_the_same_wheel(tmp_path):
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    tree = {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}
    left_out = {name for name in tree if re.match(r"\.ci/|\.github/|\.pre-commit-config\.yaml$", name)}
    [archive] = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    unpacked = tmp_path / f"literate_backprop-{backprop.__version__}"
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert held == tree - left_out | {"PKG-INFO"}
    assert built_wheel(unpacked, tmp_path / "again") == built_wheel(ROOT, tmp_path / "first")


def test_the_rows_and_the_mistakes_are_there_after_a_plain_import():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, backprop; print('backprop.rows' in sys.modules, backprop.rows.gradients, backprop.mistakes)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.match(r"False <function gradients at .*> <module 'backprop.mistakes'", done.stdout)
    with pytest.raises(AttributeError, match="module 'backprop' has no attribute 'columns'"):
        backprop.columns  # noqa: B018
