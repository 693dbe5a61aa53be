#include <tepui/sample/compat.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "laws/golden.hpp"
#include "laws/npy.hpp"
#include "laws/sampler_laws.hpp"

namespace tepui::tests::sample_compat {
namespace {
using sample::population;
using namespace sample::compat;
using wholes = std::vector<std::int64_t>;

/// The golden file, or nothing where there is none.
std::string golden_text() {
  const std::string shared = TEPUI_SHARED;
  if (!shared.empty()) return laws::shared_text(shared, "golden/metrics/sampling_results.json");
  MESSAGE("skipped: needs shared data");
  return {};
}
wholes wholes_in(std::string_view text, const std::string& key, std::size_t& from) {
  const auto numbers = laws::numbers_in(laws::json_array(text, key, from));
  return {numbers.begin(), numbers.end()};
}
wholes of_rows(const wholes& values, const wholes& rows) {
  wholes out;
  for (const std::int64_t row : rows) out.push_back(values[usize(row)]);
  return out;
}
/// As many cells of each type as published, type after type.
std::vector<std::int32_t> published_labels() {
  std::vector<std::int32_t> out;
  std::int32_t type = 0;
  for (const int n : {7059, 2850, 2689, 1430, 796, 182, 182, 176, 174, 113, 79, 79,
                      77,   73,   62,   52,   52,  45,  30,  28,  18,  12,  10, 8})
    out.insert(out.end(), usize(n), type++);
  return out;
}

TEST_CASE("the published random choice keeps the laws of a sampler, whatever the draws") {
  laws::sampler([](double fraction) { return sample::compat::uniform{fraction, 7}; },
                [](const population& cells, double fraction) {
                  return sample::round_half_even(fraction * static_cast<double>(cells.n_cells));
                },
                {.nested = true, .seeded = false});
}

TEST_CASE("the five published random subsets and their splits come out cell by cell") {
  const std::string text = golden_text();
  if (text.empty()) return;
  const wholes ids = laws::npy<std::int64_t>(TEPUI_SHARED, "golden/metrics/soma_joinid_1000.npy");
  struct subset {
    const char* name;
    double fraction;
    std::uint64_t seed;
  };
  for (const auto& [name, fraction, seed] :
       {subset{"1pct_seed0", 0.01, 0}, subset{"10pct_seed5", 0.1, 5}, subset{"25pct_seed10", 0.25, 10},
        subset{"50pct_seed15", 0.5, 15}, subset{"75pct_seed20", 0.75, 20}}) {
    CAPTURE(name);
    std::size_t from = text.find("\"" + std::string(name) + "\"");
    REQUIRE(from != std::string::npos);
    const wholes drawn = wholes_in(text, "sampled_in_order", from);
    CHECK(of_rows(ids, published_sample(1000, fraction, seed)) == drawn);
    const auto parts = published_random_split(1000, fraction, seed);
    CHECK(of_rows(ids, parts.train) == wholes_in(text, "train", from));
    CHECK(of_rows(ids, parts.validation) == wholes_in(text, "val", from));
    CHECK(of_rows(ids, parts.test) == wholes_in(text, "test", from));

    wholes sorted = drawn;
    std::sort(sorted.begin(), sorted.end());
    const population cells{.n_cells = 1000, .cell_id = ids};
    CHECK(of_rows(ids, sample::compat::uniform{fraction, seed}(cells)) == sorted);
  }
}

TEST_CASE("a share of cells is rounded as pandas rounds it") {
  const std::string text = golden_text();
  if (text.empty()) return;
  int n_checked = 0;
  for (const std::int64_t n : {101, 105, 110, 150, 250, 1005})
    for (const char* fraction : {"0.01", "0.1", "0.25", "0.5", "0.75"}) {
      const std::string key = "\"" + std::to_string(n) + "_" + fraction + "\":";
      const std::size_t at = text.find(key);
      REQUIRE(at != std::string::npos);
      const auto chosen = published_sample(n, std::strtod(fraction, nullptr), 0);
      CHECK(isize(chosen.size()) == std::atol(text.c_str() + at + key.size()));
      ++n_checked;
    }
  CHECK(n_checked == 30);
}

// source  pandas 2.3: Series(range(25)).sample(frac=0.3, random_state=9)
TEST_CASE("eight of 25 cells come in pandas' order") {
  CHECK(published_sample(25, 0.3, 9) == wholes{4, 9, 5, 3, 7, 18, 16, 6});
  CHECK(sample::compat::uniform{0.3, 9}({.n_cells = 25}) == wholes{3, 4, 5, 6, 7, 9, 16, 18});
}

// source  numpy 2.4: random.seed(25); random.shuffle(arange(23))
TEST_CASE("the whole corpus is shuffled, but not drawn first") {
  const auto parts = published_random_split(23, 1, 25);
  CHECK(parts.train == wholes{0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 16, 17, 19, 20, 21, 22});
  CHECK(parts.validation == wholes{8, 18});
  CHECK(parts.test == wholes{4, 12, 15});
}

TEST_CASE("the published spike-in of a tenth comes out cell by cell") {
  const std::string text = golden_text();
  if (text.empty()) return;
  std::size_t from = text.find("\"spikein\"");
  const auto made = published_spike_in(800, 2500, 0.1, 3);
  REQUIRE(made.rows.size() == 2);
  CHECK(made.rows[1] == wholes_in(text, "pert_idx", from));
  CHECK(made.rows[0] == wholes_in(text, "train_keep_idx", from));
  CHECK(made.n_cells() == 800);
}

// source  CPython 3.11: random.seed(11); sample(range(30), 4); sample(range(9), 5)
TEST_CASE("4 of 9 cells are replaced: half of them, rounded down") {
  const auto made = published_spike_in(9, 30, 0.5, 11);
  CHECK(made.rows[1] == wholes{14, 17, 27, 29});
  CHECK(made.rows[0] == wholes{1, 4, 6, 7, 8});
  CHECK(made.name == "published spike_in(0.5, seed 11)");
}

TEST_CASE("the published re-weighted choice of 1 and 10 % comes out cell by cell") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto labels = published_labels();
  const population cells{.n_cells = isize(labels.size()), .label = labels};
  for (const auto& [fraction, file] : {std::pair{0.01, "reweight_ids_0.01.npy"}, std::pair{0.1, "reweight_ids_0.1.npy"}}) {
    const auto ids = laws::npy<std::int32_t>(shared, std::string("golden/metrics/") + file);
    wholes expected(ids.begin(), ids.end());
    std::sort(expected.begin(), expected.end());
    CHECK(sample::compat::cell_type_reweighted{fraction, 0}(cells) == expected);
  }
}

TEST_CASE("the published re-weighting keeps its cells in another order of them, and loses a type at the level") {
  CHECK(rc::check([] {
    auto from = laws::some_population();
    for (std::int32_t& label : from.label) label = std::max(label, 0);
    const double fraction = *rc::gen::inRange(1, 101) / 100.0;
    laws::owned_population turned;
    for (std::size_t row = from.cell_id.size(); row-- > 0;) turned.add(from, row);
    const sample::compat::cell_type_reweighted how{fraction, 3};
    wholes one, other;
    try {
      one = of_rows(from.cell_id, how(from.view()));
      other = of_rows(turned.cell_id, how(turned.view()));
    } catch (const bad_data&) {
      return;  // every type was lost
    }
    std::sort(other.begin(), other.end());
    RC_ASSERT(one == other);
  }));
  std::vector<std::int32_t> labels;
  const wholes cells_of_type{100, 100, 5, 29};
  for (std::int32_t type = 0; type < 4; ++type) labels.insert(labels.end(), usize(cells_of_type[usize(type)]), type);
  const auto chosen = sample::compat::cell_type_reweighted{0.5, 1}({.n_cells = 234, .label = labels});
  CHECK(chosen.size() == 56 + 56 + 5);
  CHECK(labels[usize(chosen.back())] == 2);
}

TEST_CASE("a split holds every chosen row once, four fifths of them to train on") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 300);
    wholes rows(usize(n)), all;
    std::iota(rows.begin(), rows.end(), std::int64_t{5});
    const auto parts = published_parts_of(rows, *rc::gen::arbitrary<std::uint32_t>());
    RC_ASSERT(isize(parts.train.size()) == n * 8 / 10);
    RC_ASSERT(isize(parts.validation.size()) == n / 10);
    for (const wholes* part : {&parts.train, &parts.validation, &parts.test}) {
      RC_ASSERT(std::is_sorted(part->begin(), part->end()));
      all.insert(all.end(), part->begin(), part->end());
    }
    std::sort(all.begin(), all.end());
    RC_ASSERT(all == rows);
  }));
}

TEST_CASE("shares and seeds that are none, and too few cells, are refused in a sentence") {
  CHECK_THROWS_WITH_AS((void)published_spike_in(800, 100, 0.5, 0),
                       "sample::compat::published_spike_in: a share of 0.5 of 800 cells takes 400 others, but there are "
                       "100; lower the share or take a smaller base",
                       bad_option);
  CHECK_THROWS_AS((void)published_spike_in(800, 100, -0.5, 0), bad_option);
  CHECK_THROWS_AS((void)published_sample(10, 1.5, 0), bad_option);
  CHECK_THROWS_AS((void)published_random_split(10, 0, 0), bad_option);
  CHECK_THROWS_AS((void)published_sample(10, 0.5, std::uint64_t{1} << 32), bad_option);
  CHECK_THROWS_AS((void)sample::compat::cell_type_reweighted{0.5}({.n_cells = 3}), bad_option);
}

TEST_CASE("the description names share and seed") {
  CHECK(sample::compat::uniform{0.1, 5}.describe() == "compat::uniform(0.1, seed 5)");
  CHECK(sample::compat::cell_type_reweighted{0.1, 5}.describe() == "compat::cell_type_reweighted(0.1, seed 5)");
}

}  // namespace
}  // namespace tepui::tests::sample_compat
