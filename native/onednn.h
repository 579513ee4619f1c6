// All that differs between oneDNN 2 and 3, and the way its primitives become steps.
#pragma once

#include <cmath>
#include <dnnl.hpp>
#include <limits>
#include <string>
#include <vector>

#include "builder.h"

namespace convoy {

/** The one CPU engine of oneDNN in this process. */
const dnnl::engine& dnnlEngine();

/** What a primitive does with its sums before it stores them. */
struct Epilogue {
  bool residual;  // adds what lies in the place of the result
  Activation activation;
};

inline void appendEltwise(dnnl::post_ops& ops, dnnl::algorithm algorithm, float low, float high) {
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(algorithm, low, high);
#else
  ops.append_eltwise(1.0f, algorithm, low, high);
#endif
}

/** Scratch space from the caller, and an epilogue. */
inline dnnl::primitive_attr dnnlAttributes(const Epilogue& epilogue) {
  const auto [residual, activation] = epilogue;
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops ops;
  if (residual) ops.append_sum(1.0f);
  if (activation.relu && std::isinf(activation.ceiling)) {
    appendEltwise(ops, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  } else if (activation.relu) {
    appendEltwise(ops, dnnl::algorithm::eltwise_clip, 0.0f, activation.ceiling);
  }
  attributes.set_post_ops(ops);
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
