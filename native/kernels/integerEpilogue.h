// How sums become bytes, or numbers; see integerArgs.h for the rule.
#pragma once

#include "integerQuads.h"

namespace convoy {
namespace CONVOY_ISA {

/** Numbers to the bytes of a range. */
struct ByteRange {
  float high;
  int32_t zero;

  CONVOY_INLINE explicit ByteRange(int32_t z) : high(static_cast<float>(255 - z)), zero(z) {}

  /** The nearest whole number, of two the even one, and never above the range. Below it lies whatever lies below, and what
   * is no number: instructions make the lowest whole number of that. */
  CONVOY_INLINE Ints nearest(Floats t) const {
    const Floats highest = Floats{} + high;
#if defined(__AVX512F__)
    // With a mask, since the others work with registers that the compiler takes for uninitialised.
    return (Ints)_mm512_maskz_cvtps_epi32(0xffff, _mm512_maskz_min_ps(0xffff, (__m512)highest, (__m512)t));
#elif defined(__AVX2__)
    return (Ints)_mm256_cvtps_epi32(_mm256_min_ps((__m256)highest, (__m256)t));
#elif defined(__SSE2__)
    return (Ints)_mm_cvtps_epi32(_mm_min_ps((__m128)highest, (__m128)t));
#else
    const float rounding = 12582912.0f;  // to add this leaves no bits for a fraction
    const Floats lowest = Floats{} - static_cast<float>(zero);
    t = t > lowest ? t : lowest;
    t = t < highest ? t : highest;
    return __builtin_convertvector((t + rounding) - rounding, Ints);
#endif
  }

  CONVOY_INLINE SixteenInts bytes(const SixteenFloats& numbers) const {
    SixteenInts y;
#pragma GCC unroll 4
    for (int i = 0; i < PER_BLOCK; i++) {
      const Ints whole = nearest(numbers.part[i]) + zero, none = {};
      y.part[i] = whole > none ? whole : none;
    }
    return y;
  }
};

/** What becomes of a convolution's sums, which the bias is part of. */
struct IntegerEpilogue {
  ByteRange range;
  int64_t channels;  // of the results
  const float* multipliers;
  const uint8_t* residual;
  int32_t residualZero;
  float residualMultiplier;
  bool floats;
  void* y;

  CONVOY_INLINE IntegerEpilogue(const IntegerConvArgs& a, const float* factors)
      : range(a.outZero), channels(a.out.channels), multipliers(factors), residual(a.residual),
        residualZero(a.residualZero), residualMultiplier(a.residualMultiplier), floats(a.floats), y(a.y) {}

  /** Sums of `count` outputs, at most 16, of each of some pixels side by side, `pitch` numbers from one to the next:
   * from the output numbered `at` on, which is `block` among those that fill up. */
  CONVOY_INLINE void finish(const int32_t* sums, int64_t pitch, int64_t pixels, int64_t pixel, int64_t at,
                            int64_t block, int64_t count) const {
    const SixteenFloats factors = loadSixteen(multipliers + block);
    const int64_t place = pixel * channels + at;
    if (!floats) {
      if (count >= 16) {
        return residual ? finishBytes<true>(sums, pitch, pixels, place, 16, factors)
                        : finishBytes<false>(sums, pitch, pixels, place, 16, factors);
      }
      return residual ? finishBytes<true>(sums, pitch, pixels, place, count, factors)
                      : finishBytes<false>(sums, pitch, pixels, place, count, factors);
    }
    for (int64_t i = 0; i < pixels; i++) {
      const int64_t to = place + i * channels;
      const SixteenFloats t = residual ? numbers<true>(sums + i * pitch, to, count, factors)
                                       : numbers<false>(sums + i * pitch, to, count, factors);
      storeSome(static_cast<float*>(y) + to, t, count);
    }
  }

  /** Sums of the `count` first outputs of a quad, in its order as their multipliers are, of a result's place. */
  CONVOY_INLINE void finishQuad(const Ints* sums, const Floats* factors, int64_t place, int64_t count) const {
    Floats t[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++) t[v] = __builtin_convertvector(sums[v], Floats) * factors[v];
    if (residual) {
      Ints added[4];
      widenQuad(loadSome(residual + place, count), added);
#pragma GCC unroll 4
      for (int v = 0; v < 4; v++) t[v] = t[v] + shifted(added[v]);
    }
    if (floats) {
      for (int64_t at = 0; at < QUAD; at++) {
        const int64_t own = quadOrder(at / INT_LANES, at % INT_LANES);
        if (own < count) static_cast<float*>(y)[place + own] = t[at / INT_LANES][at % INT_LANES];
      }
      return;
    }
    Ints whole[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++) whole[v] = range.nearest(t[v]);
    storeSome(static_cast<uint8_t*>(y) + place, narrowQuad(whole, range.zero), count);
  }

 private:
  /** What bytes of the residual add. */
  CONVOY_INLINE Floats shifted(Ints bytes) const {
    return __builtin_convertvector(bytes - residualZero, Floats) * residualMultiplier;
  }

  template <bool RESIDUAL>
  CONVOY_INLINE SixteenFloats numbers(const int32_t* sums, int64_t place, int64_t count,
                                      const SixteenFloats& factors) const {
    SixteenFloats t = toFloats(loadSixteen(sums));
#pragma GCC unroll 4
    for (int i = 0; i < PER_BLOCK; i++) t.part[i] *= factors.part[i];
    if (!RESIDUAL) return t;
    const SixteenInts added = widenSome(residual + place, count);
#pragma GCC unroll 4
    for (int i = 0; i < PER_BLOCK; i++) t.part[i] = t.part[i] + shifted(added.part[i]);
    return t;
  }

  /** As many pixels together as a quad has blocks; what the last ones lack is done twice. */
  template <bool RESIDUAL>
  CONVOY_INLINE void finishBytes(const int32_t* sums, int64_t pitch, int64_t pixels, int64_t place, int64_t count,
                                 const SixteenFloats& factors) const {
    auto* to = static_cast<uint8_t*>(y);
    for (int64_t i = 0; i < pixels; i += QUAD_UNITS) {
      const int64_t left = pixels - i < QUAD_UNITS ? pixels - i : QUAD_UNITS;
      Ints whole[4];
#pragma GCC unroll 4
      for (int u = 0; u < QUAD_UNITS; u++) {
        const int64_t own = i + (u < left ? u : left - 1);
        const SixteenFloats t = numbers<RESIDUAL>(sums + own * pitch, place + own * channels, count, factors);
#pragma GCC unroll 4
        for (int p = 0; p < PER_BLOCK; p++) whole[u * PER_BLOCK + p] = range.nearest(t.part[p]);
      }
      storeBlocks(to + place + i * channels, byBlocks(narrowQuad(whole, range.zero)), channels, left, count);
    }
  }
};

/** What lies in front of packed weights: of every output, those that fill up blocks among them, the bias with what the
 * zero of the images adds, and the multiplier. */
struct PackedHead {
  int32_t* bias;
  float* multipliers;
  int8_t* weights;

  CONVOY_INLINE PackedHead(const void* packed, int64_t outputs)
      : bias(static_cast<int32_t*>(const_cast<void*>(packed))),
        multipliers(reinterpret_cast<float*>(bias + outputs)),
        weights(reinterpret_cast<int8_t*>(multipliers + outputs)) {}
};

}  // namespace CONVOY_ISA
}  // namespace convoy
