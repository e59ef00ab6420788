// What all files of the library share: exceptions become a status, handles become tensors.
#pragma once

#include "../guarded.h"
#include "unreel_torch.h"

#include <ATen/core/Tensor.h>

namespace unreel {

// Gives one reference to the caller; an undefined tensor becomes null.
unreel_tensor give(at::Tensor tensor);

// Borrows the tensor behind a handle; null becomes an undefined tensor.
at::Tensor borrow(unreel_tensor handle);

c10::Device to_device(int64_t packed);
int64_t from_device(c10::Device device);

}  // namespace unreel
