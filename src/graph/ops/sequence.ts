// What frames say: the loss of strings whose places in the frames are not known.

import { formatShape } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import type { Op, Value } from "../graph.js";
import { mul } from "./pointwise.js";
import { expand, reshape } from "./shape.js";

// The second output is the derivative of each loss by the logits, which the recursions give along with it.

export const ctcOp: Op<Record<string, never>> = {
  name: "ctc",
  infer([logits, tokens, until]) {
    expectDtype("ctc", "f32", logits);
    expectDtype("ctc", "i32", tokens, until);
    const [n, classes] = logits.shape;
    if (logits.shape.length !== 3 || classes < 2) {
      throw new RangeError(
        `ctc: logits ${formatShape(logits.shape)} are not [n, classes, frames] of at least two classes`,
      );
    }
    if (tokens.shape.length !== 2 || tokens.shape[0] !== n) {
      throw new RangeError(`ctc: tokens ${formatShape(tokens.shape)} are not [${n}, length]`);
    }
    expectShape("ctc", "until", [n], until);
    return [
      { dtype: "f32", shape: [n] },
      { dtype: "f32", shape: logits.shape },
    ];
  },
  gradient({ inputs: [logits], outputs: [, slope] }, [dy]) {
    if (!dy) return [undefined, undefined, undefined];
    const each = expand(reshape(dy, [logits.shape[0], 1, 1]), logits.shape);
    return [mul(slope, each), undefined, undefined];
  },
  flops: ({ inputs: [{ shape }, tokens] }) => {
    const [n, classes, frames] = shape;
    return n * frames * (4 * classes + 12 * (2 * tokens.shape[1] + 1));
  },
};

/**
 * CTC's loss of each string (Graves, Fernandez, Gomez and Schmidhuber 2006, "Connectionist temporal classification"): minus
 * the log of the probability that the frames say it. A string without a path, for which the frames are too few, has loss
 * `Infinity` and no gradient.
 *
 * @param logits [n, classes, frames]; the last class says nothing (blank)
 * @param tokens i32 [n, length]: classes before the blank, up to the first number that is none
 * @param until i32 [n]: frames that may say tokens, those behind them say nothing; all where it is no number from 1 to them
 * @throws RangeError for other shapes.
 * @example
 * const graph = new Graph();
 * const tokens = input(graph, "tokens", [8, 20], "i32");
 * ctc(input(graph, "logits", [8, 14, 64]), tokens, input(graph, "until", [8], "i32")).shape; // [8]
 */
export const ctc = (logits: Value, tokens: Value, until: Value): Value =>
  logits.graph.apply(ctcOp, [logits, tokens, until], {})[0];
