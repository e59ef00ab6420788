#include "status.h"

#include <atomic>
#include <string>

namespace unreel {
namespace {

std::string& message() {
  thread_local std::string text;
  return text;
}

std::atomic<int64_t> live_handles{0};

}  // namespace

void remember(const char* text) noexcept {
  try {
    message() = text;
  } catch (...) {
    message().clear();  // out of memory while reporting: the status alone remains
  }
}

unreel_tensor give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

at::Tensor borrow(unreel_tensor handle) {
  if (handle == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      static_cast<c10::TensorImpl*>(handle)));
}

c10::Device to_device(int64_t packed) {
  return {static_cast<c10::DeviceType>(packed & 0xffffffff), static_cast<c10::DeviceIndex>(packed >> 32)};
}

int64_t from_device(c10::Device device) {
  auto index = static_cast<int64_t>(device.index());
  auto type = static_cast<uint32_t>(device.type());
  return static_cast<int64_t>(static_cast<uint64_t>(index) << 32 | type);
}

}  // namespace unreel

const char* unreel_last_error() { return unreel::message().c_str(); }

int64_t unreel_tensor_live() { return unreel::live_handles.load(std::memory_order_relaxed); }

void unreel_tensor_free(unreel_tensor handle) {
  if (handle == nullptr) return;
  unreel::live_handles.fetch_sub(1, std::memory_order_relaxed);
  unreel::guarded([&] {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
  });
}
