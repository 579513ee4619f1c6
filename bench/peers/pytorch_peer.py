"""PyTorch as a peer of `convoy bench step`: holds a net and runs training steps when told to.

Called with the task as JSON; talks in JSON lines. First line out: {"ready": {version, setting,
parameters}} or {"cannot": reason}. Then for each line in, {"steps": k}, one line out, {"seconds": s}.
A short race beforehand chooses the fastest of thread counts, memory formats, eager and compiled.
"""

import itertools
import json
import os
import statistics
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"absent": str(error)}), flush=True)
    sys.exit(0)

from pytorch_nets import NETS

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
RACE_SECONDS = 0.7


def open_step(task, threads, layout, compiled):
    """One training step as a function: forward, loss, backward, Nesterov SGD with weight decay."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    channels, height, width = task["image"]
    net = NETS[task["model"]](channels, height, task["classes"]).to(memory_format=FORMATS[layout])
    x = torch.rand(task["batch"], channels, height, width).to(memory_format=FORMATS[layout])
    y = torch.randint(task["classes"], (task["batch"],))
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True)

    def evaluate():
        return loss(net(x), y)

    if compiled:
        torch._dynamo.reset()
        evaluate = torch.compile(evaluate)

    def step():
        optimizer.zero_grad(set_to_none=True)
        evaluate().backward()
        optimizer.step()

    return step, sum(p.numel() for p in net.parameters())


def seconds_of(step, steps):
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


def race(step):
    """Median seconds of one step, over those that fit into the time of a race."""
    seconds_of(step, 2)
    seconds, end = [], time.perf_counter() + RACE_SECONDS
    while not seconds or time.perf_counter() < end:
        seconds.append(seconds_of(step, 1))
    return statistics.median(seconds)


def fastest(task):
    """All eager settings, then compiled ones, best first, while the time allows."""
    end = time.perf_counter() + task["tuneSeconds"]
    eager = []
    for threads, layout in itertools.product(task["threads"], FORMATS):
        eager.append((race(open_step(task, threads, layout, False)[0]), threads, layout))
    results = [(*result, False) for result in eager]
    for _, threads, layout in sorted(eager):
        if time.perf_counter() > end:
            break
        try:
            results.append((race(open_step(task, threads, layout, True)[0]), threads, layout, True))
        except Exception as error:  # no C++ compiler, or one that its code does not suit
            print(f"torch.compile: {error}", file=sys.stderr)
            break
    return min(results)


def main():
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what compilers print must not mix with the answers
    task = json.loads(sys.argv[1])
    if task["model"] not in NETS:
        print(json.dumps({"cannot": f"no net {task['model']} in bench/peers/pytorch_nets.py"}), file=out)
        return
    _, threads, layout, compiled = fastest(task)
    step, parameters = open_step(task, threads, layout, compiled)
    seconds_of(step, 3)
    setting = f"{threads} thread{'s' if threads > 1 else ''}, {layout}, {'compiled' if compiled else 'eager'}"
    ready = {"version": torch.__version__, "setting": setting, "parameters": parameters}
    print(json.dumps({"ready": ready}), file=out)
    for line in sys.stdin:
        print(json.dumps({"seconds": seconds_of(step, json.loads(line)["steps"])}), file=out)


main()
