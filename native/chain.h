// Steps along the batch: each treats every image for itself, so that several of them can go over some images
// while those are in a core's caches, before they go on to the next ones.
//
// The batch is cut into PARTS parts, whatever the number of threads, and a thread takes a whole part at a time
// through all steps of a chain, piece by piece. Sums over the batch are kept apart for each part, and added up in
// order behind the chain, so that results do not depend on the threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace convoy {

class Run;

constexpr int64_t PARTS = 8;

/** How many parts a batch has; one that is smaller has one of each image. */
constexpr int64_t partsOf(int64_t images) { return images < PARTS ? images : PARTS; }

/** Some adjacent images, all of the same part of the batch. */
struct Piece {
  int64_t part;
  int64_t first;
  int64_t count;
  bool opens, closes;  // whether they are the first, or the last, ones of their part

  Images of(Images images) const {
    images.count = count;
    return images;
  }
  /** Where the piece starts in images. */
  int64_t start(const Images& images) const { return first * images.blocks() * images.plane(); }
};

/** How many threads go over such a batch, each with parts of its own; 0 where that does not pay: with more threads
 * than parts, a few parts that leave some threads idle, or no more than an image a thread, when a chain would only
 * make buffers last longer. */
int chainThreads(int64_t images);

struct ImageStep {
  std::string name;
  bool sums;      // over the images of a part; else each image's results are its own
  int64_t grain;  // images that a piece is a multiple of, for sums whose order depends on it
  std::function<void(const Run&, const Piece&)> run;
};

class Chain {
 public:
  /** `most`: images of a piece, if it can be so few. */
  Chain(std::vector<ImageStep> steps, int64_t images, int64_t most);

  /** How many threads each take parts through the whole chain; 0 where its steps run one after the other. */
  int threads() const { return threads_; }
  int64_t piece() const { return piece_; }
  void run(const Run& run) const;

 private:
  void alone(const Run& run, const ImageStep& step) const;
  void part(const Run& run, int64_t part) const;
  int64_t begin(int64_t part) const { return images_ * part / parts_; }

  std::vector<ImageStep> steps_;
  int64_t images_, parts_, piece_;
  int threads_;
};

}  // namespace convoy
