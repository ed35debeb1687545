export const help = `Usage: npm run setup            prepare this checkout (npm packages, Python environment, native TensorFlow, build)
       npm run doctor           say what was found, and what is missing; add -- --json for machines

Each step is skipped when nothing has changed, and a set-up that was stopped goes on where it was.

Environment
  CONCORD_PYTHON      the Python (3.10 or newer) to make .venv from; else python3, python
  CONCORD_EXTRAS      ray for grids on a cluster; ray,s3 where its machines share no folder
  CONCORD_TENSORFLOW  cpu, gpu or wasm; else gpu where an NVIDIA device is, cpu elsewhere
  CONCORD_CACHE       where the unpacked TensorFlow lies, for all checkouts; else ~/.cache/concord
  CXX                 the C++ compiler; else c++, g++, clang++

npm and pip are called with your settings. On Linux pip's default torch may be the CUDA build, of several GB; to
get the small CPU build, point pip to an index or a folder of CPU wheels with PIP_EXTRA_INDEX_URL or
PIP_FIND_LINKS (any torch 2.13.0 wheel satisfies the pin).

Exit codes: 0 ready, 1 the sources do not compile, 2 something is missing on this machine.
`;
