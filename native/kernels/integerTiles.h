// Products of bytes by the tiles of AMX: up to four tiles of sums at a time, of 16 pixels by 16 outputs each.
#pragma once

#include "integerLanes.h"

namespace convoy {
namespace CONVOY_ISA {

#if defined(__AMX_INT8__)

/** Sizes of the eight tiles; the first four hold sums, the next two pixels, the last two weights. */
struct TileSizes {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {};
  uint8_t rows[16] = {};

  CONVOY_INLINE TileSizes(int64_t pixels, int64_t chunk) {
    for (int t = 0; t < 8; t++) {
      bytes[t] = static_cast<uint16_t>(t == 4 || t == 5 ? chunk : INTEGER_TILE);
      rows[t] = static_cast<uint8_t>(t < 6 ? pixels : chunk / INTEGER_FOUR);
    }
  }
};

/** Where the products of some tiles of pixels come from; a step of a pixel and places of runs in bytes. */
struct TileSource {
  const uint8_t* const* pixels;  // the first one of each tile
  int64_t step;
  const int64_t* runs;
  int64_t runCount;
  IntegerRun run;
};

/** Sums of up to two tiles of pixels by two blocks of outputs, biases included: tile of pixels 0 and 1, of each both
 * blocks. */
CONVOY_INLINE void multiplySquare(const TileSource& s, int tiles, const int8_t* w0, const int8_t* w1,
                                  const int32_t* bias, int32_t* sums) {
  const bool both = tiles > 1;
  // Each row of a tile begins with the same biases.
  _tile_loadd(0, bias, 0);
  _tile_loadd(1, bias + INTEGER_BLOCK, 0);
  _tile_loadd(2, bias, 0);
  _tile_loadd(3, bias + INTEGER_BLOCK, 0);
  const int64_t rows = s.run.chunk / INTEGER_FOUR * INTEGER_TILE;
  for (int64_t r = 0; r < s.runCount; r++) {
    for (int64_t c = 0; c < s.run.chunks; c++) {
      const int64_t at = s.runs[r] + c * s.run.chunk;
      _tile_loadd(6, w0, INTEGER_TILE);
      _tile_loadd(4, s.pixels[0] + at, s.step);
      _tile_dpbusd(0, 4, 6);
      _tile_loadd(7, w1, INTEGER_TILE);
      _tile_dpbusd(1, 4, 7);
      if (both) {
        _tile_loadd(5, s.pixels[1] + at, s.step);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
      }
      w0 += rows, w1 += rows;
    }
  }
  _tile_stored(0, sums, INTEGER_TILE);
  _tile_stored(1, sums + 256, INTEGER_TILE);
  if (!both) return;
  _tile_stored(2, sums + 512, INTEGER_TILE);
  _tile_stored(3, sums + 768, INTEGER_TILE);
}

/** Sums of up to four tiles of pixels by one block of outputs, biases included. */
CONVOY_INLINE void multiplyColumn(const TileSource& s, int tiles, const int8_t* w, const int32_t* bias, int32_t* sums) {
  _tile_loadd(0, bias, 0);
  _tile_loadd(1, bias, 0);
  _tile_loadd(2, bias, 0);
  _tile_loadd(3, bias, 0);
  const int64_t rows = s.run.chunk / INTEGER_FOUR * INTEGER_TILE;
  for (int64_t r = 0; r < s.runCount; r++) {
    for (int64_t c = 0; c < s.run.chunks; c++) {
      const int64_t at = s.runs[r] + c * s.run.chunk;
      _tile_loadd(6, w, INTEGER_TILE);
      _tile_loadd(4, s.pixels[0] + at, s.step);
      _tile_dpbusd(0, 4, 6);
      if (tiles > 1) {
        _tile_loadd(5, s.pixels[1] + at, s.step);
        _tile_dpbusd(1, 5, 6);
      }
      if (tiles > 2) {
        _tile_loadd(4, s.pixels[2] + at, s.step);
        _tile_dpbusd(2, 4, 6);
      }
      if (tiles > 3) {
        _tile_loadd(5, s.pixels[3] + at, s.step);
        _tile_dpbusd(3, 5, 6);
      }
      w += rows;
    }
  }
  _tile_stored(0, sums, INTEGER_TILE);
  if (tiles > 1) _tile_stored(1, sums + 256, INTEGER_TILE);
  if (tiles > 2) _tile_stored(2, sums + 512, INTEGER_TILE);
  if (tiles > 3) _tile_stored(3, sums + 768, INTEGER_TILE);
}

#endif

}  // namespace CONVOY_ISA
}  // namespace convoy
