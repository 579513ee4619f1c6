// Picks the kernels of the best instruction set at load.
#ifdef CONVOY_HAS_amx
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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
#ifdef CONVOY_HAS_amx
namespace amx {
extern const Kernels TABLE;
}
#endif

namespace {

#ifdef CONVOY_HAS_amx
/** Whether the processor has tiles of bf16, and the system lets this process have their registers. */
bool hasTiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24, AVX512_BF16 = 1u << 5;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & AMX_BF16) || !(d & AMX_TILE)) return false;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & AVX512_BF16)) return false;
  constexpr long REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}
#endif

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
#ifdef CONVOY_HAS_amx
  static const bool tiles = wide && hasTiles();
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
#ifdef CONVOY_HAS_amx
      {"amx", &amx::TABLE, tiles},
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
