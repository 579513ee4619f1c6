"""Makes test/fixtures/quantisers.json: values and gradients of fake quantisers by PyTorch (fake_quantize_*), by Brevitas
(learned steps), and by the papers' equations written in PyTorch with autograd. Run once:
python test/support/quantisers.py > test/fixtures/quantisers.json"""

import json
import math

import brevitas
import torch
from brevitas.core.bit_width import BitWidthConst
from brevitas.core.function_wrapper import Identity, RoundSte, TensorClamp
from brevitas.core.quant import IntQuant

torch.manual_seed(1)
X = torch.randn(4, 2, 3, 3)
G = torch.randn(4, 2, 3, 3)


def ste(x, y):
    """y, with the gradient of x."""
    return x + (y - x).detach()


def short(number):
    """As few digits as f32 needs."""
    return float(f"{float(number):.9g}")


def numbers(tensor):
    return [short(number) for number in tensor.detach().flatten()]


def case(name, by, bits, quantise, signed=True, x=X, **params):
    x = x.clone().requires_grad_()
    own = {key: torch.tensor([value], requires_grad=True) for key, value in params.items()}
    y = quantise(x, **own)
    (y * G).sum().backward()
    return {
        "name": name,
        "by": by,
        "bits": bits,
        "signed": signed,
        "x": numbers(x),
        "y": numbers(y),
        "dx": numbers(x.grad),
        "params": params,
        "dparams": {
            key: 0.0 if value.grad is None else short(value.grad) for key, value in own.items()
        },
    }


def whole(bits, signed):
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def affine(bits):
    low, high = float(X.min()), float(X.max()) * 0.7
    scale = torch.tensor(high - low) / (2**bits - 1)
    zero = int(torch.clamp(torch.round(torch.tensor(-low) / scale), 0, 2**bits - 1))
    by = lambda x, **_: torch.fake_quantize_per_tensor_affine(x, float(scale), zero, 0, 2**bits - 1)
    return case("affine", "torch", bits, by, low=low, high=high)


def symmetric(bits):
    low, high = whole(bits, True)
    scale = float(X.abs().max()) / high
    by = lambda x: torch.fake_quantize_per_tensor_affine(x, scale, 0, low, high)
    return case("symmetric", "torch", bits, by)


def per_channel(bits):
    low, high = whole(bits, True)
    scale = X.abs().amax(dim=(1, 2, 3)) / high
    zero = torch.zeros(4, dtype=torch.int32)
    by = lambda x: torch.fake_quantize_per_channel_affine(x, scale, zero, 0, low, high)
    return case("per-channel", "torch", bits, by)


def lsq_brevitas(bits, signed):
    """Brevitas clips behind the rounding, LSQ in front of it: they differ less than half a step beyond the last one."""
    low, high = whole(bits, signed)
    step = 0.4 if bits == 3 else 0.17
    places = X / step
    x = X + step * ((places > high).float() - (places < low).float())
    quant = IntQuant(
        narrow_range=False,
        signed=signed,
        input_view_impl=Identity(),
        float_to_int_impl=RoundSte(),
        tensor_clamp_impl=TensorClamp(),
    )
    bit_width = BitWidthConst(bits)()
    by = lambda x, step: quant(step, torch.tensor(0.0), bit_width, x)
    return case("lsq", "brevitas", bits, by, signed, x, step=step)


class Lsq(torch.autograd.Function):
    """Equations 1 to 3 of the paper, as they stand."""

    @staticmethod
    def forward(ctx, x, step, low, high):
        ctx.save_for_backward(x, step)
        ctx.bounds = low, high
        return torch.round(torch.clamp(x / step, low, high)) * step

    @staticmethod
    def backward(ctx, grad):
        x, step = ctx.saved_tensors
        low, high = ctx.bounds
        v = x / step
        inside = (v > low) & (v < high)
        slope = torch.where(v <= low, low, torch.where(v >= high, high, torch.round(v) - v))
        return grad * inside, (grad * slope).sum().reshape(1), None, None


def lsq(bits, signed):
    bounds = whole(bits, signed)
    return case("lsq", "equations", bits, lambda x, step: Lsq.apply(x, step, *bounds), signed, step=0.3)


def pact(bits):
    steps = 2**bits - 1

    def by(x, alpha):
        cut = 0.5 * (x.abs() - (x - alpha).abs() + alpha)
        scale = (alpha / steps).detach()
        return ste(cut, torch.round(cut / scale) * scale)

    return case("pact", "equations", bits, by, False, alpha=1.1)


def dorefa_weights(bits):
    steps = 2**bits - 1

    def by(x):
        bent = torch.tanh(x)
        half = bent / (2 * bent.abs().max()) + 0.5
        return 2 * ste(half, torch.round(half * steps) / steps) - 1

    return case("dorefa-weights", "equations", bits, by)


def dorefa_images(bits):
    steps = 2**bits - 1

    def by(x):
        cut = torch.clamp(x, 0, 1)
        return ste(cut, torch.round(cut * steps) / steps)

    return case("dorefa-images", "equations", bits, by, False)


# Exponents of the terms' powers, as the paper's tables and its authors' program have them, by bits without the sign.
TERMS = {
    2: [[1, 2, 3]],
    3: [[1, 2, 4], [3]],
    4: [[1, 3, 5], [2, 4, 6]],
    5: [[1, 3, 6], [2, 4, 7], [5]],
}


def sums(bits):
    found = {0.0}
    for term in TERMS[bits]:
        found = {have + power for have in found for power in [0.0, *(2.0**-e for e in term)]}
    levels = torch.tensor(sorted(found), dtype=torch.float64)
    return (levels / levels.max()).float()


def nearest(x, levels):
    return levels[(x.unsqueeze(-1) - levels).abs().argmin(dim=-1)]


def apot(bits):
    levels = sums(bits - 1)

    def by(x, alpha):
        share = x / alpha
        cut = torch.clamp(share, -1, 1)
        return ste(cut, cut.sign() * nearest(cut.abs(), levels)) * alpha

    return case("apot", "equations", bits, by, alpha=1.3)


def power_of_two(bits):
    top = math.floor(math.log2(4 / 3 * float(X.abs().max())))
    powers = [2.0 ** (top - k) for k in range(2 ** (bits - 1) - 1)]
    levels = torch.tensor(sorted([0.0, *powers]))

    def by(x):
        cut = torch.clamp(x, -(2.0**top), 2.0**top)
        return ste(cut, cut.sign() * nearest(cut.abs(), levels))

    return case("power-of-two", "equations", bits, by)


CASES = [
    *(make(bits) for make in (affine, symmetric, per_channel) for bits in (2, 4, 8)),
    *(lsq_brevitas(bits, signed) for bits in (3, 4) for signed in (True, False)),
    *(lsq(bits, signed) for bits in (2, 4) for signed in (True, False)),
    *(make(bits) for make in (pact, dorefa_weights, dorefa_images) for bits in (2, 4)),
    *(apot(bits) for bits in (3, 4, 5, 6)),
    *(power_of_two(bits) for bits in (2, 3, 4)),
]
print(
    json.dumps(
        {"source": f"torch {torch.__version__.split('+')[0]}, brevitas {brevitas.__version__}", "shape": list(X.shape), "grad": numbers(G), "cases": CASES}
    )
)
