"""What a reader types or pastes into the book's search finds the page that answers him, and the search is there for everybody."""

import csv
import re
from pathlib import Path

import pytest
from building import INDEX, RUNS_OVER, serving
from foreign_mistakes import MISTAKES, traceback_of

from website.questions import built, entries

DOCS = Path(__file__).parent.parent / "docs"

TITLES = {entry.title: entry.targets for entry in entries() if entry.title}
ERRORS = {
    built(page.relative_to(DOCS).as_posix()): page.read_text(encoding="utf-8")
    for page in sorted((DOCS / "look-up" / "errors").glob("*.md"))
}
MESSAGES = {  # each whole, as its reader pastes it; it leads to the pages that it names, or else to the one that it is on
    line + rest: re.findall(r"github\.io/(\S+/)", rest) or [name]
    for name, text in ERRORS.items()
    for _, line, rest in re.findall(r"^( *)(backprop\.ShapeError: .+\n)((?:\1  .+\n)*)", text, re.MULTILINE)
}
with (Path(__file__).parent / "queries.tsv").open(encoding="utf-8", newline="") as file:
    QUERIES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
TRACEBACK = """Traceback (most recent call last):
  File "train.py", line 31, in <module>
    z = W @ x + b
        ~~^~~
ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0 (size 2 is different from 3)"""

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class Search:
    """The search of an open page, as its reader sees it."""

    def __init__(self, page):
        self.page = page
        self.button = page.get_by_role("button", name="Search", exact=True)
        self.dialog = page.locator("dialog.search")
        self.box = self.dialog.get_by_role("textbox", name="Search the book")
        self.results = self.dialog.locator("ol > li")
        self.hint = self.dialog.locator("[data-when=empty]")  # there as long as nothing is asked
        self.status = self.dialog.get_by_role("status")

    def ask(self, text):
        """Put a text into the box, as a paste with the mouse does, and wait for the answer."""
        self.box.fill("")
        self.hint.wait_for()
        self.box.fill(text)
        self.hint.wait_for(state="hidden")
        self.dialog.locator("[data-when=loading]").wait_for(state="hidden")

    def find(self, text):
        """Return the first three pages that are found."""
        self.ask(text)
        paths = self.results.locator("> a").evaluate_all("links => links.slice(0, 3).map(link => link.pathname)")
        return [path.lstrip("/") for path in paths]

    def at(self):
        """Return the number of the result that has the focus, from 0; None if it is the box."""
        script = "[document.activeElement.matches('textarea'), [...document.querySelectorAll('.search ol > li')].findIndex(item => item.contains(document.activeElement))]"
        in_the_box, number = self.page.evaluate(script)
        return None if in_the_box else number


@pytest.fixture(scope="module")
def search(browser, read_address):
    """One open search for all that only asks."""
    page = browser.new_page(base_url=read_address)
    page.goto("look-up/glossary/")
    page.keyboard.press("/")
    yield Search(page)
    page.close()


@pytest.fixture
def page(browser, read_address):
    context = browser.new_context(base_url=read_address, reduced_motion="reduce")
    yield context.new_page()
    context.close()


# ---- What is found


def test_every_title_by_which_somebody_asked_in_public_finds_its_answer(search):
    assert len(TITLES) >= 32
    missed = {
        title: found
        for title, targets in TITLES.items()
        if not {target.partition("#")[0] for target in targets} & set(found := search.find(title))
    }
    assert missed == {}


def test_every_message_of_the_library_finds_a_page_that_it_names(search):
    assert len(MESSAGES) > 10
    missed = {line: found for line, pages in MESSAGES.items() if not set(pages) & set(found := search.find(line))}
    assert missed == {}


def test_nine_of_ten_queries_that_were_laid_aside_find_their_page(search):
    """The search was tuned without them; test_search_engine.py asks them all, without a browser."""
    kept = {query["query"]: re.compile(query["regular expression"]) for query in QUERIES if query["set"] == "kept"}
    assert len(kept) > 100
    missed = [query for query, right in kept.items() if not any(map(right.search, search.find(query)))]
    print(f"kept: {len(kept) - len(missed)} of {len(kept)} among the first three; not found:", *missed, sep="\n  ")
    assert len(missed) <= 0.1 * len(kept)


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_a_whole_traceback_of_another_library_finds_the_page_that_explains_it(search, library):
    mistakes = [mistake for mistake in MISTAKES if mistake.library == library]
    assert len(mistakes) > 10
    missed = {
        mistake.id: found
        for mistake in mistakes
        if not {f"{page}/" for page in mistake.pages} & set(found := search.find(traceback_of(mistake)))
    }
    print(f"{library}: {len(mistakes) - len(missed)} of {len(mistakes)}; not found:", *missed.items(), sep="\n  ")
    assert len(missed) <= 0.2 * len(
        mistakes
    )  # where the shapes alone do not tell the cause, the page is one of several


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("why transp", "look-up/why-the-transpose/"),  # half a word, as while it is typed
        ("backprop.hidden_error", "use/reference/"),
        (r"NN Backpropagation: Computing $\frac{{\rm d}E }{{\rm d}y}$.", "look-up/why-the-transpose/"),
        (TRACEBACK, "look-up/errors/transposed-weights/"),
    ],
)
def test_a_text_finds_its_page_whatever_it_looks_like(search, text, page):
    assert page in search.find(text)


def test_what_is_pasted_keeps_its_lines(search):
    search.ask(TRACEBACK)
    assert search.box.input_value() == TRACEBACK
    low, high = (search.box.evaluate(f"box => box.{height}Height") for height in ("client", "scroll"))
    assert high > low > 60  # some of its lines are to be seen


def test_each_result_says_where_it_is(search):
    search.ask("the weights are transposed")
    where = search.results.locator("> a small").all_inner_texts()
    assert "Look up › Errors" in where
    assert set(where) - {""} <= {
        "Learn", "Beyond dense layers", "Look up", "Look up › Errors", "Look up › Mistakes", "Use"
    }  # fmt: skip
    assert search.results.locator("mark").count() > 0
    assert search.results.locator("ul a[href*='#']").count() > 0


# ---- What is loaded, and when


def test_nothing_is_loaded_before_the_reader_turns_to_the_search(page):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("learn/bp1-output-error/", wait_until="networkidle")
    assert not {name for name in asked if re.search("search|asked|worker", name)} - {"search.js"}
    del asked[:]
    search = Search(page)
    with page.expect_request("**/assets/search.css"):
        search.button.hover()
    search.button.click()
    assert "look-up/why-hadamard/" in search.find("hadamard")
    assert sorted(asked) == sorted(["asked.json", "search.css", INDEX.rpartition("/")[2], "worker.js"])
    assert complaints == []


def test_a_search_that_does_not_load_says_so_and_can_be_tried_again(page):
    page.route(f"**/{INDEX}", lambda route: route.fulfill(status=503))
    page.goto("learn/costs/")
    search = Search(page)
    search.button.click()
    failed = search.dialog.locator("[data-when=failed]")
    failed.wait_for()
    assert "503" in failed.inner_text()
    page.unroute(f"**/{INDEX}")
    search.box.fill("quadratic cost")
    failed.get_by_role("button", name="Try again").click()
    search.results.first.wait_for()
    assert failed.is_hidden()


def test_while_it_loads_the_search_says_so(page):
    held = []
    page.route(f"**/{INDEX}", lambda route: held.append(route))
    page.goto("learn/costs/")
    search = Search(page)
    search.button.click()
    page.keyboard.type("quadratic cost")
    search.dialog.get_by_text("Loading the search").wait_for()
    page.keyboard.press("Enter")  # and what is asked meanwhile is done
    held.pop().continue_()
    page.wait_for_url("**/learn/costs/?h=*")


# ---- By keyboard, and by ear


def test_the_keys(page):
    page.goto("learn/costs/")
    search = Search(page)
    for key in ("/", "f", "s", "Control+k"):
        page.keyboard.press(key)
        assert search.dialog.is_visible() and search.box.input_value() == "", key
        page.keyboard.press("Escape")
        assert search.dialog.is_hidden(), key
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('afterbegin', '<input id=field><p id=cell contenteditable>x</p>')"
    )
    for field in ("#field", "#cell"):
        page.locator(field).click()
        page.keyboard.type("/fs")
        assert search.dialog.is_hidden(), field
    search.button.focus()
    page.keyboard.press("Enter")
    assert search.at() is None
    page.keyboard.press("Escape")
    assert search.button.evaluate("button => button === document.activeElement")


def test_one_arrow_is_one_result(search):
    search.ask("gradient")
    last = search.results.count() - 1
    assert last > 5
    search.box.focus()
    for number in (*range(last + 1), last):
        search.page.keyboard.press("ArrowDown")
        assert search.at() == number
    search.page.keyboard.press("Tab")  # the places on the page of a result lie between
    search.page.keyboard.press("ArrowUp")
    for number in (*range(last - 2, -1, -1), None):
        search.page.keyboard.press("ArrowUp")
        assert search.at() == number
    search.page.keyboard.press("ArrowDown")
    search.page.keyboard.type("s")  # no order to the theme, but a letter
    assert search.box.input_value() == "gradients"


def test_it_says_how_many_pages_were_found_after_the_typing_has_stopped(search):
    from playwright.sync_api import expect

    search.ask("hadamard")
    assert search.status.inner_text() == ""
    expect(search.status).to_have_text(f"{search.results.count()} pages found.")


def test_enter_opens_the_first_result_and_the_search_is_remembered(browser, address):
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("learn/costs/")
    page.evaluate("window.stays = true")
    search = Search(page)
    page.keyboard.press("/")
    page.keyboard.type("vanishing gradient")
    page.keyboard.press("Enter")  # before there is an answer
    page.wait_for_url("**/look-up/vanishing-gradient/?h=*")
    page.get_by_role("heading", level=1, name="Why does the gradient vanish?").wait_for()
    assert search.dialog.is_hidden()
    page.keyboard.press("/")
    assert search.box.input_value() == "vanishing gradient" and search.results.count() > 1
    search.results.nth(1).locator("> a").click()
    page.wait_for_url(lambda url: "vanishing-gradient" not in url)
    assert page.evaluate("window.stays")  # by instant navigation
    context.close()


# ---- No result, and addresses


def test_nothing_found_is_not_the_end(search):
    search.ask("qqqq")
    assert search.results.count() == 0
    assert search.dialog.locator("[data-when=none]").is_visible()
    links = search.dialog.locator(".search__else a").evaluate_all("links => links.map(link => link.pathname)")
    assert links == ["/look-up/questions/", "/look-up/errors/"]


def test_the_nearest_words_are_one_click_away(page):
    engine = """onmessage = ({ data: { id, query } }) => postMessage(
      id === undefined ? { ready: true }
      : query === "transpose" ? { id, results: [{ location: "", title: "<mark>A</mark>", note: "", sections: [] }], nearest: [] }
      : { id, results: [], nearest: ["transpose", "close"] })"""
    page.route("**/vendor/search/worker.js", lambda route: route.fulfill(body=engine, content_type="text/javascript"))
    page.goto("learn/costs/?q=tranzpoze")
    search = Search(page)
    near = search.dialog.locator(".search__nearest")
    near.wait_for()
    assert near.get_by_role("button").all_inner_texts() == ["transpose", "close"]
    near.get_by_role("button", name="transpose").click()
    search.results.first.wait_for()
    assert search.box.input_value() == "transpose" and search.at() is None
    assert near.is_hidden()


def test_an_address_can_ask(page):
    page.goto("learn/costs/?q=bias%20gradient&layout=rows")
    search = Search(page)
    search.results.first.wait_for()
    assert search.box.input_value() == "bias gradient"
    page.keyboard.press("Escape")
    assert page.url.endswith("learn/costs/?layout=rows")
    page.evaluate("document.querySelector('article').insertAdjacentHTML('afterbegin', '<a href=\"?q=W%0Ax\">Ask</a>')")
    page.get_by_role("link", name="Ask").click()
    assert search.box.input_value() == "W\nx"


def test_the_words_are_highlighted_on_the_page_and_the_page_is_not_changed(page):
    words = "[...CSS.highlights.get('found') ?? []].map(({startContainer, startOffset, endOffset}) => startContainer.data.slice(startOffset, endOffset))"
    elements = "document.querySelectorAll('article *').length"
    page.goto("look-up/why-hadamard/", wait_until="networkidle")
    before = page.evaluate(elements)
    assert page.evaluate(words) == []
    page.keyboard.press("/")
    page.keyboard.type("hadamard")
    Search(page).results.locator("> a[href*='look-up/why-hadamard/']").click()
    page.wait_for_url("**/look-up/why-hadamard/?h=*", wait_until="networkidle")
    assert len(page.evaluate(words)) > 3 and "Hadamard" in page.evaluate(words)
    assert page.evaluate(elements) == before


# ---- On a phone, without JavaScript, and in Zensical's build


def test_on_a_phone_it_fills_the_screen_and_suits_a_finger(browser, read_address):
    context = browser.new_context(base_url=read_address, **PHONE)
    page = context.new_page()
    page.goto("learn/costs/")
    search = Search(page)
    search.button.tap()
    search.ask("bias gradient")
    assert search.dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert search.box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)") >= 16
    heights = search.dialog.locator("a, button").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) > 10 and min(heights) >= 43.9
    assert not page.evaluate(RUNS_OVER)
    search.dialog.get_by_role("button", name="Close").tap()
    assert search.dialog.is_hidden()
    context.close()


def test_without_javascript_there_is_no_button(browser, read_address):
    context = browser.new_context(base_url=read_address, java_script_enabled=False)
    page = context.new_page()
    page.goto("learn/costs/")
    assert page.locator(".search-button, .md-header [for=__search]").count() == 2
    assert page.locator(".search-button:visible, .md-header [for=__search]:visible").count() == 0
    context.close()


def test_zensical_s_build_has_the_same_search(browser, zensical_site):
    with serving(zensical_site) as address:
        page = browser.new_page(base_url=address)
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("look-up/questions/", wait_until="networkidle")
        assert "search.json" not in asked
        page.keyboard.press("/")
        search = Search(page)
        assert "look-up/why-the-transpose/" in search.find("why transp")
        search.ask("hadamard product")
        page.keyboard.press("Enter")
        page.wait_for_url("**?h=hadamard*")
        assert "search.json" in asked and not any("javascripts/workers" in url for url in asked)
        assert complaints == []
        page.close()
