// Matrix products by oneDNN, in float or bfloat16. Only what was built with UNREEL_ONEDNN has them.
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>

namespace unreel {

// A matrix where it lies: `step` elements from one stored row to the next. A transposed one is stored by columns.
struct Matrix {
  const void* data;
  int64_t step;
  bool transposed;
};

struct Product {
  int64_t rows;
  int64_t inner;
  int64_t columns;
  c10::ScalarType type;    // of both factors and of the bias
  c10::ScalarType result;  // float, or the factors' type
  bool add = false;        // adds to what is there
};

// result = left right + bias, where `bias` (one number a column) may be null. The result's rows are `step` apart.
// Runs on all threads that torch may use, or within a parallel region on the calling one.
void multiply(const Product& what, Matrix left, Matrix right, const void* bias, void* result, int64_t step);

}  // namespace unreel
