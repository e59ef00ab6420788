// One step of AdamW for many parameters at once.
#include "kernels.h"
#include "lanes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>

namespace unreel {
namespace {

// Elements that one task takes: 64 kB of each of the four arrays.
constexpr int64_t Piece = 16384;

struct Rule {
  float kept;         // of a parameter under weight decay
  float beta1, beta2;
  float epsilon;
  float rate;         // divided by the first mean's correction
  float correction;   // of the root of the second mean
};

struct Task {
  float *parameter, *mean, *square;
  const float* gradient;
  int64_t count;
  Rule rule;
};

UNREEL_INLINE void update(const Task& task, int64_t i, int64_t count) {
  const Rule& rule = task.rule;
  const bool whole = count == Lanes;
  auto read = [&](const float* from) __attribute__((always_inline)) { return whole ? load(from + i) : load(from + i, count); };
  auto write = [&](float* to, Floats value) __attribute__((always_inline)) {
    if (whole) {
      store(to + i, value);
    } else {
      store(to + i, value, count);
    }
  };
  const Floats gradient = read(task.gradient);
  const Floats mean = read(task.mean) * rule.beta1 + gradient * (1 - rule.beta1);
  const Floats square = read(task.square) * rule.beta2 + gradient * gradient * (1 - rule.beta2);
  Floats root;
  for (int64_t lane = 0; lane < Lanes; lane++) root[lane] = std::sqrt(square[lane]);
  write(task.mean, mean);
  write(task.square, square);
  write(task.parameter, read(task.parameter) * rule.kept - rule.rate * mean / (root / rule.correction + rule.epsilon));
}

UNREEL_WIDE void run(const Task* tasks, int64_t count) {
  for (int64_t number = 0; number < count; number++) {
    const Task& task = tasks[number];
    int64_t i = 0;
    for (; i + Lanes <= task.count; i += Lanes) update(task, i, Lanes);
    if (i < task.count) update(task, i, task.count - i);
  }
}

float* floats(const at::Tensor& tensor, const char* what) {
  TORCH_CHECK(tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous(),
              "adamw_: ", what, " must be contiguous floats in the processor's memory, found ", tensor.toString());
  return tensor.data_ptr<float>();
}

// `steps` counts from 1. Results are those of the operators one after another, but for the rounding of fused products.
void adamw(at::TensorList parameters, at::TensorList gradients, at::TensorList means, at::TensorList squares, at::IntArrayRef steps,
           double rate, double beta1, double beta2, double epsilon, double decay) {
  const size_t count = parameters.size();
  TORCH_CHECK(gradients.size() == count && means.size() == count && squares.size() == count && steps.size() == count,
              "adamw_: the lists must be of one length");
  std::vector<at::Tensor> dense(count);
  std::vector<Task> tasks;
  for (size_t number = 0; number < count; number++) {
    dense[number] = gradients[number].contiguous();
    const auto step = static_cast<double>(steps[number]);
    const Rule rule{static_cast<float>(1 - rate * decay), static_cast<float>(beta1), static_cast<float>(beta2),
                    static_cast<float>(epsilon), static_cast<float>(rate / (1 - std::pow(beta1, step))),
                    static_cast<float>(std::sqrt(1 - std::pow(beta2, step)))};
    auto *parameter = floats(parameters[number], "a parameter"), *mean = floats(means[number], "a mean"),
         *square = floats(squares[number], "a mean of squares");
    const auto* gradient = floats(dense[number], "a gradient");
    const int64_t size = parameters[number].numel();
    TORCH_CHECK(dense[number].numel() == size && means[number].numel() == size && squares[number].numel() == size,
                "adamw_: a parameter of ", size, " numbers with a gradient of ", dense[number].numel());
    for (int64_t first = 0; first < size; first += Piece) {
      tasks.push_back({parameter + first, mean + first, square + first, gradient + first, std::min(Piece, size - first), rule});
    }
  }
  at::parallel_for(0, static_cast<int64_t>(tasks.size()), 1, [&](int64_t begin, int64_t end) { run(tasks.data() + begin, end - begin); });
}

}  // namespace
}  // namespace unreel

TORCH_LIBRARY_FRAGMENT(unreel, library) {
  library.def(
      "adamw_(Tensor[] parameters, Tensor[] gradients, Tensor[] means, Tensor[] squares, int[] steps, float rate, float beta1, "
      "float beta2, float epsilon, float decay) -> ()",
      unreel::adamw);
}
