"""The gradients of three other libraries, which know nothing of the four equations.

Each has the activation functions of `reference.py`, or its own, and speaks its own dialect: autograd and JAX as the book does, PyTorch
with examples as rows and weights (outputs, inputs). Every constant between PyTorch's loss and the cost of the book is written out:
1/2 of the quadratic cost, 1/m of the mean over the examples, and the 1/(n m) of PyTorch's mean over all elements.
"""

import functools
from typing import NamedTuple

import numpy as np

import backprop
from backprop import Layer, gradients, rows
from website.oracles.reference import ACTIVATIONS, PAIRS, draw, mean_cost


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
    """Return what HIPS autograd finds."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    return [value_and_grad(_cost_of(anp))(p.parameters, p.names, p.cost, p.x, p.y) for p in problems]


def by_jax(problems):
    """Return what JAX finds."""
    import jax

    jax.config.update("jax_enable_x64", True)
    cost_of = jax.value_and_grad(_cost_of(jax.numpy))

    @jax.jit  # all in one, since to compile takes longer than to run
    def every():
        return [cost_of(p.parameters, p.names, p.cost, p.x, p.y) for p in problems]

    return [(C, [tuple(map(np.asarray, layer)) for layer in layers]) for C, layers in every()]


def _cost_of(xp):
    def cost_of(parameters, names, cost, x, y):
        a = x
        for (W, b), name in zip(parameters, names):
            a = ACTIVATIONS[name](xp.matmul(W, a) + b, xp)
        return mean_cost(cost, a, y, xp)

    return cost_of


def by_torch(problems):
    """Return what PyTorch finds; its losses are means over all n m elements, except cross_entropy, a mean over m."""
    import torch

    F = torch.nn.functional
    own = {name: getattr(F, name) for name in ["sigmoid", "tanh", "relu", "softplus"]}
    own |= {
        "leaky_relu": functools.partial(F.leaky_relu, negative_slope=0.01),
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
            z = F.linear(a, W, b)
            a = own[name](z) if name in own else ACTIVATIONS[name](z, torch)
        C = loss[p.cost](a, torch.tensor(p.y.T), len(p.y))
        C.backward()
        return C.item(), [(W.grad.numpy(), b.grad.numpy()[:, None]) for W, b in parameters]

    return list(map(value_and_gradients, problems))


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
