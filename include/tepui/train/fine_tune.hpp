#pragma once
/// Lets a model that has learned without labels learn labels.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tepui/kernel/softmax.hpp>
#include <tepui/objective/cell_labels.hpp>
#include <tepui/train/pretrain.hpp>

namespace tepui::train {

/// Which part of a model learns labels.
struct learning_layers {
  int last = -1;  ///< so many of the last blocks, and what stands behind them; below 0: everything, token vectors included

  [[nodiscard]] static learning_layers frozen() { return {0}; }  ///< nothing but the classifier on top
  [[nodiscard]] static learning_layers last_blocks(int n) { return {n}; }
  [[nodiscard]] static learning_layers all() { return {-1}; }
};

/// A model with a classifier on top.
template <class Fitted, int Dims>
struct classifier {
  Fitted model;
  objective::cell_labels_head<Dims> head;
  layer::memory<float> weights;  ///< of the head
  training_report report;

  /// The share that each label has, as the model guesses.
  /// in     cells, any genes            out    [cells, labels], rows sum to 1            errors, repeat  as embed
  template <class Source>
  [[nodiscard]] std::vector<float> shares(const Source& cells, const embed_options& options = {}) const {
    const auto embedding = model.embed(cells, options);
    std::vector<float> out(usize(embedding.n_cells() * head.n_labels));
    typename objective::cell_labels_head<Dims>::template room<float> room;
    head.scores(std::span<const float>(weights), std::span<const float>(embedding.value), std::span<float>(out), room);
    for (std::int64_t c = 0; c < embedding.n_cells(); ++c) kernel::softmax(std::span(out).subspan(usize(c * head.n_labels), usize(head.n_labels)));
    return out;
  }
  /// The label with the largest share; ties: the lower.                                            -> [cells]
  template <class Source>
  [[nodiscard]] std::vector<std::int32_t> predict(const Source& cells, const embed_options& options = {}) const {
    const auto share = shares(cells, options);
    std::vector<std::int32_t> out;
    for (auto row = share.begin(); row != share.end(); row += head.n_labels)
      out.push_back(static_cast<std::int32_t>(std::max_element(row, row + head.n_labels) - row));
    return out;
  }
};

/// Trains a classifier on the cells' embeddings, and with it as much of the model as wanted.
/// in     a pretrained (or only fitted) pipeline that ends with token vectors and an encoder of tokens, or with an encoder of counts; cells whose genes are the
///        pipeline's own, or others, which are matched; label [cells] from 0, below 0 where a cell has none; their number
/// out    a classifier. The cell's vector is made behind the last block, also where the pipeline embeds behind an earlier one
/// errors bad_option, bad_data: labels that do not fit; as pretrain
/// repeat as pretrain            cost   as pretrain; frozen: forward only
template <class... Stages, cell_source Source, class Communicator = alone>
[[nodiscard]] auto fine_tune(const fitted_pipeline<Stages...>& model, const Source& cells, std::span<const std::int32_t> label,
                             std::int32_t n_labels, const training_options& options, learning_layers learns = learning_layers::all(),
                             Communicator&& ranks = Communicator{}) {
  if constexpr (check_learns<channels<>, Stages...>()) {
    constexpr std::size_t n = sizeof...(Stages);
    using embedder_type = decltype(embedder_of(model.stages()));
    using encoder_type = typename std::tuple_element_t<n - 1, std::tuple<Stages...>>::behind_all_blocks;
    constexpr int dims = encoder_type::dims;

    options.check();
    if (isize(label.size()) != cells.n_cells())
      throw bad_option("there are " + std::to_string(label.size()) + " labels for " + std::to_string(cells.n_cells()) +
                       " cells; give one for each, below 0 where there is none");
    if (learns.last > encoder_type::blocks_type::layers)
      throw bad_option("the last " + std::to_string(learns.last) + " blocks cannot learn, because the encoder has " +
                       std::to_string(encoder_type::blocks_type::layers) + "; give that many or fewer, or learning_layers::all()");

    const auto front = front_of(model.stages());
    embedder_type embedder = embedder_of(model.stages());
    encoder_type encoder;
    encoder.weights = std::get<n - 1>(model.stages()).weights;
    if constexpr (encode::reads_counts<encoder_type>) encoder.genes = std::get<n - 1>(model.stages()).genes;
    using aligned = aligned_source<Source>;
    const aligned source(cells, model.genes(), match_genes(model.genes(), cells.genes(), 0.5));
    auto known = std::make_shared<objective::labels_by_cell>();
    typename aligned::room room;
    for (std::int64_t first = 0; first < cells.n_cells(); first += options.block) {
      const auto part = source.read(first, std::min(options.block, cells.n_cells() - first), room);
      for (std::int64_t c = 0; c < part.n_cells(); ++c) (*known)[part.cells.id[usize(c)]] = label[usize(first + c)];
    }

    const objective::cell_labels ask{known, n_labels};
    auto head = ask.bind<dims>({});
    using net_type = network<embedder_type, encoder_type, decltype(head)>;
    const stream_settings mixing{options.seed, options.block, options.window, options.validation_share, options.validation_cells};
    auto stream = make_stream<typename net_type::channel_list>(source, front, embedder, options.seed, mixing);
    const bool everything = learns.last < 0;
    const trained_part part{everything, everything ? 0 : encoder_type::blocks_type::layers - learns.last};
    const std::string identity = "fine_tune " + model.describe() + " for " + ask.describe() + " on " + corpus_text(cells, typeid(net_type).name()) +
                                 ", last " + std::to_string(learns.last) + "; " + options.describe();
    auto learned = learn_weights<net_type>(embedder, encoder, head, stream, options, part, identity, ranks);
    auto stages = stages_of(front, std::move(embedder), std::move(encoder));
    using fitted = decltype([]<class... S>(std::type_identity<std::tuple<S...>>) {
      return std::type_identity<fitted_pipeline<S...>>{};
    }(std::type_identity<decltype(stages)>{}));
    return classifier<typename fitted::type, dims>{typename fitted::type(std::move(stages), model.genes(), options.seed), std::move(head),
                                                   std::move(learned.weights), std::move(learned.report)};
  } else {
    return 0;  // check_learns has said why
  }
}
template <class... Stages, class Scale, class Communicator = alone>
[[nodiscard]] auto fine_tune(const fitted_pipeline<Stages...>& model, const dataset<Scale>& cells, std::span<const std::int32_t> label,
                             std::int32_t n_labels, const training_options& options, learning_layers learns = learning_layers::all(),
                             Communicator&& ranks = Communicator{}) {
  return fine_tune(model, cells_of(cells), label, n_labels, options, learns, ranks);
}

}  // namespace tepui::train
