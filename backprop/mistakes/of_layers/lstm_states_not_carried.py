r"""The errors of both states are not carried back to the previous time step.

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial h_t}}_{m \times n}
& \ne \underbrace{\frac{\partial C}{\partial \text{out}_t}}_{m \times n} \\[4pt]
\underbrace{\frac{\partial C}{\partial c_t}}_{m \times n}
& \ne \underbrace{\frac{\partial C}{\partial h_t}}_{m \times n} \odot \underbrace{o_t}_{m \times n} \\
& \qquad \odot \underbrace{(1 - \tanh^2 c_t)}_{m \times n}
\end{aligned}
$$

Here $\partial C / \partial \text{out}_t$ is the error that comes directly from the output of step $t$. The right formulas [have one more term each][recurrence]: $\delta_{t+1} W_h^{\mathsf T}$ for the hidden state, and $\partial C / \partial c_{t+1} \odot f_{t+1}$ for the cell state. In them, $\delta_{t+1}$ is the error of the weighted inputs at the next step, for all gates and the candidate. The gates $o$ and $f$ are the output gate and the forget gate.

# Why it looks right

Each time step has an output of its own, and so an error of its own. A loop that calls the backward pass of one step for each $t$, and adds the gradients of the weights, looks complete. The function of one step returns the errors of the previous
states, and the loop must give them to the next call. If it does not, no shape and no message shows it.

The mistake was made in public. In the Deep Learning Specialization of deeplearning.ai, course *Sequence Models*, an exercise has the title *Building your Recurrent Neural Network - Step by Step*. Its older version gave these four
numbers as the expected gradient of one input over four time steps: −0.0017, 0.0829, −0.3055, −0.4328. A loop that carries nothing back gives exactly these. The right numbers are 0.0022, 0.2821, −0.4829, −0.4328, and later versions have them. Only the last step agrees. So
compare with numerical derivatives, and not with a printed solution.

# When the shapes still fit

In every network, because only terms of the same shape are missing. The last step has no later one, so it is right. With one time step, everything is right. Two steps show the mistake. Take at least three in a test, so that an error that was carried once must be carried again.

# What the loss does

An LSTM of three units reads four bits. At each step it must give the bit of the step before, so it must store something. The learning rate is 4. Here are the losses at the start, after one step and after 500 steps. The right gradient comes first:

```pycon
>>> from backprop.mistakes.of_layers import losses, lstm_backward_without_carry, specimen
>>> network = specimen(lstm_backward_without_carry)
>>> right = losses(network, 4.0, 500)
>>> wrong = losses(network, 4.0, 500, lstm_backward_without_carry)
>>> [round(right[k], 4) for k in (0, 1, 500)]
[0.1234, 0.118, 0.0003]
>>> [round(wrong[k], 4) for k in (0, 1)]
[0.1234, 0.1182]
>>> bool(wrong[500] > 100 * right[500])
True

```

It falls at first. Then it goes up and down, and stays far above the right one. The states still go forward, so the network has some memory by chance. But no gradient tells a step what a later step needs.

# What the gradient check says

It names the mistake. The output layer is right, and everything in the LSTM is wrong:

```pycon
>>> from backprop import check_gradients
>>> from backprop.mistakes.of_layers import candidates, gradients_with
>>> wrong = gradients_with(network, lstm_backward_without_carry)
>>> report = check_gradients(network.cost, network.parameters, wrong, candidates=candidates(network))
>>> print(report.diagnosis[0])
W_x: It is what lstm_backward_without_carry gives.
>>> [row.verdict for row in report.rows]
['FAIL', 'FAIL', 'FAIL', 'ok', 'ok']

```

If only one of the two is carried, no candidate is equal to the gradient, but the check still refuses it.
"""

from __future__ import annotations

import numpy as np

from ..._arrays import Array
from ...layers import LSTMGradients, dense, dense_backward, lstm, lstm_backward
from ...layers._contract import layer
from ...layers.recurrence import _check, _lstm_steps, _of_the_weights
from ._training import Backward, Network, Parameters, cost_of, four_bits, output_error, previous_bits, register

__all__ = ["lstm_backward_without_carry"]


@layer(
    "WRONG: dh_t = ∂C/∂out_t,  dc_t = dh_t ⊙ o_t ⊙ (1 − tanh²(c_t))",
    "recurrence",
    dC_dout="m t n",
    x="m t n_prev",
    W_x="n_prev 4n",
    W_h="n 4n",
    b="4n",
    h0="m n",
    c0="m n",
)
def lstm_backward_without_carry(
    dC_dout: Array, x: Array, W_x: Array, W_h: Array, b: Array, h0: Array, c0: Array
) -> LSTMGradients:
    """Return the derivatives of an LSTM in which each time step goes back by itself.

    Parameters
    ----------
    dC_dout : array of shape (m, t, n)
        Derivative of the cost with respect to the output of each time step.
    x : array of shape (m, t, n_prev)
        Inputs, as given to `lstm`.
    W_x : array of shape (n_prev, 4n)
        Weights of the inputs.
    W_h : array of shape (n, 4n)
        Weights of the previous hidden state.
    b : array of shape (4n,)
        Biases.
    h0 : array of shape (m, n)
        First hidden state of each sequence.
    c0 : array of shape (m, n)
        First cell state of each sequence.

    Returns
    -------
    not_gradients : LSTMGradients
        All six are wrong, except with one time step.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If there are no time steps.

    Examples
    --------
    Only the last step has an error, so the first cell state gets nothing. The right derivative is 1/8:

    >>> import numpy as np
    >>> nothing, zero = np.zeros((1, 4)), np.zeros((1, 1))
    >>> dC_dout = np.array([[[0.0], [1.0]]])
    >>> lstm_backward_without_carry(dC_dout, np.zeros((1, 2, 1)), nothing, nothing, np.zeros(4), zero, zero).dC_dc0.tolist()
    [[0.0]]
    """
    _check("lstm_backward_without_carry", x)
    steps = list(_lstm_steps(x, W_x, W_h, b, h0, c0))
    h = np.stack([state for state, *_ in steps], axis=1)
    deltas, dC_dc0 = [], np.zeros_like(c0)
    for t in reversed(range(x.shape[1])):
        _, c, (i, f, g, o) = steps[t]
        c_prev = steps[t - 1][1] if t else c0
        dC_dh = dC_dout[:, t]
        dC_dc = dC_dh * o * (1 - np.tanh(c) ** 2)
        of_gates = [
            dC_dc * g * i * (1 - i),
            dC_dc * c_prev * f * (1 - f),
            dC_dc * i * (1 - g**2),
            dC_dh * np.tanh(c) * o * (1 - o),
        ]
        deltas.append(np.concatenate(of_gates, axis=1))
        dC_dc0 = dC_dc * f
    of_arrays = _of_the_weights(np.stack(deltas[::-1], axis=1), x, h, W_x, h0)
    return LSTMGradients(*of_arrays, deltas[-1] @ W_h.T, dC_dc0)


def network() -> Network:
    """Return an LSTM of three units that gives, at each time step, the bit of the step before."""
    x, y = four_bits()[:, :, None], previous_bits()
    start = np.zeros((16, 3))

    def forward(p: Parameters) -> tuple[Array, Array]:
        h = lstm(x, p["W_x"], p["W_h"], p["b_z"], start, start)
        return h, dense(h.reshape(64, 3), p["W"], p["b"])

    def gradients(p: Parameters, backward: Backward) -> Parameters:
        h, out = forward(p)
        dC_dh, dC_dW, dC_db = dense_backward(output_error(out, y), h.reshape(64, 3), p["W"], p["b"])
        found = backward(dC_dh.reshape(h.shape), x, p["W_x"], p["W_h"], p["b_z"], start, start)
        return dict(zip(p, (found.dC_dW_x, found.dC_dW_h, found.dC_db, dC_dW, dC_db)))

    rng = np.random.default_rng(1)
    p = {"W_x": rng.normal(size=(1, 12)), "W_h": rng.normal(size=(3, 12)), "b_z": np.zeros(12)}
    p |= {"W": rng.normal(size=(3, 1)), "b": np.zeros(1)}
    return Network("recalling the previous bit", p, lambda p: cost_of(forward(p)[-1], y), gradients, lstm_backward)


MISTAKE = register(lstm_backward_without_carry, network, 4.0, 500)
