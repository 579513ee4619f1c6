"""What the twin is asked: labels of a part, targets of a batch, loss and metrics.

`Labels.of(arrays, part)` reads the labels of all images of a part; `pick` takes some; `mirrored` gives one image's labels
as they are when it is mirrored.
"""

import contextlib
import io
import math

import numpy as np
import torch
from pytorch_detection import Detector, cell_loss, cell_targets, centres
from sklearn.metrics import average_precision_score, fbeta_score
from torch.nn import functional as F


class Task:
    """Labels in one tensor [n, ...], which mirroring leaves as they are."""

    better = max

    def __init__(self, train, size):
        self.size = size

    @classmethod
    def read(cls, arrays, part):
        return torch.from_numpy(arrays[f"{part}_{cls.labels}"])

    def pick(self, labels, rows):
        return labels[rows].clone()

    def mirror(self, labels, at):
        """Changes the labels of the image in place."""

    def target(self, labels):
        return labels


class Tags(Task):
    """Sigmoid cross-entropy; F2 of each image, averaged."""

    labels, score = "tags", "f2"

    def __init__(self, train, size):
        super().__init__(train, size)
        self.outputs = train.shape[1]

    def target(self, labels):
        return labels.float()

    def loss(self, outputs, target):
        return F.binary_cross_entropy_with_logits(outputs, target)

    def metrics(self, outputs, labels):
        said, truth = (outputs > 0).numpy(), labels.numpy()
        f2, f1 = (fbeta_score(truth, said, beta=beta, average="samples", zero_division=0) for beta in (2, 1))
        return {"f2": f2, "f1": f1, "map": average_precision_score(truth, outputs.numpy(), average="macro")}


class Segment(Task):
    """Cross-entropy of each pixel; intersection over union of each class, averaged."""

    labels, score = "masks", "miou"

    def __init__(self, train, size):
        super().__init__(train, size)
        self.outputs = int(train.max()) + 1

    def mirror(self, labels, at):
        labels[at] = labels[at].flip(-1)

    def target(self, labels):
        return labels.long()

    def loss(self, outputs, target):
        return F.cross_entropy(outputs, target)

    def metrics(self, outputs, labels):
        said = outputs.argmax(1)
        ious = [
            ((said == one) & (labels == one)).sum() / ((said == one) | (labels == one)).sum()
            for one in range(self.outputs)
        ]
        return {"miou": float(sum(ious) / len(ious)), "pixelAccuracy": float((said == labels).float().mean())}


class Values(Task):
    """Squared error of values with mean 0 and spread 1; mean absolute error in their own units."""

    labels, score, better = "values", "mae", min

    def __init__(self, train, size):
        super().__init__(train, size)
        self.outputs = train.shape[1]
        self.mean, self.std = train.double().mean(0).float(), train.double().std(0, correction=0).float()

    def target(self, labels):
        return (labels - self.mean) / self.std

    def loss(self, outputs, target):
        return F.mse_loss(outputs, target)

    def metrics(self, outputs, labels):
        error = outputs * self.std + self.mean - labels
        spread = (labels - labels.mean(0)).square().sum()
        return {
            "mae": float(error.abs().mean()),
            "rmse": float(error.square().mean().sqrt()),
            "r2": float(1 - error.square().sum() / spread),
        }


class Marks(Task):
    """A list of rows for each image, in pixels."""

    @classmethod
    def read(cls, arrays, part):
        rows, images = arrays[f"{part}_{cls.labels}"], len(arrays[f"{part}_images"])
        return [torch.from_numpy(rows[rows[:, 0] == at, 1:]) for at in range(images)]

    def pick(self, labels, rows):
        return [labels[at].clone() for at in rows]


SIGMA = 4
PEAK = 2 * math.pi * SIGMA**2


class Counts(Marks):
    """Squared error of a density of bells with peak 1, averaged over the pixels; mean absolute error of its sum."""

    labels, score, better = "points", "mae", min
    outputs = 1

    def mirror(self, labels, at):
        labels[at][:, 0] = self.size[1] - labels[at][:, 0]

    def bells(self, places, length):
        """Of each point a bell [points, length] that ends after three deviations and has sum 1 in the image."""
        apart = torch.arange(length) + 0.5 - places[:, None]
        reach = (torch.arange(length) >= (places[:, None] - 3 * SIGMA).floor()) & (
            torch.arange(length) <= (places[:, None] + 3 * SIGMA).floor()
        )
        bells = torch.exp(-(apart**2) / (2 * SIGMA**2)) * reach
        return bells / bells.sum(1, keepdim=True)

    def target(self, labels):
        height, width = self.size
        maps = [
            torch.einsum("ky,kx->yx", self.bells(points[:, 1], height), self.bells(points[:, 0], width))
            for points in labels
        ]
        return PEAK * torch.stack(maps)[:, None]

    def loss(self, outputs, target):
        return F.mse_loss(outputs, target)

    def metrics(self, outputs, labels):
        error = outputs.sum((1, 2, 3)) / PEAK - torch.tensor([len(points) for points in labels])
        return {"mae": float(error.abs().mean()), "rmse": float(error.square().mean().sqrt())}


class Boxes(Marks):
    """The loss of FCOS; average precision by COCO's rules (pycocotools)."""

    labels, score = "boxes", "ap50"
    outputs = 3

    def __init__(self, train, size):
        super().__init__(train, size)
        self.usual = max(1, 6 * sum(len(boxes) for boxes in train) / len(train))

    def mirror(self, labels, at):
        labels[at][:, [0, 2]] = self.size[1] - labels[at][:, [2, 0]]

    def target(self, labels):
        return cell_targets([boxes[:, :5] for boxes in labels], self.size, self.outputs)

    def loss(self, outputs, target):
        return cell_loss(outputs, target, self.usual)

    def found(self, output):
        """Rows of left, top, right, bottom, class and score: at most 100, behind suppression within each class."""
        from torchvision.ops import batched_nms

        places, strides = centres(*self.size)
        sides = output[self.outputs : self.outputs + 4].clamp(max=6).exp() * strides
        score = (output[: self.outputs].sigmoid() * output[-1].sigmoid()).sqrt()
        of, cell = (score >= 0.05).nonzero().unbind(1)
        order = score[of, cell].argsort(descending=True)[:1000]
        of, cell = of[order], cell[order]
        x, y = places[cell].unbind(1)
        left, top, right, bottom = sides[:, cell]
        height, width = self.size
        horizontal = [(x - left).clamp(0, width), (x + right).clamp(0, width)]
        vertical = [(y - top).clamp(0, height), (y + bottom).clamp(0, height)]
        boxes = torch.stack([horizontal[0], vertical[0], horizontal[1], vertical[1]], 1)
        keep = batched_nms(boxes, score[of, cell], of, 0.6)[:100]
        return torch.cat([boxes, of[:, None], score[of, cell][:, None]], 1)[keep]

    def metrics(self, outputs, labels):
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval

        def coco_box(row):
            left, top, right, bottom = row[:4].tolist()
            return [left, top, right - left, bottom - top]

        truth, said = [], []
        for image, (output, boxes) in enumerate(zip(outputs, labels)):
            for row in boxes:
                box = coco_box(row)
                area, number = box[2] * box[3], len(truth) + 1
                one = {"id": number, "image_id": image, "category_id": int(row[4]), "bbox": box, "area": area}
                truth.append({**one, "iscrowd": int(row[5])})
            for row in self.found(output):
                one = {"image_id": image, "category_id": int(row[4]), "bbox": coco_box(row), "score": float(row[5])}
                said.append(one)
        if not said:
            return {"ap50": 0.0, "ap": 0.0}
        with contextlib.redirect_stdout(io.StringIO()):
            known = COCO()
            known.dataset = {
                "images": [{"id": at} for at in range(len(labels))],
                "categories": [{"id": at} for at in range(self.outputs)],
                "annotations": truth,
            }
            known.createIndex()
            judged = COCOeval(known, known.loadRes(said), "bbox")
            judged.evaluate()
            judged.accumulate()
            judged.summarize()
        return {"ap50": float(judged.stats[1]), "ap": float(judged.stats[0])}


TASKS = {"tags": Tags, "segment": Segment, "values": Values, "count": Counts, "detect": Boxes}
