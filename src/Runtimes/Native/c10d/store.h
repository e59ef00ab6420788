// c10d's view of a table that somebody else keeps.
#pragma once

#include "unreel_c10d.h"

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <string>
#include <vector>

namespace unreel {

class CallbackStore final : public c10d::Store {
 public:
  explicit CallbackStore(const unreel_store& functions) : functions_(functions) {}

  void set(const std::string& key, const std::vector<uint8_t>& value) override;
  std::vector<uint8_t> get(const std::string& key) override;
  int64_t add(const std::string& key, int64_t amount) override;
  bool deleteKey(const std::string&) override { return false; }
  bool check(const std::vector<std::string>& keys) override;
  int64_t getNumKeys() override;
  void wait(const std::vector<std::string>& keys) override;
  void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) override;

  // Newer versions ask for it, older ones do not know it.
  virtual c10::intrusive_ptr<c10d::Store> clone() { return c10::make_intrusive<CallbackStore>(functions_); }

 private:
  std::vector<uint8_t> get_within(const std::string& key, std::chrono::milliseconds timeout);

  unreel_store functions_;
};

}  // namespace unreel
