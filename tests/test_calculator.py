"""The shape calculator: what it draws is what the library computes, and in a real browser it answers and refuses."""

import math
import re

import numpy as np
import pytest
from building import RUNS_OVER
from reading import COLD, instrument

from backprop import Layer
from backprop._example import pass_lines
from website.pages.in_browser import guess
from website.pages.instruments.calculator import DEPTHS, MISTAKES, patterns

PATH = "look-up/shape-calculator/"
LAYOUTS = ("columns", "rows")


# ---- The pattern, without a browser


def computed(step, of):
    """Return the shape that NumPy gives for the arrays of a step, with these sizes for its letters."""
    arrays = [np.ones([of[letter] for letter in part["box"]]) for part in step["parts"]]
    found = arrays[0]
    for sign, array in zip(step["signs"][:-1], arrays[1:]):
        found = {"·": np.matmul, "+": np.add, "⊙": np.multiply}[sign](found, array)
    if "summed" in step["parts"][0]["lit"]:
        found = found.sum(axis=step["parts"][0]["lit"].index("summed"), keepdims=True)
    return found.shape, arrays[-1].shape


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("examples", [None, 6])
def test_each_product_has_the_shape_of_its_result_and_the_library_has_it_too(depth, layout, examples):
    sizes = [7, 5, 4, 3, 8, 9, 2][:depth]
    of = {f"n{l}": size for l, size in enumerate(sizes)} | {"m": examples, "1": 1}
    steps = patterns()[f"{depth} {'batch' if examples else 'one'}"][layout]["steps"]
    of_the_library = {symbol: shape for symbol, _, shape in pass_lines(sizes, examples, layout == "rows")}
    assert [step["of"] for step in steps] == [symbol for symbol in of_the_library if symbol[0] in "zδ∂"]
    for step in steps:
        found, drawn = computed(step, of)
        assert found == drawn, step
        *_, result = step["parts"]
        shape = [of[letter] for letter in result["box"]]
        assert math.prod(shape) == math.prod(of_the_library[step["of"]])
        assert result["vector"] or tuple(shape) == of_the_library[step["of"]]
        for part in step["parts"]:
            symbol = part["name"].removeprefix("Σ ").removesuffix("ᵀ")
            if symbol in of_the_library:
                assert math.prod(of[letter] for letter in part["box"]) == math.prod(of_the_library[symbol])


# ---- In the browser


def shown(calculator, selector):
    """Return what is there in the reader's layout."""
    return [one for one in calculator.locator(selector).all() if one.is_visible()]


def products(calculator):
    return [one.inner_text().split("\n") for one in shown(calculator, ".calculator-layer .calculator-product")]


def fill(calculator, sizes, examples="", mistake=""):
    calculator.get_by_label("Sizes").fill(sizes)
    calculator.get_by_label("Examples").fill(str(examples))
    calculator.get_by_label("Mistake").select_option(mistake)
    calculator.page.wait_for_function(f"location.hash.endsWith('mistake={mistake.replace(' ', '+')}')")
    calculator.page.wait_for_timeout(50)


def test_the_calculator_by_keyboard(book, address, requests):
    calculator = instrument(book, PATH)
    before = len(requests)
    assert products(calculator)[0] == ["W1", "(3, 2)", "·", "x", "(2,)", "+", "b1", "(3,)", "=", "z1", "(3,)"]
    calculator.get_by_label("Sizes").focus()
    book.keyboard.press("Control+a")
    book.keyboard.type("4-3-2")
    book.keyboard.press("Tab")
    book.keyboard.type("5")
    calculator.get_by_text("5 examples").wait_for()
    assert products(calculator)[0] == ["W1", "(3, 4)", "·", "x", "(4, 5)", "+", "b1", "(3,)", "=", "z1", "(3, 5)"]
    assert products(calculator)[-1] == ["δ1", "(3, 5)", "·", "xᵀ", "(5, 4)", "=", "∂C/∂W1", "(3, 4)"]
    book.keyboard.press("Tab")
    book.keyboard.type("BP2: the t")
    calculator.get_by_text("BP2 of layer 1: the shapes do not fit. W2 has 3 columns, but δ2 has 2 rows.").wait_for()
    marked = [mark.inner_text() for mark in shown(calculator, ".calculator-mistaken mark")]
    assert marked == ["3", "2"]
    assert "sizes=4-3-2&examples=5&mistake=transposed" in book.url
    assert [url for url in requests[before:] if "pyodide" in url] == []
    book.keyboard.press("Tab")
    assert book.evaluate("document.activeElement.textContent") == "Show the library’s message (loads Python once)"
    book.keyboard.press("Enter")
    message = calculator.locator(".live-message").first
    message.wait_for(timeout=COLD)
    assert message.inner_text() == guess([4, 3, 2], 5, "columns", "transposed")["said"]
    assert message.locator("a").first.get_attribute("href").endswith("/look-up/errors/transposed-weights/")
    header = book.get_by_role("navigation", name="Header")
    header.get_by_label("Rows").check()
    calculator.get_by_text("BP2 of layer 1: the shapes do not fit. δ2 has 2 columns, but W2 has 3 rows.").wait_for()
    message = calculator.locator(".live-message").last
    assert message.inner_text() == guess([4, 3, 2], 5, "rows", "transposed")["said"]
    assert products(calculator)[0][:5] == ["x", "(5, 4)", "·", "W1", "(4, 3)"]
    header.get_by_label("Columns").check()


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("Sizes", "abc", "Type only digits, with a hyphen between two sizes"),
        ("Sizes", "2 3 2", "Put a hyphen between two sizes"),
        ("Sizes", "2.5-3", "A size is a whole number, and “2.5” is not."),
        ("Sizes", "1,500-3", "A size is a whole number, and “1,500” is not."),
        ("Sizes", "-5-3", "A size has no minus sign."),
        ("Sizes", "5--3", "A size is missing between two hyphens."),
        ("Sizes", "0-3", "A layer has at least 1 unit."),
        ("Sizes", "99999999999999999999-3", "A size is at most 1,000,000."),
        ("Sizes", "1000001-3", "A size is at most 1,000,000."),
        ("Sizes", "2-2-2-2-2-2-2-2", "Type at most seven sizes."),
        ("Sizes", "", "Type the number of units of each layer"),
        ("Sizes", "3", "Type at least two sizes"),
        ("Sizes", "2-", "A size is missing after the last hyphen."),
        ("Examples", "0", "Type 1 or more, or nothing for one example."),
        ("Examples", "-4", "A number of examples has no minus sign."),
        ("Examples", "1.5", "A number of examples is whole, and “1.5” is not."),
        ("Examples", "abc", "Type only digits."),
        ("Examples", "1000001", "Type at most 1,000,000 examples."),
    ],
)
def test_bad_input_is_refused_beside_its_field(book, address, name, text, why):
    calculator = instrument(book, PATH)
    field = calculator.get_by_label(name)
    fill(calculator, "4-3-2", 5)
    field.fill(text)
    reason = calculator.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}")
    reason.filter(has_text=why).wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert calculator.locator(".calculator-drawing").get_attribute("inert") is not None
    assert products(calculator)[0][:2] == ["W1", "(3, 4)"]
    assert "sizes=4-3-2&examples=5" in book.url
    field.fill("2-6" if name == "Sizes" else "8")
    calculator.locator(".calculator-drawing:not([inert])").wait_for()
    assert field.get_attribute("aria-invalid") is None
    assert reason.inner_text() == ""


def test_who_is_in_the_middle_of_a_number_is_not_interrupted(book, address):
    calculator = instrument(book, PATH)
    field = calculator.get_by_label("Sizes")
    field.fill("")
    for key in "12-7-":
        book.keyboard.type(key)
        assert calculator.locator(".calculator-why").all_inner_texts() == ["", ""]
    book.keyboard.press("Tab")  # who leaves the field has finished
    assert calculator.locator(".calculator-why").first.inner_text() == "A size is missing after the last hyphen."


def test_the_address_of_the_calculator_brings_its_sizes(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto(f"{PATH}?layout=rows#sizes=784-30-10&examples=10&mistake=transposed")
    page.get_by_text("(784, 30)").locator("visible=true").first.wait_for()
    page.get_by_text("BP2 of layer 1: the shapes do not fit. δ2 has 10 columns, but W2 has 30 rows.").wait_for()
    assert [url for url in requests[before:] if "pyodide" in url] == []
    page.goto("about:blank")
    page.goto(f"{PATH}?layout=columns#sizes=abc-3&examples=0")
    page.get_by_text("Type only digits, with a hyphen").wait_for()
    page.get_by_text("Type 1 or more, or nothing for one example.").wait_for()
    assert page.get_by_label("Sizes").input_value() == "abc-3"
    page.goto("about:blank")
    page.goto(f"{PATH}#sizes=4-3&mistake=unheard")
    page.get_by_text("The address names a mistake that is not in this list.").wait_for()
    page.close()


@pytest.mark.parametrize(
    ("sizes", "examples"),
    [([4, 3, 2], 5), ([2, 3, 2], None), ([3, 3, 3], 3), ([3, 3, 3], 1), ([2, 3, 3], 5), ([6, 4, 3, 3], 3), ([4, 3], 2)],
)
def test_a_mistake_fits_or_does_not_as_the_library_finds(book, address, sizes, examples):
    calculator = instrument(book, PATH)
    for mistake in filter(None, MISTAKES):
        fill(calculator, "-".join(map(str, sizes)), examples or "", mistake)
        steps = calculator.locator(".calculator-mistaken .calculator-step")
        if (len(sizes) < 3 and mistake in ("transposed", "this layer")) or (
            not examples and mistake in ("other layout", "one example")
        ):
            assert steps.count() == 0
            assert re.search("no hidden layer|Type a number of examples", calculator.locator(".live-said").inner_text())
            continue
        for layout in LAYOUTS:
            verdict = guess(sizes, examples, layout, mistake)["verdict"]
            step = calculator.locator(f".calculator-mistaken [data-layout={layout}] .calculator-{verdict}")
            below = calculator.locator(f".layouts > [data-layout={layout}] .calculator-{verdict}")
            assert below.inner_html() == step.inner_html()
            clashing = step.locator(":is([data-height=clashes], [data-width=clashes])").all()
            assert len(clashing) == {"clash": 2, "shape": 1, "fits": 0}[verdict]
            if mistake == "transposed" and clashing:
                with pytest.raises(ValueError, match="mismatch") as error:
                    np.matmul(*(np.ones(drawn_shape(part)) for part in clashing))
                lit = step.locator("mark").all_text_contents()
                assert sorted(lit) == sorted(
                    re.search(r"size (\d+) is different from (\d+)", str(error.value)).groups()
                )


def drawn_shape(part):
    return tuple(map(int, re.findall(r"\d+", part.text_content().rpartition("(")[2])))


def test_the_counts_are_those_of_the_library(book, address):
    calculator = instrument(book, PATH)
    for sizes, examples in (([784, 30, 10], 32), ([2, 3, 2], ""), ([5, 4, 3, 2, 7], 6), ([6, 2], 1)):
        fill(calculator, "-".join(map(str, sizes)), examples)
        layers = [Layer(np.ones((n, n_prev)), np.ones(n)) for n_prev, n in zip(sizes, sizes[1:])]
        weights, biases = sum(layer.W.size for layer in layers), sum(layer.b.size for layer in layers)
        said = calculator.locator(".calculator-parameters").inner_text()
        assert said.startswith(f"{weights + biases:,} parameters: {weights:,} weights and {biases:,} biases.")
        size = weights * 8 + biases * 8
        assert f"{size / 1000:.3g} kB as float64" in said if size >= 1000 else f"{size} bytes as float64" in said
        passes = {"z": 0, "δ∂": 0}
        of = {f"n{l}": size for l, size in enumerate(sizes)} | {"m": examples or 1, "1": 1}
        for step in patterns()[f"{len(sizes)} {'batch' if examples else 'one'}"]["columns"]["steps"]:
            if "·" in step["signs"]:
                (rows, inner), (_, columns) = (part["box"] for part in step["parts"][:2])
                passes["z" if step["of"][0] == "z" else "δ∂"] += of[rows] * of[inner] * of[columns]
        for row, counted in zip(calculator.locator(".calculator-counts tbody tr").all(), passes.values()):
            one, *batch = row.locator("td").all_inner_texts()
            assert int(one.replace(",", "")) * (examples or 1) == counted
            assert batch == ([f"{counted:,}"] if examples not in ("", 1) else [])


def test_other_sizes_leave_nothing_behind(context):
    page = context.new_page()
    page.goto(PATH)
    calculator = page.locator("[data-instrument]")
    passes = calculator.locator(".calculator-drawing")
    standing = passes.inner_html()
    fill(calculator, "3-1000000-2-2-4-5-1000000", 1000000, "this layer")
    assert len(shown(calculator, "details[open]")) == 5  # the first, the last, and the one with the mistake
    fill(calculator, "2-3-2")
    for details in calculator.locator("details").all():
        details.evaluate("(one) => one.open = true")
    assert passes.inner_html() == standing  # as calculator.py has drawn it
    page.close()


def test_unequal_sizes_have_unequal_sides_on_a_phone(context):
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 800})
    for sizes in ("784-30-10", "1000000-1000000-2"):
        page.goto("about:blank")
        page.goto(f"{PATH}#sizes={sizes}&examples=32")
        page.get_by_text("32 examples").wait_for()
        assert not page.evaluate(RUNS_OVER)
        sides = {}
        for part in page.locator(".calculator-layer .calculator-part").all():
            shape = drawn_shape(part)
            if part.is_visible() and len(shape) == 2:
                box = part.locator("i").bounding_box()
                for size, side in zip(shape, (box["height"], box["width"])):
                    sides.setdefault(size, set()).add(round(side, 1))
        ordered = [sides[size] for size in sorted(sides)]
        assert all(len(one) == 1 for one in ordered)
        assert min(map(min, ordered)) > 5
        assert all(max(less) + 3 < min(more) for less, more in zip(ordered, ordered[1:]))
    page.close()


def test_without_javascript_both_layouts_are_there_and_on_paper_the_reader_s(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(PATH)
    calculator = page.locator("[data-instrument]")
    assert not calculator.locator("form").is_visible()
    assert [one.inner_text() for one in shown(calculator, ".layout-name")] == ["Columns", "Rows"]
    assert len(products(calculator)) == 2 * 8
    context.close()
    page = browser.new_page()
    page.goto(f"{address}{PATH}?layout=rows#sizes=4-3-2&mistake=transposed")
    page.get_by_text("BP2 of layer 1: the shapes do not fit. δ2 has 2 entries, but W2 has 3 rows.").wait_for()
    page.emulate_media(media="print")
    calculator = page.locator("[data-instrument]")
    assert not calculator.locator("form").is_visible()
    assert not calculator.get_by_role("button").first.is_visible()
    assert products(calculator)[0][:5] == ["x", "(4,)", "·", "W1", "(4, 3)"]
    page.close()
