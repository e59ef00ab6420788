// What all files of the library share: exceptions become a status, handles become tensors.
#pragma once

#include "../guarded.h"
#include "unreel_c10d.h"

#include <ATen/core/Tensor.h>

namespace unreel {

// Borrows the tensor behind a handle of libunreel_torch.so.
inline at::Tensor borrow(unreel_tensor handle) {
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      static_cast<c10::TensorImpl*>(handle)));
}

}  // namespace unreel
