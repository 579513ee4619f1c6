"""Writes the net of a workload of `convoy bench` as an ONNX file, in inference mode and for a fixed batch.

Called with the workload as JSON and the file's path; prints {"parameters": count}, {"absent": reason} or
{"cannot": reason}.
"""

import json
import os
import sys

out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # exporters print


def say(message):
    print(json.dumps(message), file=out, flush=True)


try:
    import onnxscript  # noqa: F401  what the exporter needs
    import torch
except ImportError as error:
    say({"absent": str(error)})
    sys.exit(0)

from pytorch_nets import NETS
from pytorch_work import make_net, make_images, parameters_of

workload, path = json.loads(sys.argv[1]), sys.argv[2]
if workload["model"] not in NETS:
    say({"cannot": f"no net {workload['model']} in bench/peers/pytorch_nets.py"})
    sys.exit(0)
torch.manual_seed(1)
net = make_net(workload, "contiguous").eval()
torch.onnx.export(net, (make_images(workload, "contiguous"),), path, input_names=["x"], output_names=["logits"])
say({"parameters": parameters_of(workload)})
