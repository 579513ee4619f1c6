#include "queue.h"

#include <omp.h>

#include <utility>

#ifdef CONVOY_X86
#include <immintrin.h>
#endif

namespace convoy {
namespace {

constexpr auto AWAKE = std::chrono::microseconds(50);
// Who has the core for so long is no thread of ours on its way to a call.
constexpr auto OTHERS = std::chrono::microseconds(100);
constexpr auto PATIENCE = std::chrono::milliseconds(100);

}  // namespace

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

/** Waits for a call without going to sleep, since to wake a thread on another core takes as long as some programs
 * do; but only for a little while, and not where others want the core. */
void Queue::linger() {
  auto now = Clock::now();
  if (now < crowded_) return;
  for (const auto end = now + AWAKE; !called_ && now < end;) {
    const auto before = now;
    std::this_thread::yield();
    now = Clock::now();
    if (now - before < OTHERS) continue;
    crowded_ = now + PATIENCE;
    return;
  }
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
    linger();
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
