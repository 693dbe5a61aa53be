#pragma once
/// Reads the raw counts of an AnnData file batch by batch, as a source of cells: a file larger than the memory is no obstacle.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/cell_source.hpp>
#include <tepui/io/h5ad_outline.hpp>
#include <tepui/io/isolated.hpp>
#include <tepui/io/narrow.hpp>
#include <tepui/io/sparse_rows.hpp>
#include <tepui/io/unpack_piece.hpp>

namespace tepui::io {

/// Raw counts of one matrix of an AnnData file, a cell_source; see open_cells.
class h5ad_cells {
  struct state {
    state(const std::string& path, read_options how) : file(path), options(std::move(how)) {}
    open_file file;
    read_options options;
    h5ad_outline about;
    std::vector<std::string> no_names;
    std::optional<value_rules<scale::raw>> rules;
  };

 public:
  /// Working memory of one reader: its last batch, and the pieces of the file that the next one may share.
  struct room {
    std::shared_ptr<const state> of;
    piece_room gene_piece, value_piece;
    host::buffer<std::int32_t> gene;
    host::buffer<float> value;
    host::buffer<std::int64_t> row_begin, row_end, cell_id;
    host::buffer<double> total;
    row_room mending;
    counts<scale::raw> through_hdf5;
    std::int64_t through_hdf5_first = 0;

    /// Forgets the file that it was used for, and keeps the memory: a reader of many files needs one room.
    void turn_to(std::shared_ptr<const state> file) {
      of = std::move(file);
      gene_piece.piece = value_piece.piece = piece_room::none;
      through_hdf5.clear();
      through_hdf5_first = 0;
    }
  };

  /// in     where: as in read_options, or nothing: wherever the raw counts are
  h5ad_cells(const std::string& path, const read_options& options, const std::optional<std::string>& where);

  [[nodiscard]] std::int64_t n_cells() const { return state_->about.n_cells; }
  [[nodiscard]] const gene_table& genes() const { return state_->about.genes; }
  [[nodiscard]] const std::string& path() const { return state_->file.path(); }
  /// Which matrix of the file: "/X", "/layers/counts".
  [[nodiscard]] const std::string& matrix() const { return state_->about.matrix; }
  /// How its cells are fetched, for whoever wonders why a file is slow.
  [[nodiscard]] cell_access access() const { return state_->about.access; }

  [[nodiscard]] counts_view<scale::raw> read(std::int64_t first, std::int64_t n, room& own) const;
  /// The most counts that these cells can have: what the file stores of them. Nothing where only reading them tells (dense).
  [[nodiscard]] std::optional<std::int64_t> stored_counts(std::int64_t first, std::int64_t n) const;

 private:
  void check_cells(std::int64_t first, std::int64_t n) const;
  [[nodiscard]] bool read_directly(std::int64_t first, std::int64_t n, room& own) const;
  [[nodiscard]] counts_view<scale::raw> read_through_hdf5(std::int64_t first, std::int64_t n, std::int64_t most,
                                                          room& own) const;

  std::shared_ptr<const state> state_;
};

inline h5ad_cells::h5ad_cells(const std::string& path, const read_options& options, const std::optional<std::string>& where) {
  auto opened = std::make_shared<state>(path, options);
  h5ad_outline& about = opened->about;
  about = isolated(path, options, [&] {
    hdf5::source from(path, options);
    return anndata::outline_of(from, where ? *where : anndata::find_raw_counts(from));
  });
  // The child may have read anything: what it says is checked here before it is used.
  opened->file.check_same_path();
  const bool direct = about.access == cell_access::direct;
  if (about.n_cells < 0 || about.genes.id.size() != about.genes.symbol.size() || (direct && !about.by_cell) ||
      (direct && about.value.size != about.gene.size) || (about.by_cell && about.position.empty()) ||
      (about.access == cell_access::in_memory && about.all.n_cells() != about.n_cells))
    refuse(path, in_quotes(about.matrix), "its parts do not fit each other; the file is damaged: get it again");
  if (about.by_cell) {
    const std::int64_t stored = direct ? static_cast<std::int64_t>(about.gene.size) : about.position.back();
    check_positions(about.position, about.n_cells, stored, path, about.matrix + "/indptr");
  }
  if (direct) {
    check_pieces(about.gene, opened->file);
    check_pieces(about.value, opened->file);
  }
  opened->rules.emplace(path, about.value.where, opened->no_names, about.genes);
  state_ = std::move(opened);
}

inline void h5ad_cells::check_cells(std::int64_t first, std::int64_t n) const {
  const std::int64_t cells = n_cells();
  if (first < 0 || n < 0 || n > cells || first > cells - n)
    throw bad_option("cells [" + std::to_string(first) + ", " + std::to_string(first) + " + " + std::to_string(n) +
                     ") were asked for, but " + in_quotes(path()) + " has " + std::to_string(cells) +
                     " cells; ask for cells that it has");
}

inline std::optional<std::int64_t> h5ad_cells::stored_counts(std::int64_t first, std::int64_t n) const {
  check_cells(first, n);
  const h5ad_outline& about = state_->about;
  if (about.by_cell) return about.position[usize(first + n)] - about.position[usize(first)];
  if (about.access != cell_access::in_memory) return {};
  return n == 0 ? 0 : about.all.row_end[usize(first + n - 1)] - about.all.row_begin[usize(first)];
}

inline counts_view<scale::raw> h5ad_cells::read(std::int64_t first, std::int64_t n, room& own) const {
  const h5ad_outline& about = state_->about;
  check_cells(first, n);
  if (own.of != state_) own.turn_to(state_);
  if (about.access == cell_access::in_memory) return about.all.view().part(first, n);
  state_->file.check_unchanged();
  if (about.access == cell_access::through_hdf5) {
    constexpr std::int64_t worth_a_process = 1 << 21, bytes_each = 64;  // values: a child is started for each reading
    return read_through_hdf5(first, n, std::min(worth_a_process, state_->options.max_bytes / bytes_each), own);
  }
  // Whatever is odd about these cells, the reader of whole files knows a way or a sentence.
  if (!read_directly(first, n, own)) return read_through_hdf5(first, n, 0, own);
  const std::size_t cells = usize(n);
  const auto some = [](const auto& v, std::size_t size) { return std::span(v).first(size); };
  const std::size_t kept = n == 0 ? 0 : usize(own.row_end[cells - 1]);
  return {about.genes.size(),
          some(own.row_begin, cells),
          some(own.row_end, cells),
          some(own.gene, kept),
          some(own.value, kept),
          some(own.total, cells),
          cell_axis<>(some(own.cell_id, cells))};
}

/// out  false where a value or a gene is refused: nothing has been decided then
inline bool h5ad_cells::read_directly(std::int64_t first, std::int64_t n, room& own) const {
  const h5ad_outline& about = state_->about;
  const std::int32_t n_genes = about.genes.size();
  const std::span<const std::int64_t> place = about.position;
  const auto stored = static_cast<std::uint64_t>(place[usize(first + n)] - place[usize(first)]);
  constexpr std::uint64_t each = sizeof(std::int32_t) + sizeof(float);
  if (stored > static_cast<std::uint64_t>(state_->options.max_bytes) / each)
    refuse(path(), in_quotes(about.matrix),
           "reading " + std::to_string(n) + " cells at once needs " + std::to_string(stored * each) +
               " bytes; read fewer at a time, or raise max_bytes");
  // Buffers only grow: resizing down and up again would fill them with zeros each time.
  const auto at_least = [](auto& v, std::size_t size) {
    if (v.size() < size) v.resize(size);
  };
  at_least(own.gene, static_cast<std::size_t>(stored));
  at_least(own.value, static_cast<std::size_t>(stored));
  for (auto* v : {&own.row_begin, &own.row_end, &own.cell_id}) at_least(*v, usize(n));
  at_least(own.total, usize(n));

  constexpr std::int64_t fits_in_cache = 1 << 14;  // values that are fetched, checked and added up before the next ones
  std::int64_t kept = 0;
  for (std::int64_t cell = first; cell < first + n;) {
    std::int64_t next = cell + 1;
    while (next < first + n && place[usize(next) + 1] - place[usize(cell)] <= fits_in_cache) ++next;
    const std::int64_t from = place[usize(cell)], size = place[usize(next)] - from, to = kept;
    met all;
    const auto fetch = [&](const chunked_array& array, piece_room& piece, auto out, auto narrow) {
      while (!out.empty()) {
        const auto at = static_cast<std::uint64_t>(from + size) - out.size();
        const stored_values some = values_from(state_->file, array, at, out.size(), piece);
        const met now = narrow(array.type, some.bytes, out.first(static_cast<std::size_t>(some.n)));
        all.refused |= now.refused;
        all.zeros |= now.zeros;
        out = out.subspan(static_cast<std::size_t>(some.n));
      }
    };
    fetch(about.gene, own.gene_piece, std::span(own.gene).subspan(usize(to), usize(size)), narrow_genes);
    fetch(about.value, own.value_piece, std::span(own.value).subspan(usize(to), usize(size)), narrow_counts);
    if (all.refused) return false;
    for (; cell < next; ++cell) {
      const std::int64_t begin = to + place[usize(cell)] - from, end = to + place[usize(cell) + 1] - from;
      const auto genes = std::span<const std::int32_t>(own.gene).subspan(usize(begin), usize(end - begin));
      const bool in_order = ascending(genes);
      if (in_order ? !genes.empty() && (genes.front() < 0 || genes.back() >= n_genes) : !in_range(genes, n_genes)) return false;
      const std::size_t row = usize(cell - first);
      own.row_begin[row] = kept;
      if (in_order && !all.zeros && begin == kept) {
        kept = end;
      } else {
        try {
          kept = tidy_row<scale::raw>(own.gene, own.value, begin, end, kept, cell, *state_->rules, own.mending);
        } catch (const bad_data&) {  // values of one place add up to too much; named by the other way
          return false;
        }
      }
      own.row_end[row] = kept;
      own.cell_id[row] = cell;
      own.total[row] = total_of(std::span(own.value).subspan(usize(own.row_begin[row]), usize(kept - own.row_begin[row])));
    }
  }
  return true;
}

/// Reads as many cells onward as `most` values have, where the reader goes through the file in order.
inline counts_view<scale::raw> h5ad_cells::read_through_hdf5(std::int64_t first, std::int64_t n, std::int64_t most,
                                                             room& own) const {
  const h5ad_outline& about = state_->about;
  counts<scale::raw>& window = own.through_hdf5;
  const std::int64_t window_end = own.through_hdf5_first + window.n_cells();
  if (first < own.through_hdf5_first || first + n > window_end) {
    std::int64_t cells = n;
    const auto values_up_to = [&](std::int64_t end) {
      return about.by_cell ? about.position[usize(end)] - about.position[usize(first)] : (end - first) * about.genes.size();
    };
    if (first == window_end)
      while (first + cells < about.n_cells && values_up_to(first + cells + 1) <= most) ++cells;
    window.clear();
    window = isolated(path(), state_->options, [&] {
      hdf5::source from(path(), state_->options);
      try {
        return anndata::read_cells(from, about, first, cells, {});
      } catch (const bad_data&) {  // once more, and this time with the names of the cells, which the sentence needs
        return anndata::read_cells(from, about, first, cells, anndata::read_table(from, "/obs").index);
      }
    });
    own.through_hdf5_first = first;
    if (window.n_cells() != cells)
      refuse(path(), in_quotes(about.matrix), "its cells are not all there; the file is damaged: get it again");
  }
  return window.view().part(first - own.through_hdf5_first, n);
}

/// Opens one matrix of an AnnData file as a source of cells: `model.fit(io::open_cells("atlas.h5ad"))`.
/// in     options.where: "X", "raw/X", "layers/NAME"; the matrix must hold raw counts
/// out    a cell_source: counts [cells, genes], raw, as read_h5ad gives them; total filled; cell_id = position in the file.
///        Shared by threads, each with a room of its own; cells in ascending order are read fastest, any order is right
/// errors bad_data as read_h5ad, when cells are read that have them; obs is not looked into. bad_data where a piece lies
///        outside of the file or does not unpack, where the file changes, where a batch needs more than options.max_bytes
/// cost   opening: O(cells + genes + pieces), in a child process. Reading: sparse by cell (csr), O(values), no memory but a
///        batch, and a piece of the file. Dense, or rare filters: through libhdf5, 2 million values at a time in a child
///        process. Sparse by gene (csc): opening reads everything, and the matrix stays in memory
/// repeat bit-equal for any batches, order and number of threads
[[nodiscard]] inline h5ad_cells open_cells(const std::string& path, const read_options& options = {}) {
  return h5ad_cells(path, options, options.where);
}

/// The same for the raw counts wherever the file keeps them, in the order of read_raw_counts.
/// cost   opening reads the values of the matrices that it tries
[[nodiscard]] inline h5ad_cells open_raw_counts(const std::string& path, const read_options& options = {}) {
  return h5ad_cells(path, options, {});
}

static_assert(cell_source<h5ad_cells>);

}  // namespace tepui::io
