"""Nearest distances, Hausdorff and greedy k-center by scipy, faiss and numpy, in turn with ours and on the same cells, one thread.

in: the program bench_nearest; optionally CELLS CHOSEN and kinds of cells (gauss types surface sorted). Needs numpy; scipy and faiss where they are there.
out: processor seconds of each, medians, and whether the answers agree
"""
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

try:
    import faiss
    faiss.omp_set_num_threads(1)
except ImportError:
    faiss = None
try:
    from scipy.spatial.distance import directed_hausdorff
except ImportError:
    directed_hausdorff = None

program = sys.argv[1]
n = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
m = int(sys.argv[3]) if len(sys.argv) > 3 else n // 100
kinds = sys.argv[4:] or ["gauss", "types", "surface", "sorted"]
dims = 50


def cells_of(kind):
    rng = np.random.default_rng(7)
    if kind == "gauss":
        return rng.standard_normal((n, dims), np.float32)
    if kind == "surface":
        at, slope = rng.random((n, 2)), 6 * rng.random((2, dims))
        return (10 * np.sin(at @ slope) + 0.1 * rng.standard_normal((n, dims))).astype(np.float32)
    share = 0.75 ** np.arange(20)
    of = rng.choice(20, n, p=share / share.sum())
    if kind == "sorted":
        of.sort()
    spread = 10 / np.sqrt(1 + np.arange(dims))
    return (spread * (rng.standard_normal((20, dims))[of] + 0.35 * rng.standard_normal((n, dims)))).astype(np.float32)


def timed(f, times):
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), out


def ours(folder, what):
    line = subprocess.run([program, folder, str(n), str(dims), str(m), what], check=True, capture_output=True, text=True).stdout.split()
    return float(line[1]), line[2:]


def k_center(x):
    squared, chosen, nearest, at = (x * x).sum(1), [], np.full(len(x), np.inf, np.float32), 0
    for _ in range(m):
        chosen.append(at)
        np.minimum(nearest, squared - 2 * (x @ x[at]) + squared[at], out=nearest)
        at = int(nearest.argmax())
    return np.array(chosen)


for kind in kinds:
    x = cells_of(kind)
    rows = np.sort(np.random.default_rng(1).choice(n, m, replace=False))
    y = np.ascontiguousarray(x[rows])
    with tempfile.TemporaryDirectory() as folder:
        x.tofile(folder + "/cells.bin")
        rows.astype(np.int64).tofile(folder + "/chosen.bin")
        seconds, (value,) = ours(folder, "hausdorff")
        line = f"{kind} {n} to {m}: hausdorff ours {1e3 * seconds:.1f} ms"
        if directed_hausdorff:
            x64, y64 = x.astype(np.float64), y.astype(np.float64)
            peer, (found, _, _) = timed(lambda: directed_hausdorff(x64, y64), 3)
            line += f", scipy {1e3 * peer:.1f} ms, {peer / seconds:.1f}x; apart by {abs(found - float(value)):.1e}"
            del x64, y64
        print(line, flush=True)
        if n * m > 2e9:
            continue
        seconds, _ = ours(folder, "nearest")
        line = f"  all nearest ours {1e3 * seconds:.1f} ms"
        if faiss:
            index = faiss.IndexFlatL2(dims)
            index.add(y)
            peers = {"index": timed(lambda: index.search(x, 1)[1], 3), "knn": timed(lambda: faiss.knn(x, y, 1)[1], 3)}
            peer, found = min(peers.values(), key=lambda p: p[0])
            same = (found[:, 0] == np.fromfile(folder + "/nearest.bin", np.int32)).mean()
            line += f", faiss {1e3 * peer:.1f} ms, {peer / seconds:.2f}x; the same nearest for {same:.6f}"
        print(line, flush=True)
        if m <= 1000:
            seconds, _ = ours(folder, "k_center")
            peer, found = timed(lambda: k_center(x), 1)
            same = (found == np.fromfile(folder + "/k_center.bin", np.int64)).mean()
            print(f"  k-center ours {1e3 * seconds:.1f} ms, numpy {1e3 * peer:.1f} ms, {peer / seconds:.1f}x; the same choices {same:.4f}", flush=True)
