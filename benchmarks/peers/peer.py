"""What every PyTorch peer shares: the line protocol that the benchmark harness speaks.

The peer prints "ready <description>", then answers each line "run N" with the seconds that N training steps took, until
its input ends. So the harness can alternate it with other programs on the same cores.
"""

import os
import sys
import time

# Settings that limit OpenBLAS would handicap the peer; they must be gone before PyTorch loads it.
for limit in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(limit, None)
THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)

import torch  # noqa: E402


def serve(step, warmup):
    """Answers the harness with the time of calls of step."""
    for _ in range(warmup):
        step()
    print(f"ready PyTorch {torch.__version__}, {THREADS} thread(s)", flush=True)
    for line in sys.stdin:
        count = int(line.split()[1])
        start = time.perf_counter()
        for _ in range(count):
            step()
        print(repr(time.perf_counter() - start), flush=True)


def configure():
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
