"""Measure what a gradient over shards costs: bytes moved, time against workers, and memory when it is streamed.

`python tests/benchmarks/scaling.py` prints three tables; with `--write docs/use/distributed.md` it replaces those on that page.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # a worker is one thread, or nothing scales

import dask
import dask.array as da
import numpy as np
from speed import draw, machine, write

from backprop import Layer, gradients

SIZES = (784, 30, 10)


def network(sizes=SIZES):
    """Return the layers of a random network, and the bytes of its parameters."""
    layers = [Layer(W, b) for W, b in draw(sizes, None, "float64")[0]]
    return layers, sum(layer.W.nbytes + layer.b.nbytes for layer in layers)


def shard(n, block_info=None):
    """Return one shard of random data, made by the worker that needs it."""
    (_, _), (start, end) = block_info[None]["array-location"]
    return np.random.default_rng(start).random((n, end - start))


def data(m, shards):
    """Return Dask arrays of `m` examples of input and target."""
    sizes = (m // shards,) * shards
    return [da.map_blocks(shard, n, chunks=((n,), sizes), dtype=float) for n in (SIZES[0], SIZES[-1])]


def received(dask_worker):
    """Return the bytes that a worker has had from the others."""
    return sum(transfer["total"] for transfer in dask_worker.transfer_incoming_log)


def on_cluster(workers, m, shards, steps=5):
    """Return the median seconds of a gradient on this many processes, and the bytes moved by one."""
    from dask.distributed import Client, LocalCluster, wait

    layers, _ = network()
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        X, Y = client.persist(data(m, shards))
        wait([X, Y])
        dask.compute(*gradients(layers, X, Y))
        before = sum(client.run(received).values())
        seconds = []
        for _ in range(steps):
            start = time.perf_counter()
            dask.compute(*gradients(layers, X, Y))
            seconds.append(time.perf_counter() - start)
        moved = (sum(client.run(received).values()) - before) / steps
        return float(np.median(seconds)), moved


def scaling():
    """Yield the table of time and traffic against workers."""
    _, parameters = network()
    yield "| scaling | workers | examples | shards | seconds a gradient | speed-up | bytes moved, over the parameters' |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for kind, m_of in (("strong", lambda n: 100_000), ("weak", lambda n: 50_000 * n)):
        alone = None
        for workers in (1, os.cpu_count()):
            m = m_of(workers)
            seconds, moved = on_cluster(workers, m, shards=m // 5_000)
            alone = alone or seconds / m
            yield (
                f"| {kind} | {workers} | {m:,} | {m // 5_000} | {seconds:.2f} | {alone * m / seconds:.2f} | "
                f"{moved / parameters:.1f} |"
            )


def streamed(path):
    """Print the peak memory of this process after a gradient of all that is stored at `path`."""
    layers = [Layer(layer.W.astype("float32"), layer.b.astype("float32")) for layer in network()[0]]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    dask.compute(*gradients(layers, da.from_zarr(path, component="x"), da.from_zarr(path, component="y")))
    seconds = time.perf_counter() - start
    print(before * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, seconds)


def streaming(folder):
    """Yield the table of memory against the examples on disk."""
    import zarr

    yield "| examples | data on disk, MiB | peak memory, MiB | of it before the gradient, MiB | seconds |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for m in (10_000, 100_000, 1_000_000):
        path = Path(folder) / f"{m}.zarr"
        stored = zarr.open_group(path, mode="w")
        rng = np.random.default_rng(0)
        for name, n in (("x", SIZES[0]), ("y", SIZES[-1])):
            array = stored.create_array(name, shape=(n, m), chunks=(n, 10_000), dtype="float32", compressors=None)
            for start in range(0, m, 10_000):
                array[:, start : start + 10_000] = rng.random((n, 10_000), dtype="float32")
        run = subprocess.run([sys.executable, __file__, "--stream", path], check=True, capture_output=True, text=True)
        before, peak, seconds = map(float, run.stdout.split())
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        yield f"| {m:,} | {size / 2**20:,.0f} | {peak / 2**20:,.0f} | {before / 2**20:,.0f} | {seconds:.1f} |"


def main():
    """Print the tables, and write them where they are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="the page whose tables are replaced")
    parser.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stream:
        return streamed(given.stream)
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for part in (scaling(), streaming(folder)):
            for line in part:
                print(line, flush=True)
                lines.append(line)
            lines.append("")
    lines.append(f"784-30-10, {network()[1]:,} bytes of parameters. Measured on {machine()}, Dask {dask.__version__}.")
    print(lines[-1])
    if given.write:
        write(given.write, lines)


if __name__ == "__main__":
    main()
