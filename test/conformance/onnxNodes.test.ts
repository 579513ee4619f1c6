// Operators of ONNX files against the ONNX project's own cases. Inputs of f32 go through the graph; whole numbers, bool and
// double, and what an operator must know, are worked out as a file is read.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { root } from "../support/examples.js";
import { onnxCases, runOnnxCase } from "../support/onnxCases.js";

const packed = readFileSync(join(root, "test/fixtures/onnxNodeCases.zip.gz"));
const cases = onnxCases(gunzipSync(packed));

/** Cases that do not agree, and why. */
const missing: Readonly<Record<string, string>> = {
  test_convtranspose_3d: "convolutions of volumes are not supported",
  test_training_dropout: "random numbers are not those of another program",
  test_training_dropout_default: "random numbers are not those of another program",
  test_training_dropout_default_mask: "random numbers are not those of another program",
  test_training_dropout_mask: "random numbers are not those of another program",
  // The middle of two whole numbers in double precision, and not in f32.
  test_dynamicquantizelinear: "output 0 is off",
};

describe("backend node cases", () => {
  test("are all there", () => expect(cases.length).toBe(409));

  test.each(cases.map((example) => [example.name, example] as const))("%s", (name, example) => {
    const why = missing[name];
    if (why === undefined) expect(runOnnxCase(example)).toBeUndefined();
    else if (why.startsWith("output")) expect(runOnnxCase(example)).toContain(why);
    else expect(() => runOnnxCase(example)).toThrow(why);
  });
});
