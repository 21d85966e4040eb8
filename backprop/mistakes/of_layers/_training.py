r"""What the mistakes of layers share: small networks that contain a layer, a training to watch, and the candidates for a check."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..._arrays import Array
from ...layers import attention, attention_backward, dense, dense_backward
from ...rows import quadratic, quadratic_prime, sigmoid
from .._experiment import Training
from .._experiment import specimen as dense_specimen

__all__ = ["Network", "candidates", "gradients_with", "losses", "specimen"]

Parameters: TypeAlias = dict[str, Array]
Backward: TypeAlias = Callable[..., Any]


class Network(NamedTuple):
    """A small network that contains a layer, with its data.

    Attributes
    ----------
    about : str
        What it learns.
    parameters : dict of str to array
        Its weights at the start, by their names.
    cost : callable
        Takes the parameters and returns the cost.
    gradients : callable
        Takes the parameters and the backward function of the layer, and returns the gradients by the names of the parameters.
    backward : callable
        The right backward function of the layer.

    Examples
    --------
    >>> from backprop.mistakes.of_layers import attention_backward_without_scale
    >>> network = specimen(attention_backward_without_scale)
    >>> list(network.parameters), network.backward.__name__
    (['W_q', 'W_k', 'W_v', 'W', 'b'], 'attention_backward')
    """

    about: str
    parameters: Parameters
    cost: Callable[[Parameters], Array]
    gradients: Callable[[Parameters, Backward], Parameters]
    backward: Backward


class LayerMistake(NamedTuple):
    """A wrong backward function of a layer, the network of its page, and how that is trained."""

    function: Backward
    network: Callable[[], Network]
    learning_rate: float
    steps: int

    def training(self) -> Training:
        """Return the losses by the right backward function and by the wrong one."""
        network = self.network()
        right, wrong = (losses(network, self.learning_rate, self.steps, by) for by in (network.backward, self.function))
        return Training(network.about, right, wrong)


MISTAKES: list[LayerMistake] = []  # in the order of their import


def register(function: Backward, network: Callable[[], Network], learning_rate: float, steps: int) -> LayerMistake:
    """Enter a mistake, with the network of its page."""
    mistake = LayerMistake(function, network, learning_rate, steps)
    MISTAKES.append(mistake)
    return mistake


def specimen(mistake: Backward) -> Network:
    """Return the network in which the page of a mistake makes it.

    Parameters
    ----------
    mistake : callable
        A wrong function of this package.

    Returns
    -------
    network : Network
        Its parameters are always the same numbers.

    Raises
    ------
    ValueError
        If the function is none of this package.

    Examples
    --------
    >>> from backprop.mistakes.of_layers import lstm_backward_without_carry
    >>> specimen(lstm_backward_without_carry).about
    'recalling the previous bit'
    """
    for known in MISTAKES:
        if known.function is mistake:
            return known.network()
    names = ", ".join(known.function.__name__ for known in MISTAKES)
    raise ValueError(f"specimen: {getattr(mistake, '__name__', mistake)} is no mistake of a layer; these are: {names}")


def gradients_with(network: Network, backward: Backward | None = None) -> Parameters:
    """Return the gradients of a network at its parameters, if this is the backward function of its layer.

    Parameters
    ----------
    network : Network
        What `specimen` gives.
    backward : callable, optional
        By default the right one.

    Returns
    -------
    gradients : dict of str to array
        By the names of the parameters.

    Raises
    ------
    ShapeError
        If the function gives arrays that do not fit the network.

    Examples
    --------
    >>> from backprop import check_gradients
    >>> from backprop.mistakes.of_layers import attention_backward_without_scale
    >>> network = specimen(attention_backward_without_scale)
    >>> check_gradients(network.cost, network.parameters, gradients_with(network)).ok
    True
    """
    return network.gradients(network.parameters, backward or network.backward)


def losses(network: Network, learning_rate: float, steps: int, backward: Backward | None = None) -> list[float]:
    r"""Return the cost of a network before each step of gradient descent, and after the last.

    Parameters
    ----------
    network : Network
        What `specimen` gives. It is not changed.
    learning_rate : float
        $\eta$.
    steps : int
        How many.
    backward : callable, optional
        The backward function of its layer; by default the right one.

    Returns
    -------
    losses : list of float
        One more than there are steps.

    Raises
    ------
    ShapeError
        If the function gives arrays that do not fit the network.

    Examples
    --------
    >>> from backprop.mistakes.of_layers import lstm_backward_without_carry
    >>> network = specimen(lstm_backward_without_carry)
    >>> [round(C, 3) for C in losses(network, 4.0, 3, lstm_backward_without_carry)]
    [0.123, 0.118, 0.116, 0.114]
    """
    parameters, before = network.parameters, []
    for _ in range(steps):
        before.append(float(network.cost(parameters)))
        gradients = network.gradients(parameters, backward or network.backward)
        parameters = {name: array - learning_rate * gradients[name] for name, array in parameters.items()}
    return [*before, float(network.cost(parameters))]


def candidates(network: Network) -> dict[str, Parameters]:
    """Return, for each mistake that can be made in the layer of a network, the gradients that it would give.

    Parameters
    ----------
    network : Network
        What `specimen` gives.

    Returns
    -------
    candidates : dict of str to dict
        By the name of the mistake, the gradients by the names of the parameters. `check_gradients` takes it.

    Raises
    ------
    ShapeError
        If the parameters do not fit together.

    Examples
    --------
    >>> from backprop.mistakes.of_layers import attention_backward_without_scale
    >>> list(candidates(specimen(attention_backward_without_scale)))
    ['attention_backward_without_scale', 'attention_backward_with_mask_after_softmax']
    """
    return {
        mistake.function.__name__: gradients_with(network, mistake.function)
        for mistake in MISTAKES
        if mistake.network().backward is network.backward
    }


# ---- Data and outputs of the networks


def three_questions() -> tuple[Array, Array]:
    """Return the data of the dense specimen with examples as rows: three bits, and the answers to three questions."""
    _, x, y = dense_specimen()
    return x.T, y.T


def four_bits() -> Array:
    """Return all sequences of four bits, of shape (16, 4)."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=4)))


def previous_bits() -> Array:
    """Return, for each place of these sequences, the bit before it, or 0 at the first place: of shape (64, 1)."""
    bits = four_bits()
    return np.hstack([np.zeros((16, 1)), bits[:, :-1]]).reshape(64, 1)


def cost_of(z: Array, y: Array) -> Array:
    """Return the quadratic cost of sigmoid outputs."""
    return quadratic(sigmoid(z), y)


def output_error(z: Array, y: Array) -> Array:
    """Return the derivative of this cost with respect to the weighted inputs of the outputs."""
    a = sigmoid(z)
    return quadratic_prime(a, y) * a * (1 - a)


def attention_network() -> Network:
    """Return causal attention that gives, at each place of four bits, the bit before it. Its inputs are the bit and the place."""
    bits, y = four_bits(), previous_bits()
    x = np.concatenate([np.stack([bits, 1 - bits], axis=2), np.broadcast_to(np.eye(4), (16, 4, 4))], axis=2)
    flat = x.reshape(64, 6)

    def forward(p: Parameters) -> tuple[Array, ...]:
        Q, K, V = (x @ p[name] for name in ("W_q", "W_k", "W_v"))
        attended = attention(Q, K, V, causal=True)
        return Q, K, V, attended, dense(attended.reshape(64, 2), p["W"], p["b"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        Q, K, V, attended, out = forward(p)
        dC_dattended, dC_dW, dC_db = dense_backward(output_error(out, y), attended.reshape(64, 2), p["W"], p["b"])
        found = backward(dC_dattended.reshape(attended.shape), Q, K, V, causal=True)
        of_inputs = [flat.T @ array.reshape(64, array.shape[2]) for array in found]
        return dict(zip(p, (*of_inputs, dC_dW, dC_db)))

    rng = np.random.default_rng(0)
    p = {name: rng.normal(size=(6, n)) for name, n in (("W_q", 16), ("W_k", 16), ("W_v", 2))}
    p |= {"W": rng.normal(size=(2, 1)), "b": np.zeros(1)}
    return Network("recalling the previous bit", p, lambda p: cost_of(forward(p)[-1], y), gradients, attention_backward)
