#pragma once
/// Every tokenizer with every encoder: a grid of pipelines, each a type of its own.

#include <cstddef>
#include <string>
#include <utility>

#include <boost/hana/at.hpp>
#include <boost/hana/concat.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>

#include <tepui/compose/pipeline.hpp>

namespace tepui {

/// A stage or a pipeline with the name that a report gives it.
template <class Part>
struct named_part {
  std::string name;
  Part part;
};

/// in     a name for reports; a stage, or a pipeline of stages (normalise | medians | rank)
template <class Part>
[[nodiscard]] named_part<Part> named(std::string name, Part part) {
  return {std::move(name), std::move(part)};
}

/// One cell of a grid.
template <class Pipeline>
struct grid_cell {
  std::string tokenizer, encoder;
  Pipeline pipeline;
};

/// A row or a column of the grid: `tokenizers(named("rank", ...), named("binned", ...))`.
template <class... Parts>
[[nodiscard]] auto tokenizers(named_part<Parts>... parts) {
  return boost::hana::make_tuple(std::move(parts)...);
}
template <class... Parts>
[[nodiscard]] auto encoders(named_part<Parts>... parts) {
  return boost::hana::make_tuple(std::move(parts)...);
}

/// One pair.
template <class Row, class Column>
[[nodiscard]] auto cell_of(const named_part<Row>& row, const named_part<Column>& column) {
  auto pipeline = compose(row.part, column.part);
  return grid_cell<decltype(pipeline)>{row.name, column.name, std::move(pipeline)};
}

/// The grid of all pairs, as a Boost.Hana tuple of grid_cell<pipeline<...>>, rows first.
/// errors does not compile where a tokenizer and an encoder do not fit, with the sentence of compose()
/// cost   about 0.1 s of compile time a pair; the program is as fast as a pipeline written by hand
template <class... Rows, class... Columns>
[[nodiscard]] auto compose_grid(const boost::hana::tuple<Rows...>& rows, const boost::hana::tuple<Columns...>& columns) {
  // Pairs are counted rather than multiplied by Hana, which makes types of its own for every pair and takes seconds for hundreds.
  constexpr std::size_t n = sizeof...(Columns);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return boost::hana::make_tuple(cell_of(boost::hana::at_c<I / n>(rows), boost::hana::at_c<I % n>(columns))...);
  }(std::make_index_sequence<sizeof...(Rows) * n>{});
}

/// A pipeline that reads counts without a tokenizer (PCA, variable genes), as a further cell of a grid.
template <class Pipeline>
[[nodiscard]] grid_cell<Pipeline> without_tokenizer(std::string encoder, Pipeline pipeline) {
  return {"none", std::move(encoder), std::move(pipeline)};
}

/// A grid with further cells behind it.
template <class Grid, class... Pipelines>
[[nodiscard]] auto extend_grid(Grid grid, grid_cell<Pipelines>... more) {
  return boost::hana::concat(std::move(grid), boost::hana::make_tuple(std::move(more)...));
}

/// Calls visit(grid_cell) for each cell, in order.
template <class Grid, class Visit>
void for_each_cell(const Grid& grid, Visit&& visit) {
  boost::hana::for_each(grid, std::forward<Visit>(visit));
}

}  // namespace tepui
