"""What an asker types or pastes into the book's search finds the page that answers him."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def address(file):
    """Return where a page of docs/ stands in the built book."""
    return re.sub(r"(^|/)index$", "", file.removesuffix(".md"))


def lines(page, pattern):
    """Return what a pattern of whole lines finds in a page of docs/."""
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)


LINKS = lines(DOCS / "questions.md", r"^- \[(.+)\]\((\S+?\.md)")
QUESTIONS = [(title, address(file)) for title, file in LINKS if not title.startswith("`")]
ERRORS = {address(page.relative_to(DOCS).as_posix()): page for page in sorted((DOCS / "errors").glob("*.md"))}
MESSAGES = {  # the pages that a message names by their addresses, or else the one that it stands on
    line: re.findall(r"https://literate-backprop\.github\.io/(\S+)/", rest) or [name]
    for name, page in ERRORS.items()
    for line, rest in lines(page, r"^(backprop\.ShapeError: .+)\n((?:  .+\n)*)")
}


@pytest.fixture(scope="module")
def find(tmp_path_factory):
    """Return a function that pastes a text into the search and returns the first three pages found."""
    browsers = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install --group browser")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is missing: Debian's package chromium has it")
    folder = str(tmp_path_factory.mktemp("site"))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, browsers.sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        environment = os.environ | {"SITE_URL": home, "NO_MKDOCS_2_WARNING": "1"}
        command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", folder]
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(home)
        box = page.locator("form[name=search] input[name=query]")
        results = page.locator(".md-search-result__item")
        box.click()

        def find(text):
            box.fill("")
            browsers.expect(results).to_have_count(0)
            page.keyboard.insert_text(text)  # as a paste does, without a key
            page.get_by_text(re.compile(r"^(\d+|No) matching document")).wait_for()
            links = [result.locator("a").first.get_attribute("href") for result in results.all()[:3]]
            return [re.sub(r"[?#].*", "", link.removeprefix(home)).strip("/") for link in links]

        yield find
        browser.close()
        server.shutdown()


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
        ("why transp", "why-the-transpose"),  # half a word, as while it is typed
        ("backprop.hidden_error", "reference"),
        (r"NN Backpropagation: Computing $\frac{{\rm d}E }{{\rm d}y}$.", "why-the-transpose"),
        ("ValueError: shapes (3,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)", "errors/column-beside-vector"),
        ("title:^2 ~ *", None),
    ],
)
def test_no_text_is_an_order(find, text, page):
    found = find(text)
    assert page is None or page in found
