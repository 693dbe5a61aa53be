"""The same families in Python, on the same cells, genes and parts as bench/families.cpp: scanpy's PCA, and twins of the small models in
PyTorch; probes of scikit-learn. Runs bench_families first, which prints ours.

    python bench/peers/families.py build/release/bin/bench_families FILE LABEL [STUDY|-] [SEEDS] [STEPS]
"""
import math
import os
import subprocess
import sys
import tempfile
import warnings

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import anndata
import numpy as np
import scanpy as sc
import scipy.sparse as sp
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from torch import nn

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_float32_matmul_precision("medium")

folder = tempfile.mkdtemp(prefix="tepui_families_")
said = subprocess.run(sys.argv[1:], env={**os.environ, "TEPUI_FAMILIES": folder}, check=True, capture_output=True, text=True).stdout
print(said, end="", flush=True)


def numbers(name, kind):
    return np.fromfile(f"{folder}/{name}.bin", kind)


n_cells, n_genes, n_labels, steps, n_studies = (int(v) for v in numbers("shape", np.int64))
counts = sp.csr_matrix((numbers("value", np.float32), numbers("gene", np.int32), numbers("begin", np.int64)), shape=(n_cells, n_genes))
label, study = numbers("label", np.int32), numbers("study", np.int32)
logs = counts.copy().astype(np.float64)
total = np.asarray(logs.sum(1)).ravel()
logs = sp.diags(np.divide(1e4, total, out=np.zeros_like(total), where=total > 0)) @ logs
logs.data = np.log1p(logs.data)
logs = logs.tocsr().astype(np.float32)


def rate_at(step, highest, warm_up):
    if step < warm_up:
        return highest * (step + 1) / warm_up
    way = (step - warm_up) / max(1, steps - warm_up)
    return highest * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * way)))


def learn(model, loss, rows, x, batch, rng, decay=0.01, epsilon=1e-8, clip=1.0):
    """AdamW on weights that multiply with decay; the rate goes up over 20 steps and down a cosine to a tenth."""
    heavy = [p for p in model.parameters() if p.ndim > 1]
    light = [p for p in model.parameters() if p.ndim <= 1]
    how = torch.optim.AdamW([{"params": heavy, "weight_decay": decay}, {"params": light, "weight_decay": 0}], lr=1e-3, eps=epsilon)
    model.train()
    order, at = rng.permutation(rows), 0
    for step in range(steps):
        if at + batch > len(order):
            order, at = rng.permutation(rows), 0
        cells = order[at:at + batch]
        at += batch
        for group in how.param_groups:
            group["lr"] = rate_at(step, 3e-3, 20)
        how.zero_grad()
        loss(model, torch.from_numpy(x[cells].toarray()), cells, step).backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        how.step()
    model.eval()


def embed(encode, rows, x):
    with torch.no_grad():
        return np.concatenate([encode(torch.from_numpy(x[rows[i:i + 512]].toarray())).numpy() for i in range(0, len(rows), 512)])


class scvi(nn.Module):
    def __init__(self, hidden=64, latent=10):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_genes, hidden), nn.BatchNorm1d(hidden, 1e-3, 0.01), nn.ReLU(), nn.Dropout(0.1))
        self.mean, self.log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.BatchNorm1d(hidden, 1e-3, 0.01), nn.ReLU())
        self.scale = nn.Linear(hidden, n_genes)
        self.log_dispersion = nn.Parameter(torch.randn(n_genes))

    def encode(self, x):
        return self.mean(self.encoder(torch.log1p(x)))


def scvi_loss(m, x, cells, step):
    h = m.encoder(torch.log1p(x))
    mean, variance = m.mean(h), m.log_variance(h).exp() + 1e-4
    z = mean + variance.sqrt() * torch.randn_like(mean)
    mu = torch.softmax(m.scale(m.decoder(z)), -1) * x.sum(1, keepdim=True)
    theta = m.log_dispersion.exp()
    both = torch.log(theta + mu + 1e-8)
    log_p = (theta * (torch.log(theta + 1e-8) - both) + x * (torch.log(mu + 1e-8) - both) + torch.lgamma(x + theta)
             - torch.lgamma(theta) - torch.lgamma(x + 1))
    divergence = 0.5 * (variance + mean * mean - 1 - variance.log()).sum(1)
    return (min(1.0, step / max(1, steps // 2)) * divergence - log_p.sum(1)).mean()


class autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(n_genes, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 64))
        self.decode = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, n_genes))


def hidden_genes_loss(m, x, cells, step):
    hidden = torch.rand_like(x) < 0.5
    off = (m.decode(m.encode(x * ~hidden)) - x)[hidden]
    return (off * off).mean()


class perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(n_genes, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.1), nn.Linear(256, 64))
        self.say = nn.Linear(64, n_labels)


def label_loss(m, x, cells, step):
    return F.cross_entropy(m.say(m.encode(x)), torch.from_numpy(label[cells]).long())


class similarity(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Dropout(0.1), nn.Linear(n_genes, 64), nn.BatchNorm1d(64), nn.PReLU(), nn.Dropout(0.1),
                                    nn.Linear(64, 64), nn.BatchNorm1d(64), nn.PReLU(), nn.Linear(64, 16))
        self.decode = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.PReLU(), nn.Dropout(0.1), nn.Linear(64, 64),
                                    nn.BatchNorm1d(64), nn.PReLU(), nn.Linear(64, n_genes))

    def encode(self, x):
        return F.normalize(self.layers(x), dim=1)


def triplet_loss(m, x, cells, step, margin=0.2):
    z = m.encode(x)
    l, s = torch.from_numpy(label[cells]), torch.from_numpy(study[cells])
    with torch.no_grad():
        apart = torch.cdist(z, z).square()
        pairs = (l[:, None] == l[None, :]) & (l[:, None] >= 0) & torch.ones(len(l), len(l), dtype=torch.bool).triu(1)
        if n_studies > 1:
            pairs &= s[:, None] != s[None, :]
        a, p = pairs.nonzero(as_tuple=True)
        loss = apart[a, p][:, None] - apart[a] + margin
        semi = (loss > 0) & (loss < margin) & (l[None, :] != l[a][:, None]) & (l[None, :] >= 0)
        kept = semi.any(1)
        n = torch.where(semi, torch.rand(semi.shape), torch.tensor(-1.0)).argmax(1)
    pull = F.triplet_margin_loss(z[a[kept]], z[p[kept]], z[n[kept]], margin=margin) if kept.any() else z.sum() * 0
    return 0.1 * pull + 0.9 * F.mse_loss(m.decode(z), x)


def pca(corpus, probe, test):
    data = anndata.AnnData(logs[corpus].copy())
    sc.pp.highly_variable_genes(data, n_top_genes=min(1000, n_genes), flavor="seurat")
    which = data.var.highly_variable.to_numpy()
    data = data[:, which].copy()
    sc.pp.pca(data, n_comps=50, zero_center=True)
    mean = np.asarray(data.X.mean(0)).ravel()
    return [np.asarray(logs[rows][:, which] @ data.varm["PCs"]) - mean @ data.varm["PCs"] for rows in (probe, test)]


for seed in range(int(sys.argv[5]) if len(sys.argv) > 5 else 3):
    corpus, probe, test = (numbers(f"{seed}_{p}", np.int64) for p in ("corpus", "probe", "test"))

    def score(family, seen, fresh):
        scale = StandardScaler().fit(seen)
        knn = KNeighborsClassifier(5).fit(seen, label[probe]).score(fresh, label[test])
        line = LogisticRegression(max_iter=2000).fit(scale.transform(seen), label[probe]).score(scale.transform(fresh), label[test])
        print(f"peer {family:20s} seed {seed}   kNN {knn:.4f}   logistic {line:.4f}", flush=True)

    score("pca", *pca(corpus, probe, test))
    for family, make, loss, x, batch, how in (
            ("scvi", scvi, scvi_loss, counts, 128, {"decay": 1e-6, "epsilon": 0.01, "clip": 0}),
            ("masked_autoencoder", autoencoder, hidden_genes_loss, logs, 128, {}),
            ("scimilarity", similarity, triplet_loss, logs, 256, {}),
            ("supervised_mlp", perceptron, label_loss, logs, 128, {})):
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        learned = rng.permutation(corpus)[len(corpus) // 20:]  # the twentieth that ours holds out for its own validation
        model = make()
        learn(model, loss, learned, x, min(batch, len(learned)), rng, **how)
        score(family, embed(model.encode, probe, x), embed(model.encode, test, x))
