// Image steps that several lowerings have in common.
#include "lower/lower.h"

namespace convoy {

Task imageTask(std::string name, const Images& im, std::vector<BufferId> whole,
               std::initializer_list<BufferId> byImage) {
  Task task = {std::move(name), std::move(whole), {}, im.count};
  for (const BufferId buffer : byImage) {
    if (buffer >= 0) task.byImage.push_back(buffer);
  }
  return task;
}

void sumWeightGrad(Builder& b, const Node& node, const ConvOperands& o, void (*sum)(const ConvSumsArgs&)) {
  const Images in = o.in, out = o.out;
  const Window window = o.window;
  const Shape& w = b.shape(node.outputs[0]);
  const BufferId x = o.x, dy = o.dy;
  const bool bias = node.flag("bias") && b.used(node.outputs[1]);
  const int64_t outputs = w[0], inputs = w[1], area = w[2] * w[3], parts = partsOf(in.count);
  const int64_t numbers = out.blocks() * out.block * (area * inputs + 1);
  const BufferId sums = b.scratch(static_cast<size_t>(parts * numbers) * sizeof(float));
  Task task = imageTask(convName(node, b.shape(node.inputs[0]), w), in, {}, {x, dy});
  task.byPart = {sums};
  task.runPiece = [=](const Run& r, const Piece& p) {
    sum({p.of(in), p.of(out), window, r.f32(x) + p.start(in), r.f32(dy) + p.start(out), p.opens, bias,
         r.f32(sums) + p.part * numbers});
  };
  b.imageStep(std::move(task));
  const BufferId dw = b.make(node.outputs[0]).buffer;
  const BufferId dbias = bias ? b.make(node.outputs[1]).buffer : dw;
  b.step("unpack weights", {sums, dw, dbias}, [=](const Run& r) {
    kernels().weightGrad({outputs, inputs, area, out.block, parts, r.f32(sums), r.f32(dw),
                          bias ? r.f32(dbias) : nullptr});
  });
}

}  // namespace convoy
