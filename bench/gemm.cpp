// Products of matrices as training needs them, as a share of what this core can do at all: the same number of fused
// multiply-adds (for bf16: of sums of pairs) that touch no memory, timed in turn with the product. Peers stand beside where
// they were found. One thread. `packed`: the second factor was laid out before. oneDNN's bf16 gets factors that are bf16
// already; ours turns them.
#include "peak.hpp"

#include <time.h>
#include <unistd.h>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <Eigen/Core>
#include <tepui/kernel/gemm.hpp>
#ifdef TEPUI_BENCH_CBLAS
#include <cblas.h>
#endif
#ifdef TEPUI_BENCH_DNNL
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace tp = tepui;
namespace kernel = tepui::kernel;
namespace simd = tepui::kernel::simd;
using kernel::precision;

namespace {

/// c = a b, or c += a b. A transposed factor lies in memory as its transpose.
struct shape {
  const char* what;
  std::int64_t m, n, k;
  bool a_transposed = false, b_transposed = false, add = false;
};

const std::vector<shape>& shapes() {
  static const std::vector<shape> all = [] {
    std::vector<shape> s;
    for (const std::int64_t rows : {100, 512, 2048}) {
      const std::int64_t layers[][2] = {{128, 128}, {128, 384}, {128, 512},  {512, 128}, {256, 256},
                                        {256, 512}, {256, 768}, {256, 1024}, {512, 256}};
      for (const auto& [in, out] : layers) s.push_back({"forward", rows, out, in});
      s.push_back({"dx", rows, 128, 384, false, true});
      s.push_back({"dx", rows, 256, 768, false, true});
      s.push_back({"dx", rows, 512, 256, false, true});
      s.push_back({"dw", 128, 384, rows, true, false, true});
      s.push_back({"dw", 256, 768, rows, true, false, true});
      s.push_back({"dw", 512, 256, rows, true, false, true});
    }
    for (const std::int64_t dims : {128, 256})
      for (const std::int64_t rows : {64, 256}) {
        s.push_back({"head", rows, 25426, dims, false, true});
        s.push_back({"head_dx", rows, dims, 25426});
        s.push_back({"head_dw", 25426, dims, rows, true, false, true});
      }
    for (const std::int64_t width : {32, 64})
      for (const std::int64_t keys : {64, 512}) {
        s.push_back({"scores", 64, keys, width, false, true});
        s.push_back({"mix", 64, width, keys, false, false, true});
      }
    return s;
  }();
  return all;
}

std::vector<float> numbers(std::int64_t n, std::int64_t which) {
  const kernel::draws draws(5, "gemm");
  std::vector<float> x(tp::usize(n));
  for (std::int64_t i = 0; i < n; ++i)
    x[tp::usize(i)] = static_cast<float>(draws.uniform(which, static_cast<std::uint64_t>(i)) - 0.5);
  return x;
}

/// The factors of one shape, and the product that a library must come to.
struct matrices {
  shape s;
  std::vector<float> a, b, c;
  kernel::strided<float> left, right;
  explicit matrices(const shape& of)
      : s(of), a(numbers(s.m * s.k, 1)), b(numbers(s.k * s.n, 2)), c(tp::usize(s.m * s.n), 0.0F) {
    left = {a.data(), s.a_transposed ? 1 : s.k, s.a_transposed ? s.m : 1};
    right = {b.data(), s.b_transposed ? 1 : s.n, s.b_transposed ? s.k : 1};
  }
  /// A few elements of every part of the product, in double.
  void check(double tolerance, const char* what) const {
    for (std::int64_t at = 0; at < 200; ++at) {
      const std::int64_t i = at * 7919 % s.m, j = at < 50 ? s.n - 1 - at % s.n : at * 104729 % s.n;
      double sum = 0;
      for (std::int64_t p = 0; p < s.k; ++p)
        sum += static_cast<double>(left.data[i * left.row + p * left.column]) *
               static_cast<double>(right.data[p * right.row + j * right.column]);
      bench::check(
          std::abs(sum - static_cast<double>(c[tp::usize(i * s.n + j)])) < tolerance * std::sqrt(static_cast<double>(s.k)),
          what);
    }
  }
};

/// f(matrices) makes c += a b or c = a b once.
template <precision P, class F>
void measure(benchmark::State& state, const shape& s, const char* what, F&& prepare) {
  matrices x(s);
  auto once = prepare(x);
  once();
  x.check(P == precision::bf16 ? 3e-3 : 2e-6, what);
  const double operations = 2.0 * static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
  const int turns = std::max(1, static_cast<int>(2e7 / operations));
  for (int i = 0; i < 3 * turns; ++i) once();
  std::vector<double> of_product, of_peak;
  for (auto _ : state) {
    of_product.push_back(bench::own_seconds([&] {
                           for (int i = 0; i < turns; ++i) once();
                         }) /
                         turns);
    double operations_at_peak = 0;
    const double seconds_at_peak = bench::own_seconds([&] { operations_at_peak = bench::peak_run<P>(); });
    of_peak.push_back(seconds_at_peak / operations_at_peak);
    state.SetIterationTime(of_product.back());
  }
  const double product = operations / bench::median(of_product), best = 1 / bench::median(of_peak);
  state.counters["gflops"] = product / 1e9;
  state.counters["peak"] = best / 1e9;
  state.counters["share"] = product / best;
}

template <precision P, bool Packed>
void ours(benchmark::State& state, const shape& s) {
  kernel::gemm_room<float> room;
  kernel::packed_factor<P, float> packed;
  measure<P>(state, s, "ours", [&](matrices& x) {
    const auto how = s.add ? kernel::into::add : kernel::into::overwrite;
    if (Packed) packed.pack(x.right, s.k, s.n);
    return [&, how] {
      if constexpr (Packed)
        kernel::gemm(s.m, s.n, s.k, x.left, packed, x.c.data(), s.n, how, room);
      else
        kernel::gemm<P>(s.m, s.n, s.k, x.left, x.right, x.c.data(), s.n, how, room);
    };
  });
}

void eigen(benchmark::State& state, const shape& s) {
  using by_row = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  using by_column = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>>;
  measure<precision::float32>(state, s, "Eigen", [&](matrices& x) {
    return [&x, &s] {
      Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> c(x.c.data(), s.m, s.n);
      const auto write = [&](const auto& a, const auto& b) {
        if (s.add)
          c.noalias() += a * b;
        else
          c.noalias() = a * b;
      };
      const auto with = [&](const auto& a) {
        if (s.b_transposed)
          write(a, by_column(x.b.data(), s.k, s.n));
        else
          write(a, by_row(x.b.data(), s.k, s.n));
      };
      if (s.a_transposed)
        with(by_column(x.a.data(), s.m, s.k));
      else
        with(by_row(x.a.data(), s.m, s.k));
    };
  });
}

#ifdef TEPUI_BENCH_CBLAS
void openblas(benchmark::State& state, const shape& s) {
  measure<precision::float32>(state, s, "OpenBLAS", [&](matrices& x) {
    return [&x, &s] {
      cblas_sgemm(CblasRowMajor, s.a_transposed ? CblasTrans : CblasNoTrans, s.b_transposed ? CblasTrans : CblasNoTrans,
                  static_cast<int>(s.m), static_cast<int>(s.n), static_cast<int>(s.k), 1, x.a.data(),
                  static_cast<int>(s.a_transposed ? s.m : s.k), x.b.data(), static_cast<int>(s.b_transposed ? s.k : s.n),
                  s.add ? 1.0F : 0.0F, x.c.data(), static_cast<int>(s.n));
    };
  });
}
#endif

#ifdef TEPUI_BENCH_DNNL
void onednn(benchmark::State& state, const shape& s) {
  measure<precision::float32>(state, s, "oneDNN", [&](matrices& x) {
    return [&x, &s] {
      dnnl_sgemm(s.a_transposed ? 'T' : 'N', s.b_transposed ? 'T' : 'N', s.m, s.n, s.k, 1, x.a.data(),
                 s.a_transposed ? s.m : s.k, x.b.data(), s.b_transposed ? s.k : s.n, s.add ? 1.0F : 0.0F, x.c.data(), s.n);
    };
  });
}
void onednn_bf16(benchmark::State& state, const shape& s) {
  using memory = dnnl::memory;
  using type = memory::data_type;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  measure<precision::bf16>(state, s, "oneDNN bf16", [&](matrices& x) {
    const auto rounded = [](const std::vector<float>& from) {
      std::vector<std::uint16_t> to;
      for (const float f : from) to.push_back(static_cast<std::uint16_t>(simd::bf16_bits(f)));
      return to;
    };
    struct factors {
      std::vector<std::uint16_t> a, b;
    };
    const auto kept = std::make_shared<factors>(factors{rounded(x.a), rounded(x.b)});
    const memory::desc a({s.m, s.k}, type::bf16, memory::dims{x.left.row, x.left.column});
    const memory::desc b({s.k, s.n}, type::bf16, memory::dims{x.right.row, x.right.column});
    const memory::desc c({s.m, s.n}, type::f32, memory::dims{s.n, 1});
    dnnl::primitive_attr attributes;
    if (s.add) {
      dnnl::post_ops sum;
      sum.append_sum(1);
      attributes.set_post_ops(sum);
    }
    const dnnl::matmul product(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attributes, engine));
    const memory in_a(a, engine, kept->a.data()), in_b(b, engine, kept->b.data()), out(c, engine, x.c.data());
    return [=, &stream] {
      (void)kept;
      product.execute(stream, {{DNNL_ARG_SRC, in_a}, {DNNL_ARG_WEIGHTS, in_b}, {DNNL_ARG_DST, out}});
    };
  });
}
#endif

void add(const char* library, const shape& s, void (*run)(benchmark::State&, const shape&)) {
  const std::string name =
      std::string(s.what) + "/" + std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k) + "/" + library;
  benchmark::RegisterBenchmark(name.c_str(), [run, &s](benchmark::State& state) { run(state, s); })
      ->UseManualTime()
      ->Iterations(41);
}

}  // namespace

int main(int argc, char** argv) {
  // Libraries read these when they are loaded: the number of threads, and two that make OpenBLAS slow where they are set.
  if (std::getenv("OMP_NUM_THREADS") == nullptr || std::getenv("OPENBLAS_CORETYPE") != nullptr) {
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    unsetenv("OPENBLAS_CORETYPE");
    unsetenv("OPENBLAS_L2_SIZE");
    execv("/proc/self/exe", argv);
  }
  benchmark::Initialize(&argc, argv);
  for (const shape& s : shapes()) {
    add("ours", s, ours<precision::float32, false>);
    add("ours_packed", s, ours<precision::float32, true>);
    add("ours_bf16", s, ours<precision::bf16, false>);
    add("ours_bf16_packed", s, ours<precision::bf16, true>);
    add("eigen", s, eigen);
#ifdef TEPUI_BENCH_CBLAS
    add("openblas", s, openblas);
#endif
#ifdef TEPUI_BENCH_DNNL
    add("onednn", s, onednn);
    add("onednn_bf16", s, onednn_bf16);
#endif
  }
  benchmark::RunSpecifiedBenchmarks();
}
