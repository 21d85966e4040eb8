"""The pages for everybody: on a phone, without JavaScript, and to a screen reader as far as axe can tell."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from building import RUNS_OVER, in_two_browsers
from reading import block

ROOT = Path(__file__).parent.parent


PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

# What scrolls sideways hides something on a phone, unless it is a formula in the text: that may, and fades at the edge.
HIDDEN = """() => {
  document.querySelectorAll("details").forEach((folded) => (folded.open = true));
  const head = document.querySelector(".md-content div.formula");
  const hides = (element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
  const whole = [...document.querySelectorAll(".md-content pre > code, .md-typeset__scrollwrap, div.formula:has(.katex-tag)"), head];
  const found = ["columns", "rows"].flatMap((layout) => {
    document.documentElement.dataset.layout = layout;
    return [document.documentElement, ...whole].filter((element) => element && hides(element));
  });
  return found.map((element) => element.textContent.trim().slice(0, 60));
}"""


def paths(site):
    return [
        urlsplit(place).path
        for place in re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    ]


@pytest.mark.usefixtures("browser")
def test_on_a_phone_no_page_hides_anything_at_its_side_and_everything_loads(read_address, site):
    def hidden(page, paths):
        found = {}
        page.on("response", lambda response: response.status >= 400 and found.update({response.url: response.status}))
        for path in paths:
            page.goto(path)
            page.evaluate("document.fonts.ready.then(() => null)")
            found[path] = page.evaluate(HIDDEN)
        return found

    found = in_two_browsers(hidden, paths(site), base_url=read_address, **PHONE)
    assert len(found) > 100
    assert {where: what for where, what in found.items() if what} == {}


def test_on_a_narrow_phone_nothing_scrolls_sideways(browser, address):
    page = browser.new_page(viewport={"width": 360, "height": 780}, color_scheme="dark")
    for path in (
        "",
        "learn/2-3-2-pass/",
        "learn/gradient-descent/",
        "look-up/shape-calculator/",
        "learn/wrong-or-right/",
    ):
        page.goto(address + path)
        block(page).locator(".live-bar").wait_for()
        assert not page.evaluate(RUNS_OVER), path
    page.close()


TARGETS = """(selector) => [...document.querySelectorAll(selector)].filter((target) => target.checkVisibility()).map((target) => {
  const { width, height } = target.getBoundingClientRect();
  return Math.min(width, height);
})"""


def test_what_a_finger_touches_is_large_enough(browser, read_address):
    context = browser.new_context(base_url=read_address, **PHONE)
    page = context.new_page()
    page.goto("learn/bp2-hidden-error/")
    page.locator(".md-code__button").first.wait_for()
    for selector in (
        ".layout-choice input",
        ".md-header__button",
        ".search-button",
        ".md-content summary",
        ".figure-files button",
        ".md-code__button",
    ):
        sizes = page.evaluate(TARGETS, selector)
        assert sizes, selector
        assert min(sizes) >= 43.9, selector
    assert min(page.evaluate(TARGETS, ".headerlink")) >= 24
    context.close()


def test_a_page_that_is_not_there_leads_to_where_it_is_or_says_where_to_go(browser, read_address, site):
    page = browser.new_page()
    page.route(re.compile(r"/(chapters|wiki)/"), lambda route: route.fulfill(status=404, path=site / "404.html"))
    for old, new in (("digits.md", "digits/"), ("descent/?layout=rows#shapes", "gradient-descent/?layout=rows#shapes")):
        page.goto(f"{read_address}chapters/{old}")
        page.wait_for_url(f"{read_address}learn/{new}")
    said = page.locator("[data-not-found]")
    page.goto(read_address + "chapters/bp2/")
    assert said.inner_text() == "You asked for /chapters/bp2/. Did you look for BP2: the hidden error?"
    said.get_by_role("link").click()
    page.wait_for_url("**/learn/bp2-hidden-error/")
    page.goto(read_address + "wiki/deep/down.html")
    assert said.inner_text() == "You asked for /wiki/deep/down.html."
    page.locator("article").get_by_role("link", name="Cheat sheet").click()
    page.wait_for_url("**/look-up/cheat-sheet/")
    page.close()


def test_on_paper_the_cheat_sheet_is_one_page_that_says_where_it_is_from(browser, read_address):
    page = browser.new_page()
    for layout in ("columns", "rows"):
        page.goto(f"{read_address}look-up/cheat-sheet/?layout={layout}")
        page.evaluate("document.fonts.ready.then(() => null)")
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1, layout
    page.emulate_media(media="print")
    foot = page.locator(".on-paper")
    assert [foot.nth(i).is_visible() for i in range(foot.count())] == [True, True]
    assert "look-up/cheat-sheet/" in foot.last.inner_text()
    for selector in (".md-code__nav", ".live-bar", ".figure-files", ".headerlink", ".layout-choice"):
        assert page.evaluate(TARGETS, selector) == [], selector
    page.close()


def test_without_javascript_the_page_is_whole(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "learn/bp2-hidden-error/")
    assert page.get_by_text("hidden_error(W_next, delta_next").first.is_visible()
    assert page.locator(".live-bar").count() == 0
    context.close()


AXE = """async ({ within, ...options }) => {
  const include = within.filter((selector) => document.querySelector(selector)).map((selector) => [selector]);
  if (include.length === 0) return [];
  document.querySelectorAll(".katex-html").forEach((drawn) => drawn.remove()); // hidden from who hears the page, and most of the time
  const { violations } = await axe.run({include, exclude: [".katex"]}, {...options, preload: false, resultTypes: ["violations"]});
  // A header or a link that is a formula is MathML, which axe takes for nothing.
  const unread = ["empty-table-header", "link-name"];
  const read = (id, target) => unread.includes(id) && document.querySelector(target)?.querySelector("math");
  return violations.flatMap(({ id, nodes }) => nodes.filter((node) => !read(id, node.target[0])).map((node) => [id, node.html]));
}"""
AXE_PROGRAM = ROOT / "website" / "node_modules" / "axe-core" / "axe.min.js"
WHOLE = ["html"]
DIFFERS = [".layout[data-layout=rows]", ".live"]  # in rows from columns


def test_axe_finds_nothing_on_any_page_in_either_scheme_or_layout(address, site):
    def violations(page, paths):
        page.add_init_script(path=AXE_PROGRAM)
        found = {}
        for path in paths:
            page.goto(path)
            page.evaluate("document.fonts.ready.then(() => null)")
            for layout, within in (("columns", WHOLE), ("rows", DIFFERS)):
                for scheme, rules in (("default", {}), ("slate", {"runOnly": ["color-contrast"]})):
                    # As the reader's own switches do.
                    page.evaluate("scheme => void (document.body.dataset.mdColorScheme = scheme)", scheme)
                    page.evaluate("layout => void (document.documentElement.dataset.layout = layout)", layout)
                    found[path, layout, scheme] = page.evaluate(AXE, {"within": within, **rules})
        return found

    laptop = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
    found = in_two_browsers(violations, paths(site), base_url=address, **laptop)
    assert len(found) > 400
    assert {where: what for where, what in found.items() if what} == {}


def test_axe_finds_nothing_in_the_search(browser, read_address):
    found = {}
    for name, device in {"laptop": {"viewport": {"width": 1280, "height": 900}}, "phone": PHONE}.items():
        context = browser.new_context(base_url=read_address, reduced_motion="reduce", **device)
        context.add_init_script(path=AXE_PROGRAM)
        page = context.new_page()
        for text, shown in {"": "[data-when=empty]", "hadamard": "mark", "qqqq": "[data-when=none]"}.items():
            page.goto(f"look-up/glossary/?q={text}")
            page.locator(f"dialog.search {shown}").first.wait_for()
            for scheme in ("default", "slate"):
                page.evaluate("scheme => void (document.body.dataset.mdColorScheme = scheme)", scheme)
                found[name, text, scheme] = page.evaluate(AXE, {"within": ["dialog.search"]})
        context.close()
    assert {where: what for where, what in found.items() if what} == {}
