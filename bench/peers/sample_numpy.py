"""The same choices by numpy, for bench_sample: prints `name milliseconds_wall milliseconds_cpu`, medians.

in: a folder with label.bin (int32) and weight.bin (float64), the share, how often
"""
import sys
import time

import numpy as np

folder, share, times = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
label = np.fromfile(folder + "/label.bin", np.int32)
weight = np.fromfile(folder + "/weight.bin", np.float64)
n = len(label)
random = np.random.default_rng(1)


def uniform_published():
    """What pandas' sample does: a whole permutation."""
    return np.sort(np.random.RandomState(1).permutation(n)[:round(share * n)])


def uniform():
    return np.sort(random.choice(n, round(share * n), replace=False, shuffle=False))


def levels(cells, target):
    """Water filling."""
    keep = np.minimum(cells, 0)
    live = cells > 0
    while live.any():
        level = target // live.sum()
        below = live & (cells < level)
        if not below.any():
            keep[live] = level
            break
        keep[below] = cells[below]
        target -= cells[below].sum()
        live &= ~below
    return keep


def reweighted():
    """Rows grouped by one stable sort, then a permutation of each type that is cut."""
    cells = np.bincount(label)
    keep = levels(cells, int(share * n))
    order = np.argsort(label, kind="stable")
    begin = np.concatenate([[0], np.cumsum(cells)])
    chosen = [order[begin[t]:begin[t + 1]] if keep[t] == cells[t] else
              random.choice(order[begin[t]:begin[t + 1]], keep[t], replace=False, shuffle=False) for t in range(len(cells))]
    return np.sort(np.concatenate(chosen))


def reweighted_keys():
    """One lot a cell, and the smallest of each type that is cut by a partial sort."""
    cells = np.bincount(label)
    keep = levels(cells, int(share * n))
    order = np.argsort(label.astype(np.int16), kind="stable")
    lot = random.random(n, dtype=np.float32)[order]
    begin = np.concatenate([[0], np.cumsum(cells)])
    chosen = []
    for t in range(len(cells)):
        rows = order[begin[t]:begin[t + 1]]
        if 0 < keep[t] < cells[t]:
            rows = rows[np.argpartition(lot[begin[t]:begin[t + 1]], keep[t] - 1)[:keep[t]]]
        chosen.append(rows[:keep[t]])
    return np.sort(np.concatenate(chosen))


def reweighted_draws():
    """Only as many draws as cells are chosen: a choice without replacement of places within each type."""
    cells = np.bincount(label)
    keep = levels(cells, int(share * n))
    order = np.argsort(label.astype(np.int16), kind="stable")
    begin = np.concatenate([[0], np.cumsum(cells)])
    chosen = [order[begin[t] + random.choice(cells[t], keep[t], replace=False, shuffle=False)] for t in range(len(cells))]
    return np.concatenate(chosen)


def weighted():
    """numpy's own."""
    return np.sort(random.choice(n, round(share * n), replace=False, p=weight / weight.sum(), shuffle=False))


def weighted_keys():
    """Waits, and a partial sort."""
    k = round(share * n)
    return np.sort(np.argpartition(random.standard_exponential(n) / weight, k - 1)[:k])


for way in (uniform, uniform_published, reweighted, reweighted_keys, reweighted_draws, weighted, weighted_keys):
    wall, cpu = [], []
    way()
    for _ in range(times):
        w, c = time.perf_counter(), time.process_time()
        rows = way()
        wall.append(time.perf_counter() - w)
        cpu.append(time.process_time() - c)
    print(way.__name__, 1e3 * np.median(wall), 1e3 * np.median(cpu), len(rows), flush=True)
