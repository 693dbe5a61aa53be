#pragma once
/// Hands a gene's value on as it is, or says nothing of it.

#include <span>
#include <string_view>

#include <tepui/stage/kind.hpp>
#include <tepui/stage/port.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::expression {

/// The value beside the token, as it came in: counts for a model that turns them into vectors, attention bias or weights.
/// out    channel value            cost   none            source "continuous" and "no-op" expression of HEIMDALL
struct values {
  static constexpr std::string_view name = "values";
  static constexpr bool says_values = true;
  using channel_list = channels<channel::value>;
  template <class Value>
  using level = Value;
  template <class Value>
  [[nodiscard]] std::span<const Value> levels(const cell_entries<Value, Value>& cell, no_scratch&, const auto&) const {
    return cell.value;
  }
};

/// No channel: the expression shows only in which genes are there and in their order (Geneformer, UCE).
struct unsaid {
  static constexpr std::string_view name = "unsaid";
  using channel_list = channels<>;
  template <class Value>
  using level = Value;
  template <class Value>
  [[nodiscard]] std::span<const Value> levels(const cell_entries<Value, Value>& cell, no_scratch&, const auto&) const {
    return cell.value;
  }
};

}  // namespace tepui::tokenize::expression
