// The first layer of a network on stored counts, forward and back, one thread: nanoseconds a count. Beside it, timed in
// turn, the larger of its two floors (the multiply-adds at the peak of this core, and as many bytes of weights from 512 KB,
// which the second cache holds), and our own dense product of the same batch written out. `sort` is the part of the
// gradient that puts the counts in the order of their genes.
#include "peak.hpp"

#include <cmath>
#include <string>

#include <tepui/kernel/sparse_linear.hpp>

namespace tp = tepui;
namespace kernel = tepui::kernel;
namespace simd = tepui::kernel::simd;

namespace {

struct shape {
  std::int64_t cells, genes, dims;
  double share;  ///< of the genes that a cell expresses
};
constexpr shape shapes[] = {{128, 2000, 128, 0.1}, {128, 2000, 32, 0.1},    {128, 2000, 100, 0.1},
                            {128, 2000, 512, 0.1}, {1000, 2000, 1024, 0.1}, {128, 20000, 128, 0.08}};

struct batch {
  shape s;
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> gene;
  tp::buffer_in<tp::host, float> value, dense, weight, bias, dy, y, d_weight;
  kernel::stored_cells<float> view;
  explicit batch(const shape& of) : s(of) {
    const kernel::draws random(7, "bench");
    const auto fill = [&](auto& x, std::int64_t n, std::uint64_t purpose) {
      x.resize(tp::usize(n));
      for (std::int64_t i = 0; i < n; ++i) x[tp::usize(i)] = static_cast<float>(random.sub(purpose).uniform(i) - 0.5);
    };
    dense.assign(tp::usize(s.cells * s.genes), 0.0F);
    for (std::int64_t c = 0; c < s.cells; ++c) {
      for (std::int64_t g = 0; g < s.genes; ++g) {
        const double u = random.uniform(c, tp::usize(g));
        if (u >= s.share) continue;
        gene.push_back(static_cast<std::int32_t>(g));
        value.push_back(static_cast<float>(1 + u));
        dense[tp::usize(c * s.genes + g)] = value.back();
      }
      begin.push_back(tp::isize(gene.size()));
    }
    fill(weight, s.genes * s.dims, 1);
    fill(bias, s.dims, 2);
    fill(dy, s.cells * s.dims, 3);
    fill(y, s.cells * s.dims, 4);
    d_weight.assign(weight.size(), 0.0F);
    view = {s.genes, std::span(begin).first(tp::usize(s.cells)), std::span(begin).subspan(1), gene, value};
  }
  [[nodiscard]] std::int64_t entries() const { return tp::isize(gene.size()); }
};

/// Reads as many bytes as the weights of all counts from half a megabyte.
double read_near(std::int64_t floats) {
  static const tp::buffer_in<tp::host, float> from(std::size_t{1} << 17, 1.0F);
#if TEPUI_HAS_LANES
  const simd::piece_tag d;
  constexpr std::size_t step = 8 * simd::lanes32;
  simd::piece_lanes sum[8];
  for (auto& s : sum) s = simd::hn::Zero(d);
  for (std::size_t at = 0; floats > 0; floats -= static_cast<std::int64_t>(step)) {
    for (std::size_t i = 0; i < 8; ++i)
      sum[i] = simd::hn::Add(sum[i], simd::hn::Load(d, from.data() + at + i * simd::lanes32));
    at = at + step < from.size() ? at + step : 0;
  }
  float out = 0;
  for (auto& s : sum) out += simd::hn::GetLane(s);
  return static_cast<double>(out);
#else
  return static_cast<double>(from[0]) + static_cast<double>(floats);
#endif
}

void right(const std::vector<float>& want, const tp::buffer_in<tp::host, float>& have, const char* what) {
  double off = 0, largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    off = std::max(off, std::abs(static_cast<double>(want[i] - have[i])));
    largest = std::max(largest, std::abs(static_cast<double>(want[i])));
  }
  bench::check(off <= 1e-5 * largest, what);
}

enum class part { forward, backward, sort };

void measure(benchmark::State& state, const shape& s, part which) {
  batch b(s);
  kernel::sparse_linear_room<float> room;
  kernel::gemm_room<float> dense_room;
  const std::span<float> y(b.y), d_weight(b.d_weight);
  const auto forward = [&] { kernel::sparse_linear<float>(b.view, b.weight, b.bias, s.dims, y, room); };
  const auto backward = [&] { kernel::sparse_gradient<float>(b.view, b.dy, s.dims, d_weight, {}, room); };
  std::vector<float> want(b.y.size()), d_want(b.d_weight.size());
  forward();
  kernel::plain_sparse_linear<float>(b.view, b.weight, b.bias, s.dims, want);
  right(want, b.y, "sparse_linear");
  backward();
  kernel::plain_sparse_gradient<float>(b.view, b.dy, s.dims, d_want);
  right(d_want, b.d_weight, "sparse_gradient");
  std::vector<float> none, one(tp::usize(s.genes));
  const auto work = [&] {
    if (which == part::forward) forward();
    if (which == part::backward) backward();
    if (which == part::sort)
      kernel::sparse_gradient<float>(b.view, std::span<const float>(b.dy).first(tp::usize(s.cells)), 1, one, {}, room);
  };
  const auto product = [&] {
    if (which == part::forward)
      kernel::linear<kernel::precision::float32, float>(b.dense, s.genes, b.weight, b.bias, s.dims, y, dense_room);
    else
      kernel::gemm<kernel::precision::float32, float>(s.genes, s.dims, s.cells, {b.dense.data(), 1, s.genes},
                                                      {b.dy.data(), s.dims, 1}, b.d_weight.data(), s.dims, kernel::into::add,
                                                      dense_room);
  };
  work();
  product();
  std::vector<double> of_work, of_near, of_peak, of_dense;
  const auto entries = static_cast<double>(b.entries());
  for (auto _ : state) {
    of_work.push_back(bench::own_seconds(work));
    state.SetIterationTime(of_work.back());
    of_near.push_back(bench::own_seconds([&] { benchmark::DoNotOptimize(read_near(b.entries() * s.dims)); }));
    double operations = 0;
    const double seconds = bench::own_seconds([&] { operations = bench::peak_run<kernel::precision::float32>(); });
    if (operations > 0) of_peak.push_back(seconds / operations * 2 * entries * static_cast<double>(s.dims));
    if (which != part::sort) of_dense.push_back(bench::own_seconds(product));
  }
  const double now = bench::median(of_work), near = bench::median(of_near),
               peak = of_peak.empty() ? 0 : bench::median(of_peak);
  state.counters["ns_each"] = 1e9 * now / entries;
  state.counters["near_ns_each"] = 1e9 * near / entries;
  state.counters["peak_ns_each"] = 1e9 * peak / entries;
  state.counters["x_floor"] = now / std::max(near, peak);
  if (which != part::sort) state.counters["dense_by_ours"] = bench::median(of_dense) / now;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const shape& s : shapes)
    for (const auto& [name, which] :
         {std::pair{"forward", part::forward}, {"backward", part::backward}, {"sort", part::sort}}) {
      const std::string text =
          std::string(name) + "/" + std::to_string(s.cells) + "x" + std::to_string(s.genes) + "x" + std::to_string(s.dims);
      benchmark::RegisterBenchmark(text.c_str(), [&s, which = which](benchmark::State& state) { measure(state, s, which); })
          ->UseManualTime()
          ->Iterations(s.cells * s.dims > 100'000 || s.genes > 5000 ? 11 : 51);
    }
  benchmark::RunSpecifiedBenchmarks();
}
