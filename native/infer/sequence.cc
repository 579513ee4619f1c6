// The loss of strings in frames.
#include "infer/infer.h"

namespace convoy {

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
