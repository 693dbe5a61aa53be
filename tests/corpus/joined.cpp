#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include <tepui/corpus/any_cells.hpp>
#include <tepui/corpus/joined.hpp>
#include <tepui/corpus/shuffled.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/io/write_h5ad.hpp>

#include "corpus/sources.hpp"

namespace test_corpus_joined {
using namespace tepui;
using corpus::joined_genes;
using corpus_sources::all_of;
using corpus_sources::cell;

/// Cells whose gene g has the count of 10 * (its cell + 1) + g, in a corpus with these genes.
dataset<> cells_with(std::vector<std::string> id, std::vector<std::string> symbol, std::int64_t n = 2) {
  dataset<> data;
  data.x.n_genes = static_cast<std::int32_t>(id.size());
  for (std::int64_t c = 0; c < n; ++c) {
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    for (std::int32_t g = 0; g < data.x.n_genes; ++g)
      gene.push_back(g), value.push_back(static_cast<float>(10 * (c + 1) + g));
    data.x.add_cell(c, gene, value);
    data.obs.index.push_back("cell" + std::to_string(c));
  }
  data.genes = {std::move(id), std::move(symbol)};
  return data;
}
using in_memory = decltype(cells_of(std::declval<const dataset<>&>()));

TEST_CASE("genes meet by id, else by symbol; genes that a source lacks are zeros") {
  const auto one = cells_with({"E1", "E2", "E3"}, {"A", "B", "C"}),
             two = cells_with({"E3", "", "E9"}, {"other name", "A", "Z"}, 1);
  const auto any = corpus::join(std::vector<in_memory>{cells_of(one), cells_of(two)}, joined_genes::in_any, {"one", "two"});
  CHECK(any.genes().id == std::vector<std::string>{"E1", "E2", "E3", "E9"});
  CHECK(any.genes().symbol == std::vector<std::string>{"A", "B", "C", "Z"});
  CHECK(any.n_matched(1) == 3);
  const auto cells = all_of(any);
  REQUIRE(cells.size() == 3);
  CHECK(cells[1] == cell{1, {0, 1, 2}, {20, 21, 22}, 63});
  CHECK(cells[2] == cell{2, {0, 2, 3}, {11, 10, 12}, 33});  // E3, A, E9 in the columns of the vocabulary
  const auto both = corpus::join(std::vector<in_memory>{cells_of(one), cells_of(two)}, joined_genes::in_all);
  CHECK(both.genes().symbol == std::vector<std::string>{"A", "C"});
  CHECK(all_of(both)[2] == cell{2, {0, 1}, {11, 10}, 33});  // the total is that of the whole cell
  const auto given = corpus::join(std::vector<in_memory>{cells_of(one), cells_of(two)}, gene_table{{"E9", "E1"}, {"", ""}});
  CHECK(all_of(given)[2].genes == std::vector<std::int32_t>{0});
}

TEST_CASE("what one source knows by id and another by symbol is one gene, and a name that stands twice too") {
  const auto symbols = cells_with({"", ""}, {"A", "B"}, 1), ids = cells_with({"E1", "E2"}, {"A", "B"}, 1),
             only_ids = cells_with({"E2", "E2"}, {"", ""}, 1);
  const auto all =
      corpus::join(std::vector<in_memory>{cells_of(symbols), cells_of(ids), cells_of(only_ids)}, joined_genes::in_any);
  CHECK(all.genes().id == std::vector<std::string>{"E1", "E2"});
  CHECK(all.genes().symbol == std::vector<std::string>{"A", "B"});
  CHECK(all_of(all)[2] == cell{2, {1}, {21}, 21});  // 10 + 11
}

TEST_CASE("two ids that share a symbol stay two genes, also where an earlier source knows the symbol alone") {
  const auto symbols = cells_with({""}, {"MATR3"}, 1), ids = cells_with({"E1", "E2", "E2"}, {"MATR3", "MATR3", "MATR3"}, 1);
  const auto all = corpus::join(std::vector<in_memory>{cells_of(symbols), cells_of(ids)}, joined_genes::in_any);
  CHECK(all.genes().id == std::vector<std::string>{"E1", "E2"});
  CHECK(all.genes().symbol == std::vector<std::string>{"MATR3", "MATR3"});
  CHECK(all_of(all)[0] == cell{0, {0}, {10}, 10});
  CHECK(all_of(all)[1] == cell{1, {0, 1}, {10, 23}, 33});
}

TEST_CASE("what is learned late joins no columns that are there already") {
  const auto id = cells_with({"E1"}, {""}, 1), both = cells_with({"", "E2"}, {"X", "Y"}, 1),
             late = cells_with({"E1"}, {"X"}, 1);
  CHECK_THROWS_AS((void)corpus::join(std::vector<in_memory>{cells_of(id), cells_of(both)}, joined_genes::in_any), bad_data);
  const auto shared = cells_with({"E1", "E2"}, {"", "Y"}, 1);
  const auto all =
      corpus::join(std::vector<in_memory>{cells_of(shared), cells_of(both), cells_of(late)}, joined_genes::in_any);
  CHECK(all.genes().id == std::vector<std::string>{"E1", "E2", ""});
  CHECK(all.genes().symbol == std::vector<std::string>{"X", "Y", "X"});
}

TEST_CASE("totals do not depend on how many cells are read at once, or on whose genes are the vocabulary's") {
  auto one = cells_with({"E1", "E2"}, {"A", "B"}), two = cells_with({"E2", "E1"}, {"B", "A"});
  one.x.total.clear();
  two.x.total.clear();
  const auto all = corpus::join(std::vector<in_memory>{cells_of(one), cells_of(two)}, joined_genes::in_any);
  const auto cells = all_of(all, 4);
  CHECK(cells[0].total == 21);
  CHECK(cells[3].total == 41);
  for (const std::int64_t at_once : {1, 2, 3}) CHECK(all_of(all, at_once) == cells);
}

TEST_CASE("which source a cell is from is known, as a covariate too") {
  const auto one = cells_with({"E1"}, {"A"}, 3), none = cells_with({"E1"}, {"A"}, 0), two = cells_with({"E1"}, {"A"}, 2);
  const auto all = corpus::join(std::vector<in_memory>{cells_of(one), cells_of(none), cells_of(two)}, joined_genes::in_any,
                                {"one", "none", "two"});
  CHECK(all.n_cells() == 5);
  CHECK(all.origin(2) == std::pair<std::int64_t, std::int64_t>{0, 2});
  CHECK(all.origin(3) == std::pair<std::int64_t, std::int64_t>{2, 0});
  CHECK(all.source_labels().code == std::vector<std::int32_t>{0, 0, 0, 2, 2});
  std::vector<std::int32_t> codes;
  corpus::shuffled reader(all, corpus::cell_order(5, {.batch = 5}));
  const auto batch = all.with_source<covariate::batch>(reader.next(), codes);
  for (std::int64_t c = 0; c < 5; ++c)
    CHECK(batch.cells.codes<covariate::batch>()[usize(c)] == (batch.cells.id[usize(c)] < 3 ? 0 : 2));
}

TEST_CASE("sources that share no genes are refused in one sentence") {
  const auto human = cells_with({"ENSG00000139618"}, {"BRCA2"}), mouse = cells_with({"ENSMUSG00000041147"}, {"Brca2"}),
             both = cells_with({"ENSG00000139618", "ENSMUSG00000041147"}, {"BRCA2", "Brca2"});
  const std::vector<in_memory> strangers{cells_of(human), cells_of(mouse)};
  CHECK_THROWS_WITH_AS(
      (void)corpus::join(strangers, joined_genes::in_any, {"h.h5ad", "m.h5ad"}),
      "'h.h5ad' and 'm.h5ad' have no gene in common: the first has genes such as 'ENSG00000139618 BRCA2', the second has "
      "genes such as 'ENSMUSG00000041147 Brca2'; check the species and whether both name genes by Ensembl id or by symbol",
      bad_data);
  CHECK_THROWS_WITH_AS((void)corpus::join(strangers, gene_table{{"E1"}, {"A"}}),
                       doctest::Contains("the vocabulary and 'source 1' have no gene in common"), bad_data);
  CHECK_THROWS_WITH_AS(
      (void)corpus::join(std::vector<in_memory>{cells_of(human), cells_of(both), cells_of(mouse)}, joined_genes::in_all),
      doctest::Contains("no gene is in all of 3 sources"), bad_data);
  CHECK_THROWS_WITH_AS((void)corpus::join(std::vector<in_memory>{}, joined_genes::in_any),
                       doctest::Contains("there is no corpus to join"), bad_data);
  CHECK_THROWS_WITH_AS((void)corpus::join(strangers, joined_genes::in_any, {"one"}),
                       doctest::Contains("1 names for 2 sources"), bad_option);
  const auto fine = corpus::join(std::vector<in_memory>{cells_of(human)}, joined_genes::in_any);
  decltype(fine)::room room;
  CHECK_THROWS_WITH_AS((void)fine.read(1, 2, room), doctest::Contains("1 joined sources have 2 cells"), bad_option);
}

TEST_CASE("joined is what its sources are separately, in any batches") {
  CHECK(rc::check([] {
    std::vector<simulate::corpus> sources;
    const auto n = *rc::gen::inRange(1, 4);
    for (int i = 0; i < n; ++i)
      sources.emplace_back(simulate::corpus_options{.seed = static_cast<std::uint64_t>(i),
                                                    .cells = *rc::gen::inRange<std::int64_t>(1, 40),
                                                    .genes = *rc::gen::inRange(50, 90)});
    const auto all = corpus::join(sources, *rc::gen::element(joined_genes::in_any, joined_genes::in_all));
    std::vector<cell> wanted;
    for (const auto& source : sources)
      for (cell c : all_of(source)) {
        c.id = isize(wanted.size());
        while (!c.genes.empty() && c.genes.back() >= all.genes().size())
          c.genes.pop_back(), c.values.pop_back();  // genes are numbered alike
        wanted.push_back(std::move(c));
      }
    RC_ASSERT(all_of(all, *rc::gen::inRange<std::int64_t>(1, 100)) == wanted);
  }));
}

TEST_CASE("files, a simulator and a matrix in memory are one corpus, read by threads") {
  const simulate::corpus simulated({.seed = 1, .cells = 70, .genes = 90});
  const auto in_file = simulate::to_dataset(simulate::corpus({.seed = 2, .cells = 120, .genes = 100}), 0, 120),
             held = simulate::to_dataset(simulate::corpus({.seed = 3, .cells = 40, .genes = 80}), 0, 40);
  const std::string one = corpus_sources::scratch("one.h5ad"), two = corpus_sources::scratch("two.h5ad");
  io::write_h5ad(one, in_file);
  io::write_h5ad(two, in_file, {}, {.gzip = false});
  const std::vector<corpus::any_cells> sources{io::open_cells(one), simulated, cells_of(held), io::open_cells(two)};
  const auto all = corpus::join(sources, joined_genes::in_any, {"one", "simulated", "held", "two"});
  CHECK(all.n_cells() == 350);
  CHECK(all.genes().size() == 100);
  CHECK_FALSE(all.stored_counts(100, 50).has_value());  // a simulator does not know before
  CHECK(all.stored_counts(0, 120) == isize(in_file.x.gene.size()));
  const auto cells = all_of(all);
  auto from_file = all_of(cells_of(in_file));
  CHECK(std::equal(from_file.begin(), from_file.end(), cells.begin()));
  for (const int threads : {0, 1, 2}) {
    corpus::shuffled reader(all, corpus::cell_order(350, {.seed = 3, .batch = 20, .block = 6, .window = 120}),
                            {.threads = threads});
    auto given = corpus_sources::epoch_of(reader);
    std::ranges::sort(given, {}, &cell::id);
    CHECK(given == cells);
  }
  // Files alone know their sizes, and several threads read one window.
  const auto files = corpus::join(std::vector{io::open_cells(one), io::open_cells(two)}, gene_table{held.genes});
  corpus::shuffled alone(files, corpus::cell_order(240, {.seed = 3, .batch = 20, .block = 6, .window = 120}),
                         {.threads = 0});
  corpus::shuffled ahead(files, corpus::cell_order(240, {.seed = 3, .batch = 20, .block = 6, .window = 120}),
                         {.threads = 3});
  for (int epoch = 0; epoch < 3; ++epoch) CHECK(corpus_sources::epoch_of(alone) == corpus_sources::epoch_of(ahead));
}

TEST_CASE("real files of one species join by the names that they have") {
  const std::string root = TEPUI_SHARED;
  if (root.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::vector<std::string> names{"pbmc3k", "kang_ifnb"};
  std::vector<io::h5ad_cells> sources;
  for (const std::string& name : names) sources.push_back(io::open_raw_counts(root + "/data/" + name + ".h5ad"));
  const auto both = corpus::join(sources, joined_genes::in_all, names);
  const auto any = corpus::join(sources, joined_genes::in_any, names);
  MESSAGE(both.genes().size(), " genes in both, ", any.genes().size(), " in any, of ", sources[0].genes().size(), " and ",
          sources[1].genes().size());
  CHECK(both.genes().size() > 1000);
  CHECK(any.genes().size() > sources[0].genes().size());
  // What the file says of a gene is what the joined corpus says of it.
  const auto first = all_of(sources[1], 500);
  const auto joined = all_of(any, 500);
  const std::int64_t begin = any.first_of(1);
  for (std::size_t c = 0; c < first.size(); c += 97) {
    const cell &a = first[c], &b = joined[usize(begin) + c];
    CHECK(a.total == b.total);
    double sum = 0;
    for (const float v : b.values) sum += static_cast<double>(v);
    CHECK(sum == a.total);
  }
}

TEST_CASE("labels of several sources become one column") {
  const std::vector<categorical> some{{{0, 1, -1}, {"B", "T"}, false}, {{1, 0}, {"NK", "B"}, false}};
  const categorical all = corpus::join_labels(some);
  CHECK(all.category == std::vector<std::string>{"B", "T", "NK"});
  CHECK(all.code == std::vector<std::int32_t>{0, 1, -1, 0, 2});
}

}  // namespace test_corpus_joined
