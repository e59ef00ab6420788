#include "status.h"

#include <ATen/ATen.h>
#include <ATen/ops/from_blob.h>

#include <cstring>

using unreel::borrow;
using unreel::give;
using unreel::guarded;

namespace {

c10::TensorImpl* impl(unreel_tensor handle) { return static_cast<c10::TensorImpl*>(handle); }

at::TensorOptions options(int32_t dtype) { return at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype)); }

}  // namespace

int unreel_tensor_copy_in(const void* data, const int64_t* sizes, int32_t dim, int32_t dtype, unreel_tensor* out) {
  return guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, static_cast<size_t>(dim)), options(dtype));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *out = give(std::move(tensor));
  });
}

int unreel_tensor_adopt(void* data, const int64_t* sizes, int32_t dim, int32_t dtype, void (*release)(void*), void* context,
                        unreel_tensor* out) {
  return guarded([&] {
    auto deleter = [release, context](void*) { release(context); };
    *out = give(at::from_blob(data, at::IntArrayRef(sizes, static_cast<size_t>(dim)), deleter, options(dtype)));
  });
}

int unreel_tensor_copy_out(unreel_tensor handle, void* destination, int64_t bytes) {
  return guarded([&] {
    auto tensor = borrow(handle).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) == bytes, "the tensor holds ", tensor.nbytes(), " bytes, the destination ",
                bytes);
    if (bytes > 0) std::memcpy(destination, tensor.data_ptr(), static_cast<size_t>(bytes));
  });
}

int unreel_tensor_data(unreel_tensor handle, void** out) {
  return guarded([&] { *out = borrow(handle).data_ptr(); });
}

int unreel_tensor_sizes(unreel_tensor handle, int64_t* sizes, int64_t* strides, int32_t capacity, int32_t* dim) {
  return guarded([&] {
    auto shape = impl(handle)->sizes();
    *dim = static_cast<int32_t>(shape.size());
    if (*dim > capacity) return;
    std::copy(shape.begin(), shape.end(), sizes);
    auto steps = impl(handle)->strides();
    std::copy(steps.begin(), steps.end(), strides);
  });
}

int unreel_tensor_share(unreel_tensor handle, unreel_tensor* out) {
  return guarded([&] { *out = give(borrow(handle)); });
}

int unreel_tensor_set_data(unreel_tensor handle, unreel_tensor data) {
  return guarded([&] { borrow(handle).set_data(borrow(data)); });
}

int64_t unreel_tensor_numel(unreel_tensor handle) { return impl(handle)->numel(); }

int32_t unreel_tensor_dim(unreel_tensor handle) { return static_cast<int32_t>(impl(handle)->dim()); }

int32_t unreel_tensor_dtype(unreel_tensor handle) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(impl(handle)->dtype()));
}

int64_t unreel_tensor_element_size(unreel_tensor handle) { return static_cast<int64_t>(impl(handle)->dtype().itemsize()); }

int64_t unreel_tensor_device(unreel_tensor handle) { return unreel::from_device(impl(handle)->device()); }
