#include "product.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <c10/util/hash.h>

#include <dnnl.hpp>
#include <omp.h>

#include <array>
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

struct Key {
  std::array<int64_t, 9> parts;
  bool operator==(const Key& other) const { return parts == other.parts; }
};

struct KeyHash {
  size_t operator()(const Key& key) const {
    size_t seed = 0;
    for (int64_t part : key.parts) seed = c10::hash_combine(seed, static_cast<size_t>(part));
    return seed;
  }
};

void* scratch(size_t bytes) {
  thread_local std::vector<char> room;
  if (room.size() < bytes + Alignment) room.resize(bytes + Alignment);
  const auto start = reinterpret_cast<uintptr_t>(room.data());
  return reinterpret_cast<void*>((start + Alignment - 1) / Alignment * Alignment);
}

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

Key key_of(const Product& what, Matrix left, Matrix right, bool bias, int64_t step) {
  // How the work is split is decided when the primitive is made.
  const int64_t threads = at::in_parallel_region() ? 1 : at::get_num_threads();
  const int64_t choices = (left.transposed ? 1 : 0) | (right.transposed ? 2 : 0) | (bias ? 4 : 0) | (what.add ? 8 : 0) |
                          static_cast<int64_t>(what.type) << 8 | static_cast<int64_t>(what.result) << 16;
  return {{what.rows, what.inner, what.columns, left.step, right.step, step, choices, threads, 0}};
}

std::shared_ptr<const Kernel> find(const Key& key, const Product& what, Matrix left, Matrix right, bool bias, int64_t step) {
  static std::shared_mutex gate;
  static std::unordered_map<Key, std::shared_ptr<const Kernel>, KeyHash> kernels;
  {
    std::shared_lock<std::shared_mutex> lock(gate);
    auto found = kernels.find(key);
    if (found != kernels.end()) return found->second;
  }
  auto made = make(what, left, right, bias, step, key.parts[7]);
  std::unique_lock<std::shared_mutex> lock(gate);
  if (kernels.size() >= Remembered) kernels.clear();
  return kernels.emplace(key, std::move(made)).first->second;
}

// A kernel with its arguments as the calling thread fills them in: making these anew takes longer than a small product.
struct Call {
  explicit Call(std::shared_ptr<const Kernel> of) : kernel(std::move(of)) {
    const auto& description = kernel->description;
    arguments = {{DNNL_ARG_SRC, nowhere(description.src_desc())},
                 {DNNL_ARG_WEIGHTS, nowhere(description.weights_desc())},
                 {DNNL_ARG_DST, nowhere(description.dst_desc())},
                 {DNNL_ARG_SCRATCHPAD, nowhere(description.scratchpad_desc())}};
    if (!description.bias_desc().is_zero()) arguments.emplace(DNNL_ARG_BIAS, nowhere(description.bias_desc()));
    room = description.scratchpad_desc().get_size();
  }

  static dnnl::memory nowhere(const dnnl::memory::desc& layout) { return {layout, engine(), nullptr}; }

  void run(const void* left, const void* right, const void* bias, void* result) {
    arguments[DNNL_ARG_SRC].set_data_handle(const_cast<void*>(left));
    arguments[DNNL_ARG_WEIGHTS].set_data_handle(const_cast<void*>(right));
    arguments[DNNL_ARG_DST].set_data_handle(result);
    if (bias != nullptr) arguments[DNNL_ARG_BIAS].set_data_handle(const_cast<void*>(bias));
    arguments[DNNL_ARG_SCRATCHPAD].set_data_handle(scratch(room));
    kernel->primitive.execute(stream(), arguments);
  }

  std::shared_ptr<const Kernel> kernel;
  std::unordered_map<int, dnnl::memory> arguments;
  size_t room;
};

}  // namespace

void multiply(const Product& what, Matrix left, Matrix right, const void* bias, void* result, int64_t step) {
  thread_local std::unordered_map<Key, Call, KeyHash> calls;
  const Key key = key_of(what, left, right, bias != nullptr, step);
  auto found = calls.find(key);
  if (found == calls.end()) {
    if (calls.size() >= Remembered) calls.clear();
    found = calls.emplace(key, Call(find(key, what, left, right, bias != nullptr, step))).first;
  }
  found->second.run(left.data, right.data, bias, result);
}

}  // namespace unreel
