// Keeps exceptions on this side of the C interface.
#pragma once

#include "unreel_torch.h"

#include <ATen/core/Tensor.h>

#include <exception>

namespace unreel {

void remember(const char* message) noexcept;

// Runs the body; an exception becomes status 1 and the thread's message.
template <typename Body>
int guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("an unknown C++ exception");
  }
  return 1;
}

// Gives one reference to the caller; an undefined tensor becomes null.
unreel_tensor give(at::Tensor tensor);

// Borrows the tensor behind a handle; null becomes an undefined tensor.
at::Tensor borrow(unreel_tensor handle);

c10::Device to_device(int64_t packed);
int64_t from_device(c10::Device device);

}  // namespace unreel
