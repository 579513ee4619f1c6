// Fused pointwise passes: their program is checked as a whole, since kernels follow its numbers blindly.
#include "builder.h"
#include "infer/infer.h"

namespace convoy {
namespace {

/** Registers are numbered in 16 bits. */
constexpr size_t MOST_REGISTERS = 32767;

bool broadcasts(const Shape& own, const Shape& out) {
  if (own.size() > out.size()) return false;
  const size_t missing = out.size() - own.size();
  for (size_t axis = 0; axis < own.size(); axis++) {
    if (own[axis] != 1 && own[axis] != out[axis + missing]) return false;
  }
  return true;
}

/** Whether an instruction takes as many registers as its op does, all of them filled before it. */
bool takes(const PointwiseOp& op, const int64_t* args, int64_t filled) {
  for (int a = 0; a < 3; a++) {
    const bool wanted = a < op.operands;
    if (wanted ? args[a] < 0 || args[a] >= filled : args[a] != -1) return false;
  }
  return true;
}

}  // namespace

Types inferFused(const Node& node, const Types& operands) {
  expectF32(node, operands);
  const Shape shape = shapeOf(node);
  for (const TensorType& operand : operands) {
    expect(broadcasts(operand.shape, shape), node, "an operand that does not broadcast");
  }
  const std::vector<std::string>& code = node.attr("code").texts;
  const Shape args = node.list("args", 3 * code.size());
  expect(node.attr("values").numbers.size() == code.size(), node, "expected a constant for each instruction");
  const size_t registers = operands.size() + code.size();
  expect(registers <= MOST_REGISTERS, node, "too many instructions");
  for (size_t k = 0; k < code.size(); k++) {
    const PointwiseOp* op = pointwise(code[k]);
    if (!op) throw std::invalid_argument("the native engine lacks the op " + code[k]);
    const bool right = takes(*op, args.data() + 3 * k, static_cast<int64_t>(operands.size() + k));
    expect(right, node, "an instruction without its operands");
  }
  Types results;
  for (int64_t result : node.list("results")) {
    const bool made = result >= static_cast<int64_t>(operands.size()) && result < static_cast<int64_t>(registers);
    expect(made, node, "a result that no instruction makes");
    results.push_back({DType::F32, shape});
  }
  return results;
}

}  // namespace convoy
