// What goes along a line: the loss of strings in frames, and recurrent layers.
#include "infer/infer.h"

namespace convoy {
namespace {

/** [n, steps, units] of gates [n, steps, 4 units] and recurrent weights [units, 4 units]. */
Shape lstmShape(const Node& node, const TensorType& gates, const TensorType& recurrent) {
  const bool fits = gates.dtype == DType::F32 && gates.shape.size() == 3 && gates.shape[2] % 4 == 0;
  expect(fits, node, "expected gates f32 [n, steps, 4 units]");
  const int64_t units = gates.shape[2] / 4;
  const bool weights = recurrent.dtype == DType::F32 && recurrent.shape == Shape{units, 4 * units};
  expect(weights, node, "operands do not fit each other");
  node.flag("reverse");
  return {gates.shape[0], gates.shape[1], units};
}

}  // namespace

Types inferLstm(const Node& node, const Types& operands) {
  const TensorType state = {DType::F32, lstmShape(node, operands[0], operands[1])};
  return {state, operands[0], state};
}

Types inferLstmGrad(const Node& node, const Types& operands) {
  expectF32(node, operands);
  const Shape shape = lstmShape(node, operands[2], operands[1]);
  expect(operands[0].shape == shape && operands[3].shape == shape, node, "operands do not fit each other");
  return {operands[2]};
}

Types inferCtc(const Node& node, const Types& operands) {
  const TensorType &logits = operands[0], &tokens = operands[1], &until = operands[2];
  const bool types = logits.dtype == DType::F32 && tokens.dtype == DType::I32 && until.dtype == DType::I32;
  expect(types && logits.shape.size() == 3 && tokens.shape.size() == 2, node, "expected f32 [n, classes, frames], i32 [n, length] and i32 [n]");
  expect(logits.shape[0] == tokens.shape[0] && until.shape == Shape{logits.shape[0]}, node, "operands do not fit each other");
  expect(logits.shape[1] > 1, node, "expected a class beside the blank");
  // What a thread works in is sized by both.
  checkedSize({logits.shape[2], 2 * tokens.shape[1] + 5});
  return {{DType::F32, {logits.shape[0]}}, logits};
}

}  // namespace convoy
