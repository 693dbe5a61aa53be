"""Differential expression of perturbed cells beside pdex, scanpy and cell-eval, in one run and with one thread.

python de.py BENCH_DE FOLDER [ROUNDS]   cells are drawn into FOLDER: 1,000 control cells, 100 perturbations of 100, 2,000 genes
Prints seconds of processor time, as medians of rounds that take turns, ratios, and the peers' wall time beside them.
"""
import os
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = "1"

import logging
import warnings

import anndata as ad
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def cells(seed, code, genes):
    rng = np.random.default_rng(seed)
    base = rng.gamma(0.6, 1.5, genes) * 0.5
    fold = np.ones((code.max() + 1, genes))
    for p in range(1, code.max() + 1):
        moved = np.random.default_rng(p).choice(genes, genes // 20, replace=False)
        fold[p, moved] = np.exp(np.random.default_rng(1000 + p).normal(0, 0.8, moved.size))
    depth = rng.gamma(8, 1 / 8, code.size)
    counts = rng.poisson(base[None, :] * fold[code] * depth[:, None])
    total = counts.sum(1, keepdims=True)
    return np.log1p(counts / np.maximum(total, 1) * np.median(total)).astype(np.float32)


def main():
    bench, folder = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    genes, n_control, n_each, n_perts = 2000, 1000, 100, 100
    code = np.concatenate([np.zeros(n_control, np.int32), np.repeat(np.arange(1, n_perts + 1, dtype=np.int32), n_each)])
    os.makedirs(folder, exist_ok=True)
    real, predicted = cells(1, code, genes), cells(2, code, genes)
    real.tofile(f"{folder}/real.bin")
    predicted.tofile(f"{folder}/predicted.bin")
    code.tofile(f"{folder}/code.bin")
    print(f"{code.size} cells, {genes} genes, {n_perts} perturbations, {np.mean(real == 0):.2f} zeros")

    from cell_eval import MetricsEvaluator
    import scanpy as sc
    from pdex import pdex

    names = np.array(["control"] + [f"P{p:03d}" for p in range(1, n_perts + 1)])
    var = pd.DataFrame(index=[f"g{g:04d}" for g in range(genes)])

    def adata(x):
        obs = pd.DataFrame({"perturbation": pd.Categorical(names[code])}, index=[f"c{c}" for c in range(code.size)])
        return ad.AnnData(x, obs=obs, var=var)

    a, b = adata(real), adata(predicted)

    def run_pdex():
        return pdex(a, groupby="perturbation", mode="ref", reference="control", threads=1, is_log1p=True)

    def run_scanpy():
        sc.tl.rank_genes_groups(a.copy(), "perturbation", reference="control", method="wilcoxon", tie_correct=True)

    def run_cell_eval():
        evaluator = MetricsEvaluator(b, a, control_pert="control", pert_col="perturbation", num_threads=1, outdir=f"{folder}/cell_eval")
        return evaluator.compute(profile="de", write_csv=False)

    ours, peers, wall = {}, {"pdex": [], "scanpy": [], "cell-eval": []}, {"pdex": [], "scanpy": [], "cell-eval": []}
    table = run_pdex()  # compiles
    for _ in range(rounds):
        for name, call in (("pdex", run_pdex), ("scanpy", run_scanpy), ("cell-eval", run_cell_eval)):
            text = subprocess.run([bench, folder, str(code.size), str(genes), str(n_perts + 1)], check=True, capture_output=True, text=True).stdout
            for line in text.splitlines():
                ours.setdefault(line.split()[0], []).append(float(line.split()[1]))
            start, begun = time.process_time(), time.perf_counter()
            try:
                call()
            except Exception as wrong:
                print(name, "failed:", str(wrong)[:300])
                continue
            peers[name].append(time.process_time() - start)
            wall[name].append(time.perf_counter() - begun)

    p = np.fromfile(f"{folder}/p.bin").reshape(n_perts + 1, genes)[1:]
    u = np.fromfile(f"{folder}/u.bin").reshape(n_perts + 1, genes)[1:]
    frame = table.to_pandas().sort_values(["target", "feature"]) if hasattr(table, "to_pandas") else table.sort_values(["target", "feature"])
    frame = frame[frame["target"].astype(str) != "control"]
    theirs = frame["p_value"].to_numpy().reshape(n_perts, genes)
    known = ~np.isnan(p) & ~np.isnan(theirs)
    print("U equal:", bool(np.array_equal(u, frame["statistic"].to_numpy().reshape(n_perts, genes))),
          " p, largest relative difference:", float(np.max(np.abs(p - theirs)[known] / np.maximum(theirs[known], 1e-300))))
    middle = {name: float(np.median(v)) for name, v in {**ours, **peers}.items() if v}
    for name, seconds in middle.items():
        print(f"{name:14s} {seconds:.4f} s" + (f" (wall {np.median(wall[name]):.1f} s)" if name in wall else ""))
    for name, of in (("pdex", "de_table"), ("scanpy", "de_table"), ("cell-eval", "de_scores")):
        if name in middle:
            print(f"{name} / {of}: {middle[name] / middle[of]:.1f}")


main()
