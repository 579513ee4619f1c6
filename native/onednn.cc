#include "onednn.h"

#include <memory>
#include <unordered_map>

namespace convoy {
namespace {

using dnnl::memory;

/** A primitive with the memory objects of its arguments. */
struct Bound {
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
  std::vector<std::pair<memory, BufferId>> arena;  // placed once
  std::vector<std::pair<memory, BufferId>> bound;  // placed at every run
};

memory::format_tag tagOf(const Shape& shape, int64_t block) {
  if (block == 0) return memory::format_tag::any;
  if (block == 1) return memory::format_tag::nchw;
  if (block == shape[1] && block != 8 && block != 16) return memory::format_tag::nhwc;
  if (block == 8) return memory::format_tag::nChw8c;
  if (block == 16) return memory::format_tag::nChw16c;
  throw std::invalid_argument("no layout of oneDNN has this channel block");
}

/** Streams belong to the thread that executes on them. */
dnnl::stream& threadStream() {
  thread_local dnnl::stream stream(dnnlEngine());
  return stream;
}

}  // namespace

const dnnl::engine& dnnlEngine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

void dnnlStep(Builder& builder, const std::string& name, const dnnl::primitive& primitive,
              const std::vector<DnnlArgument>& arguments) {
  auto bound = std::make_shared<Bound>();
  bound->primitive = primitive;
  std::vector<BufferId> buffers;
  for (const DnnlArgument& a : arguments) {
    if (a.desc.get_size() == 0) continue;
    const memory object(a.desc, dnnlEngine(), DNNL_MEMORY_NONE);
    bound->arguments.emplace(a.argument, object);
    (builder.inArena(a.buffer) ? bound->arena : bound->bound).emplace_back(object, a.buffer);
    buffers.push_back(a.buffer);
  }
  builder.whenPlaced([bound](const Run& run) {
    for (auto& [object, buffer] : bound->arena) object.set_data_handle(run.raw(buffer));
  });
  builder.step(name, buffers, [bound](const Run& run) {
    for (auto& [object, buffer] : bound->bound) {
      void* place = run.raw(buffer);
      if (object.get_data_handle() != place) object.set_data_handle(place);
    }
    bound->primitive.execute(threadStream(), bound->arguments);
  });
}

memory::desc imagesDesc(const Shape& shape, int64_t block) {
  return memory::desc(shape, memory::data_type::f32, tagOf(shape, block));
}

int64_t blockOfDesc(const memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  const Shape shape = desc.get_dims();
#else
  const Shape shape = desc.dims();
#endif
  for (const int64_t block : {int64_t{16}, int64_t{8}, int64_t{1}, shape[1]}) {
    if (desc == imagesDesc(shape, block)) return block;
  }
  return 0;
}

}  // namespace convoy
