// Long short-term memory along a line.

import { concat, lstm as lstmOp, matmul, reshape, type Value } from "../../graph/index.js";
import { formatShape } from "../../tensor/shape.js";
import { type Initialiser, uniformFanIn } from "../initialisers.js";
import type { Layer, Scope } from "../scope.js";

/** Options of {@link lstm}. */
export interface LstmOptions {
  /** Whether a second one goes from the end to the beginning, its states behind those of the first; default false. */
  readonly bidirectional?: boolean;
}

/** Biases of zero, but 1 for the forget gate, so that nothing is forgotten at first (Jozefowicz et al. 2015). */
const remembering: Initialiser = (values) => {
  const units = values.length / 4;
  values.fill(0).fill(1, units, 2 * units);
};

function direction(x: Value, units: number, scope: Scope, reverse: boolean): Value {
  const [n, steps, width] = x.shape;
  const end = reverse ? "_reverse" : "";
  const init = uniformFanIn(Math.sqrt(width / units));
  const weight = scope.param(x.graph, `weight${end}`, [4 * units, width], init);
  const recurrent = scope.param(x.graph, `recurrent${end}`, [units, 4 * units], uniformFanIn(1));
  const bias = scope.param(x.graph, `bias${end}`, [4 * units], remembering, "bias");
  const gates = matmul(reshape(x, [n * steps, width]), weight, { transposeB: true, bias });
  return lstmOp(reshape(gates, [n, steps, 4 * units]), recurrent, reverse);
}

/**
 * Steps [n, steps, features] to hidden states [n, steps, units], of both directions [n, steps, 2 units]. Parameters `weight`
 * [4 units, features], `recurrent` [units, 4 units] and `bias` [4 units], gates in PyTorch's order, and as many that end in
 * `_reverse`.
 *
 * @throws RangeError for anything but steps.
 * @example
 * const net = build(lstm(32, { bidirectional: true }), [8, 64, 96], { training: true });
 * net.output.shape; // [8, 64, 64]
 */
export const lstm =
  (units: number, { bidirectional = false }: LstmOptions = {}): Layer =>
  (x, scope) => {
    if (x.shape.length !== 3) {
      throw new RangeError(
        `lstm: expected [batch, steps, features], found ${formatShape(x.shape)}`,
      );
    }
    const ahead = direction(x, units, scope, false);
    return bidirectional ? concat([ahead, direction(x, units, scope, true)], 2) : ahead;
  };
