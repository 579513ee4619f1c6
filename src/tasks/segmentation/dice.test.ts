import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { IGNORED } from "../../data/index.js";
import { softmax } from "../softmax.js";
import type { Task } from "../task.js";
import { segmentation } from "./index.js";
import { MASK } from "./targets.js";

const [CLASSES, PIXELS] = [3, 4];
const question = {
  task: segmentation as Task,
  targets: { [MASK]: { dtype: "i32", shape: [2, 2] } },
  constants: {},
} as const;
const lossOf = (images: number, dice: number) =>
  compileLoss(question, [images, CLASSES, 2, 2], 0, dice);

/** The loss of an image by its definition: logits [classes, pixels]. */
function diceOf(logits: ArrayLike<number>, mask: readonly number[]): number {
  const own = [...mask.keys()].filter((at) => mask[at] !== IGNORED);
  const probability = (c: number, at: number) => {
    const powers = [0, 1, 2].map((k) => Math.exp(logits[k * PIXELS + at]));
    return powers[c] / (powers[0] + powers[1] + powers[2]);
  };
  const shown = [0, 1, 2].filter((c) => mask.includes(c));
  const losses = shown.map((c) => {
    let [both, squares] = [0, 0];
    for (const at of own) {
      const [p, t] = [probability(c, at), Number(mask[at] === c)];
      both += p * t;
      squares += p * p + t;
    }
    return 1 - (2 * both) / squares;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(shown.length, 1);
}

test("is that of its definition, and so is its gradient, of each image by itself", async () => {
  const both = await lossOf(2, 1);
  const logit = fc.double({ min: -3, max: 3, noNaN: true });
  const pixel = fc.constantFrom(0, 1, 2, IGNORED);
  await fc.assert(
    fc.asyncProperty(
      fc.array(logit, { minLength: 24, maxLength: 24 }),
      fc.array(pixel, { minLength: 8, maxLength: 8 }),
      async (values, masks) => {
        const output = Float32Array.from(values);
        const { losses, gradient } = await both(output, { [MASK]: Int32Array.from(masks) });
        const of = (given: Float64Array, image: number) =>
          diceOf(
            given.subarray(12 * image, 12 * image + 12),
            masks.slice(4 * image, 4 * image + 4),
          );
        const exact = Float64Array.from(output);
        for (const image of [0, 1]) expect(losses[image]).toBeCloseTo(of(exact, image), 5);
        for (const at of exact.keys()) {
          const image = Math.floor(at / 12);
          const [more, less] = [1e-5, -1e-5].map((step) => {
            const moved = exact.slice();
            moved[at] += step;
            return of(moved, image);
          });
          // The gradient is that of the mean over two images.
          expect(gradient[at]).toBeCloseTo((more - less) / 2e-5 / 2, 4);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("has a share beside the cross-entropy", async () => {
  const mask = { [MASK]: Int32Array.of(0, 1, 1, IGNORED) };
  const output = Float32Array.from({ length: 12 }, (_, at) => Math.sin(at));
  const [none, some, all] = await Promise.all(
    [0, 0.25, 1].map(async (dice) => (await lossOf(1, dice))(output, mask)),
  );
  expect(some.losses[0]).toBeCloseTo(0.75 * none.losses[0] + 0.25 * all.losses[0], 5);
  const sure = softmax(Float32Array.of(output[0], output[4], output[8]))[0];
  expect(none.losses[0]).toBeGreaterThan(-Math.log(sure) / 3);
});

test("is 0 for what is right for certain, and finite however wrong", async () => {
  const mask = { [MASK]: Int32Array.of(0, 0, 1, 1) };
  const loss = await lossOf(1, 1);
  const certain = (classOf: readonly number[]) =>
    Float32Array.from({ length: 12 }, (_, at) =>
      classOf[at % 4] === Math.floor(at / 4) ? 200 : -200,
    );
  expect((await loss(certain([0, 0, 1, 1]), mask)).losses[0]).toBeCloseTo(0, 6);
  const wrong = await loss(certain([2, 2, 2, 2]), mask);
  expect(wrong.losses[0]).toBeCloseTo(1, 6);
  expect([...wrong.gradient].every(Number.isFinite)).toBe(true);
  const empty = await loss(certain([2, 2, 2, 2]), { [MASK]: new Int32Array(4).fill(IGNORED) });
  expect([...empty.losses, ...empty.gradient].every((value) => value === 0)).toBe(true);
});
