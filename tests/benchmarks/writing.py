"""Time what a writer waits for: the whole book, computed and from what was kept, and a saved page, in mkdocs and in Zensical.

`python tests/benchmarks/writing.py` prints the table; with `--write website/README.md` it replaces the one on that page. The book is
built and served from a copy of the tree. A page has been saved when its new words come from the server.
"""

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from building import copy_of_the_tree, run_builder
from speed import machine, write

PAGE = ("docs/learn/digits.md", "learn/digits/", "\n\n## ", "\n\n{word}.\n\n## ")
CHAPTER = (
    "backprop/bp2_hidden_error.py",
    "learn/bp2-hidden-error/",
    "A hidden unit has no target.",
    "A hidden {word} unit has no target.",
)
# What waits for a writer at most, in seconds.
BUILD, SAVED, LONGEST = 8, 2, 90
SERVERS = {
    "`make serve`": ("mkdocs", "serve", "--dev-addr"),
    "`BOOK_SEARCH=false make serve`": ("mkdocs", "serve", "--dev-addr"),
    "`python -m mkdocs serve --dirty`": ("mkdocs", "serve", "--dirty", "--dev-addr"),
    "`python -m zensical serve`": ("zensical", "serve", "--dev-addr"),
}


def built(builder, tree):
    """Return the seconds of one build."""
    start = time.perf_counter()
    done = run_builder(builder, tree, "--strict")
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - start


def page(address):
    """Return what the server says, or nothing."""
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(address, timeout=LONGEST).read().decode()
    return ""


def free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def serving(name, tree):
    """Start a server in the tree; give its address when it answers."""
    place = f"127.0.0.1:{free_port()}"
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(tree)}
    if name.startswith("`BOOK_SEARCH"):
        environment["BOOK_SEARCH"] = "false"
    command = [sys.executable, "-m", *SERVERS[name], place]
    server = subprocess.Popen(
        command, cwd=tree, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not page(f"http://{place}/"):
            time.sleep(0.5)
        yield f"http://{place}/"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def saved(tree, address, file, path, old, new, rounds):
    """Return the seconds from each save of a file to its words on the page; infinity, if they do not come."""
    place, found = tree / file, []
    before = place.read_text(encoding="utf-8")
    assert old in before
    try:
        for number in range(rounds):
            time.sleep(3)  # the server rests
            word = f"saved{number}at{time.time():.0f}"
            start = time.perf_counter()
            place.write_text(before.replace(old, new.format(word=word), 1), encoding="utf-8")
            while word not in page(address + path):
                if time.perf_counter() - start > LONGEST:
                    return float("inf")
                time.sleep(0.05)
            found.append(time.perf_counter() - start)
    finally:
        place.write_text(before, encoding="utf-8")
        time.sleep(3)
    return statistics.median(found)


def seconds(number):
    """Return a cell of the table."""
    return f"{number:.1f}" if number < float("inf") else "not shown"


def table(rounds):
    """Yield the lines of the table."""
    yield f"| what a writer waits for, in seconds; of later builds and of saves, the median of {rounds} | aim | reached |"
    yield "| --- | ---: | ---: |"
    with tempfile.TemporaryDirectory() as folder:
        for builder in ("mkdocs", "zensical"):
            tree = copy_of_the_tree(Path(folder) / builder)
            yield f"| the whole book by {builder}, everything computed | | {seconds(built(builder, tree))} |"
            # Apart, since the first build makes files that the second finds new.
            yield f"| the second build | {BUILD} | {seconds(built(builder, tree))} |"
            later = statistics.median(built(builder, tree) for _ in range(rounds))
            yield f"| a later build | {BUILD} | {seconds(later)} |"
        for name in SERVERS:
            tree = Path(folder) / ("zensical" if "zensical" in name else "mkdocs")
            with serving(name, tree) as address:
                for what, (file, *where) in (("a page", PAGE), ("a module", CHAPTER)):
                    took = saved(tree, address, file, *where, rounds)
                    yield f"| {what} saved under {name} | {SAVED} | {seconds(took)} |"


def main():
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    given = parser.parse_args()
    lines = []
    for line in table(given.rounds):
        print(line, flush=True)
        lines.append(line)
    lines += ["", f"Measured on {machine()}."]
    print(lines[-1])
    if given.write:
        write(given.write, lines, "writing")


if __name__ == "__main__":
    main()
