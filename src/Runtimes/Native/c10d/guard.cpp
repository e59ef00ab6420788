#include "guard.h"

#include <unistd.h>

#include <string>

namespace unreel {
namespace {

std::string& message() {
  thread_local std::string text;
  return text;
}

}  // namespace

void remember(const char* text) noexcept {
  try {
    message() = text;
  } catch (...) {
    message().clear();  // out of memory while reporting: the status alone remains
  }
}

}  // namespace unreel

const char* unreel_c10d_last_error() { return unreel::message().c_str(); }

void unreel_c10d_exit(int32_t code) { _exit(code); }
