import { expect, test } from "vitest";
import { captionOf } from "./caption.js";
import { classification, detection, segmentation, tags, values } from "./index.js";

test("a caption tells what is said, and not all that was asked", () => {
  const classes = Array.from({ length: 10 }, (_, at) => ({ class: `c${at}`, probability: 0.1 }));
  expect(captionOf(classification, { classes })).toBe("c0 10.0 %, c1 10.0 %, c2 10.0 %");
  const probabilities = { owl: 0.987654, tit: 0.01 };
  expect(captionOf(tags, { tags: ["owl"], probabilities })).toBe("owl 98.8 %");
  expect(captionOf(tags, { tags: [], probabilities })).toBe("no tags");
  expect(captionOf(values, { values: { age: 31.41592653 } })).toBe("age 31.42");
  const shares = { sky: 0.75, sea: 0.25, sun: 0 };
  expect(captionOf(segmentation, { shares, confidence: 0.5 })).toBe("sky 75.0 %, sea 25.0 %");
  expect(captionOf(detection, { counts: { cat: 2, dog: 0 }, boxes: [] })).toBe("cat 2");
});

test("of a task with fields of its own it is the row", () => {
  const task = { row: () => [["angle", 30] as const] };
  expect(captionOf(task, { angle: 30 })).toBe("angle 30");
});
