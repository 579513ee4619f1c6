// Elementary functions that the compiler can vectorise: no branches, no calls, no tables.
// Relative errors are a few units in the last place over the ranges that training meets.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

CONVOY_INLINE float fromBits(int32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}

CONVOY_INLINE int32_t toBits(float value) {
  int32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return bits;
}

// A bare comparison keeps NaN in the second operand, as the hardware's minimum does.
CONVOY_INLINE float least(float a, float b) { return a < b ? a : b; }
CONVOY_INLINE float most(float a, float b) { return a > b ? a : b; }

// e^x = 2^n * e^r with |r| <= ln(2)/2, e^r by its Taylor polynomial; 2^n in two halves so that
// results down to the smallest normal number and up to infinity come out right.
CONVOY_INLINE float expOf(float x) {
  float clamped = most(-104.0f, least(89.0f, x));
  clamped = x != x ? x : clamped;
  const float n = __builtin_nearbyintf(clamped * 1.44269504088896341f);
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t whole = static_cast<int32_t>(x != x ? 0.0f : n);
  const int32_t half = whole >> 1;
  return p * fromBits((half + 127) << 23) * fromBits((whole - half + 127) << 23);
}

// ln x = e * ln 2 + ln m with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh((m - 1) / (m + 1)).
CONVOY_INLINE float logOf(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float scaled = tiny ? x * 8388608.0f : x;
  // Unsigned, because the bits of negative numbers, whose result is NaN anyway, wrap round.
  const uint32_t bits = static_cast<uint32_t>(toBits(scaled));
  const int32_t shift = static_cast<int32_t>(bits - 0x3f3504f3u) >> 23;
  const float m = fromBits(static_cast<int32_t>(bits - (static_cast<uint32_t>(shift) << 23)));
  const float e = static_cast<float>(shift) - (tiny ? 23.0f : 0.0f);
  const float s = (m - 1.0f) / (m + 1.0f);
  const float z = s * s;
  float p = 2.0f / 11.0f;
  p = p * z + 2.0f / 9.0f;
  p = p * z + 2.0f / 7.0f;
  p = p * z + 2.0f / 5.0f;
  p = p * z + 2.0f / 3.0f;
  const float small = 2.0f * s + s * z * p;
  float result = e * 0.693359375f + (small - e * 2.12194440e-4f);
  result = x == 0.0f ? -__builtin_inff() : result;
  result = x == __builtin_inff() ? x : result;
  return x < 0.0f || x != x ? __builtin_nanf("") : result;
}

CONVOY_INLINE float sigmoidOf(float x) { return 1.0f / (1.0f + expOf(-x)); }

// Small arguments by the odd Taylor series, others by the exponential.
CONVOY_INLINE float tanhOf(float x) {
  const float a = __builtin_fabsf(x);
  const float z = x * x;
  float p = -1382.0f / 155925.0f;
  p = p * z + 62.0f / 2835.0f;
  p = p * z - 17.0f / 315.0f;
  p = p * z + 2.0f / 15.0f;
  p = p * z - 1.0f / 3.0f;
  const float series = x + x * z * p;
  const float large = 1.0f - 2.0f / (expOf(2.0f * a) + 1.0f);
  return a < 0.4f ? series : __builtin_copysignf(large, x);
}

// Below 1 the Taylor series; above, Abramowitz and Stegun 7.1.26, whose absolute error of 1.5e-7 is
// small against values near 1.
CONVOY_INLINE float erfOf(float x) {
  const float a = __builtin_fabsf(x);
  const float z = x * x;
  float series = 0.0f;
  // Terms (-1)^n z^n / (n! (2n + 1)), n = 11 .. 0, by Horner's rule.
  const float terms[12] = {1.0f,           -1.0f / 3.0f,     1.0f / 10.0f,      -1.0f / 42.0f,
                           1.0f / 216.0f,  -1.0f / 1320.0f,  1.0f / 9360.0f,    -1.0f / 75600.0f,
                           1.0f / 685440.0f, -1.0f / 6894720.0f, 1.0f / 76204800.0f,
                           -1.0f / 918086400.0f};
  for (int n = 11; n >= 0; n--) series = series * z + terms[n];
  const float small = x * series * 1.12837916709551257f;
  const float t = 1.0f / (1.0f + 0.3275911f * a);
  float q = 1.061405429f;
  q = q * t - 1.453152027f;
  q = q * t + 1.421413741f;
  q = q * t - 0.284496736f;
  q = q * t + 0.254829592f;
  const float large = 1.0f - q * t * expOf(-z);
  return a < 1.0f ? small : __builtin_copysignf(large, x);
}

CONVOY_INLINE float powOf(float a, float b) {
  return a == 0.0f ? (b == 0.0f ? 1.0f : 0.0f) : expOf(b * logOf(a));
}

}  // namespace
}  // namespace CONVOY_ISA
}  // namespace convoy
