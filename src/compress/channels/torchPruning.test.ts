// Beside torch-pruning (Fang, Ma, Song, Mi and Wang 2023, arXiv 2301.12900) on nets of torchvision;
// test/support/pruningGroups.py made the groups.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../../test/support/examples.js";
import { createModel, familyOf, nameMaps } from "../../models/index.js";
import { build } from "../../nn/index.js";
import { channelGroups, type Member } from "./groups.js";

interface Theirs {
  readonly channels: number;
  /** Places of weights that go with channel 1. */
  readonly channel1: readonly string[];
}

const { nets }: { readonly nets: Readonly<Record<string, readonly Theirs[]>> } = JSON.parse(
  readFileSync(join(root, "test/fixtures/pruningGroups.json"), "utf8"),
);

test.for(Object.entries(nets))("%s has the same groups of channels", ([name, theirs]) => {
  const side = name === "vgg11-bn-full" ? 224 : 64;
  const model = createModel(name, { ...familyOf(name).published, height: side, width: side });
  const { tensors } = nameMaps.find(
    (map) => map.model === name && map.source.startsWith("torchvision"),
  )!;
  const places = ({ param, axis, at }: Member) =>
    tensors[param].endsWith(".weight") ? [`${tensors[param]}/${axis}:${at}`] : [];
  const groups = channelGroups(build(model.layer, [1, ...model.input], { training: false }));
  const ours = groups.map(({ channels }) => ({
    channels: channels.length,
    channel1: [...channels[1].makers, ...channels[1].takers].flatMap(places).sort(),
  }));
  const sorted = (all: readonly Theirs[]) => all.map((group) => JSON.stringify(group)).sort();
  expect(sorted(ours)).toEqual(sorted(theirs));
});
