"""Mistakes that other libraries complain about, as a learner makes them; each is run, and its whole traceback kept."""

import contextlib
import importlib
import linecache
import os
import re
import sys
import traceback
import warnings
from typing import NamedTuple

import pytest

SCRIPT = "train.py"
IMPORTS = {
    "numpy": "import numpy as np",
    "torch": "import torch\nfrom torch import nn",
    "jax": "import jax, jax.numpy as jnp\nimport numpy as np",
    "keras": "import keras, numpy as np",
    "tensorflow": "import tensorflow as tf",
    "tf_keras": "import tf_keras as keras, numpy as np",  # Keras 2, as in TensorFlow up to 2.15
}
ERRORS = "look-up/errors/"
AUTODIFF = "look-up/autodiff"
NAN = "look-up/loss-nan"
ANSI = re.compile(r"\x1b\[\d*m")


class Mistake(NamedTuple):
    """A mistake by its name, in one library, and the addresses of the pages that explain it."""

    id: str
    library: str
    pages: list[str]
    code: str


def errors(*names):
    return [ERRORS + name for name in names]


TRANSPOSED, ROWS, LAYER = "transposed-weights", "rows-and-columns", "wrong-layer"
COLUMN, EXAMPLE, BIAS, STAR = "column-beside-vector", "one-example-in-a-batch", "bias-not-summed", "star-or-at"
NETWORK = "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense({}, activation='{}')])\n"
TRAIN = "model.compile(loss='{}')\nmodel.fit(np.ones((5, 2)), {}, verbose=0)"

MISTAKES = [
    # ---- NumPy: products
    Mistake(
        "numpy: weights transposed",
        "numpy",
        errors(TRANSPOSED, ROWS, LAYER),
        "W, x, b = np.ones((2, 3)), np.ones(2), np.ones(3)\nz = W @ x + b",
    ),
    Mistake(
        "numpy: examples as rows",
        "numpy",
        errors(ROWS, TRANSPOSED),
        "W, X = np.ones((3, 2)), np.ones((5, 2))\nz = np.dot(W, X)",
    ),
    Mistake(
        "numpy: weights of the wrong layer",
        "numpy",
        errors(LAYER),
        "W1, delta2 = np.ones((3, 2)), np.ones(4)\ndelta1 = np.dot(W1.T, delta2)",
    ),
    Mistake(
        "numpy: dot instead of *",
        "numpy",
        errors(STAR),
        "dA, A = np.ones((4, 3)), np.ones((4, 3))\ndZ = np.dot(dA, A * (1 - A))",
    ),
    Mistake(
        "numpy: a column and a vector were added",
        "numpy",
        errors(COLUMN),
        "x, b = np.zeros(2), np.ones((3, 1))\n"
        "z = np.dot(np.ones((3, 2)), x) + b\ndelta = z * z\ndC_dW = np.dot(delta, x.T)",
    ),
    # ---- NumPy: +, -, * and assignment
    Mistake(
        "numpy: one example beside a batch",
        "numpy",
        errors(EXAMPLE),
        "dC_da, sigma_prime_z = np.ones(3), np.ones((3, 5))\ndelta = dC_da * sigma_prime_z",
    ),
    Mistake(
        "numpy: target of another length",
        "numpy",
        errors("target-length"),
        "a, y = np.ones(4), np.ones(3)\nC = np.sum((a - y) ** 2) / 2",
    ),
    Mistake(
        "numpy: gradient transposed",
        "numpy",
        errors(TRANSPOSED),
        "W, x, delta = np.ones((3, 2)), np.ones(2), np.ones(3)\nW = W - 0.5 * np.outer(x, delta)",
    ),
    Mistake(
        "numpy: gradients in reverse order",
        "numpy",
        errors("order"),
        "weights = [np.ones((3, 2)), np.ones((4, 3))]\ngrads = [np.ones((4, 3)), np.ones((3, 2))]\n"
        "weights = [W - 0.5 * dW for W, dW in zip(weights, grads)]",
    ),
    Mistake("numpy: labels", "numpy", errors("labels"), "a, y = np.ones((5, 4)), np.arange(5)\nresidual = a - y"),
    Mistake(
        "numpy: bias not summed",
        "numpy",
        errors(BIAS),
        "b, delta = np.ones((3, 1)), np.ones((3, 5))\nb -= 0.5 * delta",
    ),
    Mistake(
        "numpy: bias not summed, as rows",
        "numpy",
        errors(BIAS),
        "b, delta = np.ones(3), np.ones((5, 3))\nb -= 0.5 * delta",
    ),
    Mistake(
        "numpy: bias vector beside a matrix",
        "numpy",
        errors(BIAS, EXAMPLE),
        "b, delta = np.ones(3), np.ones((3, 5))\nb -= 0.5 * delta",
    ),
    Mistake(
        "numpy: weights loaded transposed",
        "numpy",
        errors(TRANSPOSED),
        "W, loaded = np.zeros((3, 2)), np.ones((2, 3))\nW[:] = loaded",
    ),
    Mistake(
        "numpy: sum over an axis that one example has not",
        "numpy",
        errors(EXAMPLE),
        "delta = np.ones(3)\ndC_db = np.sum(delta, axis=1, keepdims=True)",
    ),
    Mistake(
        "numpy: gradient transposed, in place",
        "numpy",
        errors(TRANSPOSED),
        "W, a_prev, delta = np.ones((2, 3)), np.ones((5, 2)), np.ones((5, 3))\nW -= 0.5 * (delta.T @ a_prev)",
    ),
    Mistake(
        "numpy: gradients in reverse order, in place",
        "numpy",
        errors("order"),
        "weights, grads = [np.ones((3, 2)), np.ones((4, 3))], [np.ones((4, 3)), np.ones((3, 2))]\n"
        "for W, dW in zip(weights, grads):\n    W -= 0.5 * dW",
    ),
    Mistake(
        "numpy: weight gradient without a transpose",
        "numpy",
        errors(TRANSPOSED),
        "a_prev, delta = np.ones((5, 2)), np.ones((5, 3))\ndC_dW = np.dot(a_prev, delta)",
    ),
    Mistake(
        "numpy: dot instead of outer",
        "numpy",
        ["look-up/wrong-shape"],
        "delta, a_prev = np.ones(3), np.ones(2)\ndC_dW = np.dot(delta, a_prev.T)",
    ),
    Mistake(
        "numpy: the backward pass without W.T",
        "numpy",
        errors(TRANSPOSED),
        "W2, delta2 = np.ones((4, 3)), np.ones((4, 5))\ndelta1 = np.dot(W2, delta2)",
    ),
    Mistake(
        "numpy: bias vector beside columns",
        "numpy",
        errors(EXAMPLE),
        "W, X, b = np.ones((3, 2)), np.ones((2, 5)), np.zeros(3)\nz = W @ X + b",
    ),
    Mistake(
        "numpy: bias column beside rows",
        "numpy",
        errors(ROWS),
        "X, W, b = np.ones((5, 2)), np.ones((2, 3)), np.zeros((3, 1))\nz = X @ W + b",
    ),
    Mistake(
        "numpy: labels in a cross-entropy",
        "numpy",
        errors("labels"),
        "a, y = np.full((5, 3), 1 / 3), np.array([0, 1, 2, 0, 1])\nC = -np.sum(y * np.log(a)) / 5",
    ),
    # ---- NumPy: lists, conditions and reshapes
    Mistake(
        "numpy: if for an array",
        "numpy",
        ["look-up/errors"],
        "def relu(z):\n    return z if z > 0 else 0.0\n\na = relu(np.array([1.0, -2.0]))",
    ),
    Mistake(
        "numpy: one layer too many",
        "numpy",
        ["look-up/errors"],
        "sizes = [2, 3, 1]\nweights = [np.ones((n, n_prev)) for n_prev, n in zip(sizes, sizes[1:])]\n"
        "for l in range(len(sizes)):\n    W = weights[l]",
    ),
    Mistake(
        "numpy: a number times a list",
        "numpy",
        ["look-up/errors"],
        "weights, grads = [np.ones((3, 2))], [np.ones((3, 2))]\nweights = weights - 0.5 * grads",
    ),
    Mistake(
        "numpy: a vector joined to a column",
        "numpy",
        errors(COLUMN),
        "h, x = np.ones((4, 1)), np.ones(3)\nboth = np.concatenate([h, x])",
    ),
    Mistake(
        "numpy: reshape to another size",
        "numpy",
        ["look-up/errors"],
        "maps = np.ones((32, 8, 13, 13))\nflat = maps.reshape(32, 8 * 14 * 14)",
    ),
    Mistake(
        "numpy: an array in the place of one entry",
        "numpy",
        ["look-up/errors"],
        "a = np.zeros((3, 5))\na[0, 0] = np.array([1.0, 2.0])",
    ),
    Mistake(
        "numpy: softmax without keepdims",
        "numpy",
        errors(EXAMPLE, "labels"),
        "z = np.ones((5, 3))\na = np.exp(z) / np.sum(np.exp(z), axis=1)",
    ),
    Mistake(
        "numpy: z of another layer",
        "numpy",
        errors(LAYER, "target-length"),
        "W2, delta2, z2 = np.ones((4, 3)), np.ones((4, 5)), np.ones((4, 5))\ndelta1 = (W2.T @ delta2) * (1 - np.tanh(z2) ** 2)",
    ),
    Mistake(
        "numpy: targets of all examples beside a batch",
        "numpy",
        errors("target-length"),
        "a, Y = np.ones((1, 4)), np.ones((1, 10))\nresidual = a - Y",
    ),
    Mistake(
        "numpy: a loop over the wrong axis",
        "numpy",
        errors(ROWS, "labels"),
        "X = np.ones((2, 5))\nfor i in range(5):\n    x = X[i]",
    ),
    Mistake("numpy: a column of one example", "numpy", errors(EXAMPLE), "x = np.ones(3)\nx1 = x[:, 0]"),
    Mistake(
        "numpy: one-hot with too few labels",
        "numpy",
        errors("target-length"),
        "Y, labels = np.zeros((10, 4)), np.array([0, 2, 1])\nY[np.arange(10), labels] = 1",
    ),
    Mistake(
        "numpy: batches of different sizes joined",
        "numpy",
        errors("target-length"),
        "h, x = np.zeros((4, 8)), np.ones((5, 3))\nboth = np.concatenate([h, x], axis=1)",
    ),
    # ---- NumPy: numbers and types
    Mistake("numpy: labels from 1", "numpy", errors("labels"), "labels = np.array([1, 10])\ny = np.eye(10)[:, labels]"),
    Mistake(
        "numpy: labels as floats",
        "numpy",
        errors("labels"),
        "labels = np.array([1.0, 2.0])\ny = np.eye(3)[labels]",
    ),
    Mistake(
        "numpy: arrays of different shapes in one",
        "numpy",
        ["look-up/errors"],
        "weights = np.array([np.ones((3, 2)), np.ones((4, 3))])",
    ),
    Mistake(
        "numpy: a list of arrays minus a list",
        "numpy",
        ["look-up/errors"],
        "weights, grads = [np.ones((3, 2)), np.ones((4, 3))], [np.ones((3, 2)), np.ones((4, 3))]\n"
        "weights = weights - 0.5 * np.array(grads)",
    ),
    Mistake(
        "numpy: math.exp of an array",
        "numpy",
        ["look-up/errors"],
        "import math\na = 1 / (1 + math.exp(-np.ones(3)))",
    ),
    Mistake(
        "numpy: weights as whole numbers", "numpy", [NAN], "W = np.array([[1, 2], [3, 4]])\nW -= 0.5 * np.ones((2, 2))"
    ),
    Mistake("numpy: exp of a large number", "numpy", [NAN], "z = np.array([-1000.0])\na = 1 / (1 + np.exp(-z))"),
    Mistake("numpy: log of 0", "numpy", [NAN], "a, y = np.array([1.0]), np.array([0.0])\nC = -(1 - y) * np.log(1 - a)"),
    Mistake("numpy: 0/0", "numpy", [NAN], "x = np.zeros((5, 2))\nx = (x - x.mean(axis=0)) / x.std(axis=0)"),
    # ---- PyTorch
    Mistake(
        "torch: weights transposed",
        "torch",
        errors(TRANSPOSED, ROWS),
        "x, W = torch.ones(5, 2), torch.ones(3, 2)\nz = x @ W",
    ),
    Mistake("torch: examples as columns", "torch", errors(ROWS), "x = torch.ones(2, 5)\nz = nn.Linear(2, 3)(x)"),
    Mistake(
        "torch: layers of other sizes",
        "torch",
        ["look-up/shape-calculator"],
        "model = nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1))\nmodel(torch.ones(5, 2))",
    ),
    Mistake(
        "torch: matrix times a vector of another length",
        "torch",
        errors(TRANSPOSED),
        "W, x = torch.ones(3, 2), torch.ones(3)\nz = W @ x",
    ),
    Mistake(
        "torch: one example beside a batch",
        "torch",
        errors(EXAMPLE),
        "dC_da, sigma_prime_z = torch.ones(3), torch.ones(3, 5)\ndelta = dC_da * sigma_prime_z",
    ),
    Mistake(
        "torch: bias not summed",
        "torch",
        errors(BIAS),
        "b, delta = torch.ones(3, 1), torch.ones(3, 5)\nb -= 0.5 * delta",
    ),
    Mistake(
        "torch: vector beside a column in MSELoss",
        "torch",
        errors(COLUMN, "target-length"),
        "a, y = torch.ones(5, 1), torch.ones(5)\nloss = nn.MSELoss()(a, y)",
    ),
    Mistake(
        "torch: target of another size in BCEWithLogitsLoss",
        "torch",
        errors("target-length", COLUMN),
        "z, y = torch.ones(5, 1), torch.ones(5)\nloss = nn.BCEWithLogitsLoss()(z, y)",
    ),
    Mistake(
        "torch: target of another size in BCELoss",
        "torch",
        errors("target-length", COLUMN),
        "a, y = torch.full((5, 1), 0.5), torch.ones(5)\nloss = nn.BCELoss()(a, y)",
    ),
    Mistake(
        "torch: labels as a column",
        "torch",
        errors("labels"),
        "z, y = torch.ones(5, 4), torch.zeros(5, 1).long()\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: labels as floats",
        "torch",
        errors("labels"),
        "z, y = torch.ones(5, 4), torch.zeros(5)\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: one-hot of whole numbers",
        "torch",
        errors("labels"),
        "z, y = torch.ones(5, 4), nn.functional.one_hot(torch.arange(5) % 4)\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: labels from 1",
        "torch",
        errors("labels"),
        "z, y = torch.ones(5, 4), torch.tensor([1, 2, 3, 4, 1])\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: fewer labels than examples",
        "torch",
        errors("target-length"),
        "z, y = torch.ones(5, 4), torch.zeros(3).long()\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: backward on a vector", "torch", [AUTODIFF], "w = torch.ones(3, requires_grad=True)\n(w * w).backward()"
    ),
    Mistake(
        "torch: backward twice",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\nC = (w * w).sum()\nC.backward()\nC.backward()",
    ),
    Mistake(
        "torch: changed in place",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\na = torch.sigmoid(w)\na += 1\na.sum().backward()",
    ),
    Mistake(
        "torch: step without no_grad",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\n(w * w).sum().backward()\nw -= 0.5 * w.grad",
    ),
    Mistake("torch: nothing requires grad", "torch", [AUTODIFF], "w = torch.ones(3)\n(w * w).sum().backward()"),
    Mistake(
        "torch: grad is None",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\nC = (w * w).sum()\nw.data -= 0.5 * w.grad",
    ),
    Mistake("torch: numpy of a parameter", "torch", ["use/frameworks"], "W = nn.Linear(2, 3).weight.numpy()"),
    Mistake(
        "torch: float64 beside float32",
        "torch",
        [AUTODIFF],
        "import numpy as np\nx = torch.from_numpy(np.ones((5, 2)))\nz = nn.Linear(2, 3)(x)",
    ),
    Mistake(
        "torch: float64 beside float32 in @",
        "torch",
        [AUTODIFF],
        "W, x = torch.ones(3, 2), torch.ones(2, 5, dtype=torch.float64)\nz = W @ x",
    ),
    Mistake(
        "torch: float64 beside float32 in bmm",
        "torch",
        [AUTODIFF],
        "a, b = torch.ones(1, 2, 2), torch.ones(1, 2, 2, dtype=torch.float64)\ntorch.bmm(a, b)",
    ),
    Mistake(
        "torch: vector assigned to a column",
        "torch",
        errors(COLUMN),
        "b, loaded = torch.zeros(3, 1), torch.ones(3)\nb[:] = loaded",
    ),
    Mistake(
        "torch: weights loaded transposed",
        "torch",
        errors(TRANSPOSED),
        "state = {'weight': torch.ones(2, 3), 'bias': torch.ones(3)}\nnn.Linear(2, 3).load_state_dict(state)",
    ),
    Mistake(
        "torch: weights of the wrong layer",
        "torch",
        errors(LAYER),
        "W1, delta2 = torch.ones(3, 2), torch.ones(4)\ndelta1 = W1.T @ delta2",
    ),
    Mistake(
        "torch: @ instead of *",
        "torch",
        errors(STAR),
        "dA, A = torch.ones(4, 3), torch.ones(4, 3)\ndZ = dA @ (A * (1 - A))",
    ),
    Mistake(
        "torch: target of another length",
        "torch",
        errors("target-length", EXAMPLE),
        "a, y = torch.ones(5, 4), torch.ones(5, 3)\nC = ((a - y) ** 2).sum() / 2",
    ),
    Mistake(
        "torch: gradients in reverse order",
        "torch",
        errors("order", EXAMPLE),
        "weights, grads = [torch.ones(3, 2), torch.ones(4, 3)], [torch.ones(4, 3), torch.ones(3, 2)]\n"
        "weights = [W - 0.5 * dW for W, dW in zip(weights, grads)]",
    ),
    # ---- PyTorch: layers
    Mistake(
        "torch: no flatten before Linear",
        "torch",
        ["look-up/errors"],
        "model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.MaxPool2d(2), nn.Linear(8 * 14 * 14, 10))\n"
        "model(torch.ones(32, 1, 28, 28))",
    ),
    Mistake(
        "torch: channels last",
        "torch",
        ["look-up/errors"],
        "images = torch.ones(16, 28, 28, 3)\nz = nn.Conv2d(3, 8, 3)(images)",
    ),
    Mistake(
        "torch: view to another size",
        "torch",
        ["look-up/errors"],
        "maps = torch.ones(32, 8, 13, 13)\nflat = maps.view(32, 8 * 14 * 14)",
    ),
    Mistake(
        "torch: view after permute",
        "torch",
        ["look-up/errors"],
        "maps = torch.ones(32, 8, 4, 4)\nflat = maps.permute(0, 2, 3, 1).view(32, -1)",
    ),
    Mistake(
        "torch: if for a tensor",
        "torch",
        ["look-up/errors"],
        "z = torch.tensor([1.0, -2.0])\na = z if z > 0 else 0 * z",
    ),
    Mistake(
        "torch: attention without a transpose",
        "torch",
        ["layers/attention"],
        "q, k = torch.ones(2, 5, 8), torch.ones(2, 5, 8)\nscores = q @ k / 8**0.5",
    ),
    Mistake(
        "torch: attention with all axes reversed",
        "torch",
        ["layers/attention", "look-up/errors/target-length"],
        "q, k = torch.ones(2, 5, 8), torch.ones(2, 5, 8)\nscores = q @ k.permute(2, 1, 0) / 8**0.5",
    ),
    Mistake(
        "torch: residual connection around a block that changes the shape",
        "torch",
        ["layers/residual"],
        "x = torch.ones(4, 8, 16, 16)\ny = x + nn.Conv2d(8, 8, 3)(x)",
    ),
    Mistake(
        "torch: steps and inputs swapped in an LSTM",
        "torch",
        ["look-up/errors"],
        "x = torch.ones(5, 4, 2)\noutput, state = nn.LSTM(4, 8, batch_first=True)(x)",
    ),
    Mistake(
        "torch: examples as columns in LayerNorm",
        "torch",
        errors(ROWS),
        "x = torch.ones(8, 32)\na = nn.LayerNorm(8)(x)",
    ),
    Mistake(
        "torch: examples as columns in BatchNorm1d",
        "torch",
        errors(ROWS),
        "x = torch.ones(8, 32)\na = nn.BatchNorm1d(8)(x)",
    ),
    Mistake(
        "torch: index too large for an embedding",
        "torch",
        ["layers/embedding"],
        "ids = torch.tensor([1, 2, 10])\nx = nn.Embedding(10, 4)(ids)",
    ),
    Mistake(
        "torch: indices of an embedding as floats",
        "torch",
        ["layers/embedding"],
        "ids = torch.tensor([1.0, 2.0, 3.0])\nx = nn.Embedding(10, 4)(ids)",
    ),
    Mistake(
        "torch: classes on the last axis",
        "torch",
        errors("labels"),
        "z, y = torch.ones(8, 12, 50), torch.zeros(8, 12).long()\nloss = nn.CrossEntropyLoss()(z, y)",
    ),
    Mistake(
        "torch: targets as whole numbers in BCELoss",
        "torch",
        [AUTODIFF],
        "a, y = torch.full((5, 1), 0.5), torch.zeros(5, 1).long()\nloss = nn.BCELoss()(a, y)",
    ),
    Mistake(
        "torch: an array of NumPy",
        "torch",
        [AUTODIFF],
        "import numpy as np\nz = nn.Linear(2, 3)(np.ones((5, 2)))",
    ),
    Mistake(
        "torch: the step makes a new tensor",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\n(w * w).sum().backward()\nw = w - 0.5 * w.grad\nw.grad.zero_()",
    ),
    Mistake(
        "torch: bias vector beside columns",
        "torch",
        errors(EXAMPLE),
        "W, X, b = torch.ones(3, 2), torch.ones(2, 5), torch.zeros(3)\nz = W @ X + b",
    ),
    Mistake(
        "torch: batches of different sizes joined",
        "torch",
        errors("target-length"),
        "h, x = torch.zeros(4, 8), torch.ones(5, 3)\nboth = torch.cat([h, x], dim=1)",
    ),
    Mistake(
        "torch: targets before outputs",
        "torch",
        errors("labels"),
        "z, y = torch.ones(5, 4), torch.zeros(5).long()\nloss = nn.CrossEntropyLoss()(y, z)",
    ),
    Mistake(
        "torch: backward of a number",
        "torch",
        [AUTODIFF],
        "w = torch.ones(3, requires_grad=True)\nloss = (w * w).sum().item()\nloss.backward()",
    ),
    Mistake("torch: a gray image", "torch", ["look-up/errors"], "z = nn.Conv2d(1, 8, 3)(torch.ones(28, 28))"),
    Mistake(
        "torch: mask for another number of steps",
        "torch",
        ["layers/attention", "layers/residual"],
        "scores, mask = torch.ones(2, 5, 5), torch.ones(4, 4).bool()\nscores.masked_fill(mask, -1e9)",
    ),
    # ---- JAX
    Mistake(
        "jax: channels last",
        "jax",
        ["look-up/errors"],
        "z = jax.lax.conv(jnp.ones((1, 28, 28, 3)), jnp.ones((8, 3, 3, 3)), (1, 1), 'SAME')",
    ),
    Mistake(
        "jax: weights transposed",
        "jax",
        errors(TRANSPOSED, ROWS, LAYER),
        "W, x = jnp.ones((2, 3)), jnp.ones(2)\nz = W @ x",
    ),
    Mistake(
        "jax: weights transposed, in grad",
        "jax",
        errors(TRANSPOSED, ROWS, LAYER),
        "x = jnp.ones((5, 2))\ndef cost(W):\n    return jnp.sum(jnp.tanh(x @ W) ** 2)\n\njax.grad(cost)(jnp.ones((3, 2)))",
    ),
    Mistake(
        "jax: one example beside a batch",
        "jax",
        errors(EXAMPLE),
        "dC_da, sigma_prime_z = jnp.ones(3), jnp.ones((3, 5))\ndelta = dC_da * sigma_prime_z",
    ),
    Mistake(
        "jax: gradient transposed",
        "jax",
        errors(TRANSPOSED),
        "W, x, delta = jnp.ones((3, 2)), jnp.ones(2), jnp.ones(3)\nW = W - 0.5 * jnp.outer(x, delta)",
    ),
    Mistake("jax: grad of a vector", "jax", [AUTODIFF], "gradient = jax.grad(lambda w: w * w)(jnp.ones(3))"),
    Mistake("jax: grad of whole numbers", "jax", [NAN], "gradient = jax.grad(lambda w: w @ w)(jnp.arange(3))"),
    Mistake("jax: assignment to an entry", "jax", [AUTODIFF], "b = jnp.zeros(3)\nb[0] = 1.0"),
    Mistake(
        "jax: float in grad",
        "jax",
        [AUTODIFF],
        "def cost(w):\n    return float(jnp.sum(w * w))\n\njax.grad(cost)(jnp.ones(3))",
    ),
    Mistake(
        "jax: NumPy in grad",
        "jax",
        [AUTODIFF],
        "def cost(w):\n    return np.sum(np.exp(w))\n\njax.grad(cost)(jnp.ones(3))",
    ),
    Mistake(
        "jax: if in jit",
        "jax",
        [AUTODIFF],
        "@jax.jit\ndef relu(z):\n    if z > 0:\n        return z\n    return 0.0\n\nrelu(1.0)",
    ),
    Mistake(
        "jax: vjp with an error of another shape",
        "jax",
        [AUTODIFF],
        "a, back = jax.vjp(jnp.tanh, jnp.ones(3))\nback(jnp.ones(2))",
    ),
    Mistake(
        "jax: weights of the wrong layer",
        "jax",
        errors(LAYER, TRANSPOSED),
        "W1, delta2 = jnp.ones((3, 2)), jnp.ones(4)\ndelta1 = W1.T @ delta2",
    ),
    Mistake(
        "jax: @ instead of *",
        "jax",
        errors(STAR, TRANSPOSED),
        "dA, A = jnp.ones((4, 3)), jnp.ones((4, 3))\ndZ = dA @ (A * (1 - A))",
    ),
    Mistake(
        "jax: target of another length",
        "jax",
        errors("target-length"),
        "a, y = jnp.ones((5, 4)), jnp.ones((5, 3))\nC = jnp.sum((a - y) ** 2) / 2",
    ),
    Mistake("jax: labels", "jax", errors("labels"), "a, y = jnp.ones((5, 4)), jnp.arange(5)\nresidual = a - y"),
    Mistake(
        "jax: gradients in reverse order",
        "jax",
        errors("order"),
        "weights, grads = [jnp.ones((3, 2)), jnp.ones((4, 3))], [jnp.ones((4, 3)), jnp.ones((3, 2))]\n"
        "weights = jax.tree.map(lambda W, dW: W - 0.5 * dW, weights, grads)",
    ),
    # ---- Keras
    Mistake("keras: examples as columns", "keras", errors(ROWS), NETWORK.format(3, "relu") + "model(np.ones((2, 5)))"),
    Mistake(
        "keras: other number of inputs",
        "keras",
        ["look-up/shape-calculator"],
        NETWORK.format(3, "relu") + "model.predict(np.ones((5, 4)), verbose=0)",
    ),
    Mistake(
        "keras: labels",
        "keras",
        errors("labels"),
        NETWORK.format(10, "softmax") + TRAIN.format("categorical_crossentropy", "np.arange(5)"),
    ),
    Mistake(
        "keras: labels as a column",
        "keras",
        errors("labels"),
        NETWORK.format(10, "softmax") + TRAIN.format("categorical_crossentropy", "np.arange(5)[:, None]"),
    ),
    Mistake(
        "keras: one-hot for a loss that takes labels",
        "keras",
        errors("labels"),
        NETWORK.format(10, "softmax") + TRAIN.format("sparse_categorical_crossentropy", "np.eye(10)[:5]"),
    ),
    Mistake(
        "keras: target of another length",
        "keras",
        errors("target-length"),
        NETWORK.format(1, "sigmoid") + TRAIN.format("binary_crossentropy", "np.eye(2)[[0, 1, 0, 1, 0]]"),
    ),
    Mistake(
        "keras: weights transposed",
        "keras",
        errors(TRANSPOSED),
        NETWORK.format(3, "relu") + "model.layers[0].set_weights([np.ones((3, 2)), np.ones(3)])",
    ),
    Mistake(
        "keras: targets as columns",
        "keras",
        errors(ROWS),
        NETWORK.format(10, "softmax") + TRAIN.format("mse", "np.ones((10, 5))"),
    ),
    Mistake(
        "keras: gray images without an axis for the channels",
        "keras",
        ["look-up/errors"],
        "model = keras.Sequential([keras.layers.Conv2D(8, 3)])\nmodel(np.ones((20, 28, 28)))",
    ),
    Mistake(
        "keras: no flatten before Dense",
        "keras",
        ["look-up/errors"],
        "model = keras.Sequential([keras.Input((28, 28)), keras.layers.Dense(10, activation='softmax')])\n"
        "model.compile(loss='sparse_categorical_crossentropy')\nmodel.fit(np.ones((20, 28, 28)), np.zeros(20), verbose=0)",
    ),
    Mistake(
        "keras: residual connection around a layer with another number of units",
        "keras",
        ["layers/residual"],
        "x = keras.Input((16,))\ny = keras.layers.Add()([x, keras.layers.Dense(32)(x)])",
    ),
    # ---- TensorFlow
    Mistake(
        "tensorflow: weights transposed",
        "tensorflow",
        errors(TRANSPOSED, ROWS),
        "x, W = tf.ones((5, 2)), tf.ones((3, 2))\nz = x @ W",
    ),
    Mistake(
        "tensorflow: weights transposed, in a tf.function",
        "tensorflow",
        errors(TRANSPOSED, ROWS),
        "@tf.function\ndef layer(x, W):\n    return x @ W\n\nlayer(tf.ones((5, 2)), tf.ones((3, 2)))",
    ),
    Mistake(
        "tensorflow: one example beside a batch",
        "tensorflow",
        errors(EXAMPLE),
        "dC_da, sigma_prime_z = tf.ones(3), tf.ones((3, 5))\ndelta = dC_da * sigma_prime_z",
    ),
    Mistake(
        "tensorflow: bias not summed",
        "tensorflow",
        errors(BIAS),
        "b, delta = tf.Variable(tf.ones((3, 1))), tf.ones((3, 5))\nb.assign_sub(0.5 * delta)",
    ),
    Mistake(
        "tensorflow: target of another length, in a tf.function",
        "tensorflow",
        errors("target-length"),
        "@tf.function\ndef residual(a, y):\n    return a - y\n\nresidual(tf.ones((5, 4)), tf.ones((5, 3)))",
    ),
    Mistake(
        "tensorflow: labels",
        "tensorflow",
        errors("labels"),
        "z, y = tf.ones((5, 4)), tf.range(5.0)\nC = tf.nn.softmax_cross_entropy_with_logits(y, z)",
    ),
    Mistake(
        "tensorflow: labels from 1",
        "tensorflow",
        errors("labels"),
        "z, y = tf.ones((5, 4)), tf.constant([1, 2, 3, 4, 1])\nC = tf.nn.sparse_softmax_cross_entropy_with_logits(y, z)",
    ),
    Mistake(
        "tensorflow: target of another shape",
        "tensorflow",
        errors("target-length", COLUMN),
        "z, y = tf.ones((5, 1)), tf.ones(5)\nC = tf.nn.sigmoid_cross_entropy_with_logits(y, z)",
    ),
    Mistake(
        "tensorflow: float64 beside float32",
        "tensorflow",
        [AUTODIFF],
        "import numpy as np\nW, x = tf.ones((3, 2)), np.ones((2, 5))\nz = tf.matmul(W, tf.constant(x))",
    ),
    Mistake("tensorflow: assignment to an entry", "tensorflow", [AUTODIFF], "b = tf.zeros(3)\nb[0] = 1.0"),
    Mistake(
        "tensorflow: gradient twice",
        "tensorflow",
        [AUTODIFF],
        "w = tf.Variable(tf.ones(3))\nwith tf.GradientTape() as tape:\n    C = tf.reduce_sum(w * w)\n"
        "tape.gradient(C, w)\ntape.gradient(C, w)",
    ),
    # ---- Keras 2
    Mistake(
        "tf_keras: other number of inputs",
        "tf_keras",
        ["look-up/shape-calculator"],
        NETWORK.format(3, "relu") + "model.predict(np.ones((5, 3)), verbose=0)",
    ),
    Mistake(
        "tf_keras: labels",
        "tf_keras",
        errors("labels"),
        NETWORK.format(10, "softmax") + TRAIN.format("categorical_crossentropy", "np.arange(5)"),
    ),
    Mistake(
        "tf_keras: one-hot for a loss that takes labels",
        "tf_keras",
        errors("labels"),
        NETWORK.format(10, "softmax") + TRAIN.format("sparse_categorical_crossentropy", "np.eye(10)[:5]"),
    ),
    Mistake(
        "tf_keras: target of another length",
        "tf_keras",
        errors("target-length"),
        NETWORK.format(10, "relu") + TRAIN.format("mse", "np.ones((5, 3))"),
    ),
]


@contextlib.contextmanager
def _as_it_starts(library):
    """Let JAX compute in float32, as in a learner's program, and leave to other tests JAX and Keras as they were."""
    config = getattr(sys.modules.get("jax"), "config", None)
    before = config and config.jax_enable_x64
    if config:
        config.update("jax_enable_x64", False)
    try:
        yield
    finally:
        if config:
            config.update("jax_enable_x64", before)
        if library == "keras":  # it takes a second
            sys.modules["keras"].utils.clear_session()  # or the first layer's dtype is that of all later ones


def traceback_of(mistake):
    """Run a mistake as a script and return all that a terminal shows of it: the warnings, and the traceback."""
    for library in {"keras": ("jax", "keras"), "jax": ("jax",)}.get(mistake.library, (mistake.library,)):
        if library == "keras":
            os.environ.setdefault("KERAS_BACKEND", "jax")
        pytest.importorskip(library)
        importlib.import_module(library)
    source = f"{IMPORTS[mistake.library]}\n\n{mistake.code}\n"
    linecache.cache[SCRIPT] = len(source), None, source.splitlines(keepends=True), SCRIPT
    shown = []
    with _as_it_starts(mistake.library), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(source, SCRIPT, "exec"), {"__name__": "__main__"})
        except Exception as error:
            # This file is no part of what a learner sees.
            shown = traceback.format_exception(error.with_traceback(error.__traceback__.tb_next))
    told = [warnings.formatwarning(each.message, each.category, each.filename, each.lineno) for each in caught]
    text = "".join([*told, *shown])
    assert text, f"{mistake.id} raises nothing"
    return ANSI.sub("", text)
