"""Time the live cells in Debian's Chromium: from the first click to its result, a later run, the longest task of the page.

The book is built whole by itself and served here, compressed as a host would. It needs what the browser tests need.
With `--lighthouse`, Lighthouse judges the home page and two chapters instead, as on a phone; npm fetches it for that run.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from building import CHROMIUM, Quiet, serving_the_live_book
from reading import COLD, DONE

PAGES = ["", "learn/bp2-hidden-error/", "learn/forward-pass/"]
WATCH = """window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
  .observe({type: "longtask", buffered: true});"""


class Host(Quiet):
    """Serves what is text, and WebAssembly, compressed."""

    packed = {}  # noqa: RUF012

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in (".html", ".css", ".js", ".mjs", ".json", ".svg", ".wasm") or not path.exists():
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


def clicks(address, rounds):
    cold, warm, longest = [], [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for _ in range(rounds):
            page = browser.new_page()  # a context of its own: nothing is cached
            page.add_init_script(WATCH)
            page.goto(address + PAGES[1])
            page.wait_for_load_state("networkidle")
            page.evaluate("tasks.length = 0")
            block = page.locator(".language-pycon").first
            for times in (cold, warm):
                start = time.perf_counter()
                block.get_by_role("button", name="Run example 1", exact=True).click()
                block.and_(page.locator(DONE)).wait_for(timeout=COLD)
                times.append(time.perf_counter() - start)
                assert block.get_attribute("data-live") == "matches"
            longest.append(max(page.evaluate("tasks"), default=0))
            page.close()
        browser.close()
    print(f"cold click to result  {min(cold):.1f} s at best, {statistics.median(cold):.1f} s in the middle, limit 8 s")
    print(f"warm                  {1000 * statistics.median(warm):.0f} ms in the middle, limit 150 ms")
    print(f"longest task of the page while Python loads  {max(longest):.0f} ms (0: none of 50 ms or more), limit 50 ms")
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {rounds} rounds")


def lighthouse(address):
    flags = " ".join(["--headless=new", *CHROMIUM])
    npx = Path(sys.executable).with_name("npx")
    environment = os.environ | {"CHROME_PATH": shutil.which("chromium")}
    environment["PATH"] = f"{npx.parent}{os.pathsep}{environment['PATH']}"
    for path in PAGES:
        command = [npx, "--yes", "lighthouse", address + path, "--quiet", "--output=json", f"--chrome-flags={flags}"]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
        found = json.loads(done.stdout)
        scores = {name: round(100 * (one["score"] or 0)) for name, one in found["categories"].items()}
        audits = {name: audit.get("numericValue") for name, audit in found["audits"].items()}
        print(path or "home", scores, f"layout shift {audits['cumulative-layout-shift']:.3f},", end=" ")
        print(
            f"{audits['total-byte-weight'] / 1000:.0f} kB, largest paint {audits['largest-contentful-paint'] / 1000:.1f} s"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lighthouse", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving_the_live_book(Path(folder), Host) as address:
        lighthouse(address) if given.lighthouse else clicks(address, given.rounds)
