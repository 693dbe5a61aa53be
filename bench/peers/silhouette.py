"""Silhouettes by scikit-learn and scib-metrics for bench_silhouette: prints `name threads wall_s cpu_s mean`, medians.

in: a folder with cells.bin (float32) and label.bin (int32), the number of dims
"""
import os
import sys

threads = 1
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
import statistics
import time

import numpy as np

folder, dims = sys.argv[1], int(sys.argv[2])
cells = np.fromfile(folder + "/cells.bin", np.float32).reshape(-1, dims)
label = np.fromfile(folder + "/label.bin", np.int32)


def timed(name, times, f):
    wall, cpu = [], []
    for _ in range(times):
        w, c = time.perf_counter(), time.process_time()
        s = f()
        wall.append(time.perf_counter() - w)
        cpu.append(time.process_time() - c)
    print(name, threads, statistics.median(wall), statistics.median(cpu), float(np.mean(s)), flush=True)


times = 3 if len(label) <= 20000 else 1
try:
    from sklearn.metrics import silhouette_samples
    double = cells.astype(np.float64)
    timed("sklearn_f64", times, lambda: silhouette_samples(double, label))
    timed("sklearn_f32", times, lambda: silhouette_samples(cells, label))
except ImportError:
    pass
try:
    from scib_metrics.utils import silhouette_samples as by_scib
    by_scib(cells[:1000], label[:1000])
    timed("scib_metrics", times, lambda: by_scib(cells, label))
except ImportError:
    pass
