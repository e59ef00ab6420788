#include "store.h"

#include <c10/util/Exception.h>

namespace unreel {

void CallbackStore::set(const std::string& key, const std::vector<uint8_t>& value) {
  TORCH_CHECK(functions_.set(functions_.context, key.c_str(), value.data(), static_cast<int64_t>(value.size())) == 0,
              "the processes lost each other while '", key, "' was written");
}

std::vector<uint8_t> CallbackStore::get_within(const std::string& key, std::chrono::milliseconds timeout) {
  std::vector<uint8_t> value(4096);
  int64_t bytes = 0;
  for (;;) {
    TORCH_CHECK(functions_.get(functions_.context, key.c_str(), timeout.count(), value.data(),
                               static_cast<int64_t>(value.size()), &bytes) == 0,
                "the processes lost each other while '", key, "' was waited for");
    const bool fits = static_cast<size_t>(bytes) <= value.size();
    value.resize(static_cast<size_t>(bytes));
    if (fits) return value;
  }
}

std::vector<uint8_t> CallbackStore::get(const std::string& key) { return get_within(key, timeout_); }

int64_t CallbackStore::add(const std::string& key, int64_t amount) {
  int64_t sum = 0;
  TORCH_CHECK(functions_.add(functions_.context, key.c_str(), amount, &sum) == 0,
              "the processes lost each other while '", key, "' was counted");
  return sum;
}

bool CallbackStore::check(const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    int32_t found = 0;
    TORCH_CHECK(functions_.has(functions_.context, key.c_str(), &found) == 0, "the processes lost each other while '", key,
                "' was looked for");
    if (found == 0) return false;
  }
  return true;
}

int64_t CallbackStore::getNumKeys() { TORCH_CHECK(false, "this store does not count its keys"); }

void CallbackStore::wait(const std::vector<std::string>& keys) { wait(keys, timeout_); }

void CallbackStore::wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) {
  for (const auto& key : keys) get_within(key, timeout);
}

}  // namespace unreel
