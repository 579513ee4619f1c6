#include "chain.h"

#include <omp.h>

#include <algorithm>
#include <utility>

#include "program.h"

namespace convoy {

int chainThreads(int64_t images) {
  const int threads = omp_get_max_threads();
  const int64_t parts = partsOf(images);
  const bool even = parts == PARTS ? threads <= PARTS : parts % threads == 0;
  return even && images > threads ? threads : 0;
}

Chain::Chain(std::vector<ImageStep> steps, int64_t images, int64_t most)
    : steps_(std::move(steps)), images_(images), parts_(partsOf(images)), piece_(1) {
  for (const ImageStep& step : steps_) piece_ = std::max(piece_, step.grain);
  piece_ = std::max<int64_t>(most / piece_, 1) * piece_;
  // One step alone shares its images out more finely.
  threads_ = steps_.size() > 1 ? chainThreads(images) : 0;
}

void Chain::run(const Run& run) const {
  if (threads_ == 0) {
    for (const ImageStep& step : steps_) alone(run, step);
    return;
  }
#pragma omp parallel for schedule(dynamic) num_threads(threads_)
  for (int64_t at = 0; at < parts_; at++) part(run, at);
}

void Chain::part(const Run& all, int64_t part) const {
  const int64_t end = begin(part + 1);
  for (int64_t first = begin(part); first < end; first += piece_) {
    const Piece piece = {part, first, std::min(piece_, end - first), first == begin(part),
                         first + piece_ >= end};
    const Run run = all.of(piece, omp_get_thread_num());
    for (const ImageStep& step : steps_) {
      const Timer timer(run.profile(), step.name, 1.0 / threads_);
      step.run(run, piece);
    }
  }
}

void Chain::alone(const Run& run, const ImageStep& step) const {
  if (!step.sums) return step.run(run, {0, 0, images_, true, true});
#pragma omp parallel for schedule(static) if (parts_ > 1)
  for (int64_t at = 0; at < parts_; at++) {
    const Piece piece = {at, begin(at), begin(at + 1) - begin(at), true, true};
    step.run(run.of(piece, omp_get_thread_num()), piece);
  }
}

}  // namespace convoy
