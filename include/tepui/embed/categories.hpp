#pragma once
/// A vector for every bin of expression.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/layer_norm.hpp>

namespace tepui::embed {

enum class normed : bool { no, yes };

/// A table with a row a bin, and a norm behind it.                table [Bins, Dims]; gain, shift [Dims], where there is a norm
template <int Dims, int Bins, normed Normed>
struct category_table {
  static_assert(Bins > 0, "tepui: a table of bins needs at least one bin; write categories<128, 51>");
  static constexpr int dims = Dims;
  using needs = channels<channel::bin>;

  std::vector<float> table, gain, shift;

  [[nodiscard]] std::string describe() const {
    return "categories " + std::to_string(Dims) + " (" + std::to_string(Bins) + " bins" +
           (Normed == normed::yes ? ", norm)" : ")");
  }
  static void each_array(auto& self, auto&& visit) {
    visit("table", self.table);
    visit("gain", self.gain);
    visit("shift", self.shift);
  }
  void draw(const kernel::draws& random) {
    table = normal_table(Bins, Dims, random);
    if (Normed == normed::yes) {
      gain.assign(usize(Dims), 1.0F);
      shift.assign(usize(Dims), 0.0F);
    }
  }
  /// in     bin [tokens]            out    [tokens, Dims]            errors  bad_data: a bin below 0 or not below Bins
  void forward(std::span<const std::int32_t> bin, std::span<float> out, auto&) const {
    for (std::size_t t = 0; t < bin.size(); ++t) {
      if (bin[t] < 0 || bin[t] >= Bins)
        throw bad_data("a token has bin " + std::to_string(bin[t]) + ", but categories has vectors for bins 0 to " +
                       std::to_string(Bins - 1) +
                       "; give it as many bins as the tokenizer makes, and one more for each special value");
      std::copy_n(table.begin() + std::ptrdiff_t{bin[t]} * Dims, Dims, out.begin() + isize(t) * Dims);
    }
    if constexpr (Normed == normed::yes) kernel::layer_norm(out, gain, shift, 1e-5, out);
  }
};

/// A learned vector for every bin.
/// write  categories<128, 51> (scBERT, GREmLN: without a norm), categories<128, 53, normed::yes> (scGPT)
template <int Dims, int Bins, normed Normed = normed::no>
using categories = fresh<category_table<Dims, Bins, Normed>>;

static_assert(part<categories<8, 5>>);

}  // namespace tepui::embed
