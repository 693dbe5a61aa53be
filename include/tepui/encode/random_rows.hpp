#pragma once
/// A random vector for every gene or token, the same whenever it is asked for.

#include <cstdint>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::encode {

enum class random_entry { sign, normal };

/// Random vectors keyed by (draws, row), drawn when a row is first used. One per thread.
/// entries  sign: -1 or 1, the same bits on every machine; normal: standard normal, as the C library's log and cos give it
/// cost     4 Dims bytes a row
template <int Dims, random_entry Entry>
class random_rows {
 public:
  /// Makes room for `n` rows. Rows already drawn stay, unless the draws are others.
  void prepare(std::int64_t n, const kernel::draws& draws) {
    const std::uint64_t mark = draws.bits(-1);
    if (mark != mark_ || isize(drawn_.size()) != n) {
      mark_ = mark;
      drawn_.assign(usize(n), 0);
      value_.resize(usize(n) * usize(Dims));
    }
    draws_ = draws;
  }
  /// -> [Dims], until the next prepare
  [[nodiscard]] const float* row(std::int64_t r) {
    float* const to = value_.data() + usize(r) * usize(Dims);
    if (!drawn_[usize(r)]) {
      drawn_[usize(r)] = 1;
      for (std::uint64_t d = 0; d < std::uint64_t{Dims}; ++d) {
        if constexpr (Entry == random_entry::normal) {
          to[d] = static_cast<float>(draws_.normal(r, d));
        } else {
          to[d] = (draws_.bits(r, d / 64) >> (d % 64)) & 1 ? 1.0F : -1.0F;
        }
      }
    }
    return to;
  }

 private:
  std::uint64_t mark_ = 0;
  kernel::draws draws_;
  std::vector<char> drawn_;
  std::vector<float> value_;
};

}  // namespace tepui::encode
