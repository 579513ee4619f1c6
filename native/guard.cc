#include "guard.h"

#include <utility>

#ifdef CONVOY_SANITIZE
#include <sanitizer/asan_interface.h>
#endif

namespace convoy {

Step Guard::around(Step step, [[maybe_unused]] std::vector<BufferId> buffers) const {
#ifdef CONVOY_SANITIZE
  const Work guarded = [layout = layout_, buffers = std::move(buffers), run = step.run](const Run& r) {
    ASAN_POISON_MEMORY_REGION(layout->arena, layout->bytes);
    for (BufferId id : buffers) {
      const Span& span = layout->buffers[static_cast<size_t>(id)];
      ASAN_UNPOISON_MEMORY_REGION(layout->arena + span.offset, span.bytes);
    }
    run(r);
  };
  // A team's threads would put up the guards of one step while others are still in the step before.
  return {std::move(step.name), guarded, false};
#else
  return step;
#endif
}

void Guard::place(char* arena, size_t bytes, std::vector<Span> buffers) const {
  *layout_ = {arena, bytes, std::move(buffers)};
}

}  // namespace convoy
