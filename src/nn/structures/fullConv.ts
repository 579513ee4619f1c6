// Full convolution (Kayhan and van Gemert 2020, "On translation invariance in CNNs: convolutional layers can exploit absolute
// spatial location", CVPR, arXiv 2003.07064): images get so many zeros around them that every pixel meets every place of a
// window. A net then cannot tell by its borders where something is.

import { constant, type Graph, mul, type Node, pad, type Value } from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { NetPass } from "../net.js";

/** Ops that have the size of their operand written in their attributes. */
const sized: readonly string[] = ["reshape", "expand", "slice"];

const isMap = ({ shape }: Pick<Value, "shape">): boolean => shape.length === 4;
const planeOf = (shape: Shape): Shape => shape.slice(2);

/** Zeros around maps [n, c, h, w] up to a height and width, the odd one below and to the right. */
function framed(x: Value, size: Shape): Value {
  const missing = planeOf(x.shape).map((own, axis) => size[axis] - own);
  if (missing.every((zeros) => zeros === 0)) return x;
  const before = missing.map((zeros) => Math.floor(zeros / 2));
  const after = missing.map((zeros, axis) => zeros - before[axis]);
  return pad(x, [0, 0, ...before], [0, 0, ...after]);
}

/** A convolution of which each pixel meets every place of the window. */
function fullConv({ op, attrs }: Node, inputs: readonly Value[], target: Graph) {
  const window = planeOf(inputs[1].shape);
  const dilation = attrs["dilation"] as readonly number[];
  const zeros = window.map((size, axis) => dilation[axis] * (size - 1));
  return target.apply(op, inputs, { ...attrs, padding: [...zeros, ...zeros] });
}

/** Maps that had one size, and have several by now, as large as the largest. */
function alike(node: Node, inputs: readonly Value[]): readonly Value[] {
  const maps = [...inputs.keys()].filter((at) => isMap(node.inputs[at]));
  const [first] = maps;
  if (
    !maps.every((at) =>
      sameShape(planeOf(node.inputs[at].shape), planeOf(node.inputs[first].shape)),
    )
  )
    return inputs;
  const size = [2, 3].map((axis) => Math.max(...maps.map((at) => inputs[at].shape[axis])));
  return inputs.map((value, at) => (maps.includes(at) ? framed(value, size) : value));
}

/** A sum over pixels, which are more by now, as large as over those that there were: means divide by these. */
function summed({ op, attrs, inputs: [before] }: Node, [x]: readonly Value[], target: Graph) {
  const axes = (attrs["axes"] as readonly number[]).filter((axis) => axis >= 2);
  const count = (shape: Shape) => sizeOf(axes.map((axis) => shape[axis]));
  const [sum] = target.apply(op, [x], attrs);
  return [mul(sum, constant(target, count(before.shape) / count(x.shape)))];
}

/**
 * The pass that pads every convolution of a window of pixels by one less than the window on all sides. Maps that are added up or
 * joined get zeros around them to the size of the largest. Parameters stay as they are.
 *
 * @returns a pass that throws an InputError for a net that needs maps of a fixed size, as one with a linear layer over them
 * @example
 * import { conv2d, globalAvgPool, netOf } from "convoynet/nn";
 * const layer = sequential({ conv: conv2d(4, 3), pool: globalAvgPool() });
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: true, passes: [fullConvolution()] });
 * net.graph.nodes.find(({ op }) => op.name === "conv2d")!.outputs[0].shape; // [2, 4, 10, 10]
 */
export const fullConvolution = (): NetPass => (net) => {
  const { graph, image } = rewrite(
    net.graph,
    (node, inputs, target) => {
      const { op, inputs: before } = node;
      if (op.name === "conv2d") {
        return sizeOf(planeOf(inputs[1].shape)) > 1 ? fullConv(node, inputs, target) : undefined;
      }
      if (inputs.every(({ shape }, at) => sameShape(shape, before[at].shape))) return undefined;
      if (sized.includes(op.name)) {
        throw new InputError(
          "full-conv: the net takes maps of a fixed size apart; expected one that takes means over maps, as resnet20",
        );
      }
      if (op.name === "reduceSum") return summed(node, inputs, target);
      return target.apply(op, alike(node, inputs), node.attrs);
    },
    [net.output, ...net.params.values()],
  );
  const params = [...net.params].map(([name, value]) => [name, image(value)] as const);
  return { ...net, graph, params: new Map(params), output: image(net.output) };
};
