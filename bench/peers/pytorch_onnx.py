"""Writes the net of a workload of `convoy bench` as an ONNX file, in inference mode and for a fixed batch.

Called with the workload as JSON and the file's path; prints {"parameters": count}, {"absent": reason} or
{"cannot": reason}. A workload of precision int8 is quantised by onnxruntime: u8 activations, s8 weights with a scale for
each channel, calibrated on random images.
"""

import json
import os
import sys

from pytorch_nets import NETS
from pytorch_work import make_net, make_images, parameters_of


class Cannot(Exception):
    """A net that this library has no counterpart of."""


def write_onnx(workload, path):
    """The file; returns how many parameters the net has."""
    import onnxscript  # noqa: F401  what the exporter needs
    import torch

    if workload["model"] not in NETS:
        raise Cannot(f"no net {workload['model']} in bench/peers/pytorch_nets.py")
    torch.manual_seed(1)
    net = make_net(workload, "contiguous").eval()
    images = make_images(workload, "contiguous")
    whole = path if workload.get("precision") != "int8" else path + ".f32.onnx"
    # In one file: the quantiser looks for others in a folder of its own.
    torch.onnx.export(net, (images,), whole, input_names=["x"], output_names=["logits"], external_data=False)
    if whole != path:
        quantise(whole, path, images.numpy())
    return parameters_of(workload)


def quantise(whole, path, images):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Once(CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{"x": images}])

        def get_next(self):
            return next(self.batches, None)

    prepared = whole + ".prepared.onnx"
    quant_pre_process(whole, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        path,
        Once(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # exporters print

    def say(message):
        print(json.dumps(message), file=out, flush=True)

    try:
        say({"parameters": write_onnx(json.loads(sys.argv[1]), sys.argv[2])})
    except ImportError as error:
        say({"absent": str(error)})
    except Cannot as error:
        say({"cannot": str(error)})


if __name__ == "__main__":
    main()
