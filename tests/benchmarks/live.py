"""Time the live cells in Debian's Chromium: from a click to its result, at the first visit and the second.

The book is built whole by itself and served here, compressed as a host would. It needs what the browser tests need. `--site` takes one that
is built. With `--phone`, all requests share a line of 9.6 Mbit/s, each waits 100 ms, and Chromium's processes run a quarter of the time.
With `--lighthouse`, Lighthouse judges the home page, a chapter and the longest page instead, as on a phone; npm fetches it for that run.
Each prints a table, and puts it in the place of the one on the page that `--write` names.
"""

import argparse
import contextlib
import gzip
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from building import CHROMIUM, Quiet, serving, serving_the_live_book
from reading import COLD, DONE
from speed import write

PAGES = ["", "learn/bp2-hidden-error/", "learn/exercises/"]
WATCH = """window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
  .observe({type: "longtask", buffered: true});"""
VISITS = ("first visit", "second visit")
# In seconds: on a laptop, and on a phone.
AIMS = {"first visit": (3, 12), "second visit": (2, None), "warm": (0.06, None)}
# Of Lighthouse: its name, where it stands in the audits, by what it is divided, the aim.
JUDGED = (
    ("score", None, 0.01, 99),
    ("largest paint, s", "largest-contentful-paint", 1000, 1.6),
    ("layout shift", "cumulative-layout-shift", 1, 0.01),
    ("blocked, ms", "total-blocking-time", 1, None),
    ("longest task, ms", "long-tasks", 1, 50),
    ("kB", "network-requests", 1000, 140),
    ("requests", "network-requests", 1, 14),
)


class Host(Quiet):
    """Serves what is text, and WebAssembly, compressed."""

    packed = {}  # noqa: RUF012

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in (".html", ".css", ".js", ".mjs", ".json", ".svg", ".wasm", ".xml") or not path.exists():
            return super().do_GET()
        if path not in self.packed:
            self.packed[path] = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(self.packed[path])))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(self.packed[path])


class FarHost(Host):
    """The same at the end of a phone's line."""

    line = threading.Lock()
    PIECE, SPEED, LATENCY = 12_000, 9.6e6 / 8, 0.1  # bytes, bytes in a second, seconds
    sent = 0

    def setup(self):
        super().setup()
        self.write_at_once, self.wfile.write = self.wfile.write, self.write

    def write(self, content):
        for start in range(0, len(content), self.PIECE):
            piece = content[start : start + self.PIECE]
            with self.line:
                time.sleep(len(piece) / self.SPEED)
                FarHost.sent += len(piece)
            self.write_at_once(piece)
        return len(content)

    def do_GET(self):
        time.sleep(self.LATENCY)
        super().do_GET()


def chromium():
    """Return the processes of the browser that this one has started."""
    parents, found = {}, set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    for process in parents:
        above = process
        while above in parents and above != os.getpid():
            above = parents[above]
        with contextlib.suppress(OSError):
            if above == os.getpid() and "chromium" in os.readlink(f"/proc/{process}/exe"):
                found.add(process)
    return found


def processor_seconds():
    """Return the processor time that the browser has used up to now."""
    total = 0
    for process in chromium():
        with contextlib.suppress(OSError):
            user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
            total += int(user) + int(system)
    return total / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def a_quarter_of_the_time():
    """Stop the browser for 75 of every 100 ms."""
    done = threading.Event()

    def turns():
        while not done.is_set():
            processes = chromium()
            for sent, pause in ((signal.SIGSTOP, 0.075), (signal.SIGCONT, 0.025)):
                for process in processes:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, sent)
                time.sleep(pause)

    thread = threading.Thread(target=turns)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def visit(driver, profile, address, phone):
    """Open a chapter and run its first example twice; return each time in seconds and in processor seconds, and the longest task."""
    with driver.chromium.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=CHROMIUM
    ) as context:
        page = context.pages[0]
        page.add_init_script(WATCH)
        page.goto(address + PAGES[1])
        page.wait_for_load_state("networkidle")
        page.evaluate("tasks.length = 0")
        block = page.locator(".language-pycon").first
        times = []
        for _ in range(2):
            used, start = processor_seconds(), time.perf_counter()
            with a_quarter_of_the_time() if phone else contextlib.nullcontext():
                block.get_by_role("button", name="Run example 1", exact=True).click()
                block.and_(page.locator(DONE)).wait_for(timeout=5 * COLD)
                took = time.perf_counter() - start
            times.append((took, processor_seconds() - used))
            assert block.get_attribute("data-live") == "matches"
        longest = max(page.evaluate("tasks"), default=0)
        page.wait_for_timeout(3000)  # the browser compiles the core better meanwhile, and keeps it
    return times, longest


def clicks(addresses, rounds, phone):
    """Yield the table of the times for each of the built books, measured in turns."""
    found, longest, most_sent = {}, 0, 0
    with sync_playwright() as driver:
        for _ in range(rounds):
            for name, address in addresses.items():
                with tempfile.TemporaryDirectory() as profile:
                    for which in VISITS:
                        before = FarHost.sent
                        (cold, warm), task = visit(driver, profile, address, phone)
                        most_sent = max(most_sent, FarHost.sent - before)
                        found.setdefault((name, which), []).append(cold)
                        found.setdefault((name, "warm"), []).append(warm)
                        longest = max(longest, task)
    yield f"| from a click on Run to its result, {'on a phone' if phone else 'on this machine'}, {rounds} rounds | aim, s | median, s | best, s | processor time, s |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for (name, which), times in found.items():
        seconds, used = zip(*times)
        numbers = [statistics.median(seconds), min(seconds), min(used)]
        what = f"{name}, {which}" if len(addresses) > 1 else which
        yield f"| {what} | {AIMS[which][phone] or ''} | {' | '.join(f'{number:.2f}' for number in numbers)} |"
    yield ""
    if phone:
        yield f"Of a first visit, the network alone takes {most_sent / FarHost.SPEED:.1f} s, for {most_sent / 1e6:.1f} MB with the page itself."
    else:  # on a phone, a task is longer by the time for which it is stopped
        most = f"took {longest:.0f} ms" if longest else "was shorter than 50 ms, the aim"
        yield f"The longest task of the page while Python was loading {most}."


def judged(found):
    """Return what Lighthouse has found of each thing in `JUDGED`."""
    audits = found["audits"]
    sent = [
        row
        for row in audits["network-requests"]["details"]["items"]
        if row["url"].startswith("http") and row["transferSize"]
    ]
    tasks = audits["long-tasks"]["details"]["items"]
    counted = {
        "score": found["categories"]["performance"]["score"],
        "longest task, ms": max((task["duration"] for task in tasks), default=0),
        "kB": sum(row["transferSize"] for row in sent),
        "requests": len(sent),
    }
    return [counted.get(name, audits.get(audit, {}).get("numericValue")) / unit for name, audit, unit, _ in JUDGED]


def lighthouse(address, rounds):
    """Yield the table of the medians. Lighthouse slows the processor by 4, whatever it is: its index says how fast it is without."""
    flags = " ".join(["--headless=new", *CHROMIUM])
    npx = Path(sys.executable).with_name("npx")
    environment = os.environ | {"CHROME_PATH": shutil.which("chromium")}
    environment["PATH"] = f"{npx.parent}{os.pathsep}{environment['PATH']}"
    columns, index, others = [], [], set()
    for path in PAGES:
        command = [npx, "--yes", "lighthouse", address + path, "--quiet", "--output=json", f"--chrome-flags={flags}"]
        rows = []
        for _ in range(rounds):
            done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
            found = json.loads(done.stdout)
            rows.append(judged(found))
            index.append(found["environment"]["benchmarkIndex"])
            others |= {
                f"{name} {100 * one['score']:.0f}" for name, one in found["categories"].items() if name != "performance"
            }
        columns.append([statistics.median(values) for values in zip(*rows)])
    names = [path.strip("/").rpartition("/")[2] or "home" for path in PAGES]
    yield f"| Lighthouse, median of {rounds} | aim | {' | '.join(names)} |"
    yield f"| --- | ---: |{' ---: |' * len(PAGES)}"
    for (name, _, _, aim), values in zip(JUDGED, zip(*columns)):
        yield f"| {name} | {aim or ''} | {' | '.join(f'{value:.3g}' for value in values)} |"
    yield ""
    yield f"Lighthouse's index for the speed of the processor was {statistics.median(index):.0f}. Its other scores: {', '.join(sorted(others))}."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--phone", action="store_true")
    parser.add_argument("--lighthouse", action="store_true")
    parser.add_argument(
        "--site", action="append", default=[], help="a built book; of several, each is measured in its turn"
    )
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    given = parser.parse_args()
    host = FarHost if given.phone else Host
    with contextlib.ExitStack() as stack:
        addresses = {Path(site).name: stack.enter_context(serving(site, host)) for site in given.site}
        if not addresses:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            addresses = {"book": stack.enter_context(serving_the_live_book(Path(folder), host))}
        if given.lighthouse:
            name, lines = (
                "lighthouse",
                [line for address in addresses.values() for line in lighthouse(address, given.rounds)],
            )
        else:
            name, lines = "phone" if given.phone else "laptop", list(clicks(addresses, given.rounds, given.phone))
    lines += [f"The load of the machine was {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."]
    print("\n".join(lines))
    if given.write:
        write(given.write, lines, name)
