import { expect, test } from "vitest";
import { classification, segmentation, tags, values } from "../tasks/index.js";
import { inWords } from "./predict.js";

test("a line says of each task what a reader wants, in few digits", () => {
  const classes = [
    { class: "cat", probability: 0.931 },
    { class: "dog", probability: 0.069 },
  ];
  expect(inWords({ task: classification }, { classes })).toBe("cat 93.10 %, dog 6.90 %");
  expect(inWords({ task: values }, { values: { age: 31.41592653 } })).toBe("age 31.42");
  expect(
    inWords({ task: tags }, { tags: ["owl"], probabilities: { owl: 0.987654, tit: 0.01 } }),
  ).toBe("tags owl, owl 0.9877, tit 0.01");
  expect(inWords({ task: tags }, { tags: [], probabilities: { owl: 0.1 } })).toBe(
    "no tags, owl 0.1",
  );
  const mask = { height: 1, width: 2, runs: [[0, 2]] };
  expect(inWords({ task: segmentation }, { shares: { sky: 1 }, confidence: 0.75, mask })).toBe(
    "sky 1, confidence 0.75",
  );
});
