// Parts of a model that learn at a rate of their own, or not at all: how a net that knows much is fitted to little data.

import { InputError } from "../inputError.js";
import { build, type Layer, type Rates } from "../nn/index.js";
import { unknownName } from "../text/words.js";
import type { Model } from "./model.js";

/** Paths of the parameters of a layer, and of all its blocks. */
function pathsOf(layer: Layer, { input }: Model) {
  const { blocks, layout } = build(layer, [1, ...input], { training: false });
  const params = layout.params.map(({ name }) => name);
  return { params, all: [...params, ...blocks.map(({ path }) => path)] };
}

/** A path, what it is in, and so on outwards. */
function outwards(path: string): string[] {
  const steps = path.split(".");
  return steps.map((_, at) => steps.slice(0, steps.length - at).join("."));
}

/** Which paths belong to the body of a model. */
function bodyOf(model: Model): ReadonlySet<string> {
  if (!model.body) {
    throw new InputError(`model ${model.name} has no body and head; name its blocks instead`);
  }
  return new Set(pathsOf(model.body.layer, model).all);
}

/**
 * A model whose parts have factors of the learning rate: `body`, `head`, or blocks and parameters by their paths, as
 * `stage1`; what lies in several has that of the innermost. At 0 a part stays as it is: it has no gradient, and its
 * batch norm uses the statistics that it has. Such a model has no coarser and finer nets of its kind.
 *
 * @throws InputError for a part that the model does not have, or that has nothing to learn.
 * @example
 * import { netOf } from "convoynet/nn";
 * const model = createModel("resnet20", { channels: 3, height: 32, width: 32, outputs: 10 });
 * netOf(paced(model, { body: 0 }), 1, { training: true }).layout.trainable; // 650
 * netOf(paced(model, { body: 0, stage3: 0.1 }), 1, { training: true }).layout.trainable > 200_000; // true
 */
export function paced(model: Model, parts: Readonly<Record<string, number>>): Model {
  const { depth: _, ...rest } = model;
  const { params, all } = pathsOf(model.layer, model);
  const known = new Set(params.flatMap(outwards));
  const { body = 1, head = 1, ...named } = parts;
  const inBody = "body" in parts || "head" in parts ? bodyOf(model) : new Set<string>();
  for (const name of Object.keys(named)) {
    if (known.has(name)) continue;
    const outer = new Set(params.map((path) => path.split(".", 1)[0]));
    throw unknownName(`part of ${model.name}`, name, ["body", "head", ...outer]);
  }
  const rates: Rates = new Map(
    all.map((path) => {
      const part = outwards(path).find((outer) => Object.hasOwn(named, outer));
      if (part !== undefined) return [path, named[part]];
      return [path, inBody.has(path) ? body : head];
    }),
  );
  if ([...rates.values()].every((rate) => rate === 0)) {
    throw new InputError(`all of model ${model.name} is frozen; leave a part to learn`);
  }
  return { ...rest, layer: (x, scope) => model.layer(x, scope.paced(rates)) };
}
