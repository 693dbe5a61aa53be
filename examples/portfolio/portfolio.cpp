/// portfolio FILE.h5ad FILE.h5ad ...: what each file adds, in which order to buy them, and where the next stops paying.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <tepui/study/text_file.hpp>
#include <thread>

#include "findings.hpp"
#include "pool.hpp"
#include "report.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "What each file of cells adds to the others, in which order to buy them, and where the next file stops paying.\n"
      "With one file and --donor COLUMN: what each donor adds.\n"
      "Exit: 0 done, 2 wrong usage, 3 bad input.");
  portfolio::pool_settings settings;
  portfolio::finding_settings looking;
  std::string out;
  bool as_json = false;
  settings.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("FILE", settings.files, "AnnData files (.h5ad)")->required()->check(CLI::ExistingFile);
  app.add_option("--embedding", settings.embedding,
                 "a name in obsm that all files hold from one model, or computed: components of the genes that all have")
      ->capture_default_str();
  app.add_option("--label", settings.label, "the column of obs with cell types")->capture_default_str();
  app.add_option("--donor", settings.donor, "the column of obs with donors; of one file, these are compared");
  app.add_option("--max-cells", settings.max_cells, "look at so many cells a file, chosen by lot")
      ->capture_default_str()
      ->check(CLI::Range(2LL, 10'000'000LL));
  app.add_option("--radius", looking.radius, "a cell counts as covered within this distance; by default from the files")
      ->check(CLI::PositiveNumber);
  app.add_option("--stop", looking.stop, "a file pays where it adds at least this share of what the first adds")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 0.999));
  app.add_option("--resamples", looking.resamples, "draws of cells for the intervals")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", settings.seed, "decides which cells are looked at, and the resamples");
  app.add_option("--threads", settings.threads, "changes nothing but the time")->check(CLI::Range(1, 1024));
  app.add_option("--out", out, "a folder: portfolio.html and portfolio.json are written into it");
  app.add_flag("--json", as_json, "print one JSON document");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (settings.files.size() == 1 && settings.donor.empty()) {
    std::fprintf(
        stderr,
        "portfolio: one file alone is compared with nothing; give several, or name its donors with --donor COLUMN\n");
    return 2;
  }
  looking.seed = settings.seed;
  looking.threads = settings.threads;
  try {
    const portfolio::cell_pool pool = portfolio::read_pool(settings);
    const portfolio::findings found = portfolio::look(pool, looking);
    std::printf("%s", (as_json ? portfolio::as_document(pool, found) : portfolio::as_text(pool, found)).c_str());
    if (!out.empty()) {
      std::string command;
      for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string(argv[i]);
      std::filesystem::create_directories(out);
      tepui::study::write_text_file(out + "/portfolio.json", portfolio::as_document(pool, found));
      tepui::study::write_text_file(out + "/portfolio.html", portfolio::as_page(pool, found, command));
      if (!as_json) std::printf("\nThe page with drawings: %s/portfolio.html\n", out.c_str());
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "portfolio: %s\n", error.what());
    return 3;
  }
}
