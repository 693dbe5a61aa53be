"""The same metrics by cell-eval, for bench_perturbation_bulk: time, times ours, largest difference of each column.

in: a folder with real.bin, predicted.bin (float32), code.bin (int32) and ours.csv, genes, how often, our seconds (float, double)
cell-eval has one thread too. Its clustering agreement is left out; its columns that need differential expression as well.
"""
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = "1"

import logging
import warnings

import anndata as ad
import numpy as np
import pandas as pd
from cell_eval import MetricsEvaluator

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

folder, genes, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ours_float, ours_double = float(sys.argv[4]), float(sys.argv[5])
code = np.fromfile(folder + "/code.bin", np.int32)
names = np.array(["control"] + [f"g{p:04d}" for p in range(1, code.max() + 1)])


def adata(which):
    x = np.fromfile(f"{folder}/{which}.bin", np.float32).reshape(code.size, genes)
    obs = pd.DataFrame({"perturbation": pd.Categorical(names[code])}, index=[f"c{c}" for c in range(code.size)])
    return ad.AnnData(x, obs=obs, var=pd.DataFrame(index=[f"g{g:04d}" for g in range(genes)]))


real, predicted = adata("real"), adata("predicted")
wall, cpu = [], []
for _ in range(times):
    start, busy = time.perf_counter(), time.process_time()
    evaluator = MetricsEvaluator(predicted, real, control_pert="control", pert_col="perturbation", num_threads=1,
                                 outdir=folder + "/cell_eval", skip_de=True)
    results, _ = evaluator.compute(profile="anndata", skip_metrics=["clustering_agreement"], write_csv=False)
    wall.append(time.perf_counter() - start)
    cpu.append(time.process_time() - busy)
median = float(np.median(wall))
print(f"cell-eval  {'its columns without differences':34s} {1e3 * median:9.1f} {1e3 * float(np.median(cpu)):9.1f}"
      f"   x {median / ours_float:.1f} (ours float) x {median / ours_double:.1f} (ours double)")
theirs = results.sort("perturbation")
for line in open(folder + "/ours.csv"):
    name, *values = line.strip().split(",")
    apart = np.abs(np.array(values, float) - theirs[name].to_numpy().astype(float)).max()
    print(f"           {name:34s} differs by at most {apart:.2g}")
