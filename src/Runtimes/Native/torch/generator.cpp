#include "status.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include <mutex>

using unreel::guarded;

namespace {

at::Generator generator(unreel_generator handle) {
  return at::Generator(
      c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

unreel_generator give(const at::Generator& value) {
  auto owned = value.getIntrusivePtr();
  return owned.release();
}

}  // namespace

int unreel_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

int unreel_generator_new(uint64_t seed, int64_t device, unreel_generator* out) {
  return guarded([&] {
    auto where = unreel::to_device(device);
    // Other devices' generators are made by copying their default one: no header of theirs is needed.
    auto made = where.is_cpu() ? at::detail::createCPUGenerator(seed) : at::globalContext().defaultGenerator(where).clone();
    made.set_current_seed(seed);
    *out = give(made);
  });
}

int unreel_generator_default(int64_t device, unreel_generator* out) {
  return guarded([&] { *out = give(at::globalContext().defaultGenerator(unreel::to_device(device))); });
}

int unreel_generator_set_seed(unreel_generator handle, uint64_t seed) {
  return guarded([&] {
    auto value = generator(handle);
    std::lock_guard<std::mutex> lock(value.mutex());
    value.set_current_seed(seed);
  });
}

int unreel_generator_seed(unreel_generator handle, uint64_t* out) {
  return guarded([&] {
    auto value = generator(handle);
    std::lock_guard<std::mutex> lock(value.mutex());
    *out = value.seed();
  });
}

int unreel_generator_initial_seed(unreel_generator handle, uint64_t* out) {
  return guarded([&] { *out = generator(handle).current_seed(); });
}

int unreel_generator_get_state(unreel_generator handle, unreel_tensor* out) {
  return guarded([&] {
    auto value = generator(handle);
    std::lock_guard<std::mutex> lock(value.mutex());
    *out = unreel::give(value.get_state());
  });
}

int unreel_generator_set_state(unreel_generator handle, unreel_tensor state) {
  return guarded([&] {
    auto value = generator(handle);
    std::lock_guard<std::mutex> lock(value.mutex());
    value.set_state(unreel::borrow(state));
  });
}

void unreel_generator_free(unreel_generator handle) {
  if (handle == nullptr) return;
  guarded([&] { c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle)); });
}
