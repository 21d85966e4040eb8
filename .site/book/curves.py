"""The rooms of the museum: each wrong formula as code, and its loss beside the loss of the right one, drawn as SVG.

All numbers are made while the book is built, by `backprop.mistakes` itself.
"""

import inspect
from functools import partial

import numpy as np

from backprop import (
    CROSS_ENTROPY,
    QUADRATIC,
    SOFTMAX,
    Activation,
    Layer,
    gradients,
    mistakes,
    sigmoid,
    softmax,
    weight_gradient,
)
from backprop.mistakes import losses, specimen
from book.code import bare
from book.figures import ERR, FAINT, INK, SOFT, curve, drawn, line, scale, text

EQUATIONS = ("output_error", "hidden_error", "bias_gradient", "weight_gradient")


def room(name):
    """Return, as Markdown, the code of a mistake and the picture of its loss."""
    return f"```python\n{code(name)}\n```\n\n{picture(name)}"


def code(name):
    """Return the source of a mistake without its docstring."""
    function = getattr(mistakes, name)
    return bare(inspect.getsource(getattr(function, "__wrapped__", function)))


def picture(name):
    """Return the loss with the right gradient and with the wrong one, over the steps of a descent."""
    about, right, wrong = EXHIBITS.get(name, on_the_specimen)(name)
    steps, top = len(right) - 1, max(right + wrong)
    x, y = scale(0, steps, 40, 276), scale(0, top, 150, 24)
    apart = next(apart for apart in (0.1, 0.2, 0.5) if top / apart < 5)
    parts = [text(4, 12, "loss", anchor="start"), text(158, 186, f"{steps} steps on {about}", colour=SOFT)]
    for value in apart * np.arange(top // apart + 1):
        parts += [line(40, y(value), 276, y(value), FAINT), text(34, y(value) + 4, f"{value:.1f}", anchor="end")]
    parts += [text(x(k), 167, str(k)) for k in (0, steps // 2, steps)]
    heights = _apart(y(right[-1]), y(wrong[-1]))
    form = [("right", right, INK, None), ("wrong", wrong, ERR, "5 3")]
    for (what, found, colour, dash), height in zip(form, heights):
        points = [(x(k), y(found[k])) for k in range(0, steps + 1, max(steps // 100, 1))]
        parts.append(curve(points, colour, 1.8, dash))
        parts.append(text(284, height + 4, f"{what} {_short(found[-1])}", anchor="start", colour=colour))
    told = [
        f"the {what} formula from {_short(a[0])} to {_short(a[-1])}" for what, a in (("right", right), ("wrong", wrong))
    ]
    return drawn(
        192,
        f"The loss under {name}, beside the loss under the right formula",
        f"In {steps} steps of descent on {about} the loss goes with {told[0]}, and with {told[1]}.",
        parts,
    )


def _apart(one, other, gap=16):
    """Return two heights, moved apart if labels there would overlap."""
    if abs(one - other) >= gap:
        return one, other
    middle, way = (one + other) / 2, 1 if one >= other else -1
    return middle + way * gap / 2, middle - way * gap / 2


def _short(loss):
    return f"{loss:.2f}" if loss >= 0.01 else f"{loss:.1g}"


# ---- What is shown: what it is trained on, the losses with the right gradient, and with the wrong one


def on_the_specimen(name, layers=None, y=None, rate=2.0, steps=500, cost=QUADRATIC, about="the specimen"):
    """Return the losses with the mistake put in the place of the equation that its name begins with."""
    network, x, targets = specimen()
    layers, y = layers or network, targets if y is None else y
    wrong = getattr(mistakes, name)
    replaced = [equation for equation in EQUATIONS if name.startswith(equation)]
    options = {replaced[0]: wrong} if replaced else {"backward": wrong}
    return about, losses(layers, x, y, rate, steps, cost), losses(layers, x, y, rate, steps, cost, **options)


def transposed(name):
    """Return the losses of the third network of Grokking Deep Learning, chapter 5, which has no bias."""
    x, y = np.array([8.5, 0.65, 1.2]), np.array([0.1, 1.0, 0.1])

    def squared_errors(product):
        W = np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])
        for _ in range(4):
            delta = W @ x - y
            yield float(delta @ delta)
            W = W - 0.01 * product(delta, x)

    return "Grokking's network", list(squared_errors(weight_gradient)), list(squared_errors(getattr(mistakes, name)))


def updated(name):
    """Return the losses of large steps, where weights that are updated too early show."""
    rate = 30.0
    layers, x, y = specimen()
    early = partial(getattr(mistakes, name), learning_rate=rate)
    return f"the specimen, η = {rate:g}", losses(layers, x, y, rate, 20), losses(layers, x, y, rate, 20, backward=early)


def another_slope(name, wrong, layers, y=None):
    """Return the losses of layers in which the activation called `wrong.name` has the wrong slope."""
    _, x, targets = specimen()
    y = targets if y is None else y
    changed = [
        Layer(layer.W, layer.b, wrong if layer.activation.name == wrong.name else layer.activation) for layer in layers
    ]
    right, bent = losses(layers, x, y, 2.0, 500, backward=gradients), losses(changed, x, y, 2.0, 500)
    return "the specimen", right, bent


def at_a(name):
    return another_slope(name, Activation("sigmoid", sigmoid, getattr(mistakes, name)), specimen()[0])


def diagonal(name):
    """Return the losses of the specimen with softmax at its output: one class each for no bit that is 1, one, and more."""
    (first, last), x, _ = specimen()
    layers = [first, Layer(last.W, last.b, SOFTMAX)]
    y = np.eye(3)[:, np.minimum(x.sum(axis=0), 2).astype(int)]
    about, right, wrong = another_slope(name, Activation("softmax", softmax, getattr(mistakes, name)), layers, y)
    return f"{about}, softmax", right, wrong


def pseudo_inverse(name):
    """Return the losses of the specimen with its first and its last question alone, so that no inverse exists."""
    (first, last), _, y = specimen()
    layers = [first, Layer(last.W[::2], last.b[::2])]
    return on_the_specimen(name, layers, y[::2], about="a specimen of 3-3-2")


EXHIBITS = {
    "weight_gradient_transposed": transposed,
    "gradients_with_updated_weights": updated,
    "sigmoid_prime_at_a": at_a,
    "softmax_prime_by_diagonal": diagonal,
    "hidden_error_by_pseudo_inverse": pseudo_inverse,
    "output_error_with_slope_twice": partial(on_the_specimen, cost=CROSS_ENTROPY, about="the specimen, cross-entropy"),
}
