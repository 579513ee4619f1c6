// Weights between their own shape, [outputs][inputs][taps], and that of tiles. Both ways rows of 16 numbers become columns
// in registers, and what memory is asked for is whole lines.
#include "halves.h"
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

typedef uint32_t Words __attribute__((vector_size(64)));

/** Two halves after another in each lane, of which those behind the last are zero. */
CONVOY_INLINE Lanes<16> wordsAt(const uint16_t* from, const uint16_t* end) {
  if (end - from >= TILE_DEPTH) return load<16>(reinterpret_cast<const float*>(from));
  uint16_t last[TILE_DEPTH] = {};
  if (from < end) __builtin_memcpy(last, from, static_cast<size_t>(end - from) * sizeof(uint16_t));
  return load<16>(reinterpret_cast<const float*>(last));
}

/** Up to 16 rows, `step` numbers apart, column by column: two numbers of each row in a lane of its own. */
void toColumns(const uint16_t* from, int64_t step, int64_t rows, int64_t count, const uint16_t* end, Words* to) {
  for (int64_t at = 0; at < count; at += TILE_DEPTH) {
    Lanes<16> lanes[TILE_ROWS] = {};
    for (int64_t r = 0; r < rows; r++) lanes[r] = wordsAt(from + r * step + at, end);
    transpose<16>(lanes);
    const int64_t left = (count - at + 1) / 2, words = left < TILE_ROWS ? left : TILE_ROWS;
    for (int64_t k = 0; k < words; k++) to[at / 2 + k] = reinterpret_cast<Words>(lanes[k]);
  }
}

/** A number of 16 outputs. */
CONVOY_INLINE Words numberOf(const Words* words, int64_t at) {
  return at % 2 == 0 ? words[at / 2] & 0xffffu : words[at / 2] >> 16;
}

/** What a row of the kernel takes of some inputs, whose numbers lie in `words`, `each` apart. */
void packRow(const TileWeightsArgs& a, const Words* words, int64_t each, int64_t row, int64_t first, int64_t count,
             uint16_t* to) {
  const int64_t inputs = a.turned ? a.outputs : a.inputs, last = a.height * a.width - 1;
  for (int64_t kx = 0; kx < a.width; kx++) {
    const int64_t at = row * a.width + kx, tap = a.turned ? last - at : at;
    for (int64_t c = 0; c < count;) {
      const int64_t e = kx * inputs + first + c;
      const Words one = numberOf(words, c * each + tap);
      uint16_t* word = to + e / 2 * 2 * TILE_LANES;
      if (e % 2 == 0 && c + 1 < count) {
        const Words both = one | (numberOf(words, (c + 1) * each + tap) << 16);
        __builtin_memcpy(word, &both, sizeof(both));
        c += 2;
      } else {
        for (int64_t o = 0; o < TILE_LANES; o++) word[2 * o + e % 2] = static_cast<uint16_t>(one[o]);
        c++;
      }
    }
  }
}

/** The weights of up to 16 outputs. */
void packOutputs(const TileWeightsArgs& a, int64_t first, uint16_t* to) {
  const int64_t outputs = a.turned ? a.inputs : a.outputs, inputs = a.turned ? a.outputs : a.inputs;
  const int64_t area = a.height * a.width, depth = tilesOf(a.width * inputs, TILE_DEPTH) * TILE_HALVES;
  const int64_t rows = outputs - first < TILE_LANES ? outputs - first : TILE_LANES;
  const uint16_t* end = a.w + outputs * inputs * area;
  // Turned, each input's taps are columns of their own, which begin with a whole word.
  const int64_t each = a.turned ? tilesOf(area, 2) * 2 : area, together = 2 * MOST_TAPS / each / 2 * 2;
  Words words[MOST_TAPS];
  for (int64_t ky = 0; ky < a.height; ky++) {
    // What lies behind the last number of a row is zero.
    __builtin_memset(to + (ky + 1) * depth - TILE_HALVES, 0, TILE_HALVES * sizeof(uint16_t));
  }
  for (int64_t at = 0; at < inputs; at += together) {
    const int64_t count = inputs - at < together ? inputs - at : together;
    if (a.turned) {
      for (int64_t c = 0; c < count; c++) {
        toColumns(a.w + ((at + c) * outputs + first) * area, area, rows, area, end, words + c * each / 2);
      }
    } else {
      toColumns(a.w + (first * inputs + at) * area, inputs * area, rows, count * area, end, words);
    }
    for (int64_t ky = 0; ky < a.height; ky++) packRow(a, words, each, ky, at, count, to + ky * depth);
  }
}

}  // namespace

void tileWeights(const TileWeightsArgs& a) {
  const int64_t outputs = a.turned ? a.inputs : a.outputs, inputs = a.turned ? a.outputs : a.inputs;
  const int64_t blocks = tilesOf(outputs, TILE_LANES), numbers = tileWeightNumbers(TILE_LANES, inputs, a.height, a.width);
  shareEach(blocks, blocks * numbers > 8 * TILE_HALVES, [&](int64_t block) {
    packOutputs(a, block * TILE_LANES, a.to + block * numbers);
  });
}

void tileUnpack(const TileUnpackArgs& a) {
  const int64_t across = tilesOf(a.outputs, TILE_LANES) * TILE_LANES, part = tileSums(a.outputs, a.inputs, a.area);
  const int64_t blocks = across / TILE_ROWS, turns = tilesOf(a.inputs, TILE_LANES);
  // Of all taps whole rows of 16 come last, and write over what the row before them wrote too much.
  const int64_t odd = a.area % TILE_ROWS;
  shareEach(blocks * turns, blocks * turns > 1, [&](int64_t at) {
    const int64_t first = at / turns * TILE_ROWS, from = at % turns * TILE_LANES;
    const int64_t outs = a.outputs - first < TILE_ROWS ? a.outputs - first : TILE_ROWS;
    const int64_t ins = a.inputs - from < TILE_LANES ? a.inputs - from : TILE_LANES;
    float near[TILE_LANES * MOST_TAPS + TILE_ROWS];
    for (int64_t o = 0; o < outs; o++) {
      const auto turnTaps = [&](int64_t tap, int64_t taps) {
        Lanes<16> lanes[TILE_ROWS] = {};
        for (int64_t k = 0; k < taps; k++) {
          const float* sums = a.sums + ((at * a.area + tap + k) * TILE_ROWS + o) * TILE_LANES;
          for (int64_t p = 0; p < a.parts; p++) lanes[k] += load<16>(sums + p * part);
        }
        transpose<16>(lanes);
        for (int64_t c = 0; c < ins; c++) store<16>(near + c * a.area + tap, lanes[c]);
      };
      if (odd > 0) turnTaps(a.area - odd, odd);
      for (int64_t tap = 0; tap + TILE_ROWS <= a.area; tap += TILE_ROWS) turnTaps(tap, TILE_ROWS);
      float* to = a.dw + ((first + o) * a.inputs + from) * a.area;
      __builtin_memcpy(to, near, static_cast<size_t>(ins * a.area) * sizeof(float));
    }
  });
  shareEach(a.dbias ? a.outputs : 0, false, [&](int64_t o) {
    float total = 0;
    for (int64_t p = 0; p < a.parts; p++) total += a.sums[(p + 1) * part - across + o];
    a.dbias[o] = total;
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
