// Tokenizers and transformers take no memory from the system once their scratch has seen the largest cell, and training takes none
// behind the first steps. A program of its own, because it replaces operator new for the whole of it.
#include <cstdio>
#include <cstdlib>
#include <new>

#include <tepui/tepui.hpp>

namespace {
long n_taken = 0;
}

[[gnu::noinline]] void* operator new(std::size_t n) {
  ++n_taken;
  if (void* const p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t n, std::align_val_t alignment) {
  ++n_taken;
  const auto a = static_cast<std::size_t>(alignment);
  if (void* const p = std::aligned_alloc(a, (n + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace {

namespace tp = tepui;
namespace tk = tepui::tokenize;
namespace e = tepui::tokenize::expression;
namespace c = tepui::tokenize::composition;

int n_wrong = 0;

/// Two rounds over the same cells: the first one finds out how much room is needed, the second one must take none.
void check(const char* what, const auto& model, const tp::dataset<>& cells) {
  const auto fitted = model.fit(cells);
  const auto view = cells.x.view();
  typename std::remove_cvref_t<decltype(fitted)>::template rooms_for<std::remove_cvref_t<decltype(view)>> room;
  (void)fitted.run(view, room);
  const long before = n_taken;
  for (std::int64_t first = 0; first + 50 <= view.n_cells(); first += 50) (void)fitted.run(view.part(first, 50), room);
  if (n_taken != before) {
    std::printf("%s took memory %ld times\n", what, n_taken - before);
    ++n_wrong;
  }
}

template <class Expression, class Composition>
auto of(Expression expression, Composition composition) {
  return tp::compose(tk::tokenizer<tk::identity::columns, Expression, Composition>{{}, std::move(expression), std::move(composition)});
}

/// Steps of training: the first round over the batches finds out how much room is needed, the second one must take none.
template <class Objective>
void check_training(const char* what, const auto& model, const Objective& ask, const tp::simulate::corpus& corpus) {
  namespace train = tp::train;
  const auto fitted = model.fit(corpus, {.seed = 1, .extra_tokens = 1});
  const auto front = train::front_of(fitted.stages());
  constexpr std::size_t last = std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1;
  const auto& embedder = std::get<last - 1>(fitted.stages());
  const auto& encoder = std::get<last>(fitted.stages());
  using embedder_type = std::remove_cvref_t<decltype(embedder)>;
  using encoder_type = std::remove_cvref_t<decltype(encoder)>;
  auto head = ask.template bind<encoder_type::dims>(
      train::facts_of(train::genes_behind(front, corpus.genes()), static_cast<std::int32_t>(embedder.identity.n_rows())));
  using net_type = train::network<embedder_type, encoder_type, decltype(head), typename Objective::needs>;
  const net_type net{&embedder, &encoder, &head};
  train::trainer<net_type> learner(net, {}, {.shards = 4, .tokens = 256}, {}, 1, 1);
  tp::layer::draw_weights(net, tp::kernel::draws(1, "weights"), std::span<float>(learner.w));
  auto stream = train::make_stream<typename net_type::channel_list>(corpus, front, embedder, 1, {.validation_share = 0});
  train::stream_place place;
  std::vector<typename net_type::tokens_type> batches(6);
  for (auto& batch : batches) stream.next(16, place, batch);
  train::alone ranks;
  const tp::kernel::draws asks(1, "asks"), drops(1, "drops");
  long before = 0;
  for (int round = 0; round < 2; ++round) {
    before = n_taken;
    for (std::size_t i = 0; i < batches.size(); ++i) (void)learner.step(batches[i], 1e-3, asks.sub(i), drops.sub(i), ranks);
    (void)learner.loss(batches[0], asks);
  }
  if (n_taken != before) {
    std::printf("a step of training %s took memory: %ld times in a round\n", what, n_taken - before);
    ++n_wrong;
  }
}

}  // namespace

int main() {
  const tp::simulate::corpus corpus({.cells = 400});
  const auto cells = tp::simulate::to_dataset(corpus, 0, corpus.n_cells());
  namespace tr = tp::transform;
  check("rank", tp::compose(tk::rank<100>{}), cells);
  check("rank of medians", tp::compose(tr::normalise{}, tr::gene_medians{}, tk::rank<100>{}), cells);
  check("binned", tp::compose(tk::binned<51, 100>{}), cells);
  check("binned logs", tp::compose(tr::normalise{}, tr::log1p{}, tk::binned<51>{}), cells);
  check("programs", tp::compose(tk::programs<>{.sets = corpus.gene_sets()}), cells);
  check("drawn bins", of(e::quantile_bins<51>{tk::side::random}, c::in_sequence(c::at_random{}, c::truncate<100>{}, c::first{})), cells);
  check("weighted sample", of(e::values{}, c::in_sequence(c::by_expression<>{}, c::weighted_sample<64>{})), cells);
  check("weighted subset", of(e::clipped{}, c::in_sequence(c::all_genes{}, c::weighted_subset<200>{})), cells);
  check("all genes", of(e::floor_bins<5>{}, c::in_sequence(c::all_genes{}, c::expressed_first_at_random{}, c::depth_tokens{})), cells);
  check("by program", of(e::share_of_log{}, c::in_sequence(c::by_expression<>{}, c::by_program{corpus.gene_sets(), true})), cells);

  namespace em = tp::embed;
  namespace ob = tp::objective;
  const auto ranks = tk::rank<64>{};
  const auto bins = tk::binned<51, 64>{};
  const auto genes = em::token_vectors<em::learned<32>, em::no_value, em::sum, em::learned_position<64>>{};
  const auto valued = em::token_vectors<em::learned<32>, em::two_layer<32>>{};
  const tp::encode::transformer<{.layers = 2, .dims = 32, .heads = 2, .dropout_per_mille = 100}> plain;
  const tp::encode::transformer<{.layers = 2,
                                 .dims = 32,
                                 .heads = 2,
                                 .norm = tp::layer::norm_place::after,
                                 .gated = true,
                                 .position = tp::layer::turned::rotary,
                                 .pool = tp::encode::pooled_by::weights}>
      other;
  check("a transformer", tp::compose(ranks, genes, plain), cells);
  check("another transformer", tp::compose(bins, em::token_vectors<em::learned<32>, em::categories<32, 51>>{}, other), cells);
  const auto medians = tp::compose(tr::normalise{}, tr::log1p{}, tk::rank<64>{});
  check_training("on hidden genes", tp::compose(ranks, genes, plain), ob::masked_genes<>{}, corpus);
  check_training("on hidden genes, another transformer", tp::compose(ranks, genes, other), ob::masked_genes<ob::output::own, ob::front::bert>{},
                 corpus);
  check_training("on hidden values", tp::compose(medians, valued, plain), ob::together(ob::masked_values<>{}, ob::gene_value_from_cell{}), corpus);
  auto labels = std::make_shared<ob::labels_by_cell>();
  for (std::int64_t cell = 0; cell < 400; ++cell) (*labels)[cell] = static_cast<std::int32_t>(cell % 3);
  check_training("on labels", tp::compose(ranks, genes, plain), ob::cell_labels{labels, 3}, corpus);
  if (n_wrong == 0) std::printf("neither tokenizers, nor transformers, nor training take memory once they are warm\n");
  return n_wrong == 0 ? 0 : 1;
}
