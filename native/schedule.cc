#include "schedule.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace convoy {

std::vector<BufferId> buffersOf(const Task& task) {
  std::vector<BufferId> buffers = task.whole;
  buffers.insert(buffers.end(), task.byImage.begin(), task.byImage.end());
  buffers.insert(buffers.end(), task.byPart.begin(), task.byPart.end());
  buffers.insert(buffers.end(), task.byThread.begin(), task.byThread.end());
  return buffers;
}

namespace {

class Scheduler {
 public:
  explicit Scheduler(const Meet& meet) : meet_(meet) {}

  /** Takes the next task. One that is no image step moves ahead of the open chain if it has nothing to do with
   * it, else behind it. */
  void take(Task task) {
    if (task.images > 0) {
      if (!joins(task)) close();
      images_ = task.images;
      chain_.push_back(std::move(task));
    } else if (!chain_.empty() && (touches(chain_, buffersOf(task)) || touches(behind_, buffersOf(task)))) {
      behind_.push_back(std::move(task));
    } else {
      groups_.push_back({std::move(task)});
    }
  }

  std::vector<Group> finish() {
    close();
    return std::move(groups_);
  }

 private:
  bool meets(const std::vector<BufferId>& some, const std::vector<BufferId>& others) const {
    return std::any_of(some.begin(), some.end(), [&](BufferId a) {
      return std::any_of(others.begin(), others.end(), [&](BufferId b) { return meet_(a, b); });
    });
  }

  bool touches(const std::vector<Task>& tasks, const std::vector<BufferId>& buffers) const {
    return std::any_of(tasks.begin(), tasks.end(),
                       [&](const Task& task) { return meets(buffersOf(task), buffers); });
  }

  /** Whether an image step may go over the batch with the chain: all that both touch has shares of images. Where that
   * does not pay, each goes alone, so that buffers need not last as long as a chain. */
  bool joins(const Task& task) const {
    if (chain_.empty() || task.images != images_ || chainThreads(images_) == 0) return false;
    if (touches(behind_, buffersOf(task))) return false;
    std::vector<BufferId> others = task.whole;
    others.insert(others.end(), task.byPart.begin(), task.byPart.end());
    others.insert(others.end(), task.byThread.begin(), task.byThread.end());
    return std::all_of(chain_.begin(), chain_.end(), [&](const Task& step) {
      return !meets(others, buffersOf(step)) && !meets(step.whole, task.byImage) &&
             !meets(step.byPart, task.byImage);
    });
  }

  void close() {
    if (!chain_.empty()) groups_.push_back(std::exchange(chain_, {}));
    for (Task& task : behind_) groups_.push_back({std::move(task)});
    behind_.clear();
  }

  const Meet& meet_;
  std::vector<Group> groups_;
  std::vector<Task> chain_;   // that is open
  std::vector<Task> behind_;  // waits for its end
  int64_t images_ = 0;
};

}  // namespace

std::vector<Group> schedule(std::vector<Task> tasks, const Meet& meet) {
  Scheduler scheduler(meet);
  for (Task& task : tasks) scheduler.take(std::move(task));
  return scheduler.finish();
}

}  // namespace convoy
