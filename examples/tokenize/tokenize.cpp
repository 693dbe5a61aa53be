/// tokenize FILE --tokenizer rank|binned|program --out DIR: a cell's tokens as a numpy array, for models in any language.
/// tokenize FILE --system geneformer-v2 --vocabulary F --medians F --out DIR: as a published system would write them.
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

#include "system.hpp"

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
    throw tp::bad_option("--out: cannot write to '" + out.string() + "' (" + e.what() +
                         "); name a folder that can be written");
  }
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Writes every cell's tokens. With --tokenizer: id.npy, value.npy [cells, slots], n_used.npy [cells]; id 0 is padding, "
      "gene g is\n"
      "g + 1. With --system: as the original has them, with its own ids and padding; or text.txt.\n"
      "Exit: 0 done, 2 wrong usage, 3 bad file.");
  std::string file, kind, where;
  int slots = 0;
  system_settings system;
  app.add_option("FILE", file, "counts: .h5ad, 10x .h5, .mtx or its folder")->required();
  auto* const own =
      app.add_option("--tokenizer", kind, "rank: genes by count; binned: 51 quantile bins; program: gene sets by activity")
          ->check(CLI::IsMember({"rank", "binned", "program"}));
  app.add_option("--system", system.system, "a published system: " + system_names())
      ->excludes(own)
      ->check([](const std::string& name) {
        return (", " + system_names() + ",").find(", " + name + ",") != std::string::npos
                   ? ""
                   : "no system is called '" + name + "'; there are " + system_names();
      });
  app.add_option("--vocabulary", system.vocabulary,
                 "--system: ids of genes, .json {\"gene\": id} or a table gene_name, index");
  app.add_option("--medians", system.medians, "--system: usual levels of genes, .json {\"gene\": number} or a table");
  app.add_option("--positions", system.positions, "--system: a table with chromosome, start, gene_symbol or ensembl_id");
  app.add_option("--species", system.species, "--positions: the species of the cells, where the table has several");
  app.add_option("--network", system.network, "--system: a table whose first columns are regulator and target");
  app.add_option("--programs", system.programs, "gene sets (.gmt), for --tokenizer program and --system tripso");
  app.add_option("--first", system.first, "--system teddy-*: label tokens; nicheformer: ids of context tokens; 1,2,3")
      ->delimiter(',');
  app.add_option("--min-share", system.min_share, "the smallest share of the genes that the system's files must know")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", system.seed, "of the steps that draw")->capture_default_str();
  app.add_option("--slots", slots, "tokens of a cell at most [2048, or the system's own]")->check(CLI::Range(1, 1 << 30));
  app.add_option("--out", system.out, "folder to write to")->required();
  app.add_option("--where", where,
                 "h5ad: where the raw counts are: X, raw/X or layers/NAME; without it they are looked for");
  try {
    app.parse(argc, argv);
    if (kind.empty() && system.system.empty()) throw CLI::RequiredError("--tokenizer or --system");
    if (kind == "program" && system.programs.empty()) throw CLI::RequiredError("--tokenizer program: --programs FILE.gmt");
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    const auto data = where.empty() ? tp::io::read_counts(file) : tp::io::read(file, {.where = where});
    system.slots = slots;
    if (!system.system.empty()) write_system(system, data);
    if (slots == 0) slots = tp::tokenize::usual_slots;
    const std::string& out = system.out;
    if (kind == "rank") write<tp::channel::value>(tp::tokenize::rank<>{.composition = {.slots = slots}}, data, out, slots);
    if (kind == "binned") write<tp::channel::bin>(tp::tokenize::binned<>{.composition = {.slots = slots}}, data, out, slots);
    if (kind == "program")
      write<tp::channel::value>(tp::tokenize::programs<>{.sets = tp::io::read_gmt(system.programs), .slots = slots}, data,
                                out, slots);
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
