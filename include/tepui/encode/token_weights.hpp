#pragma once
/// How much each token of a cell counts when the cell is described by the mean of its tokens' vectors.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/stage/port.hpp>

namespace tepui::encode {

/// By order: of n tokens the first counts 1, the last 1/n. For tokenizers that put the most expressed first.
struct by_order {
  static constexpr const char* name = "by order";
  using takes = port::tokens<>;
  /// out    weight [tokens of the cell], >= 0
  static void weigh(const auto& tokens, std::int64_t cell, std::vector<float>& weight) {
    const auto n = usize(tokens.n_tokens(cell));
    weight.resize(n);
    for (std::size_t i = 0; i < n; ++i) weight[i] = static_cast<float>(n - i) / static_cast<float>(n);
  }
};

/// By value: log(1 + value), 0 for negative ones, so that a count of 100 does not drown a hundred counts of 1.
struct by_value {
  static constexpr const char* name = "by value";
  using takes = port::tokens<channel::value>;
  static void weigh(const auto& tokens, std::int64_t cell, std::vector<float>& weight) {
    const auto value = tokens.template of<channel::value>(cell);
    weight.resize(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) weight[i] = std::log1p(std::max(0.0F, value[i]));
  }
};

/// By bin: the number of the bin.
struct by_bin {
  static constexpr const char* name = "by bin";
  using takes = port::tokens<channel::bin>;
  static void weigh(const auto& tokens, std::int64_t cell, std::vector<float>& weight) {
    const auto bin = tokens.template of<channel::bin>(cell);
    weight.resize(bin.size());
    for (std::size_t i = 0; i < bin.size(); ++i) weight[i] = static_cast<float>(std::max(0, bin[i]));
  }
};

/// Every token counts the same.
struct evenly {
  static constexpr const char* name = "evenly";
  using takes = port::tokens<>;
  static void weigh(const auto& tokens, std::int64_t cell, std::vector<float>& weight) {
    weight.assign(usize(tokens.n_tokens(cell)), 1.0F);
  }
};

/// By what the tokenizer gives: its bins, otherwise its values, otherwise the order.
struct by_channels {
  static constexpr const char* name = "by channels";
  using takes = port::tokens<>;
  template <class Tokens>
  static void weigh(const Tokens& tokens, std::int64_t cell, std::vector<float>& weight) {
    if constexpr (Tokens::template has<channel::bin>) {
      by_bin::weigh(tokens, cell, weight);
    } else if constexpr (Tokens::template has<channel::value>) {
      by_value::weigh(tokens, cell, weight);
    } else {
      by_order::weigh(tokens, cell, weight);
    }
  }
};

/// The weights of a cell's tokens, with sum 1; all 0 where no token counts anything.            -> weight [tokens of the cell]
template <class Weights>
void relative_weights(const auto& tokens, std::int64_t cell, std::vector<float>& weight) {
  Weights::weigh(tokens, cell, weight);
  double sum = 0;
  for (const float w : weight) sum += static_cast<double>(w);
  for (float& w : weight) w = sum > 0 ? static_cast<float>(static_cast<double>(w) / sum) : 0.0F;
}

}  // namespace tepui::encode
