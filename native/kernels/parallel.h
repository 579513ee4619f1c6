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

/** How many threads share what a kernel does. */
CONVOY_INLINE int64_t sharing() {
  if (member) return member->threads;
  return omp_in_parallel() ? 1 : omp_get_max_threads();
}

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
  if (!enough || sharing() == 1) return part(0, 1);
#pragma omp parallel
  part(omp_get_thread_num(), omp_get_num_threads());
}

/** What each thread that shares a kernel has of some memory; in a chain all of it is the thread's own. */
class RoomOf {
 public:
  CONVOY_INLINE RoomOf(char* all, int64_t bytes)
      : all_(all), step_((bytes + 63) / 64 * 64), own_(!member && omp_in_parallel()) {}
  template <class T>
  CONVOY_INLINE T* of() const {
    const int64_t thread = member ? member->thread : own_ ? 0 : omp_get_thread_num();
    return reinterpret_cast<T*>(all_ + thread * step_);
  }

 private:
  char* all_;
  int64_t step_;
  bool own_;
};

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

/** Planes of images, whose rows threads share; of an image, at most `band` rows of all its planes are done together. */
struct Planes {
  int64_t images, planes, rows, band;
};

/** Rows that each thread has at least to get where images are cut along them. */
constexpr int64_t LEAST_ROWS = 7;

/** Calls work(each) on each thread, and each(turn) calls turn(plane, first, last) for its rows, planes counted through
 * all images. A thread gets rows of all planes where there are enough, since a step that does so finds in its core's own
 * cache what the thread has made in the one before; two cores that do not share a cache take long to hand it over. Else
 * it gets planes. */
template <class Work>
CONVOY_INLINE void sharePlanes(const Planes& all, bool enough, const Work& work) {
  const int64_t rows = all.rows, planes = all.planes, band = all.band;
  const bool along = all.images * rows >= LEAST_ROWS * sharing();
  share(all.images * rows * (along ? 1 : planes), enough, [&](int64_t begin, int64_t end) {
    work([&](const auto& turn) {
      // Called in two places, but large.
      const auto call = [&](int64_t plane, int64_t first, int64_t last) __attribute__((noinline)) {
        turn(plane, first, last);
      };
      if (!along) return eachPlane(begin, end, rows, call);
      eachPlane(begin, end, rows, [&](int64_t image, int64_t first, int64_t last) {
        for (; first < last; first += band) {
          const int64_t next = first + band < last ? first + band : last;
          for (int64_t plane = 0; plane < planes; plane++) call(image * planes + plane, first, next);
        }
      });
    });
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
