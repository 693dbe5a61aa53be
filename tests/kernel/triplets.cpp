#include <tepui/kernel/triplets.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/ontology.hpp>

#include "laws/golden.hpp"

namespace test_kernel_triplets {
namespace {
using namespace tepui;
using kernel::mined_triplets;
using kernel::negatives;
using kernel::triplet;

struct batch {
  std::int64_t dims = 2;
  std::vector<double> x;
  std::vector<std::int32_t> label, study;
  std::vector<std::int64_t> id;
  std::int32_t n_labels = 0;
  std::vector<std::uint8_t> related{};

  [[nodiscard]] kernel::triplet_cells cells() const { return {label, study, id, n_labels, related}; }
  [[nodiscard]] std::int64_t n() const { return isize(label.size()); }
};
const kernel::draws some_draws(5, "triplets");

template <class Real>
mined_triplets mined(const batch& b, double margin, negatives choose, const kernel::draws& random = some_draws) {
  const std::vector<Real> x(b.x.begin(), b.x.end());
  static kernel::triplet_room<Real> room;  // used before by other batches
  mined_triplets out;
  out.found.assign(3, {7, 7, 7});
  kernel::mine_triplets<Real>(x, b.dims, b.cells(), static_cast<Real>(margin), choose, random, room, out);
  return out;
}
/// Squared distances by differences.
std::vector<double> distances(const batch& b) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < b.n(); ++i)
    for (std::int64_t j = 0; j < b.n(); ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < b.dims; ++k) {
        const double off = b.x[usize(i * b.dims + k)] - b.x[usize(j * b.dims + k)];
        sum += off * off;
      }
      out.push_back(sum);
    }
  return out;
}

/// On a line: an anchor at 0, a positive at 2 of another study, and others at 1, 2, 3, 4 of another kind.
batch on_a_line() {
  return {1, {0, 2, 1, 3, 2, 4, 0}, {0, 0, 1, 1, 1, 1, 0}, {0, 1, 0, 1, 2, 0, 0}, {10, 11, 12, 13, 14, 15, 16}, 2};
}

TEST_CASE("by pencil: squared distances, pairs across studies, each pair once") {
  batch b = on_a_line();
  // Pairs of kind 0: (0, 1) and (1, 6), for 0 and 6 are of one study; from 0: squares 1, 9, 4, 16 beside 4; from 1: 1, 1,
  // 0, 4. Pairs of kind 1: (2, 3), (2, 4), (3, 4), (3, 5), (4, 5), each with the three of kind 0.
  for (const auto choose : {negatives::hardest, negatives::semihard, negatives::any_hard, negatives::all_hard}) {
    const auto m = mined<float>(b, 6, choose);
    CHECK(m.pairs == 7);
    CHECK(m.viable == 2 * 4 + 5 * 3);
    const auto twice = mined<double>(b, 6, choose);
    CHECK(m.found == twice.found);
    CHECK(m.hard == twice.hard);
  }
  // Anchor 0: 4 - 1 + 6, 4 - 9 + 6 and 4 - 4 + 6 are above 0, 4 - 16 + 6 is not; only 1 is below 6.
  CHECK(mined<float>(b, 6, negatives::hardest).found.front() == triplet{0, 1, 2});
  CHECK(mined<float>(b, 6, negatives::semihard).found.front() == triplet{0, 1, 3});
  const auto all = mined<float>(b, 6, negatives::all_hard);
  CHECK(std::vector(all.found.begin(), all.found.begin() + 3) == std::vector<triplet>{{0, 1, 2}, {0, 1, 3}, {0, 1, 4}});
  CHECK(isize(all.found.size()) == all.hard);
  // Where any two may be a pair, (0, 6) and (2, 5) are pairs, too.
  b.study.clear();
  CHECK(mined<float>(b, 6, negatives::hardest).pairs == 3 + 6);
}

TEST_CASE("a loss of exactly 0 or of exactly the margin is not semi-hard, and ties go to the first cell") {
  batch b{1, {0, 1, 1, 2, -1}, {0, 0, 1, 1, 1}, {}, {0, 1, 2, 3, 4}, 2};
  // From 0, beside 1: squares 1, 4, 1. With a margin of 3 the losses are 3, 0, 3.
  const auto semi = mined<float>(b, 3, negatives::semihard);
  CHECK(std::none_of(semi.found.begin(), semi.found.end(), [](const triplet& t) { return t.anchor == 0; }));
  CHECK(mined<float>(b, 3, negatives::hardest).found.front() == triplet{0, 1, 2});
}

TEST_CASE("labels that are related, cells without a label, and cells without a study") {
  batch b = on_a_line();
  b.related = {1, 1, 1, 1};
  auto m = mined<float>(b, 6, negatives::hardest);
  CHECK(m.pairs == 7);
  CHECK(m.viable == 0);
  CHECK(m.found.empty());
  b.related = {1, 1, 0, 1};  // one way only: for pairs of kind 0 nobody is left
  m = mined<float>(b, 6, negatives::hardest);
  CHECK(m.viable == 5 * 3);
  b = on_a_line();
  b.label[2] = -1, b.study[3] = -1;
  m = mined<float>(b, 6, negatives::hardest);
  CHECK(m.pairs == 2 + 1);
  CHECK(m.viable == 2 * 3 + 3);
  for (const triplet& t : m.found)
    for (const std::int32_t c : {t.anchor, t.positive, t.negative}) CHECK(c != 2);
}

TEST_CASE("no cells, no labels, one label, cells alone") {
  CHECK(mined<float>({2, {}, {}, {}, {}, 3}, 1, negatives::semihard).found.empty());
  CHECK(mined<float>({2, {}, {}, {}, {}, 0}, 1, negatives::semihard).found.empty());
  CHECK(mined<float>({1, {1, 2}, {0, 0}, {0, 1}, {1, 2}, 1}, 9, negatives::hardest).pairs == 1);
  CHECK(mined<float>({1, {1, 2}, {0, 0}, {0, 1}, {1, 2}, 1}, 9, negatives::hardest).found.empty());
  CHECK(mined<float>({1, {1, 2}, {0, 1}, {0, 1}, {1, 2}, 2}, 9, negatives::hardest).pairs == 0);
  CHECK(mined<float>({1, {1, 2}, {-1, -1}, {0, 1}, {1, 2}, 2}, 9, negatives::hardest).pairs == 0);
}

TEST_CASE("mining agrees with loops over all pairs") {
  CHECK(rc::check([] {
    batch b;
    b.dims = *rc::gen::inRange(1, 6);
    b.n_labels = *rc::gen::inRange(1, 5);
    const int n = *rc::gen::inRange(0, 90);
    for (int c = 0; c < n; ++c) {
      b.label.push_back(*rc::gen::inRange(-1, b.n_labels));
      b.study.push_back(*rc::gen::inRange(-1, 4));
      b.id.push_back(1000 - 3 * c);
    }
    // Whole numbers: products, sums and differences are exact in any order, and ties are many.
    for (std::int64_t i = 0; i < n * b.dims; ++i) b.x.push_back(*rc::gen::inRange(-3, 4));
    if (*rc::gen::inRange(0, 2) == 1) b.study.clear();
    if (*rc::gen::inRange(0, 2) == 1)
      for (std::int32_t i = 0; i < b.n_labels * b.n_labels; ++i)
        b.related.push_back(static_cast<std::uint8_t>(*rc::gen::inRange(0, 4) == 0));
    const double margin = *rc::gen::inRange(1, 12);
    const auto apart = distances(b);
    const auto choose = static_cast<negatives>(*rc::gen::inRange(0, 4));
    mined_triplets want;
    kernel::plain_mine_triplets<double>(apart, b.cells(), margin, choose, some_draws, want);
    for (const auto& got : {mined<float>(b, margin, choose), mined<double>(b, margin, choose)}) {
      RC_ASSERT(got.found == want.found);
      RC_ASSERT(got.pairs == want.pairs);
      RC_ASSERT(got.viable == want.viable);
      RC_ASSERT(got.hard == want.hard);
    }
  }));
}

TEST_CASE("more cells of a label than are taken at once, and draws that reach every candidate") {
  batch b;
  b.dims = 3;
  b.n_labels = 2;
  const kernel::draws random(1, "x");
  for (std::int32_t c = 0; c < 150; ++c) {
    b.label.push_back(c % 4 == 0 ? 1 : 0);
    b.study.push_back(c % 3);
    b.id.push_back(c);
    for (std::int64_t k = 0; k < 3; ++k) b.x.push_back(static_cast<double>(random.below(7, 3 * c + k)));
  }
  mined_triplets want;
  kernel::plain_mine_triplets<double>(distances(b), b.cells(), 5.0, negatives::semihard, some_draws, want);
  CHECK(mined<float>(b, 5, negatives::semihard).found == want.found);
  CHECK(want.found.size() > 500);

  // One pair and 10 candidates: 100 draws take each of them.
  batch one{1, {0, 0}, {0, 0}, {}, {0, 1}, 2};
  for (std::int64_t c = 0; c < 10; ++c) one.x.push_back(0), one.label.push_back(1), one.id.push_back(2 + c);
  std::vector<int> taken(12, 0);
  for (std::uint64_t step = 0; step < 100; ++step) {
    const auto m = mined<float>(one, 1, negatives::any_hard, kernel::draws(7, "step", step));
    ++taken[usize(m.found.front().negative)];
  }
  for (std::size_t c = 2; c < 12; ++c) CHECK((taken[c] > 0 && taken[c] < 30));
}

TEST_CASE("SCimilarity's mining: pairs, counts and hardest negatives; semi-hard ones are among the candidates") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::string golden = laws::shared_text(shared, "golden/systems/scimilarity_triplets.json");
  std::size_t from = 0;
  batch b;
  b.dims = 4;
  b.n_labels = 4;
  b.x = laws::numbers_in(laws::json_array(golden, "E", from));
  for (const double l : laws::numbers_in(laws::json_array(golden, "labels", from)))
    b.label.push_back(static_cast<std::int32_t>(l));
  for (const double s : laws::numbers_in(laws::json_array(golden, "studies", from)))
    b.study.push_back(static_cast<std::int32_t>(s));
  for (std::int64_t c = 0; c < b.n(); ++c) b.id.push_back(c);
  // P is above A and B.
  const ontology terms({{"A", "", {"P"}, {}, {}, {}, ""}, {"B", "", {"P"}, {}, {}, {}, ""}, {"C", "", {}, {}, {}, {}, ""}});
  b.related = related_labels(terms, std::vector<std::string>{"A", "B", "C", "P"}).related;
  REQUIRE(b.n() == 14);

  for (const auto& [key, choose] : {std::pair{"hardest", negatives::hardest}, {"semihard", negatives::semihard}}) {
    std::size_t at = golden.find("\"" + std::string(key) + "\": {");
    const auto number = [&](const std::string& name) {
      return laws::numbers_in(golden.substr(golden.find("\"" + name + "\":", at) + name.size() + 3, 24))[0];
    };
    const double margin = number("margin");
    const auto n_hard = static_cast<std::int64_t>(number("num_hard")),
               n_viable = static_cast<std::int64_t>(number("num_viable"));
    const auto rows = laws::json_rows(laws::json_array(golden, "triplets", at));
    REQUIRE(rows.size() == 3);
    const auto apart = distances(b);
    for (const auto& m : {mined<float>(b, margin, choose), mined<double>(b, margin, choose)}) {
      CHECK(m.hard == n_hard);
      CHECK(m.viable == n_viable);
      REQUIRE(m.found.size() == rows[0].size());
      for (std::size_t i = 0; i < m.found.size(); ++i) {
        CHECK(m.found[i].anchor == static_cast<std::int32_t>(rows[0][i]));
        CHECK(m.found[i].positive == static_cast<std::int32_t>(rows[1][i]));
        const auto theirs = static_cast<std::int32_t>(rows[2][i]);
        if (choose == negatives::hardest) CHECK(m.found[i].negative == theirs);
        for (const std::int32_t k : {m.found[i].negative, theirs}) {
          const auto row = usize(m.found[i].anchor) * usize(b.n());
          const double loss = apart[row + usize(m.found[i].positive)] - apart[row + usize(k)] + margin;
          CHECK(loss > 0);
          if (choose == negatives::semihard) CHECK(loss < margin);
        }
      }
    }
  }
}

}  // namespace
}  // namespace test_kernel_triplets
