// The C interface of libunreel_c10d.so: process groups of c10d, and the exchange of gradients while they are computed.
// No exception crosses it: every function that can fail returns a status (0 done, 1 failed) and
// unreel_c10d_last_error gives the calling thread's message. Tensors are the handles of libunreel_torch.so, borrowed.
#pragma once

#include <cstdint>

#define UNREEL_C10D_API extern "C" __attribute__((visibility("default")))

using unreel_tensor = void*;
using unreel_group = void*;
using unreel_reducer = void*;

// How processes find each other: a table of keys that all of them see. Each function returns 0, or 1 where it failed.
struct unreel_store {
  void* context;
  int32_t (*set)(void* context, const char* key, const uint8_t* value, int64_t bytes);
  // Waits until the key has a value. Up to `capacity` bytes are written; `bytes` is how many there are.
  int32_t (*get)(void* context, const char* key, int64_t milliseconds, uint8_t* value, int64_t capacity, int64_t* bytes);
  int32_t (*add)(void* context, const char* key, int64_t amount, int64_t* sum);
  int32_t (*has)(void* context, const char* key, int32_t* found);
};

// The text stays valid until the next failing call of the same thread.
UNREEL_C10D_API const char* unreel_c10d_last_error();

// Whether this libtorch carries a backend ("gloo", "nccl").
UNREEL_C10D_API int32_t unreel_c10d_has(const char* backend);

// Connects all processes. `address` is where this one listens for the others (Gloo; NCCL finds its own). The store's
// functions must live as long as the group.
UNREEL_C10D_API int unreel_c10d_group_new(const char* backend, const unreel_store* store, int32_t rank, int32_t count,
                                          const char* address, unreel_group* out);
// Makes whoever waits for the others in this group fail, with this text, now and from now on.
UNREEL_C10D_API void unreel_c10d_group_abandon(unreel_group group, const char* reason);
// Only where no operation is under way: it waits for those that are.
UNREEL_C10D_API void unreel_c10d_group_free(unreel_group group);

// Overwrites the tensors with those of rank `root`.
UNREEL_C10D_API int unreel_c10d_broadcast(unreel_group group, const unreel_tensor* tensors, int32_t count, int32_t root);
// Overwrites a tensor with the sum over all processes.
UNREEL_C10D_API int unreel_c10d_all_reduce(unreel_group group, unreel_tensor tensor);

// Averages gradients over all processes, in buckets, while backward goes on. Nothing is exchanged unless armed.
UNREEL_C10D_API int unreel_c10d_reducer_new(unreel_group group, const unreel_tensor* parameters, int32_t count,
                                            int64_t first_bucket_bytes, int64_t bucket_bytes, unreel_reducer* out);
// The next backward is the one whose gradients are exchanged.
UNREEL_C10D_API int unreel_c10d_reducer_arm(unreel_reducer reducer);
// After that backward: waits, and puts the means where the gradients are.
UNREEL_C10D_API int unreel_c10d_reducer_finish(unreel_reducer reducer);
// How many buckets were under way before backward ended, of the last exchange.
UNREEL_C10D_API int32_t unreel_c10d_reducer_overlapped(unreel_reducer reducer);
UNREEL_C10D_API int32_t unreel_c10d_reducer_buckets(unreel_reducer reducer);
UNREEL_C10D_API void unreel_c10d_reducer_free(unreel_reducer reducer);

// Ends the process at once, for when a wait inside a driver cannot be ended otherwise.
UNREEL_C10D_API void unreel_c10d_exit(int32_t code);
