"""Principal components by scikit-learn and scanpy beside tepui's, one thread, in turns: seconds, explained variance, and how far
   the space of 50 components is turned away from that of a float64 decomposition.
   python pca.py PATH/bench_pca [--quick] [PBMC3K.h5ad]
   Data: 50,000 simulated cells x 2,000 genes, log1p of counts per 10,000, weak and strong structure; and pbmc3k where it is given.
   --quick leaves out the solvers that take longer than ten seconds.
"""
import os
import subprocess
import sys
import tempfile
import time
import warnings

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # the kernels of this processor, not of an older one
    os.environ.pop(name, None)
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")

import anndata
import numpy as np
import scanpy
import scipy.linalg
import scipy.sparse
from sklearn.decomposition import PCA

dims = 50
rounds = 3
program = sys.argv[1]
quick = "--quick" in sys.argv
files = [a for a in sys.argv[2:] if a.endswith(".h5ad")]


def simulate(cells, genes, fold, depth, types=20):
    rng = np.random.default_rng(1)
    level = rng.lognormal(0, 1.3, size=genes)
    rate = level * np.exp(fold * rng.normal(size=(types, genes)))
    rate /= rate.sum(1, keepdims=True)
    share = 0.85 ** np.arange(types)
    label = rng.choice(types, cells, p=share / share.sum())
    parts = []
    for first in range(0, cells, 5000):
        of = label[first:first + 5000]
        size = depth * rng.lognormal(0, 0.35, size=len(of))
        x = rng.poisson(rate[of] * size[:, None] * rng.gamma(2.0, 0.5, size=(len(of), genes))).astype(np.float32)
        total = np.maximum(x.sum(1, keepdims=True), 1)
        parts.append(scipy.sparse.csr_matrix(np.log1p(x * (1e4 / total)).astype(np.float32)))
    return scipy.sparse.vstack(parts).tocsr()


def pbmc3k(path):
    a = anndata.read_h5ad(path)
    a.X = scipy.sparse.csr_matrix(a.X, dtype=np.float32)
    scanpy.pp.normalize_total(a, target_sum=1e4)
    scanpy.pp.log1p(a)
    scanpy.pp.highly_variable_genes(a, n_top_genes=2000)
    x = scipy.sparse.csr_matrix(a[:, a.var["highly_variable"].to_numpy().astype(bool)].X)
    x.sort_indices()
    return x


def by_scanpy(x, **more):
    a = anndata.AnnData(x)
    scanpy.pp.pca(a, n_comps=dims, **more)
    return a.varm["PCs"].T


def by_sklearn(x, solver):
    return PCA(dims, svd_solver=solver, random_state=0).fit(x).components_


class exact:
    """The covariance in float64, and its eigenvectors."""

    def __init__(self, x):
        d = x.toarray().astype(np.float64)
        d -= d.mean(0)
        self.covariance = d.T @ d / (len(d) - 1)
        value, vector = scipy.linalg.eigh(self.covariance)
        self.total = value.sum()
        self.basis = vector[:, ::-1][:, :dims]
        self.explained = value[::-1][:dims].sum() / self.total
        self.gap = 1 - value[-dims - 1] / value[-dims]

    def of(self, components):
        q = np.linalg.qr(np.asarray(components, dtype=np.float64).T)[0]
        away = q - self.basis @ (self.basis.T @ q)
        return np.trace(q.T @ self.covariance @ q) / self.total, np.linalg.norm(away, 2)


def compare(title, x):
    d = x.toarray()
    truth = exact(x)
    cells, genes = x.shape
    print(f"\n{title}: {cells} x {genes}, {x.nnz / cells / genes:.3f} not zero; float64: explained variance {truth.explained:.7f}, "
          f"component {dims + 1} weaker than {dims} by {truth.gap:.1e}")
    small = cells < 10_000
    # name: what, how often, whether it is an exact method
    peers = {
        "scikit-learn covariance_eigh, dense": (lambda: by_sklearn(d, "covariance_eigh"), rounds, True),
        "scikit-learn randomized, dense": (lambda: by_sklearn(d, "randomized"), rounds, False),
        "scanpy covariance_eigh, dense, and embedding": (lambda: by_scanpy(d, svd_solver="covariance_eigh"), rounds, True),
    }
    if small or not quick:
        peers |= {
            "scanpy arpack, sparse, and embedding": (lambda: by_scanpy(x), 1, True),
            "scikit-learn arpack, sparse": (lambda: by_sklearn(x, "arpack"), 1, True),
            "scikit-learn arpack, dense": (lambda: by_sklearn(d, "arpack"), 1, True),
            "scikit-learn covariance_eigh, sparse": (lambda: by_sklearn(x, "covariance_eigh"), 1, True),
        }
    seconds, answer = {}, {}

    def note(name, wall, own):
        seconds.setdefault(name, []).append((wall, own))

    with tempfile.TemporaryDirectory() as folder:
        x.indptr.astype(np.int64).tofile(folder + "/begin.bin")
        x.indices.astype(np.int32).tofile(folder + "/gene.bin")
        x.data.astype(np.float32).tofile(folder + "/value.bin")
        np.array([genes], np.int32).tofile(folder + "/genes.bin")
        for turn in range(rounds):
            for threads in (1, 2):
                lines = subprocess.run([program, folder, str(threads)], capture_output=True, text=True, check=True).stdout.splitlines()
                took = {k: (float(w), float(o)) for k, w, o in (line.split() for line in lines)}
                if threads == 1:
                    note("tepui pca", *took["fit"])
                    note("tepui pca, and embedding", *(a + b for a, b in zip(took["fit"], took["embed"])))
                    note("tepui pca, uncentred", *took["fit_uncentred"])
                else:  # the processor time of one of two threads says little
                    note("tepui pca, two threads", took["fit"][0], float("nan"))
            for name, (run, times, _) in peers.items():
                if turn >= times:
                    continue
                wall, own = time.perf_counter(), time.process_time()
                answer[name] = run()
                note(name, time.perf_counter() - wall, time.process_time() - own)
        answer["tepui pca"] = np.fromfile(folder + "/loading.bin", np.float32).reshape(genes, dims).T

    middle = {name: np.median(np.array(t), axis=0) for name, t in seconds.items()}
    best_exact = min((n for n, (_, _, is_exact) in peers.items() if is_exact), key=lambda n: middle[n][1])
    for name, (wall, own) in middle.items():
        line = f"  {name:46} wall {wall:7.3f} processor {own:7.3f}"
        if name in answer:
            explained, angle = truth.of(answer[name])
            line += f"   explained {explained:.7f} ({explained - truth.explained:+.1e})   angle {angle:.1e}"
        print(line)
    ours = middle["tepui pca"]
    for name in [best_exact, "scikit-learn randomized, dense"]:
        ratio = middle[name] / ours
        print(f"  tepui pca against {name}: {ratio[0]:.1f} x wall, {ratio[1]:.1f} x processor", flush=True)


compare("weak structure", simulate(50_000, 2_000, fold=0.62, depth=600))
compare("strong structure", simulate(50_000, 2_000, fold=1.2, depth=1_000))
for path in files:
    compare(os.path.basename(path), pbmc3k(path))
