import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { createModel, families } from "../models/index.js";
import { getOptimizer } from "../optim/index.js";
import { type CouplingKind, getCoupling } from "../swarm/couplings/index.js";
import { getTask } from "../tasks/index.js";
import { loadModule } from "./ownModule.js";

function moduleOf(text: string): string {
  const path = join(temporaryFolder(), "mine.mjs");
  writeFileSync(path, text);
  return path;
}

const all = `
  export const models = [{ name: "mine", source: "here", smallest: 1, create: () => ({ layer: (x) => x }) }];
  export const tasks = [{
    name: "rank", labels: "values", metrics: [{ name: "mae" }], ...Object.fromEntries(
      ["outputs", "check", "targets", "loss", "trainMetrics", "newMetrics", "decode", "row"].map((one) => [one, () => one])),
  }];
  export const optimizers = [{ name: "halve", source: "here", state: [], defaults: {}, rule: ({ w }) => ({ w, state: {} }) }];
  export const couplings = [{ name: "stay", settings: {}, make: () => ({}) }];
`;

test("a module's records are found by their names beside the registries'", async () => {
  const path = moduleOf(all);
  const own = await loadModule(relative(process.cwd(), path));
  expect(own.path).toBe(path);
  expect(own.sha256).toMatch(/^[0-9a-f]{64}$/);
  const input = { channels: 1, height: 2, width: 2, outputs: 3 };
  expect(createModel("mine", input, own.models)).toMatchObject({ name: "mine", outputs: 3 });
  expect(getOptimizer("halve", own.optimizers)).toBe(own.optimizers[0]);
  expect(getOptimizer("sam(halve)", own.optimizers).name).toBe("sam(halve)");
  expect(getTask("rank", own.tasks)).toBe(own.tasks[0]);
  expect(() => getTask("rang", own.tasks)).toThrow(/did you mean "rank"/);
  const couplings = own.couplings as readonly CouplingKind[];
  expect(getCoupling("stay", couplings)).toBe(couplings[0]);
  expect(() => createModel("mine", input)).toThrow(/unknown model "mine"/);
  expect(() => getOptimizer("halv", own.optimizers)).toThrow(/did you mean "halve"/);
});

test("an own name may not be one that there is", () => {
  const [first] = families;
  const input = { channels: 1, height: 28, width: 28, outputs: 10 };
  expect(() => createModel("lenet5", input, [first])).toThrow(
    'model "lenet5": there is one of this name already; choose another name',
  );
});

test("a module that is no longer what it was is named, with both hashes", async () => {
  const path = moduleOf(all);
  const was = await loadModule(path);
  await expect(loadModule(path, was)).resolves.toMatchObject({ sha256: was.sha256 });
  writeFileSync(path, `${all}// another one`);
  await expect(loadModule(path, was)).rejects.toThrow(
    new RegExp(`module ${path} was changed: its SHA-256 was ${was.sha256.slice(0, 12)} when`),
  );
});

test.each([
  [
    "export const model = [];",
    /exports none of models, tasks, optimizers, couplings \(did you mean "models"/,
  ],
  ["export const models = {};", /models is no list; expected an array of records/],
  ["export const models = [{ name: 'a' }];", /"a" of models needs a name and create\(input\)/],
  [
    "export const tasks = [{ name: 'a', labels: 'tag', metrics: [] }];",
    /"a" of tasks needs a name and labels \(class, .*\), a list metrics that is not empty, and the functions outputs, check,/,
  ],
  ["export const optimizers = [null];", /number 1 of optimizers needs a name and a rule, or open/],
  ["export const couplings = [{ make() {} }];", /number 1 of couplings needs a name and make/],
  ["throw new Error('no luck');", /mine\.mjs cannot be loaded: no luck/],
])("refuses %s", async (text, message) => {
  await expect(loadModule(moduleOf(text))).rejects.toThrow(message);
});

test("says which file is not there", async () => {
  await expect(loadModule("nowhere.mjs")).rejects.toThrow(/nowhere\.mjs: there is no such file/);
});
