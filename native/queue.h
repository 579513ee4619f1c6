// One thread that does one piece of work after the other, with its own number of OpenMP threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace convoy {

class Queue {
 public:
  explicit Queue(int threads);
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  void push(std::function<void()> work);
  /** Finishes what was pushed, then ends the thread. */
  void close();
  /** Ends the thread after the work in hand. Work that has not begun is dropped. */
  void abandon();

 private:
  void loop(int threads);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> called_{false};  // whether work waits, or the end
  std::deque<std::function<void()>> work_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace convoy
