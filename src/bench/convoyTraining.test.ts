import { expect, test } from "vitest";
import { openTraining } from "./convoyTraining.js";
import { workloadOf } from "./workload.js";

const engine = { engine: "native", threads: 1, engines: 1 } as const;

test.each([
  ["lenet5", 28, "classes"],
  ["unet-8", 16, "masks"],
  ["detector-s", 64, "boxes"],
])("steps of %s at %i pixels are taken on %s", async (model, size) => {
  const asked = { work: "step", model, size, batch: 3, nets: 1, threads: [1] } as const;
  const contender = await openTraining(workloadOf({ ...asked, tuneSeconds: 1 }), engine);
  expect(contender.flops).toBeGreaterThan(0);
  expect(contender.parameters).toBeGreaterThan(0);
  expect(await contender.run(2)).toBeGreaterThan(0);
  await contender.close();
});
