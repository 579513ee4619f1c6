import { expect, test } from "vitest";
import { parseBytes } from "../text/bytes.js";
import { bench } from "./bench.js";

test("a step keeps within its memory, and its rate is told beside what the machine can do", async () => {
  const quick = { work: "step", batches: [16], nets: 1, engine: "native", rounds: 1 } as const;
  const shared = { ...quick, models: ["resnet20"], peers: [], threads: [1], limitSeconds: 1 };
  const run = (memory?: string) => bench({ ...shared, memory, progress: () => {} });
  const [plain, small] = [await run(), await run("11MB")];
  const state = plain.rows[0].peakBytes - small.rows[0].peakBytes;
  expect(state).toBeGreaterThan(0);
  // Weights, momentum and images come on top of the programs.
  expect(small.rows[0].peakBytes).toBeLessThan(parseBytes("11MB") + 4 * (2 * 274_000 + 16 * 3082));
  const { gflops, matmulShare } = plain.rows[0];
  expect(matmulShare! * plain.peak!.matmul[1]).toBeCloseTo(gflops * 1e9, -3);
});
