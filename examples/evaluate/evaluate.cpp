/// evaluate FILE --embedding NAME[,NAME...] --label COLUMN [--batch COLUMN]: what embeddings are worth that a file brings
/// along.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <tepui/study/text_file.hpp>
#include <thread>

#include "perturbed.hpp"
#include "report.hpp"

/// errors  bad_option where the folder is not there and cannot be made
void make_folder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed || !std::filesystem::is_directory(path))
    throw tepui::bad_option("the folder '" + path + "' for the page cannot be made (" +
                            (failed ? failed.message() : "a file is there") + "); name another with --out");
}

int main(int argc, char** argv) {
  CLI::App app(
      "Scores embeddings that a file brings along from any tool: probes, clusters, neighbours, mixing of batches, each with "
      "its floor and interval, beside\n"
      "variable genes and principal components of the same cells.\nExit: 0 done, 2 wrong usage, 3 bad input.");
  evaluate::settings wanted;
  bool alone = false;
  std::int64_t map_cells = 3000;
  wanted.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("FILE", wanted.file, "an AnnData file (.h5ad)")->required()->check(CLI::ExistingFile);
  app.add_option("--embedding", wanted.embeddings, "names in obsm, for instance X_pca,X_scvi")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--label", wanted.label, "the column of obs with cell types");
  app.add_option("--batch", wanted.batch, "a column of obs: how well batches are mixed, and labels of held-out batches");
  const auto* perturbation =
      app.add_option("--perturbation", wanted.perturbation, "a column of obs: how well perturbations are told apart");
  app.add_option("--control", wanted.control, "the perturbation that is none, for instance control")
      ->needs(app.get_option("--perturbation"));
  app.add_option("--predicted", wanted.predicted,
                 "a file of predicted cells, with the same column and genes: scores the prediction")
      ->check(CLI::ExistingFile)
      ->needs(app.get_option("--control"));
  app.add_option("--train", wanted.train,
                 "a file of real cells that the predictor learned from, for trivial predictors to learn from, too")
      ->check(CLI::ExistingFile)
      ->needs(app.get_option("--predicted"));
  app.add_flag("--alone", alone, "without variable genes and principal components beside");
  app.add_flag("--louvain", wanted.louvain,
               "also Louvain clusters at twenty resolutions, as scGPT's published average has them; slow");
  app.add_option("--resamples", wanted.resamples, "draws of cells for the intervals; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  app.add_option("--seed", wanted.seed, "decides folds, resamples, clusters and floors");
  app.add_option("--threads", wanted.threads, "changes nothing but the time")->check(CLI::Range(1, 1024));
  app.add_option("--sample-above", wanted.sample_above,
                 "cells; above, silhouettes are those of 50,000 cells drawn by lot, and probes are asked for 100,000, each "
                 "against all cells")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{2'000'000'000}));
  app.add_option("--hvg-cells", wanted.hvg_cells, "up to so many cells, 2,000 variable genes stand beside; 0: never")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--map-cells", map_cells, "cells drawn on a map")
      ->capture_default_str()
      ->check(CLI::Range(10LL, 1'000'000LL));
  app.add_option("--out", wanted.out, "a folder: evaluate.html and evaluate.json are written into it");
  app.add_flag("--json", wanted.as_json, "print a JSON array of scores");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  wanted.competitors = !alone;
  if (perturbation->count() > 0 && wanted.control.empty()) {
    std::fprintf(stderr, "evaluate: --perturbation needs --control NAME, the perturbation that is none\n");
    return 2;
  }
  std::vector<std::string> once;
  for (const std::string& name : wanted.embeddings)
    if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(name);
  wanted.embeddings = once;
  if (wanted.embeddings.empty() ? wanted.predicted.empty() : wanted.label.empty()) {
    std::fprintf(stderr, "evaluate: %s\n",
                 wanted.embeddings.empty()
                     ? "nothing to score: name embeddings with --embedding, or a file of predicted cells with --predicted"
                     : "--embedding needs --label, the column of obs with cell types");
    return 2;
  }
  try {
    if (!wanted.out.empty()) make_folder(wanted.out);
    // The prediction first: what is wrong with it should be said before minutes of other scores.
    std::vector<std::string> notes;
    std::vector<evaluate::section> prediction;
    if (!wanted.predicted.empty()) prediction = evaluate::score_prediction(wanted, notes);
    evaluate::labelled_cells cells;
    if (!wanted.embeddings.empty()) cells = evaluate::read_cells(wanted);
    cells.notes.insert(cells.notes.end(), notes.begin(), notes.end());
    for (const std::string& note : cells.notes) std::fprintf(stderr, "evaluate: %s\n", note.c_str());
    const auto all = evaluate::score_all(
        cells, wanted, [](const std::string& name) { std::fprintf(stderr, "evaluate: scoring %s\n", name.c_str()); });
    std::printf(
        "%s", (wanted.as_json ? evaluate::as_document(all, prediction) : evaluate::as_text(all, prediction, cells)).c_str());
    if (!wanted.out.empty()) {
      std::vector<evaluate::cell_map> maps;
      for (const auto& of : cells.embeddings)
        maps.push_back(evaluate::map_of(of.cells.view(), map_cells, wanted.seed, wanted.threads));
      std::string command;
      for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string(argv[i]);
      tepui::study::write_text_file(wanted.out + "/evaluate.json", evaluate::as_document(all, prediction));
      tepui::study::write_text_file(wanted.out + "/evaluate.html",
                                    evaluate::as_page(all, prediction, cells, maps, wanted, command));
      if (!wanted.as_json) std::printf("\nThe page with drawings: %s/evaluate.html\n", wanted.out.c_str());
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evaluate: %s\n", error.what());
    return 3;
  }
}
