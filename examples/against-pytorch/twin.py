"""Trains PyTorch's side of a comparison: the same net, loss, initial distribution, optimizer, schedule and augmentations,
the best epoch on the selection part tested once.

    python examples/against-pytorch/twin.py SETS NAME OUT

Needs torch, torchvision, numpy, scikit-learn and pycocotools; the nets are those of `convoy bench`, in bench/peers/.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "bench" / "peers"))
from pytorch_nets import NETS  # noqa: E402
from twin_tasks import TASKS  # noqa: E402


def read(path, task):
    """Parts as [images u8 [n, c, h, w], labels]."""
    with np.load(path) as arrays:
        def part(name):
            images = arrays[f"{name}_images"]
            images = images[..., None] if images.ndim == 3 else images
            return torch.from_numpy(images).permute(0, 3, 1, 2), task.read(arrays, name)

        return {name: part(name) for name in ("train", "val", "test")}


def initialise(net):
    """As Convoy: He's normal initialiser by fan-in, LeCun's for the layer of the outputs or its own, biases 0."""
    last = [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))][-1]
    for module in net.modules():
        if not isinstance(module, (nn.Conv2d, nn.Linear)):
            continue
        fan_in = module.weight[0].numel()
        nn.init.normal_(module.weight, std=math.sqrt((1 if module is last else 2) / fan_in))
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    if hasattr(net, "initialise_heads"):
        net.initialise_heads()


OPTIMIZERS = {
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True),
    "adam": lambda groups, lr: torch.optim.Adam(groups, lr=lr),
    "adamw": lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
}


def optimizer_of(net, settings):
    """Weight decay skips biases and norms."""
    groups = [
        {"params": [p for p in net.parameters() if p.ndim > 1], "weight_decay": settings["decay"]},
        {"params": [p for p in net.parameters() if p.ndim <= 1], "weight_decay": 0},
    ]
    return OPTIMIZERS[settings["optimizer"]](groups, settings["lr"])


def augmented(images, labels, task, kinds, random):
    """Shifts by up to an eighth of the side, zeros around (crop; of images alone), and mirrored images (flip)."""
    images = images.clone()
    side = images.shape[-1]
    padding = round(side / 8)
    for at in range(len(images)):
        if "crop" in kinds:
            top, left = (int(each) for each in torch.randint(2 * padding + 1, (2,), generator=random))
            images[at] = F.pad(images[at], [padding] * 4)[:, top : top + side, left : left + side]
        if "flip" in kinds and torch.rand((), generator=random) < 0.5:
            images[at] = images[at].flip(-1)
            task.mirror(labels, at)
    return images, labels


def evaluate(net, task, normalise, images, labels, batch):
    net.eval()
    with torch.no_grad():
        outputs = torch.cat([net(normalise(part)) for part in images.split(batch)])
        loss = float(task.loss(outputs, task.target(labels)))
    return {"loss": loss, **task.metrics(outputs, labels)}


def train(parts, task, settings, seed):
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    images, labels = parts["train"]
    mean = images.double().mean((0, 2, 3)).float().view(-1, 1, 1)
    std = images.double().std((0, 2, 3), correction=0).float().view(-1, 1, 1)
    normalise = lambda part: ((part.float() - mean) / std).to(memory_format=torch.channels_last)  # noqa: E731
    batch, epochs = settings["batch"], settings["epochs"]
    steps = len(images) // batch
    net = NETS[settings["model"]](images.shape[1], images.shape[2], task.outputs)
    net = net.to(memory_format=torch.channels_last)
    initialise(net)
    optimizer = optimizer_of(net, settings)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (1 + math.cos(math.pi * step / (steps * epochs))) / 2
    )
    kinds = settings["augment"].split(",")
    best = None
    for epoch in range(1, epochs + 1):
        net.train()
        for rows in torch.randperm(len(images), generator=random)[: steps * batch].split(batch):
            x, y = augmented(images[rows], task.pick(labels, rows), task, kinds, random)
            optimizer.zero_grad(set_to_none=True)
            task.loss(net(normalise(x)), task.target(y)).backward()
            optimizer.step()
            schedule.step()
        found = {"epoch": epoch, **evaluate(net, task, normalise, *parts["val"], batch)}
        print(json.dumps(found), file=sys.stderr, flush=True)
        if best is None or task.better(found[task.score], best[0][task.score]) != best[0][task.score]:
            best = found, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(best[1])
    return {"seed": seed, "test": evaluate(net, task, normalise, *parts["test"], batch), "best": best[0]}


def main():
    sets, name, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    settings = json.loads((HERE / "settings.json").read_text())[name]
    kind = TASKS[settings["task"]]
    parts = read(sets / f"{settings['set']}.npz", kind)
    images, labels = parts["train"]
    task = kind(labels, images.shape[2:])
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"pytorch-{name}.json"
    found = json.loads(path.read_text()) if path.exists() else []
    for seed in range(len(found) + 1, settings["seeds"] + 1):
        start = time.time()
        found.append({**train(parts, task, settings, seed), "seconds": time.time() - start})
        print(json.dumps(found[-1]), flush=True)
        path.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
