"""The probes of scikit-learn on the cells of bench_probe, one thread: seconds of the process and each objective, beside ours.
   python probe.py PATH/bench_probe [--logistic: only logistic regressions] [--saga: minutes]
"""
import os
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.svm import LinearSVC

rng = np.random.default_rng(1)


def cells(n, dims, types, apart):
    """Types of unequal size that overlap, the more the smaller `apart`."""
    share = 0.8 ** np.arange(types)
    y = rng.choice(types, n, p=share / share.sum()).astype(np.int32)
    return (apart * rng.normal(size=(types, dims))[y] + rng.normal(size=(n, dims))).astype(np.float32), y


types = 20
x, y = cells(20_000, 50, types, 0.5)
wide = x.astype(np.float64)
few_shapes = {"20,000 cells x 50 dims, 2 types": cells(20_000, 50, 2, 0.2), "5,000 cells x 500 dims, 10 types": cells(5_000, 500, 10, 0.15)}


def timed(f, times=3):
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds.append(time.process_time() - start)
    return sorted(seconds)[times // 2], out


def cross_entropy(model, x, y):
    return -np.log(model.predict_proba(x)[np.arange(len(y)), y]).sum()


def logistics(x, y):
    """Seconds and objective at its default tolerance and at a tight one."""
    out = {}
    for name, tol in (("logistic", 1e-6), ("logistic_tolerance_1e-4", 1e-4)):
        s, m = timed(lambda: LogisticRegression(C=1, tol=tol, max_iter=5000).fit(x, y), 7)
        out[name] = s, cross_entropy(m, x, y) + 0.5 * (m.coef_**2).sum()
    return out


def ours(x, y, *options):
    with tempfile.TemporaryDirectory() as folder:
        x.tofile(folder + "/x.bin")
        y.tofile(folder + "/label.bin")
        lines = subprocess.run([sys.argv[1], folder, *options], capture_output=True, text=True, check=True).stdout.splitlines()
    return [(line.split()[0], float(line.split()[1]), float(line.split()[2]), line) for line in lines]


def compare_logistics(of_ours, of_theirs):
    """Each of their fits beside the fastest of ours that is at least as low, to a millionth."""
    for name, (seconds, value) in of_theirs.items():
        low = [(s, v, n) for n, s, v, _ in of_ours if n.startswith("logistic") and v <= value * (1 + 1e-6)]
        if low:
            s, v, n = min(low)
            print(f"  scikit-learn's {name}: {seconds:.4f} s, {value:.10g}; as low: {n} {s:.4f} s, {v:.10g}: {seconds / s:.1f} x")
        else:
            print(f"  scikit-learn's {name}: {seconds:.4f} s, {value:.10g}; none of ours is as low")


for name, (few_x, few_y) in few_shapes.items():
    print(name)
    fitted = ours(few_x, few_y, "logistic")
    for line in fitted:
        print("  " + line[3])
    compare_logistics(fitted, logistics(few_x.astype(np.float64), few_y))
if "--logistic" in sys.argv:
    few = ours(x, y, "logistic")
    print("20,000 cells x 50 dims, 20 types", *[line[3] for line in few], sep="\n  ")
    compare_logistics(few, logistics(wide, y))
    sys.exit()

print("20,000 cells x 50 dims, 20 types")
peers = logistics(wide, y)
if "--saga" in sys.argv:  # minutes
    s, m = timed(lambda: LogisticRegression(penalty="l1", solver="saga", C=1, tol=1e-4, max_iter=200).fit(wide, y), 1)
    peers["sparse_logistic"] = s, cross_entropy(m, wide, y) + np.abs(m.coef_).sum()
s, m = timed(lambda: LinearSVC(C=1, dual=False).fit(wide, y), 1)
objective = 0
for k in range(types):
    side = np.where(y == k, 1, -1)
    short = np.maximum(0, 1 - side * (wide @ m.coef_[k] + m.intercept_[k]))
    objective += 0.5 * (m.coef_[k] @ m.coef_[k] + m.intercept_[k] ** 2) + (short**2).sum()
peers["linear_svm"] = s, objective
p = LogisticRegression(C=1, tol=1e-6, max_iter=5000).fit(wide, y).predict_proba(wide)
one_hot = np.eye(types)[y]
s, _ = timed(lambda: (roc_auc_score(y, p, multi_class="ovr"), average_precision_score(one_hot, p)))
peers["auroc_and_auprc"] = s, roc_auc_score(y, p, multi_class="ovr")

fitted = ours(x, y)
for name, seconds, _, line in fitted:
    beside = "" if name not in peers else f"   scikit-learn {peers[name][0]:.3f} s, {peers[name][1]:.9g}: {peers[name][0] / seconds:.1f} x"
    print("  " + line + beside)
compare_logistics(fitted, {name: of for name, of in peers.items() if name.startswith("logistic")})
