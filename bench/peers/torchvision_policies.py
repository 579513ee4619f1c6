"""torchvision's policies, and what makes normalised tensors of their images, for bench/augmentation.mjs: reads lines
{name, form, seconds}, answers {rate}. Arguments: side of the images, and processes, each on a thread of its own."""

import json
import multiprocessing
import sys
import time

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T

POLICIES = {
    "trivial-wide": T.TrivialAugmentWide,
    "rand": T.RandAugment,
    "auto-cifar10": lambda: T.AutoAugment(T.AutoAugmentPolicy.CIFAR10),
    "augmix": T.AugMix,
}


def serve(side, pipe):
    torch.set_num_threads(1)
    arrays = np.random.default_rng(1).integers(0, 256, (64, side, side, 3), dtype=np.uint8)
    images = {
        "pil": [Image.fromarray(array) for array in arrays],
        "tensor": [torch.from_numpy(array).permute(2, 0, 1).contiguous() for array in arrays],
    }
    while True:
        asked = pipe.recv()
        convert = T.ToTensor() if asked["form"] == "pil" else T.ConvertImageDtype(torch.float32)
        whole = T.Compose([POLICIES[asked["name"]](), convert, T.Normalize([0.5] * 3, [0.25] * 3)])
        start = time.perf_counter()
        count = 0
        while time.perf_counter() - start < asked["seconds"]:
            for image in images[asked["form"]]:
                whole(image)
            count += len(images[asked["form"]])
        pipe.send(count / (time.perf_counter() - start))


if __name__ == "__main__":
    side, processes = int(sys.argv[1]), int(sys.argv[2])
    pipes = []
    for _ in range(processes):
        own, other = multiprocessing.Pipe()
        multiprocessing.Process(target=serve, args=(side, other), daemon=True).start()
        pipes.append(own)
    for line in sys.stdin:
        for pipe in pipes:
            pipe.send(json.loads(line))
        print(json.dumps({"rate": sum(pipe.recv() for pipe in pipes)}), flush=True)
