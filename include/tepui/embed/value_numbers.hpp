#pragma once
/// Vectors of expression values: none, the number itself, and the two plainest layers.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tepui/embed/layer.hpp>
#include <tepui/kernel/activation.hpp>
#include <tepui/kernel/linear.hpp>

namespace tepui::embed {

/// Expression is not told: it stands in the order of the tokens, or in which there are (Geneformer, UCE; HEIMDALL's zeros).
struct no_value {
  static constexpr int dims = 0;
  using needs = channels<>;
  [[nodiscard]] std::string describe() const { return "no value"; }
};

/// The value as it is, a vector of one number: for `scaled`, or beside the gene's vector.
struct value_itself {
  static constexpr int dims = 1;
  using needs = channels<channel::value>;
  [[nodiscard]] std::string describe() const { return "value"; }
  /// in     x [tokens]            out    [tokens, 1]
  void forward(std::span<const float> x, std::span<float> out, auto&) const { std::copy(x.begin(), x.end(), out.begin()); }
};

/// x weight + bias.                                            weight, bias [Dims]
template <int Dims>
struct linear_layer {
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;

  std::vector<float> weight, bias;

  [[nodiscard]] std::string describe() const { return "linear " + std::to_string(Dims); }
  static void each_array(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
  void draw(const kernel::draws& random) {
    weight = uniform_weights(1, Dims, 1, random.sub(1));
    bias = uniform_weights(1, Dims, 1, random.sub(2));
  }
  /// in     x [tokens]            out    [tokens, Dims]
  void forward(std::span<const float> x, std::span<float> out, auto&) const {
    kernel::linear<usize(Dims)>(x, 1, weight, bias, out);
  }
};
/// A learned line for every dim (HEIMDALL's "continuous").
template <int Dims>
using linear = fresh<linear_layer<Dims>>;

enum class bend : std::int32_t { relu, gelu };

/// Linear, bend, linear.                weight1, bias1, bias2 [Dims]; weight2 [Dims, Dims], a row for every input
template <int Dims, bend Bend>
struct two_layer_net {
  static constexpr int dims = Dims;
  using needs = channels<channel::value>;
  struct room {
    std::vector<float> hidden;
  };

  std::vector<float> weight1, bias1, weight2, bias2;

  [[nodiscard]] std::string describe() const {
    return "two layers " + std::to_string(Dims) + (Bend == bend::gelu ? ", GELU" : ", ReLU");
  }
  static void each_array(auto& self, auto&& visit) {
    visit("weight1", self.weight1);
    visit("bias1", self.bias1);
    visit("weight2", self.weight2);
    visit("bias2", self.bias2);
  }
  void draw(const kernel::draws& random) {
    weight1 = uniform_weights(1, Dims, 1, random.sub(1));
    bias1 = uniform_weights(1, Dims, 1, random.sub(2));
    weight2 = uniform_weights(Dims, Dims, Dims, random.sub(3));
    bias2 = uniform_weights(1, Dims, Dims, random.sub(4));
  }
  /// in     x [tokens]            out    [tokens, Dims]            cost   O(Dims^2) a token
  void forward(std::span<const float> x, std::span<float> out, room& r) const {
    r.hidden.resize(x.size() * usize(Dims));
    kernel::linear<usize(Dims)>(x, 1, weight1, bias1, r.hidden);
    for (float& h : r.hidden) h = Bend == bend::gelu ? kernel::gelu(h) : kernel::relu(h);
    kernel::linear<usize(Dims)>(r.hidden, Dims, weight2, bias2, out);
  }
};
/// A small network of the value (HEIMDALL's "2nn"; scGPT and Tahoe-x1 put a norm behind theirs).
/// write  two_layer<128>, two_layer<128, bend::gelu>
template <int Dims, bend Bend = bend::relu>
using two_layer = fresh<two_layer_net<Dims, Bend>>;

static_assert(part<no_value> && part<value_itself> && part<linear<8>> && part<two_layer<8>>);

}  // namespace tepui::embed
