// Picks the kernels of the best instruction set at load.
#include <cstring>
#include <stdexcept>

#ifdef CONVOY_X86
#include <cpuid.h>
#endif
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "kernels/kernels.h"

namespace convoy {

#define ISA_TABLE(ISA)         \
  namespace ISA {              \
  extern const Kernels TABLE;  \
  }
/** An instruction set that multiplies bytes: everything else is that of the one it stands on. */
#define ISA_BYTES(ISA)                              \
  namespace ISA {                                   \
  int64_t integerPacked(const IntegerWeights&);     \
  void integerPack(const IntegerPackArgs&);         \
  void integerConv(const IntegerConvArgs&);         \
  }

#ifdef CONVOY_HAS_baseline
ISA_TABLE(baseline)
#endif
#ifdef CONVOY_HAS_avx2
ISA_TABLE(avx2)
ISA_BYTES(avx2vnni)
#endif
#ifdef CONVOY_HAS_avx512
ISA_TABLE(avx512)
ISA_BYTES(avx512vnni)
#endif
#ifdef CONVOY_HAS_amx
ISA_TABLE(amx)
#endif

namespace {

struct Isa {
  const char* name;
  Kernels table;
  bool available;
};

#ifdef CONVOY_X86

/** What the processor says of itself in a leaf's register: 0 to 3 for eax to edx. */
bool says(unsigned leaf, unsigned part, int which, int bit) {
  unsigned registers[4] = {};
  if (!__get_cpuid_count(leaf, part, &registers[0], &registers[1], &registers[2], &registers[3])) return false;
  return (registers[which] >> bit & 1u) != 0;
}

/** Tiles of bf16 and of bytes are there when the system lends their registers to this process, for which it must be asked. */
[[maybe_unused]] bool lendsTiles() {
#if defined(__linux__)
  constexpr long ASK = 0x1023, TILES = 18;
  const bool halves = says(7, 0, 3, 22) && says(7, 1, 0, 5), bytes = says(7, 0, 3, 25);
  return says(7, 0, 3, 24) && halves && bytes && syscall(SYS_arch_prctl, ASK, TILES) == 0;
#else
  return false;
#endif
}

#define WITH_BYTES(BASE, ISA)                          \
  [] {                                                 \
    Kernels table = BASE::TABLE;                       \
    table.integerPacked = ISA::integerPacked;          \
    table.integerPack = ISA::integerPack;              \
    table.integerConv = ISA::integerConv;              \
    return table;                                      \
  }()

#endif

// Ordered from plain to best; which of them are built says CMakeLists.txt.
const Isa* isas(int& count) {
#ifdef CONVOY_X86
  __builtin_cpu_init();
  [[maybe_unused]] static const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  [[maybe_unused]] static const bool wide = fma && __builtin_cpu_supports("avx512f") &&
                                            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                                            __builtin_cpu_supports("avx512dq");
  [[maybe_unused]] static const bool wideBytes = wide && says(7, 0, 2, 11);
  [[maybe_unused]] static const bool tiles = wideBytes && lendsTiles();
#endif
  static const Isa list[] = {
#ifdef CONVOY_HAS_baseline
      {"baseline", baseline::TABLE, true},
#endif
#ifdef CONVOY_HAS_avx2
      {"avx2", avx2::TABLE, fma},
      {"avx2-vnni", WITH_BYTES(avx2, avx2vnni), fma && says(7, 1, 0, 4)},
#endif
#ifdef CONVOY_HAS_avx512
      {"avx512", avx512::TABLE, wide},
      {"avx512-vnni", WITH_BYTES(avx512, avx512vnni), wideBytes},
#endif
#ifdef CONVOY_HAS_amx
      {"amx", amx::TABLE, tiles},
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

const Kernels& kernels() { return chosen()->table; }

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
