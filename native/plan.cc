#include "plan.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace convoy {
namespace {

constexpr size_t ALIGNMENT = 64;
// Behind each buffer, where a sanitizer finds what goes beyond it: see guard.h.
#ifdef CONVOY_SANITIZE
constexpr size_t GAP = 64;
#else
constexpr size_t GAP = 0;
#endif

size_t room(size_t bytes) { return (bytes + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

bool together(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

Plan planArena(const std::vector<Lifetime>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  Plan plan;
  plan.offsets.resize(buffers.size());
  std::vector<size_t> placed;
  for (size_t at : order) {
    std::vector<std::pair<size_t, size_t>> taken;
    for (size_t other : placed) {
      if (!together(buffers[at], buffers[other])) continue;
      taken.emplace_back(plan.offsets[other], plan.offsets[other] + room(buffers[other].bytes));
    }
    std::sort(taken.begin(), taken.end());
    size_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= offset + room(buffers[at].bytes)) break;
      offset = std::max(offset, end);
    }
    plan.offsets[at] = offset;
    plan.bytes = std::max(plan.bytes, offset + room(buffers[at].bytes));
    placed.push_back(at);
  }
  return plan;
}

size_t peakOf(const std::vector<Lifetime>& buffers) {
  std::map<int, long long> changes;
  for (const Lifetime& b : buffers) {
    changes[b.first] += static_cast<long long>(b.bytes);
    changes[b.last + 1] -= static_cast<long long>(b.bytes);
  }
  long long now = 0, peak = 0;
  for (const auto& [step, change] : changes) {
    now += change;
    peak = std::max(peak, now);
  }
  return static_cast<size_t>(peak);
}

}  // namespace convoy
