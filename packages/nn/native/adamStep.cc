// One step of an Adam-like optimiser with decoupled decay, in one pass over memory: the TensorFlow operation
// ConcordAdamStep. TensorFlow's own ResourceApplyAdam goes over weight and moments three times and knows no decay.
//
//   g' = g + coupled p
//   p += decay p          decay is minus the published one
//   m = beta1 m + (1 - beta1) g'
//   v = beta2 v + (1 - beta2) g'²
//   p += rate m / (sqrt(v) + epsilon)   or, not divided,   p += rate m
//
// Inputs: p, m, v, g, all float32 of one size, and the rule as nine float32 numbers. The first three are updated in
// place, in the very buffers that the caller reads from its variables: nobody else may hold them.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
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
void TF_GetInput(TF_OpKernelContext* context, int i, TF_Tensor** tensor, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
}

// Compiled once for each width of vectors; the processor chooses when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_VECTOR_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_VECTOR_WIDTH
#endif

namespace {

struct Rule {
  float decay, coupled, beta1, rest1, beta2, rest2, rate, epsilon, divided;
};

// Values from which on a second thread is worth its start.
constexpr int64_t kLarge = 1 << 16;

FOR_EVERY_VECTOR_WIDTH
void Divided(const Rule rule, int64_t n, float* __restrict p, float* __restrict m, float* __restrict v,
             const float* __restrict g) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] + rule.coupled * p[i];
    const float mean = rule.beta1 * m[i] + rule.rest1 * gradient;
    const float square = rule.beta2 * v[i] + rule.rest2 * (gradient * gradient);
    const float kept = p[i] + rule.decay * p[i];
    m[i] = mean;
    v[i] = square;
    p[i] = kept + rule.rate * (mean / (std::sqrt(square) + rule.epsilon));
  }
}

FOR_EVERY_VECTOR_WIDTH
void Undivided(const Rule rule, int64_t n, float* __restrict p, float* __restrict m, float* __restrict v,
               const float* __restrict g) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] + rule.coupled * p[i];
    const float mean = rule.beta1 * m[i] + rule.rest1 * gradient;
    const float kept = p[i] + rule.decay * p[i];
    m[i] = mean;
    v[i] = rule.beta2 * v[i] + rule.rest2 * (gradient * gradient);
    p[i] = kept + rule.rate * mean;
  }
}

void Update(const Rule& rule, int64_t n, float* const* data) {
  const auto part = [&](int64_t from, int64_t to) {
    const auto step = rule.divided != 0 ? Divided : Undivided;
    step(rule, to - from, data[0] + from, data[1] + from, data[2] + from, data[3] + from);
  };
  const int64_t workers = n < kLarge ? 1 : std::max(1u, std::thread::hardware_concurrency());
  const int64_t length = (n / workers + 63) / 64 * 64;
  std::vector<std::thread> threads;
  for (int64_t from = length; from < n; from += length) {
    threads.emplace_back(part, from, std::min(n, from + length));
  }
  part(0, std::min(n, length));
  for (auto& thread : threads) thread.join();
}

void Compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  TF_Tensor* inputs[5] = {};
  for (int i = 0; i < 5 && TF_GetCode(status) == TF_OK; i++) TF_GetInput(context, i, &inputs[i], status);
  if (TF_GetCode(status) == TF_OK) {
    const int64_t n = TF_TensorElementCount(inputs[0]);
    bool fits = TF_TensorElementCount(inputs[4]) == 9;
    for (int i = 1; i < 4; i++) fits = fits && TF_TensorElementCount(inputs[i]) == n;
    if (fits) {
      float* data[5];
      for (int i = 0; i < 5; i++) data[i] = static_cast<float*>(TF_TensorData(inputs[i]));
      const float* r = data[4];
      Update({r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]}, n, data);
    } else {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "ConcordAdamStep: weight, moments and gradient differ in size");
    }
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  for (TF_Tensor* input : inputs) {
    if (input) TF_DeleteTensor(input);
  }
  TF_DeleteStatus(status);
}

// Registers the operation when the binding is loaded.
const bool registered = [] {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder("ConcordAdamStep");
  for (const char* input : {"weight: float", "mean: float", "square: float", "gradient: float", "rule: float"}) {
    TF_OpDefinitionBuilderAddInput(definition, input);
  }
  TF_OpDefinitionBuilderSetIsStateful(definition, true);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel =
        TF_NewKernelBuilder("ConcordAdamStep", "CPU", [](TF_OpKernelConstruction*) -> void* { return nullptr; },
                            Compute, [](void*) {});
    TF_RegisterKernelBuilder("ConcordAdamStep", kernel, status);
  }
  const bool done = TF_GetCode(status) == TF_OK;
  if (!done) std::fprintf(stderr, "concord: ConcordAdamStep: %s\n", TF_Message(status));
  TF_DeleteStatus(status);
  return done;
}();

}  // namespace
