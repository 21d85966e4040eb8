"""Gradient descent that a reader steers: its arithmetic is the library's, and it answers to keyboard, mouse and finger."""

import re

import numpy as np
import pytest
from building import RUNS_OVER
from reading import instrument

from backprop.mistakes import (
    gradients_with,
    hidden_error_by_inverse,
    hidden_error_without_derivative,
    hidden_error_without_transpose,
    weight_gradient_transposed,
)
from website.pages.instruments import descent

PAGE = "learn/gradient-descent/"
EQUATIONS = {
    "none": {},
    "untransposed": {"hidden_error": hidden_error_without_transpose},
    "inverse": {"hidden_error": hidden_error_by_inverse},
    "derivative": {"hidden_error": hidden_error_without_derivative},
    "outer": {"weight_gradient": weight_gradient_transposed},
    "sign": {"output_error": lambda dC_da, sigma_prime_z: -dC_da * sigma_prime_z},
}


def computed(page, call):
    """Return what a call of the script gives; `given` is the network."""
    return page.evaluate(
        f"""async () => {{
          const {{ compute, descend, outcome }} = await import(new URL("assets/instruments/descent.js", document.baseURI.replace(/learn.*/, "")));
          const given = JSON.parse(document.querySelector(".descent").dataset.given);
          return {call};
        }}"""
    )


def said(one):
    return one.locator(".descent-controls .live-said").inner_text()


@pytest.mark.parametrize("mistake", descent.MISTAKES)
def test_cost_and_gradient_are_those_of_the_library(book, mistake):
    instrument(book, PAGE)
    points = np.random.default_rng(0).uniform(-6, 6, size=(20, 2)).tolist()
    found = computed(book, f"{points}.map((weights) => compute(given, weights, '{mistake}'))")
    for weights, place in zip(points, found):
        C, gradients = gradients_with(descent.network(weights), descent.X, descent.Y, **EQUATIONS[mistake])
        assert place["cost"] == pytest.approx(float(C), rel=1e-12)
        wanted = [gradients[0].dC_dW[entry] for entry in descent.FREE]
        assert place["gradient"] == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", descent.RATES)
def test_a_path_is_that_of_the_build_and_earns_its_name(book, name):
    instrument(book, PAGE)
    rate, start = descent.RATES[name], list(descent.START)
    path = computed(book, f"descend(given, {start}, {rate})")
    found = np.array([[*place["weights"], place["cost"]] for place in path])
    some = slice(descent.SHOWN)  # later, steps that are too large have made a rounding large
    assert found[some] == pytest.approx(np.array(descent.path(rate))[some], rel=1e-9)
    outcomes = {"too small": "crawls", "good": "converges", "too large": "oscillates"}
    assert computed(book, f"outcome(given, descend(given, {start}, {rate}))") == outcomes[name]
    assert computed(book, f"outcome(given, descend(given, {start}, 10))") == "diverges"


def test_every_ring_has_the_cost_of_its_level():
    rings = re.findall(r'<path d="(M[^"]+Z)" fill-opacity', descent.descent())
    assert len(rings) == len(descent.LEVELS)
    for ring, level in zip(rings, descent.LEVELS):
        points = np.array([point.split() for point in re.findall(r"-?[\d.e-]+ -?[\d.e-]+", ring)], float)
        inside = points[np.max(np.abs(points), axis=1) < descent.REACH]
        costs = [descent.cost_and_gradient(point)[0] for point in inside[::7]]
        assert costs and costs == pytest.approx([level] * len(costs), rel=0.03)


def test_by_keyboard(book, requests):
    one = instrument(book, PAGE)
    rate = one.get_by_label("Learning rate")
    assert rate.get_attribute("aria-valuetext") == "0.5, good"
    rate.focus()
    book.keyboard.press("Home")
    assert "too small" in said(one) and rate.get_attribute("aria-valuetext") == "0.01, too small"
    book.keyboard.press("End")
    assert "too large" in said(one) and "from 2.66" in one.locator(".descent-wrong").inner_text()
    one.get_by_label("weight from input 2 to hidden unit 1").focus()
    book.keyboard.press("ArrowRight")
    assert one.get_by_label("weight from input 2 to hidden unit 1").get_attribute("aria-valuetext") == "−1.95"
    one.get_by_role("button", name="Reset").press("Enter")
    assert "converges" in said(one)
    one.get_by_role("button", name="Step").press("Enter")
    one.get_by_role("button", name="Step").press("Enter")
    start, gradient = np.array(descent.START), descent.cost_and_gradient(descent.START)[1]
    after = ", ".join(f"{value:.2f}".replace("-", "−") for value in start - descent.RATES["good"] * gradient)
    assert said(one).startswith(f"Step 1 of {descent.STEPS}: the weights are ({after})")
    one.get_by_role("button", name="Play").press("Enter")
    assert one.get_by_role("button", name="Pause").is_visible()
    one.get_by_role("status").first.filter(has_text="converges").wait_for()
    assert one.get_by_role("button", name="Play").is_visible()
    assert not [address for address in requests if "pyodide" in address or address.endswith(".whl")]


def test_each_mistake_is_told_and_leads_to_its_page(book):
    one = instrument(book, PAGE)
    select = one.get_by_label("Compare with a wrong gradient")
    for name, (_, page) in descent.MISTAKES.items():
        select.select_option(name)
        told = one.locator(".descent-wrong")
        if page is None:
            assert told.inner_text() == "" and one.locator(".descent-error").count() == 0
        else:
            assert "With the right gradient it goes to 0.486" in told.inner_text()
            assert book.request.get(told.get_by_role("link").evaluate("link => link.href")).ok
            assert one.locator(".descent-error").count() > 0


def test_the_start_is_dragged_with_a_finger_and_set_by_a_tap(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(PAGE)
    one = page.locator(".descent")
    one.locator(".descent-grip").wait_for(state="attached")
    one.locator("figure").first.evaluate("figure => window.scrollTo(0, figure.getBoundingClientRect().top - 80)")
    box = one.locator(".descent-ground").bounding_box()

    def at(across, up):
        return {
            "x": box["x"] + (across / descent.REACH + 1) / 2 * box["width"],
            "y": box["y"] + (1 - up / descent.REACH) / 2 * box["height"],
        }

    def starts():
        return one.get_by_label("Start").evaluate_all("all => all.map((input) => input.valueAsNumber)")

    finger = context.new_cdp_session(page)
    places = [at(*descent.START), at(0, -3), at(2, 1), at(3, 2)]
    kinds = ["touchStart", "touchMove", "touchMove", "touchMove"]
    for kind, place in zip(kinds, places):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert starts() == pytest.approx([3, 2], abs=0.1)
    page.touchscreen.tap(**at(-3, -2))
    assert starts() == pytest.approx([-3, -2], abs=0.1)
    assert not page.evaluate(RUNS_OVER)
    small = one.locator("button, select, input").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    context.close()


def test_with_reduced_motion_the_whole_path_is_there_at_once(browser, address):
    page = browser.new_page(base_url=address, reduced_motion="reduce")
    page.goto(PAGE)
    one = page.locator(".descent")
    one.get_by_role("button", name="Step").click()
    one.get_by_role("button", name="Play").click()
    assert "converges" in said(one)
    assert one.get_by_role("button", name="Pause").count() == 0
    page.close()


def test_without_javascript_and_on_paper_three_paths_are_told(browser, address):
    for script in (False, True):
        context = browser.new_context(base_url=address, java_script_enabled=script)
        page = context.new_page()
        page.goto(PAGE)
        page.emulate_media(media="print" if script else "screen")
        one = page.locator(".descent")
        for rate in descent.RATES.values():
            assert one.get_by_text(f"has the learning rate {rate:g}, ").is_visible()
        assert one.locator(".descent-map .descent-static path").first.is_visible()
        assert one.get_by_role("button").count() == 0
        context.close()


def test_the_names_of_the_weights_are_those_of_the_layout(book):
    one = instrument(book, PAGE)
    for layout, name in (("Rows", "W1[1, 0]"), ("Columns", "W1[0, 1]")):
        book.locator(".md-header").get_by_role("radio", name=layout).check()
        assert name in one.locator(".descent-range").nth(1).inner_text()
