// Loops that threads share.
#pragma once

#include <omp.h>

#include "images.h"

namespace convoy {
namespace CONVOY_ISA {

/** Calls work(begin, end) for a share of [0, count) on each thread; for all of it at once where there is not `enough`
 * to do, and where threads share something larger already, as in a chain: a parallel region takes half a
 * microsecond even with one thread, as long as some calls in a chain. */
template <class Work>
CONVOY_INLINE void share(int64_t count, bool enough, const Work& work) {
  if (!enough || omp_get_max_threads() == 1 || omp_in_parallel()) return work(0, count);
#pragma omp parallel
  {
    const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    work(count * thread / threads, count * (thread + 1) / threads);
  }
}

/** Calls turn(i) for each i of [0, count), shared by threads in the same way. */
template <class Turn>
CONVOY_INLINE void shareEach(int64_t count, bool enough, const Turn& turn) {
  share(count, enough, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) turn(i);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
