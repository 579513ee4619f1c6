// The loss of strings in frames.
#include <omp.h>

#include "lower/lower.h"

namespace convoy {

void lowerCtc(Builder& b, const Node& node) {
  const Shape& logits = b.shape(node.inputs[0]);
  const int64_t images = logits[0], classes = logits[1], frames = logits[2];
  const int64_t length = b.shape(node.inputs[1])[1];
  const BufferId x = b.plain(node.inputs[0]), tokens = b.plain(node.inputs[1]);
  const BufferId until = b.plain(node.inputs[2]);
  // Rows of 64 bytes for each thread.
  const int64_t room = (kernels().ctcRoom(frames, length) + 63) / 64 * 64 * omp_get_max_threads();
  const BufferId rows = b.scratch(static_cast<size_t>(room));
  const BufferId losses = b.make(node.outputs[0]).buffer, gradient = b.make(node.outputs[1]).buffer;
  b.step("ctc", {x, tokens, until, rows, losses, gradient}, [=](const Run& r) {
    kernels().ctc({images, classes, frames, length, r.f32(x), static_cast<const int32_t*>(r.raw(tokens)),
                   static_cast<const int32_t*>(r.raw(until)), r.f32(losses), r.f32(gradient), static_cast<char*>(r.raw(rows))});
  });
}

}  // namespace convoy
