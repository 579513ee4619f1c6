#include "queue.h"

#include <omp.h>

#include <utility>

#include "linger.h"

#ifdef CONVOY_X86
#include <immintrin.h>
#endif

namespace convoy {
Queue::Queue(int threads) : thread_([this, threads] { loop(threads); }) {}

Queue::~Queue() { close(); }

void Queue::push(std::function<void()> work) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_.push_back(std::move(work));
    called_ = true;
  }
  wake_.notify_one();
}

void Queue::abandon() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_.clear();
  }
  close();
}

void Queue::close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
    called_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Queue::loop(int threads) {
#ifdef CONVOY_X86
  // Numbers too small for a normal float become zero: arithmetic on them is many times slower.
  // The threads that OpenMP starts from here inherit the setting.
  _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
  // OpenMP keeps this setting, and the team of threads, for each thread that starts parallel work.
  omp_set_num_threads(threads);
  for (;;) {
    linger([this] { return called_.load(); });
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || !work_.empty(); });
    if (work_.empty()) return;
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    called_ = !work_.empty();
    lock.unlock();
    work();
  }
}

}  // namespace convoy
