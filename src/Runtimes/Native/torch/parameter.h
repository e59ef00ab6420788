// What a schema says of one argument, and the way from a tagged value to it.
#pragma once

#include "status.h"

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <string>

namespace unreel {

enum class Kind : uint8_t {
  Tensor,
  Int,
  Double,
  Bool,
  Scalar,
  IntList,
  DoubleList,
  BoolList,
  TensorList,
  OptionalTensorList,
  String,
  Device,
  Generator,
  Unsupported,
};

struct Parameter {
  Kind kind;
  bool optional;
  bool has_default;
  int32_t length;  // of a list that a single number may stand for, else 0
  c10::IValue fallback;
  std::string name;
  std::string type;
};

Parameter describe(const c10::Argument& argument);

// Throws where the value does not fit: the boxed call itself would not notice.
c10::IValue convert(const std::string& op, const Parameter& parameter, const unreel_value& value);

}  // namespace unreel
