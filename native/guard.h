// In a build with AddressSanitizer: a program's buffers lie in one allocation, of which the sanitizer sees only the
// two ends. So while a step runs, all of its arena but the buffers that it has named is out of bounds.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "program.h"

namespace convoy {

/** Bytes of an arena. */
struct Span {
  size_t offset, bytes;
};

class Guard {
 public:
  /** The step as it is, or with its arena guarded where the build has a sanitizer. */
  Step around(Step step, std::vector<BufferId> buffers) const;
  /** Says where the buffers lie, those outside the arena as 0 bytes; before any step runs. */
  void place(char* arena, size_t bytes, std::vector<Span> buffers) const;

 private:
  struct Layout {
    char* arena;
    size_t bytes;
    std::vector<Span> buffers;
  };
  std::shared_ptr<Layout> layout_ = std::make_shared<Layout>();  // which the steps share
};

}  // namespace convoy
