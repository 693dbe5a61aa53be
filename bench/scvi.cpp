// A step of training of scVI (zero-inflated, 128 hidden, 10 latent, batches of 128 cells, one thread) and the embedding of cells:
// cells a second, and the share of this core's peak that the products alone would take. The twin: peers/scvi.py.
#include "peak.hpp"

#include <cstdio>

#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/cell_encoder.hpp>
#include <tepui/objective/count_elbo.hpp>
#include <tepui/train/pretrain.hpp>

namespace tp = tepui;

namespace {

constexpr tp::layer::mlp_shape encoder_layers{.batch_norm = true, .norm = {0.01F, 0.001F}, .dropout_per_mille = 100};
constexpr tp::layer::mlp_shape decoder_layers{.batch_norm = true, .norm = {0.01F, 0.001F}};

/// Cells that express a tenth of the genes, with counts from 1 on that halve in number.
tp::dataset<> cells_of(std::int64_t n, std::int32_t genes) {
  const tp::kernel::draws random(7, "bench");
  tp::dataset<> out;
  out.x.n_genes = genes;
  for (std::int32_t g = 0; g < genes; ++g) out.genes.id.push_back(std::to_string(g)), out.genes.symbol.push_back("");
  for (std::int64_t c = 0; c < n; ++c) {
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    for (std::int32_t g = 0; g < genes; ++g) {
      const double u = random.uniform(c, tp::usize(g));
      if (u < 0.1) gene.push_back(g), value.push_back(static_cast<float>(1 + static_cast<int>(-std::log2(u * 10 + 1e-9))));
    }
    out.x.add_cell(c, gene, value);
  }
  return out;
}

template <tp::kernel::count_law Law>
void run(const char* name, std::int32_t genes) {
  constexpr std::int64_t batch = 128;
  const auto data = cells_of(4096, genes);
  const auto source = tp::cells_of(data);
  const auto model = tp::compose(tp::encode::scvi_encoder<10, encoder_layers, 128>{});
  const auto fitted = model.fit(source, {.seed = 1});
  const auto& encoder = std::get<0>(fitted.stages());
  const tp::objective::count_elbo<tp::objective::count_decoder_shape{.law = Law, .layers = decoder_layers}, 128> ask{};
  const auto head = ask.template bind<20>(tp::objective::token_facts{genes, genes, -1, {}});
  const tp::train::counts_as_tokens none;
  using net_type = tp::train::network<tp::train::counts_as_tokens, std::remove_cvref_t<decltype(encoder)>,
                                      std::remove_cvref_t<decltype(head)>>;
  const net_type net{&none, &encoder, &head};
  tp::train::trainer<net_type> learner(net, {.memory = {.epsilon = 0.01}, .weight_decay = 1e-6, .clip = 0}, {.shards = 1}, {},
                                       1, 1);
  tp::layer::draw_weights<float>(net, tp::kernel::draws(1, "w"), learner.w);
  auto stream =
      tp::train::make_stream<typename net_type::channel_list>(source, std::tuple<>{}, none, 1, {.validation_share = 0});
  tp::train::stream_place place;
  typename net_type::tokens_type cells;
  tp::train::alone alone;
  std::uint64_t step = 0;
  const auto one = [&] {
    stream.next(batch, place, cells);
    const tp::kernel::draws random(3, step++);
    (void)learner.step(cells, 1e-3, random.sub(0), random.sub(1), alone, {100, 0});
  };
  for (int i = 0; i < 20; ++i) one();
  const double peak = bench::peak<tp::kernel::precision::float32>();
  const auto took = bench::median_seconds(60, one);
  const auto embed = bench::median_seconds(7, [&] { benchmark::DoNotOptimize(fitted.embed(data).value.data()); });
  const double outputs = Law == tp::kernel::count_law::zero_inflated_negative_binomial ? 2 : 1;
  const double work = 2.0 * batch * (2.0 * 0.1 * genes * 128 + 3.0 * outputs * genes * 128);
  std::printf("%s, %d genes: step %8.0f cells/s (processor %8.0f), %4.1f %% of peak; encoding %8.0f cells/s\n", name, genes,
              batch / took.wall, batch / took.processor, 100 * work / took.processor / peak, 4096 / embed.wall);
}

}  // namespace

int main() {
  using enum tp::kernel::count_law;
  run<zero_inflated_negative_binomial>("zinb", 2000);
  run<negative_binomial>("nb  ", 2000);
  run<negative_binomial>("nb  ", 19331);
}
