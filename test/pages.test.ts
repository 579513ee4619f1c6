// The tables of the pages are those of the code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { proxies } from "../src/analysis/index.js";
import { smallDataMethods } from "../src/compare/index.js";
import { pruners, quantisers } from "../src/compress/index.js";
import { dataflows, machines } from "../src/cost/index.js";
import { type OperationName, operationNames, operations } from "../src/data/augment/operations.js";
import type { Policy } from "../src/data/augment/policies/policy.js";
import { namedRanges } from "../src/data/augment/policies/ranges.js";
import { augmentations, policies, readers, sources } from "../src/data/index.js";
import { classifiers, encoders, projections } from "../src/estimators/index.js";
import {
  architectureSpaces,
  createModel,
  families,
  listModels,
  summarise,
} from "../src/models/index.js";
import { builders } from "../src/onnx/index.js";
import { optimizers, schedules, wrappers } from "../src/optim/index.js";
import { bitChoosers, runFiles } from "../src/runs/index.js";
import { samplers } from "../src/search/index.js";
import { selectors } from "../src/selection/index.js";
import { serveConfig } from "../src/serve/index.js";
import { policyMethods } from "../src/study/index.js";
import { couplings } from "../src/swarm/index.js";
import { penalties, tasks } from "../src/tasks/index.js";
import { trainConfig } from "../src/train/config.js";
import { sparseWays } from "../src/train/sparsity.js";
import { root } from "./support/examples.js";

/** The rows of the table with a header: their cells trimmed, `\\<` (which is no tag) as `<`. */
function tableOf(page: string, ...header: readonly string[]): string[][] {
  const lines = readFileSync(join(root, "docs", page), "utf8").split("\n");
  const start = lines.indexOf(`| ${header.join(" | ")} |`) + 2;
  expect(start, `${page} has a table ${header.join(", ")}`).toBeGreaterThan(1);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  const cells = (line: string) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim().replaceAll("\\<", "<"));
  return lines.slice(start, start + length).map(cells);
}

const column = (rows: readonly (readonly string[])[], at: number) => rows.map((row) => row[at]);
const code = (text: string | number) => `\`${text}\``;
const short = (value: number) => `${Number(value.toPrecision(3))}`;
const numbers = (values: Readonly<Record<string, number | string>>) =>
  Object.entries(values)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(", ") || "none";

/** A setting's default in words. */
function defaultOf(setting: z.ZodType): string {
  if (!(setting instanceof z.ZodDefault))
    return setting instanceof z.ZodOptional ? "none" : "required";
  const { defaultValue } = setting.def;
  return typeof defaultValue === "object" || defaultValue === ""
    ? "none"
    : code(String(defaultValue));
}

test("training.md has every setting of the schema with its default", () => {
  const settings = Object.entries<z.ZodType>(trainConfig.shape);
  expect(tableOf("training.md", "setting", "default", "what it is")).toEqual(
    settings.map(([name, type]) => [code(name), defaultOf(type), type.description]),
  );
});

test("serving.md has every setting of a server with its default", () => {
  const settings = Object.entries<z.ZodType>(serveConfig.shape);
  expect(tableOf("serving.md", "setting", "default", "what it is")).toEqual(
    settings.map(([name, type]) => [code(name), defaultOf(type), type.description]),
  );
});

test("quantisation.md has every method", () => {
  const methods = tableOf("methods/quantisation.md", "method", "weights", "images", "source");
  expect(column(methods, 0).sort()).toEqual(Object.keys(quantisers).map(code).sort());
});

test("quantisation.md has every way to choose bits with its source", () => {
  const rows = tableOf("methods/quantisation.md", "`--by`", "bits are chosen by", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    bitChoosers.map(({ name, source }) => [code(name), source]),
  );
});

test("training.md has every file of a run folder", () => {
  const files = column(tableOf("training.md", "file", "what it holds"), 0);
  expect(files.sort()).toEqual(Object.values(runFiles).map(code).sort());
});

test("data.md has every source, reader and augmentation", () => {
  const named = tableOf("data.md", "name", "what", "where it comes from");
  expect(column(named, 0)).toEqual(sources.map(({ name }) => code(name)));
  const read = tableOf("data.md", "reader", "what it reads", "parts");
  expect(read.map(([name, what]) => [name, what])).toEqual(
    readers.map(({ name, reads }) => [name, reads]),
  );
  expect(tableOf("data.md", "name", "strength", "usual", "largest")).toEqual(
    augmentations.map(({ name, meaning, usual, largest }) => [
      code(name),
      meaning,
      `${usual}`,
      `${largest}`,
    ]),
  );
});

test("augmentation.md has every way to find a policy", () => {
  const rows = tableOf("augmentation.md", "method", "what is kept", "source");
  expect(rows).toEqual(
    policyMethods.map(({ name, description, source }) => [code(name), description, source]),
  );
});

test("augmentation.md has every policy and operation", () => {
  const rows = tableOf("augmentation.md", "policy", "for each image", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    policies.map(({ name, source }) => [code(name), source]),
  );
  const shown = tableOf("augmentation.md", "operation", "argument", "standard", "wide", "paper");
  const rangeOf = (name: OperationName, ranges: Policy["ranges"]) =>
    operations[name].meaning === "none" ? "" : ranges[name]!.map(short).join(" to ");
  expect(shown).toEqual(
    operationNames.map((name) => [
      code(name),
      operations[name].meaning,
      ...[namedRanges.standard, namedRanges.wide, namedRanges.paper].map((one) =>
        rangeOf(name, one),
      ),
    ]),
  );
});

test("pruning.md has every way to prune with its source", () => {
  const rows = tableOf("methods/pruning.md", "way", "share of", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    pruners.map(({ name, source }) => [code(name), source]),
  );
});

test("pruning.md has every way to prune while a net learns", () => {
  const rows = tableOf("methods/pruning.md", "way", "a weight counts by", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    sparseWays.map(({ name, source }) => [code(name), source]),
  );
});

test("models.md has every model with its size, smallest image and own settings", () => {
  const rows = tableOf(
    "models.md",
    "name",
    "paper",
    "images",
    "parameters",
    "smallest",
    "own settings",
  );
  expect(column(rows, 0)).toEqual(listModels().map(code));
  for (const [at, { name, source, smallest, published }] of families.entries()) {
    const { channels, height, width, outputs } = published;
    const model = createModel(name, published);
    const { optimizer, lr, decay } = model.defaults ?? {};
    const own = Object.entries({ optimizer, lr, decay }).filter(([, value]) => value !== undefined);
    expect(rows[at]).toEqual([
      code(name),
      source,
      `${channels}x${height}x${width}, ${outputs} ${outputs === 1 ? "class" : "classes"}`,
      summarise(model).params.toLocaleString("en-US"),
      `${smallest}x${smallest}`,
      own.map((entry) => code(entry.join("="))).join(", ") || "none",
    ]);
  }
});

test("small-data.md has every penalty with its usual factor", () => {
  const rows = tableOf("small-data.md", "name", "what is added", "usual factor", "source");
  expect(rows.map(([name, , factor, source]) => [name, factor, source])).toEqual(
    penalties.map(({ name, strength, source }) => [code(name), code(strength.usual), source]),
  );
});

test("small-data.md has every method of the benchmark with its source", () => {
  const rows = tableOf("small-data.md", "method", "what it sets", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    smallDataMethods.map(({ name, source }) => [code(name), source]),
  );
});

test("architecture-search.md has every space and proxy with its source", () => {
  const page = "architecture-search.md";
  const spaces = tableOf(page, "space", "what is chosen", "source");
  expect(spaces.map(([name, , source]) => [name, source])).toEqual(
    architectureSpaces.map(({ name, source }) => [code(name), source]),
  );
  expect(tableOf(page, "proxy", "what its score tells", "source")).toEqual(
    proxies.map(({ name, description, source }) => [code(name), description, source]),
  );
});

test("optimizers.md has every optimizer, wrapper and schedule with its source", () => {
  expect(tableOf("optimizers.md", "optimizer", "state vectors", "own numbers", "source")).toEqual(
    optimizers().map((optimizer) => [
      code(optimizer.name),
      "rule" in optimizer ? `${optimizer.state.length}` : "its own",
      numbers(optimizer.defaults),
      optimizer.source,
    ]),
  );
  expect(tableOf("optimizers.md", "wrapper", "own numbers", "source")).toEqual(
    wrappers().map(({ name, defaults, source }) => [code(name), numbers(defaults), source]),
  );
  const rows = tableOf("optimizers.md", "schedule", "factor", "source");
  expect(rows.map(([name, , source]) => [name, source])).toEqual(
    schedules().map(({ name, source }) => [code(name), source]),
  );
});

/** The first name in backticks of each cell. */
const namesOf = (cells: readonly string[]) => cells.map((cell) => /`([^`]+)`/.exec(cell)?.[1]);

test("swarms.md has every coupling", () => {
  const rows = tableOf("swarms.md", "coupling", "nets", "deployed", "take it for");
  expect(namesOf(column(rows, 0))).toEqual(couplings().map(({ name }) => name));
});

test("cost.md has every dataflow and every machine that has a name", () => {
  const rows = tableOf("cost.md", "dataflow", "stays", "passes");
  expect(namesOf(column(rows, 0))).toEqual(dataflows.map(({ name }) => name));
  const page = readFileSync(join(root, "docs/cost.md"), "utf8");
  expect(machines.filter(({ name }) => !page.includes(`machine ${code(name)}`))).toEqual([]);
});

test("selection.md has every selector and classifier with its options", () => {
  const row = (one: (typeof selectors)[number] | (typeof classifiers)[number]) => [
    code(one.name),
    one.description,
    numbers(one.defaults),
    one.source || "none",
  ];
  expect(tableOf("selection.md", "selector", "what it is", "own options", "source")).toEqual(
    selectors.map(row),
  );
  expect(tableOf("selection.md", "classifier", "what it is", "options", "source")).toEqual(
    classifiers.map(row),
  );
});

test("tuning.md has every sampler with its options", () => {
  expect(tableOf("tuning.md", "sampler", "what it is", "own options", "source")).toEqual(
    samplers.map(({ name, description, options, source }) => [
      code(name),
      description,
      Object.entries(options.shape as Record<string, z.ZodType>)
        .map(
          ([option, type]) => `${defaultOf(type).replace("`", `\`${option}=`)} ${type.description}`,
        )
        .join("; ") || "none",
      source,
    ]),
  );
});

test("training.md says of every task what it is and what a table of predictions holds", () => {
  const names = tasks.map(({ name }) => name);
  const head = ["task", "labels", "loss", "metrics, the deciding one first", "says of an image"];
  const known = tableOf("training.md", ...head);
  expect(namesOf(column(known, 0))).toEqual(names);
  for (const [at, { metrics }] of tasks.entries()) {
    expect([...known[at][3].matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(
      metrics.map(({ name }) => name),
    );
  }
  expect(namesOf(column(tableOf("training.md", "task", "columns behind `file`"), 0))).toEqual(
    names,
  );
});

test("features.md has every encoder and task that gives images back", () => {
  const fitted = tableOf("features.md", "encoder", "code", "options", "source");
  expect(column(fitted, 0)).toEqual(encoders.map(({ name }) => code(name)));
  const head = ["task", "what is asked", "numbers (`--task-numbers`)", "model", "source"];
  const given = tableOf("features.md", ...head);
  const back = tasks.filter(({ metrics: [first] }) => first.name === "mse");
  expect(column(given, 0)).toEqual(back.map(({ name }) => code(name)));
  expect(column(given, 3)).toEqual(back.map(({ defaults }) => code(defaults?.model ?? "")));
});

test("features.md has every projection", () => {
  const given = tableOf("features.md", "`--method`", "what the plane keeps", "source");
  expect(column(given, 0)).toEqual(projections.map(({ name }) => code(name)));
  expect(column(given, 2)).toEqual(projections.map(({ source }) => source));
});

test("FEATURES.md has every model, task, optimizer, wrapper, schedule, augmentation, coupling, sampler and dataflow", () => {
  const features = readFileSync(join(root, "FEATURES.md"), "utf8");
  const all = [families, tasks, optimizers(), wrappers(), schedules(), augmentations, couplings()];
  const names = [
    ...all,
    selectors,
    classifiers,
    encoders,
    projections,
    samplers,
    dataflows,
    smallDataMethods,
  ].flatMap((list) => list.map(({ name }) => name));
  expect(names.filter((name) => !features.includes(code(name)))).toEqual([]);
});

test("export.md has every operator of ONNX that is understood", () => {
  const [[cell]] = tableOf("export.md", "operators");
  expect(cell.split(", ")).toEqual(Object.keys(builders).sort().map(code));
});
