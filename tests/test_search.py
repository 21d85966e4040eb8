"""What an asker types or pastes into the book's search finds the page that answers him."""

import posixpath
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def address(file):
    """Return where a page of docs/ is in the built book; a link of the questions is relative to its own page."""
    path = posixpath.normpath(posixpath.join("look-up", file)) if not file.startswith("look-up/") else file
    return re.sub(r"(^|/)index$", "", path.removesuffix(".md"))


def lines(page, pattern):
    """Return what a pattern of whole lines finds in a page of docs/."""
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)


LINKS = lines(DOCS / "look-up" / "questions.md", r"^- \[(.+)\]\((\S+?\.md)")
QUESTIONS = [(title, address(file)) for title, file in LINKS if not title.startswith("`")]
ERRORS = {
    address(page.relative_to(DOCS).as_posix()): page for page in sorted((DOCS / "look-up" / "errors").glob("*.md"))
}
MESSAGES = {  # the pages that a message names by their addresses, or else the one that it is on
    "\n".join([line, *re.findall(r"Likely cause: .*", rest)]): re.findall(r"github\.io/(\S+)/", rest) or [name]
    for name, page in ERRORS.items()
    for _, line, rest in lines(page, r"^( *)(backprop\.ShapeError: .+)\n((?:\1  .+\n)*)")
}


@pytest.fixture(scope="module")
def find(browser, read_address):
    """Return a function that pastes a text into the search and returns the first three pages found."""
    from playwright.sync_api import expect

    page = browser.new_page()
    page.goto(read_address)
    box = page.locator("form[name=search] input[name=query]")
    results = page.locator(".md-search-result__item")
    counted = page.get_by_text(re.compile(r"^(\d+|No) matching document"))
    box.click()

    def find(text):
        box.fill("")
        expect(results).to_have_count(0)
        expect(counted).to_have_count(0)  # those of the search before
        page.keyboard.insert_text(text)  # as a paste does, without a key
        counted.wait_for()
        links = [result.locator("a").first.get_attribute("href") for result in results.all()[:3]]
        return [re.sub(r"[?#].*", "", link.removeprefix(read_address)).strip("/") for link in links]

    yield find
    page.close()


def test_the_index_has_every_question_and_every_error_page():
    assert len(dict(QUESTIONS)) == len(QUESTIONS) == 32
    listed = {address(file) for _, file in LINKS}
    assert set(ERRORS) <= listed
    assert MESSAGES and all(set(pages) <= listed for pages in MESSAGES.values())


@pytest.mark.parametrize(("title", "page"), QUESTIONS, ids=[title for title, _ in QUESTIONS])
def test_an_askers_title_finds_its_page(find, title, page):
    assert page in find(title)


@pytest.mark.parametrize(("line", "pages"), MESSAGES.items(), ids=list(MESSAGES))
def test_a_pasted_error_finds_a_page_that_it_names(find, line, pages):
    assert set(find(line)) & set(pages)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("why transp", "look-up/why-the-transpose"),  # half a word, as while it is typed
        ("backprop.hidden_error", "use/reference"),
        (r"NN Backpropagation: Computing $\frac{{\rm d}E }{{\rm d}y}$.", "look-up/why-the-transpose"),
        (
            "ValueError: shapes (3,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)",
            "look-up/errors/column-beside-vector",
        ),
        ("title:^2 ~ *", None),
    ],
)
def test_no_text_is_an_order(find, text, page):
    found = find(text)
    assert page is None or page in found
