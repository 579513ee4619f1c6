"""Makes test/fixtures/pixels.json: results of pixel operations on small images by Pillow, called as torchvision's policies
call it (nearest, no fill). Run once: python test/support/pixels.py > test/fixtures/pixels.json"""

import base64
import json

import numpy as np
import torchvision
from PIL import Image, __version__
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import _apply_op

random = np.random.default_rng(1)
SHAPES = [(9, 7, 3), (8, 8, 3), (12, 5, 1), (2, 3, 3), (1, 1, 1)]
FACTORS = [-0.99, -0.9, -0.46, 0.0, 0.3, 0.9, 0.99]
MAGNITUDES = {
    "ShearX": [-0.99, -0.3, 0.0, 0.1, 0.66],
    "ShearY": [-0.99, -0.3, 0.0, 0.1, 0.66],
    "TranslateX": [-3.7, 0.0, 1.0, 4.0],
    "TranslateY": [-3.7, 0.0, 1.0, 4.0],
    "Rotate": [-135.0, -90.0, -30.0, 0.0, 7.0, 45.0, 90.0, 180.0],
    "Brightness": FACTORS,
    "Color": FACTORS,
    "Contrast": FACTORS,
    "Sharpness": FACTORS,
    "Posterize": [2, 4, 7, 8],
    "Solarize": [0.0, 67.5, 128.0, 255.0, 256.0],
    "AutoContrast": [0.0],
    "Equalize": [0.0],
    "Invert": [0.0],
}


def packed(pixels):
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()


images, results = [], []
for number, (height, width, channels) in enumerate(SHAPES):
    low, high = (0, 256) if number % 2 == 0 else (40, 200)
    pixels = random.integers(low, high, (height, width, channels), dtype=np.uint8)
    images.append({"height": height, "width": width, "channels": channels, "bytes": packed(pixels)})
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    for operation, magnitudes in MAGNITUDES.items():
        for magnitude in magnitudes:
            made = _apply_op(image, operation, magnitude, InterpolationMode.NEAREST, None)
            results.append([number, operation, magnitude, packed(np.asarray(made))])
print(json.dumps({"pillow": __version__, "torchvision": torchvision.__version__, "images": images, "results": results}))
