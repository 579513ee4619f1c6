// Which function lowers which op, and which numbers stand for an activation.
#include <limits>
#include <map>

#include "lower/lower.h"

namespace convoy {

Lower lowering(const std::string& op) {
  static const std::map<std::string, Lower> table = {
      {"addRows", lowerAddRows},
      {"avgPool2d", lowerAvgPool2d},
      {"avgPool2dGrad", lowerAvgPool2dGrad},
      {"batchNorm", lowerBatchNorm},
      {"batchNormApply", lowerBatchNormApply},
      {"batchNormGrad", lowerBatchNormGrad},
      {"cast", lowerCast},
      {"compress", lowerCompress},
      {"concat", lowerConcat},
      {"conv2d", lowerConv2d},
      {"conv2dInputGrad", lowerConv2dInputGrad},
      {"conv2dWeightGrad", lowerConv2dWeightGrad},
      {"ctc", lowerCtc},
      {"dequantise", lowerDequantise},
      {"fused", lowerFused},
      {"groupNorm", lowerGroupNorm},
      {"groupNormGrad", lowerGroupNormGrad},
      {"input", lowerInput},
      {"integerAdd", lowerIntegerAdd},
      {"integerConv2d", lowerIntegerConv2d},
      {"integerPool2d", lowerIntegerPool2d},
      {"kthLargest", lowerKthLargest},
      {"logSoftmax", lowerLogSoftmax},
      {"lstm", lowerLstm},
      {"lstmGrad", lowerLstmGrad},
      {"matmul", lowerMatmul},
      {"maxPool2d", lowerMaxPool2d},
      {"maxPool2dGrad", lowerMaxPool2dGrad},
      {"norms", lowerNorms},
      {"oneHot", lowerOneHot},
      {"packBits", lowerPackBits},
      {"pad", lowerPad},
      {"quantise", lowerQuantise},
      {"read", lowerRead},
      {"reduceMax", lowerReduceMax},
      {"reduceSum", lowerReduceSum},
      {"reshape", lowerReshape},
      {"resize", lowerResize},
      {"resizeGrad", lowerResizeGrad},
      {"restore", lowerRestore},
      {"scalar", lowerScalar},
      {"segmentExpand", lowerSegmentExpand},
      {"segmentSum", lowerSegmentSum},
      {"slice", lowerSlice},
      {"takeRows", lowerTakeRows},
      {"transpose", lowerTranspose},
      {"uniform", lowerUniform},
      {"unpackBits", lowerUnpackBits},
  };
  const auto found = table.find(op);
  if (found == table.end()) throw std::invalid_argument("the native engine lacks the op " + op);
  return found->second;
}

Activation activationOf(const Node& node) {
  const std::string& name = node.text("activation");
  if (name == "none") return {false, 0.0f};
  if (name == "relu") return {true, std::numeric_limits<float>::infinity()};
  if (name == "relu6") return {true, 6.0f};
  throw std::invalid_argument("the native engine lacks the activation " + name);
}

}  // namespace convoy
