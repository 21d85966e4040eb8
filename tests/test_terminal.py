"""A chapter reads well in a terminal: every docstring, with every formula in Unicode and nothing lost."""

import inspect
import re
import unicodedata
from pathlib import Path

import pytest

import backprop
from backprop import _terminal, layers, rows
from backprop.__main__ import main
from backprop._address import BOOK
from backprop._messages import pages as error_pages
from backprop._unicode_math import display, inline

PUBLIC = {*backprop.__all__, *(f"rows.{name}" for name in rows.OWN)}
OF_LAYERS = {f"layers.{name}" for name in layers.__all__}
TOPICS = _terminal.topics()
DOCSTRINGS = {name: inspect.getdoc(topic.value if topic.name else topic.module) for name, topic in TOPICS.items()}
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
WITHIN = re.compile(r"`[^`]*`|\$([^$]+)\$")
CODE = re.compile(r"```.*?\n(.*?)\n*```", re.DOTALL)
WIDTH = 80
ERRORS = Path(__file__).parent.parent / "docs" / "look-up" / "errors"


def formulas(text):
    """Return the formulas of a docstring: those that stand alone, and those within a line."""
    text = CODE.sub("", text)
    return DISPLAYED.findall(text), [tex for tex in WITHIN.findall(DISPLAYED.sub("", text)) if tex]


def test_every_public_name_every_chapter_and_every_tag_can_be_asked_for():
    assert PUBLIC | OF_LAYERS | {"BP1", "BP2", "BP3", "BP4", "FF", "costs", "rows"} <= set(TOPICS)
    assert [name for name in TOPICS if name.startswith(("_", "layers._"))] == []
    assert TOPICS["layers.dense"].module is layers.dense_layer
    assert [name for name, text in DOCSTRINGS.items() if not text] == []


def test_no_formula_keeps_a_backslash():
    above, within = formulas("\n\n".join(DOCSTRINGS.values()))
    assert len(above) > 30 and len(within) > 300
    for text in [*map(display, above), *map(inline, within)]:
        assert text.strip()
        assert not re.search(r"[\\{}$]|\^(?!\()|_(?![(A-Zcdqwz])", text), text  # Unicode has no low q


def test_no_letter_of_a_formula_is_lost():
    commands = re.compile(r"\\(begin|end)\{\w+\}|\\\\\[\d+pt\]|\\[A-Za-z]+|\\.|[{}^_&$'\s]|−")
    for text in DOCSTRINGS.values():
        above, within = formulas(text)
        for tex, shown in [(tex, display(tex)) for tex in above] + [(tex, inline(tex)) for tex in within]:
            shown = unicodedata.normalize("NFKD", shown).replace("½", "12").replace("⁄", "")
            kept = sorted(re.findall("[A-Za-z0-9]", commands.sub("", re.sub(r"\\(max|cosh|tanh|ln)", "", tex))))
            assert kept == sorted(re.findall("[A-Za-z0-9]", re.sub("(?<!soft)max|cosh|tanh|ln", "", shown))), tex


@pytest.mark.parametrize("name", TOPICS)
def test_a_docstring_fits_the_terminal_and_keeps_its_code(name):
    both = {layout: _terminal.legible(DOCSTRINGS[name], WIDTH, layout) for layout in ("columns", "rows")}
    lines = {layout: [line.strip() for line in shown.splitlines()] for layout, shown in both.items()}
    code = [line.strip() for block in CODE.findall(DOCSTRINGS[name]) for line in block.splitlines()]
    assert [line for line in code if line not in lines["columns"] + lines["rows"]] == []
    for shown in both.values():
        assert "$" not in shown and "```" not in shown and "][" not in re.sub(r"[>\])]*\]\[[\w:,. -]*\]", "", shown)
        assert not re.search(r"^\s*(===|\?\?\?)|figure:", shown, re.MULTILINE)
        for line in shown.splitlines():
            wide = sum(not unicodedata.combining(character) for character in line)
            assert wide <= WIDTH or line.strip() in DOCSTRINGS[name], line


def test_a_table_is_wrapped_only_where_it_does_not_fit():
    table = "| a | b |\n| --- | --- |\n| one two three four | five six |"
    assert _terminal.legible(table, 28).splitlines()[2:] == ["one two three four  five six"]
    assert _terminal.legible(table, 27).splitlines()[2:] == ["one two three      five six", "four"]


def test_a_chapter_is_shown_in_one_layout(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    said = {}
    for flags in ([], ["--rows"]):
        main(["why", "BP2", *flags])
        said[bool(flags)] = capsys.readouterr().out
    for in_rows, text in said.items():
        assert ("from backprop.rows import hidden_error" in text) is in_rows
        assert ("    >>> from backprop import hidden_error" in text.splitlines()) is not in_rows
        assert ("\nrows.hidden_error(W_next" in text) is in_rows
    assert "m × nₗ     m × nₗ₊₁  nₗ₊₁ × nₗ     m × nₗ" in said[True]
    # What holds for both is there in both.
    assert all("Step 1: follow every path." in text for text in said.values())


def test_what_help_prints_is_legible_as_it_stands():
    for name in PUBLIC - {"rows"}:
        assert "$$" not in DOCSTRINGS[name] and "```" not in DOCSTRINGS[name], name
        assert max(map(len, formulas(DOCSTRINGS[name])[1]), default=0) < 60, name


@pytest.mark.parametrize(
    "name", ["hidden_error", "backprop.hidden_error", "BP2", "bp2", "bp2_hidden_error", "bp2-hidden-error"]
)
def test_every_way_to_ask_gives_the_chapter_and_the_card(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main(["why", name])
    said = capsys.readouterr().out
    for line in (
        "backprop.bp2_hidden_error",
        "      δˡ   = (  (Wˡ⁺¹)ᵀ     δˡ⁺¹   ) ⊙ σ′(zˡ)     (BP2)",
        "      ╰╯        ╰─────╯     ╰──╯       ╰────╯",
        "    nₗ × m     nₗ × nₗ₊₁  nₗ₊₁ × m     nₗ × m",
        "hidden_error(W_next, delta_next, sigma_prime_z)",
        "    array([ 0.03125,  0.     , -0.09375])",
        "array([1., 0.])",
    ):
        assert line in said.splitlines()


@pytest.mark.parametrize("page", error_pages.names())
def test_a_page_about_an_error_fits_the_terminal_and_keeps_its_code(page):
    source = (ERRORS / f"{'index' if page == 'errors' else page}.md").read_text(encoding="utf-8")
    text = error_pages.text(page)
    shown = {layout: _terminal.legible(text, WIDTH, layout) for layout in ("columns", "rows")}
    lines = {line.strip() for each in shown.values() for line in each.splitlines()}
    code = [
        line.strip()
        for block in re.findall(r"^ *```\w+\n(.*?)^ *```$", source, re.M | re.S)
        for line in block.splitlines()
    ]
    assert [line for line in code if line not in lines] == []
    for each in shown.values():
        assert each.startswith(re.search(r"^# (.+?) \{#", source, re.MULTILINE)[1].replace("\\*", "*"))
        assert not re.search(r"\]\([^)\s]+\)|\{#|^\s*(===|\?\?\?|!!!|```)|\$\$", each, re.MULTILINE)
        for line in each.splitlines():
            assert len(line) <= WIDTH or line.strip() in code or " " not in line.strip("> "), line


def test_there_are_pages_about_errors_and_none_is_called_as_a_chapter_is():
    assert error_pages.names() == sorted({path.stem for path in ERRORS.glob("*.md")} - {"index"} | {"errors"})
    assert {name.replace("-", "_") for name in error_pages.names()} & {name.lower() for name in TOPICS} == set()


@pytest.mark.parametrize(
    "asked", ["labels", "look-up/errors/labels", "look-up/errors/labels/", f"{BOOK}look-up/errors/labels/"]
)
def test_every_way_to_ask_gives_the_page(asked, capsys):
    main(["why", asked])
    said = capsys.readouterr().out
    assert said.startswith("Class labels instead of one-hot columns\n───")
    assert "A label is out of bounds\n───" in said


def test_an_address_with_a_heading_gives_this_part_of_the_page(capsys):
    main(["why", f"{BOOK}look-up/errors/labels/#range"])
    said = capsys.readouterr().out
    assert said.startswith("A label is out of bounds\n───")
    assert said.count("\n──") == 1


def test_a_comment_in_code_ends_no_part_of_a_page(tmp_path, monkeypatch):
    code = "```python\n# Not a heading\ny = np.eye(3)[y]\n```"
    (tmp_path / "own.md").write_text(f"# Own {{#own}}\n\n## Part {{#part}}\n\n{code}\n\n## Next {{#next}}\n", "utf-8")
    monkeypatch.setattr(error_pages, "FOLDERS", (tmp_path,))
    assert error_pages.text("own#part").rstrip() == f"## Part\n\n{code}"


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("labels#nowhere", "the page labels has no heading nowhere"),
        (f"{BOOK}look-up/loss-nan/", "this page does not come with the package; those that do: bias-not-summed, "),
    ],
)
def test_a_page_that_is_not_here_gets_one_line(asked, complaint, capsys):
    with pytest.raises(SystemExit) as end:
        main(["why", asked])
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert said.err.startswith(f"python -m backprop why: {complaint}")
    assert said.err.count("\n") == 1


def test_an_unknown_name_gets_one_line_with_what_is_near(capsys):
    with pytest.raises(SystemExit) as end:
        main(["why", "hiden_error"])
    assert end.value.code == 2
    assert capsys.readouterr() == (
        "",
        "python -m backprop why: there is no 'hiden_error'; near: hidden_error, bp2_hidden_error, rows.hidden_error\n",
    )


@pytest.mark.parametrize(
    ("tex", "shown"), [("W_q + W_{qk}", "W_q + W_(qk)"), ("x^T + x^{TT}", "x^T + x^(TT)"), ("|a - y|", "|a − y|")]
)
def test_a_formula_in_one_line(tex, shown):
    assert inline(tex) == shown


def test_an_unknown_command_is_an_error_and_no_backslash():
    for unknown in (r"\dleta", r"\begin"):
        with pytest.raises(ValueError, match=rf"^\{unknown} is not known here"):
            inline(rf"{unknown}{{vmatrix}} x \end{{vmatrix}}")
