#pragma once
/// The best guess of a gene that looks at no cell: how often each one is seen.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::objective {

/// Shares of words, from counts; every word begins with one more than was counted (Laplace), so that none has a share of 0.
class unigram {
 public:
  unigram() = default;
  explicit unigram(std::int32_t n_words) : seen_(usize(n_words), 0) {}
  void count(std::int32_t word) {
    ++seen_[usize(word)];
    ++n_;
  }
  /// -log of a word's share.            in     word in [0, n_words)
  [[nodiscard]] double surprise(std::int32_t word) const {
    return std::log(static_cast<double>(n_ + isize(seen_.size()))) - std::log(static_cast<double>(seen_[usize(word)] + 1));
  }
  [[nodiscard]] double surprise(std::span<const std::int32_t> words) const {
    double sum = 0;
    for (const std::int32_t word : words) sum += surprise(word);
    return sum;
  }
  [[nodiscard]] std::int64_t n() const { return n_; }

 private:
  std::vector<std::int64_t> seen_;
  std::int64_t n_ = 0;
};

}  // namespace tepui::objective
