// What a change of a model's nets is as data, so that it is kept with the weights that it belongs to.

import { z } from "zod";
import type { ParamLayout } from "../../graph/index.js";
import type { Net, NetPass } from "../../nn/index.js";
import type { HostTensor } from "../../tensor/host.js";
import type { FirstBatch } from "../startQuantisers.js";

/** A vector that belongs to a net with passes, before training. */
export interface FirstWeights {
  readonly layout: ParamLayout;
  /** Is changed. */
  readonly w: Float32Array;
  /** Names of parameters that keep their values. */
  readonly given: ReadonlySet<string>;
}

/** How a run asks for a pass by name, as `t-vmf=16`. */
export interface Structure<S> {
  /** In words, for help. */
  readonly description: string;
  /** Authors, year, and where it was published. */
  readonly source: string;
  /** What a number behind its name means, and that number where there is none; default it takes none. */
  readonly strength?: { readonly meaning: string; readonly usual: number };
  /** What weights of a plain net are, which it cannot start from; default it can. */
  readonly plainAre?: string;
  /** Settings of the pass for a net as it is built. */
  settings(net: Net, strength: number): S;
}

/** A kind of change: a new one is a file with such a row, and one line in the index. */
export interface PassKind<N extends string = string, S extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: N;
  /** What is kept of it: its name as `pass`, and its settings. */
  readonly record: z.ZodObject<{ pass: z.ZodLiteral<N> } & S, z.core.$strict>;
  /** Whether nets that it has changed can be trained. If not, the setting `of` names the net before it. */
  readonly trains: boolean;
  /** Whether weights may count as other numbers than those that training moves; default not. */
  readonly hides?: true;
  /** What its weights are, where they are not what the model's layers multiply: no other pass can stand behind it. */
  readonly weightsAre?: string;
  /** The change. It may read shapes and names of parameters, never their numbers, which belong to the net before it. */
  readonly make: (settings: z.output<z.ZodObject<S>>) => NetPass;
  /** Present where a run can ask for it by the setting `structure`. */
  readonly structure?: Structure<z.output<z.ZodObject<S>>>;
  /** What is wrong with a file's tensors that belong to such a net, in words; default whatever has the right shapes fits. */
  readonly fault?: (
    settings: z.output<z.ZodObject<S>>,
    tensors: ReadonlyMap<string, HostTensor>,
  ) => string | undefined;
  /** Sets what its parameters start as where that takes a first batch; default as its specs say. */
  readonly start?: (
    settings: z.output<z.ZodObject<S>>,
    batch: FirstBatch,
    weights: FirstWeights,
  ) => Promise<void>;
}

/** A kind, of its settings' schema. */
export const passKind = <N extends string, S extends z.ZodRawShape>({
  settings,
  ...kind
}: Omit<PassKind<N, S>, "record"> & { readonly settings: S }): PassKind<N, S> => ({
  ...kind,
  record: z.strictObject({ pass: z.literal(kind.name), ...settings }),
});
