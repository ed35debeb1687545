// Entropic optimal transport with relaxed, uniform marginals, in float64: the TensorFlow operation ConcordTransportPlan.
// unbalancedTransport.ts says what is computed, and does the same where this operation is not.
//
// Inputs: squared distances [rows, columns], float32, which over their largest are the cost; and the options as five
// float32 numbers: the entropy's weight and the marginals', each as a number and what it lacks of float64, and 1 where
// the plan is drawn to the product of the marginals. Outputs: the plan [rows, columns], and how many iterations it took,
// NaN for a plan that is not finite.
#include <cmath>

#include "operation.h"

namespace {

using concord::Call;

constexpr int kMost = 1000;
constexpr double kEnough = 1e-6;
// Partial sums of a column, which no longer wait for each other.
constexpr int64_t kLanes = 8;

// sums = K v, K column by column.
FOR_EVERY_VECTOR_WIDTH
void RowSums(int64_t rows, int64_t columns, const double* mixing, const double* v, double* __restrict sums) {
  for (int64_t i = 0; i < rows; i++) sums[i] = mixing[i] * v[0];
  for (int64_t j = 1; j < columns; j++) {
    const double* column = mixing + j * rows;
    for (int64_t i = 0; i < rows; i++) sums[i] += column[i] * v[j];
  }
}

// sums = Kᵀ u.
FOR_EVERY_VECTOR_WIDTH
void ColumnSums(int64_t rows, int64_t columns, const double* mixing, const double* u, double* sums) {
  for (int64_t j = 0; j < columns; j++) {
    const double* column = mixing + j * rows;
    double lanes[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= rows; i += kLanes) {
      for (int64_t lane = 0; lane < kLanes; lane++) lanes[lane] += column[i + lane] * u[i + lane];
    }
    double sum = 0;
    for (; i < rows; i++) sum += column[i] * u[i];
    for (const double lane : lanes) sum += lane;
    sums[j] = sum;
  }
}

// scaling = (marginal / sums)^power. Returns its relative change.
double Scale(std::vector<double>& scaling, const std::vector<double>& sums, double power) {
  const double marginal = 1.0 / static_cast<double>(scaling.size());
  double gap = 0;
  double size = 1;
  for (size_t i = 0; i < scaling.size(); i++) {
    const double before = scaling[i];
    const double now = std::exp(power * std::log(marginal / sums[i]));
    gap = std::max(gap, std::abs(now - before));
    size = std::max(size, std::max(now, before));
    scaling[i] = now;
  }
  return gap / size;
}

void Compute(void*, TF_OpKernelContext* context) {
  Call call(context, 2);
  if (!call.Ok()) return;
  if (call.Rank(0) != 2 || call.Size(0) == 0 || call.Size(1) != 5) {
    return call.Refuse("ConcordTransportPlan: expected distances [rows, columns] and five numbers");
  }
  const int64_t rows = call.Length(0, 0);
  const int64_t columns = call.Length(0, 1);
  const float* distances = call.data[0];
  const float* options = call.data[1];
  const double reg = static_cast<double>(options[0]) + options[1];
  const double marginals = static_cast<double>(options[2]) + options[3];
  const double drawn = options[4] != 0 ? 1.0 / static_cast<double>(rows) * (1.0 / static_cast<double>(columns)) : 1;

  const double largest = *std::max_element(distances, distances + rows * columns);
  std::vector<double> mixing(rows * columns);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      mixing[j * rows + i] = std::exp(-(distances[i * columns + j] / largest) / reg) * drawn;
    }
  }
  const double power = marginals / (marginals + reg);
  std::vector<double> u(rows, 1), v(columns, 1), rowSums(rows), columnSums(columns);
  int iterations = 0;
  for (double change = 1; iterations < kMost && change >= kEnough; iterations++) {
    RowSums(rows, columns, mixing.data(), v.data(), rowSums.data());
    change = Scale(u, rowSums, power);
    ColumnSums(rows, columns, mixing.data(), u.data(), columnSums.data());
    change = (change + Scale(v, columnSums, power)) / 2;
  }

  float* plan = call.Output(0, {rows, columns});
  float* took = call.Output(1, {1});
  if (!call.Ok()) return;
  bool finite = true;
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) {
      const double value = mixing[j * rows + i] * (u[i] * v[j]);
      finite = finite && std::isfinite(value);
      plan[i * columns + j] = static_cast<float>(value);
    }
  }
  *took = finite ? static_cast<float>(iterations) : NAN;
}

const bool registered = concord::Register({"ConcordTransportPlan",
                                           {"distances: float", "options: float"},
                                           {"plan: float", "iterations: float"},
                                           Compute});

}  // namespace
