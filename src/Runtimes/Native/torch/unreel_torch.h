// The C interface of libunreel_torch.so. No exception crosses it: every function that can fail returns a
// status (0 done, 1 failed) and unreel_last_error gives the calling thread's message.
//
// A tensor handle owns one reference and is released by unreel_tensor_free; the same holds for generators.
// Process groups (c10d) have a library of their own, libunreel_c10d.so.
#pragma once

#include <cstdint>

#define UNREEL_API extern "C" __attribute__((visibility("default")))

using unreel_tensor = void*;
using unreel_generator = void*;
using unreel_operator = void*;

enum unreel_tag : int32_t {
  UNREEL_DEFAULT = 0,      // the schema's default value
  UNREEL_NONE = 1,
  UNREEL_TENSOR = 2,       // p, null where the tensor is optional and absent
  UNREEL_INT = 3,          // i; also a dtype, a layout, a memory format
  UNREEL_DOUBLE = 4,       // d
  UNREEL_BOOL = 5,         // i
  UNREEL_INT_LIST = 6,     // p: int64_t[count]
  UNREEL_DOUBLE_LIST = 7,  // p: double[count]
  UNREEL_TENSOR_LIST = 8,  // p: unreel_tensor[count], null for an absent one
  UNREEL_STRING = 9,       // p: char[count], UTF-8
  UNREEL_DEVICE = 10,      // i: type in the low 32 bits, index in the high ones
  UNREEL_GENERATOR = 11,   // p
};

struct unreel_value {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

// Errors. The text stays valid until the next failing call of the same thread.
UNREEL_API const char* unreel_last_error();

// Operators: the schema is looked up once, the handle lives as long as the process.
UNREEL_API int unreel_operator_find(const char* name, const char* overload, unreel_operator* out);
// Results beyond `capacity` wait in the thread for unreel_results_take; a negative capacity drops all results.
UNREEL_API int unreel_operator_call(unreel_operator op, const unreel_value* arguments, int32_t count,
                                    unreel_value* results, int32_t capacity, int32_t* produced);
UNREEL_API int unreel_results_take(unreel_value* results, int32_t count);

// Tensors and memory.
UNREEL_API int unreel_tensor_copy_in(const void* data, const int64_t* sizes, int32_t dim, int32_t dtype, unreel_tensor* out);
UNREEL_API int unreel_tensor_adopt(void* data, const int64_t* sizes, int32_t dim, int32_t dtype,
                                   void (*release)(void*), void* context, unreel_tensor* out);
UNREEL_API int unreel_tensor_copy_out(unreel_tensor tensor, void* destination, int64_t bytes);
UNREEL_API int unreel_tensor_data(unreel_tensor tensor, void** out);
UNREEL_API int unreel_tensor_sizes(unreel_tensor tensor, int64_t* sizes, int64_t* strides, int32_t capacity, int32_t* dim);
UNREEL_API int unreel_tensor_share(unreel_tensor tensor, unreel_tensor* out);
UNREEL_API int unreel_tensor_set_data(unreel_tensor tensor, unreel_tensor data);
UNREEL_API void unreel_tensor_free(unreel_tensor tensor);
UNREEL_API int64_t unreel_tensor_live();
UNREEL_API int64_t unreel_tensor_numel(unreel_tensor tensor);
UNREEL_API int32_t unreel_tensor_dim(unreel_tensor tensor);
UNREEL_API int32_t unreel_tensor_dtype(unreel_tensor tensor);
UNREEL_API int64_t unreel_tensor_element_size(unreel_tensor tensor);
UNREEL_API int64_t unreel_tensor_device(unreel_tensor tensor);

// Gradients. Grad mode and inference mode belong to the calling thread.
UNREEL_API int32_t unreel_tensor_requires_grad(unreel_tensor tensor);
UNREEL_API int unreel_tensor_set_requires_grad(unreel_tensor tensor, int32_t value);
UNREEL_API int32_t unreel_tensor_is_leaf(unreel_tensor tensor);
UNREEL_API int unreel_tensor_retain_grad(unreel_tensor tensor);
UNREEL_API int unreel_tensor_grad(unreel_tensor tensor, unreel_tensor* out);
UNREEL_API int unreel_tensor_set_grad(unreel_tensor tensor, unreel_tensor grad);
UNREEL_API int unreel_backward(const unreel_tensor* roots, const unreel_tensor* gradients, int32_t count, int32_t retain_graph,
                               int32_t create_graph, const unreel_tensor* inputs, int32_t input_count);
UNREEL_API int unreel_gradients(const unreel_tensor* outputs, const unreel_tensor* gradients, int32_t count,
                                const unreel_tensor* inputs, int32_t input_count, int32_t retain_graph,
                                int32_t create_graph, int32_t allow_unused, unreel_tensor* out);
UNREEL_API int32_t unreel_grad_mode();
UNREEL_API void unreel_set_grad_mode(int32_t enabled);
UNREEL_API int32_t unreel_inference_mode();
UNREEL_API int unreel_inference_enter(int32_t enabled, void** guard);
UNREEL_API void unreel_inference_leave(void* guard);

// Random numbers.
UNREEL_API int unreel_manual_seed(uint64_t seed);
UNREEL_API int unreel_generator_new(uint64_t seed, int64_t device, unreel_generator* out);
UNREEL_API int unreel_generator_default(int64_t device, unreel_generator* out);
UNREEL_API int unreel_generator_set_seed(unreel_generator generator, uint64_t seed);
UNREEL_API int unreel_generator_seed(unreel_generator generator, uint64_t* out);
UNREEL_API int unreel_generator_initial_seed(unreel_generator generator, uint64_t* out);
UNREEL_API int unreel_generator_get_state(unreel_generator generator, unreel_tensor* out);
UNREEL_API int unreel_generator_set_state(unreel_generator generator, unreel_tensor state);
UNREEL_API void unreel_generator_free(unreel_generator generator);

// The library and the machine.
UNREEL_API int32_t unreel_num_threads();
UNREEL_API int unreel_set_num_threads(int32_t count);
UNREEL_API int32_t unreel_num_interop_threads();
UNREEL_API int unreel_set_num_interop_threads(int32_t count);
UNREEL_API int32_t unreel_cuda_available();
UNREEL_API int32_t unreel_cuda_device_count();
UNREEL_API int unreel_cuda_synchronize(int32_t index);
UNREEL_API const char* unreel_torch_version();
// CPU capability, BLAS and parallel configuration, one text for people; valid until the thread asks again.
UNREEL_API const char* unreel_cpu_capability();
UNREEL_API const char* unreel_config();
