// input weights^T + bias, forwards and backwards, each product by oneDNN.
#include "kernels.h"
#include "lanes.h"
#include "product.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace unreel {
namespace {

using MaybeTensor = c10::optional<at::Tensor>;

// Row by row, as the matrix lies in memory; each column is added from top to bottom, whoever adds it.
template <typename T>
UNREEL_WIDE void add_columns(const T* matrix, int64_t rows, int64_t step, int64_t columns, float* sums) {
  const int64_t whole = columns / Lanes * Lanes;
  std::memset(sums, 0, static_cast<size_t>(columns) * sizeof(float));
  for (int64_t row = 0; row < rows; row++) {
    const T* values = matrix + row * step;
    for (int64_t column = 0; column < whole; column += Lanes) store(sums + column, load(sums + column) + load(values + column));
    for (int64_t column = whole; column < columns; column++) sums[column] += static_cast<float>(values[column]);
  }
}

at::Tensor rows_of(const at::Tensor& tensor) { return tensor.reshape({-1, tensor.size(-1)}).contiguous(); }

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                            const MaybeTensor& bias) {
    const auto x = rows_of(input);
    const auto w = weight.contiguous();
    const int64_t rows = x.size(0), inner = x.size(1), columns = w.size(0);
    auto sizes = input.sizes().vec();
    sizes.back() = columns;
    auto y = at::empty(sizes, x.options());
    const auto shift = bias ? bias->contiguous() : at::Tensor();
    multiply({rows, inner, columns, x.scalar_type(), x.scalar_type()}, {x.data_ptr(), inner, false}, {w.data_ptr(), inner, true},
             bias ? shift.data_ptr() : nullptr, y.data_ptr(), columns);
    context->save_for_backward({weight.requires_grad() ? input : at::Tensor(), input.requires_grad() ? weight : at::Tensor()});
    context->saved_data["sizes"] = input.sizes();
    context->saved_data["biased"] = bias.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& input = saved[0];
    const auto& weight = saved[1];
    const bool to_input = context->needs_input_grad(0), to_weight = context->needs_input_grad(1);
    const bool to_bias = context->saved_data["biased"].toBool() && context->needs_input_grad(2);
    const auto sizes = context->saved_data["sizes"].toIntVector();
    // With a graph of the gradient's own, every step must be an operator that has a gradient.
    if (at::GradMode::is_enabled()) {
      const auto g = gradients[0].reshape({-1, gradients[0].size(-1)});
      return {to_input ? g.matmul(weight).reshape(sizes) : at::Tensor(),
              to_weight ? g.t().matmul(input.reshape({-1, input.size(-1)})) : at::Tensor(), to_bias ? g.sum(0) : at::Tensor()};
    }
    const auto g = rows_of(gradients[0]);
    const int64_t rows = g.size(0), columns = g.size(1), inner = sizes.back();
    const auto type = g.scalar_type();
    at::Tensor input_gradient, weight_gradient;
    if (to_input) {
      const auto w = weight.contiguous();
      input_gradient = at::empty(sizes, g.options());
      multiply({rows, columns, inner, type, type}, {g.data_ptr(), columns, false}, {w.data_ptr(), inner, false}, nullptr,
               input_gradient.data_ptr(), inner);
    }
    if (to_weight) {
      const auto x = rows_of(input);
      weight_gradient = at::empty({columns, inner}, g.options());
      multiply({columns, rows, inner, type, type}, {g.data_ptr(), columns, true}, {x.data_ptr(), inner, false}, nullptr,
               weight_gradient.data_ptr(), inner);
    }
    return {input_gradient, weight_gradient, to_bias ? column_sums(g, rows, columns) : at::Tensor()};
  }
};

bool fits(const at::Tensor& input, const at::Tensor& weight, const MaybeTensor& bias) {
  return is_ours(input) && is_ours(weight) && weight.scalar_type() == input.scalar_type() && input.dim() >= 1 && weight.dim() == 2 &&
         input.size(-1) == weight.size(1) && input.numel() > 0 && weight.numel() > 0 &&
         (!bias || (is_ours(*bias) && bias->scalar_type() == input.scalar_type() && bias->dim() == 1 && bias->size(0) == weight.size(0)));
}

// What these kernels are not for, and what is wrong, is ATen's to compute or to complain about.
at::Tensor linear(const at::Tensor& input, const at::Tensor& weight, const MaybeTensor& bias) {
  return fits(input, weight, bias) ? Linear::apply(input, weight, bias) : at::linear(input, weight, bias);
}

}  // namespace

at::Tensor column_sums(const at::Tensor& matrix, int64_t rows, int64_t columns) {
  auto sums = at::empty({columns}, matrix.options().dtype(c10::kFloat));
  auto* out = sums.data_ptr<float>();
  const int64_t width = (columns + Lanes - 1) / Lanes;
  at::parallel_for(0, width, std::max<int64_t>(1, Grain / std::max<int64_t>(1, rows)), [&](int64_t begin, int64_t end) {
    const int64_t first = begin * Lanes, count = std::min(columns, end * Lanes) - first;
    if (matrix.scalar_type() == c10::kFloat) {
      add_columns(matrix.data_ptr<float>() + first, rows, columns, count, out + first);
    } else {
      add_columns(matrix.data_ptr<c10::BFloat16>() + first, rows, columns, count, out + first);
    }
  });
  return sums.to(matrix.scalar_type());
}

}  // namespace unreel

TORCH_LIBRARY_FRAGMENT(unreel, library) {
  library.def("linear(Tensor input, Tensor weight, Tensor? bias) -> Tensor", unreel::linear);
}
