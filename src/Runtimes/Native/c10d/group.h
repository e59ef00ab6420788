// All processes that work together, over whichever backend.
#pragma once

#include "unreel_c10d.h"

#include <ATen/core/Tensor.h>
#include <torch/csrc/distributed/c10d/Types.hpp>
#include <torch/csrc/distributed/c10d/Work.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unreel {

using Work = c10::intrusive_ptr<c10d::Work>;

// What is used of a backend. c10d's own base class of backends is another one from version to version.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Work all_reduce(std::vector<at::Tensor>& tensors) = 0;
  virtual Work broadcast(std::vector<at::Tensor>& tensors, int root) = 0;
  // Whether waiting with a limit of time leaves the operation as it is.
  virtual bool waits_in_slices() const = 0;
};

class Group {
 public:
  Group(std::unique_ptr<Backend> backend, int count) : backend_(std::move(backend)), count_(count) {}

  int count() const { return count_; }
  Work all_reduce(at::Tensor tensor);
  void broadcast(at::Tensor tensor, int root);
  // Returns when the work is done; throws what it failed with, or why the group was abandoned.
  void wait(const Work& work);
  void abandon(const char* reason);

 private:
  void check_together();

  std::unique_ptr<Backend> backend_;
  int count_;
  std::atomic<bool> abandoned_{false};
  std::mutex gate_;
  std::string reason_;
};

}  // namespace unreel
