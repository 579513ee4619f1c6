// CRC-32 as zip and PNG have it, eight bytes at a time (Kounavis and Berry 2005).
#pragma once

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

struct CrcTables {
  uint32_t of[8][256];

  constexpr CrcTables() : of() {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = byte;
      for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
      of[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
      for (int k = 1; k < 8; k++) of[k][byte] = of[k - 1][byte] >> 8 ^ of[0][of[k - 1][byte] & 255];
    }
  }
};

constexpr CrcTables CRC;

/** The checksum of `size` bytes behind those whose checksum is `before`. */
CONVOY_INLINE uint32_t crc32(const uint8_t* bytes, int64_t size, uint32_t before = 0) {
  uint32_t crc = ~before;
  int64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint32_t low, high;
    __builtin_memcpy(&low, bytes + i, 4);
    __builtin_memcpy(&high, bytes + i + 4, 4);
    low ^= crc;
    crc = CRC.of[7][low & 255] ^ CRC.of[6][low >> 8 & 255] ^ CRC.of[5][low >> 16 & 255] ^
          CRC.of[4][low >> 24] ^ CRC.of[3][high & 255] ^ CRC.of[2][high >> 8 & 255] ^
          CRC.of[1][high >> 16 & 255] ^ CRC.of[0][high >> 24];
  }
  for (; i < size; i++) crc = crc >> 8 ^ CRC.of[0][(crc ^ bytes[i]) & 255];
  return ~crc;
}

}  // namespace
}  // namespace CONVOY_ISA
}  // namespace convoy
