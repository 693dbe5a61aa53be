#include <tepui/embed/soft_bins.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::soft_bins_part {
namespace {

using namespace embed;

/// -> [tokens, bins]
template <class Part>
std::vector<float> shares_of(const Part& part, const std::vector<float>& w, const std::vector<float>& x, std::size_t bins) {
  typename Part::template room<float> room;
  std::vector<float> share(x.size() * bins);
  part.shares(std::span<const float>(w), std::span<const float>(x), std::span(share), room);
  return share;
}

TEST_CASE("a value takes the mixture of the vectors of its bins") {
  // Two bins, hidden layer (x, 0): scores 2x and 0, so that shares are sigmoid(2x) and the rest.
  constexpr soft_bin_shape two{.bins = 2, .hidden = 2};
  const soft_bins<1, two> part;
  const auto w = weights_of(part, {{"first.weight", {1, 0}}, {"second.weight", {1, 0, 0, 0}}, {"table", {10, 0}}});
  const auto out = vectors_of(part, w, std::vector<float>{0, 1});
  CHECK(out[0] == doctest::Approx(5));
  CHECK(out[1] == doctest::Approx(10 / (1 + std::exp(-2.0))));
}

TEST_CASE("a marked value teaches its own vector and nothing else") {
  constexpr soft_bin_shape two{.bins = 2, .hidden = 2, .marked = marked_values::mask_and_pad};
  const soft_bins<1, two> part;
  const auto w = weights_of(part, {{"first.weight", {1, 0}}, {"table", {10, 0}}, {"mask", {3}}, {"pad", {4}}});
  const std::vector<float> x{-1, -2, -1};
  CHECK(vectors_of(part, w, x) == std::vector<float>{3, 4, 3});
  CHECK(gradient_of(part, w, x, {1, 2, 5}) == weights_of(part, {{"mask", {6}}, {"pad", {2}}}));
}

TEST_CASE("HEIMDALL's soft bins, and the share of every bin") {
  if (!shared_is_here()) return;
  const auto x = golden("modules/expr_in");
  const std::string at = "modules/autobin/param.";
  const soft_bins<16> part;
  const auto w = weights_of(part, {{"first.weight", golden(at + "mlp.weight")},
                                   {"first.bias", golden(at + "mlp.bias")},
                                   {"second.weight", turned(golden(at + "mlp2.weight"), 100)},
                                   {"second.bias", golden(at + "mlp2.bias")},
                                   {"table", golden(at + "emb.weight")}});
  check_near(vectors_of(part, w, x), golden("modules/autobin/out"));
  check_near(shares_of(part, w, x, 100), golden("modules/autobin/weight"));
}

TEST_CASE("scFoundation's soft bins, with vectors of their own for -1 and -2") {
  if (!shared_is_here()) return;
  const std::string text = laws::shared_text(TEPUI_SHARED, "golden/systems/scfoundation_autobin.json");
  const auto read = [&](const std::string& key, std::size_t from = 0) {
    const auto numbers = laws::numbers_in(laws::json_array(text, key, from));
    return std::vector<float>(numbers.begin(), numbers.end());
  };
  constexpr soft_bin_shape five{.bins = 5, .hidden = 5, .marked = marked_values::mask_and_pad};
  const soft_bins<6, five> part;
  const auto w = weights_of(part, {{"first.weight", read("mlp.weight")},
                                   {"first.bias", read("mlp.bias")},
                                   {"second.weight", turned(read("mlp2.weight"), 5)},
                                   {"second.bias", read("mlp2.bias")},
                                   {"table", read("emb.weight")},
                                   {"mask", read("emb_mask.weight")},
                                   {"pad", read("emb_pad.weight")}});
  const auto x = read("x");
  check_near(vectors_of(part, w, x), read("out"));
  check_near(shares_of(part, w, x, 5), read("weight", text.find("\"out\":")));
}

TEST_CASE("State's bins have a hidden layer of another size, and CellFM's are ours without biases") {
  static_assert(state_bins.hidden == 512 && !state_bins.hidden_added);
  const soft_bins<4, state_bins> part;
  std::vector<float> w(usize(n_weights(part)));
  layer::draw_weights(part, kernel::draws(1, "x"), std::span(w));
  const auto share = shares_of(part, w, {0, 1, 9}, 10);
  for (std::size_t t = 0; t < 3; ++t) {
    double all = 0;
    for (std::size_t b = 0; b < 10; ++b) all += static_cast<double>(share[10 * t + b]);
    CHECK(all == doctest::Approx(1));
  }
}

}  // namespace
}  // namespace tepui::tests::soft_bins_part
