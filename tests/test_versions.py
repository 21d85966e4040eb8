"""The books of the releases stand beside the newest one, and each says which version it describes."""

import re
import tarfile

import pytest

from website import versions
from website.versions import FOOT, TOP

PAGE = f"<html><head></head><body>{TOP}</div><article>It.{FOOT}</body></html>"


def book(folder, *pages):
    for page in pages:
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(PAGE, encoding="utf-8")
    return folder


def archive(folder, version, book):
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / f"book-{version}.tar.gz", "w:gz") as file:
        file.add(book, ".")


@pytest.fixture
def laid(tmp_path):
    """Lay two releases beside a newest book, which has lost one page and gained another."""
    archive(tmp_path / "releases", "0.9.0", book(tmp_path / "old", "index.html", "learn/gone/index.html"))
    archive(tmp_path / "releases", "0.10.0", book(tmp_path / "new", "index.html", "learn/costs/index.html"))
    site = book(tmp_path / "site", "index.html", "learn/costs/index.html", "learn/young/index.html")
    versions.main(site, tmp_path / "releases")
    return site


def links(page):
    """Return the words of each link of a page, and the file that it leads to."""
    found = re.findall(r'<a href="([^"]*)">([^<]*)</a>', page.read_text(encoding="utf-8"))
    return {words: (page.parent / address / "index.html").resolve() for address, words in found}


def test_an_old_book_says_that_it_is_old_and_the_newest_release_does_not(laid):
    old = (laid / "0.9.0" / "index.html").read_text(encoding="utf-8")
    assert "describes version 0.9.0, which is not the newest release" in old
    assert f'{TOP}<aside class="md-banner md-banner--warning">' in old
    assert '<meta name="robots" content="noindex">' in old
    new = (laid / "0.10.0" / "index.html").read_text(encoding="utf-8")
    assert "describes version 0.10.0, which is the newest release" in new
    assert "warning" not in new


def test_a_page_of_a_release_leads_to_the_newest_form_of_it(laid):
    assert links(laid / "0.10.0/learn/costs/index.html") == {
        "This page in the newest book": laid / "learn/costs/index.html",
        "All versions": laid / "versions/index.html",
    }
    assert links(laid / "0.9.0/learn/gone/index.html") == {
        "The newest book, which does not have this page": laid / "index.html",
        "All versions": laid / "versions/index.html",
    }


def test_a_page_of_the_newest_book_leads_to_the_releases_that_have_it(laid):
    assert [*links(laid / "index.html").values()] == [laid / "0.10.0/index.html", laid / "0.9.0/index.html"]
    assert links(laid / "learn/costs/index.html") == {"0.10.0": laid / "0.10.0/learn/costs/index.html"}
    assert (laid / "learn/young/index.html").read_text(encoding="utf-8") == PAGE
    listed = [laid / "index.html", laid / "0.10.0/index.html", laid / "0.9.0/index.html"]
    assert [*links(laid / "versions/index.html").values()] == listed


def test_without_a_release_the_book_is_as_it_was(tmp_path):
    site = book(tmp_path / "site", "index.html")
    versions.main(site, tmp_path)
    assert (site / "index.html").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("built", ["site", "zensical_site"])
def test_each_page_of_the_book_has_the_places_of_the_notices(built, request):
    for page in request.getfixturevalue(built).rglob("index.html"):
        html = page.read_text(encoding="utf-8")
        assert [html.count(piece) for piece in (TOP, FOOT, "</head>")] == [1, 1, 1], page
