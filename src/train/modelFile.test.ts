import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { InputError } from "../inputError.js";
import { isModelFile, modelNamed } from "./modelFile.js";

const net = "mobile:16-dwsep.3.8.1-dwsep.3.8.1-dwsep.3.8.1";

/** A file with some text, without its ending. */
function fileWith(text: string): string {
  const path = join(temporaryFolder(), "best");
  writeFileSync(`${path}.json`, text);
  return path;
}

test("a file names a model, whatever else it says, and with its ending or without", async () => {
  const path = fileWith(JSON.stringify({ data: "mnist", model: net }));
  expect([path, `${path}.json`].map(isModelFile)).toEqual([true, true]);
  expect(await modelNamed(path)).toBe(net);
  expect(await modelNamed(`${path}.json`)).toBe(net);
  expect(await modelNamed("resnet20")).toBe("resnet20");
  expect(isModelFile("resnet20")).toBe(false);
});

const hostile = [
  ["no JSON", "{", /best\.json is damaged/],
  ["no model", "{}", /best\.json.*model/],
  ["no name", '{"model": 7}', /best\.json.*model/],
  ["two names", `{"model": "${net}", "model": "resnet20"}`, /given twice/],
  [
    "genes of no net",
    `{"model": "${net}.9"}`,
    /best\.json: model mobile:.*expected it to be written/,
  ],
  [
    "a gene too large",
    `{"model": "${net.replace("16-", "1000000-")}"}`,
    /best\.json.*resolution is 1000000/,
  ],
] as const;

test.each(hostile)("a file with %s is refused by its name", async (_, text, why) => {
  const found = modelNamed(fileWith(text));
  await expect(found).rejects.toThrow(InputError);
  await expect(found).rejects.toThrow(why);
});

test("a path that is not there is no model", async () => {
  await expect(modelNamed("studies/net/best")).rejects.toThrow(/there is no such file/);
});
