"""The moving network in a real browser."""

from reading import COLD, instrument


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
