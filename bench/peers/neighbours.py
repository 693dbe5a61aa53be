"""LISI, kBET and kBET by label by scib-metrics, in turn with ours and on the same neighbours, one thread.

in: the program bench_neighbours; optionally CELLS. Needs numpy, scikit-learn and scib-metrics.
out: processor seconds of each (the peer's second run, so that its compiling is not counted), and how far the scores are apart
"""
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

import scib_metrics
from scib_metrics.nearest_neighbors import NeighborsResults

program = sys.argv[1]
n = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
dims, types, batches = 50, 20, 3
rng = np.random.default_rng(7)
label, batch = rng.integers(types, size=n).astype(np.int32), rng.integers(batches, size=n).astype(np.int32)
x = 2 * rng.standard_normal((types, dims))[label] + 0.3 * rng.standard_normal((batches, dims))[batch] + rng.standard_normal((n, dims))
x = (x / np.sqrt(1 + np.arange(dims))).astype(np.float32)
distance, neighbour = NearestNeighbors(n_neighbors=90, algorithm="brute").fit(x).kneighbors(x)
# Itself first, also where another cell lies in the same place.
near = NeighborsResults(indices=neighbour.astype(np.int32), distances=distance.astype(np.float32))
assert (near.indices[:, 0] == np.arange(n)).all()

with tempfile.TemporaryDirectory() as folder:
    x.tofile(folder + "/cells.bin")
    label.tofile(folder + "/label.bin")
    batch.tofile(folder + "/batch.bin")
    near.indices.tofile(folder + "/neighbour.bin")
    near.distances.tofile(folder + "/distance.bin")
    lines = subprocess.run([program, folder, str(n), str(dims)], check=True, capture_output=True, text=True).stdout.splitlines()
ours = {name: (float(seconds), float(value)) for name, seconds, value in (line.split() for line in lines)}


def timed(f, times):
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds = time.process_time() - start
    return seconds, out


peers = {
    "lisi": timed(lambda: float(np.median(scib_metrics.utils.compute_simpson_index(
        near.distances, near.indices, np.arange(n)[:, None], batch, batches, perplexity=30) ** -1.0)), 2),
    "kbet": timed(lambda: float(scib_metrics.kbet(near.subset_neighbors(50), batch)[0]), 2),
    "kbet_by_label_diffusion_map": timed(lambda: float(scib_metrics.kbet_per_label(near.subset_neighbors(50), batch, label)), 1),
}
peers["kbet_by_label_walks"] = peers["kbet_by_label_diffusion_map"]  # the other rule for the same question
for name, (seconds, value) in ours.items():
    line = f"{name}: ours {1e3 * seconds:.1f} ms, {value:.6g}"
    if name in peers:
        line += f"; scib-metrics {1e3 * peers[name][0]:.1f} ms, {peers[name][0] / seconds:.1f}x; apart by {abs(peers[name][1] - value):.1e}"
    print(line, flush=True)
