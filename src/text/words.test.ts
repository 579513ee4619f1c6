import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { nearest, suggestion, unknownName } from "./words.js";

test("a slip finds its name, whatever the case", () => {
  expect(nearest("resnet19", ["lenet5", "resnet20", "resnet56"])).toBe("resnet20");
  expect(nearest("LENET5", ["resnet20", "lenet5"])).toBe("lenet5");
  expect(nearest("minst", ["fashion-mnist", "mnist"])).toBe("mnist");
});

test("something else altogether finds nothing", () => {
  expect(nearest("transformer", ["lenet5", "resnet20"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
  expect(suggestion("transformer", ["lenet5"])).toBe("");
});

test("the error says what was typed, what was meant and what there is", () => {
  expect(unknownName("model", "resnet19", ["lenet5", "resnet20"])).toEqual(
    new InputError('unknown model "resnet19" (did you mean "resnet20"?); known: lenet5, resnet20'),
  );
});
