"""The shape calculator in a real browser."""

from reading import COLD, instrument


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
