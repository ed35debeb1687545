// Keeps signal handlers off the threads that compute.
//
// Where TensorFlow 2.21 multiplies matrices by oneDNN's kernels (seen with AVX-512), a signal handler that runs on the same
// thread meanwhile overwrites memory of others: one in a few hundred ends the process ("corrupted size vs. prev_size"), and
// nothing says that numbers were spared. A resized terminal, Ctrl-C, a child that ends, a profiler is enough.
// packages/backbones/mcat/src/signals.test.ts shows it.
//
// So TensorFlow starts its threads, and computes on the caller's, with signals blocked. Meanwhile other threads of the
// process take them; what was sent to this very thread waits until the operation is over. Faults are not blocked.
#include <csignal>
#include <initializer_list>
#include <pthread.h>

#include "tensorflow/c/eager/c_api.h"

namespace {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

// The linker gives the binding these in place of TensorFlow's (--wrap, see tools/setup/native/plan.mjs).
extern "C" {
TFE_Context* __real_TFE_NewContext(const TFE_ContextOptions* options, TF_Status* status);
void __real_TFE_Execute(TFE_Op* op, TFE_TensorHandle** results, int* count, TF_Status* status);

TFE_Context* __wrap_TFE_NewContext(const TFE_ContextOptions* options, TF_Status* status) {
  const SignalsBlocked blocked;
  return __real_TFE_NewContext(options, status);
}

void __wrap_TFE_Execute(TFE_Op* op, TFE_TensorHandle** results, int* count, TF_Status* status) {
  const SignalsBlocked blocked;
  __real_TFE_Execute(op, results, count, status);
}
}
