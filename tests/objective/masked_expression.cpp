#include <tepui/objective/masked_expression.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include <tepui/objective/together.hpp>
#include <tepui/objective/triplet.hpp>

namespace tepui::tests::masked_expression_objective {
namespace {
using objective::hides;
using tokens = token_batch<channels<channel::value>>;

gene_table genes(std::int32_t n) {
  gene_table out;
  for (std::int32_t g = 0; g < n; ++g)
    out.id.push_back("ENSG" + std::to_string(g)), out.symbol.push_back("G" + std::to_string(g));
  return out;
}
/// Cells that express every second gene; the value is the gene's number and 1.
tokens cells(std::int64_t n_cells, std::int32_t n_genes) {
  tokens out;
  out.clear();
  out.n_vocabulary = n_genes;
  for (std::int64_t c = 0; c < n_cells; ++c) {
    for (std::int32_t g = 0; g < n_genes; g += 2) out.add_token(g, static_cast<float>(g + 1));
    out.end_cell();
    out.cell_id.push_back(100 + c);
  }
  return out;
}
auto asked_by(const auto& ask, const gene_table& words, const tokens& of) {
  const auto head = ask.template bind<2>(objective::token_facts{words.size(), words.size(), -1, {}, &words});
  objective::asked_tokens<channels<channel::value>> asked;
  asked.clear();
  head.ask(of.view(), kernel::draws(1, "mask"), asked);
  return asked;
}

TEST_CASE("half of the genes are hidden, expressed or not, by the cell's id; what is hidden is not seen") {
  const auto words = genes(1000);
  const auto asked = asked_by(objective::masked_expression<>{.rate = 0.5}, words, cells(4, 1000));
  REQUIRE(asked.hidden.size() == 4000);
  CHECK(asked.row.size() == 4);
  for (std::int64_t c = 0; c < 4; ++c) {
    std::array<int, 2> n{};
    for (std::size_t g = 0; g < 1000; ++g) n[g % 2] += asked.hidden[usize(c) * 1000 + g];
    for (const int k : n) CHECK(std::abs(k - 250) < 50);
    for (const std::int32_t g : asked.tokens.view().ids_of(c)) CHECK(asked.hidden[usize(c * 1000 + g)] == 0);
    CHECK(asked.tokens.view().n_tokens(c) == 500 - n[0]);
    CHECK(asked.whole.view().n_tokens(c) == 500);
  }
  // Cell 103 alone, and beside others.
  tokens last;
  last.clear();
  last.n_vocabulary = 1000;
  const auto all = cells(4, 1000);
  for (std::int32_t g = 0; g < 1000; g += 2) last.add_token(g, static_cast<float>(g + 1));
  last.end_cell();
  last.cell_id.push_back(103);
  const auto alone = asked_by(objective::masked_expression<>{.rate = 0.5}, words, last);
  CHECK(std::equal(alone.hidden.begin(), alone.hidden.end(), asked.hidden.begin() + 3000));
}

TEST_CASE("programs are hidden whole, by symbol or id, one or by chance") {
  const auto words = genes(20);
  const std::vector<gene_set> programs{{"a", {"G1", "G2", "G3"}}, {"b", {"ENSG10.4", "G11", "unknown"}}};
  const auto is_whole = [](auto hidden, std::vector<std::size_t> of) {
    std::size_t n = 0;
    for (const std::size_t g : of) n += hidden[g];
    return n == 0 || n == of.size();
  };
  const auto one =
      asked_by(objective::masked_expression<>{.what = hides::one_program, .programs = programs}, words, cells(30, 20));
  const auto some = asked_by(objective::masked_expression<>{.rate = 0.5, .what = hides::programs, .programs = programs}, words,
                             cells(30, 20));
  std::size_t of_a = 0;
  for (std::size_t c = 0; c < 30; ++c) {
    const auto hidden = std::span(one.hidden).subspan(c * 20, 20), several = std::span(some.hidden).subspan(c * 20, 20);
    CHECK(hidden[1] + hidden[10] == 1);
    of_a += hidden[1];
    CHECK((is_whole(hidden, {1, 2, 3}) && is_whole(hidden, {10, 11})));
    CHECK((is_whole(several, {1, 2, 3}) && is_whole(several, {10, 11})));
    CHECK(several[0] + several[5] + several[19] == 0);
  }
  CHECK(of_a > 5);
  CHECK(of_a < 25);
}

TEST_CASE("the loss is the mean squared error of a cell's hidden genes, and can be checked with a pencil") {
  // Nothing hidden, one dim, three genes: guesses are weight x + bias.
  const auto words = genes(3);
  const objective::masked_expression<> ask{.what = hides::nothing};
  const auto head = ask.bind<1>(objective::token_facts{3, 3, -1, {}, &words});
  std::vector<double> w(usize(layer::n_weights(head)), 0.0);
  w[0] = 1, w[1] = 2, w[2] = -1;  // weight
  w[16] = 0, w[17] = 0, w[18] = 5;
  const auto of = cells(1, 3);  // 1, 0, 3
  objective::asked_tokens<channels<channel::value>> asked;
  asked.clear();
  head.ask(of.view(), kernel::draws(1, "mask"), asked);
  const std::vector<double> cell{2};
  std::vector<double> dz(1), dw(w.size());
  const std::vector<std::int64_t> begin{0, 1}, id{100};
  const layer::packed at{begin, id, {}, true};
  std::remove_cvref_t<decltype(head)>::room<double> room;
  // Guesses 2, 4, 3: off by 1, 4, 0.
  CHECK(head.loss(std::span<const double>(w), at, objective::states<double>{{}, cell, {}}, asked, room) ==
        doctest::Approx(17.0 / 3));
  CHECK(head.gradient(std::span<const double>(w), at, objective::states<double>{{}, cell, {}}, asked, std::span(dw),
                      objective::state_gradients<double>{{}, dz, {}}, room) == doctest::Approx(17.0 / 3));
  CHECK(dz[0] == doctest::Approx(2.0 / 3 * (1 * 1 + 4 * 2)));
  CHECK(dw[1] == doctest::Approx(2.0 / 3 * 4 * 2));
}

/// The loss of cells by a head whose guess of every gene is 1, and its gradient by the biases.
struct guess_of_one {
  double loss = 0;
  std::vector<double> d_bias;
};
template <class Head>
guess_of_one guessing_one(const Head& head, const objective::asked_tokens<channels<channel::value>>& asked,
                          const std::string& bias, std::size_t n_genes) {
  std::vector<double> w(usize(layer::n_weights(head)), 0.0), dw(w.size()), cell(asked.tokens.cell_id.size() * 2, 0.0),
      dz(cell.size());
  std::int64_t at_bias = -1;
  layer::each_slice(head, "", [&](const std::string& name, const layer::slice& s, std::int64_t first) {
    if (name == bias) std::fill_n(w.begin() + first, s.size(), 1.0), at_bias = first;
  });
  REQUIRE(at_bias >= 0);
  std::vector<std::int64_t> begin;
  for (std::int64_t c = 0; c <= asked.tokens.n_cells(); ++c) begin.push_back(c);
  const layer::packed at{begin, asked.tokens.cell_id, {}, true};
  const objective::states<double> have{{}, cell, {}};
  layer::room_t<Head, double> room;
  const double loss = head.loss(std::span<const double>(w), at, have, asked, room);
  CHECK(head.gradient(std::span<const double>(w), at, have, asked, std::span(dw),
                      objective::state_gradients<double>{{}, dz, {}}, room) == loss);
  return {loss, {dw.begin() + at_bias, dw.begin() + at_bias + isize(n_genes)}};
}

TEST_CASE("cells of which nothing is hidden are no questions; by pencil") {
  // Of G2 = 3 and G3 = 0 both are hidden, or none: a cell that is asked is off by 2 and 1, whatever stands beside it.
  const auto words = genes(4);
  const objective::masked_expression<> ask{.rate = 0.4, .what = hides::programs, .programs = {{"a", {"G2", "G3"}}}};
  auto of = cells(40, 4);
  of.end_cell(), of.cell_id.push_back(999);  // a cell without a count is not asked
  const auto asked = asked_by(ask, words, of);
  std::vector<std::int64_t> hidden;
  for (std::int64_t c = 0; c < 40; ++c)
    if (asked.hidden[usize(c * 4 + 2)] != 0) hidden.push_back(c);
  CHECK(std::vector<std::int64_t>(asked.row.begin(), asked.row.end()) == hidden);
  const double n = static_cast<double>(hidden.size());
  REQUIRE(n > 5);
  REQUIRE(n < 30);
  const auto head = ask.bind<2>(objective::token_facts{4, 4, -1, {}, &words});
  const auto got = guessing_one(head, asked, "out.bias", 4);
  CHECK(got.loss == doctest::Approx(n * (4 + 1) / 2));
  CHECK(got.d_bias[0] == 0);
  CHECK(got.d_bias[2] == doctest::Approx(n * -2));
  CHECK(got.d_bias[3] == doctest::Approx(n * 1));

  // Behind an objective that asks about every cell with a count the mean is the same, and counts once a question.
  const std::vector<std::int64_t> id(of.cell_id.begin(), of.cell_id.end());
  categorical label{std::vector<std::int32_t>(id.size(), 0), {"a", "b"}}, study{label.code, {"x"}};
  const auto both = objective::together(objective::triplet{objective::studied(id, label, study)}, ask).weighted({1, 0.5});
  const auto two = both.bind<2>(objective::token_facts{4, 4, -1, {}, &words});
  objective::asked_tokens<channels<channel::value>> together;
  together.clear();
  two.ask(of.view(), kernel::draws(1, "mask"), together);
  CHECK(together.row.size() == 40);
  CHECK(together.hidden == asked.hidden);
  CHECK(together.tokens.id == asked.tokens.id);
  const auto half = guessing_one(two, together, "1.out.bias", 4);
  CHECK(half.loss == doctest::Approx(0.5 * 40 * (4 + 1) / 2));
  CHECK(half.d_bias[2] == doctest::Approx(0.5 * 40 * -2));
}

TEST_CASE("of two that hide genes the first says which; one that asks about all genes does so behind it") {
  const auto words = genes(20);
  const objective::masked_expression<> some{.rate = 0.5}, other{.rate = 0.9}, all{.what = hides::nothing};
  const objective::token_facts facts{20, 20, -1, {}, &words};
  const auto head = objective::together(some, other, all).weighted({1, 1, 0}).bind<2>(facts);
  const auto of = cells(6, 20);
  objective::asked_tokens<channels<channel::value>> asked;
  asked.clear();
  head.ask(of.view(), kernel::draws(1, "mask"), asked);
  const auto alone = asked_by(some, words, of);
  CHECK(asked.hidden == alone.hidden);
  CHECK(asked.tokens.id == alone.tokens.id);
  CHECK(asked.whole.id == of.id);
  const double once = guessing_one(some.bind<2>(facts), alone, "out.bias", 20).loss;
  // The second one guesses 0, and so does the third, which counts nothing.
  double squares = 0;
  for (std::int64_t c = 0; c < 6; ++c) {
    double sum = 0, n = 0;
    for (std::int64_t g = 0; g < 20; ++g)
      if (asked.hidden[usize(c * 20 + g)] != 0) n += 1, sum += g % 2 == 0 ? static_cast<double>((g + 1) * (g + 1)) : 0.0;
    squares += sum / n;
  }
  CHECK(guessing_one(head, asked, "0.out.bias", 20).loss == doctest::Approx(once + squares));
  // The third one alone counts: 1, 0, 3, 0, ... beside 0.
  const auto third = objective::together(some, all).weighted({0, 1}).bind<2>(facts);
  double mean = 0;
  for (int g = 0; g < 20; g += 2) mean += (g + 1) * (g + 1) / 20.0;
  CHECK(guessing_one(third, asked, "0.out.bias", 20).loss == doctest::Approx(6 * mean));
}

TEST_CASE("a description tells other programs, also where the same genes are parted otherwise") {
  const auto text = [](std::vector<gene_set> programs) {
    return objective::masked_expression<>{.what = hides::one_program, .programs = std::move(programs)}.describe();
  };
  const std::string parted = text({{"a", {"G1", "G2"}}, {"b", {"G3"}}});
  CHECK(parted == text({{"a", {"G1", "G2"}}, {"b", {"G3"}}}));
  CHECK(parted != text({{"a", {"G1"}}, {"b", {"G2", "G3"}}}));
  CHECK(parted != text({{"a", {"G1", "G2"}}, {"b", {"G4"}}}));
}

TEST_CASE("settings that cannot be followed are refused") {
  const auto words = genes(3);
  const auto refuses = [&](const objective::masked_expression<>& ask, const char* sentence) {
    CHECK_THROWS_WITH_AS((void)ask.bind<2>(objective::token_facts{3, 3, -1, {}, &words}), doctest::Contains(sentence),
                         bad_option);
  };
  refuses({.rate = 1.5}, "give 0 to 1");
  refuses({.rate = 1.0}, "cannot hide all genes");
  refuses({.rate = 0.0}, "would hide nothing and ask nothing");
  refuses({.what = hides::programs}, "give .programs");
  refuses({.what = hides::one_program, .programs = {{"odd", {"no", "gene"}}}}, "gene program 'odd'");
}

}  // namespace
}  // namespace tepui::tests::masked_expression_objective
