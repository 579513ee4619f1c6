"""Makes test/fixtures/pruningGroups.json: which channels torch-pruning (Fang et al. 2023, arXiv 2301.12900) takes out
together, in nets of torchvision. Of each group the number of its channels, and the places of weights that go with channel
1, as tensor/axis:places. Run once: python test/support/pruningGroups.py > test/fixtures/pruningGroups.json"""

import json
import sys
from importlib.metadata import version

import torch
import torch_pruning as tp
import torchvision

# Name in Convoy, and side of the images.
NETS = {
    "resnet18": ("resnet18", 64),
    "resnet50": ("resnet50", 64),
    "vgg11-bn-full": ("vgg11_bn", 224),
    "squeezenet1.1": ("squeezenet1_1", 64),
    "mobilenetv2": ("mobilenet_v2", 64),
    "mobilenetv3-small": ("mobilenet_v3_small", 64),
    "efficientnet-b0": ("efficientnet_b0", 64),
}

OUT = (tp.prune_conv_out_channels, tp.prune_depthwise_conv_out_channels, tp.prune_linear_out_channels)
OUT += (tp.prune_batchnorm_out_channels,)
IN = (tp.prune_conv_in_channels, tp.prune_linear_in_channels)
# Of these two the inputs are the outputs.
BOTH = (tp.prune_depthwise_conv_in_channels, tp.prune_batchnorm_in_channels)


def axis_of(handler):
    if handler in OUT or handler in BOTH:
        return 0
    return 1 if handler in IN else None


def members(graph, root, handler):
    places = {}
    for dependency, at in graph.get_pruning_group(root, handler, idxs=[1]):
        axis = axis_of(dependency.handler)
        name = dependency.target.name.split(" ")[0]
        if axis is None or not isinstance(dependency.target.module, torch.nn.Module):
            continue
        if not hasattr(dependency.target.module, "weight"):
            continue
        places.setdefault(f"{name}.weight/{axis}", set()).update(at)
    return sorted(f"{key}:{','.join(map(str, sorted(at)))}" for key, at in places.items())


def groups(name, side):
    net = getattr(torchvision.models, name)(weights=None).eval()
    graph = tp.DependencyGraph().build_dependency(net, torch.zeros(1, 3, side, side))
    layers = [module for module in net.modules() if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))]
    last = layers[-1]
    found = []
    for group in graph.get_all_groups(ignored_layers=[last]):
        root, at = group[0]
        found.append(
            {
                "channels": len(at),
                "channel1": members(graph, root.target.module, root.handler),
            }
        )
    return found


nets = {name: groups(*theirs) for name, theirs in NETS.items()}
source = f"torch-pruning {version('torch-pruning')}, torchvision {version('torchvision')}"
json.dump({"source": source, "nets": nets}, sys.stdout, indent=1)
print()
