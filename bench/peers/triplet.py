"""Triplets and training steps by torch and numpy for bench_triplet: prints `name wall_s cpu_s what was found`.
   python triplet.py FOLDER mining|steps
   mining: medians; steps: a line for each step

in: a folder with x.bin float32 [cells, dims], label.bin and study.bin int32 [cells], related.bin uint8 [labels, labels]
"""
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
# Fresh pages for every step cost a part of it: kept by these settings, as a user with a tuned allocator has it.
kept = {"MALLOC_MMAP_THRESHOLD_": "17179869184", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "67108864",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "THP_MEM_ALLOC_ENABLE": "1"}
if any(os.environ.get(k) != v for k, v in kept.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **kept})  # read by the allocator as a process starts
import itertools
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
folder, wanted = sys.argv[1:3]
label = np.fromfile(f"{folder}/label.bin", np.int32)
study = np.fromfile(f"{folder}/study.bin", np.int32)
x = np.fromfile(f"{folder}/x.bin", np.float32).reshape(len(label), -1)
related = np.fromfile(f"{folder}/related.bin", np.uint8)
related = related.reshape(int(len(related) ** 0.5), -1) != 0
np.fill_diagonal(related, True)
MARGIN = 0.05
rng = np.random.default_rng(0)
torch.manual_seed(0)


def squared_distances(v):
    """As SCimilarity has them."""
    own = (v * v).sum(1)
    return own[:, None] + own[None, :] - 2 * (v @ v.T)


def pairs_of(l):
    cells = np.flatnonzero(label == l)
    return [(a, p) for a, p in itertools.combinations(cells, 2) if study[a] != study[p]], np.flatnonzero(~related[l, label])


def pair_by_pair():
    """Every pair of a label by itself: its losses, the semi-hard ones of them, one of these (the form of the original)."""
    apart, found, hard = squared_distances(x), 0, 0
    for l in np.unique(label):
        pairs, others = pairs_of(l)
        for a, p in pairs:
            loss = apart[a, p] - apart[a, others] + np.float32(MARGIN)
            hard += int((loss > 0).sum())
            semi = np.flatnonzero((loss > 0) & (loss < MARGIN))
            if len(semi):
                found += others[rng.choice(semi)] >= 0
    return f"{found} triplets, {hard} hard"


pairs_by_label = [(torch.tensor(pairs, dtype=torch.long), torch.from_numpy(others))
                  for pairs, others in map(pairs_of, np.unique(label)) if len(pairs)]
x_torch = torch.from_numpy(x)


def in_matrices():
    """All pairs of a label at once; pairs and negatives are found before, and cost nothing here."""
    own = (x_torch * x_torch).sum(1)
    apart = own[:, None] + own[None, :] - 2 * (x_torch @ x_torch.T)
    found, hard = [], 0
    for pairs, others in pairs_by_label:
        a, p = pairs[:, 0], pairs[:, 1]
        loss = apart[a, p][:, None] - apart[a][:, others] + MARGIN
        hard += int((loss > 0).sum())
        semi = (loss > 0) & (loss < MARGIN)
        some = semi.any(1)
        which = torch.multinomial(semi[some].float(), 1)[:, 0] if bool(some.any()) else torch.zeros(0, dtype=torch.long)
        found.append(torch.stack([a[some], p[some], others[which]]))
    return torch.cat(found, 1), hard


triplets, _ = in_matrices()


def block(n_in, n_out, drop):
    return [torch.nn.Dropout(drop), torch.nn.Linear(n_in, n_out), torch.nn.BatchNorm1d(n_out), torch.nn.PReLU()]


encoder = torch.nn.Sequential(*block(2000, 1024, 0.4), *block(1024, 1024, 0.5), *block(1024, 1024, 0.5),
                              torch.nn.Linear(1024, x.shape[1]))
optimiser = torch.optim.AdamW(encoder.parameters(), lr=1e-3, fused=True)
counts = torch.relu(torch.randn(len(label), 2000) - 1)


def step():
    z = F.normalize(encoder(counts))
    loss = F.triplet_margin_loss(z[triplets[0]], z[triplets[1]], z[triplets[2]], margin=MARGIN)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return "no mining"


def step_medium():
    """float32 whose products torch may do in bf16 where the processor has it."""
    torch.set_float32_matmul_precision("medium")
    said = step()
    torch.set_float32_matmul_precision("highest")
    return said


def step_autocast():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        z = F.normalize(encoder(counts).float())
    loss = F.triplet_margin_loss(z[triplets[0]], z[triplets[1]], z[triplets[2]], margin=MARGIN)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return "no mining"


def loss_and_gradient():
    z = x_torch.clone().requires_grad_()
    loss = F.triplet_margin_loss(z[triplets[0]], z[triplets[1]], z[triplets[2]], margin=MARGIN)
    loss.backward()
    return f"mean {float(loss.detach()):.6f}"


def mined():
    found, hard = in_matrices()
    return f"{found.shape[1]} triplets, {hard} hard"


if wanted == "steps":
    ways = (("torch_step", step), ("torch_step_medium", step_medium), ("torch_step_autocast_bf16", step_autocast))
    for name, run in ways:  # the first of each allocates
        run()
    for _ in range(3):
        for name, run in ways:
            w, c = time.perf_counter(), time.process_time()
            said = run()
            print(name, time.perf_counter() - w, time.process_time() - c, said, flush=True)
    sys.exit()
for name, run, times in (("numpy_pair_by_pair", pair_by_pair, 3), ("torch_in_matrices", mined, 11),
                         ("torch_loss_and_gradient", loss_and_gradient, 11)):
    wall, cpu, said = [], [], run()
    for _ in range(times):
        w, c = time.perf_counter(), time.process_time()
        said = run()
        wall.append(time.perf_counter() - w)
        cpu.append(time.process_time() - c)
    print(name, statistics.median(wall), statistics.median(cpu), said, flush=True)
