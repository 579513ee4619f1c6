#include "program.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <stdexcept>

namespace convoy {
namespace {

/** CONVOY_PROFILE=1 prints where the time of each program went when it is freed. */
bool profiling() {
  static const bool on = std::getenv("CONVOY_PROFILE") != nullptr;
  return on;
}

constexpr size_t HUGE_PAGE = size_t{2} << 20;

size_t alignmentOf(size_t bytes) { return bytes >= HUGE_PAGE ? HUGE_PAGE : 64; }

std::atomic<size_t> bytesNow{0}, bytesPeak{0};

void count(size_t bytes) {
  const size_t now = bytesNow += bytes;
  size_t peak = bytesPeak;
  while (peak < now && !bytesPeak.compare_exchange_weak(peak, now)) {
  }
}

}  // namespace

void FreeArena::operator()(char* memory) const {
  std::free(memory);
  bytesNow -= bytes;
}

Allocated allocated() { return {bytesNow, bytesPeak}; }

size_t roundedArena(size_t bytes) {
  const size_t alignment = alignmentOf(bytes);
  return (std::max<size_t>(bytes, 64) + alignment - 1) / alignment * alignment;
}

Arena allocateArena(size_t bytes) {
  const auto refuse = [bytes] {
    return std::runtime_error("this machine cannot give " + std::to_string(bytes) + " bytes of memory");
  };
  if (bytes > std::numeric_limits<size_t>::max() / 2) throw refuse();
  const size_t alignment = alignmentOf(bytes), rounded = roundedArena(bytes);
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, rounded) != 0) throw refuse();
#ifdef __linux__
  if (alignment == HUGE_PAGE) madvise(memory, rounded, MADV_HUGEPAGE);
#endif
#ifdef CONVOY_SANITIZE
  // What is read before it has been written shows in the results.
  std::fill_n(static_cast<float*>(memory), rounded / sizeof(float),
              std::numeric_limits<float>::signaling_NaN());
#endif
  count(rounded);
  return Arena(static_cast<char*>(memory), {rounded});
}

void Program::prepare(const Run& run, const std::vector<double>& stamps) {
  if (stamps == stamps_) return;
  stamps_.clear();  // a preparation that fails half-way counts for nothing
  for (const Step& step : preparation_) step.run(run);
  stamps_ = stamps;
}

void Program::run(const Bindings& bindings) {
  const Run run(places_, arena_.get(), bindings);
  prepare(run, bindings.stamps);
  if (!profiling()) {
    for (const Step& step : steps_) step.run(run);
    return;
  }
  using Clock = std::chrono::steady_clock;
  seconds_.resize(steps_.size());
  for (size_t at = 0; at < steps_.size(); at++) {
    const auto start = Clock::now();
    steps_[at].run(run);
    seconds_[at] += std::chrono::duration<double>(Clock::now() - start).count();
  }
  runs_++;
}

Program::~Program() {
  if (runs_ == 0) return;
  std::map<std::string, std::pair<double, int>> byName;
  double total = 0;
  for (size_t at = 0; at < steps_.size(); at++) {
    byName[steps_[at].name].first += seconds_[at];
    byName[steps_[at].name].second++;
    total += seconds_[at];
  }
  std::vector<std::pair<std::string, std::pair<double, int>>> rows(byName.begin(), byName.end());
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
  const double runs = static_cast<double>(runs_);
  std::fprintf(stderr, "program: %zu runs, %.3f ms each\n", runs_, total / runs * 1e3);
  for (const auto& [name, row] : rows) {
    std::fprintf(stderr, "  %8.3f ms %5.1f %%  %3d x %s\n", row.first / runs * 1e3,
                 row.first / total * 100, row.second, name.c_str());
  }
}

}  // namespace convoy
