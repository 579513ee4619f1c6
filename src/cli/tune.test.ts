// The flags of `convoy tune` go to the verb that is named, though several have flags of one name.

import { Command } from "commander";
import { expect, test } from "vitest";
import { define } from "./tune.js";

const silent = { write: () => true };

/** What the verb that is meant is given; nothing is trained. */
function parse(...args: string[]): { verb: string; options: object } {
  const tune = new Command("tune");
  define(tune, { out: silent, err: silent });
  for (const command of [tune, ...tune.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  let found: { verb: string; options: object } | undefined;
  const stop = new Error("stop");
  tune.hook("preAction", (_, verb) => {
    found = { verb: verb.name(), options: verb.opts() };
    throw stop;
  });
  try {
    tune.parse(args, { from: "user" });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return found!;
}

test("tune lr, batch and decision heed flags that a search has too", () => {
  const flags = ["--train", "200", "--epochs", "1", "--lrs", "0.1,0.01", "--seeds", "1"];
  expect(parse("lr", "mnist", ...flags, "--out", "x", "--json", "--quiet")).toEqual({
    verb: "lr",
    options: {
      ...{ train: 200, epochs: 1, lrs: [0.1, 0.01], seeds: 1 },
      ...{ out: "x", json: true, quiet: true },
    },
  });
  expect(parse("batch", "mnist", "--train", "200", "--steps", "3", "--json")).toMatchObject({
    verb: "batch",
    options: { train: 200, steps: 3, json: true },
  });
  expect(parse("decision", "run", "--engine", "native", "--json")).toMatchObject({
    verb: "decision",
    options: { engine: "native", json: true },
  });
  expect(parse("mnist", "--search", "lr=1|2", "--train", "200", "--out", "x")).toMatchObject({
    verb: "search",
    options: { search: "lr=1|2", train: 200, out: "x" },
  });
});

test.each(["--search", "--sampler", "--trials", "--import", "--resume", "--workers"])(
  "tune lr has no %s",
  (flag) => {
    expect(() => parse("lr", "mnist", flag, "1")).toThrow(`unknown option '${flag}'`);
  },
);
