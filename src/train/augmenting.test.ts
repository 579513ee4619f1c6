import { expect, test } from "vitest";
import { classification, getTask } from "../tasks/index.js";
import { augmentationsOf, checkLeftOut, leftOutNote } from "./augmenting.js";

const run = (augment: string, data = "cifar10", leaveOut?: string) => ({ augment, data, leaveOut });

test("digits are not turned by policies, and boxes not cut out, unless one says so", () => {
  expect(leftOutNote(run("trivial"), classification)).toBeUndefined();
  expect(leftOutNote(run("trivial,crop", "mnist"), classification)).toMatch(
    /does without rotate, which makes no sense for task classify on mnist; with --leave-out none/,
  );
  expect(leftOutNote(run("uniform"), getTask("detect"))).toMatch(/does without cutout/);
  expect(leftOutNote(run("trivial"), getTask("detect"))).toBeUndefined();
  expect(leftOutNote(run("rotate=5", "mnist"), classification)).toBeUndefined();
  expect(leftOutNote(run("trivial", "mnist", "none"), classification)).toBeUndefined();
  expect(augmentationsOf(run("trivial", "mnist"), classification)).toHaveLength(1);
});

test.each([
  [run("crop", "mnist", "rotate"), "setting leaveOut has no effect without a policy in augment"],
  [run("trivial", "mnist", "spin"), 'unknown operation in setting leaveOut "spin"'],
  [run("trivial", "mnist", "invert"), "trivial does not invert; leave it out"],
])("refuses %o", (config, message) => {
  expect(() => checkLeftOut(config)).toThrow(message);
});
