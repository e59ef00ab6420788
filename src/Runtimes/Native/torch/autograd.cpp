#include "status.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

using unreel::borrow;
using unreel::give;
using unreel::guarded;

namespace {

std::vector<at::Tensor> borrow_all(const unreel_tensor* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; i++) tensors.push_back(handles == nullptr ? at::Tensor() : borrow(handles[i]));
  return tensors;
}

}  // namespace

int32_t unreel_tensor_requires_grad(unreel_tensor handle) { return borrow(handle).requires_grad(); }

int unreel_tensor_set_requires_grad(unreel_tensor handle, int32_t value) {
  return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

int32_t unreel_tensor_is_leaf(unreel_tensor handle) { return borrow(handle).is_leaf(); }

int unreel_tensor_retain_grad(unreel_tensor handle) {
  return guarded([&] { borrow(handle).retain_grad(); });
}

int unreel_tensor_grad(unreel_tensor handle, unreel_tensor* out) {
  return guarded([&] {
    auto tensor = borrow(handle);
    // Asking a non-leaf for its gradient warns on standard error; here it simply has none unless retained.
    *out = tensor.is_leaf() || tensor.retains_grad() ? give(tensor.grad()) : nullptr;
  });
}

int unreel_tensor_set_grad(unreel_tensor handle, unreel_tensor grad) {
  return guarded([&] {
    auto tensor = borrow(handle);
    auto value = borrow(grad);
    TORCH_CHECK(!value.defined() || value.sizes() == tensor.sizes(), "a gradient of shape ", value.sizes(),
                " was given to a tensor of shape ", tensor.sizes());
    tensor.mutable_grad() = value;
  });
}

int unreel_backward(const unreel_tensor* roots, const unreel_tensor* gradients, int32_t count, int32_t retain_graph,
                    int32_t create_graph, const unreel_tensor* inputs, int32_t input_count) {
  return guarded([&] {
    torch::autograd::backward(borrow_all(roots, count), borrow_all(gradients, count), retain_graph != 0, create_graph != 0,
                              borrow_all(inputs, input_count));
  });
}

int unreel_gradients(const unreel_tensor* outputs, const unreel_tensor* gradients, int32_t count, const unreel_tensor* inputs,
                     int32_t input_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused,
                     unreel_tensor* out) {
  return guarded([&] {
    auto result = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(gradients, count),
                                        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < result.size(); i++) out[i] = give(std::move(result[i]));
  });
}

int32_t unreel_grad_mode() { return c10::GradMode::is_enabled(); }

void unreel_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

int32_t unreel_inference_mode() { return c10::InferenceMode::is_enabled(); }

int unreel_inference_enter(int32_t enabled, void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

void unreel_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
