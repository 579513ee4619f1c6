// Picks the kernels of the best instruction set at load.
#include <cstring>
#include <stdexcept>

#include "kernels/kernels.h"

namespace convoy {

#ifdef CONVOY_HAS_baseline
namespace baseline {
extern const Kernels TABLE;
}
#endif
#ifdef CONVOY_HAS_avx2
namespace avx2 {
extern const Kernels TABLE;
}
#endif
#ifdef CONVOY_HAS_avx512
namespace avx512 {
extern const Kernels TABLE;
}
#endif

namespace {

struct Isa {
  const char* name;
  const Kernels* table;
  bool available;
};

// Ordered from plain to best; which of them are built says CMakeLists.txt.
const Isa* isas(int& count) {
#ifdef CONVOY_X86
  __builtin_cpu_init();
  [[maybe_unused]] static const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  [[maybe_unused]] static const bool wide = fma && __builtin_cpu_supports("avx512f") &&
                                            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                                            __builtin_cpu_supports("avx512dq");
#endif
  static const Isa list[] = {
#ifdef CONVOY_HAS_baseline
      {"baseline", &baseline::TABLE, true},
#endif
#ifdef CONVOY_HAS_avx2
      {"avx2", &avx2::TABLE, fma},
#endif
#ifdef CONVOY_HAS_avx512
      {"avx512", &avx512::TABLE, wide},
#endif
  };
  count = sizeof(list) / sizeof(list[0]);
  return list;
}

const Isa* best() {
  int count = 0;
  const Isa* list = isas(count);
  while (count > 0 && !list[count - 1].available) count--;
  if (count == 0) throw std::runtime_error("built for no instruction set of this processor");
  return &list[count - 1];
}

const Isa*& chosen() {
  static const Isa* isa = best();
  return isa;
}

}  // namespace

const Kernels& kernels() { return *chosen()->table; }

const char* isaName() { return chosen()->name; }

bool chooseIsa(const char* name) {
  int count = 0;
  const Isa* list = isas(count);
  for (int at = 0; at < count; at++) {
    if (std::strcmp(list[at].name, name) != 0 || !list[at].available) continue;
    chosen() = &list[at];
    return true;
  }
  return false;
}

}  // namespace convoy
