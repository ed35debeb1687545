// What operations of our own are made of: TensorFlow's C interface, its inputs, and threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Of tensorflow/c/kernels.h, which the wheel ships without a header that it includes.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device,
                                      void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder* builder, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType type, const int64_t* dims,
                             int count, size_t bytes, TF_Status* status);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction* construction, const char* name, float* value,
                                          TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction* construction, const char* name, int64_t* value,
                                          TF_Status* status);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status);
int TF_NumInputs(TF_OpKernelContext* context);
void TF_GetInput(TF_OpKernelContext* context, int i, TF_Tensor** tensor, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
}

// Compiled once for each width of vectors; the processor chooses when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_VECTOR_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_VECTOR_WIDTH
#endif

namespace concord {

// Values from which on a second thread is worth its start.
constexpr int64_t kLarge = 1 << 16;

// As many threads as TensorFlow itself takes for an operation: what it was told, or as there are processors.
inline int64_t Threads() {
  const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int64_t count = told ? std::atoll(told) : 0;
  return count > 0 ? count : std::max(1u, std::thread::hardware_concurrency());
}

// part(from, to) for all of n, in several threads if `values` are many.
template <typename Part>
void InParallel(int64_t n, int64_t granule, int64_t values, const Part& part) {
  const int64_t workers = values < kLarge ? 1 : Threads();
  const int64_t length = std::max(granule, (n / workers + granule - 1) / granule * granule);
  std::vector<std::thread> threads;
  for (int64_t from = length; from < n; from += length) {
    threads.emplace_back(part, from, std::min(n, from + length));
  }
  part(0, std::min(n, length));
  for (auto& thread : threads) thread.join();
}

// An operation's inputs and outputs while it runs; all of them float32. What goes wrong fails the operation.
struct Call {
  Call(TF_OpKernelContext* context, int count) : context(context), status(TF_NewStatus()) {
    for (int i = 0; i < count && Ok(); i++) {
      tensors.push_back(nullptr);
      TF_GetInput(context, i, &tensors.back(), status);
      if (Ok()) data.push_back(static_cast<float*>(TF_TensorData(tensors.back())));
    }
  }
  ~Call() {
    if (!Ok()) TF_OpKernelContext_Failure(context, status);
    for (TF_Tensor* tensor : tensors) {
      if (tensor) TF_DeleteTensor(tensor);
    }
    TF_DeleteStatus(status);
  }
  bool Ok() const { return TF_GetCode(status) == TF_OK; }
  int Rank(int i) const { return TF_NumDims(tensors[i]); }
  int64_t Size(int i) const { return TF_TensorElementCount(tensors[i]); }
  int64_t Length(int i, int axis) const { return TF_Dim(tensors[i], axis); }
  void Refuse(const char* message) { TF_SetStatus(status, TF_INVALID_ARGUMENT, message); }

  // The memory of a new output; nothing if there is none, which Ok() tells.
  float* Output(int i, const std::vector<int64_t>& shape) {
    int64_t size = 1;
    for (const int64_t length : shape) size *= length;
    TF_Tensor* tensor =
        TF_AllocateOutput(context, i, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), size * sizeof(float), status);
    if (!Ok()) return nullptr;
    tensors.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

  TF_OpKernelContext* context;
  TF_Status* status;
  std::vector<TF_Tensor*> tensors;
  std::vector<float*> data;
};

struct Operation {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  void (*compute)(void* made, TF_OpKernelContext* context);
  // One that changes its inputs in place is stateful: TensorFlow must run it once, neither twice nor not at all.
  bool stateful = false;
  std::vector<const char*> attributes = {};
  // What is made of the attributes, and how it is thrown away.
  void* (*create)(TF_OpKernelConstruction* construction) = [](TF_OpKernelConstruction*) -> void* { return nullptr; };
  void (*destroy)(void* made) = [](void*) {};
};

inline bool Register(const Operation& operation) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetIsStateful(definition, operation.stateful);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel =
        TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, operation.destroy);
    TF_RegisterKernelBuilder(operation.name, kernel, status);
  }
  const bool done = TF_GetCode(status) == TF_OK;
  if (!done) std::fprintf(stderr, "concord: %s: %s\n", operation.name, TF_Message(status));
  TF_DeleteStatus(status);
  return done;
}

}  // namespace concord
