// How far what a net says of tags is from what another one says.

import { constant, exp, expand, logSoftmax, sigmoid, type Value } from "../../graph/index.js";
import { cooled, squaredDivergence } from "../divergence.js";
import { meanOfKnown } from "../known.js";
import type { Groups } from "./groups.js";
import { questionLosses } from "./loss.js";
import { columnOf, columnsOf, withGroups } from "./rule.js";

/**
 * The mean over the questions of an image, [n]: of a tag alone the divergence of two sigmoids, of a group of which an
 * image has one tag that of two softmaxes. Outputs are [n, tags]. What is not known of an image the teacher says as well.
 */
export function tagDivergence(
  outputs: Value,
  teacher: Value,
  temperature: number,
  groups: Groups,
): Value {
  const said = cooled(teacher, temperature);
  const wanted = withGroups(sigmoid(said), groups, (group) => {
    const joint = exp(logSoftmax(columnsOf(said, group)));
    return group.map((_, at) => columnOf(joint, at));
  });
  const all = expand(constant(outputs.graph, 1), outputs.shape);
  return squaredDivergence(outputs, teacher, temperature, (logits) => {
    const { losses, known } = questionLosses(logits, wanted, all, { groups, smoothing: 0 });
    return meanOfKnown(losses, known);
  });
}
