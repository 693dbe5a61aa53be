"""The same families in Python, on the same cells, genes and parts as bench/families.cpp: scanpy's PCA, and twins of the small models in
PyTorch, and scvi-tools where it is installed; probes of scikit-learn. Runs bench_families first, which prints ours.

    python bench/peers/families.py build/release/bin/bench_families FILE LABEL [STUDY|-] [SEEDS] [STEPS]
"""
import functools
import logging
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

sys.path.pop(0)  # this folder has a scvi.py of its own
try:
    import scvi as tools
except ImportError:
    tools = None
    print("scvi-tools is not installed: its own model is left out", flush=True)

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
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


def dense(x, cells):
    return torch.from_numpy(x[cells].toarray() if sp.issparse(x) else x[cells])


def learn(model, loss, rows, x, batch, rng, decay=0.01, epsilon=1e-8, clip=1.0, warm_up=20):
    """AdamW, with decay on matrices that multiply; the rate goes up over the warm-up and down a cosine to a tenth. Where x is a function
    of random numbers, it is drawn anew in every epoch."""
    tables = {m.weight for m in model.modules() if isinstance(m, nn.Embedding)}
    heavy = [p for p in model.parameters() if p.ndim > 1 and p not in tables]
    light = [p for p in model.parameters() if p.ndim <= 1 or p in tables]
    how = torch.optim.AdamW([{"params": heavy, "weight_decay": decay}, {"params": light, "weight_decay": 0}], lr=1e-3, eps=epsilon)
    model.train()
    order, at, draw = rng.permutation(rows), 0, x
    x = draw(rng) if callable(draw) else x
    for step in range(steps):
        if at + batch > len(order):
            order, at = rng.permutation(rows), 0
            x = draw(rng) if callable(draw) else x
        cells = order[at:at + batch]
        at += batch
        for group in how.param_groups:
            group["lr"] = rate_at(step, 3e-3, warm_up)
        how.zero_grad()
        loss(model, dense(x, cells), cells, step).backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        how.step()
    model.eval()


def embed(encode, rows, x):
    with torch.no_grad():
        return np.concatenate([encode(dense(x, rows[i:i + 512])).numpy() for i in range(0, len(rows), 512)])


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


def ranked(corpus, slots=128):
    """Each cell's genes by level / median level of the corpus, the highest first; -1 behind the last."""
    each = logs.copy()
    each.data = np.expm1(each.data)
    columns = each[corpus].tocsc()
    usual = np.array([np.median(v) if len(v) else 1.0 for v in np.split(columns.data, columns.indptr[1:-1])])
    tokens = np.full((n_cells, slots), -1, np.int64)
    for c in range(n_cells):
        gene, level = each[c].indices, each[c].data / usual[each[c].indices]
        first = gene[np.lexsort((gene, -level))][:slots]
        tokens[c, :len(first)] = first
    return tokens


def variable(corpus):
    """Which genes are the 1,000 most variable of the corpus."""
    data = anndata.AnnData(logs[corpus].copy())
    sc.pp.highly_variable_genes(data, n_top_genes=min(1000, n_genes), flavor="seurat")
    return data.var.highly_variable.to_numpy()


def binned(few, rng, slots=127, bins=51):
    """<cls> and the cell's expressed genes of a few at random [cells, slots + 1, 2]: gene (-1: none; <cls> is n_genes), bin of the cell's
    levels."""
    tokens = np.full((n_cells, slots + 1, 2), -1, np.int64)
    tokens[:, 0] = n_genes, 0
    for c in range(n_cells):
        gene, value = few[c].indices, few[c].data
        if len(gene):
            level = np.digitize(value, np.quantile(value, np.linspace(0, 1, bins - 1)))
            some = rng.permutation(len(gene))[:slots]
            tokens[c, 1:1 + len(some)] = np.stack([gene[some], level[some]], -1)
    return tokens


class transformer(nn.Module):
    """2 layers, 64 dims, 4 heads, norms in front."""

    def __init__(self, second_table, spread):
        super().__init__()
        self.gene, self.second = nn.Embedding(n_genes + 2, 64), nn.Embedding(second_table, 64)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(64, 4, 128, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(2))
        self.last = nn.LayerNorm(64)
        for table in (self.gene, self.second):
            nn.init.normal_(table.weight, std=spread)
        for block in self.blocks:
            nn.init.uniform_(block.self_attn.in_proj_weight, -1 / 8, 1 / 8)

    def states(self, gene, second, none):
        h = self.gene(gene.clamp(min=0)) + self.second(second)
        for block in self.blocks:
            h = block(h, src_key_padding_mask=none)
        return self.last(h)


class geneformer_like(transformer):
    def __init__(self):
        super().__init__(128, spread=0.02)
        self.bias = nn.Parameter(torch.zeros(n_genes))

    def encode(self, x):
        none = x < 0
        h = self.states(x, torch.arange(x.shape[1])[None], none)
        return (h * ~none[..., None]).sum(1) / (~none).sum(1, keepdim=True).clamp(min=1)


def masked_genes_loss(m, x, cells, step):
    none = x < 0
    asked = (torch.rand(x.shape) < 0.15) & ~none
    how = torch.rand(x.shape)
    other = torch.where(asked & (how >= 0.8) & (how < 0.9), torch.randint(n_genes, x.shape), x)
    seen = torch.where(asked & (how < 0.8), n_genes + 1, other)
    h = m.states(seen, torch.arange(x.shape[1])[None], none)[asked]
    return F.cross_entropy(h @ m.gene.weight[:n_genes].T + m.bias, x[asked])


class scgpt_like(transformer):
    def __init__(self):
        super().__init__(52, spread=1)
        self.guess = nn.Sequential(nn.Linear(64, 64), nn.LeakyReLU(), nn.Linear(64, 64), nn.LeakyReLU(), nn.Linear(64, 1))
        self.query, self.cell = nn.Linear(64, 64), nn.Linear(64, 64, bias=False)

    def encode(self, x):
        return self.states(x[..., 0], x[..., 1].clamp(min=0), x[..., 0] < 0)[:, 0]


def hidden_bins_loss(m, x, cells, step):
    gene, level = x[..., 0], x[..., 1].clamp(min=0)
    asked = (torch.rand(gene.shape) < 0.4) & (gene >= 0) & (gene < n_genes)
    h = m.states(gene, torch.where(asked, 51, level), gene < 0)
    answer = level[asked].float()
    of_cell = m.cell(h[:, 0])[asked.nonzero()[:, 0]]
    second = (torch.sigmoid(m.query(m.gene(gene[asked]))) * of_cell).sum(1)
    return F.mse_loss(m.guess(h[asked])[:, 0], answer) + F.mse_loss(second, answer)


def pca(which, corpus, probe, test):
    data = anndata.AnnData(logs[corpus][:, which].copy())
    sc.pp.pca(data, n_comps=50, zero_center=True)
    mean = np.asarray(data.X.mean(0)).ravel()
    return [np.asarray(logs[rows][:, which] @ data.varm["PCs"]) - mean @ data.varm["PCs"] for rows in (probe, test)]


def scvi_tools(corpus, probe, test):
    """scvi-tools' own model in the size of the twin, trained for as many steps; its rate stays where the twin's has its mean."""
    tools.settings.seed = seed
    data = anndata.AnnData(counts[corpus].copy())
    tools.model.SCVI.setup_anndata(data)
    model = tools.model.SCVI(data, n_hidden=64, n_latent=10, n_layers=1, dropout_rate=0.1, gene_likelihood="nb")
    per_epoch = math.ceil(0.95 * len(corpus) / 128)
    model.train(max_epochs=math.ceil(steps / per_epoch), max_steps=steps, train_size=0.95, batch_size=128, accelerator="cpu",
                enable_progress_bar=False, logger=False, enable_checkpointing=False,
                plan_kwargs={"lr": 1.65e-3, "n_steps_kl_warmup": max(1, steps // 2), "n_epochs_kl_warmup": None})
    return [model.get_latent_representation(anndata.AnnData(counts[rows].copy())) for rows in (probe, test)]


for seed in range(int(sys.argv[5]) if len(sys.argv) > 5 else 3):
    corpus, probe, test = (numbers(f"{seed}_{p}", np.int64) for p in ("corpus", "probe", "test"))

    def score(family, seen, fresh):
        scale = StandardScaler().fit(seen)
        knn = KNeighborsClassifier(5).fit(seen, label[probe]).score(fresh, label[test])
        line = LogisticRegression(max_iter=2000).fit(scale.transform(seen), label[probe]).score(scale.transform(fresh), label[test])
        print(f"peer {family:20s} seed {seed}   kNN {knn:.4f}   logistic {line:.4f}", flush=True)

    which = variable(corpus)
    score("pca", *pca(which, corpus, probe, test))
    if tools is not None:
        score("scvi_tools", *scvi_tools(corpus, probe, test))
    few = (logs @ sp.diags(which.astype(np.float32))).tocsr()
    few.eliminate_zeros()
    for family, make, loss, x, batch, how in (
            ("scvi", scvi, scvi_loss, counts, 128, {"decay": 1e-6, "epsilon": 0.01, "clip": 0}),
            ("masked_autoencoder", autoencoder, hidden_genes_loss, logs, 128, {}),
            ("scimilarity", similarity, triplet_loss, logs, 256, {}),
            ("supervised_mlp", perceptron, label_loss, logs, 128, {}),
            ("geneformer_like", geneformer_like, masked_genes_loss, ranked(corpus), 32, {"warm_up": 50}),
            ("scgpt_like", scgpt_like, hidden_bins_loss, functools.partial(binned, few), 32, {"warm_up": 50})):
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        learned = rng.permutation(corpus)[len(corpus) // 20:]  # the twentieth that ours holds out for its own validation
        model = make()
        learn(model, loss, learned, x, min(batch, len(learned)), rng, **how)
        x = x(rng) if callable(x) else x
        score(family, embed(model.encode, probe, x), embed(model.encode, test, x))
