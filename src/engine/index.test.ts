// The factory of engines.

import { expect, test } from "vitest";
import { createEngine, engineNames } from "./index.js";

test("an unknown engine is refused with the names of those there are", async () => {
  await expect(createEngine({ engine: "refrence" })).rejects.toThrow('did you mean "reference"?');
  await expect(createEngine({ engine: "toString" })).rejects.toThrow("toString");
  expect(engineNames).toEqual(["auto", "native", "reference"]);
});
