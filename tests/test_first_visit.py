"""What a first visit loads: few files, small ones, and nothing that moves; faces and a style sheet that lack nothing the book has."""

import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from building import BUILDER, Quiet, serving
from fontTools.ttLib import TTFont

from website.first_visit import AFTER_THE_THEME, faces

ROOT = Path(__file__).parent.parent
WITHOUT = json.loads((ROOT / "website" / "first_visit" / "without.json").read_text(encoding="utf-8"))
# The page, and the most that it may load: requests, and kilobytes as the host sends them.
FIRST_VISITS = {"": (15, 150), "learn/bp2-hidden-error/": (13, 140), "learn/exercises/": (14, 217)}
MORE = 24 if BUILDER == "zensical" else 0  # kilobytes, mostly of its script

# As KaTeX's style sheet has it.
FACES = [
    ({"mathnormal"}, "KaTeX_Math-Italic"),
    ({"mathbf", "textbf"}, "KaTeX_Main-Bold"),
    ({"mathit", "textit"}, "KaTeX_Main-Italic"),
    ({"boldsymbol"}, "KaTeX_Math-BoldItalic"),
    ({"mathbb", "amsrm"}, "KaTeX_AMS-Regular"),
    ({"mathtt", "texttt"}, "KaTeX_Typewriter-Regular"),
    ({"mathsf", "textsf"}, None),  # the font of the reader's system
    ({"large-op"}, "KaTeX_Size2-Regular"),
    ({"small-op", "delim-size1"}, "KaTeX_Size1-Regular"),
    ({"delim-size4"}, "KaTeX_Size4-Regular"),
    ({"katex-html", "mathrm", "textrm"}, "KaTeX_Main-Regular"),
]


class Faces(HTMLParser):
    """The characters of a page in each face of formulas and text."""

    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, html):
        super().__init__()
        self.open, self.characters = [("", "source-serif-4-latin-400-normal")], {}
        self.feed(html)

    def face(self, tag, attributes, around):
        if tag in ("script", "style", "head", "math", "pre", "code", "nav", "button", "kbd"):
            return None
        if tag == "svg":
            return "KaTeX_Main-Regular"
        if "KaTeX_Math" in attributes.get("font-family", ""):
            return "KaTeX_Math-Italic"
        classes = set((attributes.get("class") or "").split())
        if around and around.startswith("KaTeX"):
            if size := classes & {"size1", "size2", "size3", "size4"} if "delimsizing" in classes else None:
                return f"KaTeX_{size.pop().title()}-Regular"
        elif "katex-html" not in classes:
            return around
        return next((face for names, face in FACES if names & classes), around)

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append((tag, self.face(tag, dict(attributes), self.open[-1][1])))

    def handle_endtag(self, tag):
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.characters.setdefault(self.open[-1][1], set()).update(data)


def test_each_face_has_the_characters_of_every_page(site):
    """What it names goes into CHARACTERS of website/first_visit/faces.py, or a page loads the whole face for it."""
    fonts = site / "assets" / "vendor" / "fonts"
    whole = {name: set(map(chr, TTFont(fonts / f"{name}.woff2").getBestCmap())) for name in faces.CHARACTERS}
    seen, missing = set(), {}
    for page in site.rglob("*.html"):
        for name, characters in Faces(page.read_text(encoding="utf-8")).characters.items():
            seen.add(name)
            if new := (characters & whole.get(name, set())) - set(faces.CHARACTERS.get(name, "")):
                missing.setdefault(name, {})[page.relative_to(site).as_posix()] = "".join(sorted(new))
    assert missing == {}
    assert {name for name in faces.CHARACTERS if not name.startswith("source-serif")} <= seen


def test_a_small_face_has_its_characters_and_not_the_reserved_name(site):
    fonts = site / "assets" / "vendor" / "fonts"
    for name, characters in faces.CHARACTERS.items():
        small, whole = TTFont(fonts / f"{faces.small(name)}.woff2"), TTFont(fonts / f"{name}.woff2")
        assert set(small.getBestCmap()) == set(map(ord, characters)) & set(whole.getBestCmap()), name
        names = " ".join(small["name"].getDebugName(identifier) or "" for identifier in (1, 2, 3, 4, 6, 16))
        assert not re.search("source|katex", names, re.IGNORECASE), names
        assert small["name"].getDebugName(13 if "KaTeX" in name else 0) == whole["name"].getDebugName(
            13 if "KaTeX" in name else 0
        )


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_the_style_sheet_lacks_nothing_that_a_page_has(builder, request):
    """What it names is taken off website/first_visit/without.json."""
    folder = request.getfixturevalue("site" if builder == "mkdocs" else "zensical_site")
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "assets").rglob("*.js")]
    classes = re.compile(r"class(?:Name|List\.\w+)?\W{1,4}([\w -]+)")
    made = {f".{name}" for script in scripts for names in classes.findall(script) for name in names.split()}
    assert ".live-bar" in made
    gone = tuple(name.split()[-1] for name in WITHOUT if name.startswith("."))
    found = {name for name in made if name.startswith(gone)}
    for page in folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        found |= {
            f".{name}"
            for names in re.findall(r'class="([^"]*)"', html)
            for name in names.split()
            if f".{name}".startswith(gone)
        }
        assert 'dir="rtl"' not in html and not re.search('data-md-color-primary="(?!custom)', html)
    assert found == set()


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_the_sheets_are_joined_in_their_order(builder, site):
    joined = (site / "assets" / "vendor" / f"{builder}.css").read_text(encoding="utf-8")
    rules = [
        ".md-grid{", ".doc-contents ", "formula-main-regular", ".katex{", "Book Serif stand-in", "@page slide", ".live-bar{", ".live-form{",
    ]  # fmt: skip
    places = [joined.index(rule) for rule in rules]
    assert places == sorted(places)
    ours = [sheet for sheet in AFTER_THE_THEME if sheet.is_relative_to(ROOT / "docs")]
    assert len(ours) == 4
    for sheet in ours:
        for selector in re.findall(r"^(\.[\w-]+) \{", sheet.read_text(encoding="utf-8"), re.MULTILINE):
            assert selector in joined, (sheet.name, selector)


def test_who_edits_a_style_sheet_sees_it(tree):
    sheet, joined = (
        tree / "docs" / "assets" / "print.css",
        tree / "website" / "overrides" / "assets" / "vendor" / "mkdocs.css",
    )
    before = sheet.read_text(encoding="utf-8")
    sheet.write_text(before + ".edited { color: red; }", encoding="utf-8")
    try:
        command = [sys.executable, "-c", "from website import first_visit; first_visit.write()"]
        subprocess.run(command, cwd=tree, check=True)
        assert ".edited{" in joined.read_text(encoding="utf-8")
    finally:
        sheet.write_text(before, encoding="utf-8")


class Compressed(Quiet):
    """Serves a folder as the host of the book does, which compresses text."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in (".html", ".css", ".js", ".json", ".svg", ".xml") or not path.is_file():
            return super().send_head()
        packed = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)
        return None


SHIFT = """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
    list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0)
)).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => resolve(0), 500))"""


@pytest.mark.parametrize("address", FIRST_VISITS)
def test_a_first_visit_is_small_and_still(address, browser, site):
    asked = []
    with serving(site, Compressed) as server:
        context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True)
        page = context.new_page()
        page.on("requestfinished", lambda request: request.url.startswith(server) and asked.append(request))
        page.goto(server + address, wait_until="networkidle")
        page.wait_for_timeout(1500)  # what waits until a page has come has been asked for, too
        shift = page.evaluate(SHIFT)
        loaded = {request.url.removeprefix(server): request.sizes()["responseBodySize"] for request in asked}
        context.close()
    requests, kilobytes = FIRST_VISITS[address]
    assert len(loaded) <= requests, "\n".join(loaded)
    assert sum(loaded.values()) <= (kilobytes + MORE) * 1000, "\n".join(f"{url} {size}" for url, size in loaded.items())
    assert [url for url in loaded if re.search(r"/(?:KaTeX_|source-serif)", url)] == []
    assert shift <= 0.01


def test_the_large_window_that_a_phone_begins_with_loads_nothing_more(browser, site):
    """Until it has applied a page's `viewport`, it lays the page out 981 pixels wide: the first example was near then, and its price asked for."""
    with serving(site) as server:
        context = browser.new_context(viewport={"width": 981, "height": 1958}, is_mobile=True)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server, wait_until="domcontentloaded")
        page.set_viewport_size({"width": 412, "height": 823})
        page.wait_for_timeout(2000)
        assert [url for url in asked if url.endswith("/live.json")] == []
        with page.expect_request("**/live.json"):
            page.locator(".md-content .language-pycon").first.scroll_into_view_if_needed()
        context.close()


def test_what_is_folded_costs_nothing_until_it_is_opened(browser, read_address):
    """The theme measures each block of code when a page comes; a solution that nobody has opened is not laid out for that."""
    page = browser.new_page(viewport={"width": 260, "height": 780})
    page.add_init_script("""addEventListener("load", () => {
        window.shown = [...document.querySelectorAll("details:not([open]) pre")].map((block) => getComputedStyle(block.closest("details > *")).display);
    })""")
    page.goto(read_address + "learn/exercises/")
    shown = page.evaluate("shown")
    assert len(shown) > 50
    assert set(shown) == {"none"}
    # Then it can be: the browser's own search opens what it finds.
    page.locator("details:not([open], [data-settled])").first.wait_for(state="detached")
    folded = page.locator(".md-content details:not([open])").filter(has=page.locator("pre"))
    assert folded.first.evaluate("(it) => getComputedStyle(it.lastElementChild).display") != "none"
    page.evaluate("document.querySelectorAll('.md-content details').forEach((folded) => (folded.open = true))")
    page.locator("details[open] div.formula[tabindex='0']").first.wait_for(state="attached")
    wide = "[...document.querySelectorAll('details[open] div.formula')].filter((it) => it.scrollWidth > it.clientWidth)"
    assert page.evaluate(f"{wide}.every((it) => it.tabIndex === 0)")
    page.close()
