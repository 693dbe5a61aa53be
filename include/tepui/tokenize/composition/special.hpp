#pragma once
/// Tokens that are no gene: at the beginning or the end of a cell's sentence.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::composition {

/// Puts special tokens before the first gene, in this order. They are not counted among the slots of a cut before.
/// in     names as the vocabulary has them; one value for each (0 where left out)            out    value channel: that value
struct first {
  static constexpr std::string_view name = "first";
  std::vector<std::string> tokens{"<cls>"};
  std::vector<double> values;

  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + listed() + ")"; }
  static void each_array(auto& self, auto&& visit) {
    visit("tokens", self.tokens);
    visit("values", self.values);
  }
  [[nodiscard]] std::int32_t n_special() const { return static_cast<std::int32_t>(tokens.size()); }
  [[nodiscard]] std::vector<std::string> special_names() const { return tokens; }
  void operator()(const auto&, sentence& s, no_scratch&, const auto&) const {
    const std::size_t n = tokens.size(), behind = s.at.size();
    s.at.resize(behind + n);
    for (std::size_t i = behind; i-- > 0;) s.at[i + n] = s.at[i];
    for (std::size_t i = 0; i < n; ++i) s.at[i] = s.make_special(static_cast<std::int32_t>(i), value(i));
    if (!s.program.empty()) s.program.insert(s.program.begin(), n, -1);
  }

 protected:
  [[nodiscard]] double value(std::size_t i) const { return i < values.size() ? values[i] : 0.0; }
  [[nodiscard]] std::string listed() const {
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) text += (i == 0 ? "" : " ") + tokens[i];
    return text;
  }
};

/// The same behind the last gene.
struct last : first {
  static constexpr std::string_view name = "last";
  last() { tokens = {"<eos>"}; }
  explicit last(std::vector<std::string> names, std::vector<double> given = {}) {
    tokens = std::move(names);
    values = std::move(given);
  }
  [[nodiscard]] std::string describe() const { return std::string(name) + "(" + listed() + ")"; }
  void operator()(const auto&, sentence& s, no_scratch&, const auto&) const {
    for (std::size_t i = 0; i < tokens.size(); ++i) s.at.push_back(s.make_special(static_cast<std::int32_t>(i), value(i)));
    if (!s.program.empty()) s.program.insert(s.program.end(), tokens.size(), -1);
  }
};

/// Two tokens behind the genes: how deep the cell should be read, and how deep it was.
/// out    value channel: `target`, and log10 of the cell's counts (of its logged counts where `total` was taken from them)
/// errors bad_data: a cell with genes and a total that is not above 0
/// source Hao et al. 2024 (scFoundation): T and S; T = 4 asks for a cell of 10,000 counts
struct depth_tokens {
  static constexpr std::string_view name = "depth_tokens";
  static constexpr bool reads_total = true;
  double target = 4;
  std::vector<std::string> tokens{"<T>", "<S>"};

  [[nodiscard]] std::string describe() const { return "depth_tokens(" + std::to_string(target) + ")"; }
  static void each_array(auto& self, auto&& visit) {
    visit("target", self.target);
    visit("tokens", self.tokens);
  }
  [[nodiscard]] std::int32_t n_special() const { return 2; }
  [[nodiscard]] std::vector<std::string> special_names() const { return tokens; }
  void operator()(const auto& cell, sentence& s, no_scratch&, const auto&) const {
    const double depth = cell.total > 0 ? std::log10(cell.total) : 0.0;
    s.at.push_back(s.make_special(0, target));
    s.at.push_back(s.make_special(1, depth));
  }
};

}  // namespace tepui::tokenize::composition
