// Convolutions of bf16 by tiles. Since images lie channels-last, the numbers of a row of the kernel lie side by side as
// they do in the image: [taps][inputs] is one axis, which is cut into rows of tiles without regard to taps. Sums are f32
// and end in bf16.
#include "halves.h"
#include "kernels.h"
#include "parallel.h"
#include "placing.h"
#include "tiles.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Tiles of pixels at a time: a tile of sums waits for its last product, so several take turns. */
constexpr int MOST_TILES = 4;

/** Where some tiles of results begin, in the placed images. */
struct Rows {
  const uint16_t* from[MOST_TILES];
  uint16_t* image[MOST_TILES];  // of the result
  const int32_t* targets[MOST_TILES];
};

/** Numbers of a convolution that all its tiles share. */
struct Steps {
  int64_t row;     // numbers from one row of a placed image to the next
  int64_t stride;  // bytes from one pixel of a tile to the next
  int64_t depth;   // tiles along a row of the kernel
  int64_t block;   // numbers of the weights of 16 outputs
};

/** M tiles of pixels by one of outputs, in registers 0 to 3. */
template <int M>
CONVOY_INLINE void multiplyColumn(Tiles& tiles, const TileConvArgs& a, const Steps& s, const Rows& rows,
                                  const uint16_t* weights) {
  tiles.zero<0>();
  if constexpr (M > 1) tiles.zero<1>();
  if constexpr (M > 2) tiles.zero<2>();
  if constexpr (M > 3) tiles.zero<3>();
  for (int64_t ky = 0; ky < a.rows; ky++) {
    for (int64_t k = 0; k < s.depth; k++) {
      const int64_t at = ky * s.row + k * TILE_DEPTH;
      tiles.load<6>(weights + (ky * s.depth + k) * TILE_HALVES, 64);
      tiles.load<4>(rows.from[0] + at, s.stride);
      tiles.multiply<0, 4, 6>();
      if constexpr (M > 1) {
        tiles.load<5>(rows.from[1] + at, s.stride);
        tiles.multiply<1, 5, 6>();
      }
      if constexpr (M > 2) {
        tiles.load<4>(rows.from[2] + at, s.stride);
        tiles.multiply<2, 4, 6>();
      }
      if constexpr (M > 3) {
        tiles.load<5>(rows.from[3] + at, s.stride);
        tiles.multiply<3, 5, 6>();
      }
    }
  }
}

/** M tiles of pixels by two of outputs, in registers 0 to 3. */
template <int M>
CONVOY_INLINE void multiplySquare(Tiles& tiles, const TileConvArgs& a, const Steps& s, const Rows& rows,
                                 const uint16_t* weights) {
  tiles.zero<0>();
  tiles.zero<1>();
  if constexpr (M > 1) tiles.zero<2>();
  if constexpr (M > 1) tiles.zero<3>();
  for (int64_t ky = 0; ky < a.rows; ky++) {
    for (int64_t k = 0; k < s.depth; k++) {
      const int64_t at = ky * s.row + k * TILE_DEPTH;
      const uint16_t* w = weights + (ky * s.depth + k) * TILE_HALVES;
      tiles.load<4>(rows.from[0] + at, s.stride);
      tiles.load<6>(w, 64);
      tiles.multiply<0, 4, 6>();
      tiles.load<7>(w + s.block, 64);
      tiles.multiply<1, 4, 7>();
      if constexpr (M > 1) {
        tiles.load<5>(rows.from[1] + at, s.stride);
        tiles.multiply<2, 5, 6>();
        tiles.multiply<3, 5, 7>();
      }
    }
  }
}

/** Numbers of a pixel, of which the last 16 may be fewer. */
CONVOY_INLINE Lanes<16> loadSome(const uint16_t* from, int64_t left) {
  if (left >= TILE_LANES) return loadHalves<16>(from);
  uint16_t last[TILE_LANES] = {};
  __builtin_memcpy(last, from, static_cast<size_t>(left) * sizeof(uint16_t));
  return loadHalves<16>(last);
}

CONVOY_INLINE void storeSome(uint16_t* to, Lanes<16> v, int64_t left) {
  if (left >= TILE_LANES) return storeHalves<16>(to, v);
  uint16_t last[TILE_LANES];
  storeHalves<16>(last, v);
  __builtin_memcpy(to, last, static_cast<size_t>(left) * sizeof(uint16_t));
}

/** A row of sums, of up to 16 outputs a tile, to the pixel of the result that it belongs to. */
template <int N>
CONVOY_INLINE void finishRow(const TileConvArgs& a, const float* sums, int64_t channel, uint16_t* pixel) {
  for (int n = 0; n < N; n++) {
    const int64_t c = channel + n * TILE_LANES, left = a.out.channels - c;
    Lanes<16> v = load<16>(sums + n * TILE_LANES);
    if (a.bias) v += load<16>(a.bias + c);
    if (a.residual) v += loadSome(a.residual + (pixel - a.y) + c, left);
    storeSome(pixel + c, activate<16>(a.activation, v), left);
  }
}

template <int M, int N>
CONVOY_INLINE void convolveTiles(Tiles& tiles, const TileConvArgs& a, const Steps& s, const Rows& rows,
                                 int64_t block) {
  alignas(64) float sums[M * TILE_ROWS][N * TILE_LANES];
  constexpr int64_t STRIDE = N * TILE_LANES * sizeof(float);
  const uint16_t* weights = a.weights + block * s.block;
  if constexpr (N > 1) {
    multiplySquare<M>(tiles, a, s, rows, weights);
    tiles.store<0>(sums[0], STRIDE);
    tiles.store<1>(sums[0] + TILE_LANES, STRIDE);
    if constexpr (M > 1) tiles.store<2>(sums[TILE_ROWS], STRIDE);
    if constexpr (M > 1) tiles.store<3>(sums[TILE_ROWS] + TILE_LANES, STRIDE);
  } else {
    multiplyColumn<M>(tiles, a, s, rows, weights);
    tiles.store<0>(sums[0], STRIDE);
    if constexpr (M > 1) tiles.store<1>(sums[TILE_ROWS], STRIDE);
    if constexpr (M > 2) tiles.store<2>(sums[2 * TILE_ROWS], STRIDE);
    if constexpr (M > 3) tiles.store<3>(sums[3 * TILE_ROWS], STRIDE);
  }
  for (int m = 0; m < M; m++) {
    for (int64_t r = 0; r < TILE_ROWS; r++) {
      const int64_t target = rows.targets[m][r];
      if (target >= 0) {
        finishRow<N>(a, sums[m * TILE_ROWS + r], block * TILE_LANES, rows.image[m] + target * a.out.channels);
      }
    }
  }
}

/** All tiles of some images that are placed. */
void convolve(Tiles& tiles, const TileConvArgs& a, int64_t images, const uint16_t* placed, uint16_t* y) {
  const int64_t depth = tilesOf(a.taps * a.in.channels, TILE_DEPTH);
  const Steps s = {a.placing.pitch * a.in.channels, a.stride * a.in.channels * 2, depth, a.rows * depth * TILE_HALVES};
  const int64_t each = a.placing.pixels() * a.in.channels, result = a.out.plane() * a.out.blocks();
  const int64_t blocks = tilesOf(a.out.channels, TILE_LANES), all = images * a.tiles;
  const auto rowsAt = [&](int64_t at, int count) {
    Rows rows;
    for (int m = 0; m < count; m++) {
      const int64_t n = (at + m) / a.tiles, t = (at + m) % a.tiles;
      rows.from[m] = placed + n * each + a.starts[t] * a.in.channels;
      rows.image[m] = y + n * result;
      rows.targets[m] = a.targets + t * TILE_ROWS;
    }
    return rows;
  };
  for (int64_t block = 0; block + 1 < blocks; block += 2) {
    int64_t at = 0;
    for (; at + 2 <= all; at += 2) convolveTiles<2, 2>(tiles, a, s, rowsAt(at, 2), block);
    if (at < all) convolveTiles<1, 2>(tiles, a, s, rowsAt(at, 1), block);
  }
  if (blocks % 2 == 0) return;
  int64_t at = 0;
  for (; at + 4 <= all; at += 4) convolveTiles<4, 1>(tiles, a, s, rowsAt(at, 4), blocks - 1);
  for (; at < all; at++) convolveTiles<1, 1>(tiles, a, s, rowsAt(at, 1), blocks - 1);
}

}  // namespace

void tileConv(const TileConvArgs& a) {
  const int64_t size = a.in.plane() * a.in.blocks(), result = a.out.plane() * a.out.blocks();
  const int64_t each = a.placing.pixels() * a.in.channels;
  const int64_t groups = tilesOf(a.in.count, a.together);
  const RoomOf rooms(a.room, tileConvRoom(a.placing, a.together));
  share(groups, groups > 1, [&](int64_t begin, int64_t end) {
    Tiles tiles;
    uint16_t* room = rooms.of<uint16_t>();
    const bool direct = a.placing.plain();
    if (!direct) __builtin_memset(room, 0, static_cast<size_t>(tileConvRoom(a.placing, a.together)));
    for (int64_t group = begin; group < end; group++) {
      const int64_t first = group * a.together;
      const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
      const uint16_t* x = a.x + first * size;
      for (int64_t n = 0; !direct && n < count; n++) place(a.placing, x + n * size, room + n * each);
      convolve(tiles, a, count, direct ? x : room, a.y + first * result);
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
