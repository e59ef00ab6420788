// Mean 0 and variance 1 over the last dimension, then scaled and shifted; statistics in floats.
#include "kernels.h"
#include "lanes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <limits>

namespace unreel {
namespace {

using MaybeTensor = c10::optional<at::Tensor>;

// Rows whose contributions to the scale's gradient are added together before all such sums are: not a matter of threads, so
// that the number of threads does not change it.
constexpr int64_t RowsOfSum = 64;

UNREEL_INLINE Floats part(const float* from, int64_t place, int64_t width) {
  return place + Lanes <= width ? load(from + place) : load(from + place, width - place);
}

UNREEL_INLINE void put(float* to, Floats value, int64_t place, int64_t width) {
  if (place + Lanes <= width) {
    store(to + place, value);
  } else {
    store(to + place, value, width - place);
  }
}

// Where a row ends within sixteen places, the ones beyond must not count.
UNREEL_INLINE Floats within(Floats value, int64_t place, int64_t width) {
  if (place + Lanes > width) {
    for (int64_t i = width - place; i < Lanes; i++) value[i] = 0;
  }
  return value;
}

UNREEL_WIDE void normalise(const float* x, const float* scale, const float* shift, float* y, float* means, float* inverses,
                           int64_t rows, int64_t width, float epsilon) {
  for (int64_t row = 0; row < rows; row++, x += width, y += width) {
    Floats total = all(0);
    for (int64_t i = 0; i < width; i += Lanes) total += part(x, i, width);
    const float mean = sum(total) / static_cast<float>(width);
    Floats squares = all(0);
    for (int64_t i = 0; i < width; i += Lanes) {
      const Floats apart = within(part(x, i, width) - mean, i, width);
      squares += apart * apart;
    }
    const float variance = sum(squares) / static_cast<float>(width);
    // Beyond what floats hold, 1 / infinity would make a harmless row of zeros of numbers that went out of bounds.
    const float inverse = std::isfinite(variance) ? 1 / std::sqrt(variance + epsilon) : std::numeric_limits<float>::quiet_NaN();
    for (int64_t i = 0; i < width; i += Lanes) {
      put(y, (part(x, i, width) - mean) * inverse * part(scale, i, width) + part(shift, i, width), i, width);
    }
    means[row] = mean;
    inverses[row] = inverse;
  }
}

UNREEL_WIDE void to_input(const float* gradient, const float* x, const float* scale, const float* means, const float* inverses,
                          float* out, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++, gradient += width, x += width, out += width) {
    const float mean = means[row], inverse = inverses[row];
    Floats plain = all(0), along = all(0);
    for (int64_t i = 0; i < width; i += Lanes) {
      const Floats scaled = part(gradient, i, width) * part(scale, i, width);
      plain += scaled;
      along += scaled * ((part(x, i, width) - mean) * inverse);
    }
    const float share = sum(plain) / static_cast<float>(width), slope = sum(along) / static_cast<float>(width);
    for (int64_t i = 0; i < width; i += Lanes) {
      const Floats normal = (part(x, i, width) - mean) * inverse;
      put(out, (part(gradient, i, width) * part(scale, i, width) - share - normal * slope) * inverse, i, width);
    }
  }
}

UNREEL_WIDE void to_parameters(const float* gradient, const float* x, const float* means, const float* inverses, float* scale,
                               float* shift, int64_t rows, int64_t width) {
  std::memset(scale, 0, static_cast<size_t>(width) * sizeof(float));
  std::memset(shift, 0, static_cast<size_t>(width) * sizeof(float));
  for (int64_t row = 0; row < rows; row++, gradient += width, x += width) {
    const float mean = means[row], inverse = inverses[row];
    for (int64_t i = 0; i < width; i += Lanes) {
      const Floats given = part(gradient, i, width);
      put(scale, part(scale, i, width) + given * ((part(x, i, width) - mean) * inverse), i, width);
      put(shift, part(shift, i, width) + given, i, width);
    }
  }
}

UNREEL_WIDE void add_blocks(const float* blocks, int64_t count, int64_t step, float* out, int64_t width) {
  for (int64_t i = 0; i < width; i++) out[i] = blocks[i];
  for (int64_t block = 1; block < count; block++) {
    for (int64_t i = 0; i < width; i++) out[i] += blocks[block * step + i];
  }
}

at::Tensor summed(const at::Tensor& blocks, int64_t offset, int64_t width) {
  auto out = at::empty({width}, blocks.options());
  add_blocks(blocks.data_ptr<float>() + offset, blocks.size(0), 2 * width, out.data_ptr<float>(), width);
  return out;
}

struct LayerNorm : torch::autograd::Function<LayerNorm> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                            const at::Tensor& bias, double epsilon) {
    const auto x = input.contiguous(), scale = weight.contiguous(), shift = bias.contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / width;
    auto y = at::empty(x.sizes(), x.options());
    auto means = at::empty({rows}, x.options()), inverses = at::empty({rows}, x.options());
    at::parallel_for(0, rows, std::max<int64_t>(1, Grain / width), [&](int64_t begin, int64_t end) {
      normalise(x.data_ptr<float>() + begin * width, scale.data_ptr<float>(), shift.data_ptr<float>(),
                y.data_ptr<float>() + begin * width, means.data_ptr<float>() + begin, inverses.data_ptr<float>() + begin,
                end - begin, width, static_cast<float>(epsilon));
    });
    context->save_for_backward({input, weight, bias, means, inverses});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1], &bias = saved[2], &means = saved[3], &inverses = saved[4];
    const std::array<bool, 3> wanted{context->needs_input_grad(0), context->needs_input_grad(1), context->needs_input_grad(2)};
    // With a graph of the gradient's own, ATen's operator has a gradient; this one has none.
    if (at::GradMode::is_enabled()) {
      auto sizes = input.sizes().vec();
      sizes.back() = 1;
      auto [x, scale, shift] = at::native_layer_norm_backward(gradients[0], input, {input.size(-1)}, means.view(sizes),
                                                              inverses.view(sizes), weight, bias, wanted);
      return {x, scale, shift, at::Tensor()};
    }
    const auto g = gradients[0].contiguous(), x = input.contiguous(), scale = weight.contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / width;
    at::Tensor to_x, to_scale, to_shift;
    if (wanted[0]) {
      to_x = at::empty(x.sizes(), x.options());
      at::parallel_for(0, rows, std::max<int64_t>(1, Grain / width), [&](int64_t begin, int64_t end) {
        to_input(g.data_ptr<float>() + begin * width, x.data_ptr<float>() + begin * width, scale.data_ptr<float>(),
                 means.data_ptr<float>() + begin, inverses.data_ptr<float>() + begin, to_x.data_ptr<float>() + begin * width,
                 end - begin, width);
      });
    }
    if (wanted[1] || wanted[2]) {
      const int64_t blocks = (rows + RowsOfSum - 1) / RowsOfSum;
      const auto sums = at::empty({blocks, 2 * width}, x.options());
      at::parallel_for(0, blocks, std::max<int64_t>(1, Grain / (RowsOfSum * width)), [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; block++) {
          const int64_t first = block * RowsOfSum;
          float* to = sums.data_ptr<float>() + block * 2 * width;
          to_parameters(g.data_ptr<float>() + first * width, x.data_ptr<float>() + first * width, means.data_ptr<float>() + first,
                        inverses.data_ptr<float>() + first, to, to + width, std::min(RowsOfSum, rows - first), width);
        }
      });
      if (wanted[1]) to_scale = summed(sums, 0, width);
      if (wanted[2]) to_shift = summed(sums, width, width);
    }
    return {to_x, to_scale, to_shift, at::Tensor()};
  }
};

bool is_row(const MaybeTensor& tensor, int64_t width) {
  return tensor && is_ours(*tensor) && tensor->scalar_type() == c10::kFloat && tensor->dim() == 1 && tensor->size(0) == width;
}

at::Tensor layer_norm(const at::Tensor& input, at::IntArrayRef shape, const MaybeTensor& weight, const MaybeTensor& bias, double epsilon) {
  const bool ours = is_ours(input) && input.scalar_type() == c10::kFloat && shape.size() == 1 && input.dim() >= 1 &&
                    input.size(-1) == shape[0] && input.numel() > 0 && is_row(weight, shape[0]) && is_row(bias, shape[0]);
  return ours ? LayerNorm::apply(input, *weight, *bias, epsilon) : at::layer_norm(input, shape, weight, bias, epsilon);
}

}  // namespace
}  // namespace unreel

TORCH_LIBRARY_FRAGMENT(unreel, library) {
  library.def("layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> Tensor", unreel::layer_norm);
}
