"""How the tests read a page in the browser, as a reader does: turn to it, run an example, edit it."""

import re

COLD = 60_000  # ms; what a start of Python may take on a busy machine

DONE = "[data-live]:not([data-live=running])"


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
    page.wait_for_url(lambda url: url.partition("?")[0].endswith(f"/{path}"))  # the address may carry the layout
    page.wait_for_selector(f"link[rel=canonical][href$='/{path}']", state="attached")
    page.wait_for_timeout(100)


def block(page, number=0):
    return page.locator(".md-content .language-pycon").nth(number)


def button(page, name, number=0):
    """Return a button of an example: its name begins with what stands on it."""
    return block(page, number).get_by_role("button", name=re.compile(rf"^{name}\b"))


def run(page, number=0):
    button(page, "Run", number).click()
    return settled(page, number)


def settled(page, number=0):
    """Wait for the verdict on a block, and return it with all that is said."""
    one = block(page, number)
    one.and_(page.locator(DONE)).wait_for(timeout=COLD)
    return one.get_attribute("data-live"), one.get_by_role("status").inner_text()


def editor(page, number=0):
    return block(page, number).get_by_role("textbox")


def write(page, text, number=0):
    """Add to the source of an example."""
    button(page, "Edit", number).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def output(page, number=0):
    """Return what an example printed."""
    return block(page, number).locator(".live-output").inner_text().rstrip()


def instrument(page, path):
    """Turn to the page of an instrument as if for the first time; return the instrument."""
    turn(page, "look-up/notation/")  # or the page would keep what an earlier test did
    turn(page, path)
    return page.locator("[data-instrument]")
