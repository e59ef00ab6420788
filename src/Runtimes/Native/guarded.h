// Keeps exceptions on this side of a C interface. Each library remembers its own messages.
#pragma once

#include <c10/util/Exception.h>

#include <exception>

namespace unreel {

void remember(const char* message) noexcept;

// Runs the body; an exception becomes status 1 and the thread's message.
template <typename Body>
int guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("an unknown C++ exception");
  }
  return 1;
}

}  // namespace unreel
