// A chunk of compressed values: from numbers to symbols and back, and the chunk's bytes.
//
// Dual quantisation, as in cuSZ (Tian et al. 2020, arXiv 2007.09625): numbers become whole multiples of
// twice the bound first, and prediction works on those, in exact arithmetic, so that it can be undone in
// parallel and zeros stay zeros. Every step is one of f32 or of integers, rounded as IEEE 754 says, so that
// all instruction sets, and TypeScript, make the same bytes. This file's like in TypeScript is
// src/tensor/compression/chunk.ts.
#pragma once

#include "rans.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Most values of a chunk. */
constexpr int64_t CHUNK = 16384;

/** A prediction from the value before, the row before, or both (Lorenzo's). */
constexpr int LEFT = 1;
constexpr int UP = 2;

/** What a chunk holds; what is lost were numbers that are not finite, and found no room. */
enum ChunkKind : uint8_t { ZEROS = 0, CODES = 1, RAW = 2, LOST = 3 };

/** The first bytes of one of codes; behind them frequencies, bits, literals, words and states. */
struct ChunkHeader {
  uint8_t kind;
  uint8_t symbols;  // that may occur: the number of the last one that does, and one
  uint16_t frequencyBytes;
  uint32_t bitBytes;
  uint32_t literals;
  uint32_t wordBytes;
};
constexpr int64_t CHUNK_HEADER = 16;
constexpr int64_t STATE_BYTES = 4 * RANS_STATES;

/** Differences below DIRECT are symbols; larger ones give their two leading bits and their sign, and more bits. */
constexpr uint32_t DIRECT = 128;
constexpr int DIRECT_BITS = 7;
/** The longest difference: that of four whole numbers below 2^22, its sign folded in. */
constexpr int MOST_BITS = 25;
constexpr int SYMBOLS = DIRECT + 4 * (MOST_BITS - DIRECT_BITS + 1);
/** Bytes of a number that is stored as it is, since its bound would not hold, and of its place. */
constexpr int64_t LITERAL_BYTES = 6;
/** With more of them a chunk is stored as it is. */
constexpr int64_t MOST_LITERALS = CHUNK / 8;

/** Adding this to a number below 2^22 rounds it to a whole one, which its low bits then tell. */
constexpr float ROUNDER = 12582912.0f;
constexpr float LARGEST = 4194304.0f;

/** Values of a chunk and where rows begin and end among them. */
struct Stretch {
  int64_t size;
  int64_t lane;
  int64_t row;
  /** Rows of a plane, and the number of the first one within its plane. */
  int64_t rows;
  int64_t first;
};

/** Room to work in. */
struct ChunkRoom {
  int32_t numbers[CHUNK + 4];  // afterwards the chunk's bytes
  uint8_t symbols[CHUNK];
  uint8_t bits[3 * CHUNK + 8];
  uint16_t words[CHUNK + 1];
  uint8_t literals[LITERAL_BYTES * MOST_LITERALS];
};

struct BitWriter {
  uint8_t* to;
  uint64_t held = 0;
  int count = 0;

  /** Touches up to eight bytes. */
  CONVOY_INLINE void put(uint32_t value, int bits) {
    held |= static_cast<uint64_t>(value) << count;
    count += bits;
    __builtin_memcpy(to, &held, sizeof held);
    to += count >> 3;
    held >>= count & ~7;
    count &= 7;
  }
  CONVOY_INLINE uint8_t* end() { return to + (count > 0 ? 1 : 0); }
};

struct BitReader {
  const uint8_t* from;
  const uint8_t* end;
  uint64_t held = 0;
  int count = 0;
  bool cut = false;

  CONVOY_INLINE uint32_t take(int bits) {
    for (; count < bits; count += 8) {
      if (from == end) cut = true;
      else held |= static_cast<uint64_t>(*from++) << count;
    }
    const auto value = static_cast<uint32_t>(held & ((uint64_t{1} << bits) - 1));
    held >>= bits;
    count -= bits;
    return value;
  }
};

/** The bits of a number. Comparing them tells numbers below the normal ones from 0, which this thread's arithmetic
 * does not. */
CONVOY_INLINE int32_t bitsOf(float value) {
  int32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

CONVOY_INLINE bool isZero(float value) { return (bitsOf(value) & 0x7fffffff) == 0; }

/** Multiples of `step` nearest to numbers, 0 for literals. Returns whether there are any of these. */
CONVOY_INLINE bool quantise(const float* x, int64_t size, float bound, int32_t* numbers) {
  const float step = 2 * bound, inverse = 1 / step;
  const int32_t zero = 0x4b400000;  // bits of ROUNDER
  int32_t failed = 0;
#pragma omp simd reduction(| : failed)
  for (int64_t i = 0; i < size; i++) {
    const float scaled = x[i] * inverse;
    const float moved = scaled + ROUNDER;
    const float error = __builtin_fabsf((moved - ROUNDER) * step - x[i]);
    const int32_t near = __builtin_fabsf(scaled) < LARGEST ? -1 : 0;
    const int32_t holds = error <= bound ? near : 0;
    numbers[i] = (bitsOf(moved) - zero) & holds;
    failed |= ~holds;
  }
  return failed != 0;
}

CONVOY_INLINE void predict(int32_t* numbers, const Stretch& s, int predictor) {
  for (int64_t begin = (s.size - 1) / s.row * s.row; begin >= 0; begin -= s.row) {
    int32_t* row = numbers + begin;
    const int64_t length = s.size - begin < s.row ? s.size - begin : s.row;
    const bool above = begin > 0 && (s.first + begin / s.row) % s.rows != 0;
    if ((predictor & UP) && above) {
#pragma omp simd
      for (int64_t i = 0; i < length; i++) row[i] -= row[i - s.row];
    }
    if (!(predictor & LEFT)) continue;
    // From the end on, so that every value is still there when the one behind it needs it.
    for (int64_t i = length - s.lane; i > 0; i -= s.lane) {
#pragma omp simd
      for (int64_t l = 0; l < s.lane; l++) row[i + l] -= row[i + l - s.lane];
    }
  }
}

/** Unsigned, since what is damaged may wrap round. */
CONVOY_INLINE void unpredict(uint32_t* numbers, const Stretch& s, int predictor) {
  for (int64_t begin = 0; begin < s.size; begin += s.row) {
    uint32_t* row = numbers + begin;
    const int64_t length = s.size - begin < s.row ? s.size - begin : s.row;
    const bool above = begin > 0 && (s.first + begin / s.row) % s.rows != 0;
    if (predictor & LEFT) {
      for (int64_t i = s.lane; i < length; i += s.lane) {
#pragma omp simd
        for (int64_t l = 0; l < s.lane; l++) row[i + l] += row[i + l - s.lane];
      }
    }
    if (!((predictor & UP) && above)) continue;
#pragma omp simd
    for (int64_t i = 0; i < length; i++) row[i] += row[i - s.row];
  }
}

/** A difference with its sign as the lowest bit. */
CONVOY_INLINE uint32_t fold(int32_t difference) {
  return static_cast<uint32_t>(difference) << 1 ^ static_cast<uint32_t>(difference >> 31);
}

/** Writes differences as symbols, and what these leave open as bits. Returns the end of the bits. */
CONVOY_INLINE uint8_t* toSymbols(const int32_t* differences, int64_t size, uint8_t* symbols,
                                 uint8_t* bits) {
  uint32_t all = 0;
#pragma omp simd reduction(| : all)
  for (int64_t i = 0; i < size; i++) {
    const uint32_t folded = fold(differences[i]);
    symbols[i] = static_cast<uint8_t>(folded);
    all |= folded;
  }
  if (all < DIRECT) return bits;
  BitWriter writer = {bits};
  for (int64_t i = 0; i < size; i++) {
    const uint32_t folded = fold(differences[i]);
    if (folded < DIRECT) continue;
    const int length = 31 - __builtin_clz(folded);
    const uint32_t told = (folded >> (length - 1) & 1) << 1 | (folded & 1);
    symbols[i] = static_cast<uint8_t>(DIRECT + 4 * static_cast<uint32_t>(length - DIRECT_BITS) + told);
    writer.put(folded >> 1 & ((1u << (length - 2)) - 1), length - 2);
  }
  return writer.end();
}

/** Undoes `toSymbols`; false when the bits do not fit. */
CONVOY_INLINE bool fromSymbols(const uint8_t* symbols, int64_t size, const uint8_t* bits,
                               const uint8_t* end, int32_t* differences) {
  uint8_t all = 0;
#pragma omp simd reduction(| : all)
  for (int64_t i = 0; i < size; i++) {
    const uint32_t folded = symbols[i];
    differences[i] = static_cast<int32_t>(folded >> 1) ^ -static_cast<int32_t>(folded & 1);
    all |= symbols[i];
  }
  if (all < DIRECT) return bits == end;
  BitReader reader = {bits, end};
  for (int64_t i = 0; i < size; i++) {
    if (symbols[i] < DIRECT) continue;
    if (symbols[i] >= SYMBOLS) return false;
    const uint32_t code = symbols[i] - DIRECT;
    const int length = DIRECT_BITS + static_cast<int>(code >> 2);
    const uint32_t folded = (2 | (code >> 1 & 1)) << (length - 1) | reader.take(length - 2) << 1 | (code & 1);
    differences[i] = static_cast<int32_t>(folded >> 1) ^ -static_cast<int32_t>(folded & 1);
  }
  return !reader.cut && reader.from == end;
}

/** Frequencies in one byte or two; a run of zeros is a 0 and its length. */
CONVOY_INLINE uint8_t* putFrequencies(const uint32_t* frequencies, int count, uint8_t* to) {
  for (int s = 0; s < count;) {
    const uint32_t f = frequencies[s];
    if (f == 0) {
      int run = 0;
      while (s < count && frequencies[s] == 0) s++, run++;
      *to++ = 0;
      *to++ = static_cast<uint8_t>(run);
      continue;
    }
    if (f >= 128) *to++ = static_cast<uint8_t>(128 | f >> 8);
    *to++ = static_cast<uint8_t>(f);
    s++;
  }
  return to;
}

CONVOY_INLINE bool takeFrequencies(const uint8_t* from, const uint8_t* end, int count,
                                   uint32_t* frequencies) {
  for (int s = 0; s < RANS_SYMBOLS; s++) frequencies[s] = 0;
  uint32_t sum = 0;
  for (int s = 0; s < count;) {
    if (from == end) return false;
    const uint32_t first = *from++;
    if (first == 0 || first >= 128) {
      if (from == end) return false;
      const uint32_t second = *from++;
      if (first == 0) {
        s += static_cast<int>(second);
        if (second == 0 || s > count) return false;
        continue;
      }
      frequencies[s] = (first & 127) << 8 | second;
    } else {
      frequencies[s] = first;
    }
    if (frequencies[s] == 0 || frequencies[s] >= RANS_TOTAL) return false;
    sum += frequencies[s++];
  }
  return from == end && sum == RANS_TOTAL;
}

CONVOY_INLINE uint8_t* put(uint8_t* to, const void* from, int64_t bytes) {
  __builtin_memcpy(to, from, static_cast<size_t>(bytes));
  return to + bytes;
}

/** A chunk as it is. */
CONVOY_INLINE int64_t packRaw(const float* x, int64_t size, uint8_t* to) {
  *to = RAW;
  return put(to + 1, x, 4 * size) - to;
}

/** Lists the numbers whose bound does not hold, each with its place; -1 when there are too many. */
CONVOY_INLINE int64_t listLiterals(const float* x, int64_t size, float bound, const int32_t* numbers,
                                   uint8_t* to) {
  int64_t count = 0;
  for (int64_t i = 0; i < size; i++) {
    // Quantised to 0 without being near it.
    if (numbers[i] != 0 || __builtin_fabsf(x[i]) <= bound) continue;
    if (count++ == MOST_LITERALS) return -1;
    const auto place = static_cast<uint16_t>(i);
    to = put(put(to, &place, sizeof place), x + i, sizeof(float));
  }
  return count;
}

/** Values under a bound of 0. */
CONVOY_INLINE int64_t packExactly(const float* x, int64_t size, uint8_t* to) {
  bool any = false;
  for (int64_t i = 0; i < size; i++) any |= !isZero(x[i]);
  if (any) return packRaw(x, size, to);
  *to = ZEROS;
  return 1;
}

/** Compresses a chunk into the room's numbers and returns how many bytes it takes there. */
CONVOY_INLINE int64_t packChunk(const float* x, const Stretch& s, float bound, int predictor,
                                ChunkRoom& room) {
  auto* to = reinterpret_cast<uint8_t*>(room.numbers);
  if (bound == 0) return packExactly(x, s.size, to);
  const bool failed = quantise(x, s.size, bound, room.numbers);
  const int64_t literals = failed ? listLiterals(x, s.size, bound, room.numbers, room.literals) : 0;
  if (literals < 0) return packRaw(x, s.size, to);
  predict(room.numbers, s, predictor);
  const int64_t bits = toSymbols(room.numbers, s.size, room.symbols, room.bits) - room.bits;

  uint32_t frequencies[RANS_SYMBOLS];
  countSymbols(room.symbols, s.size, frequencies);
  if (literals == 0 && frequencies[0] == s.size) {
    *to = ZEROS;
    return 1;
  }
  normalise(frequencies, s.size);
  int symbols = RANS_SYMBOLS;
  while (frequencies[symbols - 1] == 0) symbols--;
  uint8_t table[2 * RANS_SYMBOLS];
  const int64_t tableBytes = putFrequencies(frequencies, symbols, table) - table;

  RansSymbol encoder[RANS_SYMBOLS];
  encoderOf(frequencies, encoder);
  uint32_t states[RANS_STATES];
  uint16_t* end = room.words + CHUNK + 1;
  const uint16_t* words = encodeSymbols(room.symbols, s.size, encoder, end, states);
  const int64_t wordBytes = 2 * (end - words);
  const int64_t all = CHUNK_HEADER + tableBytes + bits + LITERAL_BYTES * literals + wordBytes + STATE_BYTES;
  if (all > 4 * s.size) return packRaw(x, s.size, to);

  const ChunkHeader header = {CODES, static_cast<uint8_t>(symbols), static_cast<uint16_t>(tableBytes),
                              static_cast<uint32_t>(bits), static_cast<uint32_t>(literals),
                              static_cast<uint32_t>(wordBytes)};
  uint8_t* at = put(to, &header, CHUNK_HEADER);
  at = put(at, table, tableBytes);
  at = put(at, room.bits, bits);
  at = put(at, room.literals, LITERAL_BYTES * literals);
  at = put(at, words, wordBytes);
  return put(at, states, STATE_BYTES) - to;
}

/** Puts literals where they belong; false when one lies outside. */
CONVOY_INLINE bool putLiterals(const uint8_t* from, int64_t count, float* x, int64_t size) {
  for (int64_t k = 0; k < count; k++, from += LITERAL_BYTES) {
    uint16_t place;
    __builtin_memcpy(&place, from, sizeof place);
    if (place >= size) return false;
    __builtin_memcpy(x + place, from + sizeof place, sizeof(float));
  }
  return true;
}

CONVOY_INLINE bool unpackCodes(const uint8_t* from, int64_t bytes, const Stretch& s, float bound,
                               int predictor, ChunkRoom& room, float* x) {
  ChunkHeader header;
  if (bytes < CHUNK_HEADER) return false;
  __builtin_memcpy(&header, from, CHUNK_HEADER);
  const int64_t literals = LITERAL_BYTES * int64_t{header.literals};
  const int64_t all = CHUNK_HEADER + header.frequencyBytes + int64_t{header.bitBytes} + literals +
                      int64_t{header.wordBytes} + STATE_BYTES;
  if (all != bytes) return false;
  const uint8_t* table = from + CHUNK_HEADER;
  const uint8_t* bits = table + header.frequencyBytes;
  const uint8_t* listed = bits + header.bitBytes;
  const uint8_t* words = listed + literals;
  const uint8_t* end = words + header.wordBytes;
  uint32_t frequencies[RANS_SYMBOLS], states[RANS_STATES], decoder[RANS_TOTAL];
  if (!takeFrequencies(table, bits, header.symbols, frequencies)) return false;
  decoderOf(frequencies, decoder);
  __builtin_memcpy(states, end, STATE_BYTES);
  if (!decodeSymbols(words, end, states, decoder, room.symbols, s.size)) return false;
  if (!fromSymbols(room.symbols, s.size, bits, listed, room.numbers)) return false;
  unpredict(reinterpret_cast<uint32_t*>(room.numbers), s, predictor);
  const float step = 2 * bound;
#pragma omp simd
  for (int64_t i = 0; i < s.size; i++) x[i] = static_cast<float>(room.numbers[i]) * step;
  return putLiterals(listed, header.literals, x, s.size);
}

/** Undoes `packChunk`; false when these bytes are not of such a chunk. */
CONVOY_INLINE bool unpackChunk(const uint8_t* from, int64_t bytes, const Stretch& s, float bound,
                               int predictor, ChunkRoom& room, float* x) {
  if (bytes < 1) return false;
  switch (*from) {
    case ZEROS:
    case LOST:
      for (int64_t i = 0; i < s.size; i++) x[i] = *from == LOST ? __builtin_nanf("") : 0.0f;
      return bytes == 1;
    case CODES: return unpackCodes(from, bytes, s, bound, predictor, room, x);
    case RAW:
      if (bytes != 1 + 4 * s.size) return false;
      __builtin_memcpy(x, from + 1, static_cast<size_t>(4 * s.size));
      return true;
    default: return false;
  }
}

}  // namespace
}  // namespace CONVOY_ISA
}  // namespace convoy
