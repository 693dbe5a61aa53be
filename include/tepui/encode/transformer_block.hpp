#pragma once
/// One round of a transformer: every gene of a cell takes up what it needs from the others, then thinks for itself.

#include <span>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/activation.hpp>
#include <tepui/kernel/attention.hpp>
#include <tepui/kernel/layer_norm.hpp>
#include <tepui/kernel/linear.hpp>

namespace tepui::encode {

/// The compile-time shape of a block.
struct block_shape {
  int dims = 128;
  int heads = 4;
  int hidden = 512;  ///< of the two linear layers behind the attention
};

/// x += out(attention(norm1 x)); x += two(gelu(one(norm2 x))): norm first, as HEIMDALL's. Forward only, no dropout.
/// shapes  in_weight [dims, 3 dims] (query, key, value), in_bias [3 dims]; out_weight [dims, dims], out_bias [dims];
///         one_weight [dims, hidden], one_bias; two_weight [hidden, dims], two_bias; gain, shift [dims] of both norms
/// in      x [tokens of one cell, dims]            out    the same memory
/// cost    O(tokens^2 dims + tokens dims (dims + hidden))            repeat bit-equal for any number of threads
/// source  Vaswani et al. 2017, with the norm in front (Xiong et al. 2020)
template <block_shape Shape>
struct transformer_block {
  static_assert(
      Shape.dims > 0 && Shape.hidden > 0 && Shape.heads > 0 && Shape.dims % Shape.heads == 0,
      "tepui: a transformer block needs dims that its heads divide; write block_shape{.dims = 128, .heads = 4, .hidden = 512}");
  static constexpr int dims = Shape.dims;
  struct room {
    std::vector<float> normed, qkv, mixed, score, hidden;
  };

  std::vector<float> norm1_gain, norm1_shift, in_weight, in_bias, out_weight, out_bias;
  std::vector<float> norm2_gain, norm2_shift, one_weight, one_bias, two_weight, two_bias;

  static void each_array(auto& self, auto&& visit) {
    visit("norm1_gain", self.norm1_gain);
    visit("norm1_shift", self.norm1_shift);
    visit("in_weight", self.in_weight);
    visit("in_bias", self.in_bias);
    visit("out_weight", self.out_weight);
    visit("out_bias", self.out_bias);
    visit("norm2_gain", self.norm2_gain);
    visit("norm2_shift", self.norm2_shift);
    visit("one_weight", self.one_weight);
    visit("one_bias", self.one_bias);
    visit("two_weight", self.two_weight);
    visit("two_bias", self.two_bias);
  }

  void forward(std::span<float> x, room& r) const {
    constexpr auto d = usize(Shape.dims), hidden = usize(Shape.hidden);
    if (norm1_gain.size() != d || in_weight.size() != 3 * d * d || one_weight.size() != d * hidden)
      throw bad_data("a transformer block of " + std::to_string(d) + " dims was asked to encode, but it has no weights of that size (" +
                     std::to_string(in_weight.size()) + " where " + std::to_string(3 * d * d) +
                     " are needed for attention); fill in its weights first");
    const std::size_t tokens = x.size() / d;
    r.normed.resize(x.size());
    r.qkv.resize(3 * x.size());
    r.mixed.resize(x.size());
    r.hidden.resize(tokens * hidden);
    kernel::layer_norm(x, norm1_gain, norm1_shift, 1e-5, r.normed);
    kernel::linear<3 * d>(r.normed, Shape.dims, in_weight, in_bias, r.qkv);
    kernel::attention<d, usize(Shape.heads)>(r.qkv, r.score, r.mixed);
    kernel::linear<d>(r.mixed, Shape.dims, out_weight, out_bias, r.normed);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += r.normed[i];
    kernel::layer_norm(x, norm2_gain, norm2_shift, 1e-5, r.normed);
    kernel::linear<hidden>(r.normed, Shape.dims, one_weight, one_bias, r.hidden);
    for (float& h : r.hidden) h = kernel::gelu(h);
    kernel::linear<d>(r.hidden, Shape.hidden, two_weight, two_bias, r.normed);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += r.normed[i];
  }
};

}  // namespace tepui::encode
