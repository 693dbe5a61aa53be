/// vet FILE [--json]: what is in a file of counts, and what is wrong with it.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <string>

#include <tepui/io/survey.hpp>

namespace {
using json = nlohmann::ordered_json;
namespace io = tepui::io;

json remarks(const std::vector<io::file_remark>& all) {
  json out = json::array();
  for (const auto& r : all) out.push_back({{"where", r.where}, {"message", r.message}});
  return out;
}

json as_json(const io::file_survey& s) {
  json out{{"file", s.path}, {"format", s.format}, {"ok", s.ok()}, {"n_cells", s.n_cells}, {"n_genes", s.n_genes}};
  out["nnz"] = s.matrices.empty() ? json() : json(s.matrices[0].nnz);
  out["scale"] = s.matrices.empty() ? json() : json(s.matrices[0].scale);
  out["raw_counts"] = s.raw_counts.empty() ? json() : json(s.raw_counts);
  out["problems"] = remarks(s.problems);
  out["notes"] = remarks(s.notes);
  out["median_counts"] = s.median_counts;
  out["median_genes"] = s.median_genes;
  out["empty_cells"] = s.empty_cells;
  out["unseen_genes"] = s.unseen_genes;
  out["duplicate_cells"] = s.duplicate_cells;
  out["duplicate_genes"] = s.duplicate_genes;
  out["genes_with_ensembl_id"] = s.genes_with_ensembl_id;
  out["obs"] = out["matrices"] = out["layers"] = out["obsm"] = json::array();
  for (const auto& c : s.obs) out["obs"].push_back({{"name", c.name}, {"kind", c.kind}, {"n_levels", c.n_levels}, {"n_missing", c.n_missing}});
  for (const auto& m : s.matrices) {
    const json one{{"name", m.name}, {"n_cells", m.n_cells}, {"n_genes", m.n_genes}, {"nnz", m.nnz}, {"scale", m.scale}, {"max", m.largest}};
    out["matrices"].push_back(one);
    if (m.name.starts_with("layers/")) out["layers"].push_back(one);
  }
  for (const auto& e : s.obsm) out["obsm"].push_back({{"name", e.name}, {"kind", e.kind}, {"n_cells", e.n_cells}, {"n_columns", e.n_columns}});
  return out;
}

void print(const io::file_survey& s) {
  fmt::print("{}\n  {}, {} cells x {} genes ({} with Ensembl ids)\n", s.path, s.format, s.n_cells, s.n_genes, s.genes_with_ensembl_id);
  for (const auto& m : s.matrices)
    fmt::print("  {:<24} {} x {}, {} nonzero, looks {}, largest {:g}\n", m.name, m.n_cells, m.n_genes, m.nnz, m.scale, m.largest);
  if (!s.matrices.empty())
    fmt::print("  a cell (median): {:g} counts, {:g} genes, in {}\n", s.median_counts, s.median_genes, s.raw_counts.empty() ? s.matrices[0].name : s.raw_counts);
  for (const auto& c : s.obs) fmt::print("  obs/{:<20} {}, {} levels, {} missing\n", c.name, c.kind, c.n_levels, c.n_missing);
  for (const auto& e : s.obsm) fmt::print("  obsm/{:<19} {}, {} x {}\n", e.name, e.kind, e.n_cells, e.n_columns);
  for (const auto& n : s.notes) fmt::print("  note ({}): {}\n", n.where, n.message);
  for (const auto& p : s.problems) fmt::print("  WRONG ({}): {}\n", p.where, p.message);
  fmt::print("{}\n", s.ok() ? "  nothing wrong" : "  this file cannot be used as it is");
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Says what is in a file of counts (.h5ad, 10x .h5, .mtx or its folder) and what is wrong with it.\nExit: 0 good, 3 bad file, 2 wrong usage.");
  std::string file;
  bool as_document = false;
  io::read_options options;
  app.add_option("FILE", file, "the file or folder")->required();
  app.add_flag("--json", as_document, "print one JSON document");
  app.add_option("--genome", options.genome, "10x version 2: which genome");
  app.add_option("--max-memory", options.max_bytes, "bytes that reading may take")->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  const io::file_survey s = io::survey(file, options);
  if (as_document) {
    fmt::print("{}\n", as_json(s).dump(2, ' ', false, json::error_handler_t::replace));
  } else {
    print(s);
  }
  return s.ok() ? 0 : 3;
}
