"""geosketch on the same cells, one thread: prints a line `fraction wall cpu boxes...` for each fraction (boxes of every side length tried).

in: a file of float32 [cells, dims], dims, fractions between commas
"""
import sys
import time

import numpy as np
from geosketch import sketch

path, dims, fractions = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
x = np.fromfile(path, np.float32).reshape(-1, dims)

for fraction in fractions:
    said = []
    sketch.log = lambda text: said.append(text)
    wall, cpu = time.perf_counter(), time.process_time()
    chosen = sketch.gs(x, int(float(fraction) * len(x) * (1 + 1e-15)), seed=0, verbose=1)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    boxes = [text.split()[1] for text in said if "non-empty" in text]
    print(fraction, wall, cpu, len(chosen), " ".join(boxes), flush=True)
