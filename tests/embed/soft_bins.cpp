#include <tepui/embed/soft_bins.hpp>

#include "laws/golden_layers.hpp"

namespace tepui::tests::soft_bins_part {
namespace {

using namespace embed;

TEST_CASE("a value takes the mixture of the vectors of its bins") {
  // Two bins, hidden layer (x, 0): scores 2x and 0, so that shares are sigmoid(2x) and the rest.
  constexpr soft_bin_shape two{.bins = 2, .hidden = 2};
  const soft_bin_table<1, two> layer{{1, 0}, {0, 0}, {1, 0, 0, 0}, {0, 0}, {10, 0}, {}, {}};
  soft_bin_table<1, two>::room room;
  std::vector<float> out(2);
  layer.forward(std::vector<float>{0, 1}, out, room);
  CHECK(out[0] == doctest::Approx(5));
  CHECK(out[1] == doctest::Approx(10 / (1 + std::exp(-2.0))));
}

TEST_CASE("HEIMDALL's soft bins, and the share of every bin") {
  if (!shared_is_here()) return;
  const auto x = golden("modules/expr_in");
  const std::string at = "modules/autobin/param.";
  using layer_type = soft_bin_table<16, soft_bin_shape{}>;
  const layer_type layer{golden(at + "mlp.weight"),
                         golden(at + "mlp.bias"),
                         turned(golden(at + "mlp2.weight"), 100),
                         golden(at + "mlp2.bias"),
                         golden(at + "emb.weight"),
                         {},
                         {}};
  layer_type::room room;
  std::vector<float> out(x.size() * 16), share(x.size() * 100);
  layer.forward(x, out, room);
  check_near(out, golden("modules/autobin/out"));
  layer.shares(x, share, room);
  check_near(share, golden("modules/autobin/weight"));
}

TEST_CASE("scFoundation's soft bins, with vectors of their own for -1 and -2") {
  if (!shared_is_here()) return;
  const std::string text = laws::shared_text(TEPUI_SHARED, "golden/systems/scfoundation_autobin.json");
  const auto read = [&](const std::string& key, std::size_t from = 0) {
    const auto numbers = laws::numbers_in(laws::json_array(text, key, from));
    return std::vector<float>(numbers.begin(), numbers.end());
  };
  constexpr soft_bin_shape five{.bins = 5, .hidden = 5, .marked = marked_values::mask_and_pad};
  const soft_bin_table<6, five> layer{read("mlp.weight"),    read("mlp.bias"),   turned(read("mlp2.weight"), 5),
                                      read("mlp2.bias"),     read("emb.weight"), read("emb_mask.weight"),
                                      read("emb_pad.weight")};
  soft_bin_table<6, five>::room room;
  const auto x = read("x");
  std::vector<float> out(x.size() * 6), share(x.size() * 5);
  layer.forward(x, out, room);
  check_near(out, read("out"));
  layer.shares(x, share, room);
  const auto wanted = read("weight", text.find("\"out\":"));
  check_near(share, wanted);
}

TEST_CASE("State's bins have a hidden layer of another size, and CellFM's are ours without biases") {
  static_assert(state_bins.hidden == 512 && !state_bins.hidden_added);
  soft_bin_table<4, state_bins> layer;
  layer.draw(kernel::draws(1, "x"));
  CHECK(layer.weight2.size() == 5120);
  soft_bin_table<4, state_bins>::room room;
  std::vector<float> out(12), share(30);
  layer.shares(std::vector<float>{0, 1, 9}, share, room);
  for (std::size_t t = 0; t < 3; ++t) {
    double all = 0;
    for (std::size_t b = 0; b < 10; ++b) all += static_cast<double>(share[10 * t + b]);
    CHECK(all == doctest::Approx(1));
  }
}

}  // namespace
}  // namespace tepui::tests::soft_bins_part
