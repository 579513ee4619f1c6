"""PyTorch as a peer of `convoy bench`: holds nets and does the workload's work when told to.

Called with the workload as JSON; talks in JSON lines. First line out: {"ready": {version, setting,
parameters, peakBytes}} or {"cannot": reason}. Then for each line in, {"steps": k}, one line out, {"seconds": s}.
A short race beforehand chooses the fastest setting: threads, memory format, eager or compiled and, for
several nets, processes. A workload that brings its setting has no race.
"""

import itertools
import json
import os
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"absent": str(error)}), flush=True)
    sys.exit(0)

from pytorch_nets import NETS
from pytorch_processes import Processes
from pytorch_work import FORMATS, open_work, parameters_of, peak_bytes_of, race, seconds_of


class Here:
    """Work in this process."""

    def __init__(self, workload, setting):
        self.work = open_work(workload, setting)

    def run(self, steps):
        return seconds_of(self.work, steps)

    def peak_bytes(self):
        return peak_bytes_of(self.work)

    def close(self):
        pass


def open_contender(workload, setting):
    return (Here if setting["processes"] == 1 else Processes)(workload, setting)


def arrangements(workload):
    """Processes and threads of each: one process with each thread count; several with one thread."""
    cores = max(workload["threads"])
    several = sorted({n for n in (cores, workload["nets"]) if 1 < n <= workload["nets"] and workload["nets"] % n == 0})
    return [(1, threads) for threads in workload["threads"]] + [(n, 1) for n in several]


def seconds_with(workload, setting):
    contender = open_contender(workload, setting)
    try:
        return race(contender.run)
    finally:
        contender.close()


def precisions(workload):
    """Work in bf16 is compared with the best of f32 and bf16 (autocast), any other with f32."""
    return ("f32", "bf16") if workload.get("precision") == "bf16" else ("f32",)


def fastest(workload):
    """All eager settings, then compiled ones, best first, while the time allows."""
    end = time.perf_counter() + workload["tuneSeconds"]
    eager = [
        {"processes": processes, "threads": threads, "layout": layout, "precision": precision, "compiled": False}
        for (processes, threads), layout, precision in itertools.product(
            arrangements(workload), FORMATS, precisions(workload)
        )
    ]
    results = [(seconds_with(workload, setting), at, setting) for at, setting in enumerate(eager)]
    for _, at, setting in sorted(results):
        if time.perf_counter() > end:
            break
        compiled = {**setting, "compiled": True}
        try:
            results.append((seconds_with(workload, compiled), at + len(eager), compiled))
        except Exception as error:  # no C++ compiler, or one that its code does not suit
            print(f"torch.compile: {error}", file=sys.stderr)
            break
    return min(results)[-1]


def describe(setting):
    processes, threads = setting["processes"], setting["threads"]
    each = f"{threads} thread{'s' if threads > 1 else ''}"
    kind = f"{setting['layout']}, {setting['precision']}, {'compiled' if setting['compiled'] else 'eager'}"
    return f"{f'{processes} processes of ' if processes > 1 else ''}{each}, {kind}"


def main():
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what compilers print must not mix with the answers
    workload = json.loads(sys.argv[1])
    if workload["model"] not in NETS:
        print(json.dumps({"cannot": f"no net {workload['model']} in bench/peers/pytorch_nets.py"}), file=out)
        return
    setting = workload.get("setting") or fastest(workload)
    contender = open_contender(workload, setting)
    contender.run(3)
    ready = {"version": torch.__version__, "setting": describe(setting), "parameters": parameters_of(workload)}
    if setting["processes"] == 1:
        ready["peakBytes"] = contender.peak_bytes()
    print(json.dumps({"ready": ready}), file=out)
    for line in sys.stdin:
        print(json.dumps({"seconds": contender.run(json.loads(line)["steps"])}), file=out)
    contender.close()


main()
