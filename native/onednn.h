// All that differs between oneDNN 2 and 3, and the way its primitives become steps.
#pragma once

#include <cmath>
#include <dnnl.hpp>
#include <string>
#include <vector>

#include "builder.h"

namespace convoy {

/** The one CPU engine of oneDNN in this process. */
const dnnl::engine& dnnlEngine();

/** Scratch space from the caller, and an activation behind the primitive. */
inline dnnl::primitive_attr dnnlAttributes(Activation activation) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (activation.relu) {
    const bool clipped = std::isfinite(activation.ceiling);
    const auto kind = clipped ? dnnl::algorithm::eltwise_clip : dnnl::algorithm::eltwise_relu;
    const float high = clipped ? activation.ceiling : 0.0f;
    dnnl::post_ops ops;
#if DNNL_VERSION_MAJOR >= 3
    ops.append_eltwise(kind, 0.0f, high);
#else
    ops.append_eltwise(1.0f, kind, 0.0f, high);
#endif
    attributes.set_post_ops(ops);
  }
  return attributes;
}

/** The description of a forward primitive; `arguments` are those of the operation itself. */
template <class Primitive, class... Arguments>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attributes,
                                            const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(dnnlEngine(), arguments..., attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), attributes,
                                            dnnlEngine());
#endif
}

/** The description of a backward primitive, with that of its forward as a hint. */
template <class Primitive, class Hint, class... Arguments>
typename Primitive::primitive_desc describeBackward(const dnnl::primitive_attr& attributes,
                                                    const Hint& hint,
                                                    const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(dnnlEngine(), arguments..., hint, attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), attributes,
                                            dnnlEngine(), hint);
#endif
}

/** One argument of a primitive: which, in what layout, and the buffer that holds it. */
struct DnnlArgument {
  int argument;
  dnnl::memory::desc desc;
  BufferId buffer;
};

/** Adds a step that executes a primitive. */
void dnnlStep(Builder& builder, const std::string& name, const dnnl::primitive& primitive,
              const std::vector<DnnlArgument>& arguments);

/** Images of a channel block as oneDNN calls them; block 0 leaves the choice to oneDNN. */
dnnl::memory::desc imagesDesc(const Shape& shape, int64_t block);
/** The channel block of a layout that oneDNN chose, or 0 when it is none of ours. */
int64_t blockOfDesc(const dnnl::memory::desc& desc);

}  // namespace convoy
