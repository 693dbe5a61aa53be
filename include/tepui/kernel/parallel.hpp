#pragma once
/// Splits work into a fixed number of chunks, so that the result does not depend on how many threads there are.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tepui::kernel {

/// Calls run(work, worker) for every worker in [0, workers), each on a thread of its own, and waits for them. `run` must not throw.
/// Not a template, because threads of every kind of work would be compiled anew.
inline void on_threads(int workers, void (*run)(void* work, int worker), void* work) {
  std::vector<std::jthread> pool;
  for (int worker = 1; worker < workers; ++worker) pool.emplace_back(run, work, worker);
  run(work, 0);
}

/// Calls work(chunk, worker) once for every chunk in [0, n_chunks); `worker` in [0, threads) names the caller's own scratch.
/// order  not defined between chunks: each writes to a place of its own      errors  the first exception thrown is thrown again
/// cost   one thread start per worker
template <class Work>
void parallel_chunks(std::int64_t n_chunks, int threads, Work&& work) {
  const int workers = static_cast<int>(std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(1, n_chunks)));
  if (workers == 1) {
    for (std::int64_t chunk = 0; chunk < n_chunks; ++chunk) work(chunk, 0);
    return;
  }
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failed;
  std::mutex guard;
  auto run = [&](int worker) {
    try {
      for (std::int64_t chunk = next++; chunk < n_chunks; chunk = next++) work(chunk, worker);
    } catch (...) {
      const std::scoped_lock lock(guard);
      if (!failed) failed = std::current_exception();
      next = n_chunks;
    }
  };
  on_threads(workers, [](void* all, int worker) { (*static_cast<decltype(run)*>(all))(worker); }, &run);
  if (failed) std::rethrow_exception(failed);
}

}  // namespace tepui::kernel
