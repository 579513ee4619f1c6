// A first convolution that makes patches of the images white: its filters are the patches' principal directions, each as
// strong as it takes to give all the same variance, once as they are and once turned round, so that an activation keeps both
// sides (Page 2019, "How to train your ResNet"; Jordan 2024, arXiv 2404.00498).

import { type HostTensor, hostTensor } from "../tensor/host.js";
import { symmetricEigen } from "../tensor/symmetricEigen.js";

/** Variance beside which a direction counts as noise. */
const NOISE = 5e-4;

/** Sums of the products of all pairs of numbers of a patch, over all patches of some images, and how many there were. */
function momentsOf(
  images: readonly Float32Array[],
  [channels, height, width]: readonly [number, number, number],
  side: number,
) {
  // Where the numbers of a patch lie in an image, from its first one.
  const places = Array.from({ length: channels * side * side }, (_, at) => {
    const [pixel, channel] = [at % (side * side), Math.floor(at / (side * side))];
    return (channel * height + Math.floor(pixel / side)) * width + (pixel % side);
  });
  const size = places.length;
  const products = new Float64Array(size * size);
  let count = 0;
  const add = (batch: Float32Array, first: number) => {
    for (let i = 0; i < size; i++) {
      const one = batch[first + places[i]];
      for (let j = i; j < size; j++) products[i * size + j] += one * batch[first + places[j]];
    }
    count++;
  };
  for (const batch of images) {
    for (let from = 0; from < batch.length; from += channels * height * width) {
      for (let y = 0; y + side <= height; y++) {
        for (let x = 0; x + side <= width; x++) add(batch, from + y * width + x);
      }
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) products[i * size + j] = products[j * size + i];
  }
  return { products, count, size };
}

/**
 * Filters that whiten patches of images: [2 * channels * side^2, channels, side, side], the strongest direction first, then
 * all of them turned round. Directions whose variance is far below 0.0005 stay weak, since they are noise.
 *
 * @param images batches of f32 [n, channels, height, width]
 * @param input their [channels, height, width]
 * @param side height and width of a patch
 * @example
 * const images = Float32Array.of(1, -1, 1, -1, 3, 3, -3, -3);
 * const filters = whitening([images], [2, 2, 2], 1);
 * filters.shape; // [4, 2, 1, 1]
 */
export function whitening(
  images: readonly Float32Array[],
  input: readonly [number, number, number],
  side: number,
): HostTensor<"f32"> {
  const { products, count, size } = momentsOf(images, input, side);
  const { values, vectors } = symmetricEigen(
    products.map((sum) => sum / count),
    size,
  );
  const filters = hostTensor("f32", [2 * size, input[0], side, side]);
  for (let direction = 0; direction < size; direction++) {
    const scale = 1 / Math.sqrt(Math.max(values[direction], 0) + NOISE);
    for (let at = 0; at < size; at++) {
      const weight = scale * vectors[at * size + direction];
      filters.data[direction * size + at] = weight;
      filters.data[(size + direction) * size + at] = -weight;
    }
  }
  return filters;
}
