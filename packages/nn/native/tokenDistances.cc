// Squared distances between two sets of tokens, each counted from its smallest channel: the TensorFlow operation
// ConcordTokenDistances. Each pair's channels are subtracted before they are squared, which leaves nothing to cancel.
//
// Inputs: far [rows, channels] and near [columns, channels], float32. Output: [rows, columns].
#include "operation.h"

namespace {

using concord::Call;
using concord::InParallel;

// Partial sums of a distance, which no longer wait for each other.
constexpr int64_t kLanes = 16;

FOR_EVERY_VECTOR_WIDTH
float Smallest(int64_t channels, const float* token) {
  float smallest = token[0];
  for (int64_t i = 1; i < channels; i++) smallest = token[i] < smallest ? token[i] : smallest;
  return smallest;
}

FOR_EVERY_VECTOR_WIDTH
float Distance(int64_t channels, const float* far, float from, const float* near) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= channels; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; lane++) {
      const float gap = (far[i + lane] - from) - near[i + lane];
      lanes[lane] += gap * gap;
    }
  }
  float sum = 0;
  for (; i < channels; i++) {
    const float gap = (far[i] - from) - near[i];
    sum += gap * gap;
  }
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return sum + lanes[0];
}

void Compute(void*, TF_OpKernelContext* context) {
  Call call(context, 2);
  if (!call.Ok()) return;
  if (call.Rank(0) != 2 || call.Rank(1) != 2 || call.Length(0, 1) != call.Length(1, 1) || call.Length(0, 1) == 0) {
    return call.Refuse("ConcordTokenDistances: expected tokens [rows, channels] and [columns, channels]");
  }
  const int64_t rows = call.Length(0, 0);
  const int64_t columns = call.Length(1, 0);
  const int64_t channels = call.Length(0, 1);
  float* distances = call.Output(0, {rows, columns});
  if (!call.Ok()) return;
  std::vector<float> near(call.data[1], call.data[1] + columns * channels);
  for (int64_t j = 0; j < columns; j++) {
    float* token = near.data() + j * channels;
    const float smallest = Smallest(channels, token);
    for (int64_t i = 0; i < channels; i++) token[i] -= smallest;
  }
  InParallel(rows, 1, rows * channels, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float* token = call.data[0] + row * channels;
      const float smallest = Smallest(channels, token);
      for (int64_t j = 0; j < columns; j++) {
        distances[row * columns + j] = Distance(channels, token, smallest, near.data() + j * channels);
      }
    }
  });
}

const bool registered =
    concord::Register({"ConcordTokenDistances", {"far: float", "near: float"}, {"distances: float"}, Compute});

}  // namespace
