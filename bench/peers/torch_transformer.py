"""The same masked-gene transformer in PyTorch: how many tokens (genes of cells) a second it trains on, and encodes.

Pre-norm encoder, learned token and position tables, feed-forward 2 x d, GELU, 4 heads, no dropout, 15 % of the places of each cell
masked, and the loss head only at those places. Output weights are the token table itself (tied) unless --untied. AdamW, fused.
What is fastest on a processor is chosen: one product for query, key and value, scaled_dot_product_attention on its flash path,
float32 with set_float32_matmul_precision("medium"), or bfloat16 autocast.

Two parts. Without --lengths: batches of cells of one length. With --lengths FILE (a number a line: genes of a cell): batches of 16
cells of those lengths, padded as they come, grouped by length in windows of 50 batches, or packed (products over real tokens only,
attention cell by cell: what a careful user of PyTorch can write), and Hugging Face's BertForMaskedLM with its loss head at every place.
Only real tokens are counted.

out: one JSON line a measurement. Rates are medians over steps (equal lengths) or sums over batches (real lengths), after a warm-up.
useful_gflops counts no padding and no masked-out place: divide it by the peak of the processor's cores in use.
Exit code 77: PyTorch cannot be imported.

    python torch_transformer.py --case 256,6,512,8 --threads 1 --precision float32 --what train
    python torch_transformer.py --genes-of pbmc3k.h5ad > lengths.txt      (needs h5py; the lengths alone)
    python torch_transformer.py --lengths lengths.txt --ways grouped,packed --threads 1
    python torch_transformer.py --peak
"""
import argparse
import json
import os
import statistics
import sys
import time

VOCABULARY, HEADS, PLACES, MASK = 25_426, 4, 2_048, 1
CASES = ["128,2,256,16", "256,6,512,8", "256,6,2048,8"]


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--case", action="append", help="d,layers,tokens,cells; may be given several times")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--precision", default="float32,bfloat16", help="float32, bfloat16")
    p.add_argument("--what", default="train,encode")
    p.add_argument("--ways", help="equal lengths: torch,hf; with --lengths: padded,grouped,packed,hf_padded,hf_grouped")
    p.add_argument("--seconds", type=float, default=8.0, help="time given to each measurement of equal lengths")
    p.add_argument("--min-steps", type=int, default=5)
    p.add_argument("--lengths", help="a file with the number of genes of each cell, one a line")
    p.add_argument("--batches", type=int, default=10, help="with --lengths: batches timed, spread evenly over a window of 50")
    p.add_argument("--cells", type=int, default=16, help="with --lengths: cells a batch")
    p.add_argument("--untied", action="store_true", help="output weights [vocabulary, d] of their own")
    p.add_argument("--matmul", default="medium", help="argument of set_float32_matmul_precision")
    p.add_argument("--plain-malloc", action="store_true", help="leave the allocator as it is: slower")
    p.add_argument("--head-tile", type=int, default=512, help="masked places whose logits are held at once; 0: all")
    p.add_argument("--compile", action="store_true", help="torch.compile the model (equal lengths)")
    p.add_argument("--genes-of", help="print the number of expressed genes of each cell of this .h5ad, at most 2,048, and stop")
    p.add_argument("--peak", action="store_true", help="print the speed and the error of plain products, and stop")
    return p.parse_args()


def genes_of(file):
    import h5py
    import numpy as np
    with h5py.File(file) as h:
        begin, value = h["X/indptr"][:], h["X/data"][:]
    genes = np.diff(np.concatenate([[0], np.cumsum(value != 0)])[begin])
    order = np.random.default_rng(1).permutation(len(genes))
    print("\n".join(map(str, np.minimum(genes, PLACES)[order])))
    at = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100]
    named = " ".join(f"p{a}={v:.0f}" for a, v in zip(at, np.percentile(np.minimum(genes, PLACES), at)))
    print(f"{file}: {len(genes)} cells, genes of a cell: {named} mean={np.minimum(genes, PLACES).mean():.0f}, "
          f"under 300: {(genes < 300).mean():.3f}, over {PLACES}: {(genes > PLACES).mean():.3f}", file=sys.stderr)


# Fresh pages for the logits of every step cost up to half of it: kept by these settings, as a user with a tuned allocator has it.
kept = {"MALLOC_MMAP_THRESHOLD_": "17179869184", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "67108864",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "THP_MEM_ALLOC_ENABLE": "1"}

asked = options()
if asked.genes_of:
    genes_of(asked.genes_of)
    sys.exit(0)
if not asked.plain_malloc and any(os.environ.get(k) != v for k, v in kept.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **kept})  # read by the allocator as a process starts

try:
    import torch
    import torch.nn.functional as F
except ImportError as why:
    print(f"PyTorch cannot be imported here ({why}), so its side of the comparison is not measured: pip install torch.", file=sys.stderr)
    sys.exit(77)


class Block(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(d), torch.nn.LayerNorm(d)
        self.qkv, self.out = torch.nn.Linear(d, 3 * d), torch.nn.Linear(d, d)
        self.wide, self.narrow = torch.nn.Linear(d, 2 * d), torch.nn.Linear(2 * d, d)

    def attention(self, x, mask, parts):
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, HEADS, -1)).unbind(-3)
        if parts is None:
            mixed = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=mask).transpose(1, 2)
        else:
            mixed = torch.cat([
                F.scaled_dot_product_attention(a.transpose(0, 1)[None], b.transpose(0, 1)[None], c.transpose(0, 1)[None])[0].transpose(0, 1)
                for a, b, c in zip(q.split(parts), k.split(parts), v.split(parts))])
        return self.out(mixed.flatten(-2))

    def forward(self, x, mask, parts):
        x = x + self.attention(x, mask, parts)
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))


class Encoder(torch.nn.Module):
    def __init__(self, d, layers, untied):
        super().__init__()
        self.token, self.place = torch.nn.Embedding(VOCABULARY, d), torch.nn.Embedding(PLACES, d)
        self.blocks = torch.nn.ModuleList(Block(d) for _ in range(layers))
        self.last = torch.nn.LayerNorm(d)
        self.bias = torch.nn.Parameter(torch.zeros(VOCABULARY))
        self.own = torch.nn.Parameter(torch.empty(VOCABULARY, d)) if untied else None
        for p in self.parameters():
            if p.dim() == 2:
                torch.nn.init.normal_(p, std=0.02)

    def forward(self, tokens, places, mask=None, parts=None):
        x = self.token(tokens) + self.place(places)
        for block in self.blocks:
            x = block(x, mask, parts)
        return self.last(x)

    def head(self, hidden, answers):
        logits = F.linear(hidden, self.token.weight if self.own is None else self.own, self.bias)
        return F.cross_entropy(logits.float(), answers, reduction="sum")

    def loss(self, batch):
        hidden = self(batch.tokens, batch.places, batch.mask, batch.parts).flatten(0, -2)[batch.hidden]
        return self.head(hidden, batch.answers) / batch.masked

    def backward(self, batch):
        """With tiles, the head's gradient is made tile by tile before that of the encoder, so that few logits are held."""
        if not asked.head_tile:
            return self.loss(batch).backward()
        hidden = self(batch.tokens, batch.places, batch.mask, batch.parts).flatten(0, -2)[batch.hidden]
        cut = hidden.detach().requires_grad_()
        for h, a in zip(cut.split(asked.head_tile), batch.answers.split(asked.head_tile)):
            (self.head(h, a) / batch.masked).backward()
        hidden.backward(cut.grad)

    def pooled(self, batch):
        x = self(batch.tokens, batch.places, batch.mask, batch.parts)
        if batch.parts is not None:
            return torch.stack([cell.mean(0) for cell in x.split(batch.parts)])
        if batch.real is None:
            return x.mean(1)
        return (x * batch.real[..., None]).sum(1) / batch.real.sum(1, keepdim=True)


class Bert(torch.nn.Module):
    """Hugging Face's model as a user gets it: its head works at every place, whether or not a loss is asked for there."""

    def __init__(self, d, layers):
        super().__init__()
        import transformers
        self.model = transformers.BertForMaskedLM(transformers.BertConfig(
            vocab_size=VOCABULARY, hidden_size=d, num_hidden_layers=layers, num_attention_heads=HEADS, intermediate_size=2 * d,
            max_position_embeddings=PLACES, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0))

    def loss(self, batch):
        return self.model(input_ids=batch.tokens, attention_mask=batch.ones, labels=batch.labels).loss

    def backward(self, batch):
        self.loss(batch).backward()

    def pooled(self, batch):
        x = self.model.bert(input_ids=batch.tokens, attention_mask=batch.ones).last_hidden_state
        return (x * batch.ones[..., None]).sum(1) / batch.ones.sum(1, keepdim=True)


class Batch:
    """Cells of the given lengths: padded to the longest, or packed one behind the other."""

    def __init__(self, lengths, packed, draws):
        self.count, self.squares = sum(lengths), sum(n * n for n in lengths)
        longest, cells = max(lengths), len(lengths)
        self.mask = self.real = self.parts = None
        answers, hidden = [], []
        tokens = torch.zeros(cells, longest, dtype=torch.long)
        for c, n in enumerate(lengths):
            tokens[c, :n] = torch.randint(2, VOCABULARY, (n,), generator=draws)
            at = torch.randperm(n, generator=draws)[:round(0.15 * n)].sort().values
            answers.append(tokens[c, at].clone())
            hidden.append(at + (sum(lengths[:c]) if packed else c * longest))
            tokens[c, at] = MASK
        self.answers, self.hidden = torch.cat(answers), torch.cat(hidden)
        self.masked = len(self.answers)
        if packed:
            self.parts = list(lengths)
            self.tokens = torch.cat([tokens[c, :n] for c, n in enumerate(lengths)])
            self.places = torch.cat([torch.arange(n) for n in lengths])
            return
        self.tokens, self.places = tokens, torch.arange(longest)[None]
        real = torch.arange(longest)[None] < torch.tensor(lengths)[:, None]
        self.ones, self.labels = real.long(), torch.full((cells * longest,), -100)
        self.labels[self.hidden] = self.answers
        self.labels = self.labels.view(cells, longest)
        if min(lengths) < longest:
            self.real, self.mask = real, real[:, None, None, :]


def useful_flops(batch, d, layers, what):
    """Products that a step needs: weights, scores and mixes, the head where a gene is masked, and twice as many again for gradients."""
    forward = layers * (2 * (4 * d * d + 2 * d * 2 * d) * batch.count + 4 * d * batch.squares)
    return forward if what == "encode" else 3 * (forward + 2 * VOCABULARY * d * batch.masked)


def stepper(model, precision, what):
    """The function of a batch that is timed: a whole training step, or encoding."""
    half = precision == "bfloat16"
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)

    def train(batch):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            model.backward(batch)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    def encode(batch):
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            model.pooled(batch)

    model.train(what == "train")
    return train if what == "train" else encode


def timed(work, batch):
    wall, cpu = time.perf_counter(), time.process_time()
    work(batch)
    return time.process_time() - cpu, time.perf_counter() - wall


def report(name, case, precision, threads, what, tokens, flops, cpu, wall, steps):
    d, layers, length, cells = case
    print(json.dumps({
        "name": name, "d": d, "layers": layers, "tokens": length, "cells": cells, "precision": precision, "threads": threads, "what": what,
        "tokens_per_cpu_s": round(tokens / cpu), "tokens_per_wall_s": round(tokens / wall),
        "useful_gflops_per_cpu_s": round(flops / cpu / 1e9, 1), "useful_gflops_per_wall_s": round(flops / wall / 1e9, 1),
        "steps": steps, "tied": not asked.untied, "head_tile": asked.head_tile}), flush=True)


def build(way, d, layers):
    torch.manual_seed(0)
    return Bert(d, layers) if way.startswith("hf") else Encoder(d, layers, asked.untied)


def equal_lengths(case, way, precision, threads, what):
    d, layers, length, cells = case
    model = build(way, d, layers)
    if asked.compile:
        model.forward = torch.compile(model.forward)
    batch = Batch([length] * cells, False, torch.Generator().manual_seed(1))
    work = stepper(model, precision, what)
    for _ in range(2):
        work(batch)
    times, start = [], time.perf_counter()
    while len(times) < asked.min_steps or time.perf_counter() - start < asked.seconds:
        times.append(timed(work, batch))
    cpu, wall = (statistics.median(t) for t in zip(*times))
    name = way + ("_compiled" if asked.compile else "") + ("" if asked.matmul == "medium" else "_" + asked.matmul)
    report(name, case, precision, threads, what, batch.count, useful_flops(batch, d, layers, what), cpu, wall, len(times))


def real_lengths(lengths, d, layers, way, precision, threads, what):
    """A window of 50 batches, of which some are timed: evenly spread, so that grouped windows give short and long cells their share."""
    window = [min(n, PLACES) for n in lengths[:50 * asked.cells]]
    if way.endswith("grouped"):
        window.sort()
    whole = len(window) // asked.cells
    chosen = [(2 * i + 1) * whole // (2 * asked.batches) for i in range(min(asked.batches, whole))]
    draws = torch.Generator().manual_seed(1)
    batches = [Batch(window[b * asked.cells:(b + 1) * asked.cells], way == "packed", draws) for b in chosen]
    work = stepper(build(way, d, layers), precision, what)
    work(max(batches, key=lambda batch: batch.count))
    times = [timed(work, batch) for batch in batches]
    tokens = sum(batch.count for batch in batches)
    cpu, wall = (sum(t) for t in zip(*times))
    report("real_" + way, (d, layers, round(tokens / len(batches) / asked.cells), asked.cells), precision, threads, what, tokens,
           sum(useful_flops(batch, d, layers, what) for batch in batches), cpu, wall, len(batches))


def peak(threads):
    """What products [n, d] x [d, m] of the kind above reach, and how far float32 is from float64."""
    for rows, d, m in ((4096, 256, 512), (4096, 256, 768), (2048, 2048, 2048)):
        a, b = torch.randn(rows, d), torch.randn(m, d)
        exact = a.double() @ b.double().T
        for kind, x, y in (("float32", a, b), ("bfloat16", a.bfloat16(), b.bfloat16())):
            error = ((F.linear(x, y).double() - exact).abs().max() / exact.abs().max()).item()
            repeats = max(1, int(2e10 / (2 * rows * d * m)))
            times = []
            for _ in range(9):
                cpu = time.process_time()
                for _ in range(repeats):
                    F.linear(x, y)
                times.append(time.process_time() - cpu)
            speed = 2e-9 * rows * d * m * repeats / statistics.median(times)
            print(json.dumps({"name": "product", "shape": [rows, d, m], "precision": kind, "matmul": asked.matmul, "threads": threads,
                              "gflops_per_cpu_s": round(speed, 1), "largest_error": float(f"{error:.2g}")}), flush=True)


def main():
    torch.set_float32_matmul_precision(asked.matmul)
    ways = (asked.ways or ("padded,grouped,packed,hf_padded,hf_grouped" if asked.lengths else "torch")).split(",")
    lengths = [int(line) for line in open(asked.lengths) if line.strip()] if asked.lengths else None
    for threads in map(int, asked.threads.split(",")):
        torch.set_num_threads(threads)
        if asked.peak:
            peak(threads)
            continue
        for text in asked.case or (["256,6,0,0"] if lengths else CASES):
            case = tuple(map(int, text.split(",")))
            for way in ways:
                for precision in asked.precision.split(","):
                    for what in asked.what.split(","):
                        if lengths:
                            real_lengths(lengths, *case[:2], way, precision, threads, what)
                        else:
                            equal_lengths(case, way, precision, threads, what)


main()
