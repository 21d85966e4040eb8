"""Wrong or right? Formulas to judge, one card for each, with the answer that the build has measured."""

import re
from html import escape
from typing import NamedTuple

from backprop._address import BOOK
from backprop.mistakes import MISTAKES
from website.extensions.colors import color_code
from website.extensions.katex import render
from website.kept import kept
from website.pages.in_browser import FORMULAS, judge
from website.pages.instruments.both_layouts import formula_in_both, words_in_both
from website.pages.mistakes import small_curves
from website.prepare import ROOT


class Question(NamedTuple):
    """A formula in the place of an equation, why it is right or wrong, and the pages to read about it."""

    equation: str
    columns: str
    rows: str
    why: str
    pages: tuple[str, ...]
    why_it_trains: str = ""


MISTAKE = "look-up/mistakes/"
EQUATIONS = {
    "BP1": ("the output error", "delta"),
    "BP2": ("the hidden error", "delta"),
    "BP3": ("the bias gradient", "dC_db"),
    "BP4": ("the weight gradient", "dC_dW"),
}
# A text with a bar between two pieces of code, or of mathematics, has one for each layout.
QUESTIONS = [
    Question(
        "BP4",
        "delta @ a_prev.T",
        "a_prev.T @ delta",
        "This is BP4. In each example, the error of a unit is multiplied by the activation that comes to it. The matrix product adds over the examples.",
        ("learn/bp4-weight-gradient.md",),
    ),
    Question(
        "BP4",
        "a_prev @ delta.T",
        "delta.T @ a_prev",
        "The two factors are swapped, so the gradient is transposed. Its shape fits only because all layers of this network have three units.",
        (f"{MISTAKE}outer-product-transposed.md",),
    ),
    Question(
        "BP2",
        "(W_next.T @ delta_next) * sigma_prime_z",
        "(delta_next @ W_next.T) * sigma_prime_z",
        r"This is BP2. The product with the transpose adds up the effects of a hidden unit on the next layer. Then comes the factor $\sigma'$ of this hidden unit.",
        ("learn/bp2-hidden-error.md",),
    ),
    Question(
        "BP2",
        "W_next.T @ (delta_next * sigma_prime_z)",
        "(delta_next * sigma_prime_z) @ W_next.T",
        r"The factor $\sigma'$ belongs to the hidden layer, but here it multiplies the errors of the next layer. It must come after the matrix product. The shape fits only because both layers have three units.",
        ("look-up/why-hadamard.md",),
    ),
    Question(
        "BP2",
        "(np.linalg.inv(W_next) @ delta_next) * sigma_prime_z",
        "(delta_next @ np.linalg.inv(W_next)) * sigma_prime_z",
        "An error is a derivative, and the chain rule carries derivatives back through the transpose. The inverse of the weights is something else.",
        (f"{MISTAKE}inverse-for-transpose.md",),
    ),
    Question(
        "BP2",
        "(delta_next.T @ W_next).T * sigma_prime_z",
        "(W_next @ delta_next.T).T * sigma_prime_z",
        r"The transpose of a product has its factors in the other order: $(A B)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}$. So `W_next.T @ delta_next`|`delta_next @ W_next.T` is the first factor, as in BP2.",
        ("learn/bp2-hidden-error.md",),
    ),
    Question(
        "BP3",
        "delta.mean(axis=1)",
        "delta.mean(axis=0)",
        r"The cost is a mean over the examples, so `delta` has the factor $\frac1m$ already. The mean divides by $m$ a second time. BP3 is the sum.",
        (f"{MISTAKE}mean-of-bias-errors.md",),
    ),
    Question(
        "BP3",
        "delta @ np.ones(delta.shape[1])",
        "np.ones(delta.shape[0]) @ delta",
        "The product with a vector of ones adds up the errors over the examples. So this is the sum of BP3, written as a matrix product.",
        ("learn/bp3-bias-gradient.md",),
    ),
    Question(
        "BP4",
        "np.outer(delta.mean(axis=1), a_prev.mean(axis=1))",
        "np.outer(a_prev.mean(axis=0), delta.mean(axis=0))",
        "BP4 multiplies error and activation in each example, and then adds. Here both are averaged first. Then nothing says which error came with which activation.",
        (f"{MISTAKE}averaged-activations.md",),
    ),
    Question(
        "BP4",
        "np.einsum('jm,km->jk', delta, a_prev)",
        "np.einsum('mj,mk->kj', delta, a_prev)",
        "The letter `m` is not behind the arrow, so `einsum` adds over the examples. For each unit `j` and each unit `k` before it, this is the sum of BP4.",
        ("look-up/loops-einsum-matrices.md",),
    ),
    Question(
        "BP1",
        "dC_da",
        "dC_da",
        r"The factor $\sigma'(z^L)$ is missing. So this is the derivative of the cost with respect to the output $a^L$, and not with respect to $z^L$.",
        (f"{MISTAKE}output-derivative-missing.md", "learn/costs.md"),
        r"The outputs are sigmoid units, and `dC_da` is $a - y$ divided by $m$. For sigmoid outputs this is the output error of another cost, cross-entropy. So the training minimizes cross-entropy, and the quadratic cost falls with it. The steps are larger, too: $\sigma'$ is at most $\frac14$, and here this factor is missing. For the quadratic cost the gradient is still wrong.",
    ),
]


def quiz():
    """Return all questions with their answers folded, and the form for a formula of the reader's own."""
    cards = "".join(card(number, question) for number, question in enumerate(QUESTIONS, 1))
    # A section, and not a div: the search leaves out what is in it up to the first end of an element of this name.
    return f"""<section class="live quiz" data-instrument="quiz" data-search-exclude="">
<p class="quiz-count" hidden><span></span> <span></span></p>
<ol class="quiz-cards">{cards}</ol>
<p class="quiz-paper">The answers are at <span>{BOOK}learn/wrong-or-right/</span></p>
{own_formula()}
</section>"""


def card(number, question):
    """Return one question, and its answer."""
    name, left = EQUATIONS[question.equation]
    formula = formula_in_both(*(f"{left} = {formula}" for formula in (question.columns, question.rows)))
    found = judged(question)[0]
    verdict = "right" if found["ok"] else "wrong"
    return f"""<li id="question-{number}" data-verdict="{verdict}" data-equation="{question.equation}" data-columns="{escape(question.columns)}" data-rows="{escape(question.rows)}">
<p class="quiz-asked">{question.equation}, {name}</p>
<p class="quiz-formula">{formula.replace("(", "(<wbr>")}</p>
<div class="quiz-choice" role="group" aria-label="Is this formula right or wrong?"><button type="button" value="right">It is right</button> <button type="button" value="wrong">It is wrong</button></div>
<details class="quiz-answer"><summary>Answer</summary>
<p class="quiz-verdict">This formula is {verdict}.</p>
{answer(question)}
</details></li>"""


def answer(question):
    """Return why a formula is right or wrong, what the check and the training measured, and what to read."""
    found, by_rows = judged(question)
    loss, right = found["losses"]
    trained = f"In 200 steps the loss goes from {loss[0]:.3f} to {loss[-1]:.3f}."
    curves = {"this formula": loss}
    if not found["ok"]:
        trained += f" With the right formula it goes to {right[-1]:.3f}."
        curves = {"right formula": right} | curves
    parts = [
        f"<p>{words(question.why)}</p>",
        f"<p><strong>Gradient check:</strong> {checked(found, by_rows)}</p>",
        f"<p><strong>Training:</strong> {trained}</p>",
        small_curves(curves, "The loss in 200 steps", trained, "{:.3f}".format),
    ]
    if question.why_it_trains:
        parts.append(
            f"<p><strong>Why is the loss lower with the wrong formula?</strong> {words(question.why_it_trains)}</p>"
        )
    parts.append(f'<p class="quiz-read"><strong>Read:</strong> {" · ".join(map(link, question.pages))}</p>')
    return "".join(parts)


@kept
def judged(question):
    """Return what the library measures, for examples as columns and for examples as rows."""
    return judge(question.equation, question.columns), judge(question.equation, question.rows, "rows")


def checked(found, by_rows):
    """Return the sentences of the gradient check in both layouts."""
    columns, rows = (escape(" ".join(one["said"]), quote=False) for one in (found, by_rows))
    told = columns if columns == rows else words_in_both(columns, rows)
    return f"{told} The check recognizes this mistake." if found.get("mistake") else told


def words(text):
    """Return a text with its mathematics and its code set."""
    text = re.sub(r"`([^`]+)`\|`([^`]+)`", lambda both: formula_in_both(both[1], both[2]).strip(), text)
    text = re.sub(r"`([^`]+)`", lambda code: color_code(f"<code>{escape(code[1], quote=False)}</code>"), text)
    return re.sub(r"\$([^$]+)\$", lambda tex: f'<span class="formula whole">{render(tex[1])}</span>', text)


def link(page):
    """Return a link to a page of docs/, by its anchor and with its title."""
    title, anchor = re.search(r"^# (.*) \{#([\w-]+)", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE).groups()
    title = re.sub(r"`([^`]*)`", r"<code>\1</code>", title)
    return f'<autoref identifier="{anchor}">{title}</autoref>'


def own_formula():
    """Return the form in which a reader asks the library about a formula."""
    options = "".join(f"<option>{equation}</option>" for equation in EQUATIONS)
    names = "".join(
        f'<span data-equation="{equation}">{words(f"It computes `{left}` from {listed(arguments)}.")} </span>'
        for (equation, (_, left)), (_, arguments) in zip(EQUATIONS.items(), FORMULAS.values())
    )
    shapes = words(
        "The shape of `W_next` is `(3, 3)`, and `(3, 8)`|`(8, 3)` is the shape of all others. NumPy is `np`."
    )
    modules = [mistake.function.__module__.rpartition(".")[2] for mistake in MISTAKES]
    pages = "".join(
        f'<li data-mistake="{name}">{link(MISTAKE + name.replace("_", "-") + ".md")}</li>' for name in modules
    )
    return f"""<details class="quiz-own"><summary>Measure it yourself</summary>
<p>Python makes the gradient check in your browser, and trains the network for 200 steps. Keep the formula of the question, or write one of your own.</p>
<form class="live-form">
<label>In the place of <select name="equation">{options}</select></label>
<label>Formula <input name="formula" autocomplete="off" autocapitalize="off" spellcheck="false" required aria-describedby="quiz-names"></label>
<p id="quiz-names">{names}{shapes}</p>
<button>Measure it<span class="quiz-price"> (loads Python once)</span></button>
</form>
<p class="live-said" role="status"></p>
<div class="quiz-measured" hidden></div>
<ul hidden>{pages}</ul>
</details>"""


def listed(names):
    return " and ".join(f"`{name}`" for name in names[-2:]) if len(names) < 3 else f"`{names[0]}`, {listed(names[1:])}"


def in_words():
    """Return the questions as Markdown, for the copies of the page where no script runs; the answers are on the page."""
    lines = []
    for number, question in enumerate(QUESTIONS, 1):
        name, left = EQUATIONS[question.equation]
        by_layout = [f"`{left} = {formula}`" for formula in (question.columns, question.rows)]
        formulas = by_layout[0] if by_layout[0] == by_layout[1] else f"{by_layout[0]} (rows: {by_layout[1]})"
        lines.append(f"{number}. {question.equation}, {name}: {formulas}")
    return "\n".join(lines)
