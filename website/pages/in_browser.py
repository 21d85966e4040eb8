"""What Python does for the pages in the reader's browser. The worker serves it and calls `answer`."""

import ast
import contextlib
import doctest
import io
import json
import linecache
import pkgutil
import re
import sys
import time
import traceback

import numpy as np

from backprop import ShapeError, rows


def answer(name, given, tell):
    """Call the function of this name with what the page gives, both ways as JSON; `tell` what a block prints while it runs."""
    more = {"tell": tell} if name == "run_block" else {}
    return json.dumps(ANSWERS[name](**json.loads(given), **more))


# ---- Examples


def to_nobody(text):
    """Tell nobody."""


class Output(io.TextIOBase):
    """Keeps the first lines of what is printed, and counts the others: no page can show a million.

    It tells what it keeps at the end of each line, and of a longer one ten times a second, as the code may never end.
    """

    LINES, CHARACTERS = 1000, 100_000

    def __init__(self, tell=to_nobody):
        self.parts = []
        self.lines = self.characters = self.left_out = 0
        self.tell, self.untold, self.told_at = tell, "", 0.0

    def write(self, text):
        kept = text[: self.CHARACTERS - self.characters]
        kept = "".join(kept.splitlines(keepends=True)[: self.LINES - self.lines])
        self.lines += kept.count("\n")
        self.characters += len(kept)
        self.left_out += text.count("\n", len(kept))
        self._add(kept, False)
        self.untold += kept
        if self.untold and (kept.endswith("\n") or time.monotonic() > self.told_at + 0.1):
            self.tell(self.untold)
            self.untold, self.told_at = "", time.monotonic()
        return len(text)

    def error(self, text):
        """Add an exception, which is shown whatever was printed before."""
        self._add(text, True)

    def _add(self, text, error):
        if self.parts and self.parts[-1]["error"] == error:
            self.parts[-1]["text"] += text
        elif text:
            self.parts.append({"text": text, "error": error})


class Rows(doctest.DocTestRunner):
    """Runs a printed example and keeps each statement that did not give what the page says."""

    def __init__(self, output):
        super().__init__(verbose=False)
        self.output, self.differences, self.raised = output, [], None

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        if example.exc_msg:
            self.output.error(example.exc_msg)
        else:
            self.output.write(got)

    def report_failure(self, out, test, example, got):
        self.output.write(got)
        self._differs(example, got)

    def report_unexpected_exception(self, out, test, example, exc_info):
        said, self.raised = _short(exc_info[1]), f"{exc_info[0].__name__}."
        self.output.error(said)
        self._differs(example, said)

    def _differs(self, example, got):
        self.differences.append({"source": example.source, "want": example.want, "got": got[: Output.CHARACTERS]})


class Session:
    """The namespace of one page, or of one function's examples, and the examples that were run in it."""

    def __init__(self, scope="", name=""):
        self.scope, self.done = scope, []
        self.names = {"__name__": "__main__"} | (_module_of(name) if name else {}) | {"input": _cannot_ask}

    def run(self, block, tell=to_nobody):
        """Run an example; return what the page shows of it."""
        self.done.append(block)
        output = Output(tell)
        run = self._as_edited if block["edited"] else self._as_printed
        said = run(block, output)
        found = {"parts": output.parts, "left_out": output.left_out}
        return found | {"raised": None, "differences": [], "not_run": 0} | said

    def _as_printed(self, block, output):
        test = doctest.DocTestParser().get_doctest(block["text"] + "\n", {}, _file(block), None, 0)
        test.globs = self.names
        runner = Rows(output)
        runner.run(test, clear_globs=False)
        return {"differences": runner.differences, "raised": runner.raised}

    def _as_edited(self, block, output):
        """Run what the reader wrote, each statement by itself; the value of each is shown, as at Python's own prompt."""
        file = _file(block)
        source, not_run = _source(block["text"])
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                tree = ast.parse(source, file)
                for statement in tree.body:
                    if isinstance(statement, ast.Expr):
                        value = eval(compile(ast.Expression(statement.value), file, "eval"), self.names)
                        if value is not None:
                            print(repr(value))
                    else:
                        exec(compile(ast.Module([statement], []), file, "exec"), self.names)
            except BaseException as error:  # SystemExit too
                output.error(_short(error))
                return {"raised": f"{type(error).__name__}{_where(error)}.", "not_run": not_run}
        return {"not_run": not_run}


PROMPT = re.compile(r"\s*(>>>|\.\.\.(?= |$)) ?(.*)")


def _file(block):
    return f"example {block['number']}"


def _source(text):
    """Return the Python of a text, as it stands or else without prompts and the output below them, and how many lines this output has.

    What is left out leaves its line empty, so that an error names the line that the reader sees.
    """
    try:
        ast.parse(text)
    except SyntaxError:
        pass
    else:
        return text, 0
    lines, below, not_run = [], False, 0  # below: a prompt, with no empty line since
    for line in text.split("\n"):
        prompt = PROMPT.match(line)
        if prompt and (below or prompt[1] == ">>>"):
            below = True
            lines.append(prompt[2])
        else:
            below = below and bool(line.strip())
            not_run += below
            lines.append("" if below else line)
    return "\n".join(lines), not_run


def _short(error):
    """Return an exception as Python prints it, with the lines of the reader and without those of the libraries."""
    # Pyodide's own words tell how to install it, which no page can.
    if isinstance(error, ModuleNotFoundError) and error.name:
        error.msg = f"No module named {error.name!r}. Here are NumPy, backprop and Python's own library."
    report = traceback.TracebackException.from_exception(error)
    frames = [frame for frame in report.stack if frame.filename.startswith("example ")]
    return "".join([*traceback.StackSummary.from_list(frames).format(), *report.format_exception_only()])


def _where(error):
    if isinstance(error, SyntaxError):
        return f" in line {error.lineno}"
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if _of_reader(frame)]
    return f" in line {lines[0]}" if lines else ""


def _of_reader(frame):
    return frame.f_code.co_filename.startswith("example ")


def _cannot_ask(prompt=""):
    raise RuntimeError("input() cannot ask here. Write the value instead.")


def _module_of(name):
    """Return the names that a docstring's examples see: those of the module where the object is defined."""
    value = pkgutil.resolve_name(name)  # which imports backprop.mistakes on its way
    return dict(vars(sys.modules[getattr(value, "__module__", "backprop")]))


current = Session()


def run_block(scope, name, blocks, tell):
    """Run the last example, after those above it unless they were the last to run; return what the page shows of it."""
    global current
    *above, block = blocks
    before = []
    if (current.scope, current.done) != (scope, above):
        current = Session(scope, name)
        before = [_file(earlier) for earlier in above if current.run(earlier)["raised"]]
    found = current.run(block, tell)
    changed = any(one["edited"] for one in blocks)
    if found["raised"]:
        verdict = "error"
    elif block["edited"] or (found["differences"] and changed):
        verdict = "ran"
    else:
        verdict = "differs" if found["differences"] else "matches"
    return found | {"verdict": verdict, "before": before}


# ---- The shape calculator


def guess(sizes, examples, layout, mistake):
    """Make a mistake in a network of these sizes; return what it comes to, and what the library says of it."""
    way = rows if layout == "rows" else sys.modules["backprop"]

    def ones(*shape):
        return np.broadcast_to(1.0, shape)  # which takes no memory, of whatever shape

    def data(n):
        return ones(n) if not examples else ones(examples, n) if layout == "rows" else ones(n, examples)

    def weights(l):
        return ones(*(sizes[l - 1 : l + 1] if layout == "rows" else sizes[l - 1 : l + 1][::-1]))

    last = len(sizes) - 1
    delta, a_prev = data(sizes[last]), data(sizes[last - 1])
    d, a = f"delta{last}", f"a{last - 1}" if last > 1 else "x"
    carried = f"{d}, sigma_prime_z{last - 1}"
    one = f"{a}[0]" if layout == "rows" else f"{a}[:, 0]"
    calls = {
        "wrong target": ("output_error", f"dC_da, sigma_prime_z{last}", lambda: (data(sizes[last] + 1), delta), delta),
        "transposed": ("hidden_error", f"W{last}.T, {carried}", lambda: (weights(last).T, delta, a_prev), a_prev),
        "this layer": ("hidden_error", f"W{last - 1}, {carried}", lambda: (weights(last - 1), delta, a_prev), a_prev),
        "other way round": ("weight_gradient", f"{a}, {d}", lambda: (a_prev, delta), weights(last)),
        "other layout": ("weight_gradient", f"{d}.T, {a}.T", lambda: (delta.T, a_prev.T), weights(last)),
        "one example": ("weight_gradient", f"{d}, {one}", lambda: (delta, ones(sizes[last - 1])), weights(last)),
    }
    name, arguments, given, wanted = calls[mistake]
    call = f">>> {'rows.' if way is rows else ''}{name}({arguments})\n"
    try:
        shape = getattr(way, name)(*given()).shape
    except ShapeError as error:
        return {"verdict": "clash", "said": call + str(error)}
    return {"verdict": "fits" if shape == wanted.shape else "shape", "said": f"{call}an array of shape {shape}"}


# ---- Wrong or right?

# What a formula computes in the place of each equation, and from what.
FORMULAS = {
    "BP1": ("output_error", ("dC_da", "sigma_prime_z")),
    "BP2": ("hidden_error", ("W_next", "delta_next", "sigma_prime_z")),
    "BP3": ("bias_gradient", ("delta",)),
    "BP4": ("weight_gradient", ("delta", "a_prev")),
}
LIKE = "It is what "  # so the check begins when it recognizes a mistake


class FormulaError(Exception):
    """A formula that gives no gradient, in words for its author."""


def judge(equation, formula, layout="columns"):
    """Measure the gradients of a 3-3-3 network in which one equation is this formula, and train it by them."""
    from backprop.mistakes import check_network, gradients_with, losses, specimen  # only the quiz waits for it

    layers, x, y = specimen()
    try:
        function = {FORMULAS[equation][0]: formula_as_function(equation, formula, layout)}
        _, found = gradients_with(layers, x, y, **function)
        loss = losses(layers, x, y, 2.0, 200, **function)
    except FormulaError as error:
        return {"error": str(error)}
    curves = [[round(C, 5) if np.isfinite(C) else None for C in one] for one in (loss, losses(layers, x, y, 2.0, 200))]
    if layout == "rows":  # or the check would speak of the other axis
        layers, x, y = [rows.Layer(layer.W.T, layer.b) for layer in layers], x.T, y.T
        found = [gradient._replace(dC_dW=gradient.dC_dW.T) for gradient in found]
    report = check_network(layers, x, y, found)
    return {"ok": report.ok, "losses": curves} | said(report)


def formula_as_function(equation, formula, layout):
    """Return what replaces the equation: it takes examples as columns, in whichever layout the formula is written."""
    name, arguments = FORMULAS[equation]
    try:
        code = compile(formula.strip(), "formula", "eval")
    except (SyntaxError, ValueError) as error:
        hint = " Write only what is to the right of the equals sign." if re.match(r"\s*\w+\s*=[^=]", formula) else ""
        raise FormulaError(f"Python cannot read this formula: {getattr(error, 'msg', error)}.{hint}") from None

    def function(*arrays, **_):
        wanted = getattr(sys.modules["backprop"], name)(*arrays)
        if layout == "rows":
            *arrays, wanted = map(np.transpose, (*arrays, wanted))
        found = evaluated(code, dict(zip(arguments, arrays)), equation)
        # One number for all is a mistake that NumPy lets pass.
        if found.shape != wanted.shape and (found.shape or not name.endswith("gradient")):
            raise FormulaError(f"The formula gives an array of shape {found.shape}. {equation} needs {wanted.shape}.")
        return found.T if layout == "rows" else found

    return function


def evaluated(code, given, equation):
    """Return what a formula gives for these arrays."""
    shapes = " and ".join(f"{name} has shape {array.shape}" for name, array in given.items())
    try:
        with np.errstate(all="ignore"):
            value = eval(code, {"np": np} | given)
    except NameError as error:
        raise FormulaError(f"There is no {error.name} here. {equation} may use {', '.join(given)} and np.") from None
    except np.linalg.LinAlgError as error:
        raise FormulaError(f"NumPy cannot compute this: {error}.") from None
    except Exception as error:
        if "mismatch" in str(error) or "broadcast" in str(error):
            raise FormulaError(f"The shapes do not fit: {shapes}.") from None
        raise FormulaError(f"Python stops with {type(error).__name__}: {error}.") from None
    try:
        return np.asarray(value).astype(float, casting="same_kind")
    except (TypeError, ValueError):
        raise FormulaError(f"The formula gives {value!r}, and not an array of real numbers.") from None


def said(report):
    """Return what the gradient check found in sentences, and the module of the mistake that it recognizes."""
    from backprop._sentences import listed, say
    from backprop.mistakes import MISTAKES

    if report.ok:
        return {"said": [f"All {sum(row.checked for row in report.rows)} derivatives agree with the measured ones."]}
    failing = [row for row in report.rows if row.verdict == "FAIL"]
    sentences, recognized = {}, []
    for row in failing:
        words = [finding.says for finding in row.findings]
        names = [text.removeprefix(LIKE).removesuffix(" gives.") for text in words if text.startswith(LIKE)]
        recognized.append({one for several in names for one in several.split(" or ")})
        rest = " ".join(text for text in words if not text.startswith(LIKE))
        sentences.setdefault(rest, []).append(row.name)
    sentences.pop("", None)
    alike = set.intersection(*recognized)
    module = next((one.function.__module__ for one in MISTAKES if one.function.__name__ in alike), "")
    told = [f"The derivatives for {listed([row.name for row in failing])} differ from the measured ones."]
    for text, names in sentences.items():
        if text == say("no guess").says:
            told.append(f"The numbers of {listed(names)} alone do not show which mistake it is.")
        else:
            told.append(f"The gradient check says about {listed(names)}: “{text}”")
    return {"said": told, "mistake": module.rpartition(".")[2]}


ANSWERS = {"run_block": run_block, "guess": guess, "judge": judge}
