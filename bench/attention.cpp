// Attention of one cell, forward and with its gradient, checked against plain loops in double and timed beside a loop that does
// nothing but multiply and add in registers. gflops counts what is useful: 4 tokens^2 dims forward and 8 backward, not the
// scores that backward works out once more. of_peak is the share of that loop's speed, for bf16 of the loop with products of
// bf16.
#include "peak.hpp"

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <tepui/kernel/attention.hpp>
#include <utility>

namespace tp = tepui;
namespace kernel = tepui::kernel;
namespace simd = tepui::kernel::simd;

namespace {

template <class Real>
std::vector<Real> numbers(std::int64_t n, std::uint64_t of) {
  const kernel::draws random(5, "bench");
  std::vector<Real> v(tp::usize(n));
  for (std::int64_t i = 0; i < n; ++i)  // of spread 1
    v[tp::usize(i)] = static_cast<Real>(static_cast<float>(3.4641 * (random.uniform(i, of) - 0.5)));
  return v;
}

double apart(std::span<const double> right, std::span<const float> x) {
  double most = 0, largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = std::abs(right[i] - static_cast<double>(x[i]));
    most = std::isfinite(off) ? std::max(most, off) : 1e30;
    largest = std::max(largest, std::abs(right[i]));
  }
  return most / largest;
}

template <class Real>
struct cell {
  cell(const kernel::attention_shape& of, std::int64_t tokens)
      : shape(of),
        qkv(numbers<Real>(tokens * 3 * of.dims(), 1)),
        dy(numbers<Real>(tokens * of.dims(), 2)),
        y(dy.size()),
        log_sum(tp::usize(tokens * of.heads)),
        d_qkv(qkv.size()) {}
  template <kernel::precision P>
  void forward() {
    kernel::attention_forward<P, Real>(shape, qkv, {}, y, log_sum, room);
  }
  template <kernel::precision P>
  void backward() {
    kernel::attention_backward<P, Real>(shape, qkv, {}, y, log_sum, dy, d_qkv, room);
  }
  kernel::attention_shape shape;
  std::vector<Real> qkv, dy, y, log_sum, d_qkv;
  kernel::attention_room<Real> room;
};

template <kernel::precision P>
void check(const kernel::attention_shape& shape, std::int64_t tokens) {
  cell<double> right(shape, tokens);
  cell<float> x(shape, tokens);
  right.forward<P>();
  right.backward<P>();
  x.forward<P>();
  x.backward<P>();
  const double tolerance = P == kernel::precision::bf16 ? 3e-2 : 1e-5;
  bench::check(apart(right.y, x.y) < tolerance, "attention_forward");
  bench::check(apart(right.d_qkv, x.d_qkv) < tolerance, "attention_backward");
}

enum class way { forward, backward, both };

template <kernel::precision P, way W, kernel::sees S>
void attention(benchmark::State& state) {
  const kernel::attention_shape shape{state.range(0), state.range(1), S};
  const std::int64_t tokens = state.range(2);
  check<P>(shape, std::min<std::int64_t>(tokens, 300));
  cell<float> x(shape, tokens);
  x.forward<P>();
  const auto once = [&] {
    if (W != way::backward) x.forward<P>();
    if (W != way::forward) x.backward<P>();
    benchmark::DoNotOptimize(x.d_qkv.data());
  };
#if TEPUI_HAS_LANES
  const double t = static_cast<double>(tokens), seen = S == kernel::sees::before ? t * (t + 1) / 2 : t * t;
  const double useful = (W == way::forward ? 4 : W == way::backward ? 8 : 12) * seen * static_cast<double>(shape.dims());
  const int times = static_cast<int>(std::max(1.0, 3e8 / useful));
  std::vector<double> of_kernel, of_peak;
  once();
  for (auto _ : state) {
    of_kernel.push_back(bench::own_seconds([&] {
                          for (int i = 0; i < times; ++i) once();
                        }) /
                        times);
    double operations_at_peak = 0;
    const double seconds_at_peak = bench::own_seconds([&] {
      for (int i = 0; i < 100; ++i) operations_at_peak += bench::peak_run<P>();  // clock() counts no less than microseconds
    });
    of_peak.push_back(seconds_at_peak / operations_at_peak);
    state.SetIterationTime(of_kernel.back());
  }
  const double speed = useful / bench::median(of_kernel), most = 1 / bench::median(of_peak);
  state.counters["gflops"] = speed / 1e9;
  state.counters["peak_gflops"] = most / 1e9;
  state.counters["of_peak"] = speed / most;
#else
  for (auto _ : state) state.SetIterationTime(bench::own_seconds(once));
#endif
}

void sizes(benchmark::internal::Benchmark* b) {
  b->Args({4, 32, 256})
      ->Args({4, 64, 512})
      ->Args({4, 64, 2048})
      ->Args({4, 32, 1000})
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

using kernel::precision;
using kernel::sees;
BENCHMARK(attention<precision::float32, way::forward, sees::all>)->Name("attention/float32/forward")->Apply(sizes);
BENCHMARK(attention<precision::float32, way::both, sees::all>)->Name("attention/float32/forward_backward")->Apply(sizes);
BENCHMARK(attention<precision::bf16, way::forward, sees::all>)->Name("attention/bf16/forward")->Apply(sizes);
BENCHMARK(attention<precision::bf16, way::both, sees::all>)->Name("attention/bf16/forward_backward")->Apply(sizes);
BENCHMARK(attention<precision::float32, way::both, sees::before>)
    ->Name("attention/float32/before/forward_backward")
    ->Apply(sizes);
BENCHMARK(attention<precision::bf16, way::both, sees::before>)->Name("attention/bf16/before/forward_backward")->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
