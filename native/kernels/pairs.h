// Two instructions of a fused pass in one.
#pragma once

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {

/** A product and a sum or difference with it: a code from MUL_ADD on, of n numbers each. */
void executePair(uint8_t code, float* to, const float* a, const float* b, const float* c, int64_t n);

}  // namespace CONVOY_ISA
}  // namespace convoy
