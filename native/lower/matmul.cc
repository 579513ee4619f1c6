// Matrix products, by oneDNN; a transposed operand is only another way to read it. Those of few rows with the rows of a
// matrix by a kernel of our own, see kernels/fewRows.cc: all threads take part, where oneDNN uses one for the fewest, and
// the matrix is not copied into another order.
#include "lower/lower.h"
#include "onednn.h"

namespace convoy {
namespace {

using dnnl::memory;

/** Plain memory of `shape` seen as a matrix, or a batch of them, transposed on demand. */
memory::desc matrixDesc(Shape shape, bool transposed) {
  using Tag = memory::format_tag;
  const size_t rank = shape.size();
  if (transposed) std::swap(shape[rank - 1], shape[rank - 2]);
  const Tag tag = rank == 2 ? (transposed ? Tag::ba : Tag::ab) : (transposed ? Tag::acb : Tag::abc);
  return memory::desc(shape, memory::data_type::f32, tag);
}

/** With more rows the arithmetic counts, not the matrix. */
int64_t few() { return kernels().wide ? 64 : 4; }

// The rows are read anew for every few outputs, so they have to stay in a core's own cache.
constexpr int64_t NEAR_NUMBERS = 1 << 17;

/** A product of a few rows; false, and nothing done, for any other. */
bool fewRows(Builder& b, const Node& node) {
  const Shape &left = b.shape(node.inputs[0]), &right = b.shape(node.inputs[1]);
  const bool ofRows = !node.flag("transposeA") && node.flag("transposeB");
  if (!ofRows || left.size() != 2 || left[0] > few() || sizeOf(left) > NEAR_NUMBERS) return false;
  const int64_t rows = left[0], outputs = right[0], inputs = right[1];
  const BufferId x = b.plain(node.inputs[0]), w = b.plain(node.inputs[1]);
  const BufferId bias = node.inputs.size() > 2 ? b.plain(node.inputs[2]) : -1;
  const BufferId y = b.make(node.outputs[0]).buffer;
  std::vector<BufferId> buffers = {x, w, y};
  if (bias >= 0) buffers.push_back(bias);
  const Activation activation = activationOf(node);
  b.teamStep("matmul", buffers, [=](const Run& r) {
    kernels().fewRows({rows, outputs, inputs, r.f32(x), r.f32(w), bias >= 0 ? r.f32(bias) : nullptr, activation,
                       r.f32(y)});
  });
  return true;
}

}  // namespace

void lowerMatmul(Builder& b, const Node& node) {
  if (fewRows(b, node)) return;
  const ValueId left = node.inputs[0], right = node.inputs[1], y = node.outputs[0];
  const memory::desc aDesc = matrixDesc(b.shape(left), node.flag("transposeA"));
  const memory::desc bDesc = matrixDesc(b.shape(right), node.flag("transposeB"));
  const memory::desc yDesc = matrixDesc(b.shape(y), false);
  const bool bias = node.inputs.size() > 2;
  Shape row(b.shape(y).size(), 1);
  row.back() = b.shape(y).back();
  const memory::desc biasDesc = matrixDesc(row, false);
  const auto attributes = dnnlAttributes({false, activationOf(node)});
  const auto desc = bias ? describe<dnnl::matmul>(attributes, aDesc, bDesc, biasDesc, yDesc)
                         : describe<dnnl::matmul>(attributes, aDesc, bDesc, yDesc);
  std::vector<DnnlArgument> arguments = {
      {DNNL_ARG_SRC, aDesc, b.plain(left)},
      {DNNL_ARG_WEIGHTS, bDesc, b.plain(right)},
      {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc(), b.scratch(desc.scratchpad_desc().get_size())}};
  if (bias) arguments.push_back({DNNL_ARG_BIAS, biasDesc, b.plain(node.inputs[2])});
  arguments.push_back({DNNL_ARG_DST, yDesc, b.make(y).buffer});
  dnnlStep(b, "matmul", dnnl::matmul(desc), arguments);
}

}  // namespace convoy
