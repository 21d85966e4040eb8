"""The book from a disk: every page opens in Chromium from file://, asks nobody for anything, and its search works."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from building import in_two_browsers

ROOT = Path(__file__).parent.parent
LEFT = "net::ERR_ABORTED"  # the page was left before the file had come; a file that is missing is ERR_FILE_NOT_FOUND


@pytest.fixture(scope="module")
def unpacked(browser, build, tmp_path_factory):
    """Make the archive as `make docs.zip` does, and unpack it elsewhere."""
    folder = tmp_path_factory.mktemp("offline")
    build(folder / "built", "--no-directory-urls")
    command = [sys.executable, "-m", "website.outputs.offline", str(folder / "built"), str(folder / "docs.zip")]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    with ZipFile(folder / "docs.zip") as archive:
        archive.extractall(folder / "book of mine")  # a space, as a reader's folder may have
    return folder / "book of mine"


def listen(page, asked, errors):
    """Note what a page asks of others, and its errors."""
    page.on(
        "request",
        lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None,
    )
    page.on(
        "requestfailed",
        lambda request: errors.append(f"{request.url} {request.failure}") if request.failure != LEFT else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)


@pytest.fixture(scope="module")
def open_page(browser, unpacked):
    """Return a function that opens a page, and the list of its errors."""
    page = browser.new_page()
    errors = []
    listen(page, [], errors)

    def open_page(name):
        page.goto((unpacked / name).as_uri())
        return page

    yield open_page, errors
    page.close()


def test_every_page_opens_and_asks_nobody(unpacked):
    def opened(page, names):
        asked, errors, found = [], [], {}
        listen(page, asked, errors)
        for name in names:
            page.goto((unpacked / name).as_uri())
            formulas, wanted = page.locator(".katex").count(), page.locator(".formula").count()
            fonts = "document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))"
            drawn = formulas == wanted and (not formulas or page.evaluate(fonts))
            found[name] = (bool(page.locator("article h1").inner_text()), drawn, asked[:], errors[:])
        return found

    names = sorted(path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*.html"))
    assert len(names) > 40 and "index.html" in names and "learn/bp2-hidden-error.html" in names
    assert in_two_browsers(opened, names) == dict.fromkeys(names, (True, True, [], []))


def test_every_link_within_leads_to_a_file_and_an_anchor(unpacked):
    ids = {
        path: set(re.findall(r' id="([^"]+)"', path.read_text(encoding="utf-8"))) for path in unpacked.rglob("*.html")
    }
    checked = 0
    for path in ids:
        for link in re.findall(r'<a [^>]*href="(?!https?:|mailto:|#__)([^"]*)"', path.read_text(encoding="utf-8")):
            target, _, anchor = link.partition("#")
            aim = (path.parent / target).resolve() if target else path
            assert aim.is_file(), (path, link)
            assert not anchor or aim.suffix != ".html" or anchor in ids[aim], (path, link)
            checked += 1
    assert checked > 1000


def test_the_search_finds_a_page(open_page):
    show, errors = open_page
    page = show("index.html")
    page.keyboard.press("/")
    page.keyboard.type("why transp", delay=20)
    results = page.locator("dialog.search ol > li > a")
    results.first.wait_for()
    found = [link.get_attribute("href") for link in results.all()[:3]]
    assert any("/look-up/why-the-transpose.html" in link for link in found)
    assert "Look up" in results.locator("small").all_inner_texts()
    page.keyboard.press("Control+a")
    page.keyboard.type("the four equations of backpropagation")
    page.get_by_role("link", name="The four equations of backpropagation").click()
    page.wait_for_url("**/book%20of%20mine/index.html?h=*", wait_until="load")
    assert page.evaluate("CSS.highlights.get('found').size") > 0
    assert errors == []


def test_an_example_says_where_it_runs(open_page):
    show, _ = open_page
    page = show("learn/2-3-2-pass.html")
    bars = page.locator(".language-pycon .live-bar")
    assert bars.count() == page.locator(".language-pycon").count() > 0
    assert bars.first.inner_text() == "Read from a disk, this cannot run. It needs a server, as this page online has."
    assert bars.first.locator("a").get_attribute("href").endswith(".io/learn/2-3-2-pass/")
    page = show("look-up/shape-calculator.html")
    said, form = (page.locator(f"[data-instrument] > {part}").first.bounding_box() for part in ("div", "form"))
    assert said["height"] > 0 and said["y"] + said["height"] <= form["y"]
