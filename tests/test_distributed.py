"""A gradient over shards on a cluster of processes: equal, moved little, and alive after a worker's death."""

import os
import signal
import sys
import time

import numpy as np
import pytest

from backprop import SOFTMAX, TANH, Activation, Cost, Layer, gradients, step
from website.oracles.reference import draw, relative_error

dask = pytest.importorskip("dask", reason="Dask is not installed (group oracles)")
distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed (group oracles)")
array = pytest.importorskip("dask.array")
pytestmark = pytest.mark.filterwarnings("default")  # a worker that is killed warns of it


@pytest.fixture
def client():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def problem(m=60):
    [(W1, b1, _), (W2, b2, _)], x, y = draw((5, 4, 3), "tanh", "softmax", m)
    return [Layer(W1, b1[:, 0], TANH), Layer(W2, b2, SOFTMAX)], x, y


def flat(found):
    C, slopes = found
    return [C, *(part for slope in slopes for part in slope)]


def worst(found, expected):
    return max(map(relative_error, flat(found), flat(expected)))


@pytest.mark.parametrize("chunks", [60, 7, (1, 20, 39), (0, 60), 1])
def test_the_shards_sum_to_the_whole(chunks):
    layers, x, y = problem()
    found = gradients(layers, array.from_array(x, chunks=(2, chunks)), array.from_array(y, chunks=(3, 15)))
    assert all(isinstance(part, array.Array) for part in flat(found))
    assert worst(dask.compute(*found), gradients(layers, x, y)) <= 1e-12


def summed(a, y):
    return np.sum((a - y) ** 4)


def summed_prime(a, y):
    return 4 * (a - y) ** 3


def averaged(a, y):
    return summed(a, y) / max(a.shape[1], 1)


def averaged_prime(a, y):
    return summed_prime(a, y) / max(a.shape[1], 1)


@pytest.mark.parametrize("chunks", [60, 7, (1, 20, 39), (0, 60)])
@pytest.mark.parametrize(
    "cost", [Cost("summed", summed, summed_prime, "sum"), Cost("averaged", averaged, averaged_prime, "mean")]
)
def test_a_cost_of_your_own_says_how_it_combines_the_examples(cost, chunks):
    layers, x, y = problem()
    found = gradients(layers, array.from_array(x, chunks=(5, chunks)), array.from_array(y, chunks=(3, chunks)), cost)
    assert worst(dask.compute(*found), gradients(layers, x, y, cost)) <= 1e-12


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (Cost("summed", summed, summed_prime), r'write Cost\(\.\.\., over="mean"\) if it is their mean, over="sum" if'),
        (Cost("summed", summed, summed_prime, "mean"), 'summed says over="mean", but of two examples it is'),
        (Cost("averaged", averaged, averaged_prime, "sum"), 'averaged says over="sum", but of two examples it is'),
        (Cost("variance", lambda a, y: np.var(a), averaged_prime, "mean"), "but of two examples it is"),
        (Cost("averaged", averaged, summed_prime, "mean"), "the derivative for two examples is not half of that"),
    ],
)
def test_a_cost_that_does_not_say_or_is_not_what_it_says_is_refused_on_shards(cost, said):
    layers, x, y = problem()
    gradients(layers, x, y, cost)  # all examples at once: no need to know
    with pytest.raises(ValueError, match=said):
        gradients(layers, array.from_array(x, chunks=(5, 20)), array.from_array(y, chunks=(3, 20)), cost)


def test_a_cost_may_be_a_number_of_python_on_shards():
    layers, x, y = problem()
    cost = Cost("averaged", lambda a, y: float(averaged(a, y)), averaged_prime, "mean")
    found = gradients(layers, array.from_array(x, chunks=(5, 20)), array.from_array(y, chunks=(3, 20)), cost)
    C, expected = gradients(layers, x, y, cost)
    assert worst(dask.compute(*found), (np.asarray(C), expected)) <= 1e-12


def test_a_shard_is_one_task_whatever_the_chunks_of_its_units():
    seen = []
    spy = Activation("spy", lambda z: seen.append(z.shape[1]) or 1 * z, np.ones_like)
    X, Y = array.ones((5, 60), chunks=(2, 20)), array.ones((3, 60), chunks=(1, 7))
    dask.compute(*gradients([Layer(np.ones((3, 5)), np.ones(3), spy)], X, Y), scheduler="synchronous")
    assert seen == [20, 20, 20]


def test_parameters_may_be_lazy_and_a_step_too():
    layers, x, y = problem()
    X, Y = array.from_array(x, chunks=(5, 20)), array.from_array(y, chunks=(3, 20))
    lazy = step(step(layers, gradients(layers, X, Y)[1], 0.5), gradients(layers, X, Y)[1], 0.5)
    eager = step(step(layers, gradients(layers, x, y)[1], 0.5), gradients(layers, x, y)[1], 0.5)
    for one, other in zip(lazy, eager):
        assert relative_error(one.W.compute(), other.W) <= 1e-12
        assert relative_error(one.b.compute(), other.b) <= 1e-12


def test_a_cluster_of_processes_gives_the_gradient_of_one(client):
    layers, x, y = problem()
    X, Y = (client.persist(array.from_array(a, chunks=(len(a), 10))) for a in (x, y))
    assert worst(dask.compute(*gradients(layers, X, Y)), gradients(layers, x, y)) <= 1e-12


def test_only_parameters_and_gradients_travel(client):
    def received(dask_worker):
        return sum(transfer["total"] for transfer in dask_worker.transfer_incoming_log)

    def shard(n, block_info=None):
        (_, _), (start, end) = block_info[None]["array-location"]
        return np.random.default_rng(start).random((n, end - start))

    n = 500
    rng = np.random.default_rng(0)
    layers = [Layer(rng.normal(size=(4, n)), np.zeros(4)), Layer(rng.normal(size=(3, 4)), np.zeros(3))]
    distributed.protocol.pickle.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    X, Y = (array.map_blocks(shard, size, chunks=((size,), (500,) * 8), dtype=float) for size in (n, 3))
    dask.compute(*gradients(layers, X, Y))
    parameters = sum(layer.W.nbytes + layer.b.nbytes for layer in layers)
    moved = sum(client.run(received).values())
    assert 0 < moved <= 12 * parameters  # parameters down and sums up; the data are 16 MB
    assert X.nbytes > 50 * moved


def test_a_pass_survives_the_death_of_a_worker(client, tmp_path):
    layers, x, y = problem()

    def shard(block, begun=tmp_path, release=tmp_path / "release"):
        (begun / f"{os.getpid()}.begun").touch()
        while not release.exists():
            time.sleep(0.01)
        return block

    distributed.protocol.pickle.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    X = array.from_array(x, chunks=(5, 10)).map_blocks(shard, dtype=float, meta=np.empty((0, 0)))
    futures = client.compute(list(gradients(layers, X, array.from_array(y, chunks=(3, 10)))))
    while not list(tmp_path.glob("*.begun")):
        time.sleep(0.01)
    [victim, *_] = tmp_path.glob("*.begun")
    os.kill(int(victim.stem), signal.SIGKILL)
    (tmp_path / "release").touch()
    found = client.gather(futures)
    assert worst(found, gradients(layers, x, y)) <= 1e-12
