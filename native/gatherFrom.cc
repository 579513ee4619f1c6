#include "gatherFrom.h"

#include <omp.h>

#include <algorithm>
#include <cmath>

namespace convoy {
namespace {

/** Numbers of one sample and of one source; see SAMPLE_FIELDS and SOURCE_FIELDS in src/engine/engine.ts. */
constexpr size_t FIELDS = 21, PATCH = 17, SOURCE = 3;
/** Numbers of one operation, and the largest of its arguments; see src/engine/pixels.ts. */
constexpr size_t OPERATION = 8;
constexpr double LARGEST_ARGUMENT = 65536;
/** Bytes of a stored image, numbers of a plane of the result, and samples: the kernel counts them in `int`. */
constexpr int64_t MOST = int64_t{1} << 30;
constexpr size_t MOST_SAMPLES = size_t{1} << 26;

/** Sizes, the product of which the kernel can count. */
std::vector<int> sizesFrom(const Napi::Value& value, size_t count, const std::string& what) {
  const Napi::Array list = listOf(value, count, what);
  std::vector<int> sizes;
  int64_t product = 1;
  for (size_t at = 0; at < count; at++) {
    const int64_t size = wholeNumber(list.Get(static_cast<uint32_t>(at)), 1, MOST / product, what);
    product *= size;
    sizes.push_back(static_cast<int>(size));
  }
  return sizes;
}

/** Stored bytes as they are at this moment. */
struct Stored {
  const char* data;
  size_t bytes;
  std::shared_ptr<char> memory;  // null where it is not the addon's
};

Stored storedFrom(const Environment& environment, const Napi::Value& value) {
  if (value.IsExternal()) {
    const auto* file = value.As<Napi::External<MappedFile>>().Data();
    if (environment.files.count(file) > 0) return {file->memory.get(), file->bytes, file->memory};
  }
  const View view = viewOf(value, napi_uint8_array, "gather: images");
  return {view.data, view.length, ownMemory(environment.memories, view)};
}

bool whole(double value, double least, double most) {
  return value >= least && value <= most && value == std::floor(value);
}

int64_t bytesOf(const GatherSource& source, int channels) {
  return int64_t{source.height} * source.width * channels;
}

/** Sources, each of which lies within the stored bytes; of a sample only the second may be none. */
std::vector<GatherSource> sourcesFrom(Napi::Env env, const std::vector<double>& numbers, int channels, size_t stored) {
  std::vector<GatherSource> sources;
  sources.reserve(numbers.size() / SOURCE);
  for (size_t at = 0; at < numbers.size() / SOURCE; at++) {
    const double* one = numbers.data() + at * SOURCE;
    if (at % 2 == 1 && one[0] == -1) {
      sources.push_back({-1, 0, 0});
      continue;
    }
    const auto most = static_cast<double>(MOST / channels);
    const bool sized = whole(one[1], 1, most) && whole(one[2], 1, most) && one[1] * one[2] <= most;
    const auto all = static_cast<double>(stored);
    if (!sized || !whole(one[0], 0, all) || one[0] + one[1] * one[2] * channels > all) {
      refuse(env, "gather: source " + std::to_string(at % 2) + " of sample " + std::to_string(at / 2) +
                      " does not lie within the " + std::to_string(stored) + " bytes of the images");
    }
    sources.push_back({static_cast<int64_t>(one[0]), static_cast<int>(one[1]), static_cast<int>(one[2])});
  }
  return sources;
}

/** Bytes that memory gives at once; how many images ahead of the copy are asked for, and how much of each at most. */
constexpr int64_t LINE = 64, FETCHED = 4096;
constexpr size_t AHEAD = 4;

/** Asks for an image before it is copied: images lie in no order, so the hardware cannot know which is next. */
void prefetch(const char* from, const GatherSource& source, int channels) {
  if (source.at < 0) return;
  const int64_t bytes = std::min(bytesOf(source, channels), FETCHED);
  for (int64_t at = 0; at < bytes; at += LINE) __builtin_prefetch(from + source.at + at);
}

/** The images that a batch uses, to which its sources then point: all may be far more than there is time to copy. */
std::shared_ptr<char> pickImages(const char* from, int channels, std::vector<GatherSource>& sources) {
  int64_t bytes = 0;
  for (const GatherSource& source : sources) {
    if (source.at >= 0) bytes += bytesOf(source, channels);
  }
  std::shared_ptr<char> picked = newMemory(static_cast<size_t>(bytes));
  int64_t end = 0;
  for (size_t at = 0; at < sources.size(); at++) {
    GatherSource& source = sources[at];
    if (at + AHEAD < sources.size()) prefetch(from, sources[at + AHEAD], channels);
    if (source.at < 0) continue;
    const int64_t size = bytesOf(source, channels);
    std::copy_n(from + source.at, size, picked.get() + end);
    source.at = end;
    end += size;
  }
  return picked;
}

/** Operations, each on a source that is an image, in the order of these. */
void takeOperations(Napi::Env env, const std::vector<double>& numbers, GatherWork& work) {
  if (numbers.empty()) return;
  const size_t count = work.sources.size();
  work.first.reserve(count + 1);
  for (size_t at = 0; at < numbers.size(); at += OPERATION) {
    const double* one = numbers.data() + at;
    const bool known = whole(one[0], 0, static_cast<double>(count) - 1) && whole(one[1], 0, LAYER_STEP) &&
                       std::all_of(one + 2, one + OPERATION, [](double value) {
                         return std::abs(value) <= LARGEST_ARGUMENT;
                       });
    // As many sources begin before this operation as there are up to its own.
    const size_t sources = known ? static_cast<size_t>(one[0]) + 1 : 0;
    if (!known || sources < work.first.size() || work.sources[sources - 1].at < 0) {
      refuse(env, "gather: operation " + std::to_string(at / OPERATION) + " is none, or not in its place");
    }
    work.first.resize(sources, static_cast<int64_t>(work.steps.size()));
    PixelStep step = {static_cast<int>(one[1]), {}};
    std::copy_n(one + 2, OPERATION - 2, step.arguments);
    work.steps.push_back(step);
  }
  work.first.resize(count + 1, static_cast<int64_t>(work.steps.size()));
}

}  // namespace

void GatherWork::operate() {
  if (steps.empty()) return;
  std::vector<int64_t> places;
  int64_t bytes = 0, largest = 0;
  for (const GatherSource& source : sources) {
    const int64_t size = source.at < 0 ? 0 : bytesOf(source, args.channels);
    places.push_back(bytes);
    bytes += size;
    largest = std::max(largest, size);
  }
  const bool layers = std::any_of(steps.begin(), steps.end(),
                                  [](const PixelStep& step) { return step.operation == LAYER_STEP; });
  const int64_t layerNumbers = layers ? largest : 0;
  const int64_t roomBytes = (layerNumbers * static_cast<int64_t>(sizeof(float)) + largest + LINE - 1) / LINE * LINE;
  const std::shared_ptr<char> room = newMemory(static_cast<size_t>(roomBytes * omp_get_max_threads()));
  std::shared_ptr<char> made = newMemory(static_cast<size_t>(bytes));
  kernels().pixels({reinterpret_cast<const uint8_t*>(images.get()), args.channels, sources.data(),
                    static_cast<int64_t>(sources.size()), bytes, steps.data(), first.data(), places.data(),
                    reinterpret_cast<uint8_t*>(made.get()), room.get(), roomBytes, layerNumbers});
  for (size_t at = 0; at < sources.size(); at++) {
    if (sources[at].at >= 0) sources[at].at = places[at];
  }
  images = std::move(made);
}

const GatherArgs& GatherWork::ready() {
  args.images = reinterpret_cast<const uint8_t*>(images.get());
  args.sources = sources.data();
  args.samples = samples.data();
  args.mean = mean.data();
  args.std = std.data();
  bool patched = false;
  for (size_t at = PATCH; at < samples.size(); at += FIELDS) patched |= samples[at] < samples[at + 2];
  if (patched) {
    const int64_t numbers = int64_t{args.channels} * args.outHeight * args.outWidth;
    args.roomBytes = (numbers * static_cast<int64_t>(sizeof(float)) + LINE - 1) / LINE * LINE;
    room = newMemory(static_cast<size_t>(args.roomBytes * omp_get_max_threads()));
    args.room = room.get();
  }
  return args;
}

GatherWork gatherFrom(const Environment& environment, const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  GatherWork work;
  const int64_t channels = wholeNumber(info[1], 1, MOST, "gather: channels");
  const std::vector<int> out = sizesFrom(info[4], 2, "gather: height and width of the result");
  const std::vector<double> sources = copied<double>(info[2], "gather: sources");
  const size_t samples = sources.size() / SOURCE / 2;
  if (samples > MOST_SAMPLES) refuse(env, "gather: more than " + std::to_string(MOST_SAMPLES) + " samples");
  expectLength(env, "gather: sources", sources.size(), 2 * SOURCE * samples);
  work.samples = copied<float>(info[3], "gather: samples");
  expectLength(env, "gather: samples", work.samples.size(), samples * FIELDS);
  work.mean = copied<float>(info[5], "gather: means");
  expectLength(env, "gather: means", work.mean.size(), static_cast<size_t>(channels));
  work.std = copied<float>(info[6], "gather: stds");
  expectLength(env, "gather: stds", work.std.size(), static_cast<size_t>(channels));
  Elements<float> result = shared<float>(environment.memories, info[7], "gather: the result");
  const size_t plane = static_cast<size_t>(out[0]) * static_cast<size_t>(out[1]);
  if (samples > 0 && plane > result.length / samples / static_cast<size_t>(channels)) {
    refuse(env, "gather: the result is too short");
  }
  expectLength(env, "gather: the result", result.length, samples * static_cast<size_t>(channels) * plane);
  const std::vector<double> operations = copied<double>(info[8], "gather: operations");
  expectLength(env, "gather: operations", operations.size(), operations.size() / OPERATION * OPERATION);
  // Last, since everything before it may run JavaScript.
  const Stored stored = storedFrom(environment, info[0]);
  work.sources = sourcesFrom(env, sources, static_cast<int>(channels), stored.bytes);
  takeOperations(env, operations, work);
  if (stored.memory) {
    // Shares the owner, points to the first of the stored bytes.
    work.images = std::shared_ptr<char>(stored.memory, const_cast<char*>(stored.data));
  } else {
    work.images = pickImages(stored.data, static_cast<int>(channels), work.sources);
  }
  work.args.channels = static_cast<int>(channels);
  work.args.count = static_cast<int>(samples);
  work.args.outHeight = out[0];
  work.args.outWidth = out[1];
  work.args.out = result.data;
  work.out = std::move(result.memory);
  return work;
}

}  // namespace convoy
