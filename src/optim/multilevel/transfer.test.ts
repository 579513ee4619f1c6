import { afterAll, describe, expect, test } from "vitest";
import { createEngine, type Vector } from "../../engine/index.js";
import { createModel } from "../../models/index.js";
import { build } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { compileTransfer } from "./transfer.js";

const input = { channels: 1, height: 8, width: 8, outputs: 3 };
const random = new Random({ seed: 5, purpose: "init" });

describe.each(["reference", "auto"])("engine %s", async (name) => {
  const engine = await createEngine({ engine: name });
  afterAll(() => engine.close());

  async function open(model: string) {
    const { depth, layer, input: shape } = createModel(model, input);
    const { blocks, stages, at } = depth!;
    const layouts = [layer, at(blocks / 2)].map(
      (of) => build(of, [1, ...shape], { training: true }).layout,
    );
    const [fine, coarse] = layouts;
    const transfer = await compileTransfer(engine, { fine, coarse }, stages, blocks / 2);
    const filled = async (length: number) => {
      const vector = engine.vector(length);
      await vector.write(Float32Array.from({ length }, () => random.normal()));
      return vector;
    };
    const image = async (
      length: number,
      of: (from: Vector, to: Vector) => Promise<void>,
      from: Vector,
    ) => {
      const to = engine.vector(length);
      await of(from, to);
      return to;
    };
    return { transfer, fine, coarse, filled, image };
  }

  describe.each(["odenet4", "odenet-dense8"])("%s", (model) => {
    test("projecting what was prolonged changes nothing", async () => {
      const { transfer, fine, coarse, filled, image } = await open(model);
      const u = await filled(coarse.trainable);
      const up = await image(fine.trainable, transfer.prolong, u);
      const again = await image(coarse.trainable, transfer.project, up);
      expect(await again.read()).toEqual(await u.read());
    });

    test("restriction is the transpose of prolongation", async () => {
      const { transfer, fine, coarse, filled, image } = await open(model);
      const [u, v] = [await filled(coarse.trainable), await filled(fine.trainable)];
      const { dot, norm } = engine.reduce;
      const above = await dot(await image(fine.trainable, transfer.prolong, u), v);
      const below = await dot(u, await image(coarse.trainable, transfer.restrict, v));
      expect(Math.abs(above - below)).toBeLessThan(1e-6 * (await norm(u)) * (await norm(v)));
    });

    test("a coarse block goes to two neighbours of the same place", async () => {
      const { transfer, fine, coarse, filled, image } = await open(model);
      const u = await filled(coarse.trainable);
      const values = await u.read();
      const up = await (await image(fine.trainable, transfer.prolong, u)).read();
      for (const { name, offset, shape } of fine.params) {
        const from = name.replace(/^(stage\d*)\.(\d+)/, (_, stage, k) => `${stage}.${k >> 1}`);
        const own = coarse.params.find((param) => param.name === from)!;
        const size = shape.reduce((a, b) => a * b, 1);
        expect(up.subarray(offset, offset + size), name).toEqual(
          values.subarray(own.offset, own.offset + size),
        );
      }
    });
  });

  test("layouts that do not belong together are refused", async () => {
    const { fine } = await open("odenet4");
    const other = (await open("odenet-dense8")).coarse;
    await expect(
      compileTransfer(engine, { fine, coarse: other }, ["stage1", "stage2"], 2),
    ).rejects.toThrow("do not belong to");
  });
});
