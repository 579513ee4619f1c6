#include "program.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <stdexcept>

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

}  // namespace

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
  for (const Step& step : preparation_) step(run);
  stamps_ = stamps;
}

void Program::run(const Bindings& bindings) {
  const Run run(places_, arena_.get(), bindings, profile_.get());
  prepare(run, bindings.stamps);
  for (const Step& step : steps_) step(run);
  if (profile_) profile_->ran();
}

Program::~Program() {
  if (profile_) profile_->print();
}

}  // namespace convoy
