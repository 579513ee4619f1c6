import { describe, expect, test } from "vitest";
import { MicroBatches } from "./microBatches.js";

/** Batches whose ends are told by the test. */
function held(options: { readonly largest: number; readonly wait?: number }) {
  const started: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const batches = new MicroBatches(async (items: readonly number[]) => {
    started.push(items);
    await new Promise<void>((end) => ends.push(end));
    return items.map((item) => -item);
  }, options);
  return { batches, started, end: () => ends.shift()!() };
}

/** Lets everything go on that waits for nothing. */
const settled = () => new Promise((done) => setTimeout(done, 5));

describe("items are joined", () => {
  test("while one batch runs, and a second one starts when it is whole", async () => {
    const { batches, started, end } = held({ largest: 4 });
    const first = batches.add(1);
    await settled();
    expect(started).toEqual([[1]]);
    const more = [2, 3, 4].map((item) => batches.add(item));
    await settled();
    expect(started).toHaveLength(1);
    const last = [5, 6, 7].map((item) => batches.add(item));
    await settled();
    expect(started).toEqual([[1], [2, 3, 4, 5]]);
    end();
    await settled();
    // Another one still runs, and these are no whole batch.
    expect(started).toHaveLength(2);
    end();
    await settled();
    expect(started).toEqual([[1], [2, 3, 4, 5], [6, 7]]);
    end();
    expect(await Promise.all([first, ...more, ...last])).toEqual([-1, -2, -3, -4, -5, -6, -7]);
  });

  test("into powers of two", async () => {
    const { batches, started, end } = held({ largest: 8 });
    const answers = [1, 2, 3, 4, 5, 6, 7].map((item) => batches.add(item));
    for (let batch = 0; batch < 3; batch++) {
      await settled();
      end();
    }
    await Promise.all(answers);
    expect(started).toEqual([[1, 2, 3, 4], [5, 6], [7]]);
  });

  test("as long as is said, unless they are enough", async () => {
    const { batches, started, end } = held({ largest: 2, wait: 60_000 });
    const one = batches.add(1);
    await settled();
    expect(started).toEqual([]);
    const other = batches.add(2);
    expect(started).toEqual([[1, 2]]);
    end();
    expect(await Promise.all([one, other])).toEqual([-1, -2]);

    const soon = held({ largest: 2, wait: 1 });
    const alone = soon.batches.add(1);
    await new Promise((done) => setTimeout(done, 50));
    soon.end();
    expect(await alone).toBe(-1);
  });
});

test("an item that nobody waits for is left out, and said to be", async () => {
  const { batches, started, end } = held({ largest: 4 });
  const first = batches.add(1);
  await settled();
  let gone = false;
  const refused = expect(batches.add(2, () => gone)).rejects.toThrow(/nobody waits/);
  const third = batches.add(3);
  gone = true;
  end();
  await settled();
  end();
  expect(await Promise.all([first, third])).toEqual([-1, -3]);
  expect(started).toEqual([[1], [3]]);
  await refused;
});

test("one that cannot be answered harms no other of its batch", async () => {
  const sizes: number[] = [];
  const batches = new MicroBatches(
    async (items: readonly number[]) => {
      if (items.includes(3)) throw new Error("three");
      return items.map((item) => -item);
    },
    { largest: 4, onBatch: (size) => sizes.push(size) },
  );
  const answers = await Promise.allSettled([1, 2, 3, 4].map((item) => batches.add(item)));
  expect(
    answers.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message)),
  ).toEqual([-1, -2, "three", -4]);
  expect(sizes).toEqual([1, 1, 1]);
});
