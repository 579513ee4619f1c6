"""The nets of `convoy bench` in PyTorch: the same layers, widths and parameters as src/models/.

A net is a function of (channels, size, classes) and one line in NETS; `convoy bench` compares parameter
counts before it measures.
"""

from torch import nn
from torch.nn import functional as F


def lenet5(channels, size, classes):
    """LeCun et al. 1998 in its modern form: ReLU, max pooling, linear output."""
    padding = max(0, 32 - size) // 2
    side = ((size + 2 * padding - 4) // 2 - 4) // 2
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * side * side, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, classes),
    )


def convnet_gn(channels, _size, classes):
    """Three 3x3 convolutions with group normalisation (Wu and He 2018, arXiv 1803.08494)."""
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.GroupNorm(8, outputs), nn.ReLU()]

    return nn.Sequential(
        *block(channels, 32), nn.MaxPool2d(2),
        *block(32, 64), nn.MaxPool2d(2),
        *block(64, 64),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes),
    )


def conv_bn(inputs, outputs, kernel, stride=1, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """act(shortcut(x) + body(x))."""

    def __init__(self, body, shortcut=nn.Identity(), act=F.relu):
        super().__init__()
        self.body, self.shortcut, self.act = body, shortcut, act

    def forward(self, x):
        return self.act(self.shortcut(x) + self.body(x))


class Widen(nn.Module):
    """Option A of He et al. 2015: every other pixel, and channels of zeros."""

    def __init__(self, extra, stride):
        super().__init__()
        self.extra, self.stride = extra, stride

    def forward(self, x):
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.extra))


def basic_block(inputs, outputs, stride, shortcut):
    body = nn.Sequential(*conv_bn(inputs, outputs, 3, stride), nn.ReLU(), *conv_bn(outputs, outputs, 3))
    same = stride == 1 and inputs == outputs
    return Residual(body, nn.Identity() if same else shortcut(inputs, outputs, stride))


def stages(widths, blocks, inputs, shortcut):
    layers = []
    for stage, width in enumerate(widths):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(basic_block(inputs, width, stride, shortcut))
            inputs = width
    return layers


def resnet_cifar(layers):
    """He et al. 2015 (arXiv 1512.03385), section 4.2: 6n + 2 layers."""
    def net(channels, _size, classes):
        return nn.Sequential(
            conv_bn(channels, 16, 3), nn.ReLU(),
            *stages((16, 32, 64), (layers - 2) // 6, 16, lambda i, o, stride: Widen(o - i, stride)),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes),
        )

    return net


def resnet18(channels, _size, classes):
    """He et al. 2015 (arXiv 1512.03385), table 1; shortcuts of option B."""
    return nn.Sequential(
        conv_bn(channels, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        *stages((64, 128, 256, 512), 2, 64, lambda i, o, stride: conv_bn(i, o, 1, stride)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes),
    )


def bottleneck(inputs, outputs, expansion, stride):
    hidden = inputs * expansion
    expand = [*conv_bn(inputs, hidden, 1), nn.ReLU6()] if expansion > 1 else []
    depthwise = [*conv_bn(hidden, hidden, 3, stride, groups=hidden), nn.ReLU6()]
    body = nn.Sequential(*expand, *depthwise, *conv_bn(hidden, outputs, 1))
    return Residual(body, act=lambda x: x) if stride == 1 and inputs == outputs else body


def mobilenetv2(channels, _size, classes):
    """Sandler et al. 2018 (arXiv 1801.04381), table 2."""
    layers, inputs = [conv_bn(channels, 32, 3, 2), nn.ReLU6()], 32
    for expansion, outputs, count, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):
        for block in range(count):
            layers.append(bottleneck(inputs, outputs, expansion, stride if block == 0 else 1))
            inputs = outputs
    head = [conv_bn(320, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *head, nn.Dropout(0.2), nn.Linear(1280, classes))


NETS = {
    "lenet5": lenet5,
    "convnet-gn": convnet_gn,
    "resnet20": resnet_cifar(20),
    "resnet32": resnet_cifar(32),
    "resnet56": resnet_cifar(56),
    "resnet18": resnet18,
    "mobilenetv2": mobilenetv2,
}
