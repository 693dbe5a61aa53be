#pragma once
/// Stages put one behind the other as one static type, and what becomes of it when it has learned from training cells.

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <tepui/compose/align.hpp>
#include <tepui/compose/flow_through.hpp>
#include <tepui/compose/fitted_pipeline.hpp>
#include <tepui/flow/cell_source.hpp>

namespace tepui {

/// Settings of `fit`. The seed decides every random number of the fit and of the embedding; threads change nothing but time.
struct fit_options {
  std::uint64_t seed = 0;
  int threads = 1;
  std::int32_t extra_tokens = 0;  ///< vectors for words that only training uses, such as the mask
};

/// Training cells as the first stages leave them: what a stage's `fit` reads. Borrows the source and the stages.
template <cell_source Source, class... Stages>
class cells_behind {
 public:
  cells_behind(const Source& source, const std::tuple<Stages...>& stages, gene_table genes, std::uint64_t seed)
      : source_(&source), stages_(&stages), genes_(std::move(genes)), seed_(seed) {}

  [[nodiscard]] std::int64_t n_cells() const { return source_->n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return genes_; }

  /// Calls visit(view) for every batch, in the order of the cells. cost  the stages before, once more
  template <class Visit>
  void for_each(Visit&& visit) const {
    typename Source::room source_room;
    rooms<entry_port<view_of_t<Source>>, typename view_of_t<Source>::place, Stages...> room;
    for (std::int64_t first = 0; first < n_cells(); first += cells_per_batch) {
      const auto in = source_->read(first, std::min(cells_per_batch, n_cells() - first), source_room);
      visit(send_through(*stages_, in, room, seed_));
    }
  }

 private:
  const Source* source_;
  const std::tuple<Stages...>* stages_;
  gene_table genes_;
  std::uint64_t seed_;
};

/// An ordered composition of batch stages; the type is the whole experiment up to the embedding.
/// A pipeline cannot embed: `fit` gives one that can.
template <class... Stages>
class pipeline {
 public:
  std::tuple<Stages...> stages;

  pipeline() = default;
  explicit pipeline(std::tuple<Stages...> s) : stages(std::move(s)) {}

  using fitted = fitted_pipeline<fitted_t<Stages>...>;

  /// "normalise(10000) | log1p | pca(50)"
  [[nodiscard]] std::string describe() const { return describe_stages(stages); }

  /// Lets every stage learn from the training cells, left to right, each behind the stages already fitted.
  /// in     training cells: a dataset, or any cell_source (`cells_of(view, genes)` for chosen cells)
  /// out    a fitted_pipeline, bound to the genes of the training cells
  /// errors bad_data from a stage that cannot learn from these cells
  /// cost   each stage that learns reads the cells as often as it needs, through the stages before it
  template <cell_source Source>
  [[nodiscard]] fitted fit(const Source& train, const fit_options& options = {}) const {
    static_assert(sizeof...(Stages) > 0, "tepui: there is nothing to fit in an empty composition; put stages into it");
    if constexpr (sizeof...(Stages) > 0 && check_entry<view_of_t<Source>, Stages...>()) {
      return fitted(fit_from<0>(train, options, std::tuple<>{}, train.genes()), train.genes(), options.seed);
    } else {
      return {};
    }
  }
  template <class Scale>
  [[nodiscard]] fitted fit(const dataset<Scale>& train, const fit_options& options = {}) const {
    return fit(cells_of(train), options);
  }

  /// The same composition with every stage that learns replaced by one that has seen no data.
  [[nodiscard]] auto untrained() const {
    return std::apply([](const auto&... stage) { return tepui::pipeline(std::tuple(untrained_twin(stage)...)); }, stages);
  }

  template <class... Anything>
  void embed(const Anything&...) const {
    static_assert(sizeof...(Anything) == static_cast<std::size_t>(-1),
                  "tepui: this pipeline has not been fitted, so it cannot embed; call `auto fitted = pipeline.fit(train)` and "
                  "embed with what that returns");
  }

 private:
  template <std::size_t I, class Source, class... Done>
  auto fit_from(const Source& train, const fit_options& options, std::tuple<Done...> done, gene_table genes) const {
    if constexpr (I == sizeof...(Stages)) {
      return done;
    } else {
      const auto& stage = std::get<I>(stages);
      using stage_type = std::tuple_element_t<I, std::tuple<Stages...>>;
      if constexpr (needs_fit<stage_type>) {
        auto learned = stage.fit(cells_behind<Source, Done...>(train, done, genes, options.seed),
                                 fit_context{kernel::draws(options.seed, "fit").sub(I), options.threads, options.extra_tokens});
        static_assert(std::is_same_v<decltype(learned), fitted_t<stage_type>>,
                      "tepui: the stage's fit() returns another type than its `using fitted` names; make them the same");
        auto genes_next = genes_after(learned, genes);
        return fit_from<I + 1>(train, options, std::tuple_cat(std::move(done), std::tuple(std::move(learned))),
                               std::move(genes_next));
      } else {
        auto genes_next = genes_after(stage, genes);
        return fit_from<I + 1>(train, options, std::tuple_cat(std::move(done), std::tuple(stage)), std::move(genes_next));
      }
    }
  }
};

namespace composing {

/// The port by which counts enter a first stage: raw where it takes raw, otherwise the first scale that it takes.
template <class S>
[[nodiscard]] consteval auto entry_of() {
  using want = typename S::takes;
  if constexpr (port::accepts<want, port::counts<scale::normalised>> && !port::accepts<want, port::counts<scale::raw>>) {
    return port::counts<scale::normalised>{};
  } else if constexpr (port::accepts<want, port::counts<scale::log1p>> && !port::accepts<want, port::counts<scale::raw>>) {
    return port::counts<scale::log1p>{};
  } else if constexpr (port::accepts<want, port::counts<scale::other>> && !port::accepts<want, port::counts<scale::raw>>) {
    return port::counts<scale::other>{};
  } else {
    return port::counts<scale::raw>{};
  }
}

/// Checks stage after stage and stops at the first sentence.
template <class Have, class S, class... Rest>
[[nodiscard]] consteval bool check_chain() {
  if constexpr (check_connection<Have, S>() && port::accepts<typename S::takes, Have> && sizeof...(Rest) > 0)
    return check_chain<port::given_t<S, Have>, Rest...>();
  return true;
}

template <class S>
inline constexpr bool sound = has_kind<S> && has_name<S> && port::has_ports<S> && (std::is_empty_v<S> || tells_settings<S>);

/// Checks every stage on its own first: what a stage says of itself must hold before two can be compared.
template <class... S>
[[nodiscard]] consteval bool check_each() {
  bool good = true;
  (void)((good = check_stage<S>() && sound<S>) && ...);
  return good;
}

template <class... S>
[[nodiscard]] consteval bool check_composition() {
  if constexpr (check_each<S...>() && sizeof...(S) > 0 && (sound<S> && ...)) {
    using first = std::tuple_element_t<0, std::tuple<S...>>;
    return check_chain<decltype(entry_of<first>()), S...>();
  }
  return true;
}

template <class S>
[[nodiscard]] std::tuple<S> as_stages(S stage) {
  return std::tuple<S>(std::move(stage));
}
template <class... S>
[[nodiscard]] std::tuple<S...> as_stages(pipeline<S...> p) {
  return std::move(p.stages);
}

/// Two lists of stages behind each other. std::tuple_cat does the same and costs a grid of hundreds of pipelines seconds to compile.
template <class... A, class... B>
[[nodiscard]] std::tuple<A..., B...> join(std::tuple<A...> a, std::tuple<B...> b) {
  return [&]<std::size_t... I, std::size_t... J>(std::index_sequence<I...>, std::index_sequence<J...>) {
    return std::tuple<A..., B...>(std::get<I>(std::move(a))..., std::get<J>(std::move(b))...);
  }(std::index_sequence_for<A...>{}, std::index_sequence_for<B...>{});
}
template <class... A>
[[nodiscard]] std::tuple<A...> join(std::tuple<A...> a) {
  return a;
}
template <class A, class B, class C, class... Rest>
[[nodiscard]] auto join(A a, B b, C c, Rest... rest) {
  return join(join(std::move(a), std::move(b)), std::move(c), std::move(rest)...);
}

template <class... S>
[[nodiscard]] pipeline<S...> checked(std::tuple<S...> stages) {
  static_assert(check_composition<S...>());
  return pipeline<S...>(std::move(stages));
}

}  // namespace composing

/// Puts stages, or pipelines, one behind the other.
/// in     stages in the order in which cells pass them            out    pipeline<...> with all stages side by side in its type
/// errors does not compile, with one sentence, where two neighbours do not fit or a stage says too little of itself
template <class... Parts>
[[nodiscard]] auto compose(Parts... parts) {
  return composing::checked(composing::join(composing::as_stages(std::move(parts))...));
}

/// The beginning of a composition written with bars: `tp::from_counts | tp::transform::normalise{} | ...`
inline const pipeline<> from_counts{};

/// The same as compose(pipeline, stage). Where both sides are stages, write `tp::from_counts |` first, or compose(a, b).
template <class... Stages, class Next>
[[nodiscard]] auto operator|(pipeline<Stages...> before, Next next) {
  return compose(std::move(before), std::move(next));
}

}  // namespace tepui
