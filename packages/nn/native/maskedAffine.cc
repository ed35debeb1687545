// Dropout of either kind, in one pass: the TensorFlow operation ConcordMaskedAffine.
//
//   y = scale x + shift where the mask is not 0, and otherwise what `otherwise` says
//
// Inputs: x and the mask, float32 of one size. The gradient is the same operation, with 0 for shift and otherwise.
#include "operation.h"

namespace {

using concord::Call;
using concord::InParallel;

struct Numbers {
  float scale, shift, otherwise;
};

FOR_EVERY_VECTOR_WIDTH
void Apply(const Numbers numbers, int64_t n, const float* __restrict x, const float* __restrict mask,
           float* __restrict y) {
  for (int64_t i = 0; i < n; i++) {
    const float kept = numbers.scale * x[i] + numbers.shift;
    y[i] = mask[i] != 0 ? kept : numbers.otherwise;
  }
}

void Compute(void* made, TF_OpKernelContext* context) {
  Call call(context, 2);
  if (!call.Ok()) return;
  if (call.Size(0) != call.Size(1)) return call.Refuse("ConcordMaskedAffine: values and mask differ in size");
  std::vector<int64_t> shape;
  for (int axis = 0; axis < call.Rank(0); axis++) shape.push_back(call.Length(0, axis));
  float* y = call.Output(0, shape);
  if (!call.Ok()) return;
  const Numbers numbers = *static_cast<Numbers*>(made);
  InParallel(call.Size(0), 64, call.Size(0), [&](int64_t from, int64_t to) {
    Apply(numbers, to - from, call.data[0] + from, call.data[1] + from, y + from);
  });
}

void* ReadNumbers(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  auto* numbers = new Numbers();
  TF_OpKernelConstruction_GetAttrFloat(construction, "scale", &numbers->scale, status);
  TF_OpKernelConstruction_GetAttrFloat(construction, "shift", &numbers->shift, status);
  TF_OpKernelConstruction_GetAttrFloat(construction, "otherwise", &numbers->otherwise, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return numbers;
}

const bool registered = concord::Register({"ConcordMaskedAffine",
                                           {"input: float", "mask: float"},
                                           {"output: float"},
                                           Compute,
                                           false,
                                           {"scale: float", "shift: float", "otherwise: float"},
                                           ReadNumbers,
                                           [](void* numbers) { delete static_cast<Numbers*>(numbers); }});

}  // namespace
