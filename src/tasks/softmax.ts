// Probabilities from logits, on the host.

/**
 * Softmax of one row.
 *
 * @example
 * [...softmax(Float32Array.of(0, 0))]; // [0.5, 0.5]
 */
export function softmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
