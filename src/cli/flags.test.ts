import { Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { trainConfig } from "../train/config.js";
import { addFlags } from "./flags.js";
import { parseOwnOptions } from "./ownOptions.js";

function parse(...args: string[]): Record<string, unknown> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addFlags(command, trainConfig, ["data"]);
  return command.parse(args, { from: "user" }).opts();
}

test("every setting but those left out has a flag", () => {
  const command = new Command();
  addFlags(command, trainConfig, ["data"]);
  const flags = command.options.map((option) => option.attributeName());
  expect(flags).toEqual(Object.keys(trainConfig.shape).filter((name) => name !== "data"));
  expect(command.helpInformation()).toContain("--label-smoothing <number>");
  expect(command.helpInformation()).toMatch(/--batch <number> .*\(default: 64\)/);
});

test("what was typed, and nothing else, becomes a setting", () => {
  expect(parse("--epochs", "2", "--label-smoothing", "0.1", "--engine", "reference")).toEqual({
    epochs: 2,
    labelSmoothing: 0.1,
    engine: "reference",
  });
});

test("records are read from name=number pairs", () => {
  expect(parse("--hyper", "momentum=0.8,beta=0.5")).toEqual({
    hyper: { momentum: 0.8, beta: 0.5 },
  });
});

test("no name that an object keeps to itself is taken, which would be lost", () => {
  for (const flag of ["--hyper", "--columns", "--distil"]) {
    expect(() => parse(flag, "__proto__=1")).toThrow('unknown name "__proto__"');
  }
  expect(() => parseOwnOptions("sampler", "tpe:__proto__=1")).toThrow('unknown name "__proto__"');
});

describe("refused, with the flag named", () => {
  test.each([
    [["--epochs", "two"], /--epochs.*"two" is not a number/],
    [["--engine", "gpu"], /--engine.*Allowed choices are auto, native, reference/],
    [["--hyper", "momentum"], /--hyper.*"momentum" is not of the form name=value/],
    [["--hyper", "momentum=0.9,momentum=0.5"], /--hyper.*"momentum" is given twice/],
    [["--hyper", "momentum=x"], /--hyper.*"x" is not a number/],
    [["--lr", "abc"], /--lr.*"abc" is not a number: expected a positive number, or in a swarm/],
    [["--epoch", "2"], /unknown option '--epoch'\n\(Did you mean --epochs/],
  ])("%j", (args, message) => {
    expect(() => parse(...args)).toThrow(CommanderError);
    expect(() => parse(...args)).toThrow(message);
  });
});
