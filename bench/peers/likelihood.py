"""Log-likelihoods of counts and their slopes by torch for bench_likelihood: prints `name wall_s cpu_s log_likelihood`, medians.

in: a folder with counts.bin, mean.bin, logit.bin [cells, genes] and dispersion.bin [genes], float32
"""
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
folder = sys.argv[1]


def read(name):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}.bin", np.float32))


dispersion = read("dispersion")
counts, mean, logit = (read(name).reshape(-1, len(dispersion)) for name in ("counts", "mean", "logit"))
log_mean, log_dispersion = mean.log().requires_grad_(), dispersion.log().requires_grad_()
logit.requires_grad_()


def negative_binomial():
    mu, theta = log_mean.exp(), log_dispersion.exp()
    both = torch.log(theta + mu)
    return (theta * (log_dispersion - both) + counts * (log_mean - both)
            + torch.lgamma(counts + theta) - torch.lgamma(theta) - torch.lgamma(counts + 1)).sum()


def zero_inflated():
    mu, theta = log_mean.exp(), log_dispersion.exp()
    both = torch.log(theta + mu)
    kept = theta * (log_dispersion - both) - logit
    of_zero = F.softplus(kept) - F.softplus(-logit)
    of_count = (kept - F.softplus(-logit) + counts * (log_mean - both)
                + torch.lgamma(counts + theta) - torch.lgamma(theta) - torch.lgamma(counts + 1))
    return torch.where(counts == 0, of_zero, of_count).sum()


for name, law in (("torch_negative_binomial", negative_binomial), ("torch_zero_inflated", zero_inflated)):
    wall, cpu = [], []
    for _ in range(30):
        w, c = time.perf_counter(), time.process_time()
        value = law()
        value.backward()
        wall.append(time.perf_counter() - w)
        cpu.append(time.process_time() - c)
        log_mean.grad = log_dispersion.grad = logit.grad = None
    print(name, statistics.median(wall), statistics.median(cpu), float(value.detach()), flush=True)
