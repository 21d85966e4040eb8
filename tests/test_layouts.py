"""Columns and rows on the pages: each layout stands alone, the reader's choice is kept, and shapes are those of their layout."""

import doctest
import importlib.util
import inspect
import re
from pathlib import Path

import markdown
import pytest
from building import copy_of_the_tree, run_builder
from mkdocs.config import load_config
from reading import block, run, turn

from backprop import _terminal
from website import outputs
from website.extensions.shape_marks import wrong_marks
from website.layout_marks import unmarked

ROOT = Path(__file__).parent.parent
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
CHAPTERS = {topic.module.__name__: inspect.getdoc(topic.module) for topic in _terminal.topics().values()}
IN_BOTH = {name: text for name, text in sorted((PAGES | CHAPTERS).items()) if _terminal.TABS.search(text)}


# ---- What is written for one layout


@pytest.mark.parametrize("layout", ["columns", "rows"])
@pytest.mark.parametrize("name", IN_BOTH)
def test_the_examples_of_one_layout_run_without_those_of_the_other(name, layout):
    text = _terminal.in_layout(IN_BOTH[name], layout)
    for module in set(re.findall(r">>> (?:import|from) (\w+)", text)):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}")
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, name, name, 0)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert said == []


def test_the_layouts_of_bp2_differ_and_its_derivation_does_not():
    columns, rows = (
        _terminal.in_layout(IN_BOTH["backprop.bp2_hidden_error"], layout) for layout in ("columns", "rows")
    )
    assert "from backprop import hidden_error" in columns and "from backprop.rows import hidden_error" in rows
    parts = [re.split(r"^# (.*)$", text, flags=re.MULTILINE) for text in (columns, rows)]
    sections = [dict(zip(found[1::2], found[2::2])) for found in parts]
    assert sections[0]["Derivation"] == sections[1]["Derivation"]
    assert sections[0]["Example"] != sections[1]["Example"]


# ---- The extensions


def rendered(text):
    extensions = ["pymdownx.tabbed", "website.extensions.layouts", "website.extensions.figures"]
    return markdown.markdown(
        text, extensions=extensions, extension_configs={"pymdownx.tabbed": {"alternate_style": True}}
    )


def test_tabs_become_blocks_with_their_names():
    html = rendered('=== "Columns"\n\n    W a\n\n=== "Rows"\n\n    a W\n\nBoth.\n')
    assert re.sub(r"\s+", " ", html).strip() == (
        '<div class="layouts"> <div class="layout" data-layout="columns"> <p class="layout-name">Columns</p> <p>W a</p> </div> '
        '<div class="layout" data-layout="rows"> <p class="layout-name">Rows</p> <p>a W</p> </div> </div> <p>Both.</p>'
    )


def test_other_tabs_stay_tabs():
    assert "tabbed-labels" in rendered('=== "PyTorch"\n\n    torch\n\n=== "JAX"\n\n    jax\n')


def test_a_figure_is_drawn_where_it_is_named():
    html = rendered("![Two paths.](figure:paths)\n")
    assert html.count("<svg") == 1 and "<figcaption>Two paths.</figcaption>" in html


def test_a_figure_that_depends_on_the_layout_is_drawn_for_each():
    html = rendered("![Copy and scale.](figure:copy_and_scale)\n")
    columns, rows = re.findall(r'data-layout="\w+">(.*?)</figure>', html, re.DOTALL)
    assert "examples as columns" in columns and "examples as rows" in rows
    assert "examples as rows" in rendered('=== "Rows"\n\n    ![Copy and scale.](figure:copy_and_scale)\n')


@pytest.mark.parametrize(
    ("tex", "layout", "wrong"),
    [
        (r"\underbrace{\delta^{l}}_{n_l \times m}", "columns", []),
        (r"\underbrace{\delta^{l}}_{n_l \times m}", "rows", [r"\delta^{l} is m × n_l in rows, and n_l × m stands under it"]),
        (r"\underbrace{\sigma'(z^{L})}_{n_L}", "rows", []),
        (r"\underbrace{W^2}_{n_2 \times n_1}", "columns", []),
        (r"\underbrace{W^{l}}_{n_l \times n_l}", "columns", [r"W^{l} is n_l × n_{l-1} in columns, and n_l × n_l stands under it"]),
        (r"\underbrace{(a^{l-1})^{\mathsf T}}_{n_{l-1} \times m} \, \underbrace{\delta^{l}}_{m \times n_l}", "rows", []),
        (r"\underbrace{b^{l}}_{m}", "rows", [r"b^{l} is n_l in rows, and m stands under it"]),
        (r"\underbrace{A}_{n_l \times m} \, \underbrace{B}_{n_l \times m}", "rows", ["n_l × m times n_l × m"]),
        (r"\underbrace{A}_{n_l \times m} \odot \underbrace{B}_{n_l \times m}", "rows", []),
        (r"C \ne \underbrace{A}_{n_l \times m} \, \underbrace{B}_{n_l \times m}", "rows", []),
        (r"\underbrace{x_i}_{\partial z_j / \partial W_{ij}}", "rows", []),
    ],
)  # fmt: skip
def test_shapes_under_a_formula_are_those_of_its_layout(tex, layout, wrong):
    assert wrong_marks(tex, layout) == wrong


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_a_wrong_shape_under_a_formula_stops_the_build(builder, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Good\n")
    (tmp_path / "docs" / "broken.md").write_text(
        '# Bad\n\n=== "Rows"\n\n    $$\n    \\underbrace{a^{l}}_{n_l \\times m}\n    $$\n'
    )
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: t\ntheme: {name: material}\nmarkdown_extensions:\n  - pymdownx.tabbed: {alternate_style: true}\n"
        "  - website.extensions.layouts\n  - website.extensions.shape_marks\n  - website.extensions.katex\n"
    )
    done = run_builder(builder, tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode != 0
    assert "broken.md" in done.stderr
    assert "a^{l} is m × n_l in rows, and n_l × m stands under it" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Let $z = W a + b$ be.", ["z = W a + b"]),
        (r"Take $(W^{l+1})^{\mathsf T} \delta^{l+1}$.", [r"(W^{l+1})^{\mathsf T} \delta^{l+1}"]),
        (r"$\mathsf T$ swaps: $A^{\mathsf T}$ is $A$ transposed.", []),
        ("$$\n\\underbrace{z^{l}}_{n_l \\times m}\n$$", [r"\underbrace{z^{l}}_{n_l \times m}"]),
        ("$$\n\\underbrace{z^{l}}_{n_l}\n$$", []),
        ("```pycon\n>>> W @ a\n```", ["@"]),
        ("```pycon\n>>> from backprop import quadratic, sigmoid\n```", ["from backprop import quadratic"]),
        ("```pycon\n>>> from backprop import sigmoid\n```", []),
        ("```python\nW @ a\n```", []),
        ("| a | b |\n| --- | --- |\n| `(n, m)` | x |", ["(n, m)"]),
        ('=== "Columns"\n\n    $z = W a$\n\n=== "Rows"\n\n    $z = a W$\n', []),
        ('=== "Both"\n\n    $W a$ or $a W$\n', []),
    ],
)
def test_what_depends_on_the_layout_is_found(text, words):
    assert [found for _, found in unmarked(text)] == words


def test_a_page_that_does_not_say_its_layout_stops_the_build(tmp_path):
    copy_of_the_tree(tmp_path)
    (tmp_path / "docs" / "look-up" / "notation.md").write_text("# Notation\n\nLet $z = W a + b$ be.\n")
    done = run_builder("mkdocs", tmp_path)
    assert done.returncode != 0
    assert 'docs/look-up/notation.md, line 3: "z = W a + b" depends on the layout.' in done.stderr


# ---- The reader's choice

SEEN = """() => [...document.querySelectorAll(".layout")]
    .filter((one) => one.checkVisibility()).map((one) => one.dataset.layout)"""


def seen(page):
    """Return the layouts of which something is shown, in the order of their names."""
    return sorted(set(page.evaluate(SEEN)))


def choice(page, name, where=".md-header"):
    return page.locator(where).get_by_role("radio", name=name)


@pytest.fixture
def page(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_choice_on_the_first_page_holds_on_the_others_and_is_remembered(page, address):
    page.goto("")
    assert seen(page) == ["columns"] and page.url == address
    question = page.get_by_role("radiogroup", name="How do you keep your examples?")
    question.get_by_role("radio", name="Rows").check()
    assert seen(page) == ["rows"]
    assert choice(page, "Rows").is_checked()
    page.evaluate("window.same = true")
    turn(page, "learn/bp2-hidden-error/")
    assert page.evaluate("window.same")  # nothing was loaded anew
    assert seen(page) == ["rows"]
    assert page.url.endswith("/learn/bp2-hidden-error/?layout=rows")
    page.reload()
    assert seen(page) == ["rows"] and choice(page, "Rows").is_checked()
    page.goto("look-up/sum-or-mean/")
    assert seen(page) == ["rows"]
    choice(page, "Columns").check()
    assert seen(page) == ["columns"] and page.url.endswith("?layout=columns")


def test_a_link_carries_the_choice(page):
    page.goto("learn/bp2-hidden-error/?layout=rows")
    assert seen(page) == ["rows"] and choice(page, "Rows").is_checked()
    page.goto("learn/bp2-hidden-error/")
    assert seen(page) == ["rows"]
    page.goto("learn/bp2-hidden-error/?layout=columns#example")
    assert seen(page) == ["columns"] and page.url.endswith("?layout=columns#example")
    page.goto("learn/bp2-hidden-error/?layout=neither")
    assert seen(page) == ["columns"]


def test_the_choice_can_be_made_by_keyboard(page):
    page.goto("learn/bp2-hidden-error/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.md-header .layout-choice input')"):
            break
    page.keyboard.press("ArrowRight")
    assert seen(page) == ["rows"]
    page.keyboard.press("ArrowLeft")
    assert seen(page) == ["columns"]


def test_a_reader_of_rows_finds_no_columns_in_the_course(page):
    page.goto("")
    choice(page, "Rows").check()
    course = [
        source for section, source in outputs.pages(load_config(str(ROOT / "mkdocs.yml")).nav) if section == "Learn"
    ]
    both = 0
    for again in (False, True):
        for source in [*course, "look-up/cheat-sheet.md"]:
            path = source.removesuffix(".md") + "/"
            if again:
                page.goto(path)
            else:
                turn(page, path)
            assert seen(page) in ([], ["rows"]), path
            both += page.locator('.layout[data-layout="columns"]').count() > 0
    assert both > 20


def test_an_example_runs_in_its_own_layout(page):
    page.goto("learn/bp2-hidden-error/?layout=rows")
    shown = [number for number in range(4) if block(page, number).is_visible()]
    assert shown == [2, 3]
    assert run(page, 3) == ("matches", "✓ The output is as printed.")
    assert [block(page, number).get_attribute("data-live") for number in range(3)] == [None, None, None]


def test_without_javascript_both_are_there_with_their_names(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "learn/bp2-hidden-error/?layout=rows")
    assert page.locator(".layout-choice").count() == 0
    for one in page.locator(".layout").all():
        assert one.is_visible()
        assert one.locator(".layout-name").inner_text().lower() == one.get_attribute("data-layout")
    context.close()


def test_on_paper_is_the_layout_that_was_chosen_and_its_name(page):
    page.goto("learn/bp2-hidden-error/?layout=rows")
    page.emulate_media(media="print")
    assert seen(page) == ["rows"]
    assert not page.locator(".layout-choice").first.is_visible()
    assert page.locator(".layout-name", has_text="Rows").first.is_visible()
