// The layers of a net in whole numbers that are computed in f32 all the same, and why.

import { pathOf } from "../graph/index.js";
import { liveNodes } from "../graph/rewrite.js";
import type { Net } from "../nn/index.js";
import { paramOf } from "./layers.js";

/** A layer with weights, and how it is computed. */
export interface LayerType {
  /** Its path, as `stage1.0.conv1`. */
  readonly name: string;
  readonly type: "int8" | "f32";
  /** Why it is not in whole numbers. */
  readonly why?: string;
}

/**
 * The layers with weights of a compact net.
 *
 * @param whole what `integers` made of it
 */
export function layerTypes({ graph, params, output, layout }: Net, whole: Net): LayerType[] {
  const bytes = whole.layout.params.filter(({ stored }) => stored === "i8");
  const names = new Set(bytes.map(({ name }) => name));
  const live = [...liveNodes(graph, [output])];
  const whyNot = (name: string): string => {
    const value = params.get(name)!;
    const users = live.filter(({ op, inputs }) => {
      return op.name !== "reshape" && inputs.some((input) => paramOf(input) === value);
    });
    if (users.length > 1) return `its weights are used in ${users.length} places`;
    return `there is no rule for ${users[0]?.op.name ?? "it"} on bytes`;
  };
  return layout.params
    .filter(({ kind, shape }) => kind === "weight" && shape.length > 1)
    .map(({ name }) =>
      names.has(name)
        ? { name: pathOf(name), type: "int8" }
        : { name: pathOf(name), type: "f32", why: whyNot(name) },
    );
}
