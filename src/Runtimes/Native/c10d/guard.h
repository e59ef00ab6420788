// Keeps exceptions on this side of the C interface.
#pragma once

#include "unreel_c10d.h"

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

// Borrows the tensor behind a handle of libunreel_torch.so.
inline at::Tensor borrow(unreel_tensor handle) {
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      static_cast<c10::TensorImpl*>(handle)));
}

}  // namespace unreel
