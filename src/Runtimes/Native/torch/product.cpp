#include "product.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <c10/util/hash.h>

#include <dnnl.hpp>
#include <omp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace unreel {
namespace {

// Making a primitive compiles machine code: each is kept for its shape. A training meets a few dozen; a program that goes through
// more shapes than this starts anew.
constexpr size_t Remembered = 1024;

// oneDNN writes whole numbers of cache lines into it, and primitives of one thread run one after another.
constexpr size_t Alignment = 64;

using Key = std::vector<int64_t>;

struct KeyHash {
  size_t operator()(const Key& key) const {
    size_t seed = key.size();
    for (int64_t part : key) seed = c10::hash_combine(seed, static_cast<size_t>(part));
    return seed;
  }
};

struct Kernel {
  dnnl::matmul::primitive_desc description;
  dnnl::matmul primitive;
};

const dnnl::engine& engine() {
  static const dnnl::engine made(dnnl::engine::kind::cpu, 0);
  return made;
}

dnnl::stream& stream() {
  thread_local dnnl::stream made(engine());
  return made;
}

dnnl::memory::data_type type_of(c10::ScalarType type) {
  if (type == c10::kFloat) return dnnl::memory::data_type::f32;
  TORCH_CHECK(type == c10::kBFloat16, "products of ", type, " are not oneDNN's");
  return dnnl::memory::data_type::bf16;
}

dnnl::memory::desc layout(int64_t rows, int64_t columns, c10::ScalarType type, int64_t step, bool transposed) {
  const dnnl::memory::dims strides = transposed ? dnnl::memory::dims{1, step} : dnnl::memory::dims{step, 1};
  return {{rows, columns}, type_of(type), strides};
}

// oneDNN asks OpenMP for how many threads it is to split the work; within a parallel region OpenMP names those of the region.
class ThreadsWhileMaking {
 public:
  explicit ThreadsWhileMaking(int64_t threads) : before_(omp_get_max_threads()) { omp_set_num_threads(static_cast<int>(threads)); }
  ~ThreadsWhileMaking() { omp_set_num_threads(before_); }

 private:
  int before_;
};

std::shared_ptr<const Kernel> make(const Product& what, Matrix left, Matrix right, bool bias, int64_t step, int64_t threads) {
  dnnl::primitive_attr attributes;
  // The library's own scratchpad belongs to the thread that made the primitive; these go from thread to thread.
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (what.add) {
    dnnl::post_ops after;
    after.append_sum();
    attributes.set_post_ops(after);
  }
  const auto a = layout(what.rows, what.inner, what.type, left.step, left.transposed);
  const auto b = layout(what.inner, what.columns, what.type, right.step, right.transposed);
  const auto c = layout(what.rows, what.columns, what.result, step, false);
  const auto row = layout(1, what.columns, what.type, what.columns, false);
  const auto description = bias ? dnnl::matmul::desc(a, b, row, c) : dnnl::matmul::desc(a, b, c);
  const ThreadsWhileMaking guard(threads);
  const dnnl::matmul::primitive_desc chosen(description, attributes, engine());
  return std::make_shared<const Kernel>(Kernel{chosen, dnnl::matmul(chosen)});
}

std::shared_ptr<const Kernel> find(const Product& what, Matrix left, Matrix right, bool bias, int64_t step) {
  static std::shared_mutex gate;
  static std::unordered_map<Key, std::shared_ptr<const Kernel>, KeyHash> kernels;
  // How the work is split is decided when the primitive is made.
  const int64_t threads = at::in_parallel_region() ? 1 : at::get_num_threads();
  const Key key{what.rows, what.inner, what.columns, static_cast<int64_t>(what.type), static_cast<int64_t>(what.result),
                left.step, right.step, step, left.transposed | right.transposed << 1 | bias << 2 | what.add << 3, threads};
  {
    std::shared_lock<std::shared_mutex> lock(gate);
    auto found = kernels.find(key);
    if (found != kernels.end()) return found->second;
  }
  auto made = make(what, left, right, bias, step, threads);
  std::unique_lock<std::shared_mutex> lock(gate);
  if (kernels.size() >= Remembered) kernels.clear();
  return kernels.emplace(key, std::move(made)).first->second;
}

void* scratch(size_t bytes) {
  thread_local std::vector<char> room;
  if (room.size() < bytes + Alignment) room.resize(bytes + Alignment);
  const auto start = reinterpret_cast<uintptr_t>(room.data());
  return reinterpret_cast<void*>((start + Alignment - 1) / Alignment * Alignment);
}

}  // namespace

void multiply(const Product& what, Matrix left, Matrix right, const void* bias, void* result, int64_t step) {
  const auto kernel = find(what, left, right, bias != nullptr, step);
  const auto& description = kernel->description;
  auto memory = [](const dnnl::memory::desc& layout, const void* data) {
    return dnnl::memory(layout, engine(), const_cast<void*>(data));
  };
  const auto room = description.scratchpad_desc();
  std::unordered_map<int, dnnl::memory> arguments{{DNNL_ARG_SRC, memory(description.src_desc(), left.data)},
                                                  {DNNL_ARG_WEIGHTS, memory(description.weights_desc(), right.data)},
                                                  {DNNL_ARG_DST, memory(description.dst_desc(), result)},
                                                  {DNNL_ARG_SCRATCHPAD, memory(room, scratch(room.get_size()))}};
  if (bias != nullptr) arguments.emplace(DNNL_ARG_BIAS, memory(description.bias_desc(), bias));
  kernel->primitive.execute(stream(), arguments);
}

}  // namespace unreel
