"""What the pages compute is kept between two builds, and never once the code, an argument, a file or a package has changed."""

import os
import re
import subprocess
import sys
import textwrap

import pytest
from building import ROOT, copy_of_the_tree, run_builder

PAGE = '''
"""A page."""
import sys
from pathlib import Path
from backprop import FACTOR
from website.kept import kept

WORDS = Path(__file__).parents[2] / "docs" / "words.txt"


@kept
def product(n):
    """Return a product."""
    sys.stderr.write("p")
    return n * FACTOR


@kept
def length(n):
    sys.stderr.write("l")
    return n * len(words())


@kept
def words():
    sys.stderr.write("w")
    return WORDS.read_text()
'''


@pytest.fixture
def book(tmp_path):
    """Return the folder of a library, a page that computes with it, and a file that the page opens."""
    sources = {
        "backprop/__init__.py": '"""A library."""\nFACTOR = 2\n',
        "website/__init__.py": "",
        "website/kept.py": (ROOT / "website" / "kept.py").read_text(encoding="utf-8"),
        "website/oracles/__init__.py": "",
        "website/pages/__init__.py": "",
        "website/pages/page.py": PAGE,
        "docs/words.txt": "two words",
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def build(book, *lines, command="build", **environment):
    """Run these lines as a build does; return what they print, and the letters of the functions that were run."""
    start = "from website import kept as keeping\nkeeping.begin()\nfrom website.pages.page import *\n"
    environment = os.environ | {"PYTHONPATH": str(book), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    done = subprocess.run(
        [sys.executable, "-c", start + "\n".join(map(textwrap.dedent, lines)), command],
        cwd=book, env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1], done.stderr


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_answer_is_computed_once(book):
    assert build(book, "print(product(3))", "print(product(3))") == (["6", "6"], "p")
    assert build(book, "print(product(3))") == (["6"], "")


def test_another_argument_is_another_answer(book):
    build(book, "product(3)")
    assert build(book, "print(product(4))", "print(product(3))") == (["8", "6"], "p")


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("backprop/__init__.py", "FACTOR = 2", "FACTOR = 5", "15"),
        ("website/pages/page.py", "n * FACTOR", "n + FACTOR", "5"),
        ("website/oracles/__init__.py", "", "unused = 1", "6"),
    ],
)
def test_an_answer_is_computed_again_when_the_code_has_changed(book, file, old, new, found):
    build(book, "product(3)")
    change(book / file, old, new)
    assert build(book, "print(product(3))") == ([found], "p")
    assert build(book, "print(product(3))") == ([found], "")


def test_words_are_no_code(book):
    build(book, "product(3)")
    change(book / "backprop" / "__init__.py", '"""A library."""', '"""A chapter.\n\nOf many words."""  # and a comment')
    change(book / "website" / "pages" / "page.py", "    sys", "\n    # and a comment\n    sys")
    assert build(book, "print(product(3))") == (["6"], "")


def test_an_answer_is_computed_again_when_a_file_that_it_opened_has_changed(book):
    assert build(book, "print(length(2))") == (["18"], "lw")
    assert build(book, "print(length(2))") == (["18"], "")
    (book / "docs" / "words.txt").write_text("some more words")
    assert build(book, "print(length(2))") == (["30"], "lw")
    (book / "docs" / "words.txt").unlink()
    with pytest.raises(AssertionError, match=r"No such file or directory: .*words\.txt"):
        build(book, "length(2)")


def test_a_file_that_a_kept_answer_opened_counts_for_the_function_around_it(book):
    build(book, "words()")
    assert build(book, "print(length(2))") == (["18"], "l")
    (book / "docs" / "words.txt").write_text("some more words")
    assert build(book, "print(length(2))") == (["30"], "lw")


def test_an_answer_is_computed_again_when_a_package_has_changed(book):
    build(book, "product(3)")
    (book / "packages" / "numpy-99.0.dist-info").mkdir(parents=True)
    path = os.pathsep.join([str(book), str(book / "packages")])
    assert build(book, "print(product(3))", PYTHONPATH=path) == (["6"], "p")


SAVED = """
    print(product(3), length(1))
    Path("backprop/__init__.py").write_text("FACTOR = 75")
    Path("docs/words.txt").write_text("no")
"""


def test_a_file_saved_between_two_builds_of_one_process_counts(book):
    again = "keeping.begin()\nfrom website.pages.page import *\nprint(product(3), length(1))"
    assert build(book, SAVED, again) == (["6 9", "225 2"], "plwplw")


def test_an_answer_of_code_that_was_saved_after_the_build_began_is_not_kept(book):
    library = (book / "backprop" / "__init__.py").read_text()
    saved = """
        import importlib, backprop, website.pages.page as page
        Path("backprop/__init__.py").write_text("FACTOR = 75")
        importlib.reload(backprop)
        importlib.reload(page)
        print(page.product(4))
    """
    assert build(book, saved) == (["300"], "p")
    (book / "backprop" / "__init__.py").write_text(library)
    assert build(book, "print(product(4))") == (["8"], "p")


def test_what_is_called_without_a_build_is_not_kept(book):
    assert build(book, "print(product(3), product(3))", command="test") == (["6 6"], "p")
    assert build(book, "print(product(3))") == (["6"], "p")
    assert build(book, "print(product(3))", command="test") == (["6"], "p")


def test_a_page_is_the_same_computed_or_kept(tmp_path):
    copy_of_the_tree(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(
        '# Kept\n\n![Falls.](figure:u_curve)\n\n```python exec="on"\nfrom website.pages import how_checked, mistakes\n'
        'print(how_checked.mistakes())\nprint(mistakes.page("transpose_missing"))\n```\n'
    )
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: t\ndocs_dir: pages\ntheme: {name: material}\nplugins: [{markdown-exec: {languages: [python]}}]\nmarkdown_extensions:\n"
        "  [tables, md_in_html, pymdownx.superfences, website.extensions.figures, website.extensions.live_marks]\n"
    )

    def built(builder):
        done = run_builder(builder, tmp_path)
        assert done.returncode == 0, done.stderr
        html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
        return html, {path.name: path.stat().st_mtime_ns for path in (tmp_path / ".cache" / "kept").iterdir()}

    html, kept = built("mkdocs")
    assert {name.partition("-")[0].rpartition(".")[2] for name in kept} == {"measured", "examined", "_training"}
    assert built("mkdocs") == (html, kept)
    other, found = built("zensical")
    assert found == kept  # nothing was computed
    drawings = re.findall("<svg.*?</svg>", html, re.DOTALL)
    assert len(drawings) >= 2
    assert set(drawings) & set(re.findall("<svg.*?</svg>", other, re.DOTALL)) == {
        one for one in drawings if "<desc>" in one
    }
