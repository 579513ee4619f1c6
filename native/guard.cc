#include "guard.h"

#include <utility>

#ifdef CONVOY_SANITIZE
#include <sanitizer/asan_interface.h>
#endif

namespace convoy {

Step Guard::around(Step step, [[maybe_unused]] std::vector<BufferId> buffers) const {
#ifdef CONVOY_SANITIZE
  // No team does it: its threads would guard at different times.
  return {step.name, [layout = layout_, buffers = std::move(buffers), work = std::move(step.run)](const Run& run) {
    ASAN_POISON_MEMORY_REGION(layout->arena, layout->bytes);
    for (BufferId id : buffers) {
      const Span& span = layout->buffers[static_cast<size_t>(id)];
      ASAN_UNPOISON_MEMORY_REGION(layout->arena + span.offset, span.bytes);
    }
    work(run);
  }};
#else
  return step;
#endif
}

void Guard::place(char* arena, size_t bytes, std::vector<Span> buffers) const {
  *layout_ = {arena, bytes, std::move(buffers)};
}

}  // namespace convoy
