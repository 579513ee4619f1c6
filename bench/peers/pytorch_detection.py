"""The detector of src/models/detector.ts in PyTorch, with the targets and the loss of src/tasks/detection/: FCOS (Tian et
al. 2019, arXiv 1904.01355) with focal loss (arXiv 1708.02002) and generalised intersection over union (arXiv 1902.09630)."""

import math

import torch
from torch import nn
from torch.nn import functional as F

STRIDES = (8, 16, 32)
WIDTH = 48
SIDES = 4


def unit(inputs, outputs, kernel, stride=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class Block(nn.Module):
    """Half as high and wide, then a residual block."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.down = unit(inputs, outputs, 3, 2)
        rest = [nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.body = nn.Sequential(unit(outputs, outputs, 3), *rest)

    def forward(self, x):
        x = self.down(x)
        return F.relu(x + self.body(x))


class Detector(nn.Module):
    """Outputs [n, classes + 5, cells]: classes, distances to the four sides, centrality."""

    def __init__(self, channels, classes):
        super().__init__()
        self.stem = unit(channels, 16, 3, 2)
        self.stages = nn.ModuleList([Block(16, 24), Block(24, 48), Block(48, 96), Block(96, 96)])
        self.lateral = nn.ModuleList(nn.Conv2d(inputs, WIDTH, 1, bias=False) for inputs in (48, 96, 96))
        self.levels = nn.ModuleList(unit(WIDTH, WIDTH, 3) for _ in STRIDES)
        head = lambda outputs: nn.Sequential(unit(WIDTH, WIDTH, 3), nn.Conv2d(WIDTH, outputs, 1))  # noqa: E731
        self.classes = nn.ModuleList(head(classes) for _ in STRIDES)
        self.boxes = nn.ModuleList(head(SIDES + 1) for _ in STRIDES)

    def initialise_heads(self):
        """Small weights; a class is first said of one cell in a hundred."""
        for heads, bias in ((self.classes, -math.log(99)), (self.boxes, 0)):
            for head in heads:
                nn.init.normal_(head[1].weight, std=0.01)
                nn.init.constant_(head[1].bias, bias)

    def forward(self, x):
        x = self.stages[0](self.stem(x))
        seen = []
        for stage in self.stages[1:]:
            x = stage(x)
            seen.append(x)
        above, features = None, []
        for at in reversed(range(len(STRIDES))):
            own = self.lateral[at](seen[at])
            above = own if above is None else own + F.interpolate(above, size=own.shape[2:], mode="nearest")
            features.insert(0, self.levels[at](above))
        said = [
            torch.cat([self.classes[at](level), self.boxes[at](level)], 1).flatten(2)
            for at, level in enumerate(features)
        ]
        return torch.cat(said, 2)


def centres(height, width):
    """Centres [cells, 2] and strides [cells] of all cells."""
    places, strides = [], []
    for stride in STRIDES:
        rows, columns = math.ceil(height / stride), math.ceil(width / stride)
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        places.append((torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * stride)
        strides.append(torch.full((rows * columns,), float(stride)))
    return torch.cat(places), torch.cat(strides)


def middle(low, high, stride):
    """The part of a side near its middle from which a box is to be found."""
    at = (low + high) / 2
    low, high = max(low, at - 1.5 * stride), min(high, at + 1.5 * stride)
    if high - low >= stride:
        return low, high
    nearest = (math.floor(at / stride) + 0.5) * stride
    return min(low, nearest), max(high, nearest)


def cell_targets(images, size, classes):
    """Of boxes of each image, [boxes, 5] of left, top, right, bottom and class: class [n, cells] (as many as there are
    classes: none), sides [n, 4, cells] in strides, and centrality [n, cells]."""
    places, strides = centres(*size)
    cells = len(places)
    of = torch.full((len(images), cells), classes)
    sides, centre = torch.ones(len(images), SIDES, cells), torch.zeros(len(images), cells)
    for image, boxes in enumerate(images):
        area = lambda box: (box[2] - box[0]) * (box[3] - box[1])  # noqa: E731
        for left, top, right, bottom, own in sorted(boxes.tolist(), key=area, reverse=True):
            longer = max(right - left, bottom - top)
            stride = next((each for each in STRIDES if longer <= 8 * each), STRIDES[-1])
            (x0, x1), (y0, y1) = middle(left, right, stride), middle(top, bottom, stride)
            x, y = places.unbind(1)
            held = ((strides == stride) & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).nonzero()[:, 0]
            x, y = x[held], y[held]
            distances = (torch.stack([x - left, y - top, right - x, bottom - y]) / stride).clamp(min=0.05)
            across = torch.minimum(distances[0], distances[2]) / torch.maximum(distances[0], distances[2])
            down = torch.minimum(distances[1], distances[3]) / torch.maximum(distances[1], distances[3])
            of[image, held], sides[image, :, held], centre[image, held] = int(own), distances, (across * down).sqrt()
    return of, sides, centre


def cell_loss(outputs, targets, usual):
    """Mean over the images of the sums over their cells, divided by the usual number of cells that hold a box."""
    of, sides, centre = targets
    classes = outputs.shape[1] - SIDES - 1
    logits, found, central = outputs.split([classes, SIDES, 1], 1)
    own = F.one_hot(of, classes + 1)[..., :classes].transpose(1, 2).float()
    p = logits.sigmoid()
    miss = p + own - 2 * p * own
    focal = (0.75 - 0.5 * own) * miss * miss * F.binary_cross_entropy_with_logits(logits, own, reduction="none")
    found = found.clamp(max=6).exp()
    area = lambda each: (each[:, 0] + each[:, 2]) * (each[:, 1] + each[:, 3])  # noqa: E731
    shared, hull = area(torch.minimum(found, sides)), area(torch.maximum(found, sides))
    union = area(found) + area(sides) - shared
    boxes = 2 - shared / union - union / hull
    centrality = F.binary_cross_entropy_with_logits(central[:, 0], centre, reduction="none")
    held = 2 * centre * boxes + (centre > 0) * centrality
    return (focal.sum() + held.sum()) / (usual * len(outputs))


def random_targets(batch, size, classes):
    """Targets of eight boxes an image, for measuring."""
    corners = torch.rand(batch, 8, 2) * torch.tensor([size[1] / 2, size[0] / 2])
    extents = 8 + torch.rand(batch, 8, 2) * torch.tensor([size[1] / 2 - 8, size[0] / 2 - 8])
    of = torch.randint(classes, (batch, 8, 1)).float()
    return cell_targets(torch.cat([corners, corners + extents, of], 2), size, classes)
