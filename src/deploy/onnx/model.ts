// An ONNX file around a graph.

import { type GraphProto, modelSchema } from "../../tensor/onnx/schema.js";
import { encodeMessage } from "../../tensor/protobuf.js";
import { version } from "../../version.js";

/** The version of the operators that graphs are written in, and of the file format that came with it. */
export const OPSET = 17;
const IR_VERSION = 8;

/**
 * The bytes of an ONNX file.
 *
 * @param metadata texts by name, which readers find in `metadata_props`
 */
export const onnxFile = (
  graph: GraphProto,
  doc: string,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array =>
  encodeMessage(modelSchema, {
    ir_version: IR_VERSION,
    producer_name: "convoynet",
    producer_version: version,
    doc_string: doc,
    graph,
    opset_import: [{ domain: "", version: OPSET }],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
