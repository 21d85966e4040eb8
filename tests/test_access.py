"""The pages for everybody: on a phone, without JavaScript, and to a screen reader as far as axe can tell."""

import re
from pathlib import Path

import pytest
from reading import block

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways(browser, address, scheme):
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    for path in ("", "learn/2-3-2-pass/", "look-up/shape-calculator/", "learn/step-by-step/", "learn/wrong-or-right/"):
        page.goto(address + path)
        block(page).locator(".live-bar").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
    page.close()


def test_without_javascript_the_page_is_whole(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "learn/bp2-hidden-error/")
    assert page.get_by_text("hidden_error(W_next, delta_next").first.is_visible()
    assert page.locator(".live-bar").count() == 0
    context.close()


AXE = """async (options) => {
  const { violations } = await axe.run({exclude: [".katex"]}, {...options, preload: false, resultTypes: ["violations"]});
  // A header or a link that is a formula is MathML, which axe takes for nothing.
  const unread = ["empty-table-header", "link-name"];
  const read = (id, target) => unread.includes(id) && document.querySelector(target)?.querySelector("math");
  return violations.flatMap(({ id, nodes }) => nodes.filter((node) => !read(id, node.target[0])).map((node) => [id, node.html]));
}"""


def test_axe_finds_nothing_on_any_page_in_either_scheme(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(path=ROOT / "website" / "node_modules" / "axe-core" / "axe.min.js")
    page = context.new_page()
    found = {}
    for url in re.findall(r"<loc>(.*?)</loc>", page.request.get("sitemap.xml").text()):
        page.goto(url)
        page.evaluate("document.fonts.ready.then(() => null)")
        found[url, "light"] = page.evaluate(AXE, {})
        page.evaluate("document.body.dataset.mdColorScheme = 'slate'")  # as the theme's own switch does
        found[url, "dark"] = page.evaluate(AXE, {"runOnly": ["color-contrast"]})
    context.close()
    assert {where: what for where, what in found.items() if what} == {}
