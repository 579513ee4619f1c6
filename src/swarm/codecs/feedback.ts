// Error feedback: what a message left out of a gradient is added to the next one, so that nothing is
// lost, only late. Seide et al. 2014, Interspeech; for any compressor: Karimireddy et al. 2019, arXiv
// 1901.09847.

import type { Compressor } from "./codec.js";

/** Numbers that no message has brought yet. */
const ERROR = "error";

/** `p = g + e; q = Q(p); e = p - q` around a compressor that knows nothing of it. */
export function withFeedback(inner: Compressor, length: number): Compressor {
  return {
    name: inner.name,
    memory: { ...inner.memory, [ERROR]: length },
    encode(gradient, memory, moment) {
      const error = memory[ERROR];
      const wanted = new Float32Array(length);
      for (let at = 0; at < length; at++) wanted[at] = gradient[at] + error[at];
      const message = inner.encode(wanted, memory, moment);
      const sent = inner.decode(message);
      for (let at = 0; at < length; at++) error[at] = wanted[at] - sent[at];
      return message;
    },
    decode: (message, source) => inner.decode(message, source),
  };
}
