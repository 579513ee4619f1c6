// Any number of tags per image.

import type { TagLabels } from "../../data/index.js";
import { abs, constant, mul, reduceSum, step, sub, type Value } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { percent } from "../../text/format.js";
import { listed } from "../../text/named.js";
import { averageClasses, averageTags } from "../average.js";
import { meanOfKnown } from "../known.js";
import type { Task } from "../task.js";
import { tagDivergence } from "./divergence.js";
import { type Groups, groupsOf, savedGroups, ungrouped } from "./groups.js";
import { questionLosses } from "./loss.js";
import { TagMetrics, tagMetrics } from "./metrics.js";
import { columnOf, columnsOf, probabilityOf, ruleOf, said, withGroups } from "./rule.js";
import { KNOWN, TARGETS, tagTargets } from "./targets.js";
import { TagTuner } from "./tuner.js";

/** Images of which every known tag is found right, and those of which a tag is known at all. */
function countExact(
  logits: Value,
  targets: Value,
  known: Value,
  groups: Groups,
): Record<string, Value> {
  const { graph } = logits;
  const wrong = abs(sub(said(logits, groups), step(sub(targets, constant(graph, 0.5)))));
  const mistakes = reduceSum(mul(wrong, known), [1]);
  const counted = step(reduceSum(known, [1]));
  const exact = mul(counted, sub(constant(graph, 1), step(mistakes)));
  return { exact: reduceSum(exact), counted: reduceSum(counted) };
}

/** Which tags an image has. */
export const tags: Task<TagLabels> = {
  name: "tags",
  description: "any number of tags per image",
  labels: "tags",
  output: "vector",
  signed: true,
  outputs: ({ classes }) => classes,
  check({ name, labels: { of, classes } }) {
    if (classes.length === 0) throw new InputError(`${name} has no tags`);
    const missing = classes.find(
      (_, tag) => !of.some((v, at) => v === 1 && at % classes.length === tag),
    );
    if (missing === undefined) return;
    throw new InputError(
      `${name}: no training image has the tag "${missing}"; leave the tag out or add images of it`,
    );
  },
  constants: savedGroups,
  targets: tagTargets,
  weighted: true,
  loss(
    logits,
    { [TARGETS]: targets, [KNOWN]: known },
    { smoothing = 0, constants, weights, focal },
  ) {
    const groups = groupsOf(constants);
    const questions = questionLosses(logits, targets, known, {
      ...{ groups, smoothing, weights, focal },
    });
    return {
      losses: meanOfKnown(questions.losses, questions.known),
      tallies: countExact(logits, targets, known, groups),
    };
  },
  distil: (outputs, teacher, temperature, constants) =>
    tagDivergence(outputs, teacher, temperature, groupsOf(constants)),
  trainMetrics: ({ exact, counted }) => ({ subsetAccuracy: exact / counted }),
  metrics: tagMetrics,
  reportOf: "tag",
  reports: { precision: "share", recall: "share", f1: "share", averagePrecision: "share" },
  newMetrics: (labels, constants) => new TagMetrics(labels, constants),
  newTuner: (labels, constants) => new TagTuner(labels, constants),
  decisions({ thresholds = [], ...constants }, names) {
    const alone = ungrouped(groupsOf(constants), names.length);
    return alone.map((tag) => [names[tag], thresholds[tag] ?? 0.5]);
  },
  saysFrom: true,
  average: (outputs, constants) =>
    withGroups(averageTags(outputs), groupsOf(constants), (group) => {
      const joint = averageClasses(outputs.map((one) => columnsOf(one, group)));
      return group.map((_, at) => columnOf(joint, at));
    }),
  decode(output, { names, constants }, { confidence } = {}) {
    const rows = output.length / names.length;
    const rule = ruleOf(constants, names.length, confidence);
    return Array.from({ length: rows }, (_, row) => {
      const own = output.subarray(row * names.length, (row + 1) * names.length);
      const said = rule.said(own);
      const probabilities = rule.odds(own).map(probabilityOf);
      return {
        tags: names.filter((_, tag) => said[tag] === 1),
        confidence: Math.min(...rule.sureness(probabilities, said)),
        probabilities: Object.fromEntries(names.map((name, tag) => [name, probabilities[tag]])),
      };
    });
  },
  caption({ tags, probabilities }) {
    const of = probabilities as Readonly<Record<string, number>>;
    const said = (tags as readonly string[]).map((tag) => `${tag} ${percent(of[tag], 1)}`);
    return listed(said) || "no tags";
  },
  row({ tags, probabilities }) {
    const found = (tags as readonly string[]).join(";");
    return [["tags", found], ...Object.entries(probabilities as Readonly<Record<string, number>>)];
  },
};
