// What the kernels of Winograd's algorithm F(4x4, 3x3) (Lavin and Gray 2015, arXiv 1509.09308) have in common: tiles
// of images in blocks of 16 channels, and the transforms between 6x6 pixels, 4x4 pixels or 3x3 weights and 36
// numbers, the points.
#pragma once

#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

constexpr int64_t BLOCK = 16;
constexpr int64_t POINTS = WINOGRAD_POINTS;

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

// Multiplied by, as a division takes longer than all the rest.
constexpr float SIXTH = 1.0f / 6.0f, TWELFTH = 1.0f / 12.0f, TWENTYFOURTH = 1.0f / 24.0f;

/** One row of G g: three weights to six numbers. */
CONVOY_INLINE void fromWeights(const V* g, V* u) {
  const V outer = SIXTH * (g[0] + g[2]), inner = SIXTH * g[1];
  const V wide = TWENTYFOURTH * g[0] + SIXTH * g[2], steep = TWELFTH * g[1];
  u[0] = 0.25f * g[0];
  u[1] = -outer - inner;
  u[2] = inner - outer;
  u[3] = wide + steep;
  u[4] = wide - steep;
  u[5] = g[2];
}

/** One row of G^T u, its adjoint: six numbers to three weights. */
CONVOY_INLINE void toWeights(const V* u, V* g) {
  const V near = u[1] + u[2], far = u[3] + u[4];
  g[0] = 0.25f * u[0] - SIXTH * near + TWENTYFOURTH * far;
  g[1] = SIXTH * (u[2] - u[1]) + TWELFTH * (u[3] - u[4]);
  g[2] = SIXTH * (far - near) + u[5];
}

/** A tile: its image and its first row and column there. */
struct Tile {
  int64_t image, row, column;
};

struct Tiling {
  int64_t columns, perImage, count;

  CONVOY_INLINE explicit Tiling(const Images& out)
      : columns((out.width + 3) / 4),
        perImage(columns * ((out.height + 3) / 4)),
        count(perImage * out.count) {}
  CONVOY_INLINE Tile at(int64_t index) const {
    const int64_t inside = index % perImage;
    return {index / perImage, inside / columns * 4, inside % columns * 4};
  }
};

/** Copies SIZE x SIZE pixels from a row and a column on, zeros where they leave the image. Outside, the nearest pixel
 * is read and masked, since branches would be foreseen badly. */
template <int SIZE>
CONVOY_INLINE void copyPixels(const Images& im, const float* plane, int64_t row, int64_t column, float* to) {
  const auto nearest = [](int64_t at, int64_t size) {
    const int64_t least = at < 0 ? 0 : at;
    return least < size ? least : size - 1;
  };
  using Mask = IntLanes<BLOCK>;
  int64_t columns[SIZE];
  Mask inside[SIZE];
#pragma GCC unroll 6
  for (int64_t j = 0; j < SIZE; j++) {
    columns[j] = nearest(column + j, im.width);
    inside[j] = Mask{} - static_cast<int32_t>(columns[j] == column + j);
  }
#pragma GCC unroll 6
  for (int64_t i = 0; i < SIZE; i++) {
    const int64_t r = nearest(row + i, im.height);
    const Mask there = Mask{} - static_cast<int32_t>(r == row + i);
#pragma GCC unroll 6
    for (int64_t j = 0; j < SIZE; j++) {
      const V pixel = load<BLOCK>(plane + (r * im.width + columns[j]) * BLOCK);
      store<BLOCK>(to + (i * SIZE + j) * BLOCK, (V)((Mask)pixel & there & inside[j]));
    }
  }
}

/** Two rows of points of a tile whose SIZE x SIZE pixels lie at `from`, by the row transform on both axes. */
template <int FIRST, int SECOND, int SIZE, class Transform>
CONVOY_INLINE void transformRows(const float* from, int64_t stride, float* to, int64_t pitch, Transform transform) {
  V first[SIZE], second[SIZE], t[6];
#pragma GCC unroll 6
  for (int64_t j = 0; j < SIZE; j++) {
    V column[SIZE];
#pragma GCC unroll 6
    for (int64_t i = 0; i < SIZE; i++) column[i] = load<BLOCK>(from + i * stride + j * BLOCK);
    transform(column, t);
    first[j] = t[FIRST];
    second[j] = t[SECOND];
  }
  transform(first, t);
#pragma GCC unroll 6
  for (int64_t j = 0; j < 6; j++) store<BLOCK>(to + (FIRST * 6 + j) * pitch, t[j]);
  transform(second, t);
#pragma GCC unroll 6
  for (int64_t j = 0; j < 6; j++) store<BLOCK>(to + (SECOND * 6 + j) * pitch, t[j]);
}

/** SIZE x SIZE pixels from a row and a column on to the points of a tile. */
template <int SIZE, class Transform>
CONVOY_INLINE void transformTile(const Images& im, const float* plane, int64_t row, int64_t column, float* to,
                                 int64_t pitch, Transform transform) {
  const bool inside = row >= 0 && column >= 0 && row + SIZE <= im.height && column + SIZE <= im.width;
  float room[SIZE * SIZE * BLOCK];
  if (!inside) copyPixels<SIZE>(im, plane, row, column, room);
  const float* from = inside ? plane + (row * im.width + column) * BLOCK : room;
  const int64_t stride = inside ? im.width * BLOCK : SIZE * BLOCK;
  // Two rows at a time fit into the registers, all six would not; these pairs have most in common.
  transformRows<0, 5, SIZE>(from, stride, to, pitch, transform);
  transformRows<1, 2, SIZE>(from, stride, to, pitch, transform);
  transformRows<3, 4, SIZE>(from, stride, to, pitch, transform);
}

/** One block of channels of some tiles to [point][tile][lane], `pitch` numbers from one point to the next. */
template <int SIZE, class Transform>
CONVOY_INLINE void transformTiles(const Images& im, const float* x, int64_t block, const Tiling& tiling,
                                  int64_t first, int64_t count, const int64_t* padding, float* to, int64_t pitch,
                                  Transform transform) {
  for (int64_t t = 0; t < count; t++) {
    const Tile tile = tiling.at(first + t);
    const float* plane = x + (tile.image * im.blocks() + block) * im.plane();
    // The caches foresee rows of pixels, not tiles: without this half of the time goes by in waiting.
    const float* next = plane + im.blocks() * im.plane() + (tile.row * im.width + tile.column) * BLOCK;
    for (int64_t i = 0; i < 4; i++) {
      for (int64_t j = 0; j < 4; j++) __builtin_prefetch(next + (i * im.width + j) * BLOCK);
    }
    transformTile<SIZE>(im, plane, tile.row - padding[0], tile.column - padding[1], to + t * BLOCK, pitch,
                        transform);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
