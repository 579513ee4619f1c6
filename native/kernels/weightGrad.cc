// Weight gradients from what the parts of a batch have summed up, a lane for each output channel.
#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

}  // namespace

void weightGrad(const WeightGradArgs& a) {
  const int64_t numbers = a.area * a.inputs + 1, block = a.block;
  const int64_t part = (a.outputs + block - 1) / block * numbers * block;
#pragma omp parallel for schedule(static) if (part * a.parts > SERIAL)
  for (int64_t o = 0; o < a.outputs; o++) {
    const float* sums = a.sums + o / block * numbers * block + o % block;
    for (int64_t i = 0; i < numbers; i++) {
      float total = 0;
      for (int64_t p = 0; p < a.parts; p++) total += sums[p * part + i * block];
      if (i < numbers - 1) {
        a.dw[(o * a.inputs + i % a.inputs) * a.area + i / a.inputs] = total;
      } else if (a.dbias) {
        a.dbias[o] = total;
      }
    }
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
