"""What the book holds besides its pages: notebooks that run, Markdown that stands alone, pictures, inventory, sitemap, anchors."""

import gzip
import importlib.util
import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from building import BUILDER
from mkdocs.config import load_config
from mkdocstrings import Inventory

import backprop
from backprop import rows
from backprop._address import BOOK
from website import outputs
from website.outputs.page_as_markdown import address
from website.outputs.page_as_notebook import EXAMPLES, cells
from website.pages.instruments.quiz import QUESTIONS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SOURCES = [source for _, source in outputs.pages(load_config(str(ROOT / "mkdocs.yml")).nav)]
OPTIONAL = ("torch", "jax", "keras", "dask", "zarr", "autograd", "sklearn", "tqdm")


# What %reset does, which also takes away what a process of its own needs.
AFRESH = "for _name in {*globals()} - _kept:\n    del globals()[_name]"


def folder_of(source):
    return re.sub(r"(^|/)index$", r"\1", source.removesuffix(".md"))


@pytest.fixture(scope="module")
def whole(site):
    """Return the folder of the book with all that is written after its build."""
    outputs.write(site)
    return site


# ---- Notebooks


@pytest.fixture(scope="module")
def ran(whole):
    """Run the code of every notebook in one kernel, each in a fresh namespace; return its cells with their outputs."""
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient and ipykernel, of the dependency group test")
    pytest.importorskip("ipykernel", reason="needs nbclient and ipykernel, of the dependency group test")
    found, code = {}, []
    for path in sorted(whole.rglob("*.ipynb")):
        found[path.relative_to(whole).as_posix()] = own = [
            cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"
        ]
        if not missing(own):
            code += [
                nbformat.v4.new_code_cell(AFRESH if code else "%pprint off\n_kept = {*globals(), '_kept', '_name'}"),
                *own,
            ]
    for number, cell in enumerate(code):
        cell.id = f"cell-{number}"  # each is the only one in its own notebook
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(cells=code), timeout=120, kernel_name="python3", allow_errors=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the client's own libraries
        client.execute()
    return found


def missing(code):
    """Return a library that the cells import and that is not here, or None."""
    text = "\n".join(cell.source for cell in code)
    wanted = [name for name in OPTIONAL if re.search(rf"^\s*(import|from) {name}\b", text, re.MULTILINE)]
    return next((name for name in wanted if importlib.util.find_spec(name) is None), None)


def said(cell):
    """Return what a cell printed and gave, as a doctest would show it."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}\n")
        elif output.output_type == "stream":
            texts.append(output.text if output.name == "stdout" else "")
        else:
            texts.append(output.data["text/plain"] + "\n")
    return "".join(texts)


# They have no examples, except the reference, whose cards need their modules.
NO_NOTEBOOK = (
    *("look-up/glossary.md", "use/architecture.md", "use/how-fast.md", "use/reference.md"),
    *("use/slides.md", "use/teachers.md", "layers/reference.md", "layers/speed.md"),
)
NOTEBOOKS = [source for source in SOURCES if source not in NO_NOTEBOOK]


@pytest.mark.parametrize("source", NOTEBOOKS)
def test_a_notebook_gives_what_its_page_shows(ran, whole, source):
    folder = folder_of(source)
    name = str(Path(folder, "index.ipynb"))
    if missing(ran[name]):
        pytest.skip(f"needs {missing(ran[name])}")
    page = (whole / folder / "index.md").read_text(encoding="utf-8")
    wanted = [want for block in EXAMPLES.findall(page) for _, want in cells(block)]
    assert len(wanted) == len(ran[name]) > 0
    for cell, want in zip(ran[name], wanted):
        if want.startswith("Traceback"):
            error = re.sub(r"(?s)^Traceback.*?\n(?=\S)", "", want).partition(": ")[2]
            assert said(cell).partition(": ")[2].split() == error.split(), cell.source
        else:
            assert " ".join(said(cell).split()) == " ".join(want.replace("<BLANKLINE>", "").split()), cell.source


def test_each_page_links_to_its_notebook_and_to_its_markdown(whole):
    for source in SOURCES:
        folder = whole / folder_of(source)
        html = (folder / "index.html").read_text(encoding="utf-8")
        linked = re.findall(r'<a href="((?!http)[^"]+\.(?:ipynb|md))"', html)
        made = [path.name for path in sorted(folder.iterdir()) if path.suffix in (".ipynb", ".md")]
        assert sorted(linked) == sorted(made), source


# ---- Markdown


def test_the_markdown_of_a_page_stands_alone(whole):
    for source in SOURCES:
        text = (whole / folder_of(source) / "index.md").read_text(encoding="utf-8")
        assert text.startswith("# "), source
        words = re.sub(r"(?ms)^```.*?^```|\$\$.*?\$\$|\$[^$]*\$|`[^`\n]*`", "", text)
        assert (
            re.findall(
                r"\]\((?!https?://|mailto:)[^)]*\)|\]\[[\w.]+\]|^:::.*|\{#.*?\}|<div.*|^(?:\?\?\?|===).*|exec=",
                words,
                re.MULTILINE,
            )
            == []
        )


def test_the_notebook_and_the_markdown_of_bp2_hold_both_layouts(whole):
    folder = whole / "learn" / "bp2-hidden-error"
    notebook = nbformat.read(folder / "index.ipynb", 4)
    for text in ((folder / "index.md").read_text(encoding="utf-8"), "\n".join(cell.source for cell in notebook.cells)):
        for line in (
            "**Columns**",
            "**Rows**",
            "from backprop import hidden_error",
            "from backprop.rows import hidden_error",
        ):
            assert line in text
        for figure in ("figure:", "=== ", "??? "):
            assert figure not in text


def test_llms_txt_names_every_page(whole):
    text = (whole / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# backprop\n\n> ")
    listed = [path.removeprefix(BOOK) for path in re.findall(r"\]\((.*?)\)", text)]
    assert sorted(listed) == sorted(str(Path(folder_of(source), "index.md")) for source in SOURCES)
    assert re.findall("^## (.*)", text, re.MULTILINE)[0] == "The book"


# ---- For other sites


def test_every_public_name_is_in_the_inventory(site):
    with (site / "objects.inv").open("rb") as file:
        inventory = Inventory.parse_sphinx(file)
    for name in [f"backprop.{name}" for name in backprop.__all__] + [f"backprop.rows.{name}" for name in rows.OWN]:
        page, _, anchor = inventory[name].uri.partition("#")
        assert f'id="{anchor.replace("$", name)}"' in (site / page / "index.html").read_text(encoding="utf-8"), name


def test_the_sitemap_has_every_page(site):
    places = [
        place.text for place in ET.parse(site / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert sorted(places) == sorted(address(load_config(str(ROOT / "mkdocs.yml")), source) for source in SOURCES)
    if BUILDER == "mkdocs":  # Zensical writes no second, compressed one
        assert gzip.decompress((site / "sitemap.xml.gz").read_bytes()) == (site / "sitemap.xml").read_bytes()


def test_every_page_names_a_picture_that_is_there(whole):
    named = set()
    for source in SOURCES:
        html = (whole / folder_of(source) / "index.html").read_text(encoding="utf-8")
        meta = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', html))
        assert meta["og:url"] == re.search(r'<link rel="canonical" href="(.*?)"', html)[1]
        assert meta["og:title"] and meta["twitter:card"] == "summary_large_image"
        picture = (whole / meta["og:image"].removeprefix(BOOK)).read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1200, 630)
        named.add(meta["og:image"])
    assert len(named) == 5


def test_the_copies_of_the_quiz_hold_its_questions(whole):
    for name in ("index.md", "index.ipynb"):
        text = (whole / "learn" / "wrong-or-right" / name).read_text(encoding="utf-8")
        assert all(question.columns in text and question.rows in text for question in QUESTIONS)
