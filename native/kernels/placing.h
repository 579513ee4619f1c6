// Images of bf16 with zeros around and between their pixels, as tiles read them.
#pragma once

#include "tileArgs.h"

namespace convoy {
namespace CONVOY_ISA {

CONVOY_INLINE void copyRow(const uint16_t* from, int64_t pixels, int64_t channels, int64_t step, uint16_t* to) {
  const size_t bytes = static_cast<size_t>(channels) * sizeof(uint16_t);
  if (step == 1) return void(__builtin_memcpy(to, from, static_cast<size_t>(pixels) * bytes));
  for (int64_t x = 0; x < pixels; x++) __builtin_memcpy(to + x * step * channels, from + x * channels, bytes);
}

/** One image, [height][width][channels], to [phases][rows][pitch][channels]. What lies beside it stays; it is to be zero. */
CONVOY_INLINE void place(const Placing& p, const uint16_t* from, uint16_t* to) {
  const int64_t phase = p.rows * p.pitch * p.channels;
  for (int64_t y = 0; y < p.height; y++) {
    const uint16_t* row = from + y * p.width * p.channels;
    const int64_t at = p.top + y * p.spread;
    if (p.phases == 1) {
      copyRow(row, p.width, p.channels, p.spread, to + (at * p.pitch + p.left) * p.channels);
      continue;
    }
    const size_t bytes = static_cast<size_t>(p.channels) * sizeof(uint16_t);
    uint16_t* plane = to + at % p.phases * p.phases * phase + at / p.phases * p.pitch * p.channels;
    for (int64_t x = 0; x < p.width; x++) {
      const int64_t column = p.left + x;
      __builtin_memcpy(plane + column % p.phases * phase + column / p.phases * p.channels, row + x * p.channels, bytes);
    }
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
