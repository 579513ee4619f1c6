import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { eyeriss, openMachine } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-machine-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, text);
  return path;
}

test("a machine is known by its name, or is what a file says", async () => {
  expect(await openMachine("eyeriss")).toBe(eyeriss);
  const file = fileOf("same", JSON.stringify(eyeriss));
  expect(await openMachine(file)).toEqual(eyeriss);
});

const { dram: _, ...energy } = eyeriss.array!.energy;

test.each([
  [
    "no number",
    { ...eyeriss, bytesPerSecond: undefined },
    "bytesPerSecond is missing: expected a number",
  ],
  [
    "no energy of memory",
    { ...eyeriss, array: { ...eyeriss.array, energy } },
    "array.energy.dram is missing: expected a number",
  ],
  [
    "half an element",
    { ...eyeriss, array: { ...eyeriss.array, pes: 0.5 } },
    "array.pes is 0.5: expected a whole number",
  ],
  ["no speed", { ...eyeriss, macsPerSecond: 0 }, "macsPerSecond is 0: expected more than 0"],
  ["an unknown field", { ...eyeriss, cores: 2 }, 'unknown field "cores"'],
])("a file with %s is refused by file and place", async (name, machine, message) => {
  const file = fileOf(name.replaceAll(" ", "-"), JSON.stringify(machine));
  await expect(openMachine(file)).rejects.toThrow(`${file}: ${message}`);
});

test("names that are neither known nor a file", async () => {
  await expect(openMachine("eyeris", ["this"])).rejects.toThrow(
    'unknown machine "eyeris" (did you mean "eyeriss"?); known: eyeriss, this',
  );
  await expect(openMachine("none/such.json")).rejects.toThrow(
    "none/such.json: there is no such file",
  );
  await expect(openMachine(fileOf("damaged", "{"))).rejects.toThrow("is damaged");
});
