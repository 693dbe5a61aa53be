/// tokenize FILE --tokenizer rank|binned|program --out DIR: a cell's tokens as a numpy array, for models in any language.
#include <CLI/CLI.hpp>
#include <xtensor/xnpy.hpp>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <tepui/adapt/xtensor.hpp>
#include <tepui/compose/pipeline.hpp>
#include <tepui/io/gmt.hpp>
#include <tepui/io/read.hpp>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/programs.hpp>
#include <tepui/tokenize/rank.hpp>

namespace {
namespace tp = tepui;
namespace fs = std::filesystem;

void save(const fs::path& path, const auto& tensor) {
  xt::dump_npy(path.string(), tensor);
  if (fs::file_size(path) < tensor.size() * sizeof(tensor.data()[0])) throw std::runtime_error("the disk is full");
}

/// id.npy and value.npy [cells, slots], n_used.npy [cells]; id 0 is padding, so that gene (or program) t is t + 1.
template <class Channel>
void write(const auto& tokenizer, const tp::dataset<>& data, const fs::path& out, int slots) {
  const auto tokens = tp::compose(tokenizer).fit(data).tokens(data);
  if (tokens.n_cells() > 2'000'000'000 / slots)
    throw tp::bad_option("--slots: " + std::to_string(tokens.n_cells()) + " cells x " + std::to_string(slots) +
                         " slots do not fit in memory (2,000,000,000 at most); ask for fewer slots");
  const auto padded = tp::adapt::pad_tokens<Channel, float>(tokens.view(), slots);
  try {
    fs::create_directories(out);
    save(out / "id.npy", tp::adapt::id_tensor(padded));
    save(out / "value.npy", tp::adapt::value_tensor(padded));
    save(out / "n_used.npy", tp::adapt::n_used_tensor(padded));
  } catch (const std::exception& e) {
    throw tp::bad_option("--out: cannot write to '" + out.string() + "' (" + e.what() + "); name a folder that can be written");
  }
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes every cell's tokens: id.npy, value.npy [cells, slots], n_used.npy [cells]. Id 0 is padding, gene g is g + 1.\n"
               "Exit: 0 done, 2 wrong usage, 3 bad file.");
  std::string file, kind, sets, out, where;
  int slots = tp::tokenize::usual_slots;
  app.add_option("FILE", file, "counts: .h5ad, 10x .h5, .mtx or its folder")->required();
  app.add_option("--tokenizer", kind, "rank: genes by count; binned: 51 quantile bins; program: gene sets by activity")
      ->required()
      ->check(CLI::IsMember({"rank", "binned", "program"}));
  app.add_option("--programs", sets, "gene sets (.gmt), for --tokenizer program");
  app.add_option("--slots", slots, "tokens of a cell at most")->capture_default_str()->check(CLI::Range(1, 1 << 30));
  app.add_option("--out", out, "folder to write to")->required();
  app.add_option("--where", where, "h5ad: where the raw counts are: X, raw/X or layers/NAME; without it they are looked for");
  try {
    app.parse(argc, argv);
    if (kind == "program" && sets.empty()) throw CLI::RequiredError("--tokenizer program: --programs FILE.gmt");
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    const auto data = where.empty() ? tp::io::read_counts(file) : tp::io::read(file, {.where = where});
    if (kind == "rank") write<tp::channel::value>(tp::tokenize::rank<>{.composition = {.slots = slots}}, data, out, slots);
    if (kind == "binned") write<tp::channel::bin>(tp::tokenize::binned<>{.composition = {.slots = slots}}, data, out, slots);
    if (kind == "program")
      write<tp::channel::value>(tp::tokenize::programs<>{.sets = tp::io::read_gmt(sets), .slots = slots}, data, out, slots);
  } catch (const tp::bad_data& e) {
    std::fprintf(stderr, "tokenize: %s\n", e.what());
    return 3;
  } catch (const tp::bad_option& e) {
    std::fprintf(stderr, "tokenize: %s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "tokenize: %s\n", e.what());
    return 1;
  }
}
