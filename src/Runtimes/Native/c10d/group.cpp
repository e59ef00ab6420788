#include "group.h"

#include "guard.h"
#include "store.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#ifdef UNREEL_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef UNREEL_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <chrono>
#include <cstring>
#include <thread>

namespace unreel {
namespace {

// A rank may have other work for hours (rank 0 tests between two trainings): that somebody died is told by others, sooner.
constexpr auto longest = std::chrono::hours(24 * 7);
constexpr auto slice = std::chrono::milliseconds(500);
constexpr auto pause = std::chrono::microseconds(200);

template <typename ProcessGroup>
class Over final : public Backend {
 public:
  Over(c10::intrusive_ptr<ProcessGroup> processes, bool slices) : processes_(std::move(processes)), slices_(slices) {}

  Work all_reduce(std::vector<at::Tensor>& tensors) override { return processes_->allreduce(tensors, c10d::AllreduceOptions()); }

  Work broadcast(std::vector<at::Tensor>& tensors, int root) override {
    c10d::BroadcastOptions options;
    options.rootRank = root;
    options.rootTensor = 0;
    return processes_->broadcast(tensors, options);
  }

  bool waits_in_slices() const override { return slices_; }

 private:
  c10::intrusive_ptr<ProcessGroup> processes_;
  bool slices_;
};

#ifdef UNREEL_GLOO
std::unique_ptr<Backend> gloo(const c10::intrusive_ptr<CallbackStore>& store, int rank, int count, const char* address) {
  auto options = c10d::ProcessGroupGloo::Options::create(longest);
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
  options->threads = 2;
  auto processes = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, count, options);
  return std::make_unique<Over<c10d::ProcessGroupGloo>>(std::move(processes), true);
}
#endif

#ifdef UNREEL_NCCL
std::unique_ptr<Backend> nccl(const c10::intrusive_ptr<CallbackStore>& store, int rank, int count) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = longest;
  auto processes = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, count, options);
  return std::make_unique<Over<c10d::ProcessGroupNCCL>>(std::move(processes), false);
}
#endif

std::unique_ptr<Backend> connect(const char* backend, const unreel_store& functions, int rank, int count, const char* address) {
  TORCH_CHECK(unreel_c10d_has(backend), "this libtorch was built without the backend '", backend, "'");
  auto store = c10::make_intrusive<CallbackStore>(functions);
  store->setTimeout(std::chrono::minutes(5));
#ifdef UNREEL_NCCL
  if (std::strcmp(backend, "nccl") == 0) return nccl(store, rank, count);
#endif
#ifdef UNREEL_GLOO
  return gloo(store, rank, count, address);
#else
  (void)address;
  TORCH_CHECK(false, "no backend was built");
#endif
}

}  // namespace

void Group::check_together() {
  if (!abandoned_) return;
  const std::lock_guard<std::mutex> held(gate_);
  TORCH_CHECK(false, reason_);
}

Work Group::all_reduce(at::Tensor tensor) {
  check_together();
  std::vector<at::Tensor> tensors{std::move(tensor)};
  return backend_->all_reduce(tensors);
}

void Group::broadcast(at::Tensor tensor, int root) {
  check_together();
  const c10::AutoGradMode no_gradients(false);
  // Bytes travel whatever their type; not every backend knows every type.
  auto values = tensor.detach().contiguous();
  std::vector<at::Tensor> bytes{values.reshape({-1}).view(at::kByte)};
  wait(backend_->broadcast(bytes, root));
  if (!tensor.is_contiguous()) tensor.detach().copy_(values);
}

void Group::wait(const Work& work) {
  while (!work->isCompleted()) {
    check_together();
    if (!backend_->waits_in_slices()) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    try {
      work->wait(slice);
    } catch (const std::exception&) {
      // The limit of time is told by the same kind of exception as a failure, and the work may end right after it: the last
      // wait tells which it was.
    }
  }
  work->wait();
}

void Group::abandon(const char* reason) {
  const std::lock_guard<std::mutex> held(gate_);
  if (!abandoned_) reason_ = reason;
  abandoned_ = true;
}

}  // namespace unreel

int32_t unreel_c10d_has(const char* backend) {
#ifdef UNREEL_GLOO
  if (std::strcmp(backend, "gloo") == 0) return 1;
#endif
#ifdef UNREEL_NCCL
  if (std::strcmp(backend, "nccl") == 0) return 1;
#endif
  (void)backend;
  return 0;
}

int unreel_c10d_group_new(const char* backend, const unreel_store* store, int32_t rank, int32_t count, const char* address,
                          unreel_group* out) {
  return unreel::guarded([&] { *out = new unreel::Group(unreel::connect(backend, *store, rank, count, address), count); });
}

void unreel_c10d_group_abandon(unreel_group group, const char* reason) {
  unreel::guarded([&] { static_cast<unreel::Group*>(group)->abandon(reason); });
}

void unreel_c10d_group_free(unreel_group group) {
  unreel::guarded([&] { delete static_cast<unreel::Group*>(group); });
}

int unreel_c10d_broadcast(unreel_group group, const unreel_tensor* tensors, int32_t count, int32_t root) {
  return unreel::guarded([&] {
    for (int32_t i = 0; i < count; i++) static_cast<unreel::Group*>(group)->broadcast(unreel::borrow(tensors[i]), root);
  });
}

int unreel_c10d_all_reduce(unreel_group group, unreel_tensor tensor) {
  return unreel::guarded([&] {
    auto* processes = static_cast<unreel::Group*>(group);
    auto values = unreel::borrow(tensor).detach();
    TORCH_CHECK(values.is_contiguous(), "the tensor must be contiguous");
    processes->wait(processes->all_reduce(values));
  });
}
