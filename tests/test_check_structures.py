"""The check takes parameters and gradients as people have them: lists, dicts, layers, and arrays of any library."""

import collections
import dataclasses
import types
from typing import Any

import numpy as np
import pytest

from backprop import Gradient, Layer, ShapeError, gradients, quadratic, rows
from backprop import forward as feedforward
from backprop.gradient_check import check_gradients

RNG = np.random.default_rng(0)
W1, b1, W2, b2 = (RNG.normal(size=shape) for shape in [(3, 4), (3,), (2, 3), (2,)])
X, Y = RNG.normal(size=(4, 5)), RNG.normal(size=(2, 5))
m = X.shape[1]


def cost_of(W1, b1, W2, b2, xp=np):
    a = xp.tanh(W1 @ X + b1[:, None])
    return ((W2 @ a + b2[:, None] - Y) ** 2).sum() / (2 * m)


def right(W1, b1, W2, b2):
    a = np.tanh(W1 @ X + b1[:, None])
    delta2 = (W2 @ a + b2[:, None] - Y) / m
    delta1 = W2.T @ delta2 * (1 - a**2)
    return delta1 @ X.T, delta1.sum(axis=1), delta2 @ a.T, delta2.sum(axis=1)


P, G = (W1, b1, W2, b2), right(W1, b1, W2, b2)
KEYS = ["W1", "b1", "W2", "b2"]
Pair = collections.namedtuple("Pair", "W b")


@dataclasses.dataclass
class Dense:
    W: Any
    b: Any
    name: str = "dense"


STRUCTURES: dict[str, tuple[Any, Any, Any]] = {
    "a list": (list(P), list(G), lambda p: cost_of(*p)),
    "a tuple": (P, list(G), lambda p: cost_of(*p)),
    "a dict": (dict(zip(KEYS, P)), dict(zip(KEYS, G)), lambda p: cost_of(**p)),
    "a dict with d": (dict(zip(KEYS, P)), {f"d{key}": g for key, g in zip(KEYS, G)}, lambda p: cost_of(**p)),
    "an ordered dict": (collections.OrderedDict(zip(KEYS, P)), dict(zip(KEYS, G)), lambda p: cost_of(**p)),
    "a dict that cannot be changed": (types.MappingProxyType(dict(zip(KEYS, P))), dict(zip(KEYS, G)), lambda p: cost_of(**p)),
    "a dict in another order": (dict(zip(KEYS, P)), dict(reversed([*zip(KEYS, G)])), lambda p: cost_of(**p)),
    "pairs": ([(W1, b1), (W2, b2)], [(G[0], G[1]), [G[2], G[3]]], lambda p: cost_of(*p[0], *p[1])),
    "named tuples": ([Pair(W1, b1), Pair(W2, b2)], [Pair(*G[:2]), Pair(*G[2:])], lambda p: cost_of(*p[0], p[1].W, p[1].b)),
    "data classes": ([Dense(W1, b1), Dense(W2, b2)], [Pair(*G[:2]), Pair(*G[2:])], lambda p: cost_of(p[0].W, p[0].b, p[1].W, p[1].b)),
    "a dict of dicts": ({"one": {"W": W1, "b": b1}, "two": {"W": W2, "b": b2}}, {"one": {"W": G[0], "b": G[1]}, "two": {"dW": G[2], "db": G[3]}}, lambda p: cost_of(*p["one"].values(), W2=p["two"]["W"], b2=p["two"]["b"])),
    "a dict of lists": ({"W": [W1, W2], "b": [b1, b2]}, {"W": [G[0], G[2]], "b": (G[1], G[3])}, lambda p: cost_of(p["W"][0], p["b"][0], p["W"][1], p["b"][1])),
    "lists of numbers": ([[W1.tolist(), b1.tolist()], [W2.tolist(), b2.tolist()]], [[g.tolist() for g in G[:2]], [*G[2:]]], lambda p: cost_of(*p[0], *p[1])),
    "numbered layers": ({1: Pair(W1, b1), 2: Pair(W2, b2)}, {1: Pair(*G[:2]), 2: Pair(*G[2:])}, lambda p: cost_of(*p[1], *p[2])),
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_is_taken_and_reaches_the_cost_as_it_was(name):
    parameters, found, cost = STRUCTURES[name]

    def typed_cost(p):
        assert type(p) is type(parameters)
        return cost(p)

    report = check_gradients(typed_cost, parameters, found)
    assert report.ok
    assert [row.shape for row in report.rows if "W" in row.name or "b" not in row.name]
    assert sorted(row.shape for row in report.rows) == sorted(p.shape for p in P)
    assert report.worst < 1e-14


def test_names_come_from_the_keys():
    def names(which):
        parameters, found, cost = STRUCTURES[which]
        return [row.name for row in check_gradients(cost, parameters, found).rows]

    assert names("a dict") == KEYS
    assert names("a list") == ["parameters[0]", "parameters[1]", "parameters[2]", "parameters[3]"]
    assert names("pairs")[1:3] == ["parameters[0][1]", "parameters[1][0]"]
    assert names("named tuples")[0] == "parameters[0].W"
    assert names("a dict of dicts")[2] == "two.W"
    assert names("a dict of lists")[1] == "W[1]"


def test_layers_with_their_gradients():
    layers = [Layer(W1, b1), Layer(W2, b2)]
    _, found = gradients(layers, X, Y)
    report = check_gradients(lambda p: quadratic(feedforward(p, X)[1][-1], Y), layers, found)
    assert report.ok
    assert [row.name for row in report.rows][:2] == ["parameters[0].W", "parameters[0].b"]
    assert "Not checked, for they have no gradient: parameters[0].activation, parameters[1].activation." in str(report)
    wrong = [found[0], Gradient(2 * found[1].dC_dW, found[1].dC_db)]
    assert not check_gradients(lambda p: quadratic(feedforward(p, X)[1][-1], Y), layers, wrong)


def test_layers_in_rows():
    layers = [rows.Layer(W1.T, b1), rows.Layer(W2.T, b2)]
    _, found = rows.gradients(layers, X.T, Y.T)
    assert check_gradients(lambda p: rows.quadratic(rows.forward(p, X.T)[1][-1], Y.T), layers, found).ok


def test_what_has_no_gradient_reaches_the_cost_unchanged_and_is_listed():
    def cost(p):
        assert p["activation"] == "tanh" and p["layers"] == 2 and p["eps"] == 1e-5 and p["mask"] is None
        return cost_of(*(p[key] for key in KEYS))

    parameters = dict(zip(KEYS, P)) | {
        "activation": "tanh",
        "layers": 2,
        "eps": 1e-5,
        "mask": None,
        "ids": np.arange(3),
    }
    report = check_gradients(cost, parameters, dict(zip(KEYS, G)))
    assert report.ok
    assert "Not checked, for they have no gradient: activation, layers, eps, mask, ids." in str(report)


def test_none_says_that_an_array_is_not_to_be_checked():
    report = check_gradients(lambda p: p["x"] @ p["w"], {"x": X[0], "w": X[1]}, {"x": None, "w": X[0]})
    assert report.ok
    assert [row.name for row in report.rows] == ["w"]


def test_the_same_array_in_two_places_is_one_parameter_whose_gradients_add():
    E = RNG.normal(size=(3, 3))

    def cost(p):
        assert p["embedding"] is p["output"] or np.array_equal(p["embedding"], p["output"])
        return np.sum(np.sin(p["embedding"] @ p["output"].T @ p["output"]))

    def gradient_of_both(E):
        d = np.cos(E @ E.T @ E)
        return d @ E.T @ E, E @ d.T @ E + E @ E.T @ d

    first, second = gradient_of_both(E)
    shared = {"embedding": E, "output": E}
    report = check_gradients(cost, shared, {"embedding": first, "output": second})
    assert report.ok
    assert [row.name for row in report.rows] == ["embedding = output"]
    total = first + second
    assert check_gradients(cost, shared, {"embedding": total, "output": total}).ok  # the total, in both places
    assert check_gradients(cost, shared, {"embedding": total, "output": None}).ok
    assert not check_gradients(cost, shared, {"embedding": first, "output": None}).ok


def test_names_and_candidates_follow_the_structure():
    parameters, found, cost = STRUCTURES["a dict"]
    wrong = {key: np.sin(3 * g) for key, g in found.items()}
    report = check_gradients(cost, parameters, wrong, candidates={"a sine": wrong}, names=["a", "b", "c", "d"])
    assert [sentence.partition(":")[0] for sentence in report.diagnosis] == ["a", "b", "c", "d"]
    assert all(sentence.endswith("It is what a sine gives.") for sentence in report.diagnosis)


class Value:
    """As in a library of scalars that keep their history."""

    def __init__(self, data):
        self.data = data


def halving(x):
    """Return a cost that changes its own data."""

    def cost(p):
        x[:] *= 0.5
        return np.sum(p[0] @ x)

    return cost


BARE = dict(zip(KEYS, P))
ERRORS: dict[str, tuple[Any, type[Exception], str]] = {
    "a gradient too many": (lambda: check_gradients(cost_of, BARE, dict(zip(KEYS, G)) | {"dA1": X}), ShapeError, "gradients has a value for dA1, and no parameter belongs to it. Leave it out, or add the parameter."),
    "a gradient too few": (lambda: check_gradients(cost_of, BARE, {"dW1": G[0]}), ShapeError, "gradients has no value for b1. Give its gradient, or None if b1 is not to be checked."),
    "a list for a dict": (lambda: check_gradients(cost_of, BARE, list(G)), TypeError, "gradients is a list and parameters a dict; write dict(zip(parameters, gradients))."),
    "a dict for a list": (lambda: check_gradients(cost_of, list(P), dict(zip(KEYS, G))), TypeError, "gradients is a dict and parameters a list; write the gradients in a list, in the same order."),
    "an array for a dict": (lambda: check_gradients(cost_of, BARE, X), TypeError, "gradients is a ndarray and parameters a dict; write a dict of gradients with the same keys."),
    "a list for an array": (lambda: check_gradients(cost_of, [W1], [[G[0], G[1]]]), TypeError, "parameters[0] is one array, and its part of gradients is a list of arrays; write one array for it."),
    "a generator": (lambda: check_gradients(cost_of, (p for p in P), G), TypeError, "parameters is a generator, which can be read only once; write list(...)."),
    "a generator of gradients": (lambda: check_gradients(cost_of, P, (g for g in G)), TypeError, "gradients is a generator, which can be read only once; write list(...)."),
    "a string with a gradient": (lambda: check_gradients(cost_of, ["tanh"], [1.0]), TypeError, "gradients has a value for parameters[0], and parameters[0] is 'tanh'. Give None for it."),
    "an object": (lambda: check_gradients(cost_of, [Value(1.0)], [1.0]), TypeError, "parameters[0] is a Value, not real numbers"),
    "a masked array": (lambda: check_gradients(cost_of, [np.ma.array([1.0], mask=[True])], [[1.0]]), TypeError, "parameters[0] is a masked array; fill it first"),
    "two shapes for one array": (lambda: check_gradients(np.sum, [W1, W1], [G[0], G[1]]), ShapeError, "parameters[0] = parameters[1] is one array, and its gradients have the shapes (3, 4) and (3,)."),
    "a wrapper": (lambda: check_gradients(lambda p: Value(p[0].sum()), [W1], [W1]), TypeError, "the cost is a Value, not a number. Return the number that it holds, such as its .data."),
    "prints": (lambda: check_gradients(lambda p: print("loss:", 3) or p[0].sum(), [W1], [W1]), ValueError, "the cost prints 'loss: 3'. It is evaluated once or more for each entry, so take the print out of it."),
    "its own data changes": (lambda: check_gradients(halving(X.copy()), [W1], [W1]), ValueError, "it draws random numbers, or it changes its own data"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_does_not_fit_is_told_with_what_to_write(name):
    call, error, said = ERRORS[name]
    with pytest.raises(error) as raised:
        call()
    assert said in str(raised.value)
    if name not in ("a masked array",):
        assert "See https://literate-backprop.github.io/use/check-your-own/#" in str(raised.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_the_cost_prints_is_still_seen(capsys, dtype):
    with pytest.raises(ValueError, match="the cost prints"):
        check_gradients(lambda p: print("loss") or 1.0, [W1.astype(dtype)], [W1])
    assert {*capsys.readouterr().out.split()} == {"loss"}


def test_code_that_only_updates_in_place_is_checked_by_its_step():
    weights, learning_rate = {"W1": W1.copy(), "b1": b1.copy(), "W2": W2.copy(), "b2": b2.copy()}, 0.5

    def train():
        for key, g in zip(KEYS, right(*weights.values())):
            weights[key] -= learning_rate * g

    old = {key: value.copy() for key, value in weights.items()}
    train()
    found = {key: (old[key] - weights[key]) / learning_rate for key in old}
    assert check_gradients(lambda p: cost_of(**p), old, found).ok


# ---- Other libraries


def test_torch_tensors_with_their_history():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (group oracles)")
    tensors = {key: torch.tensor(p, requires_grad=True) for key, p in zip(KEYS, P)}
    x, y = torch.tensor(X), torch.tensor(Y)

    def cost(p):
        assert all(isinstance(tensor, torch.Tensor) for tensor in p.values())
        dtype = torch.complex128 if any(map(torch.is_complex, p.values())) else torch.float64
        W1, b1, W2, b2 = (p[key].to(dtype) for key in KEYS)
        return ((W2 @ torch.tanh(W1 @ x.to(dtype) + b1[:, None]) + b2[:, None] - y) ** 2).sum() / (2 * m)

    cost(tensors).backward()
    found = {key: tensor.grad for key, tensor in tensors.items()}
    report = check_gradients(cost, tensors, found)
    assert report.ok
    assert {row.method for row in report.rows} == {"complex step"}
    found["b2"] = 2 * found["b2"]
    assert not check_gradients(cost, tensors, found).ok
    assert all(tensor.requires_grad for tensor in tensors.values())


def test_a_torch_module_by_its_named_parameters():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (group oracles)")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    x, y = torch.tensor(X.T, dtype=torch.float32), torch.tensor(Y.T, dtype=torch.float32)

    def narrow(parameters):
        return torch.nn.functional.mse_loss(torch.func.functional_call(model, parameters, x), y)

    def wide(parameters):
        dtype = parameters["0.weight"].dtype
        return ((torch.func.functional_call(model, parameters, x.to(dtype)) - y) ** 2).mean()

    narrow(dict(model.named_parameters())).backward()
    parameters = dict(model.named_parameters())
    found = {key: p.grad for key, p in parameters.items()}
    report = check_gradients(narrow, parameters, found)
    assert report.ok and "The parameters are float32, and so is the measurement." in str(report)
    report = check_gradients(wide, parameters, found)
    assert report.ok and "The parameters are float32, measured in float64." in str(report)
    found["0.weight"] = 2 * found["0.weight"]
    report = check_gradients(narrow, parameters, found)
    assert report.diagnosis[0].startswith("0.weight: It is 2 times the right gradient.")
    assert "the weight gradient (BP4)" in report.where[0].says


def test_a_jax_pytree_and_its_gradient():
    jax = pytest.importorskip("jax", reason="JAX is not installed (group oracles)")
    jnp = jax.numpy
    hidden, output = [[jnp.asarray(array, jnp.float32) for array in pair] for pair in ((W1, b1), (W2, b2))]
    pytree = {"hidden": {"W": hidden[0], "b": hidden[1]}, "output": output}

    def cost(p):
        a = jnp.tanh(p["hidden"]["W"] @ X + p["hidden"]["b"][:, None])
        W, b = p["output"]
        return jnp.sum((W @ a + b[:, None] - Y) ** 2) / (2 * m)

    found = jax.grad(cost)(pytree)
    report = check_gradients(jax.jit(cost), pytree, found)
    assert report.ok and report.rows[0].method == "complex step"
    assert report.worst < 1e-5
    assert "The parameters are float32, measured in float64." in str(report)
    assert [row.name for row in report.rows] == ["hidden.W", "hidden.b", "output[0]", "output[1]"]


def test_a_float64_cost_beside_float32_parameters():
    def cost(parameters):
        if parameters[0].dtype == np.float32:
            raise TypeError("expected float64")
        return np.sum(parameters[0] ** 3)

    p = np.array([0.5, -1.5], np.float32)
    assert check_gradients(cost, [p], [3 * p**2]).ok
    with pytest.raises(TypeError, match="expected float64"):
        check_gradients(lambda p: cost([p[0].astype(np.float32)]), [p], [p])


def test_an_array_of_a_library_without_a_namespace_reaches_the_cost_as_numpy():
    class Tensor(types.SimpleNamespace):
        shape = (2,)

        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0], dtype)

    assert check_gradients(lambda p: p[0] @ p[0], [Tensor()], [[2.0, 4.0]]).ok


def test_a_check_of_nothing_is_refused():
    with pytest.raises(ShapeError, match="no parameter has a gradient, so nothing can be checked"):
        check_gradients(lambda p: np.sum(p["W"] ** 2), {"W": np.ones(2)}, {"W": None})


def test_a_name_beside_a_parameter_may_stand_beside_its_gradient_too():
    W = np.array([1.0, -2.0])
    report = check_gradients(lambda p: np.sum(p[0][0] ** 2), [(W, "weights")], [(2 * W, "weights")])
    assert report.ok
    with pytest.raises(TypeError, match=r"parameters\[0\]\[1\] is 'weights'. Give None for it"):
        check_gradients(lambda p: np.sum(p[0][0] ** 2), [(W, "weights")], [(2 * W, "others")])
