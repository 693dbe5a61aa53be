#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <tepui/kernel/parallel.hpp>

namespace tepui::tests::parallel {
namespace {
using tepui::kernel::parallel_chunks;

TEST_CASE("every chunk is worked on once, for any number of threads") {
  for (const int threads : {-1, 0, 1, 2, 3, 8, 100}) {
    std::vector<std::atomic<int>> times(37);
    parallel_chunks(37, threads, [&](std::int64_t chunk, int) { ++times[static_cast<std::size_t>(chunk)]; });
    for (const auto& t : times) CHECK(t == 1);
  }
}

TEST_CASE("a worker's number names scratch of its own") {
  constexpr int threads = 4;
  std::vector<std::atomic<int>> inside(threads);
  std::atomic<bool> shared{false};
  parallel_chunks(200, threads, [&](std::int64_t, int worker) {
    if (worker < 0 || worker >= threads || ++inside[static_cast<std::size_t>(worker)] != 1) shared = true;
    --inside[static_cast<std::size_t>(worker)];
  });
  CHECK_FALSE(shared);
}

TEST_CASE("chunks that write to their own place give the same result for any number of threads") {
  const auto squares = [](int threads) {
    std::vector<std::int64_t> out(50);
    parallel_chunks(50, threads, [&](std::int64_t chunk, int) { out[static_cast<std::size_t>(chunk)] = chunk * chunk; });
    return out;
  };
  CHECK(squares(1) == squares(3));
}

TEST_CASE("no chunks, no work") {
  int calls = 0;
  parallel_chunks(0, 4, [&](std::int64_t, int) { ++calls; });
  CHECK(calls == 0);
}

TEST_CASE("what a chunk throws reaches the caller, and the rest is left") {
  for (const int threads : {1, 4}) {
    std::atomic<int> done{0};
    const auto work = [&](std::int64_t chunk, int) {
      if (chunk == 3) throw std::runtime_error("chunk 3 is broken");
      ++done;
    };
    CHECK_THROWS_WITH_AS(parallel_chunks(1'000'000, threads, work), "chunk 3 is broken", std::runtime_error);
    CHECK(done < 1'000'000 - 1);
  }
}

}  // namespace
}  // namespace tepui::tests::parallel
