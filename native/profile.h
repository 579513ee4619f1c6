// CONVOY_PROFILE=1 prints where the time of each program went when it is freed.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace convoy {

class Profile {
 public:
  /** Whether the environment asks for profiles. */
  static bool wanted();

  /** Names a step of the program, so that it is counted. */
  void expect(const std::string& name) { rows_[name].steps++; }
  void add(const std::string& name, double seconds);
  void ran() { runs_++; }
  void print() const;

 private:
  struct Row {
    double seconds = 0;
    int steps = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Row> rows_;
  size_t runs_ = 0;
};

/** Adds the time that it lives to a profile, if there is one. */
class Timer {
 public:
  /** `share`: what part of it counts, where several threads are at work. */
  Timer(Profile* profile, const std::string& name, double share = 1)
      : profile_(profile), name_(name), share_(share) {
    if (profile_) start_ = Clock::now();
  }
  ~Timer() {
    if (profile_) profile_->add(name_, std::chrono::duration<double>(Clock::now() - start_).count() * share_);
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  Profile* profile_;
  const std::string& name_;
  double share_;
  Clock::time_point start_;
};

}  // namespace convoy
