"""Loss and gradient of CTC by PyTorch, one thread: prints the processor time of each round in ms.
Usage: pytorchCtc.py FRAMES CLASSES LABELS BATCH ROUNDS [float32]; else in double precision"""
import sys
import time

import torch

frames, classes, labels, batch, rounds = map(int, sys.argv[1:6])
dtype = getattr(torch, (sys.argv[6:] or ["float64"])[0])
torch.set_num_threads(1)
torch.manual_seed(1)
logits = torch.randn(frames, batch, classes, dtype=dtype, requires_grad=True)
target = torch.randint(0, classes - 1, (batch, labels))
lengths = [torch.full((batch,), n, dtype=torch.long) for n in (frames, labels)]
for _ in range(rounds):
    start = time.process_time()
    loss = torch.nn.functional.ctc_loss(
        logits.log_softmax(-1), target, *lengths, blank=classes - 1, reduction="sum"
    )
    logits.grad = None
    loss.backward()
    print(f"{1e3 * (time.process_time() - start):.3f}")
