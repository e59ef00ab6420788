// Floats to bfloat16 and back.
#include "kernels.h"
#include "lanes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace unreel {
namespace {

template <typename From, typename To>
UNREEL_WIDE void convert(const From* from, To* to, int64_t count) {
  int64_t i = 0;
  for (; i + Lanes <= count; i += Lanes) store(to + i, load(from + i));
  if (i < count) store(to + i, load(from + i, count - i), count - i);
}

// Element by element in the order of memory, whatever the strides: the result has the same.
at::Tensor values_of(const at::Tensor& x, at::ScalarType type) {
  auto y = at::empty_like(x, x.options().dtype(type), at::MemoryFormat::Preserve);
  at::parallel_for(0, x.numel(), 2 * Grain, [&](int64_t begin, int64_t end) {
    if (type == at::kFloat) {
      convert(x.data_ptr<c10::BFloat16>() + begin, y.data_ptr<float>() + begin, end - begin);
    } else {
      convert(x.data_ptr<float>() + begin, y.data_ptr<c10::BFloat16>() + begin, end - begin);
    }
  });
  return y;
}

bool fits(const at::Tensor& x, at::ScalarType type) {
  return is_ours(x) && type != x.scalar_type() && (type == at::kFloat || type == at::kBFloat16) && x.is_non_overlapping_and_dense();
}

struct Cast : torch::autograd::Function<Cast> {
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& x, at::ScalarType type) { return values_of(x, type); }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, torch::autograd::variable_list gradients) {
    const auto& given = gradients[0];
    const auto type = given.scalar_type() == at::kFloat ? at::kBFloat16 : at::kFloat;
    const bool ours = !at::GradMode::is_enabled() && fits(given, type);
    return {ours ? values_of(given, type) : given.to(type), at::Tensor()};
  }
};

at::Tensor to(const at::Tensor& x, at::ScalarType type, bool non_blocking, bool copy) {
  return fits(x, type) ? Cast::apply(x, type) : x.to(type, non_blocking, copy);
}

}  // namespace
}  // namespace unreel

TORCH_LIBRARY_FRAGMENT(unreel, library) {
  library.def("to(Tensor self, ScalarType dtype, bool non_blocking=False, bool copy=False) -> Tensor", unreel::to);
}
