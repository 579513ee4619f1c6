import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { netOf } from "../nn/index.js";
import { openTrained, train } from "./index.js";

test("features are what the head makes logits of, means over the pixels of the last map", async () => {
  const data = stripeSplits();
  const out = join(temporaryFolder(), "run");
  const settings = { data: "stripes", model: "convnet-gn", size: 8, epochs: 1, batch: 16 };
  await train({ ...settings, engine: "reference", out }, { data });
  const net = await openTrained(out, { engine: "reference" });
  const { of, width } = await net.features(data.test);
  expect([width, of.length]).toEqual([64, 64 * 33]);

  const short = { ...data.test, length: 1 };
  for (const ask of ["predict", "features", "evaluate"] as const) {
    await expect(net[ask](short)).rejects.toThrow("33 images, length 1; expected");
  }

  const { params } = netOf(net.model, 1, { training: false }).layout;
  const w = await net.w.read();
  const parameter = (name: string) => w.subarray(params.find((one) => one.name === name)!.offset);
  const [weight, bias] = [parameter("fc.weight"), parameter("fc.bias")];
  const predictions = await net.predict(data.test);
  for (const at of [0, 17, 32]) {
    const logits = [0, 1, 2].map((own) =>
      of
        .subarray(at * 64, (at + 1) * 64)
        .reduce((sum, value, k) => sum + value * weight[own * 64 + k], bias[own]),
    );
    const best = logits.indexOf(Math.max(...logits));
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - logits[best]), 0);
    expect(predictions[at].class).toBe(net.info.names[best]);
    expect(predictions[at].confidence).toBeCloseTo(1 / sum, 5);
  }
  expect(await net.features({ ...data.test, length: 0 })).toMatchObject({ width: 0 });
  await net.close();
});

test("an ensemble has none, and says what to do", async () => {
  const data = stripeSplits();
  const out = join(temporaryFolder(), "run");
  const settings = { data: "stripes", model: "convnet-gn", size: 8, steps: 1, batch: 16 };
  const swarm = { swarm: "independent", particles: 2, deploy: "ensemble" };
  await train({ ...settings, ...swarm, engine: "reference", out }, { data });
  const net = await openTrained(out, { engine: "reference" });
  try {
    await expect(net.features(data.test)).rejects.toThrow(
      "an ensemble of 2 nets has no features; expected one net",
    );
  } finally {
    await net.close();
  }
});
