// What the kernels of bf16 convolutions take, which multiply tiles of 16 rows of 32 numbers. All images lie channels-last.
#pragma once

#include "images.h"

namespace convoy {

/** Rows of a tile of f32, numbers of one of its rows, and numbers of a row of a tile of bf16. */
constexpr int64_t TILE_ROWS = 16, TILE_LANES = 16, TILE_DEPTH = 32;
/** Numbers of bf16 in a tile. */
constexpr int64_t TILE_HALVES = TILE_ROWS * TILE_DEPTH;

CONVOY_INLINE int64_t tilesOf(int64_t count, int64_t each) { return (count + each - 1) / each; }

/** bf16 images as kernels read them: with zeros around, and between pixels that are spread. In several phases where a
 * convolution's stride is above 1 and its taps shall be read one beside the other: pixel (y, x) is then
 * (y / stride, x / stride) of phase (y % stride, x % stride). */
struct Placing {
  int64_t height, width, channels;
  int64_t top, left;        // of the first pixel
  int64_t spread;           // from one pixel to the next
  int64_t phases;           // along an axis
  int64_t rows, pitch;      // of a phase, in pixels
  CONVOY_INLINE int64_t pixels() const { return phases * phases * rows * pitch; }
  CONVOY_INLINE bool plain() const {
    return top == 0 && left == 0 && spread == 1 && phases == 1 && rows == height && pitch == width;
  }
};

/** A convolution. Results are made in tiles of 16 pixels, which `starts` and `targets` list for one image: the pixel of the
 * placed image that the first one begins with, and the pixels of the result, -1 for none. */
struct TileConvArgs {
  Images in, out;
  Placing placing;
  int64_t stride, rows, taps;  // from one pixel of a tile to the next; rows and columns of the kernel
  const int32_t* starts;
  const int32_t* targets;
  int64_t tiles;
  int64_t together;  // images that are placed together
  const uint16_t* x;
  const uint16_t* weights;  // as tileWeights makes them
  const float* bias;        // of whole tiles of outputs; may be null
  const uint16_t* residual;  // of the result's form, added before the activation; may be null
  Activation activation;
  uint16_t* y;
  char* room;  // tileConvRoom for each thread
};

/** Bytes of placed images, with numbers behind them that the last tiles read and do not use. */
CONVOY_INLINE int64_t tileConvRoom(const Placing& placing, int64_t together) {
  return (together * placing.pixels() * placing.channels + 17 * TILE_DEPTH) * 2;
}

/** Taps of the largest kernel. */
constexpr int64_t MOST_TAPS = 256;

/** Weights bf16 [outputs, inputs, height, width] as [outputs / 16][height][width * inputs / 32][16 pairs][16][2]. Turned,
 * they are those of the convolution that gives the input gradient. */
struct TileWeightsArgs {
  int64_t outputs, inputs, height, width;  // of the weights given
  bool turned;
  const uint16_t* w;
  uint16_t* to;
};

/** Numbers that packed weights take. */
CONVOY_INLINE int64_t tileWeightNumbers(int64_t outputs, int64_t inputs, int64_t height, int64_t width) {
  return tilesOf(outputs, TILE_LANES) * height * tilesOf(width * inputs, TILE_DEPTH) * TILE_HALVES;
}

/** A weight gradient, as sums of dy times x over pixels: both are placed alike, `each` numbers an image, dy as rows of a
 * channel's pixels, `pitch` numbers each, x in pairs of pixels, [tileGradWays][phases][inputs / 16][pitch / 2][16][2]. */
struct TileGradArgs {
  Images in, out;
  Placing x, dy;
  int64_t rows, taps;  // of the kernel
  int64_t each, together, pitch;
  const uint16_t* xs;
  const uint16_t* dys;
  bool opens, bias;
  char* room;
  float* sums;
};

/** How often x lies in pairs: for kernels of one tap only in those that begin with an even pixel. */
CONVOY_INLINE int64_t tileGradWays(int64_t area) { return area > 1 ? 2 : 1; }

/** Pixels of a row of a channel, with some behind that are read but not used; rows of one column lie in different lines. */
CONVOY_INLINE int64_t tileGradPitch(int64_t numbers) { return (tilesOf(numbers, 64) * 2 + 1) * 32; }

/** The patches of bf16 images that a convolution's window sees, as pixels of other images, whose channels are
 * [height][width][channels] of the window; zeros where it reaches beyond the image. */
struct UnfoldArgs {
  Images in, out;
  Window window;
  const uint16_t* x;
  uint16_t* y;
};

/** Numbers of the sums, [outputs / 16][inputs / 16][taps][16 outputs][16 inputs], and one of each output for the bias. */
CONVOY_INLINE int64_t tileSums(int64_t outputs, int64_t inputs, int64_t area) {
  const int64_t across = tilesOf(outputs, TILE_LANES) * TILE_LANES;
  return area * tilesOf(inputs, TILE_ROWS) * TILE_ROWS * across + across;
}

struct TileUnpackArgs {
  int64_t outputs, inputs, area, parts;
  const float* sums;
  float* dw;     // [outputs, inputs, height, width]
  float* dbias;  // may be null
};

}  // namespace convoy
