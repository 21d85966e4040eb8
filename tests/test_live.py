"""The examples in a real browser: every one runs where it is read, by mouse and by keyboard, and nothing is fetched elsewhere.

The site is built with NumPy's wheel from the folder that PYODIDE_WHEELS names, and drives Debian's Chromium.
"""

import ast
import doctest
import gzip
import inspect
import pydoc
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from reading import COLD, block, button, editor, output, run, settled, turn, write

ROOT = Path(__file__).parent.parent
RUN_ALL = """async () => {
  const found = [];
  for (const block of document.querySelectorAll(".md-content .language-pycon")) {
    const one = {needs: block.dataset.needs ?? null, text: block.querySelector("code").textContent};
    found.push(one);
    if (one.needs) continue;
    block.querySelector(".live-bar button").click();
    await new Promise((done) => {
      const look = () => block.dataset.live !== "running" && done();
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


PRINTED = ("matches", "✓ The output is as printed.")


def test_an_example_shows_its_output_and_can_be_changed_back(book):
    turn(book, "learn/bp2-hidden-error/")
    assert run(book) == PRINTED
    assert output(book) == "array([ 0.03125,  0.     , -0.09375])"
    shown = block(book).locator("code").inner_html()
    write(book, "\nprint(delta_next)\ndelta_next * 2")
    assert ">>>" not in editor(book).input_value() and "array([ 0" not in editor(book).input_value()
    assert run(book) == ("ran", "Done.")
    assert output(book).splitlines() == [
        "array([ 0.03125,  0.     , -0.09375])",
        "[ 0.125 -0.125]",
        "array([ 0.25, -0.25])",
    ]
    button(book, "Reset").click()
    assert block(book).locator("code").inner_html() == shown
    assert editor(book).count() == 0
    assert run(book) == PRINTED
    assert block(book).locator("[data-clipboard-target]").count() == 1


def test_an_example_below_a_changed_one_is_not_judged(book):
    turn(book, "learn/bp2-hidden-error/")
    write(book, "\nW_next = 2 * W_next")
    verdict, said = run(book, 1)
    assert verdict == "error" or (verdict, said.partition(".")[0]) == ("ran", "Done")
    button(book, "Reset").click()
    assert run(book, 1) == PRINTED


PLAIN = """total = 0
for i in range(3):
    total += i
    print("so far", total)
total
"""
PASTED = """before = 1
    >>> before + 1
    2
    >>> for i in range(2):
    ...     print(i)
    0
    1

before + 2
"""


@pytest.mark.parametrize(
    ("text", "said", "shown"),
    [
        (PLAIN, "Done.", "so far 0\nso far 1\nso far 3\n3"),
        (PASTED, "Done. Read as output, and not run: 3 lines below a >>>.", "2\n0\n1\n3"),
        ("x = 1", "✓ Done, without output.", ""),
    ],
)
def test_python_runs_with_and_without_prompts(book, text, said, shown):
    turn(book, "learn/bp3-bias-gradient/")
    button(book, "Edit").click()
    book.keyboard.press("Control+A")
    book.keyboard.insert_text(text)
    assert run(book) == ("ran", said)
    assert output(book) == shown
    button(book, "Reset").click()


@pytest.mark.parametrize(
    ("line", "said", "shown"),
    [
        ("1 / 0", "ZeroDivisionError", ["1 / 0", "~~^~~", "ZeroDivisionError: division by zero"]),
        ("x = = 2", "SyntaxError", ["x = = 2", "^", "SyntaxError: invalid syntax"]),
        (
            "input('x')",
            "RuntimeError",
            ["input('x')", "~~~~~^^^^^", "RuntimeError: input() cannot ask here. Write the value instead."],
        ),
    ],
)
def test_an_error_is_red_and_short(book, line, said, shown):
    turn(book, "learn/bp3-bias-gradient/")
    button(book, "Edit").click()
    book.keyboard.press("Control+A")
    book.keyboard.insert_text(f"print('before')\n{line}")
    assert run(book) == ("error", f"{said} in line 2.")
    first, *others = [line.strip() for line in block(book).locator(".live-error").inner_text().splitlines()]
    assert first.startswith('File "example 1", line 2')
    assert others == shown
    color, red = (
        block(book)
        .locator(".live-error")
        .evaluate(
            """(error) => {
             const probe = document.body.appendChild(document.createElement("i"));
             probe.style.color = "var(--c-err)";
             const colors = [getComputedStyle(error).color, getComputedStyle(probe).color];
             probe.remove();
             return colors;
           }"""
        )
    )
    assert color == red
    button(book, "Reset").click()


def test_an_error_leads_to_its_page(book):
    turn(book, "learn/bp2-hidden-error/")
    write(book, "\nhidden_error(W_next.T, delta_next, sigma_prime_z)")
    assert run(book) == ("error", "ShapeError in line 7.")
    link = block(book).locator(".live-error a").first
    assert link.get_attribute("href") == link.inner_text()
    assert link.inner_text().endswith("/look-up/errors/transposed-weights/")
    button(book, "Reset").click()


def test_a_hundred_thousand_lines_are_cut(book):
    turn(book, "learn/bp3-bias-gradient/")
    write(book, "\nfor line in range(100_000): print(line)")
    before = book.evaluate("document.documentElement.scrollHeight")
    verdict, said = run(book)
    assert (verdict, re.sub(r"99,\d+", "99,000", said)) == ("ran", "Done. Left out: 99,000 lines.")
    box = block(book).locator(".live-output")
    assert output(book).count("\n") < 1000
    assert box.bounding_box()["height"] < 450
    assert book.evaluate("document.documentElement.scrollHeight") < before + 500
    box.press("End")  # the keyboard scrolls it
    book.wait_for_function("box => box.scrollTop > 0", arg=box.element_handle())
    button(book, "Reset").click()


def test_by_keyboard_alone(book):
    turn(book, "learn/bp4-weight-gradient/")
    button(book, "Run").focus()
    book.keyboard.press("Enter")
    assert settled(book) == PRINTED
    book.keyboard.press("Tab")
    book.keyboard.press("Enter")
    focused = "one => one === document.activeElement"
    assert editor(book).evaluate(focused)
    book.keyboard.press("Control+End")
    book.keyboard.type("\nfor i in range(2):\nj = 10 * i\nprint(j)")
    assert editor(book).input_value().endswith("\nfor i in range(2):\n    j = 10 * i\n    print(j)")
    book.keyboard.press("Control+Enter")
    assert settled(book)[0] == "ran"
    assert output(book).endswith("0\n10")
    book.keyboard.press("Tab")
    assert not editor(book).evaluate(focused)
    editor(book).focus()
    book.keyboard.press("Escape")
    assert button(book, "Edit").evaluate(focused)
    book.keyboard.press("Tab")
    book.keyboard.press("Enter")  # Reset
    assert editor(book).count() == 0
    button(book, "Edit").press("Enter")
    book.keyboard.press("Escape")  # nothing was changed: the printed example is back
    assert editor(book).count() == 0 and ">>>" in block(book).inner_text()


def test_every_button_has_a_name_of_its_own(book):
    turn(book, "learn/2-3-2-pass/")
    names = book.evaluate(
        """() => [...document.querySelectorAll(".live-bar button")].filter((button) => button.offsetParent)
               .map((button) => button.ariaLabel)"""
    )
    assert names[:4] == ["Run example 1", "Edit example 1", "Run example 2", "Edit example 2"]
    assert len(set(names)) == len(names)
    assert button(book, "Run").bounding_box()["height"] >= 24
    button(book, "Edit").click()
    assert block(book).get_by_role("textbox", name="Example 1").is_visible()
    assert "Ctrl+Enter runs" in block(book).inner_text()
    button(book, "Reset").click()


COLORED = """(code) => [...code.querySelectorAll("[class^=c-]")].map((one) => `${one.className} ${one.textContent}`)"""


@pytest.mark.parametrize(
    "path", ["learn/2-3-2-pass/", "learn/backward-pass/", "learn/step-by-step/", "learn/activations/"]
)
def test_edited_code_has_the_colors_of_the_printed(book, path):
    turn(book, path)
    for number, one in enumerate(book.locator(".md-content .language-pycon").all()):
        if not one.is_visible():
            continue
        printed = one.locator("code").evaluate(COLORED)
        button(book, "Edit", number).click()
        assert one.locator("code").evaluate(COLORED) == printed
        book.keyboard.press("Control+End")
        book.keyboard.insert_text(
            '\ndelta_ = W_2 @ a_prev + b1 - sigma_prime(z) + dC_dW + \'a \\\'W\\\'\' + """b\nb"""  # W'
        )
        added = one.locator("code").evaluate(COLORED)[len(printed) :]
        assert added == ["c-err delta_", "c-wt W_2", "c-act a_prev", "c-bias b1", "c-slope sigma_prime", "c-wt dC_dW"]
        assert one.locator("code .c1").last.inner_text() == "# W"
        button(book, "Reset", number).click()


def test_a_block_runs_what_stands_above_it(book):
    turn(book, "learn/2-3-2-pass/")
    assert run(book, 4)[0] == "matches"
    assert book.locator("[data-live]").count() == 1
    write(book, "\nx = None", number=0)
    assert run(book, 1)[0] == "error"
    button(book, "Reset").click()


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


def test_stop_ends_an_endless_loop_also_from_an_example_that_waits(book):
    turn(book, "look-up/notation/")
    write(book, "\nwhile True: pass\n")
    button(book, "Run").click()
    turn(book, "learn/bp3-bias-gradient/")
    button(book, "Run").click()
    block(book).get_by_text("Waiting for another run to end…").wait_for()
    button(book, "Stop").click()
    assert settled(book) == ("stopped", "Stopped. The next run starts Python again.")
    turn(book, "look-up/notation/")
    button(book, "Reset").click()  # the edit was kept
    assert run(book) == PRINTED


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("for i in range(3): print(i)\nwhile True: pass", "\n0\n1\n2"),
        ("import time\nfor i in range(3):\n    print(i, end=' ')\n    time.sleep(0.11)\nwhile True: pass", "\n0 1 2"),
        ("i = 0\nwhile True: print(i); i += 1", "\n996\n997"),  # and two lines above: the first thousand lines
    ],
)
def test_stop_leaves_what_was_printed(book, code, end):
    turn(book, "look-up/notation/")
    write(book, f"\n{code}\n")
    button(book, "Run").click()
    block(book).get_by_text("Running…").wait_for(timeout=COLD)
    book.wait_for_timeout(1000)
    button(book, "Stop").click()
    assert settled(book) == ("stopped", "Stopped. The next run starts Python again.")
    assert output(book).endswith(end)
    button(book, "Reset").click()


# ---- Another tab


@pytest.fixture(scope="module")
def tab(context):
    page = context.new_page()
    page.goto("look-up/notation/")
    yield page
    page.close()


def test_an_edit_is_kept_until_the_example_changes(tab):
    path = "learn/bp2-hidden-error/"
    tab.goto(path)
    write(tab, "\nprint('mine')")
    turn(tab, "look-up/notation/")
    assert editor(tab).count() == 0
    tab.go_back()
    tab.wait_for_url(f"**/{path}")
    assert editor(tab).input_value().endswith("\nprint('mine')")
    tab.reload()
    assert editor(tab).input_value().endswith("\nprint('mine')")
    tab.route(f"**/{path}", lambda route: route.fulfill(body=route.fetch().text().replace("0.125", "0.5")))
    tab.reload()
    button(tab, "Run").wait_for()
    assert editor(tab).count() == 0
    tab.unroute(f"**/{path}")
    tab.reload()
    button(tab, "Reset").click()
    tab.reload()
    button(tab, "Run").wait_for()
    assert editor(tab).count() == 0


def test_offline_the_page_says_so(browser, address):
    context = browser.new_context(base_url=address)  # with nothing of Python kept from other tests
    page = context.new_page()
    page.goto("look-up/notation/")
    block(page).scroll_into_view_if_needed()
    price = block(page).get_by_text(re.compile(r"Loads Python once: up to \d\d MB\."))
    price.wait_for()
    context.set_offline(True)
    try:
        found = run(page)
    finally:
        context.set_offline(False)
    assert found == ("failed", "Python could not be loaded. This device is offline. Connect it, and try again.")
    assert button(page, "Try again").is_visible()
    assert not price.is_visible()
    context.close()


BROKEN = gzip.compress(bytes(100_000))[:-20]


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        ("numpy.tar.gz", {"status": 404}),
        ("numpy.tar.gz", {"body": BROKEN}),
        ("library.tar.gz", {"status": 404}),
        ("python_stdlib.zip", {"status": 404}),
        ("python_stdlib.zip", {"body": BROKEN}),
        ("pyodide.asm.wasm", {"status": 404}),
        ("pyodide.asm.mjs", {"status": 404}),
        ("live.json", {"status": 404}),
    ],
)
def test_a_file_that_is_missing_or_broken_is_told(tab, file, answer):
    tab.goto("look-up/notation/")
    before = block(tab).locator("code").inner_html()
    tab.route(f"**/{file}", lambda route: route.fulfill(**answer))
    missing = "Python could not be loaded. A file did not arrive. Check the connection, and try again."
    try:
        assert run(tab) == ("failed", missing)
    finally:
        tab.unroute(f"**/{file}")
    assert block(tab).locator("code").inner_html() == before
    assert button(tab, "Try again").is_visible()


def test_a_load_that_fails_can_be_tried_again(tab):
    tab.goto("look-up/notation/")
    tab.route("**/numpy.tar.gz", lambda route: route.abort())
    assert run(tab)[0] == "failed"
    tab.wait_for_timeout(1500)  # the focus rests on Run, so Python is fetched once more, and fails once more
    tab.unroute("**/numpy.tar.gz")
    tab.evaluate(
        """() => {
             window.heard = [];
             window.shares = [];
             const bar = document.querySelector(".live-bar");
             new MutationObserver(() => heard.push(bar.querySelector("[role=status]").textContent))
               .observe(bar.querySelector("[role=status]"), {childList: true});
             new MutationObserver(() => shares.push(bar.querySelector("progress").position))
               .observe(bar.querySelector("progress"), {attributes: true, attributeFilter: ["value"]});
           }"""
    )
    button(tab, "Try again").click()
    assert settled(tab) == PRINTED
    assert tab.evaluate("heard") == ["Loading Python, once…", "Starting Python…", "Running…", PRINTED[1]]
    shares = tab.evaluate("shares")
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert 0.85 < shares[-1] <= 1


def test_two_tabs_do_not_meet(book, tab):
    for page, value in ((book, 1), (tab, 2)):
        turn(page, "learn/bp3-bias-gradient/")
        write(page, f"\nx = {value}")
        assert run(page)[0] == "ran"
    for page, value in ((book, 1), (tab, 2)):
        write(page, "\nx")
        run(page)
        assert output(page).endswith(f"\n{value}")
        button(page, "Reset").click()


def test_nothing_of_python_is_fetched_before_the_first_click(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto("learn/bp2-hidden-error/")
    page.wait_for_load_state("networkidle")
    assert button(page, "Run").is_visible()
    assert of_python(requests[before:]) == []
    page.close()


def of_python(requests):
    return [url for url in requests if re.search(r"vendor/pyodide|vendor/live/.*(gz|zip)|live-worker", url)]


PASSES = """(button) => {
  for (const [Kind, names] of [[PointerEvent, ["pointerenter", "pointerleave"]], [FocusEvent, ["focus", "blur"]]])
    for (const name of names) button.dispatchEvent(new Kind(name));
}"""


def test_python_is_fetched_when_a_pointer_rests_on_run_and_not_when_it_passes(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto("learn/bp2-hidden-error/")
    page.wait_for_load_state("networkidle")
    button(page, "Run").evaluate(PASSES)
    page.wait_for_timeout(1000)
    assert of_python(requests[before:]) == []
    button(page, "Run").hover()
    page.locator("html[data-python]").wait_for(state="attached", timeout=COLD)  # it is loaded, and nobody has clicked
    assert len(of_python(requests[before:])) > 5
    page.close()


def test_python_is_fetched_when_the_keyboard_rests_on_run(context, requests):
    page = context.new_page()
    before = len(requests)
    page.goto("learn/bp2-hidden-error/")
    button(page, "Run").focus()
    page.wait_for_timeout(1000)
    assert of_python(requests[before:]) != []
    page.close()


LOADED_FROM_SOURCE = """
import sys
[name for name, module in sys.modules.items() if str(getattr(module.__spec__, "origin", "")).endswith(".py")]"""


def test_the_browser_compiles_nothing_of_python_and_numpy_for_the_first_run(browser, address):
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("learn/bp2-hidden-error/")
    assert run(page) == PRINTED
    write(page, LOADED_FROM_SOURCE)
    assert run(page)[0] == "ran"
    names = ast.literal_eval(output(page).splitlines()[-1])
    assert {name.partition(".")[0] for name in names} == {"in_browser", "backprop", "array_api_compat"}
    context.close()


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
