// Numbers in another element type: whole ones cut off towards zero and kept within their range, NaN as 0; bf16 to
// nearest, ties to even, NaN kept. i32 becomes an f32 first.
#include "math.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;
constexpr uint32_t INFINITY_BITS = 0x7f800000u;

/** bf16, which has no type of its own. */
struct Half {
  uint16_t bits;
};

template <class Element>
struct IsWhole {
  static constexpr bool value = true;
};
template <>
struct IsWhole<float> {
  static constexpr bool value = false;
};
template <>
struct IsWhole<Half> {
  static constexpr bool value = false;
};

CONVOY_INLINE bool isNan(uint32_t bits) { return (bits & 0x7fffffffu) > INFINITY_BITS; }

CONVOY_INLINE float numberOf(float x) { return x; }
CONVOY_INLINE float numberOf(Half x) { return fromBits(static_cast<int32_t>(static_cast<uint32_t>(x.bits) << 16)); }
CONVOY_INLINE float numberOf(int32_t x) { return static_cast<float>(x); }
CONVOY_INLINE float numberOf(uint8_t x) { return x; }
CONVOY_INLINE float numberOf(int8_t x) { return x; }

/** Towards zero, within 32 bits. */
CONVOY_INLINE int32_t wholeOf(float x) {
  if (isNan(static_cast<uint32_t>(toBits(x)))) return 0;
  if (x >= 2147483648.0f) return INT32_MAX;
  if (x <= -2147483648.0f) return INT32_MIN;
  return static_cast<int32_t>(x);
}
CONVOY_INLINE int32_t wholeOf(Half x) { return wholeOf(numberOf(x)); }
CONVOY_INLINE int32_t wholeOf(int32_t x) { return x; }
CONVOY_INLINE int32_t wholeOf(uint8_t x) { return x; }
CONVOY_INLINE int32_t wholeOf(int8_t x) { return x; }

CONVOY_INLINE int32_t within(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

CONVOY_INLINE void store(float x, float& to) { to = x; }
CONVOY_INLINE void store(float x, Half& to) {
  const uint32_t bits = static_cast<uint32_t>(toBits(x));
  const uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  to.bits = static_cast<uint16_t>((isNan(bits) ? bits | 0x400000u : rounded) >> 16);
}
CONVOY_INLINE void storeWhole(int32_t x, int32_t& to) { to = x; }
CONVOY_INLINE void storeWhole(int32_t x, uint8_t& to) { to = static_cast<uint8_t>(within(x, 0, 255)); }
CONVOY_INLINE void storeWhole(int32_t x, int8_t& to) { to = static_cast<int8_t>(within(x, -128, 127)); }

template <class From, class To>
void castAll(const CastArgs& c) {
  const auto* x = static_cast<const From*>(c.source);
  auto* y = static_cast<To*>(c.target);
  share(c.size, c.size > SERIAL, [&](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; i++) {
      if constexpr (IsWhole<To>::value) storeWhole(wholeOf(x[i]), y[i]);
      else store(numberOf(x[i]), y[i]);
    }
  });
}

template <class From>
void castFrom(const CastArgs& c) {
  switch (c.to) {
    case DType::F32: return castAll<From, float>(c);
    case DType::I32: return castAll<From, int32_t>(c);
    case DType::U8: return castAll<From, uint8_t>(c);
    case DType::I8: return castAll<From, int8_t>(c);
    case DType::BF16: return castAll<From, Half>(c);
  }
}

}  // namespace

void cast(const CastArgs& c) {
  switch (c.from) {
    case DType::F32: return castFrom<float>(c);
    case DType::I32: return castFrom<int32_t>(c);
    case DType::U8: return castFrom<uint8_t>(c);
    case DType::I8: return castFrom<int8_t>(c);
    case DType::BF16: return castFrom<Half>(c);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
