"""What holds of every network, on sizes and numbers that Hypothesis draws.

Whole numbers are drawn wherever a property is one of sums and products: then both sides are exact, and equal.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import backprop
from backprop import Cost, Layer, gradients, rows
from website.oracles import random_calls
from website.oracles.random_calls import FORMS, fuzz
from website.oracles.reference import ACTIVATIONS, EQUATIONS, draw, index_sum, split

settings.register_profile("book", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("book")

SIZE = st.integers(1, 5)
FOUR = ["output_error", "hidden_error", "bias_gradient", "weight_gradient"]


@st.composite
def inputs(draw, indices):
    """Draw whole numbers for each array of an equation: inputs("ji,ki->jk") are delta and a_prev."""
    size = {letter: draw(SIZE) for letter in "ijk"}
    whole = st.integers(-9, 9)
    return [draw(arrays(int, [size[letter] for letter in letters], elements=whole)) for letters in split(indices)[0]]


# ---- The four equations


@given(inputs("jk,ki,ji->"))
def test_carried_back_is_the_adjoint_of_carried_forward(drawn):
    W, x, delta = drawn
    forward = backprop.weighted_input(W, x, np.zeros(len(W)))
    assert np.sum(forward * delta) == np.sum(x * backprop.hidden_error(W, delta, np.ones_like(x)))
    assert np.sum((x.T @ W.T) * delta.T) == np.sum(x.T * rows.hidden_error(W.T, delta.T, np.ones_like(x.T)))


@pytest.mark.parametrize("name", EQUATIONS)
@given(data=st.data())
def test_the_matrix_form_is_the_sum_over_indices(name, data):
    indices = data.draw(st.sampled_from(FORMS[name]))
    drawn = data.draw(inputs(indices))
    np.testing.assert_array_equal(random_calls.function(name)(*drawn), index_sum(indices, *drawn), strict=True)


@pytest.mark.parametrize("name", FOUR)
@given(data=st.data())
def test_rows_are_the_transpose_of_columns(name, data):
    drawn = data.draw(inputs(data.draw(st.sampled_from(FORMS[name]))))
    in_rows = getattr(rows, name)(*(array.T for array in drawn))
    np.testing.assert_array_equal(in_rows.T, getattr(backprop, name)(*drawn), strict=True)


@pytest.mark.parametrize("name", FOUR)
@given(data=st.data())
def test_a_batch_is_its_examples_one_by_one(name, data):
    into, out = split(EQUATIONS[name])
    drawn = data.draw(inputs(EQUATIONS[name]))
    equation = getattr(backprop, name)
    one_by_one = [
        equation(*(array[:, i] if letters.endswith("i") else array for letters, array in zip(into, drawn)))
        for i in range(drawn[-1].shape[1])
    ]
    together = np.stack(one_by_one, axis=-1) if "i" in out else sum(one_by_one)
    np.testing.assert_array_equal(equation(*drawn), together, strict=True)


@pytest.mark.parametrize("name", EQUATIONS)
@given(data=st.data())
def test_permuting_units_or_examples_permutes_the_result(name, data):
    indices = EQUATIONS[name]
    drawn = data.draw(inputs(indices))
    into, out = split(indices)
    size = {letter: n for letters, array in zip(into, drawn) for letter, n in zip(letters, array.shape)}
    order = {letter: np.array(data.draw(st.permutations(range(n)))) for letter, n in size.items()}

    def permuted(array, letters):
        return array[np.ix_(*(order[letter] for letter in letters))]

    equation = random_calls.function(name)
    found = equation(*map(permuted, drawn, into))
    np.testing.assert_array_equal(found, permuted(equation(*drawn), out), strict=True)


@pytest.mark.parametrize("name", EQUATIONS)
@given(data=st.data(), factor=st.integers(-9, 9))
def test_an_equation_is_linear_in_the_error(name, data, factor):
    drawn = data.draw(inputs(EQUATIONS[name]))
    equation = random_calls.function(name)
    error = 1 if name.endswith("hidden_error") else 0
    scaled = [factor * array if place == error else array for place, array in enumerate(drawn)]
    np.testing.assert_array_equal(equation(*scaled), factor * equation(*drawn), strict=True)


# ---- Whole networks


@st.composite
def networks(draw_one):
    """Draw layers of any sizes and activations, and a batch of any number of examples but none."""
    sizes = draw_one(st.lists(SIZE, min_size=2, max_size=4))
    hidden = draw_one(st.sampled_from([name for name in ACTIVATIONS if name != "softmax"]))
    output = draw_one(st.sampled_from(list(ACTIVATIONS)))
    network, x, y = draw(sizes, hidden, output, draw_one(SIZE), seed=draw_one(st.integers(0, 999)))
    return [Layer(W, b, getattr(backprop, name.upper())) for W, b, name in network], x, y


def flat(gradients):
    return np.concatenate([array.ravel() for gradient in gradients for array in gradient])


def assert_close(found, expected):
    """Compare norm-wise; a gradient of zeros, as of a saturated softmax of one unit, must be so on both sides."""
    assert np.linalg.norm(found - expected) <= 1e-13 * np.linalg.norm(expected) + 1e-16


@given(networks())
def test_the_gradient_of_a_batch_is_the_mean_of_its_examples(problem):
    layers, x, y = problem
    examples = [gradients(layers, x[:, [i]], y[:, [i]]) for i in range(x.shape[1])]
    C, found = gradients(layers, x, y)
    assert_close(C, np.mean([C for C, _ in examples]))
    assert_close(flat(found), np.mean([flat(one) for _, one in examples], axis=0))


@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_the_examples_does_not_matter(problem, random):
    layers, x, y = problem
    order = random.sample(range(x.shape[1]), x.shape[1])
    assert_close(flat(gradients(layers, x[:, order], y[:, order])[1]), flat(gradients(layers, x, y)[1]))


@given(networks(), st.randoms(use_true_random=False))
def test_renumbering_the_hidden_units_renumbers_their_gradients(problem, random):
    layers, x, y = problem
    order = [random.sample(range(len(layer.W)), len(layer.W)) for layer in layers[:-1]]
    order = [range(len(x)), *order, range(len(y))]  # inputs and outputs keep theirs
    renumbered = [
        Layer(layer.W[np.ix_(here, below)], layer.b[np.array(here)], layer.activation)
        for layer, below, here in zip(layers, order, order[1:])
    ]
    C, found = gradients(layers, x, y)
    new_C, new = gradients(renumbered, x, y)
    assert_close(new_C, C)
    expected = [
        (dC_dW[np.ix_(here, below)], dC_db[np.array(here)])
        for (dC_dW, dC_db), below, here in zip(found, order, order[1:])
    ]
    assert_close(flat(new), flat(expected))


@given(networks(), st.integers(-8, 8))
def test_scaling_the_cost_scales_the_gradients(problem, power):
    layers, x, y = problem
    factor = 2.0**power  # a power of two rounds nothing
    value, prime = backprop.quadratic, backprop.quadratic_prime
    scaled = Cost("scaled", lambda a, y: factor * value(a, y), lambda a, y: factor * prime(a, y))
    C, found = gradients(
        layers, x, y, Cost("own", value, prime)
    )  # with QUADRATIC it adds in another order: see fast_pass
    new_C, new = gradients(layers, x, y, scaled)
    assert new_C == factor * C
    np.testing.assert_array_equal(flat(new), factor * flat(found))


# ---- Shapes, fitting or not


def test_random_shapes_give_the_right_result_or_an_error():
    counts = fuzz(calls=4000, seed=1)
    assert {key: count for key, count in counts.items() if key[1].startswith("WRONG")} == {}
    assert {name for name, what in counts if what == "right result"} == set(FORMS)
    assert {name for name, what in counts if what == "ShapeError"} >= set(EQUATIONS)
