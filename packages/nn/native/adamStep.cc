// One step of an Adam-like optimiser with decoupled decay, in one pass over memory: the TensorFlow operations
// ConcordAdamSteps, of all weights at once, and ConcordAdamOuterStep. TensorFlow's own ResourceApplyAdam goes over weight and moments three
// times and knows no decay.
//
//   g' = g + coupled p
//   p += decay p          decay is minus the published one
//   m = beta1 m + (1 - beta1) g'
//   v = beta2 v + (1 - beta2) g'²
//   p += rate m / (sqrt(v) + epsilon)   or, not divided,   p += rate m
//
// Inputs: every p, then every m, every v and every g, all float32, the four of a weight of one size; for each weight 0 or 1,
// and the two rules that these stand for, as nine float32 numbers each. All but the gradients are updated in place, in
// the very buffers that the caller reads from its variables: nobody else may hold them. The outer form takes one p, m
// and v, g of stacked weights [n, out, in], or of one, as its factors [n, out] and [n, in], which it never forms, and one
// rule.
#include <cmath>

#include "operation.h"

namespace {

using concord::Call;
using concord::InParallel;

struct Rule {
  float decay, coupled, beta1, rest1, beta2, rest2, rate, epsilon, divided;
};

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

struct Weight {
  const Rule* rule;
  int64_t size;
  float *p, *m, *v;
  const float* g;
};

// All weights as one stretch of memory, of which each thread has a part: most weights are too small for two.
void Update(const std::vector<Weight>& weights) {
  int64_t all = 0;
  for (const Weight& weight : weights) all += weight.size;
  InParallel(all, 64, all, [&](int64_t from, int64_t to) {
    int64_t start = 0;
    for (const auto& [rule, size, p, m, v, g] : weights) {
      const int64_t first = std::max<int64_t>(from - start, 0);
      const int64_t last = std::min(to - start, size);
      if (first < last) StepOf(*rule)(*rule, last - first, p + first, m + first, v + first, g + first);
      start += size;
    }
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

Rule RuleOf(const float* r) { return {r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]}; }

void Compute(void*, TF_OpKernelContext* context) {
  const int n = (TF_NumInputs(context) - 2) / 4;
  Call call(context, 4 * n + 2);
  if (!call.Ok()) return;
  bool fits = n > 0 && call.Size(4 * n) == n && call.Size(4 * n + 1) == 18;
  if (!fits) return call.Refuse("ConcordAdamSteps: expected a number for each weight, and 18 for the rules");
  const float* which = call.data[4 * n];
  const float* numbers = call.data[4 * n + 1];
  const Rule rules[] = {RuleOf(numbers), RuleOf(numbers + 9)};
  std::vector<Weight> weights;
  for (int i = 0; fits && i < n; i++) {
    const int64_t size = call.Size(i);
    fits = call.Size(n + i) == size && call.Size(2 * n + i) == size && call.Size(3 * n + i) == size;
    weights.push_back({&rules[which[i] != 0 ? 1 : 0], size, call.data[i], call.data[n + i], call.data[2 * n + i],
                       call.data[3 * n + i]});
  }
  if (fits) {
    Update(weights);
  } else {
    call.Refuse("ConcordAdamSteps: weight, moments and gradient differ in size");
  }
}

void ComputeOuter(void*, TF_OpKernelContext* context) {
  Call call(context, 6);
  if (!call.Ok()) return;
  const int rank = call.Rank(0);
  const bool ranked = (rank == 2 || rank == 3) && call.Rank(3) == 2 && call.Rank(4) == 2;
  const int64_t stacked = rank == 3 ? call.Length(0, 0) : 1;
  if (ranked && call.Size(1) == call.Size(0) && call.Size(2) == call.Size(0) && call.Size(5) == 9 &&
      call.Length(3, 0) == stacked && call.Length(3, 1) == call.Length(0, rank - 2) &&
      call.Length(4, 0) == stacked && call.Length(4, 1) == call.Length(0, rank - 1)) {
    UpdateOuter(RuleOf(call.data[5]), stacked, call.Length(3, 1), call.Length(4, 1), call.data.data());
  } else {
    call.Refuse(
        "ConcordAdamOuterStep: weight and moments [n, out, in], factors [n, out] and [n, in] do not fit");
  }
}

const bool registered =
    concord::Register({"ConcordAdamSteps",
                       {"weights: N * float", "means: N * float", "squares: N * float", "gradients: N * float",
                        "which: float", "rules: float"},
                       {},
                       Compute,
                       true,
                       {"N: int >= 1"}}) &&
    concord::Register(
        {"ConcordAdamOuterStep",
         {"weight: float", "mean: float", "square: float", "left: float", "right: float", "rule: float"},
         {},
         ComputeOuter,
         true});

}  // namespace
