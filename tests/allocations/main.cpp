// A tokenizer takes no memory from the system once its scratch has seen the largest cell. A program of its own, because it
// replaces operator new for the whole of it.
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
  if (n_wrong == 0) std::printf("no tokenizer takes memory once it is warm\n");
  return n_wrong == 0 ? 0 : 1;
}
