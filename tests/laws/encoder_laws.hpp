#pragma once
/// What every encoder promises, as one test suite. An encoder's test says: `laws::encoder_of_counts<scale::log1p>(pca<...>{});` or
/// `laws::encoder_of_tokens<channel::value>(mean_of<...>{});`

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/flow/tokens.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

#include "laws/count_batches.hpp"
#include "laws/fitting_laws.hpp"

namespace tepui::laws {

using plain_rows = std::vector<std::vector<float>>;

/// Tokens in memory of a place: a cell's genes, its largest value first, equal ones by gene, with every channel filled.
template <class Place, class... Channels>
[[nodiscard]] token_batch<channels<Channels...>, Place> tokens_in(const plain_cells& cells, std::int32_t n_vocabulary) {
  token_batch<channels<Channels...>, Place> out;
  out.clear();
  out.n_vocabulary = n_vocabulary;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    std::vector<std::pair<float, std::int32_t>> order;
    for (const auto& [gene, value] : cells[c]) order.emplace_back(-value, gene);
    std::sort(order.begin(), order.end());
    std::int32_t at = 0;
    for (const auto& [minus_value, gene] : order) {
      const float value = -minus_value;
      [[maybe_unused]] const auto beside = [&]<class Channel>(Channel) -> typename Channel::type {
        if constexpr (std::is_same_v<Channel, channel::value>) return value;
        if constexpr (std::is_same_v<Channel, channel::bin>) return 1 + static_cast<std::int32_t>(value) % 7;
        return static_cast<typename Channel::type>(at);
      };
      out.add_token(gene, beside(Channels{})...);
      ++at;
    }
    out.end_cell();
    out.cell_id.push_back(1000 + 17 * isize(c));
  }
  return out;
}

/// Counts of a scale, as encoders read them.
template <class Scale>
struct count_cells {
  template <class Place>
  static auto make(const plain_cells& cells, std::int32_t n) {
    return batch_of<Scale, Place>(cells, n);
  }
  static rc::Gen<plain_cells> any(std::int32_t n) { return any_cells<Scale>(n); }
  static plain_cells to_train(std::int32_t n) { return training_plain<Scale>(n); }
};
/// Tokens with channels, as encoders read them.
template <class... Channels>
struct token_cells {
  template <class Place>
  static auto make(const plain_cells& cells, std::int32_t n) {
    return tokens_in<Place, Channels...>(cells, n);
  }
  static rc::Gen<plain_cells> any(std::int32_t n) { return any_cells<scale::raw>(n); }
  static plain_cells to_train(std::int32_t n) { return training_plain<scale::raw>(n); }
};

/// Training cells of a kind, in batches of a given size.
template <class Kind>
class training_of {
 public:
  training_of(plain_cells cells, std::int32_t n, std::int64_t batch = 16)
      : cells_(std::move(cells)), n_(n), batch_(batch), genes_(law_genes(n)) {}
  [[nodiscard]] std::int64_t n_cells() const { return isize(cells_.size()); }
  [[nodiscard]] const gene_table& genes() const { return genes_; }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::int64_t first = 0; first < n_cells(); first += batch_) {
      const auto end = std::min(first + batch_, n_cells());
      const auto batch = Kind::template make<host>(plain_cells(cells_.begin() + first, cells_.begin() + end), n_);
      visit(batch.view());
    }
  }

 private:
  plain_cells cells_;
  std::int32_t n_;
  std::int64_t batch_;
  gene_table genes_;
};

/// An encoder with a buffer and scratch of its own, both used before and full of rubbish.
template <class Kind, class Stage, class Place = host>
class encoding {
 public:
  encoding(const Stage& stage, std::int32_t n) : stage_(stage), n_(n) {}

  /// The rows [cells, dims]. errors  std::logic_error where the batch breaks an invariant of embedding_batch
  [[nodiscard]] plain_rows run(const plain_cells& cells) {
    const auto hold = [](bool good, const char* what) {
      if (!good) throw std::logic_error(what);
    };
    spoil(out_.value, 7);
    spoil(out_.cell_id, 3);
    out_.n_columns = -9;
    const auto in = Kind::template make<Place>(cells, n_);
    stage_(in.view(), out_, scratch_, kernel::draws(1, "law"));
    hold(out_.n_columns >= 1, "an embedding must have a dim");
    hold(isize(out_.value.size()) == isize(cells.size()) * out_.n_columns, "an embedding must have a row for every cell");
    if constexpr (std::is_same_v<Place, other_place>) hold(out_.value.intact() && out_.cell_id.intact(), "the encoder wrote outside of its buffers");
    plain_rows rows;
    for (std::int64_t c = 0; c < isize(cells.size()); ++c) {
      const auto row = out_.row(c);
      for (const float v : row) hold(std::isfinite(v), "an embedding must be finite");
      rows.emplace_back(row.begin(), row.end());
    }
    return rows;
  }

 private:
  const Stage& stage_;
  std::int32_t n_;
  embedding_batch<Place> out_;
  scratch_t<Stage> scratch_;
};

/// Same input, same output; split and join; permuting cells permutes rows; finite; an empty cell is legal; buffers arrive full of
/// rubbish; all places agree. What learns does not depend on batches or threads, and can be kept.
template <class Kind, class Stage>
void encoder(const Stage& unfitted, std::int32_t n) {
  const auto cells_to_learn = Kind::to_train(n);
  const auto learned = [&](std::int64_t batch, int threads) {
    if constexpr (needs_fit<Stage>) {
      return unfitted.fit(training_of<Kind>(cells_to_learn, n, batch), fit_context{kernel::draws(3, "law"), threads});
    } else {
      return unfitted;
    }
  };
  const auto stage = learned(16, 1);
  using stage_type = std::remove_cvref_t<decltype(stage)>;
  static_assert(encoder_stage<stage_type> && std::is_same_v<stage_type, fitted_t<Stage>>);
  encoding<Kind, stage_type> here(stage, n);
  encoding<Kind, stage_type, other_place> there(stage, n);
  INFO(description_of(stage));

  CHECK(rc::check("same input, same output; and in every place", [&](std::uint8_t) {
    const auto cells = *Kind::any(n);
    const auto first = here.run(cells);
    RC_ASSERT(here.run(cells) == first);
    RC_ASSERT(there.run(cells) == first);
  }));
  CHECK(rc::check("splitting a batch and joining the results changes nothing", [&] {
    const auto cells = *Kind::any(n);
    const auto cut = *rc::gen::inRange<std::int64_t>(0, isize(cells.size()) + 1);
    auto joined = here.run(plain_cells(cells.begin(), cells.begin() + cut));
    const auto rest = here.run(plain_cells(cells.begin() + cut, cells.end()));
    joined.insert(joined.end(), rest.begin(), rest.end());
    RC_ASSERT(joined == here.run(cells));
  }));
  CHECK(rc::check("permuting cells permutes the rows", [&](std::uint16_t number) {
    const auto cells = *Kind::any(n);
    const auto order = permutation(isize(cells.size()), number);
    plain_cells mixed;
    for (const std::int64_t c : order) mixed.push_back(cells[usize(c)]);
    const auto straight = here.run(cells), shuffled = here.run(mixed);
    for (std::size_t c = 0; c < order.size(); ++c) RC_ASSERT(shuffled[c] == straight[usize(order[c])]);
  }));
  SUBCASE("an empty cell, a batch of empty cells and a batch without cells are legal") {
    CHECK(here.run({}).empty());
    const auto rows = here.run({{}, {{0, 2.0F}}, {}});
    CHECK(rows.size() == 3);
    CHECK(rows[0] == rows[2]);
  }
  if constexpr (needs_fit<Stage>) {
    const auto kept_of = [](const auto& fitted) {
      named_arrays kept;
      keep_stage(fitted, "", kept);
      return kept;
    };
    const named_arrays kept = kept_of(stage);
    SUBCASE("what is learned depends neither on batches nor on threads") {
      for (const std::int64_t batch : {1, 3, 1000}) CHECK(kept_of(learned(batch, 1)).all == kept.all);
      CHECK(kept_of(learned(16, 3)).all == kept.all);
    }
    SUBCASE("what is learned can be kept and taken up again") {
      fitted_t<Stage> again;
      take_stage(again, "", kept);
      CHECK(again.describe() == stage.describe());
      CHECK(kept_of(again).all == kept.all);
    }
    if constexpr (requires { unfitted.untrained(); }) {
      SUBCASE("the untrained twin is an encoder of the same dims") {
        const auto twin = unfitted.untrained();
        using twin_type = std::remove_cvref_t<decltype(twin)>;
        static_assert(encoder_stage<twin_type> && !needs_fit<twin_type>);
        encoding<Kind, twin_type> untrained(twin, n);
        CHECK(untrained.run({{{0, 2.0F}}})[0].size() == here.run({{{0, 2.0F}}})[0].size());
      }
    }
  }
}

template <class Scale, class Stage>
void encoder_of_counts(const Stage& stage, std::int32_t n_genes = 12) {
  encoder<count_cells<Scale>>(stage, n_genes);
}
template <class... Channels, class Stage>
void encoder_of_tokens(const Stage& stage, std::int32_t n_vocabulary = 12) {
  encoder<token_cells<Channels...>>(stage, n_vocabulary);
}

}  // namespace tepui::laws
