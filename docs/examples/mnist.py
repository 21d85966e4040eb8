"""Nielsen's network, trained as in the first chapter of his book, on the whole of MNIST.

    python docs/examples/mnist.py mnist.npz

784 inputs, 30 hidden units, 10 outputs; sigmoid and quadratic cost; 30 epochs of mini-batches of 10
with a learning rate of 3; 50,000 digits to train on, the 10,000 test digits to measure by.
"""

import argparse
import time
import zipfile

import numpy as np
from tqdm import tqdm

from backprop import Layer, forward, gradients, step

TRAINING_DIGITS = 50_000  # the last 10,000 of the file he kept for validation
KEYS = ["x_train", "y_train", "x_test", "y_test"]


def columns(images):
    """Return images (m, 28, 28) of bytes as m columns of numbers between 0 and 1."""
    return images.reshape(len(images), -1).T / 255


def one_hot(labels):
    """Return a column for each label, with a 1 in its row."""
    return np.eye(10)[:, labels]


def count_right(layers, images, labels):
    """Return how many images get their largest output in the row of their label."""
    outputs = forward(layers, columns(images))[1][-1]
    return np.sum(np.argmax(outputs, axis=0) == labels)


def random_layers(sizes, rng):
    """Return layers whose weights and biases are all drawn from N(0, 1), as he drew them."""
    return [Layer(rng.normal(size=(n, n_prev)), rng.normal(size=n)) for n_prev, n in zip(sizes, sizes[1:])]


def train(data, epochs, batch, rate, seed):
    """Yield how many test digits are right after each epoch."""
    images, labels = data["x_train"][:TRAINING_DIGITS], data["y_train"][:TRAINING_DIGITS]
    rng = np.random.default_rng(seed)
    layers = random_layers([images[0].size, 30, 10], rng)
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(images))
        for start in tqdm(range(0, len(images), batch), f"epoch {epoch}", leave=False, disable=None):
            chosen = order[start : start + batch]
            _, found = gradients(layers, columns(images[chosen]), one_hot(labels[chosen]))
            layers = step(layers, found, rate)
        yield count_right(layers, data["x_test"], data["y_test"])


def whole(text):
    """Return a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 1")
    return int(text)


def arguments():
    """Return what the command line says; a mistake in it is one line and exit status 2."""
    parser = argparse.ArgumentParser("mnist.py", description=__doc__.splitlines()[0])
    parser.error = lambda message: parser.exit(2, f"mnist.py: {message}\n")
    parser.add_argument("file", help="an .npz with " + ", ".join(KEYS))
    parser.add_argument("--epochs", type=whole, default=30)
    parser.add_argument("--batch", type=whole, default=10, help="digits in a mini-batch")
    parser.add_argument("--rate", type=float, default=3.0, help="learning rate")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    try:
        with np.load(given.file) as file:
            given.data = {key: file[key] for key in KEYS}
    except (OSError, TypeError, ValueError, zipfile.BadZipFile):  # TypeError: a .npy
        parser.error(f"{given.file} is no .npz that can be read")
    except KeyError as error:
        parser.error(f"{given.file}: {error.args[0]}; it needs {', '.join(KEYS)}")
    return given


def main():
    """Train, and print the accuracy after each epoch and the best."""
    given = arguments()
    total, begun = len(given.data["y_test"]), time.perf_counter()
    right = []
    for found in train(given.data, given.epochs, given.batch, given.rate, given.seed):
        right.append(found)
        print(f"epoch {len(right):2}  {found / total:.2%}", flush=True)
    seconds = time.perf_counter() - begun
    print(f"best     {max(right) / total:.2%}  seed {given.seed}, {seconds:.0f} s")


if __name__ == "__main__":
    main()
