// The iteration towards the pseudo-inverse of Nyström attention and its gradient: ConcordIteratedInverse and
// ConcordIteratedInverseGradient. A head's matrices stay in the cache from one product to the next; TensorFlow goes
// through memory for each of 78 products, and for every sum between them.
//
//   P = A Z, Q = 7 I - P, R = 15 I - P Q, T = 13 I - P R, Z <- 1/4 Z T
//
// A, Z [heads, n, n] float32, n a multiple of 16. Every sum is taken in eight blocks: a third of the rounding of one
// long sum, which later steps multiply.
#include <cstring>

#include "operation.h"

// A product and the sum that it goes into are rounded once, as in every library's matrix products.
#if defined(__clang__)
#pragma clang fp contract(fast)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=fast")
#endif

namespace {

using concord::Call;
using concord::InParallel;

constexpr int64_t kRows = 8;
constexpr int64_t kColumns = 16;
constexpr int64_t kBlocks = 8;

typedef float Vector __attribute__((vector_size(kColumns * sizeof(float))));
// The same wherever it lies among other numbers.
typedef float Stored __attribute__((vector_size(kColumns * sizeof(float)), aligned(sizeof(float)), may_alias));

enum Turn { kAsIs, kTurned };

// c [kRows, kColumns] += a panel, block by block. a's element (row, k) is a[row * down + k * along]. The sums stay in
// registers only if the loops over rows are unrolled.
inline __attribute__((always_inline)) void Tile(int64_t n, const float* a, int64_t down, int64_t along,
                                                const float* panel, float* c) {
  for (int64_t block = 0; block < n; block += n / kBlocks) {
    Vector sums[kRows];
#pragma GCC unroll 8
    for (int64_t row = 0; row < kRows; row++) sums[row] = Vector{};
    for (int64_t k = block; k < block + n / kBlocks; k++) {
      const Vector b = *reinterpret_cast<const Stored*>(panel + k * kColumns);
#pragma GCC unroll 8
      for (int64_t row = 0; row < kRows; row++) sums[row] += a[row * down + k * along] * b;
    }
#pragma GCC unroll 8
    for (int64_t row = 0; row < kRows; row++) *reinterpret_cast<Stored*>(c + row * n) += sums[row];
  }
}

// c += a b, each transposed where said. The panel [n, kColumns] holds columns of b side by side.
FOR_EVERY_VECTOR_WIDTH
void AddProduct(int64_t n, const float* a, Turn turnA, const float* b, Turn turnB, float* c, float* panel) {
  for (int64_t column = 0; column < n; column += kColumns) {
    if (turnB == kAsIs) {
      for (int64_t k = 0; k < n; k++) {
        std::memcpy(panel + k * kColumns, b + k * n + column, kColumns * sizeof(float));
      }
    } else {
      for (int64_t k = 0; k < n; k++) {
        for (int64_t j = 0; j < kColumns; j++) panel[k * kColumns + j] = b[(column + j) * n + k];
      }
    }
    for (int64_t row = 0; row < n; row += kRows) {
      float* tile = c + row * n + column;
      if (turnA == kAsIs) {
        Tile(n, a + row * n, n, 1, panel, tile);
      } else {
        Tile(n, a + row, 1, n, panel, tile);
      }
    }
  }
}

// Matrices of one head, and what its products are made with.
struct Head {
  Head(int64_t n, int64_t others) : n(n), size(n * n), panel(n * kColumns), scratch(others * n * n) {}

  void Product(const float* a, Turn turnA, const float* b, Turn turnB, float* c) {
    std::fill(c, c + size, 0.0f);
    AddProduct(n, a, turnA, b, turnB, c, panel.data());
  }
  // times I - x, in place.
  void FromIdentity(float times, float* x) const {
    for (int64_t i = 0; i < size; i++) x[i] = 0.0f - x[i];
    for (int64_t i = 0; i < n; i++) x[i * n + i] += times;
  }
  void Scale(float times, float* x) const {
    for (int64_t i = 0; i < size; i++) x[i] *= times;
  }
  // times I - a b.
  void IdentityMinus(float times, const float* a, const float* b, float* c) {
    Product(a, kAsIs, b, kAsIs, c);
    FromIdentity(times, c);
  }
  void SevenMinus(const float* p, float* q) const {
    std::copy(p, p + size, q);
    FromIdentity(7, q);
  }

  int64_t n, size;
  std::vector<float> panel, scratch;
};

// Kept of a step: Z and P.
constexpr int64_t kKept = 2;

void Iterate(Head& head, int64_t steps, int64_t apart, const float* a, const float* start, float* kept, float* end) {
  const int64_t size = head.size;
  float *q = head.scratch.data(), *r = q + size, *t = r + size;
  std::copy(start, start + size, steps > 0 ? kept : end);
  for (int64_t step = 0; step < steps; step++) {
    float* z = kept + step * kKept * apart;
    float* p = z + apart;
    float* next = step + 1 < steps ? p + apart : end;
    head.Product(a, kAsIs, z, kAsIs, p);
    head.SevenMinus(p, q);
    head.IdentityMinus(15, p, q, r);
    head.IdentityMinus(13, p, r, t);
    head.Product(z, kAsIs, t, kAsIs, next);
    head.Scale(0.25f, next);
  }
}

// From the gradient at the end to those at the start and, through the products, at A.
void Back(Head& head, int64_t steps, int64_t apart, const float* end, const float* a, const float* kept, float* dz,
          float* da) {
  const int64_t size = head.size;
  float *q = head.scratch.data(), *r = q + size, *dt = r + size, *dr = dt + size, *dq = dr + size, *dp = dq + size,
        *before = dp + size, *t = before + size;
  std::copy(end, end + size, dz);
  std::fill(da, da + size, 0.0f);
  for (int64_t step = steps - 1; step >= 0; step--) {
    const float* z = kept + step * kKept * apart;
    const float* p = z + apart;
    // Computed again: two products of ten, for half of what would have to be kept.
    head.SevenMinus(p, q);
    head.IdentityMinus(15, p, q, r);
    head.IdentityMinus(13, p, r, t);
    head.Scale(0.25f, dz);
    // At T, at R with the sign of -P R, at Q likewise, and at P = A Z.
    head.Product(z, kTurned, dz, kAsIs, dt);
    head.Product(p, kTurned, dt, kAsIs, dr);
    head.Product(p, kTurned, dr, kAsIs, dq);
    head.Product(dr, kAsIs, q, kTurned, dp);
    head.Product(dt, kAsIs, r, kTurned, before);
    for (int64_t i = 0; i < size; i++) dp[i] = (dp[i] - before[i]) - dq[i];
    AddProduct(head.n, dp, kAsIs, z, kTurned, da, head.panel.data());
    head.Product(dz, kAsIs, t, kTurned, before);
    AddProduct(head.n, a, kTurned, dp, kAsIs, before, head.panel.data());
    std::copy(before, before + size, dz);
  }
}

bool AreHeads(Call& call, int i) {
  return call.Rank(i) == 3 && call.Length(i, 1) == call.Length(i, 2) && call.Length(i, 1) % kColumns == 0 &&
         call.Size(i) == call.Size(0);
}

void Compute(void* steps, TF_OpKernelContext* context) {
  Call call(context, 2);
  if (!call.Ok()) return;
  if (!AreHeads(call, 0) || !AreHeads(call, 1)) {
    return call.Refuse("ConcordIteratedInverse: expected a matrix and a start [heads, n, n], n a multiple of 16");
  }
  const int64_t count = *static_cast<int64_t*>(steps);
  const int64_t heads = call.Length(0, 0), n = call.Length(0, 1);
  const int64_t apart = heads * n * n;
  float* end = call.Output(0, {heads, n, n});
  float* kept = call.Ok() ? call.Output(1, {count, kKept, heads, n, n}) : nullptr;
  if (!call.Ok()) return;
  InParallel(heads, 1, apart * n, [&](int64_t from, int64_t to) {
    Head head(n, 3);
    for (int64_t i = from; i < to; i++) {
      const int64_t at = i * n * n;
      Iterate(head, count, apart, call.data[0] + at, call.data[1] + at, kept + at, end + at);
    }
  });
}

void ComputeGradient(void*, TF_OpKernelContext* context) {
  Call call(context, 3);
  if (!call.Ok()) return;
  if (!AreHeads(call, 0) || !AreHeads(call, 1) || call.Rank(2) != 5 || call.Length(2, 1) != kKept ||
      call.Size(2) != call.Length(2, 0) * kKept * call.Size(0)) {
    return call.Refuse(
        "ConcordIteratedInverseGradient: expected a gradient and a matrix [heads, n, n], n a multiple of 16, and what "
        "was kept [steps, 2, heads, n, n]");
  }
  const int64_t heads = call.Length(0, 0), n = call.Length(0, 1);
  float* dz = call.Output(0, {heads, n, n});
  float* da = call.Ok() ? call.Output(1, {heads, n, n}) : nullptr;
  if (!call.Ok()) return;
  InParallel(heads, 1, heads * n * n * n, [&](int64_t from, int64_t to) {
    Head head(n, 8);
    for (int64_t i = from; i < to; i++) {
      const int64_t at = i * n * n;
      Back(head, call.Length(2, 0), heads * n * n, call.data[0] + at, call.data[1] + at, call.data[2] + at, dz + at,
           da + at);
    }
  });
}

void* ReadSteps(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  auto* steps = new int64_t(0);
  TF_OpKernelConstruction_GetAttrInt64(construction, "steps", steps, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return steps;
}

const bool registered =
    concord::Register({"ConcordIteratedInverse",
                       {"matrix: float", "start: float"},
                       {"inverse: float", "kept: float"},
                       Compute,
                       false,
                       {"steps: int"},
                       ReadSteps,
                       [](void* steps) { delete static_cast<int64_t*>(steps); }}) &&
    concord::Register({"ConcordIteratedInverseGradient",
                       {"gradient: float", "matrix: float", "kept: float"},
                       {"start_gradient: float", "matrix_gradient: float"},
                       ComputeGradient});

}  // namespace
