// Nets of eight convolutions, with and without batch norm: what synchronous and decentralised SGD do where depth makes steps hard.

import { nn } from "convoynet";

const deep = (name, norm) => ({
  name,
  source: "eight 3x3 convolutions of 16 channels",
  smallest: 16,
  create: ({ outputs }) => {
    const layers = {};
    for (let at = 1; at <= 8; at++) {
      layers[`conv${at}`] = nn.conv2d(16, 3, { padding: 1, bias: !norm });
      if (norm) layers[`bn${at}`] = nn.batchNorm();
      layers[`relu${at}`] = nn.relu();
      if (at === 2 || at === 4) layers[`pool${at}`] = nn.maxPool(2);
    }
    return {
      layer: nn.sequential({ ...layers, mean: nn.globalAvgPool(), fc: nn.linear(outputs) }),
    };
  },
});

export const models = [deep("deep8", false), deep("deep8-bn", true)];
