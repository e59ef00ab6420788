#include "parameter.h"

#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>

namespace unreel {
namespace {

using c10::TypeKind;

Kind list_kind(const c10::Type& element) {
  switch (element.kind()) {
    case TypeKind::TensorType: return Kind::TensorList;
    case TypeKind::OptionalType: return Kind::OptionalTensorList;
    case TypeKind::IntType:
    case TypeKind::SymIntType: return Kind::IntList;
    case TypeKind::FloatType: return Kind::DoubleList;
    case TypeKind::BoolType: return Kind::BoolList;
    default: return Kind::Unsupported;
  }
}

Kind kind_of(const c10::Type& type) {
  switch (type.kind()) {
    case TypeKind::TensorType: return Kind::Tensor;
    case TypeKind::IntType:
    case TypeKind::SymIntType: return Kind::Int;
    case TypeKind::FloatType: return Kind::Double;
    case TypeKind::BoolType: return Kind::Bool;
    case TypeKind::NumberType: return Kind::Scalar;
    case TypeKind::StringType: return Kind::String;
    case TypeKind::DeviceObjType: return Kind::Device;
    case TypeKind::GeneratorType: return Kind::Generator;
    case TypeKind::ListType: return list_kind(*type.containedTypes().at(0));
    default: return Kind::Unsupported;
  }
}

[[noreturn]] void reject(const std::string& op, const Parameter& parameter, const unreel_value& value) {
  static const char* const names[] = {"nothing", "none", "a tensor", "an int", "a double", "a bool", "an int list",
                                      "a double list", "a tensor list", "a string", "a device", "a generator"};
  auto tag = static_cast<size_t>(value.tag);
  TORCH_CHECK(false, op, ": argument '", parameter.name, "' is ", parameter.type, ", but ",
              tag < std::size(names) ? names[tag] : "an unknown tag", " was given");
  std::abort();  // unreachable: the check above throws
}

c10::IValue scalar(const unreel_value& value) {
  if (value.tag == UNREEL_DOUBLE) return value.d;
  if (value.tag == UNREEL_BOOL) return value.i != 0;
  return value.i;
}

bool is_number(const unreel_value& value) {
  return value.tag == UNREEL_INT || value.tag == UNREEL_DOUBLE || value.tag == UNREEL_BOOL;
}

c10::IValue int_list(const unreel_value& value) {
  const auto* items = static_cast<const int64_t*>(value.p);
  c10::List<int64_t> list;
  list.reserve(static_cast<size_t>(value.count));
  for (int32_t i = 0; i < value.count; i++) list.push_back(items[i]);
  return list;
}

c10::IValue repeated(int64_t item, int32_t length) {
  c10::List<int64_t> list;
  for (int32_t i = 0; i < length; i++) list.push_back(item);
  return list;
}

c10::IValue double_list(const unreel_value& value) {
  const auto* items = static_cast<const double*>(value.p);
  c10::List<double> list;
  for (int32_t i = 0; i < value.count; i++) list.push_back(items[i]);
  return list;
}

c10::IValue bool_list(const unreel_value& value) {
  const auto* items = static_cast<const int64_t*>(value.p);
  c10::List<bool> list;
  for (int32_t i = 0; i < value.count; i++) list.push_back(items[i] != 0);
  return list;
}

c10::IValue tensor_list(const std::string& op, const Parameter& parameter, const unreel_value& value) {
  const auto* items = static_cast<const unreel_tensor*>(value.p);
  c10::List<at::Tensor> list;
  list.reserve(static_cast<size_t>(value.count));
  for (int32_t i = 0; i < value.count; i++) {
    TORCH_CHECK(items[i] != nullptr, op, ": element ", i, " of argument '", parameter.name, "' is missing");
    list.push_back(borrow(items[i]));
  }
  return list;
}

using MaybeTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

c10::IValue optional_tensor_list(const unreel_value& value) {
  const auto* items = static_cast<const unreel_tensor*>(value.p);
  c10::List<MaybeTensor> list;
  for (int32_t i = 0; i < value.count; i++) list.push_back(items[i] == nullptr ? MaybeTensor() : MaybeTensor(borrow(items[i])));
  return list;
}

c10::IValue generator(const unreel_value& value) {
  auto* raw = static_cast<c10::GeneratorImpl*>(value.p);
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(raw));
}

}  // namespace

Parameter describe(const c10::Argument& argument) {
  const c10::Type* type = argument.type().get();
  bool optional = type->kind() == TypeKind::OptionalType;
  // A numpy-like index list is List[Optional[Tensor]]: only an outer optional is taken off.
  if (optional) type = type->containedTypes().at(0).get();
  auto fallback = argument.default_value();
  auto length = argument.N();
  return Parameter{kind_of(*type),
                   optional,
                   fallback.has_value(),
                   length.has_value() ? *length : 0,
                   fallback.has_value() ? *fallback : c10::IValue(),
                   argument.name(),
                   argument.type()->str()};
}

c10::IValue convert(const std::string& op, const Parameter& parameter, const unreel_value& value) {
  if (value.tag == UNREEL_DEFAULT) {
    TORCH_CHECK(parameter.has_default, op, ": argument '", parameter.name, "' (", parameter.type, ") is missing");
    return parameter.fallback;
  }
  if (value.tag == UNREEL_NONE || (value.tag == UNREEL_TENSOR && value.p == nullptr)) {
    if (!parameter.optional) reject(op, parameter, value);
    return {};
  }
  switch (parameter.kind) {
    case Kind::Tensor:
      if (value.tag == UNREEL_TENSOR) return borrow(value.p);
      break;
    case Kind::Int:
      if (value.tag == UNREEL_INT || value.tag == UNREEL_BOOL) return value.i;
      break;
    case Kind::Double:
      if (is_number(value)) return value.tag == UNREEL_DOUBLE ? value.d : static_cast<double>(value.i);
      break;
    case Kind::Bool:
      if (value.tag == UNREEL_BOOL) return value.i != 0;
      break;
    case Kind::Scalar:
      if (is_number(value)) return scalar(value);
      break;
    case Kind::IntList:
      if (value.tag == UNREEL_INT_LIST) return int_list(value);
      if (value.tag == UNREEL_INT && parameter.length > 0) return repeated(value.i, parameter.length);
      break;
    case Kind::DoubleList:
      if (value.tag == UNREEL_DOUBLE_LIST) return double_list(value);
      break;
    case Kind::BoolList:
      if (value.tag == UNREEL_INT_LIST) return bool_list(value);
      break;
    case Kind::TensorList:
      if (value.tag == UNREEL_TENSOR_LIST) return tensor_list(op, parameter, value);
      break;
    case Kind::OptionalTensorList:
      if (value.tag == UNREEL_TENSOR_LIST) return optional_tensor_list(value);
      break;
    case Kind::String:
      if (value.tag == UNREEL_STRING) return std::string(static_cast<const char*>(value.p), static_cast<size_t>(value.count));
      break;
    case Kind::Device:
      if (value.tag == UNREEL_DEVICE) return to_device(value.i);
      break;
    case Kind::Generator:
      if (value.tag == UNREEL_GENERATOR) return generator(value);
      break;
    case Kind::Unsupported: break;
  }
  reject(op, parameter, value);
}

}  // namespace unreel
