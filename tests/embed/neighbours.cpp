#include <tepui/embed/neighbours.hpp>

#include <doctest/doctest.h>

#include <tepui/embed/learned.hpp>

#include "laws/count_batches.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::neighbours_part {
namespace {

using namespace embed;

struct words {
  gene_table table;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return table; }
};

const std::vector<gene_set> sets{{"a", {"g0", "g1", "g2"}}, {"b", {"g0", "g1", "not here"}}, {"c", {"g2", "ENSG03.4", "g2"}}};

TEST_CASE("neighbours share sets, the most alike first, equal ones by gene") {
  const auto found = neighbours_by_sets(sets, laws::law_genes(5), 0);
  CHECK(found.begin == std::vector<std::int64_t>{0, 2, 4, 7, 8, 8});
  // g0: g1 shares 2 of 2 sets, g2 one of 3. g2: g3 shares 1 of 2, g0 and g1 one of 3 each.
  CHECK(found.gene == std::vector<std::int32_t>{1, 2, 0, 2, 3, 0, 1, 2});
  const auto one = neighbours_by_sets(sets, laws::law_genes(5), 1);
  CHECK(one.gene == std::vector<std::int32_t>{1, 0, 3, 2});
}

TEST_CASE("a gene's vector is the mean of its neighbours', and zeros without any") {
  const neighbour_means<token_table<1>> means{"n", {4}, {0, 2, 3, 3, 3}, {1, 2, 3}};
  const auto w = weights_of(means, {{"base.weight", {1, 2, 4, 8}}});
  const std::vector<std::int32_t> id{0, 1, 2};
  CHECK(vectors_of(means, w, id) == std::vector<float>{3, 8, 0});
  CHECK(gradient_of(means, w, id, {1, 10, 100}) == weights_of(means, {{"base.weight", {0, 0.5F, 0.5F, 10}}}));
}

TEST_CASE("many tokens with many neighbours are the same as one at a time") {
  neighbour_means<token_table<2>> means{"n", {300}, {0}, {}};
  for (std::int32_t g = 0; g < 300; ++g) {  // none, one or 600 neighbours
    for (std::int32_t i = 0; i < (g % 7 == 0 ? 0 : g % 50 == 1 ? 600 : g % 5); ++i) means.neighbour.push_back((g + i) % 300);
    means.begin.push_back(isize(means.neighbour.size()));
  }
  std::vector<float> w(usize(n_weights(means)));
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i % 13);
  std::vector<std::int32_t> id(300);
  for (std::int32_t g = 0; g < 300; ++g) id[usize(g)] = g * 7 % 300;
  std::vector<float> one_by_one;
  for (const std::int32_t g : id) {
    const auto one = vectors_of(means, w, std::vector<std::int32_t>{g});
    one_by_one.insert(one_by_one.end(), one.begin(), one.end());
  }
  CHECK(vectors_of(means, w, id) == one_by_one);
}

TEST_CASE("rows behind the vocabulary have no neighbours") {
  const auto made = neighbours_of<learned<2>>{sets, 2, {1}}.fit(words{laws::law_genes(5)}, fit_context{{}, 1, 2});
  CHECK(made.n_rows() == 8);
  CHECK(made.base.n_rows() == 8);
  CHECK(made.begin[8] == made.begin[5]);
}

TEST_CASE("sets that say nothing of these genes are refused") {
  const neighbours_of<learned<2>> none{}, foreign{{{"mouse", {"Trp53", "Myc"}}}};
  CHECK_THROWS_AS(static_cast<void>(none.fit(words{laws::law_genes(3)}, {})), bad_option);
  CHECK_THROWS_WITH_AS(static_cast<void>(foreign.fit(words{laws::law_genes(3)}, {})),
                       doctest::Contains("share one of the 1 gene sets ('mouse' with 'Trp53'"), bad_data);
}

}  // namespace
}  // namespace tepui::tests::neighbours_part
