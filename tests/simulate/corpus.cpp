#include <tepui/simulate/corpus.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace tepui::tests::simulate_corpus {
namespace {
using simulate::corpus;
using simulate::corpus_options;

corpus_options small(std::int64_t cells) {
  corpus_options o;
  o.cells = cells;
  o.genes = 203;  // not a multiple of four, the genes of one random block
  o.depth = 80;
  o.genes_per_program = 12;
  return o;
}

bool same_cell(const counts_view<scale::raw>& a, std::int64_t i, const counts_view<scale::raw>& b, std::int64_t j) {
  return a.cells.id[usize(i)] == b.cells.id[usize(j)] && a.total[usize(i)] == b.total[usize(j)] &&
         std::ranges::equal(a.genes_of(i), b.genes_of(j)) && std::ranges::equal(a.values_of(i), b.values_of(j));
}

TEST_CASE("cells are the same whether read one by one, in batches, or in a corpus of 22 million") {
  const corpus few(small(60)), many(small(22'000'000));
  corpus::room all_room, part_room;
  const auto all = few.read(0, 60, all_room);
  CHECK(rc::check("reading [first, first + n) gives the cells of the whole", [&] {
    const auto first = *rc::gen::inRange<std::int64_t>(0, 61);
    const auto n = *rc::gen::inRange<std::int64_t>(0, 61 - first);
    const auto part = (*rc::gen::arbitrary<bool>() ? few : many).read(first, n, part_room);
    RC_ASSERT(part.n_cells() == n);
    for (std::int64_t i = 0; i < n; ++i) RC_ASSERT(same_cell(part, i, all, first + i));
  }));
  const auto last = many.read(21'999'999, 1, part_room);
  CHECK(last.cells.id[0] == 21'999'999);
  CHECK(last.n_expressed(0) > 0);
}

TEST_CASE("a cell's counts keep the invariants of raw counts, and its total is their sum") {
  const corpus cells(small(100));
  corpus::room own;
  const auto x = cells.read(0, 100, own);
  CHECK(x.n_genes == 203);
  for (std::int64_t i = 0; i < 100; ++i) {
    double sum = 0;
    std::int32_t before = -1;
    for (std::size_t k = 0; k < x.genes_of(i).size(); ++k) {
      CHECK(x.genes_of(i)[k] > before);
      before = x.genes_of(i)[k];
      CHECK(x.values_of(i)[k] >= 1);
      CHECK(x.values_of(i)[k] == std::floor(x.values_of(i)[k]));
      sum += static_cast<double>(x.values_of(i)[k]);
    }
    CHECK(before < 203);
    CHECK(sum == x.total[usize(i)]);
  }
}

TEST_CASE("the same seed gives the same corpus, another seed another, and cells differ from each other") {
  auto o = small(5);
  corpus::room a, b, c;
  const auto x = corpus(o).read(0, 5, a);
  CHECK(same_cell(x, 3, corpus(o).read(0, 5, b), 3));
  o.seed = 1;
  CHECK_FALSE(same_cell(x, 3, corpus(o).read(0, 5, c), 3));
  CHECK_FALSE(std::ranges::equal(x.genes_of(0), x.genes_of(1)));
}

TEST_CASE("cells outside the corpus are refused with the cells that there are") {
  const corpus cells(small(10));
  corpus::room own;
  CHECK_THROWS_WITH_AS(
      (void)cells.read(8, 3, own),
      "simulate: cells [8, 8 + 3) were asked for, but the corpus has cells 0 to 9; ask for cells of the corpus "
      "or make it larger",
      bad_option);
  CHECK_THROWS_AS((void)cells.read(-1, 1, own), bad_option);
  CHECK_THROWS_AS((void)cells.read(0, -1, own), bad_option);
  CHECK_THROWS_AS((void)cells.read(std::numeric_limits<std::int64_t>::max(), 2, own), bad_option);
  CHECK_THROWS_AS((void)cells.obs(0, 11), bad_option);
  CHECK(cells.read(10, 0, own).n_cells() == 0);
}

TEST_CASE("types, donors, states and depths are as common as the options say") {
  auto o = small(20'000);
  o.perturbations = 4;
  const corpus cells(o);
  std::vector<double> of_type(usize(o.types)), of_donor(usize(o.donors)), of_condition(5);
  double on = 0, log_depth = 0;
  for (std::int64_t i = 0; i < o.cells; ++i) {
    const auto t = cells.of(i);
    of_type[usize(t.type)] += 1.0 / 20'000;
    of_donor[usize(t.donor)] += 1.0 / 20'000;
    of_condition[usize(t.condition)] += 1.0 / 20'000;
    on += t.states & 1U;
    log_depth += std::log(t.depth / (o.depth * cells.parameters().depth_of_batch[usize(t.batch)]));
    CHECK(t.batch == cells.parameters().batch_of_donor[usize(t.donor)]);
  }
  for (std::size_t t = 0; t < of_type.size(); ++t) CHECK(std::abs(of_type[t] - cells.parameters().share_of_type[t]) < 0.015);
  for (const double share : of_donor) CHECK(std::abs(share - 1.0 / o.donors) < 0.012);
  CHECK(std::abs(on / 20'000 - o.state_share) < 0.015);
  CHECK(std::abs(log_depth / 20'000 + o.depth_spread * o.depth_spread / 2) < 0.015);
  CHECK(std::abs(of_condition[0] - o.control_share) < 0.015);
  for (std::size_t k = 1; k < 5; ++k) CHECK(std::abs(of_condition[k] - 0.175) < 0.015);
}

TEST_CASE("without dropout the counts of a cell add up to its depth on average") {
  auto o = small(3000);
  o.dropout = 0;
  const corpus cells(o);
  corpus::room own;
  const auto x = cells.read(0, o.cells, own);
  double seen = 0, expected = 0;
  for (std::int64_t i = 0; i < o.cells; ++i) {
    seen += x.total[usize(i)];
    expected += cells.depth(i);
  }
  CHECK(seen / expected == doctest::Approx(1).epsilon(0.02));
}

TEST_CASE("the table names type, lineage, batch, donor and perturbation of each cell, with all categories in every range") {
  auto o = small(100);
  o.perturbations = 3;
  const corpus cells(o);
  const table obs = cells.obs(40, 20);
  CHECK(obs.n_rows() == 20);
  CHECK(obs.index[0] == "SIMC000000040");
  const auto type = obs.labels("cell_type"), lineage = obs.labels("lineage"), batch = obs.labels("batch"),
             donor = obs.labels("donor"), condition = obs.labels("perturbation");
  CHECK(type.category == cells.type_names());
  CHECK(batch.category == std::vector<std::string>{"batch_1", "batch_2", "batch_3", "batch_4"});
  CHECK(donor.category.size() == 8);
  CHECK(condition.category == cells.condition_names());
  CHECK(condition.category[0] == "control");
  for (std::int64_t i = 0; i < 20; ++i) {
    CHECK(type.code[usize(i)] == cells.type(40 + i));
    CHECK(type.category[usize(type.code[usize(i)])].starts_with(lineage.category[usize(lineage.code[usize(i)])] + "."));
    CHECK(batch.code[usize(i)] == cells.batch(40 + i));
    CHECK(donor.code[usize(i)] == cells.donor(40 + i));
    CHECK(condition.code[usize(i)] == cells.condition(40 + i));
  }
}

TEST_CASE("genes have symbols and ids, and the gene sets name genes of the corpus") {
  const corpus cells(small(1));
  CHECK(cells.genes().size() == 203);
  CHECK(cells.genes().symbol.front() == "SIM00001");
  CHECK(cells.genes().id.back() == "SIMG00000000203");
  const std::set<std::string> known(cells.genes().symbol.begin(), cells.genes().symbol.end());
  const auto sets = cells.gene_sets();
  CHECK(sets.size() == cells.parameters().programs.size());
  for (const auto& set : sets)
    for (const auto& gene : set.genes) CHECK(known.contains(gene));
}

TEST_CASE("a program's genes are seen more in the types that have it on") {
  const corpus cells(corpus_options{});
  corpus::room own;
  const auto x = cells.read(0, 1000, own);
  const auto& first = cells.parameters().programs[0];  // of lineage 1
  std::vector<char> inside(usize(x.n_genes), 0);
  for (const std::int32_t gene : first.gene) inside[usize(gene)] = 1;
  double share[2] = {0, 0}, n[2] = {0, 0};
  for (std::int64_t i = 0; i < x.n_cells(); ++i) {
    const int on = cells.parameters().lineage_of_type[usize(cells.type(i))] == 0 ? 1 : 0;
    double sum = 0;
    for (std::size_t k = 0; k < x.genes_of(i).size(); ++k)
      if (inside[usize(x.genes_of(i)[k])] != 0) sum += static_cast<double>(x.values_of(i)[k]);
    share[on] += sum / x.total[usize(i)];
    n[on] += 1;
  }
  CHECK(share[1] / n[1] > 1.5 * share[0] / n[0]);
}

TEST_CASE("a perturbation changes its target and the genes of its programs, and nothing else") {
  corpus_options o;
  o.perturbations = 1;
  const corpus cells(o);
  const auto& p = cells.parameters().perturbations[0];
  simulate::cell_truth control;
  simulate::cell_truth perturbed;
  perturbed.condition = 1;
  std::vector<double> before, after;
  (void)cells.expression(control, before);
  (void)cells.expression(perturbed, after);
  std::vector<double> expected(before.size(), 1);
  for (const auto& [which, sign] : p.programs)
    for (const std::int32_t gene : cells.parameters().programs[usize(which)].gene)
      expected[usize(gene)] *= std::exp(sign * o.downstream_effect);
  expected[usize(p.target)] *= o.knockdown;
  for (std::size_t g = 0; g < before.size(); ++g) CHECK(after[g] / before[g] == doctest::Approx(expected[g]));
  CHECK(cells.condition_names()[1] == cells.genes().symbol[usize(p.target)]);
}

TEST_CASE("a state that is on multiplies the genes of its program") {
  const corpus cells(corpus_options{});
  const auto& t = cells.parameters();
  simulate::cell_truth off, on;
  on.states = 2;
  std::vector<double> before, after;
  (void)cells.expression(off, before);
  (void)cells.expression(on, after);
  const auto& p = t.programs[usize(t.state_programs[1])];
  for (std::size_t i = 0; i < p.gene.size(); ++i)
    CHECK(after[usize(p.gene[i])] / before[usize(p.gene[i])] == doctest::Approx(p.fold[i]));
}

TEST_CASE("a dataset made of a corpus is the cells that it reads") {
  const corpus cells(small(50));
  const auto data = simulate::to_dataset(cells, 10, 30);
  corpus::room own;
  const auto x = cells.read(10, 30, own);
  CHECK(data.n_cells() == 30);
  CHECK(data.obs.n_rows() == 30);
  CHECK(data.genes == cells.genes());
  CHECK(data.source == cells.describe());
  for (std::int64_t i = 0; i < 30; ++i) CHECK(same_cell(data.x.view(), i, x, i));
}

}  // namespace
}  // namespace tepui::tests::simulate_corpus
