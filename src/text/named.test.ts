import { expect, test } from "vitest";
import { listed, namedCounts, namedShares } from "./named.js";

test("the first eight are named, the others counted", () => {
  const names = Array.from({ length: 12 }, (_, at) => `n${at}`);
  expect(listed(names.slice(0, 8))).toBe("n0, n1, n2, n3, n4, n5, n6, n7");
  expect(listed(names)).toBe("n0, n1, n2, n3, n4, n5, n6, n7 and 4 more");
  expect(listed([])).toBe("");
});

test("what is not there is not named", () => {
  expect(namedCounts([["RBC", 25] as const, ["WBC", 0], ["Platelets", 0.04]])).toBe("RBC 25");
  expect(namedCounts([["RBC", 0]])).toBe("none");
  expect(namedShares([["sea", 1000] as const, ["sky", 3000], ["sun", 1]])).toBe(
    "sea 25.0 %, sky 75.0 %",
  );
});
