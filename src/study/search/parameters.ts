// What a search may choose of a training: any setting of a run but those that make trials comparable. A part of a
// setting that holds numbers by name is a parameter with a point, as `hyper.momentum`.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { valueAt } from "../../search/cube.js";
import type { Parameter, Sampler, Setting, Settings, Space } from "../../search/index.js";
import { choose } from "../../search/space.js";
import { suggestion } from "../../text/words.js";
import { checkGiven, settingNames, type TrainSettings, trainConfig } from "../../train/config.js";
import { settingCalled } from "../../train/otherNames.js";
import { checkGenes, geneOf, genesIn, isGene, modelWith } from "./genes.js";

type Given = Partial<TrainSettings>;

/** Settings that a search decides itself. */
const decided: readonly string[] = ["out", "minutes"];

/** Settings that all trials of a search share: they say what is learned, what chooses, and where it is computed. */
const shared: readonly string[] = [
  ...["data", "task", "columns", "classes", "oneOf", "groupBy", "score", "module"],
  ...["train", "selection", "seed", "steps", "gradients", "patience"],
  ...["pack", "saveMinutes", "threads", "engine", "preset"],
];

type Stages = Pick<Sampler, "name" | "stages" | "changes">;

/** A parameter's setting, and its part of it. */
function placeOf(name: string): { readonly setting: string; readonly part?: string } {
  const at = name.indexOf(".");
  return at < 0 ? { setting: name } : { setting: name.slice(0, at), part: name.slice(at + 1) };
}

/** Whether a setting holds values by name. */
function isRecord(setting: string): boolean {
  const type = trainConfig.shape[setting as keyof typeof trainConfig.shape];
  return (type instanceof z.ZodDefault ? type.def.innerType : type) instanceof z.ZodRecord;
}

/**
 * Settings of several words, of which a space, where commas part parameters, writes `crop+flip`; and those that may be
 * left out, of which it writes `none`: with what is set then.
 */
const lists: readonly string[] = ["augment", "structure", "penalty", "freeze"];
const absent: ReadonlyMap<string, Setting | undefined> = new Map([
  ["augment", ""],
  ...["structure", "penalty", "quantise", "prune", "freeze"].map(
    (name) => [name, undefined] as const,
  ),
]);

/** A value as settings have it. */
function written(setting: string, value: Setting): Setting | undefined {
  if (value === "none" && absent.has(setting)) return absent.get(setting);
  return lists.includes(setting) ? String(value).replaceAll("+", ",") : value;
}

/**
 * The settings of a training with those of a trial in their places.
 *
 * @example
 * withTrial({ data: "mnist" }, { lr: 0.1, augment: "crop+flip" }); // { data: "mnist", lr: 0.1, augment: "crop,flip" }
 */
export function withTrial(fixed: Given, trial: Settings): Given {
  const genes = genesIn(trial);
  const all: Record<string, unknown> = {
    ...fixed,
    ...(genes && { model: modelWith(fixed.model, genes) }),
  };
  for (const [name, value] of Object.entries(trial)) {
    if (isGene(name)) continue;
    const { setting, part } = placeOf(name);
    const set = written(setting, value);
    all[setting] = part === undefined ? set : { ...(all[setting] as object), [part]: set };
  }
  return all;
}

/** The value that settings have for a parameter; `undefined` where they have none that a space could have. */
export function valueIn(settings: Given, name: string): Setting | undefined {
  if (isGene(name)) return geneOf(settings.model, name);
  const { setting, part } = placeOf(name);
  const found = (settings as Readonly<Record<string, unknown>>)[setting];
  const value = part === undefined ? found : (found as Record<string, unknown> | undefined)?.[part];
  // Augmentations that are not set are those of the data.
  const none = setting === "augment" ? value === "" : value === undefined;
  if (none && absent.has(setting)) return "none";
  if (lists.includes(setting) && typeof value === "string") return value.replaceAll(",", "+");
  return ["number", "string", "boolean"].includes(typeof value) ? (value as Setting) : undefined;
}

/** What a training may have otherwise from some epoch on: its net and the state of its optimizer stay. */
const changeable: readonly string[] = [
  ...["lr", "decay", "hyper", "batch", "augment", "labelSmoothing", "focal", "dice", "sampling"],
];

function checkName(name: string, fixed: Given, { name: sampler, stages, changes }: Stages): void {
  const { setting, part } = placeOf(name);
  const wrong = (what: string) => new InputError(`space: ${name}: ${what}`);
  if (!settingNames.some((known) => known === setting)) {
    throw wrong(
      `there is no such setting${suggestion(settingCalled(setting) ?? setting, settingNames)}`,
    );
  }
  if (decided.includes(setting)) throw wrong("a search decides it; leave it out");
  if (shared.includes(setting)) {
    throw wrong("all trials of a search have the same; fix it by its flag");
  }
  if (changes && !changeable.includes(setting)) {
    throw wrong(
      `${sampler} changes settings of trainings on the way, which it cannot be; expected ${changeable.join(", ")}`,
    );
  }
  if (stages && setting === "epochs") {
    throw wrong("trials that stop early have the same schedule, over the most epochs; fix it");
  }
  if (part !== undefined && !isGene(name) && !isRecord(setting))
    throw wrong(`${setting} has no parts`);
  if (part === undefined && isRecord(setting)) {
    throw wrong(`it holds values by name; search one of them, as ${setting}.${example(setting)}`);
  }
  if (
    isGene(name) ||
    valueIn(fixed, name) === undefined ||
    fixed[setting as keyof Given] === undefined
  )
    return;
  throw wrong("it is fixed and searched at once; leave one of them out");
}

const example = (setting: string) => (setting === "hyper" ? "momentum" : "name");

/** Where in a range values are tried: a setting of whole numbers takes both ends of a range that it cannot have. */
const LOOKS = [0, 0.37, 1];

/** Values of a parameter that stand for all. */
function looks(parameter: Parameter): readonly Setting[] {
  if (parameter.kind === "choice") return parameter.of;
  if (parameter.kind === "bits") return ["0".repeat(parameter.length)];
  return [...new Set(LOOKS.map((at) => valueAt(parameter, [at])))];
}

/** Settings in which a parameter has a value, and what it depends on the first one that lets it exist. */
export function settingsWith(space: Space, name: string, value: Setting): Settings {
  const wanted = new Map<string, Setting>([[name, value]]);
  let at: Parameter | undefined = space.find((one) => one.name === name);
  while (at?.when) {
    const { name: on, is } = at.when;
    wanted.set(on, is[0]);
    at = space.find((one) => one.name === on);
  }
  return choose(space, (parameter) => wanted.get(parameter.name) ?? looks(parameter)[0]);
}

/** Settings that stand for a space: each parameter with each of its values that stand for all. */
export const samplesOf = (space: Space): readonly Settings[] =>
  // Every net of a space of architectures can be trained, so one stands for all.
  space.flatMap((parameter) =>
    (isGene(parameter.name) ? looks(parameter).slice(0, 1) : looks(parameter)).map((value) =>
      settingsWith(space, parameter.name, value),
    ),
  );

/**
 * Checks that a space is one of settings of a run.
 *
 * @param sampler what proposes: whether its trials stop early, and change on the way
 * @throws InputError naming the parameter: a setting that is unknown, fixed as well, not to be searched, or cannot have
 * some value of its domain.
 */
export function checkParameters(space: Space, fixed: Given, sampler: Stages): void {
  for (const { name } of space) checkName(name, fixed, sampler);
  checkGenes(space, fixed.model);
  for (const parameter of space) {
    if (isGene(parameter.name)) continue;
    for (const value of looks(parameter)) {
      try {
        checkGiven(withTrial({}, { [parameter.name]: value }));
      } catch (error) {
        if (error instanceof InputError) error.message = `space: ${error.message}`;
        throw error;
      }
    }
  }
}
