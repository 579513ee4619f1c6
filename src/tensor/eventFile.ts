// Event files, as TensorBoard reads them: records of a length and bytes with a checksum behind each
// (https://www.tensorflow.org/tutorials/load_data/tfrecord), each a message `Event` of tensorflow/core/util/event.proto.

import { crc32c } from "./crc32.js";
import { encodeMessage, type SchemaOf } from "./protobuf.js";

/** A number or a text at a step, under the tag that a chart has. */
export type Logged =
  | { readonly tag: string; readonly value: number }
  | { readonly tag: string; readonly text: string };

interface Plugin {
  readonly name: string;
}
interface Metadata {
  readonly plugin: Plugin;
}
interface Tensor {
  readonly dtype: number;
  readonly text: readonly Uint8Array[];
}
interface Value {
  readonly tag: string;
  readonly value?: number;
  readonly tensor?: Tensor;
  readonly metadata?: Metadata;
}
interface Values {
  readonly value: readonly Value[];
}
interface Event {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step?: number;
  readonly version?: string;
  readonly summary?: Values;
}

/** `DT_STRING` of tensorflow/core/framework/types.proto. */
const TEXT = 7;

const plugin: SchemaOf<Plugin> = { name: { id: 1, kind: "text" } };
const metadata: SchemaOf<Metadata> = { plugin: { id: 1, kind: () => plugin } };
const tensor: SchemaOf<Tensor> = {
  dtype: { id: 1, kind: "int" },
  text: { id: 8, kind: "bytes", repeated: true },
};
const value: SchemaOf<Value> = {
  tag: { id: 1, kind: "text" },
  value: { id: 2, kind: "float" },
  tensor: { id: 8, kind: () => tensor },
  metadata: { id: 9, kind: () => metadata },
};
const values: SchemaOf<Values> = { value: { id: 1, kind: () => value, repeated: true } };

/** The message of one record. */
export const eventSchema: SchemaOf<Event> = {
  time: { id: 1, kind: "double" },
  step: { id: 2, kind: "int" },
  version: { id: 3, kind: "text" },
  summary: { id: 5, kind: () => values },
};

/** Bytes of a record around those of its message: length, checksum of it, checksum of the message. */
const [LENGTH, CHECK] = [8, 4];

/** A checksum as records have it, so that one of bytes that hold checksums is none of zeros. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function record(message: Uint8Array): Uint8Array {
  const whole = new Uint8Array(LENGTH + CHECK + message.length + CHECK);
  const view = new DataView(whole.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(LENGTH, masked(whole.subarray(0, LENGTH)), true);
  whole.set(message, LENGTH + CHECK);
  view.setUint32(whole.length - CHECK, masked(message), true);
  return whole;
}

/** What a file begins with. */
export const eventFileStart = (time: number): Uint8Array =>
  record(encodeMessage(eventSchema, { time, version: "brain.Event:2" }));

function summaryValue(logged: Logged): Value {
  if ("value" in logged) return logged;
  const { tag, text } = logged;
  const bytes = new TextEncoder().encode(text);
  return {
    tag,
    tensor: { dtype: TEXT, text: [bytes] },
    metadata: { plugin: { name: "text" } },
  };
}

/**
 * The record of what is logged at a step.
 *
 * @param time in seconds since 1970
 */
export const eventRecord = (time: number, step: number, logged: readonly Logged[]): Uint8Array =>
  record(encodeMessage(eventSchema, { time, step, summary: { value: logged.map(summaryValue) } }));
