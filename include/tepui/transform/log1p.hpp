#pragma once
/// Takes the logarithm, so that a gene's doubling counts the same whether the gene is rare or abundant.

#include <cmath>
#include <string_view>

#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/transform/same_genes.hpp>

namespace tepui::transform {

/// The natural logarithm of 1 + value.
/// in     counts [cells, genes], raw or normalised               out    counts [cells, genes], log1p; zeros stay zeros
/// empty  stays empty                                            cost   O(genes expressed) per cell, one logarithm each
/// repeat bit-equal where the C library's log1p agrees to 29 bits beyond a float, which is everywhere that we know
/// source numpy.log1p in float64, rounded to float32
struct log1p {
  using kind = kind::transform;
  static constexpr std::string_view name = "log1p";
  using takes = port::counts_of<scale::raw, scale::normalised>;
  using gives = port::counts<scale::log1p>;

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    same_genes(in, out, [](std::int64_t, std::int32_t, double v) { return std::log1p(v); });
  }
};

static_assert(is_stage<log1p>);

/// The logarithm to the base 2 of 1 + value.
/// in, out, empty, cost, repeat  as log1p
/// source scanpy.pp.log1p(base=2): log(1 + x) / log(2), here in float64 and rounded once; scBERT's values
struct log2_1p {
  using kind = kind::transform;
  static constexpr std::string_view name = "log2_1p";
  using takes = port::counts_of<scale::raw, scale::normalised>;
  using gives = port::counts<scale::log1p>;

  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    constexpr double natural_log_of_2 = 0.6931471805599453;
    same_genes(in, out, [](std::int64_t, std::int32_t, double v) { return std::log1p(v) / natural_log_of_2; });
  }
};

static_assert(is_stage<log2_1p>);

}  // namespace tepui::transform
