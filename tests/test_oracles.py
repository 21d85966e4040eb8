"""The gradients of three other libraries, which know nothing of the four equations.

Each oracle has activations and losses of its own and speaks its own dialect: autograd as the book does, PyTorch
with examples as rows and weights (outputs, inputs), JAX one example at a time. Every constant between its loss and
the cost of the book is written out: 1/2 of the quadratic cost, 1/m of the mean over the examples, and the 1/(n m)
of PyTorch's mean over all elements.
"""

import functools
from typing import NamedTuple

import numpy as np
import pytest
from plain import PAIRS, draw, relative_error

import backprop
from backprop import Layer, gradients, rows


class Problem(NamedTuple):
    """A network 5-4-3-2, its cost, and m columns of data."""

    names: list  # of the activation of each layer
    cost: str
    parameters: list  # (W, b) of each layer, b as a column
    x: np.ndarray
    y: np.ndarray


@functools.cache
def problems(m, kind):
    """Return one problem for each pair of activation and cost."""
    found = {}
    for output, cost in PAIRS:
        network, x, y = draw((5, 4, 3, 2), "tanh" if output == "softmax" else output, output, m)
        parameters = [(W.astype(kind), b.astype(kind)) for W, b, _ in network]
        found[output, cost] = Problem([name for *_, name in network], cost, parameters, x.astype(kind), y.astype(kind))
    return found


def by_autograd(problems):
    """HIPS autograd, with the constants of the book."""
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    activation = {
        "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
        "tanh": anp.tanh,
        "relu": lambda z: anp.maximum(z, 0),
        "leaky_relu": lambda z: anp.maximum(z, 0.01 * z),
        "softplus": lambda z: anp.logaddexp(0, z),
        "identity": lambda z: z,
        "softmax": lambda z: anp.exp(z - logsumexp(z, axis=0)),
    }
    loss = {
        "quadratic": lambda a, y, m: 1 / 2 * 1 / m * anp.sum((a - y) ** 2),
        "cross_entropy": lambda a, y, m: -1 / m * anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a)),
        "sigmoid_cross_entropy": lambda z, y, m: 1 / m * anp.sum(anp.logaddexp(0, z) - y * z),
        "softmax_cross_entropy": lambda z, y, m: -1 / m * anp.sum(y * (z - logsumexp(z, axis=0))),
    }

    def cost_of(parameters, names, cost, x, y):
        a = x
        for (W, b), name in zip(parameters, names):
            a = activation[name](anp.dot(W, a) + b)
        return loss[cost](a, y, x.shape[1])

    return [value_and_grad(cost_of)(p.parameters, p.names, p.cost, p.x, p.y) for p in problems]


def by_torch(problems):
    """PyTorch, whose losses are means over all n m elements, but for cross_entropy, a mean over the m examples."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: group oracles")
    F = torch.nn.functional
    activation = {
        "sigmoid": F.sigmoid,
        "tanh": F.tanh,
        "relu": F.relu,
        "leaky_relu": functools.partial(F.leaky_relu, negative_slope=0.01),
        "softplus": F.softplus,
        "identity": lambda z: z,
        "softmax": functools.partial(F.softmax, dim=1),
    }
    loss = {
        "quadratic": lambda a, y, n: 1 / 2 * n * F.mse_loss(a, y),
        "cross_entropy": lambda a, y, n: n * F.binary_cross_entropy(a, y),
        "sigmoid_cross_entropy": lambda z, y, n: n * F.binary_cross_entropy_with_logits(z, y),
        "softmax_cross_entropy": lambda z, y, n: F.cross_entropy(z, y),
    }

    def value_and_gradients(p):
        parameters = [[torch.tensor(array, requires_grad=True) for array in (W, b[:, 0])] for W, b in p.parameters]
        a = torch.tensor(p.x.T)
        for (W, b), name in zip(parameters, p.names):
            a = activation[name](F.linear(a, W, b))
        C = loss[p.cost](a, torch.tensor(p.y.T), len(p.y))
        C.backward()
        return C.item(), [(W.grad.numpy(), b.grad.numpy()[:, None]) for W, b in parameters]

    return list(map(value_and_gradients, problems))


def by_jax(problems):
    """JAX: the loss of one example, mapped over the columns, and jnp.mean for the 1/m."""
    jax = pytest.importorskip("jax", reason="JAX is not installed: group oracles")
    jax.config.update("jax_enable_x64", True)
    jnp, nn = jax.numpy, jax.nn
    activation = {name: getattr(nn, name) for name in ["sigmoid", "tanh", "relu", "softplus", "identity", "softmax"]}
    activation["leaky_relu"] = functools.partial(nn.leaky_relu, negative_slope=0.01)
    loss = {
        "quadratic": lambda a, y: 1 / 2 * jnp.sum((a - y) ** 2),
        "cross_entropy": lambda a, y: -jnp.sum(y * jnp.log(a) + (1 - y) * jnp.log1p(-a)),
        "sigmoid_cross_entropy": lambda z, y: jnp.sum(jnp.logaddexp(0, z) - y * z),
        "softmax_cross_entropy": lambda z, y: -jnp.dot(y, nn.log_softmax(z)),
    }

    def cost_of(parameters, names, cost, x, y):
        def of_one(a, y):
            for (W, b), name in zip(parameters, names):
                a = activation[name](W @ a + b[:, 0])
            return loss[cost](a, y)

        return jnp.mean(jax.vmap(of_one, in_axes=1)(x, y))

    @jax.jit  # all in one, since to compile takes longer than to run
    def every():
        return [jax.value_and_grad(cost_of)(p.parameters, p.names, p.cost, p.x, p.y) for p in problems]

    return [(C, [tuple(map(np.asarray, layer)) for layer in layers]) for C, layers in every()]


@functools.cache
def answers(oracle, m, kind):
    return dict(zip(PAIRS, oracle(problems(m, kind).values()), strict=True))


def constant(name):
    return getattr(backprop, name.upper())


def one_example(p):
    layers = [Layer(W, b[:, 0], constant(name)) for (W, b), name in zip(p.parameters, p.names)]
    C, found = gradients(layers, p.x[:, 0], p.y[:, 0], constant(p.cost))
    return C, [(dC_dW, dC_db[:, None]) for dC_dW, dC_db in found]


def in_columns(p):
    layers = [Layer(W, b, constant(name)) for (W, b), name in zip(p.parameters, p.names)]
    return gradients(layers, p.x, p.y, constant(p.cost))


def in_rows(p):
    """Go back by hand, examples as rows and weights (inputs, outputs); the answer is transposed back."""
    zs, activations = [], [p.x.T]
    for (W, b), name in zip(p.parameters, p.names):
        zs.append(activations[-1] @ W.T + b.T)
        activations.append(constant(name)(zs[-1].T).T)
    C = constant(p.cost).value(activations[-1].T, p.y)
    dC_da = constant(p.cost).prime(activations[-1].T, p.y).T
    if p.names[-1] == "softmax":
        delta = np.einsum("jki,ij->ik", backprop.softmax_jacobian(zs[-1].T), dC_da)
    else:
        delta = rows.output_error(dC_da, constant(p.names[-1]).prime(zs[-1]))
    found = []
    for l in reversed(range(len(zs))):
        found.append((rows.weight_gradient(delta, activations[l]).T, rows.bias_gradient(delta, keepdims=True).T))
        if l > 0:
            delta = rows.hidden_error(p.parameters[l][0].T, delta, constant(p.names[l - 1]).prime(zs[l - 1]))
    return C, found[::-1]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("backward_pass", "m"),
    [(one_example, 1), (in_columns, 1), (in_columns, 6), (in_rows, 1), (in_rows, 6)],
    ids=["one example", "columns-1", "columns-6", "rows-1", "rows-6"],
)
@pytest.mark.parametrize(("output", "cost"), PAIRS)
@pytest.mark.parametrize("oracle", [by_autograd, by_torch, by_jax])
def test_the_oracle_finds_the_same_gradients(oracle, output, cost, backward_pass, m, kind):
    expected_C, expected = answers(oracle, m, kind)[output, cost]
    C, found = backward_pass(problems(m, kind)[output, cost])
    bound = 100 * np.finfo(kind).eps
    assert abs(C - expected_C) <= bound * abs(expected_C)
    for arrays, others in zip(found, expected, strict=True):
        for array, other in zip(arrays, others, strict=True):
            assert array.dtype == other.dtype == kind
            assert relative_error(array, other) <= bound


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_pytorch_takes_the_same_slope_at_a_kink(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: group oracles")
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    getattr(torch.nn.functional, name)(z).backward()
    assert getattr(backprop, f"{name}_prime")(0.0) == z.grad.item()
