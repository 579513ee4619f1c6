// CTC's loss and its gradient (Graves, Fernandez, Gomez and Schmidhuber 2006). States are 2 L + 1: blanks, and the labels
// between them. Logs of probabilities are sums in double precision, all states of a frame side by side in vectors; what is
// added to the larger of two of them lies between 0 and ln 3, and comes from floats.
#include "kernels.h"
#include "math.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 4096;
/** The log of what cannot be: below any sum of logs, and finite, so that differences are numbers. */
constexpr double NONE = -1e30;
/** Places in front of the first state and behind the last one that hold NONE. */
constexpr int64_t EDGE = 2;

/** The log of the sum of e^a, e^b and e^c. */
CONVOY_INLINE double joined(double a, double b, double c) {
  double top = a > b ? a : b;
  top = c > top ? c : top;
  const float sum = expOf(static_cast<float>(a - top)) + expOf(static_cast<float>(b - top)) + expOf(static_cast<float>(c - top));
  return top + static_cast<double>(logOf(sum));
}

/** What one thread works in: rows of states with their edges. */
struct Rows {
  int64_t width;     // of a row: the most states, and both edges
  double* forward;   // [frames, width]
  double* ahead;     // two rows
  double* next;
  double* barrier;   // NONE where a state cannot be reached from the one before the last
  float* emissions;  // [frames, width]

  static CONVOY_INLINE int64_t widthFor(int64_t length) { return 2 * length + 1 + 2 * EDGE; }
  static CONVOY_INLINE int64_t bytes(int64_t frames, int64_t length) {
    return widthFor(length) * (frames * 12 + 3 * 8);
  }
  CONVOY_INLINE Rows(char* room, int64_t frames, int64_t length) : width(widthFor(length)) {
    forward = reinterpret_cast<double*>(room);
    ahead = forward + frames * width;
    next = ahead + width;
    barrier = next + width;
    emissions = reinterpret_cast<float*>(barrier + width);
  }
};

/** Logits become logs of probabilities, [classes, frames]. */
void logsOf(const float* logits, float* logs, float* most, float* sum, int64_t classes, int64_t frames) {
  for (int64_t t = 0; t < frames; t++) most[t] = logits[t];
  for (int64_t c = 1; c < classes; c++) {
    for (int64_t t = 0; t < frames; t++) most[t] = logits[c * frames + t] > most[t] ? logits[c * frames + t] : most[t];
  }
  for (int64_t t = 0; t < frames; t++) sum[t] = 0.0f;
  for (int64_t c = 0; c < classes; c++) {
    for (int64_t t = 0; t < frames; t++) sum[t] += expOf(logits[c * frames + t] - most[t]);
  }
  for (int64_t t = 0; t < frames; t++) most[t] += logOf(sum[t]);
  for (int64_t c = 0; c < classes; c++) {
    for (int64_t t = 0; t < frames; t++) logs[c * frames + t] = logits[c * frames + t] - most[t];
  }
}

float ctcOfImage(const CtcArgs& a, int64_t until, const float* logits, const int32_t* tokens, float* gradient, const Rows& r) {
  const int64_t classes = a.classes, frames = a.frames, width = r.width;
  int64_t labels = 0;
  while (labels < a.length && tokens[labels] >= 0 && tokens[labels] < classes - 1) labels++;
  const int64_t states = 2 * labels + 1;
  const auto classOf = [&](int64_t s) { return s % 2 == 0 ? classes - 1 : static_cast<int64_t>(tokens[s / 2]); };

  // Rows of the room that are not in use yet.
  float* floats = reinterpret_cast<float*>(r.forward);
  logsOf(logits, gradient, floats, floats + frames, classes, frames);
  for (int64_t s = 0; s < states; s++) {
    const float* own = gradient + classOf(s) * frames;
    for (int64_t t = 0; t < frames; t++) r.emissions[t * width + EDGE + s] = own[t];
    const bool skips = s % 2 == 1 && s > 1 && tokens[s / 2] != tokens[s / 2 - 1];
    r.barrier[EDGE + s] = skips ? 0.0 : NONE;
  }
  for (int64_t e = 0; e < EDGE; e++) r.barrier[EDGE + states + e] = NONE;

  for (int64_t t = 0; t < until; t++) {
    double* now = r.forward + t * width + EDGE;
    const float* said = r.emissions + t * width + EDGE;
    for (int64_t e = 1; e <= EDGE; e++) now[-e] = NONE;
    if (t == 0) {
      for (int64_t s = 0; s < states; s++) now[s] = s < 2 ? static_cast<double>(said[s]) : NONE;
      continue;
    }
    const double* before = now - width;
    const double* barrier = r.barrier + EDGE;
    for (int64_t s = 0; s < states; s++) {
      now[s] = joined(before[s], before[s - 1], before[s - 2] + barrier[s]) + static_cast<double>(said[s]);
    }
  }
  const double* last = r.forward + (until - 1) * width + EDGE + states - 1;
  const double total = joined(last[0], states > 1 ? last[-1] : NONE, NONE);
  const float* blank = gradient + (classes - 1) * frames;
  double silence = 0;
  for (int64_t t = until; t < frames; t++) silence += static_cast<double>(blank[t]);
  if (!(total > NONE / 2)) {
    // A NaN stays one, for whoever looks for it.
    for (int64_t i = 0; i < classes * frames; i++) gradient[i] = 0.0f;
    return total == total ? __builtin_inff() : __builtin_nanf("");
  }

  for (int64_t i = 0; i < classes * frames; i++) gradient[i] = expOf(gradient[i]);
  double* ahead = r.ahead + EDGE;
  double* next = r.next + EDGE;
  for (int64_t s = 0; s < states; s++) ahead[s] = s + 2 < states ? NONE : 0.0;
  for (int64_t e = 0; e < EDGE; e++) ahead[states + e] = next[states + e] = NONE;
  for (int64_t t = until - 1; t >= 0; t--) {
    const double* here = r.forward + t * width + EDGE;
    float* said = r.emissions + t * width + EDGE;
    for (int64_t s = 0; s < states; s++) next[s] = ahead[s] + static_cast<double>(said[s]);
    // What a state says is known; from here on the row holds how likely it is to be in it.
    for (int64_t s = 0; s < states; s++) said[s] = expOf(static_cast<float>(here[s] + ahead[s] - total));
    const double* barrier = r.barrier + EDGE + 2;
    for (int64_t s = 0; s < states; s++) ahead[s] = joined(next[s], next[s + 1], next[s + 2] + barrier[s]);
  }
  for (int64_t s = 0; s < states; s++) {
    float* own = gradient + classOf(s) * frames;
    for (int64_t t = 0; t < until; t++) own[t] -= r.emissions[t * width + EDGE + s];
  }
  for (int64_t t = until; t < frames; t++) gradient[(classes - 1) * frames + t] -= 1.0f;
  return static_cast<float>(-(total + silence));
}

}  // namespace

int64_t ctcRoom(int64_t frames, int64_t length) { return Rows::bytes(frames, length); }

void ctc(const CtcArgs& a) {
  const RoomOf room(a.room, ctcRoom(a.frames, a.length));
  const int64_t size = a.classes * a.frames;
  shareEach(a.images, a.images * size > SERIAL, [&](int64_t image) {
    const Rows rows(room.of<char>(), a.frames, a.length);
    const int64_t said = a.until[image], until = said >= 1 && said <= a.frames ? said : a.frames;
    a.losses[image] = ctcOfImage(a, until, a.logits + image * size, a.tokens + image * a.length, a.gradient + image * size, rows);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
