// The memory plan: buffers that live at the same time get different places in one arena.
#pragma once

#include <cstddef>
#include <vector>

namespace convoy {

/** Bytes that stay free behind each buffer: some where a sanitizer is to find what goes beyond one (guard.h). */
#ifdef CONVOY_SANITIZE
constexpr size_t GAP = 64;
#else
constexpr size_t GAP = 0;
#endif

struct Lifetime {
  size_t bytes;
  int first;  // step that writes it
  int last;   // last step that reads it
};

struct Plan {
  std::vector<size_t> offsets;
  size_t bytes = 0;
};

/** Places the largest buffers first, each at the lowest gap among those alive with it. */
Plan planArena(const std::vector<Lifetime>& buffers);

/** The largest sum of bytes alive at one step: no plan can need less. */
size_t peakOf(const std::vector<Lifetime>& buffers);

}  // namespace convoy
