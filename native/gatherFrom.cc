#include "gatherFrom.h"

#include <algorithm>

namespace convoy {
namespace {

/** Numbers of one sample; see SAMPLE_FIELDS in src/engine/engine.ts. */
constexpr size_t FIELDS = 11;
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

void checkIndices(Napi::Env env, const std::vector<int32_t>& indices, size_t images) {
  for (size_t at = 0; at < indices.size(); at++) {
    const int64_t index = indices[at], least = at % 2 == 0 ? 0 : -1;
    if (index >= least && index < static_cast<int64_t>(images)) continue;
    refuse(env, "gather: index " + std::to_string(index) + " of sample " + std::to_string(at / 2) + ", found " +
                    std::to_string(images) + " images");
  }
}

/** The images that a batch uses, under new indices: all may be far more than there is time to copy. */
Elements<char> pickImages(const View& view, size_t bytes, std::vector<int32_t>& indices) {
  Elements<char> picked = {newMemory(bytes * indices.size()), nullptr, 0};
  picked.data = picked.memory.get();
  int32_t count = 0;
  for (int32_t& index : indices) {
    if (index < 0) continue;
    std::copy_n(view.data + static_cast<size_t>(index) * bytes, bytes, picked.data + picked.length);
    picked.length += bytes;
    index = count++;
  }
  return picked;
}

}  // namespace

const GatherArgs& GatherWork::ready() {
  args.images = reinterpret_cast<const uint8_t*>(images.data);
  args.indices = indices.data();
  args.samples = samples.data();
  args.mean = mean.data();
  args.std = std.data();
  return args;
}

GatherWork gatherFrom(const OwnMemories& own, const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  GatherWork work;
  const std::vector<int> in = sizesFrom(info[1], 3, "gather: height, width and channels");
  const std::vector<int> out = sizesFrom(info[4], 2, "gather: height and width of the result");
  const auto channels = static_cast<size_t>(in[2]);
  const size_t bytes = static_cast<size_t>(in[0]) * static_cast<size_t>(in[1]) * channels;
  work.indices = copied<int32_t>(info[2], "gather: indices");
  const size_t samples = work.indices.size() / 2;
  if (samples > MOST_SAMPLES) refuse(env, "gather: more than " + std::to_string(MOST_SAMPLES) + " samples");
  expectLength(env, "gather: indices", work.indices.size(), 2 * samples);
  work.samples = copied<float>(info[3], "gather: samples");
  expectLength(env, "gather: samples", work.samples.size(), samples * FIELDS);
  work.mean = copied<float>(info[5], "gather: means");
  expectLength(env, "gather: means", work.mean.size(), channels);
  work.std = copied<float>(info[6], "gather: stds");
  expectLength(env, "gather: stds", work.std.size(), channels);
  Elements<float> result = shared<float>(own, info[7], "gather: the result");
  const size_t plane = static_cast<size_t>(out[0]) * static_cast<size_t>(out[1]);
  if (samples > 0 && plane > result.length / samples / channels) refuse(env, "gather: the result is too short");
  expectLength(env, "gather: the result", result.length, samples * channels * plane);
  // Last, since everything before it may run JavaScript.
  const View images = viewOf(info[0], napi_uint8_array, "gather: images");
  expectLength(env, "gather: images", images.length, images.length / bytes * bytes);
  checkIndices(env, work.indices, images.length / bytes);
  std::shared_ptr<char> memory = ownMemory(own, images);
  work.images = memory ? Elements<char>{std::move(memory), images.data, images.length}
                       : pickImages(images, bytes, work.indices);
  work.args.height = in[0];
  work.args.width = in[1];
  work.args.channels = in[2];
  work.args.count = static_cast<int>(samples);
  work.args.outHeight = out[0];
  work.args.outWidth = out[1];
  work.args.out = result.data;
  work.out = std::move(result.memory);
  return work;
}

}  // namespace convoy
