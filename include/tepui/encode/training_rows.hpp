#pragma once
/// The training cells as sparse rows: kept in memory while they fit, otherwise read again whenever they are needed.

#include <algorithm>
#include <cstdint>
#include <utility>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/sparse_product.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui::encode {

/// in     training cells; append(batch, cell, rows) adds the entries of one cell to `rows`, without ending the row
/// cost   8 bytes an entry, at most 1 GiB; a larger corpus is read once more for every pass over it
/// repeat what is computed from the blocks must not depend on where they are cut
template <class Cells, class Append>
class training_rows {
 public:
  static constexpr std::int64_t entries_in_memory = std::int64_t{1} << 27;

  training_rows(const Cells& train, Append append, std::int64_t most_entries = entries_in_memory)
      : train_(&train), append_(std::move(append)), most_entries_(most_entries) {
    train.for_each([&](const auto& batch) {
      if constexpr (requires { batch.n_genes; }) {
        n_columns_ = batch.n_genes;
      } else {
        n_columns_ = batch.n_vocabulary;
      }
      n_rows_ += batch.n_cells();
      if (!fits_) return;
      add(batch, kept_);
      if (n_rows_ == batch.n_cells()) make_room(train.n_cells());
      if (kept_.n_entries() > most_entries_) {
        fits_ = false;
        kept_ = {};
      }
    });
  }

  [[nodiscard]] std::int64_t n_rows() const { return n_rows_; }
  /// Genes, or the vocabulary of the tokens; 0 where there are no cells.
  [[nodiscard]] std::int32_t n_columns() const { return n_columns_; }

  /// Calls visit(sparse_rows) with all rows in order, in one block or in several.
  template <class Visit>
  void each_block(Visit&& visit) const {
    if (fits_) {
      visit(kept_);
      return;
    }
    kernel::sparse_rows block;
    train_->for_each([&](const auto& batch) {
      add(batch, block);
      if (block.n_entries() < most_entries_ / 2) return;
      visit(std::as_const(block));
      block.clear();
    });
    if (block.n_rows() > 0) visit(std::as_const(block));
  }

 private:
  /// From the first batch: growing by and by would copy what is there again and again. Room that is not used costs nothing.
  void make_room(std::int64_t n_cells) {
    if (n_rows_ == 0 || n_cells <= n_rows_) return;
    const double a_cell = static_cast<double>(kept_.n_entries()) / static_cast<double>(n_rows_);
    const double about = 1.1 * a_cell * static_cast<double>(n_cells);
    const auto entries = static_cast<std::size_t>(std::min(about, static_cast<double>(most_entries_)));
    kept_.column.reserve(entries);
    kept_.value.reserve(entries);
    kept_.row_begin.reserve(usize(n_cells) + 1);
  }
  void add(const auto& batch, kernel::sparse_rows& to) const {
    for (std::int64_t c = 0; c < batch.n_cells(); ++c) {
      append_(batch, c, to);
      to.end_row();
    }
  }

  const Cells* train_;
  Append append_;
  std::int64_t most_entries_;
  kernel::sparse_rows kept_;
  std::int64_t n_rows_ = 0;
  std::int32_t n_columns_ = 0;
  bool fits_ = true;
};

}  // namespace tepui::encode
