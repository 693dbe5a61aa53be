#pragma once
/// What a stage is given when it learns from training cells, and what it becomes.

#include <concepts>
#include <cstdint>
#include <utility>

#include <tepui/flow/dataset.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/stage/kind.hpp>

namespace tepui {

/// What `fit` may use besides the cells: random numbers of its own and a number of threads (which never changes the result).
struct fit_context {
  kernel::draws random;
  int threads = 1;
  std::int32_t extra_tokens = 0;  ///< rows for words that only training uses, such as the mask
};

/// Training cells as the stages before this one leave them. A stage writes
///     template <training_cells Cells> fitted fit(const Cells& train, const fit_context&) const;
/// and reads `train.for_each([&](const auto& batch) { ... })` as often as it needs: batches come in the order of the cells, as
/// a counts_view or a token_view. `genes()` names the columns; `n_cells()` counts the cells.
template <class C>
concept training_cells = requires(const C& cells) {
  { cells.n_cells() } -> std::convertible_to<std::int64_t>;
  { cells.genes() } -> std::convertible_to<const gene_table&>;
};

template <class S>
struct fitted_of {
  using type = S;
};
template <needs_fit S>
struct fitted_of<S> {
  using type = typename S::fitted;
};
/// What a stage becomes by `fit`: `S::fitted`, or itself where it has nothing to learn.
template <class S>
using fitted_t = typename fitted_of<S>::type;

/// The twin of a stage that has seen no data: what it returns from `untrained()`, or itself where it learns nothing.
/// A score of the stage is read beside the score of its twin.
template <class S>
[[nodiscard]] auto untrained_twin(const S& stage) {
  if constexpr (requires { stage.untrained(); }) {
    return stage.untrained();
  } else {
    return stage;
  }
}

/// The genes behind a stage: those that it keeps where it says so with `genes_out(genes)`, otherwise the same.
template <class S>
[[nodiscard]] gene_table genes_after(const S& stage, const gene_table& genes) {
  if constexpr (requires { stage.genes_out(genes); }) {
    return stage.genes_out(genes);
  } else {
    return genes;
  }
}

}  // namespace tepui
