#pragma once
/// Counts the arithmetic that embeds a cell, so that models of different kinds can be compared.

#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include <tepui/compose/fitted_pipeline.hpp>
#include <tepui/flow/cell_source.hpp>
#include <tepui/flow/index.hpp>

namespace tepui {

/// An encoder that knows how many multiplications and additions embed a cell of so many expressed genes, or tokens.
template <class Encoder>
concept counts_operations = requires(const Encoder& encoder, std::int64_t inputs) {
  { encoder.operations(inputs) } -> std::convertible_to<double>;
};

/// How many expressed genes, or tokens, a cell has.
template <class View>
[[nodiscard]] std::int64_t n_inputs(const View& cells, std::int64_t cell) {
  if constexpr (requires { cells.n_expressed(cell); }) {
    return cells.n_expressed(cell);
  } else {
    return cells.n_tokens(cell);
  }
}

/// Multiplications and additions that a fitted pipeline's encoder needs to embed a cell, mean over cells. What stands in front of
/// it (scaling, sorting, looking up the vectors of tokens) is not counted.
/// in     cells with any genes            out    0 where the encoder does not count its operations, or there are no cells
/// cost   one pass of the cells through what stands in front of the encoder
template <class... Stages, cell_source Source>
[[nodiscard]] double operations_per_cell(const fitted_pipeline<Stages...>& model, const Source& cells) {
  using all = std::tuple<Stages...>;
  constexpr std::size_t n = sizeof...(Stages);
  if constexpr (counts_operations<std::tuple_element_t<n - 1, all>>) {
    constexpr bool of_tokens = n > 1 && std::is_same_v<typename std::tuple_element_t<(n > 1 ? n - 2 : 0), all>::kind, kind::embedder>;
    const auto& encoder = std::get<n - 1>(model.stages());
    double sum = 0;
    const auto count = [&](std::int64_t, const auto& view) {
      for (std::int64_t c = 0; c < view.n_cells(); ++c) sum += static_cast<double>(encoder.operations(n_inputs(view, c)));
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const fitted_pipeline<std::tuple_element_t<I, all>...> front(std::tuple(std::get<I>(model.stages())...), model.genes(), model.seed());
      front.each_batch(cells, {.min_share = 0}, count);
    }(std::make_index_sequence<n - (of_tokens ? 2 : 1)>{});
    return cells.n_cells() == 0 ? 0.0 : sum / static_cast<double>(cells.n_cells());
  } else {
    return 0;
  }
}

}  // namespace tepui
