#include <tepui/simulate/truth.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace tepui::tests::simulate_truth {
namespace {
using simulate::corpus_options;
using simulate::truth;

TEST_CASE("five types on two lineages: twigs of two go round the lineages") {
  corpus_options o;
  o.types = 5;
  o.lineages = 2;
  const truth t(o);
  std::vector<std::string> names;
  for (const std::int32_t node : t.node_of_type) names.push_back(t.nodes[usize(node)].name);
  CHECK(names == std::vector<std::string>{"L1.1a", "L1.1b", "L2.1a", "L2.1b", "L1.2a"});
  CHECK(t.lineage_of_type == std::vector<std::int32_t>{0, 0, 1, 1, 0});
  for (std::size_t node = 0; node < t.nodes.size(); ++node) CHECK(t.nodes[node].parent < static_cast<std::int32_t>(node));
}

TEST_CASE("shares fall by one ratio, sum to 1, and end at the rarest share that was asked for") {
  for (const std::int32_t types : {1, 2, 7, 14}) {
    corpus_options o;
    o.types = types;
    o.lineages = 1;
    o.rarest_share = types == 1 ? 1 : 0.02;
    const truth t(o);
    const auto& share = t.share_of_type;
    CHECK(std::accumulate(share.begin(), share.end(), 0.0) == doctest::Approx(1));
    CHECK(share.back() == doctest::Approx(o.rarest_share));
    for (std::size_t i = 2; i < share.size(); ++i) CHECK(share[i] / share[i - 1] == doctest::Approx(share[1] / share[0]));
  }
}

TEST_CASE("a type has the programs of its path, and siblings share all but their own") {
  corpus_options o;
  o.shared_programs = 0;
  const truth t(o);
  for (const auto& on : t.programs_of_type) CHECK(on.size() == 3 * usize(o.programs_per_node));
  std::vector<std::int32_t> both;
  std::set_intersection(t.programs_of_type[0].begin(), t.programs_of_type[0].end(), t.programs_of_type[1].begin(),
                        t.programs_of_type[1].end(), std::back_inserter(both));
  CHECK(both.size() == 2 * usize(o.programs_per_node));
}

TEST_CASE("a program's genes ascend, are distinct, and are switched up") {
  const corpus_options o;
  const truth t(o);
  for (const auto& p : t.programs) {
    REQUIRE(p.gene.size() == usize(o.genes_per_program));
    CHECK(std::adjacent_find(p.gene.begin(), p.gene.end(), [](auto a, auto b) { return a >= b; }) == p.gene.end());
    CHECK(p.gene.front() >= 0);
    CHECK(p.gene.back() < o.genes);
    for (const double fold : p.fold) CHECK(fold > 1);
  }
}

TEST_CASE("what a type expresses differs from its sibling's by exactly the folds of the programs that only one has on") {
  corpus_options o;
  o.shared_programs = 0;
  const truth t(o);
  for (std::int32_t g = 0; g < o.genes; ++g) {
    double expected = 1;
    for (const int sign : {1, -1})
      for (const std::int32_t p : t.nodes[usize(t.node_of_type[sign == 1 ? 0 : 1])].programs) {
        const auto& made = t.programs[usize(p)];
        const auto at = std::lower_bound(made.gene.begin(), made.gene.end(), g);
        if (at != made.gene.end() && *at == g) expected *= std::pow(made.fold[usize(at - made.gene.begin())], sign);
      }
    CHECK(t.type_rates(0)[usize(g)] / t.type_rates(1)[usize(g)] == doctest::Approx(expected));
  }
}

TEST_CASE("every donor lies in one batch, every batch has a donor, and donors of a batch are alike") {
  corpus_options o;
  o.donor_effect = 0;
  const truth t(o);
  CHECK(std::set<std::int32_t>(t.batch_of_donor.begin(), t.batch_of_donor.end()).size() == usize(o.batches));
  for (std::int32_t d = o.batches; d < o.donors; ++d) {
    const std::int32_t same_batch = t.batch_of_donor[usize(d)];
    CHECK(std::equal(t.donor_factors(d).begin(), t.donor_factors(d).end(), t.donor_factors(same_batch).begin()));
  }
}

TEST_CASE("dropout is strongest for genes that are hardly expressed") {
  const corpus_options o;
  const truth t(o);
  const auto [least, most] = std::minmax_element(t.lost.begin(), t.lost.end());
  CHECK(*least > 0);
  CHECK(*least < 0.05);
  CHECK(*most < o.dropout);
  CHECK(*most > 0.9 * o.dropout);
}

TEST_CASE("perturbations have targets of their own and shift as many programs as asked for") {
  corpus_options o;
  o.perturbations = 50;
  const truth t(o);
  std::set<std::int32_t> targets;
  for (const auto& p : t.perturbations) {
    targets.insert(p.target);
    CHECK(p.programs.size() == 3);
    for (const auto& [which, sign] : p.programs) {
      CHECK(usize(which) < t.programs.size());
      CHECK((sign == 1 || sign == -1));
    }
  }
  CHECK(targets.size() == 50);
}

TEST_CASE("shuffled gives each number once, the same order for the same draws") {
  const kernel::draws random(1, "test");
  auto order = simulate::shuffled(100, random, 3);
  CHECK(order == simulate::shuffled(100, random, 3));
  CHECK(order != simulate::shuffled(100, random, 4));
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 100; ++i) CHECK(order[usize(i)] == i);
}

}  // namespace
}  // namespace tepui::tests::simulate_truth
