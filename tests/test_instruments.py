"""The instruments in a real browser: the shape calculator, the pass step by step, and the quiz."""

import numpy as np
import pytest
from reading import COLD, turn

from website.pages import widgets


def instrument(page, path):
    turn(page, path)
    return page.locator("[data-instrument]")


def test_the_calculator_by_keyboard(book, address):
    calculator = instrument(book, "look-up/shape-calculator/")
    shapes = calculator.locator("tbody tr:last-child code")
    assert shapes.all_inner_texts() == ["(3, 2)", "(2, 3)"]
    calculator.get_by_label("Sizes").focus()
    book.keyboard.press("Control+a")
    book.keyboard.type("4-3-2")
    book.keyboard.press("Tab")
    book.keyboard.type("5")
    calculator.locator("tr", has_text="δ1").get_by_text("(3, 5)").first.wait_for()
    assert shapes.all_inner_texts() == ["(3, 4)", "(4, 3)"]
    boxes = calculator.locator("tbody tr:last-child i").evaluate_all(
        "all => all.map((one) => [one.clientHeight, one.clientWidth])"
    )
    assert boxes == [[3 * 14, 4 * 14], [4 * 14, 3 * 14]]
    book.keyboard.press("Tab")
    book.keyboard.type("hidden_error: W_next t")
    message = calculator.locator(".live-message")
    message.wait_for(timeout=COLD)
    assert message.inner_text().startswith("hidden_error (BP2): the shape of W_next does not fit the others")
    assert "sizes=4-3-2&examples=5&mistake=transposed" in book.url
    calculator.get_by_label("Sizes").fill("3-3-3")
    calculator.get_by_text("The shapes fit").wait_for(timeout=COLD)
    calculator.get_by_label("Sizes").fill("3")
    calculator.get_by_text("Two to seven sizes").wait_for()


def test_the_address_of_the_calculator_brings_its_sizes(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto("look-up/shape-calculator/#sizes=784-30-10&examples=10&mistake=transposed&layout=rows")
    page.get_by_text("(784, 30)").first.wait_for()
    page.get_by_text("This address means a mistake: choose “hidden_error: W_next transposed”").wait_for()
    assert [url for url in requests[before:] if "pyodide" in url] == []
    page.close()


def test_the_stepper_by_keyboard(book):
    stepper = instrument(book, "learn/step-by-step/")
    steps = stepper.locator(".live-steps > li")
    stepper.get_by_role("button", name="Next").focus()
    seen = []
    for _ in range(steps.count()):
        seen.append(stepper.locator("[aria-current] output:visible").inner_text())
        lit = set(
            stepper.locator("[data-part].lit").evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
        )
        term = set(
            stepper.locator("[aria-current] .live-term, [aria-current] .live-term *").evaluate_all(
                "all => all.map((one) => getComputedStyle(one).color)"
            )
        )
        assert lit == term
        book.keyboard.press("Enter")
    assert seen == [
        *("(0, 1, −1)", "(1/2, 3/4, 1/4)", "(0, 0)", "(1/2, 1/2)", "1/4", "(1/8, −1/8)", "(1/8, −1/8)"),
        *("((1/16, 3/32, 1/32), (−1/16, −3/32, −1/32))", "(1/8, 0, −1/2)", "(1/32, 0, −3/32)", "(1/32, 0, −3/32)"),
        "((1/32, 1/16), (0, 0), (−3/32, −3/16))",
    ]
    stepper.locator("summary").focus()
    book.keyboard.press("Enter")
    for name in ("y[0]", "y[1]"):
        stepper.get_by_label(name).focus()
        book.keyboard.press("Home")
        book.keyboard.press("ArrowRight")
        book.keyboard.press("ArrowRight")
    stepper.locator("[aria-current]", has_text="((0, 0), (0, 0), (0, 0))").wait_for(timeout=COLD)
    stepper.get_by_role("button", name="The numbers of the book").click()
    stepper.locator("[aria-current]", has_text="((1/32, 1/16), (0, 0), (−3/32, −3/16))").wait_for(timeout=COLD)


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


@pytest.mark.parametrize(
    ("equation", "formula", "by_rows"), widgets.QUESTIONS, ids=[one[1] for one in widgets.QUESTIONS]
)
def test_a_formula_of_the_quiz_is_the_same_in_both_layouts(equation, formula, by_rows):
    rng = np.random.default_rng(0)
    names = ("delta", "delta_next", "W_next", "sigma_prime_z", "a_prev", "dC_da")
    arrays = {name: rng.normal(size=(3, 3) if name == "W_next" else (3, 8)) for name in names}
    in_rows = {name: array.T for name, array in arrays.items()}
    np.testing.assert_allclose(eval(by_rows, {"np": np}, in_rows), eval(formula, {"np": np}, arrays).T, rtol=1e-12)


def test_the_stepper_shows_the_formulas_and_the_gradients_of_a_layout(book):
    stepper = instrument(book, "learn/step-by-step/")
    for layout, product, gradient in [
        ("Rows", "x^{\\mathsf T} \\delta^{1}", "((1/32, 0, −3/32), (1/16, 0, −3/16))"),
        ("Columns", "\\delta^{1} x^{\\mathsf T}", "((1/32, 1/16), (0, 0), (−3/32, −3/16))"),
    ]:
        book.locator(".md-header").get_by_role("radio", name=layout).check()
        last = stepper.locator(".live-steps > li").last
        shown = last.locator(f".layout[data-layout={layout.lower()}]")
        assert product in shown.locator("annotation").text_content()
        assert shown.locator("output").text_content() == gradient
        assert last.locator(".layout:visible").count() == 1 or not last.is_visible()
