"""A TabNet of a few numbers, written with torch in float64 from its paper's formulas: what tests/encode/tabnet_encoder.cpp is held against.
Run with any python that has torch; it prints the embedding, the entropy of the masks, and gradients of sum(embedding * dz)."""
import sys
import torch

torch.set_default_dtype(torch.float64)
genes, dims, chooses, steps, shared, own, gamma, cells, ghost = 6, 2, 3, 2, 2, 1, 1.3, 6, 3
# As the library's settings are: float32.
gamma, epsilon = (torch.tensor(v, dtype=torch.float32).double().item() for v in (gamma, 1e-5))
entmax = len(sys.argv) > 1 and sys.argv[1] == "entmax"
width = dims + chooses


def numbers(*shape, number, spread=1.0, middle=0.0):
    n = 1
    for s in shape:
        n *= s
    i = torch.arange(n, dtype=torch.float64)
    return (middle + spread * torch.sin(1.7 * i + 0.9 * number + 0.3 * i * i)).reshape(shape).clone().requires_grad_()


slices = []


def weight(*shape, **how):
    slices.append(numbers(*shape, number=len(slices), **how))
    return slices[-1]


def norm(n):
    return weight(n, spread=0.2, middle=1.0), weight(n, spread=0.1)


# In the order in which the library's weights lie.
genes_weight = weight(genes, 2 * width, spread=0.7)
genes_norm = norm(genes)
shared_weight = [weight(width, 2 * width, spread=0.7) for _ in range(shared - 1)]


def rows_weights():
    norms = [norm(2 * width) for _ in range(shared)]
    own_layers = []
    for _ in range(own):
        w = weight(width, 2 * width, spread=0.7)
        own_layers.append((w, norm(2 * width)))
    return norms, own_layers


split = rows_weights()
masks, rows = [], []
for _ in range(steps):
    w = weight(genes, chooses, spread=0.7)
    masks.append((w, norm(genes)))
    rows.append(rows_weights())


def normed(x, gain_shift, parts):
    out = []
    for part in torch.chunk(x, parts, 0):
        out.append((part - part.mean(0)) / torch.sqrt(part.var(0, unbiased=False) + epsilon) * gain_shift[0] + gain_shift[1])
    return torch.cat(out)


def shares(z):
    """By bisection of what is taken off: slow and plain."""
    x = z / 2 if entmax else z
    low, high = x.max(1, keepdim=True).values - 1, x.max(1, keepdim=True).values
    power = 2 if entmax else 1
    with torch.no_grad():
        for _ in range(200):
            middle = (low + high) / 2
            too_much = (torch.clamp(x - middle, min=0) ** power).sum(1, keepdim=True) > 1
            low, high = torch.where(too_much, middle, low), torch.where(too_much, high, middle)
        on = x > low
    # The same numbers with their gradient: solve for the amount on the support that was found.
    n = on.sum(1, keepdim=True)
    mean = (x * on).sum(1, keepdim=True) / n
    if entmax:
        spread = (((x - mean) ** 2) * on).sum(1, keepdim=True)
        amount = mean - torch.sqrt((1 - spread) / n)
    else:
        amount = mean - 1 / n
    return torch.where(on, (x - amount) ** power, torch.zeros(()))


def gate(h):
    return h[:, :width] * torch.sigmoid(h[:, width:])


def through(h, weights, parts=cells // ghost):
    norms, own_layers = weights
    x = gate(normed(h, norms[0], parts))
    for w, n in list(zip(shared_weight, norms[1:])) + own_layers:
        x = (x + gate(normed(x @ w, n, parts))) * 0.5**0.5
    return x


i = torch.arange(cells * genes, dtype=torch.float64).reshape(cells, genes)
counts = torch.clamp(torch.sin(2.3 * i + 1) * 3, min=0)
dz = torch.cos(1.1 * torch.arange(cells * dims, dtype=torch.float64)).reshape(cells, dims)

x = normed(counts, genes_norm, 1)
out = through(x @ genes_weight, split)
prior, z, entropy = torch.ones_like(x), torch.zeros(cells, dims), 0
for (w, n), behind in zip(masks, rows):
    mask = shares(normed(out[:, dims:] @ w.T, n, cells // ghost) * prior)
    entropy = entropy - (mask * torch.log(mask + 1e-300)).sum() / steps
    prior = prior * (gamma - mask)
    out = through((mask * x) @ genes_weight, behind)
    z = z + torch.relu(out[:, :dims])
    print("genes with a share:", (mask > 0).sum(1).tolist())
print("embedding", [f"{v:.15g}" for v in z.flatten().tolist()])
print("entropy", f"{entropy.item():.15g}")
(z * dz).sum().backward()
print("gradients", [f"{(0 if s.grad is None else s.grad.norm().item()):.12g}" for s in slices])
