// A product and what is added to it, as update rules are full of, in one pass over a block of numbers. Compiled without
// contraction, so that results are those of the two instructions, whichever the lowering joins.
#include "pairs.h"

namespace convoy {
namespace CONVOY_ISA {

#define PAIR(EXPRESSION)                        \
  _Pragma("GCC ivdep") _Pragma("GCC unroll 4")  \
  for (int64_t i = 0; i < n; i++) {             \
    const float x = a[i], y = b[i], z = c[i];   \
    to[i] = (EXPRESSION);                       \
  }                                             \
  break

void executePair(uint8_t code, float* to, const float* a, const float* b, const float* c, int64_t n) {
  switch (code) {
    case MUL_ADD: PAIR(x * y + z);
    case MUL_SUB: PAIR(x * y - z);
    case SUB_MUL: PAIR(z - x * y);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
