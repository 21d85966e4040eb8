"""The moving network in a real browser: its numbers are the library's, they appear when they are computed, and the reader can change each."""

import re
from math import log

import numpy as np
import pytest
from building import RUNS_OVER
from reading import instrument

from backprop import Layer, forward, gradients, sigmoid_prime
from backprop._example import book_network

PAGE = "learn/step-by-step/"
COMPUTED = [
    *("", "z1", "a1", "z2", "a2", "C", "dC_da2", "slope2 delta2", "dC_db2", "dC_dW2", "dC_da1", "slope1 delta1"),
    *("dC_db1", "dC_dW1", ""),
]
LAST = len(COMPUTED)


def library(given):
    """Return every array of both passes, by its name in the script, as the library computes it."""
    given = {name: np.array(array) for name, array in given.items()}
    layers = [Layer(given["W1"], given["b1"]), Layer(given["W2"], given["b2"])]
    zs, (_, a1, a2) = forward(layers, given["x"])
    C, (first, second) = gradients(layers, given["x"], given["y"])
    return given | {
        "z1": zs[0],
        "z2": zs[1],
        "a1": a1,
        "a2": a2,
        "C": C,
        "slope1": sigmoid_prime(zs[0]),
        "slope2": sigmoid_prime(zs[1]),
        "dC_da2": a2 - given["y"],
        "dC_da1": layers[1].W.T @ second.dC_db,
        "delta1": first.dC_db,
        "dC_db1": first.dC_db,
        "dC_dW1": first.dC_dW,
        "delta2": second.dC_db,
        "dC_db2": second.dC_db,
        "dC_dW2": second.dC_dW,
        "dC_dx": layers[0].W.T @ first.dC_db,
        "dC_dy": given["y"] - a2,
    }


def book_numbers():
    (first, second), x, y = book_network()
    return {"x": x, "y": y, "W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b}


def number(text):
    """Read a number as the figure writes it: −3/32, 2 ln 3, 0.125."""
    text = text.replace("−", "-").replace("≈ ", "")
    match = re.fullmatch(r"(-?)([\d.]*) ?(ln 3)?(?:/(\d+))?", text)
    assert match, text
    sign, factor, logarithm, below = match.groups()
    return (-1 if sign else 1) * float(factor or 1) * (log(3) if logarithm else 1) / float(below or 1)


@pytest.fixture
def network(book):
    """Turn to the page of the figure; return it without its dots."""
    book.emulate_media(reduced_motion="reduce")
    yield instrument(book, PAGE)
    book.emulate_media(reduced_motion="no-preference")


def visible(network):
    """Return the text of every number in the drawing that is not blank, by its place in its array."""
    return network.locator("svg [data-value]").evaluate_all(
        """all => Object.fromEntries(all.filter((one) => getComputedStyle(one).visibility === "visible")
             .map((one) => [one.dataset.value, one.textContent]))"""
    )


def part(network, key):
    return network.locator(f".network-part[data-part='{key}']")


def go(network, step):
    """Go to a step, which counts from 1."""
    network.locator(".network-steps > li").nth(step - 1).locator("button:visible").click()


def place(page):
    return page.evaluate("location.hash")


# ---- Its numbers


def test_the_arithmetic_is_the_librarys(book, address):
    rng = np.random.default_rng(15)
    shapes = {"x": 2, "y": 2, "W1": (3, 2), "b1": 3, "W2": (2, 3), "b2": 2}
    settings = [{name: rng.uniform(-5, 5, shape).tolist() for name, shape in shapes.items()} for _ in range(1000)]
    settings.append({name: array.tolist() for name, array in book_numbers().items()})
    found = book.evaluate(
        "async ([module, settings]) => { const { pass } = await import(module); return settings.map(pass); }",
        [f"{address}assets/instruments/pass.js", settings],
    )
    for given, values in zip(settings, found):
        expected = library(given)
        assert values.keys() == expected.keys()
        for name, array in expected.items():
            np.testing.assert_allclose(values[name], array, rtol=0, atol=1e-12, err_msg=name)


def test_the_numbers_of_the_book_are_exact(network):
    go(network, LAST)
    expected = library(book_numbers())
    shown = visible(network)
    assert len(shown) == 2 + 2 + 12 + 5 + 5 * 5 + 1
    for key, text in shown.items():
        symbol, *index = key.split(".")
        assert abs(number(text) - expected[symbol][tuple(map(int, index))]) < 1e-12, key
    assert {"2 ln 3", "−ln 3", "−3/32", "−7/4", "3/16"} <= set(shown.values())


def test_the_list_of_steps_has_the_librarys_numbers_in_both_layouts(network):
    expected = library(book_numbers())
    seen = set()
    for layout in ("columns", "rows"):
        cells = network.locator(f".network-steps .layout[data-layout={layout}] [data-value]")
        for key, text in cells.evaluate_all("all => all.map((one) => [one.dataset.value, one.textContent])"):
            symbol, *index = key.split(".")
            assert abs(number(text) - expected[symbol][tuple(map(int, index))]) < 1e-12, key
            seen.add((layout, symbol))
    assert len(seen) == 2 * len(expected.keys() - {"dC_dx", "dC_dy"})


# ---- The steps


def test_a_number_appears_when_it_is_computed(network):
    given = {"x", "y", "W1", "b1", "W2", "b2"}
    known = set(given)
    for step, computed in enumerate(COMPUTED, 1):
        known |= set(computed.split())
        assert {key.partition(".")[0] for key in visible(network)} == known - {f"dC_d{name}" for name in given}
        assert network.locator(".network-count").inner_text() == f"{step} / {LAST}"
        assert network.locator("[aria-current=step]:visible").count() == 1
        if step < LAST:
            network.get_by_role("button", name="Next", exact=True).click()
    assert network.get_by_role("button", name="Next", exact=True).get_attribute("aria-disabled") == "true"


def test_in_a_gradient_step_the_edges_show_the_gradient(network):
    expected = library(book_numbers())
    for step, symbols in ((9, ["b2"]), (10, ["W2", "b2"]), (13, ["b1"]), (14, ["W1", "b1"])):
        go(network, step)
        derivatives = network.locator(".network-part.derivative")
        assert {one.get_attribute("data-part")[:2] for one in derivatives.all()} == set(symbols)
        for one in derivatives.all():
            symbol, *index = one.get_attribute("data-part").split(".")
            gradient = expected[f"dC_d{symbol}"][tuple(map(int, index))]
            assert abs(number(one.locator("[data-value]").text_content()) - gradient) < 1e-12


def test_a_lit_term_keeps_the_colors_of_its_symbols(network):
    for step in range(1, LAST + 1):
        go(network, step)
        for name in ("c-err", "c-wt", "c-act", "c-bias", "c-slope"):
            painted = network.locator(f".network-equation .{name}").evaluate_all(
                """(all, name) => { const probe = document.createElement("i"); probe.className = name; document.body.append(probe);
                     const own = getComputedStyle(probe).color; probe.remove();
                     return all.map((one) => getComputedStyle(one).color === own); }""",
                name,
            )
            assert all(painted), (step, name)


def test_the_arrow_keys_step_while_the_focus_is_in_the_figure(network, book):
    book.keyboard.press("ArrowRight")
    assert network.locator(".network-count").inner_text() == f"1 / {LAST}"
    network.get_by_role("button", name="Play", exact=True).focus()
    for key, count in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1), ("ArrowLeft", 1)):
        book.keyboard.press(key)
        assert network.locator(".network-count").inner_text() == f"{count} / {LAST}"


def test_the_place_is_in_the_address_and_survives_a_reload(browser, address):
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address + PAGE)
    network = page.locator("[data-instrument]")
    network.locator("[aria-current]").first.wait_for(state="attached")
    assert place(page) == ""
    go(network, 8)
    assert place(page) == "#network=8"
    page.reload()
    page.locator(".network-count", has_text=f"8 / {LAST}").wait_for()
    assert "delta2.0" in visible(network)
    page.evaluate("location.hash = '#network=4'")
    page.locator(".network-count", has_text=f"4 / {LAST}").wait_for()
    page.close()
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address + PAGE + "#network=99")
    page.locator(".network-count", has_text=f"{LAST} / {LAST}").wait_for()
    page.close()


@pytest.fixture
def slow(browser, address):
    """Return a page on which no time goes by by itself."""
    page = browser.new_page()
    page.clock.install(time=0)
    page.goto(address + PAGE)
    page.locator("[data-instrument][data-ready]").wait_for()
    page.clock.pause_at(60_000)
    yield page
    page.close()


def dots(network):
    """Return the kind and the place of every dot."""
    return network.locator(".network-dots circle").evaluate_all(
        "all => all.map((one) => [one.getAttribute('class'), one.getBoundingClientRect().x])"
    )


def test_play_goes_to_the_end_and_stops_and_pause_waits(slow):
    network = slow.locator("[data-instrument]")
    count, button = network.locator(".network-count"), network.locator("[data-go=play]")
    button.click()
    slow.clock.run_for(400)
    assert count.inner_text() == f"2 / {LAST}" and button.inner_text() == "Pause"
    slow.clock.run_for(300)
    assert len(dots(network)) == 6 and "z1.0" not in visible(network)
    slow.clock.run_for(1000)
    assert len(dots(network)) == 0 and "z1.0" in visible(network)
    button.click()
    slow.clock.run_for(20_000)
    assert count.inner_text() == f"2 / {LAST}" and button.inner_text() == "Play"
    button.click()
    slow.clock.run_for(120_000)
    assert count.inner_text() == f"{LAST} / {LAST}" and button.inner_text() == "Play"
    button.click()
    assert count.inner_text() == f"1 / {LAST}"


def test_values_go_forward_and_errors_backward_and_in_a_gradient_they_meet(slow):
    network = slow.locator("[data-instrument]")
    for step, kinds in (
        (2, ["c-act"]),
        (4, ["c-act"]),
        (10, ["c-act", "c-err"]),
        (11, ["c-err"]),
        (14, ["c-act", "c-err"]),
    ):
        go(network, step - 1)
        slow.clock.run_for(2000)
        network.get_by_role("button", name="Next", exact=True).click()
        slow.clock.run_for(100)
        before = dots(network)
        slow.clock.run_for(760)
        after = dots(network)
        assert [kind for kind, _ in before] == 6 * kinds
        for (kind, start), (_, end) in zip(before, after):
            assert (end - start > 20) if kind == "c-act" else (end - start < -5)
        if len(kinds) == 2:
            assert max(abs(one - two) for (_, one), (_, two) in zip(after[::2], after[1::2])) < 4
        slow.clock.run_for(1000)
        assert dots(network) == []


def test_with_reduced_motion_nothing_moves(network):
    network.get_by_role("button", name="Next", exact=True).click()
    assert network.locator(".network-dots circle").count() == 0
    assert "z1.0" in visible(network)


# ---- What is behind a part


@pytest.mark.parametrize(
    ("step", "key", "told"),
    [
        (1, "unit2.0", ["Output unit 1", "Not computed yet. Press Play or Next."]),
        (4, "unit2.0", ["Output unit 1", "z²₁ = 1 · 1/2 + 2 · 3/4 − 1 · 1/4 − 7/4 = 0"]),
        (6, "C", ["Cost", "C = ½ ( (1/2 − 0)² + (1/2 − 1)² ) = 1/4"]),
        (
            12,
            "unit1.2",
            [
                "Hidden unit 3",
                "z¹₃ = ln 3 · 1 − ln 3 · 2 + 0 = −ln 3",
                "a¹₃ = σ(−ln 3) = 1/4",
                "∂C/∂a¹₃ = −1 · 1/8 + 3 · (−1/8) = −1/2",
                "δ¹₃ = −1/2 · 3/16 = −3/32",
            ],
        ),
        (
            15,
            "W2.1.2",
            [
                "Weight from hidden unit 3 to output unit 2",
                "W²₂₃ = 3",
                "its part of z²₂: W²₂₃ a¹₃ = 3 · 1/4",
                "its part of ∂C/∂a¹₃: W²₂₃ δ²₂ = 3 · (−1/8)",
                "∂C/∂W²₂₃ = δ²₂ a¹₃ = −1/8 · 1/4 = −1/32",
            ],
        ),
        (15, "b2.1", ["Bias of output unit 2", "b²₂ = −9/4", "∂C/∂b²₂ = δ²₂ = −1/8"]),
        (15, "x.1", ["Input 2", "x₂ = 2", "∂C/∂x₂ = −ln 3 · 1/32 + 0 · 0 − ln 3 · (−3/32) = ln 3/16"]),
        (15, "y.0", ["Target 1", "y₁ = 0", "∂C/∂y₁ = y₁ − a²₁ = 0 − 1/2 = −1/2"]),
    ],
)
def test_a_tap_on_a_part_shows_its_sum(network, step, key, told):
    go(network, step)
    part(network, key).click()
    lines = network.locator(".network-sums p").all_inner_texts()
    assert [line.replace("\u2009", " ") for line in lines] == told


def test_an_edge_is_tapped_as_well_as_its_number(network):
    go(network, LAST)
    network.locator("figure").scroll_into_view_if_needed()
    x, y = network.locator(".network-edge[data-part='W2.0.0'] .network-hit").evaluate(
        """path => { const at = path.getPointAtLength(path.getTotalLength() * 0.2), box = path.ownerSVGElement.getBoundingClientRect();
             const scale = box.width / path.ownerSVGElement.viewBox.baseVal.width; return [box.x + at.x * scale, box.y + at.y * scale]; }"""
    )
    network.page.mouse.click(x, y)
    assert network.locator(".network-what").inner_text() == "Weight from hidden unit 1 to output unit 1"
    assert part(network, "W2.0.0").evaluate("one => one === document.activeElement")


def test_names_and_matrices_follow_the_layout(network, book):
    go(network, 10)
    part(network, "W2.0.1").click()
    for layout, name, product in (
        ("Rows", "W²₂₁", [(3, 1), (1, 2), (3, 2)]),
        ("Columns", "W²₁₂", [(2, 1), (1, 3), (2, 3)]),
    ):
        book.locator(".md-header").get_by_role("radio", name=layout).check()
        assert network.locator(".network-sums p").nth(1).inner_text().startswith(f"{name} = 2")
        assert network.locator(".network-chosen").inner_text() == f"{name} = 2"
        shapes = network.locator(".network-head .network-array").evaluate_all(
            "all => all.map((one) => [one.children.length, Number(one.style.getPropertyValue('--columns'))])"
        )
        assert [(entries // columns, columns) for entries, columns in shapes] == product


# ---- A number is moved


def sentences(network):
    """Return by how much a number was moved, what the gradient predicted, and what the cost did."""
    said = network.locator(".network-moved p").all_inner_texts()
    return [float(re.search(r"[+−]\d+\.\d+", line)[0].replace("−", "-")) for line in said]


def moved(symbol, index, by):
    """Return the same three numbers as the library computes them."""
    given = book_numbers()
    before = library(given)
    given[symbol] = given[symbol].copy()
    given[symbol][index] += by
    return [by, by * before[f"dC_d{symbol}"][index], library(given)["C"] - before["C"]]


@pytest.mark.parametrize(
    ("key", "pixels"), [("W2.0.0", 40), ("W1.2.1", -120), ("x.0", 75), ("y.1", -50), ("b2.1", 33), ("b1.0", -20)]
)
def test_a_number_is_dragged(network, book, key, pixels):
    part(network, key).scroll_into_view_if_needed()
    box = part(network, key).locator("rect").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    book.mouse.move(x, y)
    book.mouse.down()
    book.mouse.move(x + pixels / 2, y + 3)
    book.mouse.move(x + pixels, y)
    book.wait_for_timeout(50)
    symbol, *index = key.split(".")
    expected = moved(symbol, tuple(map(int, index)), pixels / 100)
    assert np.abs(np.subtract(sentences(network), expected)).max() < 0.51e-5
    book.mouse.up()
    assert (
        network.locator(".network-count").inner_text() == f"{LAST} / {LAST}"
    )  # all numbers are there, and have followed
    given = book_numbers()
    given[symbol][tuple(map(int, index))] += pixels / 100
    values = library(given)
    for place, text in visible(network).items():
        name, *at = place.split(".")
        assert abs(number(text) - values[name][tuple(map(int, at))]) < 0.0051, place
    network.get_by_role("button", name="Book’s numbers").click()
    assert (
        visible(network)[key]
        == {"W2.0.0": "1", "W1.2.1": "−ln 3", "x.0": "1", "y.1": "1", "b2.1": "−9/4", "b1.0": "0"}[key]
    )


def test_a_number_is_moved_by_keyboard(network, book):
    go(network, 4)
    weight = part(network, "W2.0.0")
    weight.focus()
    assert weight.get_attribute("aria-label") == "Weight from hidden unit 1 to output unit 1, W²₁₁"
    for key, by in (("ArrowRight", 0.1), ("ArrowUp", 0.2), ("Shift+ArrowLeft", 0.19), ("ArrowDown", 0.09)):
        book.keyboard.press(key)
        book.wait_for_timeout(50)
        assert np.abs(np.subtract(sentences(network), moved("W2", (0, 0), by))).max() < 0.51e-5
    book.locator("[data-part='W2.0.0'][aria-valuenow='1.09']").wait_for()
    assert weight.get_attribute("aria-valuetext") == "1.09"
    network.get_by_role("status").filter(has_text="You moved W²₁₁ by +0.09.").wait_for()
    book.keyboard.press("Home")
    book.wait_for_timeout(50)
    assert visible(network)["W2.0.0"] == "1" and visible(network)["delta1.0"] == "1/32"


def test_a_number_is_moved_by_buttons(network, book):
    part(network, "W2.1.1").click()
    network.get_by_role("button", name="Raise W²₂₂ by 0.1").click()
    network.get_by_role("button", name="Raise W²₂₂ by 0.1").click()
    network.get_by_role("button", name="Lower W²₂₂ by 0.1").click()
    book.wait_for_timeout(50)
    assert np.abs(np.subtract(sentences(network), moved("W2", (1, 1), 0.1))).max() < 0.51e-5
    assert network.locator(".network-chosen").inner_text() == "W²₂₂ = 2.10"


def test_a_finger_drags_sideways_and_scrolls_upward(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + PAGE)
    network = page.locator("[data-instrument][data-ready]")
    part(network, "W2.0.1").scroll_into_view_if_needed()
    touch = context.new_cdp_session(page)
    for way in ((60, 0), (0, -200)):
        box = part(network, "W2.0.1").locator("rect").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        scrolled = page.evaluate("scrollY")
        for share in (0.2, 0.4, 0.6, 0.8, 1):
            point = {"x": x + way[0] * share, "y": y + way[1] * share}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            page.wait_for_timeout(30)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(200)
        assert network.locator(".network-chosen").inner_text() == "W²₁₂ = 2.60"
        assert (page.evaluate("scrollY") > scrolled + 50) == (way[1] != 0)
    context.close()


def test_the_first_and_the_last_number_of_a_unit_have_room_for_a_finger(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + PAGE)
    network = page.locator("[data-instrument][data-ready]")
    for key, away in (("W2.0.0", -30), ("b2.0", 30), ("W1.1.0", -30), ("b1.1", 30), ("W1.1.1", 0)):
        part(network, key).evaluate("one => one.scrollIntoView({block: 'center'})")
        box = part(network, key).locator("rect").bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + away)
        assert part(network, key).evaluate("one => one === document.activeElement"), key
    context.close()


# ---- How it looks


OVERLAPS = """figure => {
  // The box of a line of text is higher than its letters.
  const boxes = [...figure.querySelectorAll("svg text")].filter((one) => one.textContent && getComputedStyle(one).visibility === "visible")
    .map((one) => { const {left, right, top, bottom, height} = one.getBoundingClientRect(); return {text: one.textContent, left, right, top: top + 0.25 * height, bottom: bottom - 0.25 * height}; });
  const found = [];
  boxes.forEach((one, i) => boxes.slice(i + 1).forEach((two) => {
    if (one.left < two.right - 0.5 && two.left < one.right - 0.5 && one.top < two.bottom && two.top < one.bottom) found.push([one.text, two.text]);
  }));
  for (const part of figure.querySelectorAll(".network-part")) {
    const rect = part.querySelector("rect").getBoundingClientRect();
    for (const text of part.querySelectorAll("[data-value]")) {
      const {left, right} = text.getBoundingClientRect();
      if (left < rect.left - 0.5 || right > rect.right + 0.5) found.push([part.dataset.part, text.textContent]);
    }
  }
  const head = figure.querySelector(".network-head").getBoundingClientRect();
  for (const one of figure.querySelectorAll(".network-head :is(.katex-html, .network-numbers > *, p, svg)")) {
    const {left, right, bottom, width} = one.getBoundingClientRect();
    if (width && (left < head.left || right > head.right || bottom > head.bottom)) found.push(["head", one.textContent]);
  }
  return found;
}"""

PRESS = """(part, value) => {
  const steps = Math.round(10 * (value - part.ariaValueNow));
  for (let n = Math.abs(steps); n > 0; n--)
    part.dispatchEvent(new KeyboardEvent("keydown", {key: steps > 0 ? "ArrowRight" : "ArrowLeft", bubbles: true}));
}"""

WILD = {
    "W2.0.0": 4.93, "W2.0.1": -4.93, "W2.0.2": 5, "W2.1.0": -5, "W2.1.1": -4.87, "W2.1.2": -4.93,
    "W1.0.0": -4.93, "W1.0.1": 4.93, "W1.1.0": -4.87, "W1.1.1": -4.93, "W1.2.0": 0.37, "W1.2.1": -0.63,
    "b1.0": -4.93, "b1.1": -4.93, "b1.2": -0.31, "b2.0": -4.93, "b2.1": 4.93, "x.0": -4.93, "x.1": -4.87, "y.0": -4.93, "y.1": -4.87,
}  # fmt: skip


@pytest.mark.parametrize("layout", ["columns", "rows"])
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_no_label_lies_on_another(browser, address, width, layout):
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.goto(f"{address}{PAGE}?layout={layout}")
    network = page.locator("[data-instrument][data-ready]")
    page.evaluate("document.fonts.ready.then(() => null)")
    tops = set()
    for wild in (False, True):
        for key, value in WILD.items() if wild else ():
            part(network, key).evaluate(PRESS, value)
        for step in range(1, LAST + 1):
            go(network, step)
            assert network.evaluate(OVERLAPS) == [], (step, wild)
            tops.add(network.locator("figure").evaluate("one => one.offsetTop"))
        for key in WILD:
            part(network, key).dispatch_event("pointerover", {"pointerType": "mouse"})
            assert network.evaluate(OVERLAPS) == [], (key, wild)
            tops.add(network.locator("figure").evaluate("one => one.offsetTop"))
    assert len(tops) == 1  # nothing moves under the pointer
    assert not page.evaluate(RUNS_OVER)
    page.close()


def test_where_it_stands_on_the_home_page_a_phone_shows_it_at_once(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    box = page.locator(".network-figure").bounding_box()
    assert box["y"] + box["height"] < 2 * 844
    assert box["y"] < page.locator("p.equation").first.bounding_box()["y"]
    page.close()


# ---- Without script, on paper, without Python


def test_without_javascript_and_on_paper_every_step_is_there(browser, address):
    for script in (False, True):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(address + PAGE)
        if script:
            page.locator("[data-ready]").wait_for()
            page.emulate_media(media="print")
        network = page.locator("[data-instrument]")
        words = network.locator(".network-steps .network-words")
        assert words.count() == LAST and all(one.is_visible() for one in words.all())
        results = network.locator(".network-steps [data-value='delta1.2']:visible")
        assert set(results.all_inner_texts()) == {"−3/32"}
        assert network.locator("button:visible:not(.network-steps button)").count() == 0
        assert network.locator("svg [data-value='delta1.2']").is_visible()
        context.close()


def test_it_asks_for_no_python(browser, address):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + PAGE)
    network = page.locator("[data-instrument][data-ready]")
    network.wait_for()
    page.wait_for_load_state("networkidle")
    before = len(asked)
    go(network, 5)
    network.get_by_role("button", name="Raise").click()
    page.wait_for_timeout(300)
    assert [
        url for url in asked[before:] if not url.endswith("logo.svg")
    ] == []  # the browser looks for the icon of an address
    assert [url for url in asked if re.search(r"vendor/pyodide|live-worker|\.whl|\.wasm", url)] == []
    page.close()
