// Long short-term memory (Hochreiter and Schmidhuber 1997). The steps of an image follow each other; images do not wait for
// each other, and a few of them go together, so that a weight that was read serves them all.
#include "kernels.h"
#include "math.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Images that go together, and sums that stay in registers while all hidden states are gone through. */
constexpr int64_t TOGETHER = 4, COLUMNS = 32;

/** Adds what hidden states give to gates: `count` images, their states `from` apart and their sums `to` apart. */
CONVOY_INLINE void addProducts(const float* hidden, int64_t from, const float* weights, float* sums, int64_t to, int64_t units,
                               int64_t count) {
  const int64_t width = 4 * units;
  for (int64_t first = 0; first < width; first += COLUMNS) {
    const int64_t columns = width - first < COLUMNS ? width - first : COLUMNS;
    float own[TOGETHER][COLUMNS] = {};
    for (int64_t k = 0; k < units; k++) {
      const float* row = weights + k * width + first;
      if (columns == COLUMNS && count == TOGETHER) {
        for (int64_t i = 0; i < TOGETHER; i++) {
          const float state = hidden[i * from + k];
          for (int64_t j = 0; j < COLUMNS; j++) own[i][j] += state * row[j];
        }
      } else {
        for (int64_t i = 0; i < count; i++) {
          for (int64_t j = 0; j < columns; j++) own[i][j] += hidden[i * from + k] * row[j];
        }
      }
    }
    for (int64_t i = 0; i < count; i++) {
      for (int64_t j = 0; j < columns; j++) sums[i * to + first + j] += own[i][j];
    }
  }
}

/** Calls turn(first, count) for the images of each group. */
template <class Turn>
CONVOY_INLINE void eachGroup(int64_t images, const Turn& turn) {
  const int64_t groups = (images + TOGETHER - 1) / TOGETHER;
  shareEach(groups, groups > 1, [&](int64_t group) {
    const int64_t first = group * TOGETHER;
    turn(first, images - first < TOGETHER ? images - first : TOGETHER);
  });
}

}  // namespace

int64_t lstmRoom(int64_t units) { return 2 * TOGETHER * units * static_cast<int64_t>(sizeof(float)); }

void lstm(const LstmArgs& a) {
  const int64_t units = a.units, width = 4 * units, steps = a.steps;
  eachGroup(a.images, [&](int64_t first, int64_t count) {
    for (int64_t turn = 0; turn < steps; turn++) {
      const int64_t step = a.reverse ? steps - 1 - turn : turn;
      const int64_t before = a.reverse ? step + 1 : step - 1;
      float* acted = a.acted + (first * steps + step) * width;
      for (int64_t i = 0; i < count; i++) {
        const float* given = a.gates + ((first + i) * steps + step) * width;
        for (int64_t j = 0; j < width; j++) acted[i * steps * width + j] = given[j];
      }
      if (turn > 0) {
        addProducts(a.hidden + (first * steps + before) * units, steps * units, a.recurrent, acted, steps * width, units, count);
      }
      for (int64_t i = 0; i < count; i++) {
        const int64_t image = first + i;
        float* own = acted + i * steps * width;
        float* hidden = a.hidden + (image * steps + step) * units;
        float* cells = a.cells + (image * steps + step) * units;
        const float* last = a.cells + (image * steps + before) * units;
        for (int64_t k = 0; k < 2 * units; k++) own[k] = sigmoidOf(own[k]);
        for (int64_t k = 2 * units; k < 3 * units; k++) own[k] = tanhOf(own[k]);
        for (int64_t k = 3 * units; k < width; k++) own[k] = sigmoidOf(own[k]);
        for (int64_t k = 0; k < units; k++) {
          const float kept = turn > 0 ? own[units + k] * last[k] : 0.0f;
          cells[k] = kept + own[k] * own[2 * units + k];
        }
        for (int64_t k = 0; k < units; k++) hidden[k] = own[3 * units + k] * tanhOf(cells[k]);
      }
    }
  });
}

void lstmGrad(const LstmGradArgs& a) {
  const int64_t units = a.units, width = 4 * units, steps = a.steps;
  const RoomOf room(a.room, lstmRoom(units));
  eachGroup(a.images, [&](int64_t first, int64_t count) {
    float* dh = room.of<float>();
    float* dc = dh + TOGETHER * units;
    for (int64_t k = 0; k < 2 * TOGETHER * units; k++) dh[k] = 0.0f;
    for (int64_t turn = steps - 1; turn >= 0; turn--) {
      const int64_t step = a.reverse ? steps - 1 - turn : turn;
      const int64_t before = a.reverse ? step + 1 : step - 1;
      for (int64_t i = 0; i < count; i++) {
        const int64_t at = (first + i) * steps + step;
        const float* gates = a.acted + at * width;
        const float* cells = a.cells + at * units;
        const float* last = a.cells + ((first + i) * steps + before) * units;
        const float* dy = a.dy + at * units;
        float* slope = a.slope + at * width;
        float *hidden = dh + i * units, *cell = dc + i * units;
        for (int64_t k = 0; k < units; k++) {
          const float in = gates[k], forget = gates[units + k], made = gates[2 * units + k], out = gates[3 * units + k];
          const float told = tanhOf(cells[k]), kept = turn > 0 ? last[k] : 0.0f;
          const float down = hidden[k] + dy[k], through = cell[k] + down * out * (1.0f - told * told);
          slope[k] = through * made * in * (1.0f - in);
          slope[units + k] = through * kept * forget * (1.0f - forget);
          slope[2 * units + k] = through * in * (1.0f - made * made);
          slope[3 * units + k] = down * told * out * (1.0f - out);
          cell[k] = through * forget;
        }
      }
      if (turn == 0) break;
      for (int64_t k = 0; k < units; k++) {
        const float* row = a.recurrent + k * width;
        for (int64_t i = 0; i < count; i++) {
          const float* slope = a.slope + ((first + i) * steps + step) * width;
          float lanes[16] = {};
          int64_t j = 0;
          for (; j + 16 <= width; j += 16) {
            for (int64_t l = 0; l < 16; l++) lanes[l] += slope[j + l] * row[j + l];
          }
          for (; j < width; j++) lanes[0] += slope[j] * row[j];
          for (int64_t half = 8; half > 0; half /= 2) {
            for (int64_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
          }
          dh[i * units + k] = lanes[0];
        }
      }
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
