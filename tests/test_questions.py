"""The questions have short answers, each answer is where its link leads, and each page ends with what its reader asks next."""

import json
import re

import pytest
from building import INDEX

from website import questions
from website.extensions.related import WITHOUT, related
from website.questions import built, entries

FOOT = re.compile(r'<section class="related[^>]*>\s*<h2>Related questions</h2>(.*?)</section>', re.DOTALL)
HREF = re.compile(r'href="([^"]+)"')
# What askers wrote in public, word for word, with the place.
ASKED = {
    "Neural Network backprop formula - Matrix dimensions won't match?": "https://datascience.stackexchange.com/questions/54731",
    "Clarification needed on gradients in backpropagation": "https://stats.stackexchange.com/questions/500902",
    "In backpropagation, why is weights_delta calculated as matrix multiplication of the outputs and delta? (and not of inputs and delta)": "https://stats.stackexchange.com/questions/590348",
    "Chapter 5: weight_deltas calculation in case of multiple inputs and multiple outputs": "https://github.com/iamtrask/Grokking-Deep-Learning/issues/23",
    "Chapter 4. Delta * input": "https://github.com/iamtrask/Grokking-Deep-Learning/issues/72",
    "Understanding Gradients in a Linear Layer: Why dL/dW = g xᵀ": "https://archmaester.github.io/blog/2026/gradients-linear-layer",
    "Exception when running network.py with different number of hidden neurons": "https://github.com/mnielsen/neural-networks-and-deep-learning/issues/36",
    "Graded function: backward_propagation": "https://community.deeplearning.ai/t/110003",
    "How exactly do you calculate the hidden layer gradients in the backpropagation algorithm?": "https://cs.stackexchange.com/questions/30785",
    "Why don't we transpose δ^{l+1} in back propagation?": "https://datascience.stackexchange.com/questions/76545",
    "How the gradient in Linear layer be computed using transpose?": "https://discuss.pytorch.org/t/72480",
    "Why FC weights are in transposed form": "https://codeyarns.com/tech/2020-08-07-why-fc-weights-are-in-transposed-form.html",
    "Compute neural network gradients": "https://discuss.pytorch.org/t/145335",
    "backpropagation - bias nodes and error": "https://stats.stackexchange.com/questions/130158",
    "How exactly is the error backpropagated in backpropagation?": "https://stats.stackexchange.com/questions/414825",
    "why we use transpose matrix self.wih.T and self.who.T in backquery": "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/59",
    "What's wrong in this derivation of back-propagation errors?": "https://stats.stackexchange.com/questions/478781",
    "NN Backpropagation: Computing dE/dy.": "https://math.stackexchange.com/questions/2120338",
    "Why in one article to calcule the delta uses the weights of current layer, while in another article uses the weights of neuron inputs of next layer?": "https://ai.stackexchange.com/questions/42884",
    "Question about Backpropagation Algorithm with Artificial Neural Networks -- Order of updating": "https://stackoverflow.com/questions/6013429",
    "Correct way of handling the output layer deltas in neural networks": "https://stats.stackexchange.com/questions/166522",
    'In multilayer perceptron neural networks, are the names "delta", "gradient" and "error" all the same thing? or not?': "https://ai.stackexchange.com/questions/42633",
    "For the generalised delta rule in back-propogation, do you subtract the target from the obtained output, or vice versa?": "https://ai.stackexchange.com/questions/25563",
    "Activation at back propagation": "https://stats.stackexchange.com/questions/283701",
    "Matrix Representation of Softmax Derivatives in Backpropagation": "https://stats.stackexchange.com/questions/267576",
    "What is the derivative of the ReLU activation function?": "https://stats.stackexchange.com/questions/333394",
    "Fix cost derivative": "https://github.com/mnielsen/neural-networks-and-deep-learning/pull/79",
    "Gradients for bias terms in backpropagation": "https://datascience.stackexchange.com/questions/20139",
    "What exactly is averaged when doing batch gradient descent?": "https://ai.stackexchange.com/questions/20377",
    "Why is my derivation of the back-propagation equations inconsistent with Andrew Ng's slides from Coursera?": "https://ai.stackexchange.com/questions/18712",
    "GradientChecking, can I blame float precision?": "https://datascience.stackexchange.com/questions/30850",
    "Why do we need to pass the gradient parameter to the backward function in PyTorch?": "https://discuss.pytorch.org/t/116079",
}


def sentences(answer):
    """Return the sentences of an answer after its yes or no, each piece of code as one word."""
    answer = re.sub(r"^(?:Yes|No|Not always|Partly|Mostly, yes|Usually not)\. ", "", answer)
    return re.split(r"(?<=[.!?])\s+", re.sub(r"`[^`]*`", "X", answer))


@pytest.fixture(scope="module")
def pages(site):
    """Return the HTML of each page of the book by its address."""
    found = {file.parent.relative_to(site).as_posix(): file.read_text("utf-8") for file in site.rglob("index.html")}
    return {"" if name == "." else f"{name}/": html for name, html in found.items()}


def test_there_are_many_questions_and_none_twice():
    asked = [entry.question for entry in entries()]
    assert len(asked) >= 80
    assert len(set(asked)) == len(asked)


def test_each_group_begins_with_whom_it_is_for_and_is_linked_at_the_top():
    text = questions.PAGE.read_text(encoding="utf-8")
    groups = re.findall(r"^## (.+) \{#(\S+) data-search-exclude\}\n\n(.+)", text, re.MULTILINE)
    assert [name for name, _, _ in groups] == list(dict.fromkeys(entry.group for entry in entries()))
    assert all(f"- [{name}](#{anchor})" in text for name, anchor, _ in groups)
    assert all(line.startswith("For readers ") for name, _, line in groups if name != "Error messages")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.question)
def test_an_answer_has_two_sentences_or_three_short_ones(entry):
    lengths = [len(sentence.split()) for sentence in sentences(entry.answer)]
    assert len(lengths) <= 2 or (len(lengths) == 3 and sum(lengths) <= 40), entry.answer
    assert max(lengths) <= 25, entry.answer


def test_what_was_asked_in_public_has_its_title_and_its_place():
    asked = {entry.title: entry.source for entry in entries() if entry.title}
    assert {title: asked.get(title) for title in ASKED} == ASKED
    assert len(ASKED) == 32


def test_every_answer_is_where_its_link_leads(pages):
    for entry in entries():
        for target in entry.targets:
            page, _, anchor = target.partition("#")
            assert page in pages, entry
            assert not anchor or f'id="{anchor}"' in pages[page], entry


def test_every_page_answers_a_question(pages):
    answering = {target.partition("#")[0] for entry in entries() for target in entry.targets}
    assert pages.keys() - answering == {"", "look-up/questions/", "use/slides/"}


def test_every_page_ends_with_questions_that_lead_elsewhere(pages):
    without = {built(page) for page in WITHOUT}
    for page, html in pages.items():
        feet = FOOT.findall(html)
        assert len(feet) == (page not in without), page
        for foot in feet:
            links = HREF.findall(foot)
            assert 3 <= len(set(links)) == len(links) <= 5, page
            assert not any(link.startswith(("#", ".#", "./#", "https:")) for link in links), page


def test_the_foot_does_not_repeat_what_the_last_section_links(pages):
    """A page of a mistake ends with a section of links."""
    for page in [name for name in pages if name.startswith("look-up/mistakes/") and name != "look-up/mistakes/"]:
        _, _, end = pages[page].partition('<h2 id="read-on">')
        last, _, foot = end.partition('<section class="related')
        assert set(HREF.findall(last)) & set(HREF.findall(foot)) == set(), page


def test_the_foot_is_in_no_table_of_contents_and_not_in_the_search(pages, site):
    for page, html in pages.items():
        assert html.count("Related questions") == len(FOOT.findall(html)), page
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    assert "Related questions" not in json.dumps(index)


def test_the_nearest_question_of_the_same_group_comes_first():
    first, second, *_ = related("learn/bp2-hidden-error.md")
    assert first.group == second.group == "Why is the equation like this?"
    place = first.sources[0]
    assert related("learn/bp2-hidden-error.md", {place})[0] == second
    assert related("not/a-page.md") == []


def test_an_entry_of_another_form_is_an_error(tmp_path, monkeypatch):
    page = tmp_path / "questions.md"
    page.write_text("## Group {#group}\n\n- **A question?**  \n  An answer without a link.\n", encoding="utf-8")
    monkeypatch.setattr(questions, "PAGE", page)
    with pytest.raises(ValueError, match="An answer without a link"):
        entries()
