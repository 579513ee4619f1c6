// The container of a compressed gradient. Little-endian:
//
// | part | bytes |
// |---|---|
// | "CGM" and the version, 1 | 4 |
// | length of the scheme's name, the name in ASCII | 1 + length |
// | numbers of the gradient, u32 | 4 |
// | CRC-32 of the net's layout and the scheme's settings, u32 | 4 |
// | what the scheme wrote | any |
// | CRC-32 of everything before, u32 | 4 |

import { type ParamLayout, trainedParams } from "../../graph/index.js";
import { crc32 } from "../../tensor/crc32.js";
import { FormatError } from "../../tensor/formatError.js";
import { BitReader, BitWriter, expectFinite } from "./bits.js";
import type { Compressor, Memory, MessageMoment } from "./codec.js";

const MAGIC = [0x43, 0x47, 0x4d, 1];
const CHECK = 4;

/** A scheme for the inside of a message. */
export interface Codec {
  readonly name: string;
  readonly layout: ParamLayout;
  /** What both ends must agree on besides the layout. */
  readonly settings: object;
  readonly memory?: Readonly<Record<string, number>>;
  /** Writes finite numbers [layout.trainable]; changes the memory only when nothing can throw any more. */
  write(out: BitWriter, values: Float32Array, memory: Memory, moment: MessageMoment): void;
  /** Fills `values` [layout.trainable], which are zeros, with finite numbers. */
  read(from: BitReader, values: Float32Array): void;
}

const text = new TextEncoder();

/** The beginning of every message of a codec. */
function headerOf({ name, layout, settings }: Codec): Uint8Array {
  const shapes = trainedParams(layout).map(({ name: of, shape }) => [of, shape]);
  const agreed = crc32(text.encode(JSON.stringify([shapes, settings])));
  const letters = text.encode(name);
  const header = new Uint8Array(MAGIC.length + 1 + letters.length + 8);
  header.set(MAGIC);
  header[MAGIC.length] = letters.length;
  header.set(letters, MAGIC.length + 1);
  const view = new DataView(header.buffer, header.length - 8);
  view.setUint32(0, layout.trainable, true);
  view.setUint32(4, agreed, true);
  return header;
}

/** Says what is wrong with the beginning of a message that is not the expected one. */
function refuse(message: Uint8Array, header: Uint8Array, { name, layout }: Codec, source: string) {
  const at = header.findIndex((byte, index) => message[index] !== byte);
  if (at >= message.length) return new FormatError(source, at, "the message is cut off");
  if (at < MAGIC.length) return new FormatError(source, at, "this is no message of version 1");
  const nameEnd = MAGIC.length + 1 + name.length;
  if (at < nameEnd) {
    const found = String.fromCharCode(...message.subarray(5, 5 + Math.min(message[4], 32)));
    return new FormatError(source, at, `expected a message of ${name}, found one of "${found}"`);
  }
  if (at < nameEnd + 4) {
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    const found =
      message.length < nameEnd + 4 ? "fewer bytes" : view.getUint32(nameEnd, true).toString();
    return new FormatError(
      source,
      at,
      `expected a gradient of ${layout.trainable} numbers, found ${found}`,
    );
  }
  return new FormatError(source, at, "the message is of another net, or of other settings");
}

/** Puts a codec's numbers into checked messages. */
export function messages(codec: Codec): Compressor {
  const { name, layout, memory = {} } = codec;
  const header = headerOf(codec);
  return {
    name,
    memory,
    encode(gradient, remembered, moment) {
      expectFinite(gradient);
      const out = new BitWriter(header.length + layout.trainable);
      for (const byte of header) out.bits(byte, 8);
      codec.write(out, gradient, remembered, moment);
      const body = out.finish();
      const message = new Uint8Array(body.length + CHECK);
      message.set(body);
      new DataView(message.buffer).setUint32(body.length, crc32(body), true);
      return message;
    },
    decode(message, source = "gradient message") {
      if (header.some((byte, at) => message[at] !== byte)) {
        throw refuse(message, header, codec, source);
      }
      const end = message.length - CHECK;
      if (end < header.length)
        throw new FormatError(source, message.length, "the message is cut off");
      const view = new DataView(message.buffer, message.byteOffset, message.length);
      if (view.getUint32(end, true) !== crc32(message.subarray(0, end))) {
        throw new FormatError(source, end, "the checksum does not match: the message is damaged");
      }
      const from = new BitReader(message, source, header.length, end);
      const values = new Float32Array(layout.trainable);
      codec.read(from, values);
      from.finish();
      return values;
    },
  };
}
