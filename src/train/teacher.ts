// The net that another one learns from: a run's, or that of a weights file, one net or an ensemble.

import { createHash } from "node:crypto";
import { z } from "zod";
import { InputError } from "../inputError.js";
import type { ModelFamily } from "../models/index.js";
import { netOf } from "../nn/index.js";
import { parseSettings } from "../settings.js";
import { ensembleQuestion, seeingAs, type Task, type Teaching } from "../tasks/index.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import type { TrainConfig } from "./config.js";
import { modelOf } from "./modelOf.js";
import { type NetInfo, readWeights, vectorOf, type Weights } from "./weights.js";

const schema = z.strictObject({
  alpha: z.number().min(0).max(1).default(0.9),
  // The teacher's part of the loss shrinks with a low temperature, and its rounding grows with the square of a high one.
  temperature: z.number().min(0.01).max(100).default(1),
});

/** Which teacher it was. */
export interface TeacherInfo {
  /** SHA-256 of its numbers, and of what is known of them. */
  readonly sha256: string;
}

/** A teacher with its weights. */
export interface Teacher extends Teaching, TeacherInfo {
  readonly path: string;
  readonly info: Pick<NetInfo, "model" | "members">;
  /** All parameters of its model. */
  readonly values: Float32Array;
}

/** A teacher as it was read, before it is known whom it is to teach. */
export interface ReadTeacher {
  readonly path: string;
  readonly settings: Pick<Teaching, "alpha" | "temperature">;
  readonly weights: Weights;
}

/** Refuses to go on with a teacher where there was none, and without the one that there was. */
function expectTaught({ teacher }: TrainConfig, saved: { readonly teacher?: TeacherInfo }): void {
  if ((teacher === undefined) === (saved.teacher === undefined)) return;
  const [was, now] = teacher === undefined ? ["a", "there is none"] : ["no", `it is ${teacher}`];
  throw new InputError(
    `the run was made with ${was} teacher, now ${now}; start another run for that`,
  );
}

/**
 * Reads the teacher that settings name, if they do.
 *
 * @param saved what the run was made with, if it is resumed
 * @throws InputError where there is no such net, or another number of teachers than the run was made with; FormatError
 * for a damaged file.
 */
export async function readTeacher(
  config: TrainConfig,
  saved?: { readonly teacher?: TeacherInfo },
): Promise<ReadTeacher | undefined> {
  if (saved) expectTaught(config, saved);
  const { teacher: path, distil } = config;
  if (path === undefined) return undefined;
  const settings = parseSettings(schema, distil, "distil");
  try {
    return { path, settings, weights: await readWeights(path) };
  } catch (error) {
    throw error instanceof InputError ? new InputError(`teacher ${error.message}`) : error;
  }
}

/** The run that is to be taught. */
interface Student {
  readonly task: Task;
  readonly net: Pick<NetInfo, "names" | "input" | "mean" | "std">;
  /** Models beside those of the registry. */
  readonly models?: readonly ModelFamily[];
}

/** The first class that is not in its place, in words. */
function otherNames(found: readonly string[], expected: readonly string[]): string | undefined {
  const at = [...Array(Math.max(found.length, expected.length)).keys()].find(
    (place) => found[place] !== expected[place],
  );
  if (at === undefined) return undefined;
  const named = (names: readonly string[]) => (at < names.length ? `"${names[at]}"` : "none");
  return `its output ${at + 1} is ${named(found)}, that of the run ${named(expected)}; expected the same in the same order`;
}

/** Why a net cannot teach another one. */
function faultOf(info: NetInfo, { task, net }: Student): string | undefined {
  if (info.task !== task.name) return `its task is ${info.task}, that of the run ${task.name}`;
  const names = otherNames(info.names, net.names);
  if (names !== undefined || sameShape(info.input, net.input)) return names;
  const [channels, height] = info.input;
  const cure = channels === net.input[0] ? `, as with --size ${height}` : "";
  return (
    `it takes images ${formatShape(info.input)} (channels, height, width), the run ${formatShape(net.input)}; ` +
    `both see the same ones, of one size${cure}`
  );
}

/**
 * A teacher for a run.
 *
 * @param was what it is expected to be still, for a run that began with it
 * @throws InputError for a net that cannot teach this one, and for another one than that which the run began with;
 * FormatError for a file that lacks parameters.
 */
export function openTeacher(
  { path, settings, weights: { info, tensors } }: ReadTeacher,
  student: Student,
  was?: TeacherInfo,
): Teacher {
  const fault = faultOf(info, student);
  if (fault !== undefined) throw new InputError(`teacher ${path}: ${fault}`);
  const { model: name, input, names, members, constants, mean, std, passes } = info;
  const own = modelOf(info, path, { own: student.models });
  if (own.loss)
    throw new InputError(
      `teacher ${path}: model ${name} has a loss of its own, whose outputs are no logits`,
    );
  const { model } = ensembleQuestion({ model: own, task: student.task, constants }, members);
  const values = vectorOf(netOf(model, 1, { training: false }).layout, tensors, path);
  const sha256 = createHash("sha256")
    .update(JSON.stringify({ name, input, names, members, mean, std, passes }))
    .update(values)
    .digest("hex");
  if (was && was.sha256 !== sha256) {
    throw new InputError(
      `teacher ${path} was changed: its SHA-256 was ${was.sha256.slice(0, 12)} when the run was made, now it is ` +
        `${sha256.slice(0, 12)}; bring the old one back, or name it where it lies by --teacher`,
    );
  }
  return { ...settings, model: seeingAs(model, info, student.net), path, info, values, sha256 };
}
