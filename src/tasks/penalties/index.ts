// The registry of penalties, and those that a user asks for. A new one is its file, its test and one line here.

import { add, constant, mul } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { parseStrengths } from "../../text/strengths.js";
import type { TrainingOptions } from "../graphs.js";
import type { Task } from "../task.js";
import { gradL2 } from "./gradL2.js";
import { ole } from "./ole.js";
import type { Penalty } from "./penalty.js";

export const penalties: readonly Penalty[] = [ole, gradL2];

/**
 * Reads penalties as a user writes them: names with a comma between, with `=factor` where it is not the usual one.
 *
 * @throws InputError for an unknown name, one that comes twice, and a factor that is none.
 * @example
 * parsePenalties("ole,grad-l2=0.1").map(({ strength }) => strength); // [0.25, 0.1]
 */
export const parsePenalties = (text: string) => parseStrengths("penalty", text, penalties);

/**
 * What penalties add to the loss of a task, all together.
 *
 * @throws InputError for a task that cannot have one
 */
export function penaltyOf(text: string, task: Task): NonNullable<TrainingOptions["penalise"]> {
  const all = parsePenalties(text);
  const unfit = all.find(({ asked }) => asked.labels !== undefined && asked.labels !== task.labels);
  if (unfit || !task.loss) {
    const why = unfit
      ? `needs labels of the kind ${unfit.asked.labels}`
      : "needs a loss in a graph";
    throw new InputError(
      `setting penalty is ${text}: ${unfit?.asked.name ?? "it"} ${why}, which task ${task.name} has not; leave it out`,
    );
  }
  return (net, penalised) =>
    all
      .map(({ asked, strength }) => mul(asked.of(net, penalised), constant(net.graph, strength)))
      .reduce(add);
}
