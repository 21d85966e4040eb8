"""The examples in a real browser: every one runs where it is read, by mouse and by keyboard, and nothing is fetched elsewhere.

The site is built with NumPy's wheel from the folder that PYODIDE_WHEELS names, and drives Debian's Chromium.
"""

import doctest
import inspect
import pydoc
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from reading import block, button, run, settled, turn, write

ROOT = Path(__file__).parent.parent
RUN_ALL = """async () => {
  const found = [];
  for (const block of document.querySelectorAll(".md-content .language-pycon")) {
    const one = {needs: block.dataset.needs ?? null, text: block.querySelector("code").textContent};
    found.push(one);
    if (one.needs) continue;
    block.querySelector(".live-bar button").click();
    await new Promise((done) => {
      const look = () => ["matches", "differs", "failed"].includes(block.dataset.live) && done();
      new MutationObserver(look).observe(block, {attributes: true});
    });
    Object.assign(one, {verdict: block.dataset.live, said: block.innerText});
  }
  return found;
}"""


def printed_examples():
    """Return every statement that the book prints: in its pages, and in the docstrings that these show."""
    statements = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        asked = re.findall(r"^::: (\S+)((?:\n +.*)*)", text, re.MULTILINE)
        shown = [
            value
            for name, options in asked
            # The examples of a module are in its description, those of a function in a section of their own.
            if not (inspect.ismodule(value := pydoc.locate(name)) and "show_docstring_description: false" in options)
        ]
        # The docstring of a constant is that of its class.
        words = [
            value.__doc__
            for value in shown
            if inspect.ismodule(value) or inspect.isroutine(value) or inspect.isclass(value)
        ]
        for part in [text, *words]:
            statements += [example.source for example in doctest.DocTestParser().get_examples(part or "")]
    return statements


def test_every_example_of_the_book_runs_in_the_browser(book, address, capsys):
    sitemap = book.request.get("sitemap.xml").text()
    pages = [url.removeprefix(address) for url in re.findall(r"<loc>(.*?)</loc>", sitemap)]
    found = {}
    for path in pages:
        turn(book, path)
        found[path] = book.evaluate(RUN_ALL)
    blocks = [one for page in found.values() for one in page]
    wrong = [(path, one) for path, page in found.items() for one in page if one.get("verdict", "matches") != "matches"]
    assert [(path, one["said"][-1500:]) for path, one in wrong] == []
    statements = [
        [example.source for example in doctest.DocTestParser().get_examples(one["text"] + "\n")] for one in blocks
    ]
    borrowed = sum(len(lines) for one, lines in zip(blocks, statements) if one["needs"])
    total = sum(map(len, statements))
    with capsys.disabled():
        needs = Counter(one["needs"] for one in blocks if one["needs"])
        print(f"\n{len(blocks) - needs.total()} blocks, {total - borrowed} statements match in the browser;", end=" ")
        print(f"{needs.total()} blocks, {borrowed} statements need {', '.join(needs)}.")
    assert Counter(line for lines in statements for line in lines) == Counter(printed_examples())


def test_a_change_is_judged_and_can_be_taken_back(book):
    turn(book, "learn/bp2-hidden-error/")
    assert run(book) == ("matches", "✓ 6 statements match.")
    shown = block(book).locator("code").inner_html()
    write(book, "\n>>> hidden_error(W_next.T, delta_next, sigma_prime_z)")
    book.keyboard.press("Control+Enter")
    assert settled(book) == ("differs", "1 of 7 differ.")
    assert (
        "backprop.ShapeError: hidden_error (BP2): the shape of W_next does not fit the others"
        in block(book).inner_text()
    )
    button(book, "Reset").click()
    assert block(book).locator("code").inner_html() == shown
    assert run(book) == ("matches", "✓ 6 statements match.")
    assert block(book).locator("[data-clipboard-target]").count() == 1


def test_what_cannot_be_read_as_an_example_says_so(book):
    turn(book, "learn/bp3-bias-gradient/")
    write(book, "\n>>>hidden")
    assert run(book)[0] == "differs"
    assert "lacks blank after >>>" in block(book).inner_text()
    button(book, "Reset").click()


def test_by_keyboard_alone(book):
    turn(book, "learn/bp4-weight-gradient/")
    code = block(book).locator("code")
    button(book, "Run").focus()
    book.keyboard.press("Enter")
    assert settled(book)[0] == "matches"
    book.keyboard.press("Tab")
    book.keyboard.press("Enter")
    assert code.evaluate("code => code === document.activeElement")
    assert code.get_attribute("role") == "textbox"
    book.keyboard.press("Control+End")
    book.keyboard.insert_text("\n>>> 1 / 0")
    book.keyboard.press("Control+Enter")
    assert settled(book)[1].endswith(" differ.")
    assert "ZeroDivisionError" in block(book).inner_text()
    book.keyboard.press("Escape")
    assert code.get_attribute("contenteditable") is None
    assert button(book, "Edit").evaluate("one => one === document.activeElement")


def test_a_block_runs_what_stands_above_it(book):
    turn(book, "learn/2-3-2-pass/")
    assert run(book, 4)[0] == "matches"
    assert book.locator("[data-live]").count() == 1
    write(book, "\n>>> x = None", number=0)
    assert run(book, 1)[0] == "differs"


def test_back_and_forth_without_loading_anew(book, requests):
    turn(book, "learn/2-3-2-pass/")
    run(book)
    before = len(requests)
    turn(book, "look-up/notation/")
    assert run(book)[0] == "matches"
    book.go_back()
    book.wait_for_url("**/2-3-2-pass/")
    book.wait_for_timeout(100)
    assert run(book)[0] == "matches"
    assert [url for url in requests[before:] if "vendor/pyodide" in url] == []


def test_a_figure_can_be_saved_as_svg_and_as_png(book):
    turn(book, "learn/bp2-hidden-error/")
    saved = {}
    for kind in ("SVG", "PNG"):
        with book.expect_download() as download:
            book.locator("figure").first.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename == f"the-two-paths-from-hidden-unit-3-to-the-cost.{kind.lower()}"
        saved[kind] = Path(download.value.path()).read_bytes()
    svg = ElementTree.fromstring(saved["SVG"])
    assert b"var(" not in saved["SVG"] and b"@font-face" in saved["SVG"]
    assert svg.find("{http://www.w3.org/2000/svg}title").text.startswith("The two paths")
    assert saved["PNG"][:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(saved["PNG"][16:20]) == 4 * int(svg.get("width"))


def test_stop_ends_an_endless_loop(book):
    turn(book, "look-up/notation/")
    write(book, "\n>>> while True: pass\n")
    button(book, "Run").click()
    button(book, "Stop").click()
    assert settled(book) == ("failed", "Stopped. The next run starts Python anew.")
    button(book, "Reset").click()
    assert run(book)[0] == "matches"


def test_a_load_that_fails_leaves_the_page_as_it_was(context):
    page = context.new_page()
    page.route("**/numpy-*.whl", lambda route: route.abort())
    page.goto("look-up/notation/")
    before = block(page).locator("code").inner_html()
    verdict, said = run(page)
    assert (verdict, said.partition(".")[0]) == ("failed", "Python could not be loaded")
    assert block(page).locator("code").inner_html() == before
    page.unroute("**/numpy-*.whl")
    assert run(page)[0] == "matches"
    page.close()


def test_nothing_of_python_is_fetched_before_the_first_click(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto("learn/bp2-hidden-error/")
    page.wait_for_load_state("networkidle")
    assert button(page, "Run").is_visible()
    assert [url for url in requests[before:] if re.search(r"vendor/(pyodide|live)|live-worker", url)] == []
    page.close()


# ---- Where requests go


PAGES = [
    "",
    "learn/bp2-hidden-error/",
    "learn/step-by-step/",
    "look-up/shape-calculator/",
    "learn/wrong-or-right/",
    "look-up/questions/",
]


def test_no_request_leaves_the_site(browser, address):
    context = browser.new_context(base_url=address)
    requests = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    page.goto(PAGES[1])
    run(page)  # Python and NumPy are asked for, too
    context.close()
    assert any("numpy" in url for url in requests)
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
