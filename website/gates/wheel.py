"""Build the wheel, install it alone into fresh environments, and run its doctests there; let it show a page about an error.

Each interpreter that is named tries it with the newest NumPy that it can have, and with the oldest that the wheel
allows where that one exists for it. Beside the wheel and what it requires, only pytest is installed.
"""

import argparse
import re
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
PAGE = "transposed-weights"
REPORT = "import sys, numpy; print('Python', sys.version.split()[0], 'NumPy', numpy.__version__)"


def run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def heading():
    """Return the heading of the page as the book has it."""
    text = (ROOT / "docs" / "look-up" / "errors" / f"{PAGE}.md").read_text(encoding="utf-8")
    return text.removeprefix("# ").partition(" {#")[0]


def oldest(wheel):
    """Return the oldest of each library that the wheel allows, as pip is told it: ["numpy==2", ...]."""
    [metadata] = [name for name in ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA")]
    required = message_from_bytes(ZipFile(wheel).read(metadata)).get_all("Requires-Dist")
    return [requirement.replace(">=", "==") for requirement in required]


def doctests(python, wheel, pins, folder):
    """Run the doctests of an installed wheel; return what was said, and how many passed (None: not to be installed)."""
    made = run(python, "-m", "venv", str(folder / "venv"))
    if made.returncode:
        return f"no environment for {python}: {made.stdout}{made.stderr}", 0
    [installed] = [path for path in (folder / "venv").glob("*/python*") if path.stem == "python"]
    pip = [str(installed), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    done = run(*pip, str(wheel), "pytest", *pins)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1], None
    versions = run(str(installed), "-c", REPORT).stdout.strip()
    shown = run(str(installed), "-X", "utf8", "-m", "backprop", "why", PAGE, cwd=folder)
    if not shown.stdout.startswith(heading()):
        return f"{versions}: the wheel does not show its page {PAGE}: {shown.stdout}{shown.stderr}", 0
    command = ["-m", "pytest", "-q", "--doctest-modules", "--pyargs", "backprop"]
    done = run(str(installed), "-W", "error", *command, cwd=folder)
    passed = re.search(r"^(\d+) passed", done.stdout, re.MULTILINE)
    if done.returncode or not passed:
        return f"{versions}\n{done.stdout}{done.stderr}", 0
    return f"{versions}: {passed[1]} doctests passed", int(passed[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", nargs="*", default=[sys.executable], help="interpreters; by default this one")
    failed = False
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        [wheel] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
        for number, python in enumerate(parser.parse_args().python):
            for name, pins in {"newest": [], "oldest": oldest(wheel)}.items():
                (folder / f"{number}-{name}").mkdir()
                said, passed = doctests(python, wheel, pins, folder / f"{number}-{name}")
                if passed is None and name == "oldest":
                    said = f"{python}: the oldest libraries cannot be installed: {said}"
                else:
                    failed |= not passed
                print(said, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
