#pragma once
/// What every stage that learns promises: the batches in which training cells arrive do not matter, and it can be kept.

#include <type_traits>

#include <doctest/doctest.h>

#include <tepui/compose/keep.hpp>
#include <tepui/stage/fitting.hpp>

#include "laws/count_batches.hpp"

namespace tepui::laws {

/// Does nothing for a stage that learns nothing.
template <class Scale, class Stage>
void learns(const Stage& stage, std::int32_t n_genes) {
  if constexpr (needs_fit<Stage>) {
    const auto cells = training_plain<Scale>(n_genes);
    const auto kept_of = [](const auto& fitted) {
      named_arrays kept;
      keep_stage(fitted, "", kept);
      return kept;
    };
    const fit_context context{kernel::draws(3, "law")};
    const auto fitted = stage.fit(training<Scale>(cells, n_genes, 16), context);
    static_assert(std::is_same_v<std::remove_cvref_t<decltype(fitted)>, fitted_t<Stage>>);
    const named_arrays kept = kept_of(fitted);
    SUBCASE("what is learned does not depend on how the training cells are cut into batches") {
      for (const std::int64_t batch : {1, 3, 1000})
        CHECK(kept_of(stage.fit(training<Scale>(cells, n_genes, batch), context)).all == kept.all);
    }
    SUBCASE("what is learned can be kept and taken up again") {
      fitted_t<Stage> again;
      take_stage(again, "", kept);
      CHECK(description_of(again) == description_of(fitted));
      CHECK(kept_of(again).all == kept.all);
    }
  }
}

}  // namespace tepui::laws
