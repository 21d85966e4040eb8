"""The derivative, felt: curves and numbers are the library's, and the tangent follows keyboard, mouse and finger."""

import re

import numpy as np
import pytest
from building import RUNS_OVER
from reading import instrument

import backprop
from website.pages.instruments import derivative

PAGE = "learn/activations/"
NAMES = list(derivative.FUNCTIONS)


def test_it_has_every_elementwise_activation_of_the_library():
    every = {one.name for one in vars(backprop).values() if isinstance(one, backprop.Activation) and one.prime}
    assert set(NAMES) == every


@pytest.mark.parametrize("name", NAMES)
def test_the_formulas_are_those_of_the_library(book, name):
    instrument(book, PAGE)
    z = [0.0, *np.random.default_rng(0).uniform(-6, 6, 50), *np.random.default_rng(1).uniform(-30, 30, 20)]
    z = list(map(float, z))
    found = book.evaluate(
        """async ([name, z]) => {
          const { FUNCTIONS } = await import(new URL("assets/instruments/derivative.js", document.baseURI.replace(/learn.*/, "")));
          return z.map((at) => [FUNCTIONS[name].value(at), FUNCTIONS[name].prime(at)]);
        }""",
        [name, z],
    )
    value, prime = getattr(backprop, name), getattr(backprop, f"{name}_prime")
    assert np.array(found) == pytest.approx(np.stack([value(z), prime(z)], axis=1), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_curves_are_those_of_the_library(name):
    drawing = derivative.derivative().partition(f'<g data-function="{name}"')[2]
    for kind, function in (("value", name), ("prime", f"{name}_prime")):
        data = re.search(rf'<path class="derivative-{kind}" d="M([^"]*)"', drawing)[1]
        if "H" in data:  # constant on both sides of the kink
            left, right = map(float, re.findall(r" ([\d.]+)H", data))
            assert [left, right] == list(getattr(backprop, function)([-1.0, 1.0]))
            continue
        z, height = np.array([point.split() for point in data.split("L")], float).T
        assert height == pytest.approx(getattr(backprop, function)(z), abs=1e-3)


def test_by_keyboard(book, requests):
    one = instrument(book, PAGE)
    slider = one.get_by_label("Weighted input")
    slider.focus()
    for _ in range(40):
        book.keyboard.press("ArrowRight")
    numbers = one.locator(".derivative-numbers").inner_text()
    assert "z = 4.00" in numbers
    assert f"{float(backprop.sigmoid_prime(4.0)):.4f}" in numbers
    assert f"by only {float(backprop.sigmoid_prime(4.0)):.3g} times as much" in one.inner_text()
    assert "the derivative 0.0177" in slider.get_attribute("aria-valuetext")
    one.get_by_label("Function").select_option("relu")
    slider.fill("0")
    assert "has a kink and no derivative. The library takes 0," in one.inner_text()
    one.get_by_label("Function").select_option("leaky_relu")
    assert "The library takes 0.01," in one.inner_text()
    assert one.locator("[data-function]:visible").count() == 1
    assert not [address for address in requests if "pyodide" in address or address.endswith(".whl")]


def test_the_point_follows_the_mouse_and_a_finger(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(PAGE)
    one = page.locator(".derivative")
    one.locator("figure").evaluate("figure => window.scrollTo(0, figure.getBoundingClientRect().top - 80)")
    curve = one.locator("[data-function=sigmoid] .derivative-value").first  # from −6 to 6; the box of the SVG is wider
    box = curve.evaluate("curve => curve.getBoundingClientRect().toJSON()")

    def at(z):
        return {"x": box["x"] + (z / derivative.REACH + 1) / 2 * box["width"], "y": box["y"] + box["height"] / 2}

    def z():
        return one.get_by_label("Weighted input").evaluate("input => input.valueAsNumber")

    page.mouse.move(**at(-3))
    assert z() == pytest.approx(-3, abs=0.1)
    finger = context.new_cdp_session(page)
    for kind, place in (("touchStart", at(0)), ("touchMove", at(1)), ("touchMove", at(3)), ("touchMove", at(4.5))):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert z() == pytest.approx(4.5, abs=0.1)
    assert not page.evaluate(RUNS_OVER)
    context.close()


def test_without_javascript_one_tangent_is_drawn_with_its_numbers(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)
    one = page.locator(".derivative")
    assert one.locator(".derivative-tangent").is_visible()
    assert f"σ′(z) = {float(backprop.sigmoid_prime(derivative.Z)):.4f}" in one.inner_text()
    assert not one.get_by_label("Weighted input").is_visible()
    context.close()
