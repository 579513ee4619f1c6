// Element types of values in memory, as in src/tensor/dtype.ts.
#pragma once

namespace convoy {

/** BF16 is the upper half of an f32. */
enum class DType { F32, I32, U8, I8, BF16 };

}  // namespace convoy
