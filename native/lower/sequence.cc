// What goes along a line: the loss of strings in frames, and recurrent layers.
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

void lowerLstm(Builder& b, const Node& node) {
  const Shape& shape = b.shape(node.outputs[0]);
  const int64_t images = shape[0], steps = shape[1], units = shape[2];
  const bool reverse = node.flag("reverse");
  const BufferId gates = b.plain(node.inputs[0]), recurrent = b.plain(node.inputs[1]);
  const BufferId hidden = b.make(node.outputs[0]).buffer, acted = b.make(node.outputs[1]).buffer;
  const BufferId cells = b.make(node.outputs[2]).buffer;
  b.step("lstm", {gates, recurrent, hidden, acted, cells}, [=](const Run& r) {
    kernels().lstm({images, steps, units, reverse, r.f32(gates), r.f32(recurrent), r.f32(hidden), r.f32(acted), r.f32(cells)});
  });
}

void lowerLstmGrad(Builder& b, const Node& node) {
  const Shape& shape = b.shape(node.inputs[0]);
  const int64_t images = shape[0], steps = shape[1], units = shape[2];
  const bool reverse = node.flag("reverse");
  const BufferId dy = b.plain(node.inputs[0]), recurrent = b.plain(node.inputs[1]);
  const BufferId acted = b.plain(node.inputs[2]), cells = b.plain(node.inputs[3]);
  const int64_t bytes = (kernels().lstmRoom(units) + 63) / 64 * 64 * omp_get_max_threads();
  const BufferId room = b.scratch(static_cast<size_t>(bytes));
  const BufferId slope = b.make(node.outputs[0]).buffer;
  b.step("lstmGrad", {dy, recurrent, acted, cells, room, slope}, [=](const Run& r) {
    kernels().lstmGrad({images, steps, units, reverse, r.f32(dy), r.f32(recurrent), r.f32(acted), r.f32(cells), r.f32(slope),
                        static_cast<char*>(r.raw(room))});
  });
}

}  // namespace convoy
