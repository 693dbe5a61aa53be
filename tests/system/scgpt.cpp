#include <tepui/system/scgpt.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::scgpt_system {
namespace {

/// Bins of the golden case, of the values that are not zero; the draws are scGPT's own.
template <std::int32_t Bins>
void check_bins(const nlohmann::json& cases, const std::string& name, const dataset<>& data, bool logged) {
  for (std::size_t c = 0; c < 6; ++c) {
    CAPTURE(name);
    CAPTURE(c);
    const auto& row = cases[name][c];
    const auto view = data.x.view().part(isize(c), 1);
    if (view.n_expressed(0) == 0) continue;
    const golden::played random{{{0, {{isize(c), golden::numbers(row["rands"])}}}}, {}};
    const auto bins_of = [&](tokenize::side side) {
      const auto tokenizer = system::tokenizer_of(
          tokenize::identity::columns{}, tokenize::expression::quantile_bins<Bins>{side}, tokenize::composition::by_gene{});
      if (logged)
        return golden::channel_of<channel::bin>(
            golden::tokens_through(std::tuple(transform::normalise{}, transform::log1p{}, tokenizer), view, random), 0);
      return golden::channel_of<channel::bin>(golden::tokens_through(std::tuple(tokenizer), view, random), 0);
    };
    const auto expressed = [&](const char* key) {
      std::vector<double> out;
      for (const double b : golden::numbers(row[key]))
        if (b != 0) out.push_back(b);
      return out;
    };
    CHECK(bins_of(tokenize::side::random) == expressed("binned_random"));
    CHECK(bins_of(tokenize::side::highest) == expressed("binned_left_deterministic"));
    auto lowest = golden::numbers(row["right"]);
    for (double& b : lowest) b += 1;
    CHECK(bins_of(tokenize::side::lowest) == lowest);
  }
}

TEST_CASE("scGPT's bins, drawn as it drew them, and without draws") {
  if (golden::missing()) return;
  const auto cases = golden::read("scgpt_binning.json")["cases"];
  const auto data = golden::counts();
  check_bins<5>(cases, "counts_nbins5", data, false);
  check_bins<51>(cases, "counts_nbins51", data, false);
  check_bins<5>(cases, "log1p1e4_nbins5", data, true);
  check_bins<51>(cases, "log1p1e4_nbins51", data, true);
}

TEST_CASE("scGPT's cell: <cls> with value 0, then its genes in ascending order with their bins") {
  if (golden::missing()) return;
  const auto golden_case = golden::read("scgpt_binning.json")["cases"]["log1p1e4_nbins51"];
  const auto data = golden::counts();
  golden::played random;
  for (std::size_t c = 0; c < 6; ++c)
    if (golden_case[c].contains("rands")) random.expression[0][isize(c)] = golden::numbers(golden_case[c]["rands"]);
  const system::scgpt system{golden::words_from(0)};
  CHECK(system.pads(40) == system::padding{40, -2});
  const auto got = golden::tokens(system, data, random);
  for (std::size_t c = 0; c < 6; ++c) {
    CAPTURE(c);
    golden::ids want{41};
    std::vector<double> bins{0};
    const auto row = golden::numbers(golden_case[c]["binned_random"]);
    for (std::size_t g = 0; g < 40; ++g) {
      if (row[g] == 0) continue;
      want.push_back(static_cast<std::int32_t>(g));
      bins.push_back(row[g]);
    }
    CHECK(golden::ids_of(got, c) == want);
    CHECK(golden::channel_of<channel::bin>(got, c) == bins);
  }
}

TEST_CASE("a cell with more genes than slots keeps a random subset, in the order of the draws, with the bins of all") {
  const auto data = golden::cells_of_rows({{1, 2, 3, 4, 5}});
  const golden::played random{{{0, {{0, {0, 0, 0, 0, 0}}}}}, {{0, {{0, {0.5, 0.9, 0.1, 0.7, 0.3}}}}}};
  const auto few = golden::tokens(system::scgpt{golden::words_from(0, 5), 4}, data, random);
  CHECK(golden::ids_of(few, 0) == golden::ids{6, 2, 4, 0});
  const auto all = golden::tokens(system::scgpt{golden::words_from(0, 5), 6}, data, random);
  CHECK(golden::ids_of(all, 0) == golden::ids{6, 0, 1, 2, 3, 4});
  CHECK(golden::channel_of<channel::bin>(few, 0)[2] == golden::channel_of<channel::bin>(all, 0)[5]);
}

}  // namespace
}  // namespace tepui::tests::scgpt_system
