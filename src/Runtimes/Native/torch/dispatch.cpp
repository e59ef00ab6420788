// Calls any ATen operator by name through the dispatcher, boxed: one entry for all of them, bound to no version.
#include "status.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

#include <string>
#include <utility>
#include <vector>

#include "parameter.h"

namespace unreel {
namespace {

struct Operator {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<Parameter> parameters;
};

Operator* find(const char* name, const char* overload) {
  auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
  TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, overload[0] == 0 ? "" : ".", overload);
  auto made = std::make_unique<Operator>(Operator{*handle, c10::toString(handle->operator_name()), {}});
  for (const auto& argument : handle->schema().arguments()) made->parameters.push_back(describe(argument));
  return made.release();
}

std::vector<unreel_value>& waiting() {
  thread_local std::vector<unreel_value> values;
  return values;
}

void collect(const c10::IValue& value, std::vector<unreel_value>& out);

void collect_tensor(at::Tensor tensor, std::vector<unreel_value>& out) {
  unreel_value result{UNREEL_TENSOR, 0, {}};
  result.p = give(std::move(tensor));
  out.push_back(result);
}

void collect_number(const c10::IValue& value, std::vector<unreel_value>& out) {
  unreel_value result{UNREEL_NONE, 0, {}};
  if (value.isInt()) {
    result.tag = UNREEL_INT;
    result.i = value.toInt();
  } else if (value.isDouble()) {
    result.tag = UNREEL_DOUBLE;
    result.d = value.toDouble();
  } else if (value.isBool()) {
    result.tag = UNREEL_BOOL;
    result.i = value.toBool();
  } else {
    TORCH_CHECK(value.isNone(), "an operator returned a ", value.tagKind(), ", which this interface does not carry");
  }
  out.push_back(result);
}

void collect(const c10::IValue& value, std::vector<unreel_value>& out) {
  if (value.isTensor()) {
    collect_tensor(value.toTensor(), out);
  } else if (value.isTensorList()) {
    for (at::Tensor tensor : value.toTensorVector()) collect_tensor(std::move(tensor), out);
  } else {
    collect_number(value, out);
  }
}

void call(const Operator& op, const unreel_value* arguments, int32_t count, std::vector<c10::IValue>& stack) {
  auto expected = op.parameters.size();
  TORCH_CHECK(static_cast<size_t>(count) <= expected, op.name, " takes ", expected, " arguments, ", count, " were given");
  stack.reserve(expected);
  for (size_t i = 0; i < expected; i++) {
    static const unreel_value absent{UNREEL_DEFAULT, 0, {}};
    stack.push_back(convert(op.name, op.parameters[i], i < static_cast<size_t>(count) ? arguments[i] : absent));
  }
  op.handle.callBoxed(stack);
}

}  // namespace
}  // namespace unreel

int unreel_operator_find(const char* name, const char* overload, unreel_operator* out) {
  return unreel::guarded([&] { *out = unreel::find(name, overload); });
}

int unreel_operator_call(unreel_operator op, const unreel_value* arguments, int32_t count, unreel_value* results,
                         int32_t capacity, int32_t* produced) {
  return unreel::guarded([&] {
    std::vector<c10::IValue> stack;
    unreel::call(*static_cast<unreel::Operator*>(op), arguments, count, stack);
    if (capacity < 0) return;
    if (capacity > 0 && stack.size() == 1 && stack[0].isTensor()) {
      results[0].tag = UNREEL_TENSOR;
      results[0].p = unreel::give(std::move(stack[0]).toTensor());
      *produced = 1;
      return;
    }
    std::vector<unreel_value> all;
    for (const auto& value : stack) unreel::collect(value, all);
    *produced = static_cast<int32_t>(all.size());
    if (*produced <= capacity) {
      std::copy(all.begin(), all.end(), results);
    } else {
      unreel::waiting() = std::move(all);
    }
  });
}

int unreel_results_take(unreel_value* results, int32_t count) {
  return unreel::guarded([&] {
    auto& all = unreel::waiting();
    TORCH_CHECK(static_cast<size_t>(count) == all.size(), all.size(), " results are waiting, ", count, " were asked for");
    std::copy(all.begin(), all.end(), results);
    all.clear();
  });
}
