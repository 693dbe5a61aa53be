#pragma once
/// One cell on its way from counts to tokens: the genes that it could say, and the sentence that it says.

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/tokens.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::tokenize {

/// As many tokens as there are.
inline constexpr std::int32_t no_limit = std::numeric_limits<std::int32_t>::max();

/// The genes of one cell that could become tokens, by ascending column.
/// shapes  gene, value, level [entries]; value: as it came in; level: what the expression axis made of it
template <class Value, class Level>
struct cell_entries {
  std::int64_t cell_id = 0;
  double total = 0;    ///< counts of the whole cell, known only where an axis asks for it with `reads_total`
  bool zeros = false;  ///< whether values may be zero: only where the composition asks for all genes
  std::span<const std::int32_t> gene;
  std::span<const Value> value;
  std::span<const Level> level;
  [[nodiscard]] std::size_t size() const { return gene.size(); }
};

/// The same where levels are rounded and the expression knows the exact ones.
template <class Value, class Level, class Expression>
struct cell_entries_of : cell_entries<Value, Level> {
  const Expression* expression = nullptr;
  [[nodiscard]] double exact_level(std::size_t entry) const { return expression->exact_level(*this, entry); }
};

/// errors bad_data: a total that is not above 0 beside counts
inline void check_total(const auto& cell) {
  if (!(cell.total > 0) && cell.size() > 0)
    throw bad_data("cell " + std::to_string(cell.cell_id) + " has counts, but its total is " + std::to_string(cell.total) +
                   " where it must be above 0; correct the totals, or leave them out");
}

/// What a cell says, token after token. A place in it is an entry of the cell, or a special token.
class sentence {
 public:
  std::vector<std::int32_t> at;       ///< [tokens] entry of the cell, or -1 - place in `special`
  std::vector<std::int32_t> program;  ///< [tokens] where a step groups by programs, else empty

  /// A token that is no gene: its number among the special tokens of the composition, and what stands in the value channel.
  struct special_token {
    std::int32_t number;
    double value;
  };
  std::vector<special_token> special;

  /// Every entry, in ascending gene. Nothing is written down until a later step wants to change it.
  void say_all(std::size_t n_entries) {
    all_ = true;
    at.clear();
    n_all_ = n_entries;
  }
  [[nodiscard]] bool says_all() const { return all_; }
  /// Writes the entries down where they were not.
  void write_down() {
    if (!all_) return;
    all_ = false;
    at.resize(n_all_);
    for (std::size_t i = 0; i < n_all_; ++i) at[i] = static_cast<std::int32_t>(i);
  }

  void clear() {
    all_ = false;
    at.clear();
    program.clear();
    special.clear();
    base_ = 0;
  }
  /// Steps number their special tokens from 0; a sequence of steps shifts them.
  void begin_step(std::int32_t base) { base_ = base; }
  /// Makes a special token.                            out    what stands for it in `at`
  [[nodiscard]] std::int32_t make_special(std::int32_t number, double value = 0) {
    special.push_back({base_ + number, value});
    return -static_cast<std::int32_t>(special.size());
  }
  [[nodiscard]] const special_token& special_at(std::int32_t place) const { return special[usize(-1 - place)]; }

 private:
  std::int32_t base_ = 0;
  bool all_ = false;
  std::size_t n_all_ = 0;
};

/// Where random numbers come from: kernel::draws, or numbers that were drawn elsewhere and are played back.
///   uniform(cell, draw)  in [0, 1), the same at every call            sub(purpose)  the numbers of a part
template <class R>
concept random_source = requires(const R& r, std::int64_t cell, std::uint64_t n) {
  { r.uniform(cell, n) } -> std::convertible_to<double>;
  r.sub(n);
};

/// Whether an axis asks for the counts of the whole cell.
template <class Axis>
inline constexpr bool reads_total = [] {
  if constexpr (requires { Axis::reads_total; }) return Axis::reads_total;
  return false;
}();

}  // namespace tepui::tokenize
