// Sixteen numbers at a time, in the compiler's own vectors: it lowers them to whatever the processor has. A function that is
// UNREEL_WIDE is compiled for several processors, and the loader takes the best; what it calls from here is inlined into it.
//
// All results are the same whatever the width of the processor's registers, but for the rounding of fused products.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#define UNREEL_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define UNREEL_WIDE
#endif
#define UNREEL_INLINE inline __attribute__((always_inline))

namespace unreel {

constexpr int64_t Lanes = 16;

using Floats = float __attribute__((vector_size(64)));
using Ints = int32_t __attribute__((vector_size(64)));
using Words = uint32_t __attribute__((vector_size(64)));
using Halves = uint16_t __attribute__((vector_size(32)));

UNREEL_INLINE Floats all(float value) {
  return Floats{} + value;
}

UNREEL_INLINE Floats load(const float* from) {
  Floats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

UNREEL_INLINE Floats load(const c10::BFloat16* from) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  return reinterpret_cast<Floats>(__builtin_convertvector(halves, Words) << 16);
}

UNREEL_INLINE void store(float* to, Floats value) { std::memcpy(to, &value, sizeof value); }

// Rounds to the nearest, ties to even; what is not a number stays none.
UNREEL_INLINE void store(c10::BFloat16* to, Floats value) {
  const Words bits = reinterpret_cast<Words>(value);
  const Words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const Words kept = value == value ? rounded : Words{} + 0x7fc0u;
  const Halves halves = __builtin_convertvector(kept, Halves);
  std::memcpy(to, &halves, sizeof halves);
}

// The last elements of a row, fewer than sixteen; what lies beyond reads as `rest` and is not written.
template <typename T>
UNREEL_INLINE Floats load(const T* from, int64_t count, float rest = 0) {
  alignas(64) T values[Lanes];
  for (int64_t i = 0; i < Lanes; i++) values[i] = T(rest);
  std::memcpy(values, from, static_cast<size_t>(count) * sizeof(T));
  return load(values);
}

template <typename T>
UNREEL_INLINE void store(T* to, Floats value, int64_t count) {
  alignas(64) T values[Lanes];
  store(values, value);
  std::memcpy(to, values, static_cast<size_t>(count) * sizeof(T));
}

UNREEL_INLINE Floats larger(Floats a, Floats b) { return a < b ? b : a; }

UNREEL_INLINE float sum(Floats value) {
  float half[8];
  for (int i = 0; i < 8; i++) half[i] = value[i] + value[i + 8];
  return ((half[0] + half[4]) + (half[2] + half[6])) + ((half[1] + half[5]) + (half[3] + half[7]));
}

UNREEL_INLINE float largest(Floats value) {
  float result = value[0];
  for (int i = 1; i < Lanes; i++) result = result < value[i] || value[i] != value[i] ? value[i] : result;
  return result;
}

// e^x for x up to 88: 2^n times a polynomial of what is left, the error below 2e-7 of the result. Below -87 it is about 1e-38;
// what is not a number stays none.
UNREEL_INLINE Floats exponential(Floats x) {
  constexpr float rounder = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest whole number in the low bits
  x = x < -87.0f ? all(-87.0f) : x;
  const Floats shifted = x * 1.44269504f + rounder;
  const Floats whole = shifted - rounder;
  const Floats rest = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;  // ln 2 in two parts, the first exact in products
  Floats p = all(1.0f / 720);
  p = p * rest + 1.0f / 120;
  p = p * rest + 1.0f / 24;
  p = p * rest + 1.0f / 6;
  p = p * rest + 0.5f;
  p = p * rest + 1.0f;
  p = p * rest + 1.0f;
  const Ints power = (reinterpret_cast<Ints>(shifted) - 0x4b400000 + 127) << 23;
  return p * reinterpret_cast<Floats>(power);
}

}  // namespace unreel
