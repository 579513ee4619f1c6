// Depthwise convolutions of bytes. Of each column, up to four rows of a channel are brought side by side once, and then
// meet each column of the kernel in one product of four.
#include "integerEpilogue.h"
#include "integerRows.h"
#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Channels that are done together: the bytes of a register. */
constexpr int64_t WIDTH = QUAD;
constexpr int64_t MIXED = WIDTH * INTEGER_FOUR;  // bytes of a column
constexpr int64_t SERIAL = 1 << 12;

CONVOY_INLINE int64_t paddedChannels(const IntegerWeights& s) { return (s.outputs + WIDTH - 1) / WIDTH * WIDTH; }
/** Rows of the kernel in fours. */
CONVOY_INLINE int64_t fours(const IntegerWeights& s) { return (s.kernel[0] + INTEGER_FOUR - 1) / INTEGER_FOUR; }

/** Four rows of `count` channels side by side. */
CONVOY_INLINE void mix(const uint8_t* const* rows, int64_t count, uint8_t* to) {
  const Ints r0 = loadSome(rows[0], count), r1 = loadSome(rows[1], count);
  const Ints r2 = loadSome(rows[2], count), r3 = loadSome(rows[3], count);
  const Ints a0 = zipLow8(r0, r1), a1 = zipHigh8(r0, r1), b0 = zipLow8(r2, r3), b1 = zipHigh8(r2, r3);
  storeInts<INT_LANES>(to, zipLow16(a0, b0));
  storeInts<INT_LANES>(to + WIDTH, zipHigh16(a0, b0));
  storeInts<INT_LANES>(to + 2 * WIDTH, zipLow16(a1, b1));
  storeInts<INT_LANES>(to + 3 * WIDTH, zipHigh16(a1, b1));
}

/** A block of channels of an image. */
struct Plane {
  const IntegerConvArgs& a;
  const IntegerField& field;
  const IntegerEpilogue& epilogue;
  const PackedHead& head;
  const int8_t* w;
  int64_t image, first, count;  // channels
  uint8_t* mixed;               // [four][column], four registers of four rows of some channels each
  const uint8_t* blank;         // a row of zeros of the images

  void mixRows(int64_t y) const {
    const IntegerWeights& s = a.weights;
    const int64_t channels = a.in.channels, width = a.in.width, left = a.padding[1];
    for (int64_t q = 0; q < fours(s); q++) {
      const uint8_t* rows[INTEGER_FOUR];
      int64_t steps[INTEGER_FOUR];
      for (int64_t r = 0; r < INTEGER_FOUR; r++) {
        const int64_t k = q * INTEGER_FOUR + r;
        const int64_t row = y * a.strides[0] - a.padding[0] + k * s.dilation[0];
        const bool inside = k < s.kernel[0] && row >= 0 && row < a.in.height;
        rows[r] = inside ? a.x + (image * a.in.height + row) * width * channels + first : blank;
        steps[r] = inside ? channels : 0;
      }
      for (int64_t column = 0; column < field.columns; column++) {
        const int64_t from = column - left;
        const bool inside = from >= 0 && from < width;
        const uint8_t* pixels[INTEGER_FOUR];
        for (int64_t r = 0; r < INTEGER_FOUR; r++) pixels[r] = inside ? rows[r] + from * steps[r] : blank;
        mix(pixels, count, mixed + (q * field.columns + column) * MIXED);
      }
    }
  }

  void row(int64_t y) const {
    mixRows(y);
    const int64_t place = (image * a.out.height + y) * a.out.width * a.out.channels + first;
    fours(a.weights) * a.weights.kernel[1] == 3 ? pixels<3>(place) : pixels<0>(place);
  }

  /** A row of results. Three steps of weights, those of a 3x3 kernel, stay in registers; 0 stands for any number. */
  template <int STEPS>
  CONVOY_INLINE void pixels(int64_t place) const {
    const IntegerWeights& s = a.weights;
    const int64_t step = a.strides[1] * MIXED, tap = s.dilation[1] * MIXED, columns = s.kernel[1];
    const int8_t* weights = w;
    Ints kept[STEPS + 1][4], biases[4];
    Floats factors[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++) {
      biases[v] = loadInts<INT_LANES>(head.bias + first + v * INT_LANES);
      factors[v] = load<INT_LANES>(head.multipliers + first + v * INT_LANES);
#pragma GCC unroll 4
      for (int k = 0; k < STEPS; k++) kept[k][v] = loadInts<INT_LANES>(w + k * MIXED + v * WIDTH);
    }
    for (int64_t x = 0; x < a.out.width; x++, place += a.out.channels) {
      const uint8_t* from = mixed + x * step;
      Ints sums[4] = {biases[0], biases[1], biases[2], biases[3]};
      const auto add = [&](const uint8_t* four, const Ints* by) __attribute__((always_inline)) {
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++) sums[v] = dot(sums[v], loadInts<INT_LANES>(four + v * WIDTH), by[v]);
      };
      if (STEPS > 0) {
#pragma GCC unroll 4
        for (int k = 0; k < STEPS; k++) add(from + k * tap, kept[k]);
      } else {
        const int8_t* at = weights;
        for (int64_t q = 0; q < fours(s); q++, from += field.columns * MIXED) {
          for (int64_t k = 0; k < columns; k++, at += MIXED) {
            Ints by[4];
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++) by[v] = loadInts<INT_LANES>(at + v * WIDTH);
            add(from + k * tap, by);
          }
        }
      }
      epilogue.finishQuad(sums, factors, place, count);
    }
  }
};

}  // namespace

int64_t integerDepthwiseBytes(const IntegerWeights& s) {
  return paddedChannels(s) * (8 + fours(s) * s.kernel[1] * INTEGER_FOUR);
}

void integerDepthwisePack(const IntegerPackArgs& a) {
  const IntegerWeights& s = a.shape;
  const int64_t channels = paddedChannels(s), area = s.kernel[0] * s.kernel[1];
  const PackedHead head(a.to, channels);
  __builtin_memset(head.weights, 0, static_cast<size_t>(channels * fours(s) * s.kernel[1] * INTEGER_FOUR));
  for (int64_t at = 0; at < channels; at++) {
    const int64_t block = at / WIDTH, c = block * WIDTH + quadOrder(at % WIDTH / INT_LANES, at % INT_LANES);
    head.bias[at] = 0;
    head.multipliers[at] = 0.0f;
    if (c >= s.outputs) continue;
    uint32_t sum = 0;
    for (int64_t k = 0; k < area; k++) sum += static_cast<uint32_t>(a.w[c * area + k]);
    head.bias[at] = static_cast<int32_t>(static_cast<uint32_t>(a.bias[c]) - static_cast<uint32_t>(a.zero) * sum);
    head.multipliers[at] = a.multipliers[c];
    for (int64_t k = 0; k < area; k++) {
      const int64_t row = k / s.kernel[1], column = k % s.kernel[1];
      const int64_t step = (block * fours(s) + row / INTEGER_FOUR) * s.kernel[1] + column;
      head.weights[step * MIXED + at % WIDTH * INTEGER_FOUR + row % INTEGER_FOUR] = a.w[c * area + k];
    }
  }
}

void integerDepthwise(const IntegerConvArgs& a) {
  const IntegerWeights& s = a.weights;
  const IntegerField field(a);
  const int64_t blocks = paddedChannels(s) / WIDTH, height = a.out.height;
  const PackedHead head(a.packed, paddedChannels(s));
  const IntegerEpilogue epilogue(a, head.multipliers);
  const int64_t weightBytes = fours(s) * s.kernel[1] * MIXED, mixedBytes = fours(s) * field.columns * MIXED;
  sharePlanes({a.in.count, blocks, height, 8}, a.out.size() > SERIAL, [&](const auto& each) {
    const IntegerRoom room(mixedBytes + WIDTH);
    uint8_t* blank = room.at() + mixedBytes;
    __builtin_memset(blank, a.zero, WIDTH);
    each([&](int64_t plane, int64_t begin, int64_t end) {
      const int64_t block = plane % blocks, first = block * WIDTH, left = s.outputs - first;
      const Plane one = {a, field, epilogue, head, head.weights + block * weightBytes, plane / blocks, first,
                         left < WIDTH ? left : WIDTH, room.at(), blank};
      for (int64_t y = begin; y < end; y++) one.row(y);
    });
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
