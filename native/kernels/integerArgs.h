// What the kernels on integers take. Images are u8 with all channels of a pixel side by side, [n][h * w][c].
//
// Numbers become bytes by one rule, in f32 arithmetic that every instruction set has: t = f32(sum) * multiplier, plus
// f32(residual - its zero) * its multiplier, each rounded once; t is kept within what the byte holds, rounded to the
// nearest, of two the even, and the zero of the result is added.
#pragma once

#include "images.h"

namespace convoy {

/** Sums stand in blocks of so many outputs, and products in fours: what VNNI and AMX multiply at once. */
constexpr int64_t INTEGER_BLOCK = 16, INTEGER_FOUR = 4;
/** Bytes of a row of a tile of AMX. */
constexpr int64_t INTEGER_TILE = 64;

/** Stretches of bytes that lie side by side in an image and meet weights, in equal chunks: fours, and no longer than a
 * row of a tile. What a chunk has too much meets weights of 0. */
struct IntegerRun {
  int64_t bytes, chunk, chunks;

  CONVOY_INLINE int64_t padded() const { return chunk * chunks; }
  CONVOY_INLINE bool exact() const { return padded() == bytes; }
};

CONVOY_INLINE IntegerRun integerRun(int64_t bytes) {
  const int64_t least = (bytes + INTEGER_TILE - 1) / INTEGER_TILE;
  for (int64_t chunks = least; chunks <= 2 * least; chunks++) {
    if (bytes % (INTEGER_FOUR * chunks) == 0) return {bytes, bytes / chunks, chunks};
  }
  const int64_t chunk = (bytes + least - 1) / least;
  return {bytes, (chunk + INTEGER_FOUR - 1) / INTEGER_FOUR * INTEGER_FOUR, least};
}

/** The shape of a convolution's weights, [outputs, inputs / groups, height, width], and how they meet the images. */
struct IntegerWeights {
  int64_t outputs, inputs, groups;
  int64_t kernel[2];
  int64_t dilation[2];

  /** One kernel for each channel. */
  CONVOY_INLINE bool depthwise() const { return groups > 1 && groups == inputs && groups == outputs; }
  CONVOY_INLINE int64_t perGroup() const { return inputs / groups; }
  CONVOY_INLINE int64_t outputsPerGroup() const { return outputs / groups; }
  /** Blocks of outputs of a group. */
  CONVOY_INLINE int64_t blocks() const { return (outputsPerGroup() + INTEGER_BLOCK - 1) / INTEGER_BLOCK; }
  /** Whether all columns of the kernel lie side by side. */
  CONVOY_INLINE bool rows() const { return groups == 1 && (dilation[1] == 1 || kernel[1] == 1); }
  CONVOY_INLINE int64_t runs() const { return rows() ? kernel[0] : kernel[0] * kernel[1]; }
  CONVOY_INLINE IntegerRun run() const { return integerRun(rows() ? kernel[1] * inputs : perGroup()); }
};

struct IntegerPackArgs {
  IntegerWeights shape;
  int32_t zero;  // of the images
  const int8_t* w;
  const int32_t* bias;
  const float* multipliers;
  void* to;  // integerPacked bytes
};

struct IntegerConvArgs {
  Images in, out;
  IntegerWeights weights;
  int64_t strides[2], padding[2];  // of the top and the left
  int32_t zero, outZero, residualZero;
  float residualMultiplier;
  bool floats;  // whether the results are t itself
  const uint8_t* x;
  const void* packed;
  const uint8_t* residual;  // may be null
  void* y;
};

/** The largest, or the sum by the multiplier, of each window. */
struct IntegerPoolArgs {
  Images in, out;
  Window window;
  bool largest, countPadding;
  int32_t zero, outZero;
  float multiplier;
  const uint8_t* x;
  uint8_t* y;
};

/** Sums of two bytes each. */
struct IntegerAddArgs {
  int64_t size;
  int32_t zeros[2], outZero;
  float multipliers[2];
  const uint8_t *a, *b;
  uint8_t* y;
};

/** Numbers in any layout to bytes in [n][h * w][c], and back in the layout of the bytes. */
struct QuantiseArgs {
  Images in;
  float scale;
  int32_t zero;
  const float* x;
  uint8_t* y;
};
struct DequantiseArgs {
  int64_t size;
  float scale;
  int32_t zero;
  const uint8_t* x;
  float* y;
};

}  // namespace convoy
