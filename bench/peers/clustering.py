"""K-means by scikit-learn, Leiden by igraph's own Python and agreement by scikit-learn, beside ours on the same cells and graph, one thread.

in: the program bench_clustering; optionally CELLS. Needs numpy, scipy, scikit-learn; python-igraph where it is there
out: processor seconds of each; inertia, NMI and modularity, to see that the same was done
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
import scipy.sparse
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.neighbors import kneighbors_graph

try:
    import igraph
except ImportError:
    igraph = None

program = sys.argv[1]
n = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
dims, k = 50, 20


def timed(f, times):
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), out


rng = np.random.default_rng(7)
share = 0.75 ** np.arange(k)
label = rng.choice(k, n, p=share / share.sum()).astype(np.int32)
spread = 10 / np.sqrt(1 + np.arange(dims))
x = (spread * (rng.standard_normal((k, dims))[label] + 0.7 * rng.standard_normal((n, dims)))).astype(np.float32)
# Weights that are the same for both: 1 for mutual neighbours, 1/2 for others.
near = kneighbors_graph(x, 14)
graph = scipy.sparse.csr_matrix((near + near.T) / 2)
graph.sort_indices()

with tempfile.TemporaryDirectory() as folder:
    x.tofile(folder + "/cells.bin")
    label.tofile(folder + "/label.bin")
    graph.indptr.astype(np.int64).tofile(folder + "/indptr.bin")
    graph.indices.astype(np.int32).tofile(folder + "/indices.bin")
    graph.data.astype(np.float32).tofile(folder + "/data.bin")
    print("ours:", flush=True)
    subprocess.run([program, folder, str(n), str(dims), str(k)], check=True)

print("peers:", flush=True)
seconds, found = timed(lambda: KMeans(k, n_init=1, random_state=42).fit(x), 3)
print(f"kmeans scikit-learn {seconds:.6f} rounds {found.n_iter_} inertia {found.inertia_:.8g} "
      f"nmi {normalized_mutual_info_score(label, found.labels_):.6f}", flush=True)
for score in (normalized_mutual_info_score, adjusted_rand_score, adjusted_mutual_info_score):
    seconds, value = timed(lambda: score(label, found.labels_), 3)
    print(f"{score.__name__} {seconds:.6f} value {value:.12f}", flush=True)
if igraph:
    import random
    upper = scipy.sparse.triu(graph, 1).tocoo()
    g = igraph.Graph(n, list(zip(upper.row.tolist(), upper.col.tolist())))
    g.es["weight"] = upper.data.tolist()
    for rounds in (2, -1):
        random.seed(42)
        best = 0
        start = time.process_time()
        for resolution in np.linspace(0.2, 2.0, 10):
            found = g.community_leiden("modularity", weights="weight", resolution=float(resolution), n_iterations=rounds)
            best = max(best, normalized_mutual_info_score(label, found.membership))
            if abs(resolution - 1) < 1e-9:
                at_one = g.modularity(found.membership, weights="weight")
        print(f"scan leiden(python-igraph, {rounds} rounds) {time.process_time() - start:.6f} best nmi {best:.6f} modularity at 1 {at_one:.6f}", flush=True)
