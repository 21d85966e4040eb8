"""What Python does for the pages in the reader's browser. The worker serves it and calls `answer`."""

import doctest
import importlib
import json
import sys
import traceback


def answer(name, given):
    """Call the function of this name with what the page gives, both ways as JSON."""
    return json.dumps(ANSWERS[name](**json.loads(given)))


# ---- Examples


class Rows(doctest.DocTestRunner):
    """Runs one block and keeps, for each statement, whether it gave what the page says."""

    def __init__(self):
        super().__init__(verbose=False)
        self.rows = []

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        self.rows.append({"ok": True})

    def report_failure(self, out, test, example, got):
        self.rows.append({"ok": False, "source": example.source, "want": example.want, "got": got})

    def report_unexpected_exception(self, out, test, example, exc_info):
        self.report_failure(out, test, example, "".join(traceback.format_exception_only(*exc_info[:2])))


class Session:
    """The namespace of one page, or of one function's examples, and the blocks that were run in it."""

    def __init__(self, scope="", name=""):
        self.scope, self.done = scope, []
        self.names = {"__name__": "__main__"} | (_module_of(name) if name else {})

    def run(self, block):
        self.done.append(block)
        test = doctest.DocTestParser().get_doctest(block + "\n", {}, "this block", None, 0)
        test.globs = self.names
        runner = Rows()
        runner.run(test, clear_globs=False)
        return runner.rows


def _module_of(name):
    """Return the names that a docstring's examples see: those of the module where the object is defined."""
    value = importlib.import_module("backprop")
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    return dict(vars(sys.modules[getattr(value, "__module__", "backprop")]))


current = Session()


def run_block(scope, name, blocks):
    """Run the last block, after those above it unless they were the last to run; return its statements."""
    global current
    *above, block = blocks
    try:
        if (current.scope, current.done) != (scope, above):
            current = Session(scope, name)
            above = [row["ok"] for earlier in above for row in current.run(earlier)]
            return {"rows": current.run(block), "above": above.count(False)}
        return {"rows": current.run(block), "above": 0}
    except ValueError as error:  # doctest cannot read the block
        current = Session()
        return {"error": str(error)}


ANSWERS = {"run_block": run_block}
