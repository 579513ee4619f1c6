// A net beside its teacher: the teacher sees the same images, augmented as they are, and the net learns what it says as
// well as what the labels say. Hinton, Vinyals and Dean 2015, arXiv 1503.02531.

import {
  add,
  concat,
  constant,
  type Graph,
  graphFlops,
  input,
  mul,
  reshape,
  type Value,
} from "../graph/index.js";
import type { Model } from "../models/model.js";
import { append, IMAGES, type Net, netOf } from "../nn/index.js";
import type { Constants, Task } from "./task.js";

/** Name of the vector of a teacher's parameters in a training graph. */
export const TEACHER = "teacher";

/** What a net is taught by. */
export interface Teaching {
  /** Takes the images that the net takes; see {@link seeingAs}. */
  readonly model: Model;
  /** Share of the teacher in the loss, 0 to 1; the labels have the rest. */
  readonly alpha: number;
  readonly temperature: number;
}

/** How numbers of an image came about, one of each a channel. */
interface Scale {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Numbers, one a channel, as [1, channels, 1, 1]. */
function channels(graph: Graph, numbers: readonly number[]): Value {
  const cells = numbers.map((value) => reshape(constant(graph, value), [1, 1, 1, 1]));
  return cells.length === 1 ? cells[0] : concat(cells, 1);
}

/** A model that takes images normalised by `found` where it was trained on images normalised by `own`. */
export function seeingAs(model: Model, own: Scale, found: Scale): Model {
  const scales = own.std.map((std, at) => found.std[at] / std);
  const shifts = own.std.map((std, at) => (found.mean[at] - own.mean[at]) / std);
  if (scales.every((scale) => scale === 1) && shifts.every((shift) => shift === 0)) return model;
  return {
    ...model,
    layer: (x, scope) => {
      const scaled = mul(x, channels(x.graph, scales));
      return model.layer(add(scaled, channels(x.graph, shifts)), scope);
    },
  };
}

/** The net of a teacher, as it evaluates images. */
const teacherNet = ({ model }: Teaching, batch: number): Net =>
  netOf(model, batch, { training: false });

/**
 * The losses [n] of a net that has a teacher: (1 - alpha) times those against the labels, and alpha times those against
 * what the teacher says, whose parameters are the vector {@link TEACHER}. No gradient goes to the teacher.
 */
export function taught(
  { task, constants }: { readonly task: Task; readonly constants: Constants },
  { output, losses }: { readonly output: Value; readonly losses: Value },
  teaching: Teaching,
): Value {
  const { graph } = output;
  const { alpha, temperature } = teaching;
  if (!task.distil) throw new Error(`task ${task.name} cannot be taught by another net`);
  const [batch] = output.shape;
  const bound = graph.nodes.find(
    ({ op, attrs }) => op.name === "input" && attrs["name"] === IMAGES,
  );
  // A net may not look at its images; its teacher does.
  const images = bound?.outputs[0] ?? input(graph, IMAGES, [batch, ...teaching.model.input]);
  const net = teacherNet(teaching, batch);
  const { output: said } = append(graph, net, { vector: TEACHER, images });
  const far = task.distil(output, said, temperature, constants);
  return add(mul(losses, constant(graph, 1 - alpha)), mul(far, constant(graph, alpha)));
}

/** Parts of a gradient in which work is counted, so that its sums are the same in any order. */
const PARTS = 1024;

/** Work of a training graph, as a multiple of what it would be without its teacher. */
export function workWith(teaching: Teaching, graph: Graph, batch: number): number {
  const all = graphFlops(graph);
  const own = all - graphFlops(teacherNet(teaching, batch).graph);
  return Math.round((PARTS * all) / own) / PARTS;
}
