"""Work of `convoy bench` in PyTorch: each kind is a function from workload and setting to something to call."""

import gc
import statistics
import time

import torch

from pytorch_detection import cell_loss, random_targets
from pytorch_nets import NETS

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
RACE_SECONDS = 0.7


def make_net(workload, layout):
    channels, height, _ = workload["image"]
    return NETS[workload["model"]](channels, height, workload["classes"]).to(memory_format=FORMATS[layout])


def make_images(workload, layout):
    return torch.rand(workload["batch"], *workload["image"]).to(memory_format=FORMATS[layout])


def parameters_of(workload):
    return sum(p.numel() for p in make_net(workload, "contiguous").parameters())


def loss_of(outputs, workload):
    """A class of each image or pixel, or of each cell with its box."""
    classes, batch, (_, *size) = workload["classes"], workload["batch"], workload["image"]
    if outputs.ndim == 3:
        targets = random_targets(batch, size, classes)
        return lambda outputs: cell_loss(outputs, targets, 48)
    y = torch.randint(classes, (batch, *outputs.shape[2:]))
    return lambda outputs: torch.nn.functional.cross_entropy(outputs, y)


def open_step(workload, setting):
    """One training step: forward, loss, backward, Nesterov SGD with weight decay."""
    net, x = make_net(workload, setting["layout"]), make_images(workload, setting["layout"])
    with torch.no_grad():
        loss = loss_of(net(x), workload)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True)

    def evaluate():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=setting["precision"] == "bf16"):
            outputs = net(x)
        return loss(outputs.float())

    if setting["compiled"]:
        evaluate = torch.compile(evaluate)

    def step():
        optimizer.zero_grad(set_to_none=True)
        evaluate().backward()
        optimizer.step()

    return step


def open_inference(workload, setting):
    """One forward pass with fixed statistics; compiled, with weights folded and packed beforehand."""
    net, x = make_net(workload, setting["layout"]).eval(), make_images(workload, setting["layout"])
    if setting["compiled"]:
        torch._inductor.config.freezing = True
        net = torch.compile(net)

    def forward():
        half = setting["precision"] == "bf16"
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            net(x)

    return forward


def open_nets(workload, setting):
    """Training steps of several nets in turn."""
    steps = [open_step(workload, setting) for _ in range(workload["nets"])]

    def step():
        for one in steps:
            one()

    return step


WORKS = {"step": open_step, "infer": open_inference, "swarm": open_nets}


def open_work(workload, setting):
    torch.set_num_threads(setting["threads"])
    torch.manual_seed(1)
    torch._dynamo.reset()
    return WORKS[workload["work"]](workload, setting)


def seconds_of(work, steps):
    start = time.perf_counter()
    for _ in range(steps):
        work()
    return time.perf_counter() - start


def peak_bytes_of(work):
    """Most bytes that tensors take during a step: those that exist before it, and what the allocator gives in it.
    Memory that the libraries underneath take for themselves is not counted."""
    gc.collect()
    tensors = [each for each in gc.get_objects() if type(each) in (torch.Tensor, torch.nn.Parameter)]
    storages = {each.untyped_storage().data_ptr(): each.untyped_storage().nbytes() for each in tensors}
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        work()
    events = [each for each in profile.profiler.kineto_results.events() if each.name() == "[memory]"]
    now = peak = 0
    for event in sorted(events, key=lambda each: each.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return sum(storages.values()) + peak


def race(run):
    """Median seconds of one step of `run(steps) -> seconds`, over those that fit into the time of a race."""
    run(2)
    seconds, end = [], time.perf_counter() + RACE_SECONDS
    while not seconds or time.perf_counter() < end:
        seconds.append(run(1))
    return statistics.median(seconds)
