// LayerNorm and its gradient, each in one pass over memory: the TensorFlow operations ConcordLayerNorm and
// ConcordLayerNormGradient. Composed of TensorFlow's own operations they go over the rows a dozen times.
//
//   c = (x - x_0) - mean(x - x_0)      a row of equal numbers is exactly zero
//   sigma = sqrt(mean(c²) + epsilon), z = c / sigma, y = z w + b
//
//   dz = dy w, dx = (dz - mean(dz) - z mean(dz z)) / sigma, dw = sum(dy z), db = sum(dy)
//
// x [rows, channels], w and b [channels], sigma [rows], all float32. Sums over rows are taken in short blocks, and those
// in float64, so that they are as good as the numbers that are summed.
#include <cmath>

#include "operation.h"

namespace {

using concord::Call;
using concord::InParallel;

// Sums run along as many lanes, which is also what lets them be vectorised without being reordered by the compiler.
constexpr int64_t kLanes = 16;
// Rows of a block.
constexpr int64_t kBlock = 64;

inline __attribute__((always_inline)) float Total(const float* lanes) {
  float sums[kLanes];
  for (int64_t j = 0; j < kLanes; j++) sums[j] = lanes[j];
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t j = 0; j < width; j++) sums[j] += sums[j + width];
  }
  return sums[0];
}

FOR_EVERY_VECTOR_WIDTH
void Normalise(int64_t rows, int64_t channels, float epsilon, const float* __restrict x, const float* __restrict w,
               const float* __restrict b, float* __restrict y, float* __restrict z, float* __restrict sigma) {
  const int64_t whole = channels / kLanes * kLanes;
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels, z += channels) {
    const float first = x[0];
    float lanes[kLanes] = {};
    for (int64_t i = 0; i < whole; i += kLanes) {
      for (int64_t j = 0; j < kLanes; j++) lanes[j] += x[i + j] - first;
    }
    for (int64_t i = whole; i < channels; i++) lanes[i - whole] += x[i] - first;
    const float mean = Total(lanes) / channels;
    float squares[kLanes] = {};
    for (int64_t i = 0; i < whole; i += kLanes) {
      for (int64_t j = 0; j < kLanes; j++) {
        const float centred = (x[i + j] - first) - mean;
        squares[j] += centred * centred;
      }
    }
    for (int64_t i = whole; i < channels; i++) {
      const float centred = (x[i] - first) - mean;
      squares[i - whole] += centred * centred;
    }
    const float deviation = std::sqrt(Total(squares) / channels + epsilon);
    sigma[row] = deviation;
    for (int64_t i = 0; i < channels; i++) {
      const float standard = ((x[i] - first) - mean) / deviation;
      z[i] = standard;
      y[i] = standard * w[i] + b[i];
    }
  }
}

FOR_EVERY_VECTOR_WIDTH
void Back(int64_t rows, int64_t channels, const float* __restrict dy, const float* __restrict z,
          const float* __restrict sigma, const float* __restrict w, float* __restrict dx, float* __restrict dw,
          float* __restrict db) {
  const int64_t whole = channels / kLanes * kLanes;
  for (int64_t row = 0; row < rows; row++, dy += channels, z += channels, dx += channels) {
    float plain[kLanes] = {};
    float along[kLanes] = {};
    for (int64_t i = 0; i < whole; i += kLanes) {
      for (int64_t j = 0; j < kLanes; j++) {
        const float dz = dy[i + j] * w[i + j];
        plain[j] += dz;
        along[j] += dz * z[i + j];
      }
    }
    for (int64_t i = whole; i < channels; i++) {
      const float dz = dy[i] * w[i];
      plain[i - whole] += dz;
      along[i - whole] += dz * z[i];
    }
    const float mean = Total(plain) / channels;
    const float slope = Total(along) / channels;
    const float deviation = sigma[row];
    for (int64_t i = 0; i < channels; i++) {
      dx[i] = ((dy[i] * w[i] - mean) - z[i] * slope) / deviation;
      dw[i] += dy[i] * z[i];
      db[i] += dy[i];
    }
  }
}

void Compute(void* epsilon, TF_OpKernelContext* context) {
  Call call(context, 3);
  if (!call.Ok()) return;
  if (call.Rank(0) != 2 || call.Size(1) != call.Length(0, 1) || call.Size(2) != call.Length(0, 1)) {
    return call.Refuse("ConcordLayerNorm: input [rows, channels], weight and bias [channels] do not fit");
  }
  const int64_t rows = call.Length(0, 0), channels = call.Length(0, 1);
  float* y = call.Output(0, {rows, channels});
  float* z = call.Ok() ? call.Output(1, {rows, channels}) : nullptr;
  float* sigma = call.Ok() ? call.Output(2, {rows}) : nullptr;
  if (!call.Ok() || channels == 0) return;
  InParallel(rows, 1, rows * channels, [&](int64_t from, int64_t to) {
    const int64_t at = from * channels;
    Normalise(to - from, channels, *static_cast<float*>(epsilon), call.data[0] + at, call.data[1], call.data[2],
              y + at, z + at, sigma + from);
  });
}

void ComputeGradient(void*, TF_OpKernelContext* context) {
  Call call(context, 4);
  if (!call.Ok()) return;
  if (call.Rank(0) != 2 || call.Size(1) != call.Size(0) || call.Size(2) != call.Length(0, 0) ||
      call.Size(3) != call.Length(0, 1)) {
    return call.Refuse(
        "ConcordLayerNormGradient: gradient and standard [rows, channels], deviation [rows] and weight [channels] do "
        "not fit");
  }
  const int64_t rows = call.Length(0, 0), channels = call.Length(0, 1);
  float* dx = call.Output(0, {rows, channels});
  float* dw = call.Ok() ? call.Output(1, {channels}) : nullptr;
  float* db = call.Ok() ? call.Output(2, {channels}) : nullptr;
  if (!call.Ok()) return;
  const int64_t blocks = (rows + kBlock - 1) / kBlock;
  std::vector<float> sums(blocks * 2 * channels);
  InParallel(blocks, 1, rows * channels, [&](int64_t from, int64_t to) {
    for (int64_t block = from; block < to; block++) {
      const int64_t row = block * kBlock, at = row * channels;
      float* sum = sums.data() + block * 2 * channels;
      Back(std::min(kBlock, rows - row), channels, call.data[0] + at, call.data[1] + at, call.data[2] + row,
           call.data[3], dx + at, sum, sum + channels);
    }
  });
  std::vector<double> totals(2 * channels);
  for (int64_t block = 0; block < blocks; block++) {
    for (int64_t i = 0; i < 2 * channels; i++) totals[i] += sums[block * 2 * channels + i];
  }
  for (int64_t i = 0; i < channels; i++) {
    dw[i] = static_cast<float>(totals[i]);
    db[i] = static_cast<float>(totals[channels + i]);
  }
}

void* ReadEpsilon(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  auto* epsilon = new float(0);
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return epsilon;
}

const bool registered =
    concord::Register({"ConcordLayerNorm",
                       {"input: float", "weight: float", "bias: float"},
                       {"output: float", "standard: float", "deviation: float"},
                       Compute,
                       false,
                       {"epsilon: float"},
                       ReadEpsilon,
                       [](void* epsilon) { delete static_cast<float*>(epsilon); }}) &&
    concord::Register({"ConcordLayerNormGradient",
                       {"gradient: float", "standard: float", "deviation: float", "weight: float"},
                       {"input_gradient: float", "weight_gradient: float", "bias_gradient: float"},
                       ComputeGradient});

}  // namespace
