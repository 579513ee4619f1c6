// What a graph must fulfil before it is compiled: lowering trusts what it finds. Every result's type is worked out
// again and compared with the one that the graph tells.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>

#include "builder.h"
#include "half.h"
#include "infer/infer.h"

namespace convoy {
namespace {

constexpr size_t ANY = std::numeric_limits<size_t>::max();

const InferRule& ruleOf(const std::string& op) {
  static const std::map<std::string, InferRule> table = {
      {"addRows", {2, 2, inferAddRows}},
      {"avgPool2d", {1, 1, inferAvgPool2d}},
      {"avgPool2dGrad", {1, 1, inferAvgPool2dGrad}},
      {"batchNorm", {3, 4, inferBatchNorm}},
      {"batchNormApply", {5, 6, inferBatchNormApply}},
      {"batchNormGrad", {6, 7, inferNormGrad}},
      {"cast", {1, 1, inferCast}},
      {"compress", {2, 2, inferCompress}},
      {"concat", {1, ANY, inferConcat}},
      {"conv2d", {2, 4, inferConv2d}},
      {"conv2dInputGrad", {2, 2, inferConv2dInputGrad}},
      {"conv2dWeightGrad", {2, 2, inferConv2dWeightGrad}},
      {"ctc", {3, 3, inferCtc}},
      {"dequantise", {1, 1, inferDequantise}},
      {"fused", {0, ANY, inferFused}},
      {"groupNorm", {3, 4, inferGroupNorm}},
      {"groupNormGrad", {6, 7, inferNormGrad}},
      {"input", {0, 0, inferInput}},
      {"integerAdd", {2, 2, inferIntegerAdd}},
      {"integerConv2d", {4, 5, inferIntegerConv2d}},
      {"integerPool2d", {1, 1, inferIntegerPool2d}},
      {"kthLargest", {1, 1, inferKthLargest}},
      {"logSoftmax", {1, 1, inferLogSoftmax}},
      {"lstm", {2, 2, inferLstm}},
      {"lstmGrad", {4, 4, inferLstmGrad}},
      {"matmul", {2, 3, inferMatmul}},
      {"maxPool2d", {1, 1, inferMaxPool2d}},
      {"maxPool2dGrad", {2, 2, inferMaxPool2dGrad}},
      {"norms", {1, 1, inferNorms}},
      {"oneHot", {1, 1, inferOneHot}},
      {"packBits", {1, 1, inferPackBits}},
      {"pad", {1, 1, inferPad}},
      {"quantise", {1, 1, inferQuantise}},
      {"read", {0, 0, inferRead}},
      {"reduceMax", {1, 1, inferReduce}},
      {"reduceSum", {1, 1, inferReduce}},
      {"reshape", {1, 1, inferReshape}},
      {"resize", {1, 1, inferResize}},
      {"resizeGrad", {1, 1, inferResizeGrad}},
      {"restore", {1, 1, inferRestore}},
      {"scalar", {0, 0, inferScalar}},
      {"segmentExpand", {1, 1, inferSegmentExpand}},
      {"segmentSum", {1, 1, inferSegmentSum}},
      {"slice", {1, 1, inferSlice}},
      {"takeRows", {2, 2, inferTakeRows}},
      {"transpose", {1, 1, inferTranspose}},
      {"uniform", {0, 0, inferUniform}},
      {"unpackBits", {1, 1, inferUnpackBits}},
      {"write", {1, 1, inferWrite}},
  };
  const auto found = table.find(op);
  if (found == table.end()) throw std::invalid_argument("the native engine lacks the op " + op);
  return found->second;
}

std::string describe(const Shape& shape) {
  std::string text;
  for (int64_t size : shape) text += (text.empty() ? "" : ",") + std::to_string(size);
  return "[" + text + "]";
}

bool same(const TensorType& a, const TensorType& b) { return a.dtype == b.dtype && a.shape == b.shape; }

class Check {
 public:
  explicit Check(const Graph& graph) : graph_(graph), made_(graph.values.size(), false) {}

  void all();

 private:
  bool exists(ValueId value) const { return value >= 0 && static_cast<size_t>(value) < made_.size(); }
  bool isMade(ValueId value) const { return exists(value) && made_[static_cast<size_t>(value)]; }
  const TensorType& typeOf(ValueId value) const { return graph_.values[static_cast<size_t>(value)]; }
  void checkNames() const;
  void checkTypes(const Node& node) const;
  void checkInput(const Node& node);

  const Graph& graph_;
  std::vector<bool> made_;
  std::map<std::string, TensorType> inputs_;  // by name
};

/** A name has one slot, and whatever is frozen is a vector. */
void Check::checkNames() const {
  for (const auto* names : {&graph_.vectors, &graph_.inputs, &graph_.scalars, &graph_.frozen}) {
    const std::set<std::string> distinct(names->begin(), names->end());
    if (distinct.size() != names->size()) throw std::invalid_argument("a name that is bound twice");
  }
  for (const std::string& name : graph_.frozen) slotOf(graph_.vectors, name);
}

void Check::checkTypes(const Node& node) const {
  const InferRule& rule = ruleOf(node.op);
  const size_t count = node.inputs.size();
  expect(count >= rule.least && count <= rule.most, node, "another number of operands");
  Types operands;
  for (ValueId input : node.inputs) {
    expect(isMade(input), node, "an operand that nothing makes");
    const DType type = typeOf(input).dtype;
    operands.push_back(typeOf(input));
    if (type == DType::BF16 && takesHalf(node.op)) operands.back().dtype = DType::F32;
    const DType seen = operands.back().dtype;
    const bool takesAll = node.op == "cast" || node.op == "integerConv2d";
    expect(takesAll || (seen != DType::I8 && seen != DType::BF16), node, "expected f32, i32 or u8; use cast");
  }
  Types results = rule.infer(node, operands);
  for (size_t at = 0; at < results.size(); at++) {
    if (!storesHalf(node, at)) continue;
    expect(takesHalf(node.op) && results[at].dtype == DType::F32, node, "a result that cannot be stored as bf16");
    results[at].dtype = DType::BF16;
  }
  expect(results.size() == node.outputs.size(), node, "another number of results");
  for (size_t at = 0; at < results.size(); at++) {
    expect(exists(node.outputs[at]), node, "a result of nowhere");
    const TensorType& told = typeOf(node.outputs[at]);
    if (same(results[at], told)) continue;
    throw std::invalid_argument(describe(graph_, node) + ": the result is " + describe(results[at].shape) +
                                ", the graph tells " + describe(told.shape) + " or another type");
  }
}

/** Inputs of one name are one array. */
void Check::checkInput(const Node& node) {
  const TensorType& type = typeOf(node.outputs[0]);
  const auto [known, added] = inputs_.emplace(node.text("name"), type);
  expect(added || same(known->second, type), node, "another type under the same name");
}

void Check::all() {
  checkNames();
  for (const TensorType& type : graph_.values) checkedSize(type.shape);
  for (const Node& node : graph_.nodes) {
    checkTypes(node);
    for (ValueId output : node.outputs) {
      expect(!isMade(output), node, "a result made twice");
      made_[static_cast<size_t>(output)] = true;
    }
    if (node.op == "input") checkInput(node);
    if (node.op == "read" || node.op == "write") slotOf(graph_.vectors, node.text("vector"));
  }
  for (ValueId output : graph_.outputs) {
    if (!isMade(output)) throw std::invalid_argument("an output that nothing makes");
  }
}

}  // namespace

std::string describe(const Graph& graph, const Node& node) {
  std::string text = node.op;
  for (ValueId input : node.inputs) text += " " + describe(graph.values[static_cast<size_t>(input)].shape);
  return text;
}

void checkGraph(const Graph& graph) { Check(graph).all(); }

}  // namespace convoy
