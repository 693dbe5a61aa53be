#pragma once
/// Lets an encoder, and token vectors where it has them, learn from cells without labels.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <tepui/compose/pipeline.hpp>
#include <tepui/train/loop.hpp>

namespace tepui::train {

/// A fitted pipeline that has learned: embeds, saves and loads as any other, and knows how it learned.
template <class Fitted>
struct pretrained : Fitted {
  training_report report;
};

/// How many stages at the end of a composition learn by steps: an encoder of counts alone, or token vectors and an encoder.
template <class... Stages>
inline constexpr std::size_t learning_stages = encode::reads_counts<fitted_t<std::tuple_element_t<sizeof...(Stages) - 1, std::tuple<Stages...>>>> ? 1 : 2;

/// The stages of a tuple in front of those that learn by steps.
template <class... Stages>
[[nodiscard]] auto front_of(const std::tuple<Stages...>& stages) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::tuple(std::get<I>(stages)...);
  }(std::make_index_sequence<sizeof...(Stages) - learning_stages<Stages...>>{});
}

/// Whether a pipeline ends with stages that learn by steps, and its tokens carry what is asked about.
/// types   Needs: the channels that the objective reads            errors  does not compile, with one sentence, where it does not
template <class Needs, class... Stages>
[[nodiscard]] consteval bool check_learns() {
  constexpr std::size_t n = sizeof...(Stages);
  using all = std::tuple<Stages...>;
  if constexpr (n > 0 && encode::reads_counts<fitted_t<std::tuple_element_t<(n > 0 ? n - 1 : 0), all>>>) {
    constexpr bool carried = channels_within<Needs, channels<channel::value>>;
    static_assert(carried, "tepui: the objective asks about a channel other than the counts, which is all that an encoder of counts reads; "
                           "take an objective that asks about cells or counts, or a transformer behind token vectors");
    return carried;
  } else {
    static_assert(n >= 3, "tepui: to learn by steps a pipeline needs a tokenizer, token vectors and an encoder that learns; write "
                          "compose(rank<>{}, token_vectors<learned<128>>{}, transformer<>{}), or end it with an encoder of counts, such "
                          "as encode::mlp_encoder");
    if constexpr (n >= 3) {
      constexpr bool vectors = std::is_same_v<typename std::tuple_element_t<n - 2, all>::kind, kind::embedder>;
      static_assert(vectors, "tepui: an encoder that learns by steps stands behind token vectors; put embed::token_vectors in front of it");
      constexpr bool learns = requires { fitted_t<std::tuple_element_t<n - 1, all>>::embed_after; };
      static_assert(!vectors || learns,
                    "tepui: this encoder has nothing that learns by steps; end the pipeline with encode::transformer or another token_encoder");
      if constexpr (vectors && learns) {
        using tokens = typename std::tuple_element_t<n - 3, all>::gives;
        constexpr bool carried = channels_within<Needs, typename tokens::channel_list>;
        static_assert(carried, "tepui: the objective asks about a channel (a value, a bin) that this tokenizer does not write beside its tokens; "
                               "take a tokenizer that does, such as tokenize::binned, or an objective that asks about genes");
        return carried;
      }
    }
    return false;
  }
}

/// Whether the model's counts are of the scale that the objective asks about (a likelihood of counts: raw).
template <class Objective, class... Stages>
[[nodiscard]] consteval bool check_scale() {
  if constexpr (requires { typename Objective::scale; }) {
    using encoder = std::tuple_element_t<sizeof...(Stages) - 1, std::tuple<Stages...>>;
    constexpr bool fits = std::is_same_v<typename encoder::takes, port::counts<typename Objective::scale>> || !encode::reads_counts<fitted_t<encoder>>;
    static_assert(fits, "tepui: this objective is a likelihood of raw counts, but the encoder takes others; end the pipeline with an encoder "
                        "that takes port::counts<scale::raw>, such as encode::scvi_encoder, without normalise or log1p in front");
    return fits;
  }
  return true;
}

/// The token vectors at the end of some fitted stages, or what stands in their place where the encoder reads counts.
template <class... Stages>
[[nodiscard]] auto embedder_of(const std::tuple<Stages...>& stages) {
  if constexpr (learning_stages<Stages...> == 2) {
    return std::get<sizeof...(Stages) - 2>(stages);
  } else {
    return counts_as_tokens{};
  }
}
/// Stages in front, token vectors where there are any, and an encoder, as one tuple.
template <class... Front, class Embedder, class Encoder>
[[nodiscard]] auto stages_of(std::tuple<Front...> front, Embedder embedder, Encoder encoder) {
  if constexpr (std::is_same_v<Embedder, counts_as_tokens>) {
    return std::tuple_cat(std::move(front), std::tuple(std::move(encoder)));
  } else {
    return std::tuple_cat(std::move(front), std::tuple(std::move(embedder), std::move(encoder)));
  }
}
/// Rows of the table of token vectors; of genes where there is none.
template <class Embedder>
[[nodiscard]] std::int32_t n_rows_of(const Embedder& embedder, const gene_table& words) {
  if constexpr (std::is_same_v<Embedder, counts_as_tokens>) {
    return words.size();
  } else {
    return static_cast<std::int32_t>(embedder.identity.n_rows());
  }
}

/// Numbers of a cell (or token) that a head sees.
template <class Encoder>
[[nodiscard]] consteval int learned_dims() {
  if constexpr (encode::reads_counts<Encoder>) {
    return Encoder::state_dims;
  } else {
    return Encoder::dims;
  }
}

/// What an objective must know of the words of a tokenizer.
/// in     words of the vocabulary; rows of the table of token vectors, of which those behind the vocabulary are free for the mask
[[nodiscard]] inline objective::token_facts facts_of(const gene_table& words, std::int32_t n_rows) {
  objective::token_facts facts{words.size(), n_rows, -1, {}, &words};
  for (std::int32_t w = 0; w < words.size(); ++w) {
    const std::string& text = words.symbol[usize(w)];
    if (!words.id[usize(w)].empty() || (!text.empty() && text[0] != '<' && text[0] != '[')) continue;
    facts.special.push_back(w);
    if (text == "<mask>" || text == "[MASK]") facts.mask_id = w;
  }
  if (facts.mask_id < 0 && n_rows > words.size()) facts.mask_id = words.size();
  return facts;
}

/// The genes, or words, behind all stages of a tuple.
template <class... Stages>
[[nodiscard]] gene_table genes_behind(const std::tuple<Stages...>& stages, gene_table genes) {
  std::apply([&](const auto&... stage) { ((genes = genes_after(stage, genes)), ...); }, stages);
  return genes;
}

/// What a checkpoint remembers of a corpus and of a model's type: cells and genes, and a number that others would not have.
template <cell_source Source>
[[nodiscard]] std::string corpus_text(const Source& corpus, std::string_view type) {
  std::uint64_t number = kernel::hash_text(type);
  for (const auto* names : {&corpus.genes().id, &corpus.genes().symbol})
    for (const std::string& name : *names) number = kernel::mix64(number ^ kernel::hash_text(name));
  return std::to_string(corpus.n_cells()) + " cells of " + std::to_string(corpus.genes().size()) + " genes (" + std::to_string(number) + ")";
}

/// The weights of the head that learning left, and what it did.
struct learned_head {
  layer::memory<float> weights;
  training_report report;
};

/// Lets token vectors and an encoder learn from the weights that they have, and a head from weights that are drawn.
/// in     part: what of it learns; identity: a text of everything that decides the result            out    embedder and encoder
///        with their new weights, and the head's
/// errors, repeat  as learn_by_steps
template <class Net, class Embedder, class Encoder, class Head, class Communicator>
[[nodiscard]] learned_head learn_weights(Embedder& embedder, Encoder& encoder, const Head& head, auto& stream, const training_options& options,
                                         trained_part part, const std::string& identity, Communicator& ranks) {
  const Net net{&embedder, &encoder, &head};
  trainer<Net> learner(net, options.update, options.cut, part, options.threads, ranks.size());
  const std::span<float> w(learner.w.data(), learner.w.size());
  const auto of_embedder = w.first(embedder.weights.size()), of_encoder = w.subspan(of_embedder.size(), encoder.weights.size()),
             of_head = w.subspan(of_embedder.size() + of_encoder.size());
  std::copy(embedder.weights.begin(), embedder.weights.end(), of_embedder.begin());
  std::copy(encoder.weights.begin(), encoder.weights.end(), of_encoder.begin());
  layer::draw_weights(head, kernel::draws(options.seed, "head"), of_head);
  training_report report = learn_by_steps(learner, net, stream, options, identity, ranks);
  std::copy(of_embedder.begin(), of_embedder.end(), embedder.weights.begin());
  std::copy(of_encoder.begin(), of_encoder.end(), encoder.weights.begin());
  return {layer::memory<float>(of_head.begin(), of_head.end()), std::move(report)};
}

/// Fits the stages in front (medians, vocabularies) to the corpus, draws the weights of the last two, and lets them learn.
/// in     a pipeline that ends with token vectors and an encoder of tokens, or with an encoder of counts; an objective; a source of cells, read block by block and
///        never held; ranks: `alone`, or mpi_ranks of train/mpi.hpp
/// out    the fitted pipeline with a report: pretrain(model, masked_genes{}, cells_of(atlas), {.steps = 2000}).embed(test)
/// errors bad_option, bad_data: settings, cells or a checkpoint that do not fit; a loss that is not finite
/// repeat bit-equal for any number of threads and ranks, and for a run that was interrupted and resumed
/// cost   see encode::transformer; memory: 12 bytes a weight, 4 more a shard, what the layers keep of cut.tokens tokens (or of the
///        longest cell) a thread, and the tokens of a window of cells
template <class... Stages, class Objective, cell_source Source, class Communicator = alone>
[[nodiscard]] pretrained<typename pipeline<Stages...>::fitted> pretrain(const pipeline<Stages...>& model, const Objective& ask,
                                                                        const Source& corpus, const training_options& options,
                                                                        Communicator&& ranks = Communicator{}) {
  if constexpr (check_learns<typename Objective::needs, Stages...>() && check_scale<Objective, Stages...>()) {
    options.check();
    const auto fitted = model.fit(corpus, {.seed = options.seed, .threads = options.threads, .extra_tokens = 1});
    auto embedder = embedder_of(fitted.stages());
    auto encoder = std::get<sizeof...(Stages) - 1>(fitted.stages());
    const auto front = front_of(fitted.stages());
    using embedder_type = decltype(embedder);
    using encoder_type = decltype(encoder);

    const gene_table words = genes_behind(front, corpus.genes());
    auto head = ask.template bind<learned_dims<encoder_type>()>(facts_of(words, n_rows_of(embedder, words)));
    using net_type = network<embedder_type, encoder_type, decltype(head), typename Objective::needs>;
    const stream_settings mixing{options.seed, options.block, options.window, options.validation_share, options.validation_cells};
    auto stream = make_stream<typename net_type::channel_list>(corpus, front, embedder, options.seed, mixing);
    if constexpr (requires { head.count(stream.validation().view()); })
      stream.each_window([&](const auto& cells) { head.count(cells); });

    const std::string identity = "pretrain " + fitted.describe() + " for " + ask.describe() + " on " +
                                 corpus_text(corpus, typeid(net_type).name()) + "; " + options.describe();
    const auto learned = learn_weights<net_type>(embedder, encoder, head, stream, options, {}, identity, ranks);
    return {{stages_of(front, std::move(embedder), std::move(encoder)), fitted.genes(), options.seed}, learned.report};
  } else {
    return {};
  }
}
template <class... Stages, class Objective, class Scale, class Communicator = alone>
[[nodiscard]] auto pretrain(const pipeline<Stages...>& model, const Objective& ask, const dataset<Scale>& corpus,
                            const training_options& options, Communicator&& ranks = Communicator{}) {
  return pretrain(model, ask, cells_of(corpus), options, ranks);
}

/// A pipeline and how it is to be pretrained, in the place of a pipeline: in a grid, its `fit` pretrains.
/// write  without_tokenizer("transformer", pretraining(compose(...), masked_genes{}, {.steps = 2000}))
template <class Pipeline, class Objective>
struct pretraining {
  Pipeline model;
  Objective ask;
  training_options options;

  pretraining(Pipeline m, Objective a, training_options o) : model(std::move(m)), ask(std::move(a)), options(std::move(o)) {}

  [[nodiscard]] std::string describe() const { return model.describe() + "; pretrained: " + ask.describe() + "; " + options.describe(); }
  template <cell_source Source>
  [[nodiscard]] auto fit(const Source& corpus, const fit_options& fit) const {
    training_options own = options;
    own.seed = fit.seed;
    own.threads = fit.threads;
    return pretrain(model, ask, corpus, own);
  }
  /// The same with weights as they are drawn.
  [[nodiscard]] auto untrained() const { return model.untrained(); }
};

}  // namespace tepui::train
