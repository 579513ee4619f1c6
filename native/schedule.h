// The order of a program's steps: image steps that can go over the batch together come together in chains.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chain.h"
#include "program.h"

namespace convoy {

/** Something to do, with all buffers that it touches. */
struct Task {
  std::string name;
  std::vector<BufferId> whole;  // of which it may touch anything
  Work run;                     // unless it is an image step

  int64_t images = 0;  // of an image step's batch
  int64_t grain = 1;
  std::vector<BufferId> byImage = {};  // of which each image has a share
  std::vector<BufferId> byPart = {};   // of which each part of the batch has a share, for sums over its images
  std::vector<BufferId> byThread = {};  // of which each thread has a share, for as long as a part takes
  std::function<void(const Run&, const Piece&)> runPiece = {};

  // A result that it may write over an operand, since it reads every number before it writes there; or -1.
  BufferId result = -1, operand = -1;

  bool team = false;  // whether all threads of a team do it together; image steps alone are always done so
};

/** All that a task touches. */
std::vector<BufferId> buffersOf(const Task& task);

/** Whether what is done to one buffer can matter for another one. */
using Meet = std::function<bool(BufferId, BufferId)>;

/** Tasks that are done together: one, or a chain of image steps. */
using Group = std::vector<Task>;

/** Groups in an order that gives what the given order of tasks gives. */
std::vector<Group> schedule(std::vector<Task> tasks, const Meet& meet);

}  // namespace convoy
