// An ONNX file as it is read: checked as far as nothing has to be built for it.

import { InputError } from "../inputError.js";
import {
  type ElementType,
  elementType,
  type OnnxTensor,
  readTensor,
} from "../tensor/onnx/elements.js";
import {
  type ModelProto,
  modelSchema,
  type NodeProto,
  type ValueInfoProto,
} from "../tensor/onnx/schema.js";
import { decodeMessage } from "../tensor/protobuf.js";
import { listed } from "../text/named.js";
import { printable } from "../text/printable.js";
import { builders } from "./ops/index.js";

/** Versions of ONNX's operators that are understood. */
export const OPSETS = [6, 28] as const;

/** An input or output of a graph: sizes that the file leaves open are `undefined`. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | undefined)[];
}

/** A file. */
export interface OnnxFile {
  /** For messages. */
  readonly source: string;
  readonly name: string;
  readonly producer: string;
  readonly opset: number;
  readonly nodes: readonly NodeProto[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without initialisers, which older files list too. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

function portOf({ name = "", type }: ValueInfoProto, source: string): Port {
  const { elem_type: id = 0, shape } = type?.tensor_type ?? {};
  const element = elementType(id);
  if (!element) throw new InputError(`${source}: "${printable(name)}" is no tensor of numbers`);
  const sizes = (shape?.dim ?? []).map(({ dim_value: size }) =>
    size && size > 0 ? size : undefined,
  );
  return { name, type: element, shape: sizes };
}

const HOME = ["", "ai.onnx"];

/** Refuses operators that are not there, all at once. */
function expectKnown(nodes: readonly NodeProto[], source: string): void {
  const strange = nodes.flatMap(({ domain = "", op_type: type = "" }) => {
    if (!HOME.includes(domain)) return [`${domain}.${type}`];
    return Object.hasOwn(builders, type) ? [] : [type];
  });
  if (strange.length === 0) return;
  const names = [...new Set(strange)].map(printable);
  throw new InputError(
    `${source}: operators without a counterpart: ${listed(names)}; docs/export.md lists those that are understood`,
  );
}

/** Refuses nodes that take what nothing gives before them, and values that are given twice. */
function expectOrder(nodes: readonly NodeProto[], given: Iterable<string>, source: string): void {
  const known = new Set(["", ...given]);
  for (const { op_type, name = "", input = [], output = [] } of nodes) {
    const which = `${source}: node ${printable(`${op_type} "${name}"`)}`;
    const strange = input.find((one) => !known.has(one));
    if (strange !== undefined) {
      throw new InputError(`${which} takes "${printable(strange)}", which nothing gives before it`);
    }
    for (const one of output) {
      if (one !== "" && known.has(one)) {
        throw new InputError(`${which} gives "${printable(one)}", which is given before`);
      }
      known.add(one);
    }
  }
}

/**
 * Reads a file.
 *
 * @throws FormatError for damaged bytes; InputError for operators or versions of them that are not understood.
 */
export function readOnnx(bytes: Uint8Array, source: string): OnnxFile {
  const model = decodeMessage<ModelProto>(modelSchema, bytes, source);
  const { graph, opset_import: sets = [], producer_name: producer = "" } = model;
  if (!graph) throw new InputError(`${source}: it has no graph; expected an ONNX file`);
  const opset = sets.find(({ domain = "" }) => HOME.includes(domain))?.version ?? 1;
  const [least, most] = OPSETS;
  if (opset < least || opset > most) {
    throw new InputError(
      `${source}: operators of version ${opset}; expected opset ${least} to ${most}`,
    );
  }
  const { node: nodes = [], initializer = [], input = [], output = [] } = graph;
  expectKnown(nodes, source);
  const initializers = new Map(
    initializer.map((tensor) => [tensor.name ?? "", readTensor(tensor, source)] as const),
  );
  if (output.length === 0) throw new InputError(`${source}: its graph has no output`);
  const names = input.map(({ name = "" }) => name);
  expectOrder(nodes, [...initializers.keys(), ...names], source);
  const ports = (list: readonly ValueInfoProto[]) => list.map((info) => portOf(info, source));
  return {
    ...{ source, producer, opset, nodes, initializers },
    name: graph.name ?? "",
    inputs: ports(input.filter(({ name = "" }) => !initializers.has(name))),
    outputs: ports(output),
    metadata: Object.fromEntries(
      (model.metadata_props ?? []).map(({ key = "", value = "" }) => [key, value]),
    ),
  };
}
