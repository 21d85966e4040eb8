"""Wrong or right? Formulas to judge, with the answers that the build has measured."""

from html import escape

from website.pages.in_browser import judge
from website.pages.instruments.both_layouts import formula_in_both

# The equation, a formula for examples as columns, and the same formula for examples as rows.
QUESTIONS = [
    ("BP4", "delta @ a_prev.T", "a_prev.T @ delta"),
    ("BP4", "a_prev @ delta.T", "delta.T @ a_prev"),
    ("BP2", "(W_next.T @ delta_next) * sigma_prime_z", "(delta_next @ W_next.T) * sigma_prime_z"),
    ("BP2", "W_next.T @ (delta_next * sigma_prime_z)", "(delta_next * sigma_prime_z) @ W_next.T"),
    (
        "BP2",
        "(np.linalg.inv(W_next) @ delta_next) * sigma_prime_z",
        "(delta_next @ np.linalg.inv(W_next)) * sigma_prime_z",
    ),
    ("BP2", "(delta_next.T @ W_next).T * sigma_prime_z", "(W_next @ delta_next.T).T * sigma_prime_z"),
    ("BP3", "delta.mean(axis=1)", "delta.mean(axis=0)"),
    ("BP3", "delta @ np.ones(delta.shape[1])", "np.ones(delta.shape[0]) @ delta"),
    (
        "BP4",
        "np.outer(delta.mean(axis=1), a_prev.mean(axis=1))",
        "np.outer(a_prev.mean(axis=0), delta.mean(axis=0))",
    ),
    ("BP4", "np.einsum('jm,km->jk', delta, a_prev)", "np.einsum('mj,mk->kj', delta, a_prev)"),
    ("BP1", "dC_da", "dC_da"),
]


def quiz():
    """Return the questions, each with two buttons, and below them the answers that the build has measured."""
    asked = [
        f'<li data-equation="{equation}" data-formula="{escape(formula)}"><p id="question-{k}">{equation}: {formula_in_both(formula, by_rows)}</p><div class="live-form" role="group" aria-labelledby="question-{k}">'
        '<button type="button" value="right">Right</button> <button type="button" value="wrong">Wrong</button>'
        ' <span class="live-said" role="status"></span></div></li>'
        for k, (equation, formula, by_rows) in enumerate(QUESTIONS, 1)
    ]
    answers = []
    for equation, formula, by_rows in QUESTIONS:
        found = judge(equation, formula)
        verdict = "right" if found["ok"] else "wrong"
        answers.append(
            f"<tr><td>{formula_in_both(formula, by_rows)}</td><td>{verdict}</td><td>{found['losses'][1]}</td></tr>"
        )
    return f"""<div class="live" data-instrument="quiz"><ol class="live-quiz">{"".join(asked)}</ol>
<details><summary>All answers, measured while the book was built</summary><table><thead><tr><th>formula</th><th>it is</th><th>loss after 200 steps</th></tr></thead>
<tbody>{"".join(answers)}</tbody></table></details></div>"""
