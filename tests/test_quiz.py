"""Wrong or right?, in a real browser, and the answers that it gives without Python."""

import re
from pathlib import Path

import numpy as np
import pytest
from building import RUNS_OVER
from reading import COLD, instrument, turn
from test_access import AXE

from website.pages.in_browser import judge
from website.pages.instruments.quiz import QUESTIONS, in_words, judged

PAGE = "learn/wrong-or-right/"
ROOT = Path(__file__).parent.parent
IDS = [question.columns for question in QUESTIONS]
VERDICTS = ["right" if judged(question)[0]["ok"] else "wrong" for question in QUESTIONS]


# ---- What the build measures


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
def test_a_formula_of_the_quiz_is_the_same_in_both_layouts(question):
    rng = np.random.default_rng(0)
    names = ("delta", "delta_next", "W_next", "sigma_prime_z", "a_prev", "dC_da")
    arrays = {name: rng.normal(size=(3, 3) if name == "W_next" else (3, 8)) for name in names}
    in_rows = {name: array.T for name, array in arrays.items()}
    by_rows, by_columns = (
        eval(one, {"np": np}, given) for one, given in ((question.rows, in_rows), (question.columns, arrays))
    )
    np.testing.assert_allclose(by_rows, by_columns.T, rtol=1e-12)
    columns, rows = judged(question)
    assert (columns["ok"], columns["losses"]) == (rows["ok"], rows["losses"])


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
def test_the_loss_falls_and_where_a_wrong_formula_trains_as_well_the_answer_says_why(question):
    found = judged(question)[0]
    loss, right = found["losses"]
    assert loss[-1] < loss[0] == right[0]
    assert bool(question.why_it_trains) == (not found["ok"] and loss[-1] <= right[-1])
    assert found["ok"] == (loss == right)


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
def test_a_mistake_that_has_a_page_leads_to_it(question):
    found = judged(question)[0]
    if mistake := found.get("mistake"):
        assert f"look-up/mistakes/{mistake.replace('_', '-')}.md" in question.pages
    assert not re.search(r"_\w+ gives", " ".join(found["said"]))


def test_the_questions_in_words_hold_every_formula_and_no_answer():
    lines = in_words().splitlines()
    assert len(lines) == len(QUESTIONS)
    for line, question in zip(lines, QUESTIONS):
        assert question.columns in line and question.rows in line
        assert not re.search("wrong|right", line)


@pytest.mark.parametrize(
    ("equation", "formula", "words"),
    [
        ("BP4", "delta @ a_prev", "The shapes do not fit: delta has shape (3, 8) and a_prev has shape (3, 8)."),
        ("BP4", "dC_dW = delta @ a_prev.T", "Write only what is to the right of the equals sign."),
        ("BP4", "delta @", "Python cannot read this formula"),
        ("BP4", "delta", "The formula gives an array of shape (3, 8). BP4 needs (3, 3)."),
        ("BP2", "W @ delta_next", "There is no W here. BP2 may use W_next, delta_next, sigma_prime_z and np."),
        ("BP2", "np.linalg.inv(0 * W_next) @ delta_next", "Singular matrix"),
        ("BP3", "delta.sum(axis=3)", "Python stops with AxisError"),
        ("BP3", "'delta'", "and not an array of real numbers"),
        ("BP1", "1j * dC_da", "and not an array of real numbers"),
    ],
)
def test_a_formula_that_cannot_be_measured_says_why(equation, formula, words):
    assert words in judge(equation, formula)["error"]


def test_a_loss_that_is_no_number_can_be_sent_to_the_page():
    found = judge("BP3", "delta.sum(axis=1) / 0")
    assert found["losses"][0][-1] is None and not found["ok"]


# ---- On the page


@pytest.fixture
def quiz(book):
    """Open the quiz as if for the first time."""
    turn(book, "look-up/shape-calculator/")
    book.evaluate("sessionStorage.clear()")
    found = instrument(book, PAGE)
    found.and_(book.locator(".playing")).wait_for()
    return found


def shown(quiz):
    return quiz.locator(".quiz-cards > li:visible")


def press(quiz, name):
    quiz.get_by_role("button", name=name, exact=True).click()


def choose(quiz, verdict):
    shown(quiz).get_by_role("button", name=f"It is {verdict}").click()


def at(quiz):
    return quiz.locator(".quiz-count span").all_inner_texts()


def test_every_answer_comes_at_once_and_is_what_the_library_measures(quiz, requests):
    requests.clear()
    for number, (question, verdict) in enumerate(zip(QUESTIONS, VERDICTS), 1):
        assert shown(quiz).count() == 1
        assert question.columns in shown(quiz).locator(".quiz-formula").inner_text()
        assert not shown(quiz).locator(".quiz-answer").is_visible()
        choose(quiz, "right" if number % 2 else "wrong")
        guessed = "✓ Correct" if (verdict == "right") == bool(number % 2) else "✗ Not correct"
        assert shown(quiz).locator(".quiz-verdict").inner_text() == f"{guessed}: this formula is {verdict}."
        assert shown(quiz).locator("svg path").count() == (2 if verdict == "right" else 3)
        assert shown(quiz).get_by_text("Why is the loss lower").is_visible() == bool(question.why_it_trains)
        for link in shown(quiz).locator(".quiz-read a").all():
            assert quiz.page.request.get(link.evaluate("link => link.href")).ok
        press(quiz, "Next" if number < len(QUESTIONS) else "See the result")
    assert not [url for url in requests if "pyodide" in url]
    correct = [verdict == ("right" if k % 2 else "wrong") for k, verdict in enumerate(VERDICTS, 1)]
    assert quiz.get_by_text(f"Your score: {sum(correct)} of {len(QUESTIONS)}").is_visible()
    assert quiz.locator(".quiz-result li").count() == correct.count(False)
    assert quiz.locator(".quiz-result li a").count() >= correct.count(False)


def test_the_score_counts_the_first_answer(quiz):
    choose(quiz, VERDICTS[0])
    assert at(quiz) == [f"Question 1 of {len(QUESTIONS)}", "1 of 1 correct so far"]
    shown(quiz).get_by_role("button", name="It is wrong").click(force=True)
    press(quiz, "Next")
    choose(quiz, "right" if VERDICTS[1] == "wrong" else "wrong")
    assert at(quiz) == [f"Question 2 of {len(QUESTIONS)}", "1 of 2 correct so far"]
    names = [dot.get_attribute("aria-label") for dot in quiz.get_by_role("radio").all()]
    assert names[:3] == ["Question 1, correct", "Question 2, not correct", "Question 3, not answered"]


def test_a_reload_keeps_the_place_and_the_answers_and_start_again_forgets_them(quiz):
    choose(quiz, "wrong")
    press(quiz, "Next")
    assert quiz.page.url.endswith("#question-2")
    quiz.page.reload()
    quiz.and_(quiz.page.locator(".playing")).wait_for()
    assert at(quiz) == [f"Question 2 of {len(QUESTIONS)}", "0 of 1 correct so far"]
    press(quiz, "Back")
    assert shown(quiz).locator(".quiz-answer").is_visible()
    press(quiz, "Start again")
    assert at(quiz) == [f"Question 1 of {len(QUESTIONS)}", ""]
    assert not shown(quiz).locator(".quiz-answer").is_visible()


def test_shuffle_shows_the_same_questions_in_another_order_and_keeps_the_answers(quiz):
    quiz.page.evaluate("Math.random = () => 0")
    choose(quiz, VERDICTS[0])
    press(quiz, "Shuffle")
    seen = []
    for _ in QUESTIONS:
        seen.append(shown(quiz).get_attribute("id"))
        quiz.get_by_role("button", name=re.compile("Next|See the result")).click()
    assert seen == [f"question-{k}" for k in (*range(2, len(QUESTIONS) + 1), 1)]
    assert quiz.get_by_text(f"{len(QUESTIONS) - 1} questions are not answered yet.").is_visible()
    press(quiz, "Go on")
    assert at(quiz)[1] == "1 of 1 correct so far"


def test_an_address_names_its_question(quiz):
    page = quiz.page.context.new_page()
    page.goto(PAGE + "#question-8")
    page.locator(".playing").wait_for()
    assert at(page.locator(".quiz"))[0].startswith("Question 8 of")
    page.close()


def test_the_keyboard_alone_answers_and_goes_on(quiz):
    page = quiz.page
    focused = "document.activeElement.classList[0]"
    shown(quiz).get_by_role("button", name="It is right").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "quiz-verdict"
    while page.evaluate("document.activeElement.textContent") != "Next":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "quiz-asked"
    assert at(quiz)[0].startswith("Question 2 of")
    quiz.get_by_role("radio").nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert at(quiz)[0].startswith("Question 3 of")
    assert page.evaluate("document.activeElement.value") == "question-3"


# ---- Measure it yourself


def measured(quiz, equation, formula):
    """Let the library measure a formula; return what it says."""
    own = quiz.locator(".quiz-own")
    if own.get_attribute("open") is None:
        own.locator("summary").click()
    own.get_by_label("In the place of").select_option(equation)
    own.get_by_label("Formula").fill(formula)
    own.get_by_label("Formula").press("Enter")
    own.and_(quiz.page.locator("[data-live]")).wait_for(timeout=2 * COLD)
    return own.inner_text()


def test_a_formula_of_ones_own_is_measured(quiz):
    assert "loads Python once" in quiz.locator(".quiz-own button").text_content()
    told = measured(quiz, "BP4", "np.tensordot(delta, a_prev, (1, 1))")
    assert "This formula is right." in told and "All 24 derivatives agree" in told
    told = measured(quiz, "BP2", "W_next @ delta_next * sigma_prime_z")
    assert "This formula is wrong." in told and "The derivatives for W1 and b1 differ" in told
    assert quiz.locator(".quiz-measured a").inner_text() == "The transpose is missing in the backward pass"
    assert quiz.locator(".quiz-measured svg path").count() == 3
    assert "this is no proof" not in told
    told = measured(quiz, "BP1", "dC_da")
    assert "to 0.009." in told and "this is no proof" in told
    told = measured(quiz, "BP4", "delta @ a_prev")
    assert "The shapes do not fit: delta has shape (3, 8)" in told
    assert not quiz.locator(".quiz-measured").is_visible()


def test_a_formula_of_ones_own_is_for_the_readers_layout(quiz):
    page = quiz.page
    try:
        page.get_by_role("radio", name="Rows").first.check()
        quiz.locator(".quiz-own summary").click()
        assert quiz.locator(".quiz-own").get_by_label("Formula").input_value() == QUESTIONS[0].rows
        assert "This formula is right." in measured(quiz, "BP4", "a_prev.T @ delta")
        assert "BP4 needs (3, 3)" in measured(quiz, "BP4", "delta")
        assert "delta has shape (8, 3)" in measured(quiz, "BP4", "delta @ a_prev")
    finally:
        page.get_by_role("radio", name="Columns").first.check()


# ---- For everybody


def test_without_javascript_every_question_is_there_with_its_answer_folded(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGE)
    cards = page.locator(".quiz-cards > li")
    assert cards.count() == len(QUESTIONS)
    for card, question, verdict in zip(cards.all(), QUESTIONS, VERDICTS):
        for formula in (question.columns, question.rows):
            assert formula in " ".join(card.locator(".quiz-formula").inner_text().split())
        assert not card.locator(".quiz-verdict").is_visible()
        card.locator("summary").click()
        assert card.locator(".quiz-verdict").inner_text() == f"This formula is {verdict}."
    assert page.locator(".quiz button:visible").count() == 0
    context.close()


def test_on_paper_are_all_questions_and_no_answers(quiz):
    choose(quiz, "wrong")
    quiz.page.emulate_media(media="print")
    assert quiz.locator(".quiz-cards > li:visible").count() == len(QUESTIONS)
    assert quiz.locator(":is(.quiz-answer, button, details):visible").count() == 0
    assert quiz.get_by_text("The answers are at").is_visible()
    quiz.page.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_answer_and_a_phone_shows_all_of_it(browser, address, scheme):
    page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page.add_init_script(path=ROOT / "website" / "node_modules" / "axe-core" / "axe.min.js")
    for path in (PAGE + "#question-9", "look-up/mistakes/"):
        page.goto(address + path)
        if path.startswith(PAGE):
            quiz = page.locator(".quiz.playing")
            choose(quiz, "wrong")
            quiz.locator(".quiz-own summary").click()
            for target in quiz.locator(":is(button, select, input, .quiz-dots label):visible").all():
                assert min(target.bounding_box()["height"], target.bounding_box()["width"]) >= 43.5
        assert not page.evaluate(RUNS_OVER)
        assert page.evaluate(AXE, {"within": [".quiz", ".cards"]}) == []
    page.close()
