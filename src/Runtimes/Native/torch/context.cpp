#include "status.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>

#include <string>

using unreel::guarded;

int32_t unreel_num_threads() { return at::get_num_threads(); }

int unreel_set_num_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

int32_t unreel_num_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }

int unreel_set_num_interop_threads(int32_t count) {
  return guarded([&] { at::set_num_interop_threads(count); });
}

int32_t unreel_cuda_device_count() {
  int32_t count = 0;
  // A driver that answers with an error leaves no device to use.
  if (guarded([&] { count = at::hasCUDA() ? static_cast<int32_t>(at::getNumGPUs()) : 0; }) != 0) return 0;
  return count;
}

int32_t unreel_cuda_available() { return unreel_cuda_device_count() > 0; }

int unreel_cuda_synchronize(int32_t index) {
  return guarded([&] {
    TORCH_CHECK(unreel_cuda_available(), "no CUDA device is available");
    const auto* device = c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA);
    auto where = index < 0 ? device->getDevice() : c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
    c10::Stream stream = device->getStream(where);
    device->synchronizeStream(stream);
  });
}

const char* unreel_torch_version() { return TORCH_VERSION; }

const char* unreel_cpu_capability() {
  thread_local std::string text;
  // Only newer versions have a function for it; every version says it in its configuration.
  const int status = guarded([&] {
    static const std::string label = "CPU capability usage: ";
    const auto config = at::show_config();
    const auto start = config.find(label);
    text = start == std::string::npos ? "unknown" : config.substr(start + label.size(), config.find('\n', start) - start - label.size());
  });
  return status == 0 ? text.c_str() : "unknown";
}

const char* unreel_config() {
  thread_local std::string text;
  return guarded([&] { text = at::show_config() + at::get_parallel_info(); }) == 0 ? text.c_str() : unreel_last_error();
}
