"""The error of numerical gradients over their step."""

import numpy as np

from backprop import Layer, forward, gradients, quadratic
from backprop._example import book_network
from website.kept import kept
from website.pages.drawing import FAINT, INK, curve, dot, drawn, line, minus, scale, text

# How to draw each way to check a gradient: its dashes, and where its name stands from its best point.
WAYS = {
    "one-sided": ("7 3", (-9, 15, "end")),
    "central": (None, (-24, 8, "end")),
    "fourth order": ("2 2", (0, 19, "middle")),
    "central, float32": ("9 3 2 3", (-106, -52, "end")),
    "complex step": (None, (-14, -9, "end")),
}


def u_curve():
    """Return the error of five gradient checks over their step, measured on the 2-3-2 network."""
    steps = 10.0 ** np.arange(-13, -0.75, 0.5)
    x, y = scale(-13, -1, 44, 340), scale(-16, 0, 290, 34)
    parts = [text(192, 336, "step $h$"), text(4, 12, "relative error of the gradient", anchor="start")]
    for power in range(-16, 1, 4):
        parts += [
            line(44, y(power), 340, y(power), FAINT),
            text(38, y(power) + 4, f"$10^{{{minus(power)}}}$", anchor="end"),
        ]
    parts += [text(x(power), 312, f"$10^{{{minus(power)}}}$") for power in range(-13, 0, 2)]
    told = []
    for way, errors in measured(steps).items():
        dashes, (right, down, anchor) = WAYS[way]
        errors = np.maximum(errors, np.finfo(float).eps)
        points = list(zip(x(np.log10(steps)), y(np.log10(errors))))
        best = np.flatnonzero(errors == errors.min())[-1]
        at_x, at_y = points[best]
        parts += [curve(points, INK, 1.5, dashes), dot(at_x, at_y), text(at_x + right, at_y + down, way, anchor)]
        told.append(f"{way.capitalize()}: {errors[best]:.0e} at a step of {steps[best]:.0e}.")
    return drawn(
        344,
        "The U-curve of a gradient check: its error over its step",
        "Measured on all parameters of the 2-3-2 network. Each difference has a best step: below it rounding spoils the "
        f"difference, above it the curvature of the cost does. {' '.join(told)} The complex step takes no difference: "
        "below that step it stays as it is.",
        parts,
    )


@kept
def measured(steps):
    """Return, for each way to check a gradient, its norm-wise relative error at every step."""
    layers, x, y = book_network()
    narrow = [Layer(layer.W.astype(np.float32), layer.b.astype(np.float32)) for layer in layers]
    exact = np.concatenate([array.ravel() for slopes in gradients(layers, x, y)[1] for array in slopes])

    def costs(layers, h):
        """Return the cost after a nudge of each parameter alone."""
        dtype = layers[0].W.dtype
        found = []
        for l, layer in enumerate(layers):
            for name in ("W", "b"):
                array = getattr(layer, name)
                for unit in np.eye(array.size, dtype=dtype):
                    nudged = layer.__replace__(**{name: array + (h * unit).reshape(array.shape)})
                    a = forward([*layers[:l], nudged, *layers[l + 1 :]], x.astype(dtype))[1][-1]
                    found.append(quadratic(a, y.astype(dtype)))
        return np.array(found)

    def error(slopes):
        return np.linalg.norm(slopes - exact) / np.linalg.norm(exact)

    here = costs(layers, 0.0)
    found = {kind: [] for kind in ("one-sided", "central", "fourth order", "central, float32", "complex step")}
    for h in map(float, steps):
        up, down, up_narrow, down_narrow = costs(layers, h), costs(layers, -h), costs(narrow, h), costs(narrow, -h)
        twice = (costs(layers, 2 * h) - costs(layers, -2 * h)) / (4 * h)
        central = (up - down) / (2 * h)
        found["one-sided"].append(error((up - here) / h))
        found["central"].append(error(central))
        found["fourth order"].append(error((4 * central - twice) / 3))
        found["central, float32"].append(error((up_narrow - down_narrow) / (2 * h)))
        found["complex step"].append(error(costs(layers, 1j * h).imag / h))
    return {kind: np.array(errors) for kind, errors in found.items()}
