#include "chain.h"

#include <omp.h>

#include <algorithm>
#include <utility>

#include "program.h"

namespace convoy {

Chain::Chain(std::vector<ImageStep> steps, int64_t images, int64_t most)
    : steps_(std::move(steps)), images_(images), parts_(partsOf(images)), piece_(1) {
  for (const ImageStep& step : steps_) piece_ = std::max(piece_, step.grain);
  piece_ = std::max<int64_t>(most / piece_, 1) * piece_;
}

void Chain::run(const Run& run) const {
  const int threads = omp_get_max_threads();
  // One step alone shares its images out more finely; and so do more threads than there are parts, or a few
  // parts that leave some of them idle.
  const bool even = parts_ == PARTS ? threads <= PARTS : parts_ % threads == 0;
  if (steps_.size() > 1 && even) return together(run, threads);
  for (const ImageStep& step : steps_) alone(run, step);
}

void Chain::together(const Run& run, int threads) const {
#pragma omp parallel for schedule(dynamic)
  for (int64_t at = 0; at < parts_; at++) part(run, at, threads);
}

void Chain::part(const Run& run, int64_t part, int threads) const {
  const int64_t end = begin(part + 1);
  for (int64_t first = begin(part); first < end; first += piece_) {
    const Piece piece = {part, first, std::min(piece_, end - first), first == begin(part)};
    for (const ImageStep& step : steps_) {
      const Timer timer(run.profile(), step.name, 1.0 / threads);
      step.run(run, piece);
    }
  }
}

void Chain::alone(const Run& run, const ImageStep& step) const {
  const Timer timer(run.profile(), step.name);
  if (!step.sums) return step.run(run, {0, 0, images_, true});
#pragma omp parallel for schedule(static) if (parts_ > 1)
  for (int64_t at = 0; at < parts_; at++) {
    step.run(run, {at, begin(at), begin(at + 1) - begin(at), true});
  }
}

}  // namespace convoy
