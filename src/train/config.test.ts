import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { parseConfig, settingNames, trainConfig } from "./config.js";
import { settingCalled } from "./otherNames.js";

test("fills in defaults", () => {
  expect(parseConfig({ data: "mnist" })).toMatchObject({
    epochs: 5,
    batch: 64,
    seed: 1,
    optimizer: "nesterov",
    lr: 0.05,
    decay: 5e-4,
    schedule: "one-cycle",
    selection: 0.1,
    engine: "auto",
  });
});

test("every setting has a line of help", () => {
  for (const name of settingNames) expect(trainConfig.shape[name].description, name).toBeTruthy();
});

test("an unknown setting is refused with the nearest known one", () => {
  expect(() => parseConfig({ data: "mnist", epoch: 3 })).toThrow(
    new InputError('unknown setting "epoch" (did you mean "epochs"?)'),
  );
});

test.each([
  ["batchSize", "batch"],
  ["learningRate", "lr"],
  ["weightDecay", "decay"],
  ["device", "engine"],
])("%s is what others call %s", (name, setting) => {
  expect(() => parseConfig({ data: "mnist", [name]: 1 })).toThrow(
    `unknown setting "${name}" (did you mean "${setting}"?)`,
  );
});

test("no name of another program is a setting here", () => {
  for (const name of settingNames) expect(settingCalled(name)).toBeUndefined();
});

test.each([
  [{ data: "mnist", epochs: 0 }, /setting epochs is 0: expected at least 1$/],
  [{ data: "mnist", batch: 1.5 }, "setting batch is 1.5: expected a whole number"],
  [{ data: "mnist", lr: Number.NaN }, /setting lr is NaN: .*number/],
  [{ data: "mnist", hyper: { momentum: "a" } }, /setting hyper.momentum is "a": .*number/],
  [{ data: "mnist", range: "3000-100" }, /setting range is "3000-100": .*the lower one first/],
  [{ data: "mnist", engine: "gpu" }, /setting engine is "gpu": .*"native"/],
  [{}, "setting data is missing: expected a text"],
  ["mnist", /settings: .*object/],
])("a wrong setting is refused with what was found and expected: %j", (settings, message) => {
  expect(() => parseConfig(settings)).toThrow(message);
});
