// Threads that go through several things together: each does its share of every one, and they meet in between.
#pragma once

#include <omp.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "kernels/parallel.h"
#include "linger.h"

#ifdef CONVOY_X86
#include <immintrin.h>
#endif

namespace convoy {

/** Where the threads of a team wait for each other. */
class Meeting {
 public:
  void wait(int64_t threads) {
    const unsigned round = round_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1) + 1 == threads) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1);
      if (asleep_.load() > 0) wake();
      return;
    }
    const auto over = [&] { return round_.load() != round; };
    for (int spins = 0; spins < SPINS; spins++) {
      if (over()) return;
      pause();
    }
    if (!linger(over)) sleep(over);
  }

 private:
  static constexpr int SPINS = 100;  // some two microseconds

  static void pause() {
#ifdef CONVOY_X86
    _mm_pause();
#endif
  }

  template <class Over>
  void sleep(const Over& over) {
    std::unique_lock<std::mutex> lock(mutex_);
    asleep_++;
    changed_.wait(lock, over);
    asleep_--;
  }

  void wake() {
    { const std::lock_guard<std::mutex> lock(mutex_); }
    changed_.notify_all();
  }

  // Lines of a cache of their own: the first changes hands when a thread arrives, the second when all have.
  alignas(64) std::atomic<int64_t> arrived_{0};
  alignas(64) std::atomic<unsigned> round_{0};
  std::atomic<int> asleep_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
};

/** Calls work(first, meet) on all threads of a team, `first` on one of them. Kernels that it calls share their loops, and
 * meet() waits until all threads have come there. */
template <class Work>
void together(const Work& work) {
  if (omp_get_max_threads() == 1) return work(true, [] {});
  Meeting meeting;
#pragma omp parallel
  {
    const Member own = {omp_get_thread_num(), omp_get_num_threads()};
    member = &own;
    work(own.thread == 0, [&] { meeting.wait(own.threads); });
    member = nullptr;
  }
}

}  // namespace convoy
