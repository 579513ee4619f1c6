// The table of one instruction set.
#include "kernels.h"
#include "lanes.h"
#include "tiles.h"

namespace convoy {
namespace CONVOY_ISA {

#define KERNEL(result, name, arguments) result name arguments;
#include "kernels.inc"
#undef KERNEL

extern const Kernels TABLE = {
    WIDE,
    TILES,
#define KERNEL(result, name, arguments) name,
#include "kernels.inc"
#undef KERNEL
};

}  // namespace CONVOY_ISA
}  // namespace convoy
