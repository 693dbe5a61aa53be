#pragma once
/// Puts the vectors of two cells together, for tasks that ask what lies between them: a perturbed cell and its control.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::encode {

/// Two cells added up; their order does not matter.            in     a, b [rows, dims]            out    [rows, dims]
struct pair_sum {
  static void forward(std::span<const float> a, std::span<const float> b, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] + b[i];
  }
};

/// The middle of two cells.            in, out  as pair_sum
struct pair_mean {
  static void forward(std::span<const float> a, std::span<const float> b, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (a[i] + b[i]) / 2;
  }
};

enum class pair_order {
  matters,         ///< (a, b) is another pair than (b, a)
  does_not_matter  ///< both orders are read, and added up
};

/// Two cells side by side, through one linear layer.            weight [2 Dims, Dims], a row for every input; bias [Dims]
/// in     a, b [rows, Dims]            out    [rows, Dims]            cost   O(rows Dims^2)
/// draw   weights uniform within 1 / sqrt(2 Dims)
template <int Dims, pair_order Order = pair_order::matters>
struct pair_concat {
  static_assert(Dims > 0, "tepui: pair_concat needs at least one dimension; write pair_concat<128>");
  static constexpr int dims = Dims;
  struct room {
    std::vector<float> both, other;
    kernel::gemm_room<float> product;
  };

  std::vector<float> weight, bias;

  static void each_array(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
  void draw(const kernel::draws& random) {
    const double bound = 1.0 / std::sqrt(2.0 * Dims);
    weight.resize(2 * usize(Dims) * usize(Dims));
    bias.resize(usize(Dims));
    for (std::int64_t i = 0; i < isize(weight.size()); ++i)
      weight[usize(i)] = static_cast<float>(bound * (2 * random.uniform(i) - 1));
    for (std::int64_t i = 0; i < Dims; ++i) bias[usize(i)] = static_cast<float>(bound * (2 * random.uniform(i, 1) - 1));
  }
  void forward(std::span<const float> a, std::span<const float> b, std::span<float> out, room& r) const {
    side_by_side(a, b, r.both);
    through(r.both, out, r);
    if constexpr (Order == pair_order::does_not_matter) {
      side_by_side(b, a, r.both);
      r.other.resize(out.size());
      through(r.both, r.other, r);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += r.other[i];
    }
  }

 private:
  void through(std::span<const float> both, std::span<float> to, room& r) const {
    kernel::linear<kernel::precision::float32, float>(both, 2 * Dims, weight, bias, Dims, to, r.product);
  }
  static void side_by_side(std::span<const float> a, std::span<const float> b, std::vector<float>& both) {
    both.clear();
    for (std::size_t begin = 0; begin < a.size(); begin += usize(Dims)) {
      both.insert(both.end(), a.begin() + isize(begin), a.begin() + isize(begin) + Dims);
      both.insert(both.end(), b.begin() + isize(begin), b.begin() + isize(begin) + Dims);
    }
  }
};

}  // namespace tepui::encode
