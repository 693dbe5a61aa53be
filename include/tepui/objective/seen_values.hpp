#pragma once
/// The best guess of a gene's expression that looks at no cell: what the gene usually has.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::objective {

/// Mean value of each gene; every gene begins with one value at the mean of all.
class seen_values {
 public:
  seen_values() = default;
  explicit seen_values(std::int32_t n_words) : sum_(usize(n_words), 0), n_(usize(n_words), 0) {}
  void count(std::int32_t word, float value) {
    sum_[usize(word)] += static_cast<double>(value);
    ++n_[usize(word)];
    sum_of_all_ += static_cast<double>(value);
    ++n_of_all_;
  }
  /// in     a word; another id is a gene that is not known
  [[nodiscard]] double guess(std::int32_t word) const {
    const double all = n_of_all_ > 0 ? sum_of_all_ / static_cast<double>(n_of_all_) : 0;
    if (word < 0 || word >= isize(n_.size())) return all;
    return (sum_[usize(word)] + all) / static_cast<double>(n_[usize(word)] + 1);
  }
  /// Sum of squared errors of these guesses.            in     word, value [questions]
  template <class Words>
  [[nodiscard]] double squares(const Words& word, std::span<const float> value) const {
    double sum = 0;
    for (std::size_t i = 0; i < value.size(); ++i) sum += std::pow(static_cast<double>(value[i]) - guess(word(i)), 2);
    return sum;
  }

 private:
  std::vector<double> sum_;
  std::vector<std::int64_t> n_;
  double sum_of_all_ = 0;
  std::int64_t n_of_all_ = 0;
};

/// Shares of the bins of each gene; every gene begins with one token that is spread as those of all genes are.
class seen_bins {
 public:
  seen_bins() = default;
  seen_bins(std::int32_t n_words, std::int32_t bins) : words_(n_words), bins_(bins), n_of_all_(usize(bins), 1), all_(bins) {}
  void count(std::int32_t word, std::int32_t bin) {
    if (n_.empty()) n_.assign(usize(words_) * usize(bins_), 0), of_word_.assign(usize(words_), 0);
    ++n_[usize(word) * usize(bins_) + usize(bin)];
    ++of_word_[usize(word)];
    ++n_of_all_[usize(bin)];
    ++all_;
  }
  /// -log of the bin's share.            in     a word; another id is a gene that is not known
  [[nodiscard]] double surprise(std::int32_t word, std::int32_t bin) const {
    const double of_all = static_cast<double>(n_of_all_[usize(bin)]) / static_cast<double>(all_);
    if (n_.empty() || word < 0 || word >= words_) return -std::log(of_all);
    return -std::log((static_cast<double>(n_[usize(word) * usize(bins_) + usize(bin)]) + of_all) /
                     static_cast<double>(of_word_[usize(word)] + 1));
  }

 private:
  std::int32_t words_ = 0, bins_ = 0;
  std::vector<std::int32_t> n_;
  std::vector<std::int64_t> of_word_, n_of_all_;
  std::int64_t all_ = 0;
};

}  // namespace tepui::objective
