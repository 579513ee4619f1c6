// Strings from arrays: a row for each token, of the number of its image and that of the token, in the order of reading.

import { InputError } from "../../inputError.js";
import { formatShape } from "../../tensor/shape.js";
import type { TokenLabels } from "../labels.js";
import { ragged } from "../ragged.js";
import type { MarkRows } from "./npzMarks.js";
import { MOST_CLASSES, numbered } from "./reader.js";

/**
 * Labels of all parts, the training part first.
 *
 * @param names of the vocabulary; default numbers
 * @throws InputError naming array and row for numbers that are no token of an image.
 */
export function makeTokens(
  parts: readonly MarkRows[],
  names: readonly string[] | undefined,
): TokenLabels[] {
  for (const { tensor, source } of parts) {
    const { shape } = tensor;
    if (shape.length === 2 && shape[1] === 2) continue;
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [tokens, 2]: the number of the image and of the token`,
    );
  }
  const largest = Array.from(parts[0].tensor.data).reduce(
    (most, value, at) => (at % 2 ? Math.max(most, value) : most),
    0,
  );
  const vocabulary = names ?? numbered(Math.min(Math.floor(largest) + 1, MOST_CLASSES));
  return parts.map(({ tensor: { data }, source, images }) => {
    const lists = Array.from({ length: images.length }, (): number[] => []);
    for (let at = 0; at < data.length; at += 2) {
      const [image, token] = [data[at], data[at + 1]];
      const list = lists[image];
      const fault = !list
        ? `image ${image}; there are ${images.length}`
        : vocabulary[token] === undefined
          ? `token ${token}; expected 0 to ${vocabulary.length - 1}`
          : undefined;
      if (fault !== undefined) throw new InputError(`${source}: row ${at / 2} has ${fault}`);
      list.push(token);
    }
    const empty = lists.findIndex((list) => list.length === 0);
    if (empty >= 0) throw new InputError(`${source}: image ${empty} has no token`);
    return { kind: "tokens", of: ragged(new Int32Array(0), lists), vocabulary };
  });
}
