// Averages gradients over all processes while backward goes on.
#pragma once

#include "group.h"

#include <torch/csrc/autograd/function.h>

#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace unreel {

// Gradients of one type on one device that travel together: their values, one after the other, then for each of them
// whether this process had one. A parameter that no process used keeps having none.
struct Bucket {
  std::vector<size_t> members;
  std::vector<int64_t> offsets;
  at::Tensor values;
  size_t missing = 0;
  Work work;
};

// Buckets hold parameters in reverse order, which is about that in which backward reaches them (Li et al., "PyTorch
// distributed", 2020). They leave in this order on every process, whatever the order in which they filled.
class Reducer {
 public:
  Reducer(Group& group, std::vector<at::Tensor> parameters, int64_t first_bytes, int64_t bytes);
  ~Reducer();
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;

  void arm();
  void finish();
  int overlapped() const { return overlapped_; }
  int buckets() const { return static_cast<int>(buckets_.size()); }

 private:
  struct Place {
    size_t bucket;
    size_t member;
  };

  void fill_buckets(int64_t first_bytes, int64_t bytes);
  void close(Bucket bucket, const at::TensorOptions& options);
  void listen();
  void ready(size_t parameter);
  void put(size_t parameter);
  void leave();
  void take(const Bucket& bucket);

  Group& group_;
  std::vector<at::Tensor> parameters_;
  std::vector<Place> places_;
  std::vector<char> done_;
  std::vector<Bucket> buckets_;
  std::vector<std::pair<std::shared_ptr<torch::autograd::Node>, uintptr_t>> hooks_;
  std::mutex gate_;
  bool armed_ = false;
  // What kept a bucket from leaving while backward went on.
  std::exception_ptr failure_;
  size_t next_ = 0;
  int overlapped_ = 0;
};

}  // namespace unreel
