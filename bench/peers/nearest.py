"""The k nearest others of all cells by faiss, scikit-learn and approximate indices, in turn with ours and on the same cells, one thread.

in: the program bench_nearest; optionally CELLS K and kinds of cells (gauss types). Needs numpy; faiss, scikit-learn, pynndescent and hnswlib where they are there.
out: a line a peer: processor seconds (median), how many times ours, and the share of our neighbours that it names
"""
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

program = sys.argv[1]
n = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
k = int(sys.argv[3]) if len(sys.argv) > 3 else 15
kinds = sys.argv[4:] or ["gauss", "types"]
dims = 50


def cells_of(kind):
    rng = np.random.default_rng(7)
    if kind == "gauss":
        return rng.standard_normal((n, dims), np.float32)
    share = 0.75 ** np.arange(20)
    of = rng.choice(20, n, p=share / share.sum())
    spread = 10 / np.sqrt(1 + np.arange(dims))
    return (spread * (rng.standard_normal((20, dims))[of] + 0.35 * rng.standard_normal((n, dims)))).astype(np.float32)


def timed(f, times=3):
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), out


def ours(folder):
    line = subprocess.run([program, folder, str(n), str(dims), str(k), "neighbours"], check=True, capture_output=True, text=True).stdout.split()
    return float(line[1]), np.fromfile(folder + "/neighbours.bin", np.int32).reshape(n, k)


def without_self(found):
    out = np.empty((n, k), np.int64)
    for i, row in enumerate(found):
        out[i] = row[row != i][:k]
    return out


def peers(x):
    try:
        import faiss
        faiss.omp_set_num_threads(1)
        index = faiss.IndexFlatL2(dims)
        index.add(x)
        yield "faiss IndexFlatL2, as it comes", lambda: index.search(x, k + 1)[1]
        was = faiss.cvar.distance_compute_blas_threshold, faiss.cvar.distance_compute_blas_query_bs, faiss.cvar.distance_compute_blas_database_bs
        for queries, database in ((256, 1024), (1024, 1024), (4096, 1024), (4096, 4096)):
            faiss.cvar.distance_compute_blas_query_bs, faiss.cvar.distance_compute_blas_database_bs = queries, database
            yield f"faiss IndexFlatL2, blocks {queries} x {database}", lambda: index.search(x, k + 1)[1]
        faiss.cvar.distance_compute_blas_query_bs, faiss.cvar.distance_compute_blas_database_bs = was[1], was[2]
        faiss.cvar.distance_compute_blas_threshold = 1 << 30
        if n <= 20_000:
            yield "faiss IndexFlatL2, without BLAS", lambda: index.search(x, k + 1)[1]
        faiss.cvar.distance_compute_blas_threshold = was[0]
        yield "faiss knn", lambda: faiss.knn(x, x, k + 1)[1]

        def inverted():
            lists = int(4 * np.sqrt(n))
            ivf = faiss.IndexIVFFlat(faiss.IndexFlatL2(dims), dims, lists)
            ivf.train(x)
            ivf.add(x)
            ivf.nprobe = lists // 10
            return ivf.search(x, k + 1)[1]
        yield "faiss IndexIVFFlat, a tenth of the lists (approximate)", inverted
    except ImportError:
        pass
    try:
        from sklearn.neighbors import NearestNeighbors
        yield "scikit-learn brute", lambda: NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(x).kneighbors(x, return_distance=False)
    except ImportError:
        pass
    try:
        import pynndescent
        pynndescent.NNDescent(x[:1000], n_neighbors=k + 1)  # compiles
        yield "pynndescent (approximate)", lambda: pynndescent.NNDescent(x, n_neighbors=k + 1, random_state=1, n_jobs=1).neighbor_graph[0]
    except ImportError:
        pass


for kind in kinds:
    x = np.ascontiguousarray(cells_of(kind))
    with tempfile.TemporaryDirectory() as folder:
        x.tofile(folder + "/cells.bin")
        seconds, own = ours(folder)
        print(f"{kind} {n} x {dims}, k = {k}: ours {seconds:.3f} s", flush=True)
        for name, search in peers(x):
            peer, found = timed(search, 1 if "scikit" in name or "pynn" in name or "without" in name else 3)
            seconds, own = ours(folder)
            found = without_self(found)
            share = np.mean([len(np.intersect1d(a, b)) for a, b in zip(own[::50], found[::50])]) / k
            print(f"  {name}: {peer:.3f} s, {peer / seconds:.1f} x ours ({seconds:.3f} s); names {share:.5f} of the nearest", flush=True)
