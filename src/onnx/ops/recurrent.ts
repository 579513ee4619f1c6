// Layers along a line.

import { add, concat, lstm, matmul, reshape, transpose, type Value } from "../../graph/index.js";
import { along } from "../compose.js";
import type { Builder, Step } from "../step.js";

/** ONNX's gates are i, o, f, c; ours i, f, c, o. */
const GATES = [0, 2, 3, 1];

/** Rows [4 units, ...] in our order of gates. */
const ordered = (rows: Value, units: number): Value =>
  concat(
    GATES.map((gate) => along(rows, 0, gate * units, units)),
    0,
  );

/** What is one direction's of an operand [directions, ...]. */
function ofDirection(x: Value, at: number): Value {
  const one = along(x, 0, at, 1);
  return reshape(one, one.shape.slice(1));
}

/** Refuses what our layer does not do. */
function expectPlain(step: Step): void {
  const zero = (at: number) => step.maybe(at)?.known?.data.every((number) => number === 0) ?? false;
  const [steps] = step.shape();
  const lengths = step.maybe(4)?.known?.data;
  if (step.maybe(4) && !lengths?.every((length) => length === steps))
    step.fail("lines of lengths of their own");
  if (step.maybe(5) && !zero(5)) step.fail("it starts from other states than zeros");
  if (step.maybe(6) && !zero(6)) step.fail("it starts from other states than zeros");
  if (step.maybe(7) || step.has("activations") || step.has("clip")) {
    step.fail("peepholes, clipping, or activations of its own");
  }
  if (step.int("layout", 0) !== 0 || step.int("input_forget", 0) !== 0) {
    step.fail("expected layout 0, and gates of input and forgetting of their own");
  }
}

/** Hidden states [n, steps, units] of one direction. */
function statesOf(step: Step, x: Value, at: number, reverse: boolean): Value {
  const [n, steps, width] = x.shape;
  const units = step.shape(2)[2];
  const weight = ordered(ofDirection(step.x(1), at), units);
  const recurrent = transpose(ordered(ofDirection(step.x(2), at), units), [1, 0]);
  const both = step.maybe(3) && ofDirection(step.x(3), at);
  const bias =
    both && ordered(add(along(both, 0, 0, 4 * units), along(both, 0, 4 * units, 4 * units)), units);
  const rows = reshape(x, [n * steps, width]);
  const gates = matmul(rows, weight, { transposeB: true, ...(bias && { bias }) });
  return lstm(reshape(gates, [n, steps, 4 * units]), recurrent, reverse);
}

const lstmOf: Builder = (step) => {
  expectPlain(step);
  const direction = step.text("direction", "forward");
  const turns = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  const x = transpose(step.x(), [1, 0, 2]);
  const states = turns.map((reverse, at) => statesOf(step, x, at, reverse));
  const [n, steps, units] = states[0].shape;
  // [steps, directions, n, units]
  const all = concat(
    states.map((one) => reshape(transpose(one, [1, 0, 2]), [steps, 1, n, units])),
    1,
  );
  const last = concat(
    states.map((one, at) => reshape(along(one, 1, turns[at] ? 0 : steps - 1, 1), [1, n, units])),
    0,
  );
  return [all, last];
};

export const recurrent = { LSTM: lstmOf } satisfies Record<string, Builder>;
