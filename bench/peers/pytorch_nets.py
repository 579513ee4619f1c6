"""The nets of `convoy bench` in PyTorch: the same layers, widths and parameters as src/models/.

A net is a function of (channels, size, classes) and one line in NETS; `convoy bench` compares parameter
counts before it measures.
"""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_detection import Detector


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


def bottleneck(inputs, width, stride):
    """1x1, 3x3 and 1x1 to four times as many channels; the 3x3 one shrinks, as in torchvision."""
    outputs = 4 * width
    body = nn.Sequential(
        *conv_bn(inputs, width, 1), nn.ReLU(), *conv_bn(width, width, 3, stride), nn.ReLU(), *conv_bn(width, outputs, 1)
    )
    same = stride == 1 and inputs == outputs
    return Residual(body, nn.Identity() if same else conv_bn(inputs, outputs, 1, stride))


def around_stem(blocks, outputs):
    """He et al. 2015 (arXiv 1512.03385), table 1: the stem for 224x224 in front of blocks, a linear layer behind."""
    def net(channels, _size, classes):
        return nn.Sequential(
            conv_bn(channels, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), *blocks(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(outputs, classes),
        )

    return net


def resnet18_blocks():
    """Shortcuts of option B."""
    return stages((64, 128, 256, 512), 2, 64, lambda i, o, stride: conv_bn(i, o, 1, stride))


def resnet50_blocks():
    inputs, layers = 64, []
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(count):
            layers.append(bottleneck(inputs, width, 2 if stage > 0 and block == 0 else 1))
            inputs = 4 * width
    return layers


def wide_resnet(layers, width):
    """Zagoruyko and Komodakis 2016 (arXiv 1605.07146): 6n + 4 layers, pre-activation blocks."""
    def block(inputs, outputs, stride):
        first = [nn.BatchNorm2d(inputs), nn.ReLU()]
        rest = [*conv_bn(inputs, outputs, 3, stride), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)]
        if inputs == outputs:
            return Residual(nn.Sequential(*first, *rest), act=nn.Identity())
        around = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        return nn.Sequential(*first, Residual(nn.Sequential(*rest), around, nn.Identity()))

    def net(channels, _size, classes):
        modules, inputs = [nn.Conv2d(channels, 16, 3, 1, 1, bias=False)], 16
        for outputs, stride in ((16 * width, 1), (32 * width, 2), (64 * width, 2)):
            for at in range((layers - 4) // 6):
                modules.append(block(inputs, outputs, stride if at == 0 else 1))
                inputs = outputs
        head = [nn.BatchNorm2d(inputs), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
        return nn.Sequential(*modules, *head)

    return net


def inverted_residual(inputs, outputs, expansion, stride, kernel):
    hidden = inputs * expansion
    expand = [*conv_bn(inputs, hidden, 1), nn.ReLU6()] if expansion > 1 else []
    depthwise = [*conv_bn(hidden, hidden, kernel, stride, groups=hidden), nn.ReLU6()]
    body = nn.Sequential(*expand, *depthwise, *conv_bn(hidden, outputs, 1))
    return Residual(body, act=nn.Identity()) if stride == 1 and inputs == outputs else body


def inverted_residuals(stages, stem, head):
    """Stem, stages of (expansion, channels, blocks, stride, kernel), head."""
    def net(channels, _size, classes):
        layers, inputs = [conv_bn(channels, stem, 3, 2), nn.ReLU6()], stem
        for expansion, outputs, count, stride, kernel in stages:
            for block in range(count):
                layers.append(inverted_residual(inputs, outputs, expansion, stride if block == 0 else 1, kernel))
                inputs = outputs
        last = [conv_bn(inputs, head, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        return nn.Sequential(*layers, *last, nn.Dropout(0.2), nn.Linear(head, classes))

    return net


def round_channels(channels):
    """The multiple of 8 nearest to a number of channels, but not below nine tenths of it."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def mobilenetv2(width):
    """Sandler et al. 2018 (arXiv 1801.04381), table 2."""
    table = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    stages = [(t, round_channels(c * width), n, s, 3) for t, c, n, s in table]
    return inverted_residuals(stages, round_channels(32 * width), round_channels(1280 * max(1, width)))


def efficientnet_lite0():
    """Tan and Le 2019 (arXiv 1905.11946), table 1; lite: no squeeze-and-excitation, ReLU6."""
    stages = (
        (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
        (6, 320, 1, 1, 3),
    )
    return inverted_residuals(stages, 32, 1280)


class Fire(nn.Module):
    """A 1x1 convolution to few channels, then 1x1 and 3x3 ones side by side."""

    def __init__(self, inputs, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeeze, 1)
        self.expand1, self.expand3 = nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, 1, 1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1(x)), F.relu(self.expand3(x))], 1)


def squeezenet(stem, stages, frame):
    """Iandola et al. 2016 (arXiv 1602.07360) as released in Caffe: None is a pooling that rounds up."""
    def net(channels, _size, classes):
        layers, inputs = [nn.Conv2d(channels, stem[0], stem[1], 2), nn.ReLU()], stem[0]
        for stage in stages:
            layers.append(nn.MaxPool2d(3, 2, ceil_mode=True) if stage is None else Fire(inputs, *stage))
            inputs = inputs if stage is None else 2 * stage[1]
        head = [nn.Dropout(0.5), nn.Conv2d(inputs, classes, 1, padding=frame), nn.ReLU()]
        return nn.Sequential(*layers, *head, nn.AdaptiveAvgPool2d(1), nn.Flatten())

    return net


def conv_pair(inputs, outputs):
    return nn.Sequential(*conv_bn(inputs, outputs, 3), nn.ReLU(), *conv_bn(outputs, outputs, 3), nn.ReLU())


class UNet(nn.Module):
    """Ronneberger et al. 2015 (arXiv 1505.04597), narrow; sizes are multiples of 8."""

    def __init__(self, width, channels, classes):
        super().__init__()
        widths = [width, 2 * width, 4 * width]
        self.down = nn.ModuleList(conv_pair(i, o) for i, o in zip([channels, *widths], widths))
        self.bottom = conv_pair(4 * width, 8 * width)
        self.up = nn.ModuleList(conv_pair(3 * each, each) for each in reversed(widths))
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            skips.append(level(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.bottom(x)
        for level in self.up:
            larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = level(torch.cat([skips.pop(), larger], 1))
        return self.head(x)


def unet(width):
    return lambda channels, _size, classes: UNet(width, channels, classes)


SQUEEZENET_1_0 = (
    None, (16, 64), (16, 64), (32, 128), None, (32, 128), (48, 192), (48, 192), (64, 256), None, (64, 256),
)
SQUEEZENET_1_1 = (
    None, (16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192), (64, 256), (64, 256),
)

NETS = {
    "lenet5": lenet5,
    "convnet-gn": convnet_gn,
    "resnet20": resnet_cifar(20),
    "resnet32": resnet_cifar(32),
    "resnet56": resnet_cifar(56),
    "resnet18": around_stem(resnet18_blocks, 512),
    "resnet50": around_stem(resnet50_blocks, 2048),
    "wrn-16-4": wide_resnet(16, 4),
    "mobilenetv2": mobilenetv2(1),
    "mobilenetv2-0.75": mobilenetv2(0.75),
    "mobilenetv2-0.5": mobilenetv2(0.5),
    "mobilenetv2-0.35": mobilenetv2(0.35),
    "efficientnet-lite0": efficientnet_lite0(),
    "unet-8": unet(8),
    "unet-16": unet(16),
    "detector-s": lambda channels, _size, classes: Detector(channels, classes),
    "squeezenet1.0": squeezenet((96, 7), SQUEEZENET_1_0, 1),
    "squeezenet1.1": squeezenet((64, 3), SQUEEZENET_1_1, 0),
}
