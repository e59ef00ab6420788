// The loops behind the operators, over memory that is there; `unreel::` operators choose between these and ATen's.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace unreel {

// Whether these loops are for this tensor: on the processor, in float or bfloat16, of an ordinary layout.
inline bool is_ours(const at::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.layout() == c10::kStrided &&
         (tensor.scalar_type() == c10::kFloat || tensor.scalar_type() == c10::kBFloat16);
}

// Fewest elements for which waking another thread is worth it.
constexpr int64_t Grain = 16384;

// The sum of every column of a matrix [rows, columns] in memory, as a tensor of its type.
at::Tensor column_sums(const at::Tensor& matrix, int64_t rows, int64_t columns);

}  // namespace unreel
