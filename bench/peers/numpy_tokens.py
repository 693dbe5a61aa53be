"""The same tokens by numpy: prints `name cells_per_cpu_second` for each way, and writes its tokens to be compared.

in: a folder with gene.bin (int32), value.bin (float32), begin.bin (int64), total.bin, median.bin (float64)
"""
import sys
import time

import numpy as np

try:
    import scipy.sparse
except ImportError:
    scipy = None

folder = sys.argv[1]
gene = np.fromfile(folder + "/gene.bin", np.int32)
value = np.fromfile(folder + "/value.bin", np.float32)
begin = np.fromfile(folder + "/begin.bin", np.int64)
total = np.fromfile(folder + "/total.bin", np.float64)
median = np.fromfile(folder + "/median.bin", np.float64)
cells = len(begin) - 1
slots = 2048


def rank_arrays(c):
    """Geneformer's arithmetic on arrays: what numpy can do without sparse matrices."""
    g, v = gene[begin[c]:begin[c + 1]], value[begin[c]:begin[c + 1]].astype(np.float64)
    scaled = v / total[c] * 10_000 / median[g]
    return g[np.argsort(-scaled)][:slots]


def rank_published():
    """The same on a scipy matrix in blocks of 512 cells, each cell a row taken out of it, as the published tokenizer works."""
    counts = scipy.sparse.csr_matrix((value, gene, begin), shape=(cells, len(median)))
    out = []
    for first in range(0, cells, 512):
        block = counts[first:first + 512]
        scaled = scipy.sparse.csr_matrix((block / total[first:first + 512, None] * 10_000) / median)
        for i in range(scaled.shape[0]):
            v, g = scaled[i].data, scaled[i].indices
            out.append(g[np.argsort(-v)][:slots])
    return out


factor = (1.0 / median).astype(np.float32)


def rank_lean(c):
    g = gene[begin[c]:begin[c + 1]]
    return g[np.argsort(-(value[begin[c]:begin[c + 1]] * factor[g]))[:slots]]


def rank_packed(c):
    """Exact for float32 keys: the bits of a positive float sort as the float does."""
    g = gene[begin[c]:begin[c + 1]]
    bits = (value[begin[c]:begin[c + 1]] * factor[g]).view(np.uint32)
    key = ((0xFFFFFFFF - bits).astype(np.uint64) << np.uint64(32)) | np.arange(len(g), dtype=np.uint64)
    key.sort()
    return g[(key & np.uint64(0xFFFFFFFF)).astype(np.int64)[:slots]]


probabilities = np.linspace(0, 1, 50)
uniform = np.random.default_rng(0)


def bins_published(c):
    """scGPT's work on a dense row: edges, both sides, a draw for every value (0 here, which takes the highest bin)."""
    row = np.zeros(len(median), np.float32)
    row[gene[begin[c]:begin[c + 1]]] = value[begin[c]:begin[c + 1]]
    expressed = row.nonzero()
    v = row[expressed]
    edges = np.quantile(v, probabilities)
    left = np.digitize(v, edges)
    right = np.digitize(v, edges, right=True)
    row[expressed] = np.ceil(uniform.random(len(v)) * 0 * (right - left) + left).astype(np.int64)
    return row[expressed]


def bins_lean(c):
    v = value[begin[c]:begin[c + 1]]
    s = np.sort(v).astype(np.float64)
    at = (len(s) - 1) * probabilities
    low = at.astype(np.int64)
    high = np.minimum(low + 1, len(s) - 1)
    edges = s[low] + (s[high] - s[low]) * (at - low)
    return np.searchsorted(edges, v, side="right").astype(np.int32)


def timed(name, work):
    start = time.process_time()
    out = work()
    print(name, cells / (time.process_time() - start), flush=True)
    np.concatenate(out).astype(np.int32).tofile(folder + "/" + name + ".out")


if scipy is not None:
    timed("rank_published", rank_published)
for way in (rank_arrays, rank_lean, rank_packed, bins_published, bins_lean):
    timed(way.__name__, lambda: [way(c) for c in range(cells)])
