// Whole numbers side by side, products of bytes, and bytes as whole numbers and back.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "integerArgs.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

/** Lanes of a register. */
#if defined(__AVX512F__)
constexpr int INT_LANES = 16;
#elif defined(__AVX2__)
constexpr int INT_LANES = 8;
#else
constexpr int INT_LANES = 4;
#endif
/** Registers that a block of outputs takes. */
constexpr int PER_BLOCK = static_cast<int>(INTEGER_BLOCK) / INT_LANES;

using Ints = IntLanes<INT_LANES>;

template <int N>
struct LooseInts {
  typedef int32_t Unaligned __attribute__((vector_size(N * 4), aligned(1), may_alias));
};

template <int N>
CONVOY_INLINE IntLanes<N> loadInts(const void* from) {
  return *static_cast<const typename LooseInts<N>::Unaligned*>(from);
}

template <int N>
CONVOY_INLINE void storeInts(void* to, IntLanes<N> lanes) {
  *static_cast<typename LooseInts<N>::Unaligned*>(to) = lanes;
}

/** Four bytes in every lane. */
CONVOY_INLINE Ints four(const uint8_t* from) {
  int32_t bits;
  __builtin_memcpy(&bits, from, 4);
  return Ints{} + bits;
}

/** `sum` plus, in each lane, four products of a byte of `a`, from 0 to 255, and one of `b`, from -128 to 127: exactly.
 * The instructions that multiply such bytes and add two products in 16 bits saturate, so bytes are widened first where
 * there is no VNNI. */
CONVOY_INLINE Ints dot(Ints sum, Ints a, Ints b) {
#if defined(__AVX512VNNI__) && defined(__AVX512F__)
  return (Ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif defined(__AVXVNNI__)
  return (Ints)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)a, (__m256i)b);
#elif defined(__AVX512BW__)
  const __m512i bytes = (__m512i)b, even = _mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8);
  const __m512i first = _mm512_madd_epi16(_mm512_and_si512((__m512i)a, _mm512_set1_epi16(255)), even);
  const __m512i second = _mm512_madd_epi16(_mm512_srli_epi16((__m512i)a, 8), _mm512_srai_epi16(bytes, 8));
  return sum + (Ints)first + (Ints)second;
#elif defined(__AVX2__)
  const __m256i bytes = (__m256i)b, even = _mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8);
  const __m256i first = _mm256_madd_epi16(_mm256_and_si256((__m256i)a, _mm256_set1_epi16(255)), even);
  const __m256i second = _mm256_madd_epi16(_mm256_srli_epi16((__m256i)a, 8), _mm256_srai_epi16(bytes, 8));
  return sum + (Ints)first + (Ints)second;
#elif defined(__SSE2__)
  const __m128i bytes = (__m128i)b, even = _mm_srai_epi16(_mm_slli_epi16(bytes, 8), 8);
  const __m128i first = _mm_madd_epi16(_mm_and_si128((__m128i)a, _mm_set1_epi16(255)), even);
  const __m128i second = _mm_madd_epi16(_mm_srli_epi16((__m128i)a, 8), _mm_srai_epi16(bytes, 8));
  return sum + (Ints)first + (Ints)second;
#else
  for (int byte = 0; byte < 4; byte++) {
    sum += ((a >> (8 * byte)) & 255) * ((b << (24 - 8 * byte)) >> 24);
  }
  return sum;
#endif
}

/** 16 whole numbers, or numbers, in as many registers as they take. */
struct SixteenInts {
  Ints part[PER_BLOCK];
};
using Floats = Lanes<INT_LANES>;
struct SixteenFloats {
  Floats part[PER_BLOCK];
};

CONVOY_INLINE SixteenFloats toFloats(const SixteenInts& x) {
  SixteenFloats y;
#pragma GCC unroll 4
  for (int i = 0; i < PER_BLOCK; i++) y.part[i] = __builtin_convertvector(x.part[i], Floats);
  return y;
}

CONVOY_INLINE SixteenInts loadSixteen(const int32_t* from) {
  SixteenInts x;
#pragma GCC unroll 4
  for (int i = 0; i < PER_BLOCK; i++) x.part[i] = loadInts<INT_LANES>(from + i * INT_LANES);
  return x;
}

CONVOY_INLINE SixteenFloats loadSixteen(const float* from) {
  SixteenFloats x;
#pragma GCC unroll 4
  for (int i = 0; i < PER_BLOCK; i++) x.part[i] = load<INT_LANES>(from + i * INT_LANES);
  return x;
}

/** 16 bytes as whole numbers. */
CONVOY_INLINE SixteenInts widen(const uint8_t* from) {
  SixteenInts x;
#if defined(__AVX512F__)
  // With a mask, since the others work with registers that the compiler takes for uninitialised.
  x.part[0] = (Ints)_mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#elif defined(__AVX2__)
  for (int i = 0; i < 2; i++) {
    x.part[i] = (Ints)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8 * i)));
  }
#elif defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), none = _mm_setzero_si128();
  const __m128i low = _mm_unpacklo_epi8(bytes, none), high = _mm_unpackhi_epi8(bytes, none);
  x.part[0] = (Ints)_mm_unpacklo_epi16(low, none), x.part[1] = (Ints)_mm_unpackhi_epi16(low, none);
  x.part[2] = (Ints)_mm_unpacklo_epi16(high, none), x.part[3] = (Ints)_mm_unpackhi_epi16(high, none);
#else
  for (int i = 0; i < 16; i++) x.part[i / INT_LANES][i % INT_LANES] = from[i];
#endif
  return x;
}

/** Whole numbers from 0 to 255 as bytes. */
CONVOY_INLINE void narrow(uint8_t* to, const SixteenInts& x) {
#if defined(__AVX512F__)
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_maskz_cvtepi32_epi8(0xffff, (__m512i)x.part[0]));
#elif defined(__AVX2__)
  const __m256i pairs = _mm256_packs_epi32((__m256i)x.part[0], (__m256i)x.part[1]);
  const __m256i words = _mm256_permute4x64_epi64(pairs, 0xd8);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                   _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
#elif defined(__SSE2__)
  const __m128i low = _mm_packs_epi32((__m128i)x.part[0], (__m128i)x.part[1]);
  const __m128i high = _mm_packs_epi32((__m128i)x.part[2], (__m128i)x.part[3]);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(low, high));
#else
  for (int i = 0; i < 16; i++) to[i] = static_cast<uint8_t>(x.part[i / INT_LANES][i % INT_LANES]);
#endif
}

/** Fewer than 16 bytes. */
CONVOY_INLINE void copySome(uint8_t* to, const uint8_t* from, int64_t count) {
  for (int64_t part = 8; part > 0; part /= 2) {
    if (!(count & part)) continue;
    if (part == 8) __builtin_memcpy(to, from, 8);
    else if (part == 4) __builtin_memcpy(to, from, 4);
    else if (part == 2) __builtin_memcpy(to, from, 2);
    else *to = *from;
    to += part, from += part;
  }
}

/** The same of fewer than 16 of them. */
CONVOY_INLINE SixteenInts widenSome(const uint8_t* from, int64_t count) {
  if (count >= 16) return widen(from);
  uint8_t bytes[16] = {};
  copySome(bytes, from, count);
  return widen(bytes);
}

CONVOY_INLINE void narrowSome(uint8_t* to, const SixteenInts& x, int64_t count) {
  if (count >= 16) return narrow(to, x);
  uint8_t bytes[16];
  narrow(bytes, x);
  copySome(to, bytes, count);
}

CONVOY_INLINE void storeSome(float* to, const SixteenFloats& x, int64_t count) {
  float numbers[16];
  float* whole = count >= 16 ? to : numbers;
#pragma GCC unroll 4
  for (int i = 0; i < PER_BLOCK; i++) store<INT_LANES>(whole + i * INT_LANES, x.part[i]);
  if (count < 16) __builtin_memcpy(to, numbers, static_cast<size_t>(count) * sizeof(float));
}

}  // namespace CONVOY_ISA
}  // namespace convoy
