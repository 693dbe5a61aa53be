#include <tepui/system/all.hpp>

#include <set>

#include "system/golden_cells.hpp"

namespace tepui::tests::all_systems {
namespace {

TEST_CASE("every system has a name of its own and says what its files must hold") {
  std::set<std::string_view> names;
  int n = 0;
  system::all::each([&]<class S>(std::type_identity<S>) {
    ++n;
    CHECK(names.insert(S::name).second);
    for (const system::need& need : S::needs) CHECK_FALSE(need.holds.empty());
    CHECK(system::all::names().find(S::name) != std::string::npos);
  });
  CHECK(n == 24);
}

/// A system with small files for twelve genes.
template <class S>
S small() {
  S out;
  if constexpr (requires { out.words; }) {
    out.words = golden::words_from(5, 12);
    for (const char* word : {"<pad>", "<cls>", "<eos>", "<bos>"}) out.words = system::with_words(out.words, {word});
    out.words = system::with_words(out.words, {"[PAD]", "<PAD>"});
  }
  if constexpr (requires { out.usual; }) out.usual = golden::usual_levels(std::vector<double>(12, 2.0));
  if constexpr (requires { out.positions; })
    for (std::size_t g = 0; g < 12; ++g) {
      out.positions.name.push_back(golden::gene_name(g));
      out.positions.chromosome.push_back(g % 2 == 0 ? "1" : "X");
      out.positions.start.push_back(static_cast<double>(100 - g));
    }
  if constexpr (requires { out.network; }) out.network = {{golden::gene_name(0)}, {golden::gene_name(1)}, ""};
  if constexpr (requires { out.sets; }) out.sets = {{"set", {golden::gene_name(2), golden::gene_name(3)}}};
  return out;
}

TEST_CASE("every system tokenizes, an empty cell too, the same again from what is kept of it") {
  const auto data = golden::cells_of_rows(
      {{1, 0, 4, 2, 9, 0, 1, 1, 3, 0, 0, 2}, std::vector<double>(12, 0.0), {0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}});
  system::all::each([&]<class S>(std::type_identity<S>) {
    CAPTURE(S::name);
    const S one = small<S>();
    const auto fitted = one.stages().fit(data);
    const auto tokens = fitted.tokens(data);
    CHECK(tokens.n_cells() == 3);
    if (one.slots > 0)
      for (std::int64_t c = 0; c < 3; ++c) CHECK(tokens.view().n_tokens(c) <= one.slots);
    for (const std::int32_t id : tokens.id) CHECK((id >= 0 && id < tokens.n_vocabulary));
    const auto again = std::remove_cvref_t<decltype(fitted)>::from(fitted.arrays()).tokens(data);
    CHECK(again.id == tokens.id);
    CHECK(again.cell_begin == tokens.cell_begin);
    (void)one.pads(12);
  });
}

}  // namespace
}  // namespace tepui::tests::all_systems
