#include "program.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "team.h"

namespace convoy {
namespace {

constexpr size_t HUGE_PAGE = size_t{2} << 20;
constexpr size_t LINE = 64;  // of a cache, and the widest vector

std::atomic<size_t> bytesNow{0}, bytesPeak{0};

void count(size_t bytes) {
  const size_t now = bytesNow += bytes;
  size_t peak = bytesPeak;
  while (peak < now && !bytesPeak.compare_exchange_weak(peak, now)) {
  }
}

/** Does steps in order. Those for a team that follow each other are done by the same one, whose threads only meet
 * in between: that takes a tenth of the time of starting and ending a team each time. */
void runAll(const std::vector<Step>& steps, const Run& run) {
  for (auto next = steps.begin(); next != steps.end();) {
    if (!next->team) {
      const Timer timer(next->name.empty() ? nullptr : run.profile(), next->name);
      next->run(run);
      next++;
      continue;
    }
    const auto end = std::find_if(next, steps.end(), [](const Step& step) { return !step.team; });
    together([&](bool first, const auto& meet) {
      for (auto step = next; step != end; step++) {
        const Timer timer(first && !step->name.empty() ? run.profile() : nullptr, step->name);
        step->run(run);
        if (step + 1 != end) meet();
      }
    });
    next = end;
  }
}

}  // namespace

__thread const Member* member = nullptr;

void FreeArena::operator()(char* memory) const {
  std::free(memory);
  bytesNow -= bytes;
}

Allocated allocated() { return {bytesNow, bytesPeak}; }

size_t roundedArena(size_t bytes) { return (std::max<size_t>(bytes, 1) + LINE - 1) / LINE * LINE; }

Arena allocateArena(size_t bytes) {
  const auto refuse = [bytes] {
    return std::runtime_error("this machine cannot give " + std::to_string(bytes) + " bytes of memory");
  };
  if (bytes > std::numeric_limits<size_t>::max() / 2) throw refuse();
  const size_t rounded = roundedArena(bytes), alignment = rounded >= HUGE_PAGE ? HUGE_PAGE : LINE;
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
  runAll(preparation_, run);
  stamps_ = stamps;
}

void Program::run(const Bindings& bindings) {
  const Run run(slots_, arena_.get(), bindings, profile_.get());
  prepare(run, bindings.stamps);
  runAll(steps_, run);
  if (profile_) profile_->ran();
}

Program::~Program() {
  if (profile_) profile_->print();
}

}  // namespace convoy
