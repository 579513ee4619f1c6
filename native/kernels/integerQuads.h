// Four registers of whole numbers and the one register of bytes that holds as many. Instructions narrow and widen within
// each 128 bits, so numbers are kept in that order until the end: lane l of register v is number
// l / 4 * 16 + v * 4 + l % 4 of its quad.
#pragma once

#include "integerLanes.h"

namespace convoy {
namespace CONVOY_ISA {

/** Numbers of a quad, and blocks of 16 that it holds. */
constexpr int64_t QUAD = 4 * INT_LANES;
constexpr int QUAD_UNITS = INT_LANES / 4;

/** Which number of a quad a lane of one of its registers holds. */
CONVOY_INLINE int64_t quadOrder(int64_t vector, int64_t lane) { return lane / 4 * 16 + vector * 4 + lane % 4; }

/** Bytes, or pairs of them, of both in turn, of the lower or the upper half of each 128 bits. */
#if defined(__AVX512BW__)
CONVOY_INLINE Ints zipLow8(Ints a, Ints b) { return (Ints)_mm512_unpacklo_epi8((__m512i)a, (__m512i)b); }
CONVOY_INLINE Ints zipHigh8(Ints a, Ints b) { return (Ints)_mm512_unpackhi_epi8((__m512i)a, (__m512i)b); }
CONVOY_INLINE Ints zipLow16(Ints a, Ints b) { return (Ints)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b); }
CONVOY_INLINE Ints zipHigh16(Ints a, Ints b) { return (Ints)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b); }
#elif defined(__AVX2__)
CONVOY_INLINE Ints zipLow8(Ints a, Ints b) { return (Ints)_mm256_unpacklo_epi8((__m256i)a, (__m256i)b); }
CONVOY_INLINE Ints zipHigh8(Ints a, Ints b) { return (Ints)_mm256_unpackhi_epi8((__m256i)a, (__m256i)b); }
CONVOY_INLINE Ints zipLow16(Ints a, Ints b) { return (Ints)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b); }
CONVOY_INLINE Ints zipHigh16(Ints a, Ints b) { return (Ints)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b); }
#else
using Bytes16 = uint8_t __attribute__((vector_size(16)));
using Pairs8 = uint16_t __attribute__((vector_size(16)));
CONVOY_INLINE Ints zipLow8(Ints a, Ints b) {
  return (Ints)__builtin_shufflevector((Bytes16)a, (Bytes16)b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
CONVOY_INLINE Ints zipHigh8(Ints a, Ints b) {
  return (Ints)__builtin_shufflevector((Bytes16)a, (Bytes16)b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
CONVOY_INLINE Ints zipLow16(Ints a, Ints b) {
  return (Ints)__builtin_shufflevector((Pairs8)a, (Pairs8)b, 0, 8, 1, 9, 2, 10, 3, 11);
}
CONVOY_INLINE Ints zipHigh16(Ints a, Ints b) {
  return (Ints)__builtin_shufflevector((Pairs8)a, (Pairs8)b, 4, 12, 5, 13, 6, 14, 7, 15);
}
#endif

/** Bytes as the whole numbers of a quad. */
CONVOY_INLINE void widenQuad(Ints bytes, Ints* quad) {
  const Ints none = {}, low = zipLow8(bytes, none), high = zipHigh8(bytes, none);
  quad[0] = zipLow16(low, none), quad[1] = zipHigh16(low, none);
  quad[2] = zipLow16(high, none), quad[3] = zipHigh16(high, none);
}

/** A quad plus `zero`, from 0 to 255, as bytes in order; what lies beyond a byte becomes the nearest one. */
CONVOY_INLINE Ints narrowQuad(const Ints* quad, int32_t zero) {
#if defined(__AVX512BW__)
  const __m512i more = _mm512_set1_epi16(static_cast<int16_t>(zero));
  const __m512i low = _mm512_packs_epi32((__m512i)quad[0], (__m512i)quad[1]);
  const __m512i high = _mm512_packs_epi32((__m512i)quad[2], (__m512i)quad[3]);
  return (Ints)_mm512_packus_epi16(_mm512_adds_epi16(low, more), _mm512_adds_epi16(high, more));
#elif defined(__AVX2__)
  const __m256i more = _mm256_set1_epi16(static_cast<int16_t>(zero));
  const __m256i low = _mm256_packs_epi32((__m256i)quad[0], (__m256i)quad[1]);
  const __m256i high = _mm256_packs_epi32((__m256i)quad[2], (__m256i)quad[3]);
  return (Ints)_mm256_packus_epi16(_mm256_adds_epi16(low, more), _mm256_adds_epi16(high, more));
#elif defined(__SSE2__)
  const __m128i more = _mm_set1_epi16(static_cast<int16_t>(zero));
  const __m128i low = _mm_packs_epi32((__m128i)quad[0], (__m128i)quad[1]);
  const __m128i high = _mm_packs_epi32((__m128i)quad[2], (__m128i)quad[3]);
  return (Ints)_mm_packus_epi16(_mm_adds_epi16(low, more), _mm_adds_epi16(high, more));
#else
  Bytes16 bytes = {};
  for (int i = 0; i < 16; i++) {
    const int32_t most = 255 - zero, x = quad[i / INT_LANES][i % INT_LANES], y = x < most ? x : most;
    bytes[i] = static_cast<uint8_t>(y < -zero ? 0 : y + zero);
  }
  return (Ints)bytes;
#endif
}

/** Bytes of whole blocks of 16, of which register v of a quad was block v / PER_BLOCK in its own order. */
CONVOY_INLINE Ints byBlocks(Ints bytes) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
#elif defined(__AVX2__)
  return __builtin_shufflevector(bytes, bytes, 0, 4, 1, 5, 2, 6, 3, 7);
#else
  return bytes;
#endif
}

/** The bytes of a quad, or the first `count` of them and 0. */
CONVOY_INLINE Ints loadSome(const uint8_t* from, int64_t count) {
  if (count >= QUAD) return loadInts<INT_LANES>(from);
#if defined(__AVX512BW__)
  return (Ints)_mm512_maskz_loadu_epi8((__mmask64{1} << count) - 1, from);
#else
  uint8_t bytes[QUAD] = {};
  __builtin_memcpy(bytes, from, static_cast<size_t>(count));
  return loadInts<INT_LANES>(bytes);
#endif
}

/** Stores them, or the first `count` of them. */
CONVOY_INLINE void storeSome(uint8_t* to, Ints bytes, int64_t count) {
  if (count >= QUAD) return storeInts<INT_LANES>(to, bytes);
  uint8_t all[QUAD];
  storeInts<INT_LANES>(all, bytes);
  const int64_t whole = count / 16 * 16;
  for (int64_t at = 0; at < whole; at += 16) __builtin_memcpy(to + at, all + at, 16);
  copySome(to + whole, all + whole, count % 16);
}

/** Stores all blocks of 16 bytes, `pitch` bytes from one to the next. */
CONVOY_INLINE void storeEach(uint8_t* to, Ints bytes, int64_t pitch) {
#if defined(__AVX512F__)
  storeInts<4>(to, __builtin_shufflevector(bytes, bytes, 0, 1, 2, 3));
  storeInts<4>(to + pitch, __builtin_shufflevector(bytes, bytes, 4, 5, 6, 7));
  storeInts<4>(to + 2 * pitch, __builtin_shufflevector(bytes, bytes, 8, 9, 10, 11));
  storeInts<4>(to + 3 * pitch, __builtin_shufflevector(bytes, bytes, 12, 13, 14, 15));
#elif defined(__AVX2__)
  storeInts<4>(to, __builtin_shufflevector(bytes, bytes, 0, 1, 2, 3));
  storeInts<4>(to + pitch, __builtin_shufflevector(bytes, bytes, 4, 5, 6, 7));
#else
  static_cast<void>(pitch);
  storeInts<INT_LANES>(to, bytes);
#endif
}

/** Stores `count` bytes, at most 16, of each of the first blocks of 16, `pitch` bytes from one to the next. */
CONVOY_INLINE void storeBlocks(uint8_t* to, Ints bytes, int64_t pitch, int64_t blocks, int64_t count) {
  if (blocks == QUAD_UNITS && count == 16) return storeEach(to, bytes, pitch);
  uint8_t all[QUAD];
  storeInts<INT_LANES>(all, bytes);
  for (int64_t b = 0; b < blocks; b++) {
    if (count == 16) __builtin_memcpy(to + b * pitch, all + b * 16, 16);
    else copySome(to + b * pitch, all + b * 16, count);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
