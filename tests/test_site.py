"""The book builds without a warning, and what is built is whole."""

import ast
import inspect
import re
import zlib
from html.parser import HTMLParser
from operator import attrgetter
from pathlib import Path

import markdown
import pytest
from building import run_builder

import backprop
from backprop import layers, rows
from website.extensions.colors import color_code, color_tex
from website.pages.chapter_code import without_docstrings

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "backprop").rglob("*.py"))
# The page of each chapter, by the module that it shows.
CHAPTERS = {
    module[1]: page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if (
        module := re.search(
            r"^::: backprop\.((?:layers\.)?\w+)\n    options: \{show_root_heading: false",
            page.read_text("utf-8"),
            re.MULTILINE,
        )
    )
}
LAYERS = [f"backprop.layers.{name}" for name in layers.__all__]
PUBLIC = [f"backprop.{name}" for name in backprop.__all__] + [f"backprop.rows.{name}" for name in rows.OWN]


@pytest.fixture(scope="session")
def pages(site):
    return {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


def test_no_page_has_a_paragraph_around_a_block_or_a_character_that_nobody_sees(pages):
    wrong = re.compile(r"<p>\s*<(?:h\d|figure|div|table|[uo]l|pre)\b|[\x00-\x08\x0b-\x1f]")
    assert {name: found for name, page in pages.items() if (found := wrong.findall(page))} == {}


def built(page):
    """Return the built file of a page of docs/."""
    folder = page.parent if page.stem == "index" else page.with_suffix("")
    return folder.relative_to(ROOT / "docs").joinpath("index.html").as_posix()


class Page(HTMLParser):
    """The addresses that a page fetches by itself, and its text outside of formulas and code."""

    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, html):
        super().__init__()
        self.open, self.fetched, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("a", "svg") and attributes.get("rel") not in ("canonical", "prev", "next"):
            self.fetched += [attributes[name] for name in ("src", "href", "srcset", "data") if name in attributes]
        if tag not in self.VOID:
            self.open.append((tag, attributes.get("class") or ""))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(tag in ("code", "script", "style") or "formula" in kind for tag, kind in self.open):
            self.text += data


def test_no_page_fetches_anything_from_elsewhere(pages, site):
    for name, html in pages.items():
        fetched = Page(html).fetched
        assert fetched, name
        assert [url for url in fetched if re.match(r"(https?:)?//", url)] == [], name
    for style in site.rglob("*.css"):
        assert re.findall(r"url\(['\"]?(?:https?:)?//[^)]*|@import[^;]*", style.read_text(encoding="utf-8")) == [], (
            style
        )


def test_every_formula_is_rendered(pages):
    for name, html in pages.items():
        assert re.findall(r"\\[(\[]|\$|\\[a-z]{2,}", Page(html).text) == [], name
        assert html.count('class="formula') == html.count("<math "), name
    for chapter in CHAPTERS.values():
        assert 'class="katex-display"' in pages[built(chapter)]


def test_every_public_name_stands_in_the_inventory_once(site):
    _, _, packed = (site / "objects.inv").read_bytes().partition(b"using zlib.\n")
    entries = [line.split(" ") for line in zlib.decompress(packed).decode().splitlines()]
    documented = [entry[0] for entry in entries]
    assert {name: documented.count(name) for name in PUBLIC + LAYERS} == dict.fromkeys(PUBLIC + LAYERS, 1)
    pages = {entry[0]: entry[3].partition("#")[0] for entry in entries}
    assert {pages[name] for name in PUBLIC} == {"use/reference/"}
    assert {pages[name] for name in LAYERS} == {"layers/reference/"}


@pytest.mark.parametrize("name", PUBLIC + [name for name in LAYERS if not name.endswith("Gradients")])
def test_every_function_has_its_errors_and_its_example(name):
    value = attrgetter(name.removeprefix("backprop."))(backprop)
    if inspect.isfunction(value):
        sections = re.findall(r"^ *(\w+)\n *-+$", value.__doc__, re.MULTILINE)
        assert sections == ["Parameters", "Returns", "Raises", "Examples"]
    elif inspect.isclass(value):
        assert re.search(r"^ *Examples\n *-+\n[^#]*>>> ", value.__doc__, re.MULTILINE)


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name not in ("layers", "mistakes", "rows")])
def test_a_chapter_shows_its_code(chapter, pages):
    source = (ROOT / "backprop" / f"{chapter.replace('.', '/')}.py").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>", "", pages[built(CHAPTERS[chapter])].partition('id="in-code"')[2])
    first = next(line for line in without_docstrings(source).splitlines() if line.startswith(("def ", "class ")))
    assert first.replace("'", "&#39;").replace(">", "&gt;") in text, chapter
    assert '"""' not in text


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_a_formula_that_cannot_be_rendered_stops_the_build(builder, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Good\n\nHere $x$ is well.\n")
    (tmp_path / "docs" / "broken.md").write_text("# Bad\n\nHere $\\dleta x$ is not.\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: t\ntheme: {name: material}\nmarkdown_extensions: [website.extensions.katex]\n"
    )
    done = run_builder(builder, tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode != 0
    assert "broken.md" in done.stderr
    assert r"Undefined control sequence: \dleta, in the formula \dleta x" in done.stderr


def test_zensical_builds_the_same_pages(pages, zensical_site):
    for name, html in pages.items():
        other = (zensical_site / name).read_text(encoding="utf-8")
        assert other.count('class="formula') == html.count('class="formula'), name
        assert other.count(' class="c-') == html.count(' class="c-'), name
        assert other.count("Related questions") == html.count("Related questions"), name


@pytest.mark.parametrize(
    ("tex", "colored"),
    [
        (r"\delta^{l}_j", r"{\htmlClass{c-err}{\delta^{l}_j}}"),
        (r"\nabla_a C", r"\nabla_{\htmlClass{c-act}{a}} C"),
        (r"x_a^2", r"x_{\htmlClass{c-act}{a}}^2"),
        (r"(W^{l+1})^{\mathsf T} \delta", r"{\htmlClass{c-wt}{(W^{l+1})^{\mathsf T}}} {\htmlClass{c-err}{\delta}}"),
        (r"\frac{\partial C}{\partial b^{l}}", r"\frac{\partial C}{\partial {\htmlClass{c-bias}{b^{l}}}}"),
        (r"\sigma'(z^{l}_j) \sigma(z)", r"{\htmlClass{c-slope}{\sigma'(z^{l}_j)}} \sigma(z)"),
        (r"\sigma'(W a)", r"{\htmlClass{c-slope}{\sigma'}}({\htmlClass{c-wt}{W}} {\htmlClass{c-act}{a}})"),
        (r"\bar W^{l}", r"{\htmlClass{c-wt}{\bar W^{l}}}"),
        (r"\frac a2", r"\frac {\htmlClass{c-act}{a}}2"),
        (r"\text{a b W} \mathrm{W} \begin{array}", r"\text{a b W} \mathrm{W} \begin{array}"),
        (r"\alpha \beta \tag{BP1}", r"\alpha \beta \tag{BP1}"),
    ],
)
def test_colors_in_formulas(tex, colored):
    assert color_tex(tex) == colored


@pytest.mark.parametrize(
    ("html", "colored"),
    [
        ("<code>W_next[k, j]</code>", '<code><span class="c-wt">W_next</span>[k, j]</code>'),
        ("<code>dC_dW</code>", '<code><span class="c-wt">dC_dW</span></code>'),
        ("<code>(n,) beside a batch</code>", "<code>(n,) beside a batch</code>"),
        ("<code>sigmoid</code>", "<code>sigmoid</code>"),
        ('<span class="n">delta1</span>', '<span class="n"><span class="c-err">delta1</span></span>'),
        ('<span class="n">alpha</span>', '<span class="n">alpha</span>'),
    ],
)
def test_colors_in_code(html, colored):
    assert color_code(html) == colored
    assert color_code(colored) == colored  # a docstring's HTML goes through it twice


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_colors_can_be_read(scheme):
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    style = (ROOT / "docs" / "assets" / "book.css").read_text(encoding="utf-8")
    block = style.partition(f'[data-md-color-scheme="{scheme}"] {{')[2].partition("}")[0]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6});", block))
    inks = ["ink", "ink-soft", "c-err", "c-wt", "c-act", "c-bias", "c-slope"]
    found = {(ink, on): contrast(colors[ink], colors[on]) for ink in inks for on in ("page", "ground")}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < 4.5} == {}


def test_no_text_has_the_color_of_lines():
    """No tool says so of `>>>`: axe takes it for no text."""
    styles = sorted((ROOT / "docs" / "assets").rglob("*.css"))
    found = {
        style.name: re.findall(r"(?<![\w-])color: var\(--ink-faint\)", style.read_text("utf-8")) for style in styles
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_wide_table_names_the_column_in_each_cell():
    table = "| word | one | [two](there) |  three |\n| --- | --- | --- | --- |\n| a | 1 |  | $x$ |\n"
    html = markdown.markdown(table, extensions=["tables", "website.extensions.accessible"])
    names = re.findall(r'<td><span class="column-name" data-search-exclude="">(.*?)</span> (.*?)</td>', html)
    assert names == [("one", "1"), ("three", "$x$")]
    assert "<td>a</td>" in html
    assert "<td></td>" in html
    narrow = markdown.markdown(
        "| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n", extensions=["tables", "website.extensions.accessible"]
    )
    assert "column-name" not in narrow


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_docstring_has_lost_a_backslash(module):
    source = module.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            literal = ast.get_source_segment(source, node.body[0].value)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", node.body[0].value.value), literal
            assert "\\" not in literal or literal.startswith("r"), literal


def test_no_page_quotes_an_error_message_in_its_old_form():
    pages = [*(ROOT / "docs").rglob("*.md"), *MODULES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    old = {
        page.name: re.findall(r"got shapes that do not fit|do not fit, as if", page.read_text("utf-8"))
        for page in pages
    }
    assert len(pages) > 60
    assert {name: found for name, found in old.items() if found} == {}


def test_every_equation_has_the_same_sections():
    wanted = ["Derivation", "Example", "Common mistakes", "Check yourself"]
    for module in MODULES:
        if re.match(r"bp\d_", module.name) and module.parent.name == "backprop":  # those of rows have one chapter
            docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
            assert [title for title in re.findall(r"^# (.*)$", docstring, re.MULTILINE) if title in wanted] == wanted, (
                module.name
            )
