/// Whole training steps and encoding of a transformer, beside the arithmetic peak of the processor measured in the same run.
/// One line of JSON a case: tokens a second of processor time and of wall time, and the share of the peak in useful operations.
///     bench_train [d=128|256] [tokens=N] [precision=float32|bf16] [threads=N] [what=train|encode] [lengths=FILE] [seconds=S]

#include "peak.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/kernel/parallel.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/train/trainer.hpp>

#include "measure.hpp"

namespace {

using namespace tepui;
using kernel::precision;
constexpr std::int32_t vocabulary_size = 25426;

/// What a stage asks of training cells, without cells.
struct words_only {
  gene_table words;
  [[nodiscard]] std::int64_t n_cells() const { return 0; }
  [[nodiscard]] const gene_table& genes() const { return words; }
};

struct bench_case {
  int dims, layers;
  std::vector<std::int64_t> lengths;  // of the cells of a batch
  std::string name;
};

token_batch<channels<>> cells_of_length(const std::vector<std::int64_t>& lengths, std::int64_t first_id) {
  token_batch<channels<>> out;
  out.clear();
  out.n_vocabulary = vocabulary_size;
  const kernel::draws random(3, "bench tokens");
  for (std::size_t c = 0; c < lengths.size(); ++c) {
    for (std::int64_t t = 0; t < lengths[c]; ++t) {
      // As skewed as genes are: few of them make most of the tokens.
      const double u = random.uniform(first_id + isize(c), static_cast<std::uint64_t>(t));
      out.add_token(static_cast<std::int32_t>(static_cast<double>(vocabulary_size - 1) * u * u * u));
    }
    out.end_cell();
    out.cell_id.push_back(first_id + isize(c));
  }
  return out;
}

/// Useful operations: each product once forward and twice backward; nothing that is computed again counts.
double operations(const bench_case& c, double questions, bool training) {
  double sum = 0;
  const double d = c.dims, passes = training ? 3 : 1;
  for (const std::int64_t n : c.lengths) {
    const double tokens = static_cast<double>(n);
    sum += passes * static_cast<double>(c.layers) * tokens * (2 * (4 * d * d + 2 * d * 2 * d) + 4 * tokens * d);
  }
  return sum + (training ? 6 * vocabulary_size * d * questions : 0);
}

template <int Dims, int Layers, int Heads, precision P>
void run(const bench_case& c, int threads, const std::string& what, double seconds) {
  using encoder_recipe =
      encode::transformer<encode::transformer_shape{.layers = Layers, .dims = Dims, .heads = Heads, .bend = kernel::bend::gelu, .precision = P}>;
  words_only words;
  words.words.id.assign(usize(vocabulary_size), "");
  words.words.symbol.resize(usize(vocabulary_size));
  for (std::int32_t w = 0; w < vocabulary_size; ++w) words.words.symbol[usize(w)] = "gene" + std::to_string(w);
  const auto embedder = embed::token_vectors<embed::learned<Dims>, embed::no_value, embed::sum, embed::learned_position<2048, 0.02>>{
      {.spread = 0.02}}.fit(words, {kernel::draws(1, "bench"), 1, 1});
  auto encoder = encoder_recipe{}.fit(words, {kernel::draws(2, "bench"), 1, 1});
  const auto head = objective::masked_genes<objective::output::tied, objective::front::none, P>{}.template bind<Dims>(
      {vocabulary_size, vocabulary_size + 1, vocabulary_size, {}});
  using net_type = train::network<std::remove_cvref_t<decltype(embedder)>, std::remove_cvref_t<decltype(encoder)>, std::remove_cvref_t<decltype(head)>>;
  const net_type net{&embedder, &encoder, &head};
  train::trainer<net_type> trainer(net, {}, {.shards = threads == 1 ? 1 : 4}, {}, threads, 1);
  std::copy(embedder.weights.begin(), embedder.weights.end(), trainer.w.begin());
  std::copy(encoder.weights.begin(), encoder.weights.end(), trainer.w.begin() + isize(embedder.weights.size()));

  const auto batch = cells_of_length(c.lengths, 0);
  std::int64_t tokens = isize(batch.id.size());
  std::vector<double> wall, processor;
  double questions = 0;
  train::alone ranks;
  using scratch = typename std::remove_cvref_t<decltype(encoder)>::scratch;
  std::vector<scratch> scratches(usize(threads));
  std::vector<embedding_batch<host>> out(usize(threads));
  token_vector_batch<channels<>> vectors;
  typename std::remove_cvref_t<decltype(embedder)>::scratch embed_scratch;
  embedder(batch.view(), vectors, embed_scratch, kernel::draws{});
  vectors.cell_id.assign(batch.cell_id.begin(), batch.cell_id.end());
  std::int64_t step = 0;
  const auto once = [&] {
    if (what == "train") {
      const auto did = trainer.step(batch, 1e-4, kernel::draws(5, "ask", static_cast<std::uint64_t>(step++)), kernel::draws(6, "drop"), ranks);
      questions = static_cast<double>(did.sum.questions);
    } else if (threads == 1) {
      encoder(vectors.view(), out[0], scratches[0], kernel::draws{});
    } else {
      // Cell by cell, as fitted_pipeline::embed does with its batches.
      const auto all = vectors.view();
      std::vector<token_vector_batch<channels<>>> part(usize(all.n_cells()));
      kernel::parallel_chunks(all.n_cells(), threads, [&](std::int64_t cell, int worker) {
        auto view = all;
        const std::vector<std::int64_t> begin{all.cell_begin[usize(cell)], all.cell_begin[usize(cell) + 1]};
        view.cell_begin = begin;
        encoder(view, out[usize(worker)], scratches[usize(worker)], kernel::draws{});
      });
    }
  };
  once();
  const double began = bench::processor_seconds();
  while (wall.size() < 5 || (bench::processor_seconds() - began < seconds && wall.size() < 400)) {
    const double p = bench::processor_seconds();
    wall.push_back(bench::seconds_of(once));
    processor.push_back(bench::processor_seconds() - p);
  }
  const double w = bench::median(wall), p = bench::median(processor);
  const double peak = 1e-9 * bench::peak<P>();
  const double done = operations(c, questions, what == "train");
  std::printf("{\"name\": \"tepui %s\", \"d\": %d, \"layers\": %d, \"tokens\": %lld, \"cells\": %zu, \"precision\": \"%s\", \"threads\": %d, "
              "\"what\": \"%s\", \"tokens_per_cpu_s\": %.0f, \"tokens_per_wall_s\": %.0f, \"gflops_useful\": %.1f, \"peak_gflops\": %.1f, "
              "\"share_of_peak\": %.3f}\n",
              c.name.c_str(), Dims, Layers, static_cast<long long>(tokens), c.lengths.size(), P == precision::bf16 ? "bf16" : "float32",
              threads, what.c_str(), static_cast<double>(tokens) / p, static_cast<double>(tokens) / w, done / p * 1e-9, peak, done / p * 1e-9 / peak);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto equals = arg.find('=');
    if (equals == std::string::npos) {
      std::fprintf(stderr, "bench_train: '%s' is no setting; write name=value, such as d=128\n", argv[i]);
      return 2;
    }
    wanted[arg.substr(0, equals)] = arg.substr(equals + 1);
  }
  const auto is = [&](const char* name, const std::string& value) { return !wanted.contains(name) || wanted[name] == value; };
  const double seconds = wanted.contains("seconds") ? std::atof(wanted["seconds"].c_str()) : 4;
  std::vector<bench_case> cases{{128, 2, std::vector<std::int64_t>(16, 256), "256 x 16"},
                                {256, 6, std::vector<std::int64_t>(8, 512), "512 x 8"},
                                {256, 6, std::vector<std::int64_t>(8, 2048), "2048 x 8"}};
  if (wanted.contains("lengths")) {
    std::ifstream file(wanted["lengths"]);
    std::vector<std::int64_t> all;
    for (std::int64_t n = 0; file >> n;) all.push_back(std::min<std::int64_t>(n, 2048));
    if (all.size() < 64) {
      std::fprintf(stderr, "bench_train: %s has %zu lengths; give a file with one number a line, 64 or more\n", wanted["lengths"].c_str(), all.size());
      return 2;
    }
    std::vector<std::int64_t> some;
    const kernel::draws random(9, "lengths");
    for (int i = 0; i < 16; ++i) some.push_back(all[usize(random.below(isize(all.size()), i))]);
    cases = {{128, 2, some, "real lengths"}, {256, 6, some, "real lengths"}};
  }
  for (const bench_case& c : cases)
    for (const std::string p : {"float32", "bf16"})
      for (const int threads : {1, 2})
        for (const std::string what : {"train", "encode"}) {
          if (!is("d", std::to_string(c.dims)) || !is("tokens", std::to_string(c.lengths[0])) || !is("precision", p) ||
              !is("threads", std::to_string(threads)) || !is("what", what))
            continue;
          if (c.dims == 128 && p == "float32") run<128, 2, 4, precision::float32>(c, threads, what, seconds);
          if (c.dims == 128 && p == "bf16") run<128, 2, 4, precision::bf16>(c, threads, what, seconds);
          if (c.dims == 256 && p == "float32") run<256, 6, 4, precision::float32>(c, threads, what, seconds);
          if (c.dims == 256 && p == "bf16") run<256, 6, 4, precision::bf16>(c, threads, what, seconds);
        }
  return 0;
}
