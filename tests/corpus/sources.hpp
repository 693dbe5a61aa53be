#pragma once
/// Sources of cells and ways to read them all, for the tests of corpora.

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <tepui/corpus/shuffled.hpp>
#include <tepui/flow/cell_source.hpp>
#include <tepui/simulate/corpus.hpp>

namespace corpus_sources {
using namespace tepui;

/// A cell as it was read, whatever memory it lay in.
struct cell {
  std::int64_t id = 0;
  std::vector<std::int32_t> genes;
  std::vector<float> values;
  double total = 0;
  friend bool operator==(const cell&, const cell&) = default;
};

inline void append(std::vector<cell>& to, const auto& view) {
  for (std::int64_t c = 0; c < view.n_cells(); ++c) {
    const auto genes = view.genes_of(c);
    const auto values = view.values_of(c);
    to.push_back({view.cells.id[usize(c)],
                  {genes.begin(), genes.end()},
                  {values.begin(), values.end()},
                  view.total.empty() ? -1 : view.total[usize(c)]});
  }
}

/// All cells of a source, in its order.
template <cell_source Source>
std::vector<cell> all_of(const Source& source, std::int64_t at_once = 7) {
  std::vector<cell> out;
  typename Source::room room;
  for (std::int64_t first = 0; first < source.n_cells(); first += at_once)
    append(out, source.read(first, std::min(at_once, source.n_cells() - first), room));
  return out;
}

/// What a reader gives until the next epoch begins.
template <class Reader>
std::vector<cell> epoch_of(Reader& reader) {
  std::vector<cell> out;
  for (const std::int64_t epoch = reader.place().epoch; reader.place().epoch == epoch;) append(out, reader.next());
  return out;
}

inline std::vector<std::int64_t> ids_of(const std::vector<cell>& cells) {
  std::vector<std::int64_t> out;
  for (const cell& c : cells) out.push_back(c.id);
  return out;
}

/// A source that knows how much it stores, as files do: the simulator's cells in memory, in a room of the reader's own.
class stored_cells {
 public:
  struct room {
    counts<scale::raw> cells;
  };
  explicit stored_cells(std::int64_t n, std::int64_t forgets = 0)
      : data_(simulate::to_dataset(simulate::corpus({.seed = 2, .cells = std::max<std::int64_t>(n, 1), .genes = 60}), 0, n)),
        forgets_(forgets) {}
  [[nodiscard]] std::int64_t n_cells() const { return data_.n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return data_.genes; }
  [[nodiscard]] std::int64_t stored_counts(std::int64_t first, std::int64_t n) const {
    return n == 0 ? 0 : data_.x.row_end[usize(first + n - 1)] - data_.x.row_begin[usize(first)] - forgets_;
  }
  [[nodiscard]] counts_view<scale::raw> read(std::int64_t first, std::int64_t n, room& own) const {
    if (first <= bad_cell && bad_cell < first + n) throw bad_data("cell " + std::to_string(bad_cell) + " is damaged");
    own.cells.clear();
    own.cells.n_genes = data_.x.n_genes;
    const auto view = data_.x.view();
    for (std::int64_t c = first; c < first + n; ++c) {
      own.cells.add_cell(c, view.genes_of(c), view.values_of(c));
      own.cells.total.push_back(view.total[usize(c)]);
    }
    return own.cells.view();
  }
  std::int64_t bad_cell = -1;

 private:
  dataset<> data_;
  std::int64_t forgets_;
};

/// A folder of this process that goes away with it.
inline std::string scratch(const std::string& name) {
  struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("tepui_corpus_" + std::to_string(::getpid()));
    folder() { std::filesystem::create_directories(path); }
    ~folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const folder here;
  return (here.path / name).string();
}

}  // namespace corpus_sources
