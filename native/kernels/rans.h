// The entropy stage of compressed values: eight interleaved range coders of the ANS family (Duda 2013,
// arXiv 1311.2540) over one table of frequencies. A symbol costs a multiplication each way, and a fraction
// of a bit if it is frequent, so that runs of zeros need no treatment of their own.
#pragma once

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Frequencies add up to 2^RANS_BITS. */
constexpr int RANS_BITS = 12;
constexpr uint32_t RANS_TOTAL = 1u << RANS_BITS;
/** States stay in [RANS_LOW, 2^32); they give and take words of 16 bits. */
constexpr uint32_t RANS_LOW = 1u << 16;
constexpr int RANS_STATES = 8;
/** Room for the symbols of a byte. */
constexpr int RANS_SYMBOLS = 256;

/** Counts `size` symbols. */
CONVOY_INLINE void countSymbols(const uint8_t* symbols, int64_t size, uint32_t* counts) {
  // Several tables, since equal symbols in a row would wait for each other.
  uint32_t parts[4][RANS_SYMBOLS] = {};
  int64_t i = 0;
  for (; i + 4 <= size; i += 4) {
    for (int k = 0; k < 4; k++) parts[k][symbols[i + k]]++;
  }
  for (; i < size; i++) parts[0][symbols[i]]++;
  for (int s = 0; s < RANS_SYMBOLS; s++) {
    counts[s] = parts[0][s] + parts[1][s] + parts[2][s] + parts[3][s];
  }
}

CONVOY_INLINE int largestOf(const uint32_t* counts) {
  int largest = 0;
  for (int s = 1; s < RANS_SYMBOLS; s++) {
    if (counts[s] > counts[largest]) largest = s;
  }
  return largest;
}

/** Turns counts into frequencies: none 0 that occurs, none the total, and all together the total. */
CONVOY_INLINE void normalise(uint32_t* counts, int64_t size) {
  int64_t left = RANS_TOTAL;
  for (int s = 0; s < RANS_SYMBOLS; s++) {
    if (counts[s] == 0) continue;
    const int64_t scaled = static_cast<int64_t>(counts[s]) * RANS_TOTAL;
    const auto share = static_cast<uint32_t>((scaled + size / 2) / size);
    counts[s] = share > 0 ? share : 1;
    left -= counts[s];
  }
  while (left != 0) {
    uint32_t& largest = counts[largestOf(counts)];
    const int64_t half = largest / 2;
    const int64_t change = left > 0 ? left : (left < -half ? -half : left);
    largest = static_cast<uint32_t>(largest + change);
    left -= change;
  }
  const int largest = largestOf(counts);
  if (counts[largest] < RANS_TOTAL) return;
  counts[largest]--;
  counts[largest == 0 ? 1 : 0]++;
}

struct RansSymbol {
  uint64_t reciprocal;
  uint32_t most;  // the largest state, less one, that need not give a word first
  uint32_t bias;
  uint32_t rest;
};

CONVOY_INLINE void encoderOf(const uint32_t* frequencies, RansSymbol* table) {
  uint32_t start = 0;
  for (int s = 0; s < RANS_SYMBOLS; s++) {
    const uint32_t f = frequencies[s];
    if (f == 0) continue;
    // x / f = x * reciprocal >> 64 for every x of 32 bits; off by one for f = 1, which the bias mends.
    const bool one = f == 1;
    table[s] = {one ? ~uint64_t{0} : ~uint64_t{0} / f + 1, f << (32 - RANS_BITS),
                one ? start + RANS_TOTAL - 1 : start, RANS_TOTAL - f};
    start += f;
  }
}

CONVOY_INLINE uint32_t pushSymbol(uint32_t x, const RansSymbol& symbol, uint16_t*& words) {
  // Without branches: whether a word is given is as good as random.
  const uint32_t full = x >= symbol.most ? 1 : 0;
  words[-1] = static_cast<uint16_t>(x);
  words -= full;
  x >>= 16 * full;
  __extension__ using Wide = unsigned __int128;
  const auto quotient = static_cast<uint32_t>((static_cast<Wide>(x) * symbol.reciprocal) >> 64);
  return x + symbol.bias + quotient * symbol.rest;
}

/**
 * Encodes symbols into words that end before `end`, where one word of room must lie in front of them, and
 * returns where they begin; `states` are those that decoding starts from.
 */
CONVOY_INLINE uint16_t* encodeSymbols(const uint8_t* symbols, int64_t size, const RansSymbol* table,
                                      uint16_t* end, uint32_t* states) {
  uint32_t x[RANS_STATES];
  for (uint32_t& state : x) state = RANS_LOW;
  uint16_t* words = end;
  int64_t i = size;
  for (; i % RANS_STATES != 0; i--) {
    uint32_t& state = x[(i - 1) % RANS_STATES];
    state = pushSymbol(state, table[symbols[i - 1]], words);
  }
  for (; i > 0; i -= RANS_STATES) {
#pragma GCC unroll 8
    for (int k = RANS_STATES - 1; k >= 0; k--) {
      x[k] = pushSymbol(x[k], table[symbols[i - RANS_STATES + k]], words);
    }
  }
  for (int k = 0; k < RANS_STATES; k++) states[k] = x[k];
  return words;
}

/** By the low bits of a state: symbol, frequency and place within the symbol's range, in one number. */
CONVOY_INLINE void decoderOf(const uint32_t* frequencies, uint32_t* table) {
  uint32_t slot = 0;
  for (uint32_t s = 0; s < RANS_SYMBOLS; s++) {
    for (uint32_t k = 0; k < frequencies[s]; k++) table[slot++] = s << 24 | frequencies[s] << 12 | k;
  }
}

CONVOY_INLINE uint32_t popSymbol(uint32_t x, uint32_t entry, const uint8_t*& words) {
  x = (entry >> 12 & (RANS_TOTAL - 1)) * (x >> RANS_BITS) + (entry & (RANS_TOTAL - 1));
  uint16_t word;
  __builtin_memcpy(&word, words, sizeof word);
  const uint32_t low = x < RANS_LOW ? 1 : 0;
  words += sizeof word * low;
  return x << 16 * low | (word & (0u - low));
}

/**
 * Decodes `size` symbols; false unless the words are exactly those that encoding them gave. May read
 * RANS_STATES words behind `end`.
 */
CONVOY_INLINE bool decodeSymbols(const uint8_t* words, const uint8_t* end, const uint32_t* states,
                                 const uint32_t* table, uint8_t* symbols, int64_t size) {
  uint32_t x[RANS_STATES];
  for (int k = 0; k < RANS_STATES; k++) x[k] = states[k];
  int64_t i = 0;
  for (; i + RANS_STATES <= size; i += RANS_STATES) {
#pragma GCC unroll 8
    for (int k = 0; k < RANS_STATES; k++) {
      const uint32_t entry = table[x[k] & (RANS_TOTAL - 1)];
      symbols[i + k] = static_cast<uint8_t>(entry >> 24);
      x[k] = popSymbol(x[k], entry, words);
    }
    if (words > end) return false;
  }
  for (; i < size; i++) {
    uint32_t& state = x[i % RANS_STATES];
    const uint32_t entry = table[state & (RANS_TOTAL - 1)];
    symbols[i] = static_cast<uint8_t>(entry >> 24);
    state = popSymbol(state, entry, words);
  }
  bool whole = words == end;
  for (uint32_t state : x) whole = whole && state == RANS_LOW;
  return whole;
}

}  // namespace
}  // namespace CONVOY_ISA
}  // namespace convoy
