import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { readJson } from "./json.js";

test.each([
  ["that is none", "{", /a\.json is damaged: /],
  ["with a name twice", '{ "batch": 8, "batch": 4 }', /a\.json is damaged: "batch" is given twice/],
  ["of another form", '{ "batch": "8" }', /a\.json: batch is "8"/],
])("refuses JSON %s, naming the file", async (_, text, message) => {
  const path = join(temporaryFolder(), "a.json");
  writeFileSync(path, text);
  await expect(readJson(path, z.strictObject({ batch: z.int() }))).rejects.toThrow(message);
});
