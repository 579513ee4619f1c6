// An ONNX file around a graph.

import { InputError } from "../../inputError.js";
import { type GraphProto, modelSchema } from "../../tensor/onnx/schema.js";
import { encodeMessage } from "../../tensor/protobuf.js";
import { version } from "../../version.js";

/** The version of the operators that graphs are written in, and of the file format that came with it. */
export const OPSET = 17;
const IR_VERSION = 8;

/** Most bytes of a message of Protocol Buffers. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an ONNX file.
 *
 * @param metadata texts by name, which readers find in `metadata_props`
 * @throws InputError for a net of more than 2 GB, which one file cannot hold.
 */
export function onnxFile(
  graph: GraphProto,
  doc: string,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const bytes = (graph.initializer ?? []).reduce(
    (sum, { raw_data: raw }) => sum + (raw?.length ?? 0),
    0,
  );
  if (bytes > MOST_BYTES - 2 ** 20) {
    throw new InputError(
      `the net has ${bytes} bytes of weights; one ONNX file holds less than 2 GB`,
    );
  }
  return encodeMessage(modelSchema, {
    ir_version: IR_VERSION,
    producer_name: "convoynet",
    producer_version: version,
    doc_string: doc,
    graph,
    opset_import: [{ domain: "", version: OPSET }],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}
