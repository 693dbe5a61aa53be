#include <tepui/tokenize/learned_programs.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include "laws/tokenizer_laws.hpp"

namespace tepui::tests::learned_programs {
namespace {

using tokenize::learned_programs;
using tokenize::random_programs;

/// The genes of each program, ascending.
template <class Fitted>
std::vector<std::vector<std::int32_t>> members(const Fitted& fitted) {
  std::vector<std::vector<std::int32_t>> out(usize(fitted.n_programs()));
  for (std::size_t g = 0; g + 1 < fitted.gene_begin.size(); ++g)
    for (std::int64_t at = fitted.gene_begin[g]; at < fitted.gene_begin[g + 1]; ++at)
      out[usize(fitted.program[usize(at)])].push_back(static_cast<std::int32_t>(g));
  return out;
}

TEST_CASE("learned programs keep the laws of a tokenizer") {
  laws::tokenizer<scale::raw>(learned_programs<3, 4>{});
  laws::tokenizer<scale::log1p>(learned_programs<2, 3, 1>{});
}
TEST_CASE("random programs keep them too") { laws::tokenizer<scale::raw>(learned_programs<3, 4>{}.untrained()); }

TEST_CASE("genes that rise together become a program") {
  // In the laws' training cells, genes 0-5 are high in one half of the cells and genes 6-11 in the other.
  const auto check = []<class Scale>(Scale) {
    const laws::training<Scale> train(laws::training_plain<Scale>(12), 12);
    const auto fitted = learned_programs<2, 6>{}.fit(train, {});
    auto found = members(fitted);
    std::sort(found.begin(), found.end());
    CHECK(found == std::vector<std::vector<std::int32_t>>{{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11}});
    CHECK(fitted.program_name[0].starts_with("with g"));
  };
  check(scale::raw{});
  check(scale::normalised{});
  check(scale::log1p{});
}

TEST_CASE("a group begins with the gene that has the best partners; a gene is in one group at most") {
  kernel::gene_correlation r(5);
  const auto add = [&](std::vector<std::int32_t> genes, std::vector<double> values) { r.add(genes, values); };
  add({0, 1, 4}, {1, 1, 7});  // 0 and 1 together, 2 and 3 almost, 4 always
  add({0, 1, 4}, {2, 2, 7});
  add({2, 3, 4}, {1, 2, 7});
  add({2, 3, 4}, {2, 1, 7});
  const auto groups = tokenize::correlated_groups(r, 4, 2);
  CHECK(groups == std::vector<std::vector<std::int32_t>>{{0, 1}, {2, 3}, {4}, {}});
}

TEST_CASE("random programs are disjoint, of the size asked for as far as there are genes, and differ with the seed") {
  const laws::training<scale::raw> train(laws::training_plain<scale::raw>(10), 10);
  const auto one = members(random_programs<3, 4>{}.fit(train, {kernel::draws(1, "x")}));
  CHECK(one[0].size() == 4);
  CHECK(one[1].size() == 4);
  CHECK(one[2].size() == 2);
  CHECK(one != members(random_programs<3, 4>{}.fit(train, {kernel::draws(2, "x")})));
}

TEST_CASE("too few cells, nothing that varies, and 0 slots are refused") {
  const auto fit = [](const laws::plain_cells& cells, std::int32_t slots = 5) {
    (void)learned_programs<2, 2>{.slots = slots}.fit(laws::training<scale::raw>(cells, 3), {});
  };
  CHECK_THROWS_AS(fit({{{0, 1.0F}}}), bad_data);
  CHECK_THROWS_AS(fit({{{0, 1.0F}}, {{0, 1.0F}}}), bad_data);
  CHECK_THROWS_AS(fit({{{0, 1.0F}}, {{1, 1.0F}}}, 0), bad_option);
  CHECK_NOTHROW(fit({{{0, 1.0F}}, {{1, 1.0F}}}));
}

}  // namespace
}  // namespace tepui::tests::learned_programs
