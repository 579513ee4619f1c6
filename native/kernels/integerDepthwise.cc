// Depthwise convolutions of bytes. Of each column, up to four rows of a channel are brought side by side once, and then
// meet each column of the kernel in one product of four.
#include "integerRows.h"
#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Channels that are done together. */
#if defined(__AVX512BW__)
constexpr int64_t WIDTH = 64;
#else
constexpr int64_t WIDTH = 16;
#endif
constexpr int VECTORS = static_cast<int>(WIDTH) / INT_LANES;
constexpr int64_t MIXED = WIDTH * INTEGER_FOUR;  // bytes of a column
constexpr int64_t STRIP = 8;  // pixels that are finished together
constexpr int64_t SERIAL = 1 << 12;

CONVOY_INLINE int64_t paddedChannels(const IntegerWeights& s) { return (s.outputs + WIDTH - 1) / WIDTH * WIDTH; }
/** Rows of the kernel in fours. */
CONVOY_INLINE int64_t fours(const IntegerWeights& s) { return (s.kernel[0] + INTEGER_FOUR - 1) / INTEGER_FOUR; }

/** The channel, of those done together, whose products a lane of a vector sums. */
CONVOY_INLINE int64_t channelOf(int64_t vector, int64_t lane) {
  if (WIDTH == 64) return lane / 4 * 16 + vector * 4 + lane % 4;
  return vector * INT_LANES + lane;
}

/** Four rows of `count` channels side by side. */
CONVOY_INLINE void mix(const uint8_t* const* rows, int64_t count, uint8_t* to) {
#if defined(__AVX512BW__)
  const __mmask64 mask = count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
  const __m512i r0 = _mm512_maskz_loadu_epi8(mask, rows[0]), r1 = _mm512_maskz_loadu_epi8(mask, rows[1]);
  const __m512i r2 = _mm512_maskz_loadu_epi8(mask, rows[2]), r3 = _mm512_maskz_loadu_epi8(mask, rows[3]);
  const __m512i a0 = _mm512_unpacklo_epi8(r0, r1), a1 = _mm512_unpackhi_epi8(r0, r1);
  const __m512i b0 = _mm512_unpacklo_epi8(r2, r3), b1 = _mm512_unpackhi_epi8(r2, r3);
  _mm512_store_si512(to, _mm512_unpacklo_epi16(a0, b0));
  _mm512_store_si512(to + 64, _mm512_unpackhi_epi16(a0, b0));
  _mm512_store_si512(to + 128, _mm512_unpacklo_epi16(a1, b1));
  _mm512_store_si512(to + 192, _mm512_unpackhi_epi16(a1, b1));
#else
  for (int64_t c = 0; c < WIDTH; c++) {
    for (int64_t r = 0; r < INTEGER_FOUR; r++) {
      to[c * INTEGER_FOUR + r] = c < count ? rows[r][c] : uint8_t{0};
    }
  }
#endif
}

/** Sums in the order of their channels. */
CONVOY_INLINE void inOrder(const Ints* sums, int32_t* to) {
#if defined(__AVX512BW__)
  const auto halves = [](Ints a, Ints b, bool second) __attribute__((always_inline)) {
    return second ? __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
                  : __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  };
  for (int half = 0; half < 2; half++) {
    const Ints a = halves(sums[0], sums[1], half == 1), b = halves(sums[2], sums[3], half == 1);
    storeInts<16>(to + 32 * half, __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27));
    storeInts<16>(to + 32 * half + 16, __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
  }
#else
  for (int v = 0; v < VECTORS; v++) storeInts<INT_LANES>(to + v * INT_LANES, sums[v]);
#endif
}

/** A block of channels of an image. */
struct Plane {
  const IntegerConvArgs& a;
  const IntegerField& field;
  const IntegerEpilogue& epilogue;
  const int8_t* w;
  int64_t image, first, count;  // channels
  uint8_t* mixed;               // [four][column][channel][row]
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
    const int64_t place = (image * a.out.height + y) * a.out.width;
    alignas(64) int32_t ordered[STRIP * WIDTH];
    for (int64_t x = 0; x < a.out.width; x += STRIP) {
      const int64_t pixels = a.out.width - x < STRIP ? a.out.width - x : STRIP;
      for (int64_t i = 0; i < pixels; i++) sumPixel(x + i, ordered + i * WIDTH);
      for (int64_t b = 0; b * 16 < count; b++) {
        const int64_t c = first + b * 16, left = count - b * 16;
        epilogue.finish(ordered + b * 16, WIDTH, pixels, place + x, c, c, left < 16 ? left : 16);
      }
    }
  }

  CONVOY_INLINE void sumPixel(int64_t x, int32_t* to) const {
    const IntegerWeights& s = a.weights;
    Ints sums[VECTORS] = {};
    const int8_t* at = w;
    for (int64_t q = 0; q < fours(s); q++) {
      for (int64_t k = 0; k < s.kernel[1]; k++, at += MIXED) {
        const uint8_t* from = mixed + (q * field.columns + x * a.strides[1] + k * s.dilation[1]) * MIXED;
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
          sums[v] = dot(sums[v], loadInts<INT_LANES>(from + v * INT_LANES * 4),
                        loadInts<INT_LANES>(at + v * INT_LANES * 4));
        }
      }
    }
    inOrder(sums, to);
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
  for (int64_t c = 0; c < channels; c++) {
    const bool is = c < s.outputs;
    uint32_t sum = 0;
    for (int64_t k = 0; is && k < area; k++) sum += static_cast<uint32_t>(a.w[c * area + k]);
    head.bias[c] = is ? static_cast<int32_t>(static_cast<uint32_t>(a.bias[c]) - static_cast<uint32_t>(a.zero) * sum) : 0;
    head.multipliers[c] = is ? a.multipliers[c] : 0.0f;
  }
  for (int64_t at = 0; at < channels; at++) {
    const int64_t block = at / WIDTH, c = block * WIDTH + channelOf(at % WIDTH / INT_LANES, at % INT_LANES);
    if (c >= s.outputs) continue;
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
  const IntegerEpilogue epilogue(a, head.bias, head.multipliers);
  const int64_t weightBytes = fours(s) * s.kernel[1] * MIXED, mixedBytes = fours(s) * field.columns * MIXED;
  sharePlanes({a.in.count, blocks, height, 8}, a.out.size() > SERIAL, [&](const auto& each) {
    const IntegerRoom room(mixedBytes + WIDTH);
    uint8_t* blank = room.at() + mixedBytes;
    __builtin_memset(blank, a.zero, WIDTH);
    each([&](int64_t plane, int64_t begin, int64_t end) {
      const int64_t block = plane % blocks, first = block * WIDTH, left = s.outputs - first;
      const Plane one = {a, field, epilogue, head.weights + block * weightBytes, plane / blocks, first,
                         left < WIDTH ? left : WIDTH, room.at(), blank};
      for (int64_t y = begin; y < end; y++) one.row(y);
    });
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
