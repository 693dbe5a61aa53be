"""The probes of scikit-learn on the cells of bench_probe, one thread: seconds of the process and each objective, beside ours.
   python probe.py PATH/bench_probe
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
n, dims, types = 20_000, 50, 20
share = 0.8 ** np.arange(types)
y = rng.choice(types, n, p=share / share.sum()).astype(np.int32)
x = (0.5 * rng.normal(size=(types, dims))[y] + rng.normal(size=(n, dims))).astype(np.float32)
wide = x.astype(np.float64)


def timed(f, times=3):
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = f()
        seconds.append(time.process_time() - start)
    return sorted(seconds)[times // 2], out


def cross_entropy(model):
    return -np.log(model.predict_proba(wide)[np.arange(n), y]).sum()


peers = {}
for name, tol in (("logistic", 1e-6), ("logistic_tolerance_1e-4", 1e-4)):
    s, m = timed(lambda: LogisticRegression(C=1, tol=tol, max_iter=5000).fit(wide, y))
    peers[name] = s, cross_entropy(m) + 0.5 * (m.coef_**2).sum()
if "--saga" in sys.argv:  # minutes
    s, m = timed(lambda: LogisticRegression(penalty="l1", solver="saga", C=1, tol=1e-4, max_iter=200).fit(wide, y), 1)
    peers["sparse_logistic"] = s, cross_entropy(m) + np.abs(m.coef_).sum()
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

with tempfile.TemporaryDirectory() as folder:
    x.tofile(folder + "/x.bin")
    y.tofile(folder + "/label.bin")
    ours = subprocess.run([sys.argv[1], folder], capture_output=True, text=True, check=True).stdout
for line in ours.splitlines():
    name, s, value = line.split()[:3]
    beside = "" if name not in peers else f"   scikit-learn {peers[name][0]:.3f} s, {peers[name][1]:.9g}: {peers[name][0] / float(s):.1f} x"
    print(line + beside)
