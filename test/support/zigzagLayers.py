"""Makes test/fixtures/zigzag.json: what ZigZag (Mei et al. 2021; package zigzag-dse) says of the layers of AlexNet and
ResNet-18 on its Eyeriss-like machine. Run once: python test/support/zigzagLayers.py > test/fixtures/zigzag.json"""

import json
import logging
import sys
import tempfile
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

import yaml
import zigzag
from zigzag.api import get_hardware_performance_zigzag

INPUTS = Path(zigzag.__file__).parent / "inputs"

# Name in Convoy, outputs and inputs of one group, places, kernel, stride, groups. Of equal layers the first.
NETS = {
    "alexnet": [
        ("conv1", 96, 3, 55, 11, 4, 1),
        ("conv2", 128, 48, 27, 5, 1, 2),
        ("conv3", 384, 256, 13, 3, 1, 1),
        ("conv4", 192, 192, 13, 3, 1, 2),
        ("conv5", 128, 192, 13, 3, 1, 2),
        ("fc6", 4096, 9216, 1, 1, 1, 1),
        ("fc7", 4096, 4096, 1, 1, 1, 1),
        ("fc8", 1000, 4096, 1, 1, 1, 1),
    ],
    "resnet18": [
        ("conv", 64, 3, 112, 7, 2, 1),
        ("stage1.0.conv1", 64, 64, 56, 3, 1, 1),
        ("stage2.0.shortcut.conv", 128, 64, 28, 1, 2, 1),
        ("stage2.0.conv1", 128, 64, 28, 3, 2, 1),
        ("stage2.0.conv2", 128, 128, 28, 3, 1, 1),
        ("stage3.0.shortcut.conv", 256, 128, 14, 1, 2, 1),
        ("stage3.0.conv1", 256, 128, 14, 3, 2, 1),
        ("stage3.0.conv2", 256, 256, 14, 3, 1, 1),
        ("stage4.0.shortcut.conv", 512, 256, 7, 1, 2, 1),
        ("stage4.0.conv1", 512, 256, 7, 3, 2, 1),
        ("stage4.0.conv2", 512, 512, 7, 3, 1, 1),
        ("fc", 1000, 512, 1, 1, 1, 1),
    ],
}

# Rows of the image along one side of the array and rows of the filter along the other where they fit, as Eyeriss has them.
MAPPING = [
    {
        "name": "default",
        "spatial_mapping_hint": {"D1": ["OY", "K"], "D2": ["FY", "C"]},
        "memory_operand_links": {"O": "O", "W": "I2", "I": "I1"},
    }
]


def layer(outputs, inputs, places, kernel, stride):
    return {
        "id": 0,
        "operator_type": "Conv",
        "equation": "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
        "dimension_relations": [f"ix={stride}*ox+1*fx", f"iy={stride}*oy+1*fy"],
        "loop_dims": ["B", "K", "C", "OY", "OX", "FY", "FX"],
        "loop_sizes": [1, outputs, inputs, places, places, kernel, kernel],
        "operand_precision": {"W": 8, "I": 8, "O": 16, "O_final": 8},
        "operand_source": {"I": 0, "W": 0},
    }


def evaluate(folder, shape, groups):
    workload, mapping = folder / "workload.yaml", folder / "mapping.yaml"
    workload.write_text(yaml.dump([layer(*shape)]))
    mapping.write_text(yaml.dump(MAPPING))
    energy, latency, _ = get_hardware_performance_zigzag(
        str(workload),
        str(INPUTS / "hardware" / "eyeriss_like.yaml"),
        str(mapping),
        opt="energy",
        dump_folder=str(folder / "out"),
        lpf_limit=4,
        nb_spatial_mappings_generated=1,
        loma_show_progress_bar=False,
    )
    return groups * energy, groups * latency


def main():
    nets = {}
    for net, layers in NETS.items():
        nets[net] = []
        for name, *shape, groups in layers:
            with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
                energy, latency = evaluate(Path(folder), shape, groups)
            logging.disable(logging.INFO)
            print(net, name, energy, latency, file=sys.stderr)
            nets[net].append({"layer": name, "energy": float(f"{energy:.6g}"), "cycles": float(f"{latency:.6g}")})
    json.dump({"source": f"zigzag-dse {version('zigzag-dse')}, eyeriss_like", "nets": nets}, sys.stdout, indent=1)
    print()


main()
