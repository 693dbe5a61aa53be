#pragma once
/// What every tokenizer promises, as one test suite. A tokenizer's test says: `laws::tokenizer<scale::raw>(rank<4>{});`

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

#include "laws/count_batches.hpp"
#include "laws/fitting_laws.hpp"

namespace tepui::laws {

/// The tokens of one cell: ids, and every channel as doubles.
struct plain_tokens {
  std::vector<std::int32_t> id;
  std::vector<std::vector<double>> channel;
  friend bool operator==(const plain_tokens&, const plain_tokens&) = default;
};
inline void showValue(const plain_tokens& tokens, std::ostream& to) { rc::show(tokens.id, to); }

/// What a tokenizer wrote, cell by cell. errors  std::logic_error where the batch breaks an invariant of token_batch
template <class Tokens>
[[nodiscard]] std::vector<plain_tokens> read_tokens(const Tokens& tokens, std::int64_t n_cells) {
  const auto hold = [](bool good, const char* what) {
    if (!good) throw std::logic_error(what);
  };
  hold(isize(tokens.cell_begin.size()) == n_cells + 1, "cell_begin must have an entry for every cell and one more");
  hold(tokens.cell_begin[0] == 0, "the first cell must begin at 0");
  hold(tokens.cell_begin[usize(n_cells)] == isize(tokens.id.size()), "the last cell must end with the last token");
  std::apply(
      [&](const auto&... c) { (hold(c.size() == tokens.id.size(), "a channel must have an entry for every token"), ...); },
      tokens.channel_buffers);
  std::vector<plain_tokens> out;
  for (std::int64_t c = 0; c < n_cells; ++c) {
    auto& cell = out.emplace_back();
    hold(tokens.cell_begin[usize(c)] <= tokens.cell_begin[usize(c) + 1], "cells must follow each other");
    for (std::int64_t t = tokens.cell_begin[usize(c)]; t < tokens.cell_begin[usize(c) + 1]; ++t) {
      cell.id.push_back(tokens.id[usize(t)]);
      hold(cell.id.back() >= 0 && cell.id.back() < tokens.n_vocabulary, "an id must lie inside the vocabulary");
      auto& channels = cell.channel.emplace_back();
      std::apply([&](const auto&... c2) { (channels.push_back(static_cast<double>(c2[usize(t)])), ...); },
                 tokens.channel_buffers);
    }
  }
  return out;
}

/// A tokenizer with a buffer and scratch of its own, both used before and full of rubbish.
template <class Scale, class Stage, class Place>
class tokenizing {
 public:
  using port_out = port::given_t<Stage, port::counts<Scale>>;
  explicit tokenizing(const Stage& stage) : stage_(stage) {}

  [[nodiscard]] std::vector<plain_tokens> run(const auto& view) {
    spoil(out_.cell_begin, 3);
    spoil(out_.id, 11);
    std::apply([](auto&... channel) { (spoil(channel, 5), ...); }, out_.channel_buffers);
    out_.n_vocabulary = -9;
    stage_(view, out_, scratch_, kernel::draws(1, "law"));
    if constexpr (std::is_same_v<Place, other_place>) {
      const bool intact = out_.id.intact() && out_.cell_begin.intact() &&
                          std::apply([](const auto&... channel) { return (channel.intact() && ...); }, out_.channel_buffers);
      if (!intact) throw std::logic_error("the tokenizer wrote outside of its buffers");
    }
    return read_tokens(out_, view.n_cells());
  }

 private:
  const Stage& stage_;
  typename port_out::template buffer<Place> out_;
  scratch_t<Stage> scratch_;
};

/// Same input, same output; split and join; permuting cells permutes rows; ids inside the vocabulary; an empty cell is legal;
/// buffers arrive full of rubbish; all places agree.
template <class Scale, class Stage>
void tokenizer(const Stage& unfitted, std::int32_t n_genes = 12) {
  const auto stage = ready<Scale>(unfitted, n_genes);
  using stage_type = std::remove_cvref_t<decltype(stage)>;
  static_assert(tokenizer_stage<stage_type>);
  tokenizing<Scale, stage_type, host> here(stage);
  tokenizing<Scale, stage_type, other_place> there(stage);
  INFO(description_of(stage));
  learns<Scale>(unfitted, n_genes);

  CHECK(rc::check("same input, same output; and in every place", [&](std::uint8_t) {
    const auto cells = *any_cells<Scale>(n_genes);
    const auto batch = batch_of<Scale>(cells, n_genes);
    const auto first = here.run(batch.view());
    RC_ASSERT(here.run(batch.view()) == first);
    const auto elsewhere = batch_of<Scale, other_place>(cells, n_genes);
    RC_ASSERT(there.run(elsewhere.view()) == first);
    RC_ASSERT(description_of(ready<Scale>(unfitted, n_genes)) == description_of(stage));
  }));

  CHECK(rc::check("splitting a batch and joining the results changes nothing", [&] {
    const auto cells = *any_cells<Scale>(n_genes);
    const auto batch = batch_of<Scale>(cells, n_genes);
    const auto cut = *rc::gen::inRange<std::int64_t>(0, batch.n_cells() + 1);
    auto joined = here.run(batch.view().part(0, cut));
    const auto rest = here.run(batch.view().part(cut, batch.n_cells() - cut));
    joined.insert(joined.end(), rest.begin(), rest.end());
    RC_ASSERT(joined == here.run(batch.view()));
  }));

  CHECK(rc::check("permuting cells permutes the result", [&](std::uint16_t number) {
    const auto cells = *any_cells<Scale>(n_genes);
    const auto batch = batch_of<Scale>(cells, n_genes);
    const auto order = permutation(batch.n_cells(), number);
    const auto straight = here.run(batch.view());
    const auto shuffled = here.run(chosen_cells(batch.view(), order).view());
    for (std::size_t c = 0; c < order.size(); ++c) RC_ASSERT(shuffled[c] == straight[usize(order[c])]);
  }));

  SUBCASE("an empty cell, a batch of empty cells and a batch without cells are legal") {
    CHECK(here.run(batch_of<Scale>({}, n_genes).view()).empty());
    CHECK(here.run(batch_of<Scale>({{}, {}}, n_genes).view()).size() == 2);
    const auto mixed = here.run(batch_of<Scale>({{}, {{0, value_of_level<Scale>(3)}}, {}}, n_genes).view());
    CHECK(mixed.size() == 3);
    CHECK(mixed[0].id.size() == mixed[2].id.size());  // what a draw decides may differ
  }
}

}  // namespace tepui::laws
