"""A message of another library, pasted with its whole traceback, is explained, and leads to the page about its mistake."""

import contextlib
import io
import posixpath
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from foreign_mistakes import MISTAKES, traceback_of

import backprop
from backprop import _messages
from backprop.__main__ import main
from backprop._address import BOOK
from backprop._messages import causes

DOCS = Path(__file__).parent.parent / "docs"
INDEX = DOCS / "look-up" / "errors" / "index.md"
CAUSES = {name: cause for name, cause in vars(causes).items() if isinstance(cause, causes.Cause)}
LIBRARIES = {"NumPy": "numpy", "PyTorch": "torch", "JAX": "jax", "Keras": "keras", "TensorFlow": "tensorflow"}
ALSO = {"Keras": ("keras", "tf_keras"), "Keras 2": ("tf_keras",), "TensorFlow": ("tensorflow", "tf_keras")}
BY_ID = {mistake.id: mistake for mistake in MISTAKES}
each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.id for mistake in MISTAKES])


@cache
def printed(id):
    """Return what a mistake prints."""
    return traceback_of(BY_ID[id])


def file_of(page):
    """Return the file in docs/ of an address in the book, and the heading that the address leads to."""
    address, _, anchor = page.partition("#")
    file = DOCS / f"{address.strip('/')}.md"
    file = file if file.exists() else DOCS / address / "index.md"
    heading = rf"^#+ (.+) \{{#{anchor}\}}$" if anchor else r"^# (.+?)(?: \{#\S+\})?$"
    return file, re.search(heading, file.read_text(encoding="utf-8"), re.MULTILINE)


def addresses(causes):
    return [cause.page.partition("#")[0].strip("/") for cause in causes]


def entries(library):
    """Return the list of the index: each message of a library, with the headings about its likely causes."""
    lines = []
    for known in _messages.KNOWN:
        if known.library == library:
            links = []
            for cause in known.explained(known.example).causes:
                file, heading = file_of(cause.page)
                path = posixpath.relpath(file.as_posix(), INDEX.parent.as_posix())
                anchor = cause.page[cause.page.find("#") :] if "#" in cause.page else ""
                links.append(f"[{heading[1]}]({anchor if path == 'index.md' else path + anchor})")
            code = f"``{known.example}``" if "`" in known.example else f"`{known.example}`"
            lines += [f"- {code}  ", f"  {' · '.join(links)}"]
    return "\n".join(lines)


def asked(*arguments, columns=80):
    """Return what the command prints in a terminal of so many columns."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        main(["why", *arguments])
    return out.getvalue()


# ---- Each mistake is run, and what it prints is explained


@each_mistake
def test_the_traceback_of_a_mistake_leads_to_its_page(mistake):
    text = printed(mistake.id)
    found = _messages.explained(text)
    named = addresses(found.causes)
    assert mistake.pages[0] in named
    # A message that hides the shapes cannot put its causes in order.
    assert named[0] in mistake.pages or "Print both shapes" in found.said


@each_mistake
def test_a_message_is_no_other_message(mistake):
    message = _messages.last_error(printed(mistake.id))
    assert len([known.example for known in _messages.KNOWN if known.explained(message)]) == 1


def test_the_mistakes_are_in_every_library():
    count = {library: sum(each.library == library for each in MISTAKES) for library in LIBRARIES.values()}
    assert sum(count[library] for library in ("numpy", "torch", "jax")) >= 20
    assert min(count.values()) >= 5
    assert len(BY_ID) == len(MISTAKES)


# ---- What is printed in the book is what the libraries print


def printed_by(library, message):
    """Return whether a mistake in this library prints this message."""
    names = ALSO.get(library) or (LIBRARIES[library],)
    not_run = []
    for mistake in MISTAKES:
        if mistake.library in names:
            try:
                if message in printed(mistake.id):
                    return True
            except pytest.skip.Exception as skipped:
                not_run.append(skipped)
    if not_run:
        raise not_run[0]
    return False


@pytest.mark.parametrize("known", _messages.KNOWN, ids=[known.example for known in _messages.KNOWN])
def test_an_example_is_what_the_library_prints(known):
    assert [other.example for other in _messages.KNOWN if other.explained(known.example)] == [known.example]
    assert printed_by(known.library, known.example)


# An entry of a list: a library, what was written, and at its end the message.
ENTRY = re.compile(r"^ *- \*\*(.+?)\*\*.*?: (``?)(.+)\2 *$", re.MULTILINE)
ROWS = [
    (page.relative_to(DOCS).with_suffix("").as_posix().removesuffix("/index"), library, message)
    for page in [*sorted(INDEX.parent.glob("*.md")), DOCS / "look-up" / "autodiff.md"]
    for library, _, message in ENTRY.findall(page.read_text(encoding="utf-8"))
    if library in (*LIBRARIES, *ALSO)
]


@pytest.mark.parametrize(("page", "library", "message"), ROWS, ids=[f"{page}: {message}" for page, _, message in ROWS])
def test_a_message_on_a_page_is_what_the_library_prints_and_leads_there(page, library, message):
    assert page in addresses(_messages.explained(message).causes)
    assert printed_by(library, message)


def test_every_page_of_an_error_has_messages_of_other_libraries():
    pages = {page.stem for page in INDEX.parent.glob("*.md")} - {"index"}
    assert {page.rpartition("/")[2] for page, *_ in ROWS} == pages | {"autodiff", "errors"}
    assert all("{#other-libraries}" in (INDEX.parent / f"{page}.md").read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_index_has_the_messages_of_each_library(library):
    assert entries(library) in INDEX.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page.stem for page in INDEX.parent.glob("*.md")])
def test_a_page_begins_with_the_message_the_likely_cause_and_the_fix(page):
    text = (INDEX.parent / f"{page}.md").read_text(encoding="utf-8")
    text = re.sub(r'^=== "(?:Columns|Rows)"\n\n|^    ', "", text, flags=re.MULTILINE)
    cause = r"> `Likely cause: .+`(?:  )?\n"
    message = rf"> `backprop\.ShapeError: .+`(?:  )?\n(?:{cause})*\n"
    begins = rf"# .+\n\n(?:{message})+\*\*Likely cause:\*\* .+  \n\*\*Fix:\*\* .+\n\n"
    assert re.search(rf"(?:\A|\n){begins}", text)


# ---- What is said


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_and_its_fix_are_two_sentences_at_most_and_have_a_page(name):
    cause = CAUSES[name]
    for text in (cause.cause, cause.fix, cause.columns, cause.rows):
        sentences = re.split(r"(?<=[.:]) (?=[A-Z])", text)
        assert len(sentences) <= 2
        assert not text or text.endswith(".")
        assert max(len(sentence.split()) for sentence in sentences) <= 25
    assert cause.fix or (cause.columns and cause.rows)
    assert bool(cause.columns) == bool(cause.rows)
    file, heading = file_of(cause.page)
    assert file.exists() and heading


# These shapes lead to causes that no example has.
OTHER_SHAPES = [
    "operands could not be broadcast together with shapes (4,) (3,)",
    "operands could not be broadcast together with shapes (5,4) (5,)",
    "operands could not be broadcast together with shapes (3,2) (4,3)",
    "operands could not be broadcast together with shapes (5,3) (3,1)",
    "operands could not be broadcast together with shapes (2,5,5) (4,4)",
    "shapes (3,) and (2,) not aligned",
    "mat1 and mat2 shapes cannot be multiplied (3584x14 and 1568x10)",
    "could not broadcast input array from shape (4,) into shape (3,)",
]


def test_every_cause_is_one_of_a_message():
    messages = [*(known.example for known in _messages.KNOWN), *OTHER_SHAPES]
    assert {*CAUSES.values()} == {cause for message in messages for cause in _messages.explained(message).causes}


@pytest.mark.parametrize(
    ("message", "cause"),
    [  # as Keras prints them where it computes by TensorFlow
        (
            "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape=(None,), output.shape=(None, 10)",
            "LABELS",
        ),
        (
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(None, 10), output.shape=(None, 10)",
            "NEEDS_LABELS",
        ),
    ],
)
def test_other_words_for_the_same_mistake_are_known(message, cause):
    assert _messages.explained(f"ValueError: {message}").causes == (CAUSES[cause],)


@pytest.mark.parametrize(
    ("shapes", "first"),
    [
        ("(4,3) and (4,3)", "NEEDS_STAR"),  # entry by entry
        ("(3,3) and (2,)", "COLUMN"),  # (3,) and (3,1) were added
        ("(2,3) and (2,)", "TRANSPOSED"),  # W.T
        ("(2,) and (3,2)", "TRANSPOSED"),
        ("(3,2) and (5,2)", "LAYOUT"),  # W @ X, as rows
        ("(2,3) and (2,5)", "TRANSPOSED"),  # W.T @ X, as columns
        ("(2,5) and (3,2)", "LAYOUT"),  # in reverse
        ("(2,3) and (4,)", "WRONG_LAYER"),
        ("(3,) and (2,)", "OUTER"),
        ("(2,3,4) and (5,6)", "WRONG_LAYER"),
    ],
)
def test_the_shapes_of_a_product_say_what_would_fit(shapes, first):
    found = _messages.explained(f"ValueError: shapes {shapes} not aligned: 3 (dim 1) != 2 (dim 0)")
    assert found.causes[0] is CAUSES[first]
    assert re.sub(r",(?=\d)", ", ", shapes.partition(" and ")[0]) in found.said


@pytest.mark.parametrize(
    ("shapes", "first"),
    [
        ("(3,5) (3,)", "BIAS_AXIS"),  # W @ x + b, as columns
        ("(5,3) (5,)", "LABELS"),  # a - y, as rows
        ("(5,) (5,3)", "LABELS"),  # y * log(a), as rows
        ("(3,) (3,5)", "EXAMPLE"),
        ("(1,4) (1,10)", "LENGTH"),
        ("(5,3) (3,1)", "BIAS_FORM"),
        ("(3,5) (1,3)", "BIAS_FORM"),
        ("(5,4) (1,5)", "BIAS_FORM"),
        ("(4,5) (3,1)", "LAYOUT"),
        ("(3,2) (2,3) (3,2)", "GRADIENT"),  # W -= …
        ("(3,2) (4,3) (3,2)", "ORDER"),
        ("(3,) (3,5) (3,)", "BIAS"),
        ("(3,) (4,) (3,)", "BIAS"),  # not of two matrices
        ("(2,) (3,) (4,)", "LENGTH"),  # np.where, which changes nothing in place
        ("(4,8,16) (4,8,14)", "RESIDUAL"),
    ],
)
def test_the_shapes_of_a_sum_say_whose_axes_differ(shapes, first):
    found = _messages.explained(f"ValueError: operands could not be broadcast together with shapes {shapes} ")
    assert found.causes[0] is CAUSES[first]


def test_two_batches_of_matrices_are_told_their_sizes():
    message = "Expected size for first two dimensions of batch2 tensor to be: [2, 8] but got: [4, 5]."
    said = _messages.explained(f"RuntimeError: {message}").said
    assert said == "The second array has 4 matrices with 5 rows, and it needs 2 with 8."


@pytest.mark.parametrize(
    ("message", "causes"),
    [
        (
            "non-broadcastable output operand with shape (1,) doesn't match the broadcast shape (3,)",
            ["BIAS", "COLUMN"],
        ),
        (
            "non-broadcastable output operand with shape (3,) doesn't match the broadcast shape (3,3)",
            ["COLUMN", "BIAS"],
        ),
        ("could not broadcast input array from shape (4,) into shape (3,)", ["ASSIGNED"]),
        ("could not broadcast input array from shape (3,) into shape (3,1)", ["COLUMN", "ASSIGNED"]),
    ],
)
def test_the_shapes_of_an_assignment_say_what_went_into_it(message, causes):
    assert list(_messages.explained(f"ValueError: {message}").causes) == [CAUSES[cause] for cause in causes]


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("mat1 and mat2 shapes cannot be multiplied (3584x14 and 1568x10)", True),  # 32 examples, 8 · 14 · 14 numbers
        ("mat1 and mat2 shapes cannot be multiplied (33x14 and 1568x10)", False),
        ("mat1 and mat2 shapes cannot be multiplied (32x1352 and 1568x10)", False),  # flattened, to another size
    ],
)
def test_that_nothing_was_flattened_is_said_only_if_the_sizes_allow_it(message, named):
    assert (CAUSES["FLATTEN"] in _messages.explained(message).causes) is named


@pytest.mark.parametrize(("axis", "first"), [(0, "LENGTH"), (1, "EXAMPLE"), (2, "RESIDUAL"), (3, "RESIDUAL")])
def test_the_axis_in_a_message_of_pytorch_counts(axis, first):
    message = f"The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension {axis}"
    assert _messages.explained(message).causes[0] is CAUSES[first]


# ---- The command


def test_a_message_in_the_terminal_gets_its_shapes_its_causes_and_their_pages():
    said = asked("RuntimeError: mat1 and mat2 shapes cannot be multiplied (5x2 and 3x2)")
    assert said.splitlines() == [
        "PyTorch: mat1 and mat2 shapes cannot be multiplied (5x2 and 3x2)",
        "",
        "(5, 2) @ (3, 2): the 2 columns of the first meet the 3 rows of the second. They",
        "must be as many.",
        "",
        "Likely cause: The weights have their rows and columns swapped, or the W.T of the",
        "backward pass is missing.",
        "Fix: Write W.T once, where the weights are made or loaded.",
        "  Columns: Forward it is W @ x, and backward W.T @ delta.",
        "  Rows: Forward it is x @ W, and backward delta @ W.T.",
        f"{BOOK}look-up/errors/transposed-weights/",
        "",
        "Or: The data has its examples in the other layout than this line needs.",
        "Fix: Transpose the data once, where it is read: x.T.",
        "  Columns: z = W @ x + b needs an example in each column of x.",
        "  Rows: z = x @ W + b, and nn.Linear and Dense, need an example in each row of",
        "    x.",
        f"{BOOK}look-up/errors/rows-and-columns/",
        "",
        "Or: This is a weight gradient, and the transpose of one factor is missing.",
        "  Columns: Write delta @ a_prev.T.",
        "  Rows: Write a_prev.T @ delta.",
        f"{BOOK}look-up/errors/transposed-weights/#gradient",
        "",
        "Or: The sizes of two layers do not follow each other.",
        "Fix: Give each layer as many inputs as the previous layer has units, and after",
        "Flatten channels · height · width.",
        f"{BOOK}look-up/shape-calculator/",
        "",
        "The page: python -m backprop why transposed-weights",
        "The page: python -m backprop why rows-and-columns",
        "The page: python -m backprop why transposed-weights#gradient",
    ]


def test_the_index_shows_what_the_command_prints():
    [(command, shown)] = re.findall(
        r'```text\n\$ python -m backprop why "(.+)"\n(.+?)\n```', INDEX.read_text(encoding="utf-8"), re.DOTALL
    )
    assert asked(command, columns=68).strip() == shown


def test_with_rows_the_fix_is_for_rows():
    said = asked("--rows", "ValueError: operands could not be broadcast together with shapes (3,2) (2,3)")
    assert "  Rows: Write np.outer(a_prev, delta)" in said
    assert "Columns:" not in said


def test_a_whole_output_comes_from_standard_input_and_the_last_error_counts(monkeypatch):
    warning, error = printed("numpy: exp of a large number"), printed("numpy: one example beside a batch")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"epoch 1, loss 0.69\n{warning}{error}"))
    assert asked("-").startswith("NumPy: operands could not be broadcast together with shapes (3,) (3,5)")


def test_without_an_error_the_first_warning_counts():
    warned = "train.py:4: RuntimeWarning: overflow encountered in exp\n  a = np.exp(z)\n"
    later = "train.py:5: RuntimeWarning: invalid value encountered in divide\n  a = a / a.sum()\n"
    assert _messages.explained(warned + later).message == "overflow encountered in exp"


def test_the_colors_of_a_terminal_do_not_hide_a_message():
    text = "ValueError: Exception encountered when calling Dense.call().\n\n\x1b[1mMatrix size-incompatible: In[0]: [5,2], In[1]: [3,2]\x1b[0m"
    assert _messages.explained(text).causes[0] is CAUSES["TRANSPOSED"]


FITS_NOT = "operands could not be broadcast together with shapes (5,4) (5,)"


@pytest.mark.parametrize(
    "text",
    [
        f"E       ValueError: {FITS_NOT}\n\ntest_network.py:5: ValueError\n",  # pytest
        f"----> 2 a - y\n\nValueError: {FITS_NOT} ",  # IPython
        f"[rank0]: Traceback (most recent call last):\n[rank0]: ValueError: {FITS_NOT}\n",  # torchrun
        f'  File "C:\\\\net.py", line 4, in <module>\r\nValueError: {FITS_NOT} \r\n',  # Windows
        f"\x1b[31mValueError\x1b[0m: {FITS_NOT}",
        f"ValueError: {FITS_NOT}".replace(" ", "\N{NO-BREAK SPACE}"),  # copied from a page
    ],
)
def test_a_message_is_found_where_another_program_prints_it(text):
    assert _messages.explained(text).message == FITS_NOT


def test_the_error_behind_an_unknown_one_is_explained_and_this_is_said(monkeypatch):
    chained = f"ValueError: {FITS_NOT}\n\nDuring handling of the above exception, another exception occurred:\n\nRuntimeError: stopped\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(chained))
    said = asked("-")
    assert said.startswith("Of the messages in this text, this one is known:\n\nNumPy: operands")
    assert "Of the messages" not in asked(f"ValueError: {FITS_NOT}")


def test_a_message_of_this_library_in_a_report_of_pytest_is_explained():
    with pytest.raises(backprop.ShapeError) as raised:
        backprop.output_error(np.ones(3), np.ones((3, 5)))
    report = "".join(f"E       {line}\n" for line in f"backprop.ShapeError: {raised.value}".splitlines())
    assert "Likely cause: dC_da is one example (n,) beside a batch." in asked(report)


def test_words_without_quotes_are_a_message_or_a_name():
    assert asked("RuntimeWarning:", "overflow", "encountered", "in", "exp").startswith("NumPy: overflow")
    assert asked("hidden", "error").startswith("backprop.bp2_hidden_error")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        (" ", "python -m backprop why: there is no message\n"),
        (
            "IndexError",
            "python -m backprop why: there is no 'IndexError'; for an error, give the whole message in quotes\n",
        ),
    ],
)
def test_nothing_and_half_a_message_are_refused_with_what_to_do(argument, said, capsys):
    with pytest.raises(SystemExit):
        main(["why", argument])
    assert capsys.readouterr().err == said


def pasted(error):
    return f'Traceback (most recent call last):\n  File "train.py", line 8, in <module>\nbackprop.ShapeError: {error}\n'


def test_a_message_of_this_library_gets_its_causes_their_pages_and_the_chapter():
    with pytest.raises(backprop.ShapeError) as raised:
        backprop.rows.hidden_error(np.ones((4, 3)), np.ones(4), np.ones(3))
    assert asked(pasted(raised.value)).splitlines() == [
        "hidden_error (BP2 in rows): the shape of W_next does not fit the others",
        "",
        "Likely cause: W_next is transposed. It needs a column for each unit that it",
        "leads to: write W_next.T.",
        f"{BOOK}look-up/errors/transposed-weights/",
        "",
        "Likely cause: W_next holds the weights of this layer, W^l. BP2 needs those of",
        "the next layer, W^{l+1}.",
        f"{BOOK}look-up/errors/wrong-layer/",
        "",
        "The page: python -m backprop why transposed-weights --rows",
        "The page: python -m backprop why wrong-layer --rows",
        "The chapter: python -m backprop why hidden_error --rows",
    ]


def test_a_message_of_this_library_without_a_cause_says_how_to_read_it():
    with pytest.raises(backprop.ShapeError) as raised:
        backprop.output_error(np.ones(3), np.ones(4))
    said = asked(pasted(raised.value))
    assert "Compare, line by line" in said
    assert f"{BOOK}look-up/errors/#no-cause" in said
    assert file_of("look-up/errors/#no-cause")[1]


@pytest.mark.parametrize(
    "message",
    [
        "ModuleNotFoundError: No module named 'torch'",
        "KeyError: 'W3'",
        "my loss is fine",
        "NameError: name 'operands' is not defined",
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "ValueError: operands could not be broadcast together with remapped shapes [original->remapped]: (3,2)->(3,newaxis,2)",
    ],
)
def test_an_unknown_message_is_refused_with_what_is_near(message, capsys):
    assert _messages.explained(message) is None
    with pytest.raises(SystemExit) as end:
        main(["why", message])
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("python -m backprop why: this message is not known\n")
    assert f"{BOOK}look-up/errors/#messages" in err


def test_the_nearest_messages_are_named(capsys):
    with pytest.raises(SystemExit):
        main(["why", "ValueError: shapes (3,3) and (2,) are not aligned"])
    assert "near: ValueError: shapes (3,3) and (2,) not aligned" in capsys.readouterr().err


def test_the_list_of_names_and_the_help_mention_messages(capsys):
    assert 'python -m backprop why "MESSAGE"' in asked()
    with pytest.raises(SystemExit):
        main(["--help"])
    assert '"MESSAGE"' in capsys.readouterr().out
