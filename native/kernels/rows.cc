// Rows of a table by their numbers: taken, and added up.
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 16384;
/** Sums that a thread has at once: they stay in the first-level cache. */
constexpr int64_t AT_ONCE = 1024;

/** Rows and columns of a table whose sums are made together. */
struct Tile {
  int64_t firstRow, rows, firstColumn, columns;
};

/** Rows of one number. Numbers beyond the tile are added where nobody looks, which is faster than to ask. */
void addNumbers(const float* x, const int32_t* at, int64_t n, const Tile& tile, double* sums) {
  const auto first = static_cast<uint64_t>(tile.firstRow), rows = static_cast<uint64_t>(tile.rows);
  for (int64_t i = 0; i < n; i++) {
    const uint64_t row = static_cast<uint64_t>(at[i]) - first;
    sums[row < rows ? row : rows] += static_cast<double>(x[i]);
  }
}

void addParts(const float* x, const int32_t* at, int64_t n, int64_t width, const Tile& tile, double* sums) {
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = at[i] - tile.firstRow;
    if (row < 0 || row >= tile.rows) continue;
    const float* from = x + i * width + tile.firstColumn;
    double* to = sums + row * tile.columns;
    for (int64_t c = 0; c < tile.columns; c++) to[c] += static_cast<double>(from[c]);
  }
}

}  // namespace

void takeRows(const float* table, const int32_t* at, float* y, int64_t n, int64_t count, int64_t width) {
  share(n, n * width > SERIAL, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const bool there = at[i] >= 0 && at[i] < count;
      const float* from = there ? table + at[i] * width : nullptr;
      for (int64_t c = 0; c < width; c++) y[i * width + c] = there ? from[c] : 0.0f;
    }
  });
}

// Every sum is one thread's, in the order of the rows, so that the result does not depend on the number of threads.
void addRows(const float* x, const int32_t* at, float* y, int64_t n, int64_t count, int64_t width) {
  const int64_t columns = width < AT_ONCE ? width : AT_ONCE, fit = AT_ONCE / columns;
  const int64_t even = (count + sharing() - 1) / sharing(), rows = fit < even ? fit : even;
  const int64_t across = (width + columns - 1) / columns, down = (count + rows - 1) / rows;
  shareEach(across * down, n * width > SERIAL, [&](int64_t t) {
    const int64_t row = t / across * rows, column = t % across * columns;
    const Tile tile{row, count - row < rows ? count - row : rows, column,
                    width - column < columns ? width - column : columns};
    double sums[AT_ONCE + 1] = {0};
    if (width == 1) addNumbers(x, at, n, tile, sums);
    else addParts(x, at, n, width, tile, sums);
    for (int64_t r = 0; r < tile.rows; r++) {
      for (int64_t c = 0; c < tile.columns; c++) {
        y[(row + r) * width + column + c] = static_cast<float>(sums[r * tile.columns + c]);
      }
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
