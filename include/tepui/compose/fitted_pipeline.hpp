#pragma once
/// A pipeline that has learned: knows its genes, embeds new cells, and can be kept in a file.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/compose/align.hpp>
#include <tepui/compose/flow_through.hpp>
#include <tepui/compose/keep.hpp>
#include <tepui/flow/cell_source.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/version.hpp>

namespace tepui {

/// Cells that pass through a pipeline together. A batch's size never changes a result; this one keeps its tokens in cache.
inline constexpr std::int64_t cells_per_batch = 256;
/// The same for stages among which one makes vectors of tokens, whose memory is a hundred times that of the tokens.
template <class... Stages>
inline constexpr std::int64_t cells_per_batch_of = (std::is_same_v<typename Stages::kind, kind::embedder> || ...) ? 16 : cells_per_batch;

/// Settings of `embed` and `tokens`.
struct embed_options {
  int threads = 1;
  double min_share = 0.5;  ///< the smallest share of the pipeline's genes that new data must have
  std::string source = "the data";
};

template <class... Stages>
[[nodiscard]] std::string describe_stages(const std::tuple<Stages...>& stages) {
  std::string text;
  std::apply([&](const auto&... stage) { ((text += (text.empty() ? "" : " | ") + description_of(stage)), ...); }, stages);
  return text;
}

/// A composition whose stages are all fitted, with the genes that it was fitted on.
template <class... Stages>
class fitted_pipeline {
 public:
  static constexpr std::int64_t together = cells_per_batch_of<Stages...>;  ///< cells that pass through at once

  fitted_pipeline() = default;
  fitted_pipeline(std::tuple<Stages...> stages, gene_table genes, std::uint64_t seed)
      : stages_(std::move(stages)), genes_(std::move(genes)), seed_(seed) {}

  [[nodiscard]] const std::tuple<Stages...>& stages() const { return stages_; }
  [[nodiscard]] const gene_table& genes() const { return genes_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::string describe() const { return describe_stages(stages_); }

  template <counts_like View>
  using rooms_for = rooms<entry_port<View>, typename View::place, Stages...>;

  /// One batch through all stages; the genes must be the pipeline's own. `room` belongs to the caller's thread.
  /// in     counts [cells, genes]            out    a view of what the last stage gives, alive as long as `room`
  /// cost   nothing is allocated once `room` has seen the largest batch
  template <counts_like View>
  [[nodiscard]] auto run(const View& batch, rooms_for<View>& room) const {
    return send_through(stages_, batch, room, seed_);
  }

  /// Embeds cells. Genes are matched to those of the training cells.
  /// in     a dataset or a cell_source [cells, any genes]            out    float [cells, dims], with the cells' ids
  /// errors bad_data where fewer than `min_share` of the pipeline's genes are there
  /// repeat bit-equal for any number of threads and any batch size
  template <cell_source Source>
  [[nodiscard]] embedding_batch<typename view_of_t<Source>::place> embed(const Source& source,
                                                                         const embed_options& options = {}) const {
    using view = view_of_t<Source>;
    constexpr bool ends_well = std::is_same_v<typename rooms_for<view>::last_port, port::embedding>;
    static_assert(ends_well,
                  "tepui: this pipeline does not end with an encoder, so it gives no embedding; put one last, or ask for "
                  "tokens()");
    embedding_batch<typename view::place> out;
    if constexpr (ends_well && check_entry<view, Stages...>()) {
      const auto write = [&](std::int64_t first, const auto& rows) {
        if (first == 0) out.resize(source.n_cells(), rows.n_columns);
        std::copy(rows.value.begin(), rows.value.end(), out.value.begin() + first * out.n_columns);
        std::copy(rows.cells.id.begin(), rows.cells.id.end(), out.cell_id.begin() + first);
      };
      for_each_batch(source, options, write);
    }
    return out;
  }
  template <class Scale>
  [[nodiscard]] embedding_batch<host> embed(const dataset<Scale>& data, embed_options options = {}) const {
    if (!data.source.empty()) options.source = data.source;
    return embed(cells_of(data), options);
  }

  /// Sends cells through the pipeline and hands what comes out to `visit(first, view)`, batch by batch, without keeping it:
  /// `first` is the position of the batch's first cell in the source, the view lives as long as the call.
  /// order  with one thread that of the source; with more, `visit` is called from all of them, in no order
  /// errors as embed            cost   nothing is held but a batch a thread
  template <cell_source Source, class Visit>
  void each_batch(const Source& source, const embed_options& options, const Visit& visit) const {
    if constexpr (check_entry<view_of_t<Source>, Stages...>()) for_each_batch(source, options, visit);
  }

  /// The tokens of all cells, for a pipeline that ends with a tokenizer.
  /// in     a dataset or a cell_source            out    token_batch, cells in the order of the source
  /// repeat bit-equal for any number of threads and any batch size
  /// cost   with several threads the tokens stand in memory twice while they are put together; each_batch keeps none
  template <cell_source Source>
  [[nodiscard]] auto tokens(const Source& source, const embed_options& options = {}) const {
    using view = view_of_t<Source>;
    using last = typename rooms_for<view>::last_port;
    static_assert(port::is_tokens<last>,
                  "tepui: this pipeline does not end with a tokenizer, so it gives no tokens; take the encoder off, or ask for "
                  "embed()");
    typename last::template buffer<typename view::place> out;
    if constexpr (port::is_tokens<last> && check_entry<view, Stages...>()) {
      out.clear();
      if (options.threads <= 1) {
        for_each_batch(source, options, [&](std::int64_t, const auto& part) { out.append(part); });
      } else {
        std::vector<typename last::template buffer<typename view::place>> parts(usize((source.n_cells() + together - 1) / together));
        for_each_batch(source, options, [&](std::int64_t first, const auto& batch) {
          auto& part = parts[usize(first / together)];
          part.clear();
          part.append(batch);
        });
        for (auto& part : parts) {
          out.append(part.view());
          part = {};
        }
      }
    }
    return out;
  }
  template <class Scale>
  [[nodiscard]] auto tokens(const dataset<Scale>& data, embed_options options = {}) const {
    if (!data.source.empty()) options.source = data.source;
    return tokens(cells_of(data), options);
  }

  /// Everything that must be kept in order to embed again: genes, seed, version, and every stage's settings and arrays.
  [[nodiscard]] named_arrays arrays() const {
    named_arrays kept;
    kept.put("tepui.version", std::vector<std::string>{version_text});
    kept.put("tepui.pipeline", std::vector<std::string>{describe()});
    kept.put("tepui.seed", std::vector<std::int64_t>{static_cast<std::int64_t>(seed_)});
    kept.put("genes.id", genes_.id);
    kept.put("genes.symbol", genes_.symbol);
    each_stage(stages_, [&](const std::string& prefix, const auto& stage) { keep_stage(stage, prefix, kept); });
    return kept;
  }

  /// Learned numbers that are kept, those that only scale genes (medians, deviations) among them.
  [[nodiscard]] std::int64_t n_parameters() const {
    std::int64_t n = 0;
    each_stage(stages_, [&](const std::string&, const auto& stage) { n += n_parameters_of(stage); });
    return n;
  }

  /// The pipeline that `arrays()` came from.
  /// errors bad_data where the arrays were kept by another pipeline (both are named), or by a newer major version
  [[nodiscard]] static fitted_pipeline from(const named_arrays& kept) {
    const std::string& saved_by = first_of<std::string>(kept, "tepui.version");
    if (const std::string major = saved_by.substr(0, saved_by.find('.')); major != std::to_string(version_major))
      throw bad_data("the pipeline was saved by tepui " + saved_by + ", and this is " + version_text +
                     "; fit it again, or load it with version " + major);
    fitted_pipeline out;
    out.genes_ = {kept.get<std::string>("genes.id"), kept.get<std::string>("genes.symbol")};
    if (out.genes_.id.size() != out.genes_.symbol.size())
      throw bad_data("the saved pipeline has " + std::to_string(out.genes_.id.size()) + " gene ids but " +
                     std::to_string(out.genes_.symbol.size()) + " symbols; the file is damaged, save it again");
    out.seed_ = static_cast<std::uint64_t>(first_of<std::int64_t>(kept, "tepui.seed"));
    each_stage(out.stages_, [&](const std::string& prefix, auto& stage) { take_stage(stage, prefix, kept); });
    if (const std::string& was = first_of<std::string>(kept, "tepui.pipeline"); was != out.describe())
      throw bad_data("the saved pipeline is '" + was + "', but it was loaded as '" + out.describe() +
                     "'; load it as the type that it was saved as");
    return out;
  }

 private:
  template <class Source, class Visit>
  void for_each_batch(const Source& source, const embed_options& options, const Visit& visit) const {
    using view = view_of_t<Source>;
    using aligned = aligned_source<Source>;
    const aligned in(source, genes_, match_genes(genes_, source.genes(), options.min_share, options.source));
    struct worker_rooms {
      typename aligned::room source;
      rooms_for<view> stages;
    };
    const std::int64_t n = source.n_cells();
    const std::int64_t batches = (n + together - 1) / together;
    std::vector<std::unique_ptr<worker_rooms>> room(usize(std::max(1, options.threads)));
    const auto one = [&](std::int64_t batch, int worker) {
      auto& mine = room[usize(worker)];
      if (!mine) mine = std::make_unique<worker_rooms>();
      const std::int64_t first = batch * together;
      const auto cells = in.read(first, std::min(together, n - first), mine->source);
      visit(first, run(cells, mine->stages));
    };
    // The first batch runs alone: it tells the width of the result.
    if (batches > 0) one(0, 0);
    kernel::parallel_chunks(batches - 1, options.threads, [&](std::int64_t b, int worker) { one(b + 1, worker); });
  }

  std::tuple<Stages...> stages_;
  gene_table genes_;
  std::uint64_t seed_ = 0;
};

}  // namespace tepui
