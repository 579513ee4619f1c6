// Loops that threads share.
#pragma once

#include <omp.h>

#include "images.h"

namespace convoy {

/** A thread of a team: all of its threads call a kernel together, and each does its share of the kernel's loop. */
struct Member {
  int64_t thread, threads;
};

/** The place of the calling thread in its team; null outside of one. */
extern __thread const Member* member;

namespace CONVOY_ISA {

/** Calls work(begin, end) for a share of [0, count) on each thread: those of the team, else of a parallel region. One
 * thread does all of it where there is not `enough` to do, or where threads share something larger already, as in a
 * chain: a parallel region takes half a microsecond even with one thread, as long as some calls in a chain. */
template <class Work>
CONVOY_INLINE void share(int64_t count, bool enough, const Work& work) {
  // Called in three places, but large.
  const auto part = [&](int64_t thread, int64_t threads) __attribute__((noinline)) {
    if (thread < threads) work(count * thread / threads, count * (thread + 1) / threads);
  };
  if (member) return part(member->thread, enough ? member->threads : 1);
  if (!enough || omp_get_max_threads() == 1 || omp_in_parallel()) return part(0, 1);
#pragma omp parallel
  part(omp_get_thread_num(), omp_get_num_threads());
}

/** Calls turn(i) for each i of [0, count), shared by threads in the same way. */
template <class Turn>
CONVOY_INLINE void shareEach(int64_t count, bool enough, const Turn& turn) {
  share(count, enough, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) turn(i);
  });
}

/** Calls turn(plane, first, last) for the rows [begin, end) of all planes, those of each plane together. */
template <class Turn>
CONVOY_INLINE void eachPlane(int64_t begin, int64_t end, int64_t height, const Turn& turn) {
  for (int64_t at = begin; at < end;) {
    const int64_t first = at % height, last = first + end - at < height ? first + end - at : height;
    turn(at / height, first, last);
    at += last - first;
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
