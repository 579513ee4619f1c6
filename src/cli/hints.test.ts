import { Command } from "commander";
import { expect, test } from "vitest";
import { trainConfig } from "../train/config.js";
import { addFlags } from "./flags.js";
import { hinted } from "./hints.js";

const train = new Command();
addFlags(train, trainConfig, ["data"]);

test.each([
  ["batch-size", "batch"],
  ["learning-rate", "lr"],
  ["optimiser", "optimizer"],
  ["workers", "threads"],
  ["smoothing", "label-smoothing"],
])("--%s is what others call --%s", (typed, flag) => {
  expect(hinted(`unknown option '--${typed}'`, train)).toBe(
    `unknown option '--${typed}' (did you mean --${flag}?)`,
  );
});

test("nothing is proposed that the verb has not, and other messages stay as they are", () => {
  const message = "unknown option '--batch-size'";
  expect(hinted(message, new Command())).toBe(message);
  expect(hinted("missing required argument 'run'", train)).toBe("missing required argument 'run'");
});
