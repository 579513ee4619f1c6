// Waiting without going to sleep.
#pragma once

#include <chrono>
#include <thread>

namespace convoy {

/** Waits until something is done, but only for a little while, and not where others want the core: to wake a thread on
 * another core takes as long as some programs do. Returns whether it is done. */
template <class Done>
bool linger(const Done& done) {
  using Clock = std::chrono::steady_clock;
  constexpr auto AWAKE = std::chrono::microseconds(50);
  // Who has the core for so long is no thread of ours on its way to what is waited for.
  constexpr auto OTHERS = std::chrono::microseconds(100);
  constexpr auto PATIENCE = std::chrono::milliseconds(100);
  thread_local Clock::time_point crowded;  // until when the core is taken to be so
  auto now = Clock::now();
  if (now < crowded) return done();
  for (const auto end = now + AWAKE; !done() && now < end;) {
    const auto before = now;
    std::this_thread::yield();
    now = Clock::now();
    if (now - before < OTHERS) continue;
    crowded = now + PATIENCE;
    break;
  }
  return done();
}

}  // namespace convoy
