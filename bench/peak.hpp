#pragma once
/// The most that this processor multiplies and adds: a loop that never leaves its registers, in the number format of a product.

#include "measure.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <tepui/kernel/gemm.hpp>

namespace bench {

namespace simd = tepui::kernel::simd;

#if TEPUI_HAS_LANES
/// Runs some 2e7 operations and says how many they were.
template <class Product>
[[gnu::noinline]] double registers_only() {
  constexpr std::size_t sums = simd::many_registers ? 24 : 12;
  constexpr std::int64_t steps = 20'000;
  const simd::float_tag d;
  std::array<typename Product::element, simd::lanes32 * 4> ones{};
  benchmark::DoNotOptimize(ones.data());
  benchmark::ClobberMemory();
  const auto a = Product::load(ones.data());
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    // Sums that begin differently, and a step that the compiler cannot see through: else equal sums would be worked out once.
    simd::float_lanes sum[sums] = {simd::hn::Set(d, static_cast<float>(I))...};
    for (std::int64_t i = 0; i < steps; ++i) {
      ((sum[I] = Product::add(a, a, sum[I])), ...);
      asm volatile("" ::: "memory");
    }
    float out = 0;
    ((out += simd::hn::GetLane(sum[I])), ...);
    benchmark::DoNotOptimize(out);
    return 2.0 * static_cast<double>(steps) * sums * simd::lanes32 * Product::depth;
  }(std::make_index_sequence<sums>());
}
#endif

/// Works at the peak for some 0.1 ms, with products of this precision.            out  the operations that it did; 0 without vectors
template <tepui::kernel::precision P>
double peak_run() {
#if TEPUI_HAS_LANES
  return registers_only<tepui::kernel::products_of<P>>();
#else
  return 0;
#endif
}

/// Operations a second, the median of 31 runs.
template <tepui::kernel::precision P>
double peak() {
  std::vector<double> speed;
  for (int i = 0; i < 31; ++i) {
    double operations = 0;
    const double seconds = seconds_of([&] { operations = peak_run<P>(); });
    speed.push_back(operations / seconds);
  }
  return median(speed);
}

}  // namespace bench
