// Numbers in few bytes under a bound of their error, after SZ (Di and Cappello 2016) and COMET (Jin et al.
// 2021, arXiv 2111.09562): a container of chunks, which are compressed and restored side by side.
//
// The container is what src/tensor/compression/container.ts describes and makes as well, byte for byte,
// whatever the number of threads.
#include <omp.h>

#include "chunk.h"
#include "crc.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr uint32_t MAGIC = 0x58455643;  // "CVEX"
constexpr uint8_t VERSION = 1;

struct Header {
  uint32_t magic;
  uint8_t version;
  uint8_t predictor;
  uint16_t doublings;
  float bound;
  uint32_t size;
  uint32_t lane;
  uint32_t row;
  uint32_t plane;
  uint32_t bytes;     // of all
  uint32_t checksum;  // of the header up to here, and the index
};
constexpr int64_t HEADER = 36;
constexpr int64_t CHECKED = 32;

/** Of each chunk, behind the header: where its bytes end, and their checksum. */
struct Entry {
  uint32_t end;
  uint32_t checksum;
};
constexpr int64_t ENTRY = 8;

/** Bounds between which steps are numbers of full precision; a smaller one is 0, under which values are stored as
 * they are. */
constexpr float LEAST_BOUND = 0x1p-126f;
constexpr float MOST_BOUND = 0x1p125f;

/** Every so manieth chunk is tried, up to so many values of it, before anything is decided. */
constexpr int64_t SAMPLE_EVERY = 16;
constexpr int64_t SAMPLE = 4096;

constexpr int PREDICTORS[] = {0, LEFT, LEFT | UP};

struct Chunks {
  ValueGrid grid;
  int64_t length;
  int64_t count;

  explicit CONVOY_INLINE Chunks(const ValueGrid& of)
      : grid(of), length(of.row * (CHUNK / of.row)), count((of.size + length - 1) / length) {}

  /** The chunk of a number, or its first values. */
  CONVOY_INLINE Stretch at(int64_t chunk, int64_t most = CHUNK) const {
    const int64_t begin = chunk * length, left = grid.size - begin;
    int64_t size = left < length ? left : length;
    const int64_t rows = most / grid.row > 1 ? most / grid.row : 1;
    if (size > rows * grid.row) size = rows * grid.row;
    const int64_t perPlane = grid.plane / grid.row;
    return {size, grid.lane, grid.row, perPlane, begin / grid.row % perPlane};
  }
};

/** How values are compressed, and how many bytes that should take. */
struct Choice {
  int predictor;
  int64_t bytes;
};

/** The bytes that a predictor should make, from a sample. */
int64_t estimate(const float* x, const Chunks& chunks, float bound, int predictor, ChunkRoom* rooms) {
  const int64_t samples = (chunks.count + SAMPLE_EVERY - 1) / SAMPLE_EVERY;
  int64_t tried = 0, bytes = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : tried, bytes)
  for (int64_t k = 0; k < samples; k++) {
    const int64_t chunk = k * SAMPLE_EVERY;
    const Stretch part = chunks.at(chunk, SAMPLE);
    tried += part.size;
    bytes += packChunk(x + chunk * chunks.length, part, bound, predictor, rooms[omp_get_thread_num()]);
  }
  return HEADER + ENTRY * chunks.count + bytes * chunks.grid.size / tried;
}

Choice choose(const float* x, const Chunks& chunks, float bound, ChunkRoom* rooms) {
  Choice best = {0, 0};
  for (int predictor : PREDICTORS) {
    const Choice next = {predictor, estimate(x, chunks, bound, predictor, rooms)};
    if (best.bytes == 0 || next.bytes < best.bytes) best = next;
  }
  return best;
}

/** Compresses everything; false when it does not fit. With `lossy`, numbers that are not finite may go. */
bool packAll(const CompressArgs& args, const Chunks& chunks, float bound, int predictor, bool lossy,
             int64_t& bytes, int64_t& nonzeros) {
  auto* rooms = static_cast<ChunkRoom*>(args.scratch);
  int64_t end = HEADER + ENTRY * chunks.count, found = 0;
  int fits = end <= args.capacity ? 1 : 0;
#pragma omp parallel for ordered schedule(dynamic) reduction(+ : found)
  for (int64_t c = 0; c < chunks.count; c++) {
    if (!__atomic_load_n(&fits, __ATOMIC_RELAXED)) continue;
    ChunkRoom& room = rooms[omp_get_thread_num()];
    const Stretch part = chunks.at(c);
    const float* x = args.x + c * chunks.length;
    int64_t own = 0;
#pragma omp simd reduction(+ : own)
    for (int64_t i = 0; i < part.size; i++) own += isZero(x[i]) ? 0 : 1;
    found += own;
    auto* packed = reinterpret_cast<uint8_t*>(room.numbers);
    int64_t size = packChunk(x, part, bound, predictor, room);
    if (lossy && size > 1) {
      *packed = LOST;
      size = 1;
    }
    const uint32_t checksum = crc32(packed, size);
#pragma omp ordered
    {
      if (end + size > args.capacity) __atomic_store_n(&fits, 0, __ATOMIC_RELAXED);
      if (fits) {
        put(args.to + end, packed, size);
        end += size;
        const Entry entry = {static_cast<uint32_t>(end), checksum};
        put(args.to + HEADER + ENTRY * c, &entry, ENTRY);
      }
    }
  }
  bytes = end;
  nonzeros = found;
  return fits != 0;
}

float largestOf(const float* x, const Chunks& chunks) {
  float largest = 0;
  for (int64_t chunk = 0; chunk < chunks.count; chunk += SAMPLE_EVERY) {
    const float* from = x + chunk * chunks.length;
    const int64_t size = chunks.at(chunk, SAMPLE).size;
    for (int64_t i = 0; i < size; i++) {
      const float value = __builtin_fabsf(from[i]);
      if (value > largest && value <= 0x1.fffffep127f) largest = value;
    }
  }
  return largest;
}

float within(float bound) {
  if (!(bound >= LEAST_BOUND)) return 0;
  return bound > MOST_BOUND ? MOST_BOUND : bound;
}

float doubled(float bound) { return bound == 0 ? LEAST_BOUND : within(2 * bound); }

}  // namespace

int64_t compressRoom() { return static_cast<int64_t>(sizeof(ChunkRoom)); }

int64_t compressLeast(const ValueGrid& grid) {
  const Chunks chunks(grid);
  return HEADER + (ENTRY + 1) * chunks.count;
}

void compress(const CompressArgs& args, CompressReport& report) {
  const Chunks chunks(args.grid);
  auto* rooms = static_cast<ChunkRoom*>(args.scratch);
  const bool free = !(bitsOf(args.bound) > 0);  // also for one below the normal numbers
  float bound = within(free ? largestOf(args.x, chunks) * 0x1p-16f : args.bound);
  int doublings = 0;
  Choice choice = choose(args.x, chunks, bound, rooms);
  for (;; bound = doubled(bound), doublings++) {
    if (doublings > 0) choice.bytes = estimate(args.x, chunks, bound, choice.predictor, rooms);
    const bool last = bound >= MOST_BOUND;
    // A little room is left for what the sample does not know.
    if (!last && choice.bytes + choice.bytes / 64 > args.capacity) continue;
    if (packAll(args, chunks, bound, choice.predictor, false, report.bytes, report.nonzeros)) break;
    if (!last) continue;
    packAll(args, chunks, bound, choice.predictor, true, report.bytes, report.nonzeros);
    break;
  }
  report.bound = bound;
  report.doublings = free ? 0 : doublings;
  const Header header = {MAGIC,
                         VERSION,
                         static_cast<uint8_t>(choice.predictor),
                         static_cast<uint16_t>(report.doublings),
                         bound,
                         static_cast<uint32_t>(args.grid.size),
                         static_cast<uint32_t>(args.grid.lane),
                         static_cast<uint32_t>(args.grid.row),
                         static_cast<uint32_t>(args.grid.plane),
                         static_cast<uint32_t>(report.bytes),
                         0};
  put(args.to, &header, HEADER);
  const uint32_t checked = crc32(args.to, CHECKED);
  const uint32_t checksum = crc32(args.to + HEADER, ENTRY * chunks.count, checked);
  put(args.to + CHECKED, &checksum, sizeof checksum);
}

const char* restore(const RestoreArgs& args) {
  const Chunks chunks(args.grid);
  Header header;
  if (args.bytes < HEADER + ENTRY * chunks.count) return "cut off";
  __builtin_memcpy(&header, args.from, HEADER);
  if (header.magic != MAGIC || header.version != VERSION) return "not compressed values of this version";
  const ValueGrid& grid = args.grid;
  if (header.size != grid.size || header.lane != grid.lane || header.row != grid.row ||
      header.plane != grid.plane) {
    return "values of another shape";
  }
  if (header.bytes > args.bytes) return "cut off";
  const uint32_t checked = crc32(args.from, CHECKED);
  if (crc32(args.from + HEADER, ENTRY * chunks.count, checked) != header.checksum) return "damaged";
  if (!(header.bound >= 0 && within(header.bound) == header.bound) || header.predictor > (LEFT | UP)) {
    return "damaged";
  }
  auto* rooms = static_cast<ChunkRoom*>(args.scratch);
  int whole = 1;
#pragma omp parallel for schedule(dynamic) reduction(& : whole)
  for (int64_t c = 0; c < chunks.count; c++) {
    const uint8_t* index = args.from + HEADER + ENTRY * c;
    Entry before = {static_cast<uint32_t>(HEADER + ENTRY * chunks.count), 0}, entry;
    if (c > 0) __builtin_memcpy(&before, index - ENTRY, ENTRY);
    __builtin_memcpy(&entry, index, ENTRY);
    const int64_t size = int64_t{entry.end} - before.end;
    const bool good = size >= 0 && entry.end <= header.bytes &&
                      crc32(args.from + before.end, size) == entry.checksum &&
                      unpackChunk(args.from + before.end, size, chunks.at(c), header.bound,
                                  header.predictor, rooms[omp_get_thread_num()], args.x + c * chunks.length);
    whole &= good ? 1 : 0;
  }
  return whole ? nullptr : "damaged";
}

}  // namespace CONVOY_ISA
}  // namespace convoy
