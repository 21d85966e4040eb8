"""Wrong or right?, in a real browser."""

import numpy as np
import pytest
from reading import COLD, instrument

from website.pages.instruments.quiz import QUESTIONS


def test_the_quiz_agrees_with_the_answers_of_the_build(book):
    quiz = instrument(book, "learn/wrong-or-right/")
    questions = quiz.locator(".live-quiz > li")
    answers = [text.lower() for text in quiz.locator("details td:nth-child(2)").all_text_contents()]
    assert len(answers) == questions.count() > answers.count("right") > 3
    for k, answer in enumerate(answers):
        picked = "Right" if k % 2 else "Wrong"
        questions.nth(k).get_by_role("button", name=picked).click()
        said = questions.nth(k).get_by_role("status")
        said.get_by_text("200 steps").wait_for(timeout=COLD)
        yes = "✓ Yes" if picked.lower() == answer else "No"
        assert said.inner_text().startswith(f"{yes}, it is {answer}. ")


@pytest.mark.parametrize(("equation", "formula", "by_rows"), QUESTIONS, ids=[one[1] for one in QUESTIONS])
def test_a_formula_of_the_quiz_is_the_same_in_both_layouts(equation, formula, by_rows):
    rng = np.random.default_rng(0)
    names = ("delta", "delta_next", "W_next", "sigma_prime_z", "a_prev", "dC_da")
    arrays = {name: rng.normal(size=(3, 3) if name == "W_next" else (3, 8)) for name in names}
    in_rows = {name: array.T for name, array in arrays.items()}
    np.testing.assert_allclose(eval(by_rows, {"np": np}, in_rows), eval(formula, {"np": np}, arrays).T, rtol=1e-12)
