// 3x3 convolution by Winograd's algorithm, see winogradTiles.h; with turned weights its input gradient.
//
// The transforms cost as much as the products where channels are few, so all of it happens on TILES tiles at a time,
// which stay in the nearest caches: 6x6 pixels of the input become 36 numbers a channel, those are multiplied with
// transformed weights, and the products become 4x4 pixels of the output.
#include "parallel.h"
#include "winogradTiles.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t TILES = WINOGRAD_TILES;
constexpr int64_t SERIAL = 2048;  // weights; below, starting threads costs more than it gains
constexpr int64_t PITCH = TILES * BLOCK;
constexpr int64_t GROUP = POINTS * PITCH;  // numbers of one block of channels
constexpr int64_t SQUARE = 9 * BLOCK;      // weights that a block of inputs gives to an output

/** All blocks of channels of a group of tiles, transformed: [block][point][tile][lane], zeros behind the last tile. */
CONVOY_INLINE void transformGroup(const WinogradArgs& a, const Tiling& tiling, int64_t first, int64_t tiles,
                                  float* to) {
  for (int64_t b = 0; b < a.in.blocks(); b++, to += GROUP) {
    transformTiles<6>(a.in, a.x, b, tiling, first, tiles, a.padding, to, PITCH,
                      [](const V* d, V* t) { fromInput(d, t); });
    for (int64_t t = tiles; t < TILES; t++) {
      for (int64_t p = 0; p < POINTS; p++) store<BLOCK>(to + p * PITCH + t * BLOCK, V{});
    }
  }
}

/** Products of one group of tiles with the weights of N blocks of outputs. */
template <int N>
CONVOY_INLINE void multiply(const float* in, const float* weights, int64_t inBlocks, float* out) {
  for (int64_t p = 0; p < POINTS; p++) {
    V sums[TILES][N] = {};
    for (int64_t b = 0; b < inBlocks; b++) {
      const float* numbers = in + b * GROUP + p * PITCH;
      const float* w = weights + (p * inBlocks + b) * BLOCK * BLOCK;
      for (int64_t c = 0; c < BLOCK; c++) {
        V row[N];
#pragma GCC unroll 2
        for (int64_t n = 0; n < N; n++) row[n] = load<BLOCK>(w + (n * POINTS * inBlocks * BLOCK + c) * BLOCK);
#pragma GCC unroll 8
        for (int64_t t = 0; t < TILES; t++) {
#pragma GCC unroll 2
          for (int64_t n = 0; n < N; n++) sums[t][n] += numbers[t * BLOCK + c] * row[n];
        }
      }
    }
#pragma GCC unroll 8
    for (int64_t t = 0; t < TILES; t++) {
#pragma GCC unroll 2
      for (int64_t n = 0; n < N; n++) store<BLOCK>(out + n * GROUP + p * PITCH + t * BLOCK, sums[t][n]);
    }
  }
}

/** Products of one tile to pixels, with bias, residual and activation, cut at the edge of the image. */
CONVOY_INLINE void finishTile(const WinogradArgs& a, const Tile& tile, int64_t block,
                              const float* products) {
  V rows[4][6], pixels[4];
  for (int64_t j = 0; j < 6; j++) {
    V column[6], t[4];
    for (int64_t i = 0; i < 6; i++) column[i] = load<BLOCK>(products + (i * 6 + j) * PITCH);
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

/** The weights of a block of outputs, `from`, and one of inputs, as [input][3][3][output]. */
CONVOY_INLINE void loadSquare(const float* from, int64_t inputs, float* to) {
  for (int64_t at = 0; at < SQUARE; at += BLOCK) {
    V rows[BLOCK];
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) rows[r] = load<BLOCK>(from + r * inputs * 9 + at);
    transpose<BLOCK>(rows);
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) store<BLOCK>(to + (at + r) * BLOCK, rows[r]);
  }
}

/** The same as [output][3][3][input], kernels turned round. */
CONVOY_INLINE void turnSquare(const float* from, float* to) {
  for (int64_t k = 0; k < 9; k++) {
    V rows[BLOCK];
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) rows[r] = load<BLOCK>(from + (r * 9 + k) * BLOCK);
    transpose<BLOCK>(rows);
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) store<BLOCK>(to + (r * 9 + 8 - k) * BLOCK, rows[r]);
  }
}

/** 3x3 weights to the points, `pitch` numbers from one to the next. */
CONVOY_INLINE void transformWeights(const float* weights, float* to, int64_t pitch) {
  V half[6][3], g[3], u[6];
#pragma GCC unroll 3
  for (int64_t k = 0; k < 3; k++) {
#pragma GCC unroll 3
    for (int64_t j = 0; j < 3; j++) g[j] = load<BLOCK>(weights + (j * 3 + k) * BLOCK);
    fromWeights(g, u);
#pragma GCC unroll 6
    for (int64_t j = 0; j < 6; j++) half[j][k] = u[j];
  }
#pragma GCC unroll 6
  for (int64_t j = 0; j < 6; j++) {
    fromWeights(half[j], u);
#pragma GCC unroll 6
    for (int64_t k = 0; k < 6; k++) store<BLOCK>(to + (j * 6 + k) * pitch, u[k]);
  }
}

}  // namespace

void winogradWeights(const float* w, int64_t outputs, int64_t inputs, bool transposed, float* to) {
  // [block of outputs][point][input][output]; for the input gradient the roles change and kernels turn.
  const int64_t rows = transposed ? outputs : inputs, columns = transposed ? inputs : outputs;
  const int64_t down = rows / BLOCK;
  shareEach(columns / BLOCK * down, rows * columns > SERIAL, [&](int64_t at) {
    const int64_t column = at / down, row = at % down;
    const int64_t output = transposed ? row : column, input = transposed ? column : row;
    float weights[SQUARE * BLOCK], turned[SQUARE * BLOCK];
    loadSquare(w + (output * inputs + input) * SQUARE, inputs, weights);
    if (transposed) turnSquare(weights, turned);
    // The points lie so far apart that they share few sets of the caches; so they go there by lines in a row.
    constexpr int64_t pitch = (BLOCK + 1) * BLOCK;
    float points[POINTS * pitch];
    for (int64_t r = 0; r < BLOCK; r++) {
      transformWeights((transposed ? turned : weights) + r * 9 * BLOCK, points + r * BLOCK, pitch);
    }
    float* target = to + (column * POINTS * rows + row * BLOCK) * BLOCK;
    for (int64_t p = 0; p < POINTS; p++) {
      for (int64_t r = 0; r < BLOCK; r++) {
        store<BLOCK>(target + (p * rows + r) * BLOCK, load<BLOCK>(points + p * pitch + r * BLOCK));
      }
    }
  });
}

void winograd(const WinogradArgs& a) {
  const Tiling tiling(a.out);
  const int64_t inBlocks = a.in.blocks(), outBlocks = a.out.blocks(), pairs = (outBlocks + 1) / 2;
  const int64_t groups = (tiling.count + TILES - 1) / TILES;
  share(groups * pairs, true, [&](int64_t begin, int64_t end) {
    // At most some 330 kilobytes of this thread's stack.
    float* numbers = static_cast<float*>(__builtin_alloca_with_align(
        static_cast<size_t>((inBlocks + 2) * GROUP) * sizeof(float), 512));
    float* products = numbers + inBlocks * GROUP;
    int64_t transformed = -1;  // the group that `numbers` holds
    // Small images have too few groups for all threads, so their blocks of outputs are dealt out, two at a time.
    for (int64_t at = begin; at < end; at++) {
      const int64_t first = at / pairs * TILES, block = at % pairs * 2;
      const int64_t tiles = tiling.count - first < TILES ? tiling.count - first : TILES;
      if (first != transformed) transformGroup(a, tiling, first, tiles, numbers);
      transformed = first;
      const bool two = block + 1 < outBlocks;
      const float* weights = a.weights + block * POINTS * inBlocks * BLOCK * BLOCK;
      if (two) multiply<2>(numbers, weights, inBlocks, products);
      else multiply<1>(numbers, weights, inBlocks, products);
      for (int64_t t = 0; t < tiles; t++) {
        const Tile tile = tiling.at(first + t);
        finishTile(a, tile, block, products + t * BLOCK);
        if (two) finishTile(a, tile, block + 1, products + GROUP + t * BLOCK);
      }
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
