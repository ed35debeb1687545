// One step of an Adam-like optimiser with decoupled decay, in one pass over memory: the TensorFlow operations
// ConcordAdamStep and ConcordAdamOuterStep. TensorFlow's own ResourceApplyAdam goes over weight and moments three
// times and knows no decay.
//
//   g' = g + coupled p
//   p += decay p          decay is minus the published one
//   m = beta1 m + (1 - beta1) g'
//   v = beta2 v + (1 - beta2) g'²
//   p += rate m / (sqrt(v) + epsilon)   or, not divided,   p += rate m
//
// Inputs: p, m, v, g, all float32 of one size, and the rule as nine float32 numbers. The first three are updated in
// place, in the very buffers that the caller reads from its variables: nobody else may hold them. The outer form takes
// g of stacked weights [n, out, in] as its factors [n, out] and [n, in], and never forms it.
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

using Step = void (*)(Rule, int64_t, float*, float*, float*, const float*);

Step StepOf(const Rule& rule) { return rule.divided != 0 ? Divided : Undivided; }

// part(from, to) for all of n, in as many threads as there are processors if `values` are many.
template <typename Part>
void InParallel(int64_t n, int64_t granule, int64_t values, const Part& part) {
  const int64_t workers = values < kLarge ? 1 : std::max(1u, std::thread::hardware_concurrency());
  const int64_t length = std::max(granule, (n / workers + granule - 1) / granule * granule);
  std::vector<std::thread> threads;
  for (int64_t from = length; from < n; from += length) {
    threads.emplace_back(part, from, std::min(n, from + length));
  }
  part(0, std::min(n, length));
  for (auto& thread : threads) thread.join();
}

void Update(const Rule& rule, int64_t n, float* const* data) {
  InParallel(n, 64, n, [&](int64_t from, int64_t to) {
    StepOf(rule)(rule, to - from, data[0] + from, data[1] + from, data[2] + from, data[3] + from);
  });
}

void UpdateOuter(const Rule& rule, int64_t stacked, int64_t out, int64_t in, float* const* data) {
  const int64_t rows = stacked * out;
  InParallel(rows, 1, rows * in, [&](int64_t from, int64_t to) {
    std::vector<float> gradient(in);
    for (int64_t row = from; row < to; row++) {
      const float left = data[3][row];
      const float* right = data[4] + row / out * in;
      for (int64_t i = 0; i < in; i++) gradient[i] = left * right[i];
      const int64_t at = row * in;
      StepOf(rule)(rule, in, data[0] + at, data[1] + at, data[2] + at, gradient.data());
    }
  });
}

// The inputs of an operation while it runs.
struct Inputs {
  explicit Inputs(TF_OpKernelContext* context, int count) : context(context), status(TF_NewStatus()) {
    for (int i = 0; i < count && Ok(); i++) {
      tensors.push_back(nullptr);
      TF_GetInput(context, i, &tensors.back(), status);
      if (Ok()) data.push_back(static_cast<float*>(TF_TensorData(tensors.back())));
    }
  }
  ~Inputs() {
    if (!Ok()) TF_OpKernelContext_Failure(context, status);
    for (TF_Tensor* tensor : tensors) {
      if (tensor) TF_DeleteTensor(tensor);
    }
    TF_DeleteStatus(status);
  }
  bool Ok() const { return TF_GetCode(status) == TF_OK; }
  int64_t Size(int i) const { return TF_TensorElementCount(tensors[i]); }
  Rule RuleAt(int i) const {
    const float* r = data[i];
    return {r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]};
  }

  TF_OpKernelContext* context;
  TF_Status* status;
  std::vector<TF_Tensor*> tensors;
  std::vector<float*> data;
};

void Compute(void*, TF_OpKernelContext* context) {
  Inputs inputs(context, 5);
  if (!inputs.Ok()) return;
  const int64_t n = inputs.Size(0);
  if (inputs.Size(1) == n && inputs.Size(2) == n && inputs.Size(3) == n && inputs.Size(4) == 9) {
    Update(inputs.RuleAt(4), n, inputs.data.data());
  } else {
    TF_SetStatus(inputs.status, TF_INVALID_ARGUMENT,
                 "ConcordAdamStep: weight, moments and gradient differ in size");
  }
}

void ComputeOuter(void*, TF_OpKernelContext* context) {
  Inputs inputs(context, 6);
  if (!inputs.Ok()) return;
  const auto& tensors = inputs.tensors;
  const bool ranked = TF_NumDims(tensors[0]) == 3 && TF_NumDims(tensors[3]) == 2 && TF_NumDims(tensors[4]) == 2;
  const auto length = [&](int i, int axis) { return TF_Dim(tensors[i], axis); };
  if (ranked && inputs.Size(1) == inputs.Size(0) && inputs.Size(2) == inputs.Size(0) && inputs.Size(5) == 9 &&
      length(3, 0) == length(0, 0) && length(3, 1) == length(0, 1) && length(4, 0) == length(0, 0) &&
      length(4, 1) == length(0, 2)) {
    UpdateOuter(inputs.RuleAt(5), length(0, 0), length(0, 1), length(0, 2), inputs.data.data());
  } else {
    TF_SetStatus(inputs.status, TF_INVALID_ARGUMENT,
                 "ConcordAdamOuterStep: weight and moments [n, out, in], factors [n, out] and [n, in] do not fit");
  }
}

bool Register(const char* name, const std::vector<const char*>& inputs, void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  TF_OpDefinitionBuilderSetIsStateful(definition, true);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(
        name, "CPU", [](TF_OpKernelConstruction*) -> void* { return nullptr; }, compute, [](void*) {});
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  const bool done = TF_GetCode(status) == TF_OK;
  if (!done) std::fprintf(stderr, "concord: %s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
  return done;
}

// Registers the operations when the binding is loaded.
const bool registered =
    Register("ConcordAdamStep",
             {"weight: float", "mean: float", "square: float", "gradient: float", "rule: float"}, Compute) &&
    Register("ConcordAdamOuterStep",
             {"weight: float", "mean: float", "square: float", "left: float", "right: float", "rule: float"},
             ComputeOuter);

}  // namespace
