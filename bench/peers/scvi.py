"""scVI-like training and encoding in PyTorch, one thread: the twin of bench/scvi.cpp. Dense counts, as scvi-tools hands them over.

    python bench/peers/scvi.py
"""
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_float32_matmul_precision("medium")


class scvi(nn.Module):
    def __init__(self, genes, hidden=128, latent=10, zinb=True):
        super().__init__()
        self.zinb = zinb
        self.encoder = nn.Sequential(nn.Linear(genes, hidden), nn.BatchNorm1d(hidden, 1e-3, 0.01), nn.ReLU(), nn.Dropout(0.1))
        self.mean, self.log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.BatchNorm1d(hidden, 1e-3, 0.01), nn.ReLU())
        self.scale, self.dropout = nn.Linear(hidden, genes), nn.Linear(hidden, genes)
        self.log_dispersion = nn.Parameter(torch.randn(genes))

    def encode(self, x):
        return self.mean(self.encoder(torch.log1p(x)))

    def loss(self, x):
        h = self.encoder(torch.log1p(x))
        mean, variance = self.mean(h), self.log_variance(h).exp() + 1e-4
        z = mean + variance.sqrt() * torch.randn_like(mean)
        t = self.decoder(z)
        mu = torch.softmax(self.scale(t), -1) * x.sum(1, keepdim=True)
        theta = self.log_dispersion.exp()
        log_theta_mu = torch.log(theta + mu + 1e-8)
        if self.zinb:
            pi = self.dropout(t)
            softplus = nn.functional.softplus(-pi)
            pi_theta = -pi + theta * (torch.log(theta + 1e-8) - log_theta_mu)
            zero = nn.functional.softplus(pi_theta) - softplus
            more = (-softplus + pi_theta + x * (torch.log(mu + 1e-8) - log_theta_mu) + torch.lgamma(x + theta)
                    - torch.lgamma(theta) - torch.lgamma(x + 1))
            log_p = torch.where(x < 1e-8, zero, more)
        else:
            log_p = (theta * (torch.log(theta + 1e-8) - log_theta_mu) + x * (torch.log(mu + 1e-8) - log_theta_mu)
                     + torch.lgamma(x + theta) - torch.lgamma(theta) - torch.lgamma(x + 1))
        divergence = 0.5 * (variance + mean * mean - 1 - variance.log()).sum(1)
        return (divergence - log_p.sum(1)).mean()


def run(name, genes, zinb, batch=128):
    rng = np.random.default_rng(7)
    u = rng.random((1024, genes), dtype=np.float32)
    x = torch.from_numpy(np.where(u < 0.1, 1 + np.floor(-np.log2(np.minimum(u * 10 + 1e-9, 1))), 0).astype(np.float32))
    model = scvi(genes, zinb=zinb)
    how = torch.optim.Adam(model.parameters(), lr=1e-3, eps=0.01, weight_decay=1e-6)
    wall, processor = [], []
    for step in range(40):
        cells = x[(step * batch) % 1024:][:batch]
        a, b = time.perf_counter(), time.process_time()
        how.zero_grad()
        model.loss(cells).backward()
        how.step()
        wall.append(time.perf_counter() - a)
        processor.append(time.process_time() - b)
    model.eval()
    with torch.no_grad():
        embed = []
        for _ in range(7):
            a = time.perf_counter()
            for c in range(0, 1024, 256):
                model.encode(x[c:c + 256])
            embed.append(time.perf_counter() - a)
    print(f"torch {name}, {genes} genes: step {batch / np.median(wall[10:]):8.0f} cells/s (processor {batch / np.median(processor[10:]):8.0f}); "
          f"encoding {1024 / np.median(embed):8.0f} cells/s", flush=True)


run("zinb", 2000, True)
run("nb  ", 2000, False)
run("nb  ", 19331, False)
