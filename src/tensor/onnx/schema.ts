// The messages of ONNX files (github.com/onnx/onnx, onnx/onnx.proto, Apache-2.0), as far as nets need them: their types,
// and tables of their fields.

import type { SchemaOf } from "../protobuf.js";

/** An attribute of a node; `type` says which field holds it. */
export interface AttributeProto {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly type?: number;
}

/** A tensor whose elements stand in the field of their type or, as they lie in memory, in `raw_data`. */
export interface TensorProto {
  readonly dims?: readonly number[];
  readonly data_type?: number;
  readonly float_data?: readonly number[];
  readonly int32_data?: readonly number[];
  readonly int64_data?: readonly number[];
  readonly name?: string;
  readonly raw_data?: Uint8Array;
  readonly double_data?: readonly number[];
  readonly uint64_data?: readonly number[];
  readonly doc_string?: string;
  /** 1: the elements stand in another file. */
  readonly data_location?: number;
}

/** An axis: a size, or a name for one that is free. */
export interface DimensionProto {
  readonly dim_value?: number;
  readonly dim_param?: string;
}

interface ShapeProto {
  readonly dim?: readonly DimensionProto[];
}

interface TensorTypeProto {
  readonly elem_type?: number;
  readonly shape?: ShapeProto;
}

interface TypeProto {
  readonly tensor_type?: TensorTypeProto;
}

export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: TypeProto;
  readonly doc_string?: string;
}

export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly op_type?: string;
  readonly attribute?: readonly AttributeProto[];
  readonly doc_string?: string;
  readonly domain?: string;
}

export interface GraphProto {
  readonly node?: readonly NodeProto[];
  readonly name?: string;
  readonly initializer?: readonly TensorProto[];
  readonly doc_string?: string;
  readonly input?: readonly ValueInfoProto[];
  readonly output?: readonly ValueInfoProto[];
  readonly value_info?: readonly ValueInfoProto[];
}

export interface OperatorSetProto {
  readonly domain?: string;
  readonly version?: number;
}

export interface EntryProto {
  readonly key?: string;
  readonly value?: string;
}

export interface ModelProto {
  readonly ir_version?: number;
  readonly producer_name?: string;
  readonly producer_version?: string;
  readonly domain?: string;
  readonly model_version?: number;
  readonly doc_string?: string;
  readonly graph?: GraphProto;
  readonly opset_import?: readonly OperatorSetProto[];
  readonly metadata_props?: readonly EntryProto[];
}

const many = { repeated: true } as const;

export const attributeSchema: SchemaOf<AttributeProto> = {
  name: { id: 1, kind: "text" },
  f: { id: 2, kind: "float" },
  i: { id: 3, kind: "int" },
  s: { id: 4, kind: "bytes" },
  t: { id: 5, kind: () => tensorSchema },
  g: { id: 6, kind: () => graphSchema },
  floats: { id: 7, kind: "float", ...many },
  ints: { id: 8, kind: "int", ...many },
  strings: { id: 9, kind: "bytes", ...many },
  type: { id: 20, kind: "int" },
};

export const tensorSchema: SchemaOf<TensorProto> = {
  dims: { id: 1, kind: "int", ...many },
  data_type: { id: 2, kind: "int" },
  float_data: { id: 4, kind: "float", ...many },
  int32_data: { id: 5, kind: "int", ...many },
  int64_data: { id: 7, kind: "int", ...many },
  name: { id: 8, kind: "text" },
  raw_data: { id: 9, kind: "bytes" },
  double_data: { id: 10, kind: "double", ...many },
  uint64_data: { id: 11, kind: "uint", ...many },
  doc_string: { id: 12, kind: "text" },
  data_location: { id: 14, kind: "int" },
};

const dimensionSchema: SchemaOf<DimensionProto> = {
  dim_value: { id: 1, kind: "int" },
  dim_param: { id: 2, kind: "text" },
};

const shapeSchema: SchemaOf<ShapeProto> = { dim: { id: 1, kind: () => dimensionSchema, ...many } };

const tensorTypeSchema: SchemaOf<TensorTypeProto> = {
  elem_type: { id: 1, kind: "int" },
  shape: { id: 2, kind: () => shapeSchema },
};

const typeSchema: SchemaOf<TypeProto> = { tensor_type: { id: 1, kind: () => tensorTypeSchema } };

const valueInfoSchema: SchemaOf<ValueInfoProto> = {
  name: { id: 1, kind: "text" },
  type: { id: 2, kind: () => typeSchema },
  doc_string: { id: 3, kind: "text" },
};

const nodeSchema: SchemaOf<NodeProto> = {
  input: { id: 1, kind: "text", ...many },
  output: { id: 2, kind: "text", ...many },
  name: { id: 3, kind: "text" },
  op_type: { id: 4, kind: "text" },
  attribute: { id: 5, kind: () => attributeSchema, ...many },
  doc_string: { id: 6, kind: "text" },
  domain: { id: 7, kind: "text" },
};

export const graphSchema: SchemaOf<GraphProto> = {
  node: { id: 1, kind: () => nodeSchema, ...many },
  name: { id: 2, kind: "text" },
  initializer: { id: 5, kind: () => tensorSchema, ...many },
  doc_string: { id: 10, kind: "text" },
  input: { id: 11, kind: () => valueInfoSchema, ...many },
  output: { id: 12, kind: () => valueInfoSchema, ...many },
  value_info: { id: 13, kind: () => valueInfoSchema, ...many },
};

const operatorSetSchema: SchemaOf<OperatorSetProto> = {
  domain: { id: 1, kind: "text" },
  version: { id: 2, kind: "int" },
};

const entrySchema: SchemaOf<EntryProto> = {
  key: { id: 1, kind: "text" },
  value: { id: 2, kind: "text" },
};

export const modelSchema: SchemaOf<ModelProto> = {
  ir_version: { id: 1, kind: "int" },
  producer_name: { id: 2, kind: "text" },
  producer_version: { id: 3, kind: "text" },
  domain: { id: 4, kind: "text" },
  model_version: { id: 5, kind: "int" },
  doc_string: { id: 6, kind: "text" },
  graph: { id: 7, kind: () => graphSchema },
  opset_import: { id: 8, kind: () => operatorSetSchema, ...many },
  metadata_props: { id: 14, kind: () => entrySchema, ...many },
};
