// Picks the kernels of the best instruction set at load.
#include <cstring>

#include "kernels/kernels.h"

namespace convoy {

namespace baseline {
extern const Kernels TABLE;
}
#ifdef CONVOY_X86
namespace avx2 {
extern const Kernels TABLE;
}
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

// Ordered from plain to best.
const Isa* isas(int& count) {
#ifdef CONVOY_X86
  __builtin_cpu_init();
  static const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  static const bool wide = fma && __builtin_cpu_supports("avx512f") &&
                           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                           __builtin_cpu_supports("avx512dq");
  static const Isa list[] = {{"baseline", &baseline::TABLE, true},
                             {"avx2", &avx2::TABLE, fma},
                             {"avx512", &avx512::TABLE, wide}};
  count = 3;
#else
  static const Isa list[] = {{"baseline", &baseline::TABLE, true}};
  count = 1;
#endif
  return list;
}

const Isa* best() {
  int count = 0;
  const Isa* list = isas(count);
  while (!list[count - 1].available) count--;
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
