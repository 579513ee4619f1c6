import { describe, expect, test } from "vitest";
import { bytesOf } from "../../test/fixtures/data.js";
import { openDataset, splitSelection } from "../data/index.js";
import type { RunConfig } from "../runs/index.js";
import { prepare } from "../train/prepare.js";
import { trainingImages } from "./trainingImages.js";

/** What a run on MNIST would have in its folder. */
async function configOfRun(): Promise<RunConfig> {
  const { config, data, net } = await prepare({ data: "mnist", seed: 3 }, {});
  return { versions: { convoy: "", node: "" }, settings: config, data, net, parameters: 0 };
}

describe("images that a run was trained on", () => {
  test("are those of the training set that did not go to the selection set", async () => {
    const { train } = await openDataset("mnist");
    const expected = splitSelection(train, { seed: 3 }).train;
    const found = await trainingImages(await configOfRun());
    expect(found.labels).toEqual(expected.labels);
    expect(Buffer.compare(bytesOf(found), bytesOf(expected))).toBe(0);
  });

  test("are drawn by a seed when only some are wanted", async () => {
    const config = await configOfRun();
    const [one, again, other] = await Promise.all([
      trainingImages(config, 50, 1),
      trainingImages(config, 50, 1),
      trainingImages(config, 50, 2),
    ]);
    expect(bytesOf(one)).toEqual(bytesOf(again));
    expect(one.labels).toEqual(again.labels);
    expect(one.length).toBe(50);
    expect(bytesOf(one)).not.toEqual(bytesOf(other));
  });

  test("are refused when the data have changed", async () => {
    const config = await configOfRun();
    const changed = { ...config, data: { ...config.data, train: 59_999 } };
    await expect(trainingImages(changed)).rejects.toThrow(
      "mnist is not what the run was trained on: train was 59999, now it is 60000; " +
        "its training images are needed",
    );
  });
});
