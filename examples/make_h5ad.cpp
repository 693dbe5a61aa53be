/// make_h5ad --cells N --genes G --out FILE.h5ad: simulated cells as an AnnData file, to try programs at any size.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>

#include <tepui/io/write_h5ad.hpp>
#include <tepui/simulate/corpus.hpp>

namespace {
namespace tp = tepui;
}

int main(int argc, char** argv) {
  CLI::App app(
      "Writes simulated cells with their true types, batches and donors. The whole matrix stands in memory while it is "
      "written.\n"
      "Exit: 0 done, 2 wrong usage, 3 the file cannot be written.");
  tp::simulate::corpus_options made;
  std::string out;
  double expressed = 0;
  bool gzip = false;
  app.add_option("--cells", made.cells, "how many cells")->capture_default_str();
  app.add_option("--genes", made.genes, "how many genes")->capture_default_str();
  app.add_option("--depth", made.depth, "mean counts a cell, before dropout")->capture_default_str();
  app.add_option("--expressed", expressed,
                 "genes that a cell expresses on average, about; sets --depth, up to half of --genes");
  app.add_option("--seed", made.seed, "other cells for another number")->capture_default_str();
  app.add_option("--out", out, "the .h5ad to write")->required();
  app.add_flag("--gzip", gzip, "pack the matrix: about a third of the size, and slower to read");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    if (expressed < 0 || expressed > 0.5 * made.genes)
      throw tp::bad_option("--expressed is " + tp::shortest(expressed) + " of " + std::to_string(made.genes) +
                           " genes; give a number from 0 to half of the genes");
    if (expressed > 0) {  // genes expressed grow more slowly than depth: a few cells tell how much deeper to go
      made.depth = expressed;
      for (int step = 0; step < 8; ++step) {
        tp::simulate::corpus_options few = made;
        few.cells = 200;
        tp::simulate::corpus::room room;
        const auto found = tp::simulate::corpus(few).read(0, few.cells, room).gene.size();
        made.depth *= expressed * static_cast<double>(few.cells) / static_cast<double>(std::max<std::size_t>(found, 1));
      }
    }
    const tp::simulate::corpus corpus(made);
    const auto data = tp::simulate::to_dataset(corpus, 0, made.cells);
    tp::io::write_h5ad(out, data, {}, {.gzip = gzip});
    std::printf("%s: %lld cells x %d genes, %zu counts\n", out.c_str(), static_cast<long long>(made.cells), made.genes,
                data.x.gene.size());
    return 0;
  } catch (const tp::bad_option& e) {
    std::fprintf(stderr, "make_h5ad: %s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_h5ad: %s\n", e.what());
    return 3;
  }
}
