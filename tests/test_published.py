"""What a release has published stays: its names, and the addresses of its pages and headings."""

import warnings

import pytest

import backprop
from website import published


def test_each_published_name_can_be_used_as_it_was():
    assert [*published.broken_names(published.listed()[0])] == []


@pytest.mark.parametrize("built", ["site", "zensical_site"])
def test_each_published_address_leads_somewhere(built, request):
    site = request.getfixturevalue(built)
    assert [*published.broken_addresses(published.listed()[1], site)] == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("backprop.forward(layers, x)", None),
        ("backprop.rows.forward(layers)", "backprop.rows.forward needs an argument that it did not need"),
        ("backprop.forward(x, layers)", "backprop.forward was published with the parameters x, layers: keep"),
        ("backprop.forward(layers, x, y)", "keep their names and their order"),
        ("backprop.bias_gradient(delta)", None),  # keepdims has a default
        ("backprop.RELU", None),
        ("backprop.CURVED_LU", "backprop.CURVED_LU was published and is gone: keep it for two releases"),
    ],
)
def test_what_became_of_a_name(line, complaint):
    said = [*published.broken_names([line])]
    assert len(said) == bool(complaint)
    assert all(complaint in one for one in said)


def test_a_name_that_warns_of_its_end_is_still_there(monkeypatch):
    def leaving(name):
        warnings.warn(f"{name} is forward now", DeprecationWarning, stacklevel=2)
        return backprop.forward

    monkeypatch.setattr(backprop, "__getattr__", leaving)
    assert [*published.broken_names(["backprop.feed_forward(layers, x)"])] == []


@pytest.fixture
def small_book(tmp_path):
    for page, html in {
        "index.html": '<h1 id="book">Book</h1>',
        "learn/gradient-descent/index.html": '<h1 id="descent">Descent</h1><h2 id="exec-3--made">Made</h2><p><span id="old-heading"></span></p>',
    }.items():
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_text(html, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("/", None),
        ("/#book", None),
        ("/learn/gradient-descent/#old-heading", None),
        ("/learn/gradient-descent/#rate", 'write <span id="rate"></span> where its answer is now'),
        ("/chapters/descent/", None),  # which the page for what is not found knows by its new name
        ("/chapters/descent/#descent", None),
        ("/chapters/descent/#rate", "on /learn/gradient-descent/"),
        ("/chapters/ascent/", "into RENAMED of docs/assets/not-found.js"),
    ],
)
def test_what_became_of_an_address(address, complaint, small_book):
    said = [*published.broken_addresses([address], small_book)]
    assert len(said) == bool(complaint)
    assert all(complaint in one for one in said)


def test_the_command_adds_what_is_new_and_takes_nothing_away(small_book, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(published, "LIST", tmp_path / "published.txt")
    published.LIST.write_text("# Of releases.\nbackprop.gone\n/learn/gone/\n", encoding="utf-8")
    published.main(small_book)
    names, addresses = published.listed()
    assert names == ["backprop.gone", *published.names()]
    assert addresses == ["/learn/gone/", "/", "/#book", "/learn/gradient-descent/", "/learn/gradient-descent/#descent"]
    published.main(small_book)
    assert capsys.readouterr().out.endswith("\n0 lines added to published.txt\n")
