// 3x3 convolution of few channels and its gradients by Winograd's algorithm F(4x4, 3x3) (Lavin and Gray
// 2015, arXiv 1509.09308) on images in blocks of 16 channels.
//
// With few channels the transforms cost as much as the products, so all of it happens on TILES tiles at a
// time, which stay in the nearest caches: 6x6 pixels of the input become 36 numbers a channel, those are
// multiplied with transformed weights, and the products become 4x4 pixels of the output. The weight
// gradient is the exact adjoint. Sums have a fixed order, whatever the number of threads.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t BLOCK = 16;
constexpr int64_t TILES = WINOGRAD_TILES;
constexpr int64_t SERIAL = 2048;  // weights; below, starting threads costs more than it gains
constexpr int64_t POINTS = WINOGRAD_POINTS;
constexpr int64_t GROUP = POINTS * TILES * BLOCK;  // numbers of one block of channels

using V = Lanes<BLOCK>;

/** One row of B^T d: six pixels to six numbers. */
CONVOY_INLINE void fromInput(const V* d, V* t) {
  const V a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
  const V c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
  t[0] = 4.0f * (d[0] - d[2]) + c;
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/** One row of A^T m: six products to four pixels. */
CONVOY_INLINE void toOutput(const V* m, V* y) {
  const V p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4];
  y[0] = m[0] + p + r;
  y[1] = q + 2.0f * s;
  y[2] = p + 4.0f * r;
  y[3] = q + 8.0f * s + m[5];
}

/** One row of A y, its adjoint: four pixels to six numbers. */
CONVOY_INLINE void fromOutput(const V* y, V* m) {
  const V even = y[0] + y[2], odd = y[1] + y[3];
  const V wide = y[0] + 4.0f * y[2], steep = 2.0f * y[1] + 8.0f * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = wide + steep;
  m[4] = wide - steep;
  m[5] = y[3];
}

/** One row of G g: three weights to six numbers. */
CONVOY_INLINE void fromWeights(const V* g, V* u) {
  const V outer = g[0] + g[2], wide = g[0] + 4.0f * g[2];
  u[0] = g[0] / 4.0f;
  u[1] = (outer + g[1]) / -6.0f;
  u[2] = (outer - g[1]) / -6.0f;
  u[3] = (wide + 2.0f * g[1]) / 24.0f;
  u[4] = (wide - 2.0f * g[1]) / 24.0f;
  u[5] = g[2];
}

/** One row of G^T u, its adjoint: six numbers to three weights. */
CONVOY_INLINE void toWeights(const V* u, V* g) {
  const V near = u[1] + u[2], far = u[3] + u[4];
  g[0] = u[0] / 4.0f - near / 6.0f + far / 24.0f;
  g[1] = (u[2] - u[1]) / 6.0f + (u[3] - u[4]) / 12.0f;
  g[2] = (far - near) / 6.0f + u[5];
}

/** A tile: its image and its first row and column there; image -1 when there is none. */
struct Tile {
  int64_t image, row, column;
};

struct Tiling {
  int64_t columns, perImage, count;

  CONVOY_INLINE explicit Tiling(const Images& out)
      : columns((out.width + 3) / 4),
        perImage(columns * ((out.height + 3) / 4)),
        count(perImage * out.count) {}
  CONVOY_INLINE int64_t groups() const { return (count + TILES - 1) / TILES; }
  CONVOY_INLINE Tile at(int64_t index) const {
    if (index >= count) return {-1, 0, 0};
    const int64_t inside = index % perImage;
    return {index / perImage, inside / columns * 4, inside % columns * 4};
  }
};

/** SIZE x SIZE pixels in memory, `stride` numbers from one row to the next. */
struct Pixels {
  const float* from;
  int64_t stride;
};

/** Those from a row and a column on; copied into `room`, zeros outside, where they leave the image. */
template <int SIZE>
CONVOY_INLINE Pixels pixelsAt(const Images& im, const float* plane, int64_t row, int64_t column,
                              float* room) {
  if (row >= 0 && column >= 0 && row + SIZE <= im.height && column + SIZE <= im.width) {
    return {plane + (row * im.width + column) * BLOCK, im.width * BLOCK};
  }
  const V zero = {0};
  for (int64_t i = 0; i < SIZE; i++) {
    for (int64_t j = 0; j < SIZE; j++) {
      const int64_t r = row + i, c = column + j;
      const bool there = r >= 0 && r < im.height && c >= 0 && c < im.width;
      const V v = there ? load<BLOCK>(plane + (r * im.width + c) * BLOCK) : zero;
      store<BLOCK>(room + (i * SIZE + j) * BLOCK, v);
    }
  }
  return {room, SIZE * BLOCK};
}

/** SIZE x SIZE pixels to 6x6 numbers, TILES * BLOCK apart, by the row transform on both axes. */
template <int SIZE, class Transform>
CONVOY_INLINE void transformTile(const Pixels& pixels, float* to, Transform transform) {
  V rows[6][SIZE];
  for (int64_t j = 0; j < SIZE; j++) {
    V column[SIZE], t[6];
    for (int64_t i = 0; i < SIZE; i++) {
      column[i] = load<BLOCK>(pixels.from + i * pixels.stride + j * BLOCK);
    }
    transform(column, t);
    for (int64_t i = 0; i < 6; i++) rows[i][j] = t[i];
  }
  for (int64_t i = 0; i < 6; i++) {
    V t[6];
    transform(rows[i], t);
    for (int64_t j = 0; j < 6; j++) store<BLOCK>(to + (i * 6 + j) * TILES * BLOCK, t[j]);
  }
}

/** All blocks of channels of a group of tiles, transformed: [block][point][tile][lane]. */
template <int SIZE, class Transform>
CONVOY_INLINE void transformGroup(const Images& im, const float* x, const Tiling& tiling,
                                  int64_t group, const int64_t* padding, float* to,
                                  Transform transform) {
  const V zero = {0};
  for (int64_t t = 0; t < TILES; t++) {
    const Tile tile = tiling.at(group * TILES + t);
    for (int64_t b = 0; b < im.blocks(); b++) {
      float* target = to + b * GROUP + t * BLOCK;
      if (tile.image < 0) {
        for (int64_t p = 0; p < POINTS; p++) store<BLOCK>(target + p * TILES * BLOCK, zero);
        continue;
      }
      const float* plane = x + (tile.image * im.blocks() + b) * im.plane();
      float room[SIZE * SIZE * BLOCK];
      transformTile<SIZE>(pixelsAt<SIZE>(im, plane, tile.row - padding[0],
                                         tile.column - padding[1], room),
                          target, transform);
    }
  }
}

/** Products of one group of tiles with the weights of one block of outputs. */
CONVOY_INLINE void multiply(const float* in, const float* weights, int64_t inBlocks, float* out) {
  for (int64_t p = 0; p < POINTS; p++) {
    V sums[TILES] = {};
    for (int64_t b = 0; b < inBlocks; b++) {
      const float* numbers = in + b * GROUP + p * TILES * BLOCK;
      const float* w = weights + (p * inBlocks + b) * BLOCK * BLOCK;
      for (int64_t c = 0; c < BLOCK; c++) {
        const V row = load<BLOCK>(w + c * BLOCK);
#pragma GCC unroll 8
        for (int64_t t = 0; t < TILES; t++) sums[t] += numbers[t * BLOCK + c] * row;
      }
    }
    for (int64_t t = 0; t < TILES; t++) store<BLOCK>(out + (p * TILES + t) * BLOCK, sums[t]);
  }
}

/** Products of one tile to pixels, with bias, residual and activation, cut at the edge of the image. */
CONVOY_INLINE void finishTile(const WinogradArgs& a, const Tile& tile, int64_t block,
                              const float* products) {
  V rows[4][6], pixels[4];
  for (int64_t j = 0; j < 6; j++) {
    V column[6], t[4];
    for (int64_t i = 0; i < 6; i++) column[i] = load<BLOCK>(products + (i * 6 + j) * TILES * BLOCK);
    toOutput(column, t);
    for (int64_t i = 0; i < 4; i++) rows[i][j] = t[i];
  }
  const V zero = {0};
  const V bias = a.bias ? load<BLOCK>(a.bias + block * BLOCK) : zero;
  const int64_t start = (tile.image * a.out.blocks() + block) * a.out.plane();
  const int64_t height = a.out.height - tile.row < 4 ? a.out.height - tile.row : 4;
  const int64_t width = a.out.width - tile.column < 4 ? a.out.width - tile.column : 4;
  for (int64_t i = 0; i < height; i++) {
    toOutput(rows[i], pixels);
    const int64_t row = start + ((tile.row + i) * a.out.width + tile.column) * BLOCK;
    for (int64_t j = 0; j < width; j++) {
      V v = pixels[j] + bias;
      if (a.residual) v += load<BLOCK>(a.residual + row + j * BLOCK);
      store<BLOCK>(a.y + row + j * BLOCK, activate<BLOCK>(a.activation, v));
    }
  }
}

/** Adds the products of a group of tiles' inputs and gradients to the sums of one part of the batch:
 * [block of outputs][point][input][output]. */
CONVOY_INLINE void accumulate(const float* in, const float* gradient, int64_t inBlocks,
                              int64_t outBlocks, float* sums) {
  for (int64_t o = 0; o < outBlocks; o++) {
    for (int64_t p = 0; p < POINTS; p++) {
      V outs[TILES];
      for (int64_t t = 0; t < TILES; t++) {
        outs[t] = load<BLOCK>(gradient + o * GROUP + (p * TILES + t) * BLOCK);
      }
      for (int64_t b = 0; b < inBlocks; b++) {
        const float* numbers = in + b * GROUP + p * TILES * BLOCK;
        float* to = sums + ((o * POINTS + p) * inBlocks + b) * BLOCK * BLOCK;
        for (int64_t c = 0; c < BLOCK; c++) {
          V even = load<BLOCK>(to + c * BLOCK), odd = {0};
          for (int64_t t = 0; t < TILES; t += 2) {
            even += numbers[t * BLOCK + c] * outs[t];
            odd += numbers[(t + 1) * BLOCK + c] * outs[t + 1];
          }
          store<BLOCK>(to + c * BLOCK, even + odd);
        }
      }
    }
  }
}

/** Sums of one input and a block of outputs, back to weights. */
CONVOY_INLINE void collect(const ConvSumsArgs& a, int64_t block, int64_t input) {
  const int64_t inputs = a.in.channels;
  const float* from = a.room + (block * POINTS * inputs + input) * BLOCK;
  float* to = a.sums + (block * (9 * inputs + 1) + input) * BLOCK;
  V u[6], half[6][3], g[3];
  for (int64_t j = 0; j < 6; j++) {
    for (int64_t k = 0; k < 6; k++) u[k] = load<BLOCK>(from + (j * 6 + k) * inputs * BLOCK);
    toWeights(u, half[j]);
  }
  for (int64_t k = 0; k < 3; k++) {
    for (int64_t j = 0; j < 6; j++) u[j] = half[j][k];
    toWeights(u, g);
    for (int64_t j = 0; j < 3; j++) store<BLOCK>(to + (j * 3 + k) * inputs * BLOCK, g[j]);
  }
}

}  // namespace

void winogradWeights(const float* w, int64_t outputs, int64_t inputs, bool transposed, float* to) {
  // [block of outputs][point][input][output]; for the input gradient the roles change and kernels turn.
  const int64_t rows = transposed ? outputs : inputs, columns = transposed ? inputs : outputs;
  const int64_t alongRows = (transposed ? inputs : 1) * 9, alongColumns = (transposed ? 1 : inputs) * 9;
  shareEach(columns / BLOCK * rows, rows * columns > SERIAL, [&](int64_t at) {
    const int64_t block = at / rows, i = at % rows;
    const float* kernels = w + i * alongRows + block * BLOCK * alongColumns;
    float across[9][BLOCK];
    for (int64_t o = 0; o < BLOCK; o++) {
      for (int64_t k = 0; k < 9; k++) across[transposed ? 8 - k : k][o] = kernels[o * alongColumns + k];
    }
    V g[3], half[6][3], u[6];
    for (int64_t k = 0; k < 3; k++) {
      for (int64_t j = 0; j < 3; j++) g[j] = load<BLOCK>(across[j * 3 + k]);
      fromWeights(g, u);
      for (int64_t j = 0; j < 6; j++) half[j][k] = u[j];
    }
    for (int64_t j = 0; j < 6; j++) {
      fromWeights(half[j], u);
      float* target = to + ((block * POINTS + j * 6) * rows + i) * BLOCK;
      for (int64_t k = 0; k < 6; k++) store<BLOCK>(target + k * rows * BLOCK, u[k]);
    }
  });
}

void winograd(const WinogradArgs& a) {
  const Tiling tiling(a.out);
  const int64_t inBlocks = a.in.blocks(), outBlocks = a.out.blocks();
  share(tiling.groups() * outBlocks, true, [&](int64_t begin, int64_t end) {
    // At most some 300 kilobytes of this thread's stack.
    float* numbers = static_cast<float*>(__builtin_alloca_with_align(
        static_cast<size_t>((inBlocks + 1) * GROUP) * sizeof(float), 512));
    float* products = numbers + inBlocks * GROUP;
    int64_t transformed = -1;  // the group that `numbers` holds
    // Small images have too few groups for all threads, so their blocks of outputs are dealt out.
    for (int64_t at = begin; at < end; at++) {
      const int64_t group = at / outBlocks, b = at % outBlocks;
      if (group != transformed) {
        transformGroup<6>(a.in, a.x, tiling, group, a.padding, numbers,
                          [](const V* d, V* t) { fromInput(d, t); });
        transformed = group;
      }
      multiply(numbers, a.weights + b * POINTS * inBlocks * BLOCK * BLOCK, inBlocks, products);
      for (int64_t t = 0; t < TILES; t++) {
        const Tile tile = tiling.at(group * TILES + t);
        if (tile.image >= 0) finishTile(a, tile, b, products + t * BLOCK);
      }
    }
  });
}

void winogradSums(const ConvSumsArgs& a) {
  const Tiling tiling(a.out);
  const int64_t inBlocks = a.in.blocks(), outBlocks = a.out.blocks();
  if (a.opens) {
    const int64_t size = POINTS * inBlocks * outBlocks * BLOCK * BLOCK;
    for (int64_t i = 0; i < size; i++) a.room[i] = 0;
  }
  float* numbers = static_cast<float*>(__builtin_alloca_with_align(
      static_cast<size_t>((inBlocks + outBlocks) * GROUP) * sizeof(float), 512));
  float* gradient = numbers + inBlocks * GROUP;
  for (int64_t group = 0; group < tiling.groups(); group++) {
    transformGroup<6>(a.in, a.x, tiling, group, a.window.padding, numbers,
                      [](const V* d, V* t) { fromInput(d, t); });
    const int64_t none[2] = {0, 0};
    transformGroup<4>(a.out, a.dy, tiling, group, none, gradient,
                      [](const V* y, V* t) { fromOutput(y, t); });
    accumulate(numbers, gradient, inBlocks, outBlocks, a.room);
  }
  if (!a.closes) return;
  for (int64_t block = 0; block < outBlocks; block++) {
    for (int64_t i = 0; i < a.in.channels; i++) collect(a, block, i);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
