#include "reducer.h"

#include "guard.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <functional>

namespace unreel {
namespace {

// Runs after a parameter's gradient has been added to it.
class AfterGradient final : public torch::autograd::FunctionPostHook {
 public:
  explicit AfterGradient(std::function<void()> then) : then_(std::move(then)) {}

  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    then_();
    return outputs;
  }

 private:
  std::function<void()> then_;
};

// Sums of half-precision numbers lose too much, and not every backend adds them.
at::TensorOptions travels_as(const at::Tensor& parameter) {
  const auto type = parameter.scalar_type();
  return parameter.options().requires_grad(false).dtype(type == at::kBFloat16 || type == at::kHalf ? at::kFloat : type);
}

}  // namespace

Reducer::Reducer(Group& group, std::vector<at::Tensor> parameters, int64_t first_bytes, int64_t bytes)
    : group_(group), parameters_(std::move(parameters)), places_(parameters_.size()), done_(parameters_.size(), 0) {
  for (const auto& parameter : parameters_)
    TORCH_CHECK(parameter.is_leaf() && parameter.requires_grad(), "only parameters that get gradients can be averaged");
  fill_buckets(first_bytes, bytes);
  listen();
}

Reducer::~Reducer() {
  for (const auto& [node, key] : hooks_) node->del_post_hook(key);
}

void Reducer::fill_buckets(int64_t first_bytes, int64_t bytes) {
  std::vector<char> placed(parameters_.size(), 0);
  for (size_t left = parameters_.size(); left > 0;) {
    Bucket bucket;
    at::TensorOptions options;
    int64_t numbers = 0;
    // The first bucket is small, so that it is on its way early.
    const int64_t limit = buckets_.empty() ? first_bytes : bytes;
    for (size_t i = parameters_.size(); i-- > 0;) {
      if (placed[i] != 0) continue;
      const auto its = travels_as(parameters_[i]);
      if (bucket.members.empty()) options = its;
      const auto size = static_cast<int64_t>(options.dtype().itemsize());
      if (its.dtype() != options.dtype() || its.device() != options.device()) continue;
      if (!bucket.members.empty() && (numbers + parameters_[i].numel()) * size > limit) break;
      places_[i] = {buckets_.size(), bucket.members.size()};
      bucket.members.push_back(i);
      bucket.offsets.push_back(numbers);
      numbers += parameters_[i].numel();
      placed[i] = 1;
      left--;
    }
    bucket.offsets.push_back(numbers);
    close(std::move(bucket), options);
  }
}

void Reducer::close(Bucket bucket, const at::TensorOptions& options) {
  bucket.values = at::zeros({bucket.offsets.back() + static_cast<int64_t>(bucket.members.size())}, options);
  buckets_.push_back(std::move(bucket));
}

void Reducer::listen() {
  for (size_t i = 0; i < parameters_.size(); i++) {
    auto node = torch::autograd::impl::grad_accumulator(parameters_[i]);
    const auto key = node->add_post_hook(std::make_unique<AfterGradient>([this, i] { ready(i); }));
    hooks_.emplace_back(std::move(node), key);
  }
}

void Reducer::arm() {
  const std::lock_guard<std::mutex> held(gate_);
  for (auto& bucket : buckets_) {
    bucket.missing = bucket.members.size();
    bucket.work.reset();
  }
  std::fill(done_.begin(), done_.end(), 0);
  next_ = 0;
  overlapped_ = 0;
  failure_ = nullptr;
  armed_ = true;
}

void Reducer::ready(size_t parameter) {
  const std::lock_guard<std::mutex> held(gate_);
  if (!armed_) return;
  TORCH_CHECK(done_[parameter] == 0, "backward ran twice between two steps that exchange gradients");
  put(parameter);
  try {
    leave();
  } catch (...) {
    // Whoever runs backward cannot make sense of it: finish tells.
    failure_ = std::current_exception();
  }
  overlapped_ = static_cast<int>(next_);
}

void Reducer::put(size_t parameter) {
  const c10::AutoGradMode no_gradients(false);
  const auto [bucket_number, member] = places_[parameter];
  auto& bucket = buckets_[bucket_number];
  const auto& gradient = parameters_[parameter].grad();
  auto slot = bucket.values.narrow(0, bucket.offsets[member], parameters_[parameter].numel());
  if (gradient.defined()) {
    slot.view(parameters_[parameter].sizes()).copy_(gradient);
  } else {
    slot.zero_();
  }
  bucket.values.narrow(0, bucket.offsets.back() + static_cast<int64_t>(member), 1).fill_(gradient.defined() ? 1 : 0);
  done_[parameter] = 1;
  bucket.missing--;
}

void Reducer::leave() {
  for (; !failure_ && next_ < buckets_.size() && buckets_[next_].missing == 0; next_++)
    buckets_[next_].work = group_.all_reduce(buckets_[next_].values);
}

void Reducer::finish() {
  {
    const std::lock_guard<std::mutex> held(gate_);
    TORCH_CHECK(armed_, "no exchange of gradients was asked for");
    armed_ = false;
    if (failure_) std::rethrow_exception(failure_);
    for (size_t i = 0; i < parameters_.size(); i++) {
      if (done_[i] == 0) put(i);
    }
    leave();
  }
  for (auto& bucket : buckets_) {
    group_.wait(bucket.work);
    take(bucket);
  }
}

void Reducer::take(const Bucket& bucket) {
  const c10::AutoGradMode no_gradients(false);
  bucket.values.div_(group_.count());
  for (size_t member = 0; member < bucket.members.size(); member++) {
    auto& parameter = parameters_[bucket.members[member]];
    auto mean = bucket.values.narrow(0, bucket.offsets[member], parameter.numel()).view(parameter.sizes());
    if (parameter.grad().defined()) {
      parameter.mutable_grad().copy_(mean);
    } else if (bucket.values[bucket.offsets.back() + static_cast<int64_t>(member)].item<double>() > 0) {
      parameter.mutable_grad() = mean.to(parameter.options().requires_grad(false), /*non_blocking=*/false, /*copy=*/true);
    }
  }
}

}  // namespace unreel

int unreel_c10d_reducer_new(unreel_group group, const unreel_tensor* parameters, int32_t count, int64_t first_bucket_bytes,
                            int64_t bucket_bytes, unreel_reducer* out) {
  return unreel::guarded([&] {
    std::vector<at::Tensor> tensors;
    for (int32_t i = 0; i < count; i++) tensors.push_back(unreel::borrow(parameters[i]));
    *out = new unreel::Reducer(*static_cast<unreel::Group*>(group), std::move(tensors), first_bucket_bytes, bucket_bytes);
  });
}

int unreel_c10d_reducer_arm(unreel_reducer reducer) {
  return unreel::guarded([&] { static_cast<unreel::Reducer*>(reducer)->arm(); });
}

int unreel_c10d_reducer_finish(unreel_reducer reducer) {
  return unreel::guarded([&] { static_cast<unreel::Reducer*>(reducer)->finish(); });
}

int32_t unreel_c10d_reducer_overlapped(unreel_reducer reducer) { return static_cast<unreel::Reducer*>(reducer)->overlapped(); }

int32_t unreel_c10d_reducer_buckets(unreel_reducer reducer) { return static_cast<unreel::Reducer*>(reducer)->buckets(); }

void unreel_c10d_reducer_free(unreel_reducer reducer) {
  unreel::guarded([&] { delete static_cast<unreel::Reducer*>(reducer); });
}
