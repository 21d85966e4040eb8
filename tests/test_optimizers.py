"""The optimizers: step by step equal to PyTorch's and Keras's, for every structure and library, and clear about what is wrong."""

import importlib
import os
import pickle
import re
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from test_check_structures import STRUCTURES

from backprop import (
    IDENTITY,
    AdamState,
    Gradient,
    Layer,
    ShapeError,
    adam,
    check_gradients,
    gradients,
    momentum,
    rows,
    step,
)
from backprop._structures import Structure

RNG = np.random.default_rng(17)
X, Y = RNG.normal(size=(4, 7)), RNG.normal(size=(2, 7))
START = {
    "W1": RNG.normal(size=(3, 4)),
    "b1": RNG.normal(size=(3, 1)),
    "W2": RNG.normal(size=(2, 3)),
    "scale": np.array(0.75),
}
OPTIMIZERS = {
    "momentum": lambda p, g, state=None: momentum(p, g, state, learning_rate=0.1),
    "adam": lambda p, g, state=None: adam(p, g, state, learning_rate=0.1, weight_decay=0.1),
}
EACH = pytest.mark.parametrize("optimizer", OPTIMIZERS)


def arrays_of(structure, gradients):
    """Return the arrays of a structure by the names that the report of `check_gradients` gives them."""
    return {leaf.name: np.asarray(leaf.given) for leaf in Structure(structure, gradients).leaves}


# ---- Equal to others


def cost_of(p, xp=np, x=X, y=Y):
    return ((p["scale"] * p["W2"] @ xp.tanh(p["W1"] @ x + p["b1"]) - y) ** 2).sum() / 14


def gradients_of(p):
    a = np.tanh(p["W1"] @ X + p["b1"])
    delta = (p["scale"] * p["W2"] @ a - Y) / 7
    hidden = p["scale"] * p["W2"].T @ delta * (1 - a**2)
    return {
        "W1": hidden @ X.T,
        "b1": hidden.sum(axis=1, keepdims=True),
        "W2": p["scale"] * delta @ a.T,
        "scale": np.sum(delta * (p["W2"] @ a)),
    }


def test_the_gradients_of_these_tests_are_right():
    assert check_gradients(cost_of, START, gradients_of(START)).ok


AS_PYTORCH = {
    "momentum": (momentum, {"learning_rate": 0.05}, "SGD", {"lr": 0.05, "momentum": 0.9}),
    "little momentum": (momentum, {"learning_rate": 0.1, "beta": 0.25}, "SGD", {"lr": 0.1, "momentum": 0.25}),
    "no momentum": (momentum, {"learning_rate": 0.1, "beta": 0.0}, "SGD", {"lr": 0.1}),
    "adam": (adam, {"learning_rate": 0.01}, "Adam", {"lr": 0.01}),
    "adam by default": (adam, {}, "AdamW", {"weight_decay": 0.0}),
    "adam with decay": (adam, {"learning_rate": 0.01, "weight_decay": 0.5}, "AdamW", {"lr": 0.01, "weight_decay": 0.5}),
    "adam with other numbers": (
        adam,
        {"learning_rate": 0.03, "beta1": 0.5, "beta2": 0.75, "epsilon": 0.125, "weight_decay": 0.01},
        "AdamW",
        {"lr": 0.03, "betas": (0.5, 0.75), "eps": 0.125, "weight_decay": 0.01},
    ),
}


@pytest.mark.parametrize("name", AS_PYTORCH)
def test_a_hundred_steps_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    ours, options, theirs, settings = AS_PYTORCH[name]
    tensors = {key: torch.tensor(array, requires_grad=True) for key, array in START.items()}
    optimizer = getattr(torch.optim, theirs)(tensors.values(), **settings)
    x, y = torch.tensor(X), torch.tensor(Y)
    parameters, state = START, None
    for _ in range(100):
        parameters, state = ours(parameters, gradients_of(parameters), state, **options)
        optimizer.zero_grad()
        cost_of(tensors, torch, x, y).backward()
        optimizer.step()
        for key, tensor in tensors.items():
            np.testing.assert_allclose(parameters[key], tensor.detach().numpy(), rtol=1e-12, atol=1e-12)
    assert cost_of(parameters) < cost_of(START)


def test_momentum_without_momentum_is_the_step_of_gradient_descent():
    layers = [Layer(START["W1"], np.zeros(3)), Layer(START["W2"], np.zeros(2), IDENTITY)]
    _, found = gradients(layers, X, Y)
    after, velocity = momentum(layers, found, learning_rate=0.25, beta=0)
    for layer, wanted, v, gradient in zip(after, step(layers, found, 0.25), velocity, found):
        assert np.array_equal(layer.W, wanted.W) and np.array_equal(layer.b, wanted.b)
        assert layer.activation is wanted.activation and v.activation is None
        assert np.array_equal(v.W, gradient.dC_dW) and np.array_equal(v.b, gradient.dC_db)
    assert [layer.activation.name for layer in after] == ["sigmoid", "identity"]


KERAS = """
import sys, keras, jax
jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
optimizer = getattr(keras.optimizers, sys.argv[1])(**eval(sys.argv[2]))
weight = keras.Variable(1.0)
for number in range(20):
    if number == 10:
        optimizer.learning_rate = 0.01
    optimizer.apply([keras.ops.convert_to_tensor((number % 3 - 0.75) * 1e-6)], [weight])
    print(repr(float(weight)))
"""


def by_the_rules_of_keras(optimizer, number, weight, state):
    """Return the next weight and state by the rules that the chapter gives for Keras."""
    g, eta = (number % 3 - 0.75) * 1e-6, 0.1 if number < 10 else 0.01
    if optimizer == "SGD":
        u = 0.9 * state[0] + eta * g
        return weight - u, (u, 0.0)
    m, v, t = 0.9 * state[0] + 0.1 * g, 0.999 * state[1] + 0.001 * g**2, number + 1
    m_hat = m / (1 - 0.9**t)
    return weight - eta * 0.5 * weight - eta * (1 - 0.999**t) ** 0.5 * m_hat / (v**0.5 + 1e-7), (m, v)


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [("SGD", {"learning_rate": 0.1, "momentum": 0.9}), ("Adam", {"learning_rate": 0.1, "weight_decay": 0.5})],
)
def test_the_rules_that_the_chapter_gives_for_keras_are_those_of_keras(optimizer, options):
    if not all(
        map(find_spec, ("keras", "jax"))
    ):  # without TensorFlow, Keras is not imported before it is told to use JAX
        pytest.skip("keras or jax is not installed (group oracles)")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KERAS, optimizer, repr(options)],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    weight, state = 1.0, (0.0, 0.0)
    for number, theirs in enumerate(map(float, done.stdout.split())):
        weight, state = by_the_rules_of_keras(optimizer, number, weight, state)
        assert weight == pytest.approx(theirs, rel=1e-12)
    assert number == 19


# ---- Structures


@EACH
@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_is_taken_and_comes_back(name, optimizer):
    parameters, found, _ = STRUCTURES[name]
    once, state = OPTIMIZERS[optimizer](parameters, found)
    twice, state = OPTIMIZERS[optimizer](once, found, state)
    assert type(twice) is type(parameters)
    before, after = arrays_of(parameters, found), arrays_of(twice, found)
    assert list(before) == list(after)
    g = dict(zip(before, Structure(parameters, found).gradients))
    for key, theta in before.items():
        wanted, kept = theta, None
        for _ in range(2):
            wanted, kept = OPTIMIZERS[optimizer](wanted, g[key], kept)
        np.testing.assert_array_equal(after[key], wanted)
    for part in [state] if optimizer == "momentum" else [state.m, state.v]:
        assert type(part) is type(parameters)
        assert {key: array.shape for key, array in arrays_of(part, found).items()} == {
            key: array.shape for key, array in before.items()
        }


@EACH
def test_what_has_no_gradient_comes_back_unchanged(optimizer):
    ids, frozen = np.arange(3), np.ones(2)
    parameters = {"W": np.ones((2, 2)), "ids": ids, "frozen": frozen, "heads": 4, "name": "tanh", "mask": None}
    found = {"dW": np.ones((2, 2)), "frozen": None}
    after, state = OPTIMIZERS[optimizer](parameters, found)
    assert after["ids"] is ids and after["frozen"] is frozen
    assert (after["heads"], after["name"], after["mask"]) == (4, "tanh", None)
    part = state if optimizer == "momentum" else state.m
    assert {key for key, value in part.items() if value is not None} == {"W"}
    after, _ = OPTIMIZERS[optimizer](after, found, state)
    assert after["frozen"] is frozen and after["W"][0, 0] < 1


@EACH
def test_layers_of_both_layouts_learn(optimizer):
    for bp, x, y, W in ((sys.modules["backprop"], X, Y, START["W1"]), (rows, X.T, Y.T, START["W1"].T)):
        W2 = START["W2"] if bp is not rows else START["W2"].T
        layers, state, costs = [bp.Layer(W, np.zeros(3)), bp.Layer(W2, np.zeros(2))], None, []
        for _ in range(20):
            C, found = bp.gradients(layers, x, y)
            layers, state = OPTIMIZERS[optimizer](layers, found, state)
            costs.append(float(C))
        assert costs[-1] < costs[0]
        assert all(type(layer) is bp.Layer for layer in layers)
        assert [layer.activation for layer in layers] == [bp.SIGMOID] * 2


@EACH
def test_one_array_and_one_number_are_structures_too(optimizer):
    array, _ = OPTIMIZERS[optimizer](np.ones(2), np.ones(2))
    assert isinstance(array, np.ndarray)
    numbers, state = OPTIMIZERS[optimizer]([2.0, 1], [0.5, 0.5])
    assert [type(number) for number in numbers] == [float, float]
    numbers, _ = OPTIMIZERS[optimizer](numbers, [0.5, 0.5], state)
    assert numbers[0] < 2.0


@pytest.mark.parametrize("library", ["numpy", "torch", "jax.numpy"])
@EACH
def test_an_array_in_two_places_stays_one_parameter(library, optimizer):
    xp = pytest.importorskip(library, reason=f"{library} is not installed (group oracles)")
    E, first, second = xp.ones((2, 2)), xp.ones((2, 2)), 2 * xp.ones((2, 2))
    shared, state = {"embedding": E, "output": {"W": E}}, None
    alone, kept = {"E": E}, None
    for _ in range(3):
        shared, state = OPTIMIZERS[optimizer](shared, {"embedding": first, "output": {"W": second}}, state)
        alone, kept = OPTIMIZERS[optimizer](alone, {"E": first + second}, kept)
        assert shared["embedding"] is shared["output"]["W"]
        np.testing.assert_array_equal(np.asarray(shared["embedding"]), np.asarray(alone["E"]))


def test_a_state_that_was_saved_goes_on():
    parameters, found = {"E": np.ones(2), "again": None}, {"E": np.array([0.5, -0.25])}
    parameters["again"] = parameters["E"]
    found["again"] = found["E"]
    for optimizer in OPTIMIZERS.values():
        after, state = optimizer(parameters, found)
        wanted, _ = optimizer(after, found, state)
        copy = pickle.loads(pickle.dumps(state))
        if isinstance(copy, AdamState):  # two arrays with the same numbers, as from a file
            copy = copy._replace(m={key: array.copy() for key, array in copy.m.items()})
        went_on, _ = optimizer(after, found, copy)
        np.testing.assert_array_equal(went_on["E"], wanted["E"])


# ---- Arrays of any library, and nothing in place


@EACH
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("library", ["numpy", "array_api_strict", "jax.numpy", "torch"])
def test_the_arrays_of_a_library_come_back_in_their_dtype(library, dtype, optimizer):
    xp = pytest.importorskip(library, reason=f"{library} is not installed (group oracles)")
    if library == "jax.numpy":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    found = gradients_of(START)
    wanted, kept = START, None
    given, state = {key: xp.asarray(array.astype(dtype)) for key, array in START.items()}, None
    kinds = {key: type(array) for key, array in given.items()}
    for _ in range(3):
        wanted, kept = OPTIMIZERS[optimizer](wanted, found, kept)
        narrow = {key: xp.asarray(np.asarray(g).astype(dtype)) for key, g in found.items()}
        given, state = OPTIMIZERS[optimizer](given, narrow, state)
    for part in (given, *((state,) if optimizer == "momentum" else (state.m, state.v))):
        assert {key: type(array) for key, array in part.items()} == kinds
        assert all(str(array.dtype).endswith(dtype) for array in part.values())
    for key, array in given.items():
        np.testing.assert_allclose(np.asarray(array), wanted[key], rtol=1e-12 if dtype == "float64" else 1e-4)


@EACH
def test_a_float64_gradient_and_a_float64_rate_do_not_widen_float32(optimizer):
    function = {"momentum": momentum, "adam": adam}[optimizer]
    W = np.ones(2, np.float32)
    after, state = function([W], [np.ones(2)], learning_rate=np.float64(0.5))
    part = state if optimizer == "momentum" else state.v
    assert after[0].dtype == part[0].dtype == np.float32


@EACH
def test_torch_parameters_that_require_gradients_are_taken(optimizer):
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    model = torch.nn.Linear(3, 2)
    model(torch.ones(4, 3)).sum().backward()
    parameters = dict(model.named_parameters())
    after, _ = OPTIMIZERS[optimizer](parameters, {key: p.grad for key, p in parameters.items()})
    assert all(isinstance(p, torch.Tensor) and not p.requires_grad for p in after.values())
    assert all(p.requires_grad for p in parameters.values())


@EACH
def test_nothing_that_is_given_changes_or_is_given_back(optimizer):
    parameters, found, state = START, gradients_of(START), None
    for _ in range(2):
        held = [*parameters.values(), *found.values()]
        held += [] if state is None else [*state.values()] if optimizer == "momentum" else [*state.m.values()]
        held = [array for array in held if isinstance(array, np.ndarray)]
        before = [array.copy() for array in held]
        for array in held:
            array.flags.writeable = False
        after, new = OPTIMIZERS[optimizer](parameters, found, state)
        given_back = [*after.values(), *(new if optimizer == "momentum" else new.v).values()]
        for array, was in zip(held, before):
            np.testing.assert_array_equal(array, was)
            assert not any(np.shares_memory(array, one) for one in given_back)
        parameters, state = after, new


# ---- What is refused

W, G = {"W": np.ones((2, 3))}, {"W": np.ones((2, 3))}
VELOCITY = momentum(W, G, learning_rate=0.1)[1]
STATE = adam(W, G)[1]
E = np.ones(2)
REFUSED = {
    "no rate": (lambda: momentum(W, G, learning_rate=0), ValueError, "momentum: learning_rate is 0; it must be above 0"),
    "a negative rate": (lambda: adam(W, G, learning_rate=-0.1), ValueError, "adam: learning_rate is -0.1; it must be above 0: a step subtracts the gradient already"),
    "a rate that is nan": (lambda: adam(W, G, learning_rate=np.nan), ValueError, "learning_rate is nan"),
    "an infinite rate": (lambda: adam(W, G, learning_rate=np.inf), ValueError, "learning_rate is inf"),
    "two rates": (lambda: adam(W, G, learning_rate=[0.1, 0.2]), TypeError, "learning_rate is [0.1, 0.2]; it must be one number"),
    "a word": (lambda: adam(W, G, learning_rate="fast"), TypeError, "learning_rate is 'fast'; it must be one number"),
    "beta 1": (lambda: momentum(W, G, learning_rate=1, beta=1), ValueError, "momentum: beta is 1; it must be at least 0 and below 1: with 1 no gradient would ever fade."),
    "a negative beta": (lambda: momentum(W, G, learning_rate=1, beta=-0.1), ValueError, "beta is -0.1"),
    "beta2 above 1": (lambda: adam(W, G, beta2=99), ValueError, "adam: beta2 is 99"),
    "no epsilon": (lambda: adam(W, G, epsilon=0), ValueError, "epsilon is 0; it must be above 0: a parameter whose gradients were all 0 would divide by 0"),
    "negative decay": (lambda: adam(W, G, weight_decay=-1), ValueError, "weight_decay is -1; it must be 0 or more"),
    "epsilon in float16": (lambda: adam([np.ones(2, np.float16)], [E]), ValueError, "epsilon is 1e-08, which is 0 in float16, the dtype of parameters[0]. Keep the parameters in float32"),
    "a transposed gradient": (lambda: adam(W, {"W": np.ones((3, 2))}), ShapeError, "adam: the gradient of W does not have the shape of W\n  the gradient has (3, 2), needs (2, 3)\n  Likely cause: the gradient is transposed. Write gradient.T."),
    "a number": (lambda: adam(W, {"W": 1.0}), ShapeError, "Likely cause: a sum without an axis"),
    "a column": (lambda: momentum([E], [E[:, None]], learning_rate=1), ShapeError, "Write gradient.reshape((2,))"),
    "not summed": (lambda: momentum([E], [np.ones((5, 2))], learning_rate=1), ShapeError, "it is not summed over the examples"),
    "not summed, of one unit": (lambda: momentum([np.ones(1)], [np.ones((1, 5))], learning_rate=1), ShapeError, "it is not summed over the examples"),
    "another's": (lambda: momentum([E], [np.ones(5)], learning_rate=1), ShapeError, "it is the gradient of another parameter, not of parameters[0]"),
    "nan": (lambda: adam(W, {"W": np.array([[0, 0, 0], [0, np.inf, 0]])}), ValueError, "adam: the gradient of W has inf at [1, 1]"),
    "a gradient too few": (lambda: adam({"W": E, "b": E.copy()}, {"W": E}), ShapeError, "adam: gradients has no value for b. Give its gradient, or None if b is to stay as it is."),
    "a gradient too many": (lambda: momentum({"W": E}, {"W": E, "b": E}, learning_rate=1), ShapeError, "momentum: gradients has a value for b, and no parameter belongs to it"),
    "a list for a dict": (lambda: momentum(W, [E], learning_rate=1), TypeError, "momentum: gradients is a list and parameters a dict"),
    "nothing to do": (lambda: momentum({"W": E}, {"W": None}, learning_rate=1), ShapeError, "momentum: no parameter has a gradient, so no parameter would change."),
    "no numbers": (lambda: momentum(["tanh"], [1.0], learning_rate=1), TypeError, "momentum: gradients has a value for parameters[0], and parameters[0] is 'tanh'. Give None for it."),
    "complex": (lambda: momentum([E * 1j], [E], learning_rate=1), TypeError, "momentum: parameters[0] holds complex128 items, not real numbers"),
    "torn": (lambda: momentum({"E": E, "W": E}, {"E": None, "W": E}, learning_rate=1), ShapeError, "momentum: E is an array that is in two places, and gradients has None for the first."),
    "two shapes": (lambda: momentum([E, E], [E, np.ones(3)], learning_rate=1), ShapeError, "momentum: parameters[0] = parameters[1] is one array, and its gradients have the shapes (2,) and (3,)."),
    "a velocity of other keys": (lambda: momentum(W, G, {"V": E}, learning_rate=1), ShapeError, "momentum: velocity does not belong to these parameters: velocity has a value for V, and no parameter belongs to it."),
    "a velocity in a list": (lambda: momentum(W, G, [E], learning_rate=1), TypeError, "velocity does not belong to these parameters: velocity is a list and parameters a dict"),
    "a velocity of another shape": (lambda: momentum(W, G, {"W": E}, learning_rate=1), ShapeError, "momentum: velocity has the shape (2,) for W, which has (2, 3).\n  Likely cause: it is the state of other parameters. Give the one that the last step returned, or None to start."),
    "a velocity of fewer": (lambda: momentum({"W": E, "b": E.copy()}, {"W": E, "b": E}, {"W": E, "b": None}, learning_rate=1), ShapeError, "velocity is for W, and the gradients are for W, b.\n  Likely cause: a gradient was None in one step and not in the other."),
    "a velocity for adam": (lambda: adam(W, G, VELOCITY), TypeError, "adam: the state is a dict, not the AdamState that the last step returned."),
    "a state for momentum": (lambda: momentum(W, G, STATE, learning_rate=1), TypeError, "momentum: velocity does not belong to these parameters: velocity is a AdamState"),
    "m of another": (lambda: adam(W, G, STATE._replace(m={"V": E})), ShapeError, "adam: state.m does not belong to these parameters: state.m has a value for V"),
    "swapped": (lambda: adam(W, G, AdamState(1, {"W": np.ones((2, 3))}, {"W": -np.ones((2, 3))})), ValueError, "state.v has a negative number for W, and it is a mean of squares.\n  Likely cause: m and v are swapped."),
    "a broken count": (lambda: adam(W, G, STATE._replace(t=0.5)), ValueError, "state.t is 0.5; it is the number of steps taken"),
    "a state without arrays": (lambda: adam(W, G, AdamState(3, None, None)), ValueError, "beside the arrays of m and v"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_told_with_what_to_write(name):
    call, error, said = REFUSED[name]
    with pytest.raises(error, match=re.escape(said)) as raised:
        call()
    assert "check_gradients" not in str(raised.value)
    assert "See https://literate-backprop.github.io/" in str(raised.value)


def test_a_state_of_zeros_is_the_start():
    zeros = {"W": np.zeros((2, 3))}
    found = {"W": np.full((2, 3), 0.5)}
    assert np.array_equal(adam(W, found, AdamState(0, zeros, zeros))[0]["W"], adam(W, found)[0]["W"])
    same = [momentum(W, found, velocity, learning_rate=0.5)[0]["W"] for velocity in (zeros, None)]
    assert np.array_equal(*same)


def test_named_gradients_fit_layers_one_by_one():
    layer, gradient = Layer([[2.0]], [0.0], IDENTITY), Gradient([[15.0]], [5.0])
    [after], _ = momentum([layer], [gradient], learning_rate=0.1)
    assert (after.W, after.b) == (0.5, -0.5)
