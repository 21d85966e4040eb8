"""What others may rely on: the public names, and the addresses of the pages and of their headings.

`python -m website.published site` adds to `published.txt` what the built book and the library have and the list has not. It is run
before each release, and never takes a line away. A test says what of the list has vanished.
"""

import inspect
import re
import sys
import warnings
from operator import attrgetter
from pathlib import Path

import backprop
from backprop import layers, mistakes, rows

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_name("published.txt")
NOT_FOUND = ROOT / "docs" / "assets" / "not-found.js"
# Not the headings that code on the page has made: markdown-exec numbers them anew when another page gets such code.
HEADING = re.compile(r'<h[1-6][^>]* id="(?!exec-\d)([^"]+)"')
ID = re.compile(r'\sid="([^"]+)"')


def parameters(name):
    """Return the parameters of a public function or class; of an exception or another object, none."""
    value = attrgetter(name.removeprefix("backprop."))(backprop)
    called = inspect.isroutine(value) or (inspect.isclass(value) and not issubclass(value, Exception))
    return [*inspect.signature(value).parameters.values()] if called else []


def names():
    """Return each public name, a function with its parameters: backprop.rows.weight_gradient(delta, a_prev)."""
    for module in (backprop, rows, layers, mistakes):
        for name in sorted(module.__all__):
            path = f"{module.__name__}.{name}"
            taken = ", ".join(one.name for one in parameters(path))
            yield f"{path}({taken})" if taken else path


def books(site):
    """Return {address: (ids of its headings, all its ids)} of the pages of a built book."""
    found = {}
    for file in sorted(Path(site).rglob("index.html")):
        address = file.parent.relative_to(site).as_posix()
        html = file.read_text(encoding="utf-8")
        found["/" if address == "." else f"/{address}/"] = HEADING.findall(html), {*ID.findall(html)}
    return found


def addresses(site):
    """Return the address of each page of a built book, and of each heading."""
    for page, (headings, _) in books(site).items():
        yield from (page, *(f"{page}#{heading}" for heading in headings))


def listed():
    """Return the published names, and the published addresses."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line[:1] not in "/#"], [line for line in lines if line[:1] == "/"]


def broken_names(published):
    """Return why each published name cannot be used as it was. A name that warns of its end still can."""
    for line in published:
        name, _, taken = line.rstrip(")").partition("(")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                now = parameters(name)
        except AttributeError:
            yield f"{name} was published and is gone: keep it for two releases, with a DeprecationWarning that names its heir"
            continue
        before = taken.split(", ") if taken else []
        if [one.name for one in now[: len(before)]] != before:
            yield f"{name} was published with the parameters {taken}: keep their names and their order"
        elif any(one.default is one.empty for one in now[len(before) :]):
            yield f"{name} needs an argument that it did not need when it was published: give it a default"


def moved():
    """Return {name of a page: its name now}, as the page for what is not found knows them."""
    block = NOT_FOUND.read_text(encoding="utf-8").partition("RENAMED = {")[2].partition("}")[0]
    return dict(re.findall(r'"?([\w-]+)"?: "([\w-]+)"', block))


def broken_addresses(published, site):
    """Return why each published address leads to nothing any more."""
    found, renamed = books(site), moved()
    for address in published:
        page, _, anchor = address.partition("#")
        if page not in found:
            heir = renamed.get(page.split("/")[-2])
            page = next((one for one in found if heir and one.endswith(f"/{heir}/")), None)
        if page is None:
            yield f"{address} was published and is gone: write its last name and its new one into RENAMED of docs/assets/not-found.js"
        elif anchor and anchor not in found[page][1]:
            yield f'{address} was published and is gone: write <span id="{anchor}"></span> where its answer is now, on {page}'


def main(site):
    """Add what is new to the list."""
    text = LIST.read_text(encoding="utf-8")
    new = [line for line in (*names(), *addresses(site)) if line not in text.splitlines()]
    LIST.write_text("".join([text, *(f"{line}\n" for line in new)]), encoding="utf-8")
    print(f"{len(new)} lines added to {LIST.name}")


if __name__ == "__main__":
    main(sys.argv[1])
