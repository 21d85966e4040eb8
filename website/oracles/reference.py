"""The same mathematics a second time, in loops and plain NumPy.

Nothing here calls the library, so the tests can compare the library with it.
"""

import itertools
import math

import numpy as np

# Which index runs over what: i over the examples, j over the units of this layer, k over those that it
# meets, below in FF and BP4, above in BP2. An index that does not stand to the right of the arrow is summed.
EQUATIONS = {
    "output_error": "ji,ji->ji",
    "hidden_error": "kj,ki,ji->ji",
    "bias_gradient": "ji->j",
    "weight_gradient": "ji,ki->jk",
    "rows.output_error": "ij,ij->ij",
    "rows.hidden_error": "jk,ik,ij->ij",
    "rows.bias_gradient": "ij->j",
    "rows.weight_gradient": "ij,ik->kj",
}


def split(indices):
    """Return the indices of each array that goes in, and of the one that comes out."""
    into, out = indices.split("->")
    return into.split(","), out


def one_example(indices):
    """Return the same equation without its index over the examples."""
    return indices.replace("i", "")


def index_sum(indices, *arrays):
    """Multiply and sum, one number at a time: ``index_sum("ji,ki->jk", delta, a_prev)`` is BP4."""
    into, out = split(indices)
    size = {letter: n for letters, array in zip(into, arrays) for letter, n in zip(letters, array.shape)}
    total = np.zeros([size[letter] for letter in out])
    for position in itertools.product(*(range(n) for n in size.values())):
        at = dict(zip(size, position))
        product = 1.0
        for letters, array in zip(into, arrays):
            product *= array[tuple(at[letter] for letter in letters)]
        total[tuple(at[letter] for letter in out)] += product
    return total


# ---- Activation functions and costs of arrays (..., n, m): any number of batches at once, real or complex, of any library `np`


def softmax(z, np=np):
    e = np.exp(z - np.max(np.real(z), axis=-2, keepdims=True))
    return e / np.sum(e, axis=-2, keepdims=True)


ACTIVATIONS = {
    "sigmoid": lambda z, np=np: 1 / (1 + np.exp(-z)),
    "tanh": lambda z, np=np: np.tanh(z),
    "relu": lambda z, np=np: np.where(z > 0, z, 0 * z),
    "leaky_relu": lambda z, np=np: np.where(z > 0, z, z / 100),
    "softplus": lambda z, np=np: np.log1p(np.exp(z)),
    "silu": lambda z, np=np: z / (1 + np.exp(-z)),
    "gelu": lambda z, np=np: z / (1 + np.exp(-((8 / math.pi) ** 0.5) * (z + 0.044715 * z**3))),
    "identity": lambda z, np=np: 1 * z,
    "softmax": softmax,
}
KINKED = ["relu", "leaky_relu"]  # they have no derivative at 0
ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]
SMOOTH = [name for name in ELEMENTWISE if name not in KINKED]
COSTS = {
    "quadratic": lambda a, y, np=np: (a - y) ** 2 / 2,
    "cross_entropy": lambda a, y, np=np: -y * np.log(a) - (1 - y) * np.log(1 - a),
    "sigmoid_cross_entropy": lambda z, y, np=np: np.log1p(np.exp(z)) - y * z,
    "softmax_cross_entropy": lambda z, y, np=np: -y * np.log(softmax(z, np)),
}
# (activation of the output, cost): cross-entropy wants outputs between 0 and 1; a cost that applies sigmoid or softmax wants logits.
PAIRS = [
    *[(output, "quadratic") for output in ACTIVATIONS],
    *[(output, "cross_entropy") for output in ["sigmoid", "softmax"]],
    *[("identity", cost) for cost in ["sigmoid_cross_entropy", "softmax_cross_entropy"]],
]


def mean_cost(cost, a, y, np=np):
    """Sum a cost over the units, and take its mean over the examples."""
    return np.mean(np.sum(COSTS[cost](a, y, np), axis=-2), axis=-1)


# ---- The index form of every public function of arrays

FUNCTIONS = EQUATIONS | {
    "weighted_input": "jk,ki,j->ji",
    **{name + prime: "ji->ji" for name in ELEMENTWISE for prime in ("", "_prime")},
    "softmax": "ji->ji",
    "softmax_jacobian": "ji->jji",
    **dict.fromkeys(COSTS, "ji,ji->"),
    **{f"{name}_prime": "ji,ji->ji" for name in COSTS},
}


def in_rows(indices):
    """Return the same function with examples as rows and every array transposed."""
    into, out = split(indices)
    return f"{','.join(letters[::-1] for letters in into)}->{out[::-1]}"


BY_UNIT = [name + prime for name in ELEMENTWISE for prime in ("", "_prime")]  # the same in both layouts
FUNCTIONS |= {
    f"rows.{name}": in_rows(indices)
    for name, indices in FUNCTIONS.items()
    if name not in BY_UNIT and "rows" not in name
}


# ---- Derivatives

H = 1e-200  # no difference is taken in a complex step, so it may be as small as floats go


def complex_step(f, point, directions):
    """Return the slope of f at a point along each direction; f takes a stack of points."""
    return f(point + 1j * H * directions).imag / H


def central_difference(f, point, directions, h=1e-5):
    """Return the same by two steps, for an f that is not analytic."""
    return (f(point + h * directions) - f(point - h * directions)) / (2 * h)


def entries(array):
    """Return the directions in which one entry of an array moves alone."""
    return np.eye(array.size).reshape(array.size, *array.shape)


def gradient(f, array, slope=complex_step):
    """Return the slope of f in every entry of an array."""
    return slope(f, array, entries(array)).reshape(array.shape)


def relative_error(found, expected):
    """Return the norm of the difference over the norm of what was expected."""
    assert found.shape == expected.shape
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def draw(sizes, hidden, output, m, seed=0):
    """Return a random network [(W, b, activation), ...], m columns of input and of target; no unit is near a kink."""
    rng = np.random.default_rng(seed)
    names = [hidden] * (len(sizes) - 2) + [output]
    while True:
        network = [
            (rng.normal(size=(n, n_prev)) / np.sqrt(n_prev), rng.normal(size=(n, 1)), name)
            for n_prev, n, name in zip(sizes, sizes[1:], names)
        ]
        x = rng.normal(size=(sizes[0], m))
        if all(np.abs(z).min() > 1e-3 and z.max() > 0 for z in weighted_inputs(network, x)[0]):
            return network, x, rng.dirichlet(np.ones(sizes[-1]), size=m).T


def weighted_inputs(network, x):
    """Return every weighted input of a network and every activation, the input among them."""
    zs, activations = [], [x]
    for W, b, name in network:
        zs.append(W @ activations[-1] + b)
        activations.append(ACTIVATIONS[name](zs[-1]))
    return zs, activations


def network_gradients(network, x, y, cost):
    """Return C and every (dC/dW, dC/db), entry by entry: by complex steps, or by differences where there are kinks."""
    slope = central_difference if any(name in KINKED for _, _, name in network) else complex_step
    zs, activations = weighted_inputs(network, x)
    found = []
    for l, (W, b, name) in enumerate(network):

        def cost_of(z):
            above = weighted_inputs(network[l + 1 :], ACTIVATIONS[name](z))[1]
            return mean_cost(cost, above[-1], y)

        def along_row(j):
            directions = np.zeros((W.shape[1], *zs[l].shape))
            directions[:, j] = activations[l]
            return slope(cost_of, zs[l], directions)

        if W.size < 1000:
            dC_dW = gradient(lambda W: cost_of(W @ activations[l] + b), W, slope)
        else:
            # 23,520 nudged copies of W would need 9 GB. To nudge W[j, k] is to move z[j] by a_prev[k].
            dC_dW = np.array([along_row(j) for j in range(len(W))])
        found.append((dC_dW, gradient(lambda b: cost_of(W @ activations[l] + b), b, slope)))
    return mean_cost(cost, activations[-1], y), found
