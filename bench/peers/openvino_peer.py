"""OpenVINO as a peer of inference in `convoy bench`; see pytorch_peer.py for what is said.

Its file of the net is made by PyTorch, and for int8 quantised by onnxruntime (pytorch_onnx.py). A short race chooses the
number of threads, the performance hint and, beside work in bf16, the precision.
"""

import itertools
import json
import os
import sys
import tempfile
import time

WARM_UP, RACE_STEPS = 3, 15
HINTS = ("LATENCY", "THROUGHPUT")


def precisions(workload):
    """Of what is not quantised; without a hint it chooses bf16 where there is AMX."""
    return ("f32", "bf16") if workload.get("precision") == "bf16" else ("f32",)


def compiled(core, model, threads, hint, precision):
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": hint, "NUM_STREAMS": 1}
    return core.compile_model(model, "CPU", {**settings, "INFERENCE_PRECISION_HINT": precision})


def seconds_of(request, steps):
    start = time.perf_counter()
    for _ in range(steps):
        request.infer()
    return time.perf_counter() - start


def raced(request):
    seconds_of(request, WARM_UP)
    return sorted(seconds_of(request, 1) for _ in range(RACE_STEPS))[RACE_STEPS // 2]


def main():
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries print

    def say(message):
        print(json.dumps(message), file=out)

    try:
        import openvino
        from pytorch_onnx import Cannot, make_images, write_onnx
    except ImportError as error:
        return say({"absent": str(error)})
    workload = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.onnx")
        try:
            parameters = write_onnx(workload, path)
        except (Cannot, ImportError) as error:
            return say({"cannot" if isinstance(error, Cannot) else "absent": str(error)})
        core = openvino.Core()
        model = core.read_model(path)
        images = make_images(workload, "contiguous").numpy()
        requests = []
        for threads, hint, precision in itertools.product(workload["threads"], HINTS, precisions(workload)):
            request = compiled(core, model, threads, hint, precision).create_infer_request()
            request.set_input_tensor(openvino.Tensor(images))
            setting = f"{threads} thread{'s' if threads > 1 else ''}, {hint.lower()}, {precision}"
            requests.append((raced(request), len(requests), setting, request))
        _, _, setting, request = min(requests)
    say({"ready": {"version": openvino.__version__.split("-")[0], "setting": setting, "parameters": parameters}})
    for line in sys.stdin:
        say({"seconds": seconds_of(request, json.loads(line)["steps"])})


main()
