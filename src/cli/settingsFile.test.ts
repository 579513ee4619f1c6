import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { settingNames, trainConfig } from "../train/config.js";
import { addFlags } from "./flags.js";
import { groupOf } from "./settingGroups.js";
import { isOfData, readSettingsFile, settingsFileIn } from "./settingsFile.js";
import { addTrainFlags } from "./trainFlags.js";

const settings = { data: "mnist", epochs: 3, hyper: { momentum: 0.8 }, pack: true };

/** The same settings in every form. */
const texts: Readonly<Record<string, string>> = {
  "a.json": JSON.stringify(settings),
  "a.yaml": "data: mnist\nepochs: 3 # few\nhyper: { momentum: 0.8 }\npack: true\n",
  "a.mjs": `export default ${JSON.stringify(settings)};`,
  "a.ts": `const epochs: number = 3;\nexport default { ...${JSON.stringify(settings)}, epochs };`,
};

function written(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

test.each(Object.entries(texts))("%s is read", async (name, text) => {
  expect(await readSettingsFile(written(name, text))).toEqual(settings);
});

test("of a run's config.json the settings count that it had use for", async () => {
  const path = written("config.json", JSON.stringify({ settings: { data: "x", particles: 4 } }));
  expect(await readSettingsFile(path)).toEqual({ data: "x" });
});

describe("refused, with the file named:", () => {
  test.each([
    ["a.json", "{", "a.json: "],
    ["a.json", "[1]", "expected one object of settings"],
    ["a.json", '{"epochs":1,"epochs":2}', '"epochs" is given twice'],
    ["a.yaml", "a: [", "line 1 is no YAML"],
    ["a.yaml", "learningRate: 1", 'unknown setting "learningRate" (did you mean "lr"?)'],
    ["a.yaml", "epochs: many", 'a.yaml: setting epochs is "many"'],
    ["a.mjs", "throw new Error('no');", "cannot be run: no"],
    ["a.mjs", "export const a = 1;", "expected settings as its default export, found none"],
    ["a.toml", "epochs = 1", 'unknown end of a settings file ".toml"'],
  ])("%s with %j", async (name, text, message) => {
    await expect(readSettingsFile(written(name, text))).rejects.toThrow(message);
  });
});

test("a folder's file is found, and two are one too many", () => {
  const folder = temporaryFolder();
  expect(settingsFileIn(folder)).toBeUndefined();
  writeFileSync(join(folder, "convoy.config.yaml"), "");
  expect(settingsFileIn(folder)).toBe(join(folder, "convoy.config.yaml"));
  writeFileSync(join(folder, "convoy.config.ts"), "");
  expect(() => settingsFileIn(folder)).toThrow("two settings files, convoy.config.yaml and");
});

test("a file that lies in the data, or at their top, is of the data", () => {
  const folder = temporaryFolder();
  const inner = join(folder, "photos", "cats");
  mkdirSync(inner, { recursive: true });
  expect(isOfData(join(inner, "convoy.config.js"), join(folder, "photos"))).toBe(true);
  expect(isOfData(join(folder, "convoy.config.js"), folder)).toBe(true);
  expect(isOfData(join(folder, "convoy.config.js"), join(folder, "photos"))).toBe(false);
  expect(isOfData(join(folder, "convoy.config.js"), "mnist")).toBe(false);
});

/** The options of a verb with such flags, and what it said. */
async function parsed(args: readonly string[], without: readonly "epochs"[] = []) {
  let said = "";
  let found: unknown;
  const err = { write: (text: string) => (said += text) };
  const command = new Command("verb").argument("[data]").exitOverride();
  addTrainFlags(command, ["data", ...without], { out: err, err });
  command.action((_, options) => {
    found = options;
  });
  await command.parseAsync(args, { from: "user" });
  return { found, said };
}

test("flags go before the file, and what the verb decides is left out and said", async () => {
  const path = written("a.json", JSON.stringify(settings));
  const { found } = await parsed(["--config", path, "--hyper", "momentum=0.1"]);
  expect(found).toEqual({ ...settings, hyper: { momentum: 0.1 } });
  const { found: decided, said } = await parsed(["--config", path], ["epochs"]);
  const { epochs: _, ...rest } = settings;
  expect(decided).toEqual(rest);
  expect(said).toContain("but epochs, which verb decides");
});

test("every setting of a run stands under a heading of the help", () => {
  expect(settingNames.filter((name) => groupOf(name) === undefined)).toEqual([]);
  const command = new Command();
  addFlags(command, trainConfig, ["data"], groupOf);
  expect(command.helpInformation()).toMatch(/Swarm:\n\s+--preset/);
});
