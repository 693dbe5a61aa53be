#pragma once
/// What every transform promises, as one test suite. A transform's test says: `laws::transform<scale::raw>(normalise{});`

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

#include "laws/count_batches.hpp"
#include "laws/fitting_laws.hpp"

namespace tepui::laws {

/// What a transform wrote, cell by cell. errors  std::logic_error where the batch breaks an invariant of counts
template <class Counts>
[[nodiscard]] plain_cells read_counts(const Counts& counts, std::int64_t n_cells) {
  const auto hold = [](bool good, const char* what) {
    if (!good) throw std::logic_error(what);
  };
  hold(isize(counts.row_begin.size()) == n_cells && isize(counts.row_end.size()) == n_cells, "every cell must have a row");
  hold(counts.total.empty() || isize(counts.total.size()) == n_cells, "totals must be there for every cell or for none");
  hold(counts.gene.size() == counts.value.size(), "every gene must have a value");
  plain_cells out;
  for (std::int64_t c = 0; c < n_cells; ++c) {
    auto& cell = out.emplace_back();
    hold(counts.row_begin[usize(c)] <= counts.row_end[usize(c)] && counts.row_end[usize(c)] <= isize(counts.gene.size()),
         "a row must lie inside the counts");
    for (std::int64_t i = counts.row_begin[usize(c)]; i < counts.row_end[usize(c)]; ++i) {
      const std::int32_t gene = counts.gene[usize(i)];
      hold(gene >= 0 && gene < counts.n_genes, "a gene must lie inside the columns");
      hold(cell.empty() || cell.back().first < gene, "genes must ascend");
      hold(std::isfinite(counts.value[usize(i)]), "values must be finite");
      cell.emplace_back(gene, counts.value[usize(i)]);
    }
  }
  return out;
}

/// A transform with a buffer and scratch of its own, both used before and full of rubbish.
template <class Scale, class Stage, class Place>
class transforming {
 public:
  using port_out = port::given_t<Stage, port::counts<Scale>>;
  explicit transforming(const Stage& stage) : stage_(stage) {}

  [[nodiscard]] plain_cells run(const auto& view) {
    spoil(out_.row_begin, 3);
    spoil(out_.row_end, 2);
    spoil(out_.gene, 11);
    spoil(out_.value, 11);
    spoil(out_.total, 4);
    spoil(out_.cell_id, 4);
    out_.n_genes = -9;
    stage_(view, out_, scratch_, kernel::draws(1, "law"));
    if constexpr (std::is_same_v<Place, other_place>) {
      const bool intact =
          out_.gene.intact() && out_.value.intact() && out_.row_begin.intact() && out_.row_end.intact() && out_.total.intact();
      if (!intact) throw std::logic_error("the transform wrote outside of its buffers");
    }
    return read_counts(out_, view.n_cells());
  }

 private:
  const Stage& stage_;
  typename port_out::template buffer<Place> out_;
  scratch_t<Stage> scratch_;
};

/// Same input, same output; split and join; permuting cells permutes rows; genes ascend inside the columns; finite; an empty
/// cell stays empty; buffers arrive full of rubbish; all places agree.
template <class Scale, class Stage>
void transform(const Stage& unfitted, std::int32_t n_genes = 12) {
  const auto stage = ready<Scale>(unfitted, n_genes);
  using stage_type = std::remove_cvref_t<decltype(stage)>;
  static_assert(transform_stage<stage_type>);
  transforming<Scale, stage_type, host> here(stage);
  transforming<Scale, stage_type, other_place> there(stage);
  INFO(description_of(stage));
  learns<Scale>(unfitted, n_genes);

  CHECK(rc::check("same input, same output; and in every place", [&](std::uint8_t) {
    const auto cells = *any_cells<Scale>(n_genes);
    const auto batch = batch_of<Scale>(cells, n_genes);
    const auto first = here.run(batch.view());
    RC_ASSERT(here.run(batch.view()) == first);
    const auto elsewhere = batch_of<Scale, other_place>(cells, n_genes);
    RC_ASSERT(there.run(elsewhere.view()) == first);
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

  SUBCASE("an empty cell stays empty, and a batch without cells is legal") {
    CHECK(here.run(batch_of<Scale>({}, n_genes).view()).empty());
    CHECK(here.run(batch_of<Scale>({{}, {}}, n_genes).view()) == plain_cells{{}, {}});
  }
}

}  // namespace tepui::laws
