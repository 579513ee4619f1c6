// The weight gradient of a 3x3 convolution by Winograd's algorithm, see winogradTiles.h: the exact adjoint of the
// convolution. A pair of an input and an output channel has one sum for each of the 36 points, over all tiles, and
// the sums become 3x3 weights at the end.
//
// That is 590 kilobytes for 64 x 64 channels, which stay in a core's own cache while all tiles go by, 32 of them for
// each time that sums are read and written. With few channels each part of a batch has its own sums, in a chain of
// image steps. With many, channels are cut into patches instead, which need no adding up; each transforms its images
// itself. A sum adds tile after tile, so it depends on neither the cuts nor the number of threads.
#include <omp.h>

#include "winogradTiles.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t TILES = WINOGRAD_SUM_TILES;
constexpr int64_t PITCH = WINOGRAD_SUM_PITCH;
constexpr int64_t GROUP = POINTS * PITCH;  // numbers of one block of channels
constexpr int64_t PAIR = POINTS * BLOCK * BLOCK;  // sums of two blocks of channels
constexpr int64_t HALF = BLOCK / 2;  // as many inputs as leave two sums of each in registers

/** Blocks of channels whose pairs are summed together. */
struct Patch {
  int64_t input, inputs;  // the first, and how many
  int64_t output, outputs;
};

/** Where things lie in a thread's room: transformed inputs, transformed gradients, sums [block of inputs][one or two
 * blocks of outputs][point][input][output], and for the bias the sum of each output's gradients. */
struct Room {
  float *numbers, *gradient, *sums, *bias;

  CONVOY_INLINE Room(float* room, const Patch& patch)
      : numbers(room), gradient(numbers + GROUP), sums(gradient + patch.outputs * GROUP),
        bias(sums + patch.inputs * patch.outputs * PAIR) {}
};

/** Adds the products of one block of inputs and N of outputs to their sums, or sets them. */
template <int N>
CONVOY_INLINE void addProducts(const float* in, const float* gradient, int64_t tiles, bool sets, float* sums) {
  for (int64_t at = 0; at < POINTS * BLOCK / HALF; at++) {
    const float* numbers = in + at / 2 * PITCH + at % 2 * HALF;
    const float* outs = gradient + at / 2 * PITCH;
    float* to = sums + at * HALF * N * BLOCK;
    V totals[HALF][N] = {};
    if (!sets) {
#pragma GCC unroll 8
      for (int64_t c = 0; c < HALF; c++) {
#pragma GCC unroll 2
        for (int64_t n = 0; n < N; n++) totals[c][n] = load<BLOCK>(to + (c * N + n) * BLOCK);
      }
    }
    for (int64_t t = 0; t < tiles; t++) {
      V out[N];
#pragma GCC unroll 2
      for (int64_t n = 0; n < N; n++) out[n] = load<BLOCK>(outs + n * GROUP + t * BLOCK);
#pragma GCC unroll 8
      for (int64_t c = 0; c < HALF; c++) {
#pragma GCC unroll 2
        for (int64_t n = 0; n < N; n++) totals[c][n] += numbers[t * BLOCK + c] * out[n];
      }
    }
#pragma GCC unroll 8
    for (int64_t c = 0; c < HALF; c++) {
#pragma GCC unroll 2
      for (int64_t n = 0; n < N; n++) store<BLOCK>(to + (c * N + n) * BLOCK, totals[c][n]);
    }
  }
}

/** The sum of each tile's gradient is its second point in both axes. */
CONVOY_INLINE void addBias(const float* gradient, int64_t tiles, bool sets, float* bias) {
  V total = {};
  if (!sets) total = load<BLOCK>(bias);
  for (int64_t t = 0; t < tiles; t++) total += load<BLOCK>(gradient + 7 * PITCH + t * BLOCK);
  store<BLOCK>(bias, total);
}

/** Adds what all tiles of some images give to the sums of a patch, or sets them to that. */
void addTiles(const ConvSumsArgs& a, const Patch& patch, const Room& room) {
  const Tiling tiling(a.out);
  const int64_t none[2] = {0, 0};
  for (int64_t first = 0; first < tiling.count; first += TILES) {
    const int64_t tiles = tiling.count - first < TILES ? tiling.count - first : TILES;
    const bool sets = a.opens && first == 0;
    for (int64_t o = 0; o < patch.outputs; o++) {
      float* gradient = room.gradient + o * GROUP;
      transformTiles<4>(a.out, a.dy, patch.output + o, tiling, first, tiles, none, gradient, PITCH,
                        [](const V* y, V* t) { fromOutput(y, t); });
      addBias(gradient, tiles, sets, room.bias + o * BLOCK);
    }
    for (int64_t i = 0; i < patch.inputs; i++) {
      transformTiles<6>(a.in, a.x, patch.input + i, tiling, first, tiles, a.window.padding, room.numbers, PITCH,
                        [](const V* d, V* t) { fromInput(d, t); });
      for (int64_t o = 0; o < patch.outputs; o += 2) {
        const float* gradient = room.gradient + o * GROUP;
        float* sums = room.sums + (i * patch.outputs + o) * PAIR;
        if (o + 1 < patch.outputs) addProducts<2>(room.numbers, gradient, tiles, sets, sums);
        else addProducts<1>(room.numbers, gradient, tiles, sets, sums);
      }
    }
  }
}

/** The sums of one input of block `i` and of block `o` of outputs, back to weights, `stride` numbers apart. */
CONVOY_INLINE void collect(const Patch& patch, const float* sums, int64_t i, int64_t input, int64_t o, float* to,
                           int64_t stride) {
  const int64_t pair = o / 2 * 2, blocks = pair + 1 < patch.outputs ? 2 : 1;
  const float* from = sums + (i * patch.outputs + pair) * PAIR + (input * blocks + o % 2) * BLOCK;
  V u[6], half[6][3], g[3];
#pragma GCC unroll 6
  for (int64_t j = 0; j < 6; j++) {
#pragma GCC unroll 6
    for (int64_t k = 0; k < 6; k++) u[k] = load<BLOCK>(from + (j * 6 + k) * BLOCK * blocks * BLOCK);
    toWeights(u, half[j]);
  }
#pragma GCC unroll 3
  for (int64_t k = 0; k < 3; k++) {
#pragma GCC unroll 6
    for (int64_t j = 0; j < 6; j++) u[j] = half[j][k];
    toWeights(u, g);
#pragma GCC unroll 3
    for (int64_t j = 0; j < 3; j++) store<BLOCK>(to + (j * 3 + k) * stride, g[j]);
  }
}

/** The weights of a block of inputs and one of outputs, to their places in [outputs, inputs, 3, 3]. */
CONVOY_INLINE void storeWeights(const Patch& patch, const float* sums, int64_t i, int64_t o, int64_t inputs,
                                float* dw) {
  float weights[9 * BLOCK * BLOCK];  // [input][3][3][output]
  for (int64_t c = 0; c < BLOCK; c++) collect(patch, sums, i, c, o, weights + c * 9 * BLOCK, BLOCK);
  float* to = dw + ((patch.output + o) * inputs + patch.input + i) * BLOCK * 9;
  for (int64_t at = 0; at < 9 * BLOCK; at += BLOCK) {
    V rows[BLOCK];
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) rows[r] = load<BLOCK>(weights + (at + r) * BLOCK);
    transpose<BLOCK>(rows);
#pragma GCC unroll 16
    for (int64_t r = 0; r < BLOCK; r++) store<BLOCK>(to + r * inputs * 9 + at, rows[r]);
  }
}

}  // namespace

void winogradSums(const ConvSumsArgs& a) {
  const int64_t inputs = a.in.channels;
  const Patch all = {0, a.in.blocks(), 0, a.out.blocks()};
  const Room room(a.room, all);
  addTiles(a, all, room);
  if (!a.closes) return;
  for (int64_t o = 0; o < all.outputs; o++) {
    float* to = a.sums + o * (9 * inputs + 1) * BLOCK;
    for (int64_t c = 0; c < inputs; c++) {
      collect(all, room.sums, c / BLOCK, c % BLOCK, o, to + c * BLOCK, inputs * BLOCK);
    }
    store<BLOCK>(to + 9 * inputs * BLOCK, load<BLOCK>(room.bias + o * BLOCK));
  }
}

void winogradGrad(const WinogradGradArgs& a) {
  const int64_t inBlocks = a.in.blocks(), outBlocks = a.out.blocks();
  const int64_t across = (inBlocks + a.inputs - 1) / a.inputs, down = (outBlocks + a.outputs - 1) / a.outputs;
  const auto upTo = [](int64_t most, int64_t left) { return left < most ? left : most; };
#pragma omp parallel for schedule(dynamic)
  for (int64_t at = 0; at < down * across; at++) {
    const int64_t output = at / across * a.outputs, input = at % across * a.inputs;
    const Patch patch = {input, upTo(a.inputs, inBlocks - input), output, upTo(a.outputs, outBlocks - output)};
    const Room room(a.room + omp_get_thread_num() * winogradRoom(a.inputs, a.outputs), patch);
    addTiles({a.in, a.out, a.window, a.x, a.dy, true, true, false, nullptr, nullptr}, patch, room);
    for (int64_t o = 0; o < patch.outputs; o++) {
      for (int64_t i = 0; i < patch.inputs; i++) storeWeights(patch, room.sums, i, o, a.in.channels, a.dw);
      if (!a.dbias || input > 0) continue;
      store<BLOCK>(a.dbias + (output + o) * BLOCK, load<BLOCK>(room.bias + o * BLOCK));
    }
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
