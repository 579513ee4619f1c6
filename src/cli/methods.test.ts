import { expect, test } from "vitest";
import { getMethod } from "../compare/methods.js";
import { parseMethods } from "./methods.js";

test("methods are names, with settings of their own behind a colon", () => {
  expect(parseMethods("single, single:optimizer=adam:label-smoothing=0.1", getMethod)).toEqual([
    getMethod("single"),
    {
      ...getMethod("single"),
      name: "single:optimizer=adam:label-smoothing=0.1",
      settings: { optimizer: "adam", labelSmoothing: 0.1 },
    },
  ]);
});

test("a slash stands for the comma in a setting", () => {
  const [{ settings }] = parseMethods("pso:augment=crop/flip:hyper=momentum=0.5/beta=2", getMethod);
  expect(settings).toMatchObject({
    ...getMethod("pso").settings,
    augment: "crop,flip",
    hyper: { momentum: 0.5, beta: 2 },
  });
});

test("a coupling's setting is joined to those that make the method", () => {
  const [{ settings }] = parseMethods("pso2:coupling=m=0.3/c=0.2", getMethod);
  expect(settings.coupling).toEqual({ dynamics: 2, m: 0.3, c: 0.2 });
});

test.each([
  ["singel", 'unknown method "singel" (did you mean "single"?)'],
  ["single:optimiser=adam", "method single:optimiser=adam: unknown option '--optimiser'"],
  ["single:adam", 'method single:adam: "adam" is not of the form setting=value'],
  [
    "single:batch=many",
    "method single:batch=many: option '--batch <number>' argument 'many' is invalid",
  ],
])("%s is refused", (typed, message) => {
  expect(() => parseMethods(typed, getMethod)).toThrow(message);
});

test("but not in a path", () => {
  const [{ settings }] = parseMethods(
    "single:teacher=runs/e:distil=alpha=0.5/temperature=2",
    getMethod,
  );
  expect(settings).toEqual({ teacher: "runs/e", distil: { alpha: 0.5, temperature: 2 } });
});
