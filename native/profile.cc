#include "profile.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace convoy {

bool Profile::wanted() {
  static const bool on = std::getenv("CONVOY_PROFILE") != nullptr;
  return on;
}

void Profile::add(const std::string& name, double seconds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  rows_[name].seconds += seconds;
}

void Profile::print() const {
  if (runs_ == 0) return;
  std::vector<std::pair<std::string, Row>> rows(rows_.begin(), rows_.end());
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  double total = 0;
  for (const auto& [name, row] : rows) total += row.seconds;
  const double runs = static_cast<double>(runs_);
  std::fprintf(stderr, "program: %zu runs, %.3f ms each\n", runs_, total / runs * 1e3);
  for (const auto& [name, row] : rows) {
    std::fprintf(stderr, "  %8.3f ms %5.1f %%  %3d x %s\n", row.seconds / runs * 1e3,
                 row.seconds / total * 100, row.steps, name.c_str());
  }
}

}  // namespace convoy
