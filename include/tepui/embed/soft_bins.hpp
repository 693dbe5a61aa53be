#pragma once
/// Vectors of expression values from soft bins: a value belongs to every bin a little, and takes the mixture of their vectors.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/activation.hpp>
#include <tepui/kernel/linear.hpp>
#include <tepui/kernel/softmax.hpp>

namespace tepui::embed {

/// What the values -1 and -2 mean.
enum class marked_values : std::int32_t {
  none,          ///< numbers like any other
  mask_and_pad,  ///< -1 hides a value, -2 stands for no value; each has a vector of its own (scFoundation)
};

/// The compile-time shape of soft bins. The defaults are scFoundation's, whose hidden layer is added to the scores of the bins.
struct soft_bin_shape {
  int bins = 100;
  int hidden = 100;
  bool hidden_added = true;   ///< the hidden layer, which has a number a bin, is added to the scores
  int slope_per_mille = 100;  ///< of the leaky ReLU, below 0
  marked_values marked = marked_values::none;
};
/// The soft bins of State (SE): ten bins by a network with a hidden layer of 512.
inline constexpr soft_bin_shape state_bins{.bins = 10, .hidden = 512, .hidden_added = false, .slope_per_mille = 10};
/// scFoundation's own, with its vectors for hidden values and for none.
inline constexpr soft_bin_shape scfoundation_bins{.marked = marked_values::mask_and_pad};

/// h = leaky(x weight1 + bias1); s = [h +] h weight2 + bias2; shares = softmax(s); out = shares table.
/// shapes  weight1, bias1 [hidden]; weight2 [hidden, bins]; bias2 [bins]; table [bins, Dims]; mask, pad [Dims] where marked
template <int Dims, soft_bin_shape Shape>
struct soft_bin_table {
  static_assert(
      Shape.bins > 0 && Shape.hidden > 0 && (!Shape.hidden_added || Shape.bins == Shape.hidden),
      "tepui: a hidden layer that is added to the scores of soft bins needs a number a bin; give hidden and bins the same "
      "number, or write .hidden_added = false");
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;
  struct room {
    std::vector<float> hidden, score;
  };

  std::vector<float> weight1, bias1, weight2, bias2, table, mask, pad;

  [[nodiscard]] std::string describe() const {
    return "soft bins " + std::to_string(Dims) + " (" + std::to_string(Shape.bins) + " bins, hidden " +
           std::to_string(Shape.hidden) + (Shape.hidden_added ? " added" : "") + ", slope " +
           std::to_string(Shape.slope_per_mille) + "/1000" +
           (Shape.marked == marked_values::mask_and_pad ? ", -1 and -2 marked)" : ")");
  }
  static void each_array(auto& self, auto&& visit) {
    visit("weight1", self.weight1);
    visit("bias1", self.bias1);
    visit("weight2", self.weight2);
    visit("bias2", self.bias2);
    visit("table", self.table);
    visit("mask", self.mask);
    visit("pad", self.pad);
  }
  void draw(const kernel::draws& random) {
    weight1 = uniform_weights(1, Shape.hidden, 1, random.sub(1));
    bias1 = uniform_weights(1, Shape.hidden, 1, random.sub(2));
    weight2 = uniform_weights(Shape.hidden, Shape.bins, Shape.hidden, random.sub(3));
    bias2 = uniform_weights(1, Shape.bins, Shape.hidden, random.sub(4));
    table = normal_table(Shape.bins, Dims, random.sub(5));
    if (Shape.marked == marked_values::mask_and_pad) {
      mask = normal_table(1, Dims, random.sub(6));
      pad = normal_table(1, Dims, random.sub(7));
    }
  }
  /// The share of each bin.            in     x [tokens]            out    [tokens, bins], each row sums to 1
  void shares(std::span<const float> x, std::span<float> share, room& r) const {
    constexpr auto bins = usize(Shape.bins);
    r.hidden.resize(x.size() * usize(Shape.hidden));
    kernel::linear<usize(Shape.hidden)>(x, 1, weight1, bias1, r.hidden);
    for (float& h : r.hidden) h = kernel::leaky_relu(h, static_cast<float>(Shape.slope_per_mille) / 1000.0F);
    kernel::linear<bins>(r.hidden, Shape.hidden, weight2, bias2, share);
    if constexpr (Shape.hidden_added)
      for (std::size_t i = 0; i < share.size(); ++i) share[i] += r.hidden[i];
    for (std::size_t t = 0; t < x.size(); ++t) kernel::softmax(share.subspan(t * bins, bins));
  }
  /// in     x [tokens]            out    [tokens, Dims]            cost   O((hidden + Dims) bins) and bins exponentials a token
  void forward(std::span<const float> x, std::span<float> out, room& r) const {
    r.score.resize(x.size() * usize(Shape.bins));
    shares(x, r.score, r);
    kernel::linear<usize(Dims)>(r.score, Shape.bins, table, {}, out);
    if constexpr (Shape.marked == marked_values::mask_and_pad)
      for (std::size_t t = 0; t < x.size(); ++t) {
        if (x[t] == -1.0F) std::copy(mask.begin(), mask.end(), out.begin() + isize(t) * Dims);
        if (x[t] == -2.0F) std::copy(pad.begin(), pad.end(), out.begin() + isize(t) * Dims);
      }
  }
};

/// Soft bins of the value. CellFM's value network is of the same form, with biases of 0.
/// write  soft_bins<128>, soft_bins<512, state_bins>, soft_bins<768, scfoundation_bins>
/// differs  HEIMDALL's keeps vectors for masked and padded values that it never uses; the default here has none
/// source Hao et al. 2024 (scFoundation), Adduri et al. 2025 (State)
template <int Dims, soft_bin_shape Shape = soft_bin_shape{}>
using soft_bins = fresh<soft_bin_table<Dims, Shape>>;

static_assert(part<soft_bins<8>> && part<soft_bins<8, state_bins>>);

}  // namespace tepui::embed
