"""Shuffled batches of 64 cells from a .h5ad by Python's readers: prints `name|cells/s|cells/CPU s|peak MB`, a process each.

in: a .h5ad; needs anndata, and scDataset where it is to be measured. Rows are handed over as scipy's csr, never densified.
"""
import os
import resource
import sys
import time
import warnings

import anndata
import numpy as np

warnings.filterwarnings("ignore")
path, batch, seconds = sys.argv[1], 64, 5.0


class Rows:
    """What scDataset asks of a collection: a length, and rows by their sorted numbers."""

    def __init__(self, x, n):
        self.x, self.n = x, n

    def __len__(self):
        return self.n

    def __getitem__(self, rows):
        return self.x[rows]


def anndata_random(x, n):
    """64 random cells at a time, their rows sorted as h5py wants them."""
    rng = np.random.default_rng(1)
    while True:
        order = rng.permutation(n)
        for first in range(0, n - batch + 1, batch):
            yield x[np.sort(order[first:first + batch])]


def sc_dataset(block, fetch):
    def batches(x, n):
        from scdataset import BlockShuffling, scDataset
        while True:
            yield from scDataset(Rows(x, n), BlockShuffling(block_size=block), batch_size=batch, fetch_factor=fetch,
                                 drop_last=True)
    return batches


def measure(name, batches):
    adata = anndata.read_h5ad(path, backed="r")
    cells, done = batches(adata.X, adata.n_obs), 0
    next(cells)
    start, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds:
        done += next(cells).shape[0]
    wall, cpu = time.perf_counter() - start, time.process_time() - used
    print(f"{name}|{done / wall}|{done / cpu}|{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}", flush=True)


for name, batches in [("anndata, backed, random 64", anndata_random), ("scDataset, block 16, fetch 16", sc_dataset(16, 16)),
                      ("scDataset, block 16, fetch 64", sc_dataset(16, 64))]:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            measure(name, batches)
        except ImportError as e:
            print(f"{name}: {e}", file=sys.stderr)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
