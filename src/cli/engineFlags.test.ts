import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { train } from "../runs/index.js";
import * as evaluate from "./eval.js";
import * as features from "./features.js";
import * as flatness from "./flatness.js";
import * as predict from "./predict.js";
import { addDecision } from "./tuneDecision.js";

test("verbs that open a net give its engine the threads that are asked for", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "run");
  const net = { model: "convnet-gn", size: 8, steps: 1, engine: "reference" } as const;
  await train({ ...net, data: "stripes", out }, { data: stripeSplits() });
  const console = { out: { write: () => 0 }, err: { write: () => 0 } };
  const verbs: [string, (command: Command) => void, ...string[]][] = [
    ["eval", (command) => evaluate.define(command, console), out],
    ["predict", (command) => predict.define(command, console), out, "a.png"],
    [
      ...(["features", (command: Command) => features.define(command, console)] as const),
      ...[out, "a.png", "--out", join(folder, "f.npz")],
    ],
    ["flatness", (command) => flatness.define(command, console), out],
    ["decision", (command) => addDecision(command, console), "decision", out],
  ];
  for (const [name, define, ...args] of verbs) {
    const command = new Command(name).exitOverride();
    define(command);
    const typed = [...args, "--engine", "reference", "--threads", "5000"];
    await expect(command.parseAsync(typed, { from: "user" }), name).rejects.toThrow(
      "threads: expected a whole number from 1 to 1024, found 5000",
    );
  }
});
