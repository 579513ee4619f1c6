import { expect, test } from "vitest";
import { showReading } from "./reading.js";

/** What is written, and a clock to turn. */
function watched(isTTY: boolean) {
  const lines: string[] = [];
  const clock = { now: 0 };
  const stream = { write: (text: string) => lines.push(text), isTTY };
  return { lines, clock, show: showReading(stream, () => clock.now) };
}

test("says what will be packed, where, how large and for how long before it begins", () => {
  const { lines, clock, show } = watched(false);
  const packing = { stage: "packing", total: 2000, folder: "/c/photos", bytes: 3.1e9 } as const;
  show({ ...packing, done: 0, seconds: 130 });
  expect(lines).toEqual(["packing 2,000 images into /c/photos: 3.1 GB, about 2:10\n"]);
  clock.now = 60e3;
  show({ ...packing, done: 1000, seconds: 60 });
  clock.now = 120e3;
  show({ ...packing, done: 2000, seconds: 0 });
  expect(lines.slice(1)).toEqual(["packed 2,000 images, 2:00\n"]);
});

test("what is quick needs no line; on a terminal a slow reading has a live one", () => {
  const quick = watched(true);
  for (let done = 1; done <= 9; done++) quick.show({ stage: "decoding", done, total: 9 });
  expect(quick.lines).toEqual([]);
  const slow = watched(true);
  slow.clock.now = 1500;
  slow.show({ stage: "decoding", done: 1, total: 850 });
  expect(slow.lines.join("")).toContain("decoding 1 of 850 images");
  slow.clock.now = 3000;
  slow.show({ stage: "decoding", done: 850, total: 850 });
  expect(slow.lines.at(-1)).toContain("decoded 850 images, 0:03\n");
});

test("work that begins behind another has a clock of its own", () => {
  const { lines, clock, show } = watched(false);
  clock.now = 100;
  show({ stage: "decoding", done: 8, total: 8 });
  clock.now = 90e3;
  show({ stage: "features", done: 4, total: 8 });
  clock.now = 95e3;
  show({ stage: "features", done: 8, total: 8 });
  expect(lines).toEqual(["worked out the features of 8 images, 0:05\n"]);
});
