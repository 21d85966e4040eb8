"""What teachers take from the book: exercises whose answers are here and not on the site, slides, the list of exercises, the citation."""

import doctest
import re
from pathlib import Path

import pytest
import yaml

from website.pages import teaching

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/use/teachers.md").read_text(encoding="utf-8")
ANSWERS = (ROOT / "tests/teachers/answers.md").read_text(encoding="utf-8")
FOLDED = (ROOT / "docs/learn/exercises.md").read_text(encoding="utf-8")
TAB = r'^( *)=== "(Columns|Rows)"\n((?:\1    .*\n|\n)*)'


def sections(text):
    """Return what is under each heading of an exercise, without its anchor."""
    parts = re.split(r"^### (.*?)(?: \{#[\w-]+\})?$", text, flags=re.MULTILINE)
    return {title: re.split(r"^## ", body, flags=re.MULTILINE)[0] for title, body in zip(parts[1::2], parts[2::2])}


ASKED, ANSWERED, EXERCISES = sections(PAGE), sections(ANSWERS), sections(FOLDED)


# ---- Exercises without answers


def test_each_exercise_for_teachers_has_its_answer_and_there_is_no_other():
    assert list(ASKED) == list(ANSWERED)
    assert len(ASKED) >= 10


@pytest.mark.parametrize("title", ANSWERED)
def test_an_answer_ends_in_code_that_runs(title):
    assert ">>> " in ANSWERED[title]


@pytest.mark.parametrize("title", ASKED)
def test_an_exercise_names_its_page_and_tells_no_answer(title):
    asked = ASKED[title]
    page = re.match(r"\n\n\*Page: \[.*\]\(\.\./(learn/[\w.-]+\.md)\)", asked)
    assert page and page[1] in {source for source, _, _ in teaching.course()}
    assert ">>>" not in asked and "???" not in asked
    # The answer may show the code of the statement again.
    told = {line.strip() for line in ANSWERED[title].splitlines() if len(line) > 30} - set(
        map(str.strip, asked.splitlines())
    )
    assert not [line for line in told if line in PAGE]


def test_the_pages_of_the_exercises_differ():
    pages = re.findall(r"^\*Page: .*\((.*)\)", PAGE, re.MULTILINE)
    assert len(set(pages)) == len(ASKED)


# ---- Each layout by itself


def in_layout(text, layout):
    """Return a text without the tabs of the other layout, also of those inside a folded answer."""

    def kept(match):
        return match[3] if match[2].lower() == layout else ""

    return re.sub(TAB, kept, text, flags=re.MULTILINE)


@pytest.mark.parametrize("layout", ["columns", "rows"])
@pytest.mark.parametrize("text", [FOLDED, ANSWERS], ids=["exercises", "answers"])
def test_the_examples_of_one_layout_run_without_those_of_the_other(text, layout):
    alone = in_layout(text, layout)
    assert ("import backprop as bp" in alone) == (layout == "columns")
    assert ("from backprop import rows as bp" in alone) == (layout == "rows")
    test = doctest.DocTestParser().get_doctest(alone, {"__name__": "__main__"}, layout, layout, 0)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert said == []


# ---- Exercises with answers


@pytest.mark.parametrize("title", EXERCISES)
def test_a_folded_answer_ends_in_code_that_runs(title):
    answer = EXERCISES[title].partition('??? success "Answer"\n')[2]
    assert ">>> " in answer


def test_the_exercises_are_numbered_and_each_is_in_the_table_of_the_teachers():
    assert [int(title.partition(".")[0]) for title in EXERCISES] == list(range(1, 34))
    table = teaching.exercises_by_page()
    assert [title for title in EXERCISES if f"[{title}]" not in table] == []


def test_each_exercise_to_which_a_page_of_the_course_refers_is_in_its_line():
    lines = {line.split("](../")[1].split(")")[0]: line for line in teaching.exercises_by_page().splitlines()[2:]}
    anchors = set(re.findall(r"^### .*\{#([\w-]+)\}$", FOLDED, re.MULTILINE))
    seen = 0
    for source, _, text in teaching.course():
        if source != "learn/exercises.md":
            linked = (
                set(re.findall(r"exercises\.md#([\w-]+)", text)) | set(re.findall(r"\]\[([\w-]+)\]", text)) & anchors
            )
            assert [anchor for anchor in linked if f"exercises.md#{anchor})" not in lines[source]] == [], source
            seen += len(linked)
    assert seen > 30


# ---- Slides and citation


def test_each_page_of_the_course_that_asks_a_question_has_a_slide():
    slides = teaching.slides()
    titles = re.findall(r"^## (.*)$", slides, re.MULTILINE)
    assert titles == [title for _, title, text in teaching.course() if re.search(r"^> ", text, re.MULTILINE)]
    for slide in re.split(r"^## ", slides, flags=re.MULTILINE)[1:]:
        title, question, answer, *_ = slide.split("\n\n")
        assert question.startswith("> "), title
        assert re.search(r"[.?!](?:\*\*)?$", answer), title
        assert not answer.startswith("**Step"), title


def test_a_chapter_of_an_equation_has_its_figure_and_its_formula_on_its_slide():
    slides = dict(re.findall(r"^## (BP\d).*\n((?:(?!## ).*\n)*)", teaching.slides(), re.MULTILINE))
    assert list(slides) == ["BP1", "BP2", "BP3", "BP4"]
    for name, slide in slides.items():
        assert "](figure:" in slide and f"\\tag{{{name}}}" in slide


def test_the_links_of_a_page_do_not_lead_astray_from_its_slide():
    links = re.findall(r"(?<!!)\[[^\[\]]+\]\(([^()]+)\)", teaching.slides())
    assert set(links) == {f"../{source}" for source, _, text in teaching.course() if teaching.opening(text)}


def test_the_citation_has_the_title_and_the_address_of_citation_cff():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    entry = teaching.citation()
    assert f"{{{{{cited['title']}}}}}," in entry
    assert f"{{{cited['url']}}}" in entry
    assert all(f"{{{author['name']}}}" in entry for author in cited["authors"])
    assert entry.count("{") == entry.count("}")
