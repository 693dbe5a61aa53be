#include <tepui/layer/retention.hpp>

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "laws/golden.hpp"
#include "laws/layer_laws.hpp"

namespace of_retention {
using namespace tepui;
using layer::retention;

TEST_CASE("retention keeps the laws of layers") {
  // Float is as near as a row's norm lets it: where few numbers pass the relu, small errors are divided by small norms.
  laws::of_layer(retention<{.dims = 8, .heads = 1}>{}, {.near = 1e-3});
  laws::of_layer(retention<{.dims = 20, .heads = 2}>{}, {.near = 1e-3});
  laws::of_layer(retention<{.dims = 32, .heads = 4}>{}, {.rows = {17, 0, 2}, .near = 1e-3});
}

TEST_CASE("with one head of width 1, a token passes its gate where query and key are above 0") {
  const retention<{.dims = 1, .heads = 1}> l;
  std::vector<double> w(usize(layer::n_weights(l)));
  w[0] = 1, w[1] = 1, w[2] = 5, w[3] = 2;  // q = x, k = x, v = 5 x, u = silu(2 x)
  w[16] = 10;
  const std::vector<std::int64_t> begin{0, 2}, id{0};
  const std::vector<double> x{3, -1};
  std::vector<double> y(2);
  retention<{.dims = 1, .heads = 1}>::saved<double> saved;
  retention<{.dims = 1, .heads = 1}>::room<double> room;
  l.forward(std::span<const double>(w), {begin, id}, std::span<const double>(x), std::span<double>(y), saved, room);
  CHECK(y[0] == doctest::Approx(10 * 6 / (1 + std::exp(-6))));  // the norm of one positive number is 1
  CHECK(y[1] == 0);
}

TEST_CASE("CellFM's retention layer: tokens that its mask hides are not there") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto file = nlohmann::json::parse(laws::shared_text(shared, "golden/systems/cellfm_retention.json"));
  const retention<{.dims = 8, .heads = 2}> l;
  std::vector<double> w(usize(layer::n_weights(l)));
  // torch keeps [out, in].
  const char* const parts[] = {"attn.q_proj.weight", "attn.k_proj.weight", "attn.v_proj.weight", "attn.u_proj.weight"};
  for (std::size_t part = 0; part < 4; ++part)
    for (std::size_t o = 0; o < 8; ++o)
      for (std::size_t i = 0; i < 8; ++i) w[i * 32 + part * 8 + o] = file["params"][parts[part]][o][i].get<double>();
  for (std::size_t o = 0; o < 8; ++o)
    for (std::size_t i = 0; i < 8; ++i) w[256 + i * 8 + o] = file["params"]["attn.o_proj.weight"][o][i].get<double>();
  const std::vector<std::int64_t> begin{0, 5, 8}, id{0, 1};  // the second cell has 3 tokens, then 2 hidden ones
  CHECK(file["attn_mask"][1][0][2][0].get<double>() == 1);
  CHECK(file["attn_mask"][1][0][3][0].get<double>() == 0);
  std::vector<double> x, want;
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t t = 0; t < (c == 0 ? 5U : 3U); ++t)
      for (std::size_t d = 0; d < 8; ++d) {
        x.push_back(file["x"][c][t][d].get<double>());
        want.push_back(file["attn_out"][c][t][d].get<double>());
      }
  std::vector<double> y(x.size());
  retention<{.dims = 8, .heads = 2}>::saved<double> saved;
  retention<{.dims = 8, .heads = 2}>::room<double> room;
  l.forward(std::span<const double>(w), {begin, id}, std::span<const double>(x), std::span<double>(y), saved, room);
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::abs(y[i] - want[i]) < 1e-6);
}

}  // namespace of_retention
